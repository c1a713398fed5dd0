"""Waiting for several at once: `gather` for all results in order, `as_completed` for each when it is ready, `wait` for some.

`gather` is for results that belong together. When one may fail, `return_exceptions=True` puts its exception among the
results; otherwise the first exception is raised and the rest go on unattended.
"""

import asyncio


async def look_up(city, seconds):
    await asyncio.sleep(seconds)
    if city == "Atlantis":
        raise LookupError(f"there is no {city}")
    return f"{city}: sunny"


async def main():
    loop = asyncio.get_running_loop()

    print("-- all results, in the order of the questions")
    start = loop.time()
    for weather in await asyncio.gather(look_up("Oslo", 3), look_up("Rome", 1), look_up("Lima", 2)):
        print(weather)
    print(f"after {loop.time() - start:.0f} seconds, as long as the slowest")

    print("-- one fails")
    try:
        await asyncio.gather(look_up("Oslo", 2), look_up("Atlantis", 1))
    except LookupError as error:
        print("raised:", error)

    print("-- exceptions among the results")
    results = await asyncio.gather(look_up("Oslo", 2), look_up("Atlantis", 1), return_exceptions=True)
    for result in results:
        print("failed:" if isinstance(result, Exception) else "ok:", result)

    print("-- each when it is ready")
    cities = {"Oslo": 3, "Rome": 1, "Lima": 2}
    tasks = {asyncio.create_task(look_up(city, seconds)): city for city, seconds in cities.items()}
    async for task in asyncio.as_completed(tasks):
        print(f"{tasks[task]} answered: {await task}")

    print("-- the first that is ready; the others are not wanted any more")
    tasks = [asyncio.create_task(look_up(city, seconds)) for city, seconds in cities.items()]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    print(*(task.result() for task in done), f"({len(pending)} pending)")
    for task in pending:
        task.cancel()
    await asyncio.wait(pending)
    print("cancelled:", [task.cancelled() for task in pending])


if __name__ == "__main__":
    asyncio.run(main())
