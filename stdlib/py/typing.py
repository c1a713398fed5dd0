"""The typing module: what type hints are written with.

Natives used: `_typing` (TypeVar, ParamSpec, TypeVarTuple, ParamSpecArgs, ParamSpecKwargs,
TypeAliasType, Generic, Union, NoDefault, `_idfunc`). They call back into this module by name:
`_typevar_subst`, `_typevartuple_prepare_subst`, `_paramspec_subst`, `_paramspec_prepare_subst`,
`_generic_class_getitem`, `_generic_init_subclass`, `_type_check`, `_type_convert`.
"""

import collections
import collections.abc
import functools
import operator
import sys
import types
from abc import ABCMeta, abstractmethod
from types import GenericAlias

from _typing import (
    Generic, NoDefault, ParamSpec, ParamSpecArgs, ParamSpecKwargs, TypeAliasType, TypeVar,
    TypeVarTuple, Union, _idfunc,
)

__all__ = [
    'Annotated', 'Any', 'Callable', 'ClassVar', 'Concatenate', 'Final', 'ForwardRef', 'Generic',
    'Literal', 'Optional', 'ParamSpec', 'Protocol', 'Tuple', 'Type', 'TypeVar', 'TypeVarTuple',
    'Union', 'AbstractSet', 'ByteString', 'Container', 'ContextManager', 'Hashable', 'ItemsView',
    'Iterable', 'Iterator', 'KeysView', 'Mapping', 'MappingView', 'MutableMapping',
    'MutableSequence', 'MutableSet', 'Sequence', 'Sized', 'ValuesView', 'Awaitable',
    'AsyncIterator', 'AsyncIterable', 'Coroutine', 'Collection', 'AsyncGenerator',
    'AsyncContextManager', 'Reversible', 'SupportsAbs', 'SupportsBytes', 'SupportsComplex',
    'SupportsFloat', 'SupportsIndex', 'SupportsInt', 'SupportsRound', 'ChainMap', 'Counter',
    'Deque', 'Dict', 'DefaultDict', 'List', 'OrderedDict', 'Set', 'FrozenSet', 'NamedTuple',
    'TypedDict', 'Generator', 'BinaryIO', 'IO', 'Match', 'Pattern', 'TextIO', 'AnyStr',
    'assert_type', 'assert_never', 'cast', 'clear_overloads', 'dataclass_transform',
    'evaluate_forward_ref', 'final', 'get_args', 'get_origin', 'get_overloads',
    'get_protocol_members', 'get_type_hints', 'is_protocol', 'is_typeddict', 'LiteralString',
    'Never', 'NewType', 'no_type_check', 'no_type_check_decorator', 'NoDefault', 'NoReturn',
    'NotRequired', 'overload', 'override', 'ParamSpecArgs', 'ParamSpecKwargs', 'ReadOnly',
    'Required', 'reveal_type', 'runtime_checkable', 'Self', 'Text', 'TYPE_CHECKING', 'TypeAlias',
    'TypeGuard', 'TypeIs', 'TypeAliasType', 'Unpack',
]

TYPE_CHECKING = False
Text = str


def __getattr__(attr):
    """Names that are costly to make, or deprecated, are made when first used."""
    if attr == "ForwardRef":
        import annotationlib
        obj = annotationlib.ForwardRef
    elif attr in ("Pattern", "Match"):
        import re
        obj = _alias(getattr(re, attr), 1)
    elif attr in ("ContextManager", "AsyncContextManager"):
        import contextlib
        obj = _alias(getattr(contextlib, 'Abstract' + attr), 2, name=attr, defaults=(bool | None,))
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {attr!r}")
    globals()[attr] = obj
    return obj


def _format_is(format, number):
    return format is not None and format == number


# Checking and showing arguments

def _make_forward_ref(code, **kwargs):
    from annotationlib import ForwardRef
    forward_ref = ForwardRef(code, **kwargs)
    # Says at once if the text is no expression.
    forward_ref.__forward_code__
    return forward_ref


def _is_forward_ref(obj):
    annotationlib = sys.modules.get('annotationlib')
    return annotationlib is not None and isinstance(obj, annotationlib.ForwardRef)


def _type_convert(arg, module=None, *, allow_special_forms=False, owner=None):
    """None becomes NoneType, a string a forward reference."""
    if arg is None:
        return type(None)
    if isinstance(arg, str):
        return _make_forward_ref(arg, module=module, is_class=allow_special_forms, owner=owner)
    return arg


def _type_check(arg, msg, is_argument=True, module=None, *, allow_special_forms=False,
                owner=None):
    """Return arg as a type, or raise TypeError with msg in front."""
    invalid_forms = (Generic, Protocol)
    if not allow_special_forms:
        invalid_forms += (ClassVar,)
        if is_argument:
            invalid_forms += (Final,)
    arg = _type_convert(arg, module=module, allow_special_forms=allow_special_forms, owner=owner)
    if isinstance(arg, _GenericAlias) and arg.__origin__ in invalid_forms:
        raise TypeError(f"{arg} is not valid as type argument")
    if arg in (Any, LiteralString, NoReturn, Never, Self, TypeAlias):
        return arg
    if allow_special_forms and arg in (ClassVar, Final):
        return arg
    if isinstance(arg, _SpecialForm) or arg in (Generic, Protocol):
        raise TypeError(f"Plain {arg} is not valid as type argument")
    if type(arg) is tuple:
        raise TypeError(f"{msg} Got {arg!r:.100}.")
    return arg


def _is_param_expr(arg):
    return arg is ... or isinstance(arg, (tuple, list)) or (
        isinstance(arg, (ParamSpec, _ConcatenateGenericAlias)))


def _type_repr(obj):
    """How an argument is shown inside brackets."""
    if isinstance(obj, tuple):
        # The parameters of a generic over a ParamSpec.
        return '[' + ', '.join([_type_repr(item) for item in obj]) + ']'
    if isinstance(obj, (type, types.FunctionType, types.BuiltinFunctionType)):
        if obj.__module__ == 'builtins':
            return obj.__qualname__
        return f'{obj.__module__}.{obj.__qualname__}'
    if obj is ...:
        return '...'
    if type(obj).__module__ == 'string.templatelib':
        from annotationlib import type_repr
        return type_repr(obj)
    return repr(obj)


def _is_typevar_like(x):
    return isinstance(x, (TypeVar, ParamSpec)) or _is_unpacked_typevartuple(x)


def _is_unpacked_typevartuple(x):
    # Only true for Unpack[Ts], whose attribute is a value; a class has at most a property.
    return not isinstance(x, type) and getattr(x, '__typing_is_unpacked_typevartuple__', False)


def _collect_type_parameters(args, *, enforce_default_ordering=True, validate_all=False):
    """The type variables in args in order of appearance."""
    found = []
    state = {'default': False, 'tuple': False}

    def add(param):
        if enforce_default_ordering:
            if param.has_default():
                if state['tuple'] and not isinstance(param, ParamSpec):
                    raise TypeError('Type parameter with a default follows TypeVarTuple')
                state['default'] = True
            elif state['default']:
                raise TypeError(f'Type parameter {param!r} without a default '
                                'follows type parameter with a default')
        found.append(param)

    for arg in args:
        if isinstance(arg, type):
            continue
        if isinstance(arg, tuple):
            # A list of parameters given for a ParamSpec.
            for item in arg:
                for collected in _collect_type_parameters([item]):
                    if collected not in found:
                        found.append(collected)
        elif hasattr(arg, '__typing_subst__'):
            if arg not in found:
                add(arg)
        elif validate_all and isinstance(arg, _GenericAlias) and (
                arg.__origin__ in (Generic, Protocol)):
            # What Generic[...] lists goes first, whatever the other bases have.
            for param in arg.__parameters__:
                if param not in found:
                    add(param)
        else:
            if _is_unpacked_typevartuple(arg):
                state['tuple'] = True
            for param in getattr(arg, '__parameters__', ()):
                if param not in found:
                    add(param)
    return tuple(found)


def _too(actual, expected, target, shown):
    return TypeError(f"Too {'many' if actual > expected else 'few'} arguments for {target};"
                     f" actual {actual}, expected {shown}")


def _check_generic_specialization(cls, arguments):
    expected = len(cls.__parameters__)
    if not expected:
        raise TypeError(f"{cls} is not a generic class")
    actual = len(arguments)
    if actual != expected:
        if actual < expected:
            # Those behind may have defaults.
            if cls.__parameters__[actual].has_default():
                return
            required = expected - sum(param.has_default() for param in cls.__parameters__)
            shown = f"at least {required}"
        else:
            shown = expected
        if not any(param.has_default() for param in cls.__parameters__):
            shown = expected
        raise _too(actual, expected, cls, shown)


def _unpack_args(*args):
    """Replace unpacked tuples of known length by their items."""
    result = []
    for arg in args:
        items = getattr(arg, '__typing_unpacked_tuple_args__', None)
        if items is not None and not (items and items[-1] is ...):
            result.extend(items)
        else:
            result.append(arg)
    return result


def _deduplicate(params, *, unhashable_fallback=False):
    try:
        return dict.fromkeys(params)
    except TypeError:
        if not unhashable_fallback:
            raise
        unique = []
        for param in params:
            if param not in unique:
                unique.append(param)
        return unique


def _flatten_literal_params(parameters):
    flat = []
    for param in parameters:
        if isinstance(param, _LiteralGenericAlias):
            flat.extend(param.__args__)
        else:
            flat.append(param)
    return tuple(flat)


_cleanups = []
_caches = {}


