"""Task groups: failures, cancellations from outside and inside, at every moment and at once."""

import asyncio
from asyncio import create_task

from _explorer import all_of, cancel_soon, cancelled_if, choice, describe, ending, explore, pause


async def child(turns=2, result='done'):
    for _ in range(turns):
        await asyncio.sleep(0)
    return result


async def fail(turns=1, error=ValueError):
    for _ in range(turns):
        await asyncio.sleep(0)
    raise error


async def cancelled_from_outside():
    """All children are cancelled, and the parent."""
    children = []

    async def parent():
        async with asyncio.TaskGroup() as group:
            children.append(group.create_task(child(1)))
            children.append(group.create_task(child(2)))
            await pause(1)
        return 'left'

    victim = create_task(parent())
    canceller = create_task(cancel_soon(victim))
    await all_of(victim, canceller)
    assert all(task.done() for task in children)
    return f'{cancelled_if(victim, canceller.result())}: {", ".join(map(ending, children))}'


async def child_fails():
    """The body is cancelled by the group, and the parent is told of the error alone."""
    async def parent():
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(fail(choice(3)))
                other = group.create_task(child(choice(3)))
                await pause(1)
                await asyncio.sleep(1)
        except ExceptionGroup as error:
            assert asyncio.current_task().cancelling() == 0
            # Nothing is left that would cancel what comes next.
            await asyncio.sleep(0)
            return f'{describe(error)}, {ending(other)}'

    task = create_task(parent())
    await all_of(task)
    return ending(task)


async def child_fails_and_parent_cancelled():
    """Both at once: the error is raised, and the cancellation from outside arrives at the next await."""
    seen = []

    async def parent():
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(fail(1))
                await asyncio.sleep(1)
        except ExceptionGroup as error:
            seen.append(describe(error))
        await asyncio.sleep(0)
        return 'went on'

    victim = create_task(parent())
    canceller = create_task(cancel_soon(victim, 4))
    await all_of(victim, canceller)
    assert victim.cancelling() == canceller.result()
    if canceller.result():
        assert victim.cancelled(), ending(victim)
    return f'{" ".join(seen)}, {ending(victim)}, asked: {canceller.result()}'


async def child_fails_while_others_refuse():
    """Cancelled twice while it waits for a child that takes its time; neither is lost (gh-155433)."""
    async def slow():
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            await pause(1)
            raise

    async def parent():
        async with asyncio.TaskGroup() as group:
            slow_one = group.create_task(slow())
            group.create_task(fail(0))
        return slow_one

    victim = create_task(parent())
    one, two = create_task(cancel_soon(victim, 2)), create_task(cancel_soon(victim, 1))
    await all_of(victim, one, two)
    asked = one.result() + two.result()
    if victim.cancelled():
        assert asked and victim.cancelling() == asked
    return f'{ending(victim)}, asked: {asked}, left: {victim.cancelling()}'


async def nested():
    """The inner group's failure is the outer group's; a cancellation from outside goes through both."""
    async def parent():
        async with asyncio.TaskGroup() as outer:
            other = outer.create_task(child(1))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(fail(choice(2)))
                await asyncio.sleep(0)
        return other

    victim = create_task(parent())
    canceller = create_task(cancel_soon(victim))
    await all_of(victim, canceller)
    assert victim.cancelling() == canceller.result()
    return f'{ending(victim)}, asked: {canceller.result()}'


async def nested_both_fail():
    """Both groups ask to cancel the parent in one turn; each takes its own request back."""
    async def parent():
        try:
            async with asyncio.TaskGroup() as outer:
                outer.create_task(fail(1, KeyError))
                try:
                    async with asyncio.TaskGroup() as inner:
                        inner.create_task(fail(1))
                        await asyncio.sleep(1)
                except* ValueError:
                    await pause(1)
                await asyncio.sleep(0)
        except* KeyError:
            pass
        assert asyncio.current_task().cancelling() == 0
        await asyncio.sleep(0)
        return 'went on'

    task = create_task(parent())
    await all_of(task)
    assert ending(task) == "'went on'", ending(task)
    return ending(task)


async def inside_timeout():
    """The deadline, a failing child and a cancellation from outside in one moment."""
    async def parent():
        async with asyncio.timeout(1):
            async with asyncio.TaskGroup() as group:
                group.create_task(late_failure())
                await asyncio.sleep(1)

    async def late_failure():
        await asyncio.sleep(1)
        raise ValueError

    async def late_cancel():
        await asyncio.sleep(1)
        return await cancel_soon(victim, 2)

    victim = create_task(parent())
    canceller = create_task(late_cancel())
    await all_of(victim, canceller)
    if canceller.result() and not isinstance(victim.cancelled() or victim.exception(), ExceptionGroup):
        assert victim.cancelled(), ending(victim)
    return f'{ending(victim)}, asked: {canceller.result()}, left: {victim.cancelling()}'


async def timeout_inside():
    """A timeout of the body ends the group without an error of its children."""
    async def parent():
        async with asyncio.TaskGroup() as group:
            other = group.create_task(asyncio.sleep(1, 'slept'))
            try:
                async with asyncio.timeout(1):
                    await asyncio.sleep(1)
            except TimeoutError:
                pass
        return other.result()

    victim = create_task(parent())
    await all_of(victim)
    assert ending(victim) == "'slept'"
    return ending(victim)


async def child_cancelled():
    """A child that is cancelled is no failure."""
    async def parent():
        async with asyncio.TaskGroup() as group:
            group.create_task(child(2))
            canceller = group.create_task(cancel_soon(group.create_task(child(2)), 2))
        return canceller.result()

    task = create_task(parent())
    await all_of(task)
    assert task.cancelling() == 0
    return ending(task)


async def eager_children():
    """A child that fails while it is made cancels the body at its next await, not before (gh-128588)."""
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)

    async def parent():
        reached = []
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(fail(choice(2)))
                reached.append('made')
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                reached.append('slept')
        except ExceptionGroup:
            assert asyncio.current_task().cancelling() == 0
            await asyncio.sleep(0)
        return ' '.join(reached)

    victim = create_task(parent())
    canceller = create_task(cancel_soon(victim))
    await all_of(victim, canceller)
    return f'{ending(victim)}, asked: {canceller.result()}, left: {victim.cancelling()}'


async def eager_child_cancels_parent():
    """A child that cancels its parent before it first waits (gh-155418): nothing hangs."""
    async def rude(parent):
        parent.cancel()
        await asyncio.sleep(0)

    async def parent():
        async with asyncio.TaskGroup() as group:
            one = group.create_task(rude(asyncio.current_task()), eager_start=True)
            group.create_task(child(1), eager_start=bool(choice(2)))
        return one

    victim = create_task(parent())
    await all_of(victim)
    assert victim.cancelled() and victim.cancelling() == 1
    return ending(victim)


async def body_catches_its_cancellation():
    """A body that swallows what the group threw at it still gets the error at the end."""
    async def parent():
        async with asyncio.TaskGroup() as group:
            group.create_task(fail(1))
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                await pause(1)

    victim = create_task(parent())
    canceller = create_task(cancel_soon(victim))
    await all_of(victim, canceller)
    assert victim.done()
    return f'{ending(victim)}, asked: {canceller.result()}, left: {victim.cancelling()}'


explore()(cancelled_from_outside, child_fails, child_fails_and_parent_cancelled, child_fails_while_others_refuse, nested,
          nested_both_fail, inside_timeout, timeout_inside, child_cancelled, eager_children, eager_child_cancels_parent,
          body_catches_its_cancellation)
