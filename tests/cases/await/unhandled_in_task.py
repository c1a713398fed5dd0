import asyncio
async def fails(): raise ValueError("inside a task")
async def main():
    task = asyncio.create_task(fails())
    results = await asyncio.gather(task, asyncio.sleep(0, "fine"), return_exceptions=True)
    print(results)
    await fails()
asyncio.run(main())
