# Escape sequences of styles, of highlighted values and of colours in what three kinds of terminals show. As rich 15 prints it.
import os

os.environ.pop('NO_COLOR', None)
from rich.console import Console
from rich.errors import MissingStyle
from rich.style import Style

console = Console(force_terminal=True, color_system='standard', width=60, no_color=False)


def show(*objects, console=console, **settings):
    with console.capture() as captured:
        console.print(*objects, **settings)
    print(ascii(captured.get()))


show("[red]red[/red] [bold on blue]bold[/] [not bold]x [b]y[i]z[/b]w")
show("1 2.5 0xff 'text' True None https://example.org/a?b=c /usr/lib f(x=1) <tag a=2> 10.0.0.1")
show([1, 'x', {'k': None}])
show("[b]no markup[/b] 1", markup=False, highlight=False)
show("styled", style="underline green")
for number, system in enumerate(('standard', '256', 'truecolor')):
    show(f"[#ff880{number}]a[/] [rgb(10,20,3{number}) on rgb(200,100,50)]b[/] [grey50]c[/] [color(200)]d[/] [bright_red]e[/]"
         if number != 0 else "[#ff8800]a[/]", console=Console(force_terminal=True, color_system=system, no_color=False))
show("[red]a[/red] [b]b[/b]", console=Console(force_terminal=True, color_system='standard', no_color=True))
try:
    console.print('x', style='nosuch')
except MissingStyle as error:
    print(error)
for definition in ('on', 'not foo', 'link', 'rgb(1,2)', 'color(300)', 'bold red on blue', 'b i u', 'none'):
    try:
        print(Style.parse(definition))
    except Exception as error:
        print(type(error).__name__, error)
