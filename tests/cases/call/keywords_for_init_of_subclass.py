"""Builtin constructors leave keywords to a subclass that has the other of `__new__` and `__init__`."""


def make(base, method):
    def init(self, *args, extra=None):
        self.extra = extra

    def new(cls, *args, extra=None):
        made = base.__new__(cls, *args)
        made.extra = extra
        return made

    return type(base.__name__, (base,), {method: {"__init__": init, "__new__": new}[method]})


for base, args in (float, (1.5,)), (list, ([1],)), (set, ([1],)), (tuple, ([1],)), (frozenset, ([1],)):
    for method in ("__init__", "__new__"):
        cls = make(base, method)
        try:
            made = cls(*args, extra=1)
            print(made, made.extra)
        except TypeError as error:
            print(cls.__name__, method, error)
    try:
        base(*args, extra=1)
    except TypeError as error:
        print(error)
print(float.__new__.__name__, float("1.5"), float())
for call in (max, min):
    try:
        call(key=len)
    except TypeError as error:
        print(error)
