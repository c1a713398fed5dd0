"""Comma-separated values: readers, writers, dialects, guessing of dialects."""

import re
from collections import Counter
from io import StringIO
from types import GenericAlias

QUOTE_MINIMAL, QUOTE_ALL, QUOTE_NONNUMERIC, QUOTE_NONE, QUOTE_STRINGS, QUOTE_NOTNULL = range(6)
__version__ = '1.0'
__all__ = ['QUOTE_MINIMAL', 'QUOTE_ALL', 'QUOTE_NONNUMERIC', 'QUOTE_NONE', 'QUOTE_STRINGS', 'QUOTE_NOTNULL', 'Error',
           'Dialect', 'excel', 'excel_tab', 'field_size_limit', 'reader', 'writer', 'register_dialect', 'get_dialect',
           'list_dialects', 'Sniffer', 'unregister_dialect', 'DictReader', 'DictWriter', 'unix_dialect']

_dialects = {}
_limit = 128 * 1024


class Error(Exception):
    """Text that is no CSV, settings that make no sense, rows that cannot be written."""

    __module__ = '_csv'


def field_size_limit(new_limit=None, /):
    """The greatest length of a field; sets it if one is given."""
    global _limit
    before = _limit
    if new_limit is not None:
        if not isinstance(new_limit, int):
            raise TypeError('limit must be an integer')
        _limit = new_limit
    return before


_MISSING = object()
(_START_RECORD, _START_FIELD, _IN_FIELD, _ESCAPED, _AFTER_ESCAPED_END, _IN_QUOTES, _ESCAPED_IN_QUOTES, _QUOTE_IN_QUOTES,
 _ATE_END) = range(9)


class _Settings:
    """A dialect whose settings have been checked. They cannot be changed any more."""

    __module__, __qualname__ = '_csv', 'Dialect'

    def __init__(self, dialect, given):
        for name, default in (('delimiter', ','), ('doublequote', True), ('escapechar', None),
                              ('lineterminator', '\r\n'), ('quotechar', '"'), ('quoting', _MISSING),
                              ('skipinitialspace', False), ('strict', False)):
            value = given.pop(name, _MISSING)
            if value is _MISSING:
                value = getattr(dialect, name, _MISSING)
            setattr(self, name, default if value is _MISSING else value)
        if given:
            raise TypeError(f"this function got an unexpected keyword argument '{next(iter(given))}'")
        self.doublequote, self.skipinitialspace = bool(self.doublequote), bool(self.skipinitialspace)
        self.strict = bool(self.strict)
        for name in ('delimiter', 'escapechar', 'quotechar'):
            self._check_character(name, getattr(self, name))
        if self.quoting is _MISSING:
            self.quoting = QUOTE_MINIMAL if self.quotechar is not None else QUOTE_NONE
        elif type(self.quoting) is not int:
            raise TypeError(f'"quoting" must be an integer, not {type(self.quoting).__name__}')
        if not 0 <= self.quoting <= 5:
            raise TypeError('bad "quoting" value')
        if self.quoting != QUOTE_NONE and self.quotechar is None:
            raise TypeError('quotechar must be set if quoting enabled')
        if not isinstance(self.lineterminator, str):
            raise TypeError(f'"lineterminator" must be a string, not {type(self.lineterminator).__name__}')
        for name in ('delimiter', 'escapechar', 'quotechar'):
            value = getattr(self, name)
            if value is None:
                continue
            if value in '\r\n' or name != 'delimiter' and value == ' ' and self.skipinitialspace:
                raise ValueError(f'bad {name} value')
            if value in self.lineterminator:
                raise ValueError(f'bad {name} or lineterminator value')
        for one, other in (('delimiter', 'escapechar'), ('delimiter', 'quotechar'), ('escapechar', 'quotechar')):
            if getattr(self, one) is not None and getattr(self, one) == getattr(self, other):
                raise ValueError(f'bad {one} or {other} value')
        self._is_checked = True

    def __setattr__(self, name, value):
        if hasattr(self, '_is_checked'):
            raise AttributeError(f"attribute '{name}' of '_csv.Dialect' objects is not writable")
        object.__setattr__(self, name, value)

    def __delattr__(self, name):
        raise AttributeError(f"attribute '{name}' of '_csv.Dialect' objects is not writable")

    def __reduce_ex__(self, protocol):
        raise TypeError("cannot pickle 'Dialect' instances")

    @staticmethod
    def _check_character(name, value):
        optional = name != 'delimiter'
        if value is None and optional:
            return
        kinds = 'a unicode character or None' if optional else 'a unicode character'
        if not isinstance(value, str):
            raise TypeError(f'"{name}" must be {kinds}, not {type(value).__name__}')
        if len(value) != 1:
            raise TypeError(f'"{name}" must be {kinds}, not a string of length {len(value)}')


