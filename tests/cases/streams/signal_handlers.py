# Signal handlers of the loop: when they run, and what is put back.
import asyncio
import os
import signal


async def main():
    loop = asyncio.get_running_loop()
    calls = []
    loop.add_signal_handler(signal.SIGUSR1, calls.append, 'one')
    os.kill(os.getpid(), signal.SIGUSR1)
    loop.call_soon(calls.append, 'soon')
    for _ in range(3):
        await asyncio.sleep(0)
        print(calls)
    loop.add_signal_handler(signal.SIGUSR1, calls.append, 'two')
    loop.add_signal_handler(signal.SIGINT, calls.append, 'interrupt')
    for number in (signal.SIGUSR1, signal.SIGINT):
        os.kill(os.getpid(), number)
    await asyncio.sleep(0.01)
    print(calls)
    print(loop.remove_signal_handler(signal.SIGINT), loop.remove_signal_handler(signal.SIGINT))
    print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
    for bad, callback in ((signal.SIGKILL, print), (99, print), ('x', print), (signal.SIGUSR1, main)):
        try:
            loop.add_signal_handler(bad, callback)
        except (RuntimeError, ValueError, TypeError) as exc:
            print(type(exc).__name__, exc)
    # A callback that ends the wait of a sleeping program.
    done = asyncio.Event()
    loop.add_signal_handler(signal.SIGALRM, done.set)
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    await done.wait()
    print('woken')


asyncio.run(main())
print(signal.getsignal(signal.SIGUSR1), signal.getsignal(signal.SIGALRM))
