"""Futures of calls that run elsewhere, and what executors have in common."""

import collections
import threading
import time
import types
import weakref
from itertools import islice

FIRST_COMPLETED = 'FIRST_COMPLETED'
FIRST_EXCEPTION = 'FIRST_EXCEPTION'
ALL_COMPLETED = 'ALL_COMPLETED'

# The states of a future. One that was cancelled has told those who wait for it when its executor says so.
PENDING = 'PENDING'
RUNNING = 'RUNNING'
CANCELLED = 'CANCELLED'
CANCELLED_AND_NOTIFIED = 'CANCELLED_AND_NOTIFIED'
FINISHED = 'FINISHED'

_DONE = CANCELLED_AND_NOTIFIED, FINISHED
_SHOWN = {
    PENDING: 'pending',
    RUNNING: 'running',
    CANCELLED: 'cancelled',
    CANCELLED_AND_NOTIFIED: 'cancelled',
    FINISHED: 'finished',
}


class _LaterLogger:
    """The logger of this package, made when something is logged: few programs do."""

    def __getattr__(self, name):
        import logging
        global LOGGER
        LOGGER = logging.getLogger('concurrent.futures')
        return getattr(LOGGER, name)


LOGGER = _LaterLogger()


class Error(Exception):
    """Base class of the exceptions of this package."""


class CancelledError(Error):
    """The future was cancelled."""


TimeoutError = TimeoutError


class InvalidStateError(Error):
    """The operation is not allowed in this state."""


class BrokenExecutor(RuntimeError):
    """Raised by an executor that cannot run anything any more."""


class _Waiter:
    """What wait() and as_completed() leave with futures: an event, and those that are done."""

    def __init__(self, wanted, n_pending=None):
        # When the event is to be set: by every future, by the first failure, or when all are done.
        self.wanted = wanted
        self.n_pending = n_pending
        self.event = threading.Event()
        self.finished_futures = []
        self.lock = threading.Lock()

    def _add(self, future, failed):
        with self.lock:
            self.finished_futures.append(future)
            if self.wanted == FIRST_COMPLETED or failed and self.wanted == FIRST_EXCEPTION:
                self.event.set()
            elif self.n_pending is not None:
                self.n_pending -= 1
                if not self.n_pending:
                    self.event.set()

    def add_result(self, future):
        self._add(future, False)

    def add_exception(self, future):
        self._add(future, True)

    def add_cancelled(self, future):
        self._add(future, False)


class _AcquireFutures:
    """Holds the locks of many futures, in one order for all, so that nobody waits in a circle."""

    def __init__(self, futures):
        self.futures = sorted(futures, key=id)

    def __enter__(self):
        for future in self.futures:
            future._condition.acquire()

    def __exit__(self, *args):
        for future in self.futures:
            future._condition.release()


def _yield_finished_futures(fs, waiter, ref_collect):
    """Gives futures and forgets them before: who drops them may have them freed."""
    while fs:
        future = fs[-1]
        for futures_set in ref_collect:
            futures_set.remove(future)
        with future._condition:
            future._waiters.remove(waiter)
        del future
        yield fs.pop()


def as_completed(fs, timeout=None):
    """Give the futures one after another as they are done; TimeoutError if that takes more than `timeout` seconds."""
    deadline = None if timeout is None else time.monotonic() + timeout
    fs = set(fs)
    total_futures = len(fs)
    with _AcquireFutures(fs):
        finished = {f for f in fs if f._state in _DONE}
        pending = fs - finished
        waiter = _Waiter(FIRST_COMPLETED)
        for f in fs:
            f._waiters.append(waiter)
    finished = list(finished)
    try:
        yield from _yield_finished_futures(finished, waiter, ref_collect=(fs,))
        while pending:
            left = None
            if deadline is not None:
                left = deadline - time.monotonic()
                if left < 0:
                    raise TimeoutError('%d (of %d) futures unfinished' % (len(pending), total_futures))
            waiter.event.wait(left)
            with waiter.lock:
                finished = waiter.finished_futures
                waiter.finished_futures = []
                waiter.event.clear()
            # From the end: the first that was done is to be the first given.
            finished.reverse()
            yield from _yield_finished_futures(finished, waiter, ref_collect=(fs, pending))
    finally:
        for f in fs:
            with f._condition:
                f._waiters.remove(waiter)


