# A server that sends back what it gets, line by line, and clients of all kinds.
import asyncio


async def echo(reader, writer):
    async for line in reader:
        writer.write(line.upper())
        await writer.drain()
    writer.writelines([b'', b'end ', bytearray(b'of '), memoryview(b'stream')])
    writer.close()
    await writer.wait_closed()


async def one_byte_at_a_time(port):
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    for byte in b'slow line\nand an end without one':
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0)
    print(writer.can_write_eof(), writer.is_closing())
    writer.write_eof()
    print(await reader.read())
    print(reader.at_eof(), writer.is_closing())
    writer.close()
    await writer.wait_closed()
    print(writer.is_closing())


async def main():
    server = await asyncio.start_server(echo, '127.0.0.1', 0)
    address = server.sockets[0].getsockname()
    print(server.is_serving(), address[0], len(server.sockets))
    async with server:
        await one_byte_at_a_time(address[1])
        reader, writer = await asyncio.open_connection(*address, limit=1000)
        print(writer.get_extra_info('peername') == address, writer.get_extra_info('nothing', 'default'))
        sent = [b'%d ' % number * 100 + b'\n' for number in range(300)]
        writer.writelines(sent)
        writer.write_eof()
        print([await reader.readline() for _ in sent] == [line.upper() for line in sent], await reader.read())
        writer.close()
        await writer.wait_closed()
        try:
            writer.write(b'too late')
            await writer.drain()
        except (RuntimeError, ConnectionResetError) as exc:
            print(repr(exc))
    print(server.is_serving(), server.sockets)


asyncio.run(main())
