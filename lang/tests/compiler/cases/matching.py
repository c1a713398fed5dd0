def match(x):
    match x:
        case 1 | -2 | 3.5:
            return "number"
        case "s" | None | True:
            return "literal"
        case [a, 2, *rest] if rest:
            return a
        case [first, *_, last]:
            return first, last
        case (1 as b) | [b]:
            return b
        case {"k": v, **others}:
            return v, others
        case Point(0, y=y) as p:
            return y, p
        case mod.CONST:
            return 1
        case []:
            return 2
        case str():
            return 3
        case other:
            return other
