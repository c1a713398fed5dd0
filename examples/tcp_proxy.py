"""A TCP proxy: stands between clients and a server, passes bytes both ways and counts them.

Each connection has two coroutines that copy, one in each direction, and they end independently: a client may have said all
it has to say and still wait for the answer.
"""

import asyncio
from collections import Counter


class Proxy:
    def __init__(self, host, port):
        self._target = host, port
        self.traffic = Counter()

    async def serve(self, reader, writer):
        self.traffic["connections"] += 1
        try:
            target_reader, target_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.close()
            return
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._copy(reader, target_writer, "bytes sent"))
                group.create_task(self._copy(target_reader, writer, "bytes received"))
        except* OSError:
            pass  # One side is gone; the group has ended the other direction.
        finally:
            target_writer.close()
            writer.close()

    async def _copy(self, reader, writer, counter):
        while chunk := await reader.read(64 * 1024):
            self.traffic[counter] += len(chunk)
            writer.write(chunk)
            await writer.drain()
        # Says that nothing more will come, and leaves the other direction open.
        writer.write_eof()


async def count_words(reader, writer):
    """The server behind: reads everything, then answers."""
    text = await reader.read()
    writer.write(f"{len(text.split())} words".encode())
    await writer.drain()
    writer.close()


async def ask(address, text):
    reader, writer = await asyncio.open_connection(*address)
    writer.write(text.encode())
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer.decode() or "no answer"


async def main():
    async with await asyncio.start_server(count_words, "127.0.0.1", 0) as server:
        proxy = Proxy(*server.sockets[0].getsockname())
        async with await asyncio.start_server(proxy.serve, "127.0.0.1", 0) as front:
            address = front.sockets[0].getsockname()
            texts = ["one", "to be or not to be", "spam " * 100_000]
            for text, answer in zip(texts, await asyncio.gather(*(ask(address, text) for text in texts))):
                print(f"{len(text):>7,} bytes: {answer}")
            for what, count in proxy.traffic.items():
                print(f"{count:>7,} {what}")

            server.close()
            await server.wait_closed()
            print("the server is down:", await ask(address, "anybody there?"))


if __name__ == "__main__":
    asyncio.run(main())
