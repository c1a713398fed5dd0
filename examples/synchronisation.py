"""Tasks that share something: Lock, Semaphore, Event, Condition and Barrier, each where it fits.

Between two `await`s no other task runs, so plain code needs no lock; only what must stay whole across an `await` does.
"""

import asyncio


class Account:
    def __init__(self, balance):
        self.balance = balance
        self._lock = asyncio.Lock()

    async def withdraw_unsafely(self, amount):
        balance = self.balance
        await asyncio.sleep(1)
        # By now another task may have withdrawn too.
        self.balance = balance - amount

    async def withdraw(self, amount):
        async with self._lock:
            await self.withdraw_unsafely(amount)


async def swimmer(name, lanes):
    async with lanes:
        print(f"  {name} swims")
        await asyncio.sleep(1)


async def runner(name, start, seconds, finish):
    await start.wait()
    await asyncio.sleep(seconds)
    print(f"  {name} is in")
    await finish.wait()


async def main():
    print("-- a lock: one at a time")
    account = Account(100)
    await asyncio.gather(*(account.withdraw_unsafely(10) for _ in range(3)))
    print("without:", account.balance)
    account = Account(100)
    await asyncio.gather(*(account.withdraw(10) for _ in range(3)))
    print("with:", account.balance)

    print("-- a semaphore: two at a time")
    start = asyncio.get_running_loop().time()
    lanes = asyncio.Semaphore(2)
    await asyncio.gather(*(swimmer(name, lanes) for name in ("Ada", "Bob", "Cleo")))
    print(f"all done after {asyncio.get_running_loop().time() - start:.0f} seconds")

    print("-- an event starts all, a barrier waits for all")
    gun, finish = asyncio.Event(), asyncio.Barrier(3)
    async with asyncio.TaskGroup() as group:
        for name, seconds in (("Ada", 2), ("Bob", 1)):
            group.create_task(runner(name, gun, seconds, finish))
        print("on your marks")
        gun.set()
        await finish.wait()
        print("everybody is in")

    print("-- a condition: wait until something holds")
    stock, changed = [], asyncio.Condition()

    async def baker():
        for number in range(1, 4):
            await asyncio.sleep(1)
            async with changed:
                stock.append(f"loaf {number}")
                changed.notify_all()

    async with asyncio.TaskGroup() as group:
        group.create_task(baker())
        async with changed:
            await changed.wait_for(lambda: len(stock) >= 2)
            print("enough for us:", ", ".join(stock))


if __name__ == "__main__":
    asyncio.run(main())
