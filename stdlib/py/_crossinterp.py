"""What crosses between interpreters, as bytes.

Shareable objects cross as they are, functions that need nothing around them as their code, all else by pickle. What a script's `__main__`
defines is looked for in the other interpreter's `__main__` and, if it is not there, in the script, which is run there under another name.
"""

import builtins
import sys

# An interpreter that only serves others starts sooner without the modules around these.
import _interpreters
from _interpreters import NotShareableError
from _io import BytesIO, open_code
from _pickle import Pickler
from _pickle import dumps as _plain_dumps
from _pickle import loads

_FunctionType = type(lambda: None)
_ModuleType = type(sys)
_PROTOCOL = 5

_AS_THEY_ARE = frozenset({type(None), bool, int, float, str, bytes, tuple})
# Types of which `concurrent.interpreters` knows that they cross.
_shareable_types = set(_AS_THEY_ARE)
_INT_LIMIT = 1 << 63
# The name of a script that is run for what it defines.
_SCRIPT_NAME = '<fake __main__>'
_scripts = {}


def is_shareable(obj, /):
    """Return whether an object's type is one whose objects cross between interpreters without a copy by pickle."""
    return type(obj) in _shareable_types


def not_shareable(obj):
    return NotShareableError(f'{obj!r} does not support cross-interpreter data')


def check_shareable(obj):
    """Raise NotShareableError for what only pickle could copy."""
    kind = type(obj)
    if kind not in _shareable_types or kind is int and not -_INT_LIMIT <= obj < _INT_LIMIT:
        raise not_shareable(obj)
    if kind is tuple:
        try:
            for item in obj:
                check_shareable(item)
        except NotShareableError as exc:
            raise not_shareable(obj) from exc


def _is_stateless(function):
    """Whether a function needs nothing but its code and the builtins."""
    if function.__closure__ is not None or function.__defaults__ or function.__kwdefaults__:
        return False
    return all(hasattr(builtins, name) for name in _interpreters.code_globals(function.__code__))


def _make_function(code, name, qualname):
    function = _FunctionType(_interpreters.code_from_bytes(code), sys.modules['__main__'].__dict__, name)
    function.__qualname__ = qualname
    return function


def _resolve(namespace, qualname):
    first, *rest = qualname.split('.')
    found = namespace[first]
    for name in rest:
        found = getattr(found, name)
    return found


def _of_main(script, qualname):
    """What `__main__` of the sender has under a name."""
    try:
        return _resolve(sys.modules['__main__'].__dict__, qualname)
    except (KeyError, AttributeError):
        pass
    try:
        return _resolve(_namespace_of(script), qualname)
    except (KeyError, AttributeError, OSError):
        raise AttributeError(f"module '__main__' has no attribute '{qualname}'") from None


def _namespace_of(script):
    if script is None:
        return {}
    if script not in _scripts:
        with open_code(script) as file:
            code = compile(file.read(), script, 'exec')
        module = _scripts[script] = _ModuleType(_SCRIPT_NAME)
        module.__file__ = script
        try:
            exec(code, module.__dict__)
        except BaseException:
            del _scripts[script]
            raise
    return _scripts[script].__dict__


class _Pickler(Pickler):
    def reducer_override(self, obj):
        kind = type(obj)
        if kind is _FunctionType:
            if _is_stateless(obj):
                return _make_function, (_interpreters.code_to_bytes(obj.__code__), obj.__name__, obj.__qualname__)
        elif not isinstance(obj, type):
            return NotImplemented
        if getattr(obj, '__module__', None) != '__main__':
            return NotImplemented
        main = sys.modules['__main__']
        try:
            if _resolve(main.__dict__, obj.__qualname__) is not obj:
                return NotImplemented
        except (KeyError, AttributeError):
            return NotImplemented
        return _of_main, (getattr(main, '__file__', None), obj.__qualname__)


def dumps(obj):
    """The bytes of any object that can cross, of which loads() makes one again; NotShareableError for others."""
    if type(obj) in _AS_THEY_ARE and type(obj) is not tuple:
        return _plain_dumps(obj, _PROTOCOL)
    file = BytesIO()
    try:
        _Pickler(file, _PROTOCOL).dump(obj)
    except Exception as exc:
        error = exc
    else:
        return file.getvalue()
    if type(obj) is tuple:
        for item in obj:
            try:
                dumps(item)
            except NotShareableError as exc:
                raise not_shareable(obj) from exc
    if type(obj) is _FunctionType and obj.__closure__ is not None:
        raise NotShareableError('only stateless functions are shareable') from error
    raise not_shareable(obj) from None
