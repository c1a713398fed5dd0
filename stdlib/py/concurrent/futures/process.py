"""An executor whose workers are processes.

Calls wait in the executor until there is room in a short queue that all workers read; the calls in that one can no longer be cancelled.
Results come back through another queue. A thread of the executor's process, the manager, moves calls and results, and watches the workers:
should one end unasked, nobody knows what it held, so all is given up.
"""

import itertools
import multiprocessing as mp
import multiprocessing.connection
import os
import queue
import threading
import weakref

from functools import partial
from multiprocessing.queues import Queue

from concurrent.futures import _base

# Calls in the queue of the workers beyond one for each.
EXTRA_QUEUED_CALLS = 1

# The managers that run, with what wakes them.
_threads_wakeups = weakref.WeakKeyDictionary()
_global_shutdown = False


def _format(exc):
    from traceback import format_exception
    return format_exception(exc)


class _ThreadWakeup:
    """A pipe that wakes the manager, who waits for descriptors."""

    def __init__(self):
        self._closed = False
        self._lock = threading.Lock()
        self._reader, self._writer = mp.Pipe(duplex=False)

    def wakeup(self):
        """By any thread."""
        with self._lock:
            if not self._closed:
                self._writer.send_bytes(b'')

    def clear(self):
        """By the manager, before it looks for what there is to do."""
        if self._closed:
            raise RuntimeError('operation on closed _ThreadWakeup')
        while self._reader.poll():
            self._reader.recv_bytes()

    def close(self):
        """By the manager. The descriptors are closed once."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            for end in self._writer, self._reader:
                end.close()


def _python_exit():
    """At exit, before threads are waited for: let all managers finish."""
    global _global_shutdown
    _global_shutdown = True
    managers = list(_threads_wakeups.items())
    for _, wakeup in managers:
        wakeup.wakeup()
    for manager, _ in managers:
        manager.join()


threading._register_atexit(_python_exit)


class _RemoteTraceback(Exception):
    """The cause of an exception that came from another process: its text is the traceback there."""

    def __init__(self, tb):
        self.tb = tb

    def __str__(self):
        return self.tb


class _ExceptionWithTraceback:
    """Pickles an exception so that it has a cause where it is unpickled."""

    def __init__(self, exc, tb):
        from traceback import format_exception
        self.exc = exc
        self.tb = '\n"""\n' + ''.join(format_exception(type(exc), exc, tb)) + '"""'
        # Its frames hold what is no longer needed.
        exc.__traceback__ = None

    def __reduce__(self):
        return _rebuild_exc, (self.exc, self.tb)


def _rebuild_exc(exc, tb):
    exc.__cause__ = _RemoteTraceback(tb)
    return exc


class _WorkItem:
    """A call and its future."""

    def __init__(self, future, fn, args, kwargs):
        self.future, self.fn, self.args, self.kwargs = future, fn, args, kwargs


class _CallItem:
    """A call on its way to a worker."""

    def __init__(self, work_id, fn, args, kwargs):
        self.work_id, self.fn, self.args, self.kwargs = work_id, fn, args, kwargs


class _ResultItem:
    """What came out of a call; and the worker, if it has done all it may."""

    def __init__(self, work_id, exception=None, result=None, exit_pid=None):
        self.work_id, self.exception, self.result, self.exit_pid = work_id, exception, result, exit_pid


class _SafeQueue(Queue):
    """The queue of calls. One that cannot be pickled fails its future."""

    def __init__(self, max_size=0, *, ctx, pending_work_items, thread_wakeup):
        self.pending_work_items, self.thread_wakeup = pending_work_items, thread_wakeup
        super().__init__(max_size, ctx=ctx)

    def _on_queue_feeder_error(self, exc, obj):
        if not isinstance(obj, _CallItem):
            return super()._on_queue_feeder_error(exc, obj)
        exc.__cause__ = _RemoteTraceback('\n"""\n' + ''.join(_format(exc)) + '"""')
        item = self.pending_work_items.pop(obj.work_id, None)
        self.thread_wakeup.wakeup()
        # It is gone if the pool broke meanwhile.
        if item is not None:
            item.future.set_exception(exc)


def _process_chunk(fn, chunk):
    """In a worker: several calls of a map()."""
    return [fn(*args) for args in chunk]


def _sendback_result(result_queue, work_id, result=None, exception=None, exit_pid=None):
    """In a worker: send what came out, or why that cannot be sent."""
    try:
        result_queue.put(_ResultItem(work_id, exception, result, exit_pid))
    except BaseException as exc:
        result_queue.put(_ResultItem(work_id, _ExceptionWithTraceback(exc, exc.__traceback__), None, exit_pid))


def _process_worker(call_queue, result_queue, initializer, initargs, max_tasks=None):
    """What a worker does."""
    if initializer is not None:
        try:
            initializer(*initargs)
        except BaseException:
            _base.LOGGER.critical('Exception in initializer:', exc_info=True)
            # The manager sees it end.
            return
    pid = os.getpid()
    for number in itertools.count(1):
        item = call_queue.get(block=True)
        if item is None:
            # That wakes the manager.
            result_queue.put(pid)
            return
        exit_pid = pid if max_tasks is not None and number >= max_tasks else None
        try:
            result = item.fn(*item.args, **item.kwargs)
        except BaseException as exc:
            _sendback_result(result_queue, item.work_id, exception=_ExceptionWithTraceback(exc, exc.__traceback__), exit_pid=exit_pid)
        else:
            _sendback_result(result_queue, item.work_id, result=result, exit_pid=exit_pid)
            del result
        # To live no longer than needed: it may hold files.
        del item
        if exit_pid is not None:
            return


def _spawn_worker(executor_parts, processes):
    """Start a worker; `executor_parts` are its context and what it is to be given."""
    context, *arguments = executor_parts
    worker = context.Process(target=_process_worker, args=tuple(arguments))
    worker.start()
    processes[worker.pid] = worker


class _ExecutorManagerThread(threading.Thread):
    """The manager. It knows its executor weakly, and ends when that is gone or shut down and all is done."""

    def __init__(self, executor):
        wakeup = self.thread_wakeup = executor._executor_manager_thread_wakeup
        self.executor_reference = weakref.ref(executor, lambda _: wakeup.wakeup())
        self.shutdown_lock = executor._shutdown_lock
        self.processes = executor._processes
        self.call_queue, self.result_queue = executor._call_queue, executor._result_queue
        self.work_ids_queue = executor._work_ids
        self.pending_work_items = executor._pending_work_items
        self.max_workers = executor._max_workers
        super().__init__()

    def run(self):
        while True:
            try:
                self.add_call_item_to_queue()
            except BaseException as exc:
                # No more threads, at the end of the program.
                return self.terminate_broken(_format(exc))
            item, broken, cause = self.wait_result_broken_or_wakeup()
            if broken:
                return self.terminate_broken(cause)
            if item is not None:
                failure = self.take_result(item)
                # What came out lives on in the future only.
                del item
                if failure is not None:
                    return self.terminate_broken(*failure)
            if self.is_shutting_down():
                self.flag_executor_shutting_down()
                # Cancelled ones are dropped by this: if all were, nothing would ever wake the manager.
                self.add_call_item_to_queue()
                if not self.pending_work_items:
                    return self.join_executor_internals()

    def add_call_item_to_queue(self):
        """Move calls into the queue of the workers while it has room. Never waits."""
        while not self.call_queue.full():
            try:
                work_id = self.work_ids_queue.get(block=False)
            except queue.Empty:
                return
            item = self.pending_work_items[work_id]
            if item.future.set_running_or_notify_cancel():
                self.call_queue.put(_CallItem(work_id, item.fn, item.args, item.kwargs), block=True)
            else:
                del self.pending_work_items[work_id]

    def wait_result_broken_or_wakeup(self):
        """Wait for something to happen; gives a result, whether a worker has ended unasked, and why, if that is known."""
        results, wakeups = self.result_queue._reader, self.thread_wakeup._reader
        sentinels = [worker.sentinel for worker in list(self.processes.values())]
        wait = mp.connection.wait if self.pending_work_items else mp.connection._wait_idly
        ready = wait([results, wakeups, *sentinels])
        item = cause = None
        broken = True
        if results in ready:
            try:
                item = results.recv()
                broken = False
            except BaseException as exc:
                cause = _format(exc)
        elif wakeups in ready:
            broken = False
        self.thread_wakeup.clear()
        return item, broken, cause

    def take_result(self, item):
        """Give a result to its future. Gives the cause and a message if nobody is left to do the rest."""
        if isinstance(item, int):
            # A worker has read that there is no more.
            return None
        self.process_result_item(item)
        if item.exit_pid is not None:
            self.processes.pop(item.exit_pid).join()
            with self.shutdown_lock:
                return self._replace_dead_worker()
        executor = self.executor_reference()
        if executor is not None:
            executor._idle_worker_semaphore.release()
        return None

    def process_result_item(self, result_item):
        """Give a result to its future."""
        work_item = self.pending_work_items.pop(result_item.work_id, None)
        # It is gone if it was failed from elsewhere.
        if work_item is None:
            return
        if result_item.exception is not None:
            work_item.future.set_exception(result_item.exception)
        else:
            work_item.future.set_result(result_item.result)

    def _replace_dead_worker(self):
        """After a worker has done as many calls as it may, under the lock: start another if one is needed.

        Gives a cause and a message if none is left for what is waiting.
        """
        cause = message = None
        executor = self.executor_reference()
        if executor is None:
            message = ('The ProcessPoolExecutor was garbage collected with work pending after its last worker process exited upon reaching '
                       'max_tasks_per_child; the pending work can never be run.')
        elif executor._force_shutting_down:
            message = ('A worker process exited while the pool was being forcefully shut down; work that was still enqueued will not be '
                       'run.')
        elif self.pending_work_items or not self.is_shutting_down():
            # The count of idle workers may still count the one that is gone.
            if len(self.processes) < self.max_workers:
                try:
                    _spawn_worker(executor._worker_parts(self.call_queue, self.result_queue), self.processes)
                except Exception as exc:
                    cause = _format(exc)
                    message = ('A replacement worker process could not be started, leaving the pool without workers to run the '
                               'remaining work.')
        if self.processes or not (self.pending_work_items or cause is not None):
            return None
        return cause, message

    def is_shutting_down(self):
        """Whether nothing more will be submitted."""
        executor = self.executor_reference()
        return _global_shutdown or executor is None or executor._shutdown_thread

    def terminate_broken(self, cause, bpe_message=None):
        """Give all up."""
        with self.shutdown_lock:
            self._terminate_broken(cause, bpe_message)

    def _terminate_broken(self, cause, bpe_message):
        executor = self.executor_reference()
        if executor is not None:
            executor._broken = 'A child process terminated abruptly, the process pool is not usable anymore'
            executor._shutdown_thread = True
            del executor
        message = bpe_message or ('A process in the process pool was terminated abruptly while the future was running or pending.')
        for item in self.pending_work_items.values():
            # Each its own: raising one gives it a traceback.
            error = BrokenProcessPool(message)
            if cause is not None:
                error.__cause__ = _RemoteTraceback(f"\n'''\n{''.join(cause)}'''")
            try:
                item.future.set_exception(error)
            except _base.InvalidStateError:
                # It was cancelled.
                pass
        self.pending_work_items.clear()
        # Whoever held a lock when he was killed holds it for ever.
        for worker in list(self.processes.values()):
            worker.terminate()
        self.call_queue._terminate_broken()
        self._join_executor_internals(broken=True)

    def flag_executor_shutting_down(self):
        """Tell the executor, and cancel what is waiting if that was asked for."""
        executor = self.executor_reference()
        if executor is None:
            return
        executor._shutdown_thread = True
        if not executor._cancel_pending_futures:
            return
        executor._cancel_pending_futures = False
        for work_id, item in list(self.pending_work_items.items()):
            if item.future.cancel():
                del self.pending_work_items[work_id]
        while not self.work_ids_queue.empty():
            try:
                self.work_ids_queue.get_nowait()
            except queue.Empty:
                break

    def join_executor_internals(self):
        """End the workers, and give all back."""
        with self.shutdown_lock:
            self._join_executor_internals()

    def _join_executor_internals(self, broken=False):
        workers = list(self.processes.values())
        if not broken:
            self.shutdown_workers()
        self.call_queue.close()
        self.call_queue.join_thread()
        self.thread_wakeup.close()
        for worker in workers:
            if broken:
                worker.terminate()
            worker.join()

    def shutdown_workers(self):
        """Tell each worker that there is no more."""
        told, wanted = 0, self.get_n_children_alive()
        while told < wanted and self.get_n_children_alive() > 0:
            try:
                # Not for ever: a worker may end instead of making room.
                self.call_queue.put(None, timeout=0.05)
                told += 1
            except queue.Full:
                pass

    def get_n_children_alive(self):
        """How many workers have not ended, or had not a moment ago."""
        return sum(worker.is_alive() for worker in list(self.processes.values()))


def _chain_from_iterable_of_lists(lists):
    """All that is in the lists; they are emptied, so that nothing is kept here once it was given away."""
    for items in lists:
        items.reverse()
        while items:
            yield items.pop()


class BrokenProcessPool(_base.BrokenExecutor):
    """A worker ended while calls were running or waiting."""


class ProcessPoolExecutor(_base.Executor):
    """An executor whose calls are done by processes."""

    def __init__(self, max_workers=None, mp_context=None, initializer=None, initargs=(), *, max_tasks_per_child=None):
        if max_workers is None:
            max_workers = os.process_cpu_count() or 1
        elif max_workers <= 0:
            raise ValueError('max_workers must be greater than 0')
        self._max_workers = max_workers
        if mp_context is None:
            mp_context = mp.get_context('spawn') if max_tasks_per_child is not None else mp.get_context()
        self._mp_context = mp_context
        forks = mp_context.get_start_method(allow_none=False) == 'fork'
        # A copy of a process with several threads may find locks held for ever.
        self._safe_to_dynamically_spawn_children = not forks
        if initializer is not None and not callable(initializer):
            raise TypeError('initializer must be a callable')
        self._initializer, self._initargs = initializer, initargs
        if max_tasks_per_child is not None:
            if not isinstance(max_tasks_per_child, int):
                raise TypeError('max_tasks_per_child must be an integer')
            if max_tasks_per_child <= 0:
                raise ValueError('max_tasks_per_child must be >= 1')
            if forks:
                raise ValueError("max_tasks_per_child is incompatible with the 'fork' multiprocessing start method; supply a different "
                                 'mp_context.')
        self._max_tasks_per_child = max_tasks_per_child
        self._executor_manager_thread = None
        self._processes = {}
        self._shutdown_lock = threading.Lock()
        self._shutdown_thread = self._broken = self._cancel_pending_futures = self._force_shutting_down = False
        # One for each result for which no call came since.
        self._idle_worker_semaphore = threading.Semaphore(0)
        self._queue_count = 0
        self._pending_work_items = {}
        self._work_ids = queue.Queue()
        self._executor_manager_thread_wakeup = _ThreadWakeup()
        self._call_queue = _SafeQueue(max_workers + EXTRA_QUEUED_CALLS, ctx=mp_context, pending_work_items=self._pending_work_items,
                                      thread_wakeup=self._executor_manager_thread_wakeup)
        self._call_queue._ignore_epipe = True
        self._result_queue = mp_context.SimpleQueue()

    def _worker_parts(self, call_queue, result_queue):
        return self._mp_context, call_queue, result_queue, self._initializer, self._initargs, self._max_tasks_per_child

    def _start_executor_manager_thread(self):
        if self._executor_manager_thread is not None:
            return
        if not self._safe_to_dynamically_spawn_children:
            self._launch_processes()
        manager = self._executor_manager_thread = _ExecutorManagerThread(self)
        manager.start()
        _threads_wakeups[manager] = self._executor_manager_thread_wakeup

    def _adjust_process_count(self):
        """Start a worker, unless one is idle or there are enough."""
        if self._processes is None or self._force_shutting_down or self._idle_worker_semaphore.acquire(blocking=False):
            return
        if len(self._processes) < self._max_workers:
            self._spawn_process()

    def _launch_processes(self):
        while len(self._processes) < self._max_workers:
            self._spawn_process()

    def _spawn_process(self):
        _spawn_worker(self._worker_parts(self._call_queue, self._result_queue), self._processes)

    def submit(self, fn, /, *args, **kwargs):
        """Have a worker call the function; gives the future of the call."""
        with self._shutdown_lock:
            if self._broken:
                raise BrokenProcessPool(self._broken)
            if self._shutdown_thread:
                raise RuntimeError('cannot schedule new futures after shutdown')
            if _global_shutdown:
                raise RuntimeError('cannot schedule new futures after interpreter shutdown')
            future = _base.Future()
            work_id = self._queue_count
            self._queue_count += 1
            self._pending_work_items[work_id] = _WorkItem(future, fn, args, kwargs)
            self._work_ids.put(work_id)
            self._executor_manager_thread_wakeup.wakeup()
            if self._safe_to_dynamically_spawn_children:
                self._adjust_process_count()
            self._start_executor_manager_thread()
            return future

    def map(self, fn, *iterables, timeout=None, chunksize=1, buffersize=None):
        """As the built-in map(), but calls are done `chunksize` at a time by workers.

        All are submitted at once, or, if `buffersize` is given, so many chunks ahead of what was taken. TimeoutError if a result
        is not there `timeout` seconds after the call of map().
        """
        if chunksize < 1:
            raise ValueError('chunksize must be >= 1.')
        chunks = itertools.batched(zip(*iterables), chunksize)
        return _chain_from_iterable_of_lists(super().map(partial(_process_chunk, fn), chunks, timeout=timeout, buffersize=buffersize))

    def shutdown(self, wait=True, *, cancel_futures=False):
        """Take no more calls; wait until all is done, if asked to, and cancel what nobody has begun, if asked to."""
        with self._shutdown_lock:
            self._cancel_pending_futures = cancel_futures
            self._shutdown_thread = True
            if self._executor_manager_thread_wakeup is not None:
                self._executor_manager_thread_wakeup.wakeup()
        if wait and self._executor_manager_thread is not None:
            self._executor_manager_thread.join()
        if wait and self._result_queue is not None:
            self._result_queue.close()
        # They have descriptors.
        self._executor_manager_thread = self._executor_manager_thread_wakeup = None
        self._call_queue = self._result_queue = self._processes = None

    def _force_shutdown(self, operation):
        with self._shutdown_lock:
            # No worker is replaced from here on.
            self._force_shutting_down = True
        workers = dict(self._processes or {})
        self.shutdown(wait=False, cancel_futures=True)
        for worker in workers.values():
            try:
                if worker.is_alive():
                    operation(worker)
            except (ValueError, ProcessLookupError):
                # It has just ended.
                continue

    def terminate_workers(self):
        """Send SIGTERM to all workers; what they have not done is given up."""
        return self._force_shutdown(lambda worker: worker.terminate())

    def kill_workers(self):
        """Send SIGKILL to all workers; what they have not done is given up."""
        return self._force_shutdown(lambda worker: worker.kill())
