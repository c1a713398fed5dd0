"""How messages name a class: without `__main__`, as the receiver of a class method, at its full name."""
import collections


class Plain:
    pass


class Bad(TypeError):
    pass


class Unhashable:
    __hash__ = None


def attempt(function):
    try:
        function()
    except TypeError as error:
        print(error)


def enter(value):
    with value:
        pass


attempt(lambda: type("Sub", (Plain,), {}, option=1))
attempt(lambda: Plain.__init_subclass__(1))
attempt(lambda: collections.OrderedDict.fromkeys(x=1))
attempt(lambda: int.from_bytes())
attempt(lambda: {Unhashable(): 1})
attempt(lambda: {Unhashable()})
attempt(lambda: enter(Plain()))
attempt(lambda: enter(collections.Counter()))


class Sub(Plain):
    pass


for bases in ((object,), (int,), (Sub,)):
    attempt(lambda: setattr(Sub, "__bases__", bases))


class Repr:
    def __repr__(self):
        return 3


attempt(lambda: repr(Repr()))
attempt(lambda: str(Repr()))
attempt(lambda: f"{Repr()}")
