"""Task groups: the block ends when all its tasks have ended, so that none is forgotten and no exception is lost.

When one task fails, the group cancels the others, waits for them and raises everything that went wrong as one
ExceptionGroup, which `except*` takes apart.
"""

import asyncio


async def pack(item, seconds, problem=None):
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        print(f"  {item}: put back")
        raise
    if problem:
        raise problem
    print(f"  {item}: packed")
    return item


async def pack_boxes(group, n_boxes):
    """A task may add more tasks to the group it belongs to."""
    for number in range(1, n_boxes + 1):
        group.create_task(pack(f"box {number}", number))


async def main():
    print("-- all go well")
    async with asyncio.TaskGroup() as group:
        tent = group.create_task(pack("tent", 2))
        stove = group.create_task(pack("stove", 1))
    print("in the car:", tent.result(), "and", stove.result())

    print("-- tasks add tasks")
    async with asyncio.TaskGroup() as group:
        group.create_task(pack_boxes(group, 3))
    print("all boxes in")

    print("-- one fails, what is unfinished is cancelled")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(pack("rope", 1))
            group.create_task(pack("map", 2, FileNotFoundError("the map is gone")))
            group.create_task(pack("lamp", 3))
    except* FileNotFoundError as errors:
        print("missing:", *errors.exceptions)

    print("-- several fail at once, each kind is handled on its own")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(pack("bread", 1, ValueError("mouldy")))
            group.create_task(pack("milk", 1, ValueError("sour")))
            group.create_task(pack("bike", 1, OSError("does not fit")))
    except* ValueError as errors:
        print("leave out:", *errors.exceptions)
    except* OSError as errors:
        print("look again:", *errors.exceptions)


if __name__ == "__main__":
    asyncio.run(main())
