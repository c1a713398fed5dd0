# Tables and panels, wrapped to a width. As rich 15 prints them.
from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

console = Console(width=40)
table = Table(title='Title', caption='caption', show_footer=True)
table.add_column('A', style='cyan', no_wrap=True)
table.add_column('B', justify='right')
table.add_column('C', footer='end')
table.add_row('1', '22', 'some longer text that wraps over lines')
table.add_row('[red]x', Text('t'), None, end_section=True)
table.add_row('y', 'z', 'w', style='bold')
console.print(table)
for lines in (box.ASCII, box.SIMPLE, box.ROUNDED, None):
    small = Table('one', 'two', box=lines, show_lines=True)
    small.add_row('a', 'b')
    small.add_row('c', '日本')
    console.print(small, justify='center')
console.print(Panel("hello [red]x[/red]", title='T', subtitle='[b]s[/b]'))
console.print(Panel.fit("fits", box=box.DOUBLE, title="a longer title"))
console.print(Panel("words " * 10, width=20, padding=1))
