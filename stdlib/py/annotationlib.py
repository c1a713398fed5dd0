"""Reading the annotations of classes, functions and modules, evaluated or not.

Annotations are compiled into a function __annotate__(format). For the formats FORWARDREF and
STRING its code runs again with other globals, in which names are bound to objects that record as
text what is done with them. Only names are replaced, by filling a plain dict from the names the
code object lists, so the VM needs no globals of a special kind.
"""

import builtins
import sys
import types
from enum import IntEnum

__all__ = ["Format", "ForwardRef", "call_annotate_function", "call_evaluate_function",
           "get_annotate_from_class_namespace", "get_annotations", "annotations_to_string",
           "type_repr"]


class Format(IntEnum):
    """What annotations are wanted as."""

    VALUE = 1                       # Objects; a name that is not defined is an error.
    VALUE_WITH_FAKE_GLOBALS = 2     # Used inside this module.
    FORWARDREF = 3                  # Objects, with ForwardRef for what is not defined.
    STRING = 4                      # Text, close to the source.


_sentinel = object()
_SLOTS = ("__forward_is_argument__", "__forward_is_class__", "__forward_module__", "__weakref__",
          "__arg__", "__globals__", "__code__", "__extra_names__", "__owner__", "__cell__",
          "__stringifier_prec__")


