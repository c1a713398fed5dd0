"""What is looked for is found: primitives with the bugs that CPython's once had."""

import asyncio
import collections
from asyncio import create_task

from _explorer import all_of, cancel_soon, find_failures, pause


class ForgetfulLock:
    """A waiter that is cancelled after it was woken wakes nobody else."""

    def __init__(self):
        self.held = False
        self.waiters = collections.deque()

    async def __aenter__(self):
        if self.held or self.waiters:
            waiter = asyncio.get_running_loop().create_future()
            self.waiters.append(waiter)
            try:
                await waiter
            finally:
                self.waiters.remove(waiter)
        self.held = True

    async def __aexit__(self, *_):
        self.held = False
        for waiter in self.waiters:
            if not waiter.done():
                waiter.set_result(None)
                break


async def lost_wake_up():
    lock = ForgetfulLock()

    async def hold():
        async with lock:
            await asyncio.sleep(0)

    tasks = [create_task(hold()) for _ in range(3)]
    canceller = create_task(cancel_soon(tasks[1], 3))
    await all_of(*tasks, canceller)


async def impatient(future, timeout):
    """As wait_for was before it used timeout(): done when the cancellation comes, it returns its result."""
    loop = asyncio.get_running_loop()
    waiter = loop.create_future()
    handle = loop.call_later(timeout, lambda: waiter.done() or waiter.set_result(None))
    future.add_done_callback(lambda _: waiter.done() or waiter.set_result(None))
    try:
        await waiter
    except asyncio.CancelledError:
        if not future.done():
            future.cancel()
            raise
    finally:
        handle.cancel()
    return future.result()


async def swallowed_cancellation():
    future = asyncio.get_running_loop().create_future()
    victim = create_task(impatient(future, 1))
    canceller = create_task(cancel_soon(victim, 2))
    await pause(2)
    if not future.done():
        future.set_result('done')
    await all_of(victim, canceller)
    assert victim.cancelled() or not canceller.result(), 'a cancellation was swallowed'


async def task_left_over():
    async def helper():
        await pause(2)

    create_task(helper(), name='helper')
    await pause(1)


async def timer_left_over():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(1, future.cancelled)
    loop.call_soon(future.set_result, None)
    await future


find_failures(lost_wake_up, swallowed_cancellation, task_left_over, timer_left_over)
