"""Regular expressions.

Patterns and matches are native (`_re`); here are flags, the cache of compiled patterns, errors and warnings.
"""

import copyreg
import enum

import _re

__all__ = [
    "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer", "compile", "purge",
    "escape", "error", "Pattern", "Match", "A", "I", "L", "M", "S", "X", "U", "ASCII", "IGNORECASE",
    "LOCALE", "MULTILINE", "DOTALL", "VERBOSE", "UNICODE", "NOFLAG", "RegexFlag", "PatternError",
]

__version__ = "2.2.1"


@enum.global_enum
class RegexFlag(enum.IntFlag, boundary=enum.KEEP):
    NOFLAG = 0
    ASCII = A = 256
    IGNORECASE = I = 2
    LOCALE = L = 4
    UNICODE = U = 32
    MULTILINE = M = 8
    DOTALL = S = 16
    VERBOSE = X = 64
    DEBUG = 128
    __str__ = object.__str__
    _numeric_repr_ = hex


class PatternError(Exception):
    """A string passed to one of the functions here is not a valid pattern.

    Attributes:
        msg: The message without position.
        pattern: The pattern.
        pos: The index in the pattern where reading failed (may be None).
        lineno: The line of pos (may be None).
        colno: The column of pos (may be None).
    """

    __module__ = "re"

    def __init__(self, msg, pattern=None, pos=None):
        self.msg = msg
        self.pattern = pattern
        self.pos = pos
        self.lineno = self.colno = None
        if pattern is not None and pos is not None:
            newline = "\n" if isinstance(pattern, str) else b"\n"
            self.lineno = pattern.count(newline, 0, pos) + 1
            self.colno = pos - pattern.rfind(newline, 0, pos)
            msg = f"{msg} at position {pos}"
            if newline in pattern:
                msg = f"{msg} (line {self.lineno}, column {self.colno})"
        super().__init__(msg)


error = PatternError

# Compiled patterns by type, source and flags; the oldest goes when there are too many.
_cache = {}
_MAXCACHE = 512


def _compile(pattern, flags):
    if isinstance(flags, RegexFlag):
        flags = flags.value
    try:
        return _cache[type(pattern), pattern, flags]
    except KeyError:
        pass
    if isinstance(pattern, Pattern):
        if flags:
            raise ValueError("cannot process flags argument with a compiled pattern")
        return pattern
    if flags & 128:
        raise NotImplementedError("re.DEBUG")
    compiled, messages = _re.compile(pattern, flags)
    if messages:
        import warnings
        for message in messages:
            warnings.warn(message, FutureWarning, stacklevel=3)
    if len(_cache) >= _MAXCACHE:
        del _cache[next(iter(_cache))]
    _cache[type(pattern), pattern, flags] = compiled
    return compiled


Pattern = type(_re.compile("", 0)[0])
Match = type(_re.compile("", 0)[0].match(""))


def _pickle(pattern):
    return _compile, (pattern.pattern, pattern.flags)


copyreg.pickle(Pattern, _pickle, _compile)


def compile(pattern, flags=0):
    """Compile a regular expression pattern, returning a Pattern object."""
    return _compile(pattern, flags)


def match(pattern, string, flags=0):
    """Match at the start of the string: a Match object, or None."""
    return _compile(pattern, flags).match(string)


def fullmatch(pattern, string, flags=0):
    """Match all of the string: a Match object, or None."""
    return _compile(pattern, flags).fullmatch(string)


def search(pattern, string, flags=0):
    """Look for the first place that matches: a Match object, or None."""
    return _compile(pattern, flags).search(string)


def findall(pattern, string, flags=0):
    """A list of all non-overlapping matches: texts, or tuples of groups if there are several."""
    return _compile(pattern, flags).findall(string)


def finditer(pattern, string, flags=0):
    """An iterator over all non-overlapping matches."""
    return _compile(pattern, flags).finditer(string)


class _Zero(int):
    """Tells an argument left out from one given."""


_zero = _Zero()


def _positional(function, first, given, first_value, flags):
    """The deprecated way to pass `first` and flags by position."""
    import warnings
    if first_value is not _zero:
        raise TypeError(f"{function}() got multiple values for argument '{first}'")
    first_value, *given = given
    if given:
        if flags is not _zero:
            raise TypeError(f"{function}() got multiple values for argument 'flags'")
        flags, *given = given
        if given:
            total = {"split": 4, "sub": 5, "subn": 5}[function]
            raise TypeError(
                f"{function}() takes from {total - 2} to {total} positional arguments"
                f" but {total + len(given)} were given")
    warnings.warn(f"'{first}' is passed as positional argument", DeprecationWarning, stacklevel=3)
    return first_value, flags


def sub(pattern, repl, string, *args, count=_zero, flags=_zero):
    """Replace the leftmost non-overlapping matches by repl, a template or a function of the match."""
    if args:
        count, flags = _positional("sub", "count", args, count, flags)
    return _compile(pattern, flags).sub(repl, string, count)


sub.__text_signature__ = "(pattern, repl, string, count=0, flags=0)"


def subn(pattern, repl, string, *args, count=_zero, flags=_zero):
    """As sub, but a tuple of the new string and the number of replacements."""
    if args:
        count, flags = _positional("subn", "count", args, count, flags)
    return _compile(pattern, flags).subn(repl, string, count)


subn.__text_signature__ = "(pattern, repl, string, count=0, flags=0)"


def split(pattern, string, *args, maxsplit=_zero, flags=_zero):
    """Split the string at the matches; groups of the pattern become items too."""
    if args:
        maxsplit, flags = _positional("split", "maxsplit", args, maxsplit, flags)
    return _compile(pattern, flags).split(string, maxsplit)


split.__text_signature__ = "(pattern, string, maxsplit=0, flags=0)"


def purge():
    """Forget all cached patterns."""
    _cache.clear()


def escape(pattern):
    """Escape special characters in a string."""
    return _re.escape(pattern)


class Scanner:
    """Splits text into tokens: a lexicon of (pattern, action) pairs, tried in order."""

    def __init__(self, lexicon, flags=0):
        if isinstance(flags, RegexFlag):
            flags = flags.value
        self.lexicon = lexicon
        parts = []
        # The lexicon's entries by the number of the group around their pattern.
        self._actions = {}
        group = 1
        for phrase, action in lexicon:
            parts.append(f"({phrase})")
            self._actions[group] = action
            group += 1 + _compile(phrase, flags).groups
        self.scanner = _compile("|".join(parts), flags)

    def scan(self, string):
        result = []
        match = self.scanner.scanner(string).match
        end = 0
        while True:
            m = match()
            if not m or m.end() == end:
                break
            end = m.end()
            action = self._actions[m.lastindex]
            if callable(action):
                self.match = m
                action = action(self, m.group())
            if action is not None:
                result.append(action)
        return result, string[end:]
