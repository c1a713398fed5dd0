"""Source text nested beyond all reason is a SyntaxError, MemoryError or RecursionError, or works."""


def attempt(name, source, mode="eval"):
    try:
        code = compile(source, "<deep>", mode)
    except (SyntaxError, MemoryError, RecursionError) as error:
        print(name, type(error).__name__, getattr(error, "msg", ""))
    else:
        print(name, "compiled")
        return code


N = 100_000
attempt("parentheses", "(" * N + "1" + ")" * N)
attempt("open parentheses", "(" * N)
attempt("lists", "[" * N + "]" * N)
attempt("open lists", "[" * N)
attempt("dicts", "{1:" * N + "2" + "}" * N)
attempt("calls inside", "f(" * N + ")" * N)
attempt("subscripts inside", "a[" * N + "0" + "]" * N)
attempt("mixed", "([{" * N)
attempt("closing only", ")" * N)
attempt("300 blocks", "".join(" " * n + "if 1:\n" for n in range(300)) + " " * 300 + "pass", "exec")
attempt("99 blocks", "".join(" " * n + "if 1:\n" for n in range(99)) + " " * 99 + "pass", "exec")
attempt("25 loops", "".join(" " * n + "while 1:\n" for n in range(25)) + " " * 25 + "pass", "exec")
