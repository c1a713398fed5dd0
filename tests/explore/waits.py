"""wait_for, timeout, shield, gather and wait, cancelled at every moment and at the moment of their deadline."""

import asyncio
from asyncio import create_task

from _explorer import all_of, cancel_soon, cancelled_if, choice, describe, ending, explore, pause


async def cancel_at(task, delay):
    """Cancels at a point in time, and after some turns of it."""
    await asyncio.sleep(delay)
    return await cancel_soon(task, 2)


async def wait_for_future():
    """Completed, timed out and cancelled in one moment (gh-86296): a cancellation is never swallowed."""
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(1, lambda: future.done() or future.set_result('done'))
    victim = create_task(asyncio.wait_for(future, 1))
    canceller = create_task(cancel_at(victim, 1))
    await all_of(victim, canceller)
    assert future.done()
    if canceller.result():
        assert victim.cancelled(), ending(victim)
    return f'{ending(victim)}, asked: {canceller.result()}'


async def wait_for_task():
    async def inner():
        await asyncio.sleep(1)
        return 'done'

    task = create_task(inner())
    victim = create_task(asyncio.wait_for(task, 1))
    canceller = create_task(cancel_at(victim, 1))
    await all_of(victim, canceller)
    assert task.done()
    if canceller.result():
        assert victim.cancelled(), ending(victim)
    return f'{ending(victim)}, asked: {canceller.result()}, task: {ending(task)}'


async def wait_for_lock():
    """The lock is either held by who waited for it, or free."""
    lock = asyncio.Lock()
    await lock.acquire()
    victim = create_task(asyncio.wait_for(lock.acquire(), 1))
    canceller = create_task(cancel_at(victim, 1))
    await asyncio.sleep(1)
    await pause(2)
    lock.release()
    await all_of(victim, canceller)
    assert lock.locked() == (ending(victim) == 'True')
    if canceller.result():
        assert victim.cancelled(), ending(victim)
    return f'{ending(victim)}, asked: {canceller.result()}'


async def wait_for_nothing():
    """A timeout of 0: the inner task is cancelled before it begins."""
    async def inner():
        await pause(1)
        return 'done'

    task = create_task(inner())
    await pause(3)
    victim = create_task(asyncio.wait_for(task, 0))
    canceller = create_task(cancel_soon(victim, 3))
    await all_of(victim, canceller, task)
    if canceller.result():
        assert victim.cancelled() or victim.exception() is not None, ending(victim)
    return f'{ending(victim)}, asked: {canceller.result()}, task: {ending(task)}'


async def wait_for_stubborn():
    """What suppresses its cancellation and returns something has returned it."""
    async def inner():
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            await pause(1)
            return 'kept'

    victim = create_task(asyncio.wait_for(inner(), 1))
    canceller = create_task(cancel_at(victim, 1))
    await all_of(victim, canceller)
    return f'{ending(victim)}, asked: {canceller.result()}, left: {victim.cancelling()}'


async def timeout():
    """TimeoutError comes of the deadline alone; a cancellation from outside stays one."""
    async def body():
        try:
            async with asyncio.timeout(1) as deadline:
                await asyncio.sleep(1)
                return 'done'
        finally:
            assert deadline.expired() or asyncio.current_task().cancelling() in (0, 1)

    victim = create_task(body())
    canceller = create_task(cancel_at(victim, 1))
    await all_of(victim, canceller)
    if canceller.result():
        assert victim.cancelled() and victim.cancelling() == 1, ending(victim)
    else:
        assert victim.cancelling() == 0
    return f'{ending(victim)}, asked: {canceller.result()}'


