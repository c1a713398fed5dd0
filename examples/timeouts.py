"""Setting limits on time: `asyncio.timeout` around a block, `wait_for` around one awaitable, `timeout_at` for a deadline.

When time is up, what the block awaits is cancelled, and TimeoutError is raised where the block ends.
"""

import asyncio


async def fetch(name, seconds):
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        print(f"  {name}: given up")
        raise
    return f"{name}: done"


async def with_progress(n_chunks):
    """A limit on each step rather than on the whole: the deadline moves on whenever something arrives."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(2) as limit:
        for chunk in range(n_chunks):
            await asyncio.sleep(1)
            limit.reschedule(loop.time() + 2)
            print(f"  chunk {chunk}")
        await fetch("a chunk that never comes", 60)


async def main():
    loop = asyncio.get_running_loop()

    print("-- a block of several steps")
    try:
        async with asyncio.timeout(3):
            print(await fetch("quick", 1))
            print(await fetch("slow", 60))
    except TimeoutError:
        print("the block took too long")

    print("-- one awaitable")
    print(await asyncio.wait_for(fetch("quick", 1), timeout=2))
    try:
        await asyncio.wait_for(fetch("slow", 60), timeout=2)
    except TimeoutError:
        print("too slow")

    print("-- one deadline for all")
    deadline = loop.time() + 4
    for number in (1, 2, 3):
        try:
            async with asyncio.timeout_at(deadline):
                print(await fetch(f"request {number}", number))
        except TimeoutError:
            print(f"no time left for request {number}")

    print("-- a deadline that moves")
    try:
        await with_progress(3)
    except TimeoutError:
        print("nothing for two seconds")

    print("-- the inner limit is the one that is reached")
    async with asyncio.timeout(10) as outer:
        try:
            async with asyncio.timeout(1) as inner:
                await fetch("slow", 60)
        except TimeoutError:
            print("inner expired:", inner.expired(), "- outer expired:", outer.expired())


if __name__ == "__main__":
    asyncio.run(main())
