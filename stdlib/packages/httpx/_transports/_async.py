"""`AsyncHTTPTransport`: HTTP/1.1 over asyncio transports, with connections kept alive in a pool.

A connection is an `asyncio.Protocol`, not a pair of streams: the head of a response and a short body come in one call,
wake the waiting task once, and the connection is free again before the program sees the response. One timer a
connection serves all its reads; it is moved, not made anew.
"""

import asyncio
from collections import deque

from .._config import DEFAULT_LIMITS, Proxy, create_ssl_context, refuse_http2
from .._exceptions import (
    ConnectError,
    ConnectTimeout,
    LocalProtocolError,
    PoolTimeout,
    ProxyError,
    ReadError,
    ReadTimeout,
    RemoteProtocolError,
    WriteError,
    WriteTimeout,
)
from .._http1 import ResponseReader
from .._streams import AsyncByteStream, AsyncReceivedBytes
from ._base import AsyncBaseTransport
from ._pool import body_of, check_whole_body, chunk, connect_head, framing_of, head_of, origin_of, response_of

#: Bytes of a body that wait for the program before the server has to.
HIGH_WATER_BYTES = 256 * 1024
#: A head that drips must be whole after this many times the read timeout.
HEAD_TIMEOUTS = 10

# What a waiting task wants to be woken for.
_HEAD, _DATA, _ALL = range(3)


