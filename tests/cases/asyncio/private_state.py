# What programs reach into: the items of a queue, the flags of locks and events.
import asyncio


async def main():
    queue = asyncio.Queue()
    for item in range(4):
        queue.put_nowait(item)
    print(queue, queue._queue, queue._queue[0])
    queue._queue.appendleft(9)
    print(queue.get_nowait(), queue.qsize())
    waiting = asyncio.create_task(queue.join())
    queue._queue.clear()
    print(queue.empty(), queue)
    queue._unfinished_tasks = 1
    await asyncio.sleep(0)
    queue.task_done()
    print(await waiting)
    await queue.put("later")
    print(await queue.get())
    try:
        queue.maxsize = 4
    except AttributeError as error:
        print(error)
    queue._maxsize = 1
    queue.put_nowait(1)
    print(queue.full(), queue.maxsize)
    event, lock = asyncio.Event(), asyncio.Lock()
    event._value = lock._locked = True
    print(event, lock, await event.wait())
    for thing in (queue, event, lock):
        thing.tag = 1
        print(vars(thing)["tag"])


class Few(asyncio.Queue):
    def full(self):
        return self.qsize() >= 2


few = Few()
few.put_nowait(1)
few.put_nowait(2)
try:
    few.put_nowait(3)
except asyncio.QueueFull as error:
    print(repr(error))
asyncio.run(main())
