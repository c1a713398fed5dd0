# A suspended coroutine that is dropped closes what it awaits, even where that is held elsewhere or is no coroutine, and nothing in
# it handles anything.
import asyncio


class Awaitable:
    def __await__(self):
        return self

    __iter__ = __await__

    def __next__(self):
        return 1

    def close(self):
        print('closed by hand')


async def awaiting(x):
    await x


def yielding(x):
    yield from x


async def with_finally():
    try:
        await Awaitable()
    finally:
        print('finally')


def generator():
    try:
        yield 1
    finally:
        print('finally')


def show(member):
    return [getattr(member, name) for name in ('cr_frame', 'gi_frame') if hasattr(member, name)]


for outer, members in [
    (awaiting, [with_finally(), awaiting(Awaitable()), Awaitable(), awaiting(with_finally())]),
    (yielding, [generator(), Awaitable(), iter([1, 2])]),
]:
    for member in members:
        chain = outer(outer(member))
        chain.send(None)
        print(type(member).__name__)
        del chain
        print('dropped', show(member))


async def main():
    lock, queue = asyncio.Lock(), asyncio.Queue()
    await lock.acquire()
    for wait in [lock.acquire(), queue.get(), asyncio.sleep(1000)]:
        chain = awaiting(wait)
        future = chain.send(None)
        del chain, wait
        print(future, repr(lock)[-9:], repr(queue)[-11:])


asyncio.run(main())
