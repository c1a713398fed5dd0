x: int = 1
if x:
    y: list[int]


def f(a: int, /, b: str = "s", *args: *Ts, c: C, **kw: D) -> E:
    z: undefined


class K:
    m: lambda: K
    n: [t for t in K]

    def g(self, h: K): ...
