# A coroutine object in every state, and what may be done to it then.
import inspect


def attempt(function, *args):
    try:
        print('  ', repr(function(*args)))
    except BaseException as error:
        print('  ', type(error).__name__, error.args, repr(error.__context__), repr(error.__cause__))


class Twice:
    def __await__(self):
        print('got', (yield 'first'))
        return (yield 'second')


async def body(a, b=2):
    x = 1
    if b == 3:
        attempt(own.send, None), attempt(own.throw, KeyError), attempt(own.close)
        show(own)
    try:
        return await Twice()
    except KeyError as error:
        return error.args
    except GeneratorExit:
        return await Twice() if b == 4 else 'closing'


def show(coroutine):
    print(inspect.getcoroutinestate(coroutine), coroutine.cr_running, coroutine.cr_suspended, coroutine.cr_frame is None,
          type(coroutine.cr_await).__name__, coroutine.cr_origin, list(inspect.getcoroutinelocals(coroutine)))


for n_sent in range(4):
    for last in ('send', 'throw', 'close', '__await__'):
        coroutine = body(1)
        for value in (None, 'a', 'b')[:n_sent]:
            attempt(coroutine.send, value)
        show(coroutine)
        print(n_sent, last)
        args = {'send': (None,), 'throw': (KeyError('thrown'),)}.get(last, ())
        attempt(lambda: type(getattr(coroutine, last)(*args)).__name__)
        show(coroutine)
        coroutine.close()
own = body(1, 3)
attempt(own.send, 1), attempt(own.send, None)
stubborn = body(1, 4)
attempt(stubborn.send, None), attempt(stubborn.close), attempt(stubborn.send, 1), attempt(stubborn.send, 2)
for attribute in ('cr_await', 'cr_running', 'cr_suspended', 'cr_code', 'cr_origin', 'cr_frame', '__name__', 'gi_frame'):
    attempt(setattr, own, attribute, 5)
