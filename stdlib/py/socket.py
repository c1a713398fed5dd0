"""Sockets: the class `socket` over `_socket.socket`, enumerations of the constants, and helpers to connect, serve and pass descriptors."""

import errno
import io
import os
import sys
from enum import IntEnum, IntFlag

import _socket
from _socket import *

__all__ = [
    "fromfd", "getfqdn", "create_connection", "create_server", "has_dualstack_ipv6", "AddressFamily", "SocketKind",
    "AddressInfo", "MsgFlag",
]
__all__.extend(name for name in dir(_socket) if not name.startswith("_"))

IntEnum._convert_("AddressFamily", __name__, lambda name: name.isupper() and name.startswith("AF_"))
IntEnum._convert_("SocketKind", __name__, lambda name: name.isupper() and name.startswith("SOCK_"))
IntFlag._convert_("MsgFlag", __name__, lambda name: name.isupper() and name.startswith("MSG_"))
IntFlag._convert_("AddressInfo", __name__, lambda name: name.isupper() and name.startswith("AI_"))

_LOCALHOST = "127.0.0.1"
_LOCALHOST_V6 = "::1"

EBADF, EAGAIN, EWOULDBLOCK = errno.EBADF, errno.EAGAIN, errno.EWOULDBLOCK
_blocking_errnos = {EAGAIN, EWOULDBLOCK}


def _intenum_converter(value, enum_class):
    """The member for a number, or the number itself if there is none."""
    try:
        return enum_class(value)
    except ValueError:
        return value


class _GiveupOnSendfile(Exception):
    """os.sendfile cannot do it; plain reading and sending can."""


