"""Reading TOML, version 1.0."""

import re
from datetime import date, datetime, time, timedelta, timezone

__all__ = ('loads', 'load', 'TOMLDecodeError')

_SPACES = re.compile('[ \t]*')
_GAPS = re.compile('[ \t\n]*')
_BARE = re.compile('[A-Za-z0-9_-]+')
_COMMENT = re.compile('#([^\n]*)')
# What may not stand in a text: control characters, but for tabs, and for line ends where there may be several lines.
_ILLEGAL = re.compile('[\x00-\x08\x0a-\x1f\x7f]')
_ILLEGAL_IN_LINES = re.compile('[\x00-\x08\x0b-\x1f\x7f]')
_TIME = r'([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\.([0-9]{1,6})[0-9]*)?'
_LOCAL_TIME = re.compile(_TIME)
_DATE = re.compile(r'([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
                   rf'(?:[Tt ]{_TIME}(?:([Zz])|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))?)?')
_NUMBER = re.compile(r'0(?:x[0-9A-Fa-f](?:_?[0-9A-Fa-f])*|b[01](?:_?[01])*|o[0-7](?:_?[0-7])*)'
                     r'|[+-]?(?:0|[1-9](?:_?[0-9])*)(?P<float>(?:\.[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?)')
_SPECIAL = re.compile('[+-]?(?:inf|nan)')
_HEX = {'u': re.compile('[0-9A-Fa-f]{4}'), 'U': re.compile('[0-9A-Fa-f]{8}')}
_WORDS = {'true': True, 'false': False}
_ESCAPES = {'b': '\b', 't': '\t', 'n': '\n', 'f': '\f', 'r': '\r', '"': '"', '\\': '\\'}


class TOMLDecodeError(ValueError):
    """Text that is no TOML: `msg` says what is wrong at `pos` of `doc`, which is `lineno` and `colno`."""

    def __init__(self, msg, doc, pos):
        self.msg, self.doc, self.pos = msg, doc, pos
        self.lineno = doc.count('\n', 0, pos) + 1
        self.colno = pos - doc.rfind('\n', 0, pos)
        where = 'end of document' if pos >= len(doc) else f'line {self.lineno}, column {self.colno}'
        super().__init__(f'{msg} (at {where})')


def load(fp, /, *, parse_float=float):
    """Read a file that is open in binary mode."""
    content = fp.read()
    try:
        text = content.decode()
    except AttributeError:
        raise TypeError("File must be opened in binary mode, e.g. use `open('foo.toml', 'rb')`") from None
    return loads(text, parse_float=parse_float)


def loads(s, /, *, parse_float=float):
    """Read a string; `parse_float` makes the floats of their text."""
    if not isinstance(s, str):
        raise TypeError(f"Expected str object, not '{type(s).__qualname__}'")
    return _Document(s.replace('\r\n', '\n'), parse_float).read()


