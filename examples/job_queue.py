"""A job queue whose workers try again: after a failure a job waits twice as long as before, and is given up in the end.

Waiting does not occupy a worker: the job goes back into the queue when its time has come. Jobs of a higher priority come
first.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count


@dataclass(order=True)
class Job:
    priority: int
    # Equal priorities keep the order in which they were added.
    number: int
    name: str = field(compare=False)
    run: Callable[[], Awaitable] = field(compare=False)
    n_attempts: int = field(compare=False, default=0)


class JobQueue:
    def __init__(self, log, n_workers=2, max_attempts=4, first_delay=1.0):
        self._log = log
        self._n_workers = n_workers
        self._max_attempts = max_attempts
        self._first_delay = first_delay
        self._queue = asyncio.PriorityQueue()
        self._numbers = count()
        self._n_unfinished = 0
        self.results = {}
        self.failures = {}

    def add(self, name, run, priority=10):
        self._n_unfinished += 1
        self._queue.put_nowait(Job(priority, next(self._numbers), name, run))

    async def run(self):
        """Works until every job has succeeded or was given up."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._n_workers):
                group.create_task(self._work())

    async def _work(self):
        while self._n_unfinished:
            try:
                job = await self._queue.get()
            except asyncio.QueueShutDown:
                break
            job.n_attempts += 1
            try:
                self._finish(job, self.results, await job.run())
            except Exception as error:
                if job.n_attempts == self._max_attempts:
                    self._finish(job, self.failures, error)
                else:
                    delay = self._first_delay * 2 ** (job.n_attempts - 1)
                    self._log(f"{job.name}: {error}; again in {delay:.0f} s")
                    asyncio.get_running_loop().call_later(delay, self._queue.put_nowait, job)

    def _finish(self, job, outcomes, outcome):
        outcomes[job.name] = outcome
        self._n_unfinished -= 1
        if not self._n_unfinished:
            # Wakes the workers that still wait for a job.
            self._queue.shutdown()


class Log:
    """Prints lines with the seconds since it began."""

    def __init__(self):
        self._start = asyncio.get_running_loop().time()

    def __call__(self, text):
        print(f"{asyncio.get_running_loop().time() - self._start:4.1f} s  {text}")


def flaky(name, n_failures, log):
    """A job that fails some times before it succeeds."""
    remaining = n_failures

    async def run():
        nonlocal remaining
        await asyncio.sleep(0.5)
        if remaining:
            remaining -= 1
            raise ConnectionError("no connection")
        log(f"{name}: done")
        return name.upper()

    return run


async def main():
    log = Log()
    queue = JobQueue(log)
    for name, n_failures, priority in (("report", 0, 10), ("backup", 2, 10), ("alarm", 0, 1), ("fax", 99, 10)):
        queue.add(name, flaky(name, n_failures, log), priority)
    await queue.run()
    print("results: ", queue.results)
    print("given up:", queue.failures)


if __name__ == "__main__":
    asyncio.run(main())
