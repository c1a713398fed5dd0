# A loop whose turns and clock are the program's: time jumps to the next timer.
import asyncio


class Jumping(asyncio.EventLoop):
    def __init__(self):
        super().__init__()
        self.now, self.turns = 0, 0

    def time(self):
        return self.now

    def _run_once(self):
        self.turns += 1
        if not self._ready and self._scheduled:
            self.now = max(self.now, self._scheduled[0].when())
        super()._run_once()


async def worker(name, delay):
    await asyncio.sleep(delay)
    loop = asyncio.get_running_loop()
    print(name, loop.time(), len(loop._scheduled), len(loop._ready))


async def main():
    loop = asyncio.get_running_loop()
    handle = loop.call_later(7, print, "seven")
    print(handle.when(), loop._scheduled == [handle])
    async with asyncio.TaskGroup() as group:
        for i in range(3):
            group.create_task(worker(i, 100 - i))
    try:
        async with asyncio.timeout(3600.5):
            await asyncio.Event().wait()
    except TimeoutError:
        print("timeout at", loop.time())
    loop.call_soon(print, "soon")
    print([handle for handle in loop._ready])
    return loop.turns < 30


with asyncio.Runner(loop_factory=Jumping) as runner:
    print(runner.run(main()))
