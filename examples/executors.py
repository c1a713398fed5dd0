"""Three ways to do several things at once, and what each is good for.

Coroutines take turns on one thread: for waiting. Threads are for calls that block and cannot be awaited: each is held up on
its own. Processes compute on several processors, at the price that arguments and results are copied to and fro.
"""

import asyncio
import os
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

MAIN_PROCESS = os.getpid()


def place():
    """Where the caller runs."""
    if os.getpid() != MAIN_PROCESS:
        return "in another process"
    return "on the main thread" if threading.current_thread() is threading.main_thread() else "on another thread"


async def wait_for_answer(number):
    await asyncio.sleep(1)
    return f"answer {number} {place()}"


def blocking_call(number):
    """Stands for a library that knows nothing of asyncio."""
    time.sleep(0.1)
    return f"answer {number} {place()}"


def count_primes(bound):
    """Keeps a processor busy."""
    n_primes = sum(all(number % divisor for divisor in range(2, int(number**0.5) + 1)) for number in range(2, bound))
    return f"{n_primes} primes below {bound} {place()}"


async def with_coroutines():
    return await asyncio.gather(*map(wait_for_answer, range(3)))


async def with_threads():
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(max_workers=3) as pool:
        return await asyncio.gather(*(loop.run_in_executor(pool, blocking_call, number) for number in range(3)))


async def with_processes():
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(max_workers=2) as pool:
        return await asyncio.gather(*(loop.run_in_executor(pool, count_primes, bound) for bound in (100, 1000, 2000)))


async def main():
    for way in (with_coroutines, with_threads, with_processes):
        print(f"-- {way.__name__.replace('_', ' ')}")
        for line in await way():
            print(line)

    print("-- for a single call, the default pool of threads")
    print(await asyncio.to_thread(blocking_call, 42))

    print("-- an exception comes back to who awaits")
    try:
        await asyncio.to_thread(int, "many")
    except ValueError as error:
        print(error)


if __name__ == "__main__":
    asyncio.run(main())
