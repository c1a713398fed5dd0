"""The loop's readiness of descriptors: operations on sockets, and the transports of connections.

The descriptors are watched natively, unless the loop was given a selector of the program's.
"""

from _functools import partial

from . import base_events, constants, events, futures
from .base_events import _Later
from .log import logger

__all__ = ('BaseSelectorEventLoop',)

socket = _Later('socket', globals())

_HAS_SENDMSG = True
_EVENT_READ = 1
_EVENT_WRITE = 2

# Classes that only programs with sockets need: they come when first asked for.
_ELSEWHERE = ('_SelectorTransport', '_SelectorSocketTransport', '_SelectorDatagramTransport', 'SC_IOV_MAX')


def __getattr__(name):
    if name not in _ELSEWHERE:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    from . import _socket_transports
    return globals().setdefault(name, getattr(_socket_transports, name))


def _class(name):
    return globals().get(name) or __getattr__(name)


def _test_selector_event(selector, fd, event):
    """Whether `selector` watches `fd` for `event`."""
    try:
        key = selector.get_key(fd)
    except KeyError:
        return False
    return bool(key.events & event)


class _Key:
    """What a loop watches a descriptor for, with the fields of `selectors.SelectorKey`."""

    def __init__(self, fd, reader, writer):
        self.fileobj = self.fd = fd
        self.events = (0 if reader is None else _EVENT_READ) | (0 if writer is None else _EVENT_WRITE)
        self.data = reader, writer


class _Watched:
    """What a loop watches, as a selector would show it."""

    def __init__(self, loop):
        self._loop = loop

    def get_key(self, fileobj):
        try:
            return self.get_map()[fileobj if isinstance(fileobj, int) else fileobj.fileno()]
        except KeyError:
            raise KeyError(f'{fileobj!r} is not registered') from None

    def get_map(self):
        return {watched[0]: _Key(*watched) for watched in self._loop._watched_descriptors()}


class _OnDemand:
    """An attribute that a method of its instance sets when it is first asked for."""

    def __init__(self, method):
        self._method = method

    def __set_name__(self, owner, name):
        self._name = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        getattr(instance, self._method)()
        return instance.__dict__[self._name]


