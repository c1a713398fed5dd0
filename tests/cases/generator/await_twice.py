"""A coroutine that is awaited while it waits for another awaiter, or by itself, or again."""
import types


@types.coroutine
def suspend():
    yield "suspended"


async def child():
    await suspend()


async def parent(awaited):
    await awaited


async def selfish():
    await itself


def attempt(coroutine):
    try:
        print(coroutine.send(None))
    except (RuntimeError, ValueError, StopIteration) as error:
        print(type(error).__name__, error)


shared = child()
first, second = parent(shared), parent(shared)
attempt(first)
attempt(second)
attempt(first)
attempt(parent(shared))
itself = selfish()
attempt(itself)
