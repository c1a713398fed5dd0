# The limit of descriptors is reached somewhere on the way: OSError, no descriptor and no child stay behind.
import asyncio
import errno
import gc
import os
import resource
from asyncio.subprocess import PIPE

LIMIT = 40


def n_open():
    n = 0
    for fd in range(LIMIT):
        try:
            os.fstat(fd)
        except OSError:
            continue
        n += 1
    return n


async def main():
    # What is made once.
    await (await asyncio.create_subprocess_exec('true')).wait()
    resource.setrlimit(resource.RLIMIT_NOFILE, (LIMIT, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    held = []
    try:
        while True:
            held.append(os.dup(0))
    except OSError as error:
        print(error.errno == errno.EMFILE)
    for free in range(11):
        before = n_open()
        try:
            child = await asyncio.create_subprocess_exec('cat', stdin=PIPE, stdout=PIPE, stderr=PIPE)
            print(free, await child.communicate(b'x'))
            del child
        except OSError as error:
            print(free, error)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        gc.collect()
        if n_open() != before:
            print('left behind', n_open() - before)
        os.close(held.pop())
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError as error:
        print(error)


asyncio.run(main())
