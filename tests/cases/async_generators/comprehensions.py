"""Asynchronous comprehensions and generator expressions, nested generators."""
from _steps import drive, suspend


async def numbers(n):
    for i in range(n):
        await suspend(i)
        yield i


async def pairs():
    async for i in numbers(2):
        yield i, "outer"
        async for j in numbers(2):
            yield i, j


def nested(depth):
    async def generator():
        if depth:
            async for item in nested(depth - 1):
                yield item
        else:
            yield await suspend("deep")
    return generator()


async def main():
    print([i async for i in numbers(2)], {i async for i in numbers(2) if i})
    print({i: j async for i in numbers(2) for j in "ab"})
    print([[j async for j in numbers(i)] for i in range(3)])
    expression = (i * 2 async for i in numbers(3))
    print(type(expression).__name__, await anext(expression))
    print(await anext(expression), await anext(expression, "none"), await anext(expression, "none"))
    print([pair async for pair in pairs()])
    print([item async for item in nested(100)])


drive(main(), *range(40))
