"""Transports, streams and children work in whichever order tasks run."""
import asyncio
import sys
from asyncio.subprocess import PIPE

CODE = 'import sys\nsys.stdout.write(sys.stdin.read()[::-1])\nprint("error", file=sys.stderr)'


async def child(number):
    process = await asyncio.create_subprocess_exec(sys.executable, '-c', CODE, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    out, error = await process.communicate(f'{number}:'.encode() + b'x' * 100_000)
    return len(out), out[-2:], error, process.returncode


async def main():
    async def serve(reader, writer):
        async for line in reader:
            writer.write(line)
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def client(number):
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        lines = [f'{number} {line}\n'.encode() for line in range(20)]
        writer.writelines(lines)
        writer.write_eof()
        assert await reader.read() == b''.join(lines)
        writer.close()
        await writer.wait_closed()
        return number

    async with await asyncio.start_server(serve, '127.0.0.1', 0) as server:
        print(await asyncio.gather(*map(client, range(10))))
    print(await asyncio.gather(*map(child, range(3))))
    loop = asyncio.get_running_loop()
    print(await asyncio.gather(*(loop.run_in_executor(None, pow, 2, number) for number in range(5))))


asyncio.run(main())