def _tp_cache(func=None, /, *, typed=False):
    """Keep results, so that List[int] is List[int]; unhashable arguments are just computed."""
    def decorator(func):
        # Through a dict and not the closure, so that copies of the function share it.
        _caches[func] = functools.lru_cache(typed=typed)(func)
        _cleanups.append(_caches[func].cache_clear)

        @functools.wraps(func)
        def inner(*args, **kwds):
            try:
                return _caches[func](*args, **kwds)
            except TypeError:
                # Unhashable, or a real error that comes again.
                pass
            return func(*args, **kwds)

        return inner

    return decorator if func is None else decorator(func)


# Substitution, called by the native type variables

def _typevar_subst(self, arg):
    arg = _type_check(arg, "Parameters to generic types must be types.", is_argument=True)
    if (isinstance(arg, _GenericAlias) and arg.__origin__ is Unpack) or (
            isinstance(arg, GenericAlias) and getattr(arg, '__unpacked__', False)):
        raise TypeError(f"{arg} is not valid as type argument")
    return arg


def _typevartuple_prepare_subst(self, alias, args):
    params = alias.__parameters__
    position = params.index(self)
    for param in params[position + 1:]:
        if isinstance(param, TypeVarTuple):
            raise TypeError(f"More than one TypeVarTuple parameter in {alias}")
    n_args, n_params = len(args), len(params)
    left, right = position, n_params - position - 1
    unpacked_at = fill = None
    for index, arg in enumerate(args):
        if isinstance(arg, type):
            continue
        items = getattr(arg, '__typing_unpacked_tuple_args__', None)
        if items and len(items) == 2 and items[-1] is ...:
            if unpacked_at is not None:
                raise TypeError("More than one unpacked arbitrary-length tuple argument")
            unpacked_at = index
            fill = items[0]
    if unpacked_at is not None:
        left = min(left, unpacked_at)
        right = min(right, n_args - unpacked_at - 1)
    elif left + right > n_args:
        raise TypeError(f"Too few arguments for {alias};"
                        f" actual {n_args}, expected at least {n_params - 1}")
    if left == n_args - right and self.has_default():
        replacement = _unpack_args(self.__default__)
    else:
        replacement = args[left:n_args - right]
    return (*args[:left], *([fill] * (position - left)), replacement,
            *([fill] * (n_params - right - left - position - 1) if unpacked_at is None
              else [fill] * (n_params - position - 1 - right)), *args[n_args - right:])


def _paramspec_subst(self, arg):
    if isinstance(arg, (list, tuple)):
        return tuple([_type_check(item, "Expected a type.") for item in arg])
    if not _is_param_expr(arg):
        raise TypeError(f"Expected a list of types, an ellipsis, "
                        f"ParamSpec, or Concatenate. Got {arg}")
    return arg


def _paramspec_prepare_subst(self, alias, args):
    params = alias.__parameters__
    index = params.index(self)
    if index == len(args) and self.has_default():
        args = (*args, self.__default__)
    if index >= len(args):
        raise TypeError(f"Too few arguments for {alias}")
    if len(params) == 1 and not _is_param_expr(args[0]):
        # Z[int, str] means Z[[int, str]] if the ParamSpec is the only parameter.
        assert index == 0
        return (args,)
    if isinstance(args[index], list):
        return (*args[:index], tuple(args[index]), *args[index + 1:])
    return args


@_tp_cache
def _generic_class_getitem(cls, args):
    """Class[args] for a generic class."""
    if not isinstance(args, tuple):
        args = (args,)
    args = tuple([_type_convert(arg) for arg in args])
    if cls in (Generic, Protocol):
        if not args:
            raise TypeError(f"Parameter list to {cls.__qualname__}[...] cannot be empty")
        if not all(_is_typevar_like(arg) for arg in args):
            raise TypeError(f"Parameters to {cls.__name__}[...] must all be type variables "
                            f"or parameter specification variables.")
        if len(set(args)) != len(args):
            raise TypeError(f"Parameters to {cls.__name__}[...] must all be unique")
    else:
        for param in cls.__parameters__:
            prepare = getattr(param, '__typing_prepare_subst__', None)
            if prepare is not None:
                args = prepare(cls, args)
        _check_generic_specialization(cls, args)
        new_args = []
        for param, arg in zip(cls.__parameters__, args):
            if isinstance(param, TypeVarTuple):
                new_args.extend(arg)
            else:
                new_args.append(arg)
        args = tuple(new_args)
    return _GenericAlias(cls, args)


def _generic_init_subclass(cls, *args, **kwargs):
    """__init_subclass__ of Generic: finds the type parameters of the class."""
    super(Generic, cls).__init_subclass__(*args, **kwargs)
    tvars = []
    orig_bases = cls.__dict__.get('__orig_bases__')
    if orig_bases is not None:
        error = Generic in orig_bases
    else:
        error = (Generic in cls.__bases__ and cls.__name__ != 'Protocol'
                 and type(cls) != _TypedDictMeta)
    if error:
        raise TypeError("Cannot inherit from plain Generic")
    if orig_bases is not None:
        tvars = _collect_type_parameters(orig_bases, validate_all=True)
        listed = None
        for base in orig_bases:
            if isinstance(base, _GenericAlias) and base.__origin__ is Generic:
                if listed is not None:
                    raise TypeError("Cannot inherit from Generic[...] multiple times.")
                listed = base.__parameters__
        if listed is None:
            listed = tvars
        unlisted = [tvar for tvar in tvars if tvar not in listed]
        if unlisted:
            shown = ', '.join([str(tvar) for tvar in unlisted])
            all_shown = ', '.join([str(tvar) for tvar in listed])
            raise TypeError(f"Some type variables ({shown}) are"
                            f" not listed in Generic[{all_shown}]")
        tvars = listed
    cls.__parameters__ = tuple(tvars)


# Special forms

class _NotIterable:
    """Mixin: no iteration by way of __getitem__."""

    __slots__ = ()
    __iter__ = None


# No docstring of its own: the slot __doc__ holds that of the form.
class _SpecialForm(_NotIterable):
    __slots__ = ('_name', '__doc__', '_getitem')

    def __init__(self, getitem):
        self._getitem = getitem
        self._name = getitem.__name__
        self.__doc__ = getitem.__doc__

    def __getattr__(self, item):
        if item in {'__name__', '__qualname__'}:
            return self._name
        raise AttributeError(item)

    def __mro_entries__(self, bases):
        raise TypeError(f"Cannot subclass {self!r}")

    def __repr__(self):
        return 'typing.' + self._name

    def __reduce__(self):
        return self._name

    def __call__(self, *args, **kwds):
        raise TypeError(f"Cannot instantiate {self!r}")

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]

    def __instancecheck__(self, obj):
        raise TypeError(f"{self} cannot be used with isinstance()")

    def __subclasscheck__(self, cls):
        raise TypeError(f"{self} cannot be used with issubclass()")

    @_tp_cache
    def __getitem__(self, parameters):
        return self._getitem(self, parameters)


# A form for which 1 and True are different parameters.
class _TypedCacheSpecialForm(_SpecialForm):
    def __getitem__(self, parameters):
        if not isinstance(parameters, tuple):
            parameters = (parameters,)
        return self._getitem(self, *parameters)


class _AnyMeta(type):
    def __instancecheck__(self, obj):
        if self is Any:
            raise TypeError("typing.Any cannot be used with isinstance()")
        return super().__instancecheck__(obj)

    def __repr__(self):
        if self is Any:
            return "typing.Any"
        return super().__repr__()


class Any(metaclass=_AnyMeta):
    """Any type at all."""

    def __new__(cls, *args, **kwargs):
        if cls is Any:
            raise TypeError("Any cannot be instantiated")
        return super().__new__(cls)


def _no_parameters(self, parameters):
    raise TypeError(f"{self} is not subscriptable")


@_SpecialForm
def NoReturn(self, parameters):
    """Result type of functions that never return."""
    _no_parameters(self, parameters)


@_SpecialForm
def Never(self, parameters):
    """The type without values."""
    _no_parameters(self, parameters)


@_SpecialForm
def Self(self, parameters):
    """The class a method is called on."""
    _no_parameters(self, parameters)


@_SpecialForm
def LiteralString(self, parameters):
    """A string made of literals only."""
    _no_parameters(self, parameters)


@_SpecialForm
def ClassVar(self, parameters):
    """Marks a class variable: ClassVar[int]."""
    item = _type_check(parameters, f'{self} accepts only single type.', allow_special_forms=True)
    return _GenericAlias(self, (item,))


@_SpecialForm
def Final(self, parameters):
    """Marks a name that is not assigned again: Final[int]."""
    item = _type_check(parameters, f'{self} accepts only single type.', allow_special_forms=True)
    return _GenericAlias(self, (item,))


@_SpecialForm
def Optional(self, parameters):
    """Optional[X] is X | None."""
    arg = _type_check(parameters, f"{self} requires a single type.")
    return Union[arg, type(None)]


@_TypedCacheSpecialForm
@_tp_cache(typed=True)
def Literal(self, *parameters):
    """One of the given values: Literal['r', 'w']."""
    parameters = _flatten_literal_params(parameters)
    try:
        # Equal values of different types are different, so the type goes into the key.
        parameters = tuple([value for value, _ in _deduplicate(
            [(value, type(value)) for value in parameters])])
    except TypeError:
        # Unhashable values: they stay as they are.
        pass
    return _LiteralGenericAlias(self, parameters)


@_SpecialForm
def TypeAlias(self, parameters):
    """Marks an assignment as a type alias."""
    _no_parameters(self, parameters)


