# Where warnings are errors, the hook hears what was not awaited.
import asyncio
import sys
import warnings


def hook(unraisable):
    print(unraisable.err_msg.split(' at 0x')[0], repr(unraisable.exc_value), unraisable.object)


async def coroutine():
    pass


async def agenerator():
    yield


sys.unraisablehook = hook
warnings.simplefilter('error')
coroutine()
asyncio.sleep(1)
agenerator().asend(None)
agenerator().aclose()
