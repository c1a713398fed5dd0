"""Several things, one below the other, and things with a style or a width."""

from .measure import Measurement, measure_renderables
from .segment import Segment


class Renderables:
    """A list of things."""

    def __init__(self, renderables=None):
        self._renderables = list(renderables or ())

    def __rich_console__(self, console, options):
        yield from self._renderables

    def __rich_measure__(self, console, options):
        if not self._renderables:
            return Measurement(1, 1)
        return measure_renderables(console, options, self._renderables)

    def append(self, renderable):
        self._renderables.append(renderable)

    def __iter__(self):
        return iter(self._renderables)


class Styled:
    """Something with a style under its own."""

    def __init__(self, renderable, style):
        self.renderable = renderable
        self.style = style

    def __rich_console__(self, console, options):
        yield from Segment.apply_style(console.render(self.renderable, options), console.get_style(self.style))

    def __rich_measure__(self, console, options):
        return Measurement.get(console, options, self.renderable)


class Constrain:
    """Something with a greatest width."""

    def __init__(self, renderable, width=80):
        self.renderable = renderable
        self.width = width

    def __rich_console__(self, console, options):
        if self.width is not None:
            options = options.update_width(min(self.width, options.max_width))
        yield from console.render(self.renderable, options)

    def __rich_measure__(self, console, options):
        if self.width is not None:
            options = options.update_width(self.width)
        return Measurement.get(console, options, self.renderable)


class Group:
    """Things to be shown one after the other."""

    def __init__(self, *renderables, fit=True):
        self._renderables = renderables
        self.fit = fit

    @property
    def renderables(self):
        return list(self._renderables)

    def __rich_console__(self, console, options):
        yield from self._renderables

    def __rich_measure__(self, console, options):
        if self.fit:
            return measure_renderables(console, options, self._renderables)
        return Measurement(options.max_width, options.max_width)
