# The coroutines of asyncio's own functions, driven by hand.
import asyncio
import inspect


def attempt(function, *args):
    try:
        print('  ', repr(function(*args)))
    except BaseException as error:
        print('  ', type(error).__name__, error.args)


def show(coroutine):
    print(inspect.getcoroutinestate(coroutine), coroutine.cr_running, coroutine.cr_suspended, type(coroutine.cr_await).__name__)


async def wait_for_it(awaitable):
    return await awaitable


async def main():
    queue, lock, event, semaphore = asyncio.Queue(), asyncio.Lock(), asyncio.Event(), asyncio.Semaphore(0)
    await lock.acquire()
    for function in (lambda: asyncio.sleep(5, 'slept'), lock.acquire, queue.get, event.wait, semaphore.acquire):
        coroutine = function()
        print(coroutine.__name__, coroutine.__qualname__, inspect.iscoroutine(coroutine), inspect.isawaitable(coroutine))
        show(coroutine)
        attempt(coroutine.send, 3)
        future = coroutine.send(None)
        print(future.done())
        show(coroutine)
        attempt(coroutine.throw, KeyError('thrown'))
        show(coroutine)
        attempt(coroutine.send, None), attempt(coroutine.throw, KeyError('again')), attempt(coroutine.close)
        coroutine = function()
        future = coroutine.send(None)
        attempt(coroutine.close)
        show(coroutine)
        coroutine = function()
        task = asyncio.create_task(wait_for_it(coroutine))
        await asyncio.sleep(0)
        print(inspect.getcoroutinestate(coroutine))
        attempt(wait_for_it(coroutine).send, None)
        task.cancel()
        await asyncio.wait([task])
        show(coroutine)
        attempt(wait_for_it(coroutine).send, None)
    coroutine = asyncio.sleep(0, 'result')
    attempt(coroutine.send, None), attempt(coroutine.send, None), attempt(coroutine.send, None)


asyncio.run(main())
