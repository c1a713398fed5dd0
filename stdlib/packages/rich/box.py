"""Characters of boxes."""

_ROWS = ('top', 'head', 'head_row', 'mid', 'row', 'foot_row', 'foot', 'bottom')


class Box:
    """Eight lines of four characters: left, across, divider, right."""

    def __init__(self, box, *, ascii=False):
        self._box = box
        self.ascii = ascii
        self._lines = dict(zip(_ROWS, map(tuple, box.splitlines())))
        self.top_left, self.top, self.top_divider, self.top_right = self._lines['top']
        self.head_left, _, self.head_vertical, self.head_right = self._lines['head']
        (self.head_row_left, self.head_row_horizontal, self.head_row_cross,
         self.head_row_right) = self._lines['head_row']
        self.mid_left, _, self.mid_vertical, self.mid_right = self._lines['mid']
        self.row_left, self.row_horizontal, self.row_cross, self.row_right = self._lines['row']
        (self.foot_row_left, self.foot_row_horizontal, self.foot_row_cross,
         self.foot_row_right) = self._lines['foot_row']
        self.foot_left, _, self.foot_vertical, self.foot_right = self._lines['foot']
        self.bottom_left, self.bottom, self.bottom_divider, self.bottom_right = self._lines['bottom']

    def __repr__(self):
        return 'Box(...)'

    def __str__(self):
        return self._box

    def substitute(self, options, safe=True):
        """The box to use where there is only ASCII."""
        return ASCII if options.ascii_only and not self.ascii else self

    def get_plain_headed_box(self):
        """The same without a special line below the header."""
        return _PLAIN_HEADED.get(self, self)

    def _line(self, characters, widths, edge=True):
        left, across, divider, right = characters
        line = divider.join(across * width for width in widths)
        return left + line + right if edge else line

    def get_top(self, widths):
        return self._line(self._lines['top'], widths)

    def get_bottom(self, widths):
        return self._line(self._lines['bottom'], widths)

    def get_row(self, widths, level='row', edge=True):
        if level == 'mid':
            left, _across, divider, right = self._lines['mid']
            return self._line((left, ' ', divider, right), widths, edge)
        name = {'head': 'head_row', 'row': 'row', 'foot': 'foot_row'}.get(level)
        if name is None:
            raise ValueError("level must be 'head', 'row' or 'foot'")
        return self._line(self._lines[name], widths, edge)


def _box(lines, ascii=False):
    return Box('\n'.join(lines.split('/')) + '\n', ascii=ascii)


ASCII = _box('+--+/| ||/|-+|/| ||/|-+|/|-+|/| ||/+--+', ascii=True)
ASCII2 = _box('+-++/| ||/+-++/| ||/+-++/+-++/| ||/+-++', ascii=True)
ASCII_DOUBLE_HEAD = _box('+-++/| ||/+=++/| ||/+-++/+-++/| ||/+-++', ascii=True)
DOUBLE = _box('╔═╦╗/║ ║║/╠═╬╣/║ ║║/╠═╬╣/╠═╬╣/║ ║║/╚═╩╝')
DOUBLE_EDGE = _box('╔═╤╗/║ │║/╟─┼╢/║ │║/╟─┼╢/╟─┼╢/║ │║/╚═╧╝')
HEAVY = _box('┏━┳┓/┃ ┃┃/┣━╋┫/┃ ┃┃/┣━╋┫/┣━╋┫/┃ ┃┃/┗━┻┛')
HEAVY_EDGE = _box('┏━┯┓/┃ │┃/┠─┼┨/┃ │┃/┠─┼┨/┠─┼┨/┃ │┃/┗━┷┛')
HEAVY_HEAD = _box('┏━┳┓/┃ ┃┃/┡━╇┩/│ ││/├─┼┤/├─┼┤/│ ││/└─┴┘')
HORIZONTALS = _box(' ── /    / ── /    / ── / ── /    / ── ')
MARKDOWN = _box('    /| ||/|-||/| ||/|-||/|-||/| ||/    ', ascii=True)
MINIMAL = _box('  ╷ /  │ /╶─┼╴/  │ /╶─┼╴/╶─┼╴/  │ /  ╵ ')
MINIMAL_DOUBLE_HEAD = _box('  ╷ /  │ / ═╪ /  │ / ─┼ / ─┼ /  │ /  ╵ ')
MINIMAL_HEAVY_HEAD = _box('  ╷ /  │ /╺━┿╸/  │ /╶─┼╴/╶─┼╴/  │ /  ╵ ')
ROUNDED = _box('╭─┬╮/│ ││/├─┼┤/│ ││/├─┼┤/├─┼┤/│ ││/╰─┴╯')
SIMPLE = _box('    /    / ── /    /    / ── /    /    ')
SIMPLE_HEAD = _box('    /    / ── /    /    /    /    /    ')
SIMPLE_HEAVY = _box('    /    / ━━ /    /    / ━━ /    /    ')
SQUARE = _box('┌─┬┐/│ ││/├─┼┤/│ ││/├─┼┤/├─┼┤/│ ││/└─┴┘')
SQUARE_DOUBLE_HEAD = _box('┌─┬┐/│ ││/╞═╪╡/│ ││/├─┼┤/├─┼┤/│ ││/└─┴┘')
_PLAIN_HEADED = {HEAVY_HEAD: SQUARE, SQUARE_DOUBLE_HEAD: SQUARE, MINIMAL_DOUBLE_HEAD: MINIMAL,
                 MINIMAL_HEAVY_HEAD: MINIMAL, ASCII_DOUBLE_HEAD: ASCII2}
