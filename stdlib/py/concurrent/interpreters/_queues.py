"""Queues between interpreters."""

import queue
import weakref

import _crossinterp
import _interpqueues
from _interpqueues import QueueError, QueueNotFoundError

__all__ = ['UNBOUND', 'UNBOUND_ERROR', 'UNBOUND_REMOVE', 'ItemInterpreterDestroyed', 'Queue', 'QueueEmpty', 'QueueError',
           'QueueFull', 'QueueNotFoundError', 'create', 'list_all']


class QueueEmpty(QueueError, queue.Empty):
    """There is no item in the queue."""


class QueueFull(QueueError, queue.Full):
    """There is no room in the queue."""


class ItemInterpreterDestroyed(QueueError):
    """The interpreter that put an item is gone, and so is the item."""


class _Unbound:
    """What becomes of an item when the interpreter that put it ends."""

    __slots__ = 'name', 'op'

    def __init__(self, name, op):
        self.name = name
        self.op = op

    def __repr__(self):
        return f'{__name__}.{self.name}'

    def __reduce__(self):
        return self.name


UNBOUND = _Unbound('UNBOUND', _interpqueues.UNBOUND_REPLACE)
UNBOUND_ERROR = _Unbound('UNBOUND_ERROR', _interpqueues.UNBOUND_ERROR)
UNBOUND_REMOVE = _Unbound('UNBOUND_REMOVE', _interpqueues.UNBOUND_REMOVE)
_UNBOUND_OF_OP = {unbound.op: unbound for unbound in (UNBOUND, UNBOUND_ERROR, UNBOUND_REMOVE)}


def _op_of(unbound):
    if not isinstance(unbound, _Unbound):
        raise NotImplementedError(f'unsupported unbound replacement op {unbound!r}')
    return unbound.op


def create(maxsize=0, *, unbounditems=UNBOUND):
    """Return a new queue. `unbounditems` says what becomes of items whose interpreter ends: UNBOUND stands in for them,
    UNBOUND_ERROR makes get() raise ItemInterpreterDestroyed, UNBOUND_REMOVE takes them out."""
    return Queue(_interpqueues.create(maxsize, _op_of(unbounditems)))


def list_all():
    """Return all queues."""
    return [Queue(id) for id, _ in _interpqueues.list_all()]


_known_queues = weakref.WeakValueDictionary()


class Queue:
    """A queue between interpreters: shareable objects cross as they are, others by pickle."""

    def __new__(cls, id, /):
        if not isinstance(id, int):
            raise TypeError(f'id must be an int, got {id!r}')
        id = int(id)
        self = _known_queues.get(id)
        if self is None:
            _interpqueues.bind(id)
            self = super().__new__(cls)
            self._id = id
            _known_queues[id] = self
        return self

    def __del__(self):
        try:
            _interpqueues.release(self._id)
        except (AttributeError, QueueNotFoundError):
            pass

    def __repr__(self):
        return f'{type(self).__name__}({self.id})'

    def __hash__(self):
        return hash(self._id)

    def __reduce__(self):
        return Queue, (self._id,)

    @property
    def id(self):
        return self._id

    @property
    def unbounditems(self):
        return _UNBOUND_OF_OP[_interpqueues.get_queue_defaults(self._id)]

    @property
    def maxsize(self):
        return _interpqueues.get_maxsize(self._id)

    def empty(self):
        return self.qsize() == 0

    def full(self):
        return _interpqueues.is_full(self._id)

    def qsize(self):
        return _interpqueues.get_count(self._id)

    def put(self, obj, block=True, timeout=None, *, unbounditems=None):
        """Add an object to the queue.

        While the queue is full this waits up to `timeout` seconds, or without a limit if it is None, then raises QueueFull; not at all if
        `block` is false. `unbounditems` replaces the queue's own setting for this object.
        """
        if not block:
            return self.put_nowait(obj, unbounditems=unbounditems)
        self._put(obj, _checked_timeout(timeout), unbounditems)

    def put_nowait(self, obj, *, unbounditems=None):
        """Add an object to the queue; raises QueueFull if it is full."""
        self._put(obj, 0, unbounditems)

    def _put(self, obj, timeout, unbounditems):
        op = _interpqueues.get_queue_defaults(self._id) if unbounditems is None else _op_of(unbounditems)
        if not _interpqueues.put(self._id, _crossinterp.dumps(obj), op, timeout):
            raise QueueFull(f'queue {self._id} is full')

    def get(self, block=True, timeout=None):
        """Return the oldest object of the queue, taken out of it.

        While the queue is empty this waits up to `timeout` seconds, or without a limit if it is None, then raises QueueEmpty; not at all
        if `block` is false. What stands for an object whose interpreter has ended was said when it was put.
        """
        if not block:
            return self.get_nowait()
        return self._get(_checked_timeout(timeout))

    def get_nowait(self):
        """Return the oldest object of the queue; raises QueueEmpty if there is none."""
        return self._get(0)

    def _get(self, timeout):
        item = _interpqueues.get(self._id, timeout)
        if item is None:
            raise QueueEmpty(f'queue {self._id} is empty')
        data, op = item
        if data is not None:
            return _crossinterp.loads(data)
        if op == UNBOUND_ERROR.op:
            raise ItemInterpreterDestroyed("item's original interpreter destroyed")
        return _UNBOUND_OF_OP[op]


def _checked_timeout(timeout):
    if timeout is None:
        return None
    timeout = float(timeout)
    if timeout < 0:
        raise ValueError('timeout value must be non-negative')
    return timeout


_crossinterp._shareable_types.add(Queue)
