# A loop asks the selector it was given, and no other.
import asyncio
import selectors
import socket


class Selector(selectors.SelectSelector):
    selected = registered = 0

    def register(self, *args):
        Selector.registered += 1
        return super().register(*args)

    def select(self, timeout=None):
        Selector.selected += 1
        return super().select(timeout)

    def close(self):
        print('closed')
        super().close()


async def main():
    loop = asyncio.get_running_loop()
    left, right = socket.socketpair()
    right.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=left)
    loop.call_later(0.001, right.send, b'hello')
    print(await reader.read(100))
    writer.write(b'back')
    print(await loop.sock_recv(right, 100))
    before = Selector.selected
    await asyncio.sleep(0)
    print(Selector.selected - before, Selector.registered > 1)
    writer.close()
    await writer.wait_closed()
    right.close()


selector = Selector()
with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
    print(runner.get_loop()._selector is selector)
    runner.run(main())
print(runner._loop)
