"""Tables."""

from dataclasses import dataclass, field
from math import ceil

from . import box, errors
from .measure import Measurement
from .padding import Padding
from .protocol import is_renderable
from .segment import Segment
from .style import Style
from .text import Text


@dataclass
class Column:
    """Settings of a column, and its cells."""

    header: object = ''
    footer: object = ''
    header_style: object = ''
    footer_style: object = ''
    style: object = ''
    justify: str = 'left'
    vertical: str = 'top'
    overflow: str = 'ellipsis'
    width: int | None = None
    min_width: int | None = None
    max_width: int | None = None
    ratio: int | None = None
    no_wrap: bool = False
    highlight: bool = False
    _index: int = 0
    _cells: list = field(default_factory=list)

    def copy(self):
        from dataclasses import replace
        return replace(self, _cells=[])

    @property
    def cells(self):
        yield from self._cells

    @property
    def flexible(self):
        return self.ratio is not None


@dataclass
class Row:
    """Settings of a row."""

    style: object = None
    end_section: bool = False


def ratio_reduce(total, ratios, maximums, values):
    """The values less `total` altogether, taken away in proportion to ratios."""
    ratios = [ratio if most else 0 for ratio, most in zip(ratios, maximums)]
    left = sum(ratios)
    reduced = []
    for ratio, most, value in zip(ratios, maximums, values):
        part = min(most, round(ratio * total / left)) if ratio and left > 0 else 0
        reduced.append(value - part)
        if ratio and left > 0:
            total -= part
            left -= ratio
    return reduced


def ratio_distribute(total, ratios, minimums=None):
    """`total` in parts in proportion to ratios."""
    if minimums:
        ratios = [ratio if least else 0 for ratio, least in zip(ratios, minimums)]
    left = sum(ratios)
    assert left > 0, 'Sum of ratios must be > 0'
    parts = []
    for ratio, least in zip(ratios, minimums or [0] * len(ratios)):
        parts.append(max(least, ceil(ratio * total / left)) if left > 0 else total)
        left -= ratio
        total -= parts[-1]
    return parts


