"""More interpreters in the same process, each with modules, objects and a lock of its own."""

import threading
import types
import weakref

import _crossinterp
import _interpreters
from _crossinterp import is_shareable
from _interpreters import InterpreterError, InterpreterNotFoundError, NotShareableError

from ._queues import Queue, QueueEmpty, QueueFull
from ._queues import create as create_queue

__all__ = ['get_current', 'get_main', 'create', 'list_all', 'is_shareable', 'Interpreter', 'InterpreterError',
           'InterpreterNotFoundError', 'ExecutionFailed', 'NotShareableError', 'create_queue', 'Queue', 'QueueEmpty', 'QueueFull']

_MAIN_ID = 0
_is_callable = callable
_WHENCE_MAIN = 'runtime init'
_WHENCE_HERE = '_interpreters module'


class ExecutionFailed(InterpreterError):
    """Code in another interpreter raised an exception; `excinfo` has what is known of it: type, msg, formatted, errdisplay."""

    def __init__(self, excinfo):
        super().__init__(excinfo.formatted)
        self.excinfo = excinfo

    def __str__(self):
        return f'{super().__str__()}\n\nUncaught in the interpreter:\n\n{self.excinfo.errdisplay}'

    def __reduce__(self):
        return type(self), (self.excinfo,)


def create():
    """Return a new, idle interpreter."""
    return Interpreter(_interpreters.create())


def list_all():
    """Return all interpreters."""
    return [Interpreter(id) for id in _interpreters.list_all()]


def get_current():
    """Return the interpreter that runs this."""
    return Interpreter(_interpreters.get_current())


def get_main():
    """Return the interpreter that the program began in."""
    return Interpreter(_MAIN_ID)


_known = weakref.WeakValueDictionary()


class Interpreter:
    """One interpreter.

    `id` names it, `whence` says what made it. It ends with close(), or when no Interpreter of it is left anywhere.
    """

    def __new__(cls, id, /):
        if not isinstance(id, int):
            raise TypeError(f'id must be an int, got {id!r}')
        id = int(id)
        self = _known.get(id)
        if self is not None:
            return self
        if id != _MAIN_ID:
            _interpreters.incref(id)
        self = super().__new__(cls)
        self._id = id
        self._ownsref = id != _MAIN_ID
        _known[id] = self
        return self

    def __repr__(self):
        return f'{type(self).__name__}({self.id})'

    def __hash__(self):
        return hash(self._id)

    def __del__(self):
        if getattr(self, '_ownsref', False):
            self._ownsref = False
            try:
                _interpreters.decref(self._id)
            except InterpreterNotFoundError:
                pass

    def __reduce__(self):
        return type(self), (self._id,)

    @property
    def id(self):
        return self._id

    @property
    def whence(self):
        return _WHENCE_MAIN if self._id == _MAIN_ID else _WHENCE_HERE

    def _check(self, purpose):
        """Raises InterpreterError for the main interpreter, which serves nobody, and for one that is gone."""
        if self._id == _MAIN_ID:
            raise InterpreterError(f'cannot {purpose} unrecognized interpreter {self._id}')
        _interpreters.is_running(self._id)

    def _request(self, purpose, kind, *arguments):
        """Has the interpreter serve a request, and returns the answer."""
        answer = _interpreters.request(self._id, _crossinterp.dumps((kind, arguments)), f'{purpose} interpreter {self._id}')
        state, value = _crossinterp.loads(answer)
        if state == 'failed':
            raise ExecutionFailed(value)
        if state == 'refused':
            message, reason, cause = value
            error = Exception(cause)
            for text in filter(None, (reason, message)):
                outer = NotShareableError(text)
                outer.__cause__ = error
                error = outer
            raise error
        return value

    def is_running(self):
        """Return whether the interpreter runs something."""
        return _interpreters.is_running(self._id)

    def close(self):
        """Finalize the interpreter; InterpreterError if it is running, or is the calling one."""
        self._check('destroy')
        _interpreters.destroy(self._id)

    def prepare_main(self, ns=None, /, **kwargs):
        """Bind shareable objects to names in the interpreter's `__main__`."""
        names = dict(ns, **kwargs) if ns is not None else kwargs
        self._check('update __main__ for')
        if not names:
            raise ValueError('arg 2 must be a non-empty dict')
        for name, value in names.items():
            if not isinstance(name, str):
                raise TypeError('bad argument type for built-in operation')
            _crossinterp.check_shareable(value)
        self._request('update __main__ for', 'prepare', _crossinterp.dumps(names))

    def exec(self, code, /):
        """Run source text, a code object, or the body of a function without arguments in the interpreter's `__main__`.

        What it raises is described by an ExecutionFailed. Other threads of this interpreter run meanwhile.
        """
        self._check('exec code for')
        self._request('exec code for', 'exec', _interpreters.code_to_bytes(_script(code)))

    def call(self, callable, /, *args, **kwargs):
        """Return what the interpreter gets from a call.

        Arguments and result are shareable or can be pickled. A function that needs nothing but its arguments and builtins
        crosses as it is, others by their names. What it raises is described by an ExecutionFailed.
        """
        return self._call(callable, args, kwargs)

    def _call(self, callable, args, kwargs):
        self._check('make a call in')
        if not _is_callable(callable):
            raise TypeError(f'expected a callable, got {callable!r}')
        parts = map(_crossinterp.dumps, (callable, args, kwargs))
        return _crossinterp.loads(self._request('make a call in', 'call', *parts))

    def call_in_thread(self, callable, /, *args, **kwargs):
        """Return a started thread that makes the call; its result is dropped."""
        thread = threading.Thread(target=self._call, args=(callable, args, kwargs))
        thread.start()
        return thread


def _script(code):
    """The code object of what exec() is given."""
    if isinstance(code, (str, bytes)):
        return compile(code, '<script>', 'exec')
    if isinstance(code, types.FunctionType):
        if code.__closure__ is not None:
            raise ValueError('closures not supported')
        code = code.__code__
    elif not isinstance(code, types.CodeType):
        raise TypeError(f'unsupported script {code!r}')
    if code.co_freevars:
        raise ValueError('closures not supported')
    if code.co_argcount or code.co_kwonlyargcount or code.co_flags & 0x0C:
        raise ValueError('code with args not supported')
    # Generators and coroutines are values, too.
    if code.co_flags & 0x2A0 or code.co_flags & 0x2 and _interpreters.code_returns_value(code):
        raise ValueError('code that returns a value is not a script')
    return code
