# A reader with twice its limit pauses the transport, and resumes it when it has no more than the limit.
import asyncio


class Transport(asyncio.Transport):
    def pause_reading(self):
        print('paused')

    def resume_reading(self):
        print('resumed')


async def main():
    reader = asyncio.StreamReader(limit=4)
    reader.set_transport(Transport())
    try:
        reader.set_transport(Transport())
    except AssertionError as exc:
        print(exc)
    reader.feed_data(b'12345678')
    reader.feed_data(b'9')
    reader.feed_data(b'0')
    print(await reader.read(5))
    print(await reader.read(1))
    reader.feed_data(b'abcdefghi\n')
    # More than the limit is wanted: it resumes at once.
    task = asyncio.create_task(reader.readexactly(20))
    await asyncio.sleep(0)
    reader.feed_data(b'x' * 20)
    print(await task)
    rest = asyncio.create_task(reader.read())
    await asyncio.sleep(0)
    reader.feed_eof()
    print(await rest)
    unpaused = asyncio.StreamReader(limit=1)
    unpaused.set_transport(asyncio.Transport())
    unpaused.feed_data(b'abc')
    print(unpaused)


asyncio.run(main())
