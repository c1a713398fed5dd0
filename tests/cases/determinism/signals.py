"""Timers of the system are real, and their signals come wherever a program is."""
import asyncio
import select
import signal
import threading
import time


class Alarm(Exception):
    pass


def ring(*_):
    raise Alarm


def until_alarm(wait):
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        while True:
            wait()
    except Alarm:
        print('alarm')


async def naps():
    asyncio.get_running_loop().add_signal_handler(signal.SIGALRM, asyncio.current_task().cancel)
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    try:
        while True:
            await asyncio.sleep(1)
    except asyncio.CancelledError:
        print('cancelled')


signal.signal(signal.SIGALRM, ring)
until_alarm(lambda: time.sleep(1))
until_alarm(lambda: select.select([], [], [], 1))
asyncio.run(naps())
signal.signal(signal.SIGALRM, ring)
# A lock nobody gives back: an event's own code could be interrupted anywhere, and be left in a muddle.
held = threading.Lock()
held.acquire()
until_alarm(held.acquire)
until_alarm(lambda: held.acquire(timeout=1))
threading.Thread(target=lambda: [time.sleep(3) for _ in iter(int, 1)], daemon=True).start()
until_alarm(lambda: time.sleep(1))
until_alarm(held.acquire)
asyncio.run(naps())
print(time.monotonic() == int(time.monotonic()), time.monotonic() > 100)
