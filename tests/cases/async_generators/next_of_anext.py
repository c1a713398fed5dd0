"""`__next__` of what `__anext__` gives ends with the value."""

import types


@types.coroutine
def pause():
    yield "pause"


async def numbers():
    await pause()
    yield 1
    yield 2


items = numbers()
step = items.__anext__()
print(step.__next__())
for step in (step, items.__anext__()):
    try:
        step.__next__()
    except StopIteration as end:
        print(end.args, end.value)
try:
    items.__anext__().__next__()
except StopAsyncIteration as end:
    print(repr(end))


def returns():
    yield
    return 5


made = returns()
made.__next__()
try:
    made.__next__()
except StopIteration as end:
    print(end.args)


class Generates:
    def __anext__(self):
        yield


try:
    anext(Generates(), 0).send(None)
except TypeError as error:
    print(error)
