"""A chat server and its clients: what one says, all others in the room hear.

Each connection is a coroutine; the room maps names to the streams of those present. Text goes line by line, so that any
line-based client (`nc`) could join.
"""

import asyncio
from contextlib import asynccontextmanager


class Room:
    def __init__(self):
        self._writers = {}

    async def serve(self, reader, writer):
        """The life of one connection: a name, then messages until the client leaves."""
        name = None
        try:
            name = await self._choose_name(reader, writer)
            while line := await reader.readline():
                await self._say(f"{name}: {line.decode().strip()}", but_not=name)
        except ConnectionError, EOFError:
            pass  # Gone without a word.
        finally:
            writer.close()
            if name is not None:
                del self._writers[name]
                await self._say(f"* {name} left")

    async def _choose_name(self, reader, writer):
        """Asks until the name is one that nobody has, and announces it."""
        while line := await reader.readline():
            name = line.decode().strip()
            if name and name not in self._writers:
                present = ", ".join(self._writers) or "nobody"
                writer.write(f"* welcome {name}, here is {present}\n".encode())
                self._writers[name] = writer
                await self._say(f"* {name} came", but_not=name)
                return name
            writer.write(b"* choose another name\n")
        raise EOFError("left before choosing a name")

    async def _say(self, text, but_not=None):
        writers = [writer for name, writer in self._writers.items() if name != but_not]
        for writer in writers:
            writer.write(text.encode() + b"\n")
        # Together, so that one slow client does not hold up the rest; and who has just gone is no error.
        await asyncio.gather(*(writer.drain() for writer in writers), return_exceptions=True)


class Client:
    def __init__(self, reader, writer):
        self._reader = reader
        self._writer = writer

    async def say(self, text):
        self._writer.write(text.encode() + b"\n")
        await self._writer.drain()

    async def hear(self):
        return (await self._reader.readline()).decode().strip()

    async def leave(self):
        self._writer.close()
        await self._writer.wait_closed()


@asynccontextmanager
async def chat_server():
    """Gives a function that connects a client."""
    async with await asyncio.start_server(Room().serve, "127.0.0.1", 0) as server:
        address = server.sockets[0].getsockname()

        async def join(name):
            client = Client(*await asyncio.open_connection(*address))
            await client.say(name)
            return client

        yield join


async def main():
    async with chat_server() as join:
        ada = await join("Ada")
        print("Ada  |", await ada.hear())
        bob = await join("Ada")
        print("Bob  |", await bob.hear())
        await bob.say("Bob")
        print("Bob  |", await bob.hear())
        print("Ada  |", await ada.hear())
        cleo = await join("Cleo")
        print("Cleo |", await cleo.hear())

        for name, client in (("Ada", ada), ("Bob", bob)):
            print(f"{name:<4} |", await client.hear())

        await ada.say("has anybody seen my keys?")
        for name, client in (("Bob", bob), ("Cleo", cleo)):
            print(f"{name:<4} |", await client.hear())
        await cleo.leave()
        for name, client in (("Ada", ada), ("Bob", bob)):
            print(f"{name:<4} |", await client.hear())
        await bob.say("on the piano")
        print("Ada  |", await ada.hear())
        await ada.leave()
        print("Bob  |", await bob.hear())
        await bob.leave()


if __name__ == "__main__":
    asyncio.run(main())
