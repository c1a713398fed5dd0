"""PEP 649: annotations are evaluated when asked for, in the format asked for."""
import typing
from annotationlib import Format, get_annotations


class Record:
    number: int
    later: Later
    if number_is_known := True:
        text: "str"
    else:
        never: str


def function(a: Later, *b: list[Later]) -> None:
    local: undefined = 1


for owner in (Record, function):
    print(get_annotations(owner, format=Format.STRING))
    print(list(get_annotations(owner, format=Format.FORWARDREF)))
    for evaluate in (lambda: owner.__annotations__, lambda: owner.__annotate__(2)):
        try:
            print(evaluate())
        except (NameError, NotImplementedError) as error:
            print(type(error).__name__, error)
Later = float
print(Record.__annotations__, function.__annotations__)


class Pair(typing.NamedTuple):
    left: Later
    right: int = 0


print(Pair(1.5), Pair.__annotations__)
