"""Files of sections with options: reading, changing, writing them, with values that name other values."""

import functools
import io
import os
import re
import sys
from collections import ChainMap
from collections.abc import Iterable, MutableMapping
from itertools import chain

__all__ = ('NoSectionError', 'DuplicateOptionError', 'DuplicateSectionError', 'NoOptionError', 'InterpolationError',
           'InterpolationDepthError', 'InterpolationMissingOptionError', 'InterpolationSyntaxError', 'ParsingError',
           'MissingSectionHeaderError', 'MultilineContinuationError', 'UnnamedSectionDisabledError', 'InvalidWriteError',
           'ConfigParser', 'RawConfigParser', 'Interpolation', 'BasicInterpolation', 'ExtendedInterpolation',
           'SectionProxy', 'ConverterMapping', 'DEFAULTSECT', 'MAX_INTERPOLATION_DEPTH', 'UNNAMED_SECTION')

DEFAULTSECT = 'DEFAULT'
MAX_INTERPOLATION_DEPTH = 10
_UNSET = object()


class Error(Exception):
    """Base of the errors here; the text is `message`."""

    def __init__(self, msg=''):
        super().__init__(msg)
        self.message = msg

    def __str__(self):
        return self.message

    def __repr__(self):
        return str(self)


class NoSectionError(Error):
    """There is no such section."""

    def __init__(self, section):
        super().__init__(f'No section: {section!r}')
        self.section = section
        self.args = (section,)


def _twice(what, source, lineno):
    if source is None:
        return f'{what[0].upper()}{what[1:]} already exists'
    line = '' if lineno is None else f' [line {lineno:2d}]'
    return f'While reading from {source!r}{line}: {what} already exists'


class DuplicateSectionError(Error):
    """A section is there already."""

    def __init__(self, section, source=None, lineno=None):
        super().__init__(_twice(f'section {section!r}', source, lineno))
        self.section, self.source, self.lineno = section, source, lineno
        self.args = (section, source, lineno)


class DuplicateOptionError(Error):
    """A source has an option twice."""

    def __init__(self, section, option, source=None, lineno=None):
        super().__init__(_twice(f'option {option!r} in section {section!r}', source, lineno))
        self.section, self.option, self.source, self.lineno = section, option, source, lineno
        self.args = (section, option, source, lineno)


class NoOptionError(Error):
    """A section has no such option."""

    def __init__(self, option, section):
        super().__init__(f'No option {option!r} in section: {section!r}')
        self.option, self.section = option, section
        self.args = (option, section)


class InterpolationError(Error):
    """A value cannot be put together."""

    def __init__(self, option, section, msg):
        super().__init__(msg)
        self.option, self.section = option, section
        self.args = (option, section, msg)


class InterpolationMissingOptionError(InterpolationError):
    """A value names an option that is not there."""

    def __init__(self, option, section, rawval, reference):
        super().__init__(option, section, f'Bad value substitution: option {option!r} in section {section!r} contains an '
                         f'interpolation key {reference!r} which is not a valid option name. Raw value: {rawval!r}')
        self.reference = reference
        self.args = (option, section, rawval, reference)


class InterpolationSyntaxError(InterpolationError):
    """A value is not written as interpolation wants it."""


class InterpolationDepthError(InterpolationError):
    """Values name each other in too many steps."""

    def __init__(self, option, section, rawval):
        super().__init__(option, section, f'Recursion limit exceeded in value substitution: option {option!r} in section '
                         f'{section!r} contains an interpolation key which cannot be substituted in '
                         f'{MAX_INTERPOLATION_DEPTH} steps. Raw value: {rawval!r}')
        self.args = (option, section, rawval)


class ParsingError(Error):
    """A source has lines that are no options."""

    def __init__(self, source, *args):
        super().__init__(f'Source contains parsing errors: {source!r}')
        self.source, self.errors = source, []
        self.args = (source,)
        if len(args):
            self.append(*args)

    def append(self, lineno, line):
        self.message = '%s\n\t[line %2d]: %r' % (self.message, lineno, line)
        self.errors += [(lineno, line)]

    def combine(self, others):
        for other in others:
            for error in other.errors:
                self.append(*error)
        return self

    @staticmethod
    def _raise_all(exceptions: Iterable['ParsingError']):
        first, *rest = [*exceptions] or [None]
        if first is not None:
            raise first.combine(rest)


