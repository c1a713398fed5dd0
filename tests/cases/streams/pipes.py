# Both ends of a pipe as transports: back-pressure, end, and an end that goes first.
import asyncio
import os


async def open_pipe():
    loop = asyncio.get_running_loop()
    read_end, write_end = os.pipe()
    reader = asyncio.StreamReader()
    reading, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read_end, 'rb', 0))
    writing, protocol = await loop.connect_write_pipe(
        lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()), os.fdopen(write_end, 'wb', 0))
    return reader, reading, asyncio.StreamWriter(writing, protocol, None, loop)


async def main():
    reader, reading, writer = await open_pipe()

    async def fill():
        for number in range(20):
            writer.write(bytes([number]) * 50000)
            await writer.drain()
        print(writer.can_write_eof())
        writer.write_eof()

    filling = asyncio.create_task(fill())
    data = await reader.read()
    await filling
    print(len(data), data == b''.join(bytes([number]) * 50000 for number in range(20)))
    print(reading.is_closing(), writer.is_closing())

    reader, reading, writer = await open_pipe()
    writer.write(b'x' * 1000000)
    reading.close()
    try:
        await writer.drain()
    except BrokenPipeError as exc:
        print(repr(exc))
    try:
        await writer.wait_closed()
    except BrokenPipeError as exc:
        print(repr(exc))
    loop = asyncio.get_running_loop()
    with open(__file__) as file:
        for connect in (loop.connect_read_pipe, loop.connect_write_pipe):
            try:
                await connect(asyncio.Protocol, file)
            except ValueError as exc:
                print(exc)


asyncio.run(main())
