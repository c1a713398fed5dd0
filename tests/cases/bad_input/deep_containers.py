"""Containers nested 400,000 deep are built, compared, hashed, copied, printed and dropped without ending the process."""
DEPTH = 400_000


def nest(make):
    value = make()
    for _ in range(DEPTH):
        value = make(value)
    return value


def attempt(name, function):
    try:
        function()
    except RecursionError:
        print(name, "RecursionError")
    else:
        print(name, "worked")


MAKERS = {
    "list": lambda *inner: [*inner],
    "tuple": lambda *inner: (*inner,),
    "dict": lambda *inner: dict.fromkeys("k", *inner),
    "frozenset": lambda *inner: frozenset(inner[:0]),
}
for name, make in MAKERS.items():
    value = nest(make)
    if name == "frozenset":
        continue
    attempt(name + " repr", lambda: repr(value))
    attempt(name + " str", lambda: str(value))
    other = nest(make)
    attempt(name + " equal", lambda: value == other)
    if name != "dict":
        attempt(name + " less", lambda: value < other)
    copy = type(value)(value)
    del value, other, copy
print("dropped")


class Node:
    def __init__(self, inner=None):
        self.inner = inner

    def __eq__(self, other):
        return self.inner == other.inner

    def __repr__(self):
        return f"Node({self.inner!r})"


attempt("instance repr", lambda: repr(nest(Node)))
attempt("instance equal", lambda: nest(Node) == nest(Node))
