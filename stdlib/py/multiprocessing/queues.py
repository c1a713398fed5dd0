"""Queues that processes share: pipes with locks."""

import collections
import errno
import os
import threading
import time
import types
import weakref

from queue import Empty, Full

from . import connection, context, reduction
from .synchronize import SEM_VALUE_MAX
from .util import Finalize, debug, info, is_exiting, register_after_fork

__all__ = ['Queue', 'SimpleQueue', 'JoinableQueue']

_ForkingPickler = reduction.ForkingPickler


class Queue:
    """A queue. What is put waits in a buffer, from which a thread writes it into the pipe."""

    def __init__(self, maxsize=0, *, ctx):
        self._maxsize = maxsize if maxsize > 0 else SEM_VALUE_MAX
        self._reader, self._writer = connection.Pipe(duplex=False)
        self._opid = os.getpid()
        self._rlock, self._wlock = ctx.Lock(), ctx.Lock()
        # Room that is left.
        self._sem = ctx.BoundedSemaphore(self._maxsize)
        # Executors know that readers may be gone.
        self._ignore_epipe = False
        self._notempty = threading.Condition(threading.Lock())
        self._reset()
        register_after_fork(self, Queue._after_fork)

    def __getstate__(self):
        context.assert_spawning(self)
        return self._ignore_epipe, self._maxsize, self._reader, self._writer, self._rlock, self._wlock, self._sem, self._opid

    def __setstate__(self, state):
        self._ignore_epipe, self._maxsize, self._reader, self._writer, self._rlock, self._wlock, self._sem, self._opid = state
        self._notempty = threading.Condition(threading.Lock())
        self._reset()

    def _after_fork(self):
        debug('Queue._after_fork()')
        self._notempty._at_fork_reinit()
        self._reset()

    def _reset(self):
        self._buffer = collections.deque()
        self._thread = self._jointhread = self._close = None
        self._joincancelled = self._closed = False

    def _take_room(self, block, timeout):
        if self._closed:
            raise ValueError(f'Queue {self!r} is closed')
        if not self._sem.acquire(block, timeout):
            raise Full

    def _append(self, obj):
        if self._thread is None:
            self._start_thread()
        self._buffer.append(obj)
        self._notempty.notify()

    def put(self, obj, block=True, timeout=None):
        """Put an object in. If it is full: wait, for `timeout` seconds at most if given, or raise Full."""
        self._take_room(block, timeout)
        with self._notempty:
            self._append(obj)

    def get(self, block=True, timeout=None):
        """Take an object out. If it is empty: wait, for `timeout` seconds at most if given, or raise Empty."""
        if self._closed:
            raise ValueError(f'Queue {self!r} is closed')
        if block and timeout is None:
            with self._rlock:
                data = self._reader.recv_bytes()
            self._sem.release()
            return _ForkingPickler.loads(data)
        deadline = time.monotonic() + timeout if block else None
        if not self._rlock.acquire(block, timeout):
            raise Empty
        try:
            if not self._reader.poll(0.0 if deadline is None else deadline - time.monotonic()):
                raise Empty
            data = self._reader.recv_bytes()
            self._sem.release()
        finally:
            self._rlock.release()
        return _ForkingPickler.loads(data)

    def qsize(self):
        """About how many are in it."""
        return self._maxsize - self._sem.get_value()

    def empty(self):
        """Whether nothing can be taken out just now."""
        return not self._reader.poll()

    def full(self):
        """Whether nothing can be put in just now."""
        return self._sem._semlock._is_zero()

    def get_nowait(self):
        """Take an object out, or raise Empty."""
        return self.get(False)

    def put_nowait(self, obj):
        """Put an object in, or raise Full."""
        return self.put(obj, False)

    def close(self):
        """Nothing more is put in by this process: its thread ends when all is written."""
        self._closed = True
        close, self._close = self._close, None
        if close:
            close()

    def join_thread(self):
        """Wait until all is written. Only after close()."""
        debug('Queue.join_thread()')
        assert self._closed, f'Queue {self!r} not closed'
        if self._jointhread:
            self._jointhread()

    def cancel_join_thread(self):
        """Let the process end without all being written."""
        debug('Queue.cancel_join_thread()')
        self._joincancelled = True
        if self._jointhread is not None:
            self._jointhread.cancel()

    def _terminate_broken(self):
        # A thread that writes what nobody reads sees the end of the reader by this.
        self._reader.close()
        self.close()
        self.join_thread()

    def _start_thread(self):
        debug('Queue._start_thread()')
        self._buffer.clear()
        feeder = _Feeder(self)
        self._thread = threading.Thread(target=feeder.run, name='QueueFeederThread', daemon=True)
        try:
            self._thread.start()
        except:
            self._thread = None
            raise
        if not self._joincancelled:
            self._jointhread = Finalize(self._thread, Queue._finalize_join, [weakref.ref(self._thread)], exitpriority=-5)
        self._close = Finalize(self, Queue._finalize_close, [self._buffer, self._notempty], exitpriority=10)

    @staticmethod
    def _finalize_join(thread_ref):
        debug('joining queue thread')
        thread = thread_ref()
        if thread is not None:
            thread.join()

    @staticmethod
    def _finalize_close(buffer, notempty):
        debug('telling queue thread to quit')
        with notempty:
            buffer.append(_sentinel)
            notempty.notify()

    @staticmethod
    def _on_queue_feeder_error(exc, obj):
        """Called by the thread when an object could not be written."""
        import traceback
        traceback.print_exception(exc)

    __class_getitem__ = classmethod(types.GenericAlias)


