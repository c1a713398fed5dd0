def values(a, b, c):
    return a < b, a < b < c, a is b, a not in (1, 2), a in [b, c], not a == b


def conditions(a, b, c):
    if a < b <= c and a or not b:
        return 1
    if a == 1 or b != -5 or c >= 100000:
        return 2
    if a is None and b is not None:
        return 3
    if a in {1, 2} or b not in [3, c]:
        return 4
    if not (a and (b or c)):
        return 5
    x = a and b or c
    y = a if b else c
    while not (0 < x < 10):
        x -= 1
    assert a, "message %s" % (b,)
    return x or y
