"""Results that memory cannot hold: MemoryError, OverflowError or ValueError at once."""


def attempt(function):
    try:
        result = function()
    except (MemoryError, OverflowError, ValueError, TypeError) as error:
        print(type(error).__name__, error)
    else:
        print(type(result).__name__, len(result))


huge, vast = 10**12 * 10**5, 10**20
items = [0]
attempt(lambda: "ab" * huge * 100)
attempt(lambda: "a" * vast)
attempt(lambda: b"ab" * huge * 100)
attempt(lambda: b"a" * vast)
attempt(lambda: bytearray(b"ab") * vast)
attempt(lambda: [0] * (huge * 100))
attempt(lambda: [0] * vast)
attempt(lambda: (0,) * vast)
attempt(lambda: items * -vast)
attempt(lambda: "" * (huge * 10))
attempt(lambda: [] * (huge * 10))
attempt(lambda: bytes(vast))
attempt(lambda: bytearray(vast))
attempt(lambda: bytes(-1))
attempt(lambda: "%*d" % (vast, 1))
attempt(lambda: "%.*f" % (vast, 1.0))
attempt(lambda: "%99999999999999999999d" % 1)
attempt(lambda: "%.99999999999999999999f" % 1)
attempt(lambda: "%-*d|" % (5, 1))
attempt(lambda: "%*d" % (-5, 1))
attempt(lambda: "%.*f" % (3, 1.0))
attempt(lambda: f"{1:>99999999999999999999}")
attempt(lambda: f"{1.5:.99999999999999999999f}")
attempt(lambda: f"{1.5:.9999999999f}")
attempt(lambda: format("a", "99999999999999999999s"))
attempt(lambda: "a".center(vast))
attempt(lambda: "a".ljust(vast))
attempt(lambda: "a".zfill(vast))
attempt(lambda: "\t".expandtabs(vast))
attempt(lambda: b"a".center(vast))
attempt(lambda: list(range(vast)))
attempt(lambda: "{:{}}".format(1, vast))
attempt(lambda: "{0[99999999999999999999]}".format([1]))
attempt(lambda: "{99999999999999999999}".format(1))
attempt(lambda: "a".join(["b"] * 10) + "a" * 0)
attempt(lambda: memoryview(b"abc").cast("B", [vast]))
attempt(lambda: "x".replace("x", "y", vast))
attempt(lambda: "x".split(None, vast))
attempt(lambda: items.pop(vast))
attempt(lambda: items.insert(vast, 1) or items)
attempt(lambda: items[vast:])
attempt(lambda: items[::vast])
attempt(lambda: items[:-vast])
