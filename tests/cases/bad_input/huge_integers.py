"""Integer text has a digit limit; powers and shifts that memory cannot hold raise before they try."""


def attempt(function):
    try:
        result = function()
    except Exception as error:
        print(type(error).__name__, str(error)[:100])
    else:
        print(type(result).__name__)


attempt(lambda: compile("9" * 10_000_000, "<int>", "eval"))
attempt(lambda: compile("0x" + "9" * 10_000, "<int>", "eval"))
attempt(lambda: int("9" * 10**6))
attempt(lambda: int("9" * 4300))
attempt(lambda: int("9" * 4301))
attempt(lambda: int("f" * 10**6, 16))
attempt(lambda: int("9_" * 4301))
attempt(lambda: int(b"9" * 10**6))
attempt(lambda: str(10**4300))
attempt(lambda: repr(1 << 20_000))
attempt(lambda: "%d" % (1 << 20_000))
attempt(lambda: f"{1 << 20_000}")
attempt(lambda: f"{1 << 20_000:x}")
attempt(lambda: f"{1 << 20_000:_d}")
attempt(lambda: 1 << 10**12)
attempt(lambda: 1 << 10**20)
attempt(lambda: 0 << 10**20)
attempt(lambda: 1 >> 10**20)
attempt(lambda: -1 >> 10**20)
attempt(lambda: 1 << -1)
attempt(lambda: float(10**400))
attempt(lambda: 10**400 / 3)
attempt(lambda: 10**400 / 10**399)
attempt(lambda: 10.0 ** 400)
attempt(lambda: 2 ** 0.5 ** 10**3)
attempt(lambda: int(float("inf")))
attempt(lambda: int(float("nan")))
attempt(lambda: (10**20).to_bytes(10**12))
attempt(lambda: complex(10**400))
attempt(lambda: pow(10, 10**10, 7))
attempt(lambda: divmod(10**5000, 10**2000))
attempt(lambda: range(10**30)[10**29])
attempt(lambda: len(range(10**30)))
attempt(lambda: hash(10**5000))
