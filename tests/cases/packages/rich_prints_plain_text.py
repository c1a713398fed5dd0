# rich.print and Console.print where there is no terminal: markup goes away, containers and long lines are broken. As rich 15 prints it.
from dataclasses import dataclass

from rich import print, print_json
from rich.console import Console
from rich.errors import MarkupError
from rich.markup import escape

print("[red]red text[/red] plain [bold]bold[/bold]", [1, 2, 3], 'abc', sep='-')
print({'name' + str(i): list(range(i)) for i in range(9)})
print("long words " * 15)
print("[1] is no tag", "[link=https://example.org]text[/link]", r"\[red]", escape("[b]x"))
for markup in ("[/]", "[bold]x[/italic]", "a[/b]", "[nosuch]x[/nosuch]"):
    try:
        print(markup)
    except MarkupError as error:
        print(escape(str(error)))


@dataclass
class Point:
    x: int
    y: list


print(Point(1, ['y' * 40, 'z' * 40]))
print_json('{"a": [1, true, null]}')
console = Console(width=30)
console.rule("Title")
for justify in ("left", "center", "right", "full"):
    console.print("some words to be justified in lines", justify=justify)
console.print("x" * 50, overflow="ellipsis", no_wrap=True)