@_SpecialForm
def Concatenate(self, parameters):
    """Parameters in front of a ParamSpec: Callable[Concatenate[int, P], int]."""
    if parameters == ():
        raise TypeError("Cannot take a Concatenate of no types.")
    if not isinstance(parameters, tuple):
        parameters = (parameters,)
    if not (parameters[-1] is ... or isinstance(parameters[-1], ParamSpec)):
        raise TypeError("The last parameter to Concatenate should be a "
                        "ParamSpec variable or ellipsis.")
    msg = "Concatenate[arg, ...]: each arg must be a type."
    parameters = (*[_type_check(p, msg) for p in parameters[:-1]], parameters[-1])
    return _ConcatenateGenericAlias(self, parameters)


@_SpecialForm
def TypeGuard(self, parameters):
    """Result type of a function that tells whether its argument is of a type."""
    item = _type_check(parameters, f'{self} accepts only single type.')
    return _GenericAlias(self, (item,))


@_SpecialForm
def TypeIs(self, parameters):
    """Like TypeGuard, and false means the argument is not of the type."""
    item = _type_check(parameters, f'{self} accepts only single type.')
    return _GenericAlias(self, (item,))


@_SpecialForm
def Required(self, parameters):
    """Marks a key of a TypedDict that must be there."""
    item = _type_check(parameters, f'{self._name} accepts only a single type.',
                       allow_special_forms=True)
    return _GenericAlias(self, (item,))


@_SpecialForm
def NotRequired(self, parameters):
    """Marks a key of a TypedDict that may be missing."""
    item = _type_check(parameters, f'{self._name} accepts only a single type.',
                       allow_special_forms=True)
    return _GenericAlias(self, (item,))


@_SpecialForm
def ReadOnly(self, parameters):
    """Marks a key of a TypedDict that is not changed."""
    item = _type_check(parameters, f'{self._name} accepts only a single type.',
                       allow_special_forms=True)
    return _GenericAlias(self, (item,))


@_SpecialForm
def Unpack(self, parameters):
    """Unpack[Ts] is *Ts."""
    item = _type_check(parameters, f'{self} accepts only single type.')
    return _UnpackGenericAlias(origin=self, args=(item,))


@_TypedCacheSpecialForm
@_tp_cache(typed=True)
def Annotated(self, *params):
    """A type with something more said about it: Annotated[int, Gt(3)]."""
    if len(params) < 2:
        raise TypeError("Annotated[...] should be used with at least two arguments (a type and an "
                        "annotation).")
    if _is_unpacked_typevartuple(params[0]):
        raise TypeError("Annotated[...] should not be used with an unpacked TypeVarTuple")
    msg = "Annotated[t, ...]: t must be a type."
    origin = _type_check(params[0], msg, allow_special_forms=True)
    return _AnnotatedAlias(origin, tuple(params[1:]))


# Generic aliases

def _is_dunder(attr):
    return attr.startswith('__') and attr.endswith('__')


class _Final:
    """Mixin that forbids subclassing."""

    __slots__ = ('__weakref__',)

    def __init_subclass__(cls, /, *args, **kwds):
        if '_root' not in kwds:
            raise TypeError("Cannot subclass special typing classes")


class _BaseGenericAlias(_Final, _root=True):
    """What all aliases share: they behave like the class behind them."""

    def __init__(self, origin, *, inst=True, name=None):
        self._inst = inst
        self._name = name
        self.__origin__ = origin
        self.__slots__ = None   # Not the slots of the class behind.

    def __call__(self, *args, **kwargs):
        if not self._inst:
            raise TypeError(f"Type {self._name} cannot be instantiated; "
                            f"use {self.__origin__.__name__}() instead")
        result = self.__origin__(*args, **kwargs)
        try:
            result.__orig_class__ = self
        except Exception:
            # Not every instance takes attributes, and its class may raise anything.
            pass
        return result

    def __mro_entries__(self, bases):
        result = []
        if self.__origin__ not in bases:
            result.append(self.__origin__)
        # Generic comes in here unless a base behind brings it.
        index = bases.index(self)
        for base in bases[index + 1:]:
            if isinstance(base, _BaseGenericAlias):
                break
            if not isinstance(base, type):
                entries = getattr(base, "__mro_entries__", None)
                base = entries(bases) if entries else ()
                if any(isinstance(item, type) and issubclass(item, Generic) for item in base):
                    break
            elif issubclass(base, Generic):
                break
        else:
            result.append(Generic)
        return tuple(result)

    def __getattr__(self, attr):
        if attr in {'__origin__', '__args__'}:
            raise AttributeError(attr)
        if attr in {'__name__', '__qualname__'} and '__origin__' in self.__dict__:
            return self._name or self.__origin__.__name__
        # Reached before __init__ too, when an alias is being copied.
        if '__origin__' in self.__dict__ and not _is_dunder(attr):
            return getattr(self.__origin__, attr)
        raise AttributeError(attr)

    def __setattr__(self, attr, val):
        if _is_dunder(attr) or attr in {'_name', '_inst', '_nparams', '_defaults'}:
            super().__setattr__(attr, val)
        else:
            setattr(self.__origin__, attr, val)

    def __instancecheck__(self, obj):
        return self.__subclasscheck__(type(obj))

    def __subclasscheck__(self, cls):
        raise TypeError("Subscripted generics cannot be used with"
                        " class and instance checks")

    def __dir__(self):
        return list(set(super().__dir__()
                        + [attr for attr in dir(self.__origin__) if not _is_dunder(attr)]))


class _GenericAlias(_BaseGenericAlias, _root=True):
    """A class with its type arguments: List[int], or C[int] for a generic class C."""

    def __init__(self, origin, args, *, inst=True, name=None):
        super().__init__(origin, inst=inst, name=name)
        if not isinstance(args, tuple):
            args = (args,)
        self.__args__ = args
        self.__parameters__ = _collect_type_parameters(
            args, enforce_default_ordering=origin in (Generic, Protocol))
        if not name:
            self.__module__ = origin.__module__

    def __eq__(self, other):
        if not isinstance(other, _GenericAlias):
            return NotImplemented
        return self.__origin__ == other.__origin__ and self.__args__ == other.__args__

    def __hash__(self):
        return hash((self.__origin__, self.__args__))

    def __or__(self, right):
        return Union[self, right]

    def __ror__(self, left):
        return Union[left, self]

    @_tp_cache
    def __getitem__(self, args):
        if self.__origin__ in (Generic, Protocol):
            raise TypeError(f"Cannot subscript already-subscripted {self}")
        if not self.__parameters__:
            raise TypeError(f"{self} is not a generic class")
        if not isinstance(args, tuple):
            args = (args,)
        args = _unpack_args(*[_type_convert(arg) for arg in args])
        return self.copy_with(self._determine_new_args(tuple(args)))

    def _determine_new_args(self, args):
        params = self.__parameters__
        for param in params:
            prepare = getattr(param, '__typing_prepare_subst__', None)
            if prepare is not None:
                args = prepare(self, args)
        if len(args) != len(params):
            raise _too(len(args), len(params), self, len(params))
        return tuple(self._make_substitution(self.__args__, dict(zip(params, args))))

    def _make_substitution(self, args, new_arg_by_param):
        new_args = []
        for old_arg in args:
            if isinstance(old_arg, type):
                new_args.append(old_arg)
                continue
            substitute = getattr(old_arg, '__typing_subst__', None)
            if substitute:
                new_arg = substitute(new_arg_by_param[old_arg])
            else:
                inner = getattr(old_arg, '__parameters__', ())
                if not inner:
                    new_arg = old_arg
                else:
                    inner_args = []
                    for param in inner:
                        if isinstance(param, TypeVarTuple):
                            inner_args.extend(new_arg_by_param[param])
                        else:
                            inner_args.append(new_arg_by_param[param])
                    new_arg = old_arg[tuple(inner_args)]
            if self.__origin__ == collections.abc.Callable and isinstance(new_arg, tuple):
                # The arguments of a Callable are kept flat.
                new_args.extend(new_arg)
            elif _is_unpacked_typevartuple(old_arg):
                new_args.extend(new_arg)
            elif isinstance(old_arg, tuple):
                # The list of types that stands for a ParamSpec.
                new_args.append(tuple(self._make_substitution(old_arg, new_arg_by_param)))
            else:
                new_args.append(new_arg)
        return new_args

    def copy_with(self, args):
        return self.__class__(self.__origin__, args, name=self._name, inst=self._inst)

    def __repr__(self):
        name = 'typing.' + self._name if self._name else _type_repr(self.__origin__)
        args = ", ".join([_type_repr(arg) for arg in self.__args__]) if self.__args__ else "()"
        return f'{name}[{args}]'

    def __reduce__(self):
        origin = globals()[self._name] if self._name else self.__origin__
        args = tuple(self.__args__)
        if len(args) == 1 and not isinstance(args[0], tuple):
            args, = args
        return operator.getitem, (origin, args)

    def __mro_entries__(self, bases):
        origin = self.__origin__
        if isinstance(origin, _SpecialForm):
            raise TypeError(f"Cannot subclass {self!r}")
        if self._name:
            return super().__mro_entries__(bases)
        if origin is Generic:
            if Protocol in bases:
                return ()
            index = bases.index(self)
            for base in bases[index + 1:]:
                if isinstance(base, _BaseGenericAlias) and base is not self:
                    return ()
        return (origin,)

    def __iter__(self):
        yield Unpack[self]


