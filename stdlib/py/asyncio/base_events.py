"""The event loop: what of it needs no speed. Ready queue, timers and turns are native."""

import sys

from _asyncio import _EventLoop, _get_running_loop, _set_running_loop, ensure_future, gather, isfuture

from . import constants, coroutines, events, exceptions, futures
from .log import logger

__all__ = ('BaseEventLoop', 'Server')


# Loops may run inside running ones: `nest_asyncio.apply()`.
_nesting = False


def _run_until_complete_cb(fut):
    if not fut.cancelled():
        exc = fut.exception()
        if isinstance(exc, (SystemExit, KeyboardInterrupt)):
            # The loop's run is being left with it already.
            return
    futures._get_loop(fut).stop()


def _format_handle(handle):
    callback = handle._callback
    task = getattr(callback, '__self__', None)
    from . import tasks
    if isinstance(task, tasks.Task):
        return repr(task)
    return str(handle)


def _report_slow(handle, seconds):
    logger.warning('Executing %s took %.3f seconds', _format_handle(handle), seconds)


def _check_callback(loop, callback, method):
    if method != 'call_soon_threadsafe':
        loop._check_thread()
    if coroutines.iscoroutine(callback) or coroutines._iscoroutinefunction(callback):
        raise TypeError(f'coroutines cannot be used with {method}()')
    if not callable(callback):
        raise TypeError(f'a callable object was expected by {method}(), got {callback!r}')


class Server(events.AbstractServer):
    """A listening server."""


