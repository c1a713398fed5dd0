"""Tools for functions and callables.

Natives used: `_functools` (partial, reduce, cmp_to_key, `_lru_cache_wrapper`, Placeholder).
"""

__all__ = ['update_wrapper', 'wraps', 'WRAPPER_ASSIGNMENTS', 'WRAPPER_UPDATES',
           'total_ordering', 'cache', 'cmp_to_key', 'lru_cache', 'reduce',
           'partial', 'partialmethod', 'singledispatch', 'singledispatchmethod',
           'cached_property', 'Placeholder']

from abc import get_cache_token
from _functools import Placeholder, _lru_cache_wrapper, cmp_to_key, partial, reduce
from types import GenericAlias, MappingProxyType, MethodType, UnionType

WRAPPER_ASSIGNMENTS = ('__module__', '__name__', '__qualname__', '__doc__',
                       '__annotate__', '__type_params__')
WRAPPER_UPDATES = ('__dict__',)


def update_wrapper(wrapper, wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    """Make wrapper look like the function it wraps; returns wrapper."""
    for attr in assigned:
        try:
            value = getattr(wrapped, attr)
        except AttributeError:
            continue
        setattr(wrapper, attr, value)
    for attr in updated:
        getattr(wrapper, attr).update(getattr(wrapped, attr, {}))
    # Last, so that a __wrapped__ copied from wrapped.__dict__ does not stay.
    wrapper.__wrapped__ = wrapped
    return wrapper


def wraps(wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    """Decorator factory that applies update_wrapper() to the decorated function."""
    return partial(update_wrapper, wrapped=wrapped, assigned=assigned, updated=updated)


# total_ordering(): one operator is defined by the class, the others follow from it and __eq__.

def _not(name, also=None):
    """Negation of the method `name`, and-ed with `self != other` if also is 'ne'."""

    def op(self, other):
        result = getattr(type(self), name)(self, other)
        if result is NotImplemented:
            return result
        if also is None:
            return not result
        return not result and self != other

    return op


def _or_equal(name):
    def op(self, other):
        result = getattr(type(self), name)(self, other)
        if result is NotImplemented:
            return result
        return result or self == other

    return op


def _and_unequal(name):
    def op(self, other):
        result = getattr(type(self), name)(self, other)
        if result is NotImplemented:
            return result
        return result and self != other

    return op


_ordering_rules = {
    '__lt__': [('__gt__', _not('__lt__', 'ne')), ('__le__', _or_equal('__lt__')),
               ('__ge__', _not('__lt__'))],
    '__le__': [('__ge__', None), ('__lt__', _and_unequal('__le__')), ('__gt__', _not('__le__'))],
    '__gt__': [('__lt__', _not('__gt__', 'ne')), ('__ge__', _or_equal('__gt__')),
               ('__le__', _not('__gt__'))],
    '__ge__': [('__le__', None), ('__gt__', _and_unequal('__ge__')), ('__lt__', _not('__ge__'))],
}


def _not_or_equal(name):
    def op(self, other):
        result = getattr(type(self), name)(self, other)
        if result is NotImplemented:
            return result
        return not result or self == other

    return op


_ordering_rules['__le__'][0] = ('__ge__', _not_or_equal('__le__'))
_ordering_rules['__ge__'][0] = ('__le__', _not_or_equal('__ge__'))


def total_ordering(cls):
    """Class decorator that adds the ordering methods the class does not define itself."""
    defined = [name for name in ('__lt__', '__le__', '__gt__', '__ge__')
               if getattr(cls, name, None) is not getattr(object, name, None)]
    if not defined:
        raise ValueError('must define at least one ordering operation: < > <= >=')
    for name, rule in _ordering_rules[defined[0]]:
        if name not in defined:
            # A fresh function for each class, since its name and module are the class's.
            op = type(rule)(rule.__code__, rule.__globals__, name, None, rule.__closure__)
            op.__name__ = name
            op.__qualname__ = name
            op.__doc__ = f'Return a {_symbols[name]} b.  Computed by @total_ordering.'
            setattr(cls, name, op)
    return cls


_symbols = {'__lt__': '<', '__le__': '<=', '__gt__': '>', '__ge__': '>='}


def _check_partial(kind, func, args, keywords):
    if not callable(func) and (kind != 'partialmethod' or not hasattr(func, '__get__')):
        raise TypeError(f'the first argument {func!r} must be a callable or a descriptor')
    if args and args[-1] is Placeholder:
        raise TypeError("trailing Placeholders are not allowed")
    for value in keywords.values():
        if value is Placeholder:
            raise TypeError("Placeholder cannot be passed as a keyword argument")


def _fill(stored, given):
    """Merge the arguments of a call into the Placeholders of stored ones; returns all of them."""
    given = list(given)
    merged = []
    for arg in stored:
        if arg is Placeholder:
            if not given:
                return None
            arg = given.pop(0)
        merged.append(arg)
    return (*merged, *given)


def _partial_new(cls, func, /, *args, **keywords):
    _check_partial('partialmethod', func, args, keywords)
    if isinstance(func, partialmethod):
        # Flatten nesting, so that one call is made in the end.
        needed = sum(arg is Placeholder for arg in func.args)
        padded = args + (Placeholder,) * (needed - len(args))
        args = _fill(func.args, padded)
        while args and args[-1] is Placeholder:
            args = args[:-1]
        keywords = {**func.keywords, **keywords}
        func = func.func
    self = object.__new__(cls)
    self.func = func
    self.args = args
    self.keywords = keywords
    return self


class partialmethod:
    """A method with some arguments given in advance: partial() for use in a class body."""

    __new__ = _partial_new

    def __repr__(self):
        cls = type(self)
        parts = [repr(self.func), *map(repr, self.args)]
        parts += [f"{name}={value!r}" for name, value in self.keywords.items()]
        return f"{cls.__module__}.{cls.__qualname__}({', '.join(parts)})"

    def _make_unbound_method(self):
        holes = sum(arg is Placeholder for arg in self.args)

        def _method(cls_or_self, /, *args, **keywords):
            keywords = {**self.keywords, **keywords}
            if holes:
                stored = _fill(self.args, args)
                if stored is None:
                    raise TypeError("missing positional arguments in 'partialmethod' call; "
                                    f"expected at least {holes}, got {len(args)}")
                return self.func(cls_or_self, *stored, **keywords)
            return self.func(cls_or_self, *self.args, *args, **keywords)

        _method.__isabstractmethod__ = self.__isabstractmethod__
        _method.__partialmethod__ = self
        return _method

    def __get__(self, obj, cls=None):
        get = getattr(self.func, "__get__", None)
        result = None
        if get is not None and not isinstance(self.func, partial):
            bound = get(obj, cls)
            if bound is not self.func:
                # A descriptor of its own kind (a classmethod, say) has done the binding.
                result = partial(bound, *self.args, **self.keywords)
                try:
                    result.__self__ = bound.__self__
                except AttributeError:
                    pass
        if result is None:
            result = self._make_unbound_method().__get__(obj, cls)
        return result

    @property
    def __isabstractmethod__(self):
        return getattr(self.func, '__isabstractmethod__', False)

    __class_getitem__ = classmethod(GenericAlias)


def _unwrap_partial(func):
    """The function inside any layers of partial()."""
    while isinstance(func, partial):
        func = func.func
    return func


def _unwrap_partialmethod(func):
    """The function inside any layers of partial() and partialmethod()."""
    before = None
    while func is not before:
        before = func
        while isinstance(getattr(func, '__partialmethod__', None), partialmethod):
            func = func.__partialmethod__
        while isinstance(func, partialmethod):
            func = getattr(func, 'func')
        func = _unwrap_partial(func)
    return func


# lru_cache()

_CacheInfo = None


def _cache_info_type():
    global _CacheInfo
    if _CacheInfo is None:
        from collections import namedtuple
        _CacheInfo = namedtuple("CacheInfo", ["hits", "misses", "maxsize", "currsize"],
                                module='functools')
    return _CacheInfo


def lru_cache(maxsize=128, typed=False):
    """Decorator that keeps the results of the latest maxsize calls (all of them if None).

    With typed, arguments of different types are cached apart, 3 and 3.0 say. The decorated
    function gets cache_info(), cache_clear(), cache_parameters() and __wrapped__.
    """
    if isinstance(maxsize, int):
        if maxsize < 0:
            maxsize = 0
    elif callable(maxsize) and isinstance(typed, bool):
        # Used without parentheses: the first argument is the function.
        return _cached(maxsize, 128, typed)
    elif maxsize is not None:
        raise TypeError('Expected first argument to be an integer, a callable, or None')
    return lambda user_function: _cached(user_function, maxsize, typed)


def _cached(user_function, maxsize, typed):
    wrapper = _lru_cache_wrapper(user_function, maxsize, typed, _cache_info_type())
    wrapper.cache_parameters = lambda: {'maxsize': maxsize, 'typed': typed}
    return update_wrapper(wrapper, user_function)


def cache(user_function, /):
    """Unbounded cache of results: lru_cache(maxsize=None)."""
    return lru_cache(maxsize=None)(user_function)


# singledispatch()

def _c3_merge(sequences):
    """Merge linearisations, each class before its bases and in the order of every sequence."""
    result = []
    while True:
        sequences = [seq for seq in sequences if seq]
        if not sequences:
            return result
        for seq in sequences:
            candidate = seq[0]
            if not any(candidate in other[1:] for other in sequences):
                break
        else:
            raise RuntimeError('Inconsistent hierarchy')
        result.append(candidate)
        for seq in sequences:
            if seq[0] is candidate:
                del seq[0]


def _c3_mro(cls, abcs=()):
    """The method resolution order of cls with the related abstract classes put in.

    An abstract class goes after the last base that is itself abstract: explicit bases first, as
    if the class statement had named the virtual ones behind them.
    """
    bases = cls.__bases__
    boundary = 0
    for position, base in enumerate(bases, 1):
        if hasattr(base, '__abstractmethods__'):
            boundary = position
    explicit, others = list(bases[:boundary]), list(bases[boundary:])
    virtual = [abc for abc in abcs
               if issubclass(cls, abc) and not any(issubclass(base, abc) for base in bases)]
    rest = [abc for abc in abcs if abc not in virtual]
    linear = [_c3_mro(base, rest) for part in (explicit, virtual, others) for base in part]
    return _c3_merge([[cls], *linear, explicit, virtual, others])


def _compose_mro(cls, types):
    """The resolution order of cls with those of types that it is related to only virtually."""
    bases = set(cls.__mro__)
    related = [typ for typ in types
               if typ not in bases and hasattr(typ, '__mro__')
               and not isinstance(typ, GenericAlias) and issubclass(cls, typ)]
    # Those that another one inherits from come in with it.
    related = [typ for typ in related
               if not any(typ is not other and typ in other.__mro__ for other in related)]
    wanted = set(related)
    order = []
    for typ in related:
        # Subclasses that cls also is an instance of settle the order among several of them.
        chains = [[item for item in sub.__mro__ if item in wanted]
                  for sub in typ.__subclasses__()
                  if sub not in bases and issubclass(cls, sub)]
        if not chains:
            order.append(typ)
            continue
        chains.sort(key=len, reverse=True)
        for chain in chains:
            order += [item for item in chain if item not in order]
    return _c3_mro(cls, order)


def _find_impl(cls, registry):
    """The implementation for cls: that of the nearest registered class."""
    mro = _compose_mro(cls, registry.keys())
    match = None
    for typ in mro:
        if match is not None:
            # Two virtual bases neither of which comes first are ambiguous.
            if (typ in registry and typ not in cls.__mro__ and match not in cls.__mro__
                    and not issubclass(match, typ)):
                raise RuntimeError(f"Ambiguous dispatch: {match} or {typ}")
            break
        if typ in registry:
            match = typ
    return registry.get(match)


def _is_dispatch_type(cls):
    if isinstance(cls, type):
        return True
    return (isinstance(cls, UnionType)
            and all(isinstance(arg, type) for arg in cls.__args__))


def singledispatch(func):
    """Turn func into a generic function that picks the implementation by its first argument.

    register() adds implementations; dispatch(cls) returns the one for a class.
    """
    import weakref

    registry = {}
    cache = weakref.WeakKeyDictionary()
    token = None

    def dispatch(cls):
        """Return the implementation for cls."""
        nonlocal token
        if token is not None:
            current = get_cache_token()
            if token != current:
                cache.clear()
                token = current
        try:
            return cache[cls]
        except KeyError:
            pass
        try:
            impl = registry[cls]
        except KeyError:
            impl = _find_impl(cls, registry)
        cache[cls] = impl
        return impl

    def register(cls, func=None):
        """Register func for the class (or union) cls; also as a decorator, with or without cls."""
        nonlocal token
        if _is_dispatch_type(cls):
            if func is None:
                return lambda f: register(cls, f)
        else:
            if func is not None:
                raise TypeError(f"Invalid first argument to `register()`. "
                                f"{cls!r} is not a class or union type.")
            # Asking for the annotations themselves would fail where they name what is defined later.
            if getattr(cls, '__annotate__', None) is None:
                raise TypeError(f"Invalid first argument to `register()`: {cls!r}. "
                                f"Use either `@register(some_class)` or plain `@register` "
                                f"on an annotated function.")
            func = cls
            from annotationlib import Format, ForwardRef
            from typing import get_type_hints
            argname, cls = next(iter(get_type_hints(func, format=Format.FORWARDREF).items()))
            if not _is_dispatch_type(cls):
                if isinstance(cls, UnionType):
                    raise TypeError(f"Invalid annotation for {argname!r}. "
                                    f"{cls!r} not all arguments are classes.")
                if isinstance(cls, ForwardRef):
                    raise TypeError(f"Invalid annotation for {argname!r}. "
                                    f"{cls!r} is an unresolved forward reference.")
                raise TypeError(f"Invalid annotation for {argname!r}. "
                                f"{cls!r} is not a class.")
        if isinstance(cls, UnionType):
            for arg in cls.__args__:
                registry[arg] = func
        else:
            registry[cls] = func
        if token is None and hasattr(cls, '__abstractmethods__'):
            token = get_cache_token()
        cache.clear()
        return func

    def wrapper(*args, **kw):
        if not args:
            raise TypeError(f'{name} requires at least 1 positional argument')
        return dispatch(args[0].__class__)(*args, **kw)

    name = getattr(func, '__name__', 'singledispatch function')
    registry[object] = func
    wrapper.register = register
    wrapper.dispatch = dispatch
    wrapper.registry = MappingProxyType(registry)
    wrapper._clear_cache = cache.clear
    update_wrapper(wrapper, func)
    return wrapper


class singledispatchmethod:
    """A generic method that picks the implementation by its first argument after self or cls."""

    def __init__(self, func):
        if not callable(func) and not hasattr(func, "__get__"):
            raise TypeError(f"{func!r} is not callable or a descriptor")
        self.dispatcher = singledispatch(func)
        self.func = func

    def register(self, cls, method=None):
        """Register method for the class cls."""
        return self.dispatcher.register(cls, func=method)

    def __get__(self, obj, cls=None):
        return _singledispatchmethod_get(self, obj, cls)

    @property
    def __isabstractmethod__(self):
        return getattr(self.func, '__isabstractmethod__', False)

    def __repr__(self):
        name = getattr(self.func, '__qualname__', None) or getattr(self.func, '__name__', '?')
        return f'<single dispatch method descriptor {name}>'


class _singledispatchmethod_get:
    """What access of a singledispatchmethod through an instance or a class gives."""

    def __init__(self, unbound, obj, cls):
        self._unbound = unbound
        self._dispatch = unbound.dispatcher.dispatch
        self._obj = obj
        self._cls = cls
        func = unbound.func
        # The same attributes as a bound method of the function has.
        try:
            self.__module__ = func.__module__
        except AttributeError:
            pass
        try:
            self.__doc__ = func.__doc__
        except AttributeError:
            pass

    def __repr__(self):
        try:
            name = self.__qualname__
        except AttributeError:
            try:
                name = self.__name__
            except AttributeError:
                name = '?'
        if self._obj is not None:
            return f'<bound single dispatch method {name} of {self._obj!r}>'
        return f'<single dispatch method {name}>'

    def __call__(self, /, *args, **kwargs):
        if not args:
            name = getattr(self._unbound.func, '__name__', 'singledispatchmethod method')
            raise TypeError(f'{name} requires at least 1 positional argument')
        return self._dispatch(args[0].__class__).__get__(self._obj, self._cls)(*args, **kwargs)

    def __getattr__(self, name):
        # Attributes of the function itself, those of the class come first.
        if name not in {'__name__', '__qualname__', '__isabstractmethod__',
                        '__annotations__', '__type_params__'}:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(self._unbound.func, name)

    @property
    def __wrapped__(self):
        return self._unbound.func

    @property
    def register(self):
        return self._unbound.register


_NOT_FOUND = object()


class cached_property:
    """A property computed once; the value then lives in the instance's __dict__."""

    def __init__(self, func):
        self.func = func
        self.attrname = None
        self.__doc__ = func.__doc__
        self.__module__ = func.__module__

    def __set_name__(self, owner, name):
        if self.attrname is None:
            self.attrname = name
        elif name != self.attrname:
            raise TypeError("Cannot assign the same cached_property to two different names "
                            f"({self.attrname!r} and {name!r}).")

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        name = self.attrname
        if name is None:
            raise TypeError(
                "Cannot use cached_property instance without calling __set_name__ on it.")
        try:
            cache = instance.__dict__
        except AttributeError:
            # A class with __slots__ has no place for the value.
            raise TypeError(f"No '__dict__' attribute on {type(instance).__name__!r} "
                            f"instance to cache {name!r} property.") from None
        value = cache.get(name, _NOT_FOUND)
        if value is _NOT_FOUND:
            value = self.func(instance)
            try:
                cache[name] = value
            except TypeError:
                raise TypeError(
                    f"The '__dict__' attribute on {type(instance).__name__!r} instance "
                    f"does not support item assignment for caching {name!r} property."
                ) from None
        return value

    __class_getitem__ = classmethod(GenericAlias)
