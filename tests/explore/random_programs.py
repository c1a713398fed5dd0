"""Random tasks that use everything and cancel each other: what happens, and in which order, must be what happens in CPython.

For each seed a checksum of the log is printed; `ouro random_programs.py SEED` prints the log itself, to be compared with CPython's.
"""

import asyncio
import re
import sys
import warnings

import _explorer

warnings.simplefilter('ignore')


class Random:
    """The same numbers in every implementation."""

    def __init__(self, seed):
        self.state = seed

    def __call__(self, below):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % below


async def numbers(log, name):
    try:
        for number in range(3):
            await asyncio.sleep(0)
            yield number
    finally:
        await asyncio.sleep(0)
        log(f'{name} left the generator')


class World:
    """What the tasks of one program share."""

    def __init__(self, random, log):
        self.random, self.log = random, log
        self.lock, self.semaphore, self.queue = asyncio.Lock(), asyncio.Semaphore(2), asyncio.Queue(2)
        self.event, self.condition = asyncio.Event(), asyncio.Condition()
        self.tasks = []

    def other(self):
        return self.tasks[self.random(len(self.tasks))]

    async def live(self, name, depth=0):
        try:
            for _ in range(self.random(4) + 1):
                action = ACTIONS[self.random(len(ACTIONS))]
                self.log(f'{name}: {action.__name__}')
                result = await action(self, name, depth)
                if result is not None:
                    self.log(f'{name}: {result}')
            return name
        except asyncio.CancelledError as error:
            self.log(f'{name} is cancelled {error.args}')
            raise
        except RuntimeError as error:
            self.log(f'{name}: {error!r}')

    async def turn(self, name, depth):
        await asyncio.sleep(0)

    async def sleep(self, name, depth):
        await asyncio.sleep(self.random(3))

    async def stubborn_sleep(self, name, depth):
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError as error:
            return f'swallows {error.args}'

    async def hold_lock(self, name, depth):
        async with self.lock:
            await asyncio.sleep(self.random(2))

    async def hold_semaphore(self, name, depth):
        async with self.semaphore:
            await asyncio.sleep(self.random(2))

    async def get(self, name, depth):
        return await self.queue.get()

    async def put(self, name, depth):
        await self.queue.put(name)

    async def wait_event(self, name, depth):
        await self.event.wait()

    async def pulse_event(self, name, depth):
        self.event.set()
        await asyncio.sleep(0)
        self.event.clear()

    async def wait_condition(self, name, depth):
        async with self.condition:
            return await self.condition.wait()

    async def notify(self, name, depth):
        async with self.condition:
            self.condition.notify(self.random(2) + 1)

    async def cancel(self, name, depth):
        return self.other().cancel(self.random(3) or None)

    async def uncancel(self, name, depth):
        return self.other().uncancel()

    async def wait_for(self, name, depth):
        try:
            return await asyncio.wait_for(self.queue.get(), self.random(3))
        except TimeoutError as error:
            return repr(error)

    async def timeout(self, name, depth):
        try:
            async with asyncio.timeout(self.random(3)):
                await self.live(name + 't', depth + 1)
        except TimeoutError as error:
            return repr(error)

    async def gather(self, name, depth):
        parts = [self.live(f'{name}g{number}', depth + 1) for number in range(self.random(3) if depth < 2 else 0)]
        return await asyncio.gather(*parts, return_exceptions=bool(self.random(2)))

    async def group(self, name, depth):
        async with asyncio.TaskGroup() as group:
            # More than one are cancelled in the order of a set.
            if self.random(3) and depth < 2:
                self.tasks.append(group.create_task(self.live(f'{name}G', depth + 1), eager_start=bool(self.random(2))))

    async def shield(self, name, depth):
        task = self.other()
        if task is not asyncio.current_task():
            return await asyncio.wait_for(asyncio.shield(task), 2)

    async def wait(self, name, depth):
        tasks = [task for task in self.tasks if task is not asyncio.current_task()]
        how = (asyncio.FIRST_COMPLETED, asyncio.FIRST_EXCEPTION, asyncio.ALL_COMPLETED)[self.random(3)]
        if tasks:
            done, pending = await asyncio.wait(tasks, timeout=self.random(3), return_when=how)
            return len(done), len(pending)

    async def show(self, name, depth):
        return f'{self.lock} {self.semaphore} {self.event} {self.condition} {self.queue}'

    async def iterate(self, name, depth):
        async for number in numbers(self.log, name):
            if self.random(3) == 0:
                return number

    async def fail(self, name, depth):
        raise ValueError(name)


ACTIONS = [function for name, function in vars(World).items() if name not in ('other', 'live') and not name.startswith('_')]


def program(random, log):
    async def main():
        world = World(random, log)
        for number in range(random(5) + 2):
            eager = not random(3)
            # An eager one may look for others at once.
            world.tasks = world.tasks or [asyncio.current_task()]
            world.tasks.append(asyncio.create_task(world.live(f'T{number}'), eager_start=eager))
        world.tasks.pop(0)
        for _ in range(6):
            await asyncio.sleep(1)
            task = world.other()
            log(f'main cancels: {task.cancel("by main")} {task.cancelling()}')
        for _ in range(12):
            for task in list(world.tasks):
                task.cancel('at the end')
            await asyncio.sleep(1)
        log([_explorer.ending(task) if task.done() else 'pending' for task in world.tasks])
        log(f'{world.lock.locked()} {world.semaphore._value} {world.queue.qsize()} {asyncio.get_running_loop().time()}')
    return main


class Log:
    """Says nothing of what happens once the program has ended: when that is, is a matter of the collector's."""

    def __init__(self):
        self.lines = []
        self.open = True

    def __call__(self, line):
        if self.open:
            self.lines.append(re.sub(' at 0x[0-9a-f]+', '', str(line)))


def run(seed):
    lines = []
    random = Random(seed)
    for _ in range(10):
        log = Log()
        program_under_test = program(random, log)

        async def main():
            try:
                await program_under_test()
            finally:
                log.open = False

        _explorer.run(main, ())
        lines += [*log.lines, '--']
    return lines


def checksum(text):
    value = 0
    for byte in text.encode():
        value = (value * 31 + byte) % 2**32
    return f'{value:08x}'


# As the log: what is met by closing what is left over, and when, is a matter of the collector's.
sys.unraisablehook = lambda unraisable: None

if len(sys.argv) > 1:
    print('\n'.join(run(int(sys.argv[1]))))
else:
    for seed in range(20):
        lines = run(seed)
        print(f'{seed}: {len(lines)} lines,', checksum('\n'.join(lines)))