class ForwardRef:
    """A type that is known only by the text of an annotation so far."""

    __slots__ = _SLOTS

    def __init__(self, arg, *, module=None, owner=None, is_argument=True, is_class=False):
        if not isinstance(arg, str):
            raise TypeError(f"Forward reference must be a string -- got {arg!r}")
        self.__arg__ = arg
        self.__forward_is_argument__ = is_argument
        self.__forward_is_class__ = is_class
        self.__forward_module__ = module
        self.__owner__ = owner
        self.__globals__ = None
        self.__cell__ = None
        self.__extra_names__ = None
        self.__code__ = None
        self.__stringifier_prec__ = 0

    def __init_subclass__(cls, /, *args, **kwds):
        raise TypeError("Cannot subclass ForwardRef")

    def evaluate(self, *, globals=None, locals=None, type_params=None, owner=None,
                 format=Format.VALUE):
        """The object that the text stands for."""
        if format == Format.STRING:
            return self.__forward_arg__
        if format not in (Format.VALUE, Format.FORWARDREF):
            raise NotImplementedError(format)
        keep = format == Format.FORWARDREF
        cell = self.__cell__
        if cell is not None and not isinstance(cell, dict):
            try:
                return cell.cell_contents
            except ValueError:
                pass
        if owner is None:
            owner = self.__owner__
        globals = self._globals_of(owner, globals)
        if type_params is None and owner is not None:
            type_params = getattr(owner, '__type_params__', None)
        if locals is None:
            locals = {}
            if isinstance(owner, type):
                locals.update(vars(owner))
        if type_params is not None or isinstance(cell, dict) or self.__extra_names__:
            globals = dict(globals)
            locals = dict(locals)
            for param in type_params or ():
                name = param.__name__
                if not self.__forward_is_class__ or name not in globals:
                    globals[name] = param
                    locals.pop(name, None)
            if isinstance(cell, dict):
                for name, one in cell.items():
                    try:
                        locals.setdefault(name, one.cell_contents)
                    except ValueError:
                        pass
            if self.__extra_names__:
                locals = {**locals, **self.__extra_names__}

        arg = self.__forward_arg__
        if arg.isidentifier() and not _iskeyword(arg):
            if arg in locals:
                return locals[arg]
            if arg in globals:
                return globals[arg]
            if hasattr(builtins, arg):
                return getattr(builtins, arg)
            if keep:
                return self
            raise NameError(f"name '{arg:.200}' is not defined", name=arg)
        code = self.__forward_code__
        try:
            return eval(code, globals=globals, locals=locals)
        except Exception:
            if not keep:
                raise
        # Evaluate with the names that are missing recorded, for what can be known of it.
        names = dict(builtins.__dict__)
        names.update(globals)
        names.update(locals)
        recorder = _Recorder(True, owner, globals, self.__forward_is_class__)
        for name in code.co_names:
            if name not in names:
                names[name] = recorder.name(name)
        try:
            result = eval(code, globals=names)
        except Exception:
            return self
        recorder.finish()
        return result

    def _globals_of(self, owner, globals):
        if globals is not None:
            return globals
        globals = self.__globals__
        if globals is None:
            if self.__forward_module__ is not None:
                globals = getattr(sys.modules.get(self.__forward_module__), '__dict__', None)
            elif isinstance(owner, type):
                globals = getattr(sys.modules.get(owner.__module__), '__dict__', None)
            elif isinstance(owner, types.ModuleType):
                globals = vars(owner)
            elif callable(owner):
                globals = getattr(owner, '__globals__', None)
        return {} if globals is None else globals

    def _evaluate(self, globalns, localns, type_params=_sentinel, *, recursive_guard):
        import typing
        import warnings
        if type_params is _sentinel:
            typing._deprecation_warning_for_no_type_params_passed("typing.ForwardRef._evaluate")
            type_params = ()
        warnings._deprecated(
            "ForwardRef._evaluate",
            "{name} is a private API and is retained for compatibility, but will be removed"
            " in Python 3.16. Use ForwardRef.evaluate() or typing.evaluate_forward_ref() instead.",
            remove=(3, 16))
        return typing.evaluate_forward_ref(
            self, globals=globalns, locals=localns, type_params=type_params,
            _recursive_guard=recursive_guard)

    @property
    def __forward_arg__(self):
        return self.__arg__

    @property
    def __forward_code__(self):
        if self.__code__ is None:
            arg = self.__forward_arg__
            if arg.startswith('*'):
                # '*tuple[int]' is no expression by itself.
                arg = f'({arg},)[0]'
            try:
                self.__code__ = compile(arg, "<string>", "eval")
            except SyntaxError:
                raise SyntaxError(f"Forward reference must be an expression -- got {arg!r}")
        return self.__code__

    def __eq__(self, other):
        if not isinstance(other, ForwardRef):
            return NotImplemented
        return (self.__forward_arg__ == other.__forward_arg__
                and self.__forward_module__ == other.__forward_module__
                and self.__globals__ is other.__globals__
                and self.__forward_is_class__ == other.__forward_is_class__
                and (self.__cell__ == other.__cell__)
                and self.__owner__ == other.__owner__
                and (self.__extra_names__ or None) == (other.__extra_names__ or None))

    def __hash__(self):
        cell = self.__cell__
        if isinstance(cell, dict):
            cell = tuple(sorted([(name, id(one)) for name, one in cell.items()]))
        elif cell is not None:
            cell = id(cell)
        extra = self.__extra_names__
        return hash((self.__forward_arg__, self.__forward_module__, id(self.__globals__),
                     self.__forward_is_class__, cell, self.__owner__,
                     tuple(sorted(extra)) if extra else None))

    def __or__(self, other):
        return types.UnionType[self, other]

    def __ror__(self, other):
        return types.UnionType[other, self]

    def __repr__(self):
        extra = ''
        if self.__forward_module__ is not None:
            extra += f", module={self.__forward_module__!r}"
        if self.__forward_is_class__:
            extra += ", is_class=True"
        if self.__owner__ is not None:
            extra += f", owner={self.__owner__!r}"
        return f"ForwardRef({self.__forward_arg__!r}{extra})"


def _iskeyword(name):
    from keyword import iskeyword
    return iskeyword(name)


# Recording

# Binding strength of operators, weakest first.
(_P_TERNARY, _P_OR, _P_AND, _P_NOT, _P_COMPARE, _P_BITOR, _P_BITXOR, _P_BITAND, _P_SHIFT, _P_SUM,
 _P_TERM, _P_UNARY, _P_POWER, _P_ATOM) = range(14)


