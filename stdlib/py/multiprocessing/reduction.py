"""Pickling for other processes: also descriptors, sockets, connections and methods of classes in C."""

import copyreg
import functools
import io
import pickle
import sys

from . import context

__all__ = ['send_handle', 'recv_handle', 'ForkingPickler', 'register', 'dump', 'DupFd', 'sendfds', 'recvfds']

HAVE_SEND_HANDLE = True


class ForkingPickler(pickle.Pickler):
    """A pickler that knows how to pass things on that only make sense between processes."""

    _extra_reducers = {}
    _copyreg_dispatch_table = copyreg.dispatch_table

    def __init__(self, *args):
        super().__init__(*args)
        self.dispatch_table = {**self._copyreg_dispatch_table, **self._extra_reducers}
        # Who has no sockets need not load what they are.
        sockets = sys.modules.get('socket')
        if sockets is not None:
            self.dispatch_table.setdefault(sockets.socket, _reduce_socket)

    @classmethod
    def register(cls, type, reduce):
        """Have a function reduce the objects of a type."""
        cls._extra_reducers[type] = reduce

    @classmethod
    def dumps(cls, obj, protocol=None):
        """A view of the bytes of a pickled object."""
        buffer = io.BytesIO()
        cls(buffer, protocol).dump(obj)
        return buffer.getbuffer()

    loads = pickle.loads


register = ForkingPickler.register


def dump(obj, file, protocol=None):
    """Pickle an object into a file."""
    ForkingPickler(file, protocol).dump(obj)


# A message with descriptors says how many, up to this.
_MARK = 251


def sendfds(sock, fds):
    """Send descriptors through a Unix socket."""
    import array
    import socket
    numbers = array.array('i', fds)
    sock.sendmsg([bytes([len(numbers) % _MARK])], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, numbers)])


def recvfds(sock, size):
    """Receive at most so many descriptors through a Unix socket."""
    import array
    import socket
    numbers = array.array('i')
    message, ancillary, _, _ = sock.recvmsg(1, socket.CMSG_SPACE(numbers.itemsize * size))
    if not message and not ancillary:
        raise EOFError
    if len(ancillary) != 1:
        raise RuntimeError(f'received {len(ancillary)} items of ancdata')
    level, kind, data = ancillary[0]
    if (level, kind) != (socket.SOL_SOCKET, socket.SCM_RIGHTS) or len(data) % numbers.itemsize:
        raise RuntimeError('Invalid data received')
    numbers.frombytes(data)
    if len(numbers) % _MARK != message[0]:
        raise AssertionError(f'Len is {len(numbers)} but msg[0] is {message[0]!r}')
    return list(numbers)


def send_handle(conn, handle, destination_pid):
    """Send a descriptor over a local connection."""
    import socket
    with socket.fromfd(conn.fileno(), socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sendfds(sock, [handle])


def recv_handle(conn):
    """Receive a descriptor over a local connection."""
    import socket
    with socket.fromfd(conn.fileno(), socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        return recvfds(sock, 1)[0]


def DupFd(fd):
    """What stands for a descriptor in a pickle: its detach() gives the descriptor there."""
    popen = context.get_spawning_popen()
    if popen is not None:
        return popen.DupFd(popen.duplicate_for_child(fd))
    from . import resource_sharer
    return resource_sharer.DupFd(fd)


class _Sample:
    def method(self):
        pass


def _reduce_method(method):
    owner = method.__self__
    return getattr, (owner, method.__func__.__name__)


def _reduce_descriptor(method):
    return getattr, (method.__objclass__, method.__name__)


register(type(_Sample().method), _reduce_method)
register(type(list.append), _reduce_descriptor)
register(type(int.__add__), _reduce_descriptor)


def _rebuild_partial(func, args, keywords):
    return functools.partial(func, *args, **keywords)


def _reduce_partial(partial):
    return _rebuild_partial, (partial.func, partial.args, partial.keywords or {})


register(functools.partial, _reduce_partial)


def _rebuild_socket(df, family, type, proto):
    import socket
    return socket.socket(family, type, proto, fileno=df.detach())


def _reduce_socket(sock):
    return _rebuild_socket, (DupFd(sock.fileno()), sock.family, sock.type, sock.proto)


class AbstractReducer:
    """For programs that pickle in another way: a context's `reducer` may be an instance of a subclass."""

    ForkingPickler = ForkingPickler
    register = staticmethod(register)
    dump = staticmethod(dump)
    send_handle = staticmethod(send_handle)
    recv_handle = staticmethod(recv_handle)
    DupFd = staticmethod(DupFd)
    sendfds = staticmethod(sendfds)
    recvfds = staticmethod(recvfds)

    def __init__(self, *args):
        for owner_type in type(_Sample().method), type(list.append), type(int.__add__):
            register(owner_type, _reduce_method if owner_type is type(_Sample().method) else _reduce_descriptor)
        register(functools.partial, _reduce_partial)
