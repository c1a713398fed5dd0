# A server that has no descriptor for a connection says so, and serves it later; nothing leaks.
import asyncio
import asyncio.constants
import os
import resource
import socket

asyncio.constants.ACCEPT_RETRY_DELAY = 0.01


async def serve(reader, writer):
    writer.write(b'served')
    writer.close()


async def main():
    loop = asyncio.get_running_loop()
    messages = set()
    loop.set_exception_handler(lambda loop, context: messages.add((context['message'], repr(context['exception']))))
    server = await asyncio.start_server(serve, '127.0.0.1', 0)
    await asyncio.sleep(0)
    before = len(os.listdir('/proc/self/fd'))
    client = socket.socket()
    client.setblocking(False)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (client.fileno() + 1, hard))
    await loop.sock_connect(client, server.sockets[0].getsockname())
    while not messages:
        await asyncio.sleep(0)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    print(messages, await loop.sock_recv(client, 100))
    client.close()
    for _ in range(200):
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        assert await reader.read() == b'served'
        writer.close()
        await writer.wait_closed()
    print(len(os.listdir('/proc/self/fd')) - before)
    server.close()
    await server.wait_closed()


asyncio.run(main())