DoneAndNotDoneFutures = collections.namedtuple('DoneAndNotDoneFutures', 'done not_done')


def wait(fs, timeout=None, return_when=ALL_COMPLETED):
    """Wait for futures: for all, for the first, or for the first that fails. Gives those that are done and those that are not."""
    fs = set(fs)
    with _AcquireFutures(fs):
        done = {f for f in fs if f._state in _DONE}
        not_done = fs - done
        if return_when == FIRST_COMPLETED and done:
            return DoneAndNotDoneFutures(done, not_done)
        if return_when == FIRST_EXCEPTION and done:
            if any(f for f in done if not f.cancelled() and f.exception() is not None):
                return DoneAndNotDoneFutures(done, not_done)
        if not not_done:
            return DoneAndNotDoneFutures(done, not_done)
        if return_when not in (FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED):
            raise ValueError('Invalid return condition: %r' % return_when)
        waiter = _Waiter(return_when, len(not_done))
        for f in not_done:
            f._waiters.append(waiter)
    waiter.event.wait(timeout)
    for f in not_done:
        with f._condition:
            f._waiters.remove(waiter)
    done.update(waiter.finished_futures)
    return DoneAndNotDoneFutures(done, fs - done)


def _result_or_cancel(fut, timeout=None):
    try:
        try:
            return fut.result(timeout)
        finally:
            fut.cancel()
    finally:
        # No circle with an exception's traceback.
        del fut


class Future:
    """The result of a call that runs elsewhere, once there is one."""

    def __init__(self):
        self._condition = threading.Condition()
        self._state = PENDING
        self._result = None
        self._exception = None
        self._waiters = []
        self._done_callbacks = []

    def _invoke_callbacks(self):
        for callback in self._done_callbacks:
            try:
                callback(self)
            except Exception:
                LOGGER.exception('exception calling callback for %r', self)

    def __repr__(self):
        with self._condition:
            shown = f'<{self.__class__.__name__} at {id(self):#x} state={_SHOWN[self._state]}'
            if self._state != FINISHED:
                return shown + '>'
            if self._exception:
                return f'{shown} raised {self._exception.__class__.__name__}>'
            return f'{shown} returned {self._result.__class__.__name__}>'

    def cancel(self):
        """Cancel the call; False if it runs already or is done."""
        with self._condition:
            if self._state in (RUNNING, FINISHED):
                return False
            if self._state in (CANCELLED, CANCELLED_AND_NOTIFIED):
                return True
            self._state = CANCELLED
            self._condition.notify_all()
        self._invoke_callbacks()
        return True

    def cancelled(self):
        """Whether it was cancelled."""
        with self._condition:
            return self._state in (CANCELLED, CANCELLED_AND_NOTIFIED)

    def running(self):
        """Whether the call runs now."""
        with self._condition:
            return self._state == RUNNING

    def done(self):
        """Whether there is a result, or it was cancelled."""
        with self._condition:
            return self._state in (CANCELLED, CANCELLED_AND_NOTIFIED, FINISHED)

    def __get_result(self):
        if self._exception is not None:
            try:
                raise self._exception
            finally:
                # No circle with the exception's traceback.
                self = None
        return self._result

    def add_done_callback(self, fn):
        """Have `fn(future)` called when it is done, at once if it is; by whichever thread makes it so."""
        with self._condition:
            if self._state not in (CANCELLED, CANCELLED_AND_NOTIFIED, FINISHED):
                self._done_callbacks.append(fn)
                return
        try:
            fn(self)
        except Exception:
            LOGGER.exception('exception calling callback for %r', self)

    def _wait(self, timeout):
        """With the lock: true if it was cancelled, false if it finished."""
        for last in False, True:
            if self._state in (CANCELLED, CANCELLED_AND_NOTIFIED):
                raise CancelledError()
            if self._state == FINISHED:
                return
            if last:
                raise TimeoutError()
            self._condition.wait(timeout)

    def result(self, timeout=None):
        """Wait for the result and give it, or raise what the call raised. CancelledError, TimeoutError."""
        try:
            with self._condition:
                self._wait(timeout)
                return self.__get_result()
        finally:
            self = None

    def exception(self, timeout=None):
        """Wait for the end and give what the call raised, or None. CancelledError, TimeoutError."""
        with self._condition:
            self._wait(timeout)
            return self._exception

    # For executors and tests.

    def set_running_or_notify_cancel(self):
        """The executor is about to make the call; False if it must not, as the future was cancelled."""
        with self._condition:
            if self._state == CANCELLED:
                self._state = CANCELLED_AND_NOTIFIED
                for waiter in self._waiters:
                    waiter.add_cancelled(self)
                return False
            if self._state == PENDING:
                self._state = RUNNING
                return True
            LOGGER.critical('Future %s in unexpected state: %s', id(self), self._state)
            raise RuntimeError('Future in unexpected state')

    def _check_unfinished(self):
        if self._state in (CANCELLED, CANCELLED_AND_NOTIFIED, FINISHED):
            raise InvalidStateError(f'{self._state}: {self!r}')

    def set_result(self, result):
        """The call returned. InvalidStateError if it is done already."""
        with self._condition:
            self._check_unfinished()
            self._result = result
            self._state = FINISHED
            for waiter in self._waiters:
                waiter.add_result(self)
            self._condition.notify_all()
        self._invoke_callbacks()

    def set_exception(self, exception):
        """The call raised. InvalidStateError if it is done already."""
        with self._condition:
            self._check_unfinished()
            self._exception = exception
            self._state = FINISHED
            for waiter in self._waiters:
                waiter.add_exception(self)
            self._condition.notify_all()
        self._invoke_callbacks()

    def _get_snapshot(self):
        """At one moment: whether it is done, whether it was cancelled, the result, the exception."""
        if self._state == FINISHED:
            return True, False, self._result, self._exception
        with self._condition:
            if self._state == FINISHED:
                return True, False, self._result, self._exception
            if self._state in (CANCELLED, CANCELLED_AND_NOTIFIED):
                return True, True, None, None
            return False, False, None, None

    __class_getitem__ = classmethod(types.GenericAlias)


