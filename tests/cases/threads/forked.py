# A forked child has the calling thread alone: it waits for nobody, and what waited for locks in the parent is forgotten.
import os
import sys
import threading
import warnings

lock, inner = threading.Lock(), threading.Semaphore(0)
lock.acquire()
frames = []


def hold():
    frames.append(sys._getframe())
    with lock:
        pass


waiting = threading.Thread(target=hold, name='parent')
waiting.start()
while not frames:
    pass


def fork(what):
    sys.stdout.flush()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        pid = os.fork()
    if pid == 0:
        what()
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(pid, 0)
    print([str(warning.message).partition(') ')[2] for warning in caught])


def alone():
    print(threading.active_count(), threading.current_thread() is threading.main_thread(), waiting.is_alive())
    print(frames[0].f_code.co_name, frames[0].f_lineno > 0)
    # The first in the queue is the parent's thread, which never comes.
    got = []
    child = threading.Thread(target=lambda: got.append(lock.acquire(timeout=5)))
    child.start()
    lock.release()
    child.join()
    print(got)


fork(alone)
thread = threading.Thread(target=fork, args=(alone,), name='forker')
thread.start()
thread.join()
lock.release()
waiting.join()
print('parent', threading.active_count())
