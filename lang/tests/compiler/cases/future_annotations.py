from __future__ import annotations

x: list[int] = 1


class C:
    y: undefined


def f(a: undefined, *b: c) -> d: ...
