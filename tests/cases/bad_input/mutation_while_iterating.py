"""Containers that change while they are iterated, compared, sorted or hashed."""


def attempt(name, function):
    try:
        print(name, function())
    except Exception as error:
        print(name, type(error).__name__, error)


def grow_dict():
    mapping = {n: n for n in range(5)}
    for key in mapping:
        mapping[key + 100] = 1


def shrink_dict():
    mapping = {n: n for n in range(5)}
    for key in mapping:
        del mapping[key]


def replace_dict():
    mapping = {n: n for n in range(5)}
    seen = []
    for key in mapping:
        seen.append(key)
        mapping.pop(key)
        mapping[key + 10] = 1
        if len(seen) > 20:
            return "endless"
    return seen


def items_dict():
    mapping = {1: 1, 2: 2}
    for key, value in mapping.items():
        mapping.clear()


def reversed_dict():
    mapping = {1: 1, 2: 2}
    for key in reversed(mapping):
        mapping[3] = 3


def grow_set():
    items = {1, 2, 3}
    for item in items:
        items.add(item + 100)


def grow_list():
    items = [1, 2, 3]
    for item in items:
        if len(items) < 10:
            items.append(item)
    return items


def shrink_list():
    items = list(range(10))
    for item in items:
        items.remove(item)
    return items


def sort_list():
    items = [3, 1, 2]
    items.sort(key=lambda item: items.append(item) or item)
    return items


def sort_clear():
    items = [3, 1, 2]
    items.sort(key=lambda item: items.clear() or item)
    return items


class Clearing:
    """Equality that empties the container it is in."""

    def __init__(self, container):
        self.container = container

    def __eq__(self, other):
        self.container.clear()
        return False

    def __hash__(self):
        return 1


def lookup(kind):
    container = kind()
    for n in range(3):
        key = Clearing(container) if n == 2 else Fixed(n)
        container[key] = n
    return len(container)


class Fixed:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return 1

    def __eq__(self, other):
        return NotImplemented


def list_remove():
    items = [0, 1, 2]
    items[1] = Clearing(items)
    return items.remove(99)


def list_index():
    items = [0, 1, 2]
    items[1] = Clearing(items)
    return items.index(99)


def list_count():
    items = [0, 1, 2]
    items[1] = Clearing(items)
    return items.count(99), items


def list_in():
    items = [0, 1, 2]
    items[1] = Clearing(items)
    return 99 in items


def list_equal():
    left, right = [0, 1, 2], [0, 5, 2]
    left[1] = Clearing(right)
    return left == right


def set_add():
    items = set()
    items.add(Fixed(1))
    items.add(Clearing(items))
    return len(items)


def extend_self():
    items = [1, 2, 3]
    items.extend(items)
    items += items
    items[1:1] = items
    return len(items)


def update_self():
    mapping = {1: 2}
    mapping.update(mapping)
    return mapping


class Index:
    def __init__(self, items):
        self.items = items

    def __index__(self):
        self.items.clear()
        return 2


def index_clears():
    items = [1, 2, 3]
    return items[Index(items)]


def store_clears():
    items = [1, 2, 3]
    items[Index(items)] = 1


def slice_clears():
    items = [1, 2, 3]
    return items[Index(items) :], items


def slice_store_clears():
    items = [1, 2, 3]
    items[0 : Index(items)] = [7]
    return items


def multiply_clears():
    items = [1, 2, 3]
    return items * Index(items)


def join_changes():
    class Text(str):
        pass

    items = ["a", "b"]

    def texts():
        for item in list(items):
            items.append("c")
            yield item

    return ",".join(texts()), items


def bytearray_resize():
    data = bytearray(b"abc")
    view = memoryview(data)
    data.append(1)


def tuple_from_growing():
    items = [1]

    def source():
        for n in range(5):
            items.append(n)
            yield n

    return tuple(source()), items


for function in (
    grow_dict, shrink_dict, items_dict, reversed_dict, grow_set, grow_list, shrink_list, sort_list,
    sort_clear, list_remove, list_index, list_count, list_in, list_equal, set_add, extend_self, update_self, index_clears,
    store_clears, slice_clears, slice_store_clears, multiply_clears, join_changes, bytearray_resize, tuple_from_growing,
):
    attempt(function.__name__, function)
attempt("dict lookup", lambda: lookup(dict))