class _SpecialGenericAlias(_NotIterable, _BaseGenericAlias, _root=True):
    """A name for a class of another module that takes nparams arguments: List, Dict."""

    def __init__(self, origin, nparams, *, inst=True, name=None, defaults=()):
        if name is None:
            name = origin.__name__
        super().__init__(origin, inst=inst, name=name)
        self._nparams = nparams
        self._defaults = defaults
        if origin.__module__ == 'builtins':
            self.__doc__ = f'Deprecated alias to {origin.__qualname__}.'
        else:
            self.__doc__ = f'Deprecated alias to {origin.__module__}.{origin.__qualname__}.'

    @_tp_cache
    def __getitem__(self, params):
        if not isinstance(params, tuple):
            params = (params,)
        msg = "Parameters to generic types must be types."
        params = tuple([_type_check(param, msg) for param in params])
        missing = self._nparams - len(params)
        if self._defaults and 0 < missing <= len(self._defaults):
            params = (*params, *self._defaults[len(self._defaults) - missing:])
        actual = len(params)
        if not self._nparams:
            raise TypeError(f"{self} is not a generic class")
        if actual != self._nparams:
            shown = self._nparams
            if self._defaults:
                shown = f"at least {self._nparams - len(self._defaults)}"
            raise _too(actual, self._nparams, self, shown)
        return self.copy_with(params)

    def copy_with(self, params):
        return _GenericAlias(self.__origin__, params, name=self._name, inst=self._inst)

    def __repr__(self):
        return 'typing.' + self._name

    def __subclasscheck__(self, cls):
        if isinstance(cls, _SpecialGenericAlias):
            return issubclass(cls.__origin__, self.__origin__)
        if not isinstance(cls, _GenericAlias):
            return issubclass(cls, self.__origin__)
        return super().__subclasscheck__(cls)

    def __reduce__(self):
        return self._name

    def __or__(self, right):
        return Union[self, right]

    def __ror__(self, left):
        return Union[left, self]


class _DeprecatedGenericAlias(_SpecialGenericAlias, _root=True):
    """A name whose use in isinstance() warns."""

    def __init__(self, origin, nparams, *, removal_version, inst=True, name=None):
        super().__init__(origin, nparams, inst=inst, name=name)
        _removal_versions[self._name] = removal_version

    def __instancecheck__(self, inst):
        import warnings
        warnings._deprecated(f"{self.__module__}.{self._name}",
                             remove=_removal_versions[self._name])
        return super().__instancecheck__(inst)


_removal_versions = {}


class _CallableGenericAlias(_NotIterable, _GenericAlias, _root=True):
    def __repr__(self):
        assert self._name == 'Callable'
        args = self.__args__
        if len(args) == 2 and _is_param_expr(args[0]):
            return super().__repr__()
        params = ', '.join([_type_repr(arg) for arg in args[:-1]])
        return f'typing.Callable[[{params}], {_type_repr(args[-1])}]'

    def __reduce__(self):
        args = self.__args__
        if not (len(args) == 2 and _is_param_expr(args[0])):
            args = list(args[:-1]), args[-1]
        return operator.getitem, (Callable, args)


class _CallableType(_SpecialGenericAlias, _root=True):
    def copy_with(self, params):
        return _CallableGenericAlias(self.__origin__, params, name=self._name, inst=self._inst)

    def __getitem__(self, params):
        if not isinstance(params, tuple) or len(params) != 2:
            raise TypeError("Callable must be used as Callable[[arg, ...], result].")
        args, result = params
        # A list cannot be cached, so turn it into a tuple first.
        return self._cached_getitem((tuple(args), result) if isinstance(args, list)
                                    else (args, result))

    @_tp_cache
    def _cached_getitem(self, params):
        args, result = params
        result = _type_check(result, "Callable[args, result]: result must be a type.")
        if args is ...:
            return self.copy_with((..., result))
        if not isinstance(args, tuple):
            args = (args,)
        args = tuple([_type_convert(arg) for arg in args])
        return self.copy_with(args + (result,))


class _TupleType(_SpecialGenericAlias, _root=True):
    @_tp_cache
    def __getitem__(self, params):
        if not isinstance(params, tuple):
            params = (params,)
        msg = "Tuple[t0, t1, ...]: each t must be a type."
        if len(params) >= 2 and params[-1] is ...:
            params = tuple([_type_check(param, msg) for param in params[:-1]])
            return self.copy_with((*params, ...))
        return self.copy_with(tuple([_type_check(param, msg) for param in params]))


class _UnionGenericAliasMeta(type):
    def __instancecheck__(self, inst):
        import warnings
        warnings._deprecated("_UnionGenericAlias", remove=(3, 17))
        return isinstance(inst, Union)

    def __subclasscheck__(self, inst):
        import warnings
        warnings._deprecated("_UnionGenericAlias", remove=(3, 17))
        return issubclass(inst, Union)

    def __eq__(self, other):
        import warnings
        warnings._deprecated("_UnionGenericAlias", remove=(3, 17))
        if other is _UnionGenericAlias or other is Union:
            return True
        return NotImplemented

    def __hash__(self):
        return hash(Union)


class _UnionGenericAlias(metaclass=_UnionGenericAliasMeta):
    """Only kept for code that asks isinstance(x, typing._UnionGenericAlias)."""

    def __new__(cls, self_cls, parameters, /, *, name=None):
        import warnings
        warnings._deprecated("_UnionGenericAlias", remove=(3, 17))
        return Union[parameters]


class _LiteralGenericAlias(_GenericAlias, _root=True):
    def __eq__(self, other):
        if not isinstance(other, _LiteralGenericAlias):
            return NotImplemented
        return _value_and_type_set(self) == _value_and_type_set(other)

    def __hash__(self):
        return hash(frozenset(_value_and_type_set(self)))


def _value_and_type_set(alias):
    return {(value, type(value)) for value in alias.__args__}


class _ConcatenateGenericAlias(_GenericAlias, _root=True):
    def copy_with(self, params):
        last = params[-1]
        if isinstance(last, (list, tuple)):
            return (*params[:-1], *last)
        if isinstance(last, _ConcatenateGenericAlias):
            params = (*params[:-1], *last.__args__)
        return super().copy_with(params)


class _UnpackGenericAlias(_GenericAlias, _root=True):
    def __repr__(self):
        # As it is written with an asterisk it could not be read back.
        return 'typing.Unpack[' + _type_repr(self.__args__[0]) + ']'

    def __getitem__(self, args):
        if self.__typing_is_unpacked_typevartuple__:
            return args
        return super().__getitem__(args)

    @property
    def __typing_unpacked_tuple_args__(self):
        assert self.__origin__ is Unpack
        assert len(self.__args__) == 1
        arg, = self.__args__
        if isinstance(arg, (_GenericAlias, GenericAlias)):
            if arg.__origin__ is not tuple:
                raise TypeError("Unpack[...] must be used with a tuple type")
            return arg.__args__
        return None

    @property
    def __typing_is_unpacked_typevartuple__(self):
        assert self.__origin__ is Unpack
        assert len(self.__args__) == 1
        return isinstance(self.__args__[0], TypeVarTuple)


class _AnnotatedAlias(_NotIterable, _GenericAlias, _root=True):
    """Annotated[X, ...]: the origin is X, the rest is __metadata__."""

    def __init__(self, origin, metadata):
        if isinstance(origin, _AnnotatedAlias):
            metadata = origin.__metadata__ + metadata
            origin = origin.__origin__
        super().__init__(origin, origin, name='Annotated')
        self.__metadata__ = metadata

    def copy_with(self, params):
        assert len(params) == 1
        return _AnnotatedAlias(params[0], self.__metadata__)

    def __repr__(self):
        return "typing.Annotated[{}, {}]".format(
            _type_repr(self.__origin__), ", ".join([repr(item) for item in self.__metadata__]))

    def __reduce__(self):
        return operator.getitem, (Annotated, (self.__origin__,) + self.__metadata__)

    def __eq__(self, other):
        if not isinstance(other, _AnnotatedAlias):
            return NotImplemented
        return (self.__origin__ == other.__origin__
                and self.__metadata__ == other.__metadata__)

    def __hash__(self):
        return hash((self.__origin__, self.__metadata__))

    def __getattr__(self, attr):
        if attr in {'__name__', '__qualname__'}:
            return 'Annotated'
        return super().__getattr__(attr)

    def __mro_entries__(self, bases):
        return (self.__origin__,)


# Protocols

_TYPING_INTERNALS = frozenset({
    '__parameters__', '__orig_bases__', '__orig_class__', '_is_protocol', '_is_runtime_protocol',
    '__protocol_attrs__', '__non_callable_proto_members__', '__type_params__',
})
_SPECIAL_NAMES = frozenset({
    '__abstractmethods__', '__annotations__', '__dict__', '__doc__', '__init__', '__module__',
    '__new__', '__slots__', '__subclasshook__', '__weakref__', '__class_getitem__',
    '__match_args__', '__static_attributes__', '__firstlineno__', '__annotate__',
    '__annotate_func__', '__annotations_cache__',
})
EXCLUDED_ATTRIBUTES = _TYPING_INTERNALS | _SPECIAL_NAMES | {'_MutableMapping__marker'}


def _get_protocol_attrs(cls):
    """The names a protocol asks for."""
    import annotationlib
    attrs = set()
    for base in cls.__mro__[:-1]:
        if base.__name__ in {'Protocol', 'Generic'}:
            continue
        try:
            annotations = base.__annotations__
        except Exception:
            # Names that are not defined yet.
            annotations = annotationlib.get_annotations(
                base, format=annotationlib.Format.FORWARDREF)
        for attr in (*base.__dict__, *annotations):
            if not attr.startswith('_abc_') and attr not in EXCLUDED_ATTRIBUTES:
                attrs.add(attr)
    return attrs


