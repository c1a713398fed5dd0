"""Linked lists of 100,000 objects, of several kinds, are dropped without recursion."""


class Node:
    __slots__ = ("next",)


class Plain:
    pass


def drop_chain(make, link):
    head = None
    for _ in range(100_000):
        node = make()
        link(node, head)
        head = node
    del head, node
    print("dropped", make.__name__)


drop_chain(Node, lambda node, following: setattr(node, "next", following))
drop_chain(Plain, lambda node, following: setattr(node, "next", following))
drop_chain(dict, lambda node, following: node.__setitem__(0, following))
drop_chain(list, lambda node, following: node.append(following))
chain = None
for _ in range(100_000):
    chain = (chain,)
del chain
for _ in range(100_000):
    chain = (lambda inner: lambda: inner)(chain) if _ else None
del chain
print("dropped closures")


def generator(inner):
    yield inner


chain = None
for _ in range(50_000):
    chain = generator(chain)
    if _ % 2:
        next(chain)
del chain
print("dropped generators")
error = None
for _ in range(50_000):
    new = ValueError()
    new.__context__ = error
    error = new
del error, new
print("dropped exceptions")
iterator = iter(())
for _ in range(50_000):
    iterator = map(None, iterator)
del iterator
print("dropped iterators")
