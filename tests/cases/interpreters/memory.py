# A closed interpreter leaves nothing behind, whatever it did.
from concurrent import interpreters

CODE = '''
import asyncio, enum, functools, json, re, threading

class Cyclic:
    def __init__(self):
        self.me = self
    def __del__(self):
        pass

async def fails():
    raise ValueError

async def main():
    await asyncio.gather(*[asyncio.create_task(fails()) for _ in range(3)], return_exceptions=True)

cyclic = [Cyclic() for _ in range(10)]
asyncio.run(main())
try:
    1 / 0
except Exception as error:
    saved = error
'''


def resident_kib():
    with open('/proc/self/status') as status:
        return next(int(line.split()[1]) for line in status if line.startswith('VmRSS'))


def use(times):
    for _ in range(times):
        interpreter = interpreters.create()
        interpreter.exec(CODE)
        interpreter.close()


use(10)
before = resident_kib()
use(60)
# The allocator keeps some by chance; the builtin classes of one alone would be more than twice as much.
print((resident_kib() - before) / 60 < 200)
