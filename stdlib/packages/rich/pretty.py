"""Containers and objects over as many lines as they need."""

import sys
from dataclasses import fields, is_dataclass

from .cells import cell_len
from .text import Text


def _containers():
    import os
    from array import array
    from collections import Counter, UserDict, UserList, defaultdict, deque
    from types import MappingProxyType
    plain = lambda opening, closing, empty: lambda value: (opening, closing, empty)
    return {
        os._Environ: plain('environ({', '})', 'environ({})'),
        array: lambda value: (f'array({value.typecode!r}, [', '])', f'array({value.typecode!r})'),
        defaultdict: lambda value: (f'defaultdict({value.default_factory!r}, {{', '})',
                                    f'defaultdict({value.default_factory!r}, {{}})'),
        Counter: plain('Counter({', '})', 'Counter()'),
        deque: lambda value: ('deque([', '])', 'deque([])') if value.maxlen is None else
                             ('deque([', f'], maxlen={value.maxlen})', f'deque(maxlen={value.maxlen})'),
        dict: plain('{', '}', '{}'),
        UserDict: plain('{', '}', '{}'),
        frozenset: plain('frozenset({', '})', 'frozenset()'),
        list: plain('[', ']', '[]'),
        UserList: plain('[', ']', '[]'),
        set: plain('{', '}', 'set()'),
        tuple: plain('(', ')', '()'),
        MappingProxyType: plain('mappingproxy({', '})', 'mappingproxy({})'),
    }


_braces = None


def _kind_of(value):
    """Which container something is, or None."""
    global _braces
    if _braces is None:
        _braces = _containers()
    return next((kind for kind in _braces if isinstance(value, kind)), None)


def is_expandable(obj):
    """True for what is shown over several lines when it is long."""
    return not isinstance(obj, type) and (
        _kind_of(obj) is not None or is_dataclass(obj) or hasattr(obj, '__rich_repr__')
        or hasattr(obj, '__attrs_attrs__'))


class Node:
    """Part of what is shown."""

    def __init__(self, value_repr='', key_repr='', key_separator=': ', open_brace='', close_brace='', empty='',
                 children=None, is_tuple=False, last=False, separator=', '):
        self.value_repr, self.key_repr, self.key_separator = value_repr, key_repr, key_separator
        self.open_brace, self.close_brace, self.empty = open_brace, close_brace, empty
        self.children, self.is_tuple, self.last, self.separator = children, is_tuple, last, separator

    def _text(self):
        if self.value_repr:
            return self.value_repr
        if self.children is None:
            return ''
        if not self.children:
            return self.empty
        inside = self.separator.join(map(str, self.children))
        if self.is_tuple and len(self.children) == 1:
            inside += ','
        return self.open_brace + inside + self.close_brace

    def __str__(self):
        text = self._text()
        return f'{self.key_repr}{self.key_separator}{text}' if self.key_repr else text

    def render(self, max_width=80, indent_size=4, expand_all=False):
        return '\n'.join(self._lines('', '', '', max_width, indent_size, expand_all))

    def _lines(self, indent, suffix, shown_suffix, width, size, expand_all):
        """`suffix` counts for the width, `shown_suffix` is shown: none behind the last."""
        whole = str(self)
        fits = cell_len(indent) + cell_len(whole) + cell_len(suffix) <= width
        if not self.children or (fits and not expand_all):
            yield indent + whole + shown_suffix
            return
        key = f'{self.key_repr}{self.key_separator}' if self.key_repr else ''
        yield indent + key + self.open_brace
        alone = self.is_tuple and len(self.children) == 1
        for child in self.children:
            behind = ',' if alone else self.separator
            is_last = child is self.children[-1] and not alone
            yield from child._lines(indent + ' ' * size, behind, '' if is_last else behind.rstrip(), width, size,
                                    expand_all)
        yield indent + self.close_brace + shown_suffix


def _own_repr(obj):
    """Whether a dataclass has the repr that the decorator made."""
    try:
        return obj.__repr__.__code__.co_filename in (sys.modules['dataclasses'].__file__,
                                                     sys.modules['reprlib'].__file__)
    except (AttributeError, KeyError):
        return type(obj).__repr__.__qualname__.endswith('.__repr__') and '__dataclass_params__' in type(obj).__dict__ \
            and type(obj).__dataclass_params__.repr


