"""Priority queues: a heap kept in a list, heap[k] <= heap[2*k+1] and heap[k] <= heap[2*k+2]."""

__all__ = ['heappush', 'heappop', 'heapify', 'heapreplace', 'merge', 'nlargest', 'nsmallest',
           'heappushpop', 'heappush_max', 'heappop_max', 'heapify_max', 'heapreplace_max',
           'heappushpop_max']


def _rise(heap, start, pos):
    """Move heap[pos] up towards start until its parent is not larger."""
    item = heap[pos]
    while pos > start:
        parent = (pos - 1) >> 1
        if not item < heap[parent]:
            break
        heap[pos] = heap[parent]
        pos = parent
    heap[pos] = item


def _sink(heap, pos):
    """Restore the heap below pos.

    The smaller children move up all the way to a leaf, then the item rises from there: an item
    from the end of the heap belongs near a leaf, so this takes fewer comparisons.
    """
    end = len(heap)
    start = pos
    item = heap[pos]
    child = 2 * pos + 1
    while child < end:
        right = child + 1
        if right < end and not heap[child] < heap[right]:
            child = right
        heap[pos] = heap[child]
        pos = child
        child = 2 * pos + 1
    heap[pos] = item
    _rise(heap, start, pos)


def _rise_max(heap, start, pos):
    item = heap[pos]
    while pos > start:
        parent = (pos - 1) >> 1
        if not heap[parent] < item:
            break
        heap[pos] = heap[parent]
        pos = parent
    heap[pos] = item


def _sink_max(heap, pos):
    end = len(heap)
    start = pos
    item = heap[pos]
    child = 2 * pos + 1
    while child < end:
        right = child + 1
        if right < end and not heap[right] < heap[child]:
            child = right
        heap[pos] = heap[child]
        pos = child
        child = 2 * pos + 1
    heap[pos] = item
    _rise_max(heap, start, pos)


def _check(heap, name):
    if not isinstance(heap, list):
        raise TypeError(f"{name}() argument must be list, not {type(heap).__name__}")


def _check_first(heap, name):
    if not isinstance(heap, list):
        raise TypeError(f"{name}() argument 1 must be list, not {type(heap).__name__}")


def heappush(heap, item, /):
    """Add an item."""
    _check_first(heap, 'heappush')
    heap.append(item)
    _rise(heap, 0, len(heap) - 1)


def heappop(heap, /):
    """Remove and return the smallest item."""
    _check(heap, 'heappop')
    if not heap:
        raise IndexError('index out of range')
    last = heap.pop()
    if heap:
        last, heap[0] = heap[0], last
        _sink(heap, 0)
    return last


def heapreplace(heap, item, /):
    """Remove and return the smallest item, then add another."""
    _check_first(heap, 'heapreplace')
    if not heap:
        raise IndexError('index out of range')
    item, heap[0] = heap[0], item
    _sink(heap, 0)
    return item


def heappushpop(heap, item, /):
    """Add an item, then remove and return the smallest."""
    _check_first(heap, 'heappushpop')
    if heap and heap[0] < item:
        item, heap[0] = heap[0], item
        _sink(heap, 0)
    return item


def heapify(heap, /):
    """Turn a list into a heap, in linear time."""
    _check(heap, 'heapify')
    for pos in range(len(heap) // 2 - 1, -1, -1):
        _sink(heap, pos)


def heappush_max(heap, item, /):
    """heappush() for a heap with the largest item first."""
    _check_first(heap, 'heappush_max')
    heap.append(item)
    _rise_max(heap, 0, len(heap) - 1)


def heappop_max(heap, /):
    """heappop() for a heap with the largest item first."""
    _check(heap, 'heappop_max')
    if not heap:
        raise IndexError('index out of range')
    last = heap.pop()
    if heap:
        last, heap[0] = heap[0], last
        _sink_max(heap, 0)
    return last


def heapreplace_max(heap, item, /):
    """heapreplace() for a heap with the largest item first."""
    _check_first(heap, 'heapreplace_max')
    if not heap:
        raise IndexError('index out of range')
    item, heap[0] = heap[0], item
    _sink_max(heap, 0)
    return item


def heappushpop_max(heap, item, /):
    """heappushpop() for a heap with the largest item first."""
    _check_first(heap, 'heappushpop_max')
    if heap and item < heap[0]:
        item, heap[0] = heap[0], item
        _sink_max(heap, 0)
    return item


def heapify_max(heap, /):
    """heapify() for a heap with the largest item first."""
    _check(heap, 'heapify_max')
    for pos in range(len(heap) // 2 - 1, -1, -1):
        _sink_max(heap, pos)


try:
    from _heapq import (
        heapify, heapify_max, heappop, heappop_max, heappush, heappush_max, heappushpop,
        heappushpop_max, heapreplace, heapreplace_max,
    )
except ImportError:
    pass


def merge(*iterables, key=None, reverse=False):
    """Iterate over the items of several sorted inputs in order, without reading ahead."""
    if reverse:
        build, replace, pop, step = heapify_max, heapreplace_max, heappop_max, -1
    else:
        build, replace, pop, step = heapify, heapreplace, heappop, 1
    # Entries: [key or value, position, next function, value]; the position settles ties.
    heap = []
    position = 0
    for iterable in iterables:
        advance = iter(iterable).__next__
        try:
            value = advance()
        except StopIteration:
            continue
        heap.append([value if key is None else key(value), position, advance, value])
        position += step
    build(heap)
    while len(heap) > 1:
        entry = heap[0]
        advance = entry[2]
        yield entry[3]
        try:
            value = advance()
        except StopIteration:
            pop(heap)
        else:
            entry[0] = value if key is None else key(value)
            entry[3] = value
            replace(heap, entry)
    if heap:
        _, _, advance, value = heap[0]
        yield value
        yield from advance.__self__


def _n_best(n, iterable, key, best, build, replace, is_better, step, descending):
    """The n best items in order: a heap of the best so far, its worst first."""
    if n == 1:
        sentinel = object()
        result = best(iterable, default=sentinel, key=key)
        return [] if result is sentinel else [result]
    try:
        size = len(iterable)
    except (TypeError, AttributeError):
        pass
    else:
        if n >= size:
            return sorted(iterable, key=key, reverse=descending)[:n]
    iterator = iter(iterable)
    order = 0
    heap = []
    for _, item in zip(range(n), iterator):
        heap.append((item if key is None else key(item), order, item))
        order += step
    if not heap:
        return []
    build(heap)
    worst = heap[0][0]
    for item in iterator:
        rank = item if key is None else key(item)
        if is_better(rank, worst):
            replace(heap, (rank, order, item))
            worst = heap[0][0]
            order += step
    heap.sort(reverse=descending)
    return [item for _, _, item in heap]


def nsmallest(n, iterable, key=None):
    """The n smallest items in order: like sorted(iterable, key=key)[:n]."""
    return _n_best(n, iterable, key, min, heapify_max, heapreplace_max,
                   lambda rank, worst: rank < worst, 1, False)


def nlargest(n, iterable, key=None):
    """The n largest items in order: like sorted(iterable, key=key, reverse=True)[:n]."""
    return _n_best(n, iterable, key, max, heapify, heapreplace,
                   lambda rank, worst: worst < rank, -1, True)
