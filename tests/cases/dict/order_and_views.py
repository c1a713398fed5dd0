d = dict(b=1, a=2); d["c"] = 3; d["b"] = 9
print(d, list(d), list(reversed(d)), d.keys() & {"a", "z"}, sorted(d.items() - {("a", 2)}))
del d["a"]; d["a"] = 0; print(d, d.pop("b"), d.popitem(), d.setdefault("q", []), d | {"c": 1}, {**d, "n": None})
v = d.keys(); d["late"] = 1; print(v, "late" in v, len(v))
try:
    for k in d: d[k + "x"] = 1
except RuntimeError as e: print(e)
for f in (lambda: d["none"], lambda: {[]: 1}, lambda: dict([(1, 2, 3)]), lambda: dict([1]), lambda: {}.popitem(), lambda: d < d):
    try: f()
    except Exception as e: print(type(e).__name__, e)
class K:
    def __hash__(self): return 1
    def __eq__(self, o): return True
print(len({K(): 1, K(): 2}), {1: "a", True: "b", 1.0: "c"}, dict.fromkeys("ab", 0))
class M(dict):
    def __missing__(self, k): return k * 2
print(M()["x"], M().get("x"))
