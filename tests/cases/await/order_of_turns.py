import asyncio
log = []
async def worker(name, turns):
    for i in range(turns):
        log.append(f"{name}{i}")
        await asyncio.sleep(0)
async def main():
    loop = asyncio.get_running_loop()
    tasks = [asyncio.create_task(worker(n, 3)) for n in "abc"]
    loop.call_soon(log.append, "soon")
    event = asyncio.Event()
    async def setter(): log.append("set"); event.set()
    async def waiter(n): await event.wait(); log.append(f"woken{n}")
    w = [asyncio.create_task(waiter(i)) for i in range(2)]
    await setter()
    await asyncio.gather(*tasks, *w)
    print(*log)
    lock = asyncio.Lock()
    async def locked(n):
        async with lock: print("in", n); await asyncio.sleep(0); print("out", n)
    await asyncio.gather(*(locked(i) for i in range(3)))
asyncio.run(main())
