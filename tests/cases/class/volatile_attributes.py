"""Class attributes that change all the time, and all who may have remembered an earlier value."""


class Base:
    count = 0
    label = "a"

    def __init__(self):
        Base.count += 1

    def show(self):
        return self.count, self.label


class Child(Base):
    def parent_count(self):
        return super().count


class Shadow(Base):
    count = -1


def read(obj):
    return obj.count


def call(obj):
    return obj.label()


base, child, shadow = Base(), Child(), Shadow()
for i in range(40):
    Base()
    seen = (Base.count, Child.count, Shadow.count, read(base), read(child), read(shadow), child.parent_count(), base.show()[0])
    assert seen == (i + 4, i + 4, -1, i + 4, i + 4, -1, i + 4, i + 4), (i, seen)

# A subclass gets its own, and loses it.
for i in range(30):
    Child.count = i
    assert (read(child), Child.count, child.parent_count(), read(base)) == (i, i, 43, 43)
del Child.count
assert (read(child), Child.count) == (43, 43)
Base.count = 5
assert (read(child), Child.count, Base.count) == (5, 5, 5)

# An instance has its own.
base.count = "own"
Base.count = 6
assert (read(base), read(child), base.show()[0]) == ("own", 6, "own")
del base.count
assert read(base) == 6

# Data becomes a function, a property, a descriptor, and data again.
for i in range(20):
    Base.label = f"{i}"
    assert child.label == base.show()[1] == f"{i}"
Base.label = lambda self: "called"
assert call(child) == call(base) == "called"
Base.label = "data"
assert base.label == "data"
Base.label = property(lambda self: "property")
assert base.label == child.show()[1] == "property"
Base.label = "data again"
assert base.label == child.label == "data again"
Base.label = staticmethod(lambda: "static")
assert call(base) == base.label() == Base.label() == "static"
for i in range(20):
    Base.label = [i]
    assert Base.label == base.label == [i]
del Base.label
for obj in (base, child, Base):
    try:
        obj.label
    except AttributeError as error:
        print(error)
Base.label = None
print(base.label, child.label, Base.label, getattr(shadow, "label"), vars(Base)["label"])


# Another class of the MRO comes in between.
class Mixin:
    pass


class Both(Mixin, Base):
    pass


both = Both()
for i in range(20):
    Base.count = i
    assert read(both) == Both.count == i
Mixin.count = "mixin"
Base.count = 99
assert read(both) == Both.count == "mixin"
del Mixin.count
assert read(both) == Both.count == 99
Both.__bases__ = (Shadow,)
assert read(both) == Both.count == -1


# Special names stay special.
class Special:
    __len__ = None


for i in range(20):
    Special.__len__ = lambda self, i=i: i
    assert len(Special()) == i
    Special.__hash__ = None
    Special.__doc__ = str(i)
    assert Special.__doc__ == Special().__doc__ == str(i)


# What an attribute held goes when it is replaced.
class Loud:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("gone", self.n)


for i in range(3):
    Base.label = Loud(i)
for i in range(12):
    Base.count = (i,)
Base.label = 1
print("end", Base.count, base.count)
