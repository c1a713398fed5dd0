"""Calls that run elsewhere: in threads, processes, interpreters."""

from concurrent.futures._base import (ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, BrokenExecutor, CancelledError, Executor, Future,
                                      InvalidStateError, TimeoutError, as_completed, wait)

__all__ = ['FIRST_COMPLETED', 'FIRST_EXCEPTION', 'ALL_COMPLETED', 'CancelledError', 'TimeoutError', 'InvalidStateError', 'BrokenExecutor',
           'Future', 'Executor', 'wait', 'as_completed', 'ProcessPoolExecutor', 'ThreadPoolExecutor', 'InterpreterPoolExecutor']

# Executors are imported when they are asked for.
_EXECUTORS = {'ProcessPoolExecutor': 'process', 'ThreadPoolExecutor': 'thread', 'InterpreterPoolExecutor': 'interpreter'}


def __dir__():
    return __all__ + ['__author__', '__doc__']


def __getattr__(name):
    module = _EXECUTORS.get(name)
    if module is None:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    from importlib import import_module
    executor = getattr(import_module(f'concurrent.futures.{module}'), name)
    globals()[name] = executor
    return executor
