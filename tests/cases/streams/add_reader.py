# Callbacks for descriptors: levels, replacement, removal, and what is refused.
import asyncio
import os
import socket


async def main():
    loop = asyncio.get_running_loop()
    left, right = socket.socketpair()
    left.setblocking(False)
    calls = []
    print(loop.add_reader(left, calls.append, 'readable'), loop.add_writer(left.fileno(), calls.append, 'writable'))
    for _ in range(3):
        await asyncio.sleep(0)
    print(calls, loop.remove_writer(left), loop.remove_writer(left))
    calls.clear()
    right.send(b'unread')
    for _ in range(4):
        await asyncio.sleep(0)
    print(calls)
    loop.add_reader(left, lambda: calls.append(left.recv(100)))
    for _ in range(4):
        await asyncio.sleep(0)
    print(calls[-1], len(calls))
    right.close()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print(calls[-1], loop.remove_reader(left), loop.remove_reader(left))
    for bad in ('text', -1, 3.5, None, 10 ** 6):
        try:
            loop.add_reader(bad, print)
        except (ValueError, OSError, TypeError) as exc:
            print(type(exc).__name__, exc)
    with open(__file__) as file:
        try:
            loop.add_reader(file, print)
        except PermissionError as exc:
            print(exc)
    transport, _ = await loop.create_connection(asyncio.Protocol, sock=left)
    for method in (loop.add_reader, loop.add_writer):
        try:
            method(left, print)
        except RuntimeError as exc:
            print(str(exc).split('>')[0].split(' fd=')[0], 'is used by transport' in str(exc))
    for method in (loop.remove_reader, loop.remove_writer):
        try:
            method(left)
        except RuntimeError as exc:
            print('is used by transport' in str(exc))
    transport.close()


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
print(loop.remove_reader(0))
try:
    loop.add_reader(0, print)
except RuntimeError as exc:
    print(exc)
