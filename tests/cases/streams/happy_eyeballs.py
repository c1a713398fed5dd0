# Attempts that start one after the other: who wins, what becomes of the others, and what the failures say.
import asyncio
from asyncio.staggered import staggered_race


async def attempt(name, seconds, error=None):
    print(name, 'starts')
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        print(name, 'cancelled')
        raise
    if error is not None:
        raise error
    return name


async def main():
    loop = asyncio.get_running_loop()
    print(await staggered_race([lambda: attempt('slow', 10), lambda: attempt('quick', 0)], 0.001))
    print(await staggered_race([lambda: attempt('bad', 0, OSError('no')), lambda: attempt('good', 0)], 10))
    print(await staggered_race([lambda: attempt('bad', 0, OSError('no')), lambda: attempt('worse', 0, OSError('nor'))], None))
    print(await staggered_race([], None))
    race = asyncio.create_task(staggered_race([lambda: attempt('slow', 10)], None))
    await asyncio.sleep(0.01)
    race.cancel('enough')
    try:
        await race
    except asyncio.CancelledError as exc:
        print(repr(exc))
    server = await asyncio.start_server(lambda reader, writer: writer.close(), '127.0.0.1', 0)
    address = server.sockets[0].getsockname()
    asked = []

    async def getaddrinfo(host, port, **arguments):
        asked.append((host, sorted(arguments)))
        return [(10, 1, 6, '', ('::1', port, 0, 0)), (10, 1, 6, '', ('::1', port + 0, 0, 0)), (2, 1, 6, '', address)]

    loop.getaddrinfo = getaddrinfo
    for arguments in ({}, {'happy_eyeballs_delay': 0.25}, {'interleave': 1}, {'local_addr': ('127.0.0.1', 0)}):
        transport, _ = await loop.create_connection(asyncio.Protocol, 'name', address[1], **arguments)
        print(transport.get_extra_info('peername') == address)
        transport.close()
    print(asked[0])
    server.close()
    try:
        await loop.create_connection(asyncio.Protocol, 'name', 1, happy_eyeballs_delay=0.25)
    except OSError as exc:
        print(type(exc).__name__)


asyncio.run(main())
print(asyncio.base_events._interleave_addrinfos([(4, 1), (4, 2), (4, 3), (6, 1), (6, 2)]))
print(asyncio.base_events._interleave_addrinfos([(4, 1), (4, 2), (4, 3), (6, 1), (6, 2)], 2))