class MissingSectionHeaderError(ParsingError):
    """An option stands before any section."""

    def __init__(self, filename, lineno, line):
        Error.__init__(self, f'File contains no section headers.\nfile: {filename!r}, line: {lineno}\n{line!r}')
        self.source, self.lineno, self.line = filename, lineno, line
        self.args = (filename, lineno, line)


class MultilineContinuationError(ParsingError):
    """An option without a value goes on in the next line."""

    def __init__(self, filename, lineno, line):
        Error.__init__(self, 'Key without value continued with an indented line.\n'
                       f'file: {filename!r}, line: {lineno}\n{line!r}')
        self.source, self.lineno, self.line = filename, lineno, line
        self.args = (filename, lineno, line)


class UnnamedSectionDisabledError(Error):
    """A parser that does not allow the section without a name is asked to add it."""

    def __init__(self):
        Error.__init__(self, 'Support for UNNAMED_SECTION is disabled.')


class InvalidWriteError(Error):
    """What would be written could not be read back."""

    def __init__(self, msg=''):
        Error.__init__(self, msg)


class _UnnamedSection:
    def __repr__(self):
        return '<UNNAMED_SECTION>'


UNNAMED_SECTION = _UnnamedSection()


class Interpolation:
    """Leaves values as they are; a base for classes that do not."""

    def before_read(self, parser, section, option, value):
        """What to keep of a value that has been read."""
        return value

    def before_get(self, parser, section, option, value, defaults):
        """What to hand out for a value."""
        return value

    def before_set(self, parser, section, option, value):
        """What to keep of a value that is set."""
        return value

    def before_write(self, parser, section, option, value):
        """What to write for a value."""
        return value


class _Substitution(Interpolation):
    """What the two kinds of interpolation share: a sign, brackets, and what stands between them."""

    _sign = _opens = _closes = ''

    def before_get(self, parser, section, option, value, defaults):
        parts = []
        self._expand(parser, option, parts, value, section, defaults, 1)
        return ''.join(parts)

    def before_set(self, parser, section, option, value):
        sign = self._sign
        rest = self._KEYCRE.sub('', value.replace(sign * 2, ''))
        if sign in rest:
            raise ValueError('invalid interpolation syntax in %r at position %d' % (value, rest.find(sign)))
        return value

    def _expand(self, parser, option, parts, rest, section, names, depth):
        raw = parser.get(section, option, raw=True, fallback=rest)
        if depth > MAX_INTERPOLATION_DEPTH:
            raise InterpolationDepthError(option, section, raw)
        sign = self._sign
        while rest:
            plain, found, after = rest.partition(sign)
            parts.append(plain)
            if not found:
                return
            rest = found + after
            if after[:1] == sign:
                parts.append(sign)
                rest = after[1:]
            elif after[:1] == self._opens:
                match = self._KEYCRE.match(rest)
                if match is None:
                    raise InterpolationSyntaxError(option, section, f'bad interpolation variable reference {rest!r}')
                rest = rest[match.end():]
                value, place = self._look_up(parser, match[1], option, section, names, rest, raw)
                if value is not None and sign in value:
                    self._expand(parser, *place[:1], parts, value, *place[1:], depth + 1)
                else:
                    parts.append(value)
            else:
                raise InterpolationSyntaxError(
                    option, section, f"'{sign}' must be followed by '{sign}' or '{self._opens}', found: {rest!r}")


class BasicInterpolation(_Substitution):
    """%(name)s in a value stands for the option of that name in the same section or the defaults."""

    _sign, _opens = '%', '('
    _KEYCRE = re.compile(r'%\(([^)]+)\)s')

    def _look_up(self, parser, name, option, section, names, rest, raw):
        name = parser.optionxform(name)
        try:
            return names[name], (option, section, names)
        except KeyError:
            raise InterpolationMissingOptionError(option, section, raw, name) from None


class ExtendedInterpolation(_Substitution):
    """${name} stands for an option of the same section, ${section:name} for one of another."""

    _sign, _opens = '$', '{'
    _KEYCRE = re.compile(r'\$\{([^}]+)\}')

    def _look_up(self, parser, reference, option, section, names, rest, raw):
        path = reference.split(':')
        try:
            if len(path) == 1:
                name = parser.optionxform(path[0])
                return names[name], (name, section, names)
            if len(path) == 2:
                name = parser.optionxform(path[1])
                value = parser.get(path[0], name, raw=True)
                place = name, path[0], dict(parser.items(path[0], raw=True)) if '$' in value else None
                return value, place
        except (KeyError, NoSectionError, NoOptionError):
            raise InterpolationMissingOptionError(option, section, raw, ':'.join(path)) from None
        raise InterpolationSyntaxError(option, section, f"More than one ':' found: {rest!r}")


