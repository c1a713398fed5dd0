"""What says that it is longer than memory is refused at once, not after it has filled the memory."""
import itertools
import struct


class Boasts:
    def __iter__(self):
        return iter("ab")

    def __length_hint__(self):
        return 10**15


LONG = range(10**15)
for name, function in {
    "list": lambda: list(LONG),
    "display": lambda: [*LONG],
    "extend": lambda: [1].extend(LONG),
    "sorted": lambda: sorted(LONG),
    "boasts": lambda: list(Boasts()),
    "repeat": lambda: list(itertools.repeat(None, 10**15)),
    "beyond": lambda: list(range(10**30)),
    "pack": lambda: struct.pack("1000000000000000s", b""),
}.items():
    try:
        print(name, function())
    except (MemoryError, OverflowError) as error:
        print(name, type(error).__name__)
