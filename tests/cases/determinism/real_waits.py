"""The clock stands while something outside of the program is waited for, and does not where nobody waits for it."""
import asyncio
import subprocess
import sys
import threading
import time
from asyncio.subprocess import PIPE


def show(*what):
    print(f'{time.monotonic():g}', *what)


ECHO = 'import sys\nfor line in sys.stdin: print(line, end="", flush=True)'
NAP = 'import time; time.sleep(0.05); print("awake")'

show(subprocess.run([sys.executable, '-c', NAP], timeout=1000, capture_output=True).stdout)
show(subprocess.Popen([sys.executable, '-c', NAP], stdout=subprocess.DEVNULL).wait(1000))


async def main():
    loop = asyncio.get_running_loop()
    show(await asyncio.wait_for(asyncio.to_thread(lambda: sum(range(200_000))), 1000))
    async with asyncio.timeout(1000):
        await loop.getaddrinfo('127.0.0.1', 80)
    # A thread that only waits does not hold it.
    event = threading.Event()
    loop.call_later(30, event.set)
    show(await asyncio.to_thread(event.wait))

    echo = await asyncio.create_subprocess_exec(sys.executable, '-c', ECHO, stdin=PIPE, stdout=PIPE)
    for word in b'one\n', b'two\n':
        echo.stdin.write(word)
        async with asyncio.timeout(1000):
            show(await echo.stdout.readline())
        await asyncio.sleep(3600)
    echo.stdin.close()
    show(await asyncio.wait_for(echo.wait(), 1000))

    # This one never answers: the timeout comes in real time, at the earliest.
    sleeper = await asyncio.create_subprocess_exec('sleep', '1000')
    start = time.process_time()
    try:
        await asyncio.wait_for(sleeper.wait(), 0.25)
    except TimeoutError:
        show('timeout')
    sleeper.kill()
    show(await sleeper.wait())


asyncio.run(main())