# Says to the thread that there is no more.
_sentinel = object()


class _Feeder:
    """What the thread of a queue does. It does not know the queue, so that it ends when that is gone."""

    def __init__(self, queue):
        self.buffer, self.notempty = queue._buffer, queue._notempty
        self.reader, self.writer, self.writelock = queue._reader, queue._writer, queue._wlock
        self.room = queue._sem
        self.ignore_epipe = queue._ignore_epipe
        self.on_error = queue._on_queue_feeder_error

    def run(self):
        while True:
            with self.notempty:
                if not self.buffer:
                    self.notempty.wait()
            while self.buffer:
                obj = self.buffer.popleft()
                if obj is _sentinel:
                    self.reader.close()
                    self.writer.close()
                    return
                if not self.write(obj):
                    return
                # To live no longer than needed.
                del obj

    def write(self, obj):
        """Whether to go on."""
        try:
            data = _ForkingPickler.dumps(obj)
            with self.writelock:
                self.writer.send_bytes(data)
        except Exception as exc:
            if self.ignore_epipe and getattr(exc, 'errno', 0) == errno.EPIPE:
                return False
            if is_exiting():
                info('error in queue thread: %s', exc)
                return False
            self.room.release()
            self.on_error(exc, obj)
        return True


class JoinableQueue(Queue):
    """A queue that knows how much of what was put in is done."""

    def __init__(self, maxsize=0, *, ctx):
        Queue.__init__(self, maxsize, ctx=ctx)
        self._unfinished_tasks = ctx.Semaphore(0)
        self._cond = ctx.Condition()

    def __getstate__(self):
        return *Queue.__getstate__(self), self._cond, self._unfinished_tasks

    def __setstate__(self, state):
        *rest, self._cond, self._unfinished_tasks = state
        Queue.__setstate__(self, rest)

    def put(self, obj, block=True, timeout=None):
        """Put an object in: one more to be done."""
        self._take_room(block, timeout)
        with self._notempty, self._cond:
            self._unfinished_tasks.release()
            self._append(obj)

    def task_done(self):
        """Say that one of those taken out is done."""
        with self._cond:
            if not self._unfinished_tasks.acquire(False):
                raise ValueError('task_done() called too many times')
            if self._unfinished_tasks._semlock._is_zero():
                self._cond.notify_all()

    def join(self):
        """Wait until all is done."""
        with self._cond:
            if not self._unfinished_tasks._semlock._is_zero():
                self._cond.wait()


class SimpleQueue:
    """A pipe with locks: who puts something in may have to wait until somebody reads."""

    def __init__(self, *, ctx):
        self._reader, self._writer = connection.Pipe(duplex=False)
        self._rlock, self._wlock = ctx.Lock(), ctx.Lock()
        self._poll = self._reader.poll

    def __getstate__(self):
        context.assert_spawning(self)
        return self._reader, self._writer, self._rlock, self._wlock

    def __setstate__(self, state):
        self._reader, self._writer, self._rlock, self._wlock = state
        self._poll = self._reader.poll

    def close(self):
        """Close the pipe."""
        self._reader.close()
        self._writer.close()

    def empty(self):
        """Whether nothing can be taken out just now."""
        return not self._poll()

    def get(self):
        """Wait for an object, and take it out."""
        with self._rlock:
            data = self._reader.recv_bytes()
        return _ForkingPickler.loads(data)

    def put(self, obj):
        """Put an object in."""
        data = _ForkingPickler.dumps(obj)
        with self._wlock:
            self._writer.send_bytes(data)

    __class_getitem__ = classmethod(types.GenericAlias)
