# Code and calls in another interpreter, and what comes back of errors.
from concurrent import interpreters
from concurrent.interpreters import ExecutionFailed, InterpreterError


def outcome(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except ExecutionFailed as failed:
        return f'failed: {failed.excinfo.formatted}'
    except (InterpreterError, TypeError, ValueError, SyntaxError) as error:
        return f'{type(error).__name__}: {error.args[0]}'


FACTOR = 5


def uses_global(n):
    return n * FACTOR, __name__


def double(n):
    return n * 2


def with_default(a, b=3):
    return a + b


def closure():
    kept = 1

    def inner():
        return kept
    return inner


def generate():
    yield 1


def announce():
    print('announced in', __name__)


if __name__ == '__main__':
    other = interpreters.create()
    print(other.whence, other.is_running(), interpreters.get_current() is interpreters.get_main(), other == interpreters.Interpreter(other.id))
    other.prepare_main(a=1, b=('x', None, 2.5, b'z'))
    other.prepare_main({'c': True})
    other.exec('assert (a, b, c) == (1, ("x", None, 2.5, b"z"), True); import sys; kept = 7; sys.kept = a')
    other.exec(compile('assert kept == 7 and sys.kept == 1', 'file', 'exec'))
    other.exec('import threading; assert threading.current_thread() is threading.main_thread()')
    print(other.call(double, 4), other.call(uses_global, 3), other.call(lambda text: text.upper(), 'abc'), other.call(with_default, 1))
    print(other.call(lambda *args, **kwargs: (args, kwargs), 1, [2], x={3}), other.call(pow, 2, 100))
    for bad in ('1/0', 'import nothing_like_it', 'raise SystemExit(3)', 'raise KeyError("k") from None', '1 +', 'return 1', 3, closure(), double,
                generate, with_default, len):
        print(outcome(other.exec, bad))
    for bad in (closure(), 3, generate, lambda: 1 / 0, with_default):
        print(outcome(other.call, bad).split(' 0x')[0])
    for names in ({'a': [1]}, {'a': (1, [2])}, {1: 1}, 3, {}, {'a': 1 << 70}):
        print(outcome(other.prepare_main, names))
    try:
        other.exec('def f():\n    raise ValueError("v")\nf()')
    except ExecutionFailed as failed:
        print(failed)
        print(failed.excinfo.type, failed.excinfo.msg, failed.args)
    for restricted in ('import os; os.fork()', 'import signal; signal.signal(2, print)',
                       'import threading; threading.Thread(target=print, daemon=True)', 'import os; os.execv("/bin/true", ["true"])'):
        print(outcome(other.exec, restricted))
    other.exec('''
from concurrent import interpreters
me = interpreters.get_current()
assert me in interpreters.list_all() and me.is_running()
for wrong in (me.close, lambda: me.exec('1'), lambda: interpreters.get_main().exec('1')):
    try:
        wrong()
        assert False
    except interpreters.InterpreterError:
        pass
inner = interpreters.create()
inner.exec('import sys; sys.stdout = None')
inner.close()
''')
    other.exec('import atexit; atexit.register(print, "leaving")')
    other.exec(announce)
    other.close()
    for late in (other.close, other.is_running, lambda: other.exec('1'), lambda: other.call(len, ''), lambda: interpreters.Interpreter(99)):
        print(outcome(late).replace(f'ID {other.id}', 'ID N'))
    print(outcome(interpreters.get_main().close), outcome(interpreters.get_main().exec, '1'), outcome(interpreters.Interpreter, 'x'))
    thread = (other := interpreters.create()).call_in_thread(double, 2)
    thread.join()
    import time
    sleeper = other.call_in_thread(time.sleep, 0.05)
    while not other.is_running():
        pass
    print(outcome(other.exec, '1'), outcome(other.close))
    sleeper.join()
    other.close()
    print(interpreters.list_all())
