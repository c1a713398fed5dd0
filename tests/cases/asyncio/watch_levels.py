# Callbacks of descriptors are called in every turn in which the descriptor is ready.
import asyncio
import os


async def turns(n):
    for _ in range(n):
        await asyncio.sleep(0)


async def partial_reads():
    loop = asyncio.get_running_loop()
    r, w = os.pipe()
    seen = []
    loop.add_reader(r, lambda: seen.append(os.read(r, 4)))
    os.write(w, b"one two three")
    await turns(8)
    print("partial", seen)
    os.write(w, b"four")
    await turns(4)
    print("again", seen[-1], len(seen))
    print(loop.remove_reader(r), loop.remove_reader(r))
    os.close(r)
    os.close(w)


async def unread():
    # What is not read stays ready.
    loop = asyncio.get_running_loop()
    r, w = os.pipe()
    calls = 0

    def on_readable(tag):
        nonlocal calls
        calls += 1
        if calls == 5:
            print("unread", tag, os.read(r, 100))
            loop.remove_reader(r)

    os.write(w, b"x")
    loop.add_reader(r, on_readable, "tag")
    await turns(12)
    print("calls", calls)
    os.close(r)
    os.close(w)


async def paused():
    # Readiness from before somebody watched again.
    loop = asyncio.get_running_loop()
    r, w = os.pipe()
    seen = []
    loop.add_reader(r, lambda: seen.append(("first", os.read(r, 1))))
    os.write(w, b"abc")
    await turns(2)
    loop.remove_reader(r)
    n = len(seen)
    await turns(3)
    print("quiet while nobody watches", len(seen) == n)
    loop.add_reader(r, lambda: seen.append(("second", os.read(r, 1))))
    await turns(4)
    print(b"".join(data for _, data in seen), seen[-1][0])
    loop.remove_reader(r)
    os.close(r)
    os.close(w)


async def replaced():
    loop = asyncio.get_running_loop()
    r, w = os.pipe()
    seen = []
    loop.add_reader(r, seen.append, "old")
    os.write(w, b"x")
    loop.add_reader(r, lambda: (seen.append("new"), os.read(r, 1)))
    await turns(3)
    print(seen)
    loop.remove_reader(r)
    os.close(r)
    os.close(w)


async def end():
    # The end of a stream is ready for ever.
    loop = asyncio.get_running_loop()
    r, w = os.pipe()
    seen = []

    def on_readable():
        seen.append(os.read(r, 10))
        if len(seen) == 3:
            loop.remove_reader(r)

    loop.add_reader(r, on_readable)
    os.write(w, b"last")
    os.close(w)
    await turns(8)
    print("end", seen)
    os.close(r)


async def writer_of_closed():
    loop = asyncio.get_running_loop()
    r, w = os.pipe()
    os.set_blocking(w, False)
    done = loop.create_future()

    def on_writable():
        try:
            os.write(w, b"x" * 65536)
        except BlockingIOError:
            return
        except BrokenPipeError as error:
            loop.remove_writer(w)
            done.set_result(type(error).__name__)

    loop.add_writer(w, on_writable)
    await turns(3)
    os.close(r)
    print("writer", await done)
    os.close(w)


async def both():
    import socket
    loop = asyncio.get_running_loop()
    a, b = socket.socketpair()
    a.setblocking(False)
    order = []

    def readable():
        order.append("r")
        a.recv(10)

    def writable():
        order.append("w")
        if order.count("w") == 2:
            loop.remove_writer(a)

    b.send(b"x")
    loop.add_writer(a, writable)
    loop.add_reader(a, readable)
    await turns(5)
    print("both", order)
    # While only reading is watched, and data is left, nothing forgets that writing is possible.
    b.send(b"abc")
    loop.add_reader(a, lambda: a.recv(1))
    await turns(6)
    loop.add_writer(a, order.append, "again")
    await turns(3)
    loop.remove_writer(a)
    print("again" in order)
    loop.remove_reader(a)
    a.close()
    b.close()


async def errors():
    loop = asyncio.get_running_loop()
    for bad in (-1, "x", 1.5, 999):
        try:
            loop.add_reader(bad, print)
        except Exception as error:
            print(type(error).__name__, error)
    with open(__file__) as file:
        try:
            loop.add_reader(file, print)
        except Exception as error:
            print(type(error).__name__, error)
    print(loop.remove_writer(998))


async def main():
    await partial_reads()
    await unread()
    await paused()
    await replaced()
    await end()
    await writer_of_closed()
    await both()
    await errors()


asyncio.run(main())
