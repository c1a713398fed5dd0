# What stands for Python functions of CPython has their signatures, errors and kinds.
import asyncio
import contextvars
import enum
import inspect
import sys

for cls, names in [
    (asyncio.Lock, '__init__ acquire locked release'),
    (asyncio.Event, '__init__ clear is_set set wait'),
    (asyncio.Semaphore, '__init__ acquire locked release'),
    (asyncio.Queue, '__init__ _format _get _init _put empty get get_nowait join put put_nowait shutdown task_done'),
    (asyncio.TimerHandle, '_run cancel cancelled get_context when'),
    (asyncio.BaseEventLoop, 'call_at call_later call_soon call_soon_threadsafe create_future create_task is_running set_debug time'),
    (asyncio, 'isfuture iscoroutine gather'),
]:
    print(cls.__name__, *(f'{name}{inspect.signature(getattr(cls, name))}' for name in names.split()))
loop = asyncio.new_event_loop()
print(inspect.signature(asyncio.Queue().put), inspect.signature(asyncio.Queue), inspect.signature(loop.call_later))
print(hasattr(asyncio.BaseEventLoop, 'slow_callback_duration'), loop.slow_callback_duration, vars(loop)['slow_callback_duration'])


class Subclass(asyncio.Queue):
    pass


class Colour(enum.Enum):
    RED = 1


print(type(asyncio.Queue.maxsize), asyncio.Queue.maxsize.fget(asyncio.Queue(3)), asyncio.Queue.maxsize.__doc__)
print(inspect.signature(Colour), inspect.signature(enum.Enum))
for attempt in [
    lambda: setattr(Subclass(), 'maxsize', 3),
    lambda: delattr(asyncio.Queue(), 'maxsize'),
    lambda: loop.time(1),
    lambda: loop.set_debug(),
    lambda: asyncio.Lock().locked(1),
    lambda: asyncio.Queue().put(),
    lambda: asyncio.Queue(1, 2),
    lambda: contextvars.ContextVar('a', 5),
    lambda: sys.set_asyncgen_hooks(x=1),
    lambda: sys.set_asyncgen_hooks(None, None, 1),
    lambda: sys.set_asyncgen_hooks(None, firstiter=1),
]:
    try:
        print(attempt())
    except Exception as error:
        print(repr(error))
loop.close()
