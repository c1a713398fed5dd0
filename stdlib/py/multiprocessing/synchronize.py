"""Locks and what is made of them, shared by processes.

All lie in memory that the native module shares; a process is told which by a descriptor and a number.
"""

import os
import sys
import threading
import time

import _multiprocessing
from _multiprocessing import SEM_VALUE_MAX

from . import context, process, util

__all__ = ['Lock', 'RLock', 'Semaphore', 'BoundedSemaphore', 'Condition', 'Event']

# KEEP IN ORDER: kinds of semaphores
RECURSIVE_MUTEX, SEMAPHORE = range(2)

os.register_at_fork(before=_multiprocessing._before_fork)


class SemLock:
    """Base of the locks and semaphores."""

    def __init__(self, kind, value, maxvalue, *, ctx):
        if ctx is None:
            ctx = context._default_context.get_context()
        self._is_fork_ctx = ctx.get_start_method() == 'fork'
        self._take(_multiprocessing.SemLock(kind, value, maxvalue))
        util.debug('created semlock with handle %s', self._semlock.handle)
        util.register_after_fork(self, SemLock._after_fork)

    def _take(self, semlock):
        self._semlock = semlock
        self.acquire, self.release = semlock.acquire, semlock.release

    def _after_fork(self):
        self._semlock._after_fork()

    def locked(self):
        """Whether it cannot be acquired."""
        return self._semlock._is_zero()

    def __enter__(self):
        return self._semlock.__enter__()

    def __exit__(self, *args):
        return self._semlock.__exit__(*args)

    def __getstate__(self):
        context.assert_spawning(self)
        if self._is_fork_ctx:
            raise RuntimeError('A SemLock created in a fork context is being shared with a process in a spawn context. '
                               'This is not supported. Please use the same context to create multiprocessing objects and Process.')
        semlock = self._semlock
        popen = context.get_spawning_popen()
        descriptor, number = semlock._share()
        return popen.DupFd(popen.duplicate_for_child(descriptor)), number, semlock.kind, semlock.maxvalue

    def __setstate__(self, state):
        descriptor, *rest = state
        self._take(_multiprocessing.SemLock._rebuild(descriptor.detach(), *rest))
        self._is_fork_ctx = False

    def _owner(self, *, if_free, if_unknown):
        """Who holds it, for a repr, and how often."""
        semlock = self._semlock
        if semlock._is_mine():
            name = process.current_process().name
            thread = threading.current_thread().name
            return (name if thread == 'MainThread' else f'{name}|{thread}'), semlock._count()
        if not semlock._is_zero():
            return 'None', if_free
        return ('SomeOtherThread' if semlock._count() > 0 else 'SomeOtherProcess'), if_unknown


class Semaphore(SemLock):
    """A counter that never falls below zero: who would make it wait."""

    def __init__(self, value=1, *, ctx):
        SemLock.__init__(self, SEMAPHORE, value, SEM_VALUE_MAX, ctx=ctx)

    def get_value(self):
        """Its value."""
        return self._semlock._get_value()

    def __repr__(self):
        return f'<{type(self).__name__}(value={self.get_value()})>'


class BoundedSemaphore(Semaphore):
    """A semaphore that refuses more releases than acquires."""

    def __init__(self, value=1, *, ctx):
        SemLock.__init__(self, SEMAPHORE, value, value, ctx=ctx)

    def __repr__(self):
        return f'<{type(self).__name__}(value={self.get_value()}, maxvalue={self._semlock.maxvalue})>'


class Lock(SemLock):
    """A lock. Any process may release it."""

    def __init__(self, *, ctx):
        SemLock.__init__(self, SEMAPHORE, 1, 1, ctx=ctx)

    def __repr__(self):
        return f'<{type(self).__name__}(owner={self._owner(if_free=0, if_unknown=0)[0]})>'


class RLock(SemLock):
    """A lock that its owner may acquire again."""

    def __init__(self, *, ctx):
        SemLock.__init__(self, RECURSIVE_MUTEX, 1, 1, ctx=ctx)

    def __repr__(self):
        name, count = self._owner(if_free=0, if_unknown='nonzero')
        return f'<{type(self).__name__}({name}, {count})>'