def _settings(dialect, given):
    if isinstance(dialect, str):
        dialect = get_dialect(dialect)
    if isinstance(dialect, _Settings) and not given:
        return dialect
    return _Settings(dialect, dict(given))


class Dialect:
    """Base of classes that describe a dialect."""

    _name = ''
    delimiter = quotechar = escapechar = doublequote = skipinitialspace = lineterminator = quoting = None

    def __init__(self):
        try:
            _Settings(self, {})
        except (TypeError, ValueError) as error:
            raise Error(str(error)) from None


class excel(Dialect):
    """What Excel writes."""

    delimiter = ','
    quotechar = '"'
    doublequote = True
    skipinitialspace = False
    lineterminator = '\r\n'
    quoting = QUOTE_MINIMAL


class excel_tab(excel):
    """The same with tabs."""

    delimiter = '\t'


class unix_dialect(excel):
    """What programs of Unix write."""

    lineterminator = '\n'
    quoting = QUOTE_ALL


def register_dialect(name, /, dialect=_MISSING, **fmtparams):
    """Give a dialect a name."""
    if not isinstance(name, str):
        raise TypeError('dialect name must be a string')
    _dialects[name] = _settings(dialect, fmtparams)


def unregister_dialect(name, /):
    if name not in _dialects:
        raise Error('unknown dialect')
    del _dialects[name]


def get_dialect(name, /):
    if name not in _dialects:
        raise Error('unknown dialect')
    return _dialects[name]


def list_dialects():
    return list(_dialects)


_Settings.__name__ = 'Dialect'
_dialects['excel'] = _Settings(excel, {})
_dialects['excel-tab'] = _Settings(excel_tab, {})
_dialects['unix'] = _Settings(unix_dialect, {})