class socket(_socket.socket):
    """A socket with streams over it, duplicates, enumerations, and the context manager protocol."""

    __slots__ = ["__weakref__", "_io_refs", "_closed"]

    def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
        # With a descriptor, what is left out is asked of it.
        if fileno is None:
            if family == -1:
                family = AF_INET
            if type == -1:
                type = SOCK_STREAM
            if proto == -1:
                proto = 0
        _socket.socket.__init__(self, family, type, proto, fileno)
        self._io_refs = 0
        self._closed = False

    def __enter__(self):
        return self

    def __exit__(self, *args):
        if not self._closed:
            self.close()

    def __repr__(self):
        cls = self.__class__
        closed = " [closed]" if getattr(self, "_closed", False) else ""
        parts = [
            f"<{cls.__module__}.{cls.__qualname__}{closed} fd={self.fileno()}, family={self.family},"
            f" type={self.type}, proto={self.proto}"
        ]
        if self.fileno() != -1:
            try:
                laddr = self.getsockname()
                if laddr:
                    parts.append(f", laddr={laddr}")
            except (error, AttributeError):
                pass
            try:
                raddr = self.getpeername()
                if raddr:
                    parts.append(f", raddr={raddr}")
            except (error, AttributeError):
                pass
        parts.append(">")
        return "".join(parts)

    def __getstate__(self):
        raise TypeError(f"cannot pickle {self.__class__.__name__!r} object")

    def dup(self):
        """Another socket object for the same socket of the system, closed in child processes."""
        fd = dup(self.fileno())
        sock = self.__class__(self.family, self.type, self.proto, fileno=fd)
        sock.settimeout(self.gettimeout())
        return sock

    def accept(self):
        """Wait for a connection; give a socket for it and the address of who connected."""
        fd, addr = self._accept()
        sock = socket(self.family, self.type, self.proto, fileno=fd)
        # Without a default timeout, a new socket blocks, whatever the descriptor inherited.
        if getdefaulttimeout() is None and self.gettimeout():
            sock.setblocking(True)
        return sock, addr

    def makefile(self, mode="r", buffering=None, *, encoding=None, errors=None, newline=None):
        """A stream over the socket. Of open()'s modes, "r", "w" and "b" and what they combine to are known."""
        if not set(mode) <= {"r", "w", "b"}:
            raise ValueError(f"invalid mode {mode!r} (only r, w, b allowed)")
        writing = "w" in mode
        reading = "r" in mode or not writing
        assert reading or writing
        raw_mode = ("r" if reading else "") + ("w" if writing else "")
        raw = SocketIO(self, raw_mode)
        self._io_refs += 1
        if buffering is None or buffering < 0:
            buffering = io.DEFAULT_BUFFER_SIZE
        if buffering == 0:
            if "b" not in mode:
                raise ValueError("unbuffered streams must be binary")
            return raw
        if reading and writing:
            buffer = io.BufferedRWPair(raw, raw, buffering)
        elif reading:
            buffer = io.BufferedReader(raw, buffering)
        else:
            buffer = io.BufferedWriter(raw, buffering)
        if "b" in mode:
            return buffer
        text = io.TextIOWrapper(buffer, io.text_encoding(encoding), errors, newline)
        text.mode = mode
        return text

    def _sendfile_use_sendfile(self, file, offset=0, count=None):
        self._check_sendfile_params(file, offset, count)
        sockno = self.fileno()
        try:
            fileno = file.fileno()
        except (AttributeError, io.UnsupportedOperation) as err:
            raise _GiveupOnSendfile(err)
        try:
            size = os.fstat(fileno).st_size
        except OSError as err:
            raise _GiveupOnSendfile(err)
        if not size:
            return 0
        # One call moves at most about 2 GiB.
        blocksize = min(count or size, 2 ** 30)
        timeout = self.gettimeout()
        if timeout == 0:
            raise ValueError("non-blocking sockets are not supported")
        import selectors

        selector = getattr(selectors, "PollSelector", selectors.SelectSelector)()
        selector.register(sockno, selectors.EVENT_WRITE)
        total_sent = 0
        try:
            while True:
                if timeout and not selector.select(timeout):
                    raise TimeoutError("timed out")
                if count:
                    blocksize = min(count - total_sent, blocksize)
                    if blocksize <= 0:
                        break
                try:
                    sent = os.sendfile(sockno, fileno, offset, blocksize)
                except BlockingIOError:
                    if not timeout:
                        selector.select()
                    continue
                except OSError as err:
                    if total_sent == 0:
                        # Nothing is lost yet: it may be no regular file.
                        raise _GiveupOnSendfile(err)
                    raise err from None
                if sent == 0:
                    break
                offset += sent
                total_sent += sent
            return total_sent
        finally:
            if total_sent > 0 and hasattr(file, "seek"):
                file.seek(offset)

    def _sendfile_use_send(self, file, offset=0, count=None):
        self._check_sendfile_params(file, offset, count)
        if self.gettimeout() == 0:
            raise ValueError("non-blocking sockets are not supported")
        if offset:
            file.seek(offset)
        blocksize = min(count, 8192) if count else 8192
        total_sent = 0
        file_read = file.read
        sock_send = self.send
        try:
            while True:
                if count:
                    blocksize = min(count - total_sent, blocksize)
                    if blocksize <= 0:
                        break
                data = memoryview(file_read(blocksize))
                if not data:
                    break
                while True:
                    try:
                        sent = sock_send(data)
                    except OSError as err:
                        if err.errno in _blocking_errnos:
                            continue
                        raise
                    total_sent += sent
                    if sent < len(data):
                        data = data[sent:]
                    else:
                        break
            return total_sent
        finally:
            if total_sent > 0 and hasattr(file, "seek"):
                file.seek(offset + total_sent)

    def _check_sendfile_params(self, file, offset, count):
        if "b" not in getattr(file, "mode", "b"):
            raise ValueError("file should be opened in binary mode")
        if not self.type & SOCK_STREAM:
            raise ValueError("only SOCK_STREAM type sockets are supported")
        if count is not None:
            if not isinstance(count, int):
                raise TypeError(f"count must be a positive integer (got {count!r})")
            if count <= 0:
                raise ValueError(f"count must be a positive integer (got {count!r})")

    def sendfile(self, file, offset=0, count=None):
        """Send a binary file from an offset on, and leave its position behind what was sent. Gives the number of bytes.

        The system copies them itself if it can. Only for stream sockets that block or have a timeout.
        """
        try:
            return self._sendfile_use_sendfile(file, offset, count)
        except _GiveupOnSendfile:
            return self._sendfile_use_send(file, offset, count)

    def _decref_socketios(self):
        if self._io_refs > 0:
            self._io_refs -= 1
        if self._closed:
            self.close()

    def _real_close(self, _ss=_socket.socket):
        _ss.close(self)

    def close(self):
        # Streams over it keep the descriptor open.
        self._closed = True
        if self._io_refs <= 0:
            self._real_close()

    def detach(self):
        """Forget the descriptor without closing it; gives it."""
        self._closed = True
        return super().detach()

    @property
    def family(self):
        """The family of addresses, as AddressFamily if it has a member for it."""
        return _intenum_converter(super().family, AddressFamily)

    @property
    def type(self):
        """The kind of socket, as SocketKind if it has a member for it."""
        return _intenum_converter(super().type, SocketKind)

    def get_inheritable(self):
        """Whether child processes get the descriptor."""
        return os.get_inheritable(self.fileno())

    def set_inheritable(self, inheritable):
        """Set whether child processes get the descriptor."""
        os.set_inheritable(self.fileno(), inheritable)



