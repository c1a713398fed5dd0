# Either end may stop sending first; what the other one still sends arrives.
import asyncio


class Server(asyncio.Protocol):
    def __init__(self, keep_open):
        self.keep_open = keep_open

    def connection_made(self, transport):
        self.transport = transport
        print('made')

    def data_received(self, data):
        print('received', data)
        self.transport.write(b'<' + data + b'>')

    def eof_received(self):
        print('eof', self.transport.is_closing())
        if self.keep_open:
            self.transport.get_protocol()
            asyncio.get_running_loop().call_soon(self.finish)
        return self.keep_open

    def finish(self):
        self.transport.write(b' and more')
        self.transport.write_eof()
        try:
            self.transport.write(b'x')
        except RuntimeError as exc:
            print(exc)
        try:
            self.transport.writelines([b'x'])
        except RuntimeError as exc:
            print(exc)
        self.transport.close()

    def connection_lost(self, exc):
        print('lost', exc, self.transport.is_closing())


async def main():
    loop = asyncio.get_running_loop()
    for keep_open in (False, True):
        server = await loop.create_server(lambda: Server(keep_open), '127.0.0.1', 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b'data')
            await writer.drain()
            print(await reader.readexactly(6))
            writer.write_eof()
            print(await reader.read())
            writer.close()
            await writer.wait_closed()


asyncio.run(main())
