# Children at the end of their loop: who is dropped is killed, what ended is no zombie, and only what is left open is warned of.
import asyncio
import gc
import os
import re
import time
import warnings
from asyncio.subprocess import PIPE


def run(main):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        kept = asyncio.run(main())
        del kept
        gc.collect()
    # Files of the pipes may be finalised before or after their transports.
    words = [str(one.message) for one in caught if one.category is ResourceWarning]
    print(sorted(re.sub(r'\d+', 'N', text) for text in words if 'file' not in text))


async def all_done():
    child = await asyncio.create_subprocess_exec('cat', stdin=PIPE, stdout=PIPE)
    await child.communicate()
    child = await asyncio.create_subprocess_exec('true')
    await child.wait()
    return child


async def ended_unseen():
    child = await asyncio.create_subprocess_exec('sleep', '30')
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)


async def left_running():
    global pid
    child = await asyncio.create_subprocess_exec('sleep', '30', stdout=PIPE)
    pid = child.pid
    return child


run(all_done)
run(ended_unseen)
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError as error:
    print(error)
run(left_running)


def is_alive():
    try:
        with open(f'/proc/{pid}/stat') as file:
            return file.read().split()[2] != 'Z'
    except FileNotFoundError:
        return False


for _ in range(1000):
    if not is_alive():
        break
    time.sleep(0.002)
print(is_alive())
