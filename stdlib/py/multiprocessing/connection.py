"""Connections between processes: messages over pipes and sockets, and waiting for several of them."""

import _multiprocessing
import os
import select
import struct
import time

from . import AuthenticationError, BufferTooShort
from . import reduction, util

__all__ = ['Client', 'Listener', 'Pipe', 'wait']

_ForkingPickler = reduction.ForkingPickler

BUFSIZE = 64 * 1024
# Up to here a message is sent in one piece with its length.
_JOINED_SIZE = 16384

_LENGTH = struct.Struct('!i')
_LONG_LENGTH = struct.Struct('!Q')

default_family = 'AF_UNIX'
families = ['AF_INET', 'AF_UNIX']


def arbitrary_address(family):
    """An address nobody has yet."""
    if family == 'AF_INET':
        return 'localhost', 0
    if family == 'AF_UNIX':
        return os.path.join(util.get_temp_dir(), f'sock-{os.urandom(6).hex()}')
    raise ValueError('unrecognized family')


def _validate_family(family):
    if family == 'AF_PIPE':
        raise ValueError(f'Family {family} is not recognized.')


def address_type(address):
    """The family of an address, by its looks."""
    if type(address) is tuple:
        return 'AF_INET'
    if type(address) is str or util.is_abstract_socket_namespace(address):
        return 'AF_UNIX'
    raise ValueError(f'address type of {address!r} unrecognized')


class Connection:
    """One end of a connection. Messages keep their bounds: each has its length before it."""

    _handle = None

    def __init__(self, handle, readable=True, writable=True):
        handle = handle.__index__()
        if handle < 0:
            raise ValueError('invalid handle')
        if not (readable or writable):
            raise ValueError('at least one of `readable` and `writable` must be True')
        self._handle, self._readable, self._writable = handle, readable, writable

    def __del__(self):
        if self._handle is not None:
            self._close()

    def _close(self, _close=os.close):
        _close(self._handle)

    def _check_closed(self):
        if self._handle is None:
            raise OSError('handle is closed')

    def _check_readable(self):
        self._check_closed()
        if not self._readable:
            raise OSError('connection is write-only')

    def _check_writable(self):
        self._check_closed()
        if not self._writable:
            raise OSError('connection is read-only')

    @property
    def closed(self):
        """Whether it is closed."""
        return self._handle is None

    @property
    def readable(self):
        """Whether messages can be received."""
        return self._readable

    @property
    def writable(self):
        """Whether messages can be sent."""
        return self._writable

    def fileno(self):
        """Its descriptor."""
        self._check_closed()
        return self._handle

    def close(self):
        """Close it."""
        if self._handle is not None:
            try:
                self._close()
            finally:
                self._handle = None

    def _detach(self):
        self._handle = None

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, exc_tb):
        self.close()

    def send(self, obj):
        """Send an object, pickled."""
        self._check_writable()
        self._send_bytes(_ForkingPickler.dumps(obj))

    def recv(self):
        """Receive an object. EOFError if the other end is closed and all was read."""
        self._check_readable()
        return _ForkingPickler.loads(self._recv_message())

    def send_bytes(self, buf, offset=0, size=None):
        """Send bytes as one message."""
        self._check_writable()
        view = memoryview(buf)
        if view.itemsize > 1:
            view = view.cast('B')
        length = view.nbytes
        if offset < 0:
            raise ValueError('offset is negative')
        if length < offset:
            raise ValueError('buffer length < offset')
        if size is None:
            size = length - offset
        elif size < 0:
            raise ValueError('size is negative')
        elif offset + size > length:
            raise ValueError('buffer length < offset + size')
        self._send_bytes(view[offset:offset + size])

    def recv_bytes(self, maxlength=None):
        """Receive a message. After one that is longer than `maxlength`, OSError, nothing more can be received."""
        self._check_readable()
        if maxlength is not None and maxlength < 0:
            raise ValueError('negative maxlength')
        return bytes(self._recv_message(maxlength))

    def recv_bytes_into(self, buf, offset=0):
        """Receive a message into a buffer; gives its length. BufferTooShort, with the message, if that has no room."""
        self._check_readable()
        with memoryview(buf) as target, target.cast('B') as room:
            if offset < 0:
                raise ValueError('negative offset')
            if offset > len(room):
                raise ValueError('offset too large')
            message = self._recv_message()
            if len(room) < offset + len(message):
                raise BufferTooShort(bytes(message))
            room[offset:offset + len(message)] = message
            return len(message)

    def poll(self, timeout=0.0):
        """Whether there is something to receive, now or within `timeout` seconds; None waits for ever."""
        self._check_readable()
        return bool(wait([self], timeout))

    _poll = poll

    def _send_all(self, data):
        handle = self._handle
        sent = os.write(handle, data)
        if sent == len(data):
            return
        rest = memoryview(data)
        while sent < len(rest):
            rest = rest[sent:]
            sent = os.write(handle, rest)

    def _send_bytes(self, data):
        length = len(data)
        if length > 0x7fffffff:
            header = _LENGTH.pack(-1) + _LONG_LENGTH.pack(length)
        else:
            header = _LENGTH.pack(length)
        if length <= _JOINED_SIZE:
            # One piece: two small ones would wait for each other's acknowledgement.
            self._send_all(header + data)
        else:
            self._send_all(header)
            self._send_all(data)

    def _recv_exactly(self, size):
        handle = self._handle
        data = os.read(handle, min(size, BUFSIZE))
        if len(data) == size:
            return data
        if not data:
            raise EOFError
        whole = bytearray(data)
        while len(whole) < size:
            data = os.read(handle, min(size - len(whole), BUFSIZE))
            if not data:
                raise OSError('got end of file during message')
            whole += data
        return whole

    def _recv_message(self, maxsize=None):
        size, = _LENGTH.unpack(self._recv_exactly(4))
        if size == -1:
            size, = _LONG_LENGTH.unpack(self._recv_exactly(8))
        if maxsize is not None and size > maxsize:
            self._bad_message_length()
        return self._recv_exactly(size) if size else b''

    def _bad_message_length(self):
        # What follows cannot be told from the rest of it.
        if self._writable:
            self._readable = False
        else:
            self.close()
        raise OSError('bad message length')


