"""Styles: attributes and colours of text."""

from functools import lru_cache
from itertools import count

from . import errors
from .color import Color, ColorParseError, ColorSystem

# Name, code that switches it on, short names.
_ATTRIBUTES = (('bold', '1', 'b'), ('dim', '2', 'd'), ('italic', '3', 'i'), ('underline', '4', 'u'),
               ('blink', '5', None), ('blink2', '6', None), ('reverse', '7', 'r'), ('conceal', '8', 'c'),
               ('strike', '9', 's'), ('underline2', '21', 'uu'), ('frame', '51', None),
               ('encircle', '52', None), ('overline', '53', 'o'))
_WORDS = {word: name for name, _code, short in _ATTRIBUTES for word in (name, short) if word}
_link_ids = count(1)


class Style:
    """Immutable; `+` puts the right one over the left."""

    __slots__ = ('_color', '_bgcolor', '_values', '_link', '_link_id', '_meta', '_codes')

    def __init__(self, *, color=None, bgcolor=None, bold=None, dim=None, italic=None, underline=None,
                 blink=None, blink2=None, reverse=None, conceal=None, strike=None, underline2=None,
                 frame=None, encircle=None, overline=None, link=None, meta=None):
        self._color = Color.parse(color) if isinstance(color, str) else color
        self._bgcolor = Color.parse(bgcolor) if isinstance(bgcolor, str) else bgcolor
        # In the order of the table above; None is "not said".
        self._values = tuple(None if value is None else bool(value) for value in (
            bold, dim, italic, underline, blink, blink2, reverse, conceal, strike, underline2, frame,
            encircle, overline))
        self._link = link
        self._link_id = str(next(_link_ids)) if link else ''
        self._meta = meta
        self._codes = {}

    @classmethod
    def _of(cls, color, bgcolor, values, link, link_id, meta):
        style = object.__new__(cls)
        style._color, style._bgcolor, style._values = color, bgcolor, values
        style._link, style._link_id, style._meta, style._codes = link, link_id, meta, {}
        return style

    @classmethod
    def null(cls):
        """The style that says nothing."""
        return _NULL

    @classmethod
    def from_color(cls, color=None, bgcolor=None):
        return cls(color=color, bgcolor=bgcolor)

    @classmethod
    def from_meta(cls, meta):
        return cls(meta=meta)

    @classmethod
    def parse(cls, style_definition):
        """A style from words like 'bold red on white'."""
        return _parse(style_definition)

    @classmethod
    def normalize(cls, style):
        """The same string for definitions that mean the same."""
        try:
            return str(_parse(style))
        except errors.StyleSyntaxError:
            return style.strip().lower()

    @classmethod
    def pick_first(cls, *values):
        for value in values:
            if value is not None:
                return value
        raise ValueError('expected at least one non-None style')

    @classmethod
    def combine(cls, styles):
        return sum(styles, _NULL)

    chain = classmethod(lambda cls, *styles: cls.combine(styles))

    color = property(lambda self: self._color)
    bgcolor = property(lambda self: self._bgcolor)
    link = property(lambda self: self._link)
    link_id = property(lambda self: self._link_id)
    meta = property(lambda self: self._meta or {})

    @property
    def transparent_background(self):
        return self._bgcolor is None or self._bgcolor.is_default

    @property
    def background_style(self):
        return Style(bgcolor=self._bgcolor)

    @property
    def without_color(self):
        if not self:
            return _NULL
        return Style._of(None, None, self._values, self._link, self._link_id, self._meta)

    def _key(self):
        return self._color, self._bgcolor, self._values, self._link, repr(self._meta)

    def __eq__(self, other):
        if not isinstance(other, Style):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self):
        return hash(self._key())

    def __bool__(self):
        return not (self._color is None and self._bgcolor is None and self._link is None
                    and not self._meta and self._values == _SILENT)

    def __str__(self):
        words = [name if value else f'not {name}'
                 for (name, _code, _short), value in zip(_ATTRIBUTES, self._values) if value is not None]
        if self._color is not None:
            words.append(self._color.name)
        if self._bgcolor is not None:
            words += 'on', self._bgcolor.name
        if self._link:
            words += 'link', self._link
        return ' '.join(words) or 'none'

    def __repr__(self):
        parts = [('color', self._color), ('bgcolor', self._bgcolor)]
        parts += [(name, value) for (name, _code, _short), value in zip(_ATTRIBUTES[:12], self._values)]
        parts.append(('link', self._link))
        shown = [f'{name}={value!r}' for name, value in parts if value is not None]
        if self._meta:
            shown.append(f'meta={self._meta!r}')
        return f'Style({", ".join(shown)})'

    def __add__(self, other):
        if not (other is None or isinstance(other, Style)):
            return NotImplemented
        if not other:
            return self
        if not self:
            return other
        values = tuple(under if over is None else over
                       for under, over in zip(self._values, other._values))
        meta = {**self._meta, **other._meta} if self._meta and other._meta else self._meta or other._meta
        return Style._of(other._color or self._color, other._bgcolor or self._bgcolor, values,
                         other._link or self._link, other._link_id or self._link_id, meta)

    def copy(self):
        return self if not self else Style._of(self._color, self._bgcolor, self._values, self._link,
                                               str(next(_link_ids)) if self._link else '', self._meta)

    def update_link(self, link=None):
        return Style._of(self._color, self._bgcolor, self._values, link,
                         str(next(_link_ids)) if link else '', self._meta)

    def _ansi(self, system):
        codes = self._codes.get(system)
        if codes is None:
            parts = [code for (_name, code, _short), value in zip(_ATTRIBUTES, self._values) if value]
            if self._color is not None:
                parts += self._color.downgrade(system).get_ansi_codes()
            if self._bgcolor is not None:
                parts += self._bgcolor.downgrade(system).get_ansi_codes(foreground=False)
            codes = self._codes[system] = ';'.join(parts)
        return codes

    def render(self, text='', *, color_system=ColorSystem.TRUECOLOR, legacy_windows=False):
        """The text with escape sequences around."""
        if not text or color_system is None:
            return text
        codes = self._ansi(color_system)
        rendered = f'\x1b[{codes}m{text}\x1b[0m' if codes else text
        if self._link and not legacy_windows:
            rendered = f'\x1b]8;id={self._link_id};{self._link}\x1b\\{rendered}\x1b]8;;\x1b\\'
        return rendered


