# Sending files: by the system, and by reading and writing where that cannot.
import asyncio
import io
import tempfile


async def main():
    loop = asyncio.get_running_loop()
    received = asyncio.Queue()

    async def collect(reader, writer):
        received.put_nowait(await reader.read())
        writer.close()

    server = await asyncio.start_server(collect, '127.0.0.1', 0)
    content = bytes(range(256)) * 5000
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        for offset, count in ((0, None), (1000, None), (100, 50000), (2000000, None)):
            for source in (file, io.BytesIO(content)):
                _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
                writer.write(b'head')
                sent = await loop.sendfile(writer.transport, source, offset, count)
                writer.write(b'tail')
                writer.close()
                expected = b'head' + content[offset:][:count] + b'tail'
                print(sent, await received.get() == expected, source.tell())
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for arguments in ((file, -1), (file, 0, 0), (file, 0, 1.5), (file, 1.5), (open(__file__), 0)):
            try:
                await loop.sendfile(writer.transport, *arguments)
            except (ValueError, TypeError) as exc:
                print(type(exc).__name__, exc)
        try:
            await loop.sendfile(writer.transport, io.BytesIO(b'x'), fallback=False)
        except asyncio.SendfileNotAvailableError as exc:
            print(exc)
        writer.close()
        try:
            await loop.sendfile(writer.transport, file)
        except RuntimeError as exc:
            print(exc)
        await writer.wait_closed()
    server.close()


asyncio.run(main())
