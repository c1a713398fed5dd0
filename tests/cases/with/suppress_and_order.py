class Ctx:
    def __init__(self, name, eat=False): self.name, self.eat = name, eat
    def __enter__(self): print("enter", self.name); return self
    def __exit__(self, t, v, tb): print("exit", self.name, t and t.__name__, v); return self.eat
with Ctx("a") as a, Ctx("b", eat=True), (Ctx("c")):
    raise ValueError("x")
print("after")
try:
    with Ctx("outer"):
        with Ctx("inner"): 1 / 0
except ZeroDivisionError: print("out")
for bad in (5, type("E", (), {"__enter__": lambda s: 1})()):
    try:
        with bad: pass
    except TypeError as e: print(e)
def f():
    with Ctx("ret"): return "value"
print(f())
for i in range(2):
    with Ctx(i): continue
