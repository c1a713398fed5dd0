# After nest_asyncio.apply() a loop may run inside itself; tasks of the outer run go on meanwhile.
import asyncio
import contextvars

import nest_asyncio

nest_asyncio.apply()
var = contextvars.ContextVar("var", default=0)
log = []


async def ticker():
    for i in range(3):
        log.append(i)
        await asyncio.sleep(0)


async def level(n):
    me = asyncio.current_task()
    var.set(n)
    below = asyncio.run(level(n - 1)) if n else 0
    assert asyncio.current_task() is me and var.get() == n
    await asyncio.sleep(0)
    return below + n


async def main():
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(ticker())
    print(asyncio.run(asyncio.sleep(0, "inner")), loop.run_until_complete(level(20)), log)
    try:
        loop.run_until_complete(asyncio.wait_for(loop.create_future(), 0.01))
    except TimeoutError as error:
        print(repr(error), loop.is_running(), asyncio.get_running_loop() is loop)
    return task.done()


print(asyncio.run(main()))
loop = asyncio.get_event_loop()
print(loop.run_until_complete(asyncio.sleep(0, "outside")), loop.is_running())
loop.close()
try:
    nest_asyncio.apply(object())
except ValueError as error:
    print(error)