class BaseSelectorEventLoop(base_events.BaseEventLoop):
    """An event loop that waits for descriptors."""

    # Transports by descriptor.
    _transports = _OnDemand('_make_transports')
    # A pair of sockets: what is written to the second one, by signals, is read from the first one by a callback.
    _ssock = _OnDemand('_make_self_pipe')
    _csock = _OnDemand('_make_self_pipe')
    _internal_fds = 0

    def __init__(self, selector=None):
        super().__init__()
        logger.debug('Using selector: %s', 'EpollSelector' if selector is None else selector.__class__.__name__)
        if selector is not None:
            self._selector = selector
            self._make_self_pipe()

    def _make_transports(self):
        from weakref import WeakValueDictionary
        self._transports = WeakValueDictionary()

    @property
    def _selector(self):
        if self._own_selector is not None:
            return self._own_selector
        return None if self.is_closed() else _Watched(self)

    @_selector.setter
    def _selector(self, selector):
        base_events.BaseEventLoop._selector.fset(self, selector)

    def close(self):
        if self.is_running():
            raise RuntimeError('Cannot close a running event loop')
        if self.is_closed():
            return
        if '_ssock' in self.__dict__:
            self._close_self_pipe()
        super().close()
        selector, self._own_selector = self._own_selector, None
        if selector is not None:
            selector.close()

    # The loop's own sockets.

    def _make_self_pipe(self):
        self._ssock, self._csock = socket.socketpair()
        self._ssock.setblocking(False)
        self._csock.setblocking(False)
        self._internal_fds += 1
        self._add_reader(self._ssock.fileno(), self._read_from_self)

    def _close_self_pipe(self):
        self._remove_reader(self._ssock.fileno())
        self._ssock.close()
        self._ssock = None
        self._csock.close()
        self._csock = None
        self._internal_fds -= 1

    def _process_self_data(self, data):
        pass

    def _read_from_self(self):
        while True:
            try:
                data = self._ssock.recv(4096)
            except InterruptedError:
                continue
            except BlockingIOError:
                break
            if not data:
                break
            self._process_self_data(data)

    def _write_to_self(self):
        # Another thread may close the loop meanwhile.
        csock = self._csock
        if csock is None:
            return
        try:
            csock.send(b'\0')
        except OSError:
            if self.get_debug():
                logger.debug('Fail to write a null byte into the self-pipe socket', exc_info=True)

    # A selector of the program's.

    def _process_events(self, event_list):
        for key, mask in event_list:
            reader, writer = key.data
            if mask & _EVENT_READ and reader is not None:
                if reader._cancelled:
                    self._remove_reader(key.fileobj)
                else:
                    self._add_callback(reader)
            if mask & _EVENT_WRITE and writer is not None:
                if writer._cancelled:
                    self._remove_writer(key.fileobj)
                else:
                    self._add_callback(writer)

    def _select_add(self, fd, event, callback, args):
        """What _add_reader() and _add_writer() do with a selector of the program's."""
        handle = events.Handle(callback, args, self, None)
        selector = self._own_selector
        key = selector.get_map().get(fd)
        handles = [None, None] if key is None else list(key.data)
        index = 0 if event == _EVENT_READ else 1
        old, handles[index] = handles[index], handle
        if key is None:
            selector.register(fd, event, tuple(handles))
        else:
            selector.modify(fd, key.events | event, tuple(handles))
        if old is not None:
            old.cancel()
        return handle

    def _select_remove(self, fd, event):
        selector = self._own_selector
        key = selector.get_map().get(fd)
        if key is None:
            return False
        handles = list(key.data)
        index = 0 if event == _EVENT_READ else 1
        old, handles[index] = handles[index], None
        mask = key.events & ~event
        if mask:
            selector.modify(fd, mask, tuple(handles))
        else:
            selector.unregister(fd)
        if old is None:
            return False
        old.cancel()
        return True

    # Callbacks.

    def _ensure_fd_no_transport(self, fd):
        fileno = fd
        if not isinstance(fileno, int):
            try:
                fileno = int(fileno.fileno())
            except (AttributeError, TypeError, ValueError):
                raise ValueError(f'Invalid file object: {fd!r}') from None
        transport = self._transports.get(fileno)
        if transport and not transport.is_closing():
            raise RuntimeError(f'File descriptor {fd!r} is used by transport {transport!r}')

    def add_reader(self, fd, callback, *args):
        """Call `callback(*args)` whenever the descriptor can be read."""
        self._ensure_fd_no_transport(fd)
        self._add_reader(fd, callback, *args)

    def remove_reader(self, fd):
        """Remove a reader callback; return whether there was one."""
        self._ensure_fd_no_transport(fd)
        return self._remove_reader(fd)

    def add_writer(self, fd, callback, *args):
        """Call `callback(*args)` whenever the descriptor can be written."""
        self._ensure_fd_no_transport(fd)
        self._add_writer(fd, callback, *args)

    def remove_writer(self, fd):
        """Remove a writer callback; return whether there was one."""
        self._ensure_fd_no_transport(fd)
        return self._remove_writer(fd)

    # Operations on sockets: each is tried at once, then whenever the socket is ready, by a callback that completes the future.

    def _check_socket(self, sock):
        base_events._check_ssl_socket(sock)
        if self.get_debug() and sock.gettimeout() != 0:
            raise ValueError('the socket must be non-blocking')

    def _when_readable(self, fut, sock, callback, *args):
        fd = sock.fileno()
        self._ensure_fd_no_transport(fd)
        handle = self._add_reader(fd, callback, fut, sock, *args)
        fut.add_done_callback(partial(self._sock_read_done, fd, handle=handle))
        return fut

    def _when_writable(self, fut, sock, callback, *args):
        fd = sock.fileno()
        self._ensure_fd_no_transport(fd)
        handle = self._add_writer(fd, callback, fut, sock, *args)
        fut.add_done_callback(partial(self._sock_write_done, fd, handle=handle))
        return fut

    def _sock_read_done(self, fd, fut, handle=None):
        # Somebody else may watch the descriptor by now.
        if handle is None or not handle.cancelled():
            self.remove_reader(fd)

    def _sock_write_done(self, fd, fut, handle=None):
        if handle is None or not handle.cancelled():
            self.remove_writer(fd)

    async def sock_recv(self, sock, n):
        """Receive up to `n` bytes from the socket."""
        self._check_socket(sock)
        try:
            return sock.recv(n)
        except (BlockingIOError, InterruptedError):
            pass
        return await self._when_readable(self.create_future(), sock, self._sock_recv, n)

    def _sock_recv(self, fut, sock, n):
        _attempt(fut, sock.recv, n)

    async def sock_recv_into(self, sock, buf):
        """Receive data from the socket into a buffer; return how much."""
        self._check_socket(sock)
        try:
            return sock.recv_into(buf)
        except (BlockingIOError, InterruptedError):
            pass
        return await self._when_readable(self.create_future(), sock, self._sock_recv_into, buf)

    def _sock_recv_into(self, fut, sock, buf):
        _attempt(fut, sock.recv_into, buf)

    async def sock_recvfrom(self, sock, bufsize):
        """Receive a datagram; return its bytes and the address it came from."""
        self._check_socket(sock)
        try:
            return sock.recvfrom(bufsize)
        except (BlockingIOError, InterruptedError):
            pass
        return await self._when_readable(self.create_future(), sock, self._sock_recvfrom, bufsize)

    def _sock_recvfrom(self, fut, sock, bufsize):
        _attempt(fut, sock.recvfrom, bufsize)

    async def sock_recvfrom_into(self, sock, buf, nbytes=0):
        """Receive a datagram into a buffer; return its size and the address it came from."""
        self._check_socket(sock)
        if not nbytes:
            nbytes = len(buf)
        try:
            return sock.recvfrom_into(buf, nbytes)
        except (BlockingIOError, InterruptedError):
            pass
        return await self._when_readable(self.create_future(), sock, self._sock_recvfrom_into, buf, nbytes)

    def _sock_recvfrom_into(self, fut, sock, buf, bufsize):
        _attempt(fut, sock.recvfrom_into, buf, bufsize)

    async def sock_sendall(self, sock, data):
        """Send all the data; after an error nobody knows how much of it has gone."""
        self._check_socket(sock)
        try:
            n = sock.send(data)
        except (BlockingIOError, InterruptedError):
            n = 0
        if n == len(data):
            return
        # The list is where the callback leaves how far it has come.
        return await self._when_writable(self.create_future(), sock, self._sock_sendall, memoryview(data), [n])

    def _sock_sendall(self, fut, sock, view, pos):
        if fut.done():
            return
        try:
            n = sock.send(view[pos[0]:])
        except (BlockingIOError, InterruptedError):
            return
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            fut.set_exception(exc)
            return
        pos[0] += n
        if pos[0] == len(view):
            fut.set_result(None)

    async def sock_sendto(self, sock, data, address):
        """Send a datagram to an address."""
        self._check_socket(sock)
        try:
            return sock.sendto(data, address)
        except (BlockingIOError, InterruptedError):
            pass
        return await self._when_writable(self.create_future(), sock, self._sock_sendto, data, address)

    def _sock_sendto(self, fut, sock, data, address):
        _attempt(fut, sock.sendto, data, 0, address)

    async def sock_connect(self, sock, address):
        """Connect a socket to a remote address."""
        self._check_socket(sock)
        if sock.family == socket.AF_INET or base_events._HAS_IPv6 and sock.family == socket.AF_INET6:
            resolved = await self._ensure_resolved(address, family=sock.family, type=sock.type, proto=sock.proto, loop=self)
            address = resolved[0][4]
        fut = self.create_future()
        self._sock_connect(fut, sock, address)
        try:
            return await fut
        finally:
            # Its exception refers to this frame.
            fut = None

    def _sock_connect(self, fut, sock, address):
        try:
            sock.connect(address)
        except (BlockingIOError, InterruptedError):
            # It goes on by itself, and makes the socket writable when it has come to an end.
            self._when_writable(fut, sock, self._sock_connect_cb, address)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            fut.set_exception(exc)
        else:
            fut.set_result(None)
        finally:
            fut = None

    def _sock_connect_cb(self, fut, sock, address):
        _attempt(fut, _check_connected, sock, address)

    async def sock_accept(self, sock):
        """Accept a connection; return its socket and the address of its other end."""
        self._check_socket(sock)
        fut = self.create_future()
        self._sock_accept(fut, sock)
        return await fut

    def _sock_accept(self, fut, sock):
        if fut.done():
            return
        try:
            conn, address = sock.accept()
            conn.setblocking(False)
        except (BlockingIOError, InterruptedError):
            self._when_readable(fut, sock, self._sock_accept)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            fut.set_exception(exc)
        else:
            fut.set_result((conn, address))

    async def _sendfile_native(self, transp, file, offset, count):
        del self._transports[transp._sock_fd]
        resume_reading = transp.is_reading()
        transp.pause_reading()
        await transp._make_empty_waiter()
        try:
            return await self.sock_sendfile(transp._sock, file, offset, count, fallback=False)
        finally:
            transp._reset_empty_waiter()
            if resume_reading:
                transp.resume_reading()
            self._transports[transp._sock_fd] = transp

    # Transports.

    def _make_socket_transport(self, sock, protocol, waiter=None, *, extra=None, server=None):
        self._ensure_fd_no_transport(sock)
        return _class('_SelectorSocketTransport')(self, sock, protocol, waiter, extra, server)

    def _make_ssl_transport(self, rawsock, protocol, sslcontext, waiter=None, *, server_side=False, server_hostname=None,
                            extra=None, server=None, ssl_handshake_timeout=constants.SSL_HANDSHAKE_TIMEOUT,
                            ssl_shutdown_timeout=constants.SSL_SHUTDOWN_TIMEOUT):
        from . import sslproto
        self._ensure_fd_no_transport(rawsock)
        ssl_protocol = sslproto.SSLProtocol(
            self, protocol, sslcontext, waiter, server_side, server_hostname,
            ssl_handshake_timeout=ssl_handshake_timeout, ssl_shutdown_timeout=ssl_shutdown_timeout)
        _class('_SelectorSocketTransport')(self, rawsock, ssl_protocol, extra=extra, server=server)
        return ssl_protocol._app_transport

    def _make_datagram_transport(self, sock, protocol, address=None, waiter=None, extra=None):
        self._ensure_fd_no_transport(sock)
        return _class('_SelectorDatagramTransport')(self, sock, protocol, address, waiter, extra)

    # Servers.

    def _start_serving(self, protocol_factory, sock, sslcontext=None, server=None, backlog=100,
                       ssl_handshake_timeout=constants.SSL_HANDSHAKE_TIMEOUT,
                       ssl_shutdown_timeout=constants.SSL_SHUTDOWN_TIMEOUT):
        self._add_reader(sock.fileno(), self._accept_connection, protocol_factory, sock, sslcontext, server, backlog,
                         ssl_handshake_timeout, ssl_shutdown_timeout)

    def _stop_serving(self, sock):
        self._remove_reader(sock.fileno())
        sock.close()

    def _accept_connection(self, protocol_factory, sock, sslcontext=None, server=None, backlog=100,
                           ssl_handshake_timeout=constants.SSL_HANDSHAKE_TIMEOUT,
                           ssl_shutdown_timeout=constants.SSL_SHUTDOWN_TIMEOUT):
        # All that wait, for this is called but once a turn.
        for _ in range(backlog + 1):
            try:
                conn, address = sock.accept()
                if self.get_debug():
                    logger.debug('%r got a new connection from %r: %r', server, address, conn)
                conn.setblocking(False)
            except ConnectionAbortedError:
                # It was gone before it was accepted.
                continue
            except (BlockingIOError, InterruptedError):
                return
            except OSError as exc:
                from errno import EMFILE, ENFILE, ENOBUFS, ENOMEM
                if exc.errno not in (EMFILE, ENFILE, ENOBUFS, ENOMEM):
                    raise
                # The connection goes on waiting, and the socket being ready: it is left alone for a while.
                from .trsock import TransportSocket
                self.call_exception_handler({
                    'message': 'socket.accept() out of system resource',
                    'exception': exc,
                    'socket': TransportSocket(sock),
                })
                self._remove_reader(sock.fileno())
                self.call_later(constants.ACCEPT_RETRY_DELAY, self._start_serving, protocol_factory, sock, sslcontext,
                                server, backlog, ssl_handshake_timeout, ssl_shutdown_timeout)
            else:
                self.create_task(self._accept_connection2(
                    protocol_factory, conn, {'peername': address}, sslcontext, server, ssl_handshake_timeout,
                    ssl_shutdown_timeout))

    async def _accept_connection2(self, protocol_factory, conn, extra, sslcontext=None, server=None,
                                  ssl_handshake_timeout=constants.SSL_HANDSHAKE_TIMEOUT,
                                  ssl_shutdown_timeout=constants.SSL_SHUTDOWN_TIMEOUT):
        protocol = transport = None
        try:
            protocol = protocol_factory()
            waiter = self.create_future()
            if sslcontext:
                transport = self._make_ssl_transport(
                    conn, protocol, sslcontext, waiter=waiter, server_side=True, extra=extra, server=server,
                    ssl_handshake_timeout=ssl_handshake_timeout, ssl_shutdown_timeout=ssl_shutdown_timeout)
            else:
                transport = self._make_socket_transport(conn, protocol, waiter=waiter, extra=extra, server=server)
            try:
                await waiter
            except BaseException:
                transport.close()
                # Its exception refers to the protocol.
                waiter = None
                raise
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            if self.get_debug():
                context = {'message': 'Error on transport creation for incoming connection', 'exception': exc}
                if protocol is not None:
                    context['protocol'] = protocol
                if transport is not None:
                    context['transport'] = transport
                self.call_exception_handler(context)


def _attempt(fut, operation, *args):
    """Completes `fut` by the operation, unless it would block."""
    if fut.done():
        # Cancelled, for one, in the turn that found the socket ready.
        return
    try:
        result = operation(*args)
    except (BlockingIOError, InterruptedError):
        pass
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as exc:
        fut.set_exception(exc)
    else:
        fut.set_result(result)
    finally:
        # Its exception refers to this frame.
        fut = None


def _check_connected(sock, address):
    error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if error != 0:
        raise OSError(error, f'Connect call failed {address}')
