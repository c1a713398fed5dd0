"""What a callee held is finalised on behalf of its caller."""
import sys
import warnings


def show(message, category, filename, lineno, file=None, line=None):
    print(lineno, message)


warnings.showwarning = show
warnings.simplefilter("always")


async def work():
    pass


def ignore(argument):
    return 1


ignore(work())
print(ignore(
    work(),
))