class _Stringifier:
    """Stands for an expression; whatever is done with it makes the text of a larger one.

    Its slots are those of ForwardRef, so that it can become one when recording is over.
    """

    __slots__ = _SLOTS

    def __init__(self, text, prec, recorder, cell=None, extra_names=None):
        self.__arg__ = text
        self.__stringifier_prec__ = prec
        self.__forward_is_argument__ = False
        self.__forward_is_class__ = recorder.is_class
        self.__forward_module__ = None
        self.__code__ = recorder    # The slot is free until this is a ForwardRef.
        self.__globals__ = recorder.globals
        self.__extra_names__ = extra_names or None
        self.__cell__ = cell
        self.__owner__ = recorder.owner
        recorder.made.append(self)

    def __make(self, text, prec, *parts):
        names = {}
        for part in (self, *parts):
            if type(part) is _Stringifier:
                names.update(part.__extra_names__ or {})
        return _Stringifier(text, prec, self.__code__, self.__cell__, names)

    def __text(self, other, prec):
        """The text of an operand, in parentheses if it binds less than prec; and its names."""
        if type(other) is _Stringifier:
            text = other.__arg__
            return f'({text})' if other.__stringifier_prec__ < prec else text
        return self.__code__.text_of(other, self)

    def __getitem__(self, item):
        recorder = self.__code__
        base = self.__text(self, _P_ATOM)
        names = dict(self.__extra_names__ or {})
        if isinstance(item, tuple):
            if not item:
                inner = '()'
            else:
                inner = ', '.join([recorder.index_text(part, names) for part in item])
                if len(item) == 1 and not inner.startswith('*'):
                    inner += ','
        else:
            inner = recorder.index_text(item, names)
        return _Stringifier(f'{base}[{inner}]', _P_ATOM, recorder, self.__cell__, names)

    def __getattr__(self, attr):
        return self.__make(f'{self.__text(self, _P_ATOM)}.{attr}', _P_ATOM)

    def __call__(self, *args, **kwargs):
        recorder = self.__code__
        names = dict(self.__extra_names__ or {})
        parts = [recorder.operand_text(arg, names) for arg in args]
        parts += [f'{key}={recorder.operand_text(value, names)}' for key, value in kwargs.items()]
        return _Stringifier(f'{self.__text(self, _P_ATOM)}({", ".join(parts)})', _P_ATOM, recorder,
                            self.__cell__, names)

    def __iter__(self):
        yield self.__make(f'*{self.__arg__}', _P_TERNARY)

    def __hash__(self):
        return id(self)

    def __repr__(self):
        return self.__arg__

    def __format__(self, format_spec):
        raise TypeError("Cannot stringify annotation containing string formatting")

    def __binary(self, other, op, prec, swapped=False):
        recorder = self.__code__
        names = dict(self.__extra_names__ or {})
        mine, theirs = (prec + 1, prec) if swapped else (prec, prec + 1)
        if op == '**':
            mine, theirs = theirs, mine
        own = self.__text(self, mine)
        text = recorder.operand_text(other, names, theirs)
        whole = f'{text} {op} {own}' if swapped else f'{own} {op} {text}'
        return _Stringifier(whole, prec, recorder, self.__cell__, names)

    def __neg__(self):
        return self.__make(f'-{self.__text(self, _P_UNARY)}', _P_UNARY)

    def __pos__(self):
        return self.__make(f'+{self.__text(self, _P_UNARY)}', _P_UNARY)

    def __invert__(self):
        return self.__make(f'~{self.__text(self, _P_UNARY)}', _P_UNARY)


def _add_operators():
    binary = (
        ('add', '+', _P_SUM), ('sub', '-', _P_SUM), ('mul', '*', _P_TERM),
        ('matmul', '@', _P_TERM), ('truediv', '/', _P_TERM), ('mod', '%', _P_TERM),
        ('lshift', '<<', _P_SHIFT), ('rshift', '>>', _P_SHIFT), ('or', '|', _P_BITOR),
        ('xor', '^', _P_BITXOR), ('and', '&', _P_BITAND), ('floordiv', '//', _P_TERM),
        ('pow', '**', _P_POWER),
    )
    compare = (('lt', '<'), ('le', '<='), ('eq', '=='), ('ne', '!='), ('gt', '>'), ('ge', '>='))

    def method(op, prec, swapped):
        def operate(self, other):
            return self._Stringifier__binary(other, op, prec, swapped)
        return operate

    for name, op, prec in binary:
        setattr(_Stringifier, f'__{name}__', method(op, prec, False))
        setattr(_Stringifier, f'__r{name}__', method(op, prec, True))
    for name, op in compare:
        setattr(_Stringifier, f'__{name}__', method(op, _P_COMPARE, False))
    _Stringifier.__hash__ = lambda self: id(self)


