import asyncio
async def waits(name, future):
    try:
        return await future
    except asyncio.CancelledError as e:
        print(name, "cancelled", e.args); raise
    finally:
        print(name, "finally")
async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    task = asyncio.create_task(waits("one", future))
    await asyncio.sleep(0)
    print(task.cancel("enough"), task.cancelling(), task.done())
    try: await task
    except asyncio.CancelledError as e: print("main sees", e.args)
    print(task.cancelled(), future.cancelled())
    shielded = asyncio.create_task(asyncio.sleep(0.01, "kept"))
    outer = asyncio.create_task(waits("two", asyncio.shield(shielded)))
    await asyncio.sleep(0); outer.cancel()
    await asyncio.wait([outer])
    print(await shielded)
asyncio.run(main())
