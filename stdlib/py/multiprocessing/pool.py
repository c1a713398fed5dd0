"""A pool: workers that do what they are given.

Three threads serve it. One keeps the number of workers, one moves tasks to them, one takes results and gives them to whoever waits.
"""

import collections
import itertools
import os
import queue
import threading
import time
import types
import warnings

from . import TimeoutError, get_context, util
from .connection import wait

__all__ = ['Pool', 'ThreadPool']

INIT, RUN, CLOSE, TERMINATE = 'INIT', 'RUN', 'CLOSE', 'TERMINATE'

job_counter = itertools.count()


def mapstar(args):
    """In a worker: a chunk of a map()."""
    return list(map(*args))


def starmapstar(args):
    """In a worker: a chunk of a starmap()."""
    function, arguments = args
    return list(itertools.starmap(function, arguments))


class RemoteTraceback(Exception):
    """The cause of an exception that came from another process: its text is the traceback there."""

    def __init__(self, tb):
        self.tb = tb

    def __str__(self):
        return self.tb


class ExceptionWithTraceback:
    """Pickles an exception so that it has a cause where it is unpickled."""

    def __init__(self, exc, tb):
        import traceback
        self.exc = exc
        self.tb = '\n"""\n' + ''.join(traceback.format_exception(type(exc), exc, tb)) + '"""'

    def __reduce__(self):
        return rebuild_exc, (self.exc, self.tb)


def rebuild_exc(exc, tb):
    """Where it is unpickled."""
    exc.__cause__ = RemoteTraceback(tb)
    return exc


class MaybeEncodingError(Exception):
    """A result could not be sent: says which, and why."""

    def __init__(self, exc, value):
        self.exc, self.value = repr(exc), repr(value)
        super().__init__(self.exc, self.value)

    def __str__(self):
        return f"Error sending result: '{self.value}'. Reason: '{self.exc}'"

    def __repr__(self):
        return f'<{type(self).__name__}: {self}>'


def _helper_reraises_exception(ex):
    # The task that stands for an iterable that failed.
    raise ex


def worker(inqueue, outqueue, initializer=None, initargs=(), maxtasks=None, wrap_exception=False):
    """What a worker does."""
    if maxtasks is not None and not (isinstance(maxtasks, int) and maxtasks >= 1):
        raise AssertionError(f'Maxtasks {maxtasks!r} is not valid')
    if hasattr(inqueue, '_writer'):
        # Processes: the ends that others use.
        inqueue._writer.close()
        outqueue._reader.close()
    if initializer is not None:
        initializer(*initargs)
    n_done = 0
    while maxtasks is None or n_done < maxtasks:
        try:
            task = inqueue.get()
        except (EOFError, OSError):
            break
        if task is None:
            break
        job, index, function, args, kwds = task
        try:
            result = True, function(*args, **kwds)
        except Exception as exc:
            if wrap_exception and function is not _helper_reraises_exception:
                result = False, ExceptionWithTraceback(exc, exc.__traceback__)
            else:
                result = False, exc
        try:
            outqueue.put((job, index, result))
        except Exception as exc:
            outqueue.put((job, index, (False, MaybeEncodingError(exc, result[1]))))
        # To live no longer than needed.
        task = result = function = args = kwds = None
        n_done += 1
    util.debug('worker exiting after %d tasks', n_done)


class _PoolCache(dict):
    """The jobs that are not done. When the last is, who keeps the workers is told: he may be waiting for that."""

    def __init__(self, /, *args, notifier=None, **kwds):
        self.notifier = notifier
        super().__init__(*args, **kwds)

    def __delitem__(self, item):
        super().__delitem__(item)
        if not self:
            self.notifier.put(None)


