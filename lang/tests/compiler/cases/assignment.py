def targets(a, b, o):
    x = y = a
    x, y = y, x
    x, y = y, x + y
    x, x = a, b
    p, q, r = o
    (m, [n, *rest]), z = o
    o.attr = a
    o[a] = b
    o[1:2] = b
    o[a:b, ...] = x
    o.attr += 1
    o[a] -= x
    o.p, o.q = a, b
    del x, o.attr, o[a], (p, q)
    return z, rest, m, n


def spread(o):
    first, *middle, last = o
    *init, tail = o
    k: int
    v: int = 5
    o.w: g() = 1
    o.w: g()
    return first, middle, last, init, tail, v