class RawConfigParser(MutableMapping):
    """A configuration; its values are strings that mean themselves."""

    _SECT_TMPL = r'\[(?P<header>.+)\]'
    _OPT_TMPL = r'(?P<option>.*?)\s*(?:(?P<vi>{delim})\s*(?P<value>.*))$'
    _OPT_NV_TMPL = r'(?P<option>.*?)\s*(?:(?P<vi>{delim})\s*(?P<value>.*))?$'
    _DEFAULT_INTERPOLATION = Interpolation()
    SECTCRE = re.compile(_SECT_TMPL)
    OPTCRE = re.compile(_OPT_TMPL.format(delim='=|:'))
    OPTCRE_NV = re.compile(_OPT_NV_TMPL.format(delim='=|:'))
    NONSPACECRE = re.compile(r'\S')
    BOOLEAN_STATES = {'1': True, 'yes': True, 'true': True, 'on': True,
                      '0': False, 'no': False, 'false': False, 'off': False}

    def __init__(self, defaults=None, dict_type=dict, allow_no_value=False, *, delimiters=('=', ':'),
                 comment_prefixes=('#', ';'), inline_comment_prefixes=None, strict=True, empty_lines_in_values=True,
                 default_section=DEFAULTSECT, interpolation=_UNSET, converters=_UNSET, allow_unnamed_section=False):
        self._dict = dict_type
        self._sections, self._defaults = dict_type(), dict_type()
        self._converters = ConverterMapping(self)
        self._proxies = dict_type()
        self._proxies[default_section] = SectionProxy(self, default_section)
        self._delimiters = tuple(delimiters)
        if self._delimiters == ('=', ':'):
            self._optcre = self.OPTCRE_NV if allow_no_value else self.OPTCRE
        else:
            template = self._OPT_NV_TMPL if allow_no_value else self._OPT_TMPL
            self._optcre = re.compile(template.format(delim='|'.join(map(re.escape, delimiters))))
        self._comment_prefixes = tuple(comment_prefixes or ())
        self._inline_comment_prefixes = tuple(inline_comment_prefixes or ())
        self._strict, self._allow_no_value = strict, allow_no_value
        self._empty_lines_in_values = empty_lines_in_values
        self.default_section = default_section
        self._allow_unnamed_section = allow_unnamed_section
        self._interpolation = self._DEFAULT_INTERPOLATION if interpolation is _UNSET else interpolation
        if self._interpolation is None:
            self._interpolation = Interpolation()
        if not isinstance(self._interpolation, Interpolation):
            raise TypeError('interpolation= must be None or an instance of Interpolation; '
                            f'got an object of type {type(self._interpolation)}')
        self._converters.update({} if converters is _UNSET else converters)
        if defaults:
            self._read_defaults(defaults)

    def defaults(self):
        return self._defaults

    def sections(self):
        return list(self._sections)

    def add_section(self, section):
        """A new section; DuplicateSectionError if it is there, ValueError for the one of the defaults."""
        if section == self.default_section:
            raise ValueError('Invalid section name: %r' % section)
        if section is UNNAMED_SECTION and not self._allow_unnamed_section:
            raise UnnamedSectionDisabledError
        if section in self._sections:
            raise DuplicateSectionError(section)
        self._new_section(section)

    def _new_section(self, section):
        options = self._sections[section] = self._dict()
        self._proxies[section] = SectionProxy(self, section)
        return options

    def has_section(self, section):
        return section in self._sections

    def options(self, section):
        """The names of a section's options, those of the defaults among them."""
        try:
            return list({**self._sections[section], **self._defaults})
        except KeyError:
            raise NoSectionError(section) from None

    def read(self, filenames, encoding=None):
        """Read those of the files that can be opened; their names."""
        if isinstance(filenames, (str, bytes, os.PathLike)):
            filenames = [filenames]
        found = []
        for name in filenames:
            try:
                with open(name, encoding=io.text_encoding(encoding)) as file:
                    self._read(file, name)
            except OSError:
                continue
            found.append(os.fspath(name) if isinstance(name, os.PathLike) else name)
        return found

    def read_file(self, f, source=None):
        """Read lines; `source` is the name for messages."""
        self._read(f, getattr(f, 'name', '<???>') if source is None else source)

    def read_string(self, string, source='<string>'):
        self.read_file(io.StringIO(string), source)

    def read_dict(self, dictionary, source='<dict>'):
        """Read a dict of dicts; the values become strings."""
        added = set()
        for section, options in dictionary.items():
            try:
                self.add_section(section)
            except (DuplicateSectionError, ValueError):
                if self._strict and section in added:
                    raise
            added.add(section)
            for key, value in options.items():
                key = self.optionxform(str(key))
                if value is not None:
                    value = str(value)
                if self._strict and (section, key) in added:
                    raise DuplicateOptionError(section, key, source)
                added.add((section, key))
                self.set(section, key, value)

    def get(self, section, option, *, raw=False, vars=None, fallback=_UNSET):
        """A value: from `vars`, the section, or the defaults; else the fallback."""
        try:
            names = self._unify_values(section, vars)
        except NoSectionError:
            if fallback is _UNSET:
                raise
            return fallback
        option = self.optionxform(option)
        try:
            value = names[option]
        except KeyError:
            if fallback is _UNSET:
                raise NoOptionError(option, section) from None
            return fallback
        if raw or value is None:
            return value
        return self._interpolation.before_get(self, section, option, value, names)

    def _get(self, section, conv, option, **kwargs):
        return conv(self.get(section, option, **kwargs))

    def _get_conv(self, section, option, conv, *, raw=False, vars=None, fallback=_UNSET, **kwargs):
        try:
            return self._get(section, conv, option, raw=raw, vars=vars, **kwargs)
        except (NoOptionError, NoSectionError):
            if fallback is not _UNSET:
                return fallback
            raise

    def getint(self, section, option, *, raw=False, vars=None, fallback=_UNSET, **kwargs):
        return self._get_conv(section, option, int, raw=raw, vars=vars, fallback=fallback, **kwargs)

    def getfloat(self, section, option, *, raw=False, vars=None, fallback=_UNSET, **kwargs):
        return self._get_conv(section, option, float, raw=raw, vars=vars, fallback=fallback, **kwargs)

    def getboolean(self, section, option, *, raw=False, vars=None, fallback=_UNSET, **kwargs):
        return self._get_conv(section, option, self._convert_to_boolean, raw=raw, vars=vars, fallback=fallback, **kwargs)

    def items(self, section=_UNSET, raw=False, vars=None):
        """Pairs of a section, or of all sections by name."""
        if section is _UNSET:
            return super().items()
        values = self._defaults.copy()
        try:
            values.update(self._sections[section])
        except KeyError:
            if section != self.default_section:
                raise NoSectionError(section) from None
        names = list(values)
        for key, value in (vars or {}).items():
            values[self.optionxform(key)] = value
        if raw:
            return [(name, values[name]) for name in names]
        return [(name, self._interpolation.before_get(self, section, name, values[name], values)) for name in names]

    def popitem(self):
        """Take the first section out: its name and proxy."""
        for name in self.sections():
            proxy = self[name]
            del self[name]
            return name, proxy
        raise KeyError

    def optionxform(self, optionstr):
        """The form in which names of options are kept."""
        return optionstr.lower()

    def has_option(self, section, option):
        if not section or section == self.default_section:
            return self.optionxform(option) in self._defaults
        if section not in self._sections:
            return False
        option = self.optionxform(option)
        return option in self._sections[section] or option in self._defaults

    def set(self, section, option, value=None):
        if value:
            value = self._interpolation.before_set(self, section, option, value)
        self._own_options(section)[self.optionxform(option)] = value

    def _own_options(self, section):
        """The options of a section without the defaults; these if the section is theirs, or none."""
        if not section or section == self.default_section:
            return self._defaults
        try:
            return self._sections[section]
        except KeyError:
            raise NoSectionError(section) from None

    def write(self, fp, space_around_delimiters=True):
        """Write everything as text that can be read again; comments are not kept."""
        delimiter = self._delimiters[0]
        if space_around_delimiters:
            delimiter = f' {delimiter} '
        if self._defaults:
            self._write_section(fp, self.default_section, self._defaults.items(), delimiter)
        if UNNAMED_SECTION in self._sections and self._sections[UNNAMED_SECTION]:
            self._write_section(fp, UNNAMED_SECTION, self._sections[UNNAMED_SECTION].items(), delimiter, unnamed=True)
        for section in self._sections:
            if section is not UNNAMED_SECTION:
                self._write_section(fp, section, self._sections[section].items(), delimiter)

    def _write_section(self, fp, section_name, section_items, delimiter, unnamed=False):
        if not unnamed:
            fp.write(f'[{section_name}]\n')
        for key, value in section_items:
            self._validate_key_contents(key)
            value = self._interpolation.before_write(self, section_name, key, value)
            text = ''
            if value is not None or not self._allow_no_value:
                text = delimiter + str(value).replace('\n', '\n\t')
            fp.write(f'{key}{text}\n')
        fp.write('\n')

    def _validate_key_contents(self, key):
        if self.SECTCRE.match(key):
            raise InvalidWriteError(f'Cannot write key {key}; begins with section pattern')
        for delimiter in self._delimiters:
            if delimiter in key:
                raise InvalidWriteError(f'Cannot write key {key}; contains delimiter {delimiter}')

    def remove_option(self, section, option):
        options = self._own_options(section)
        option = self.optionxform(option)
        existed = option in options
        if existed:
            del options[option]
        return existed

    def remove_section(self, section):
        if section not in self._sections:
            return False
        for table in (self._sections, self._proxies):
            del table[section]
        return True

    def __contains__(self, key):
        return self.has_section(key) or key == self.default_section

    def __getitem__(self, key):
        if key in self:
            return self._proxies[key]
        raise KeyError(key)

    def __setitem__(self, key, value):
        if key in self:
            if self[key] is value:
                return
            old = self._defaults if key == self.default_section else self._sections.get(key)
            if old is not None:
                old.clear()
        self.read_dict({key: value})

    def __delitem__(self, key):
        if key == self.default_section:
            raise ValueError('Cannot remove the default section.')
        if not self.remove_section(key):
            raise KeyError(key)

    def __len__(self):
        return len(self._sections) + 1

    def __iter__(self):
        return chain((self.default_section,), self._sections.keys())

    def _without_comment(self, line):
        """The line as far as it is no comment, and whether there is a comment."""
        starts = []
        for prefix in self._inline_comment_prefixes:
            at = line.find(prefix)
            while at > 0 and not line[at - 1].isspace():
                at = line.find(prefix, at + 1)
            if at >= 0:
                starts.append(at)
        if line.strip().startswith(self._comment_prefixes):
            starts.append(0)
        return line[:min(starts)].strip() if starts else line.strip(), bool(starts)

    def _read(self, fp, fpname):
        added, errors = set(), []
        options = section = name = None
        indent = 0
        try:
            for lineno, line in enumerate(fp, 1):
                value, has_comment = self._without_comment(line)
                if not value:
                    if not self._empty_lines_in_values:
                        indent = sys.maxsize
                    elif not has_comment and options is not None and name and options[name] is not None:
                        options[name].append('')
                    continue
                match = self.NONSPACECRE.search(line)
                this_indent = match.start() if match else 0
                if options is not None and name and this_indent > indent:
                    if options[name] is None:
                        raise MultilineContinuationError(fpname, lineno, line)
                    options[name].append(value)
                    continue
                indent = this_indent
                if self._allow_unnamed_section and options is None:
                    section, name = UNNAMED_SECTION, None
                    options = self._header(section, added, fpname, lineno)
                match = self.SECTCRE.match(value)
                if match:
                    section, name = match['header'], None
                    options = self._header(section, added, fpname, lineno)
                    continue
                if options is None:
                    raise MissingSectionHeaderError(fpname, lineno, line)
                match = self._optcre.match(value)
                if not match or not match['option']:
                    errors.append(ParsingError(fpname, lineno, line))
                    if not match:
                        continue
                name = self.optionxform(match['option'].rstrip())
                if self._strict and (section, name) in added:
                    raise DuplicateOptionError(section, name, fpname, lineno)
                added.add((section, name))
                text = match['value']
                options[name] = None if text is None else [text.strip()]
        finally:
            self._join_multiline_values()
        ParsingError._raise_all(errors)

    def _header(self, section, added, fpname, lineno):
        if section in self._sections:
            if self._strict and section in added:
                raise DuplicateSectionError(section, fpname, lineno)
            added.add(section)
            return self._sections[section]
        if section == self.default_section:
            return self._defaults
        added.add(section)
        return self._new_section(section)

    def _join_multiline_values(self):
        for section, options in chain(((self.default_section, self._defaults),), self._sections.items()):
            for name, value in options.items():
                if isinstance(value, list):
                    value = '\n'.join(value).rstrip()
                options[name] = self._interpolation.before_read(self, section, name, value)

    def _read_defaults(self, defaults):
        for key, value in defaults.items():
            self._defaults[self.optionxform(key)] = value

    def _unify_values(self, section, vars):
        options = {}
        try:
            options = self._sections[section]
        except KeyError:
            if section != self.default_section:
                raise NoSectionError(section) from None
        given = {self.optionxform(key): None if value is None else str(value) for key, value in (vars or {}).items()}
        return ChainMap(given, options, self._defaults)

    def _convert_to_boolean(self, value):
        if value.lower() not in self.BOOLEAN_STATES:
            raise ValueError('Not a boolean: %s' % value)
        return self.BOOLEAN_STATES[value.lower()]

    def _validate_value_types(self, *, section='', option='', value=''):
        if section is not UNNAMED_SECTION and not isinstance(section, str):
            raise TypeError('section names must be strings or UNNAMED_SECTION')
        if not isinstance(option, str):
            raise TypeError('option keys must be strings')
        may_be_empty = self._allow_no_value and not value
        if not (may_be_empty or isinstance(value, str)):
            raise TypeError('option values must be strings')

    converters = property(lambda self: self._converters)