def _no_init_or_replace_init(self, *args, **kwargs):
    """The __init__ of protocols: refuses, or gives way to that of a class behind."""
    cls = type(self)
    if cls._is_protocol:
        raise TypeError('Protocols cannot be instantiated')
    if cls.__init__ is not _no_init_or_replace_init:
        # Replaced by an earlier call.
        return
    for base in cls.__mro__:
        init = base.__dict__.get('__init__', _no_init_or_replace_init)
        if init is not _no_init_or_replace_init:
            cls.__init__ = init
            break
    else:
        cls.__init__ = object.__init__
    cls.__init__(self, *args, **kwargs)


def _caller(depth=1, default='__main__'):
    try:
        return sys._getframemodulename(depth + 1) or default
    except AttributeError:
        pass
    try:
        return sys._getframe(depth + 1).f_globals.get('__name__', default)
    except (AttributeError, ValueError):
        return None


def _allow_reckless_class_checks(depth=2):
    """abc and functools ask issubclass() of anything; they get an answer, not an error."""
    return _caller(depth) in {'abc', '_py_abc', 'functools', None}


_PROTO_ALLOWLIST = {
    'collections.abc': ['Callable', 'Awaitable', 'Iterable', 'Iterator', 'AsyncIterable',
                        'AsyncIterator', 'Hashable', 'Sized', 'Container', 'Collection',
                        'Reversible', 'Buffer'],
    'contextlib': ['AbstractContextManager', 'AbstractAsyncContextManager'],
    'io': ['Reader', 'Writer'],
    'os': ['PathLike'],
}


def _getattr_static(obj, attr):
    from inspect import getattr_static
    return getattr_static(obj, attr)


class _ProtocolMeta(ABCMeta):
    def __new__(mcls, name, bases, namespace, /, **kwargs):
        if name == "Protocol" and bases == (Generic,):
            pass
        elif Protocol in bases:
            for base in bases:
                if not (base in {object, Generic}
                        or base.__name__ in _PROTO_ALLOWLIST.get(base.__module__, [])
                        or (issubclass(base, Generic)
                            and getattr(base, "_is_protocol", False))):
                    raise TypeError(f"Protocols can only inherit from other protocols, "
                                    f"got {base!r}")
        return super().__new__(mcls, name, bases, namespace, **kwargs)

    def __init__(cls, *args, **kwargs):
        if getattr(cls, "_is_protocol", False):
            cls.__protocol_attrs__ = _get_protocol_attrs(cls)

    def __subclasscheck__(cls, other):
        if cls is Protocol:
            return type.__subclasscheck__(cls, other)
        if getattr(cls, '_is_protocol', False) and not _allow_reckless_class_checks():
            if not getattr(cls, '_is_runtime_protocol', False):
                if not isinstance(other, type):
                    raise TypeError('issubclass() arg 1 must be a class')
                raise TypeError("Instance and class checks can only be used with "
                                "@runtime_checkable protocols")
            if (cls.__non_callable_proto_members__
                    and cls.__dict__.get("__subclasshook__") is _proto_hook):
                if not isinstance(other, type):
                    raise TypeError('issubclass() arg 1 must be a class')
                names = sorted(cls.__non_callable_proto_members__)
                raise TypeError("Protocols with non-method members don't support issubclass()."
                                f" Non-method members: {str(names)[1:-1]}.")
        return ABCMeta.__subclasscheck__(cls, other)

    def __instancecheck__(cls, instance):
        # Checks in the order of their cost.
        if cls is Protocol:
            return type.__instancecheck__(cls, instance)
        if not getattr(cls, "_is_protocol", False):
            return ABCMeta.__instancecheck__(cls, instance)
        if (not getattr(cls, '_is_runtime_protocol', False)
                and not _allow_reckless_class_checks()):
            raise TypeError("Instance and class checks can only be used with"
                            " @runtime_checkable protocols")
        if ABCMeta.__instancecheck__(cls, instance):
            return True
        for attr in cls.__protocol_attrs__:
            try:
                value = _getattr_static(instance, attr)
            except AttributeError:
                return False
            if value is None and attr not in cls.__non_callable_proto_members__:
                return False
        return True


@classmethod
def _proto_hook(cls, other):
    if not cls.__dict__.get('_is_protocol', False):
        return NotImplemented
    for attr in cls.__protocol_attrs__:
        for base in other.__mro__:
            if attr in base.__dict__:
                # None says that the class has not got it.
                if base.__dict__[attr] is None:
                    return NotImplemented
                break
            if (issubclass(other, Generic) and getattr(other, "_is_protocol", False)
                    and attr in _annotations_of(base)):
                break
        else:
            return NotImplemented
    return True


def _annotations_of(base):
    import annotationlib
    return annotationlib.get_annotations(base, format=annotationlib.Format.FORWARDREF)


class Protocol(Generic, metaclass=_ProtocolMeta):
    """Base of protocols: classes that say by their members what an object must have."""

    __slots__ = ()
    _is_protocol = True
    _is_runtime_protocol = False

    def __init_subclass__(cls, *args, **kwargs):
        super().__init_subclass__(*args, **kwargs)
        if not cls.__dict__.get('_is_protocol', False):
            cls._is_protocol = any(base is Protocol for base in cls.__bases__)
        if '__subclasshook__' not in cls.__dict__:
            cls.__subclasshook__ = _proto_hook
        if cls._is_protocol and cls.__init__ is Protocol.__init__:
            cls.__init__ = _no_init_or_replace_init


def runtime_checkable(cls):
    """Class decorator that allows isinstance() and issubclass() with a protocol."""
    if not ((isinstance(cls, type) and issubclass(cls, Generic)) and getattr(
            cls, '_is_protocol', False)):
        raise TypeError('@runtime_checkable can be only applied to protocol classes,'
                        ' got %r' % cls)
    cls._is_runtime_protocol = True
    cls.__non_callable_proto_members__ = set()
    for attr in cls.__protocol_attrs__:
        try:
            is_callable = callable(getattr(cls, attr, None))
        except Exception as e:
            raise TypeError(f"Failed to determine whether protocol member {attr!r} "
                            "is a method member") from e
        if not is_callable:
            cls.__non_callable_proto_members__.add(attr)
    return cls


def is_protocol(tp, /):
    """True for a protocol class."""
    return (isinstance(tp, type) and getattr(tp, '_is_protocol', False)
            and tp != Protocol)


def get_protocol_members(tp, /):
    """The names of a protocol's members, as a frozenset."""
    if not is_protocol(tp):
        raise TypeError(f'{tp!r} is not a Protocol')
    return frozenset(tp.__protocol_attrs__)


# Aliases of classes

def _alias(origin, nparams, **kwargs):
    return _SpecialGenericAlias(origin, nparams, **kwargs)


T = TypeVar('T')
KT = TypeVar('KT')
VT = TypeVar('VT')
T_co = TypeVar('T_co', covariant=True)
V_co = TypeVar('V_co', covariant=True)
VT_co = TypeVar('VT_co', covariant=True)
T_contra = TypeVar('T_contra', contravariant=True)
CT_co = TypeVar('CT_co', covariant=True, bound=type)
AnyStr = TypeVar('AnyStr', bytes, str)

Hashable = _alias(collections.abc.Hashable, 0)
Awaitable = _alias(collections.abc.Awaitable, 1)
Coroutine = _alias(collections.abc.Coroutine, 3)
AsyncIterable = _alias(collections.abc.AsyncIterable, 1)
AsyncIterator = _alias(collections.abc.AsyncIterator, 1)
Iterable = _alias(collections.abc.Iterable, 1)
Iterator = _alias(collections.abc.Iterator, 1)
Reversible = _alias(collections.abc.Reversible, 1)
Sized = _alias(collections.abc.Sized, 0)
Container = _alias(collections.abc.Container, 1)
Collection = _alias(collections.abc.Collection, 1)
Callable = _CallableType(collections.abc.Callable, 2)
AbstractSet = _alias(collections.abc.Set, 1, name='AbstractSet')
MutableSet = _alias(collections.abc.MutableSet, 1)
Mapping = _alias(collections.abc.Mapping, 2)
MutableMapping = _alias(collections.abc.MutableMapping, 2)
Sequence = _alias(collections.abc.Sequence, 1)
MutableSequence = _alias(collections.abc.MutableSequence, 1)
ByteString = _DeprecatedGenericAlias(collections.abc.ByteString, 0, removal_version=(3, 17))
Tuple = _TupleType(tuple, -1, inst=False, name='Tuple')
List = _alias(list, 1, inst=False, name='List')
Deque = _alias(collections.deque, 1, name='Deque')
Set = _alias(set, 1, inst=False, name='Set')
FrozenSet = _alias(frozenset, 1, inst=False, name='FrozenSet')
MappingView = _alias(collections.abc.MappingView, 1)
KeysView = _alias(collections.abc.KeysView, 1)
ItemsView = _alias(collections.abc.ItemsView, 2)
ValuesView = _alias(collections.abc.ValuesView, 1)
Dict = _alias(dict, 2, inst=False, name='Dict')
DefaultDict = _alias(collections.defaultdict, 2, name='DefaultDict')
OrderedDict = _alias(collections.OrderedDict, 2)
Counter = _alias(collections.Counter, 1)
ChainMap = _alias(collections.ChainMap, 2)
Generator = _alias(collections.abc.Generator, 3, defaults=(types.NoneType, types.NoneType))
AsyncGenerator = _alias(collections.abc.AsyncGenerator, 2, defaults=(types.NoneType,))
Type = _alias(type, 1, inst=False, name='Type')


@runtime_checkable
class SupportsInt(Protocol):
    """Something int() takes."""

    __slots__ = ()

    @abstractmethod
    def __int__(self) -> int:
        pass


@runtime_checkable
class SupportsFloat(Protocol):
    """Something float() takes."""

    __slots__ = ()

    @abstractmethod
    def __float__(self) -> float:
        pass


