"""Chains of 10,000 operators, attributes or calls compile and run, or end in an exception; none ends the process."""


def attempt(name, source, mode="eval"):
    try:
        compile(source, "<chain>", mode)
    except (SyntaxError, MemoryError, RecursionError) as error:
        return name, "refused"
    return name, "compiled"


N = 10_000
for name, source in [
    ("not", "not " * N + "x"),
    ("minus", "-" * N + "x"),
    ("tilde", "~" * N + "x"),
    ("plus", "+" * N + "x"),
    ("power", "**".join(["x"] * N)),
    ("sum", "+".join(["x"] * N)),
    ("and", " and ".join(["x"] * N)),
    ("or", " or ".join(["x"] * N)),
    ("compare", "<".join(["x"] * N)),
    ("attributes", "x" + ".a" * N),
    ("calls", "x" + "()" * N),
    ("subscripts", "x" + "[0]" * N),
    ("ternary", "x if y else " * N + "z"),
    ("lambda", "lambda:" * N + "z"),
    ("await", "await " * N + "z"),
    ("strings", "'a' " * N),
    ("walrus", "(x:=" * N + "1" + ")" * N),
]:
    name, result = attempt(name, source)
    assert result in ("refused", "compiled"), name
print("expressions done")
for name, source in [
    ("elif", "if x: pass\n" + "elif x: pass\n" * 5000),
    ("assign", "x = " * N + "1"),
    ("del", "del " + "x, " * N),
    ("semicolons", "x;" * N),
    ("decorators", "@x\n" * N + "def f(): pass"),
    ("except", "try: pass\n" + "except x: pass\n" * N),
    ("with", "with " + ", ".join(["x"] * N) + ": pass"),
    ("import", "import " + ".".join(["x"] * N)),
    ("case", "match x:\n" + " case 1: pass\n" * N),
    ("or pattern", "match x:\n case " + "|".join(["1"] * N) + ": pass"),
    ("sequence pattern", "match x:\n case " + "[" * N + "]" * N + ": pass"),
    ("class", "class A" + "(x, " * 50 + ")" * 50 + ": pass"),
    ("lambda body", "x = " + "lambda: (" * 150 + "1" + ")" * 150),
]:
    name, result = attempt(name, source, "exec")
    assert result in ("refused", "compiled"), name
print("statements done")
x = 1
exec("if x == 0: pass\n" + "".join(f"elif x == {n}: y = {n}\n" for n in range(5000, 0, -1)))
print(y)
print(eval("+".join(["x"] * 1000)), eval("-" * 80 + "x"), eval("not " * 81 + "x"))