class ConfigParser(RawConfigParser):
    """A configuration in which %(name)s stands for other values."""

    _DEFAULT_INTERPOLATION = BasicInterpolation()

    def set(self, section, option, value=None):
        """Set a value; names and value must be strings."""
        self._validate_value_types(option=option, value=value)
        super().set(section, option, value)

    def add_section(self, section):
        """A new section, whose name must be a string."""
        self._validate_value_types(section=section)
        super().add_section(section)

    def _read_defaults(self, defaults):
        # Going through read_dict() makes strings of the values; they are not checked, as nothing has been to refer to yet.
        keep, self._interpolation = self._interpolation, Interpolation()
        try:
            self.read_dict({self.default_section: defaults})
        finally:
            self._interpolation = keep


class SectionProxy(MutableMapping):
    """One section of a parser as a mapping."""

    def __init__(self, parser, name):
        self._parser, self._name = parser, name
        for conv in parser.converters:
            key = 'get' + conv
            setattr(self, key, functools.partial(self.get, _impl=getattr(parser, key)))

    def __repr__(self):
        return f'<Section: {self._name}>'

    parser = property(lambda self: self._parser)
    name = property(lambda self: self._name)

    def __contains__(self, key):
        return self._parser.has_option(self._name, key)

    def __getitem__(self, key):
        if key in self:
            return self._parser.get(self._name, key)
        raise KeyError(key)

    def __setitem__(self, key, value):
        parser = self._parser
        parser._validate_value_types(option=key, value=value)
        parser.set(self._name, key, value)

    def __delitem__(self, key):
        # An option of the defaults is in every section, but cannot be removed from it.
        if key not in self or not self._parser.remove_option(self._name, key):
            raise KeyError(key)

    def _names(self):
        parser = self._parser
        return [*parser.defaults()] if self._name == parser.default_section else parser.options(self._name)

    def __iter__(self):
        return iter(self._names())

    def __len__(self):
        return len(self._names())

    def get(self, option, fallback=None, *, raw=False, vars=None, _impl=None, **kwargs):
        """A value, or the fallback, which is None here."""
        return (_impl or self._parser.get)(self._name, option, raw=raw, vars=vars, fallback=fallback, **kwargs)


