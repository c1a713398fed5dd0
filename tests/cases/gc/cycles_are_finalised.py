import gc, weakref
gc.disable()
class Node:
    def __init__(self, name): self.name = name
    def __del__(self): dead.append(self.name)
dead = []
a, b = Node("a"), Node("b")
a.other, b.other = b, a
r = weakref.ref(a, lambda ref: print("callback"))
del a, b
print("before"); gc.collect(); print("after", r(), sorted(dead))  # CPython's order inside a cycle is no promise.
class Phoenix:
    def __del__(self):
        global saved
        saved = self
        print("rising")
p = Phoenix(); p.me = p; del p
gc.collect(); print(type(saved).__name__)
d = weakref.WeakValueDictionary(); n = Node("n"); d["k"] = n; print(len(d)); del n; print(len(d), dead[-1])
def gen():
    try: yield
    finally: print("generator closed")
g = gen(); next(g); g = None
print("end")
