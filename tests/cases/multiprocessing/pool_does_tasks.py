# Pools of processes and of threads.
import multiprocessing as mp
import os
from multiprocessing.pool import ThreadPool


def square(x):
    return x * x


def add(a, b):
    return a + b


def fail(x):
    raise ValueError(x)


def begin(queue):
    queue.put('begun')


def identity(x):
    return os.getpid()


def numbers():
    yield 1
    raise KeyError('no more')


def main():
    for method in ('spawn', 'fork', 'forkserver'):
        context = mp.get_context(method)
        queue = context.SimpleQueue()
        with context.Pool(2, begin, (queue,)) as pool:
            print(method, pool.map(square, range(10)), pool.apply(add, (1, 2)), pool.starmap(add, [(1, 2), (3, 4)]))
            print(list(pool.imap(square, range(5))), sorted(pool.imap_unordered(square, range(10), 3)), pool.map(square, []))
            result = pool.map_async(square, [1, 2, 3], callback=print)
            print(result.get(20), result.successful())
            result = pool.apply_async(fail, ('x',), error_callback=lambda error: print('told', repr(error)))
            try:
                result.get()
            except ValueError as error:
                print(repr(error), type(error.__cause__).__name__, "raise ValueError(x)" in str(error.__cause__))
            try:
                list(pool.imap(square, numbers()))
            except KeyError as error:
                print(repr(error))
            print(queue.get(), queue.get())
        print(pool)
        pool = context.Pool(2, maxtasksperchild=1)
        print(len(set(pool.map(identity, range(4), 1))))
        pool.close()
        pool.join()
        print(mp.active_children())
    with ThreadPool(3) as pool:
        print(pool.map(square, range(5)), list(pool.imap(square, range(3))))
        try:
            pool.apply(fail, (1,))
        except ValueError as error:
            print(repr(error), error.__cause__)


if __name__ == '__main__':
    main()
