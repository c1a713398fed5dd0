# A finished generator or coroutine lets go of its function and what that closes over, and keeps its names and its code.
import asyncio


class Noisy:
    def __del__(self):
        print('gone')


def make(kind):
    held = Noisy()

    def generator():
        held
        yield 1

    async def coroutine():
        return held and 1

    async def agenerator():
        held
        yield 1

    coroutine.__name__ = 'renamed'
    return {'g': generator, 'c': coroutine, 'a': agenerator}[kind]()


g = make('g')
print(list(g), g.__name__, g.gi_code.co_qualname)
g = make('g')
print(next(g), g.close(), g.__qualname__)
g = make('g')
print(g.close(), g.__name__)
c = make('c')
try:
    c.send(None)
except StopIteration:
    print(c.__name__, c.cr_code.co_name)
c = make('c')
c.close()
print('closed')


async def awaiting(c):
    await c
    print('awaited')


async def main():
    task = asyncio.create_task(make('c'))
    await task
    print('task', task.get_coro().__name__)
    c = make('c')
    await awaiting(c)
    print(c.__qualname__)
    a = make('a')
    async for item in a:
        print(item)
    print(a.ag_code.co_name)


asyncio.run(main())
