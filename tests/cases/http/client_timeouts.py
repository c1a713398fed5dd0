import asyncio, httpx
from _scripted import reply, start

ANSWERS = {
    "/never": [5.0],
    "/drip": [b"HTTP/1.1 200 OK\r\n", *[0.01, b"A: b\r\n"] * 200],
    "/slow-body": [b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", 0.02, b"a", 0.02, b"b", 0.02, b"c"],
    "/ok": reply(b"ok"),
}

async def main():
    server, url = await start(ANSWERS)
    async with httpx.AsyncClient(timeout=httpx.Timeout(3, read=0.05)) as client:
        for path in ["/never", "/drip", "/ok"]:
            try:
                print(path, (await client.get(url + path)).text)
            except httpx.TimeoutException as exc:
                print(path, repr(exc))
        # Each piece is in time, the whole need not be.
        print((await client.get(url + "/slow-body", timeout=1)).text)
        task = asyncio.create_task(client.get(url + "/never", timeout=None))
        await asyncio.sleep(0.02)
        task.cancel()
        print(await asyncio.gather(task, return_exceptions=True))
    limits = httpx.Limits(max_connections=1)
    async with httpx.AsyncClient(limits=limits, timeout=httpx.Timeout(3, pool=0.02)) as client:
        async with client.stream("GET", url + "/slow-body") as response:
            try:
                await client.get(url + "/ok")
            except httpx.PoolTimeout as exc:
                print(repr(exc))
        print((await client.get(url + "/ok")).text)
    server.close()

asyncio.run(main())
