"""Waiters of locks, semaphores, conditions, events and barriers that are cancelled, at every moment."""

import asyncio
from asyncio import create_task

from _explorer import all_of, cancel_soon, cancelled_if, choice, ending, explore, pause


async def hold(lock, turns=1):
    async with lock:
        await pause(turns)
    return 'held'


def is_free(lock):
    return not lock.locked() and 'waiters' not in repr(lock)


async def lock_acquire():
    """A waiter is cancelled in the turn it was given the lock, or before, or after: the next one gets it."""
    lock = asyncio.Lock()
    first = create_task(hold(lock))
    victim = create_task(hold(lock))
    last = create_task(hold(lock))
    canceller = create_task(cancel_soon(victim))
    await all_of(first, victim, last, canceller)
    assert is_free(lock), lock
    assert ending(first) == ending(last) == "'held'"
    return cancelled_if(victim, canceller.result())


async def lock_two_victims():
    lock = asyncio.Lock()
    await lock.acquire()
    one, two, last = (create_task(hold(lock, 0)) for _ in range(3))
    await asyncio.sleep(0)
    cancel_one, cancel_two = create_task(cancel_soon(one, 1)), create_task(cancel_soon(two, 1))
    await pause(1)
    lock.release()
    await all_of(one, two, last, cancel_one, cancel_two)
    assert is_free(lock), lock
    assert ending(last) == "'held'"
    return f'{cancelled_if(one, cancel_one.result())}, {cancelled_if(two, cancel_two.result())}'


async def lock_is_exclusive():
    """Also against one that tries its luck when it sees the lock free."""
    lock, inside = asyncio.Lock(), 0

    async def enter():
        nonlocal inside
        async with lock:
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            inside -= 1

    async def steal():
        await pause(2)
        if not lock.locked():
            await enter()

    await lock.acquire()
    victim, waiting, thief = create_task(enter()), create_task(enter()), create_task(steal())
    await asyncio.sleep(0)
    lock.release()
    if choice(2):
        victim.cancel()
    await all_of(victim, waiting, thief)
    assert is_free(lock) and ending(waiting) == ending(thief) == 'None'
    return ending(victim)


async def semaphore_acquire():
    semaphore = asyncio.Semaphore(1)
    first, victim, last = (create_task(hold(semaphore)) for _ in range(3))
    canceller = create_task(cancel_soon(victim))
    await all_of(first, victim, last, canceller)
    assert semaphore._value == 1 and not semaphore.locked(), semaphore
    assert ending(first) == ending(last) == "'held'"
    return cancelled_if(victim, canceller.result())


async def semaphore_of_two():
    semaphore = asyncio.BoundedSemaphore(2)
    for _ in range(2):
        await semaphore.acquire()
    one, two, last = (create_task(hold(semaphore, 0)) for _ in range(3))
    await asyncio.sleep(0)
    cancel_one, cancel_two = create_task(cancel_soon(one, 1)), create_task(cancel_soon(two, 1))
    semaphore.release()
    await pause(1)
    semaphore.release()
    await all_of(one, two, last, cancel_one, cancel_two)
    assert semaphore._value == 2, semaphore
    assert ending(last) == "'held'"
    return f'{cancelled_if(one, cancel_one.result())}, {cancelled_if(two, cancel_two.result())}'


async def semaphore_given_to_cancelled():
    """The unit that a cancelled waiter had been given goes to the next."""
    semaphore = asyncio.Semaphore(0)
    victim, last = create_task(semaphore.acquire()), create_task(semaphore.acquire())
    canceller = create_task(cancel_soon(victim, 2))
    await pause(2)
    semaphore.release()
    await all_of(canceller)
    if not canceller.result():
        semaphore.release()
    await all_of(victim, last)
    assert semaphore._value == 0, semaphore
    assert ending(last) == 'True'
    return cancelled_if(victim, canceller.result())


async def condition_wait():
    """A notification for one that is cancelled goes to another; the lock is held when wait() raises."""
    condition, woken = asyncio.Condition(), []

    async def wait(name):
        async with condition:
            try:
                await condition.wait()
                woken.append(name)
            finally:
                assert condition.locked()

    victim, other = create_task(wait('victim')), create_task(wait('other'))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    canceller = create_task(cancel_soon(victim, 2))
    async with condition:
        condition.notify()
        await pause(1)
    await all_of(canceller)
    if not victim.cancelling():
        await all_of(victim)
        async with condition:
            condition.notify()
    await all_of(victim, other)
    assert is_free(condition), condition
    assert 'other' in woken
    return cancelled_if(victim, canceller.result())


async def condition_wait_for():
    condition, ready = asyncio.Condition(), False

    async def wait():
        async with condition:
            return await condition.wait_for(lambda: ready)

    victim, other = create_task(wait()), create_task(wait())
    canceller = create_task(cancel_soon(victim, 3))
    await pause(2)
    async with condition:
        ready = True
        condition.notify_all()
    await all_of(victim, other, canceller)
    assert is_free(condition), condition
    assert ending(other) == 'True'
    return cancelled_if(victim, canceller.result())


async def condition_cancelled_twice():
    """Cancelled while it takes the lock again, it still takes it, and says that it was cancelled."""
    condition = asyncio.Condition()

    async def wait():
        async with condition:
            await condition.wait()

    victim = create_task(wait())
    await asyncio.sleep(0)
    one = create_task(cancel_soon(victim, 2))
    two = create_task(cancel_soon(victim, 2))
    async with condition:
        condition.notify()
        await pause(2)
    await all_of(victim, one, two)
    assert is_free(condition), condition
    asked = one.result() + two.result()
    assert victim.cancelled() == bool(asked) and victim.cancelling() == asked
    return f'{ending(victim)} by {asked}'


async def event_wait():
    event = asyncio.Event()
    victim, other = create_task(event.wait()), create_task(event.wait())
    canceller = create_task(cancel_soon(victim, 2))
    await pause(2)
    event.set()
    if choice(2):
        event.clear()
    await all_of(victim, canceller) if event.is_set() else await pause(1)
    event.set()
    await all_of(victim, other, canceller)
    assert ending(other) == 'True' and 'waiters' not in repr(event), event
    return cancelled_if(victim, canceller.result())


async def barrier_wait():
    barrier = asyncio.Barrier(2)
    victim, other = create_task(barrier.wait()), create_task(barrier.wait())
    canceller = create_task(cancel_soon(victim, 3))
    await all_of(canceller, victim)
    if not other.done():
        # The other may have passed with the victim, or wait for another.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        if not other.done():
            await barrier.wait()
            await all_of(other)
    await all_of(other)
    assert barrier.n_waiting == 0 and not barrier.broken, barrier
    return f'{cancelled_if(victim, canceller.result())}, {ending(other)}'


async def barrier_reset():
    barrier = asyncio.Barrier(2)
    waiting = create_task(barrier.wait())
    late = create_task(barrier.wait()) if choice(2) else None
    canceller = create_task(cancel_soon(waiting, 2))
    await pause(2)
    await barrier.reset()
    await all_of(canceller)
    for _ in range(4):
        await asyncio.sleep(0)
    if late is not None and not late.done():
        await barrier.wait()
    await all_of(waiting, *[task for task in [late] if task])
    assert barrier.n_waiting == 0, barrier
    return f'{ending(waiting)}, {late and ending(late)}'


explore()(lock_acquire, lock_two_victims, lock_is_exclusive, semaphore_acquire, semaphore_of_two,
                    semaphore_given_to_cancelled, condition_wait, condition_wait_for, condition_cancelled_twice,
                    event_wait, barrier_wait, barrier_reset)
