"""Async generators, context managers and eager tasks under cancellation."""

import asyncio
import contextlib
from asyncio import create_task

from _explorer import all_of, cancel_soon, cancelled_if, choice, ending, explore, pause


async def cancelled_inside():
    """The generator's clean-up runs once, with its awaits, before the task ends."""
    log = []

    async def numbers():
        try:
            for number in range(3):
                await asyncio.sleep(0)
                yield number
        finally:
            log.append('closing')
            await asyncio.sleep(0)
            log.append('closed')

    async def consume():
        async with contextlib.aclosing(numbers()) as items:
            async for item in items:
                await pause(1)
        return 'read'

    victim = create_task(consume())
    canceller = create_task(cancel_soon(victim, 4))
    await all_of(victim, canceller)
    assert log in ([], ['closing', 'closed'], ['closing']), log
    assert log.count('closing') <= 1
    return f'{cancelled_if(victim, canceller.result())}: {" ".join(log)}'


async def closed_by_another():
    """aclose() of a generator that runs is an error; of one that waits between items it closes."""
    log = []

    async def numbers():
        try:
            while True:
                await asyncio.sleep(0)
                yield len(log)
        finally:
            await asyncio.sleep(0)
            log.append('closed')

    items = numbers()

    async def consume():
        async for item in items:
            await asyncio.sleep(0)
            if item > 3 or len(log) > 3:
                break
            log.append('item')
        return 'read'

    reader = create_task(consume())

    async def close():
        await pause(4)
        try:
            await items.aclose()
        except RuntimeError as error:
            return str(error)
        return 'closed'

    closer = create_task(close())
    await all_of(reader, closer)
    while True:
        try:
            await items.aclose()
            break
        except RuntimeError:
            await asyncio.sleep(0)
    assert log.count('closed') <= 1, log
    return f'{ending(reader)}, {ending(closer)}, {" ".join(log)}'


async def thrown_into():
    """athrow() into a generator whose task is cancelled meanwhile."""
    async def patient():
        try:
            yield 1
        except KeyError:
            await pause(2)
            yield 2

    async def drive():
        items = patient()
        assert await anext(items) == 1
        try:
            return await items.athrow(KeyError)
        finally:
            await items.aclose()

    victim = create_task(drive())
    canceller = create_task(cancel_soon(victim))
    await all_of(victim, canceller)
    return cancelled_if(victim, canceller.result())


async def dropped():
    """A generator that is dropped half way is closed by the loop, and that by nobody else."""
    closed = []

    async def numbers():
        try:
            yield 1
            yield 2
        finally:
            await asyncio.sleep(0)
            closed.append(True)

    async def consume():
        async for number in numbers():
            await pause(1)
            return number

    victim = create_task(consume())
    canceller = create_task(cancel_soon(victim, 2))
    await all_of(victim, canceller)
    for _ in range(4):
        await asyncio.sleep(0)
    assert len(closed) <= 1
    return f'{cancelled_if(victim, canceller.result())}, closed: {len(closed)}'


async def group_inside():
    """A generator that is closed inside a task group cancels the group's tasks and ends quietly (gh-135736)."""
    left = []

    async def child():
        try:
            await pause(2)
            await asyncio.sleep(1)
        finally:
            left.append(True)

    async def numbers():
        async with asyncio.TaskGroup() as group:
            group.create_task(child())
            await asyncio.sleep(0)
            yield 1
            yield 2

    async def consume():
        items = numbers()
        try:
            async for item in items:
                await pause(1)
                break
        finally:
            await items.aclose()
        return 'closed'

    victim = create_task(consume())
    canceller = create_task(cancel_soon(victim, 3))
    await all_of(victim, canceller)
    return f'{cancelled_if(victim, canceller.result())}, {len(left)}'


async def exit_stack():
    """Everything that was entered is left, the last first."""
    log = []

    @contextlib.asynccontextmanager
    async def entered(name):
        await asyncio.sleep(0)
        log.append(f'+{name}')
        try:
            yield
        finally:
            log.append(f'-{name}')
            await asyncio.sleep(0)

    async def body():
        async with contextlib.AsyncExitStack() as stack:
            for name in 'ab':
                await stack.enter_async_context(entered(name))
            await pause(1)
        return 'left'

    victim = create_task(body())
    canceller = create_task(cancel_soon(victim, 4))
    await all_of(victim, canceller)
    assert log in ([], ['+a'], ['+a', '-a'], ['+a', '+b', '-b', '-a']), log
    return f'{cancelled_if(victim, canceller.result())}: {" ".join(log)}'


async def eager():
    """A task that has begun before anyone could cancel it."""
    async def body(turns):
        begun.append(turns)
        await pause(turns)
        return 'done'

    begun = []
    victim = create_task(body(2), eager_start=True)
    assert begun == [2]
    canceller = create_task(cancel_soon(victim, 2), eager_start=bool(choice(2)))
    await all_of(victim, canceller)
    return cancelled_if(victim, canceller.result())


async def eager_waiters():
    """Eager tasks in the queue of a lock."""
    loop = asyncio.get_running_loop()
    loop.set_task_factory(asyncio.eager_task_factory)
    lock = asyncio.Lock()

    async def hold():
        async with lock:
            await pause(1)
        return 'held'

    first, victim, last = create_task(hold()), create_task(hold()), create_task(hold())
    canceller = create_task(cancel_soon(victim))
    await all_of(first, victim, last, canceller)
    assert not lock.locked() and ending(last) == "'held'"
    return cancelled_if(victim, canceller.result())


async def cancelled_in_finally():
    """A second cancellation interrupts the clean-up of the first; each is seen once."""
    seen = 0

    async def body():
        nonlocal seen
        try:
            await pause(2)
        except asyncio.CancelledError:
            seen += 1
            raise
        finally:
            try:
                await pause(2)
            except asyncio.CancelledError:
                seen += 1
                raise
        return 'done'

    victim = create_task(body())
    one, two = create_task(cancel_soon(victim, 2)), create_task(cancel_soon(victim, 2))
    await all_of(victim, one, two)
    asked = one.result() + two.result()
    assert victim.cancelling() == asked and victim.cancelled() == bool(asked)
    assert seen <= asked
    return f'{ending(victim)}, seen {seen} of {asked}'


async def messages():
    """The message of the first cancellation that is thrown arrives."""
    async def body():
        await asyncio.sleep(0)
        await asyncio.sleep(1)

    victim = create_task(body())

    async def wait():
        await victim

    waiting = create_task(wait())
    one = create_task(cancel_soon(victim, 2, 'one'))
    two = create_task(cancel_soon(victim, 2, 'two'))
    await all_of(victim, waiting, one, two)
    assert victim.cancelled() == (one.result() or two.result())
    try:
        await victim
    except asyncio.CancelledError as error:
        return f'{error.args}, {ending(waiting)}'
    return 'slept'


async def foreign_awaitable():
    """An object with __await__ that is no coroutine, over a future."""
    future = asyncio.get_running_loop().create_future()

    class Foreign:
        def __await__(self):
            try:
                return (yield from future)
            finally:
                log.append('left')

    async def body():
        return await Foreign()

    log = []
    victim = create_task(body())
    canceller = create_task(cancel_soon(victim, 2))
    await pause(2)
    if not future.done():
        future.set_result('done')
    await all_of(victim, canceller)
    assert log in (['left'], []) and (log or victim.cancelled())
    return cancelled_if(victim, canceller.result())


explore()(cancelled_inside, closed_by_another, thrown_into, dropped, group_inside, exit_stack, eager, eager_waiters, cancelled_in_finally,
          messages, foreign_awaitable)
