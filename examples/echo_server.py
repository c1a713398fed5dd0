"""A server and its clients in one program: streams over the loopback network."""

import asyncio


async def answer(reader, writer):
    """Serves one connection: each line comes back in capitals, until the client has no more."""
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()


async def ask(port, *lines):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = []
    for line in lines:
        writer.write(line.encode() + b"\n")
        answers.append((await reader.readline()).decode().strip())
    writer.close()
    await writer.wait_closed()
    return answers


async def main():
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        clients = [ask(port, f"client {number}", "good bye") for number in range(3)]
        for answers in await asyncio.gather(*clients):
            print(answers)
        try:
            await asyncio.open_connection("127.0.0.1", 1)
        except OSError as error:
            print(type(error).__name__)


if __name__ == "__main__":
    asyncio.run(main())
