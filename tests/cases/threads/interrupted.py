# Signals end what the main thread waits for, be it another thread that will never come.
import os
import signal
import threading
import time

first, second = threading.Lock(), threading.Lock()
both_hold = threading.Barrier(3)


def one():
    with first:
        both_hold.wait()
        with second:
            pass


def interrupt():
    time.sleep(0.02)
    os.kill(os.getpid(), signal.SIGINT)


def interrupt_deadlock():
    both_hold.wait()
    interrupt()


threading.Thread(target=one, daemon=True).start()
threading.Thread(target=interrupt_deadlock, daemon=True).start()
try:
    with second:
        both_hold.wait()
        with first:
            print('never')
except KeyboardInterrupt:
    print('a deadlock, interrupted')

for waits in (threading.Event().wait, threading.Semaphore(0).acquire, threading.Thread(target=first.acquire, daemon=True)):
    if isinstance(waits, threading.Thread):
        held = threading.Lock()
        held.acquire()
        thread = threading.Thread(target=held.acquire, daemon=True)
        thread.start()
        waits = thread.join
    interrupter = threading.Thread(target=interrupt, daemon=True)
    try:
        interrupter.start()
        waits()
    except KeyboardInterrupt:
        print('interrupted')

# A handler runs on the main thread, whoever got the signal.
seen = []
signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(threading.current_thread() is threading.main_thread()))


def send():
    signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)


thread = threading.Thread(target=send)
thread.start()
thread.join()
while not seen:
    time.sleep(0.001)
print(seen)
try:
    thread = threading.Thread(target=lambda: signal.signal(signal.SIGUSR2, signal.SIG_IGN))
    threading.excepthook = lambda args: print(args.exc_value)
    thread.start()
    thread.join()
finally:
    threading.excepthook = threading.__excepthook__
