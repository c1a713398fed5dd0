"""A line across, with a title."""

from .cells import cell_len, set_cell_size
from .measure import Measurement
from .text import Text


class Rule:
    """A horizontal line."""

    def __init__(self, title='', *, characters='─', style='rule.line', end='\n', align='center'):
        if cell_len(characters) < 1:
            raise ValueError("'characters' argument must have a cell width of at least 1")
        if align not in ('left', 'center', 'right'):
            raise ValueError(f'invalid value for align, expected "left", "center", "right" (not {align!r})')
        self.title, self.characters, self.style, self.end, self.align = title, characters, style, end, align

    def __repr__(self):
        return f'Rule({self.title!r}, {self.characters!r})'

    def __rich_console__(self, console, options):
        width = options.max_width
        characters = '-' if options.ascii_only and not self.characters.isascii() else self.characters
        size = cell_len(characters)
        room = max(0, width - (4 if self.align == 'center' else 2))
        if not self.title or not room:
            line = Text(self.characters * (width // size + 1), self.style)
            line.truncate(width)
            line.plain = set_cell_size(line.plain, width)
            yield line
            return
        title = self.title if isinstance(self.title, Text) else console.render_str(self.title, style='rule.text')
        title.plain = title.plain.replace('\n', ' ')
        title.expand_tabs()
        title.truncate(room, overflow='ellipsis')
        line = Text(end=self.end)
        if self.align == 'center':
            side = (width - title.cell_len) // 2
            left = Text(characters * (side // size + 1))
            left.truncate(side - 1)
            right = Text(characters * (side // size + 1))
            right.truncate(width - left.cell_len - title.cell_len)
            line.append(left.plain + ' ', self.style)
            line.append(title)
            line.append(' ' + right.plain, self.style)
        elif self.align == 'left':
            line.append(title)
            line.append(' ')
            line.append(characters * (width - line.cell_len), self.style)
        else:
            line.append(characters * (width - title.cell_len - 1), self.style)
            line.append(' ')
            line.append(title)
        line.plain = set_cell_size(line.plain, width)
        yield line

    def __rich_measure__(self, console, options):
        return Measurement(1, 1)