async def nested_timeouts():
    """Both are due at once: the inner one raises, and if it is handled, the outer one."""
    seen = []

    async def body():
        try:
            async with asyncio.timeout(1) as outer:
                try:
                    async with asyncio.timeout(1) as inner:
                        await asyncio.sleep(1)
                except TimeoutError:
                    assert inner.expired()
                    seen.append('inner')
                    await pause(1)
                await asyncio.sleep(1)
        except TimeoutError:
            assert outer.expired()
            seen.append('outer')
        return asyncio.current_task().cancelling()

    task = create_task(body())
    await all_of(task)
    assert ending(task) == '0', ending(task)
    assert seen[-1] == 'outer', seen
    return ' '.join(seen)


async def nested_timeouts_cancelled():
    async def body():
        async with asyncio.timeout(1):
            async with asyncio.timeout(1):
                await asyncio.sleep(1)

    victim = create_task(body())
    canceller = create_task(cancel_at(victim, 1))
    await all_of(victim, canceller)
    assert victim.cancelling() == canceller.result()
    if canceller.result():
        assert victim.cancelled(), ending(victim)
    return f'{ending(victim)}, asked: {canceller.result()}'


async def rescheduled_timeout():
    async def body():
        async with asyncio.timeout(1) as deadline:
            await asyncio.sleep(1)
            await pause(1)
            deadline.reschedule(asyncio.get_running_loop().time() + choice(2))
            await pause(2)
            return 'done'

    task = create_task(body())
    await all_of(task)
    assert task.cancelling() == 0
    return ending(task)


async def uncancel():
    """A task that takes a cancellation back goes on, and a later one arrives."""
    seen = 0

    async def body():
        nonlocal seen
        while seen < 2:
            try:
                await asyncio.sleep(0)
                await asyncio.sleep(1)
                return 'slept'
            except asyncio.CancelledError:
                seen += 1
                while asyncio.current_task().uncancel():
                    pass
        return 'cancelled twice'

    victim = create_task(body())
    one, two = create_task(cancel_soon(victim, 3)), create_task(cancel_soon(victim, 3))
    await all_of(victim, one, two)
    # One that is cancelled before it begins cannot take that back.
    assert victim.cancelling() == 0 or victim.cancelled() and not seen
    return f'{ending(victim)}, seen {seen} of {one.result() + two.result()}'


async def uncancel_at_once():
    """Taken back before it was thrown, a cancellation never was."""
    async def body():
        for _ in range(3):
            await asyncio.sleep(0)
        return 'done'

    victim = create_task(body())
    await pause(3)
    if victim.cancel() and choice(2):
        assert victim.uncancel() == 0
    await all_of(victim)
    return f'{ending(victim)}, {victim.cancelling()}'


async def shield():
    """What is shielded ends as it would have; who waited is cancelled."""
    async def inner():
        await pause(2)
        return 'done'

    task = create_task(inner())

    async def outer():
        return await asyncio.shield(task)

    victim = create_task(outer())
    canceller = create_task(cancel_soon(victim))
    await all_of(victim, canceller, task)
    assert ending(task) == "'done'"
    return cancelled_if(victim, canceller.result())


async def shield_inner_cancelled():
    async def inner():
        await asyncio.sleep(0)
        return 'done'

    task = create_task(inner())

    async def outer():
        return await asyncio.shield(task)

    victim = create_task(outer())
    inside, outside = create_task(cancel_soon(task, 2)), create_task(cancel_soon(victim, 1))
    await all_of(victim, inside, outside, task)
    cancelled_if(task, inside.result())
    assert victim.cancelled() or not outside.result()
    assert victim.cancelling() == outside.result()
    return f'{ending(victim)}, {ending(task)}'


async def gather():
    """Cancelled from outside, all children are; a child that ended keeps its result."""
    async def child(turns):
        for _ in range(turns):
            await asyncio.sleep(0)
        return turns

    children = [create_task(child(turns)) for turns in (1, 2)]

    async def outer():
        return await asyncio.gather(*children)

    victim = create_task(outer())
    canceller = create_task(cancel_soon(victim))
    await all_of(victim, canceller, *children)
    return f'{cancelled_if(victim, canceller.result())}: {", ".join(map(ending, children))}'


