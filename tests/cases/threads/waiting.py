# Locks, conditions, events, semaphores, barriers, timers, queues between threads.
import queue
import threading
import time


def run(*functions):
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


condition = threading.Condition()
items, got = [], []


def produce():
    for i in range(50):
        with condition:
            items.append(i)
            condition.notify()


def consume():
    while len(got) < 50:
        with condition:
            condition.wait_for(lambda: items)
            got.append(items.pop(0))


run(consume, produce)
print(got == list(range(50)))

with condition:
    print(condition.wait(0.001), condition.wait_for(lambda: 0, 0.001))
try:
    condition.wait()
except RuntimeError as error:
    print(error)
try:
    condition.notify()
except RuntimeError as error:
    print(error)

event = threading.Event()
passed = []
run(lambda: passed.append(event.wait(5)), lambda: passed.append(event.wait(5)), event.set)
print(passed, event.wait(0), event.is_set())
event.clear()
print(event.wait(0.001))

barrier = threading.Barrier(3, action=lambda: passed.append('met'))
order = []
run(*[lambda: order.append(barrier.wait())] * 3)
print(sorted(order), passed[-1], barrier.n_waiting, barrier.parties, barrier.broken)
broken = []


def too_few():
    try:
        barrier.wait(0.01)
    except threading.BrokenBarrierError:
        broken.append(True)


run(too_few, too_few)
print(broken, barrier.broken)
barrier.reset()
print(barrier.broken)

semaphore = threading.Semaphore(2)
at_once, most = 0, 0
guard = threading.Lock()
# Whoever is in waits for another who is.
pair = threading.Barrier(2)


def enter():
    global at_once, most
    with semaphore:
        with guard:
            at_once += 1
            most = max(most, at_once)
        pair.wait()
        with guard:
            at_once -= 1


run(*[enter] * 6)
print(most, semaphore.acquire(blocking=False), semaphore.acquire(timeout=0.001), semaphore.acquire(timeout=0.001))
try:
    threading.BoundedSemaphore(1).release()
except ValueError as error:
    print(error)

lock = threading.Lock()
for wrong in (lambda: lock.release(), lambda: lock.acquire(False, 1), lambda: lock.acquire(True, -2),
              lambda: lock.acquire(timeout=1e100), lambda: threading.RLock().release(), lambda: threading.Semaphore(-1),
              lambda: threading.Barrier(0)):
    try:
        wrong()
    except Exception as error:
        print(type(error).__name__, error)
lock.acquire()
print(lock.acquire(timeout=0.001), lock.acquire(False))
# Another thread may release it.
run(lock.release)
print(lock.locked())

again = threading.RLock()
with again, again:
    tried = []
    run(lambda: tried.append(again.acquire(False)))
    print(tried)
run(lambda: tried.append(again.acquire(False) and again.release()))
print(tried)

said = []
timer = threading.Timer(0.001, said.append, ['time'])
timer.start()
timer.join()
cancelled = threading.Timer(1000, said.append, ['never'])
cancelled.start()
cancelled.cancel()
cancelled.join()
print(said)

jobs = queue.Queue(maxsize=2)
done = []


def worker():
    while (job := jobs.get()) is not None:
        done.append(job * job)
        jobs.task_done()


threads = [threading.Thread(target=worker) for _ in range(3)]
for thread in threads:
    thread.start()
for job in range(20):
    jobs.put(job)
jobs.join()
for _ in threads:
    jobs.put(None)
for thread in threads:
    thread.join()
print(sorted(done) == [n * n for n in range(20)])
simple = queue.SimpleQueue()
for call in (simple.get_nowait, lambda: simple.get(timeout=0.001), lambda: simple.get(False), lambda: simple.get(timeout=-1)):
    try:
        call()
    except Exception as error:
        print(type(error).__module__, type(error).__name__, error)
run(lambda: done.append(simple.get()), lambda: simple.put('item'))
print(done[-1], simple.empty(), simple.qsize())