@runtime_checkable
class SupportsComplex(Protocol):
    """Something complex() takes."""

    __slots__ = ()

    @abstractmethod
    def __complex__(self) -> complex:
        pass


@runtime_checkable
class SupportsBytes(Protocol):
    """Something bytes() takes."""

    __slots__ = ()

    @abstractmethod
    def __bytes__(self) -> bytes:
        pass


@runtime_checkable
class SupportsIndex(Protocol):
    """Something that can be an index."""

    __slots__ = ()

    @abstractmethod
    def __index__(self) -> int:
        pass


@runtime_checkable
class SupportsAbs(Protocol[T_co]):
    """Something abs() takes."""

    __slots__ = ()

    @abstractmethod
    def __abs__(self) -> T_co:
        pass


@runtime_checkable
class SupportsRound(Protocol[T_co]):
    """Something round() takes."""

    __slots__ = ()

    @abstractmethod
    def __round__(self, ndigits: int = 0) -> T_co:
        pass


# Reading type hints

def get_origin(tp):
    """The class or form before the brackets: get_origin(list[int]) is list."""
    if isinstance(tp, _AnnotatedAlias):
        return Annotated
    if isinstance(tp, (_BaseGenericAlias, GenericAlias, ParamSpecArgs, ParamSpecKwargs)):
        return tp.__origin__
    if tp is Generic:
        return Generic
    if isinstance(tp, Union):
        return Union
    return None


def get_args(tp):
    """What is in the brackets: get_args(dict[str, int]) is (str, int)."""
    if isinstance(tp, _AnnotatedAlias):
        return (tp.__origin__,) + tp.__metadata__
    if isinstance(tp, (_GenericAlias, GenericAlias)):
        result = tp.__args__
        if _should_unflatten_callable_args(tp, result):
            result = (list(result[:-1]), result[-1])
        return result
    if isinstance(tp, Union):
        return tp.__args__
    return ()


def _should_unflatten_callable_args(tp, args):
    return (tp.__origin__ is collections.abc.Callable
            and not (len(args) == 2 and _is_param_expr(args[0])))


def is_typeddict(tp):
    """True for a TypedDict class."""
    return isinstance(tp, _TypedDictMeta)


def _deprecation_warning_for_no_type_params_passed(funcname):
    import warnings
    warnings.warn(
        f"Failing to pass a value to the 'type_params' parameter of {funcname!r} is deprecated, "
        f"as it leads to incorrect behaviour when calling {funcname} on a stringified annotation "
        f"that references a PEP 695 type parameter. It will be disallowed in Python 3.15.",
        category=DeprecationWarning, stacklevel=3)


class _Sentinel:
    __slots__ = ()

    def __repr__(self):
        return '<sentinel>'


_sentinel = _Sentinel()


def _eval_type(t, globalns, localns, type_params, *, recursive_guard=frozenset(), format=None,
               owner=None, parent_fwdref=None, prefer_fwd_module=False):
    """Evaluate all forward references inside t."""
    if _is_forward_ref(t):
        if prefer_fwd_module and t.__forward_module__ is not None:
            globalns = None
            # There are no local names in another module.
            if owner is None or getattr(owner, '__module__', None) != t.__forward_module__:
                localns = None
        elif parent_fwdref is not None and t.__forward_module__ is None:
            from annotationlib import ForwardRef
            t = ForwardRef(t.__forward_arg__, module=parent_fwdref.__forward_module__,
                           owner=t.__owner__ or parent_fwdref.__owner__,
                           is_argument=t.__forward_is_argument__,
                           is_class=t.__forward_is_class__)
        return evaluate_forward_ref(t, globals=globalns, locals=localns, type_params=type_params,
                                    owner=owner, _recursive_guard=recursive_guard, format=format)
    if not isinstance(t, (_GenericAlias, GenericAlias, Union)):
        return t
    if isinstance(t, GenericAlias):
        is_unpacked = t.__unpacked__
        if _should_unflatten_callable_args(t, t.__args__):
            t = t.__origin__[(tuple([_convert_string_arg(arg) for arg in t.__args__[:-1]]),
                              _convert_string_arg(t.__args__[-1]))] if any(
                isinstance(arg, str) for arg in t.__args__) else t
        elif any(isinstance(arg, str) for arg in t.__args__):
            t = t.__origin__[tuple([_convert_string_arg(arg) for arg in t.__args__])]
        if is_unpacked:
            t, = t
    new_args = tuple([
        _eval_type(arg, globalns, localns, type_params, recursive_guard=recursive_guard,
                   format=format, owner=owner, parent_fwdref=parent_fwdref,
                   prefer_fwd_module=prefer_fwd_module)
        for arg in t.__args__])
    if new_args == t.__args__:
        return t
    if isinstance(t, GenericAlias):
        if _should_unflatten_callable_args(t, new_args):
            return t.__origin__[(new_args[:-1], new_args[-1])]
        result = GenericAlias(t.__origin__, new_args)
        if t.__unpacked__:
            result, = result
        return result
    if isinstance(t, Union):
        return functools.reduce(operator.or_, new_args)
    return t.copy_with(new_args)


def _convert_string_arg(arg):
    return _make_forward_ref(arg) if isinstance(arg, str) else arg


def evaluate_forward_ref(forward_ref, *, owner=None, globals=None, locals=None, type_params=None,
                         format=None, _recursive_guard=frozenset()):
    """Evaluate a forward reference, and those in the result."""
    if _format_is(format, 4):
        return forward_ref.__forward_arg__
    if forward_ref.__forward_arg__ in _recursive_guard:
        return forward_ref
    from annotationlib import Format
    if format is None:
        format = Format.VALUE
    value = forward_ref.evaluate(globals=globals, locals=locals, type_params=type_params,
                                 owner=owner, format=format)
    if format == Format.FORWARDREF and _is_forward_ref(value):
        return value
    if isinstance(value, str):
        value = _make_forward_ref(value, module=forward_ref.__forward_module__,
                                  owner=owner or forward_ref.__owner__,
                                  is_argument=forward_ref.__forward_is_argument__,
                                  is_class=forward_ref.__forward_is_class__)
    if owner is None:
        owner = forward_ref.__owner__
    return _eval_type(value, globals, locals, type_params,
                      recursive_guard=_recursive_guard | {forward_ref.__forward_arg__},
                      format=format, owner=owner, parent_fwdref=forward_ref)


def _strip_annotations(t):
    """Take Annotated, Required, NotRequired and ReadOnly out of a type."""
    if isinstance(t, _AnnotatedAlias):
        return _strip_annotations(t.__origin__)
    if hasattr(t, "__origin__") and t.__origin__ in (Required, NotRequired, ReadOnly):
        return _strip_annotations(t.__args__[0])
    if isinstance(t, (_GenericAlias, GenericAlias, Union)):
        stripped = tuple([_strip_annotations(arg) for arg in t.__args__])
        if stripped == t.__args__:
            return t
        if isinstance(t, _GenericAlias):
            return t.copy_with(stripped)
        if isinstance(t, GenericAlias):
            return GenericAlias(t.__origin__, stripped)
        return functools.reduce(operator.or_, stripped)
    return t


_allowed_types = (types.FunctionType, types.BuiltinFunctionType, types.MethodType,
                  types.ModuleType, types.WrapperDescriptorType, types.MethodWrapperType,
                  types.MethodDescriptorType)


def get_type_hints(obj, globalns=None, localns=None, include_extras=False, *, format=None):
    """The annotations of an object, strings in them evaluated; of a class with those of its bases.

    Unless include_extras is true, Annotated[T, ...] becomes T.
    """
    if getattr(obj, '__no_type_check__', None):
        return {}
    import annotationlib
    Format = annotationlib.Format
    if format is None:
        format = Format.VALUE
    if isinstance(obj, type):
        hints = {}
        for base in reversed(obj.__mro__):
            ann = annotationlib.get_annotations(base, format=format)
            if format == Format.STRING:
                hints.update(ann)
                continue
            if globalns is None:
                base_globals = getattr(sys.modules.get(base.__module__, None), '__dict__', {})
            else:
                base_globals = globalns
            base_locals = dict(vars(base)) if localns is None else localns
            if localns is None and globalns is None:
                # Names of the module go first: in class C: int = 3; x: 'int' the type is meant.
                base_globals, base_locals = base_locals, base_globals
            type_params = base.__type_params__
            base_globals, base_locals = _add_type_params_to_scope(
                type_params, base_globals, base_locals, True)
            for name, value in ann.items():
                if isinstance(value, str):
                    value = _make_forward_ref(value, is_argument=False, is_class=True)
                value = _eval_type(value, base_globals, base_locals, (), format=format,
                                   owner=obj, prefer_fwd_module=True)
                if value is None:
                    value = type(None)
                hints[name] = value
        if include_extras or format == Format.STRING:
            return hints
        return {name: _strip_annotations(value) for name, value in hints.items()}

    hints = annotationlib.get_annotations(obj, format=format)
    if (not hints and not isinstance(obj, types.ModuleType) and not callable(obj)
            and not hasattr(obj, '__annotations__') and not hasattr(obj, '__annotate__')):
        raise TypeError(f"{obj!r} is not a module, class, or callable.")
    if format == Format.STRING:
        return hints
    if globalns is None:
        if isinstance(obj, types.ModuleType):
            globalns = obj.__dict__
        else:
            inner = obj
            while hasattr(inner, '__wrapped__'):
                inner = inner.__wrapped__
            globalns = getattr(inner, '__globals__', {})
        if localns is None:
            localns = globalns
    elif localns is None:
        localns = globalns
    type_params = getattr(obj, "__type_params__", ())
    globalns, localns = _add_type_params_to_scope(type_params, globalns, localns, False)
    for name, value in hints.items():
        if isinstance(value, str):
            value = _make_forward_ref(value, is_argument=not isinstance(obj, types.ModuleType),
                                      is_class=False)
        value = _eval_type(value, globalns, localns, (), format=format, owner=obj,
                           prefer_fwd_module=True)
        if value is None:
            value = type(None)
        hints[name] = value
    return hints if include_extras else {name: _strip_annotations(value)
                                         for name, value in hints.items()}