_ConnectionBase = Connection


class Listener:
    """Waits for connections at an address."""

    def __init__(self, address=None, family=None, backlog=1, authkey=None):
        family = family or (address and address_type(address)) or default_family
        _validate_family(family)
        if authkey is not None and not isinstance(authkey, bytes):
            raise TypeError('authkey should be a byte string')
        if not address:
            address = arbitrary_address(family)
        self._listener = SocketListener(address, family, backlog)
        self._authkey = authkey

    def accept(self):
        """Wait for a connection. AuthenticationError if the other side has another key."""
        if self._listener is None:
            raise OSError('listener is closed')
        connection = self._listener.accept()
        if self._authkey is not None:
            deliver_challenge(connection, self._authkey)
            answer_challenge(connection, self._authkey)
        return connection

    def close(self):
        """Close it."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()

    @property
    def address(self):
        """Where it listens."""
        return self._listener._address

    @property
    def last_accepted(self):
        """Where the last connection came from."""
        return self._listener._last_accepted

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, exc_tb):
        self.close()


def Client(address, family=None, authkey=None):
    """Connect to a listener."""
    family = family or address_type(address)
    _validate_family(family)
    if authkey is not None and not isinstance(authkey, bytes):
        raise TypeError('authkey should be a byte string')
    connection = SocketClient(address)
    if authkey is not None:
        answer_challenge(connection, authkey)
        deliver_challenge(connection, authkey)
    return connection


def Pipe(duplex=True):
    """Two connections, each the other end of the other. If not `duplex`, the first only receives and the second only sends."""
    if not duplex:
        reading, writing = os.pipe()
        return Connection(reading, writable=False), Connection(writing, readable=False)
    import socket
    ends = socket.socketpair()
    for end in ends:
        end.setblocking(True)
    return tuple(Connection(end.detach()) for end in ends)


class SocketListener:
    """A listening socket."""

    def __init__(self, address, family, backlog=1):
        import socket
        self._family = family
        self._last_accepted = self._unlink = None
        self._socket = socket.socket(getattr(socket, family))
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.setblocking(True)
            self._socket.bind(address)
            self._socket.listen(backlog)
            self._address = self._socket.getsockname()
        except OSError:
            self._socket.close()
            raise
        if family == 'AF_UNIX' and not util.is_abstract_socket_namespace(address):
            self._unlink = util.Finalize(self, os.unlink, args=(address,), exitpriority=0)

    def accept(self):
        """Wait for a connection."""
        accepted, self._last_accepted = self._socket.accept()
        accepted.setblocking(True)
        return Connection(accepted.detach())

    def close(self):
        """Close it, and remove its file."""
        try:
            self._socket.close()
        finally:
            unlink, self._unlink = self._unlink, None
            if unlink is not None:
                unlink()


def SocketClient(address):
    """Connect to a listening socket."""
    import socket
    with socket.socket(getattr(socket, address_type(address))) as client:
        client.setblocking(True)
        client.connect(address)
        return Connection(client.detach())


# Each side proves that it has the key without saying it: it is given random bytes, and hashes them with it.
MESSAGE_LENGTH = 40
_CHALLENGE = b'#CHALLENGE#'
_WELCOME = b'#WELCOME#'
_FAILURE = b'#FAILURE#'
_DIGESTS = {b'md5', b'sha256', b'sha384', b'sha3_256', b'sha3_384'}
# Messages of these lengths are those of old versions, which know one hash and do not name it.
_NAMELESS_LENGTHS = 16, 20


def _digest_name(message):
    """The hash a message names; empty for an old version's."""
    if len(message) in _NAMELESS_LENGTHS:
        return ''
    name, brace, _ = message[1:].partition(b'}')
    if message[:1] == b'{' and brace and name in _DIGESTS:
        return name.decode('ascii')
    raise AuthenticationError(f'unsupported message length, missing digest prefix, or unsupported digest: {message=}')