for _index, (_name, _code, _short) in enumerate(_ATTRIBUTES):
    setattr(Style, _name, property(lambda self, _index=_index: self._values[_index]))
_SILENT = (None,) * len(_ATTRIBUTES)
_NULL = Style()


@lru_cache(4096)
def _parse(definition):
    if not definition or definition.strip() == 'none':
        return _NULL
    said = {}
    words = iter(definition.split())
    for original in words:
        word = original.lower()
        if word == 'on':
            said['bgcolor'] = _color_word(next(words, ''), 'background color', "color expected after 'on'")
        elif word == 'not':
            word = next(words, '')
            if word not in _WORDS:
                raise errors.StyleSyntaxError(f"expected style attribute after 'not', found {word!r}")
            said[_WORDS[word]] = False
        elif word == 'link':
            said['link'] = next(words, '')
            if not said['link']:
                raise errors.StyleSyntaxError("URL expected after 'link'")
        elif word in _WORDS:
            said[_WORDS[word]] = True
        else:
            said['color'] = _color_word(word, 'color', '')
    return Style(**said)


def _color_word(word, what, missing):
    if not word:
        raise errors.StyleSyntaxError(missing)
    try:
        return Color.parse(word)
    except ColorParseError as error:
        raise errors.StyleSyntaxError(f'unable to parse {word!r} as {what}; {error}') from None


class StyleStack:
    """Styles inside each other."""

    def __init__(self, default_style):
        self._stack = [default_style]

    @property
    def current(self):
        return self._stack[-1]

    def push(self, style):
        self._stack.append(self._stack[-1] + style)

    def pop(self):
        self._stack.pop()
        return self._stack[-1]