class Table:
    """Rows and columns."""

    def __init__(self, *headers, title=None, caption=None, width=None, min_width=None, box=box.HEAVY_HEAD,
                 safe_box=None, padding=(0, 1), collapse_padding=False, pad_edge=True, expand=False,
                 show_header=True, show_footer=False, show_edge=True, show_lines=False, leading=0, style='none',
                 row_styles=None, header_style='table.header', footer_style='table.footer', border_style=None,
                 title_style=None, caption_style=None, title_justify='center', caption_justify='center',
                 highlight=False):
        self.columns, self.rows = [], []
        self.title, self.caption, self.width, self.min_width, self.box = title, caption, width, min_width, box
        self.safe_box, self.padding, self.collapse_padding = safe_box, Padding.unpack(padding), collapse_padding
        self.pad_edge, self._expand, self.show_header, self.show_footer = pad_edge, expand, show_header, show_footer
        self.show_edge, self.show_lines, self.leading, self.style = show_edge, show_lines, leading, style
        self.row_styles = list(row_styles or [])
        self.header_style, self.footer_style, self.border_style = header_style or '', footer_style or '', border_style
        self.title_style, self.caption_style = title_style, caption_style
        self.title_justify, self.caption_justify, self.highlight = title_justify, caption_justify, highlight
        for header in headers:
            if isinstance(header, str):
                self.add_column(header=header)
            else:
                header._index = len(self.columns)
                self.columns.append(header)

    @classmethod
    def grid(cls, *headers, padding=0, collapse_padding=True, pad_edge=False, expand=False):
        return cls(*headers, box=None, padding=padding, collapse_padding=collapse_padding, show_header=False,
                   show_footer=False, show_edge=False, pad_edge=pad_edge, expand=expand)

    @property
    def expand(self):
        return self._expand or self.width is not None

    @expand.setter
    def expand(self, expand):
        self._expand = expand

    @property
    def row_count(self):
        return len(self.rows)

    @property
    def _extra_width(self):
        """What the lines take."""
        if not self.box:
            return 0
        return (2 if self.show_edge else 0) + len(self.columns) - 1

    def get_row_style(self, console, index):
        style = Style.null()
        if self.row_styles:
            style += console.get_style(self.row_styles[index % len(self.row_styles)])
        if self.rows[index].style is not None:
            style += console.get_style(self.rows[index].style)
        return style

    def add_column(self, header='', footer='', *, header_style=None, highlight=None, footer_style=None,
                   style=None, justify='left', vertical='top', overflow='ellipsis', width=None, min_width=None,
                   max_width=None, ratio=None, no_wrap=False):
        self.columns.append(Column(
            header, footer, header_style or '', footer_style or '', style or '', justify, vertical, overflow, width,
            min_width, max_width, ratio, no_wrap, self.highlight if highlight is None else highlight,
            len(self.columns)))

    def add_row(self, *renderables, style=None, end_section=False):
        cells = [*renderables, *[None] * (len(self.columns) - len(renderables))]
        for index, cell in enumerate(cells):
            if index == len(self.columns):
                column = Column(highlight=self.highlight, _index=index)
                column._cells += [Text('') for _row in self.rows]
                self.columns.append(column)
            if cell is not None and not is_renderable(cell):
                raise errors.NotRenderableError(f'unable to render {type(cell).__name__}; '
                                                'a string or other renderable object is required')
            self.columns[index]._cells.append('' if cell is None else cell)
        self.rows.append(Row(style, end_section))

    def add_section(self):
        if self.rows:
            self.rows[-1].end_section = True

    def __rich_console__(self, console, options):
        if not self.columns:
            yield Segment('\n')
            return
        most = options.max_width if self.width is None else self.width
        widths = self._column_widths(console, options.update_width(most - self._extra_width))
        inner = options.update(width=sum(widths) + self._extra_width, highlight=self.highlight, height=None)

        def annotation(text, style, justify):
            if isinstance(text, str):
                text = console.render_str(text, style=style, highlight=False)
            return console.render(text, inner.update(justify=justify))
        if self.title:
            yield from annotation(self.title, Style.pick_first(self.title_style, 'table.title'), self.title_justify)
        yield from self._render(console, inner, widths)
        if self.caption:
            yield from annotation(self.caption, Style.pick_first(self.caption_style, 'table.caption'),
                                  self.caption_justify)

    def __rich_measure__(self, console, options):
        most = options.max_width if self.width is None else self.width
        if most < 0:
            return Measurement(0, 0)
        extra = self._extra_width
        most = sum(self._column_widths(console, options.update_width(most - extra)))
        found = [self._measure_column(console, options.update_width(most), column) for column in self.columns]
        return Measurement(sum(one.minimum for one in found) + extra,
                           sum(one.maximum for one in found) + extra if self.width is None else self.width
                           ).clamp(self.min_width)

    def _column_widths(self, console, options):
        most = options.max_width
        columns = self.columns
        ranges = [self._measure_column(console, options, column) for column in columns]
        widths = [one.maximum or 1 for one in ranges]
        if self.expand and any(column.ratio for column in columns):
            fixed = [0 if column.flexible else one.maximum for one, column in zip(ranges, columns)]
            flexible = [column for column in columns if column.flexible]
            least = [(column.width or 1) + self._padding_width(column._index) for column in flexible]
            parts = iter(ratio_distribute(most - sum(fixed), [column.ratio or 0 for column in flexible], least))
            widths = [fixed[at] + next(parts) if column.flexible else widths[at]
                      for at, column in enumerate(columns)]
        total = sum(widths)
        if total > most:
            widths = self._collapse(widths, [column.width is None and not column.no_wrap for column in columns], most)
            total = sum(widths)
            if total > most:
                widths = ratio_reduce(total - most, [1] * len(widths), widths, widths)
                total = sum(widths)
            ranges = [self._measure_column(console, options.update_width(width), column)
                      for width, column in zip(widths, columns)]
            widths = [one.maximum or 0 for one in ranges]
        least = None if self.min_width is None else self.min_width - self._extra_width
        if (total < most and self.expand) or (least is not None and total < least):
            wanted = most if least is None else min(least, most)
            widths = [width + pad for width, pad in zip(widths, ratio_distribute(wanted - total, widths))]
        return widths

    @staticmethod
    def _collapse(widths, can_wrap, most):
        """The widest columns made narrower until they fit."""
        excess = sum(widths) - most
        while any(can_wrap) and sum(widths) and excess > 0:
            widest = max(width for width, wraps in zip(widths, can_wrap) if wraps)
            second = max(width if wraps and width != widest else 0 for width, wraps in zip(widths, can_wrap))
            if widest == second:
                break
            ratios = [int(width == widest and wraps) for width, wraps in zip(widths, can_wrap)]
            widths = ratio_reduce(excess, ratios, [min(excess, widest - second)] * len(widths), widths)
            excess = sum(widths) - most
        return widths

    def _cells(self, console, index, column):
        """Style, what to show, and vertical place of all cells of a column."""
        get_style = console.get_style
        raw = [(get_style(column.style or ''), cell) for cell in column.cells]
        if self.show_header:
            raw.insert(0, (get_style(self.header_style or '') + get_style(column.header_style), column.header))
        if self.show_footer:
            raw.append((get_style(self.footer_style or '') + get_style(column.footer_style), column.footer))
        for at, (style, cell) in enumerate(raw):
            vertical = getattr(cell, 'vertical', None) or column.vertical
            if any(self.padding):
                cell = Padding(cell, self._padding(index, at == 0, at == len(raw) - 1))
            yield style, cell, vertical

    def _padding(self, index, first_row, last_row):
        top, right, bottom, left = self.padding
        first, last = index == 0, index == len(self.columns) - 1
        if self.collapse_padding:
            if not first:
                left = max(0, left - right)
            if not last_row:
                bottom = max(0, top - bottom)
        if not self.pad_edge:
            left = 0 if first else left
            right = 0 if last else right
            top = 0 if first_row else top
            bottom = 0 if last_row else bottom
        return top, right, bottom, left

    def _padding_width(self, index):
        _, right, _, left = self.padding
        if self.collapse_padding:
            left = 0
        if not self.pad_edge:
            left = 0 if index == 0 else left
            right = 0 if index == len(self.columns) - 1 else right
        return left + right

    def _measure_column(self, console, options, column):
        most = options.max_width
        if most < 1:
            return Measurement(0, 0)
        padding = self._padding_width(column._index)
        if column.width is not None:
            return Measurement(column.width + padding, column.width + padding).with_maximum(most)
        found = [Measurement.get(console, options, cell)
                 for _style, cell, _vertical in self._cells(console, column._index, column)]
        measurement = Measurement(max((one.minimum for one in found), default=1),
                                  max((one.maximum for one in found), default=most)).with_maximum(most)
        return measurement.clamp(None if column.min_width is None else column.min_width + padding,
                                 None if column.max_width is None else column.max_width + padding)

    def _render(self, console, options, widths):
        get_style = console.get_style
        border = get_style(self.style or '') + get_style(self.border_style or '')
        rows = list(zip(*[self._cells(console, index, column) for index, column in enumerate(self.columns)]))
        lines = self.box.substitute(options) if self.box else None
        if lines and not self.show_header:
            lines = lines.get_plain_headed_box()
        edge = self.show_edge
        if lines:
            sides = [(lines.head_left, lines.head_right, lines.head_vertical),
                     (lines.mid_left, lines.mid_right, lines.mid_vertical),
                     (lines.foot_left, lines.foot_right, lines.foot_vertical)]
            if edge:
                yield Segment(lines.get_top(widths), border)
                yield Segment.line()
        for index, row in enumerate(rows):
            first, last = index == 0, index == len(rows) - 1
            is_header, is_footer = first and self.show_header, last and self.show_footer
            is_row = not (is_header or is_footer)
            number = index - self.show_header
            row_style = get_style(self.get_row_style(console, number)) if is_row else Style.null()
            rendered = []
            for width, (style, cell, _vertical), column in zip(widths, row, self.columns):
                inner = options.update(width=width, justify=column.justify, no_wrap=column.no_wrap,
                                       overflow=column.overflow, height=None, highlight=column.highlight)
                rendered.append(console.render_lines(cell, inner, style=get_style(style) + row_style))
            height = max(map(len, rendered))
            aligned = []
            for width, (style, _cell, vertical), cell in zip(widths, row, rendered):
                vertical = 'bottom' if is_header else 'top' if is_footer else vertical
                place = {'top': Segment.align_top, 'middle': Segment.align_middle}.get(vertical, Segment.align_bottom)
                cell = place(cell, width, height, get_style(style) + row_style)
                aligned.append(Segment.set_shape(cell, width, height))
            if lines and is_footer:
                yield Segment(lines.get_row(widths, 'foot', edge=edge), border)
                yield Segment.line()
            if lines:
                left, right, divider = sides[0 if first else 2 if last else 1]
                # A divider of spaces shows the background of the row.
                divider = Segment(divider, border if divider.strip() else row_style.background_style + border)
            for at in range(height):
                if lines and edge:
                    yield Segment(left, border)
                for column_number, cell in enumerate(aligned):
                    if lines and column_number:
                        yield divider
                    yield from cell[at]
                if lines and edge:
                    yield Segment(right, border)
                yield Segment.line()
            if lines and is_header:
                yield Segment(lines.get_row(widths, 'head', edge=edge), border)
                yield Segment.line()
            ends = is_row and self.rows[number].end_section
            before_footer = self.show_footer and index >= len(rows) - 2
            if lines and (self.show_lines or self.leading or ends) and not (last or before_footer or is_header):
                if self.leading:
                    yield Segment(lines.get_row(widths, 'mid', edge=edge) * self.leading, border)
                else:
                    yield Segment(lines.get_row(widths, 'row', edge=edge), border)
                yield Segment.line()
        if lines and edge:
            yield Segment(lines.get_bottom(widths), border)
            yield Segment.line()
