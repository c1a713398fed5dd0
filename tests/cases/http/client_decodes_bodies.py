import asyncio, gzip, httpx, zlib
from _scripted import reply, start

GZIP = b"Content-Encoding: gzip"
ANSWERS = {
    "/gzip": reply(gzip.compress(b"packed " * 100), b"200 OK", GZIP),
    "/deflate": reply(zlib.compress(b"zlib"), b"200 OK", b"Content-Encoding: deflate"),
    "/raw": reply(zlib.compress(b"bare", wbits=-15), b"200 OK", b"Content-Encoding: deflate"),
    "/twice": reply(gzip.compress(zlib.compress(b"twice")), b"200 OK", b"Content-Encoding: deflate, gzip"),
    "/no-gzip": reply(b"plain", b"200 OK", GZIP),
    "/cut": reply(gzip.compress(b"packed " * 100)[:-20], b"200 OK", GZIP),
    "/bomb": reply(gzip.compress(bytes(80 << 20), 9), b"200 OK", GZIP),
    "/nested": reply(b"x", b"200 OK", b"Content-Encoding: " + b", ".join([b"gzip"] * 9)),
    "/latin": reply(b"caf\xe9", b"200 OK", b"Content-Type: text/plain; charset=latin-1"),
}

async def main():
    server, url = await start(ANSWERS)
    async with httpx.AsyncClient(base_url=url) as client:
        for path in ANSWERS:
            try:
                response = await client.get(path)
                print(path, response.text[:14], len(response.content))
            except httpx.DecodingError as exc:
                print(path, exc)
        async with client.stream("GET", "/bomb") as response:
            async for piece in response.aiter_bytes():
                print("first piece:", len(piece))
                break
    server.close()

asyncio.run(main())
