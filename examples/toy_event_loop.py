"""An event loop in fifty lines: a queue holds the tasks that are ready, a heap those that sleep.

Nothing of asyncio is used. A coroutine asks the loop for something by yielding a request up through all its `await`s; the
loop sends the answer back in when it is ready. The clock is a number, so an hour of sleep takes no time.
"""

import heapq
from collections import deque
from types import coroutine


@coroutine
def sleep(seconds):
    """The only place where something is yielded: a request to the loop."""
    yield "sleep", seconds


@coroutine
def join(task):
    """Waits for another task and gives its result."""
    yield "join", task
    return task.result


class Task:
    def __init__(self, body, name):
        self.body = body
        self.name = name
        self.done = False
        self.result = None
        self.waiters = []


class Loop:
    def __init__(self):
        self.now = 0
        self._ready = deque()
        self._sleeping = []
        self._n_timers = 0

    def spawn(self, body, name):
        task = Task(body, name)
        self._ready.append(task)
        return task

    def run(self, body):
        main = self.spawn(body, "main")
        while not main.done:
            if not self._ready:
                # Nothing to do before the next timer; with no timer either, the tasks wait for each other.
                if not self._sleeping:
                    raise RuntimeError("deadlock: every task waits for another")
                self.now, _, task = heapq.heappop(self._sleeping)
                self._ready.append(task)
            self._step(self._ready.popleft())
        return main.result

    def _step(self, task):
        """Runs a task until it asks for something or returns."""
        try:
            request = task.body.send(None)
        except StopIteration as stop:
            task.done, task.result = True, stop.value
            self._ready.extend(task.waiters)
            return
        match request:
            case "sleep", seconds:
                # The number keeps tasks that wake at the same time in their order.
                self._n_timers += 1
                heapq.heappush(self._sleeping, (self.now + seconds, self._n_timers, task))
            case "join", other:
                (self._ready if other.done else other.waiters).append(task)


async def boil(loop, what, minutes):
    print(f"{loop.now:>4}  {what} on the stove")
    await sleep(minutes)
    print(f"{loop.now:>4}  {what} done")
    return minutes


async def cook(loop):
    pots = [loop.spawn(boil(loop, what, minutes), what) for what, minutes in (("rice", 20), ("egg", 6), ("beans", 90))]
    minutes = [await join(pot) for pot in pots]
    return f"{sum(minutes)} minutes of cooking in {loop.now} minutes"


async def wait_for_each_other(loop):
    tasks = []

    async def polite(other):
        await join(tasks[other])

    tasks += [loop.spawn(polite(1), "first"), loop.spawn(polite(0), "second")]
    await join(tasks[0])


def main():
    loop = Loop()
    print(loop.run(cook(loop)))
    loop = Loop()
    try:
        loop.run(wait_for_each_other(loop))
    except RuntimeError as error:
        print(error)


if __name__ == "__main__":
    main()
