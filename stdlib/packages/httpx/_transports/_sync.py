"""`HTTPTransport`: HTTP/1.1 over blocking sockets, with connections kept alive in a pool."""

import select
import socket
import time

from .._config import DEFAULT_LIMITS, Proxy, create_ssl_context, refuse_http2
from .._exceptions import (
    ConnectError,
    ConnectTimeout,
    LocalProtocolError,
    PoolTimeout,
    ProxyError,
    ReadError,
    ReadTimeout,
    WriteError,
    WriteTimeout,
)
from .._http1 import ResponseReader
from .._streams import ReceivedBytes, SyncByteStream
from ._base import BaseTransport
from ._pool import body_of, check_whole_body, chunk, connect_head, framing_of, head_of, origin_of, response_of

_READ_BYTES = 65_536
#: A head that drips must be whole after this many times the read timeout.
HEAD_TIMEOUTS = 10


class _Connection:
    """One socket; at most one request at a time."""

    def __init__(self, sock, key):
        self.sock = sock
        self.key = key
        self.idle_since = 0.0
        self.forward = None
        self.reader = None

    def close(self):
        self.sock.close()

    def is_stale(self):
        """Whether something came, which can only be the end, while nothing was asked."""
        try:
            return bool(select.select([self.sock], [], [], 0)[0])
        except (OSError, ValueError):
            return True

    def write(self, data, timeout):
        try:
            self.sock.settimeout(timeout)
            self.sock.sendall(data)
        except TimeoutError as exc:
            raise WriteTimeout(str(exc)) from exc
        except OSError as exc:
            raise WriteError(str(exc)) from exc

    def send_stream(self, request, timeout):
        framing = framing_of(request)
        n_left = framing
        for piece in request.stream:
            if framing is True:
                if piece:
                    self.write(chunk(piece), timeout)
                continue
            n_left -= len(piece)
            if n_left < 0:
                raise LocalProtocolError("Too much data for declared Content-Length")
            if piece:
                self.write(piece, timeout)
        if framing is True:
            self.write(b"0\r\n\r\n", timeout)
        elif n_left:
            raise LocalProtocolError("Too little data for declared Content-Length")

    def feed_some(self, timeout):
        """Reads once and feeds the reader."""
        try:
            self.sock.settimeout(timeout)
            data = self.sock.recv(_READ_BYTES)
        except TimeoutError as exc:
            raise ReadTimeout(str(exc)) from exc
        except OSError as exc:
            raise ReadError(str(exc)) from exc
        if data:
            self.reader.feed(data)
        else:
            self.reader.feed_eof()

    def read_head(self, timeout):
        reader = self.reader
        latest = None if timeout is None else time.monotonic() + HEAD_TIMEOUTS * timeout
        while reader.head is None:
            if latest is not None and time.monotonic() > latest:
                raise ReadTimeout("timed out")
            self.feed_some(timeout)
        return reader


class _Body(SyncByteStream):
    """The body of a response as it comes; lets go of the connection at its end."""

    def __init__(self, pool, connection, timeout):
        self._pool = pool
        self._connection = connection
        self._reader = connection.reader
        self._timeout = timeout

    def __iter__(self):
        connection, reader = self._connection, self._reader
        if connection is None:
            return
        try:
            while True:
                if reader.n_buffered:
                    yield reader.take()
                elif reader.is_complete:
                    break
                else:
                    connection.feed_some(self._timeout)
        except BaseException:
            self._release(False)
            raise
        self._release(True)

    def _release(self, is_good):
        connection, self._connection = self._connection, None
        if connection is not None:
            self._pool._release(connection, is_good and self._reader.keeps_alive)

    def close(self):
        self._release(self._reader.is_complete)


