def f(a, b, /, c, *, d, e=1): pass
def g(*args, k): pass
class C:
    def m(self, x): pass
for call in (lambda: f(), lambda: f(1, 2), lambda: f(1, 2, 3, 4, d=1), lambda: f(a=1, b=2, c=3, d=4),
             lambda: f(1, 2, 3, d=1, z=2), lambda: f(1, 2, 3, c=3, d=1), lambda: g(1), lambda: C().m(),
             lambda: C().m(1, 2), lambda: len(), lambda: len([], []), lambda: print(end=1), lambda: int("a", b=1),
             lambda: f(**{1: 2}), lambda: f(*5), lambda: f(**5), lambda: "".join(1), lambda: [].append(), lambda: 5()):
    try: call()
    except TypeError as e: print(e)
