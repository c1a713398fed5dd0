"""Collecting a cycle leaves alone what living functions share with functions in the cycle."""
import gc


class Node:
    pass


def make(name):
    node = Node()
    node.me = node
    node.function = lambda: name
    return lambda: name


def counter():
    n = 0

    def add():
        nonlocal n
        n += 1
        return n
    cycle = [add]
    cycle.append(cycle)
    return add


kept, add = make("kept"), counter()
gc.collect()
print(kept(), add(), add())
