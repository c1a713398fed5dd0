# What is thrown gets as its context only what each of those it passes through handles itself, the inner ones first.
import asyncio
import types


@types.coroutine
def leaf(log):
    try:
        yield 1
    except BaseException as error:
        log.append(('leaf', repr(error), repr(error.__context__)))
        raise


async def generator(log):
    try:
        raise IndexError('generator')
    except IndexError:
        await leaf(log)
        yield 1


async def over_generator(log):
    try:
        raise KeyError('outer')
    except KeyError:
        async for _ in generator(log):
            pass


async def catches(log):
    try:
        await leaf(log)
    except ValueError:
        try:
            raise OSError('instead')
        except OSError as error:
            log.append(repr(error.__context__))
    raise TypeError('later')


async def over_coroutine(log):
    try:
        raise KeyError('outer')
    except KeyError:
        await catches(log)


def shown(error):
    return repr(error) + (f' <- {shown(error.__context__)}' if error.__context__ else '')


for function in [over_generator, over_coroutine]:
    for first in [None, ArithmeticError('driver')]:
        log = []
        coroutine = function(log)
        coroutine.send(None)
        try:
            try:
                if first:
                    raise first
            except ArithmeticError:
                coroutine.throw(ValueError('thrown'))
            else:
                coroutine.throw(ValueError('thrown'))
        except Exception as error:
            print(function.__name__, shown(error), log)


async def sleeper(log):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError as error:
        log.append(shown(error))
        raise


async def main():
    async def outer():
        try:
            raise KeyError('outer')
        except KeyError:
            await sleeper(log)

    log = []
    task = asyncio.create_task(outer())
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError as error:
        print(shown(error), log)


asyncio.run(main())
generator = leaf([])
try:
    raise KeyError('outer')
except KeyError:
    for _ in range(2):
        try:
            generator.throw(ValueError('not begun, then finished'))
        except ValueError as error:
            print(shown(error))
