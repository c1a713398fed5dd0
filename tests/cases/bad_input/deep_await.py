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


# CPython resumes this chain; an exception is as good.
generator = iter([1])
for _ in range(50_000):
    generator = wrap(generator)
try:
    next(generator)
except (RecursionError, StopIteration):
    pass
del generator
print("dropped")