class reader:
    """Rows of an iterable of lines. A field in quotes may go over several of them."""

    __module__ = '_csv'

    def __init__(self, iterable, /, dialect=_MISSING, **fmtparams):
        self._lines = iter(iterable)
        self._dialect = _settings(dialect, fmtparams)
        self._line_num = 0

    dialect = property(lambda self: self._dialect)
    line_num = property(lambda self: self._line_num)

    def __iter__(self):
        return self

    def __next__(self):
        self._row, self._field, self._plain = [], [], True
        state = _START_RECORD
        while True:
            try:
                line = next(self._lines)
            except StopIteration:
                if not self._field and state != _IN_QUOTES:
                    raise
                if self._dialect.strict:
                    raise Error('unexpected end of data') from None
                self._finish()
                break
            if not isinstance(line, str):
                raise Error(f'iterator should return strings, not {type(line).__name__} '
                            '(the file should be opened in text mode)')
            self._line_num += 1
            for character in line:
                state = self._step(state, character)
            state = self._step(state, '')
            if state == _START_RECORD:
                break
        row = self._row
        self._row = self._field = None
        return row

    def _finish(self):
        text = ''.join(self._field)
        self._field = []
        if self._plain:
            quoting = self._dialect.quoting
            if not text and quoting in (QUOTE_NOTNULL, QUOTE_STRINGS):
                text = None
            elif text and quoting in (QUOTE_NONNUMERIC, QUOTE_STRINGS):
                text = float(text)
        self._row.append(text)

    def _add(self, character):
        if len(self._field) >= _limit:
            raise Error(f'field larger than field limit ({_limit})')
        self._field.append(character)

    def _step(self, state, character):
        """What state a character leads to; the end of a line is an empty string."""
        dialect = self._dialect
        ends = character in ('', '\n', '\r')
        after = _ATE_END if character else _START_RECORD
        if state == _START_RECORD:
            if ends:
                return after
            state = _START_FIELD
        elif state == _ATE_END:
            if not ends:
                raise Error("new-line character seen in unquoted field - do you need to open the file with newline=''?")
            return after
        elif state == _AFTER_ESCAPED_END:
            if not character:
                return state
            state = _IN_FIELD
        if state == _START_FIELD:
            self._plain = True
            if ends:
                self._finish()
                return after
            if character == dialect.quotechar and dialect.quoting != QUOTE_NONE:
                self._plain = False
                return _IN_QUOTES
            if character == dialect.escapechar:
                return _ESCAPED
            if character == ' ' and dialect.skipinitialspace:
                return state
            if character == dialect.delimiter:
                self._finish()
                return state
            self._add(character)
            return _IN_FIELD
        if state == _IN_FIELD:
            if ends:
                self._finish()
                return after
            if character == dialect.escapechar:
                return _ESCAPED
            if character == dialect.delimiter:
                self._finish()
                return _START_FIELD
            self._add(character)
            return state
        if state == _ESCAPED:
            self._add(character or '\n')
            return _AFTER_ESCAPED_END if character and ends else _IN_FIELD
        if state == _ESCAPED_IN_QUOTES:
            self._add(character or '\n')
            return _IN_QUOTES
        if state == _IN_QUOTES:
            if not character:
                return state
            if character == dialect.escapechar:
                return _ESCAPED_IN_QUOTES
            if character == dialect.quotechar and dialect.quoting != QUOTE_NONE:
                return _QUOTE_IN_QUOTES if dialect.doublequote else _IN_FIELD
            self._add(character)
            return state
        if character == dialect.quotechar and dialect.quoting != QUOTE_NONE:
            self._add(character)
            return _IN_QUOTES
        if character and character == dialect.delimiter:
            self._finish()
            return _START_FIELD
        if ends:
            self._finish()
            return after
        if dialect.strict:
            raise Error(f"'{dialect.delimiter}' expected after '{dialect.quotechar}'")
        self._add(character)
        return _IN_FIELD


class _Writer:
    """Writes rows to a file."""

    __module__, __qualname__ = '_csv', 'writer'

    def __init__(self, file, dialect):
        write = getattr(file, 'write', None)
        if not callable(write):
            raise TypeError('argument 1 must have a "write" method')
        self._write = write
        self._dialect = dialect

    dialect = property(lambda self: self._dialect)

    def writerow(self, row, /):
        """Write one row; what the file's write() gives."""
        try:
            fields = list(row)
        except TypeError:
            raise Error(f'iterable expected, not {type(row).__name__}') from None
        dialect = self.dialect
        parts = [self._field(field, len(fields)) for field in fields]
        return self._write(dialect.delimiter.join(parts) + dialect.lineterminator)

    def writerows(self, rows, /):
        for row in rows:
            self.writerow(row)

    def _field(self, field, n_fields):
        dialect = self.dialect
        quoting = dialect.quoting
        is_number = isinstance(field, (int, float))
        if quoting == QUOTE_NONNUMERIC:
            quoted = not is_number
        elif quoting == QUOTE_ALL:
            quoted = True
        elif quoting == QUOTE_STRINGS:
            quoted = isinstance(field, str)
        elif quoting == QUOTE_NOTNULL:
            quoted = field is not None
        else:
            quoted = False
        text = '' if field is None else str(field)
        if not text and n_fields == 1:
            if quoting == QUOTE_NONE or field is None and quoting in (QUOTE_STRINGS, QUOTE_NOTNULL):
                raise Error('single empty field record must be quoted')
            quoted = True
        if dialect.delimiter == ' ' and dialect.skipinitialspace and not text:
            if quoting == QUOTE_NONE or field is None and quoting in (QUOTE_STRINGS, QUOTE_NOTNULL):
                raise Error('empty field must be quoted if delimiter is a space and skipinitialspace is true')
            quoted = True
        special = {dialect.delimiter, dialect.escapechar, dialect.quotechar, '\r', '\n', *dialect.lineterminator}
        out = []
        for character in text:
            if character in special:
                escaped = False
                if quoting == QUOTE_NONE:
                    escaped = True
                elif character == dialect.quotechar:
                    if dialect.doublequote:
                        out.append(character)
                    else:
                        escaped = True
                elif character == dialect.escapechar:
                    escaped = True
                if not escaped:
                    quoted = True
                elif dialect.escapechar is None:
                    raise Error('need to escape, but no escapechar set')
                else:
                    out.append(dialect.escapechar)
            out.append(character)
        quote = dialect.quotechar if quoted else ''
        return quote + ''.join(out) + quote