def _add_type_params_to_scope(type_params, globalns, localns, is_class):
    """Type parameters hide globals; in a class its own names hide them."""
    if not type_params:
        return globalns, localns
    globalns = dict(globalns)
    localns = dict(localns)
    for param in type_params:
        if not is_class or param.__name__ not in globalns:
            globalns[param.__name__] = param
            localns.pop(param.__name__, None)
    return globalns, localns


# Small helpers

def cast(typ, val):
    """Return val; tells the type checker its type."""
    return val


def assert_type(val, typ, /):
    """Return val; asks the type checker whether it has that type."""
    return val


def assert_never(arg: Never, /) -> Never:
    """Says that a line is never reached; raises if it is."""
    value = repr(arg)
    if len(value) > _ASSERT_NEVER_REPR_MAX_LENGTH:
        value = value[:_ASSERT_NEVER_REPR_MAX_LENGTH] + '...'
    raise AssertionError(f"Expected code to be unreachable, but got: {value}")


_ASSERT_NEVER_REPR_MAX_LENGTH = 100


def reveal_type(obj, /):
    """Print the type of obj on stderr, and return obj."""
    print(f"Runtime type is {type(obj).__name__!r}", file=sys.stderr)
    return obj


def no_type_check(arg):
    """Decorator: annotations of the function or class are no type hints."""
    if isinstance(arg, type):
        for key in dir(arg):
            obj = getattr(arg, key)
            if (not hasattr(obj, '__qualname__')
                    or obj.__qualname__ != f'{arg.__qualname__}.{obj.__name__}'
                    or getattr(obj, '__module__', None) != arg.__module__):
                # Inherited, or only referred to.
                continue
            if isinstance(obj, types.FunctionType):
                obj.__no_type_check__ = True
            if isinstance(obj, types.MethodType):
                obj.__func__.__no_type_check__ = True
            if isinstance(obj, type):
                no_type_check(obj)
    try:
        arg.__no_type_check__ = True
    except TypeError:
        # A builtin class.
        pass
    return arg


def no_type_check_decorator(decorator):
    """Deprecated: a decorator whose results get no_type_check() as well."""
    import warnings
    warnings._deprecated("typing.no_type_check_decorator", remove=(3, 15))

    @functools.wraps(decorator)
    def wrapped_decorator(*args, **kwds):
        return no_type_check(decorator(*args, **kwds))

    return wrapped_decorator


def _overload_dummy(*args, **kwds):
    """What is left of an @overload function: calling it is an error."""
    raise NotImplementedError(
        "You should not call an overloaded function. "
        "A series of @overload-decorated functions "
        "outside a stub module should always be followed "
        "by an implementation that is not @overload-ed.")


# module -> qualified name -> first line -> function
_overload_registry = collections.defaultdict(functools.partial(collections.defaultdict, dict))


def overload(func):
    """Decorator for one of several signatures of a function."""
    f = getattr(func, "__func__", func)
    try:
        _overload_registry[f.__module__][f.__qualname__][f.__code__.co_firstlineno] = func
    except AttributeError:
        # Not an ordinary function.
        pass
    return _overload_dummy


def get_overloads(func):
    """The @overload functions of an implementation, in their order."""
    f = getattr(func, "__func__", func)
    by_name = _overload_registry.get(f.__module__, {})
    return list(by_name.get(f.__qualname__, {}).values())


def clear_overloads():
    """Forget all overloads."""
    _overload_registry.clear()


def final(f):
    """Decorator for what must not be overridden or subclassed."""
    try:
        f.__final__ = True
    except (AttributeError, TypeError):
        # Some objects take no attributes.
        pass
    return f


def override(method, /):
    """Decorator for a method meant to override one of a base class."""
    try:
        method.__override__ = True
    except (AttributeError, TypeError):
        pass
    return method


def dataclass_transform(*, eq_default=True, order_default=False, kw_only_default=False,
                        frozen_default=False, field_specifiers=(), **kwargs):
    """Decorator: what is decorated makes classes like dataclass() does."""
    def decorator(cls_or_fn):
        cls_or_fn.__dataclass_transform__ = {
            "eq_default": eq_default,
            "order_default": order_default,
            "kw_only_default": kw_only_default,
            "frozen_default": frozen_default,
            "field_specifiers": field_specifiers,
            "kwargs": kwargs,
        }
        return cls_or_fn
    return decorator


class NewType:
    """A type of its own for the type checker; at run time calling it returns the argument."""

    __call__ = _idfunc

    def __init__(self, name, tp):
        self.__qualname__ = name
        if '.' in name:
            name = name.rpartition('.')[-1]
        self.__name__ = name
        self.__supertype__ = tp
        module = _caller()
        if module != 'typing':
            self.__module__ = module

    def __mro_entries__(self, bases):
        # A class of the same name whose creation fails, for a message that helps.
        superclass_name = self.__name__

        class Dummy:
            def __init_subclass__(cls):
                subclass_name = cls.__name__
                raise TypeError(
                    f"Cannot subclass an instance of NewType. Perhaps you were looking for: "
                    f"`{subclass_name} = NewType({subclass_name!r}, {superclass_name})`")

        return (Dummy,)

    def __repr__(self):
        return f'{self.__module__}.{self.__qualname__}'

    def __reduce__(self):
        return self.__qualname__

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]


# NamedTuple

_prohibited = frozenset({'__new__', '__init__', '__slots__', '__getnewargs__', '_fields',
                         '_field_defaults', '_field_types', '_make', '_replace', '_asdict',
                         '_source'})
_special = frozenset({'__module__', '__name__', '__annotations__', '__annotate__',
                      '__annotate_func__', '__annotations_cache__'})


def _make_nmtuple(name, fields, annotate_func, module, defaults=()):
    nm_tpl = collections.namedtuple(name, fields, defaults=defaults, module=module)
    nm_tpl.__annotate__ = nm_tpl.__new__.__annotate__ = annotate_func
    return nm_tpl


def _make_eager_annotate(annotations):
    """An __annotate__ for annotations that are known."""
    checked = {key: _type_check(value, f"field {key} annotation must be a type")
               for key, value in annotations.items()}

    def annotate(format):
        if format in (1, 3):
            return dict(checked)
        if format == 4:
            import annotationlib
            return annotationlib.annotations_to_string(annotations)
        raise NotImplementedError(format)

    return annotate


class NamedTupleMeta(type):
    def __new__(cls, typename, bases, ns):
        assert _NamedTuple in bases
        if "__classcell__" in ns:
            raise TypeError("uses of super() and __class__ are unsupported in methods of "
                            "NamedTuple subclasses")
        for base in bases:
            if base is not _NamedTuple and base is not Generic:
                raise TypeError('can only inherit from a NamedTuple type and Generic')
        bases = tuple([tuple if base is _NamedTuple else base for base in bases])
        if "__annotations__" in ns:
            types_by_name = ns["__annotations__"]
            field_names = list(types_by_name)
            annotate = _make_eager_annotate(types_by_name)
        else:
            import annotationlib
            original = annotationlib.get_annotate_from_class_namespace(ns)
            if original is not None:
                types_by_name = annotationlib.call_annotate_function(
                    original, annotationlib.Format.FORWARDREF)
                field_names = list(types_by_name)
                for key, value in types_by_name.items():
                    _type_check(value, f"field {key} annotation must be a type")

                def annotate(format):
                    annos = annotationlib.call_annotate_function(original, format)
                    if format == annotationlib.Format.STRING:
                        return annos
                    return {key: _type_check(value, f"field {key} annotation must be a type")
                            for key, value in annos.items()}
            else:
                field_names = []

                def annotate(format):
                    return {}
        default_names = []
        for field_name in field_names:
            if field_name in ns:
                default_names.append(field_name)
            elif default_names:
                raise TypeError(f"Non-default namedtuple field {field_name} "
                                f"cannot follow default field"
                                f"{'s' if len(default_names) > 1 else ''} "
                                f"{', '.join(default_names)}")
        nm_tpl = _make_nmtuple(typename, field_names, annotate,
                               defaults=[ns[name] for name in default_names],
                               module=ns['__module__'])
        nm_tpl.__bases__ = bases
        if Generic in bases:
            nm_tpl.__class_getitem__ = classmethod(_generic_class_getitem)
        for key, value in ns.items():
            if key in _prohibited:
                raise AttributeError("Cannot overwrite NamedTuple attribute " + key)
            if key in _special:
                continue
            if key not in nm_tpl._fields:
                setattr(nm_tpl, key, value)
            try:
                set_name = type(value).__set_name__
            except AttributeError:
                continue
            try:
                set_name(value, nm_tpl, key)
            except BaseException as e:
                e.add_note(f"Error calling __set_name__ on {type(value).__name__!r} "
                           f"instance {key!r} in {typename!r}")
                raise
        if Generic in bases:
            nm_tpl.__init_subclass__()
        return nm_tpl


