# What a reader gives for what it was fed, and what it says of itself.
import asyncio


async def attempt(coroutine):
    try:
        print(await coroutine)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, RuntimeError, OSError) as exc:
        print(repr(exc), getattr(exc, 'partial', ''), getattr(exc, 'expected', ''), getattr(exc, 'consumed', ''))


async def main():
    reader = asyncio.StreamReader(limit=8)
    reader.feed_data(b'one\ntwo;three--four-five')
    print(reader)
    await attempt(reader.readline())
    await attempt(reader.readuntil((b'--', b';')))
    await attempt(reader.readuntil((b'-', b'--')))
    await attempt(reader.readuntil(b'-four-'))
    for bad in (b'', (), (b'x', b'')):
        await attempt(reader.readuntil(bad))
    await attempt(reader.readexactly(-1))
    await attempt(reader.readexactly(0))
    await attempt(reader.read(0))
    await attempt(reader.readexactly(2))
    waiting = asyncio.create_task(reader.readexactly(3))
    await asyncio.sleep(0)
    reader.feed_data(b'')
    await asyncio.sleep(0)
    for method in (reader.read, reader.readline):
        print(waiting.done())
    reader.feed_data(b'+')
    await attempt(waiting)
    print(reader, reader.at_eof())
    reader.feed_data(b'toolongaline' * 2)
    await attempt(reader.readuntil(b'\r\n'))
    await attempt(reader.readline())
    reader.feed_data(b'toolongaline\nok\nrest')
    await attempt(reader.readuntil())
    await attempt(reader.readline())
    await attempt(reader.readline())
    reader.feed_eof()
    await attempt(reader.readuntil(b'\n'))
    print(reader, reader.at_eof())
    await attempt(reader.read())
    await attempt(reader.readline())
    await attempt(reader.readexactly(1))
    reader.set_exception(ConnectionResetError('gone'))
    print(reader, reader.exception())
    for coroutine in (reader.read(), reader.readline(), reader.readexactly(1), reader.readuntil()):
        await attempt(coroutine)
    try:
        reader.feed_data(b'x')
    except AssertionError as exc:
        print(exc)
    for limit in (0, -1):
        try:
            asyncio.StreamReader(limit=limit)
        except ValueError as exc:
            print(exc)


async def waiters():
    reader = asyncio.StreamReader()
    first = asyncio.create_task(reader.read(1))
    await asyncio.sleep(0)
    await attempt(reader.readline())
    first.cancel()
    await asyncio.sleep(0)
    reader.feed_data(b'ab\ncd')
    await attempt(reader.read(1))
    reader.feed_eof()
    print([line async for line in reader])
    failing = asyncio.StreamReader()
    first = asyncio.create_task(failing.read())
    await asyncio.sleep(0)
    failing.set_exception(OSError('lost'))
    await attempt(first)


asyncio.run(main())
asyncio.run(waiters())
