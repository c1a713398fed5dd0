class Empty:
    pass


@decorate
@decorate.other(1)
class C(Base, *bases, metaclass=M, **options):
    """Documentation
       of C."""

    x: int = 1
    if cond:
        y: str
    z = [x for x in w if q]

    def __init__(self, a, /, b=1, *, __private: int = 2) -> None:
        self.__a = a
        self.b, self.c = b, __private

    class Inner:
        def m(self):
            return __class__


def outer(v):
    class Local:
        v = v
        w = v

        def m(self):
            nonlocal v
            v = 1
            global g
            g = 2
    return Local
