"""Text with styles, which can be wrapped, cut and justified."""

import re
from itertools import zip_longest
from typing import NamedTuple, Union

from .cells import cell_len, chop_cells, set_cell_size
from .measure import Measurement
from .segment import Segment
from .style import Style

TextType = Union[str, 'Text']
_WORD = re.compile(r'\s*\S+\s*')
_SPACE_AT_END = re.compile(r'\s+$')
# Bell, backspace, vertical tab, form feed and carriage return would garble a terminal.
_CONTROLS = dict.fromkeys((7, 8, 11, 12, 13))


def strip_control_codes(text):
    """The text without the characters that move the cursor."""
    return text.translate(_CONTROLS)


class Span(NamedTuple):
    """A style from one offset to another."""

    start: int
    end: int
    style: object

    def __repr__(self):
        return f'Span({self.start}, {self.end}, {self.style!r})'

    def __bool__(self):
        return self.end > self.start

    def split(self, offset):
        if offset < self.start or offset >= self.end:
            return self, None
        return Span(self.start, min(self.end, offset), self.style), Span(min(self.end, offset), self.end, self.style)

    def move(self, offset):
        return Span(self.start + offset, self.end + offset, self.style)

    def right_crop(self, offset):
        return self if offset >= self.end else Span(self.start, min(offset, self.end), self.style)

    def extend(self, cells):
        return Span(self.start, self.end + cells, self.style) if cells else self


def _break_offsets(text, width, fold):
    """Where to break a line that is too wide."""
    offsets = []
    column = 0
    for match in _WORD.finditer(text):
        start, word = match.start(), match[0]
        need = cell_len(word.rstrip())
        if width - column >= need:
            column += cell_len(word)
        elif need <= width:
            if column and start:
                offsets.append(start)
                column = cell_len(word)
        elif not fold:
            if start:
                offsets.append(start)
            column = cell_len(word)
        else:
            for piece in chop_cells(word, width):
                if start:
                    offsets.append(start)
                start += len(piece)
                column = cell_len(piece)
    return offsets


