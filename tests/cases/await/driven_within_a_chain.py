# A coroutine that another one awaits, driven by somebody else.
import inspect
import types


def attempt(function, *args):
    try:
        print('  ', function(*args))
    except BaseException as error:
        print('  ', type(error).__name__, *error.args)


@types.coroutine
def switch(value):
    return (yield value)


async def inner():
    attempt(outer.send, None)
    return await switch(1), await switch(2)


async def middle():
    return await inner()


async def awaiter():
    return await middle()


for which in (1, 2, 3):
    for drive in (lambda it: it.send('x'), lambda it: it.throw(KeyError('y')), lambda it: it.close()):
        outer = it = awaiter()
        attempt(outer.send, None)
        for _ in range(which):
            it = it.cr_await
        print(it.__qualname__)
        attempt(drive, it)
        attempt(drive, it)
        attempt(outer.send, 'again')
        attempt(outer.send, 'again')
        print(inspect.getcoroutinestate(outer), outer.cr_await is None)
        outer.close()
