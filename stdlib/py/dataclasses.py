"""Data classes: a class decorator that writes __init__, __repr__, __eq__ and more from fields.

All methods of a class come from one piece of source text, compiled at once; the order of its
lines is part of what tracebacks show, so it stays as it is.
"""

import sys
from types import FunctionType, GenericAlias, MappingProxyType

__all__ = ['dataclass', 'field', 'Field', 'FrozenInstanceError', 'InitVar', 'KW_ONLY', 'MISSING',
           'fields', 'asdict', 'astuple', 'make_dataclass', 'replace', 'is_dataclass']


class FrozenInstanceError(AttributeError):
    pass


class _HAS_DEFAULT_FACTORY_CLASS:
    def __repr__(self):
        return '<factory>'


_HAS_DEFAULT_FACTORY = _HAS_DEFAULT_FACTORY_CLASS()


class _MISSING_TYPE:
    pass


MISSING = _MISSING_TYPE()


class _KW_ONLY_TYPE:
    pass


KW_ONLY = _KW_ONLY_TYPE()

_EMPTY_METADATA = MappingProxyType({})


class _FIELD_BASE:
    """The three kinds of pseudo- and real fields, told apart by identity."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


_FIELD = _FIELD_BASE('_FIELD')
_FIELD_CLASSVAR = _FIELD_BASE('_FIELD_CLASSVAR')
_FIELD_INITVAR = _FIELD_BASE('_FIELD_INITVAR')

_FIELDS = '__dataclass_fields__'
_PARAMS = '__dataclass_params__'
_POST_INIT_NAME = '__post_init__'


class InitVar:
    """Annotation of a parameter of __init__ that is no field, only passed to __post_init__."""

    __slots__ = ('type',)

    def __init__(self, type):
        self.type = type

    def __repr__(self):
        if isinstance(self.type, type) and not isinstance(self.type, GenericAlias):
            type_name = self.type.__name__
        else:
            type_name = repr(self.type)
        return f'dataclasses.InitVar[{type_name}]'

    def __class_getitem__(cls, type):
        return InitVar(type)


class Field:
    """Describes one field; made by field() and by the decorator, never by the user."""

    __slots__ = ('name', 'type', 'default', 'default_factory', 'repr', 'hash', 'init', 'compare',
                 'metadata', 'kw_only', 'doc', '_field_type')

    def __init__(self, default, default_factory, init, repr, hash, compare, metadata, kw_only,
                 doc):
        self.name = None
        self.type = None
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.hash = hash
        self.compare = compare
        self.metadata = _EMPTY_METADATA if metadata is None else MappingProxyType(metadata)
        self.kw_only = kw_only
        self.doc = doc
        self._field_type = None

    def __repr__(self):
        # The guard against recursion is made when it is first needed, and stays.
        global _guarded_repr
        if _guarded_repr is None:
            from reprlib import recursive_repr
            _guarded_repr = recursive_repr()(_field_repr)
        return _guarded_repr(self)

    def __set_name__(self, owner, name):
        # A default that is a descriptor wants to know its name as well.
        func = getattr(type(self.default), '__set_name__', None)
        if func:
            func(self.default, owner, name)

    __class_getitem__ = classmethod(GenericAlias)


_guarded_repr = None


def _field_repr(self):
    return (f'Field(name={self.name!r},type={self.type!r},default={self.default!r},'
            f'default_factory={self.default_factory!r},init={self.init!r},repr={self.repr!r},'
            f'hash={self.hash!r},compare={self.compare!r},metadata={self.metadata!r},'
            f'kw_only={self.kw_only!r},doc={self.doc!r},_field_type={self._field_type})')


class _DataclassParams:
    __slots__ = ('init', 'repr', 'eq', 'order', 'unsafe_hash', 'frozen', 'match_args', 'kw_only',
                 'slots', 'weakref_slot')

    def __init__(self, *values):
        for name, value in zip(self.__slots__, values):
            setattr(self, name, value)

    def __repr__(self):
        inner = ','.join([f'{name}={getattr(self, name)!r}' for name in self.__slots__])
        return f'_DataclassParams({inner})'


def field(*, default=MISSING, default_factory=MISSING, init=True, repr=True, hash=None,
          compare=True, metadata=None, kw_only=MISSING, doc=None):
    """Give a field more than a default: a factory, which methods use it, metadata, a docstring."""
    if default is not MISSING and default_factory is not MISSING:
        raise ValueError('cannot specify both default and default_factory')
    return Field(default, default_factory, init, repr, hash, compare, metadata, kw_only, doc)


# Reading the class body

def _string_names(annotation, cls, expected, module_name):
    """True if the text of an annotation names `expected` (ClassVar, say) of a known module.

    Looks at the first dotted name only: "ClassVar[int]", "typing.ClassVar", "t.ClassVar[...]".
    """
    text = annotation.lstrip()
    end = 0
    while end < len(text) and (text[end].isalnum() or text[end] == '_'):
        end += 1
    first, rest = text[:end], text[end:].lstrip()
    if not first:
        return False
    module = sys.modules.get(cls.__module__)
    namespace = module.__dict__ if module else {}
    if rest[:1] != '.':
        return namespace.get(first) is expected
    rest = rest[1:].lstrip()
    end = 0
    while end < len(rest) and (rest[end].isalnum() or rest[end] == '_'):
        end += 1
    prefix = namespace.get(first)
    if prefix is None or prefix is not sys.modules.get(module_name):
        return False
    return prefix.__dict__.get(rest[:end]) is expected


def _is_classvar(annotation, cls):
    typing = sys.modules.get('typing')
    if typing is None:
        # Nobody can have named typing.ClassVar yet.
        return False
    if isinstance(annotation, str):
        return _string_names(annotation, cls, typing.ClassVar, 'typing')
    return (annotation is typing.ClassVar
            or (type(annotation) is typing._GenericAlias
                and annotation.__origin__ is typing.ClassVar))


def _is_initvar(annotation, cls):
    if isinstance(annotation, str):
        return _string_names(annotation, cls, InitVar, __name__)
    return annotation is InitVar or type(annotation) is InitVar


def _is_kw_only(annotation, cls):
    if isinstance(annotation, str):
        return _string_names(annotation, cls, KW_ONLY, __name__)
    return annotation is KW_ONLY


def _get_field(cls, a_name, a_type, default_kw_only):
    """The Field for one annotated name of the class body."""
    default = getattr(cls, a_name, MISSING)
    if isinstance(default, Field):
        f = default
    else:
        if type(default).__name__ == 'member_descriptor':
            # A slot of the same name is no default.
            from types import MemberDescriptorType
            if isinstance(default, MemberDescriptorType):
                default = MISSING
        f = Field(default, MISSING, True, True, None, True, None, MISSING, None)
    f.name = a_name
    f.type = a_type

    if _is_classvar(a_type, cls):
        kind = _FIELD_CLASSVAR
    elif _is_initvar(a_type, cls):
        kind = _FIELD_INITVAR
    else:
        kind = _FIELD
    f._field_type = kind

    if kind is not _FIELD and f.default_factory is not MISSING:
        raise TypeError(f'field {f.name} cannot have a default factory')
    if kind is _FIELD_CLASSVAR:
        if f.kw_only is not MISSING:
            raise TypeError(f'field {f.name} is a ClassVar but specifies kw_only')
    elif f.kw_only is MISSING:
        f.kw_only = default_kw_only
    if kind is _FIELD and f.default.__class__.__hash__ is None:
        # What has no hash is taken to be mutable, and all instances would share it.
        raise ValueError(f'mutable default {type(f.default)} for field '
                         f'{f.name} is not allowed: use default_factory')
    return f


def _own_annotations(cls):
    try:
        return dict(cls.__annotations__)
    except Exception:
        # Names that are not defined yet stay as forward references.
        import annotationlib
        return annotationlib.get_annotations(cls, format=annotationlib.Format.FORWARDREF)


# Writing the methods

def _tuple_text(obj_name, flds):
    if not flds:
        return '()'
    return f'({", ".join([f"{obj_name}.{f.name}" for f in flds])},)'


class _Source:
    """Collects the text of methods, then compiles all of them at once."""

    def __init__(self, cls, owner):
        self.cls = cls
        self.owner = owner      # A list of one: the class the methods belong to in the end.
        self.lines = []
        self.names = []
        self.locals = {}
        self.decorated = {}
        self.overwrite_errors = {}
        self.unconditional = set()
        self.annotated = {}

    def add(self, name, params, body, *, decorator=None, overwrite_error=False,
            unconditional=False, annotated=None):
        if decorator:
            self.lines.append(f' {decorator}')
        self.lines.append(f' def {name}({params}):')
        self.lines += [f'  {line}' for line in body]
        self.names.append(name)
        if overwrite_error:
            self.overwrite_errors[name] = overwrite_error
        if unconditional:
            self.unconditional.add(name)
        if annotated is not None:
            self.annotated[name] = annotated

    def install(self, namespace):
        """Compile, and put the methods on the class."""
        if not self.names:
            return
        text = '\n'.join([f'def __create_fn__({", ".join(self.locals)}):', *self.lines,
                          f' return ({", ".join(self.names)},)'])
        result = {}
        exec(text, namespace, result)
        cls = self.cls
        for name, func in zip(self.names, result['__create_fn__'](**self.locals)):
            func.__qualname__ = f'{cls.__qualname__}.{func.__name__}'
            if name in self.annotated:
                func.__annotate__ = _annotate_function(self.owner, name, *self.annotated[name])
            if name in self.unconditional:
                setattr(cls, name, func)
            elif _set_new_attribute(cls, name, func):
                hint = self.overwrite_errors.get(name)
                if hint:
                    raise TypeError(f'Cannot overwrite attribute {name} in class '
                                    f'{cls.__name__}{"" if hint is True else hint}')


def _annotate_function(owner, method_name, names, returns):
    """An __annotate__ for a made method: the annotations of the fields, from their classes."""
    def __annotate__(format, /):
        from annotationlib import Format, get_annotations, type_repr
        if format not in (Format.VALUE, Format.FORWARDREF, Format.STRING):
            raise NotImplementedError(format)
        known = {}
        for base in reversed(owner[0].__mro__):
            known.update(get_annotations(base, format=format))
        result = {name: known[name] for name in names if name in known}
        if returns is not MISSING:
            result['return'] = type_repr(returns) if format == Format.STRING else returns
        return result

    __annotate__.__generated_by_dataclasses__ = True
    __annotate__.__qualname__ = f'{owner[0].__qualname__}.{method_name}.__annotate__'
    return __annotate__


def _set_new_attribute(cls, name, value):
    """Set an attribute unless the class body has it; true if it has."""
    if name in cls.__dict__:
        return True
    setattr(cls, name, value)
    return False


def _add_init(source, flds, std_fields, kw_only_fields, frozen, has_post_init, slots):
    seen_default = None
    for f in std_fields:
        # __init__ takes the fields in order, so none without default may follow one with it.
        if f.init:
            if not (f.default is MISSING and f.default_factory is MISSING):
                seen_default = f
            elif seen_default:
                raise TypeError(f'non-default argument {f.name!r} '
                                f'follows default argument {seen_default.name!r}')

    names = {f.name for f in flds}
    self_name = '__dataclass_self__' if 'self' in names else 'self'
    local = source.locals
    local['__dataclass_HAS_DEFAULT_FACTORY__'] = _HAS_DEFAULT_FACTORY
    local['__dataclass_builtins_object__'] = object

    def parameter(f):
        if f.default_factory is not MISSING:
            return f'{f.name}=__dataclass_HAS_DEFAULT_FACTORY__'
        if f.default is not MISSING:
            return f'{f.name}=__dataclass_dflt_{f.name}__'
        return f.name

    body = []
    for f in flds:
        default = f'__dataclass_dflt_{f.name}__'
        if f.default_factory is not MISSING:
            local[default] = f.default_factory
            if f.init:
                value = (f'{default}() if {f.name} is __dataclass_HAS_DEFAULT_FACTORY__'
                         f' else {f.name}')
            else:
                value = f'{default}()'
        elif f.init:
            if f.default is not MISSING:
                local[default] = f.default
            value = f.name
        elif slots and f.default is not MISSING:
            # The class attribute is gone with slots, so the default must be stored.
            local[default] = f.default
            value = default
        else:
            continue
        if f._field_type is _FIELD_INITVAR:
            continue
        if frozen:
            body.append(f'__dataclass_builtins_object__.__setattr__('
                        f'{self_name},{f.name!r},{value})')
        else:
            body.append(f'{self_name}.{f.name}={value}')
    if has_post_init:
        passed = ','.join([f.name for f in flds if f._field_type is _FIELD_INITVAR])
        body.append(f'{self_name}.{_POST_INIT_NAME}({passed})')

    params = [self_name, *[parameter(f) for f in std_fields]]
    if kw_only_fields:
        params.append('*')
        params += [parameter(f) for f in kw_only_fields]
    source.add('__init__', ','.join(params), body or ['pass'],
               annotated=([f.name for f in (*std_fields, *kw_only_fields)], None))


def _add_frozen(source, cls, flds):
    source.locals['FrozenInstanceError'] = FrozenInstanceError
    source.locals['__dataclass_owner__'] = source.owner
    condition = 'type(self) is __dataclass_owner__[0]'
    if flds:
        condition += f' or name in {{{", ".join([repr(f.name) for f in flds])}}}'
    for name, params, verb in (('__setattr__', 'name,value', 'assign to'),
                               ('__delattr__', 'name', 'delete')):
        source.add(name, f'self,{params}', [
            f'if {condition}:',
            f' raise FrozenInstanceError(f"cannot {verb} field {{name!r}}")',
            f'super(__dataclass_owner__[0], self).{name}({params})',
        ], overwrite_error=True)


def _hash_action(unsafe_hash, eq, frozen, has_explicit_hash):
    """What becomes of __hash__: None (leave alone), 'none', 'add' or 'error'."""
    if unsafe_hash:
        return 'error' if has_explicit_hash else 'add'
    if not eq or has_explicit_hash:
        return None
    return 'add' if frozen else 'none'


def _process_class(cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots,
                   weakref_slot):
    fields = {}
    module = sys.modules.get(cls.__module__)
    # Without the module (exec'd code may be in none) the text is compiled in an empty one.
    namespace = module.__dict__ if module is not None else {}

    setattr(cls, _PARAMS, _DataclassParams(init, repr, eq, order, unsafe_hash, frozen, match_args,
                                           kw_only, slots, weakref_slot))

    any_frozen_base = False
    all_frozen_bases = None
    has_dataclass_bases = False
    for base in cls.__mro__[-1:0:-1]:
        base_fields = getattr(base, _FIELDS, None)
        if base_fields is not None:
            has_dataclass_bases = True
            fields.update(base_fields)
            is_frozen = getattr(base, _PARAMS).frozen
            all_frozen_bases = is_frozen if all_frozen_bases is None else (
                all_frozen_bases and is_frozen)
            any_frozen_base = any_frozen_base or is_frozen

    cls_annotations = _own_annotations(cls)
    cls_fields = []
    kw_only_seen = False
    for name, annotation in cls_annotations.items():
        if _is_kw_only(annotation, cls):
            if kw_only_seen:
                raise TypeError(f'{name!r} is KW_ONLY, but KW_ONLY '
                                'has already been specified')
            kw_only_seen = kw_only = True
        else:
            cls_fields.append(_get_field(cls, name, annotation, kw_only))

    for f in cls_fields:
        fields[f.name] = f
        # The class attribute is the default, or nothing: never the Field.
        if isinstance(getattr(cls, f.name, None), Field):
            if f.default is MISSING:
                delattr(cls, f.name)
            else:
                setattr(cls, f.name, f.default)

    for name, value in cls.__dict__.items():
        if isinstance(value, Field) and name not in cls_annotations:
            raise TypeError(f'{name!r} is a field but has no type annotation')

    if has_dataclass_bases:
        if any_frozen_base and not frozen:
            raise TypeError('cannot inherit non-frozen dataclass from a '
                            'frozen one')
        if all_frozen_bases is False and frozen:
            raise TypeError('cannot inherit frozen dataclass from a '
                            'non-frozen one')

    setattr(cls, _FIELDS, fields)

    # __eq__ without __hash__ in a class body leaves __hash__ = None behind: that is not explicit.
    class_hash = cls.__dict__.get('__hash__', MISSING)
    has_explicit_hash = not (class_hash is MISSING
                             or (class_hash is None and '__eq__' in cls.__dict__))
    if order and not eq:
        raise ValueError('eq must be true if order is true')

    init_fields = [f for f in fields.values()
                   if f._field_type is _FIELD or f._field_type is _FIELD_INITVAR]
    std_init = tuple(f for f in init_fields if f.init and not f.kw_only)
    kw_only_init = tuple(f for f in init_fields if f.init and f.kw_only)
    field_list = [f for f in fields.values() if f._field_type is _FIELD]

    owner = [cls]
    source = _Source(cls, owner)
    if init:
        _add_init(source, init_fields, std_init, kw_only_init, frozen,
                  hasattr(cls, _POST_INIT_NAME), slots)
    _set_new_attribute(cls, '__replace__', _replace)
    if repr:
        source.locals['__dataclasses_recursive_repr'] = _recursive_repr
        shown = ', '.join([f'{f.name}={{self.{f.name}!r}}' for f in field_list if f.repr])
        source.add('__repr__', 'self',
                   [f'return f"{{self.__class__.__qualname__}}({shown})"'],
                   decorator='@__dataclasses_recursive_repr')
    compared = [f for f in field_list if f.compare]
    if eq:
        test = ' and '.join([f'self.{f.name}==other.{f.name}' for f in compared]) or 'True'
        source.add('__eq__', 'self,other', [
            'if self is other:',
            ' return True',
            'if other.__class__ is self.__class__:',
            f' return {test}',
            'return NotImplemented',
        ])
    if order:
        left, right = _tuple_text('self', compared), _tuple_text('other', compared)
        for name, op in (('__lt__', '<'), ('__le__', '<='), ('__gt__', '>'), ('__ge__', '>=')):
            source.add(name, 'self,other', [
                'if other.__class__ is self.__class__:',
                f' return {left}{op}{right}',
                'return NotImplemented',
            ], overwrite_error=' Consider using functools.total_ordering')
    if frozen:
        _add_frozen(source, cls, field_list)
    action = _hash_action(unsafe_hash, eq, frozen, has_explicit_hash)
    if action == 'none':
        cls.__hash__ = None
    elif action == 'error':
        raise TypeError(f'Cannot overwrite attribute __hash__ in class {cls.__name__}')
    elif action == 'add':
        hashed = [f for f in field_list if (f.compare if f.hash is None else f.hash)]
        source.add('__hash__', 'self', [f'return hash({_tuple_text("self", hashed)})'],
                   unconditional=True)
    source.install(namespace)

    if getattr(cls, '__doc__') is None:
        cls.__doc__ = cls.__name__ + _signature_text(cls, init, std_init, kw_only_init)

    if match_args:
        _set_new_attribute(cls, '__match_args__', tuple([f.name for f in std_init]))

    if weakref_slot and not slots:
        raise TypeError('weakref_slot is True but slots is False')
    if slots:
        cls = _add_slots(cls, frozen, weakref_slot, fields)
        owner[0] = cls

    from abc import update_abstractmethods
    update_abstractmethods(cls)
    return cls


def _recursive_repr(user_function):
    """reprlib.recursive_repr() without its imports."""
    running = set()

    def wrapper(self):
        from _thread import get_ident
        key = id(self), get_ident()
        if key in running:
            return '...'
        running.add(key)
        try:
            return user_function(self)
        finally:
            running.discard(key)

    wrapper.__module__ = user_function.__module__
    wrapper.__name__ = user_function.__name__
    wrapper.__doc__ = user_function.__doc__
    wrapper.__wrapped__ = user_function
    return wrapper


def _signature_text(cls, init, std_init, kw_only_init):
    """What str(inspect.signature(cls)) gives; without inspect where that is plain to see."""
    own_init = cls.__dict__.get('__init__')
    plain = (init and type(cls).__call__ is type.__call__ and cls.__new__ is object.__new__
             and getattr(own_init, '__annotate__', None) is not None
             and getattr(own_init.__annotate__, '__generated_by_dataclasses__', False)
             and '__signature__' not in cls.__dict__)
    if not plain:
        try:
            import annotationlib
            import inspect
            return str(inspect.signature(
                cls, annotation_format=annotationlib.Format.FORWARDREF)).replace(' -> None', '')
        except (TypeError, ValueError):
            # A metaclass or __new__ without a signature that could be shown.
            return ''

    def parameter(f):
        text = f'{f.name}: {_annotation_text(f.type)}'
        if f.default_factory is not MISSING:
            return text + ' = <factory>'
        if f.default is not MISSING:
            return f'{text} = {f.default!r}'
        return text

    parts = [parameter(f) for f in std_init]
    if kw_only_init:
        parts.append('*')
        parts += [parameter(f) for f in kw_only_init]
    return f'({", ".join(parts)})'


def _annotation_text(annotation):
    if isinstance(annotation, type) and not isinstance(annotation, GenericAlias):
        if annotation.__module__ == 'builtins':
            return annotation.__qualname__
        if annotation.__module__ != 'typing':
            return f'{annotation.__module__}.{annotation.__qualname__}'
    if type(annotation) is str:
        return repr(annotation)
    import inspect
    return inspect.formatannotation(annotation)


# slots=True

def _dataclass_getstate(self):
    return [getattr(self, f.name) for f in fields(self)]


def _dataclass_setstate(self, state):
    for f, value in zip(fields(self), state):
        # The class is frozen, so its own __setattr__ would refuse.
        object.__setattr__(self, f.name, value)


def _get_slots(cls):
    slots = cls.__dict__.get('__slots__')
    if slots is None:
        # Types made in native code have no __slots__ but may have both of these.
        if cls.__weakrefoffset__ != 0:
            yield '__weakref__'
        if cls.__dictoffset__ != 0:
            yield '__dict__'
    elif isinstance(slots, str):
        yield slots
    elif not hasattr(slots, '__next__'):
        yield from slots
    else:
        raise TypeError(f"Slots of '{cls.__name__}' cannot be determined")


def _slots_with_docs(defined_fields, names):
    docs = {name: getattr(defined_fields.get(name), 'doc', None) for name in names}
    if any(doc is not None for doc in docs.values()):
        return docs
    return tuple(names)


def _add_slots(cls, is_frozen, weakref_slot, defined_fields):
    """A copy of the class with __slots__: they cannot be added to a class that exists."""
    if '__slots__' in cls.__dict__:
        raise TypeError(f'{cls.__name__} already specifies __slots__')
    cls_dict = dict(cls.__dict__)
    field_names = tuple([f.name for f in fields(cls)])
    inherited = {slot for base in cls.__mro__[1:-1] for slot in _get_slots(base)}
    names = [name for name in field_names if name not in inherited]
    if weakref_slot and '__weakref__' not in inherited:
        names.append('__weakref__')
    cls_dict['__slots__'] = _slots_with_docs(defined_fields, names)
    for name in field_names:
        # Class attributes would conflict with the slots; __init__ has the defaults.
        cls_dict.pop(name, None)
    cls_dict.pop('__dict__', None)
    cls_dict.pop('__weakref__', None)

    qualname = getattr(cls, '__qualname__', None)
    new_cls = type(cls)(cls.__name__, cls.__bases__, cls_dict)
    if qualname is not None:
        new_cls.__qualname__ = qualname
    if is_frozen:
        # Pickling sets attributes, so it needs a way around the frozen __setattr__.
        if '__getstate__' not in cls_dict:
            new_cls.__getstate__ = _dataclass_getstate
        if '__setstate__' not in cls_dict:
            new_cls.__setstate__ = _dataclass_setstate

    # Methods that say super() or __class__ still refer to the class that is given up.
    for member in new_cls.__dict__.values():
        if isinstance(member, property):
            candidates = (member.fget, member.fset, member.fdel)
        else:
            candidates = (member,)
        if any(_point_class_cell_to(new_cls, cls, candidate) for candidate in candidates):
            break
    return new_cls


def _point_class_cell_to(new_cls, old_cls, member):
    """Point the __class__ cell of a function to new_cls; true if it had one (they all share it)."""
    while hasattr(member, '__wrapped__'):
        member = member.__wrapped__
    if isinstance(member, (staticmethod, classmethod)):
        member = member.__func__
    if not isinstance(member, FunctionType):
        return False
    try:
        index = member.__code__.co_freevars.index("__class__")
    except ValueError:
        return False
    cell = member.__closure__[index]
    if cell.cell_contents is old_cls:
        cell.cell_contents = new_cls
        return True
    return False


def dataclass(cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False,
              frozen=False, match_args=True, kw_only=False, slots=False, weakref_slot=False):
    """Add methods made from the annotated fields of a class.

    By default __init__(), __repr__(), __eq__() and __match_args__; the other arguments ask for
    ordering, hashing, read-only instances, keyword-only parameters and __slots__.
    """
    def wrap(cls):
        return _process_class(cls, init, repr, eq, order, unsafe_hash, frozen, match_args,
                              kw_only, slots, weakref_slot)

    if cls is None:
        return wrap
    return wrap(cls)


# Functions on data classes

def fields(class_or_instance):
    """The fields of a data class or of an instance, as a tuple of Field objects."""
    try:
        known = getattr(class_or_instance, _FIELDS)
    except AttributeError:
        raise TypeError('must be called with a dataclass type or instance') from None
    return tuple([f for f in known.values() if f._field_type is _FIELD])


def _is_dataclass_instance(obj):
    return hasattr(type(obj), _FIELDS)


def is_dataclass(obj):
    """True for a data class and for an instance of one."""
    cls = obj if isinstance(obj, type) else type(obj)
    return hasattr(cls, _FIELDS)


_ATOMIC_TYPES = frozenset({
    type(None), bool, int, float, str, complex, bytes, type(...), type(NotImplemented),
    type(fields.__code__), type(len), FunctionType, type, range, property,
})


def asdict(obj, *, dict_factory=dict):
    """Turn a data class instance into a dict, its nested ones and containers as well."""
    if not _is_dataclass_instance(obj):
        raise TypeError("asdict() should be called on dataclass instances")
    return _convert(obj, lambda flds, values: dict_factory(
        [(f.name, value) for f, value in zip(flds, values)]))


def astuple(obj, *, tuple_factory=tuple):
    """Turn a data class instance into a tuple, its nested ones and containers as well."""
    if not _is_dataclass_instance(obj):
        raise TypeError("astuple() should be called on dataclass instances")
    return _convert(obj, lambda flds, values: tuple_factory(values))


def _convert(obj, make):
    """A deep copy of obj in which make(fields, values) stands for data class instances."""
    kind = type(obj)
    if kind in _ATOMIC_TYPES:
        return obj
    if hasattr(kind, _FIELDS):
        flds = fields(obj)
        return make(flds, [_convert(getattr(obj, f.name), make) for f in flds])
    if kind is list:
        return [_convert(item, make) for item in obj]
    if kind is dict:
        return {_convert(key, make): _convert(value, make) for key, value in obj.items()}
    if issubclass(kind, tuple):
        if hasattr(kind, '_fields'):
            return kind(*[_convert(item, make) for item in obj])
        return kind(_convert(item, make) for item in obj)
    if issubclass(kind, dict):
        if hasattr(kind, 'default_factory'):
            # defaultdict's first argument is not its contents.
            result = kind(obj.default_factory)
            for key, value in obj.items():
                result[_convert(key, make)] = _convert(value, make)
            return result
        return kind((_convert(key, make), _convert(value, make)) for key, value in obj.items())
    if issubclass(kind, list):
        return kind(_convert(item, make) for item in obj)
    import copy
    return copy.deepcopy(obj)


def make_dataclass(cls_name, fields, *, bases=(), namespace=None, init=True, repr=True, eq=True,
                   order=False, unsafe_hash=False, frozen=False, match_args=True, kw_only=False,
                   slots=False, weakref_slot=False, module=None, decorator=dataclass):
    """Make a data class from a name and fields: names, (name, type) or (name, type, field())."""
    import types
    from keyword import iskeyword

    if namespace is None:
        namespace = {}
    any_marker = object()
    seen = set()
    annotations = {}
    defaults = {}
    for item in fields:
        if isinstance(item, str):
            name, annotation = item, any_marker
        elif len(item) == 2:
            name, annotation = item
        elif len(item) == 3:
            name, annotation, default = item
            defaults[name] = default
        else:
            raise TypeError(f'Invalid field: {item!r}')
        if not isinstance(name, str) or not name.isidentifier():
            raise TypeError(f'Field names must be valid identifiers: {name!r}')
        if iskeyword(name):
            raise TypeError(f'Field names must not be keywords: {name!r}')
        if name in seen:
            raise TypeError(f'Field name duplicated: {name!r}')
        seen.add(name)
        annotations[name] = annotation

    value_blocked = True

    def annotate_method(format):
        # While the class is being made, a field without type must not import typing.
        def get_any():
            if format == 4:
                return 'typing.Any'
            if format == 3 and value_blocked and 'typing' not in sys.modules:
                from annotationlib import ForwardRef
                return ForwardRef('Any', module='typing')
            from typing import Any
            return Any
        if format not in (1, 3, 4):
            raise NotImplementedError
        result = {name: get_any() if annotation is any_marker else annotation
                  for name, annotation in annotations.items()}
        if format == 4:
            from annotationlib import annotations_to_string
            return annotations_to_string(result)
        return result

    def exec_body_callback(ns):
        ns.update(namespace)
        ns.update(defaults)
        ns['__annotate__'] = annotate_method

    cls = types.new_class(cls_name, bases, {}, exec_body_callback)
    value_blocked = False

    if module is None:
        try:
            module = sys._getframemodulename(1) or '__main__'
        except AttributeError:
            try:
                module = sys._getframe(1).f_globals.get('__name__', '__main__')
            except (AttributeError, ValueError):
                pass
    if module is not None:
        cls.__module__ = module
    return decorator(cls, init=init, repr=repr, eq=eq, order=order, unsafe_hash=unsafe_hash,
                     frozen=frozen, match_args=match_args, kw_only=kw_only, slots=slots,
                     weakref_slot=weakref_slot)


def replace(obj, /, **changes):
    """A new object of the same type with some fields changed."""
    if not _is_dataclass_instance(obj):
        raise TypeError("replace() should be called on dataclass instances")
    return _replace(obj, **changes)


def _replace(self, /, **changes):
    for f in getattr(self, _FIELDS).values():
        kind = f._field_type
        if kind is _FIELD_CLASSVAR:
            continue
        if not f.init:
            if f.name in changes:
                raise TypeError(f'field {f.name} is declared with '
                                f'init=False, it cannot be specified with '
                                f'replace()')
            continue
        if f.name not in changes:
            if kind is _FIELD_INITVAR and f.default is MISSING:
                raise TypeError(f"InitVar {f.name!r} must be specified with replace()")
            changes[f.name] = getattr(self, f.name)
    return self.__class__(**changes)
