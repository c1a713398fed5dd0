"""What a coroutine is."""

import sys

from _asyncio import _debug_in_environment, iscoroutine

__all__ = ('iscoroutinefunction', 'iscoroutine')


def _is_debug_mode():
    return sys.flags.dev_mode or (not sys.flags.ignore_environment and _debug_in_environment())


class _IsCoroutine:
    def __repr__(self):
        return '<object object>'


_is_coroutine = _IsCoroutine()


def iscoroutinefunction(func):
    """Return True if func is a decorated coroutine function."""
    import inspect
    import warnings
    warnings._deprecated(
        'asyncio.iscoroutinefunction',
        f'{{name!r}} is deprecated and slated for removal in Python {{remove}}; use inspect.iscoroutinefunction() instead',
        remove=(3, 16))
    return _iscoroutinefunction(func)


def _iscoroutinefunction(func):
    import inspect
    return inspect.iscoroutinefunction(func) or getattr(func, '_is_coroutine', None) is _is_coroutine


def _is_other_coroutine(obj):
    """Whether an object that is no native coroutine counts as one."""
    from _collections_abc import Coroutine
    return isinstance(obj, Coroutine)


def _format_coroutine(coro):
    def name_of(coro):
        name = getattr(coro, '__qualname__', None) or getattr(coro, '__name__', None)
        return f'{name}()' if name else f'<{type(coro).__name__} without __name__>()'

    def is_running(coro):
        return getattr(coro, 'cr_running', None) or getattr(coro, 'gi_running', False)

    code = getattr(coro, 'cr_code', None) or getattr(coro, 'gi_code', None)
    name = name_of(coro)
    if not code:
        return f'{name} running' if is_running(coro) else name
    frame = getattr(coro, 'gi_frame', None) or getattr(coro, 'cr_frame', None)
    filename = code.co_filename or '<empty co_filename>'
    if frame is not None:
        return f'{name} running at {filename}:{frame.f_lineno}'
    return f'{name} done, defined at {filename}:{code.co_firstlineno}'
