# Locks, conditions, events and barriers between processes.
import multiprocessing as mp


def meet(barrier, queue):
    barrier.wait()
    queue.put('met')


def count(lock, reader, writer, times):
    for _ in range(times):
        with lock:
            writer.send(reader.recv() + 1)


def wait_for(condition, ready, queue):
    with condition:
        ready.release()
        queue.put(condition.wait(20))


def main():
    for method in ('spawn', 'fork', 'forkserver'):
        context = mp.get_context(method)
        reader, writer = context.Pipe(duplex=False)
        writer.send(0)
        lock = context.Lock()
        children = [context.Process(target=count, args=(lock, reader, writer, 50)) for _ in range(3)]
        for child in children:
            child.start()
        for child in children:
            child.join()
        print(method, reader.recv())
        queue = context.Queue()
        barrier = context.Barrier(3)
        children = [context.Process(target=meet, args=(barrier, queue)) for _ in range(2)]
        for child in children:
            child.start()
        barrier.wait()
        print(queue.get(), queue.get())
        for child in children:
            child.join()
        condition, ready = context.Condition(), context.Semaphore(0)
        child = context.Process(target=wait_for, args=(condition, ready, queue))
        child.start()
        ready.acquire()
        with condition:
            condition.notify()
        print(queue.get())
        child.join()
    lock, again = context.Lock(), context.RLock()
    print(lock, again, context.Semaphore(2), context.BoundedSemaphore(3))
    with lock, again, again:
        print(lock, again, lock.acquire(timeout=0.01), lock.acquire(False), again.acquire(False))
        again.release()
    for release in (lock.release, again.release):
        try:
            release()
        except (ValueError, AssertionError) as error:
            print(type(error).__name__, error)
    event = context.Event()
    print(event.is_set(), event.wait(0.01), event.set(), event.wait(), event.clear(), event.is_set())


if __name__ == '__main__':
    main()
