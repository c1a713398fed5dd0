"""Threads that sleep, park or wait for descriptors share the clock, which moves when all of them wait."""
import queue
import select
import socket
import threading
import time


def show(*what):
    print(f'{time.monotonic():g}', *what)


def worker(number):
    time.sleep(1)
    show('worker', number)
    time.sleep(number / 2)
    show('worker', number, 'ends')


workers = [threading.Thread(target=worker, args=[number]) for number in range(4)]
for thread in workers:
    thread.start()
for thread in workers:
    thread.join()

lock = threading.Lock()
lock.acquire()
show('lock', lock.acquire(timeout=100))
event = threading.Event()
threading.Timer(3, event.set).start()
show('event', event.wait(2), event.wait(50))
condition = threading.Condition()
with condition:
    show('condition', condition.wait(5))
thread = threading.Thread(target=time.sleep, args=[10])
thread.start()
thread.join(3)
show('join', thread.is_alive())
thread.join()
show('join', thread.is_alive())

items = queue.Queue()
try:
    items.get(timeout=7)
except queue.Empty:
    show('empty')


def produce():
    for item in range(3):
        time.sleep(2)
        items.put(item)


threading.Thread(target=produce).start()
for _ in range(3):
    show('item', items.get(timeout=100))

one, other = socket.socketpair()
one.settimeout(6)
try:
    one.recv(1)
except TimeoutError as error:
    show(error)


def send():
    time.sleep(2)
    other.send(b'x')


def while_sending(wait):
    threading.Thread(target=send).start()
    wait()
    show(one.recv(1))


epoll = select.epoll()
epoll.register(one, select.EPOLLIN)
poll = select.poll()
poll.register(one, select.POLLIN)
while_sending(lambda: None)
one.settimeout(None)
while_sending(lambda: None)
while_sending(lambda: show(len(epoll.poll(500))))
while_sending(lambda: show(len(poll.poll(500_000))))
while_sending(lambda: show(select.select([one], [], [], 500)[0] == [one]))
show(select.select([one], [], [], 1.5), poll.poll(500), epoll.poll(0.25))

# A thread that computes holds the clock.
threading.Thread(target=lambda: show('computed', sum(range(300_000)))).start()
time.sleep(1)
show('end')
