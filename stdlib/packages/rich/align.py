"""Something at the left, in the middle or at the right."""

from .containers import Constrain
from .measure import Measurement
from .segment import Segment


class Align:
    """Says where something is in the width and height there is."""

    def __init__(self, renderable, align='left', style=None, *, vertical=None, pad=True, width=None,
                 height=None):
        if align not in ('left', 'center', 'right'):
            raise ValueError(f'invalid value for align, expected "left", "center", or "right" (not {align!r})')
        if vertical is not None and vertical not in ('top', 'middle', 'bottom'):
            raise ValueError(
                f'invalid value for vertical, expected "top", "middle", or "bottom" (not {vertical!r})')
        self.renderable, self.align, self.style, self.vertical = renderable, align, style, vertical
        self.pad, self.width, self.height = pad, width, height

    def __repr__(self):
        return f'Align({self.renderable!r}, {self.align!r})'

    @classmethod
    def left(cls, renderable, style=None, **kwargs):
        return cls(renderable, 'left', style=style, **kwargs)

    @classmethod
    def center(cls, renderable, style=None, **kwargs):
        return cls(renderable, 'center', style=style, **kwargs)

    @classmethod
    def right(cls, renderable, style=None, **kwargs):
        return cls(renderable, 'right', style=style, **kwargs)

    def __rich_console__(self, console, options):
        most = console.measure(self.renderable, options=options).maximum
        inner = Constrain(self.renderable, most if self.width is None else min(most, self.width))
        lines = list(Segment.split_lines(console.render(inner, options.update(height=None))))
        width, height = Segment.get_shape(lines)
        lines = Segment.set_shape(lines, width, height)
        style = console.get_style(self.style) if self.style is not None else None
        excess = options.max_width - width
        left = right = None
        if excess > 0:
            before = {'left': 0, 'center': excess // 2, 'right': excess}[self.align]
            if before:
                left = Segment(' ' * before, style)
            if self.pad and self.align != 'right':
                right = Segment(' ' * (excess - before), style)
        room = self.height or options.height
        above = below = 0
        if self.vertical and room is not None:
            above = {'top': 0, 'middle': (room - height) // 2, 'bottom': room - height}[self.vertical]
            below = room - height - above if self.vertical != 'bottom' else 0
        blank = Segment(' ' * (self.width or options.max_width) + '\n', style) if self.pad else Segment('\n')

        def segments():
            yield from [blank] * above
            for line in lines:
                if left:
                    yield left
                yield from line
                if right:
                    yield right
                yield Segment.line()
            yield from [blank] * below
        yield from Segment.apply_style(segments(), style) if self.style else segments()

    def __rich_measure__(self, console, options):
        return Measurement.get(console, options, self.renderable)
