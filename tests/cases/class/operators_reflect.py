class N:
    def __init__(self, n): self.n = n
    def __add__(self, o): return NotImplemented if isinstance(o, str) else ("add", self.n, o)
    def __radd__(self, o): return ("radd", o, self.n)
    def __iadd__(self, o): self.n += o; return self
    def __lt__(self, o): return NotImplemented
    def __contains__(self, x): return x == self.n
    def __call__(self, *a, **k): return (a, k)
    def __len__(self): return self.n
    def __bool__(self): return False
    def __index__(self): return self.n
class M(N):
    def __radd__(self, o): return ("M.radd", self.n)
n = N(2)
print(n + 1, 1 + n, N(1) + M(5), 2 in n, n(1, a=2), len(n), bool(n), "abc"[n], [0] * n)
n += 5; print(n.n)
for f in (lambda: n + "s", lambda: n < 1, lambda: n @ 1, lambda: -n, lambda: ~n):
    try: print(f())
    except TypeError as e: print(e)
