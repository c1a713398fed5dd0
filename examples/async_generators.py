"""`async for` and asynchronous generators: values that arrive over time, handled one by one as they come.

Each step of such a pipeline may wait. `aclosing` ends a generator that is left early, so that its `finally` runs there and
then rather than whenever it is collected.
"""

import asyncio
from contextlib import aclosing


async def readings(sensor, values):
    """One value each second; the sensor is switched off in the end, whatever happens."""
    print(f"  {sensor} on")
    try:
        for value in values:
            await asyncio.sleep(1)
            yield value
    finally:
        print(f"  {sensor} off")


async def averages(source, n_values):
    """The mean of every so many values."""
    batch = []
    async for value in source:
        batch.append(value)
        if len(batch) == n_values:
            yield sum(batch) / n_values
            batch.clear()


async def merge(*sources):
    """The values of all sources, in the order in which they arrive."""
    queue = asyncio.Queue()

    async def forward(source):
        async for value in source:
            await queue.put(value)

    async def forward_all():
        try:
            async with asyncio.TaskGroup() as group:
                for source in sources:
                    group.create_task(forward(source))
        finally:
            queue.shutdown()

    task = asyncio.create_task(forward_all())
    try:
        while True:
            yield await queue.get()
    except asyncio.QueueShutDown:
        await task
    finally:
        task.cancel()


async def labelled(label, source, delay=0):
    await asyncio.sleep(delay)
    async for value in source:
        yield f"{label}{value}"


async def main():
    print("-- a value at a time")
    async for value in readings("thermometer", [20, 21, 23]):
        print(value)

    print("-- a comprehension")
    print([value**2 async for value in readings("counter", range(6)) if value % 2])

    print("-- a pipeline")
    async for mean in averages(readings("scales", [4, 6, 10, 20]), 2):
        print(mean)

    print("-- left early, switched off at once")
    async with aclosing(readings("camera", ["cat", "cat", "burglar", "cat"])) as pictures:
        async for picture in pictures:
            if picture == "burglar":
                print("found one")
                break
    print("call the police")

    print("-- merged as they arrive")
    left = labelled("left ", readings("left", range(2)))
    right = labelled("right ", readings("right", range(2)), delay=0.5)
    async for value in merge(left, right):
        print(value)


if __name__ == "__main__":
    asyncio.run(main())
