"""A reference of a subclass may be what keeps its target; both die together, and no callback is called."""

import weakref


class Ref(weakref.ref):
    pass


class Target:
    pass


def one():
    target = Target()
    ref = Ref(target, lambda ref: print("called"))
    ref.target = target


def two():
    target = Target()
    first, second = (Ref(target, lambda ref: print("called")) for _ in range(2))
    first.other = second
    second.target = target


for _ in range(100):
    one()
    two()
print([{} for _ in range(3)])

target = Target()
sub = Ref(target)
called_back = weakref.ref(target, print)
plain = weakref.ref(target)
proxy = weakref.proxy(target)
print([type(ref).__name__ for ref in weakref.getweakrefs(target)], weakref.getweakrefcount(target))
view = memoryview(b"abc")
print(weakref.ref(view)() is view)
