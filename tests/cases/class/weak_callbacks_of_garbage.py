"""Callbacks of weak references that are garbage themselves are not called; those of living ones are."""
import gc
import weakref

gc.disable()


class Node:
    pass


def cycle(name):
    node = Node()
    node.me = node
    node.reference = weakref.ref(node, lambda _: print("callback inside", name))
    return weakref.ref(node, lambda _: print("callback outside", name))


outside = cycle("one")
print(outside() is not None)
gc.collect()
print(outside())
print(weakref.ref(len)() is len)
