import asyncio, httpx
from _scripted import asked, reply, start

ANSWERS = {
    "/start": reply(b"", b"302 Found", b"Location: /next", b"Set-Cookie: a=b; Path=/"),
    "/next": reply(b"", b"307 Temporary Redirect", b"Location: /end?x#frag"),
    "/end?x": reply(b"arrived"),
    "/loop": reply(b"", b"301 Moved Permanently", b"Location: /loop"),
    "/bad": reply(b"", b"302 Found", b"Location: http://h:port/"),
    "/post": reply(b"", b"303 See Other", b"Location: /end?x"),
}

async def main():
    server, url = await start(ANSWERS)
    async with httpx.AsyncClient(base_url=url, max_redirects=5) as client:
        response = await client.get("/start")
        print(response, response.next_request.url.path, client.cookies)
        response = await client.get("/start", follow_redirects=True)
        print(response.text, str(response.url).replace(url, ""), response.history)
        print([line for line in asked[-1][2].split("\r\n") if line.startswith("Cookie")])
        response = await client.post("/post", json=1, follow_redirects=True)
        print(response.request.method, "content-length" in response.request.headers)
        for path in ["/loop", "/bad"]:
            try:
                await client.get(path, follow_redirects=True)
            except httpx.RequestError as exc:
                print(type(exc).__name__, exc)
        try:
            (await client.get("/loop")).raise_for_status()
        except httpx.HTTPStatusError as exc:
            print(str(exc).replace(url, ""))
    server.close()

asyncio.run(main())
