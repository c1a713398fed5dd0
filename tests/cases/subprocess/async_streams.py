# Streams of children: back-pressure, limits, ends that go away.
import asyncio
from asyncio.subprocess import PIPE


async def main():
    # Nothing is read: drain() waits, and the child is not let run on.
    child = await asyncio.create_subprocess_exec('sleep', '30', stdin=PIPE)
    child.stdin.write(b'x' * 1_000_000)
    try:
        await asyncio.wait_for(child.stdin.drain(), 0.02)
    except TimeoutError:
        print('waits', child.stdin.transport.get_write_buffer_size() > 0)
    child.kill()
    try:
        await child.stdin.drain()
    except (BrokenPipeError, ConnectionResetError):
        print('broken')
    print(await child.wait())
    # Endless output that nobody reads does not fill the memory.
    child = await asyncio.create_subprocess_exec('yes', stdout=PIPE, limit=1000)
    await asyncio.sleep(0.05)
    print(len(child.stdout._buffer) < 300_000, await child.stdout.readline())
    child.kill()
    print(await child.wait())
    child = await asyncio.create_subprocess_shell('echo 0123456789; echo b', stdout=PIPE, limit=5)
    try:
        await child.stdout.readline()
    except ValueError as error:
        print(error)
    print([line async for line in child.stdout], await child.wait())
    data = bytes(range(256)) * 8000
    child = await asyncio.create_subprocess_exec('tee', '/dev/stderr', stdin=PIPE, stdout=PIPE, stderr=PIPE)
    out, err = await child.communicate(data)
    print(out == data, err == data)
    # One that reads nothing and ends: communicate() says nothing of it.
    child = await asyncio.create_subprocess_exec('true', stdin=PIPE, stdout=PIPE)
    print(await child.communicate(data), child.returncode)
    child = await asyncio.create_subprocess_exec('cat', stdin=PIPE, stdout=PIPE)
    for word in (b'one\n', b'two\n'):
        child.stdin.write(word)
        await child.stdin.drain()
        print(await child.stdout.readline())
    child.stdin.close()
    await child.stdin.wait_closed()
    print(child.stdin.is_closing(), await child.stdout.read(), await child.wait())


asyncio.run(main())
