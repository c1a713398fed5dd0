# What threads do with exceptions, and what the program does with theirs.
import _thread
import sys
import threading


def fail():
    raise ValueError('in a thread')


def hook(args):
    print(args.exc_type.__name__, args.exc_value, args.thread.name, type(args).__name__, len(args))


threading.excepthook = hook


def run(target):
    thread = threading.Thread(target=target, name='failing')
    thread.start()
    thread.join()


run(fail)
run(sys.exit)
threading.excepthook = threading.__excepthook__
run(sys.exit)

sys.unraisablehook = lambda unraisable: print(unraisable.err_msg.split(' at ')[0], repr(unraisable.exc_value))
finished = threading.Event()


def raw():
    try:
        raise KeyError('raw')
    finally:
        finished.set()


_thread.start_new_thread(raw, ())
finished.wait()
while _thread._count():
    pass
for wrong in ((1, ()), (raw, 1), (raw, (), 1)):
    try:
        _thread.start_new_thread(*wrong)
    except TypeError as error:
        print(error)

# An exception being handled belongs to its thread.
inside, outside = threading.Event(), threading.Event()
seen = []


def handle():
    try:
        raise LookupError('mine')
    except LookupError:
        inside.set()
        outside.wait()
        seen.append(repr(sys.exception()))


thread = threading.Thread(target=handle)
thread.start()
inside.wait()
print(sys.exception(), sorted(type(e).__name__ for e in sys._current_exceptions().values()))
# The thread goes on meanwhile: it is on its way to wait.
names = []
while 'handle' not in names:
    frames = sys._current_frames()
    frame = frames[thread.ident]
    while frame is not None:
        names.append(frame.f_code.co_name)
        frame = frame.f_back
print('handle' in names, sys._getframe() is frames[threading.get_ident()])
outside.set()
thread.join()
print(seen)


# A generator that runs in one thread is not to be resumed by another.
def slow():
    inside.set()
    outside.wait()
    yield 1


inside.clear()
outside.clear()
generator = slow()
thread = threading.Thread(target=lambda: seen.append(next(generator)))
thread.start()
inside.wait()
try:
    next(generator)
except ValueError as error:
    print(error)
outside.set()
thread.join()
print(seen[-1])