class _Document:
    """A text, how far it has been read, and what has been found. `_declared` are the tables that may not be declared
    again, `_frozen` the inline values that may not be added to."""

    def __init__(self, text, parse_float):
        self._text, self._pos = text, 0
        self._data, self._header = {}, ()
        self._declared, self._frozen, self._dotted = set(), set(), set()
        self._parse_float = parse_float if parse_float is float else self._checked(parse_float)

    @staticmethod
    def _checked(parse_float):
        def parse(text):
            value = parse_float(text)
            if isinstance(value, (dict, list)):
                raise ValueError('parse_float must not return dicts or lists')
            return value
        return parse

    def _error(self, message, pos=None):
        return TOMLDecodeError(message, self._text, self._pos if pos is None else pos)

    def _at(self, word):
        return self._text.startswith(word, self._pos)

    def _skip(self, pattern=_SPACES):
        self._pos = pattern.match(self._text, self._pos).end()

    def _take(self, word):
        if not self._at(word):
            return False
        self._pos += len(word)
        return True

    def _comment(self):
        match = _COMMENT.match(self._text, self._pos)
        if match:
            wrong = _ILLEGAL.search(self._text, match.start(1), match.end(1))
            if wrong:
                raise self._error(f'Found invalid character {wrong[0]!r}', wrong.start())
            self._pos = match.end()
        return match

    def _gaps(self):
        self._skip(_GAPS)
        while self._comment():
            self._skip(_GAPS)

    def read(self):
        size = len(self._text)
        while True:
            self._skip()
            if self._pos >= size:
                break
            if self._take('\n'):
                continue
            if self._at('['):
                self._declared |= self._dotted
                self._dotted.clear()
                self._array_header() if self._at('[[') else self._table_header()
                self._skip()
            elif not self._at('#'):
                if self._text[self._pos] not in '"\'' and not _BARE.match(self._text, self._pos):
                    raise self._error('Invalid statement')
                self._pair_of_table()
                self._skip()
            self._comment()
            if self._pos >= size:
                break
            if not self._take('\n'):
                raise self._error('Expected newline or end of document after a statement')
        return self._data

    def _is_frozen(self, key):
        return any(key[:end] in self._frozen for end in range(1, len(key) + 1))

    def _table(self, key):
        """The table of a key, made if it is not there."""
        table = self._data
        for part in key:
            table = table.setdefault(part, {})
            if isinstance(table, list):
                table = table[-1]
            if not isinstance(table, dict):
                raise self._error('Cannot overwrite a value')
        return table

    def _table_header(self):
        self._pos += 1
        self._skip()
        key = self._key()
        if key in self._declared or self._is_frozen(key):
            raise self._error(f'Cannot declare {key} twice')
        self._declared.add(key)
        self._table(key)
        if not self._take(']'):
            raise self._error("Expected ']' at the end of a table declaration")
        self._header = key

    def _array_header(self):
        self._pos += 2
        self._skip()
        key = self._key()
        if self._is_frozen(key):
            raise self._error(f'Cannot mutate immutable namespace {key}')
        # What has been said about tables inside was about those of the element before.
        for known in (self._declared, self._frozen):
            known -= {other for other in known if other[:len(key)] == key}
        self._declared.add(key)
        array = self._table(key[:-1]).setdefault(key[-1], [])
        if not isinstance(array, list):
            raise self._error('Cannot overwrite a value')
        array.append({})
        if not self._take(']]'):
            raise self._error("Expected ']]' at the end of an array declaration")
        self._header = key

    def _pair_of_table(self):
        key, value = self._pair()
        whole = self._header + key
        for end in range(len(self._header) + 1, len(whole)):
            if whole[:end] in self._declared:
                raise self._error(f'Cannot redefine namespace {whole[:end]}')
            self._dotted.add(whole[:end])
        if self._is_frozen(whole[:-1]):
            raise self._error(f'Cannot mutate immutable namespace {whole[:-1]}')
        table = self._table(whole[:-1])
        if key[-1] in table:
            raise self._error('Cannot overwrite a value')
        if isinstance(value, (dict, list)):
            self._frozen.add(whole)
        table[key[-1]] = value

    def _pair(self):
        key = self._key()
        if not self._take('='):
            raise self._error("Expected '=' after a key in a key/value pair")
        self._skip()
        return key, self._value()

    def _key(self):
        parts = [self._key_part()]
        self._skip()
        while self._take('.'):
            self._skip()
            parts.append(self._key_part())
            self._skip()
        return tuple(parts)

    def _key_part(self):
        match = _BARE.match(self._text, self._pos)
        if match:
            self._pos = match.end()
            return match[0]
        if self._take("'"):
            return self._literal()
        if self._take('"'):
            return self._basic(False)
        raise self._error('Invalid initial character for a key part')

    def _value(self):
        text, pos = self._text, self._pos
        if self._take('"""'):
            self._take('\n')
            return self._more_quotes('"', self._basic(True))
        if self._take('"'):
            return self._basic(False)
        if self._take("'''"):
            self._take('\n')
            return self._more_quotes("'", self._literal_lines())
        if self._take("'"):
            return self._literal()
        for word, value in _WORDS.items():
            if self._take(word):
                return value
        if self._take('['):
            return self._array()
        if self._take('{'):
            return self._inline_table()
        match = _DATE.match(text, pos)
        if match:
            try:
                value = _date(match)
            except ValueError:
                raise self._error('Invalid date or datetime') from None
        elif match := _LOCAL_TIME.match(text, pos):
            value = _clock(match.groups())
        elif match := _NUMBER.match(text, pos):
            value = self._parse_float(match[0]) if match['float'] else int(match[0], 0)
        elif match := _SPECIAL.match(text, pos):
            value = self._parse_float(match[0])
        else:
            raise self._error('Invalid value')
        self._pos = match.end()
        return value

    def _array(self):
        array = []
        self._gaps()
        while not self._take(']'):
            array.append(self._value())
            self._gaps()
            if self._take(']'):
                break
            if not self._take(','):
                raise self._error('Unclosed array')
            self._gaps()
        return array

    def _inline_table(self):
        table, closed = {}, set()
        self._skip()
        if self._take('}'):
            return table
        while True:
            key, value = self._pair()
            if any(key[:end] in closed for end in range(1, len(key))):
                raise self._error(f'Cannot mutate immutable namespace {key}')
            inner = table
            for part in key[:-1]:
                inner = inner.setdefault(part, {})
                if not isinstance(inner, dict):
                    raise self._error('Cannot overwrite a value')
            if key[-1] in inner:
                raise self._error(f'Duplicate inline table key {key[-1]!r}')
            inner[key[-1]] = value
            self._skip()
            if self._take('}'):
                return table
            if not self._take(','):
                raise self._error('Unclosed inline table')
            if isinstance(value, (dict, list)):
                closed.add(key)
            self._skip()

    def _until(self, end, illegal):
        """The text up to a mark, which is left out."""
        start, stop = self._pos, self._text.find(end, self._pos)
        wrong = illegal.search(self._text, start, len(self._text) if stop < 0 else stop)
        if wrong:
            raise self._error(f'Found invalid character {wrong[0]!r}', wrong.start())
        if stop < 0:
            raise self._error(f'Expected {end!r}', len(self._text))
        self._pos = stop + len(end)
        return self._text[start:stop]

    def _literal(self):
        return self._until("'", _ILLEGAL)

    def _literal_lines(self):
        return self._until("'''", _ILLEGAL_IN_LINES)

    def _more_quotes(self, quote, value):
        """Up to two quotes may stand right before the three that end a text."""
        for _ in range(2):
            if self._take(quote):
                value += quote
        return value

    def _basic(self, has_lines):
        text, parts = self._text, []
        plain = _PLAIN_IN_LINES if has_lines else _PLAIN
        while True:
            match = plain.match(text, self._pos)
            parts.append(match[0])
            self._pos = match.end()
            if self._pos >= len(text):
                raise self._error('Unterminated string')
            if self._take('"""' if has_lines else '"'):
                return ''.join(parts)
            if self._take('"'):
                parts.append('"')
            elif self._at('\\'):
                parts.append(self._escape(has_lines))
            else:
                raise self._error(f'Illegal character {text[self._pos]!r}')

    def _escape(self, has_lines):
        letter = self._text[self._pos + 1:self._pos + 2]
        self._pos += 2
        if has_lines and letter and letter in ' \t\n':
            if letter != '\n':
                self._skip()
                if self._pos >= len(self._text):
                    return ''
                if not self._take('\n'):
                    raise self._error("Unescaped '\\' in a string")
            self._skip(_GAPS)
            return ''
        if letter in _HEX:
            digits = _HEX[letter].match(self._text, self._pos)
            if not digits:
                raise self._error('Invalid hex value')
            self._pos = digits.end()
            number = int(digits[0], 16)
            if not (number < 0xd800 or 0xe000 <= number <= 0x10ffff):
                raise self._error('Escaped character is not a Unicode scalar value')
            return chr(number)
        if letter not in _ESCAPES:
            raise self._error("Unescaped '\\' in a string")
        return _ESCAPES[letter]


_PLAIN = re.compile('[^"\\\\\x00-\x08\x0a-\x1f\x7f]*')
_PLAIN_IN_LINES = re.compile('[^"\\\\\x00-\x08\x0b-\x1f\x7f]*')


def _clock(groups, zone=None):
    hour, minute, second, part = groups
    return time(int(hour), int(minute), int(second), int(part.ljust(6, '0')) if part else 0, zone)


def _date(match):
    year, month, day, *clock, zulu, sign, hours, minutes = match.groups()
    found = date(int(year), int(month), int(day))
    if clock[0] is None:
        return found
    zone = None
    if sign:
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        zone = timezone(-offset if sign == '-' else offset)
    elif zulu:
        zone = timezone.utc
    return datetime.combine(found, _clock(clock, zone))
