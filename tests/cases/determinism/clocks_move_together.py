"""Clocks that show time that passes move together, by what is slept; those of the processor are real."""
import asyncio
import datetime
import logging
import sched
import time


def clocks():
    numbers = [time.clock_gettime_ns(clock) for clock in (
        time.CLOCK_REALTIME, time.CLOCK_TAI, time.CLOCK_MONOTONIC, time.CLOCK_MONOTONIC_RAW, time.CLOCK_BOOTTIME)]
    return [time.time_ns(), time.monotonic_ns(), time.perf_counter_ns(), *numbers]


print(time.monotonic(), time.perf_counter(), datetime.datetime.now(datetime.UTC), time.gmtime().tm_wday)
before = clocks()
time.sleep(0.1)
time.sleep(0)
time.sleep(1e-9)
print({after - start for after, start in zip(clocks(), before)})
print(datetime.date.today(), time.strftime('%X'), time.ctime())
print(time.process_time() > 0, time.thread_time() > 0, time.process_time() < 100)
try:
    time.clock_settime(time.CLOCK_REALTIME, 0)
except PermissionError as error:
    print(error)

logging.basicConfig(format='%(asctime)s %(relativeCreated)d %(message)s')
logging.warning('at a fixed time')

scheduler = sched.scheduler()
for delay in (3600, 60, 1800):
    scheduler.enter(delay, 1, lambda: print('scheduled at', time.monotonic_ns()))
scheduler.run()


async def main():
    loop = asyncio.get_running_loop()
    print(loop.time() == time.monotonic())
    # A tenth, ten times over: no rounding adds up.
    start = time.monotonic_ns()
    for _ in range(10):
        await asyncio.sleep(0.1)
    print(time.monotonic_ns() - start)
    loop.call_later(365 * 86400, print, 'a year later')
    await asyncio.sleep(366 * 86400)
    print(datetime.datetime.now())


asyncio.run(main())
