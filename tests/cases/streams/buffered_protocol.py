# A protocol that gives the buffer itself.
import asyncio


class Buffered(asyncio.BufferedProtocol):
    def __init__(self, size):
        self.buffer = bytearray(size)
        self.received = b''

    def connection_made(self, transport):
        self.transport = transport
        self.lost = asyncio.get_running_loop().create_future()

    def get_buffer(self, sizehint):
        if not self.received:
            print('get_buffer', sizehint)
        return self.buffer

    def buffer_updated(self, nbytes):
        self.received += self.buffer[:nbytes]
        if b'raise' in self.received:
            raise ValueError('told to')

    def eof_received(self):
        print('eof')

    def connection_lost(self, exc):
        print('lost', repr(exc))
        self.lost.set_result(None)


async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, context: print(context['message'], repr(context['exception'])))
    for size, data in ((3, b'ten bytes.'), (100, b'raise it'), (0, b'nowhere to go')):
        protocol = Buffered(size)
        server = await loop.create_server(lambda: protocol, '127.0.0.1', 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(data)
            writer.write_eof()
            try:
                print(await reader.read())
            except ConnectionResetError:
                print('reset')
            await protocol.lost
            print(protocol.received)
            writer.close()


asyncio.run(main())