class Pool:
    """Workers that are processes."""

    _wrap_exception = True

    @staticmethod
    def Process(ctx, *args, **kwds):
        """How a worker is made."""
        return ctx.Process(*args, **kwds)

    def __init__(self, processes=None, initializer=None, initargs=(), maxtasksperchild=None, context=None):
        # For __del__(), should this fail.
        self._state, self._pool = INIT, []
        self._ctx = context or get_context()
        self._setup_queues()
        self._taskqueue = queue.SimpleQueue()
        # Wakes who keeps the workers.
        self._change_notifier = self._ctx.SimpleQueue()
        self._cache = _PoolCache(notifier=self._change_notifier)
        if processes is None:
            processes = os.process_cpu_count() or 1
        if processes < 1:
            raise ValueError('Number of processes must be at least 1')
        if maxtasksperchild is not None and (not isinstance(maxtasksperchild, int) or maxtasksperchild <= 0):
            raise ValueError('maxtasksperchild must be a positive int or None')
        if initializer is not None and not callable(initializer):
            raise TypeError('initializer must be a callable')
        self._processes = processes
        self._maxtasksperchild = maxtasksperchild
        self._crew = _Crew(self, initializer, initargs)
        try:
            self._crew.fill_up()
        except Exception:
            for process in self._pool:
                if process.exitcode is None:
                    process.terminate()
            for process in self._pool:
                process.join()
            raise
        self._worker_handler = self._start_thread(self._crew.run, self._cache, self._taskqueue, self._get_sentinels(), self._change_notifier)
        self._task_handler = self._start_thread(_move_tasks, self._taskqueue, self._quick_put, self._outqueue, self._pool, self._cache)
        self._result_handler = self._start_thread(_take_results, self._outqueue, self._quick_get, self._cache)
        handlers = self._worker_handler, self._task_handler, self._result_handler
        self._terminate = util.Finalize(self, self._terminate_pool, exitpriority=15,
                                        args=(self._inqueue, self._outqueue, self._pool, self._change_notifier, handlers, self._cache))
        self._state = RUN

    @staticmethod
    def _start_thread(function, *args):
        thread = threading.Thread(target=function, args=args, daemon=True)
        thread._state = RUN
        thread.start()
        return thread

    def __del__(self, _warn=warnings.warn, RUN=RUN):
        if self._state == RUN:
            _warn(f'unclosed running multiprocessing pool {self!r}', ResourceWarning, source=self)
            if getattr(self, '_change_notifier', None) is not None:
                self._change_notifier.put(None)

    def __repr__(self):
        cls = type(self)
        return f'<{cls.__module__}.{cls.__qualname__} state={self._state} pool_size={len(self._pool)}>'

    def __reduce__(self):
        raise NotImplementedError('pool objects cannot be passed between processes or pickled')

    def _setup_queues(self):
        self._inqueue, self._outqueue = self._ctx.SimpleQueue(), self._ctx.SimpleQueue()
        # Only one thread uses these ends: without locks.
        self._quick_put, self._quick_get = self._inqueue._writer.send, self._outqueue._reader.recv

    def _get_sentinels(self):
        return [self._outqueue._reader, self._change_notifier._reader]

    @staticmethod
    def _get_worker_sentinels(workers):
        return [process.sentinel for process in workers if hasattr(process, 'sentinel')]

    def _check_running(self):
        if self._state != RUN:
            raise ValueError('Pool not running')

    def apply(self, func, args=(), kwds={}):
        """What `func(*args, **kwds)` gives in a worker."""
        return self.apply_async(func, args, kwds).get()

    def apply_async(self, func, args=(), kwds={}, callback=None, error_callback=None):
        """As apply(), but gives what will have the result, which is also given to one of the callbacks."""
        self._check_running()
        result = ApplyResult(self, callback, error_callback)
        self._taskqueue.put(([(result._job, 0, func, args, kwds)], None))
        return result

    def map(self, func, iterable, chunksize=None):
        """The list of what `func` gives for each item; workers get so many at once."""
        return self._map_async(func, iterable, mapstar, chunksize).get()

    def map_async(self, func, iterable, chunksize=None, callback=None, error_callback=None):
        """As map(), but gives what will have the list, which is also given to one of the callbacks."""
        return self._map_async(func, iterable, mapstar, chunksize, callback, error_callback)

    def starmap(self, func, iterable, chunksize=None):
        """As map(), but each item is all arguments of a call."""
        return self._map_async(func, iterable, starmapstar, chunksize).get()

    def starmap_async(self, func, iterable, chunksize=None, callback=None, error_callback=None):
        """As map_async(), but each item is all arguments of a call."""
        return self._map_async(func, iterable, starmapstar, chunksize, callback, error_callback)

    def imap(self, func, iterable, chunksize=1):
        """An iterator over what `func` gives for each item, in their order, as it comes."""
        return self._imap(IMapIterator, func, iterable, chunksize)

    def imap_unordered(self, func, iterable, chunksize=1):
        """As imap(), but in the order in which workers are done."""
        return self._imap(IMapUnorderedIterator, func, iterable, chunksize)

    def _imap(self, kind, func, iterable, chunksize):
        self._check_running()
        if chunksize < 1:
            raise ValueError(f'Chunksize must be 1+, not {chunksize}')
        result = kind(self)
        if chunksize == 1:
            tasks = _tasks_of(result._job, func, iterable)
        else:
            tasks = _tasks_of(result._job, mapstar, _chunks_of(func, iterable, chunksize))
        self._taskqueue.put((tasks, result._set_length))
        return result if chunksize == 1 else itertools.chain.from_iterable(result)

    def _map_async(self, func, iterable, mapper, chunksize=None, callback=None, error_callback=None):
        self._check_running()
        if not hasattr(iterable, '__len__'):
            iterable = list(iterable)
        length = len(iterable)
        if chunksize is None:
            # About four chunks for each worker.
            chunksize = -(-length // (len(self._pool) * 4))
        if not length:
            chunksize = 0
        result = MapResult(self, chunksize, length, callback, error_callback)
        self._taskqueue.put((_tasks_of(result._job, mapper, _chunks_of(func, iterable, chunksize)), None))
        return result

    def close(self):
        """Take no more tasks; workers end when all is done."""
        util.debug('closing pool')
        if self._state == RUN:
            self._state = self._worker_handler._state = CLOSE
            self._change_notifier.put(None)

    def terminate(self):
        """End the workers, whatever they do."""
        util.debug('terminating pool')
        self._state = TERMINATE
        self._terminate()

    def join(self):
        """Wait for the end of all workers. Only after close() or terminate()."""
        util.debug('joining pool')
        if self._state == RUN:
            raise ValueError('Pool is still running')
        if self._state not in (CLOSE, TERMINATE):
            raise ValueError('In unknown state')
        for thread in self._worker_handler, self._task_handler, self._result_handler:
            thread.join()
        for process in self._pool:
            process.join()

    @staticmethod
    def _help_stuff_finish(inqueue, task_handler, size):
        # It may be waiting for room in the pipe.
        inqueue._rlock.acquire()
        while task_handler.is_alive() and inqueue._reader.poll():
            inqueue._reader.recv()
            time.sleep(0)

    @classmethod
    def _terminate_pool(cls, inqueue, outqueue, pool, change_notifier, handlers, cache):
        worker_handler, task_handler, result_handler = handlers
        worker_handler._state = task_handler._state = TERMINATE
        change_notifier.put(None)
        cls._help_stuff_finish(inqueue, task_handler, len(pool))
        if cache and not result_handler.is_alive():
            raise AssertionError('Cannot have cache with result_handler not alive')
        result_handler._state = TERMINATE
        change_notifier.put(None)
        outqueue.put(None)
        current = threading.current_thread()
        # First, or workers would be replaced.
        if worker_handler is not current:
            worker_handler.join()
        processes = [process for process in pool if hasattr(process, 'terminate')]
        for process in processes:
            if process.exitcode is None:
                process.terminate()
        for thread in task_handler, result_handler:
            if thread is not current:
                thread.join()
        for process in processes:
            if process.is_alive():
                process.join()

    def __enter__(self):
        self._check_running()
        return self

    def __exit__(self, exc_type, exc_val, exc_tb):
        self.terminate()


class _Crew:
    """Keeps the number of workers. It does not know the pool, which ends when it is gone."""

    def __init__(self, pool, initializer, initargs):
        self.context, self.make, self.sentinels_of = pool._ctx, pool.Process, pool._get_worker_sentinels
        self.size, self.workers = pool._processes, pool._pool
        self.arguments = pool._inqueue, pool._outqueue, initializer, initargs, pool._maxtasksperchild, pool._wrap_exception

    def fill_up(self):
        """Start as many workers as are missing."""
        while len(self.workers) < self.size:
            process = self.make(self.context, target=worker, args=self.arguments)
            process.name = process.name.replace('Process', 'PoolWorker')
            process.daemon = True
            process.start()
            self.workers.append(process)

    def replace_ended(self):
        """Start a worker for each that has ended."""
        ended = [process for process in self.workers if process.exitcode is not None]
        for process in ended:
            process.join()
            self.workers.remove(process)
        if ended:
            self.fill_up()

    def run(self, cache, taskqueue, sentinels, notifier):
        """By its thread: until the pool is terminated, or closed and all is done."""
        thread = threading.current_thread()
        while thread._state == RUN or (cache and thread._state != TERMINATE):
            self.replace_ended()
            wait([*self.sentinels_of(self.workers), *sentinels])
            while not notifier.empty():
                notifier.get()
        taskqueue.put(None)


def _chunks_of(func, iterable, size):
    iterator = iter(iterable)
    while chunk := tuple(itertools.islice(iterator, size)):
        yield func, chunk


def _tasks_of(job, func, iterable):
    """The tasks of a job; should the iterable fail, the last one does so in a worker."""
    index = -1
    try:
        for index, item in enumerate(iterable):
            yield job, index, func, (item,), {}
    except Exception as exc:
        yield job, index + 1, _helper_reraises_exception, (exc,), {}


def _move_tasks(taskqueue, put, outqueue, pool, cache):
    """By the thread that gives tasks to workers."""
    thread = threading.current_thread()
    for tasks, set_length in iter(taskqueue.get, None):
        n_tasks = 0
        for task in tasks:
            if thread._state != RUN:
                break
            n_tasks = task[1] + 1
            try:
                put(task)
            except Exception as exc:
                _settle(cache, task[0], task[1], (False, exc))
            task = None
        else:
            if set_length:
                set_length(n_tasks)
            tasks = set_length = None
            continue
        break
    try:
        # For the thread that takes results, and for each worker.
        outqueue.put(None)
        for _ in pool:
            put(None)
    except OSError:
        util.debug('task handler got OSError when sending sentinels')


def _settle(cache, job, index, result):
    try:
        waiting = cache[job]
    except KeyError:
        # Nobody waits for it any more.
        return
    waiting._set(index, result)


def _take_results(outqueue, get, cache):
    """By the thread that takes results from workers."""
    thread = threading.current_thread()
    told = False
    while not told or (cache and thread._state != TERMINATE):
        try:
            result = get()
        except (OSError, EOFError):
            return
        if not told and thread._state != RUN:
            break
        if result is None:
            told = True
            continue
        _settle(cache, *result)
        result = None
    if not hasattr(outqueue, '_reader'):
        return
    # Who says that there is no more may wait for room in the pipe.
    try:
        for _ in range(10):
            if not outqueue._reader.poll():
                break
            get()
    except (OSError, EOFError):
        pass


class ApplyResult:
    """The result of a call that may not be done yet."""

    def __init__(self, pool, callback, error_callback):
        self._pool, self._cache = pool, pool._cache
        self._event = threading.Event()
        self._callback, self._error_callback = callback, error_callback
        self._job = next(job_counter)
        self._cache[self._job] = self

    def ready(self):
        """Whether it is done."""
        return self._event.is_set()

    def successful(self):
        """Whether it gave something, instead of raising. ValueError if it is not done."""
        if not self.ready():
            raise ValueError(f'{self!r} not ready')
        return self._success

    def wait(self, timeout=None):
        """Wait until it is done, or for `timeout` seconds."""
        self._event.wait(timeout)

    def get(self, timeout=None):
        """Wait, and give the result or raise what was raised. TimeoutError if it is not done in time."""
        self.wait(timeout)
        if not self.ready():
            raise TimeoutError
        if not self._success:
            raise self._value
        return self._value

    def _set(self, i, obj):
        self._success, self._value = obj
        callback = self._callback if self._success else self._error_callback
        if callback:
            callback(self._value)
        self._event.set()
        self._forget()

    def _forget(self):
        del self._cache[self._job]
        self._pool = None

    __class_getitem__ = classmethod(types.GenericAlias)


AsyncResult = ApplyResult


class MapResult(ApplyResult):
    """The results of many calls, which come in chunks."""

    def __init__(self, pool, chunksize, length, callback, error_callback):
        super().__init__(pool, callback, error_callback)
        self._success, self._value = True, [None] * length
        self._chunksize = chunksize
        self._number_left = -(-length // chunksize) if chunksize > 0 else 0
        if not self._number_left:
            self._event.set()
            del self._cache[self._job]

    def _set(self, i, success_result):
        success, result = success_result
        self._number_left -= 1
        if self._success:
            if success:
                start = i * self._chunksize
                self._value[start:start + self._chunksize] = result
            else:
                # The first error is what the caller gets.
                self._success, self._value = False, result
        if self._number_left:
            return
        callback = self._callback if self._success else self._error_callback
        if callback:
            callback(self._value)
        del self._cache[self._job]
        self._event.set()
        self._pool = None


class IMapIterator:
    """Results as they come, in the order of the calls."""

    def __init__(self, pool):
        self._pool, self._cache = pool, pool._cache
        self._cond = threading.Condition(threading.Lock())
        self._items = collections.deque()
        # How many are in order, of how many, and those that came before their turn.
        self._index, self._length, self._unsorted = 0, None, {}
        self._job = next(job_counter)
        self._cache[self._job] = self

    def __iter__(self):
        return self

    def next(self, timeout=None):
        """The next result. TimeoutError if it does not come in time."""
        with self._cond:
            if not self._items:
                if self._index != self._length:
                    self._cond.wait(timeout)
                if not self._items:
                    if self._index != self._length:
                        raise TimeoutError
                    self._pool = None
                    raise StopIteration
            success, value = self._items.popleft()
        if not success:
            raise value
        return value

    __next__ = next

    def _set(self, i, obj):
        with self._cond:
            self._unsorted[i] = obj
            while self._index in self._unsorted:
                self._items.append(self._unsorted.pop(self._index))
                self._index += 1
                self._cond.notify()
            self._check_end()

    def _check_end(self):
        if self._index == self._length:
            del self._cache[self._job]
            self._pool = None

    def _set_length(self, length):
        with self._cond:
            self._length = length
            if self._index == length:
                self._cond.notify()
            self._check_end()


class IMapUnorderedIterator(IMapIterator):
    """Results as they come."""

    def _set(self, i, obj):
        with self._cond:
            self._items.append(obj)
            self._index += 1
            self._cond.notify()
            self._check_end()


class ThreadPool(Pool):
    """Workers that are threads of this process."""

    _wrap_exception = False

    @staticmethod
    def Process(ctx, *args, **kwds):
        """How a worker is made."""
        from .dummy import Process
        return Process(*args, **kwds)

    def __init__(self, processes=None, initializer=None, initargs=()):
        Pool.__init__(self, processes, initializer, initargs)

    def _setup_queues(self):
        self._inqueue, self._outqueue = queue.SimpleQueue(), queue.SimpleQueue()
        self._quick_put, self._quick_get = self._inqueue.put, self._outqueue.get

    def _get_sentinels(self):
        return [self._change_notifier._reader]

    @staticmethod
    def _get_worker_sentinels(workers):
        return []

    @staticmethod
    def _help_stuff_finish(inqueue, task_handler, size):
        # Nobody needs what is left in it; the workers need to be told.
        try:
            while True:
                inqueue.get(block=False)
        except queue.Empty:
            pass
        for _ in range(size):
            inqueue.put(None)