def _check_key(authkey):
    if not isinstance(authkey, bytes):
        raise ValueError(f'Authkey must be bytes, not {type(authkey)!s}')


def deliver_challenge(connection, authkey, digest_name='sha256'):
    """Have the other side prove that it has the key."""
    import hmac
    _check_key(authkey)
    message = b'{%s}%s' % (digest_name.encode('ascii'), os.urandom(MESSAGE_LENGTH))
    connection.send_bytes(_CHALLENGE + message)
    response = connection.recv_bytes(256)
    try:
        name = _digest_name(response)
        answer = response[len(name) + 2:] if name else response
        expected = hmac.new(authkey, message, name or 'md5').digest()
        if len(expected) != len(answer):
            raise AuthenticationError(f"expected {name or 'md5'!r} of length {len(expected)} got {len(answer)}")
        if not hmac.compare_digest(expected, answer):
            raise AuthenticationError('digest received was wrong')
    except AuthenticationError:
        connection.send_bytes(_FAILURE)
        raise
    connection.send_bytes(_WELCOME)


def answer_challenge(connection, authkey):
    """Prove that this side has the key."""
    import hmac
    _check_key(authkey)
    message = connection.recv_bytes(256)
    if not message.startswith(_CHALLENGE):
        raise AuthenticationError(f'Protocol error, expected challenge: {message=}')
    message = message.removeprefix(_CHALLENGE)
    if len(message) < 20:
        raise AuthenticationError(f'challenge too short: {len(message)} bytes')
    name = _digest_name(message)
    answer = hmac.new(authkey, message, name or 'md5').digest()
    connection.send_bytes(b'{%s}%s' % (name.encode('ascii'), answer) if name else answer)
    if connection.recv_bytes(256) != _WELCOME:
        raise AuthenticationError('digest sent was rejected')


def wait(object_list, timeout=None):
    """Wait until some of the objects are readable, or for `timeout` seconds; gives those that are."""
    objects, poller = _poller_of(object_list)
    deadline = None
    if timeout is not None:
        timeout = max(timeout, 0)
        deadline = time.monotonic() + timeout
    while True:
        # Rounded up: not to ask again and again in the last millisecond.
        ready = poller.poll(None if timeout is None else -int(-timeout * 1000 // 1))
        if ready:
            return [objects[fd] for fd, _ in ready]
        if deadline is not None:
            timeout = deadline - time.monotonic()
            if timeout <= 0:
                return []


def _wait_idly(object_list):
    """As wait(), for as long as there is nothing to do: a virtual clock need not stand meanwhile."""
    objects, poller = _poller_of(object_list)
    return [objects[fd] for fd, _ in _multiprocessing._poll_idly(poller)]


def _poller_of(object_list):
    objects = {}
    poller = select.poll()
    for obj in object_list:
        fd = _descriptor(obj)
        if fd in objects:
            raise KeyError(f'{obj!r} (FD {fd}) is already registered')
        objects[fd] = obj
        poller.register(fd, select.POLLIN)
    return objects, poller


def _descriptor(obj):
    try:
        fd = obj if isinstance(obj, int) else int(obj.fileno())
    except (AttributeError, TypeError, ValueError):
        raise ValueError(f'Invalid file object: {obj!r}') from None
    if fd < 0:
        raise ValueError(f'Invalid file descriptor: {fd}')
    return fd


def _rebuild_connection(df, readable, writable):
    return Connection(df.detach(), readable, writable)


def _reduce_connection(connection):
    return _rebuild_connection, (reduction.DupFd(connection.fileno()), connection.readable, connection.writable)


reduction.register(Connection, _reduce_connection)
