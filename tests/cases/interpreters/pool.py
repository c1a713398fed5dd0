# A pool of interpreters, by itself and under asyncio.
import asyncio
import os
import threading
from concurrent import interpreters
from concurrent.futures import BrokenExecutor, InterpreterPoolExecutor


def double(n):
    return n * 2


def fail(text):
    raise ValueError(text)


def mark(value):
    import builtins
    builtins.mark = value


def marked():
    import builtins
    return builtins.mark


def process():
    import os
    return os.getpid()


async def main():
    loop = asyncio.get_running_loop()
    with InterpreterPoolExecutor(2) as pool:
        print(await asyncio.gather(*(loop.run_in_executor(pool, pow, 2, n) for n in range(6))))
        try:
            await loop.run_in_executor(pool, fail, 'awaited')
        except ValueError as error:
            print(repr(error))


if __name__ == '__main__':
    with InterpreterPoolExecutor(2) as pool:
        print(list(pool.map(double, range(6))), pool.submit(process).result() == os.getpid())
        future = pool.submit(fail, 'wrong')
        error = future.exception()
        print(repr(error), type(error.__cause__).__name__, error.__cause__.excinfo.errdisplay.splitlines()[0])
        for bad in (open(__file__), lambda: pool):
            try:
                pool.submit(print, bad).result()
            except interpreters.NotShareableError as error:
                print('not shareable', type(error.__cause__).__name__)
        try:
            pool.submit(open, __file__).result()
        except interpreters.NotShareableError as error:
            print(error)
        try:
            pool.submit('print(1)')
        except TypeError as error:
            print(error)
    with InterpreterPoolExecutor(1, initializer=mark, initargs=('set',)) as pool:
        print(pool.submit(marked).result())
    with InterpreterPoolExecutor(1, initializer=int, initargs=('x',)) as pool:
        try:
            pool.submit(double, 1).result()
        except BrokenExecutor as error:
            print(type(error).__name__, error)
    for wrong in (lambda: InterpreterPoolExecutor(0), lambda: InterpreterPoolExecutor(1, initializer='x')):
        try:
            wrong()
        except Exception as error:
            print(type(error).__name__, error)
    asyncio.run(main())
    print(interpreters.list_all(), threading.active_count())
