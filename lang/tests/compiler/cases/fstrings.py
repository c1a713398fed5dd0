def f(a, b):
    return f"{a}", f"x{a!r:>{b}}y{b:.2f}z", f"", f"plain", f"{a=}", "%s and %5r" % (a, b), "%d" % (a,)


def t(a, b):
    return t"x{a!r:>{b}}y{b}"
