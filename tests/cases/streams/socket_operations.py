# The loop's operations on sockets of the program: at once, after a wait, cancelled while waiting.
import asyncio
import socket


async def main():
    loop = asyncio.get_running_loop()
    listener = socket.create_server(('127.0.0.1', 0))
    listener.setblocking(False)
    client = socket.socket()
    client.setblocking(False)
    accepting = asyncio.create_task(loop.sock_accept(listener))
    print(await loop.sock_connect(client, listener.getsockname()))
    server, address = await accepting
    print(address == client.getsockname(), server.gettimeout())
    print(await loop.sock_sendall(client, b'at once'), await loop.sock_recv(server, 100))
    waiting = asyncio.create_task(loop.sock_recv(server, 3))
    await asyncio.sleep(0)
    await loop.sock_sendall(client, b'later')
    buffer = bytearray(10)
    print(await waiting, await loop.sock_recv_into(server, buffer), buffer)
    waiting = asyncio.create_task(loop.sock_recv(server, 3))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    print(waiting.cancelled(), loop.remove_reader(server))
    data = bytes(range(256)) * 40000
    sending = asyncio.create_task(loop.sock_sendall(client, data))
    received = bytearray()
    while len(received) < len(data):
        received += await loop.sock_recv(server, 1 << 20)
    print(await sending, received == data)
    loop.set_debug(True)
    server.settimeout(1)
    for coroutine in (loop.sock_recv(server, 1), loop.sock_sendall(server, b''), loop.sock_accept(server)):
        try:
            await coroutine
        except ValueError as exc:
            print(exc)
    loop.set_debug(False)
    one, two = (socket.socket(type=socket.SOCK_DGRAM) for _ in range(2))
    for each in (one, two):
        each.setblocking(False)
        each.bind(('127.0.0.1', 0))
    waiting = asyncio.create_task(loop.sock_recvfrom(two, 100))
    await asyncio.sleep(0)
    print(await loop.sock_sendto(one, b'datagram', two.getsockname()), (await waiting)[0])
    await loop.sock_sendto(one, b'again', two.getsockname())
    print((await loop.sock_recvfrom_into(two, buffer))[0], buffer)
    for each in (listener, client, server, one, two):
        each.close()
    try:
        await loop.sock_recv(server, 1)
    except OSError as exc:
        print(exc.errno)
    refused = socket.socket()
    refused.setblocking(False)
    try:
        await loop.sock_connect(refused, ('127.0.0.1', 1))
    except ConnectionRefusedError as exc:
        print(exc)
    refused.close()


asyncio.run(main())
