"""What an interpreter does for others: each request is bytes, and so is its answer."""

import sys

import _crossinterp
import _interpreters


def describe(exc):
    """What is told of an exception: its type, message and traceback, as text."""
    import traceback
    import types

    kind = type(exc)
    try:
        message = str(exc)
    except Exception:
        message = None
    formatted = kind.__qualname__ if kind.__module__ == 'builtins' else f'{kind.__module__}.{kind.__qualname__}'
    if message is not None:
        formatted += f': {message}'
    lines = traceback.TracebackException.from_exception(exc).format()
    return types.SimpleNamespace(
        type=types.SimpleNamespace(__name__=kind.__name__, __qualname__=kind.__qualname__, __module__=kind.__module__),
        msg=message,
        formatted=formatted,
        errdisplay=''.join(lines).removesuffix('\n'),
    )


def _outside(exc):
    """The exception without this module's part of its traceback."""
    traceback = exc.__traceback__
    while traceback is not None and traceback.tb_frame.f_globals is globals():
        traceback = traceback.tb_next
    return exc.with_traceback(traceback)


def _execute(code):
    try:
        exec(_interpreters.code_from_bytes(code), sys.modules['__main__'].__dict__)
    except BaseException as exc:
        return 'failed', describe(_outside(exc))
    return 'done', None


def _prepare(names):
    sys.modules['__main__'].__dict__.update(_crossinterp.loads(names))
    return 'done', None


def _call(*parts):
    loaded = []
    for what, part in zip(('func', 'args', 'kwargs'), parts):
        try:
            loaded.append(_crossinterp.loads(part))
        except Exception as exc:
            return 'refused', (f'{what} not shareable', 'object could not be unpickled', describe(_outside(exc)).formatted)
    function, args, kwargs = loaded
    try:
        result = function(*args, **kwargs)
    except BaseException as exc:
        return 'failed', describe(_outside(exc))
    try:
        return 'done', _crossinterp.dumps(result)
    except _crossinterp.NotShareableError as exc:
        return 'refused', ('object does not support cross-interpreter data', None, describe(exc).formatted)


_SERVICES = {'exec': _execute, 'prepare': _prepare, 'call': _call}


def serve(request):
    kind, arguments = _crossinterp.loads(request)
    return _crossinterp.dumps(_SERVICES[kind](*arguments))
