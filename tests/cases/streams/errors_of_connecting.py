# Nobody listens, a port is taken, a name means nothing, arguments contradict each other.
import asyncio
import socket


async def attempt(awaitable):
    try:
        print(await awaitable)
    except Exception as exc:
        print(type(exc).__name__, exc)


async def main():
    loop = asyncio.get_running_loop()
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        port = taken.getsockname()[1]
        try:
            await asyncio.open_connection('127.0.0.1', port)
        except ConnectionRefusedError as exc:
            print(exc.errno, str(exc).replace(str(port), 'PORT'))
        try:
            await loop.create_connection(asyncio.Protocol, '127.0.0.1', port, all_errors=True)
        except ExceptionGroup as group:
            print(group.message, [type(exc).__name__ for exc in group.exceptions])
        taken.listen()
        try:
            await asyncio.start_server(print, '127.0.0.1', port, reuse_address=False)
        except OSError as exc:
            print(exc.errno, str(exc).replace(str(port), 'PORT'))
        udp = socket.socket(type=socket.SOCK_DGRAM)
        try:
            await loop.create_connection(asyncio.Protocol, sock=udp)
        except ValueError as exc:
            print(str(exc).split(' fd=')[0])
        await attempt(loop.create_server(asyncio.Protocol, '127.0.0.1', 0, sock=taken))
        udp.close()
    for arguments in (
            {}, {'host': 'x', 'port': 1, 'sock': 1}, {'host': '127.0.0.1', 'port': 1, 'server_hostname': 'x'},
            {'ssl': True}, {'host': 'x', 'ssl_handshake_timeout': 1}, {'host': 'x', 'ssl_shutdown_timeout': 1}):
        await attempt(loop.create_connection(asyncio.Protocol, **arguments))
    for arguments in ({}, {'port': 0, 'ssl': True}, {'port': 0, 'ssl_handshake_timeout': 1},
                      {'port': 0, 'ssl_shutdown_timeout': 1}):
        await attempt(loop.create_server(asyncio.Protocol, **arguments))
    await attempt(loop.create_unix_connection(asyncio.Protocol))
    await attempt(loop.create_unix_connection(asyncio.Protocol, '/nowhere/at/all'))
    await attempt(loop.create_unix_connection(asyncio.Protocol, '/x', sock=1))
    await attempt(loop.create_unix_connection(asyncio.Protocol, '/x', server_hostname='x'))
    await attempt(loop.create_unix_server(asyncio.Protocol))
    await attempt(loop.create_unix_server(asyncio.Protocol, '/nowhere/at/all'))
    await attempt(loop.create_unix_server(asyncio.Protocol, '/x', ssl=True))
    await attempt(loop.create_datagram_endpoint(asyncio.DatagramProtocol))
    await attempt(loop.create_datagram_endpoint(asyncio.DatagramProtocol, local_addr='x'))
    await attempt(loop.create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=b'x', family=socket.AF_UNIX))
    await attempt(loop.create_connection(asyncio.Protocol, '127.0.0.1', 1, local_addr=('::1', 0), family=socket.AF_INET6))


asyncio.run(main())
