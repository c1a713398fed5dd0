"""Builtins that take all of a generator: what the generator and they can see of each other."""
import sys


def report(label, call):
    try:
        print(label, call())
    except BaseException as error:
        print(label, type(error).__name__, error)


# An item that needs Python code finds the generator suspended.
class Probe:
    def __init__(self, generator):
        self.generator = generator

    def look(self):
        return self.generator.gi_running, self.generator.gi_suspended, sys._getframe(2).f_code.co_name

    def __bool__(self):
        print("bool", *self.look())
        return False

    def __radd__(self, other):
        print("radd", *self.look())
        return other + 1

    def __lt__(self, other):
        print("lt", *self.look())
        return True


def probes(n):
    for _ in range(n):
        yield 1
        yield Probe(generator)
        yield 2


def use(call):
    return call(generator)


generator = probes(1)
report("sum", lambda: use(sum))
generator = probes(1)
report("any", lambda: use(any))
generator = (Probe(generator) for _ in range(1))
report("any", lambda: use(any))

# Whoever stops early leaves the rest.
numbers = iter(range(10))
generator = (n for n in numbers)
print(any(n == 3 for n in generator), next(generator), all(n < 6 for n in generator), list(generator))
generator = (n for n in [0, 0, 5, 0, 7])
print(any(generator), next(generator), any(generator), any(generator), any(generator))

# Kinds of sums that change on the way.
print(sum(n for n in (1, True, 2.5, 3, 1 << 70, 1j)), sum((x for x in (0.1,) * 10)), sum(2**62 for _ in range(5)))
print(sum(([n] for n in range(3)), []), sum(x for x in ()))
report("str", lambda: sum(c for c in "ab"))


# Errors come through, and the generator is finished.
def failing(n):
    try:
        for i in range(n):
            yield i
        raise KeyError("end")
    finally:
        print("cleaned up")


for call in (sum, list, tuple, any, all, sorted, set, max, ",".join, [].extend):
    generator = failing(1)
    report(getattr(call, "__name__", call), lambda: call(generator))
    print(generator.gi_frame is None)

# It cannot take from itself.
selfish = (sum(selfish) for _ in range(2))
report("selfish", lambda: list(selfish))


def stops():
    yield 1
    raise StopIteration("no")


report("stops", lambda: list(stops()))


# Drains inside drains.
def rows(n):
    for i in range(n):
        yield sum(i * k for k in range(n) if any(j == k for j in range(i)))


print(sum(rows(6)), list(list(x for x in range(y)) for y in range(4)), tuple(rows(4)))


def delegating():
    result = yield from (x * 2 for x in range(3))
    print("result", result)
    result = yield from returning()
    print("result", result)
    return "ignored"


def returning():
    yield 100
    return "value"


print(list(delegating()), sum(delegating()))


# A list that grows sees its items at once.
def watching(items):
    for i in range(4):
        yield len(items)


items = ["a"]
items.extend(watching(items))
print(items)
items += watching(items)
print(items)
items[:] = watching(items)
print(items)

# What is handled outside stays so inside and comes back.
def handling():
    for _ in range(2):
        yield repr(sys.exception())
        try:
            raise ValueError("inner")
        except ValueError:
            yield repr(sys.exception())


try:
    raise TypeError("outer")
except TypeError:
    print(list(handling()), repr(sys.exception()))
print(list(handling()), sys.exception())


def deep(n):
    return sum(deep(n - 1) + 1 for _ in range(1)) if n else 0


print(deep(100))
report("too deep", lambda: deep(10**6))
