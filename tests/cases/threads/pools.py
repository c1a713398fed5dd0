# Thread pools by themselves and under asyncio.
import asyncio
import contextvars
import threading
import time
from concurrent.futures import (ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, CancelledError, Future, ThreadPoolExecutor,
                                as_completed, wait)

gate = threading.Event()
with ThreadPoolExecutor(2, thread_name_prefix='pool') as pool:
    blocked = [pool.submit(gate.wait) for _ in range(2)]
    while not all(future.running() for future in blocked):
        time.sleep(0)
    waiting = pool.submit(pow, 2, 10)
    print(waiting.cancel(), waiting.cancelled(), waiting.done(), blocked[0].cancel())
    try:
        waiting.result()
    except CancelledError as error:
        print(type(error).__mro__[1].__name__)
    try:
        blocked[0].result(0.001)
    except TimeoutError:
        print('late')
    gate.set()
    print([future.result() for future in blocked])
    print(pool.submit(lambda: threading.current_thread().name.startswith('pool_')).result())
    failed = pool.submit(int, 'x')
    print(repr(failed.exception()))
    print(list(pool.map(lambda a, b: a * b, range(5), range(5))), list(pool.map(str, range(6), buffersize=2)))
    futures = [pool.submit(time.sleep, 0.001 * n) for n in range(3)]
    print(len(list(as_completed(futures))), wait(futures, return_when=ALL_COMPLETED).not_done)
    first = wait([pool.submit(gate.wait), failed], return_when=FIRST_EXCEPTION)
    print(failed in first.done)
    called = []
    pool.submit(abs, -1).add_done_callback(lambda future: called.append(future.result()))
print(called)
try:
    pool.submit(print)
except RuntimeError as error:
    print(error)
for wrong in (lambda: ThreadPoolExecutor(0), lambda: ThreadPoolExecutor(1, initializer=1), lambda: wait([Future()], 0, 'sometime')):
    try:
        wrong()
    except Exception as error:
        print(type(error).__name__, error)
by_hand = Future()
print(by_hand.set_running_or_notify_cancel(), by_hand.running(), by_hand.cancel())
by_hand.set_result(3)
try:
    by_hand.set_result(4)
except Exception as error:
    print(type(error).__name__, str(error).split(':')[0])

variable = contextvars.ContextVar('variable', default='default')


def look():
    return variable.get(), threading.current_thread() is threading.main_thread()


async def ask(number):
    await asyncio.sleep(0.001)
    return number * 2, threading.current_thread() is threading.main_thread()


async def main():
    loop = asyncio.get_running_loop()
    variable.set('task')
    print(await asyncio.to_thread(look), await loop.run_in_executor(None, look))
    print(await asyncio.gather(*(asyncio.to_thread(lambda n=n: (time.sleep(0.001 * (3 - n)), n)[1]) for n in range(3))))
    try:
        await asyncio.to_thread(int, 'x')
    except ValueError as error:
        print(error)
    print(await asyncio.to_thread(lambda: asyncio.run_coroutine_threadsafe(ask(21), loop).result()))
    try:
        await asyncio.wait_for(asyncio.to_thread(gate.wait), 0.01)
    except TimeoutError:
        print('late')
    gate.set()


gate.clear()
asyncio.run(main())

# Loops in threads of their own.
results = []
threads = [threading.Thread(target=lambda n=n: results.append(asyncio.run(ask(n)))) for n in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(results))
