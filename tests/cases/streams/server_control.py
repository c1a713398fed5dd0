# Starting, closing and waiting for a server, and what becomes of its connections.
import asyncio


async def hold(reader, writer):
    try:
        await reader.read()
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(hold, '127.0.0.1', 0, start_serving=False)
    print(server.is_serving(), server.get_loop() is asyncio.get_running_loop())
    await server.start_serving()
    await server.start_serving()
    print(server.is_serving())
    address = server.sockets[0].getsockname()
    clients = [await asyncio.open_connection(*address) for _ in range(3)]
    await asyncio.sleep(0.01)
    waiting = asyncio.create_task(server.wait_closed())
    forever = asyncio.create_task(server.serve_forever())
    await asyncio.sleep(0)
    try:
        await server.serve_forever()
    except RuntimeError as exc:
        print(str(exc).endswith('is already being awaited on serve_forever()'))
    server.close()
    server.close()
    await asyncio.sleep(0)
    print(waiting.done(), server.sockets, server)
    server.close_clients()
    await waiting
    await asyncio.wait([forever])
    print(forever.cancelled(), await clients[0][0].read())
    try:
        await server.serve_forever()
    except RuntimeError as exc:
        print(exc)
    for _, writer in clients:
        writer.close()

    server = await asyncio.start_server(hold, '127.0.0.1', 0)
    clients = [await asyncio.open_connection(*server.sockets[0].getsockname()) for _ in range(3)]
    await asyncio.sleep(0.01)
    forever = asyncio.create_task(server.serve_forever())
    await asyncio.sleep(0)
    server.abort_clients()
    print([await reader.read() for reader, _ in clients])
    forever.cancel()
    await asyncio.wait([forever])
    print(forever.cancelled(), server.is_serving())
    for _, writer in clients:
        writer.close()
    async with await asyncio.start_server(hold, '127.0.0.1', 0) as server:
        print(server.is_serving())
    print(server.is_serving())


asyncio.run(main())
