"""1,000 GET requests on kept-alive connections of the loopback, one after another and 20 at a time; the client's own CPU time.

The server is a child process of the same interpreter, so that its work is not counted. Runs with Ouro's own `httpx` and
with the public package:

    ouro benches/http_client.py
    python3 benches/http_client.py
"""

import asyncio
import os
import subprocess
import sys

REQUESTS = 1000
BODY = b'{"answer": 42, "text": "' + b"x" * 200 + b'"}'
RESPONSE = (
    b"HTTP/1.1 200 OK\r\nServer: bench\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
)


class Server(asyncio.Protocol):
    """Answers every head; the requests have no bodies."""

    def connection_made(self, transport):
        self.transport = transport
        self.pending = b""

    def data_received(self, data):
        data = self.pending + data
        while (end := data.find(b"\r\n\r\n")) >= 0:
            data = data[end + 4 :]
            self.transport.write(RESPONSE)
        self.pending = data


async def serve():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Server, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.sleep(120)


def cpu_seconds():
    times = os.times()
    return times.user + times.system


async def measure(port):
    import httpx

    url = f"http://127.0.0.1:{port}/answer"
    async with httpx.AsyncClient() as client:
        assert (await client.get(url)).json()["answer"] == 42
        start = cpu_seconds()
        for _ in range(REQUESTS):
            response = await client.get(url)
            assert response.status_code == 200 and len(response.content) == len(BODY)
        one = cpu_seconds() - start
        start = cpu_seconds()
        for _ in range(REQUESTS // 20):
            await asyncio.gather(*(client.get(url) for _ in range(20)))
        many = cpu_seconds() - start
    print(f"one after another: {one:.3f} s, {one / REQUESTS * 1e6:.0f} us a request")
    print(f"20 at a time:      {many:.3f} s, {many / REQUESTS * 1e6:.0f} us a request")


def main():
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
        return
    child = subprocess.Popen([sys.executable, __file__, "serve"], stdout=subprocess.PIPE)
    try:
        asyncio.run(measure(int(child.stdout.readline())))
    finally:
        child.kill()
        child.wait()


main()
