"""A server with clients in one process: what is sent arrives before any time passes."""
import asyncio
import time

CLIENTS, ROUNDS = 5, 4


async def main():
    async def serve(reader, writer):
        while line := await reader.readline():
            await asyncio.sleep(10)
            writer.write(line.upper())
            await writer.drain()
        writer.close()

    async def client(number):
        reader, writer = await asyncio.open_connection('127.0.0.1', port)
        for _ in range(ROUNDS):
            writer.write(b'hello\n')
            async with asyncio.timeout(11):
                log.append((time.monotonic(), number, await reader.readline()))
            await asyncio.sleep(number)
        writer.close()
        await writer.wait_closed()

    log = []
    server = await asyncio.start_server(serve, '127.0.0.1', 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        await asyncio.gather(*map(client, range(CLIENTS)))
    print(log == sorted(log, key=lambda entry: entry[:1]), time.monotonic())
    print(sorted(log)[:2], sorted(log)[-1])

    # Both ends are in this process, and nothing is sent: the time passes at once.
    async def keep(reader, writer):
        await asyncio.sleep(100_000)
        writer.close()

    receiver = await asyncio.start_server(keep, '127.0.0.1', 0)
    reader, writer = await asyncio.open_connection(*receiver.sockets[0].getsockname())
    try:
        await asyncio.wait_for(reader.read(), 5000)
    except TimeoutError:
        print('timeout', time.monotonic())
    writer.close()


asyncio.run(main())