class Text:
    """Characters, a style of the whole and spans with more styles."""

    def __init__(self, text='', style='', *, justify=None, overflow=None, no_wrap=None, end='\n',
                 tab_size=None, spans=None):
        self._plain = strip_control_codes(text)
        self.style = style
        self.justify = justify
        self.overflow = overflow
        self.no_wrap = no_wrap
        self.end = end
        self.tab_size = tab_size
        self._spans = spans or []

    def __len__(self):
        return len(self._plain)

    def __bool__(self):
        return bool(self._plain)

    def __str__(self):
        return self._plain

    def __repr__(self):
        return f'<text {self._plain!r} {self._spans!r} {self.style!r}>'

    def __add__(self, other):
        if isinstance(other, (str, Text)):
            result = self.copy()
            result.append(other)
            return result
        return NotImplemented

    def __eq__(self, other):
        if not isinstance(other, Text):
            return NotImplemented
        return self._plain == other._plain and self._spans == other._spans

    def __contains__(self, other):
        if isinstance(other, str):
            return other in self._plain
        return isinstance(other, Text) and other._plain in self._plain

    def __getitem__(self, index):
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step != 1:
                raise TypeError('slices with step!=1 are not supported')
            lines = self.divide([start, stop])
            return lines[1]
        character = self._plain[index]
        at = range(len(self))[index]
        return Text(character, end='', spans=[Span(0, 1, style) for start, end, style in self._spans
                                              if end > at >= start])

    @property
    def plain(self):
        return self._plain

    @plain.setter
    def plain(self, text):
        text = strip_control_codes(text)
        if text != self._plain:
            shorter = len(text) < len(self._plain)
            self._plain = text
            if shorter:
                self._trim_spans()

    @property
    def spans(self):
        return self._spans

    @spans.setter
    def spans(self, spans):
        self._spans = list(spans)

    @property
    def cell_len(self):
        return cell_len(self._plain)

    @property
    def markup(self):
        """Markup that renders to this text."""
        from .markup import escape
        marks = [(0, False, self.style)]
        marks += [(span.start, False, span.style) for span in self._spans]
        marks += [(span.end, True, span.style) for span in self._spans]
        marks.append((len(self), True, self.style))
        marks.sort(key=lambda mark: mark[:2])
        parts = []
        done = 0
        for offset, closing, style in marks:
            if offset > done:
                parts.append(escape(self._plain[done:offset]))
                done = offset
            if style:
                parts.append(f'[/{style}]' if closing else f'[{style}]')
        return ''.join(parts)

    @classmethod
    def from_markup(cls, text, *, style='', emoji=True, emoji_variant=None, justify=None, overflow=None,
                    end='\n'):
        from .markup import render
        rendered = render(text, style, emoji=emoji, emoji_variant=emoji_variant)
        rendered.justify, rendered.overflow, rendered.end = justify, overflow, end
        return rendered

    @classmethod
    def from_ansi(cls, text, *, style='', justify=None, overflow=None, no_wrap=None, end='\n', tab_size=8):
        if '\x1b' in text:
            raise NotImplementedError('Text.from_ansi() of escape sequences is not supported')
        lines = text.splitlines()
        return cls('\n'.join(lines), style, justify=justify, overflow=overflow, no_wrap=no_wrap, end=end,
                   tab_size=tab_size)

    @classmethod
    def styled(cls, text, style='', *, justify=None, overflow=None):
        made = cls(text, justify=justify, overflow=overflow)
        made.stylize(style)
        return made

    @classmethod
    def assemble(cls, *parts, style='', justify=None, overflow=None, no_wrap=None, end='\n', tab_size=8,
                 meta=None):
        made = cls(style=style, justify=justify, overflow=overflow, no_wrap=no_wrap, end=end,
                   tab_size=tab_size)
        for part in parts:
            if isinstance(part, (str, Text)):
                made.append(part)
            else:
                made.append(*part)
        if meta:
            made.apply_meta(meta)
        return made

    def blank_copy(self, plain=''):
        """Empty text with the same settings."""
        return Text(plain, self.style, justify=self.justify, overflow=self.overflow, no_wrap=self.no_wrap,
                    end=self.end, tab_size=self.tab_size)

    def copy(self):
        copied = self.blank_copy(self._plain)
        copied._spans = self._spans[:]
        return copied

    def stylize(self, style, start=0, end=None):
        """Put a style over a part."""
        self._stylize(style, start, end, self._spans.append)

    def stylize_before(self, style, start=0, end=None):
        """Put a style under all others of a part."""
        self._stylize(style, start, end, lambda span: self._spans.insert(0, span))

    def _stylize(self, style, start, end, put):
        if style:
            length = len(self)
            start = start + length if start < 0 else start
            end = length if end is None else end + length if end < 0 else end
            if start < length and end > start:
                put(Span(start, min(length, end), style))

    def apply_meta(self, meta, start=0, end=None):
        self.stylize(Style.from_meta(meta), start, end)

    def on(self, meta=None, **handlers):
        self.stylize(Style.from_meta({**(meta or {}), **{f'@{key}': value for key, value in handlers.items()}}))
        return self

    def remove_suffix(self, suffix):
        if self._plain.endswith(suffix):
            self.right_crop(len(suffix))

    def get_style_at_offset(self, console, offset):
        offset = offset + len(self) if offset < 0 else offset
        style = console.get_style(self.style)
        for start, end, span_style in self._spans:
            if end > offset >= start:
                style += console.get_style(span_style, default='')
        return style

    def extend_style(self, spaces):
        """Spaces at the end, of the style of the last character."""
        if spaces > 0:
            end = len(self)
            self._spans = [span.extend(spaces) if span.end >= end else span for span in self._spans]
            self._plain += ' ' * spaces

    def highlight_regex(self, re_highlight, style=None, *, style_prefix=''):
        """Named groups become styles."""
        count = 0
        for match in re.compile(re_highlight).finditer(self._plain):
            count += 1
            if style:
                chosen = style(match[0]) if callable(style) else style
                if chosen is not None and match.end() > match.start():
                    self._spans.append(Span(*match.span(), chosen))
            for name in match.groupdict():
                start, end = match.span(name)
                if end > start >= 0:
                    self._spans.append(Span(start, end, f'{style_prefix}{name}'))
        return count

    def highlight_words(self, words, style, *, case_sensitive=True):
        found = 0
        pattern = '|'.join(map(re.escape, words))
        for found, match in enumerate(re.finditer(pattern, self._plain, 0 if case_sensitive else re.IGNORECASE), 1):
            self._spans.append(Span(*match.span(), style))
        return found

    def rstrip(self):
        self.plain = self._plain.rstrip()

    def rstrip_end(self, size):
        """Take spaces at the end away that are beyond a length."""
        excess = len(self) - size
        match = _SPACE_AT_END.search(self._plain) if excess > 0 else None
        if match is not None:
            self.right_crop(min(len(match[0]), excess))

    def set_length(self, new_length):
        missing = new_length - len(self)
        if missing > 0:
            self.pad_right(missing)
        elif missing:
            self.right_crop(-missing)

    def __rich_console__(self, console, options):
        lines = self.wrap(console, options.max_width, justify=self.justify or options.justify or 'default',
                          overflow=self.overflow or options.overflow or 'fold',
                          tab_size=(console.tab_size if self.tab_size is None else self.tab_size) or 8,
                          no_wrap=bool(options.no_wrap if self.no_wrap is None else self.no_wrap))
        yield from Text('\n').join(lines).render(console, end=self.end)

    def __rich_measure__(self, console, options):
        most = max(map(cell_len, self._plain.splitlines()), default=0)
        return Measurement(max(map(cell_len, self._plain.split()), default=most), most)

    def render(self, console, end=''):
        """Segments, each of one style."""
        plain = self._plain
        if not self._spans:
            yield Segment(plain, console.get_style(self.style)) if self.style else Segment(plain)
        else:
            null = Style.null()
            styles = [console.get_style(self.style, default=null)]
            styles += [console.get_style(span.style, default=null) for span in self._spans]
            marks = [(0, False, 0), (len(plain), True, 0)]
            for number, (start, stop, _style) in enumerate(self._spans, 1):
                marks += (start, False, number), (stop, True, number)
            marks.sort(key=lambda mark: mark[:2])
            active = set()
            combined = {}
            for (offset, closing, number), following in zip(marks, marks[1:]):
                (active.discard if closing else active.add)(number)
                if following[0] > offset:
                    key = tuple(sorted(active))
                    if key not in combined:
                        combined[key] = Style.combine(styles[number] for number in key)
                    yield Segment(plain[offset:following[0]], combined[key])
        if end:
            yield Segment(end)

    def join(self, lines):
        """The texts with this one between."""
        joined = self.blank_copy()
        texts = []
        for text in lines:
            if texts and self._plain:
                texts.append(self)
            texts.append(text)
        offset = 0
        for text in texts:
            if text.style:
                joined._spans.append(Span(offset, offset + len(text), text.style))
            joined._spans += [span.move(offset) for span in text._spans]
            offset += len(text)
        joined._plain = ''.join(text._plain for text in texts)
        return joined

    def expand_tabs(self, tab_size=None):
        if '\t' not in self._plain:
            return
        tab_size = (8 if self.tab_size is None else self.tab_size) if tab_size is None else tab_size
        pieces = []
        for line in self.split('\n', include_separator=True):
            column = 0
            for part in line.split('\t', include_separator=True):
                if part._plain.endswith('\t'):
                    part._plain = part._plain[:-1] + ' '
                    column += part.cell_len
                    if column % tab_size:
                        spaces = tab_size - column % tab_size
                        part.extend_style(spaces)
                        column += spaces
                else:
                    column += part.cell_len
                pieces.append(part)
        expanded = Text('').join(pieces)
        self._plain, self._spans = expanded._plain, expanded._spans

    def truncate(self, max_width, *, overflow=None, pad=False):
        """Cut what is beyond a width."""
        overflow = overflow or self.overflow or 'fold'
        if overflow == 'ignore':
            return
        width = cell_len(self._plain)
        if width > max_width:
            if overflow == 'ellipsis':
                self.plain = set_cell_size(self._plain, max_width - 1) + '…'
            else:
                self.plain = set_cell_size(self._plain, max_width)
        if pad and width < max_width:
            self._plain += ' ' * (max_width - width)

    def _trim_spans(self):
        end = len(self)
        self._spans = [span if span.end < end else Span(span.start, min(end, span.end), span.style)
                       for span in self._spans if span.start < end]

    def pad(self, count, character=' '):
        self.pad_left(count, character)
        self.pad_right(count, character)

    def pad_left(self, count, character=' '):
        if count > 0:
            self._plain = character * count + self._plain
            self._spans = [span.move(count) for span in self._spans]

    def pad_right(self, count, character=' '):
        if count > 0:
            self._plain += character * count

    def align(self, align, width, character=' '):
        self.truncate(width)
        excess = width - cell_len(self._plain)
        if excess:
            left = {'left': 0, 'center': excess // 2}.get(align, excess)
            self.pad_left(left, character)
            self.pad_right(excess - left, character)

    def append(self, text, style=None):
        """Put text at the end; the text itself is returned."""
        if not isinstance(text, (str, Text)):
            raise TypeError('Only str or Text can be appended to Text')
        if not len(text):
            return self
        at = len(self)
        if isinstance(text, str):
            text = strip_control_codes(text)
            if style:
                self._spans.append(Span(at, at + len(text), style))
            self._plain += text
            return self
        if style is not None:
            raise ValueError('style must not be set when appending Text instance')
        return self.append_text(text)

    def append_text(self, text):
        at = len(self)
        if text.style:
            self._spans.append(Span(at, at + len(text), text.style))
        self._spans += [span.move(at) for span in text._spans]
        self._plain += text._plain
        return self

    def append_tokens(self, tokens):
        for text, style in tokens:
            self.append(text, style)
        return self

    def copy_styles(self, text):
        self._spans += text._spans

    def split(self, separator='\n', *, include_separator=False, allow_blank=False):
        """The parts between separators."""
        assert separator, 'separator must not be empty'
        plain = self._plain
        if separator not in plain:
            return [self.copy()]
        if include_separator:
            ends = [match.end() for match in re.finditer(re.escape(separator), plain)]
            lines = self.divide(ends)
        else:
            offsets = [offset for match in re.finditer(re.escape(separator), plain) for offset in match.span()]
            lines = [line for line in self.divide(offsets) if line._plain != separator]
        if not allow_blank and plain.endswith(separator):
            lines.pop()
        return lines

    def divide(self, offsets):
        """Pieces between offsets."""
        offsets = list(offsets)
        if not offsets:
            return [self.copy()]
        bounds = [0, *offsets, len(self)]
        ranges = list(zip(bounds, bounds[1:]))
        pieces = [Text(self._plain[start:end], self.style, justify=self.justify, overflow=self.overflow)
                  for start, end in ranges]
        for start, end, style in self._spans:
            for piece, (first, last) in zip(pieces, ranges):
                if first >= end:
                    break
                new_start, new_end = max(0, start - first), min(end, last) - first
                if new_end > new_start:
                    piece._spans.append(Span(new_start, new_end, style))
        return pieces

    def right_crop(self, amount=1):
        self._plain = self._plain[:-amount]
        self._trim_spans()

    def wrap(self, console, width, *, justify=None, overflow=None, tab_size=8, no_wrap=None):
        """Lines of at most a width."""
        chosen_overflow = overflow or self.overflow or 'fold'
        no_wrap = bool(self.no_wrap if no_wrap is None else no_wrap) or overflow == 'ignore'
        lines = []
        for line in self.split(allow_blank=True):
            if '\t' in line._plain:
                line.expand_tabs(tab_size)
            if no_wrap and overflow == 'ignore':
                lines.append(line)
                continue
            if no_wrap:
                wrapped = [line]
            else:
                wrapped = line.divide(_break_offsets(line._plain, width, chosen_overflow == 'fold'))
                for piece in wrapped:
                    piece.rstrip_end(width)
            _justify(wrapped, console, width, justify or self.justify, chosen_overflow)
            for piece in wrapped:
                piece.truncate(width, overflow=chosen_overflow)
            lines += wrapped
        return lines

    def fit(self, width):
        lines = self.split()
        for line in lines:
            line.set_length(width)
        return lines

    def with_indent_guides(self, indent_size=None, *, character='│', style='dim green'):
        """A line at every step of indentation."""
        if indent_size is None:
            raise NotImplementedError('with_indent_guides() without indent_size is not supported')
        text = self.copy()
        text.expand_tabs()
        guide = f'{character}{" " * (indent_size - 1)}'
        made = []
        blank = 0
        for line in text.split(allow_blank=True):
            spaces = len(line._plain) - len(line._plain.lstrip(' '))
            if spaces == len(line._plain):
                blank += 1
                continue
            full, rest = divmod(spaces, indent_size)
            indent = guide * full + ' ' * rest
            line.plain = indent + line._plain[len(indent):]
            line.stylize(style, 0, len(indent))
            made += [Text(indent, style=style)] * blank
            blank = 0
            made.append(line)
        made += [Text('', style=style)] * blank
        return text.blank_copy('\n').join(made)


def _justify(lines, console, width, justify, overflow):
    if justify == 'left':
        for line in lines:
            line.truncate(width, overflow=overflow, pad=True)
    elif justify in ('center', 'right'):
        for line in lines:
            line.rstrip()
            line.truncate(width, overflow=overflow)
            excess = width - cell_len(line._plain)
            line.pad_left(excess // 2 if justify == 'center' else excess)
            line.pad_right(width - cell_len(line._plain))
    elif justify == 'full':
        for number, line in enumerate(lines[:-1]):
            words = line.split(' ')
            spaces = [1] * (len(words) - 1)
            missing = width - sum(word.cell_len for word in words) - len(spaces)
            for extra in range(max(0, missing) if spaces else 0):
                spaces[-1 - extra % len(spaces)] += 1
            parts = []
            for word, following, size in zip_longest(words, words[1:], spaces):
                parts.append(word)
                if following is not None:
                    style = word.get_style_at_offset(console, -1)
                    next_style = following.get_style_at_offset(console, 0)
                    parts.append(Text(' ' * size, style=style if style == next_style else line.style))
            lines[number] = Text('').join(parts)
