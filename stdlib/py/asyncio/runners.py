"""asyncio.run and what it is made of."""

import sys
from _contextvars import copy_context
from _functools import partial

from . import base_events, constants, coroutines, events, exceptions, tasks

__all__ = ('Runner', 'run')


class _State:
    CREATED = 'created'
    INITIALIZED = 'initialized'
    CLOSED = 'closed'


def _signal_module():
    """The signal module, if there is one and this is the main thread."""
    threading = sys.modules.get('threading')
    if threading is not None and threading.current_thread() is not threading.main_thread():
        return None
    try:
        # The native part: no enums are needed here.
        import _signal
    except ImportError:
        return None
    return _signal


async def _await(awaitable):
    return await awaitable


class Runner:
    """A context manager that controls event loop life cycle: several coroutines may be run in one loop."""

    def __init__(self, *, debug=None, loop_factory=None):
        self._state = _State.CREATED
        self._debug = debug
        self._loop_factory = loop_factory
        self._loop = None
        self._context = None
        self._interrupt_count = 0
        self._set_event_loop = False

    def __enter__(self):
        self._lazy_init()
        return self

    def __exit__(self, exc_type, exc_val, exc_tb):
        self.close()

    def close(self):
        """Shutdown and close event loop."""
        if self._state is not _State.INITIALIZED:
            return
        try:
            loop = self._loop
            _cancel_all_tasks(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.run_until_complete(loop.shutdown_default_executor(constants.THREAD_JOIN_TIMEOUT))
        finally:
            if self._set_event_loop:
                events.set_event_loop(None)
            loop.close()
            self._loop = None
            self._state = _State.CLOSED

    def get_loop(self):
        """Return embedded event loop."""
        self._lazy_init()
        return self._loop

    def run(self, coro, *, context=None):
        """Run code in the embedded event loop."""
        if events._get_running_loop() is not None and not base_events._nesting:
            raise RuntimeError('Runner.run() cannot be called from a running event loop')
        self._lazy_init()
        if not coroutines.iscoroutine(coro):
            import inspect
            if not inspect.isawaitable(coro):
                raise TypeError('An asyncio.Future, a coroutine or an awaitable is required')
            coro = _await(coro)
        if context is None:
            context = self._context
        task = self._loop.create_task(coro, context=context)
        signal = _signal_module()
        sigint_handler = None
        if signal is not None and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            sigint_handler = partial(self._on_sigint, main_task=task)
            try:
                signal.signal(signal.SIGINT, sigint_handler)
            except ValueError:
                # Not the main thread of the main interpreter.
                sigint_handler = None
        self._interrupt_count = 0
        try:
            return self._loop.run_until_complete(task)
        except exceptions.CancelledError:
            if self._interrupt_count > 0:
                uncancel = getattr(task, 'uncancel', None)
                if uncancel is not None and uncancel() == 0:
                    raise KeyboardInterrupt()
            raise
        finally:
            if sigint_handler is not None and signal.getsignal(signal.SIGINT) is sigint_handler:
                signal.signal(signal.SIGINT, signal.default_int_handler)

    def _lazy_init(self):
        if self._state is _State.CLOSED:
            raise RuntimeError('Runner is closed')
        if self._state is _State.INITIALIZED:
            return
        if self._loop_factory is None:
            self._loop = events.new_event_loop()
            if not self._set_event_loop:
                # Child watchers and the like find the loop this way.
                events.set_event_loop(self._loop)
                self._set_event_loop = True
        else:
            self._loop = self._loop_factory()
        if self._debug is not None:
            self._loop.set_debug(self._debug)
        self._context = copy_context()
        self._state = _State.INITIALIZED

    def _on_sigint(self, signum, frame, main_task):
        self._interrupt_count += 1
        if self._interrupt_count == 1 and not main_task.done():
            main_task.cancel()
            # Ends the wait of the loop.
            self._loop.call_soon_threadsafe(lambda: None)
            return
        raise KeyboardInterrupt()


def run(main, *, debug=None, loop_factory=None):
    """Execute the coroutine and return the result, in a new event loop that is closed at the end."""
    running = events._get_running_loop()
    if running is not None:
        if not base_events._nesting:
            raise RuntimeError('asyncio.run() cannot be called from a running event loop')
        if loop_factory is None:
            return _run_on(running, main, debug)
    with Runner(debug=debug, loop_factory=loop_factory) as runner:
        return runner.run(main)


def _run_on(loop, main, debug):
    """run() inside a running loop: the same loop goes on until `main` is done."""
    if debug is not None:
        loop.set_debug(debug)
    task = tasks.ensure_future(main, loop=loop)
    try:
        return loop.run_until_complete(task)
    finally:
        if not task.done():
            task.cancel()
            try:
                loop.run_until_complete(task)
            except exceptions.CancelledError:
                pass


def _cancel_all_tasks(loop):
    to_cancel = tasks.all_tasks(loop)
    if not to_cancel:
        return
    for task in to_cancel:
        task.cancel()
    loop.run_until_complete(tasks.gather(*to_cancel, return_exceptions=True))
    for task in to_cancel:
        if task.cancelled():
            continue
        if task.exception() is not None:
            loop.call_exception_handler({
                'message': 'unhandled exception during asyncio.run() shutdown',
                'exception': task.exception(),
                'task': task,
            })