class BaseEventLoop(_EventLoop, events.AbstractEventLoop):
    """An event loop without I/O of its own."""

    def __init__(self):
        self._thread_id = None
        self._default_executor = None
        self._executor_shutdown_called = False
        self._exception_handler = None
        # A WeakSet, once there is one to keep.
        self._asyncgens = None
        self._asyncgens_shutdown_called = False
        self._old_agen_hooks = None
        self._old_origin_depth = None
        if coroutines._is_debug_mode():
            self.set_debug(True)

    def __repr__(self):
        return (f'<{self.__class__.__name__} running={self.is_running()} closed={self.is_closed()} '
                f'debug={self.get_debug()}>')

    def __del__(self):
        if self.is_closed():
            return
        import warnings
        warnings.warn(f'unclosed event loop {self!r}', ResourceWarning, source=self)
        if not self.is_running():
            self.close()

    def _check_thread(self):
        if self._thread_id is not None and self._thread_id != events._thread_key():
            raise RuntimeError('Non-thread-safe operation invoked on an event loop other than the current one')

    def _check_running(self):
        if _nesting:
            return
        if self.is_running():
            raise RuntimeError('This event loop is already running')
        if _get_running_loop() is not None:
            raise RuntimeError('Cannot run the event loop while another loop is running')

    # What run_until_complete() waits for.
    _awaited = None

    def run_forever(self):
        """Run until stop() is called."""
        self._check_closed()
        self._check_running()
        self._run(None)

    def _run(self, future):
        """Runs until stop() is called or, if loops may be nested, `future` is done."""
        if self.get_debug():
            self._set_coroutine_origin_tracking(True)
        old_thread, self._thread_id = self._thread_id, events._thread_key()
        old_loop = _get_running_loop()
        old_hooks = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(firstiter=self._asyncgen_firstiter_hook, finalizer=self._asyncgen_finalizer_hook)
        _set_running_loop(self)
        try:
            if future is not None:
                self._run_nested(future)
            else:
                self._run_until_stopped()
        finally:
            self._thread_id = old_thread
            _set_running_loop(old_loop)
            sys.set_asyncgen_hooks(*old_hooks)
            if old_loop is not self:
                self._set_coroutine_origin_tracking(False)

    def run_until_complete(self, future):
        """Run until the Future is done; return its result, or raise its exception."""
        self._check_closed()
        self._check_running()
        new_task = not isfuture(future)
        future = ensure_future(future, loop=self)
        if new_task:
            # It is this method that looks after it.
            future._log_destroy_pending = False
        if not _nesting:
            future.add_done_callback(_run_until_complete_cb)
        outer, self._awaited = self._awaited, future
        try:
            if _nesting:
                self._run(future)
            else:
                self.run_forever()
        except:
            if new_task and future.done() and not future.cancelled():
                future.exception()
            raise
        finally:
            self._awaited = outer
            future.remove_done_callback(_run_until_complete_cb)
        if not future.done():
            raise RuntimeError('Event loop stopped before Future completed.')
        return future.result()

    def close(self):
        """Close the event loop: nothing may be scheduled on it any more."""
        if self.is_running():
            raise RuntimeError('Cannot close a running event loop')
        if self.is_closed():
            return
        if self.get_debug():
            logger.debug('Close %r', self)
        self._close_native()
        self._executor_shutdown_called = True
        executor = self._default_executor
        if executor is not None:
            self._default_executor = None
            executor.shutdown(wait=False)

    def _asyncgen_firstiter_hook(self, agen):
        if self._asyncgens_shutdown_called:
            import warnings
            warnings.warn(f'asynchronous generator {agen!r} was scheduled after loop.shutdown_asyncgens() call',
                          ResourceWarning, source=self)
        if self._asyncgens is None:
            from _weakrefset import WeakSet
            self._asyncgens = WeakSet()
        self._asyncgens.add(agen)

    def _asyncgen_finalizer_hook(self, agen):
        if self._asyncgens is not None:
            self._asyncgens.discard(agen)
        if not self.is_closed():
            self.call_soon_threadsafe(self.create_task, agen.aclose())

    async def shutdown_asyncgens(self):
        """Shutdown all active asynchronous generators."""
        self._asyncgens_shutdown_called = True
        if not self._asyncgens:
            return
        closing = list(self._asyncgens)
        self._asyncgens.clear()
        results = await gather(*[agen.aclose() for agen in closing], return_exceptions=True)
        for result, agen in zip(results, closing):
            if isinstance(result, Exception):
                self.call_exception_handler({
                    'message': f'an error occurred during closing of asynchronous generator {agen!r}',
                    'exception': result,
                    'asyncgen': agen,
                })

    async def shutdown_default_executor(self, timeout=None):
        """Schedule the shutdown of the default executor."""
        self._executor_shutdown_called = True
        if self._default_executor is None:
            return
        import threading
        future = self.create_future()
        thread = threading.Thread(target=self._do_shutdown, args=(future,))
        thread.start()
        from . import timeouts
        try:
            async with timeouts.timeout(timeout):
                await future
        except TimeoutError:
            import warnings
            warnings.warn('The executor did not finishing joining its threads within '
                          f'{timeout} seconds.', RuntimeWarning, stacklevel=2)
            self._default_executor.shutdown(wait=False)
        else:
            thread.join()

    def _do_shutdown(self, future):
        try:
            self._default_executor.shutdown(wait=True)
            if not self.is_closed():
                self.call_soon_threadsafe(futures._set_result_unless_cancelled, future, None)
        except Exception as ex:
            if not self.is_closed() and not future.cancelled():
                self.call_soon_threadsafe(future.set_exception, ex)

    def _check_default_executor(self):
        if self._executor_shutdown_called:
            raise RuntimeError('Executor shutdown has been called')

    def run_in_executor(self, executor, func, *args):
        """Arrange for a function to be called in the specified executor."""
        self._check_closed()
        if self.get_debug():
            _check_callback(self, func, 'run_in_executor')
        if executor is None:
            executor = self._default_executor
            self._check_default_executor()
            if executor is None:
                concurrent = futures._concurrent('run_in_executor() without an executor')
                executor = concurrent.futures.ThreadPoolExecutor(thread_name_prefix='asyncio')
                self._default_executor = executor
        return futures.wrap_future(executor.submit(func, *args), loop=self)

    def set_default_executor(self, executor):
        """Set the executor that run_in_executor(None, ...) uses."""
        concurrent = futures._concurrent('set_default_executor()')
        if not isinstance(executor, concurrent.futures.ThreadPoolExecutor):
            raise TypeError('executor must be ThreadPoolExecutor instance')
        self._default_executor = executor

    def set_debug(self, enabled):
        super().set_debug(enabled)
        if self.is_running():
            self.call_soon_threadsafe(self._set_coroutine_origin_tracking, enabled)

    def _set_coroutine_origin_tracking(self, enabled):
        if bool(enabled) == (self._old_origin_depth is not None):
            return
        if enabled:
            self._old_origin_depth = sys.get_coroutine_origin_tracking_depth()
            sys.set_coroutine_origin_tracking_depth(constants.DEBUG_STACK_DEPTH)
        else:
            sys.set_coroutine_origin_tracking_depth(self._old_origin_depth)
            self._old_origin_depth = None

    def get_exception_handler(self):
        """Return an exception handler, or None if the default one is in use."""
        return self._exception_handler

    def set_exception_handler(self, handler):
        """Set handler as the new event loop exception handler; None restores the default one."""
        if handler is not None and not callable(handler):
            raise TypeError(f'A callable object or None is expected, got {handler!r}')
        self._exception_handler = handler

    def default_exception_handler(self, context):
        """Log what happened."""
        message = context.get('message')
        if not message:
            message = 'Unhandled exception in event loop'
        exception = context.get('exception')
        exc_info = (type(exception), exception, exception.__traceback__) if exception is not None else False
        lines = [message]
        for key in sorted(context):
            if key in {'message', 'exception'}:
                continue
            value = context[key]
            if key in ('source_traceback', 'handle_traceback'):
                import traceback
                what = 'Object' if key == 'source_traceback' else 'Handle'
                stack = ''.join(traceback.format_list(value))
                value = f'{what} created at (most recent call last):\n' + stack.rstrip()
            else:
                value = repr(value)
            lines.append(f'{key}: {value}')
        logger.error('\n'.join(lines), exc_info=exc_info)

    def call_exception_handler(self, context):
        """Call the current event loop's exception handler with a dict that describes what happened."""
        if self._exception_handler is None:
            try:
                self.default_exception_handler(context)
            except (SystemExit, KeyboardInterrupt):
                raise
            except BaseException:
                logger.error('Exception in default exception handler', exc_info=True)
            return
        try:
            ctx = None
            thing = context.get('task')
            if thing is None:
                thing = context.get('future')
            if thing is None:
                thing = context.get('handle')
            if thing is not None and hasattr(thing, 'get_context'):
                ctx = thing.get_context()
            if ctx is not None and hasattr(ctx, 'run'):
                ctx.run(self._exception_handler, self, context)
            else:
                self._exception_handler(self, context)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            try:
                self.default_exception_handler({
                    'message': 'Unhandled error in exception handler',
                    'exception': exc,
                    'context': context,
                })
            except (SystemExit, KeyboardInterrupt):
                raise
            except BaseException:
                logger.error('Exception in default exception handler while handling an unexpected error '
                             'in custom exception handler', exc_info=True)


def _unsupported(name):
    def method(self, *args, **kwargs):
        raise NotImplementedError(f'event loops have no {name}() yet')
    method.__name__ = name
    method.__qualname__ = f'BaseEventLoop.{name}'
    return method


# What the abstract loop promises and this one does not keep says so by name.
for _name, _inherited in vars(events.AbstractEventLoop).items():
    if not _name.startswith('__') and getattr(BaseEventLoop, _name) is _inherited:
        setattr(BaseEventLoop, _name, _unsupported(_name))
del _name, _inherited
