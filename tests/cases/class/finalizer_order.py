"""In which order objects that go together are finalised."""


class Item:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print(self.name, end=" ")


def show(what):
    print("<-", what)


def locals_():
    a, b, c = Item("a"), Item("b"), Item("c")


def generator():
    a, b = Item("a"), Item("b")
    yield


def arguments(*args, **keywords):
    pass


items = [Item(1), [Item(2), Item(3)], Item(4)]
del items
show("list")
items = Item(1), Item(2)
del items
show("tuple")
items = {1: Item(1), 2: Item(2)}
del items
show("dict")
items = [Item(i) for i in range(4)]
items[:2] = []
show("slice")
items.clear()
show("clear")
locals_()
show("locals")
for close in (False, True):
    suspended = generator()
    next(suspended)
    if close:
        suspended.close()
    del suspended
    show("generator")
arguments(Item(1), Item(2), k=Item(3))
show("arguments")
x, y = Item("x"), Item("y")
x, y = 1, 2
show("assignment")
