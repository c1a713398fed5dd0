"""The least and the greatest width that something can be shown in."""

from typing import NamedTuple

from . import errors
from .protocol import is_renderable, rich_cast


class Measurement(NamedTuple):
    """Widths in cells."""

    minimum: int
    maximum: int

    @property
    def span(self):
        return self.maximum - self.minimum

    def normalize(self):
        minimum = min(max(0, self.minimum), self.maximum)
        return Measurement(max(0, minimum), max(0, max(minimum, self.maximum)))

    def with_maximum(self, width):
        return Measurement(min(self.minimum, width), min(self.maximum, width))

    def with_minimum(self, width):
        width = max(0, width)
        return Measurement(max(self.minimum, width), max(self.maximum, width))

    def clamp(self, min_width=None, max_width=None):
        measurement = self
        if min_width is not None:
            measurement = measurement.with_minimum(min_width)
        if max_width is not None:
            measurement = measurement.with_maximum(max_width)
        return measurement

    @classmethod
    def get(cls, console, options, renderable):
        """Ask a renderable."""
        most = options.max_width
        if most < 1:
            return cls(0, 0)
        if isinstance(renderable, str):
            renderable = console.render_str(renderable, markup=options.markup, highlight=False)
        renderable = rich_cast(renderable)
        if not is_renderable(renderable):
            raise errors.NotRenderableError(
                f'Unable to get render width for {renderable!r}; '
                'a str, Segment, or object with __rich_console__ method is required')
        measure = getattr(renderable, '__rich_measure__', None)
        if measure is None:
            return cls(0, most)
        found = measure(console, options).normalize().with_maximum(most)
        return cls(0, 0) if found.maximum < 1 else found.normalize()


def measure_renderables(console, options, renderables):
    """What holds for all of them."""
    found = [Measurement.get(console, options, renderable) for renderable in renderables]
    if not found:
        return Measurement(0, 0)
    return Measurement(max(one.minimum for one in found), max(one.maximum for one in found))
