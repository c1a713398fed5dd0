"""Tasks that begin while they are made: waits, timeouts, groups and primitives that are done before anybody could wait for them, and
cancellations that come before the first await."""

import asyncio
from asyncio import create_task

from _explorer import all_of, cancel_soon, cancelled_if, choice, describe, ending, explore, pause


def eagerly(program):
    """All tasks of the program are eager."""
    async def run():
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
        return await program()

    run.__name__ = program.__name__
    return run


@eagerly
async def queue_item():
    """An item put when the one who waits for it is cancelled, or out of time: somebody has it, or the queue."""
    queue = asyncio.Queue()
    victim = create_task(asyncio.wait_for(queue.get(), 1))
    other = create_task(queue.get())

    async def put():
        await asyncio.sleep(choice(2))
        await pause(1)
        queue.put_nowait('item')

    async def cancel():
        await asyncio.sleep(1)
        return await cancel_soon(victim, 1)

    putter, canceller = create_task(put()), create_task(cancel())
    await all_of(victim, putter, canceller)
    # A last turn for who was woken in place of the victim.
    await asyncio.sleep(1)
    got = [ending(task) for task in (victim, other) if task.done()]
    assert got.count("'item'") + queue.qsize() == 1
    if canceller.result():
        assert victim.cancelled()
    if not other.done():
        other.cancel()
        await all_of(other)
    return f'{ending(victim)}, {ending(other)}'


@eagerly
async def full_queue():
    """Two who wait for room, one of them cancelled when there is some."""
    queue = asyncio.Queue(1)
    queue.put_nowait('first')
    victim, other = create_task(queue.put('second')), create_task(queue.put('third'))
    canceller = create_task(cancel_soon(victim, 2))
    await pause(2)
    items = [queue.get_nowait()]
    await all_of(victim, canceller)
    while not other.done() or queue.qsize():
        items.append(await queue.get())
    assert items == (['first', 'third'] if victim.cancelled() else ['first', 'second', 'third']), items
    return cancelled_if(victim, canceller.result())


@eagerly
async def condition():
    """One notification, and the first of two who wait cancelled: the other gets it, unless the first had it."""
    condition = asyncio.Condition()

    async def wait():
        async with condition:
            await condition.wait()
            return 'notified'

    async def notify():
        await pause(2)
        async with condition:
            condition.notify()

    victim, other = create_task(wait()), create_task(wait())
    notifier, canceller = create_task(notify()), create_task(cancel_soon(victim, 2))
    await all_of(victim, notifier, canceller)
    if victim.cancelled():
        await all_of(other)
    else:
        assert not other.done()
        other.cancel()
        await all_of(other)
    assert not condition.locked()
    return f'{cancelled_if(victim, canceller.result())}, {ending(other)}'


@eagerly
async def semaphore():
    """Units come back whoever of those that wait is cancelled."""
    semaphore = asyncio.Semaphore(1)

    async def use():
        async with semaphore:
            await pause(1)
        return 'used'

    users = [create_task(use()) for _ in range(3)]
    cancellers = [create_task(cancel_soon(users[at], 1)) for at in (1, 2)]
    await all_of(*users, *cancellers)
    assert not semaphore.locked()
    return ', '.join(sorted(cancelled_if(user, canceller.result()) for user, canceller in zip(users[1:], cancellers)))


@eagerly
async def timeout_in_timeout():
    """Both expire in the moment of a cancellation, which is not taken for one of theirs."""
    async def body():
        try:
            async with asyncio.timeout(1):
                try:
                    async with asyncio.timeout(choice(2)):
                        await asyncio.sleep(1)
                except TimeoutError:
                    await pause(1)
                    await asyncio.sleep(1)
        finally:
            left.append(asyncio.current_task().cancelling())

    async def cancel():
        await asyncio.sleep(1)
        return await cancel_soon(victim, 1)

    left = []
    victim = create_task(body())
    canceller = create_task(cancel())
    await all_of(victim, canceller)
    if canceller.result():
        assert victim.cancelled() and left == [1]
    else:
        assert left == [0]
    return f'{ending(victim)}, asked: {canceller.result()}'


