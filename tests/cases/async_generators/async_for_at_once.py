"""`async for` over async generators: what can be seen of the steps, whichever way they are taken."""
import asyncio
import sys
import types


@types.coroutine
def pause(label):
    got = yield label
    return got


def drive(coroutine, sends=()):
    """Runs a coroutine by hand; everything it waits for is printed."""
    sends = iter(sends)
    value = None
    try:
        while True:
            print("  waits for", coroutine.send(value), type(coroutine.cr_await).__name__)
            value = next(sends, None)
    except StopIteration as stop:
        print("  returned", stop.value)
    except BaseException as error:
        print("  raised", type(error).__name__, error)


async def count(n):
    try:
        for i in range(n):
            if i == 2:
                got = await pause("two")
                print("  got", got)
            sent = yield i
            if sent is not None:
                print("  sent", sent)
    finally:
        print("  count ends")


async def whole():
    total = 0
    async for i in count(4):
        total += i
    return total


drive(whole(), ["hello"])


# Seen from outside and inside while it waits.
async def inspected():
    generator = count(4)
    async for i in generator:
        print("  body", i, generator.ag_running, generator.ag_suspended)


coroutine = inspected()
print(coroutine.send(None))
step = coroutine.cr_await
print(type(step).__name__, type(coroutine.cr_await) is type(step), coroutine.cr_suspended)
coroutine.close()

# Thrown into, closed, abandoned at the inner wait.
coroutine = whole()
coroutine.send(None)
try:
    coroutine.throw(KeyError("thrown"))
except KeyError as error:
    print("out", error)
coroutine = whole()
coroutine.send(None)
coroutine.close()
coroutine = whole()
coroutine.send(None)
del coroutine


# Errors from the generator, from the body; what is being handled meanwhile.
async def fails():
    yield 1
    print("  handled in generator", repr(sys.exception()))
    try:
        raise ValueError("inner")
    except ValueError:
        yield 2
        print("  handled in generator", repr(sys.exception()))
    print("  handled in generator", repr(sys.exception()))
    raise TypeError("from the generator")


async def handling():
    try:
        raise KeyError("outer")
    except KeyError:
        async for i in fails():
            print("  body", i, repr(sys.exception()))


drive(handling())


async def stops():
    yield 1
    raise StopAsyncIteration("by hand")


async def over(generator):
    async for i in generator:
        print("  body", i)


drive(over(stops()))


async def breaks():
    generator = count(5)
    async for i in generator:
        break
    print("  asend", await generator.asend("x"))
    async for i in generator:
        print("  body", i)
    async for i in generator:
        print("never")
    return "over"


drive(breaks(), ["y"])


# One that is iterated while it runs.
async def itself():
    yield 1
    async for i in generator:
        print("never")
    yield 2


generator = itself()
drive(over(generator))


async def both():
    shared = count(5)

    async def take(name):
        try:
            async for i in shared:
                print("  ", name, i)
        except RuntimeError as error:
            print("  ", name, error)

    first, second = take("a"), take("b")
    print(first.send(None))
    try:
        second.send(None)
    except StopIteration:
        pass
    try:
        first.send("again")
    except StopIteration:
        pass


drive(both())


# Chains, comprehensions, a recursion limit, tracebacks.
async def doubled(items):
    async for i in items:
        yield i * 2


async def chained():
    items = doubled(doubled(doubled(count(4))))
    return [i async for i in items if i], {i: i async for i in count(2)}, sum([1 async for _ in count(2)])


drive(chained(), ["z"])


async def deep(n):
    if n:
        async for i in deep(n - 1):
            yield i + 1
    else:
        yield 0


async def depth(n):
    async for i in deep(n):
        return i


drive(depth(50))
drive(depth(100_000))


async def traced():
    async for _ in doubled(fails()):
        pass


try:
    traced().send(None)
except TypeError as error:
    trace = error.__traceback__
    while trace:
        print("  ", trace.tb_frame.f_code.co_name, trace.tb_lineno - trace.tb_frame.f_code.co_firstlineno)
        trace = trace.tb_next


# Under asyncio, with cancellation in the middle.
async def slowly():
    try:
        for i in range(100):
            await asyncio.sleep(0)
            yield i
    except asyncio.CancelledError:
        print("  cancelled inside")
        raise


async def consume():
    async for i in slowly():
        if i == 3:
            asyncio.current_task().cancel("enough")


async def main():
    try:
        await asyncio.create_task(consume())
    except asyncio.CancelledError as error:
        print("  out", error)


asyncio.run(main())
