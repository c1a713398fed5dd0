# Endpoints with and without a fixed other end, and the errors that come back.
import asyncio


class Endpoint(asyncio.DatagramProtocol):
    def __init__(self, name):
        self.name = name
        self.queue = asyncio.Queue()

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.queue.put_nowait((data, address))

    def error_received(self, exc):
        self.queue.put_nowait(exc)

    def connection_lost(self, exc):
        print(self.name, 'lost', exc)


async def main():
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(lambda: Endpoint('server'), local_addr=('127.0.0.1', 0))
    address = transport.get_extra_info('sockname')
    _, client = await loop.create_datagram_endpoint(lambda: Endpoint('client'), remote_addr=address)
    for data in (b'', b'one', bytearray(b'two'), memoryview(b'three' * 1000)):
        client.transport.sendto(data)
        received, origin = await server.queue.get()
        transport.sendto(received[::-1], origin)
        back, origin = await client.queue.get()
        print(len(received), back[:3], origin == address)
    client.transport.sendto(b'named', address)
    print((await server.queue.get())[0])
    for bad, to in (('text', None), (b'x', ('127.0.0.1', 1))):
        try:
            client.transport.sendto(bad, to)
        except (TypeError, ValueError) as exc:
            print(type(exc).__name__, str(exc).replace(str(address[1]), 'PORT'))
    client.transport.sendto(b'x' * 70000)
    print(repr(await client.queue.get()))
    print(transport.get_write_buffer_size(), transport.is_closing(), transport.get_extra_info('peername'))
    transport.close()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    client.transport.sendto(b'to nobody')
    print(repr(await client.queue.get()))
    client.transport.abort()
    await asyncio.sleep(0)
    client.transport.sendto(b'too late')


asyncio.run(main())
