"""Attempts that start one after the other, until one of them succeeds."""

from . import events, exceptions as exceptions_module, futures, locks, tasks

__all__ = ('staggered_race',)


async def staggered_race(coro_fns, delay, *, loop=None):
    """Run coroutines with staggered start times and take the first to finish.

    The next one of `coro_fns` starts when the last one to start has failed, or `delay` seconds after it (never, if that is None). The
    first to return wins, and all others are cancelled.

    Returns the winner's result and its index, both None if there is no winner, and a list with the exception of each that was started.
    """
    loop = loop or events.get_running_loop()
    parent = tasks.current_task(loop)
    numbered = enumerate(coro_fns)
    result = index = None
    # Of the coroutines, and of the race itself: the latter are bugs.
    failures, unhandled = [], []
    running = set()
    all_done = None

    def start(previous_failed):
        """The task of the next attempt, which begins when the event is set that it is given with."""
        go = locks.Event()
        task = loop.create_task(attempt(go, previous_failed))
        futures.future_add_to_awaited_by(task, parent)
        running.add(task)
        task.add_done_callback(on_done)
        # An eager task waits for this: it is known by now.
        go.set()

    def on_done(task):
        running.discard(task)
        futures.future_discard_from_awaited_by(task, parent)
        if all_done is not None and not all_done.done() and not running:
            all_done.set_result(None)
        if not task.cancelled() and (exc := task.exception()) is not None:
            unhandled.append(exc)

    async def attempt(go, previous_failed):
        await go.wait()
        if previous_failed is not None:
            try:
                await tasks.wait_for(previous_failed.wait(), delay)
            except exceptions_module.TimeoutError:
                pass
        try:
            own_index, coro_fn = next(numbered)
        except StopIteration:
            return
        failed = locks.Event()
        start(failed)
        failures.append(None)
        assert len(failures) == own_index + 1
        try:
            own_result = await coro_fn()
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            failures[own_index] = exc
            failed.set()
        else:
            nonlocal result, index
            assert index is None
            result, index = own_result, own_index
            # Not the current task: it has nothing to await any more, and would end as neither done nor cancelled.
            this_task = tasks.current_task(loop)
            for task in running:
                if task is not this_task:
                    task.cancel()

    cancelled = None
    try:
        start(None)
        while running:
            all_done = loop.create_future()
            try:
                await all_done
            except exceptions_module.CancelledError as exc:
                cancelled = exc
                for task in running:
                    task.cancel(*exc.args)
            all_done = None
        if __debug__ and unhandled:
            raise ExceptionGroup('staggered race failed', unhandled)
        if cancelled is not None:
            raise cancelled
        return result, index, failures
    finally:
        # Exceptions refer to this frame by their tracebacks.
        del failures, cancelled, unhandled, parent
