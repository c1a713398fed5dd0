# Wrong calls of what is native are refused as those of functions in Python; private queues of waiters can be looked at.
import asyncio
import inspect

for cls in (asyncio.Lock, asyncio.Event, asyncio.Semaphore, asyncio.Queue):
    for args, keywords in [((1, 2, 3), {}), ((), {"loop": None})]:
        try:
            cls(*args, **keywords)
        except TypeError as error:
            print(error)


class Own(asyncio.Lock):
    pass


async def main():
    lock, queue = Own(), asyncio.Queue()
    for call in (asyncio.sleep, asyncio.create_task, lock.release, queue.put, queue.put_nowait):
        for args in [(), (1, 2, 3)]:
            try:
                call(*args)
            except (TypeError, RuntimeError) as error:
                print(error)
    try:
        queue.put(1, item=1)
    except TypeError as error:
        print(error)
    await lock.acquire()
    tasks = [asyncio.create_task(lock.acquire()), asyncio.create_task(queue.get())]
    await asyncio.sleep(0)
    print(lock._waiters, queue._getters, queue._putters, lock._loop is asyncio.get_running_loop())
    for task in tasks:
        task.cancel()
    print(lock._waiters[0].cancelled())
    try:
        await lock
    except TypeError as error:
        print(error)
    try:
        await asyncio.gather([lock])
    except TypeError as error:
        print(error)
    try:
        asyncio.get_running_loop().call_later("1", print)
    except TypeError as error:
        print(error)


asyncio.run(main())
print([inspect.iscoroutinefunction(f) for f in (asyncio.sleep, Own().acquire, asyncio.Queue.get, asyncio.Queue.get_nowait)])
