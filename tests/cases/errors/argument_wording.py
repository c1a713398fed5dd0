"""Wording of arity, keyword and item errors of builtins."""


def attempt(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, error)


attempt(lambda: format(1, None))
attempt(lambda: (5).__format__(None))
attempt(lambda: int.from_bytes(x=1))
attempt(lambda: "a".replace(x=1))
attempt(lambda: complex(1, 2, default=5))
attempt(lambda: int(1.5, 1))
attempt(lambda: filter(None, int | str))
attempt(lambda: bytes(5.5))
attempt(lambda: hash(""))
attempt(lambda: b"".decode("nonsense"))
attempt(lambda: bytearray(b"'a"))
for target in ((), 1, None):
    attempt(lambda: target.__class__.__delitem__)
    try:
        del target[0]
    except TypeError as error:
        print(error)
