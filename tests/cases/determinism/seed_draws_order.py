"""With a seed, ready tasks run in an order that is the same in every run and version; random begins with it."""
import asyncio
import random

print(random.random(), random.Random().random(), random.Random(1).random())


async def worker(name, log):
    for _ in range(3):
        log.append(name)
        await asyncio.sleep(0)


async def main():
    log = []
    await asyncio.gather(*(worker(name, log) for name in 'abcdef'))
    print(''.join(log))
    loop, log = asyncio.get_running_loop(), []
    for number in range(8):
        loop.call_soon(log.append, number)
    at = loop.time() + 1
    for name in 'stuvwxyz':
        loop.call_at(at, log.append, name)
    await asyncio.sleep(2)
    print(*log)

    # Callbacks of one future keep their order, those of several do not.
    log, futures = [], [loop.create_future() for _ in range(3)]
    for index, future in enumerate(futures):
        for number in range(3):
            future.add_done_callback(lambda _, index=index, number=number: log.append((index, number)))
    for future in futures:
        future.set_result(None)
    await asyncio.sleep(1)
    print(*log)
    print(all([number for of, number in log if of == index] == [0, 1, 2] for index in range(3)))

    # Nested turns of a busy loop, and a queue of hundreds.
    count = 0

    async def add():
        nonlocal count
        await asyncio.sleep(0)
        count += 1

    await asyncio.gather(*(add() for _ in range(500)))
    print(count)


asyncio.run(main())
# Each loop has an order of its own.
asyncio.run(main())
