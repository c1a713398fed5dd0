"""Clocks, the calendar, and the words of their errors."""

import time


def show(source):
    try:
        result = repr(eval(source))
    except Exception as error:
        result = f"{type(error).__name__}: {error}"
    print(source, "->", result)


for source in r"""
time.sleep(-1)
time.sleep('a')
time.sleep(float('nan'))
time.sleep(1e30)
time.sleep(10**30)
time.sleep(None)
time.sleep()
time.sleep(1,2)
time.gmtime('a')
time.gmtime(1e30)
time.gmtime(10**12*1000000)
time.gmtime(float('inf'))
time.gmtime(0)
time.gmtime(-1.5)
time.gmtime(None)[:0]
time.localtime(0)
time.mktime(5)
time.mktime((1,2,3))
time.mktime((1970,1,1,0,0,0,0,0,0))
time.mktime((1970,1,1,0,0,0,0,0,'a'))
time.mktime((10**20,1,1,0,0,0,0,0,0))
time.mktime((10**9,1,1,0,0,0,0,0,0))
time.mktime((1970,13,40,25,61,61,0,0,0))
time.asctime((2000,1,1,0,0,0,0,1,0))
time.asctime((2000,13,1,0,0,0,0,1,0))
time.asctime((2000,1,32,0,0,0,0,1,0))
time.asctime((2000,1,1,24,0,0,0,1,0))
time.asctime((2000,1,1,0,60,0,0,1,0))
time.asctime((2000,1,1,0,0,62,0,1,0))
time.asctime((2000,1,1,0,0,0,-2,1,0))
time.asctime((2000,1,1,0,0,0,0,367,0))
time.asctime((2000,0,0,0,0,0,9,0,0))
time.asctime(1)
time.asctime([1]*9)
time.ctime(0)
time.ctime('a')
time.strftime('%Y-%m-%d', (2000,1,1,0,0,0,0,1,0))
time.strftime(b'a')
time.strftime('')
time.strftime('%c %x %X %p %Z %z %j %U %W %V %u %w %%', time.gmtime(0))
time.strftime('%Y', 5)
time.strftime('a\0b%Y', time.gmtime(0))
time.strftime('\ud800%Y', time.gmtime(0))
time.strftime('%Y',(2000,13,1,0,0,0,0,1,0))
time.get_clock_info('monotonic')
time.get_clock_info('time')
time.get_clock_info('perf_counter')
time.get_clock_info('process_time')
time.get_clock_info('thread_time')
time.get_clock_info('x')
time.get_clock_info(1)
time.struct_time((1,2,3))
time.struct_time(range(9))
time.struct_time(range(11)).tm_zone
time.struct_time(range(12))
time.struct_time(1)
time.strptime('2000','%Y')
time.strptime('x','%Y')
time.clock_gettime(99)
time.clock_gettime(time.CLOCK_REALTIME)>1
time.clock_getres(1)
time.clock_gettime_ns(1)>1
time.tzname
time.timezone
time.altzone
time.daylight
time.tzset()
time.time_ns()>1
time.struct_time.__match_args__
time.struct_time.n_fields
time.CLOCK_TAI
time.asctime((2000,1,1,0,0,0,0,1))
time.asctime((2000,1,1,0,0,0,0,1,5.5))
time.mktime((2000,1.5,1,0,0,0,0,1,5))
""".strip().splitlines():
    show(source)
