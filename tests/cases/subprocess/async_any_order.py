# Whatever order is drawn for what is ready, a child's streams are there once it is started, and its output is whole.
import asyncio
from asyncio.subprocess import PIPE


async def echo(number):
    child = await asyncio.create_subprocess_exec("cat", stdin=PIPE, stdout=PIPE)
    output, _ = await child.communicate(b"%d\n" % number * 1000)
    return output.count(b"%d\n" % number), child.returncode


async def main():
    for _ in range(5):
        print(await asyncio.gather(*(echo(number) for number in range(4))))


asyncio.run(main())
