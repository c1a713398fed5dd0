"""Futures, and the way between them and those of concurrent.futures."""

import sys

from _asyncio import Future, future_add_to_awaited_by, future_discard_from_awaited_by, isfuture

from . import base_futures, events, exceptions

__all__ = ('Future', 'wrap_future', 'isfuture', 'future_add_to_awaited_by', 'future_discard_from_awaited_by')

InvalidStateError = exceptions.InvalidStateError
_PENDING = base_futures._PENDING
_CANCELLED = base_futures._CANCELLED
_FINISHED = base_futures._FINISHED


def _get_loop(fut):
    try:
        get_loop = fut.get_loop
    except AttributeError:
        return fut._loop
    return get_loop()


def _set_result_unless_cancelled(fut, result):
    if fut.cancelled():
        return
    fut.set_result(result)


def _concurrent():
    """The package `concurrent`, which not every program needs."""
    import concurrent.futures
    return concurrent


def _convert_future_exc(exc):
    concurrent = sys.modules.get('concurrent.futures')
    if concurrent is None:
        return exc
    if type(exc) is concurrent.CancelledError:
        return exceptions.CancelledError(*exc.args).with_traceback(exc.__traceback__)
    if type(exc) is concurrent.InvalidStateError:
        return exceptions.InvalidStateError(*exc.args).with_traceback(exc.__traceback__)
    return exc


def _set_concurrent_future_state(target, source):
    if source.cancelled():
        target.cancel()
    if not target.set_running_or_notify_cancel():
        return
    exception = source.exception()
    if exception is not None:
        target.set_exception(_convert_future_exc(exception))
    else:
        target.set_result(source.result())


def _copy_future_state(source, target):
    if target.cancelled():
        return
    if source.cancelled():
        target.cancel()
        return
    exception = source.exception()
    if exception is not None:
        target.set_exception(_convert_future_exc(exception))
    else:
        target.set_result(source.result())


def _is_concurrent(future):
    concurrent = sys.modules.get('concurrent.futures')
    return concurrent is not None and isinstance(future, concurrent.Future)


def _chain_future(source, destination):
    """Makes destination end as source does, and cancels source with destination; either may be a concurrent future."""
    if not isfuture(source) and not _is_concurrent(source):
        raise TypeError('A future is required for source argument')
    if not isfuture(destination) and not _is_concurrent(destination):
        raise TypeError('A future is required for destination argument')
    source_loop = _get_loop(source) if isfuture(source) else None
    dest_loop = _get_loop(destination) if isfuture(destination) else None

    def set_state(future, other):
        if isfuture(future):
            _copy_future_state(other, future)
        else:
            _set_concurrent_future_state(future, other)

    def on_destination_done(destination):
        if destination.cancelled():
            if source_loop is None or source_loop is dest_loop:
                source.cancel()
            else:
                source_loop.call_soon_threadsafe(source.cancel)

    def on_source_done(source):
        if destination.cancelled() and dest_loop is not None and dest_loop.is_closed():
            return
        if dest_loop is None or dest_loop is source_loop:
            set_state(destination, source)
        else:
            if dest_loop.is_closed():
                return
            dest_loop.call_soon_threadsafe(set_state, destination, source)

    destination.add_done_callback(on_destination_done)
    source.add_done_callback(on_source_done)


def wrap_future(future, *, loop=None):
    """Wrap concurrent.futures.Future object."""
    if isfuture(future):
        return future
    concurrent = _concurrent()
    assert isinstance(future, concurrent.futures.Future), f'concurrent.futures.Future is expected, got {future!r}'
    if loop is None:
        loop = events.get_event_loop()
    new_future = loop.create_future()
    _chain_future(future, new_future)
    return new_future
