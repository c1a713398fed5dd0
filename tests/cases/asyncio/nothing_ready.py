# Two tasks hold a lock each and want the other's: the program ends with a report of who waits for whom.
import asyncio


async def worker(mine, other):
    async with mine:
        await asyncio.sleep(0)
        async with other:
            print("never")


async def main():
    a, b = asyncio.Lock(), asyncio.Lock()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(worker(a, b), name="left")
            group.create_task(worker(b, a))
    finally:
        print("the group is left by a cancellation")


asyncio.run(main())
