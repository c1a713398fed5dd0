"""Yielding while closed, StopIteration inside (PEP 479), running twice."""
from _steps import drive, suspend


async def stubborn():
    try:
        yield 1
    finally:
        yield 2


async def stops(error):
    yield 1
    raise error


async def recursive():
    try:
        await anext(itself)
    except RuntimeError as error:
        yield str(error)


async def slow():
    await suspend("slow")
    yield 1


async def main():
    generator = stubborn()
    await anext(generator)
    try:
        await generator.aclose()
    except RuntimeError as error:
        print(error)
    for error in (StopIteration("a"), StopAsyncIteration("b")):
        try:
            async for _ in stops(error):
                pass
        except RuntimeError as wrapped:
            print(wrapped, repr(wrapped.__cause__))
    print(await anext(itself))


async def use():
    return await anext(shared)


itself = recursive()
drive(main())
shared = slow()
first, second = use(), use()
print(first.send(None))
drive(second)
drive(first)
