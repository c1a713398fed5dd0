# Servers with a path: the file goes with the server, unless another one has taken its place.
import asyncio
import os
import socket
import tempfile


async def serve(reader, writer):
    writer.write((await reader.readline())[::-1])
    writer.close()


async def ask(path):
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b'abc\n')
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def main():
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, 'socket')
    async with await asyncio.start_unix_server(serve, path):
        print(await ask(path), os.listdir(folder))
    print(os.listdir(folder))
    first = await asyncio.start_unix_server(serve, path)
    second = await asyncio.start_unix_server(serve, path, cleanup_socket=False)
    first.close()
    print(await ask(path), os.listdir(folder))
    second.close()
    print(os.listdir(folder))
    try:
        await ask(path)
    except ConnectionRefusedError as exc:
        print(exc.errno)
    with open(os.path.join(folder, 'file'), 'w') as file:
        try:
            await asyncio.start_unix_server(serve, file.name)
        except OSError as exc:
            print(exc.errno, str(exc).replace(folder, '...'))
    abstract = f'\0{folder}'
    async with await asyncio.start_unix_server(serve, abstract) as server:
        print(await ask(abstract), server.sockets[0].family)
    left, right = socket.socketpair()
    reader, writer = await asyncio.open_unix_connection(sock=left)
    right.send(b'pair')
    right.close()
    print(await reader.read())
    writer.close()
    for name in os.listdir(folder):
        os.remove(os.path.join(folder, name))
    os.rmdir(folder)


asyncio.run(main())
