import gc, weakref
class Node:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
a, b = Node("a"), Node("b")
a.other, b.other = b, a
r = weakref.ref(a, lambda ref: print("callback"))
del a, b
print("before"); gc.collect(); print("after", r())
class Phoenix:
    def __del__(self):
        global saved
        saved = self
        print("rising")
p = Phoenix(); p.me = p; del p
gc.collect(); print(type(saved).__name__)
d = weakref.WeakValueDictionary(); n = Node("n"); d["k"] = n; print(len(d)); del n; print(len(d))
def gen():
    try: yield
    finally: print("generator closed")
g = gen(); next(g); g = None
print("end")
