"""Module documentation."""
values = 1, 1.0, True, -0.0, 0.0, 1j, 2**62, 2**200, "s", b"s", None, ..., (), ("a", ("b",))
if __debug__:
    debug = 1
if 0:
    never()
while 0:
    never()
x = [1, 2, 3]
y = {1, 2, 3}
z = {"a": 1, **x, "b": 2}
for i in [1, 2, 3]:
    pass
s = x[1], x[-1], x[100000], x["k"], x[1:2], x[1:2:3], x[:, 1]


def documented():
    """   Text
        indented.

    """
