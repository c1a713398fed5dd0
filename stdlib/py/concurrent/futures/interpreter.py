"""InterpreterPoolExecutor: calls in a pool of interpreters, each in a thread of its own."""

import sys

from concurrent import interpreters
from concurrent.futures import thread


def do_call(results, func, args, kwargs):
    """Makes the call in the other interpreter. What it raises is put into a queue as well, for ExecutionFailed only describes it."""
    try:
        return func(*args, **kwargs)
    except BaseException as exc:
        try:
            results.put(exc)
        except interpreters.NotShareableError:
            import traceback

            print('exception is not shareable:', file=sys.stderr)
            traceback.print_exception(exc)
            results.put(None)
        raise


class WorkerContext(thread.WorkerContext):
    """What a thread of the pool has: an interpreter, and a queue for the exceptions of calls there."""

    @classmethod
    def prepare(cls, initializer, initargs):
        def resolve_task(fn, args, kwargs):
            if isinstance(fn, str):
                raise TypeError('scripts not supported')
            return fn, args, kwargs

        initdata = None if initializer is None else resolve_task(initializer, initargs, {})

        def create_context():
            return cls(initdata)

        return create_context, resolve_task

    def __init__(self, initdata):
        self.initdata = initdata
        self.interp = None
        self.results = None

    def __del__(self):
        if self.interp is not None:
            self.finalize()

    def initialize(self):
        self.interp = interpreters.create()
        try:
            self.results = interpreters.create_queue()
            if self.initdata:
                self.run(self.initdata)
        except BaseException:
            self.finalize()
            raise

    def finalize(self):
        interp, self.interp, self.results = self.interp, None, None
        if interp is not None:
            try:
                interp.close()
            except interpreters.InterpreterNotFoundError:
                pass

    def run(self, task):
        try:
            return self.interp.call(do_call, self.results, *task)
        except interpreters.ExecutionFailed as wrapper:
            exc = self.results.get()
            if exc is None:
                raise
            raise exc from wrapper


class BrokenInterpreterPool(thread.BrokenThreadPool):
    """An initializer failed, so that there is no interpreter to run anything."""


class InterpreterPoolExecutor(thread.ThreadPoolExecutor):
    """Makes calls in up to `max_workers` interpreters: Python code of several runs at the same time."""

    BROKEN = BrokenInterpreterPool

    @classmethod
    def prepare_context(cls, initializer, initargs):
        return WorkerContext.prepare(initializer, initargs)

    def __init__(self, max_workers=None, thread_name_prefix='', initializer=None, initargs=()):
        prefix = thread_name_prefix or f'InterpreterPoolExecutor-{self._counter()}'
        super().__init__(max_workers, prefix, initializer, initargs)
