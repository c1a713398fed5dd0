# Async generators that go while they are suspended, with no loop to close them.
import sys
import types


@types.coroutine
def switch(value):
    return (yield value)


async def waits_at_its_end(name):
    try:
        yield 1
    finally:
        print(name, 'ends')
        await switch('ending')


async def returns_at_its_end(name):
    try:
        yield 1
    except GeneratorExit:
        print(name, 'returns')


def send(step):
    try:
        print('waits for', step.send(None))
    except BaseException as error:
        print(repr(error))


sys.unraisablehook = lambda u: print(u.exc_type.__name__, u.exc_value, u.err_msg, u.object.__name__)
for function in (waits_at_its_end, returns_at_its_end):
    step = anext(function('anext'), 'default'); send(step); step = None
    generator = function('asend'); send(generator.asend(None)); generator = None
    generator = function('held'); step = anext(generator, 5); send(step); generator = None; print('-'); step = None
    step = function('step').__anext__(); send(step); step = None
    generator = function('aclose'); send(generator.asend(None)); send(generator.aclose()); generator = None
    generator = function('aclose twice'); send(generator.asend(None)); step = generator.aclose(); send(step); send(step)
    generator = step = None
for attribute in ('ag_await', 'ag_running', 'ag_frame', 'ag_code', 'ag_suspended'):
    try:
        setattr(function('last'), attribute, 1)
    except AttributeError as error:
        print(error)
