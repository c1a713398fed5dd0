def calls(f, x, args, kw):
    f()
    f(x, 1, "s")
    y = f(f(x), f(f(x)))
    f(x, a=1, b=x)
    f(*args)
    f(x, *args, 1)
    f(**kw)
    f(x, *args, k=1, **kw, j=2)
    x.m()
    x.m(1, k=2)
    x.m(*args)
    x.a.b(x).c(2)[0](3)
    return f(x)


class C:
    def m(self):
        super().m(1)
        super(C, self).m()
        (lambda: self)()
        return super().attr, __class__
