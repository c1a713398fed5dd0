# Deadlines, groups and what is raised in them, one inside the other.
import asyncio


class Scope:
    def __init__(self, name, swallows=False):
        self.name, self.swallows = name, swallows

    async def __aenter__(self):
        await asyncio.sleep(0)

    async def __aexit__(self, kind, error, traceback):
        print("left", self.name, kind and kind.__name__)
        await asyncio.sleep(0)
        return self.swallows


async def fail(after):
    await asyncio.sleep(after)
    raise ValueError(after)


async def main():
    try:
        async with asyncio.timeout(0.01) as outer, asyncio.timeout(0.02) as inner, Scope(1):
            await asyncio.sleep(1)
    except TimeoutError:
        print(outer, inner)
    async with asyncio.timeout(0.01) as limit:
        async with Scope(2, True):
            await asyncio.sleep(1)
        print("swallowed")
    print(limit.expired(), asyncio.current_task().cancelling())
    try:
        async with asyncio.timeout(0.01):
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                raise ValueError("instead")
    except ValueError as error:
        print(repr(error.__context__), repr(error.__context__.__cause__))
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail(0))
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                raise RuntimeError("body")
    except* (ValueError, RuntimeError) as errors:
        print(errors.exceptions, asyncio.current_task().cancelling(), group)

    async def cancelled_while_failing():
        async with asyncio.TaskGroup() as group:
            group.create_task(fail(0))
            await asyncio.sleep(0)
            asyncio.current_task().cancel("outside")
            await asyncio.sleep(1)
    task = asyncio.create_task(cancelled_while_failing())
    try:
        await task
    except BaseException as error:
        print(repr(error), task.cancelled(), task.cancelling())
    inner = asyncio.create_task(asyncio.sleep(0.01, "inner"))
    shield = asyncio.shield(inner)
    await asyncio.sleep(0)
    shield.cancel()
    print(shield.cancelled(), await inner)


asyncio.run(main())
