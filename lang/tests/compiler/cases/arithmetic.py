def f(a, b):
    c = a + b * 2 - (a // 3) % 7
    c += 1
    c <<= b
    x = -a ** ~b
    y = a @ b / c
    return 1 + a, a & 255 | b ^ c, 70000 * a, a * 1.5, 2 ** 10, "ab" * 2, -1, not 0
