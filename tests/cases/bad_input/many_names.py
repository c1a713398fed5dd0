"""66,000 locals, 70,000 constants, thousands of arguments."""


def attempt(name, source, expression):
    space = {}
    try:
        exec(source, space)
        print(name, eval(expression, space))
    except (SyntaxError, MemoryError, RecursionError, OverflowError) as error:
        print(name, type(error).__name__)


attempt("constants", "x = [" + ", ".join(f"{n}.5" for n in range(70_000)) + "]", "len(x), x[69_999]")
attempt("strings", "x = [" + ", ".join(f"'s{n}'" for n in range(70_000)) + "]", "len(x), x[69_999]")
attempt("tuple", "x = (" + ", ".join(f"{n}" for n in range(70_000)) + ")", "len(x), x[69_999]")
attempt("globals", "\n".join(f"g{n} = {n}" for n in range(70_000)), "g69999")
attempt("arguments", "def f(" + ", ".join(f"a{n}" for n in range(5_000)) + "): return a4999", "f(*range(5_000))")
attempt("call", "def f(*a): return len(a)\nx = f(" + ", ".join(["1"] * 5_000) + ")", "x")
attempt("keywords", "def f(**k): return len(k)\nx = f(" + ", ".join(f"k{n}=1" for n in range(5_000)) + ")", "x")
attempt("locals", "def f():\n" + "".join(f" v{n} = {n}\n" for n in range(66_000)) + " return v65999 + v1", "f()")
attempt("nested functions", "def f():\n" + "".join(f" def g{n}(): return {n}\n" for n in range(2_000)) + " return g1999()", "f()")
attempt("statements", "x = 0\n" + "x += 1\n" * 20_000, "x")
