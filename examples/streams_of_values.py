"""Asynchronous generators, comprehensions and context managers, and a context variable that every task has for itself."""

import asyncio
from contextlib import asynccontextmanager
from contextvars import ContextVar

request = ContextVar("request", default="nobody")


def log(text):
    print(f"[{request.get()}] {text}")


@asynccontextmanager
async def connection(name):
    log(f"open {name}")
    try:
        yield name
    finally:
        log(f"close {name}")


async def readings(count):
    """Values that take their time."""
    for number in range(count):
        await asyncio.sleep(0)
        yield number * number


async def serve(name, count):
    request.set(name)
    async with connection("sensor"):
        values = [value async for value in readings(count) if value % 2 == 0]
        log(f"even squares: {values}")


async def main():
    await asyncio.gather(serve("first", 7), serve("second", 3))
    log("all served")


asyncio.run(main())
