from collections import namedtuple
Point = namedtuple("Point", "x y")
def f(v):
    match v:
        case None | True | False: return "constant"
        case 0 | -1 | 1.5 | 2j: return "number"
        case "a" "b": return "joined"
        case str() as s if len(s) > 3: return f"long {s}"
        case str(s): return f"str {s}"
        case Point(x=0): return "on axis"
        case Point(x, y): return f"point {x} {y}"
        case []: return "empty"
        case [1, *_, 9]: return "1..9"
        case (a, b, *rest): return f"seq {a} {b} {rest}"
        case {"k": v, **rest}: return f"map {v} {rest}"
        case {}: return "any map"
        case int(n): return f"int {n}"
        case _: return "other"
for v in (None, True, 0, -1, 1.5, 2j, "ab", "long one", "x", Point(0, 1), Point(2, 3), [], [1, 5, 9], (1, 2, 3), {"k": 1, "z": 2}, {}, 77, {1}):
    print(f(v))