async def gather_child_cancelled():
    async def child():
        await pause(1)
        return 'done'

    children = [create_task(child()) for _ in range(2)]
    gathered = asyncio.gather(*children, return_exceptions=bool(choice(2)))
    canceller = create_task(cancel_soon(children[0], 2))
    try:
        results = await gathered
    except asyncio.CancelledError:
        results = 'cancelled'
    else:
        results = [result if isinstance(result, str) else describe(result) for result in results]
    await all_of(canceller, *children)
    assert ending(children[1]) == "'done'"
    cancelled_if(children[0], canceller.result())
    return f'{results}, asked: {canceller.result()}'


async def gather_failure():
    """One fails and one is cancelled from outside, in one turn."""
    async def fail():
        await pause(2)
        raise ValueError

    async def child():
        await asyncio.sleep(1)

    other = create_task(child())
    begun = False

    async def outer():
        nonlocal begun
        begun = True
        try:
            await asyncio.gather(fail(), other)
        finally:
            other.cancel()

    victim = create_task(outer())
    canceller = create_task(cancel_soon(victim))
    await all_of(victim, canceller, other)
    assert other.cancelled() == begun
    if canceller.result():
        # gather waits for all its children, so that an error before the cancellation goes first.
        assert ending(victim) in ('cancelled', 'ValueError')
    return f'{ending(victim)}, asked: {canceller.result()}'


async def wait():
    """wait() cancels nothing, and forgets its callbacks."""
    async def child(turns):
        for _ in range(turns):
            await asyncio.sleep(0)

    tasks = [create_task(child(turns)) for turns in (1, 2)]
    victim = create_task(asyncio.wait(tasks, timeout=1, return_when=asyncio.FIRST_COMPLETED))
    canceller = create_task(cancel_soon(victim))
    await all_of(victim, canceller)
    await all_of(*tasks)
    assert not any(task.cancelled() for task in tasks)
    shown = cancelled_if(victim, canceller.result())
    return shown if victim.cancelled() else f'{len(victim.result()[0])} done'


async def as_completed():
    async def child(name):
        await pause(1)
        return name

    tasks = [create_task(child(name)) for name in 'ab']

    async def collect():
        found = []
        async for task in asyncio.as_completed(tasks, timeout=1):
            found.append(await task)
        # In which order they were told of is that of a set.
        return ''.join(sorted(found))

    victim = create_task(collect())
    canceller = create_task(cancel_soon(victim, 2))
    await all_of(victim, canceller, *tasks)
    assert not any(task.cancelled() for task in tasks)
    return cancelled_if(victim, canceller.result())


async def chain_of_tasks():
    """A cancellation goes down a chain of tasks that wait for each other, and comes back."""
    async def innermost():
        await pause(2)
        return 'done'

    async def middle():
        return await inner

    async def outermost():
        return await mid

    inner = create_task(innermost())
    mid = create_task(middle())
    outer = create_task(outermost())
    canceller = create_task(cancel_soon(outer))
    await all_of(inner, mid, outer, canceller)
    assert outer.cancelled() == canceller.result()
    return ', '.join(map(ending, (inner, mid, outer)))


async def sleep():
    async def body():
        await asyncio.sleep(1)
        return 'slept'

    victim = create_task(body())
    canceller = create_task(cancel_at(victim, 1))
    await all_of(victim, canceller)
    return cancelled_if(victim, canceller.result())


explore()(wait_for_future, wait_for_task, wait_for_lock, wait_for_nothing, wait_for_stubborn, timeout, nested_timeouts,
          nested_timeouts_cancelled, rescheduled_timeout, uncancel, uncancel_at_once, shield, shield_inner_cancelled, gather,
          gather_child_cancelled, gather_failure, wait, as_completed, chain_of_tasks, sleep)
