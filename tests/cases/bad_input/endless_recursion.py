"""Endless recursion through every hook is a RecursionError that can be caught."""


class Loop:
    def __repr__(self):
        return repr(self)

    def __str__(self):
        return str(self)

    def __format__(self, spec):
        return format(self, spec)

    def __eq__(self, other):
        return self == other

    def __lt__(self, other):
        return self < other

    def __hash__(self):
        return hash(self)

    def __getattr__(self, name):
        return getattr(self, name)

    def __getitem__(self, key):
        return self[key]

    def __contains__(self, key):
        return key in self

    def __len__(self):
        return len(self)

    def __bool__(self):
        return bool(self)

    def __iter__(self):
        return iter(self)

    def __call__(self, *args):
        return self(*args)

    def __add__(self, other):
        return self + other

    def __radd__(self, other):
        return other + self

    def __iadd__(self, other):
        self += other
        return self

    def __neg__(self):
        return -self

    def __index__(self):
        return [1][self]

    def __int__(self):
        return int(self)

    def __float__(self):
        return float(self)

    def __enter__(self):
        with self:
            pass

    def __exit__(self, *args):
        pass

    def __dir__(self):
        return dir(self)

    def __round__(self):
        return round(self)

    def __instancecheck__(self, other):
        return isinstance(other, self)

    def __missing__(self, key):
        return self[key]

    def __await__(self):
        return self.__await__()


class Attribute:
    def __getattribute__(self, name):
        return self.name

    def __setattr__(self, name, value):
        self.name = value

    def __delattr__(self, name):
        del self.name


class Property:
    @property
    def value(self):
        return self.value

    def __new__(cls):
        return cls()


class Meta(type):
    def __call__(cls):
        return cls()

    def __getattr__(cls, name):
        return getattr(cls, name)


class Made(metaclass=Meta):
    pass


class Missing(dict):
    def __missing__(self, key):
        return self[key]


class Descriptor:
    def __get__(self, instance, owner):
        return instance.field


class Described:
    field = Descriptor()


def forever(*args, **kwargs):
    return forever(*args, **kwargs)


def generator():
    yield from generator()


def comprehension():
    return [comprehension() for _ in (1,)]


def decorated():
    return max([1, 2], key=lambda item: decorated())


loop = Loop()
HOOKS = {
    "repr": lambda: repr(loop),
    "str": lambda: str(loop),
    "format": lambda: f"{loop:x}",
    "eq": lambda: loop == 1,
    "ne": lambda: loop != 1,
    "lt": lambda: loop < 1,
    "hash": lambda: hash(loop),
    "dict key": lambda: {loop: 1},
    "getattr": lambda: loop.name,
    "getitem": lambda: loop[0],
    "contains": lambda: 0 in loop,
    "len": lambda: len(loop),
    "bool": lambda: not loop,
    "iter": lambda: list(loop),
    "call": lambda: loop(1),
    "add": lambda: loop + 1,
    "neg": lambda: -loop,
    "index": lambda: [1][loop],
    "int": lambda: int(loop),
    "float": lambda: float(loop),
    "with": lambda: loop.__enter__(),
    "round": lambda: round(loop),
    "isinstance": lambda: isinstance(1, loop),
    "await": lambda: loop.__await__(),
    "getattribute": lambda: Attribute().x,
    "setattr": lambda: setattr(Attribute(), "x", 1),
    "delattr": lambda: delattr(Attribute(), "x"),
    "property": lambda: object.__new__(Property).value,
    "new": lambda: Property(),
    "metaclass call": lambda: Made(),
    "metaclass getattr": lambda: Made.name,
    "missing": lambda: Missing()[0],
    "descriptor": lambda: Described().field,
    "function": lambda: forever(1, 2, three=3),
    "generator": lambda: list(generator()),
    "comprehension": comprehension,
    "key": decorated,
    "sorted": lambda: sorted([1, 2], key=forever),
    "map": lambda: list(map(forever, [1])),
    "reduce": lambda: sum([loop, 1], loop),
    "exec": lambda: exec("f = lambda: exec('f()')\nf()", {}),
    "eval": lambda: (lambda source: eval(source))("(lambda f: f(f))(lambda f: f(f))"),
}
for name, hook in HOOKS.items():
    try:
        hook()
    except RecursionError as error:
        print(name, str(error).partition(" in ")[0].partition(" while ")[0])
    else:
        print(name, "returned")
print("still alive")
