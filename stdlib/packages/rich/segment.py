"""Pieces of text of one style: what everything is rendered to."""

from typing import Any, NamedTuple

from .cells import cell_len, set_cell_size


class Segment(NamedTuple):
    """Text with a style; `control` means that it moves the cursor and has no width."""

    text: str
    style: Any = None
    control: Any = None

    def __repr__(self):
        if self.control is None:
            return f'Segment({self.text!r})' if self.style is None else f'Segment({self.text!r}, {self.style!r})'
        return f'Segment({self.text!r}, {self.style!r}, {self.control!r})'

    def __bool__(self):
        return bool(self.text)

    @property
    def cell_length(self):
        return 0 if self.control else cell_len(self.text)

    @property
    def is_control(self):
        return self.control is not None

    @classmethod
    def line(cls):
        return cls('\n')

    @classmethod
    def apply_style(cls, segments, style=None, post_style=None):
        """With a style under, and one over, that of each."""
        for text, own, control in segments:
            if control:
                yield cls(text, own, control)
                continue
            if style:
                own = style + own
            if post_style:
                own = own + post_style if own else post_style
            yield cls(text, own)

    @classmethod
    def split_lines(cls, segments):
        for line, _ended in cls.split_lines_terminator(segments):
            yield line

    @classmethod
    def split_lines_terminator(cls, segments):
        """Lines, and whether each has a line break at its end."""
        line = []
        for segment in segments:
            if segment.control or '\n' not in segment.text:
                line.append(segment)
                continue
            rest = segment.text
            while rest:
                piece, ended, rest = rest.partition('\n')
                if piece:
                    line.append(cls(piece, segment.style))
                if ended:
                    yield line, True
                    line = []
        if line:
            yield line, False

    @classmethod
    def split_and_crop_lines(cls, segments, length, style=None, pad=True, include_new_lines=True):
        """Lines of at most (with `pad`: exactly) a width."""
        for line, ended in cls.split_lines_terminator(segments):
            line = cls.adjust_line_length(line, length, style=style, pad=pad)
            if ended and include_new_lines:
                line.append(cls('\n'))
            yield line

    @classmethod
    def get_line_length(cls, line):
        return sum(segment.cell_length for segment in line)

    @classmethod
    def adjust_line_length(cls, line, length, style=None, pad=True):
        missing = length - cls.get_line_length(line)
        if missing >= 0:
            return [*line, cls(' ' * missing, style)] if missing and pad else list(line)
        cropped, taken = [], 0
        for segment in line:
            width = segment.cell_length
            if not segment.control and taken + width >= length:
                cropped.append(cls(set_cell_size(segment.text, length - taken), segment.style))
                break
            cropped.append(segment)
            taken += width
        return cropped

    @classmethod
    def get_shape(cls, lines):
        return max(map(cls.get_line_length, lines), default=0), len(lines)

    @classmethod
    def set_shape(cls, lines, width, height=None, style=None, new_lines=False):
        height = height or len(lines)
        blank = [cls(' ' * width + '\n', style)] if new_lines else [cls(' ' * width, style)]
        shaped = [cls.adjust_line_length(line, width, style=style) for line in lines[:height]]
        return shaped + [blank] * (height - len(lines))

    @classmethod
    def _with_blank(cls, lines, width, style, above, below):
        blank = [cls(' ' * width, style)]
        return [blank] * above + list(lines) + [blank] * below

    @classmethod
    def align_top(cls, lines, width, height, style, new_lines=False):
        return cls._with_blank(lines, width, style, 0, height - len(lines))

    @classmethod
    def align_bottom(cls, lines, width, height, style, new_lines=False):
        return cls._with_blank(lines, width, style, height - len(lines), 0)

    @classmethod
    def align_middle(cls, lines, width, height, style, new_lines=False):
        above = max(0, height - len(lines)) // 2
        return cls._with_blank(lines, width, style, above, height - len(lines) - above)

    @classmethod
    def simplify(cls, segments):
        """Neighbours of one style joined."""
        last = None
        for segment in segments:
            if last is not None and last.style == segment.style and not (last.control or segment.control):
                last = cls(last.text + segment.text, last.style)
                continue
            if last is not None:
                yield last
            last = segment
        if last is not None:
            yield last

    @classmethod
    def strip_styles(cls, segments):
        return (cls(text, None, control) for text, _style, control in segments)

    @classmethod
    def strip_links(cls, segments):
        return (cls(text, style.update_link(None) if style else None, control)
                for text, style, control in segments)

    @classmethod
    def remove_color(cls, segments):
        return (cls(text, style.without_color if style else None, control)
                for text, style, control in segments)


class Segments:
    """Segments as something to print."""

    def __init__(self, segments, new_lines=False):
        self.segments = list(segments)
        self.new_lines = new_lines

    def __rich_console__(self, console, options):
        for segment in self.segments:
            yield segment
            if self.new_lines:
                yield Segment.line()
