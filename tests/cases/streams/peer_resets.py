# The other end resets the connection: who reads, writes or waits hears of it.
import asyncio
import socket
import struct


def reset(transport):
    transport.get_extra_info('socket').setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    transport.abort()


async def outcome(coroutine):
    try:
        print(await coroutine)
    except ConnectionError as exc:
        print(repr(exc))


async def main():
    connected = []
    server = await asyncio.start_server(lambda reader, writer: connected.append((reader, writer)), '127.0.0.1', 0)
    address = server.sockets[0].getsockname()

    async def connect():
        pair = await asyncio.open_connection(*address)
        while not connected:
            await asyncio.sleep(0)
        return *pair, connected.pop()[1]

    reader, writer, peer = await connect()
    reset(peer.transport)
    await outcome(reader.read())
    await outcome(reader.readline())
    await outcome(writer.drain())
    await outcome(writer.wait_closed())
    print(writer.is_closing(), reader.at_eof())

    reader, writer, peer = await connect()
    # It sends more than the system takes, and waits.
    writer.transport.set_write_buffer_limits(0)
    writer.write(b'x' * (1 << 24))
    drain = asyncio.create_task(writer.drain())
    await asyncio.sleep(0)
    peer.transport.pause_reading()
    print(drain.done(), writer.transport.get_write_buffer_size() > 0)
    reset(peer.transport)
    await outcome(drain)
    for _ in range(2):
        writer.write(b'after the end')
    await outcome(writer.drain())
    server.close()
    await server.wait_closed()


asyncio.run(main())