class HTTPTransport(BaseTransport):
    """A pool of connections; threads may share it."""

    def __init__(
        self,
        verify=True,
        cert=None,
        trust_env=True,
        http1=True,
        http2=False,
        limits=DEFAULT_LIMITS,
        proxy=None,
        uds=None,
        local_address=None,
        retries=0,
        socket_options=None,
    ):
        refuse_http2(http2)
        self._ssl_arguments = (verify, cert, trust_env)
        self._ssl_context = None
        self._limits = limits
        self._proxy = Proxy(proxy) if isinstance(proxy, (str, bytes)) or hasattr(proxy, "raw_path") else proxy
        self._uds = uds
        self._local_address = local_address
        self._retries = retries
        self._socket_options = list(socket_options or ())
        self._idle = {}
        self._n_idle = 0
        self._open = set()
        self._n_connecting = 0

    def handle_request(self, request):
        key = origin_of(request.url)
        timeout = request.extensions.get("timeout") or {}
        connection = self._acquire(key, request, timeout)
        is_done = False
        try:
            connection.reader = reader = ResponseReader(request.method)
            head = head_of(request, connection.forward)
            write_timeout = timeout.get("write")
            try:
                body = body_of(request)
                if body is None:
                    connection.write(head, write_timeout)
                    connection.send_stream(request, write_timeout)
                else:
                    framing = framing_of(request)
                    check_whole_body(body, framing)
                    if framing is True:
                        head += (chunk(body) if body else b"") + b"0\r\n\r\n"
                    else:
                        head += body
                    connection.write(head, write_timeout)
            except WriteError:
                # The server may have answered before it stopped listening.
                pass
            read_timeout = timeout.get("read")
            connection.read_head(read_timeout)
            is_done = True
            if reader.is_complete:
                stream = ReceivedBytes(reader.take())
                self._release(connection, reader.keeps_alive)
            else:
                stream = _Body(self, connection, read_timeout)
            return response_of(reader, stream, request)
        finally:
            if not is_done:
                self._release(connection, False)

    def _acquire(self, key, request, timeout):
        idle = self._idle.get(key, [])
        expiry = self._limits.keepalive_expiry
        while idle:
            try:
                connection = idle.pop()
            except IndexError:
                break
            self._n_idle -= 1
            if (expiry is None or time.monotonic() - connection.idle_since < expiry) and not connection.is_stale():
                return connection
            self._open.discard(connection)
            connection.close()
        maximum = self._limits.max_connections
        latest = None if timeout.get("pool") is None else time.monotonic() + timeout["pool"]
        while maximum is not None and len(self._open) + self._n_connecting >= maximum:
            if self._evict_idle():
                continue
            if latest is not None and time.monotonic() >= latest:
                raise PoolTimeout("")
            # Another thread must give one back; there is nothing of the system to wait on.
            time.sleep(0.005)
        self._n_connecting += 1
        try:
            connection = self._connect(key, request, timeout.get("connect"))
            self._open.add(connection)
        finally:
            self._n_connecting -= 1
        return connection

    def _evict_idle(self):
        for idle in self._idle.values():
            if idle:
                connection = idle.pop(0)
                self._n_idle -= 1
                self._open.discard(connection)
                connection.close()
                return True
        return False

    def _release(self, connection, is_reusable):
        most = self._limits.max_keepalive_connections
        if connection not in self._open or not is_reusable or (most is not None and self._n_idle >= most):
            self._open.discard(connection)
            connection.close()
            return
        connection.reader = None
        connection.idle_since = time.monotonic()
        self._idle.setdefault(connection.key, []).append(connection)
        self._n_idle += 1

    def _connect(self, key, request, timeout):
        n_left, delay = self._retries, 0
        while True:
            try:
                return self._connect_once(key, request, timeout)
            except TimeoutError as exc:
                error = ConnectTimeout(str(exc))
                error.__cause__ = exc
            except (OSError, UnicodeError) as exc:
                error = ConnectError(str(exc))
                error.__cause__ = exc
            if n_left <= 0:
                raise error
            n_left -= 1
            time.sleep(delay)
            delay = delay * 2 or 0.5

    def _connect_once(self, key, request, timeout):
        scheme, host, port = key
        name = request.extensions.get("sni_hostname") or host
        proxy = self._proxy
        if proxy is None:
            sock = self._open_socket(host, port, timeout)
            if scheme == "https":
                sock = self._wrapped(sock, self._context(), name)
            return _Connection(sock, key)
        if proxy.url.scheme not in ("http", "https"):
            raise NotImplementedError(f"a proxy of the kind {proxy.url.scheme!r}")
        _, proxy_host, proxy_port = origin_of(proxy.url)
        sock = self._open_socket(proxy_host, proxy_port, timeout)
        if proxy.url.scheme == "https":
            sock = self._wrapped(sock, proxy.ssl_context or create_ssl_context(), proxy_host)
        connection = _Connection(sock, key)
        if scheme == "http":
            connection.forward = proxy
            return connection
        try:
            connection.write(connect_head(host, port, proxy), timeout)
            connection.reader = ResponseReader("CONNECT")
            _, status, reason, _ = connection.read_head(timeout).head
            if not 200 <= status <= 299:
                raise ProxyError(f"{status} {reason.decode('ascii', 'ignore')}")
        except BaseException:
            connection.close()
            raise
        connection.sock = self._wrapped(connection.sock, self._context(), name)
        return connection

    def _open_socket(self, host, port, timeout):
        if self._uds is not None:
            sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                sock.settimeout(timeout)
                sock.connect(self._uds)
            except BaseException:
                sock.close()
                raise
        else:
            local = None if self._local_address is None else (self._local_address, 0)
            sock = socket.create_connection((host, port), timeout, source_address=local)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for option in self._socket_options:
            sock.setsockopt(*option)
        return sock

    @staticmethod
    def _wrapped(sock, context, name):
        try:
            return context.wrap_socket(sock, server_hostname=name)
        except BaseException:
            sock.close()
            raise

    def _context(self):
        if self._ssl_context is None:
            self._ssl_context = create_ssl_context(*self._ssl_arguments)
        return self._ssl_context

    def close(self):
        for connection in list(self._open):
            connection.close()
        self._open.clear()
        self._idle.clear()
        self._n_idle = 0
