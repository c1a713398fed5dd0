import asyncio, httpx
from _scripted import reply, start

ANSWERS = {
    "/short": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel",
    "/chunk-cut": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
    "/nothing": b"",
    "/garbage": b"SSH-2.0 hello\r\n\r\n",
    "/bad-header": b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
    "/nul": b"HTTP/1.1 200 OK\r\na: x\0y\r\n\r\n",
    "/two-lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "/negative": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nab",
    "/coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab",
    "/bad-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "/endless": [b"HTTP/1.1 200 OK\r\n", *[b"X-Y: " + b"z" * 1000 + b"\r\n"] * 200],
    "/many": b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 600 + b"\r\n",
    "/endless-1xx": b"HTTP/1.1 100 Continue\r\n\r\n" * 100,
    "/trailers": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"A: b\r\n" * 5000,
    # A second response that nobody asked for must not answer the next request.
    "/split": reply(b"ok") + reply(b"evil"),
    "/after": reply(b"good"),
}

async def main():
    server, url = await start(ANSWERS, ["/short", "/chunk-cut", "/nothing"])
    async with httpx.AsyncClient() as client:
        for path in ANSWERS:
            try:
                print(path, (await client.get(url + path)).text)
            except httpx.RemoteProtocolError as exc:
                print(path, exc, exc.request.url == url + path)
    server.close()

asyncio.run(main())
