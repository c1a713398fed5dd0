class P:
    __slots__ = ("x", "__weakref__")
class Q(P):
    __slots__ = ("y",)
class R(Q): pass
q = Q(); q.x = 1
try: q.z = 2
except AttributeError as e: print(e)
try: q.y
except AttributeError as e: print(e)
try: q.__dict__
except AttributeError as e: print(e)
r = R(); r.x, r.z = 1, 2
print(r.__dict__, P.x)
try:
    class S: 
        __slots__ = ("a",); a = 1
except ValueError as e: print(e)