async def cancels_itself():
    """A cancellation asked for in the first step arrives at its first await, or ends the task if there is none."""
    async def body(turns):
        asyncio.current_task().cancel('by itself')
        try:
            await pause(turns)
        except asyncio.CancelledError as error:
            caught.append(error.args)
            raise
        return 'done'

    caught = []
    victim = create_task(body(2), eager_start=bool(choice(2)))
    await all_of(victim)
    assert victim.cancelled() and victim.cancelling() == 1
    return f'{ending(victim)}, {caught}'


async def cancelled_and_taken_back():
    """uncancel() in the first step takes the request back before it has been thrown."""
    async def body():
        task = asyncio.current_task()
        task.cancel()
        left = task.uncancel()
        await pause(1)
        return left

    victim = create_task(body(), eager_start=bool(choice(2)))
    canceller = create_task(cancel_soon(victim, 1))
    await all_of(victim, canceller)
    assert victim.cancelled() == canceller.result()
    return f'{ending(victim)}, left: {victim.cancelling()}'


@eagerly
async def group_that_fails_at_once():
    """The group's own request to stop its body, and one from outside in the same moment: the second is not taken back with the first."""
    async def fail():
        await pause(1)
        raise ValueError

    async def parent():
        try:
            async with asyncio.timeout(1):
                async with asyncio.TaskGroup() as group:
                    group.create_task(fail())
                    group.create_task(asyncio.sleep(1))
                    await pause(1)
        except* ValueError:
            await asyncio.sleep(0)
        return 'went on'

    victim = create_task(parent())
    canceller = create_task(cancel_soon(victim, 6))
    await all_of(victim, canceller)
    assert victim.cancelling() == canceller.result()
    return f'{ending(victim)}, asked: {canceller.result()}'


@eagerly
async def group_and_deadline():
    """A group's child fails in the moment of the deadline around it, and of a cancellation."""
    async def fail():
        await asyncio.sleep(1)
        raise ValueError

    async def parent():
        async with asyncio.timeout(1):
            async with asyncio.TaskGroup() as group:
                group.create_task(fail())
                await asyncio.sleep(2)

    async def cancel():
        await asyncio.sleep(1)
        return await cancel_soon(victim, 1)

    victim = create_task(parent())
    canceller = create_task(cancel())
    await all_of(victim, canceller)
    assert victim.cancelling() == canceller.result()
    return f'{ending(victim)}, asked: {canceller.result()}'


@eagerly
async def gathered():
    """Children that are done when gather() gets them, beside one that is not."""
    async def child(turns):
        await pause(turns)
        return turns

    async def parent():
        return await asyncio.gather(child(0), child(2), return_exceptions=bool(choice(2)))

    victim = create_task(parent())
    canceller = create_task(cancel_soon(victim, 3))
    await all_of(victim, canceller)
    return cancelled_if(victim, canceller.result())


@eagerly
async def shielded():
    """What is shielded ends, though the one who waits is cancelled; and its failure is nobody's then."""
    async def inner():
        await pause(2)
        return 'inner'

    task = create_task(inner())
    victim = create_task(asyncio.wait_for(asyncio.shield(task), 1))
    canceller = create_task(cancel_soon(victim, 1))
    await all_of(victim, canceller, task)
    return f'{cancelled_if(victim, canceller.result())}, {ending(task)}'


@eagerly
async def completed():
    """as_completed() and wait() over tasks of which some are done."""
    async def child(turns):
        await pause(turns)
        return turns

    async def parent():
        tasks = [create_task(child(0)), create_task(child(1))]
        try:
            if choice(2):
                return sorted([await task for task in asyncio.as_completed(tasks)])
            done, _ = await asyncio.wait(tasks)
            return sorted(task.result() for task in done)
        finally:
            for task in tasks:
                task.cancel()

    victim = create_task(parent())
    canceller = create_task(cancel_soon(victim, 4))
    await all_of(victim, canceller)
    await asyncio.sleep(0)
    return cancelled_if(victim, canceller.result())


explore()(queue_item, full_queue, condition, semaphore, timeout_in_timeout, cancels_itself, cancelled_and_taken_back,
          group_that_fails_at_once, group_and_deadline, gathered, shielded, completed)