class Condition:
    """Threads of several processes wait here, holding a lock, until one that holds it notifies them."""

    def __init__(self, lock=None, *, ctx):
        # How many went to sleep, and how many of those are awake again, since somebody last looked.
        self.__setstate__((lock or ctx.RLock(), ctx.Semaphore(0), ctx.Semaphore(0), ctx.Semaphore(0)))

    def __getstate__(self):
        context.assert_spawning(self)
        return self._lock, self._sleeping_count, self._woken_count, self._wait_semaphore

    def __setstate__(self, state):
        self._lock, self._sleeping_count, self._woken_count, self._wait_semaphore = state
        self.acquire, self.release = self._lock.acquire, self._lock.release

    def __enter__(self):
        return self._lock.__enter__()

    def __exit__(self, *args):
        return self._lock.__exit__(*args)

    def __repr__(self):
        waiting = self._sleeping_count.get_value() - self._woken_count.get_value()
        return f'<{type(self).__name__}({self._lock}, {waiting})>'

    def wait(self, timeout=None):
        """Release the lock, wait to be notified, and take the lock again; False if `timeout` seconds went by before."""
        semlock = self._lock._semlock
        assert semlock._is_mine(), 'must acquire() condition before using wait()'
        self._sleeping_count.release()
        depth = semlock._count()
        for _ in range(depth):
            self._lock.release()
        try:
            return self._wait_semaphore.acquire(True, timeout)
        finally:
            self._woken_count.release()
            for _ in range(depth):
                self._lock.acquire()

    def notify(self, n=1):
        """Wake up to `n` that wait."""
        assert self._lock._semlock._is_mine(), 'lock is not owned'
        assert not self._wait_semaphore.acquire(False), 'notify: Should not have been able to acquire _wait_semaphore'
        # Those whose time was over woke without being called.
        while self._woken_count.acquire(False):
            found = self._sleeping_count.acquire(False)
            assert found, 'notify: Bug in sleeping_count.acquire- res should not be False'
        called = 0
        while called < n and self._sleeping_count.acquire(False):
            self._wait_semaphore.release()
            called += 1
        for _ in range(called):
            self._woken_count.acquire()
        # A call may have come just when the time of somebody was over.
        while called and self._wait_semaphore.acquire(False):
            pass

    def notify_all(self):
        """Wake all that wait."""
        self.notify(sys.maxsize)

    def wait_for(self, predicate, timeout=None):
        """Wait until `predicate()` is true, and give its value, which is the last one if the time is over."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while not (result := predicate()):
            left = None
            if deadline is not None:
                left = deadline - time.monotonic()
                if left <= 0:
                    break
            self.wait(left)
        return result


class Event:
    """A flag that processes can wait for."""

    def __init__(self, *, ctx):
        self._cond = ctx.Condition(ctx.Lock())
        self._flag = ctx.Semaphore(0)

    def _is_set(self):
        found = self._flag.acquire(False)
        if found:
            self._flag.release()
        return found

    def is_set(self):
        """Whether the flag is set."""
        with self._cond:
            return self._is_set()

    def set(self):
        """Set the flag; all who wait go on."""
        with self._cond:
            self._flag.acquire(False)
            self._flag.release()
            self._cond.notify_all()

    def clear(self):
        """Take the flag away."""
        with self._cond:
            self._flag.acquire(False)

    def wait(self, timeout=None):
        """Wait until the flag is set; False if `timeout` seconds went by before."""
        with self._cond:
            if not self._is_set():
                self._cond.wait(timeout)
            return self._is_set()

    def __repr__(self):
        return f"<{type(self).__qualname__} at {id(self):#x} {'set' if self.is_set() else 'unset'}>"


class Barrier(threading.Barrier):
    """So many threads of several processes wait for each other, then all go on; again and again."""

    def __init__(self, parties, action=None, timeout=None, *, ctx):
        if parties < 1:
            raise ValueError('parties must be >= 1')
        # Two numbers that all can read and write, under the lock of the condition: two semaphores.
        self.__setstate__((parties, action, timeout, ctx.Condition(), ctx.Semaphore(0), ctx.Semaphore(0)))
        self._state = self._count = 0

    def __getstate__(self):
        return self._parties, self._action, self._timeout, self._cond, self._shared_state, self._shared_count

    def __setstate__(self, state):
        self._parties, self._action, self._timeout, self._cond, self._shared_state, self._shared_count = state

    @staticmethod
    def _store(semaphore, value):
        while semaphore.get_value() < value:
            semaphore.release()
        while semaphore.get_value() > value:
            semaphore.acquire(False)

    # The least state is -2.
    @property
    def _state(self):
        return self._shared_state.get_value() - 2

    @_state.setter
    def _state(self, value):
        self._store(self._shared_state, value + 2)

    @property
    def _count(self):
        return self._shared_count.get_value()

    @_count.setter
    def _count(self, value):
        self._store(self._shared_count, value)
