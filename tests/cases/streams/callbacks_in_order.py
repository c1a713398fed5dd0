# In which turn a transport calls what.
import asyncio
import socket

turn = 0


class Protocol(asyncio.Protocol):
    def __init__(self, name):
        self.name = name

    def say(self, *what):
        print(turn, self.name, *what)

    def connection_made(self, transport):
        self.transport = transport
        self.say('made')

    def data_received(self, data):
        self.say('received', data)

    def eof_received(self):
        self.say('eof')

    def connection_lost(self, exc):
        self.say('lost', exc)


def count():
    global turn
    turn += 1
    asyncio.get_running_loop().call_soon(count)


async def main():
    loop = asyncio.get_running_loop()
    left, right = socket.socketpair()
    count()
    _, one = await loop.create_connection(lambda: Protocol('one'), sock=left)
    print(turn, 'connected')
    _, two = await loop.connect_accepted_socket(lambda: Protocol('two'), right)
    print(turn, 'connected')
    one.transport.write(b'hello')
    two.transport.write(b'hello back')
    print(turn, 'written')
    await asyncio.sleep(0)
    print(turn, 'slept')
    await asyncio.sleep(0)
    one.transport.pause_reading()
    two.transport.write(b'more')
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    one.transport.resume_reading()
    print(turn, 'resumed')
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    one.transport.close()
    print(turn, 'closed')
    for _ in range(5):
        await asyncio.sleep(0)
        print(turn, one.transport.is_closing(), two.transport.is_closing())


asyncio.run(main())
