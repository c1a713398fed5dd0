# What dies with the program is reported while the library still works: a pending task, and an exception nobody looked at.
import asyncio


async def waits():
    await asyncio.get_running_loop().create_future()


async def fails():
    raise ValueError("never looked at")


loop = asyncio.new_event_loop()
pending = loop.create_task(waits(), name="at exit")
failed = loop.create_task(fails(), name="failed")
loop.run_until_complete(asyncio.sleep(0))
loop.close()
failed.exception()
print("end")
