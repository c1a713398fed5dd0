# Coroutines of queues and locks that the program drives by hand: what becomes of the future when they are closed or thrown into.
import asyncio


async def main():
    full = asyncio.Queue(1)
    full.put_nowait(1)
    lock = asyncio.Lock()
    await lock.acquire()
    for coroutine in [asyncio.Queue().get, lambda: full.put(2), lock.acquire, asyncio.Event().wait]:
        for way in ['close', 'throw']:
            driven = coroutine()
            future = driven.send(None)
            try:
                driven.close() if way == 'close' else driven.throw(ValueError('thrown'))
            except ValueError as error:
                print(repr(error), repr(error.__context__))
            print(driven.__qualname__, future, future.cancelled())
    print(full)


async def generator():
    try:
        while True:
            yield 'yielded'
    except ValueError:
        await asyncio.sleep(0)
        yield 'caught'
        yield 'more'


async def again():
    # An athrow() that had to wait may be awaited again; one that had not, may not.
    agen = generator()
    print(await anext(agen))
    step = agen.athrow(ValueError)
    for _ in range(3):
        try:
            print(await step)
        except Exception as error:
            print(repr(error))
    agen = generator()
    print(await anext(agen))
    step = agen.athrow(KeyError)
    for _ in range(2):
        try:
            print(await step)
        except Exception as error:
            print(repr(error))


asyncio.run(main())
asyncio.run(again())