class ConverterMapping(MutableMapping):
    """The functions behind get...() of a parser and its sections, by the end of the name."""

    GETTERCRE = re.compile(r'^get(?P<name>.+)$')

    def __init__(self, parser):
        self._parser, self._data = parser, {}
        for getter in dir(parser):
            match = self.GETTERCRE.match(getter)
            if match and callable(getattr(parser, getter)):
                self._data[match['name']] = None

    def __len__(self):
        return len(self._data)

    def __iter__(self):
        return iter(self._data)

    def __getitem__(self, key):
        return self._data[key]

    def _holders(self):
        return [self._parser, *self._parser.values()]

    def __setitem__(self, key, value):
        if not isinstance(key, str):
            raise ValueError(f'Incompatible key: {key} (type: {type(key)})')
        if not key:
            raise ValueError('Incompatible key: cannot use "" as a name')
        self._data[key] = value
        parser, *sections = self._holders()
        convert = functools.partial(parser._get_conv, conv=value)
        convert.converter = value
        setattr(parser, 'get' + key, convert)
        for section in sections:
            setattr(section, 'get' + key, functools.partial(section.get, _impl=convert))

    def __delitem__(self, key):
        del self._data[key]
        for holder in self._holders():
            vars(holder).pop(f'get{key}', None)
