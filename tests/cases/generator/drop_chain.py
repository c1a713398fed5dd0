"""Dropping the outermost generator of a chain closes those inside that wait in blocks."""


def leaf():
    try:
        yield 1
    finally:
        print("leaf")


def bare_leaf():
    yield 1


def middle(inner):
    try:
        yield from inner()
    finally:
        print("middle")


def root(inner):
    yield from middle(inner)


for inner in (leaf, bare_leaf):
    generator = root(inner)
    next(generator)
    del generator
    print("dropped")
