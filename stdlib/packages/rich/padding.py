"""Space around something."""

from .measure import Measurement
from .segment import Segment


class Padding:
    """Something with space above, right, below and left."""

    def __init__(self, renderable, pad=(0, 0, 0, 0), *, style='none', expand=True):
        self.renderable = renderable
        self.top, self.right, self.bottom, self.left = self.unpack(pad)
        self.style = style
        self.expand = expand

    @classmethod
    def indent(cls, renderable, level):
        return cls(renderable, pad=(0, 0, 0, level), expand=False)

    @staticmethod
    def unpack(pad):
        """Four numbers from one, two or four."""
        if isinstance(pad, int):
            return pad, pad, pad, pad
        if len(pad) not in (1, 2, 4):
            raise ValueError(f'1, 2 or 4 integers required for padding; {len(pad)} given')
        return (tuple(pad) * 4)[:4]

    def __repr__(self):
        return f'Padding({self.renderable!r}, ({self.top},{self.right},{self.bottom},{self.left}))'

    def __rich_console__(self, console, options):
        style = console.get_style(self.style)
        width = options.max_width
        if not self.expand:
            width = min(width, self.left + self.right + Measurement.get(console, options, self.renderable).maximum)
        inner = options.update_width(width - self.left - self.right)
        if inner.height is not None:
            inner = inner.update_height(inner.height - self.top - self.bottom)
        blank = Segment(' ' * width + '\n', style)
        yield from [blank] * self.top
        for line in console.render_lines(self.renderable, inner, style=style, pad=True):
            if self.left:
                yield Segment(' ' * self.left, style)
            yield from line
            if self.right:
                yield Segment(' ' * self.right, style)
            yield Segment.line()
        yield from [blank] * self.bottom

    def __rich_measure__(self, console, options):
        extra = self.left + self.right
        if options.max_width - extra < 1:
            return Measurement(options.max_width, options.max_width)
        least, most = Measurement.get(console, options, self.renderable)
        return Measurement(least + extra, most + extra).with_maximum(options.max_width)
