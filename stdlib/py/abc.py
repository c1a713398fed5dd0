"""Abstract base classes: ABCMeta over the native `_abc`, and the decorators.

Natives used: `_abc` (`_abc_init`, `_abc_register`, `_abc_instancecheck`, `_abc_subclasscheck`,
`_get_dump`, `_reset_registry`, `_reset_caches`, `get_cache_token`).
"""

from _abc import (
    _abc_init, _abc_instancecheck, _abc_register, _abc_subclasscheck,
    _get_dump, _reset_caches, _reset_registry, get_cache_token,
)


def abstractmethod(funcobj):
    """Mark a method that concrete subclasses must override."""
    funcobj.__isabstractmethod__ = True
    return funcobj


class abstractclassmethod(classmethod):
    """Deprecated: stack classmethod on abstractmethod instead."""

    __isabstractmethod__ = True

    def __init__(self, callable):
        callable.__isabstractmethod__ = True
        super().__init__(callable)


class abstractstaticmethod(staticmethod):
    """Deprecated: stack staticmethod on abstractmethod instead."""

    __isabstractmethod__ = True

    def __init__(self, callable):
        callable.__isabstractmethod__ = True
        super().__init__(callable)


class abstractproperty(property):
    """Deprecated: stack property on abstractmethod instead."""

    __isabstractmethod__ = True


class ABCMeta(type):
    """Metaclass of abstract base classes: adds register() and virtual subclasses."""

    def __new__(mcls, name, bases, namespace, /, **kwargs):
        cls = super().__new__(mcls, name, bases, namespace, **kwargs)
        _abc_init(cls)
        return cls

    def register(cls, subclass):
        """Make subclass a virtual subclass of this class; returns it, so it works as a decorator."""
        return _abc_register(cls, subclass)

    def __instancecheck__(cls, instance):
        """isinstance(instance, cls), virtual subclasses included."""
        return _abc_instancecheck(cls, instance)

    def __subclasscheck__(cls, subclass):
        """issubclass(subclass, cls), virtual subclasses included."""
        return _abc_subclasscheck(cls, subclass)

    def _dump_registry(cls, file=None):
        registry, cache, negative, version = _get_dump(cls)
        print(f"Class: {cls.__module__}.{cls.__qualname__}", file=file)
        print(f"Inv. counter: {get_cache_token()}", file=file)
        print(f"_abc_registry: {registry!r}", file=file)
        print(f"_abc_cache: {cache!r}", file=file)
        print(f"_abc_negative_cache: {negative!r}", file=file)
        print(f"_abc_negative_cache_version: {version!r}", file=file)

    def _abc_registry_clear(cls):
        _reset_registry(cls)

    def _abc_caches_clear(cls):
        _reset_caches(cls)


def update_abstractmethods(cls):
    """Recompute cls.__abstractmethods__ after methods were added to or removed from the class."""
    if not hasattr(cls, '__abstractmethods__'):
        # Not an ABC: nothing to recompute.
        return cls
    names = {
        name
        for base in cls.__bases__
        for name in getattr(base, '__abstractmethods__', ())
        if getattr(getattr(cls, name, None), '__isabstractmethod__', False)
    }
    for name, value in cls.__dict__.items():
        if getattr(value, '__isabstractmethod__', False):
            names.add(name)
    cls.__abstractmethods__ = frozenset(names)
    return cls


class ABC(metaclass=ABCMeta):
    """Inherit from this to be an abstract base class without naming the metaclass."""

    __slots__ = ()
