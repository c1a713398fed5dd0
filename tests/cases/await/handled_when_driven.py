"""A coroutine that is awaited inside `except` as soon as it is made, and then driven by itself."""
import sys
import types


@types.coroutine
def pause():
    yield


async def child():
    print("first", repr(sys.exception()))
    await pause()
    print("then", repr(sys.exception()))
    try:
        raise ValueError("own")
    except ValueError as error:
        print("context", repr(error.__context__))
        await pause()
        print("inside", repr(sys.exception()))
    print("after", repr(sys.exception()))


async def parent():
    try:
        raise KeyError("handled by the parent")
    except KeyError:
        await child()
        print("parent", repr(sys.exception()))


def step(coroutine):
    try:
        coroutine.send(None)
    except StopIteration:
        print("over")


for driven in ([], [0], [0, 1], [1]):
    print(driven)
    coroutine = parent()
    step(coroutine)
    for turn in range(2):
        if turn in driven:
            step(coroutine.cr_await)
        else:
            step(coroutine)
    coroutine.close()
