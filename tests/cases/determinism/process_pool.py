"""Jobs of other processes take real time, during which the clock stands; a pool without work does not hold it."""
import asyncio
import time
from concurrent.futures import ProcessPoolExecutor


async def main():
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(2) as pool:
        print(await asyncio.wait_for(loop.run_in_executor(pool, pow, 3, 2), 1000), time.monotonic())
        await asyncio.sleep(3600)
        jobs = [asyncio.wait_for(loop.run_in_executor(pool, pow, 2, number), 1000) for number in range(5)]
        print(await asyncio.gather(*jobs), time.monotonic())


if __name__ == '__main__':
    asyncio.run(main())
