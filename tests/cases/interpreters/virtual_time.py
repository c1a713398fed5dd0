# A virtual clock does not run ahead of another interpreter that works.
import asyncio
import time
from concurrent.futures import InterpreterPoolExecutor


def work(limit):
    return sum(n % 7 for n in range(limit))


async def main():
    loop = asyncio.get_running_loop()
    with InterpreterPoolExecutor(1) as pool:
        working = loop.run_in_executor(pool, work, 1_000)
        done, _ = await asyncio.wait({working}, timeout=0.5)
        print(len(done), time.monotonic() < 0.5)
        await asyncio.sleep(3600)
        print(time.monotonic() >= 3600, await working)


if __name__ == '__main__':
    asyncio.run(main())
