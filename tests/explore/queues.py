"""Getters and putters that are cancelled, at every moment; joins and shutdowns."""

import asyncio
from asyncio import create_task

from _explorer import all_of, cancel_soon, cancelled_if, choice, ending, explore, pause


async def get():
    """An item is had once, or still in the queue: never lost with a getter that was cancelled."""
    queue = asyncio.Queue()
    victim, other = create_task(queue.get()), create_task(queue.get())
    canceller = create_task(cancel_soon(victim))
    await pause(2)
    await queue.put('a')
    await pause(1)
    await queue.put('b')
    await all_of(victim, other, canceller)
    had = [task.result() for task in (victim, other) if not task.cancelled()]
    while not queue.empty():
        had.append(queue.get_nowait())
    assert sorted(had) == ['a', 'b'], had
    return f'{cancelled_if(victim, canceller.result())}, {ending(other)}'


async def get_one_item():
    """Both getters wait for one item; the first is cancelled: the second gets it, or a later one."""
    queue = asyncio.Queue()
    victim, other = create_task(queue.get()), create_task(queue.get())
    await asyncio.sleep(0)
    canceller = create_task(cancel_soon(victim, 2))
    queue.put_nowait('a')
    await all_of(victim, canceller)
    if not victim.cancelled():
        queue.put_nowait('b')
    await all_of(other)
    assert queue.empty() and '_getters' not in repr(queue), queue
    return f'{cancelled_if(victim, canceller.result())}, {ending(other)}'


async def put():
    queue = asyncio.Queue(1)
    await queue.put('full')
    victim, other = create_task(queue.put('victim')), create_task(queue.put('other'))
    canceller = create_task(cancel_soon(victim))
    await pause(2)
    had = [await queue.get()]
    await pause(1)
    had.append(await queue.get())
    await all_of(canceller)
    if not canceller.result():
        had.append(await queue.get())
    await all_of(victim, other)
    assert queue.empty() and '_putters' not in repr(queue), queue
    assert sorted(had) == sorted(['full', 'other'] + ['victim'] * (not victim.cancelled())), had
    return f'{cancelled_if(victim, canceller.result())}, {" ".join(had)}'


async def put_one_slot():
    queue = asyncio.Queue(1)
    queue.put_nowait('full')
    victim, other = create_task(queue.put('victim')), create_task(queue.put('other'))
    await asyncio.sleep(0)
    canceller = create_task(cancel_soon(victim, 2))
    queue.get_nowait()
    await all_of(victim, canceller)
    if not victim.cancelled():
        queue.get_nowait()
    await all_of(other)
    assert queue.qsize() == 1 and '_putters' not in repr(queue), queue
    return f'{cancelled_if(victim, canceller.result())}, {queue.get_nowait()}'


async def own_store():
    """Of a class that keeps items itself."""
    queue = asyncio.PriorityQueue(1)
    victim, other = create_task(queue.get()), create_task(queue.get())
    canceller = create_task(cancel_soon(victim, 2))

    async def produce():
        for item in range(2):
            await queue.put(item)

    producer = create_task(produce())
    await all_of(victim, other, canceller, producer)
    had = [task.result() for task in (victim, other) if not task.cancelled()]
    while not queue.empty():
        had.append(queue.get_nowait())
    assert sorted(had) == [0, 1], had
    return f'{cancelled_if(victim, canceller.result())}, {ending(other)}'


async def workers():
    """A pipeline whose workers are cancelled once all is done: every item is worked on once."""
    queue, done = asyncio.Queue(1), []

    async def work():
        while True:
            item = await queue.get()
            try:
                await pause(1)
                done.append(item)
            finally:
                queue.task_done()

    crew = [create_task(work()) for _ in range(2)]
    for item in range(3):
        await queue.put(item)
    await queue.join()
    for worker in crew:
        worker.cancel()
    await all_of(*crew)
    assert sorted(done) == [0, 1, 2], done
    assert all(worker.cancelled() for worker in crew)
    return f'done in order: {done == [0, 1, 2]}'


async def join():
    queue = asyncio.Queue()
    queue.put_nowait('a')
    victim, other = create_task(queue.join()), create_task(queue.join())
    canceller = create_task(cancel_soon(victim, 2))
    await pause(2)
    queue.get_nowait()
    queue.task_done()
    await all_of(victim, other, canceller)
    assert ending(other) == 'None'
    return cancelled_if(victim, canceller.result())


async def shutdown():
    """Everyone who waits learns of it, but for those who were cancelled."""
    queue = asyncio.Queue(1)
    getter, other = create_task(queue.get()), create_task(queue.get())
    canceller = create_task(cancel_soon(getter, 2))
    await pause(2)
    if choice(2):
        queue.put_nowait('a')
    queue.shutdown(immediate=bool(choice(2)))
    await all_of(getter, other, canceller)
    assert getter.cancelled() == canceller.result()
    return f'{ending(getter)}, {ending(other)}'


async def shutdown_putters():
    queue = asyncio.Queue(1)
    queue.put_nowait('a')
    putter, other = create_task(queue.put('b')), create_task(queue.put('c'))
    canceller = create_task(cancel_soon(putter, 2))
    await pause(2)
    queue.shutdown()
    await all_of(putter, other, canceller)
    assert putter.cancelled() == canceller.result()
    return f'{ending(putter)}, {ending(other)}'


explore()(get, get_one_item, put, put_one_slot, own_store, workers, join, shutdown, shutdown_putters)
