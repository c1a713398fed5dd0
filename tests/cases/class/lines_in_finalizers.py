"""The line that a finaliser and a warning see is that of the statement that dropped the object."""
import sys
import warnings

warnings.simplefilter("always")


class Item:
    def __del__(self):
        print(sys._getframe(1).f_lineno)


async def coroutine():
    pass


item = Item()
del item
item = Item()
item = None
coroutine()
left = coroutine()
del left
