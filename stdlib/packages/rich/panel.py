"""A box around something."""

from .box import ROUNDED
from .measure import Measurement, measure_renderables
from .padding import Padding
from .segment import Segment
from .text import Text


class Panel:
    """Something in a box, with titles."""

    def __init__(self, renderable, box=ROUNDED, *, title=None, title_align='center', subtitle=None,
                 subtitle_align='center', safe_box=None, expand=True, style='none', border_style='none',
                 width=None, height=None, padding=(0, 1), highlight=False):
        self.renderable, self.box, self.safe_box, self.expand = renderable, box, safe_box, expand
        self.title, self.title_align = title, title_align
        self.subtitle, self.subtitle_align = subtitle, subtitle_align
        self.style, self.border_style = style, border_style
        self.width, self.height, self.padding, self.highlight = width, height, padding, highlight

    @classmethod
    def fit(cls, renderable, box=ROUNDED, **kwargs):
        return cls(renderable, box, expand=False, **kwargs)

    def _line_text(self, title):
        if not title:
            return None
        text = Text.from_markup(title) if isinstance(title, str) else title.copy()
        text.end = ''
        text.plain = text.plain.replace('\n', ' ')
        text.no_wrap = True
        text.expand_tabs()
        text.pad(1)
        return text

    @property
    def _title(self):
        return self._line_text(self.title)

    @property
    def _subtitle(self):
        return self._line_text(self.subtitle)

    def __rich_console__(self, console, options):
        padding = Padding.unpack(self.padding)
        inside = Padding(self.renderable, padding) if any(padding) else self.renderable
        style = console.get_style(self.style)
        border = style + console.get_style(self.border_style)
        width = options.max_width if self.width is None else min(options.max_width, self.width)
        box = self.box.substitute(options)
        title, subtitle = self._title, self._subtitle
        inner = width - 2
        if not self.expand:
            inner = console.measure(inside, options=options.update_width(inner)).maximum
        height = self.height or options.height or None
        if title is not None:
            title.stylize_before(border)
            inner = min(options.max_width - 2, max(inner, title.cell_len + 2))
        child = options.update(width=inner, height=height - 2 if height else height, highlight=self.highlight)
        lines = console.render_lines(inside, child, style=style)
        yield from self._edge(console, child, title, self.title_align, inner, border, box.top_left, box.top,
                              box.top_right, box.get_top)
        for line in lines:
            yield Segment(box.mid_left, border)
            yield from line
            yield Segment(box.mid_right, border)
            yield Segment.line()
        if subtitle is not None:
            subtitle.stylize_before(border)
        yield from self._edge(console, child, subtitle, self.subtitle_align, inner, border, box.bottom_left,
                              box.bottom, box.bottom_right, box.get_bottom)

    @staticmethod
    def _edge(console, options, text, align, inner, border, left, across, right, plain):
        """The upper or the lower line."""
        if text is None or inner <= 2:
            yield Segment(plain([inner]), border)
        else:
            room = inner - 2
            text = text.copy()
            text.truncate(room)
            excess = room - text.cell_len
            if text.style:
                text.stylize(console.get_style(text.style))
            if excess:
                before = {'left': 0, 'center': excess // 2}.get(align, excess)
                parts = (across * before, border), text, (across * (excess - before), border)
                text = Text.assemble(*parts, no_wrap=True, end='')
            yield Segment(left + across, border)
            yield from console.render(text, options.update_width(room))
            yield Segment(across + right, border)
        yield Segment.line()

    def __rich_measure__(self, console, options):
        if self.width is not None:
            return Measurement(self.width, self.width)
        _, right, _, left = Padding.unpack(self.padding)
        extra = left + right + 2
        shown = [self.renderable] + ([self._title] if self._title else [])
        width = measure_renderables(console, options.update_width(options.max_width - extra), shown).maximum
        return Measurement(width + extra, width + extra)