_Writer.__name__ = 'writer'


def writer(fileobj, /, dialect=_MISSING, **fmtparams):
    """Writes rows to what has a write()."""
    return _Writer(fileobj, _settings(dialect, fmtparams))


class DictReader:
    """Rows as dicts."""

    def __init__(self, f, fieldnames=None, restkey=None, restval=None, dialect='excel', *args, **kwds):
        if fieldnames is not None and iter(fieldnames) is fieldnames:
            fieldnames = list(fieldnames)
        self._fieldnames, self.restkey, self.restval, self.dialect = fieldnames, restkey, restval, dialect
        self.reader = reader(f, dialect, *args, **kwds)
        self.line_num = 0

    def __iter__(self):
        return self

    @property
    def fieldnames(self):
        if self._fieldnames is None:
            self._fieldnames = next(self.reader, None)
        self.line_num = self.reader.line_num
        return self._fieldnames

    @fieldnames.setter
    def fieldnames(self, value):
        self._fieldnames = value

    def __next__(self):
        if self.line_num == 0:
            self.fieldnames
        row = []
        while not row:
            row = next(self.reader)
            self.line_num = self.reader.line_num
        names = self.fieldnames
        found = dict(zip(names, row))
        if len(row) > len(names):
            found[self.restkey] = row[len(names):]
        found |= dict.fromkeys(names[len(row):], self.restval)
        return found

    __class_getitem__ = classmethod(GenericAlias)


class DictWriter:
    """Writes dicts as rows."""

    def __init__(self, f, fieldnames, restval='', extrasaction='raise', dialect='excel', *args, **kwds):
        if fieldnames is not None and iter(fieldnames) is fieldnames:
            fieldnames = list(fieldnames)
        if extrasaction.lower() not in ('raise', 'ignore'):
            raise ValueError("extrasaction (%s) must be 'raise' or 'ignore'" % extrasaction)
        self.fieldnames, self.restval, self.extrasaction = fieldnames, restval, extrasaction.lower()
        self.writer = writer(f, dialect, *args, **kwds)

    def writeheader(self):
        return self.writerow(dict(zip(self.fieldnames, self.fieldnames)))

    def _row(self, values):
        if self.extrasaction == 'raise':
            wrong = values.keys() - self.fieldnames
            if wrong:
                raise ValueError('dict contains fields not in fieldnames: ' + ', '.join(map(repr, wrong)))
        return (values.get(name, self.restval) for name in self.fieldnames)

    def writerow(self, rowdict):
        return self.writer.writerow(self._row(rowdict))

    def writerows(self, rowdicts):
        return self.writer.writerows(map(self._row, rowdicts))

    __class_getitem__ = classmethod(GenericAlias)


