"""An `mro()` that assigns bases in turn cannot make a class its own base."""


class Meta(type):
    ready = False

    def mro(cls):
        if Meta.ready:
            if cls.__name__ == "First":
                Second.__bases__ = (First,)
            if cls.__name__ == "Second":
                First.__bases__ = (Second,)
        return type.mro(cls)


class Base(metaclass=Meta):
    pass


class First(Base):
    pass


class Second(Base):
    pass


Meta.ready = True
try:
    First.__bases__ += ()
except TypeError as error:
    print(error)


class NoMethod:
    __eq__ = __lt__ = property(lambda self: self.missing)


print(NoMethod() == NoMethod(), NoMethod() != 1)
NoMethod.__eq__ = property(lambda self: 1 / 0)
try:
    NoMethod() == 1
except ZeroDivisionError as error:
    print(error)
try:
    NoMethod() < 1
except TypeError as error:
    print(error)
