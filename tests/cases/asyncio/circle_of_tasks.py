# Tasks that await each other in a circle: cancelling one at the end of run() goes round until the recursion limit.
import asyncio


tasks = []


async def wait_for_next(number):
    await asyncio.sleep(0)
    await tasks[(number + 1) % 3]


async def main():
    tasks.extend(asyncio.create_task(wait_for_next(number)) for number in range(3))
    await asyncio.sleep(0.001)
    for task in tasks:
        # Nobody is told of them.
        task._log_destroy_pending = False


try:
    asyncio.run(main())
except RecursionError as error:
    print(type(error))


class Noisy:
    def __del__(self):
        print('gone, at the latest at the end')


def fail():
    local = Noisy()
    raise SystemError('ends the program')


fail()