def fromfd(fd, family, type, proto=0):
    """A socket over a duplicate of a descriptor."""
    return socket(family, type, proto, dup(fd))


def send_fds(sock, buffers, fds, flags=0, address=None):
    """Send descriptors over a Unix socket, beside the data in the buffers."""
    import array

    return sock.sendmsg(buffers, [(SOL_SOCKET, SCM_RIGHTS, array.array("i", fds))])


__all__.append("send_fds")


def recv_fds(sock, bufsize, maxfds, flags=0):
    """Receive data and at most so many descriptors: (data, descriptors, flags, address)."""
    import array

    fds = array.array("i")
    msg, ancdata, flags, addr = sock.recvmsg(bufsize, CMSG_LEN(maxfds * fds.itemsize))
    for level, kind, data in ancdata:
        if level == SOL_SOCKET and kind == SCM_RIGHTS:
            # What is left of a descriptor that was cut off is none.
            fds.frombytes(data[:len(data) - len(data) % fds.itemsize])
    return msg, list(fds), flags, addr


__all__.append("recv_fds")


def socketpair(family=None, type=SOCK_STREAM, proto=0):
    """Two sockets that are connected with each other, Unix ones unless told otherwise."""
    if family is None:
        family = AF_UNIX
    a, b = _socket.socketpair(family, type, proto)
    a = socket(family, type, proto, a.detach())
    b = socket(family, type, proto, b.detach())
    return a, b


def _fallback_socketpair(family=AF_INET, type=SOCK_STREAM, proto=0):
    """As socketpair(), by a connection through the loopback interface."""
    hosts = {AF_INET: _LOCALHOST, AF_INET6: _LOCALHOST_V6}
    if family not in hosts:
        raise ValueError("Only AF_INET and AF_INET6 socket address families are supported")
    if type != SOCK_STREAM:
        raise ValueError("Only SOCK_STREAM socket type is supported")
    if proto != 0:
        raise ValueError("Only protocol zero is supported")
    with socket(family, type, proto) as listener:
        listener.bind((hosts[family], 0))
        listener.listen()
        address = listener.getsockname()[:2]
        one = socket(family, type, proto)
        try:
            one.setblocking(False)
            try:
                one.connect(address)
            except (BlockingIOError, InterruptedError):
                pass
            one.setblocking(True)
            other, _ = listener.accept()
        except:
            one.close()
            raise
    # Anybody can connect to a port: what was accepted must be what was meant.
    try:
        if other.getsockname() != one.getpeername() or one.getsockname() != other.getpeername():
            raise ConnectionError("Unexpected peer connection")
    except:
        one.close()
        other.close()
        raise
    return one, other


class SocketIO(io.RawIOBase):
    """The raw stream over a socket, which makefile() puts buffers on."""

    def __init__(self, sock, mode):
        if mode not in ("r", "w", "rw", "rb", "wb", "rwb"):
            raise ValueError(f"invalid mode: {mode!r}")
        io.RawIOBase.__init__(self)
        self._sock = sock
        if "b" not in mode:
            mode += "b"
        self._mode = mode
        self._reading = "r" in mode
        self._writing = "w" in mode
        self._timeout_occurred = False

    def readinto(self, b):
        """Receive into a buffer; None if nothing is there yet and the socket does not block. 0 is the end."""
        self._checkClosed()
        self._checkReadable()
        # What a buffer above had read before is lost.
        if self._timeout_occurred:
            raise OSError("cannot read from timed out object")
        try:
            return self._sock.recv_into(b)
        except timeout:
            self._timeout_occurred = True
            raise
        except error as e:
            if e.errno in _blocking_errnos:
                return None
            raise

    def write(self, b):
        """Send what the socket takes; None if that is nothing now and the socket does not block."""
        self._checkClosed()
        self._checkWritable()
        try:
            return self._sock.send(b)
        except error as e:
            if e.errno in _blocking_errnos:
                return None
            raise

    def readable(self):
        """Whether it was opened for reading."""
        if self.closed:
            raise ValueError("I/O operation on closed socket.")
        return self._reading

    def writable(self):
        """Whether it was opened for writing."""
        if self.closed:
            raise ValueError("I/O operation on closed socket.")
        return self._writing

    def seekable(self):
        """No stream over a socket is."""
        if self.closed:
            raise ValueError("I/O operation on closed socket.")
        return super().seekable()

    def fileno(self):
        """The descriptor of the socket."""
        self._checkClosed()
        return self._sock.fileno()

    @property
    def name(self):
        if not self.closed:
            return self.fileno()
        else:
            return -1

    @property
    def mode(self):
        return self._mode

    def close(self):
        """Close the stream; the socket too, if it waits for that."""
        if self.closed:
            return
        io.RawIOBase.close(self)
        self._sock._decref_socketios()
        self._sock = None