_add_operators()


class _Recorder:
    """What the recording objects of one run share."""

    def __init__(self, resolve, owner, globals, is_class):
        self.resolve = resolve      # True for FORWARDREF: objects must be kept as they are.
        self.owner = owner
        self.globals = globals
        self.is_class = is_class
        self.made = []
        self.next_id = 0

    def name(self, name, cell=None):
        return _Stringifier(name, _P_ATOM, self, cell)

    def text_of(self, value, _=None):
        return self.operand_text(value, {})

    def operand_text(self, value, names, prec=_P_TERNARY):
        """The text of a value that meets a recorded expression; may bind a new name to it."""
        if type(value) is _Stringifier:
            names.update(value.__extra_names__ or {})
            text = value.__arg__
            return f'({text})' if value.__stringifier_prec__ < prec else text
        if value is ... or value is None or isinstance(value, (str, int, float, complex, bytes)):
            if type(value) in (str, int, float, complex, bytes, bool) or value in (None, ...):
                return '...' if value is ... else repr(value)
        kind = type(value)
        if kind is tuple:
            inner = ', '.join([self.operand_text(item, names) for item in value])
            return f'({inner},)' if len(value) == 1 else f'({inner})'
        if kind is list:
            return '[' + ', '.join([self.operand_text(item, names) for item in value]) + ']'
        if kind is set and value:
            return '{' + ', '.join([self.operand_text(item, names) for item in value]) + '}'
        if kind is dict:
            return '{' + ', '.join([f'{self.operand_text(key, names)}: '
                                    f'{self.operand_text(item, names)}'
                                    for key, item in value.items()]) + '}'
        if not self.resolve:
            return type_repr(value)
        # An object without a literal: give it a name of its own.
        self.next_id += 1
        name = f"__annotationlib_name_{self.next_id}__"
        names[name] = value
        return name

    def index_text(self, value, names):
        if isinstance(value, slice):
            text = ':'.join(['' if part is None else self.operand_text(part, names)
                             for part in (value.start, value.stop)])
            if value.step is not None:
                text += f':{self.operand_text(value.step, names)}'
            return text
        return self.operand_text(value, names)

    def finish(self):
        """Turn all recording objects into forward references."""
        for item in self.made:
            if type(item) is _Stringifier:
                text = item.__arg__
                names = item.__extra_names__
                if names:
                    # Names for plain classes read better, as long as they mean the same.
                    for name, value in list(names.items()):
                        shown = type_repr(value)
                        if _resolves_to(shown, value, item.__globals__):
                            text = text.replace(name, shown)
                            del names[name]
                    item.__arg__ = text
                    item.__extra_names__ = names or None
                item.__code__ = None
                item.__stringifier_prec__ = 0
                _become_forward_ref(item)


def _resolves_to(name, value, globals):
    if not name.isidentifier():
        return False
    missing = object()
    found = (globals or {}).get(name, missing)
    if found is missing:
        found = getattr(builtins, name, missing)
    return found is value


def _become_forward_ref(item):
    object.__setattr__(item, '__class__', ForwardRef)


def _stringified(value):
    return value.__arg__ if type(value) is _Stringifier else type_repr(value)


# Calling __annotate__

def call_evaluate_function(evaluate, format, *, owner=None):
    """The value of a lazily evaluated thing (a TypeVar's bound, say) in a format."""
    return call_annotate_function(evaluate, format, owner=owner, _is_evaluate=True)