def traverse(_object, max_length=None, max_string=None, max_depth=None):
    """The tree of what is to be shown."""
    visited = set()

    def leaf(obj):
        if max_string is not None and isinstance(obj, (bytes, str)) and len(obj) > max_string:
            return Node(f'{obj[:max_string]!r}+{len(obj) - max_string}')
        try:
            return Node(repr(obj))
        except Exception as error:
            return Node(f'<repr-error {str(error)!r}>')

    def with_items(braces, items, make, depth, count, **settings):
        opening, closing, empty = braces
        node = Node(open_brace=opening, close_brace=closing, empty=empty, children=[], **settings)
        if max_depth is not None and depth >= max_depth and count:
            return Node(f'{opening}...{closing}')
        for number, item in enumerate(items):
            if max_length is not None and number >= max_length:
                node.children.append(Node(f'... +{count - max_length}'))
                break
            node.children.append(make(item))
        if node.children:
            node.children[-1].last = True
        return node

    def walk(obj, depth=0):
        if isinstance(obj, type):
            return leaf(obj)
        key = id(obj)
        if key in visited:
            return Node('...')
        custom = getattr(type(obj), '__rich_repr__', None)
        fake = hasattr(obj, '_a_name_that_nobody_has')
        is_tuple = isinstance(obj, tuple)
        named = is_tuple and hasattr(obj, '_fields') and type(obj).__repr__.__qualname__.endswith('.__repr__') \
            and type(obj).__base__ is tuple and '__repr__' in type(obj).__dict__
        visited.add(key)
        try:
            if custom is not None and not fake:
                return from_arguments(obj, depth)
            if is_dataclass(obj) and not fake and _own_repr(obj):
                shown = [field for field in fields(obj) if field.repr and hasattr(obj, field.name)]
                name = type(obj).__name__
                return with_items((f'{name}(', ')', f'{name}()'), shown,
                                  lambda field: pair(field.name, '=', getattr(obj, field.name), depth), depth,
                                  len(shown))
            if named:
                name = type(obj).__name__
                return with_items((f'{name}(', ')', f'{name}()'), obj._asdict().items(),
                                  lambda item: pair(item[0], '=', item[1], depth), depth, len(obj))
            kind = _kind_of(obj)
            # A class with a repr of its own is shown by that.
            if kind is None or kind.__repr__ != type(obj).__repr__:
                return leaf(obj)
            braces = _braces[kind](obj)
            if hasattr(obj, 'keys') and hasattr(obj, 'items'):
                return with_items(braces, obj.items(),
                                  lambda item: pair(str(leaf(item[0])), ': ', item[1], depth), depth, len(obj))
            return with_items(braces, obj, lambda item: walk(item, depth + 1), depth, len(obj), is_tuple=type(obj) is tuple)
        finally:
            visited.discard(key)

    def pair(key, separator, value, depth):
        node = walk(value, depth + 1)
        node.key_repr, node.key_separator = key, separator
        return node

    def from_arguments(obj, depth):
        angular = getattr(obj.__rich_repr__, 'angular', False)
        found = []
        for argument in obj.__rich_repr__() or ():
            if not isinstance(argument, tuple):
                found.append((None, argument))
            elif len(argument) == 1:
                found.append((None, argument[0]))
            elif len(argument) == 2:
                found.append(argument)
            elif argument[1] != argument[2]:
                found.append(argument[:2])
        name = type(obj).__name__
        if angular:
            braces = (f'<{name} ', '>', f'<{name}>')
            separator = ' '
        else:
            braces = (f'{name}(', ')', f'{name}()')
            separator = ', '
        return with_items(braces, found, lambda item: pair(item[0] or '', '=', item[1], depth), depth, len(found),
                          separator=separator)

    return walk(_object)


def pretty_repr(_object, *, max_width=80, indent_size=4, max_length=None, max_string=None, max_depth=None,
                expand_all=False):
    """`repr()` over several lines."""
    node = _object if isinstance(_object, Node) else traverse(_object, max_length, max_string, max_depth)
    return node.render(max_width=max_width, indent_size=indent_size, expand_all=expand_all)


class Pretty:
    """An object to be printed that way."""

    def __init__(self, _object, highlighter=None, *, indent_size=4, justify=None, overflow=None, no_wrap=False,
                 indent_guides=False, max_length=None, max_string=None, max_depth=None, expand_all=False, margin=0,
                 insert_line=False):
        from .highlighter import ReprHighlighter
        self._object, self.highlighter = _object, highlighter or ReprHighlighter()
        self.indent_size, self.justify, self.overflow, self.no_wrap = indent_size, justify, overflow, no_wrap
        self.indent_guides, self.insert_line, self.margin = indent_guides, insert_line, margin
        self._limits = dict(indent_size=indent_size, max_length=max_length, max_string=max_string,
                            max_depth=max_depth, expand_all=expand_all)

    def __rich_console__(self, console, options):
        shown = pretty_repr(self._object, max_width=options.max_width - self.margin, **self._limits)
        text = Text(shown, justify=self.justify or options.justify, overflow=self.overflow or options.overflow,
                    no_wrap=options.no_wrap if self.no_wrap is None else self.no_wrap, style='pretty')
        if not text:
            text = Text(f'{type(self._object)}.__repr__ returned empty string', style='dim italic')
        else:
            text = self.highlighter(text)
        if self.indent_guides and not options.ascii_only:
            text = text.with_indent_guides(self.indent_size, style='repr.indent')
        if self.insert_line and '\n' in text.plain:
            yield ''
        yield text

    def __rich_measure__(self, console, options):
        from .measure import Measurement
        shown = pretty_repr(self._object, max_width=options.max_width, **self._limits)
        width = max(map(cell_len, shown.splitlines()), default=0)
        return Measurement(width, width)


def pprint(_object, *, console=None, indent_guides=True, max_length=None, max_string=None, max_depth=None,
           expand_all=False):
    """Print an object over as many lines as it needs."""
    from rich import get_console
    (console or get_console()).print(
        Pretty(_object, max_length=max_length, max_string=max_string, max_depth=max_depth,
               indent_guides=indent_guides, expand_all=expand_all, overflow='ignore'), soft_wrap=True)


def install(console=None, overflow='ignore', crop=False, indent_guides=False, max_length=None, max_string=None,
            max_depth=None, expand_all=False):
    """Make the prompt show values that way."""
    from rich import get_console
    import builtins

    def display(value):
        if value is not None:
            builtins._ = None
            target = console or get_console()
            target.print(value if hasattr(value, '__rich_console__') else
                         Pretty(value, overflow=overflow, indent_guides=indent_guides, max_length=max_length,
                                max_string=max_string, max_depth=max_depth, expand_all=expand_all), crop=crop)
            builtins._ = value
    sys.displayhook = display