def NamedTuple(typename, fields=_sentinel, /, **kwargs):
    """A named tuple with typed fields: class P(NamedTuple): x: int; y: int = 0."""
    if fields is _sentinel:
        if kwargs:
            deprecated_thing = "Creating NamedTuple classes using keyword arguments"
            message = ("{name} is deprecated and will be disallowed in Python {remove}. "
                       "Use the class-based or functional syntax instead.")
        else:
            deprecated_thing = "Failing to pass a value for the 'fields' parameter"
            example = f"`{typename} = NamedTuple({typename!r}, [])`"
            message = ("{name} is deprecated and will be disallowed in Python {remove}. "
                       "To create a NamedTuple class with 0 fields "
                       "using the functional syntax, "
                       "pass an empty list, e.g. " + example + ".")
    elif fields is None:
        if kwargs:
            raise TypeError("Cannot pass `None` as the 'fields' parameter "
                            "and also specify fields using keyword arguments")
        deprecated_thing = "Passing `None` as the 'fields' parameter"
        example = f"`{typename} = NamedTuple({typename!r}, [])`"
        message = ("{name} is deprecated and will be disallowed in Python {remove}. "
                   "To create a NamedTuple class with 0 fields "
                   "using the functional syntax, "
                   "pass an empty list, e.g. " + example + ".")
    elif kwargs:
        raise TypeError("Either list of fields or keywords"
                        " can be provided to NamedTuple, not both")
    if fields is _sentinel or fields is None:
        import warnings
        warnings._deprecated(deprecated_thing, message=message, remove=(3, 15))
        fields = kwargs.items()
    types_by_name = {name: _type_check(tp, f"field {name} annotation must be a type")
                     for name, tp in fields}
    nt = _make_nmtuple(typename, list(types_by_name), _make_eager_annotate(types_by_name),
                       module=_caller())
    nt.__orig_bases__ = (NamedTuple,)
    return nt


_NamedTuple = type.__new__(NamedTupleMeta, 'NamedTuple', (), {})


def _namedtuple_mro_entries(bases):
    assert NamedTuple in bases
    return (_NamedTuple,)


NamedTuple.__mro_entries__ = _namedtuple_mro_entries


# TypedDict

def _get_typeddict_qualifiers(annotation_type):
    """Yield Required, NotRequired and ReadOnly as they are wrapped around a type."""
    while True:
        origin = get_origin(annotation_type)
        if origin is Annotated:
            args = get_args(annotation_type)
            if not args:
                return
            annotation_type = args[0]
        elif origin in (Required, NotRequired, ReadOnly):
            yield origin
            annotation_type, = get_args(annotation_type)
        else:
            return


class _TypedDictMeta(type):
    def __new__(cls, name, bases, ns, total=True):
        for base in bases:
            if type(base) is not _TypedDictMeta and base is not Generic:
                raise TypeError('cannot inherit from both a TypedDict type '
                                'and a non-TypedDict base class')
        generic_base = (Generic,) if any(issubclass(base, Generic) for base in bases) else ()
        ns_annotations = ns.pop('__annotations__', None)
        tp_dict = type.__new__(_TypedDictMeta, name, (*generic_base, dict), ns)
        if not hasattr(tp_dict, '__orig_bases__'):
            tp_dict.__orig_bases__ = bases

        msg = "TypedDict('Name', {f0: t0, f1: t1, ...}); each t must be a type"
        import annotationlib
        original = None
        if ns_annotations is not None:
            own = ns_annotations
        else:
            original = annotationlib.get_annotate_from_class_namespace(ns)
            own = {} if original is None else annotationlib.call_annotate_function(
                original, annotationlib.Format.FORWARDREF, owner=tp_dict)
        checked = {key: _type_check(tp, msg, owner=tp_dict, module=tp_dict.__module__,
                                    allow_special_forms=True)
                   for key, tp in own.items()}
        required, optional, readonly, mutable = set(), set(), set(), set()
        for base in bases:
            base_dict = base.__dict__
            base_required = base_dict.get('__required_keys__', set())
            required |= base_required
            optional -= base_required
            base_optional = base_dict.get('__optional_keys__', set())
            required -= base_optional
            optional |= base_optional
            readonly.update(base_dict.get('__readonly_keys__', ()))
            mutable.update(base_dict.get('__mutable_keys__', ()))
        for key, tp in checked.items():
            qualifiers = set(_get_typeddict_qualifiers(tp))
            if Required in qualifiers:
                is_required = True
            elif NotRequired in qualifiers:
                is_required = False
            else:
                is_required = total
            if is_required:
                required.add(key)
                optional.discard(key)
            else:
                optional.add(key)
                required.discard(key)
            if ReadOnly in qualifiers:
                if key in mutable:
                    raise TypeError(f"Cannot override mutable key {key!r}"
                                    " with read-only key")
                readonly.add(key)
            else:
                mutable.add(key)
                readonly.discard(key)
        assert required.isdisjoint(optional)

        def __annotate__(format):
            annos = {}
            for base in bases:
                if base is Generic:
                    continue
                base_annotate = base.__annotate__
                if base_annotate is None:
                    continue
                annos.update(annotationlib.call_annotate_function(
                    base_annotate, format, owner=base))
            if original is not None:
                own = annotationlib.call_annotate_function(original, format, owner=tp_dict)
                if format != annotationlib.Format.STRING:
                    own = {key: _type_check(tp, msg, module=tp_dict.__module__,
                                            allow_special_forms=True)
                           for key, tp in own.items()}
            elif format == annotationlib.Format.STRING:
                own = annotationlib.annotations_to_string(ns_annotations or {})
            elif format in (annotationlib.Format.FORWARDREF, annotationlib.Format.VALUE):
                own = checked
            else:
                raise NotImplementedError(format)
            annos.update(own)
            return annos

        tp_dict.__annotate__ = __annotate__
        tp_dict.__required_keys__ = frozenset(required)
        tp_dict.__optional_keys__ = frozenset(optional)
        tp_dict.__readonly_keys__ = frozenset(readonly)
        tp_dict.__mutable_keys__ = frozenset(mutable)
        tp_dict.__total__ = total
        return tp_dict

    __call__ = dict     # A TypedDict called makes a plain dict.

    def __subclasscheck__(cls, other):
        raise TypeError('TypedDict does not support instance and class checks')

    __instancecheck__ = __subclasscheck__


def TypedDict(typename, fields=_sentinel, /, *, total=True):
    """A dict with known keys: class Movie(TypedDict): name: str; year: int."""
    if fields is _sentinel or fields is None:
        import warnings
        if fields is _sentinel:
            deprecated_thing = "Failing to pass a value for the 'fields' parameter"
        else:
            deprecated_thing = "Passing `None` as the 'fields' parameter"
        example = f"`{typename} = TypedDict({typename!r}, {{}})`"
        message = ("{name} is deprecated and will be disallowed in Python {remove}. "
                   "To create a TypedDict class with 0 fields "
                   "using the functional syntax, "
                   "pass an empty dictionary, e.g. ") + example + "."
        warnings._deprecated(deprecated_thing, message=message, remove=(3, 15))
        fields = {}
    ns = {'__annotations__': dict(fields)}
    module = _caller()
    if module is not None:
        ns['__module__'] = module
    td = _TypedDictMeta(typename, (), ns, total=total)
    td.__orig_bases__ = (TypedDict,)
    return td


_TypedDict = type.__new__(_TypedDictMeta, 'TypedDict', (), {})
TypedDict.__mro_entries__ = lambda bases: (_TypedDict,)


# Streams

class IO(Generic[AnyStr]):
    """The type of what open() returns."""

    __slots__ = ()

    @property
    @abstractmethod
    def mode(self) -> str:
        pass

    @property
    @abstractmethod
    def name(self) -> str:
        pass

    @abstractmethod
    def close(self) -> None:
        pass

    @property
    @abstractmethod
    def closed(self) -> bool:
        pass

    @abstractmethod
    def fileno(self) -> int:
        pass

    @abstractmethod
    def flush(self) -> None:
        pass

    @abstractmethod
    def isatty(self) -> bool:
        pass

    @abstractmethod
    def read(self, n: int = -1) -> AnyStr:
        pass

    @abstractmethod
    def readable(self) -> bool:
        pass

    @abstractmethod
    def readline(self, limit: int = -1) -> AnyStr:
        pass

    @abstractmethod
    def readlines(self, hint: int = -1) -> list[AnyStr]:
        pass

    @abstractmethod
    def seek(self, offset: int, whence: int = 0) -> int:
        pass

    @abstractmethod
    def seekable(self) -> bool:
        pass

    @abstractmethod
    def tell(self) -> int:
        pass

    @abstractmethod
    def truncate(self, size: int | None = None) -> int:
        pass

    @abstractmethod
    def writable(self) -> bool:
        pass

    @abstractmethod
    def write(self, s: AnyStr) -> int:
        pass

    @abstractmethod
    def writelines(self, lines: list[AnyStr]) -> None:
        pass

    @abstractmethod
    def __enter__(self) -> IO[AnyStr]:
        pass

    @abstractmethod
    def __exit__(self, type, value, traceback) -> None:
        pass


class BinaryIO(IO[bytes]):
    """The type of a binary file."""

    __slots__ = ()

    @abstractmethod
    def write(self, s: bytes | bytearray) -> int:
        pass

    @abstractmethod
    def __enter__(self) -> BinaryIO:
        pass


class TextIO(IO[str]):
    """The type of a text file."""

    __slots__ = ()

    @property
    @abstractmethod
    def buffer(self) -> BinaryIO:
        pass

    @property
    @abstractmethod
    def encoding(self) -> str:
        pass

    @property
    @abstractmethod
    def errors(self) -> str | None:
        pass

    @property
    @abstractmethod
    def line_buffering(self) -> bool:
        pass

    @property
    @abstractmethod
    def newlines(self) -> Any:
        pass

    @abstractmethod
    def __enter__(self) -> TextIO:
        pass
