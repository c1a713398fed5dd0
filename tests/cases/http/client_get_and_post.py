import asyncio, httpx
from _scripted import asked, reply, start

ANSWERS = {
    "/hello": reply(b"hello", b"200 OK", b"X-A: 1", b"x-a: 2"),
    "/json": reply(b'{"a": [1, 2]}', b"201 Created", b"Content-Type: application/json"),
    "/chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n",
    "/search?q=a+b&page=2": reply(b"found"),
}

async def main():
    server, url = await start(ANSWERS)
    async with httpx.AsyncClient(base_url=url, headers={"X-Mine": "yes"}) as client:
        response = await client.get("/hello")
        print(response, response.text, response.headers["x-a"], response.headers.multi_items())
        response = await client.post("/json", json={"k": "é"})
        print(response, response.json(), asked[-1][3], response.request.headers["content-type"])
        response = await client.get("/chunks")
        print(response.content, response.is_success, response.elapsed.total_seconds() < 5)
        print((await client.get("/search", params={"q": "a b", "page": 2})).text)
        async with client.stream("GET", "/chunks") as response:
            print([piece async for piece in response.aiter_bytes(2)], response.num_bytes_downloaded)
        print(sorted(set(await asyncio.gather(*[(lambda r: r)(get(client)) for _ in range(30)]))))
    print(asked[0][2].replace(url[7:], "HOST"))
    server.close()

async def get(client):
    return (await client.get("/hello")).status_code

asyncio.run(main())