def getfqdn(name=""):
    """The name of a host with its domain, as far as it is known; of this one without an argument."""
    name = name.strip()
    if not name or name in ("0.0.0.0", "::"):
        name = gethostname()
    try:
        hostname, aliases, ipaddrs = gethostbyaddr(name)
    except error:
        return name
    for candidate in (hostname, *aliases):
        if "." in candidate:
            return candidate
    return hostname


_GLOBAL_DEFAULT_TIMEOUT = object()


def create_connection(address, timeout=_GLOBAL_DEFAULT_TIMEOUT, source_address=None, *, all_errors=False):
    """Connect to (host, port), trying all addresses of the host. Raises the first error, or a group of all."""
    host, port = address
    exceptions = []
    for family, kind, proto, canonname, sockaddr in getaddrinfo(host, port, 0, SOCK_STREAM):
        sock = None
        try:
            sock = socket(family, kind, proto)
            if timeout is not _GLOBAL_DEFAULT_TIMEOUT:
                sock.settimeout(timeout)
            if source_address:
                sock.bind(source_address)
            sock.connect(sockaddr)
            # What failed before refers to this frame through its traceback.
            exceptions.clear()
            return sock
        except error as exc:
            if not all_errors:
                exceptions.clear()
            exceptions.append(exc)
            if sock is not None:
                sock.close()
    if exceptions:
        try:
            if not all_errors:
                raise exceptions[0]
            raise ExceptionGroup("create_connection failed", exceptions)
        finally:
            exceptions.clear()
    else:
        raise error("getaddrinfo returns an empty list")


def has_dualstack_ipv6():
    """Whether an IPv6 server can take IPv4 connections as well."""
    if not has_ipv6:
        return False
    try:
        with socket(AF_INET6, SOCK_STREAM) as sock:
            sock.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 0)
            return True
    except error:
        return False


def create_server(address, *, family=AF_INET, backlog=None, reuse_port=False, dualstack_ipv6=False):
    """A stream socket that is bound to (host, port) and listens."""
    if reuse_port and not hasattr(_socket, "SO_REUSEPORT"):
        raise ValueError("SO_REUSEPORT not supported on this platform")
    if dualstack_ipv6:
        if not has_dualstack_ipv6():
            raise ValueError("dualstack_ipv6 not supported on this platform")
        if family != AF_INET6:
            raise ValueError("dualstack_ipv6 requires AF_INET6 family")
    sock = socket(family, SOCK_STREAM)
    try:
        # A port that was just let go can be had again at once.
        try:
            sock.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        except error:
            pass
        if reuse_port:
            sock.setsockopt(SOL_SOCKET, SO_REUSEPORT, 1)
        if family == AF_INET6:
            sock.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 0 if dualstack_ipv6 else 1)
        try:
            sock.bind(address)
        except error as err:
            msg = f"{err.strerror} (while attempting to bind on address {address!r})"
            raise error(err.errno, msg) from None
        if backlog is None:
            sock.listen()
        else:
            sock.listen(backlog)
        return sock
    except error:
        sock.close()
        raise


def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    """What there is to know to connect to a host and a port: a list of (family, type, proto, canonical name, address)."""
    # The members of the enumerations, where there are any.
    return [
        (_intenum_converter(family, AddressFamily), _intenum_converter(kind, SocketKind), proto, canonname, sockaddr)
        for family, kind, proto, canonname, sockaddr in _socket.getaddrinfo(host, port, family, type, proto, flags)
    ]
