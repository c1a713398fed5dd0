"""Chains of awaits and of `yield from`, far deeper than the recursion limit allows."""
import sys


def delegate(depth):
    if depth:
        yield from delegate(depth - 1)
    else:
        yield "bottom"


async def descend(depth):
    if depth:
        return await descend(depth - 1)
    return "bottom"


print(next(delegate(500)))
for function in (lambda: next(delegate(10**6)), lambda: descend(10**6).send(None)):
    try:
        print(function())
    except RecursionError:
        print("RecursionError")
sys.setrecursionlimit(3_000)
try:
    descend(2_000).send(None)
except StopIteration as stop:
    print(stop.value)


def wrap(inner):
    yield from inner


async def awaiting(inner):
    return await inner


async def value():
    return 1


# CPython resumes the first of these chains and dies of the second; an exception is as good.
generator, coroutine = iter([1]), value()
for _ in range(50_000):
    generator, coroutine = wrap(generator), awaiting(coroutine)
for resume in (lambda: next(generator), lambda: coroutine.send(None)):
    try:
        resume()
    except (RecursionError, StopIteration):
        pass
del generator, coroutine
print("dropped")
