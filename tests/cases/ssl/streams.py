# Streams of asyncio over TLS.
import asyncio
import ssl
from _pair import CERTS, client_context, server_context


async def echo(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def main():
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    server = await asyncio.start_server(echo, '127.0.0.1', 0, ssl=server_context())
    address = server.sockets[0].getsockname()
    reader, writer = await asyncio.open_connection(*address, ssl=client_context(), server_hostname='localhost')
    writer.write(b'hello')
    print(await reader.readexactly(5))
    sent = bytes(range(256)) * 4000
    writer.write(sent)
    print(await reader.readexactly(len(sent)) == sent)
    print(writer.get_extra_info('peercert')['subject'], writer.get_extra_info('ssl_object').version())
    print(writer.can_write_eof(), writer.get_extra_info('cipher')[1], writer.get_extra_info('compression'))
    writer.close()
    await writer.wait_closed()
    for context, host in ((client_context(None), 'localhost'), (client_context(), 'example.org')):
        try:
            await asyncio.open_connection(*address, ssl=context, server_hostname=host)
        except ssl.SSLCertVerificationError as exc:
            print(exc)
    connections = [asyncio.open_connection(*address, ssl=client_context(), server_hostname='localhost') for _ in range(20)]
    streams = await asyncio.gather(*connections)
    for at, (reader, writer) in enumerate(streams):
        writer.write(b'%d' % at)
    print(b' '.join([await reader.read(10) for reader, writer in streams]))
    for reader, writer in streams:
        writer.close()
        await writer.wait_closed()
    server.close()
    await server.wait_closed()


asyncio.run(main())
