# A client whose line never ends cannot fill the server's memory: it stops at the limit.
import asyncio


async def serve(reader, writer):
    try:
        await reader.readline()
    except ValueError as exc:
        print('server:', exc)
    try:
        await reader.readuntil(b'\r\n\r\n')
    except asyncio.LimitOverrunError as exc:
        print('server:', exc, exc.consumed >= 1 << 16)
    print(len(reader._buffer) <= 1 << 19)
    writer.transport.abort()


async def main():
    server = await asyncio.start_server(serve, '127.0.0.1', 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    sent = 0
    try:
        while True:
            writer.write(b'X-Header: value; ' * 4096)
            await writer.drain()
            sent += 1
    except ConnectionError:
        print('client: connection lost')
    print(sent < 5000)
    writer.close()
    try:
        await writer.wait_closed()
    except ConnectionError:
        print('client: said again')
    server.close()
    await server.wait_closed()


asyncio.run(main())
