# A signal handler may wake a loop that has nothing else to wait for.
import asyncio
import os
import signal


async def main():
    loop, event = asyncio.get_running_loop(), asyncio.Event()
    signal.signal(signal.SIGALRM, lambda *_: loop.call_soon_threadsafe(event.set))
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    return await event.wait()


print(asyncio.run(main()))
signal.signal(signal.SIGALRM, signal.SIG_DFL)


async def interrupted():
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.Event().wait()

try:
    asyncio.run(interrupted())
except KeyboardInterrupt:
    print("KeyboardInterrupt")