class _Connection(asyncio.Protocol):
    """One connection; at most one request at a time."""

    def __init__(self, loop, key):
        self.key = key
        self.idle_since = 0.0
        self.is_lost = False
        #: The proxy that requests are written for, if it is not a tunnel.
        self.forward = None
        self.transport = None
        self._loop = loop
        self._reader = None
        self._waiter = None
        self._wants = _HEAD
        self._error = None
        self._timer = None
        self._deadline = None
        self._read_timeout = None
        self._head_deadline = None
        self._drained = None
        self._is_paused = False
        self._is_held = False

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        reader = self._reader
        if reader is None or reader.is_complete:
            # Nobody asked; what follows cannot be trusted to answer the next request.
            self.close()
            return
        if self._error is not None:
            return
        try:
            reader.feed(data)
        except RemoteProtocolError as exc:
            self._error = exc
            self._wake()
            return
        if self._waiter is not None:
            wants = self._wants
            if reader.is_complete or (reader.head is not None if wants == _HEAD else wants == _DATA):
                self._wake()
            elif self._read_timeout is not None:
                deadline = self._loop.time() + self._read_timeout
                if wants == _HEAD and self._head_deadline < deadline:
                    deadline = self._head_deadline
                self._deadline = deadline
        if reader.n_buffered > HIGH_WATER_BYTES and self._wants != _ALL and not self._is_held:
            self._is_held = True
            self.transport.pause_reading()

    def eof_received(self):
        reader = self._reader
        if reader is not None and not reader.is_complete and self._error is None:
            try:
                reader.feed_eof()
            except RemoteProtocolError as exc:
                self._error = exc
        self.is_lost = True
        self._wake()
        return False

    def connection_lost(self, exc):
        self.is_lost = True
        reader = self._reader
        if reader is not None and not reader.is_complete and self._error is None:
            if exc is not None:
                self._error = ReadError(str(exc))
                self._error.__cause__ = exc
            else:
                self.eof_received()
        self._wake()
        self.resume_writing()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def pause_writing(self):
        self._is_paused = True

    def resume_writing(self):
        self._is_paused = False
        drained, self._drained = self._drained, None
        if drained is not None and not drained.done():
            drained.set_result(None)

    def close(self):
        self.is_lost = True
        self._stop_timer()
        if self.transport is not None:
            self.transport.abort() if self._is_paused else self.transport.close()

    def _wake(self):
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def _stop_timer(self):
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()

    def _on_timer(self):
        self._timer = None
        deadline = self._deadline
        if self._waiter is None or deadline is None:
            return
        loop = self._loop
        if loop.time() < deadline:
            # Data came meanwhile and moved the deadline.
            self._timer = loop.call_at(deadline, self._on_timer)
            return
        self._error = ReadTimeout("")
        self._wake()

    async def _wait(self, wants, timeout):
        """Until what is wanted has come, or an error; the latter is raised."""
        self._wants = wants
        if self._is_held:
            self._is_held = False
            self.transport.resume_reading()
        loop = self._loop
        self._read_timeout = timeout
        if timeout is None:
            self._deadline = None
        else:
            now = loop.time()
            self._deadline = deadline = now + timeout
            if wants == _HEAD:
                self._head_deadline = now + HEAD_TIMEOUTS * timeout
            timer = self._timer
            if timer is None:
                self._timer = loop.call_at(deadline, self._on_timer)
            elif timer.when() > deadline:
                timer.cancel()
                self._timer = loop.call_at(deadline, self._on_timer)
        self._waiter = waiter = loop.create_future()
        try:
            await waiter
        finally:
            self._waiter = None
        if self._error is not None:
            raise self._error

    def begin(self, method):
        """The reader of the response to a request that is about to be written."""
        self._reader = reader = ResponseReader(method)
        self._error = None
        return reader

    async def write(self, data, timeout):
        if self.is_lost:
            raise WriteError("")
        self.transport.write(data)
        if self._is_paused:
            self._drained = drained = self._loop.create_future()
            try:
                async with asyncio.timeout(timeout):
                    await drained
            except TimeoutError:
                raise WriteTimeout("") from None
            if self.is_lost:
                raise WriteError("")

    async def send_stream(self, request, timeout):
        """Writes a body that comes in pieces."""
        framing = framing_of(request)
        n_left = framing
        async for piece in request.stream:
            if framing is True:
                if piece:
                    await self.write(chunk(piece), timeout)
                continue
            n_left -= len(piece)
            if n_left < 0:
                raise LocalProtocolError("Too much data for declared Content-Length")
            if piece:
                await self.write(piece, timeout)
        if framing is True:
            await self.write(b"0\r\n\r\n", timeout)
        elif n_left:
            raise LocalProtocolError("Too little data for declared Content-Length")

    async def head(self, timeout):
        reader = self._reader
        while reader.head is None:
            if self._error is not None:
                raise self._error
            await self._wait(_HEAD, timeout)
        # What follows a whole head may be in error already; it is raised when the body is read.
        return reader

    def __del__(self):
        if not self.is_lost and self.transport is not None:
            self.is_lost = True
            self.transport.close()


class _Body(AsyncByteStream):
    """The body of a response as it comes; lets go of the connection at its end."""

    def __init__(self, pool, connection, reader, timeout):
        self._pool = pool
        self._connection = connection
        self._reader = reader
        self._timeout = timeout

    async def __aiter__(self):
        connection, reader = self._connection, self._reader
        if connection is None:
            return
        try:
            while True:
                if reader.n_buffered:
                    yield reader.take()
                elif reader.is_complete:
                    break
                elif connection._error is not None:
                    raise connection._error
                else:
                    await connection._wait(_DATA, self._timeout)
        except BaseException:
            self._release(False)
            raise
        self._release(True)

    async def read_all(self):
        """All of it at once: one piece, one wake-up."""
        connection, reader = self._connection, self._reader
        try:
            while not reader.is_complete:
                if connection._error is not None:
                    raise connection._error
                await connection._wait(_ALL, self._timeout)
        except BaseException:
            self._release(False)
            raise
        self._release(True)
        return reader.take()

    def _release(self, is_good):
        connection, self._connection = self._connection, None
        if connection is not None:
            self._pool._release(connection, is_good and self._reader.keeps_alive)

    async def aclose(self):
        self._release(self._reader.is_complete)


