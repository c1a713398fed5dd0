"""Tasks: coroutines that the event loop runs at the same time as the one that made them.

A task begins when its maker next waits, runs until it returns, and then holds a result or an exception like any future.
"""

import asyncio


async def deliver(parcel, seconds):
    print(f"  {asyncio.current_task().get_name()} sets off with the {parcel}")
    await asyncio.sleep(seconds)
    if parcel == "vase":
        raise RuntimeError("dropped it")
    return f"{parcel} delivered"


class Background:
    """Tasks that nobody waits for: kept here until they end, since the event loop itself holds them only weakly."""

    def __init__(self):
        self._tasks = set()

    def start(self, coroutine, name):
        task = asyncio.create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task):
        self._tasks.discard(task)
        if error := task.exception():
            print(f"  {task.get_name()} failed: {error}")
        else:
            print(f"  {task.get_name()} ended: {task.result()}")


async def main():
    print("-- a task runs beside the coroutine that made it")
    task = asyncio.create_task(deliver("letter", 1), name="Ada")
    print("made, but not begun")
    await asyncio.sleep(0)
    print("done?", task.done())
    print(await task)
    print("done?", task.done())

    print("-- the exception of a task waits until somebody asks")
    task = asyncio.create_task(deliver("vase", 1), name="Bob")
    await asyncio.sleep(2)
    print("what happened:", repr(task.exception()))
    try:
        await task
    except RuntimeError as error:
        print("await raises it:", error)

    print("-- in the background")
    background = Background()
    for name, parcel, seconds in (("Cleo", "book", 2), ("Dan", "vase", 1)):
        background.start(deliver(parcel, seconds), name)
    await asyncio.sleep(0)
    print("running:", ", ".join(sorted(task.get_name() for task in asyncio.all_tasks() - {asyncio.current_task()})))
    await asyncio.sleep(3)


if __name__ == "__main__":
    asyncio.run(main())
