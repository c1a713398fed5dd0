# How children end, and what their parents see, whichever way they are started.
import multiprocessing as mp
import os
import sys
import time


def square(queue, n):
    queue.put((n, n * n))


def leave(status):
    sys.exit(status)


def vanish():
    os._exit(7)


def sleep():
    time.sleep(60)


def family(queue):
    queue.put((mp.current_process().name, mp.parent_process().name, mp.parent_process().is_alive()))


class Worker(mp.Process):
    def run(self):
        sys.exit(11)


def main():
    print(mp.get_all_start_methods(), mp.get_start_method(allow_none=True))
    for method in ('spawn', 'fork', 'forkserver'):
        context = mp.get_context(method)
        queue = context.Queue()
        children = [context.Process(target=square, args=(queue, n)) for n in range(3)]
        for child in children:
            child.start()
        print(method, sorted(queue.get() for _ in children))
        for child in children:
            child.join()
        print([child.exitcode for child in children])
        for target, args in ((leave, (3,)), (leave, (None,)), (vanish, ())):
            child = context.Process(target=target, args=args)
            child.start()
            child.join()
            print(target.__name__, child.exitcode, child.is_alive())
        child = context.Process(target=sleep, name='sleeper', daemon=True)
        child.start()
        print(child.is_alive(), mp.active_children() == [child])
        child.terminate()
        child.join()
        print(repr(child).replace(str(child.pid), 'PID').replace(str(os.getpid()), 'PPID'))
        child.close()
        child = context.Process(target=family, args=(queue,), name='child')
        child.start()
        print(queue.get())
        child.join()
    child = Worker()
    child.start()
    child.join()
    print(child.exitcode, mp.active_children(), mp.get_start_method())


if __name__ == '__main__':
    main()
