for spec, value in [(">10", "a"), ("*^9", "mid"), ("+.3e", 12345.678), (",.2f", 1234567.891), ("#x", 255), ("_b", 65535),
                    ("08.3f", -3.14159), ("%", 0.256), ("g", 1e20), ("c", 97), (".2s", "xyz"), ("=+8", 5), ("n", 1000), ("z.1f", -0.01)]:
    print(repr(format(value, spec)))
for spec, value in [("d", "s"), ("s", 1), (".2d", 3), ("q", 1), ("<<<", 1), (",x", 255), ("=", "a")]:
    try: print(format(value, spec))
    except ValueError as e: print(e)
x, w = 3.14159, 10
print(f"{x!r:>{w}.4}|{x:{'<'}{w}}|{x=:.2f}|{'nested ' + f'{w:03}'}|{{}}")
print("%5.2f|%-6s|%+d|%x|%%|%r" % (x, "ab", 5, 255, "q"), "%(a)s" % {"a": 1})
print("{0[1]} {a.real} {!r:>5}".format("z", a=2) if 0 else "{0[1]} {a.real}".format([1, 2], a=2))
