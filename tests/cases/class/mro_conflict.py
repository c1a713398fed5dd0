class X: pass
class Y: pass
class A(X, Y): pass
class B(Y, X): pass
print([c.__name__ for c in A.__mro__])
try:
    class C(A, B): pass
except TypeError as e:
    print(e)