class AsyncHTTPTransport(AsyncBaseTransport):
    """A pool of connections."""

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
        self._loop = None
        self._forget()

    def _forget(self):
        self._idle = {}
        self._n_idle = 0
        self._open = set()
        self._n_open = 0
        self._waiting = deque()

    async def handle_async_request(self, request):
        url = request.url
        key = origin_of(url)
        timeout = request.extensions.get("timeout") or {}
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            # Connections of another loop died with it.
            self._forget()
            self._loop = loop
        connection = None
        idle = self._idle.get(key)
        if idle:
            connection = self._take_idle(idle)
        if connection is None:
            connection = await self._acquire(key, request, timeout)
        is_done = False
        try:
            reader = connection.begin(request.method)
            head = head_of(request, connection.forward)
            try:
                body = body_of(request)
                if body is None:
                    await connection.write(head, timeout.get("write"))
                    await connection.send_stream(request, timeout.get("write"))
                else:
                    if body:
                        framing = framing_of(request)
                        check_whole_body(body, framing)
                        head += chunk(body) + b"0\r\n\r\n" if framing is True else body
                    elif (framing := framing_of(request)) is True:
                        head += b"0\r\n\r\n"
                    elif framing:
                        raise LocalProtocolError("Too little data for declared Content-Length")
                    await connection.write(head, timeout.get("write"))
            except WriteError:
                # The server may have answered before it stopped listening.
                pass
            read_timeout = timeout.get("read")
            await connection.head(read_timeout)
            if reader.is_complete:
                stream = AsyncReceivedBytes(reader.take())
                self._release(connection, reader.keeps_alive)
            else:
                stream = _Body(self, connection, reader, read_timeout)
            is_done = True
            return response_of(reader, stream, request)
        finally:
            if not is_done:
                self._release(connection, False)

    def _take_idle(self, idle):
        """The connection that was used last, if it still is one."""
        expiry = self._limits.keepalive_expiry
        while idle:
            connection = idle.pop()
            self._n_idle -= 1
            if not connection.is_lost and (
                expiry is None or self._loop.time() - connection.idle_since < expiry
            ):
                return connection
            self._discard(connection)
        return None

    async def _acquire(self, key, request, timeout):
        maximum = self._limits.max_connections
        if maximum is not None and self._n_open >= maximum and not self._evict_idle():
            waiter = self._loop.create_future()
            entry = (waiter, key)
            self._waiting.append(entry)
            try:
                async with asyncio.timeout(timeout.get("pool")):
                    connection = await waiter
            except BaseException as exc:
                if entry in self._waiting:
                    self._waiting.remove(entry)
                elif waiter.done() and not waiter.cancelled():
                    # The place came in the moment we gave up.
                    self._pass_on(waiter.result())
                if isinstance(exc, TimeoutError):
                    raise PoolTimeout("") from None
                raise
            if connection is not None:
                if connection.key == key and not connection.is_lost:
                    return connection
                self._open.discard(connection)
                connection.close()
        else:
            self._n_open += 1
        try:
            connection = await self._connect(key, request, timeout)
        except BaseException:
            self._pass_on(None)
            raise
        self._open.add(connection)
        return connection

    def _evict_idle(self):
        for idle in self._idle.values():
            if idle:
                self._n_idle -= 1
                self._discard(idle.pop(0))
                return True
        return False

    def _pass_on(self, connection):
        """Gives a place, with or without a connection, to whoever waits longest."""
        while self._waiting:
            waiter, _ = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        if connection is not None:
            self._keep(connection)
        else:
            self._n_open -= 1

    def _keep(self, connection):
        most = self._limits.max_keepalive_connections
        if connection.is_lost or (most is not None and self._n_idle >= most):
            self._discard(connection)
            return
        connection.idle_since = self._loop.time()
        idle = self._idle.get(connection.key)
        if idle is None:
            idle = self._idle[connection.key] = []
        idle.append(connection)
        self._n_idle += 1

    def _discard(self, connection):
        connection.close()
        if connection in self._open:
            self._open.discard(connection)
            self._n_open -= 1

    def _release(self, connection, is_reusable):
        if connection not in self._open:
            connection.close()
            return
        connection._waiter = None
        if is_reusable and not connection.is_lost:
            connection._reader = None
            if self._waiting:
                self._pass_on(connection)
            else:
                self._keep(connection)
        else:
            connection.close()
            self._open.discard(connection)
            self._pass_on(None)

    async def _connect(self, key, request, timeout):
        n_left, delay = self._retries, 0
        while True:
            try:
                async with asyncio.timeout(timeout.get("connect")):
                    return await self._connect_once(key, request)
            except TimeoutError as exc:
                error = ConnectTimeout("")
                error.__cause__ = exc
            except OSError as exc:
                # Resolving and TLS say what is wrong; of addresses there may have been several.
                import socket
                import ssl

                told = isinstance(exc, (socket.gaierror, ssl.SSLError))
                error = ConnectError(str(exc) if told else "All connection attempts failed")
                error.__cause__ = exc
            except UnicodeError as exc:
                error = ConnectError(str(exc))
                error.__cause__ = exc
            if n_left <= 0:
                raise error
            n_left -= 1
            await asyncio.sleep(delay)
            delay = delay * 2 or 0.5

    async def _connect_once(self, key, request):
        scheme, host, port = key
        loop = self._loop
        proxy = self._proxy
        name = request.extensions.get("sni_hostname") or host
        if proxy is not None:
            if proxy.url.scheme not in ("http", "https"):
                raise NotImplementedError(f"a proxy of the kind {proxy.url.scheme!r}")
            _, proxy_host, proxy_port = origin_of(proxy.url)
            proxy_ssl = None
            if proxy.url.scheme == "https":
                proxy_ssl = proxy.ssl_context or create_ssl_context()
            connection = await self._open_connection(key, proxy_host, proxy_port, proxy_ssl, proxy_host)
            if scheme == "http":
                connection.forward = proxy
                return connection
            await self._tunnel(connection, host, port, proxy)
            connection.transport = await loop.start_tls(
                connection.transport, connection, self._context(), server_hostname=name
            )
            return connection
        context = self._context() if scheme == "https" else None
        return await self._open_connection(key, host, port, context, name)

    async def _open_connection(self, key, host, port, context, name):
        loop = self._loop

        def new():
            return _Connection(loop, key)

        name = name if context is not None else None
        if self._uds is not None:
            transport, connection = await loop.create_unix_connection(
                new, self._uds, ssl=context, server_hostname=name
            )
        else:
            local = None if self._local_address is None else (self._local_address, 0)
            transport, connection = await loop.create_connection(
                new, host, port, ssl=context, server_hostname=name, local_addr=local, happy_eyeballs_delay=0.25
            )
        if self._socket_options:
            sock = transport.get_extra_info("socket")
            for option in self._socket_options:
                sock.setsockopt(*option)
        return connection

    async def _tunnel(self, connection, host, port, proxy):
        connection.begin("CONNECT")
        await connection.write(connect_head(host, port, proxy), None)
        reader = await connection.head(None)
        _, status, reason, _ = reader.head
        if not 200 <= status <= 299:
            connection.close()
            raise ProxyError(f"{status} {reason.decode('ascii', 'ignore')}")
        connection._reader = None

    def _context(self):
        if self._ssl_context is None:
            self._ssl_context = create_ssl_context(*self._ssl_arguments)
        return self._ssl_context

    async def aclose(self):
        for connection in list(self._open):
            connection.close()
        n_open = len(self._open)
        self._forget()
        if n_open and self._loop is asyncio.get_running_loop():
            # Transports close in the loop's next turn; a program that ends now should leave nothing behind.
            await asyncio.sleep(0)
