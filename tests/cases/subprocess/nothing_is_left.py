# Descriptors, zombies and memory are flat after many children, whatever becomes of them.
import asyncio
import gc
import os
import subprocess
from subprocess import PIPE


def descriptors():
    return sorted(os.listdir('/proc/self/fd'), key=int)


def memory_kib():
    with open('/proc/self/statm') as file:
        return int(file.read().split()[1]) * (os.sysconf('SC_PAGE_SIZE') // 1024)


async def asynchronous(n):
    for i in range(n):
        child = await asyncio.create_subprocess_exec('cat', stdin=PIPE, stdout=PIPE, stderr=PIPE)
        await child.communicate(b'x')
        try:
            await asyncio.create_subprocess_exec('/no/such', stdin=PIPE, stdout=PIPE)
        except FileNotFoundError:
            pass
        task = asyncio.create_task(asyncio.create_subprocess_exec('sleep', '30', stdin=PIPE, stdout=PIPE))
        for _ in range(i % 12):
            await asyncio.sleep(0)
        task.cancel()
        [result] = await asyncio.gather(task, return_exceptions=True)
        if not isinstance(result, asyncio.CancelledError):
            result.kill()
            await result.wait()


def synchronous(n):
    for i in range(n):
        subprocess.run(['cat'], input=b'x', capture_output=True)
        try:
            subprocess.run(['/no/such'], input=b'x', capture_output=True)
        except FileNotFoundError:
            pass
        with subprocess.Popen(['sleep', '30'], stdin=PIPE) as child:
            child.kill()


def cycles(n):
    synchronous(n)
    asyncio.run(asynchronous(n))
    gc.collect()


cycles(20)
before, memory = descriptors(), memory_kib()
cycles(60)
print(descriptors() == before, memory_kib() - memory < 3000)
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError as error:
    print(error)
