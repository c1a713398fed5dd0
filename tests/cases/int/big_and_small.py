print(2 ** 100, -7 // 2, -7 % 3, 7 // -2, divmod(-7, 2), (-2) ** 3, 2 ** -1, 0 ** 0)
print((1 << 62) + (1 << 62), -(1 << 63) - 1, (1 << 63) * (1 << 63), int("ff", 16), int("0b101", 0), int(" 1_000 "))
print((255).to_bytes(2, "big"), int.from_bytes(b"\xff\xfe", "little", signed=True), (10**18).bit_length(), (5).bit_count())
print(round(25, -1), round(15, -1), round(2.5), round(-0.5), round(2.675, 2), hash(2**61 - 1), hash(-1), 5 .as_integer_ratio())
print(10**20 // 3, -10**20 % 7, pow(3, 1000, 7), pow(3, -1, 7), 3 ** 50 & 0xffff, ~(1 << 70), (1 << 70) >> 69)
for f in (lambda: 1 // 0, lambda: 1 % 0, lambda: 0 ** -1, lambda: int("x"), lambda: int("1", 99), lambda: 1 << -1,
          lambda: pow(2, -1, 4), lambda: int(float("nan")), lambda: int(float("inf")), lambda: (-1).to_bytes(1, "big")):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
