"""Where exceptions that leave async generators are shown to pass."""
import traceback
from _steps import suspend


async def fails():
    yield 1
    await suspend(1)
    raise ValueError("in the generator")


async def statement():
    async for _ in fails():
        pass


async def comprehension():
    return [_ async for _ in fails()]


async def throw():
    generator = fails()
    await anext(generator)
    await generator.athrow(KeyError("thrown"))


async def stops():
    yield 1
    raise StopIteration(2)


async def wrapped():
    async for _ in stops(): pass


for function in (statement, comprehension, throw, wrapped):
    coroutine = function()
    try:
        while True:
            coroutine.send(None)
    except Exception as error:
        traceback.print_exception(error)
