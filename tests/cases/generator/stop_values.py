"""The value and the identity of the StopIteration that iterators in Python raise."""


class Countdown:
    def __init__(self, n, error):
        self.n = n
        self.error = error

    def __iter__(self):
        return self

    def __next__(self):
        if not self.n:
            raise self.error
        self.n -= 1
        return self.n


class MyStop(StopIteration):
    pass


def delegate(error):
    return (yield from Countdown(1, error))


for error in (StopIteration("value"), StopIteration, MyStop("mine"), StopIteration(1, 2)):
    generator = delegate(error)
    next(generator)
    try:
        next(generator)
    except StopIteration as stop:
        print(repr(stop.value))
    try:
        next(Countdown(0, error))
    except StopIteration as stop:
        print(repr(stop), stop is error)
    print(next(Countdown(0, error), "default"), list(Countdown(2, error)))
