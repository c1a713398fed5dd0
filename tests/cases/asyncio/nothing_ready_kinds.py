# What is reported of each kind of wait; the exit is an ordinary SystemExit.
import asyncio
import io
import re
import sys


async def wait_for_condition(condition):
    async with condition:
        await condition.wait()


async def main():
    full, lost = asyncio.Queue(1), asyncio.Lock()
    full.put_nowait(1)
    await asyncio.create_task(lost.acquire())
    waits = [asyncio.Event().wait(), asyncio.Queue().get(), full.put(2), full.join(), lost.acquire(),
             asyncio.Semaphore(0).acquire(), asyncio.Barrier(2).wait(), wait_for_condition(asyncio.Condition())]
    tasks = [asyncio.create_task(wait, name=wait.__qualname__) for wait in waits]
    await asyncio.wait([tasks[0]], return_when=asyncio.FIRST_COMPLETED)


sys.stderr = sys.stdout
try:
    asyncio.run(main())
except SystemExit as end:
    print("exit", end.code)
loop = asyncio.new_event_loop()
sys.stderr = io.StringIO()
try:
    loop.run_until_complete(loop.create_future())
except SystemExit as end:
    print(re.sub(r"\.py:\d+", ".py:N", sys.stderr.getvalue()), end="")
    print("exit", end.code)
loop.close()
