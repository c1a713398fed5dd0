"""What is being handled inside an async generator and outside of it."""
import sys
from _steps import drive, suspend


def handled():
    return repr(sys.exception())


async def inside():
    try:
        raise ValueError("inside")
    except ValueError:
        yield handled()
        await suspend("pause")
        yield handled()
    yield handled()


async def outside():
    yield handled()
    yield handled()
    try:
        raise IndexError
    except IndexError:
        yield handled()


async def main(generator):
    try:
        raise KeyError("outer")
    except KeyError:
        print(await anext(generator), handled())
        print(await anext(generator), handled())
    print(handled())
    try:
        raise OSError("again")
    except OSError:
        print(await anext(generator), handled())
    print(handled())


for function in (inside, outside):
    try:
        1 / 0
    except ZeroDivisionError:
        coroutine = main(function())
        try:
            print(coroutine.send(None), handled())
        except StopIteration:
            continue
    drive(coroutine)