def call_annotate_function(annotate, format, *, owner=None, _is_evaluate=False):
    """Call an __annotate__ function in any format, whether or not it supports that itself."""
    if format == Format.VALUE_WITH_FAKE_GLOBALS:
        raise ValueError("The VALUE_WITH_FAKE_GLOBALS format is for internal use only")
    try:
        return annotate(format)
    except NotImplementedError:
        pass
    if format == Format.STRING:
        result = _run_recording(annotate, owner, resolve=False)
        if _is_evaluate:
            return result if isinstance(result, str) else _stringified(result)
        return {key: value if isinstance(value, str) else _stringified(value)
                for key, value in result.items()}
    if format == Format.FORWARDREF:
        try:
            return annotate(Format.VALUE)
        except NotImplementedError:
            pass
        except Exception:
            pass
        else:
            pass
        return _run_recording(annotate, owner, resolve=True)
    if format == Format.VALUE:
        raise RuntimeError("annotate function does not support VALUE format")
    raise ValueError(f"Invalid format: {format!r}")


class _Everything:
    """Stands for the set of annotations that were executed, where all are wanted."""

    def __contains__(self, number):
        return True


_EVERYTHING = _Everything()


def _run_recording(annotate, owner, *, resolve):
    if isinstance(annotate, types.MethodType):
        bound_self, annotate = annotate.__self__, annotate.__func__
    else:
        bound_self = None
    code = getattr(annotate, '__code__', None)
    if code is None:
        raise NotImplementedError
    if owner is None:
        owner = getattr(annotate, '__self__', None)
    is_class = isinstance(owner, type)
    globals = annotate.__globals__
    recorder = _Recorder(resolve, owner, globals, is_class)
    if resolve:
        names = dict(builtins.__dict__)
        names.update(globals)
    else:
        names = {}
    for name in code.co_names:
        if name not in names:
            names[name] = _EVERYTHING if name == '__conditional_annotations__' else recorder.name(name)
    closure = None
    if annotate.__closure__:
        closure = []
        for name, cell in zip(code.co_freevars, annotate.__closure__):
            if name == '__classdict__':
                # Where names of the class body are looked up first.
                scope = {} if not resolve else cell.cell_contents
                closure.append(types.CellType(scope))
                continue
            try:
                value = cell.cell_contents
            except ValueError:
                value, known = None, False
            else:
                known = True
            if resolve and known:
                closure.append(cell)
            elif name == '__conditional_annotations__':
                closure.append(types.CellType(_EVERYTHING))
            elif name == '__class__' and known:
                closure.append(cell)
            else:
                closure.append(types.CellType(recorder.name(name, cell)))
        closure = tuple(closure)
    run = types.FunctionType(code, names, closure=closure, argdefs=annotate.__defaults__,
                             kwdefaults=annotate.__kwdefaults__)
    args = (Format.VALUE_WITH_FAKE_GLOBALS,)
    if bound_self is not None:
        args = (bound_self, *args)
    result = run(*args)
    if resolve:
        recorder.finish()
    return result


def get_annotate_from_class_namespace(obj):
    """The annotate function in the namespace of a class, for metaclasses; None if none."""
    try:
        return obj["__annotate__"]
    except KeyError:
        return obj.get("__annotate_func__", None)


def get_annotations(obj, *, globals=None, locals=None, eval_str=False, format=Format.VALUE):
    """The annotations of a class, function or module as a new dict.

    With eval_str, values that are strings are evaluated.
    """
    if eval_str and format != Format.VALUE:
        raise ValueError("eval_str=True is only supported with format=Format.VALUE")
    if format == Format.VALUE:
        ann = _get_dunder_annotations(obj)
        if ann is None:
            ann = _get_and_call_annotate(obj, format)
    elif format == Format.FORWARDREF:
        try:
            ann = _get_dunder_annotations(obj)
        except Exception:
            pass
        else:
            if ann is not None:
                return dict(ann)
        ann = _get_and_call_annotate(obj, format)
        if ann is None:
            ann = _get_dunder_annotations(obj)
    elif format == Format.STRING:
        ann = _get_and_call_annotate(obj, format)
        if ann is not None:
            return dict(ann)
        ann = _get_dunder_annotations(obj)
        if ann is not None:
            return annotations_to_string(ann)
    elif format == Format.VALUE_WITH_FAKE_GLOBALS:
        raise ValueError("The VALUE_WITH_FAKE_GLOBALS format is for internal use only")
    else:
        raise ValueError(f"Unsupported format {format!r}")

    if ann is None:
        if isinstance(obj, type) or callable(obj):
            return {}
        raise TypeError(f"{obj!r} does not have annotations")
    if not ann:
        return {}
    if not eval_str:
        return dict(ann)
    return _evaluate_strings(obj, ann, globals, locals)


