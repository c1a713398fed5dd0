import asyncio, httpx
from _scripted import asked, reply, start

async def pieces():
    yield b"abc"
    yield b"de"

async def main():
    server, url = await start({"/": reply(b"ok")})
    async with httpx.AsyncClient() as client:
        for method, arguments in [
            ("GET", {"headers": {"a": "b\r\nX: injected"}}),
            ("GET", {"headers": {"a": "b\nc"}}),
            ("GET", {"headers": {"a\r\nb": "c"}}),
            ("GET", {"headers": {"a": "nul\0"}}),
            ("GET / HTTP/1.1\r\nX: y\r\n\r\nGET", {}),
            ("POST", {"content": pieces(), "headers": {"content-length": "3"}}),
            ("POST", {"content": pieces(), "headers": {"content-length": "9"}}),
        ]:
            try:
                await client.request(method, url + "/", **arguments)
            except httpx.LocalProtocolError as exc:
                print(exc)
        for bad in ["http://h/\r\nX: y", "http://h:port/", "http://[::zz]/", "ftp://h/", "/relative", "http://"]:
            try:
                await client.get(bad)
            except (httpx.InvalidURL, httpx.UnsupportedProtocol) as exc:
                print(type(exc).__name__, exc)
        print((await client.get(url)).text, [item[:2] for item in asked if item[0] == "GET"])
    server.close()

asyncio.run(main())
