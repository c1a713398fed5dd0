# ProcessPoolExecutor: results, errors, workers that end.
import multiprocessing as mp
import os
import signal
from concurrent.futures import ProcessPoolExecutor, as_completed


def square(x):
    return x * x


def fail(x):
    raise ValueError(x)


def vanish(x):
    os._exit(3)


def be_killed(x):
    os.kill(os.getpid(), signal.SIGKILL)


def refuse():
    raise SystemExit('no')


def keep(value):
    global kept
    kept = value


def kept_value():
    return kept


def unsendable():
    return lambda: 1


def identity():
    return os.getpid()


class Unpicklable:
    def __reduce__(self):
        raise TypeError('cannot pickle me')


def shown(call):
    try:
        print(call())
    except BaseException as error:
        print(type(error).__name__, str(error).partition(' <')[0], '|', type(error.__cause__).__name__)


def main():
    for method in ('spawn', 'fork', 'forkserver'):
        context = mp.get_context(method)
        with ProcessPoolExecutor(2, context) as executor:
            print(method, list(executor.map(square, range(6))), list(executor.map(square, range(6), chunksize=4)))
            print(list(executor.map(square, range(5), buffersize=2)))
            shown(lambda: executor.submit(fail, 1).result())
            shown(lambda: executor.submit(square, Unpicklable()).result())
            shown(lambda: executor.submit(unsendable).result())
            futures = [executor.submit(square, n) for n in range(20)]
            print(sum(future.result() for future in as_completed(futures)))
        shown(lambda: executor.submit(square, 1))
        with ProcessPoolExecutor(1, context, initializer=keep, initargs=('kept',)) as executor:
            print(executor.submit(kept_value).result())
        for ending in (vanish, be_killed):
            with ProcessPoolExecutor(2, context) as executor:
                shown(lambda: executor.submit(ending, 1).result())
                shown(lambda: executor.submit(square, 1).result())
    with ProcessPoolExecutor(1, max_tasks_per_child=2) as executor:
        pids = [executor.submit(identity).result() for _ in range(4)]
        print(len(set(pids)), pids[0] == pids[1])
    shown(lambda: ProcessPoolExecutor(0))
    shown(lambda: ProcessPoolExecutor(1, initializer=3))
    shown(lambda: ProcessPoolExecutor(1, mp.get_context('fork'), max_tasks_per_child=1))
    print(mp.active_children())


if __name__ == '__main__':
    main()