def _evaluate_strings(obj, ann, globals, locals):
    if globals is None or locals is None:
        if isinstance(obj, type):
            module = sys.modules.get(getattr(obj, '__module__', None))
            obj_globals = getattr(module, '__dict__', None)
            obj_locals = dict(vars(obj))
            unwrap = obj
        elif isinstance(obj, types.ModuleType):
            obj_globals = obj.__dict__
            obj_locals = unwrap = None
        elif callable(obj):
            obj_globals = getattr(obj, '__globals__', None)
            obj_locals = None
            unwrap = obj
        else:
            obj_globals = obj_locals = unwrap = None
        if unwrap is not None:
            import functools
            # What wraps itself, perhaps through others, ends where it would begin again.
            seen = set()
            while id(unwrap) not in seen:
                seen.add(id(unwrap))
                if hasattr(unwrap, '__wrapped__'):
                    inner = unwrap.__wrapped__
                elif isinstance(unwrap, functools.partial):
                    inner = unwrap.func
                else:
                    break
                if id(inner) not in seen:
                    unwrap = inner
            if hasattr(unwrap, "__globals__"):
                obj_globals = unwrap.__globals__
        if globals is None:
            globals = obj_globals
        if locals is None:
            locals = obj_locals
    type_params = getattr(obj, '__type_params__', None)
    if type_params:
        locals = {} if locals is None else locals
        locals = {param.__name__: param for param in type_params} | dict(locals)
    result = {}
    for key, value in ann.items():
        if isinstance(value, str):
            text = value
            if text.startswith('*'):
                text = f'({text},)[0]'
            value = eval(text, globals, locals)
        result[key] = value
    return result


def type_repr(value):
    """How a type is shown in annotations: int, module.Class, or its repr."""
    if isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType)):
        if value.__module__ == "builtins":
            return value.__qualname__
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, type(t'')):
        return _template_text(value)
    if value is ...:
        return "..."
    return repr(value)


def _template_text(template):
    """A t-string as it may have been written."""
    text = ''
    for part in template:
        if isinstance(part, str):
            text += repr(part)[1:-1].replace('{', '{{').replace('}', '}}')
            continue
        text += '{' + part.expression
        if part.conversion is not None:
            text += f'!{part.conversion}'
        if part.format_spec:
            text += f':{part.format_spec}'
        text += '}'
    quote = '"' if "'" in text and '"' not in text else "'"
    return f't{quote}{text}{quote}'


def annotations_to_string(annotations):
    """Turn evaluated annotations into text."""
    return {name: value if isinstance(value, str) else type_repr(value)
            for name, value in annotations.items()}


_BASE_GET_ANNOTATE = type.__dict__["__annotate__"].__get__
_BASE_GET_ANNOTATIONS = type.__dict__["__annotations__"].__get__


def _get_and_call_annotate(obj, format):
    """The annotations by __annotate__; None if obj has none."""
    # A class's own, not what its metaclass may have put in the way.
    if isinstance(obj, type):
        try:
            annotate = _BASE_GET_ANNOTATE(obj)
        except AttributeError:
            annotate = None
    else:
        annotate = getattr(obj, "__annotate__", None)
    if annotate is None:
        return None
    ann = call_annotate_function(annotate, format, owner=obj)
    if not isinstance(ann, dict):
        raise ValueError(f"{obj!r}.__annotate__ returned a non-dict")
    return ann


def _get_dunder_annotations(obj):
    """The annotations by __annotations__; None if obj has none."""
    if isinstance(obj, type):
        try:
            ann = _BASE_GET_ANNOTATIONS(obj)
        except AttributeError:
            # An old-style static type.
            return None
    else:
        ann = getattr(obj, "__annotations__", None)
        if ann is None:
            return None
    if not isinstance(ann, dict):
        raise ValueError(f"{obj!r}.__annotations__ is neither a dict nor None")
    return ann
