def counter():
    n = 0
    def inc():
        nonlocal n
        n += 1
        return n
    return inc
a, b = counter(), counter()
print(a(), a(), b())
fs = [lambda: i for i in range(3)]
print([f() for f in fs], [f() for f in [lambda i=i: i for i in range(3)]])
def unbound():
    print(x)
    x = 1
try: unbound()
except UnboundLocalError as e: print(e)
def deleted():
    x = 1
    def f(): return x
    del x
    return f
try: deleted()()
except NameError as e: print(e)
class C:
    x = 5
    y = [x for _ in range(2)]
    def m(self): return __class__
print(C.y, C().m() is C)
