"""Places that remember what they met: each is run warm, then the world changes under it."""


def show(*parts):
    print(*parts)


# Calls of Python functions: other functions, other codes, defaults, coroutines at one place.
def one(a):
    return ("one", a)


def two(a, b=2):
    return ("two", a, b)


def rest(*args, **kwargs):
    return ("rest", args, kwargs)


def gen(a):
    yield a


def call(f):
    return f(1)


for f in [one, two, one, rest, gen, lambda x, y=5, *, z=6: (x, y, z), len, str, one] * 3:
    try:
        result = call(f)
        show(type(result).__name__ if f is gen else result)
    except TypeError as e:
        show(e)

one.__code__ = (lambda a: ("replaced", a)).__code__
two.__defaults__ = (9,)
show(call(one), call(two))
two.__defaults__ = None
try:
    call(two)
except TypeError as e:
    show(e)


def keywords(a, b=1, /, c=2, *, d, e=4):
    return a, b, c, d, e


for args, kwargs in [((1,), {"d": 3}), ((1, 2), {"d": 3, "c": 5}), ((1, 2, 3), {"e": 5, "d": 6}), ((), {"d": 1}),
                     ((1,), {}), ((1, 2, 3, 4), {"d": 1}), ((1,), {"a": 2, "d": 1}), ((1, 2, 3), {"c": 1, "d": 1}),
                     ((1,), {"f": 1, "d": 1})]:
    try:
        show(keywords(*args, **kwargs))
    except TypeError as e:
        show(e)


# Constructors.
class Point:
    def __init__(self, x, y=0):
        self.x = x
        self.y = y


def make(cls, *args):
    return cls(*args)


def make_one(cls):
    return cls(1)


for _ in range(4):
    p = make_one(Point)
show(p.x, p.y)
Point.__init__ = lambda self, x: setattr(self, "x", ("patched", x))
show(make_one(Point).x, hasattr(make_one(Point), "y"))
Point.__init__ = lambda self, x: 5
try:
    make_one(Point)
except TypeError as e:
    show(e)


class Escapes:
    kept = None

    def __init__(self, x):
        Escapes.kept = self
        self = x


make_one(Escapes)
show(make_one(Escapes).kept is Escapes.kept, type(Escapes.kept).__name__)

for cls in [int, str, list, tuple, float, bool, set, dict, bytes, frozenset, complex, object, range] * 2:
    try:
        show(make_one(cls))
    except TypeError as e:
        show(e)


# range before a loop.
def total(n):
    s = 0
    for i in range(n):
        s += i
    return s


show([total(n) for n in (3, 0, -1, 4, True)])
try:
    total("a")
except TypeError as e:
    show(e)
show(sum(1 for i in range(0, 10**20, 10**19)), [i for i in range(5, 0, -2)])
try:
    for i in range(1, 2, 0):
        pass
except ValueError as e:
    show(e)
real_range, range = range, lambda n: "ab" * n
show([c for c in (lambda: [x for x in range(2)])()])
range = real_range


# Attributes of instances of many classes at one place.
class Base:
    kind = "base"

    def __init__(self, x):
        self._x = x

    @property
    def x(self):
        return self._x

    def name(self):
        return self.kind + str(self.x)

    def set(self, x):
        self._x = x
        return self


classes = [type(f"C{i}", (Base,), {"kind": f"c{i}"}) for i in range(24)]
objects = [cls(i) for i, cls in enumerate(classes)]


def names():
    return " ".join(o.name() for o in objects)


def setting():
    return [o.set(i).x for i, o in enumerate(objects)]


for _ in range(3):
    show(names(), setting())
classes[3].kind = "new"
objects[4].kind = "own"
objects[5].name = lambda: "shadow"
classes[6].name = lambda self: "overridden"
classes[7].x = property(lambda self: "P")
classes[8].__getattr__ = lambda self, name: "never"
del objects[9]._x
objects[9]._x = "again"
objects[10].__dict__["_x"] = "dict"
show(names())
Base.x = 7
show(names())
del Base.x
try:
    names()
except AttributeError as e:
    show(e)
Base.x = property(lambda self: self._x)
classes[11].__setattr__ = lambda self, name, value: None
show(setting(), objects[11]._x)


class Slots:
    __slots__ = ("a", "b")


def slot(o):
    return o.a


s = Slots()
s.a = 1
show([slot(s) for _ in range(3)])
del s.a
try:
    slot(s)
except AttributeError as e:
    show(e)


# Attributes and methods of classes.
class Meta(type):
    def __len__(cls):
        return 3


class Tool(metaclass=Meta):
    level = 1

    @staticmethod
    def static(a):
        return ("static", a)

    @classmethod
    def made(cls, a):
        return (cls.__name__, a)

    def plain(self, a):
        return ("plain", self, a)


class Sub(Tool):
    pass


def use(cls):
    return cls.level, cls.static(1), cls.made(2), cls.plain(3, 4)


for _ in range(3):
    show(use(Tool), use(Sub))
Tool.level += 1
Sub.static = staticmethod(lambda a: ("other", a))
Tool.made = lambda *a: ("function", a)
Tool.plain = classmethod(lambda cls, *a: (cls.__name__, a))
show(use(Tool), use(Sub))
Meta.level = property(lambda cls: "from the metaclass")
show(use(Tool)[0], use(Sub)[0])
del Meta.level
show(use(Tool)[0])


# super() through changing bases.
class A:
    def who(self):
        return "A"


class B:
    def who(self):
        return "B"


class C(A):
    def who(self):
        return "C" + super().who()


class D(C):
    pass


show([C().who(), D().who(), C().who()])
C.__bases__ = (B,)
show([C().who(), D().who()])
B.who = lambda self: "changed"
show([C().who(), D().who()])
del B.who
try:
    C().who()
except AttributeError as e:
    show(e)


# Generators in loops, resumed from different places.
def numbers(n):
    for i in real_range(n):
        got = yield i
        if got is not None:
            show("got", got)


g = numbers(6)
for i in g:
    show(i)
    if i == 1:
        break
show(next(g), g.send("sent"))
for i in g:
    show("rest", i)


def handling():
    try:
        raise ValueError("inside")
    except ValueError:
        yield 1
        try:
            raise
        except ValueError as e:
            yield str(e)


for item in handling():
    try:
        raise KeyError("outside")
    except KeyError as e:
        show(item, repr(e.__context__))
