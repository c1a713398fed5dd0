"""f-strings nested in f-strings: 140 levels work, 200 are too many."""


def nested(depth):
    source = "1"
    for _ in range(depth):
        source = "f'{" + source + "}'"
    return source


print(eval(nested(2)), eval(nested(40)))
for depth in (149, 150, 200, 3_000):
    try:
        compile(nested(depth), "<f>", "eval")
    except (SyntaxError, MemoryError, RecursionError) as error:
        print(depth, type(error).__name__, error)
    else:
        print(depth, "compiled")
try:
    compile("f'{" * 200, "<f>", "eval")
except SyntaxError as error:
    print(error.msg)
for source in ("f'{a:{b:{c}}}'", "f'{a:{b:{c:{d}}}}'"):
    try:
        compile(source, "<f>", "eval")
        print("compiled")
    except SyntaxError as error:
        print(error.msg)