class Sniffer:
    """Guesses the dialect of a sample of text, and whether it opens with a header."""

    def __init__(self):
        self.preferred = [',', '\t', ';', ' ', ':']

    def sniff(self, sample, delimiters=None):
        """A dialect class that fits the sample; the delimiter is one of `delimiters`, if they are given."""
        quotechar, doublequote, delimiter, skipinitialspace = self._by_quotes(sample, delimiters)
        if not delimiter:
            delimiter, skipinitialspace = self._by_counts(sample, delimiters)
        if not delimiter:
            raise Error('Could not determine delimiter')
        return type('dialect', (Dialect,), {
            '_name': 'sniffed', 'lineterminator': '\r\n', 'quoting': QUOTE_MINIMAL, 'doublequote': doublequote,
            'delimiter': delimiter, 'quotechar': quotechar or '"', 'skipinitialspace': skipinitialspace,
            '__module__': __name__, '__qualname__': 'Sniffer.sniff.<locals>.dialect', '__doc__': None})

    def _by_quotes(self, sample, delimiters):
        """Settings as the characters around fields in quotes tell: quote, is it doubled, delimiter, is there a space."""
        mark = r'(?P<delim>[^\w\n"\'])'
        field = r'(?P<quote>["\']).*?(?P=quote)'
        found = []
        for pattern in (mark + '(?P<space> ?)' + field + '(?P=delim)',
                        r'(?:^|\n)' + field + mark + '(?P<space> ?)',
                        mark + '(?P<space> ?)' + field + r'(?:$|\n)',
                        r'(?:^|\n)' + field + r'(?:$|\n)'):
            found = [match.groupdict() for match in re.finditer(pattern, sample, re.DOTALL | re.MULTILINE)]
            if found:
                break
        else:
            return '', False, None, 0
        quotes = Counter(match['quote'] for match in found)
        quotechar = max(quotes, key=quotes.get)
        known = [match for match in found if match.get('delim') and (delimiters is None or match['delim'] in delimiters)]
        counts = Counter(match['delim'] for match in known)
        delim, space = '', 0
        if counts:
            delim = max(counts, key=counts.get)
            space = sum(1 for match in known if match['space']) == counts[delim]
            if delim == '\n':
                delim = ''
        mark, quote = re.escape(delim), quotechar
        doubled = re.search(rf'((?:{mark})|^)\W*{quote}[^{mark}\n]*{quote}[^{mark}\n]*{quote}\W*((?:{mark})|$)',
                            sample, re.MULTILINE)
        return quotechar, bool(doubled), delim, space

    def _by_counts(self, sample, delimiters):
        """The delimiter, and whether a space follows it: the character that is in every line equally often."""
        lines = [line for line in sample.split('\n') if line]
        candidates = [chr(number) for number in range(127)]
        tables = {character: Counter() for character in candidates}
        best, size = {}, min(10, len(lines))
        seen, start = 0, 0
        while start < len(lines):
            seen += 1
            for line in lines[start:start + size]:
                for character in candidates:
                    tables[character][line.count(character)] += 1
            modes = {}
            for character, table in tables.items():
                items = list(table.items())
                if len(items) == 1 and items[0][0] == 0:
                    continue
                top = max(items, key=lambda item: item[1])
                modes[character] = (top[0], top[1] - (sum(table.values()) - top[1]))
            total, wanted = min(size * seen, len(lines)), 1.0
            while not best and wanted >= 0.9:
                best = {character: mode for character, mode in modes.items()
                        if mode[0] > 0 and mode[1] > 0 and mode[1] / total >= wanted
                        and (delimiters is None or character in delimiters)}
                wanted -= 0.01
            if len(best) == 1:
                return self._with_space(lines, next(iter(best)))
            start += size
        if not best:
            return '', 0
        for character in self.preferred:
            if character in best:
                return self._with_space(lines, character)
        return self._with_space(lines, max(best, key=lambda character: (best[character], character)))

    @staticmethod
    def _with_space(lines, delimiter):
        return delimiter, lines[0].count(delimiter) == lines[0].count(delimiter + ' ')

    def has_header(self, sample):
        """Does the first row look different from those below it?"""
        rows = reader(StringIO(sample), self.sniff(sample))
        header = next(rows)
        kinds = dict.fromkeys(range(len(header)))
        for number, row in enumerate(rows):
            if number > 20:
                break
            if len(row) != len(header):
                continue
            for column in list(kinds):
                try:
                    complex(row[column])
                    kind = complex
                except (ValueError, OverflowError):
                    kind = len(row[column])
                if kinds[column] is None:
                    kinds[column] = kind
                elif kinds[column] != kind:
                    del kinds[column]
        votes = 0
        for column, kind in kinds.items():
            if isinstance(kind, int):
                votes += 1 if len(header[column]) != kind else -1
            else:
                try:
                    kind(header[column])
                    votes -= 1
                except (ValueError, TypeError):
                    votes += 1
        return votes > 0
