"""Breakfast twice: one thing after the other takes five seconds, both at once takes three.

Coffee takes three seconds and pastry two. `time.sleep` holds up the whole program; `await asyncio.sleep` holds up only the
coroutine that waits, and lets the others go on meanwhile.
"""

import asyncio
import time


def make_coffee():
    print("coffee: grinding")
    time.sleep(3)
    print("coffee: ready")
    return "coffee"


def make_pastry():
    print("pastry: baking")
    time.sleep(2)
    print("pastry: ready")
    return "pastry"


def breakfast():
    return [make_coffee(), make_pastry()]


async def make_coffee_async():
    print("coffee: grinding")
    await asyncio.sleep(3)
    print("coffee: ready")
    return "coffee"


async def make_pastry_async():
    print("pastry: baking")
    await asyncio.sleep(2)
    print("pastry: ready")
    return "pastry"


async def breakfast_async():
    return await asyncio.gather(make_coffee_async(), make_pastry_async())


def main():
    print("one after the other")
    start = time.perf_counter()
    served = breakfast()
    print(f"{' and '.join(served)} after {time.perf_counter() - start:.0f} seconds\n")

    print("both at once")
    start = time.perf_counter()
    served = asyncio.run(breakfast_async())
    print(f"{' and '.join(served)} after {time.perf_counter() - start:.0f} seconds")


if __name__ == "__main__":
    main()
