"""Breakfast twice: one thing after the other takes five units of time, both at once takes three.

A unit is 50 ms here. Coffee takes three units, pastry two; while one is under way, `await` lets the other go on.
"""

import asyncio
import time

UNIT = 0.05


def elapsed(start):
    """Whole units since start; sleeping is never shorter than asked for, only longer."""
    return int((time.perf_counter() - start) / UNIT)


def make_coffee():
    print("coffee: grinding")
    time.sleep(3 * UNIT)
    print("coffee: ready")
    return "coffee"


def make_pastry():
    print("pastry: baking")
    time.sleep(2 * UNIT)
    print("pastry: ready")
    return "pastry"


async def make_coffee_async():
    print("coffee: grinding")
    await asyncio.sleep(3 * UNIT)
    print("coffee: ready")
    return "coffee"


async def make_pastry_async():
    print("pastry: baking")
    await asyncio.sleep(2 * UNIT)
    print("pastry: ready")
    return "pastry"


async def breakfast():
    return await asyncio.gather(make_coffee_async(), make_pastry_async())


print("one after the other")
start = time.perf_counter()
served = [make_coffee(), make_pastry()]
print(f"{' and '.join(served)} after {elapsed(start)} units\n")

print("both at once")
start = time.perf_counter()
served = asyncio.run(breakfast())
print(f"{' and '.join(served)} after {elapsed(start)} units")
