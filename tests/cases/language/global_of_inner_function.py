"""A name that any function declares global is global for the module's code: seen where `exec` has separate locals."""

SOURCE = """
x = 1
y = 2
def f():
    def g():
        global x
        return x
    return g()
print(f())
[z := n for n in range(3)]
"""
names, local_names = {}, {}
exec(SOURCE, names, local_names)
print(names["x"], names["z"], sorted(local_names))


def function():
    x = 10

    def first():
        global x
        return x

    def second():
        return x + 1

    return first(), second()


x = 5
print(function())
