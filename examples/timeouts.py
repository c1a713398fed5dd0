"""Work that takes too long, fails, or is no longer wanted: timeouts, cancellation and task groups."""

import asyncio


async def fetch(name, delay, fails=False):
    try:
        await asyncio.sleep(delay)
    except asyncio.CancelledError:
        # The place to clean up; the cancellation goes on.
        print(f"{name}: cancelled")
        raise
    if fails:
        raise ConnectionError(f"{name}: no answer")
    return f"{name}: done"


async def main():
    print("-- a timeout")
    try:
        async with asyncio.timeout(0.1):
            print(await fetch("quick", 0.001))
            print(await fetch("slow", 60))
    except TimeoutError:
        print("gave up")

    print("-- the first that is ready")
    tasks = [asyncio.create_task(fetch(name, delay)) for name, delay in (("a", 60), ("b", 0.001))]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    print(*(task.result() for task in done), f"({len(pending)} pending)")
    for task in pending:
        task.cancel()
    await asyncio.wait(pending)

    print("-- a group lives and fails together")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fetch("good", 60))
            group.create_task(fetch("bad", 0.001, fails=True))
    except* ConnectionError as group_of_errors:
        print("failed with", group_of_errors.exceptions)


asyncio.run(main())
