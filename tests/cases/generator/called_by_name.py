# `__next__()` called by its name carries the value returned; frames that have not begun can be cleared; what futures' iterators take.
import asyncio
import warnings


def attempt(function):
    try:
        print(function())
    except BaseException as error:
        print(repr(error))


def generator():
    return 5
    yield


async def agenerator():
    yield 123


async def coroutine():
    return 6


loop = asyncio.new_event_loop()
future = loop.create_future()
future.set_result(7)
attempt(generator().__next__)
attempt(lambda: type(generator()).__next__(generator()))
attempt(agenerator().__anext__().__next__)
attempt(coroutine().__await__().__next__)
attempt(future.__await__().__next__)
iterator = iter(future)
warnings.simplefilter('error', DeprecationWarning)
attempt(lambda: iterator.throw(ValueError, ValueError(1), None))
attempt(lambda: iterator.throw(4))
attempt(lambda: iterator.throw(ValueError(2)))
fresh = asyncio.Future.__new__(asyncio.Future)
for name in ['result', 'exception', 'done', 'get_loop', '__repr__']:
    attempt(getattr(fresh, name))


class Odd:
    def __aiter__(self):
        return self

    def __anext__(self):
        yield


async def main():
    for arguments in [(), ('default',)]:
        try:
            await anext(Odd(), *arguments)
        except TypeError as error:
            print(error)


asyncio.run(main())
items = (x for x in [1, 2])
attempt(items.gi_frame.clear)
print(list(items), items.gi_frame)
items = (x for x in [1, 2])
next(items)
attempt(items.gi_frame.clear)
for cls in [type(items), type(main), type(agenerator())]:
    print(getattr(cls.__dict__.get('__qualname__'), '__doc__', None))
loop.close()