class Executor:
    """Makes calls elsewhere."""

    def submit(self, fn, /, *args, **kwargs):
        """Have `fn(*args, **kwargs)` called, and give a future of it."""
        raise NotImplementedError()

    def map(self, fn, *iterables, timeout=None, chunksize=1, buffersize=None):
        """Like map(), with calls at the same time; results come in order. TimeoutError if one is late.

        With a `buffersize` no more than so many calls are made ahead of the results that were taken. `chunksize` is of use to processes only.
        """
        if buffersize is not None and not isinstance(buffersize, int):
            raise TypeError('buffersize must be an integer or None')
        if buffersize is not None and buffersize < 1:
            raise ValueError('buffersize must be None or > 0')
        deadline = None if timeout is None else time.monotonic() + timeout
        zipped_iterables = zip(*iterables)
        if buffersize:
            fs = collections.deque(self.submit(fn, *args) for args in islice(zipped_iterables, buffersize))
        else:
            fs = [self.submit(fn, *args) for args in zipped_iterables]
        # The executor may go while its results are taken.
        executor_weakref = weakref.ref(self)

        def result_iterator():
            try:
                # The first comes last, and is let go as soon as it is taken.
                if not buffersize:
                    fs.reverse()
                take = fs.popleft if buffersize else fs.pop
                while fs:
                    if buffersize and (executor := executor_weakref()) and (args := next(zipped_iterables, None)):
                        fs.append(executor.submit(fn, *args))
                        del executor
                    if deadline is None:
                        yield _result_or_cancel(take())
                    else:
                        yield _result_or_cancel(take(), deadline - time.monotonic())
            finally:
                for future in fs:
                    future.cancel()

        return result_iterator()

    def shutdown(self, wait=True, *, cancel_futures=False):
        """Take no more calls, and free what is needed for them: when all are done, if `wait` is true. Pending ones can be cancelled."""

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_val, exc_tb):
        self.shutdown(wait=True)
        return False
