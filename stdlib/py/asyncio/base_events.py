"""The event loop: what of it needs no speed. Ready queue, timers, turns and watched descriptors are native."""

import sys

from _asyncio import _EventLoop, _get_running_loop, _set_running_loop, ensure_future, gather, isfuture

from . import constants, coroutines, events, exceptions, futures
from .log import logger

__all__ = ('BaseEventLoop', 'Server')


class _Later:
    """A module, imported and put in its own place when something of it is first asked for."""

    __slots__ = ('_name', '_namespace')

    def __init__(self, name, namespace):
        object.__setattr__(self, '_name', name)
        object.__setattr__(self, '_namespace', namespace)

    def _import(self):
        module = __import__(self._name)
        if self._namespace[self._name] is self:
            self._namespace[self._name] = module
        return module

    def __getattr__(self, name):
        return getattr(self._import(), name)

    def __setattr__(self, name, value):
        setattr(self._import(), name, value)

    def __delattr__(self, name):
        delattr(self._import(), name)


os = _Later('os', globals())
socket = _Later('socket', globals())

_HAS_IPv6 = True
# The constants of `socket` and `subprocess` that are defaults of arguments.
_SOCK_STREAM = 1
_AI_PASSIVE = 1
_PIPE = -1
_STDOUT = -2

# Loops may run inside running ones: `nest_asyncio.apply()`.
_nesting = False


def _run_until_complete_cb(fut):
    if not fut.cancelled():
        exc = fut.exception()
        if isinstance(exc, (SystemExit, KeyboardInterrupt)):
            # The loop's run is being left with it already.
            return
    futures._get_loop(fut).stop()


def _format_handle(handle):
    callback = handle._callback
    task = getattr(callback, '__self__', None)
    from . import tasks
    if isinstance(task, tasks.Task):
        return repr(task)
    return str(handle)


def _report_slow(handle, seconds):
    logger.warning('Executing %s took %.3f seconds', _format_handle(handle), seconds)


def _check_callback(loop, callback, method):
    if method != 'call_soon_threadsafe':
        loop._check_thread()
    if coroutines.iscoroutine(callback) or coroutines._iscoroutinefunction(callback):
        raise TypeError(f'coroutines cannot be used with {method}()')
    if not callable(callback):
        raise TypeError(f'a callable object was expected by {method}(), got {callback!r}')


def _format_pipe(fd):
    return {_PIPE: '<pipe>', _STDOUT: '<stdout>'}.get(fd) or repr(fd)


def _set_reuseport(sock):
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    except AttributeError:
        raise ValueError('reuse_port not supported by socket module') from None
    except OSError:
        raise ValueError('reuse_port not supported by socket module, SO_REUSEPORT defined but not implemented.')


def _set_nodelay(sock):
    # Small writes are not to wait for the acknowledgement of earlier ones.
    if (sock.family in (socket.AF_INET, socket.AF_INET6) and sock.type == socket.SOCK_STREAM
            and sock.proto == socket.IPPROTO_TCP):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _check_ssl_socket(sock):
    # There can be none before the module was imported.
    ssl = sys.modules.get('ssl')
    if ssl is not None and isinstance(sock, ssl.SSLSocket):
        raise TypeError('Socket cannot be of type SSLSocket')


def _check_ssl_arguments(ssl, **arguments):
    for name, value in arguments.items():
        if value is not None and not ssl:
            raise ValueError(f'{name} is only meaningful with ssl')


def _check_stream_socket(sock):
    if sock.type != socket.SOCK_STREAM:
        raise ValueError(f'A Stream Socket was expected, got {sock!r}')


def _ipaddr_info(host, port, family, type, proto, flowinfo=0, scopeid=0):
    """What getaddrinfo() would say of a host that is an address already; None if it has to be asked."""
    if not hasattr(socket, 'inet_pton') or proto not in (0, socket.IPPROTO_TCP, socket.IPPROTO_UDP) or host is None:
        return None
    if type == socket.SOCK_STREAM:
        proto = socket.IPPROTO_TCP
    elif type == socket.SOCK_DGRAM:
        proto = socket.IPPROTO_UDP
    else:
        return None
    if port in (None, b'', ''):
        port = 0
    else:
        try:
            port = int(port)
        except (TypeError, ValueError):
            # The name of a service.
            return None
    if isinstance(host, bytes):
        host = host.decode('idna')
    if '%' in host:
        # A zone: inet_pton() takes none.
        return None
    families = (socket.AF_INET, socket.AF_INET6)[:1 + _HAS_IPv6] if family == socket.AF_UNSPEC else (family,)
    for family in families:
        try:
            socket.inet_pton(family, host)
        except OSError:
            continue
        is_v6 = _HAS_IPv6 and family == socket.AF_INET6
        return family, type, proto, '', (host, port, flowinfo, scopeid) if is_v6 else (host, port)
    return None


def _interleave_addrinfos(addrinfos, first_address_family_count=1):
    """The addresses in turns by family, after some of the family that comes first."""
    by_family = {}
    for info in addrinfos:
        by_family.setdefault(info[0], []).append(info)
    families = list(by_family.values())
    n_first = max(first_address_family_count - 1, 0)
    ordered = families[0][:n_first]
    del families[0][:n_first]
    for turn in range(max(map(len, families))):
        ordered += [infos[turn] for infos in families if turn < len(infos)]
    return ordered


class Server(events.AbstractServer):
    """A listening server: its sockets, and the connections that came from them."""

    def __init__(self, loop, sockets, protocol_factory, ssl_context, backlog, ssl_handshake_timeout,
                 ssl_shutdown_timeout=None):
        from _weakrefset import WeakSet
        self._loop = loop
        # None once closed.
        self._sockets = sockets
        # A transport nobody else knows is abandoned, and is to be found out.
        self._clients = WeakSet()
        # None once closed and without connections.
        self._waiters = []
        self._protocol_factory = protocol_factory
        self._backlog = backlog
        self._ssl_context = ssl_context
        self._ssl_handshake_timeout = ssl_handshake_timeout
        self._ssl_shutdown_timeout = ssl_shutdown_timeout
        self._serving = False
        self._serving_forever_fut = None

    def __repr__(self):
        return f'<{self.__class__.__name__} sockets={self.sockets!r}>'

    def _attach(self, transport):
        assert self._sockets is not None
        self._clients.add(transport)

    def _detach(self, transport):
        self._clients.discard(transport)
        self._wakeup_if_ended()

    def _wakeup_if_ended(self):
        if self._sockets is None and len(self._clients) == 0:
            self._wakeup()

    def _wakeup(self):
        waiters, self._waiters = self._waiters, None
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def _start_serving(self):
        if self._serving:
            return
        self._serving = True
        for sock in self._sockets:
            sock.listen(self._backlog)
            self._loop._start_serving(self._protocol_factory, sock, self._ssl_context, self, self._backlog,
                                      self._ssl_handshake_timeout, self._ssl_shutdown_timeout)

    def get_loop(self):
        return self._loop

    def is_serving(self):
        return self._serving

    @property
    def sockets(self):
        if self._sockets is None:
            return ()
        from .trsock import TransportSocket
        return tuple(TransportSocket(sock) for sock in self._sockets)

    def close(self):
        sockets, self._sockets = self._sockets, None
        if sockets is None:
            return
        for sock in sockets:
            self._loop._stop_serving(sock)
        self._serving = False
        forever = self._serving_forever_fut
        if forever is not None and not forever.done():
            forever.cancel()
            self._serving_forever_fut = None
        self._wakeup_if_ended()

    def close_clients(self):
        for transport in self._clients.copy():
            transport.close()

    def abort_clients(self):
        for transport in self._clients.copy():
            transport.abort()

    async def start_serving(self):
        self._start_serving()
        # Who goes on from here finds the loop listening.
        from . import tasks
        await tasks.sleep(0)

    async def serve_forever(self):
        if self._serving_forever_fut is not None:
            raise RuntimeError(f'server {self!r} is already being awaited on serve_forever()')
        if self._sockets is None:
            raise RuntimeError(f'server {self!r} is closed')
        self._start_serving()
        self._serving_forever_fut = self._loop.create_future()
        try:
            await self._serving_forever_fut
        except exceptions.CancelledError:
            try:
                self.close()
                self.close_clients()
                await self.wait_closed()
            finally:
                raise
        finally:
            self._serving_forever_fut = None

    async def wait_closed(self):
        """Wait until the server is closed and all its connections are gone, in whichever order that happens."""
        if self._waiters is None:
            return
        waiter = self._loop.create_future()
        self._waiters.append(waiter)
        await waiter


# Names of other modules that few programs ask for.
_ELSEWHERE = {'_SendfileFallbackProtocol': '_sendfile', 'staggered': 'staggered', 'sslproto': 'sslproto',
              'trsock': 'trsock', 'tasks': 'tasks', 'transports': 'transports', 'protocols': 'protocols'}


def __getattr__(name):
    module = _ELSEWHERE.get(name)
    if module is None:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    found = __import__(f'asyncio.{module}', fromlist=('*',))
    if name != module:
        found = getattr(found, name)
    return globals().setdefault(name, found)


class BaseEventLoop(_EventLoop, events.AbstractEventLoop):
    """An event loop without I/O of its own."""

    def __init__(self):
        self._thread_id = None
        self._default_executor = None
        self._executor_shutdown_called = False
        self._exception_handler = None
        # A WeakSet, once there is one to keep.
        self._asyncgens = None
        self._asyncgens_shutdown_called = False
        self._old_agen_hooks = None
        self._old_origin_depth = None
        if coroutines._is_debug_mode():
            self.set_debug(True)

    def __repr__(self):
        return (f'<{self.__class__.__name__} running={self.is_running()} closed={self.is_closed()} '
                f'debug={self.get_debug()}>')

    def __del__(self):
        if self.is_closed():
            return
        import warnings
        warnings.warn(f'unclosed event loop {self!r}', ResourceWarning, source=self)
        if not self.is_running():
            self.close()

    def _check_thread(self):
        if self._thread_id is not None and self._thread_id != events._thread_key():
            raise RuntimeError('Non-thread-safe operation invoked on an event loop other than the current one')

    def _check_running(self):
        if _nesting:
            return
        if self.is_running():
            raise RuntimeError('This event loop is already running')
        if _get_running_loop() is not None:
            raise RuntimeError('Cannot run the event loop while another loop is running')

    # Timers due within so many seconds are due now.
    _clock_resolution = 1e-09
    # What run_until_complete() waits for.
    _awaited = None

    def run_forever(self):
        """Run until stop() is called."""
        self._check_closed()
        self._check_running()
        self._run(None)

    def _run(self, future):
        """Runs until stop() is called or, if loops may be nested, `future` is done."""
        self._enter()
        try:
            if future is not None:
                self._run_nested(future)
            else:
                self._run_until_stopped()
        finally:
            self._leave()

    # What was there before this loop ran: the outer run of it, if any, the thread, the running loop, the hooks.
    _outer_run = None

    def _enter(self):
        """Makes this the running loop."""
        if self.get_debug():
            self._set_coroutine_origin_tracking(True)
        self._outer_run = self._outer_run, self._thread_id, _get_running_loop(), sys.get_asyncgen_hooks()
        self._thread_id = events._thread_key()
        sys.set_asyncgen_hooks(firstiter=self._asyncgen_firstiter_hook, finalizer=self._asyncgen_finalizer_hook)
        _set_running_loop(self)

    def _leave(self):
        self._outer_run, self._thread_id, old_loop, old_hooks = self._outer_run
        _set_running_loop(old_loop)
        sys.set_asyncgen_hooks(*old_hooks)
        if old_loop is not self:
            self._set_coroutine_origin_tracking(False)

    # For loops with turns of their own: what run_forever() does before the first and after the last turn.

    def _run_forever_setup(self):
        self._check_closed()
        self._check_running()
        self._enter()
        self._set_running(True)

    def _run_forever_cleanup(self):
        self._set_running(False)
        self._leave()

    def run_until_complete(self, future):
        """Run until the Future is done; return its result, or raise its exception."""
        self._check_closed()
        self._check_running()
        new_task = not isfuture(future)
        future = ensure_future(future, loop=self)
        if new_task:
            # It is this method that looks after it.
            future._log_destroy_pending = False
        if not _nesting:
            future.add_done_callback(_run_until_complete_cb)
        outer, self._awaited = self._awaited, future
        try:
            if _nesting:
                self._run(future)
            else:
                self.run_forever()
        except:
            if new_task and future.done() and not future.cancelled():
                future.exception()
            raise
        finally:
            self._awaited = outer
            future.remove_done_callback(_run_until_complete_cb)
        if not future.done():
            raise RuntimeError('Event loop stopped before Future completed.')
        return future.result()

    def close(self):
        """Close the event loop: nothing may be scheduled on it any more."""
        if self.is_running():
            raise RuntimeError('Cannot close a running event loop')
        if self.is_closed():
            return
        if self.get_debug():
            logger.debug('Close %r', self)
        self._close_native()
        self._executor_shutdown_called = True
        executor = self._default_executor
        if executor is not None:
            self._default_executor = None
            executor.shutdown(wait=False)

    def _asyncgen_firstiter_hook(self, agen):
        if self._asyncgens_shutdown_called:
            import warnings
            warnings.warn(f'asynchronous generator {agen!r} was scheduled after loop.shutdown_asyncgens() call',
                          ResourceWarning, source=self)
        if self._asyncgens is None:
            from _weakrefset import WeakSet
            self._asyncgens = WeakSet()
        self._asyncgens.add(agen)

    def _asyncgen_finalizer_hook(self, agen):
        if self._asyncgens is not None:
            self._asyncgens.discard(agen)
        if not self.is_closed():
            self.call_soon_threadsafe(self.create_task, agen.aclose())

    async def shutdown_asyncgens(self):
        """Shutdown all active asynchronous generators."""
        self._asyncgens_shutdown_called = True
        if not self._asyncgens:
            return
        closing = list(self._asyncgens)
        self._asyncgens.clear()
        results = await gather(*[agen.aclose() for agen in closing], return_exceptions=True)
        for result, agen in zip(results, closing):
            if isinstance(result, Exception):
                self.call_exception_handler({
                    'message': f'an error occurred during closing of asynchronous generator {agen!r}',
                    'exception': result,
                    'asyncgen': agen,
                })

    async def shutdown_default_executor(self, timeout=None):
        """Schedule the shutdown of the default executor."""
        self._executor_shutdown_called = True
        if self._default_executor is None:
            return
        import threading
        future = self.create_future()
        thread = threading.Thread(target=self._do_shutdown, args=(future,))
        thread.start()
        from . import timeouts
        try:
            async with timeouts.timeout(timeout):
                await future
        except TimeoutError:
            import warnings
            warnings.warn('The executor did not finishing joining its threads within '
                          f'{timeout} seconds.', RuntimeWarning, stacklevel=2)
            self._default_executor.shutdown(wait=False)
        else:
            thread.join()

    def _do_shutdown(self, future):
        try:
            self._default_executor.shutdown(wait=True)
            if not self.is_closed():
                self.call_soon_threadsafe(futures._set_result_unless_cancelled, future, None)
        except Exception as ex:
            if not self.is_closed() and not future.cancelled():
                self.call_soon_threadsafe(future.set_exception, ex)

    def _check_default_executor(self):
        if self._executor_shutdown_called:
            raise RuntimeError('Executor shutdown has been called')

    def run_in_executor(self, executor, func, *args):
        """Arrange for a function to be called in the specified executor."""
        self._check_closed()
        if self.get_debug():
            _check_callback(self, func, 'run_in_executor')
        if executor is None:
            executor = self._default_executor
            self._check_default_executor()
            if executor is None:
                concurrent = futures._concurrent()
                executor = concurrent.futures.ThreadPoolExecutor(thread_name_prefix='asyncio')
                self._default_executor = executor
        return futures.wrap_future(executor.submit(func, *args), loop=self)

    def set_default_executor(self, executor):
        """Set the executor that run_in_executor(None, ...) uses."""
        concurrent = futures._concurrent()
        if not isinstance(executor, concurrent.futures.ThreadPoolExecutor):
            raise TypeError('executor must be ThreadPoolExecutor instance')
        self._default_executor = executor

    def set_debug(self, enabled):
        super().set_debug(enabled)
        if self.is_running():
            self.call_soon_threadsafe(self._set_coroutine_origin_tracking, enabled)

    def _set_coroutine_origin_tracking(self, enabled):
        if bool(enabled) == (self._old_origin_depth is not None):
            return
        if enabled:
            self._old_origin_depth = sys.get_coroutine_origin_tracking_depth()
            sys.set_coroutine_origin_tracking_depth(constants.DEBUG_STACK_DEPTH)
        else:
            sys.set_coroutine_origin_tracking_depth(self._old_origin_depth)
            self._old_origin_depth = None

    def get_exception_handler(self):
        """Return an exception handler, or None if the default one is in use."""
        return self._exception_handler

    def set_exception_handler(self, handler):
        """Set handler as the new event loop exception handler; None restores the default one."""
        if handler is not None and not callable(handler):
            raise TypeError(f'A callable object or None is expected, got {handler!r}')
        self._exception_handler = handler

    def default_exception_handler(self, context):
        """Log what happened."""
        message = context.get('message')
        if not message:
            message = 'Unhandled exception in event loop'
        exception = context.get('exception')
        exc_info = (type(exception), exception, exception.__traceback__) if exception is not None else False
        lines = [message]
        for key in sorted(context):
            if key in {'message', 'exception'}:
                continue
            value = context[key]
            if key in ('source_traceback', 'handle_traceback'):
                import traceback
                what = 'Object' if key == 'source_traceback' else 'Handle'
                stack = ''.join(traceback.format_list(value))
                value = f'{what} created at (most recent call last):\n' + stack.rstrip()
            else:
                value = repr(value)
            lines.append(f'{key}: {value}')
        logger.error('\n'.join(lines), exc_info=exc_info)

    def call_exception_handler(self, context):
        """Call the current event loop's exception handler with a dict that describes what happened."""
        if self._exception_handler is None:
            try:
                self.default_exception_handler(context)
            except (SystemExit, KeyboardInterrupt):
                raise
            except BaseException:
                logger.error('Exception in default exception handler', exc_info=True)
            return
        try:
            ctx = None
            thing = context.get('task')
            if thing is None:
                thing = context.get('future')
            if thing is None:
                thing = context.get('handle')
            if thing is not None and hasattr(thing, 'get_context'):
                ctx = thing.get_context()
            if ctx is not None and hasattr(ctx, 'run'):
                ctx.run(self._exception_handler, self, context)
            else:
                self._exception_handler(self, context)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            try:
                self.default_exception_handler({
                    'message': 'Unhandled error in exception handler',
                    'exception': exc,
                    'context': context,
                })
            except (SystemExit, KeyboardInterrupt):
                raise
            except BaseException:
                logger.error('Exception in default exception handler while handling an unexpected error '
                             'in custom exception handler', exc_info=True)

    # A selector that the program gave.

    # None: what is to be watched is watched natively.
    _own_selector = None
    # What becomes readable when the loop is to be woken, until the selector knows it.
    _wake_descriptor = None

    @property
    def _selector(self):
        return self._own_selector

    @_selector.setter
    def _selector(self, selector):
        self._own_selector = selector
        if selector is not None:
            self._wake_descriptor = self._wait_by(self._process_selector)

    def _process_selector(self, timeout):
        wake, self._wake_descriptor = self._wake_descriptor, None
        if wake is not None:
            # There is no handle: having been woken is all.
            self._own_selector.register(wake, 1, (None, None))
        self._process_events(self._own_selector.select(timeout))

    def _process_events(self, event_list):
        raise NotImplementedError

    def _write_to_self(self):
        raise NotImplementedError

    # Addresses.

    async def getaddrinfo(self, host, port, *, family=0, type=0, proto=0, flags=0):
        """As socket.getaddrinfo(), without blocking."""
        if not self.get_debug():
            return await self._getaddrinfo(host, port, family, type, proto, flags)
        asked = [f'{host}:{port!r}']
        asked += [f'{name}={value!r}'
                  for name, value in (('family', family), ('type', type), ('proto', proto), ('flags', flags)) if value]
        asked = ', '.join(asked)
        logger.debug('Get address info %s', asked)
        began = self.time()
        found = await self._getaddrinfo(host, port, family, type, proto, flags)
        took = self.time() - began
        log = logger.info if took >= self.slow_callback_duration else logger.debug
        log(f'Getting address info {asked} took {took * 1e3:.3f}ms: {found!r}')
        return found

    async def _getaddrinfo(self, *asked):
        if socket.getaddrinfo.__module__ != 'socket':
            # The program has put its own in place.
            return await self.run_in_executor(None, socket.getaddrinfo, *asked)
        from _socket import _resolve
        from socket import AddressFamily, SocketKind, _intenum_converter
        return [(_intenum_converter(family, AddressFamily), _intenum_converter(kind, SocketKind), *rest)
                for family, kind, *rest in await _resolve(*asked, self)]

    async def getnameinfo(self, sockaddr, flags=0):
        """As socket.getnameinfo(), without blocking."""
        if socket.getnameinfo.__module__ not in ('socket', '_socket'):
            return await self.run_in_executor(None, socket.getnameinfo, sockaddr, flags)
        import _socket
        return await _socket._resolve_name(sockaddr, flags, self)

    async def _ensure_resolved(self, address, *, family=0, type=_SOCK_STREAM, proto=0, flags=0, loop):
        host, port = address[:2]
        info = _ipaddr_info(host, port, family, type, proto, *address[2:])
        if info is not None:
            return [info]
        return await loop.getaddrinfo(host, port, family=family, type=type, proto=proto, flags=flags)

    async def _resolve_all(self, address, **asked):
        infos = await self._ensure_resolved(address, loop=self, **asked)
        if not infos:
            raise OSError('getaddrinfo() returned empty list')
        return infos

    async def _create_server_getaddrinfo(self, host, port, family, flags):
        infos = await self._ensure_resolved((host, port), family=family, type=_SOCK_STREAM, flags=flags, loop=self)
        if not infos:
            raise OSError(f'getaddrinfo({host!r}) returned empty list')
        return infos

    # Connections.

    async def _connect_sock(self, exceptions, addr_info, local_addr_infos=None):
        """A new socket, bound and connected; what went wrong on the way is appended to `exceptions` as one list."""
        own_exceptions = []
        exceptions.append(own_exceptions)
        family, kind, proto, _, address = addr_info
        sock = None
        try:
            try:
                sock = socket.socket(family=family, type=kind, proto=proto)
                sock.setblocking(False)
                if local_addr_infos is not None:
                    self._bind_to_one(sock, family, local_addr_infos, own_exceptions)
                await self.sock_connect(sock, address)
                return sock
            except OSError as exc:
                own_exceptions.append(exc)
                raise
        except:
            if sock is not None:
                try:
                    sock.close()
                except OSError:
                    # The error under way says more.
                    pass
            raise
        finally:
            exceptions = own_exceptions = None

    def _bind_to_one(self, sock, family, local_addr_infos, failures):
        for local_family, _, _, _, address in local_addr_infos:
            if local_family != family:
                continue
            try:
                sock.bind(address)
                return
            except OSError as exc:
                failures.append(OSError(
                    exc.errno, f'error while attempting to bind on address {address!r}: {str(exc).lower()}'))
        if failures:
            raise failures.pop()
        raise OSError(f'no matching local address with {family=} found')

    async def create_connection(self, protocol_factory, host=None, port=None, *, ssl=None, family=0, proto=0, flags=0,
                                sock=None, local_addr=None, server_hostname=None, ssl_handshake_timeout=None,
                                ssl_shutdown_timeout=None, happy_eyeballs_delay=None, interleave=None,
                                all_errors=False):
        """Connect to a TCP server; return the transport and the protocol."""
        _check_ssl_arguments(ssl, server_hostname=server_hostname)
        if ssl and server_hostname is None:
            # '' would do, and turns the check of the name off.
            if not host:
                raise ValueError('You must set server_hostname when using ssl without a host')
            server_hostname = host
        _check_ssl_arguments(ssl, ssl_handshake_timeout=ssl_handshake_timeout, ssl_shutdown_timeout=ssl_shutdown_timeout)
        if sock is not None:
            _check_ssl_socket(sock)
        if happy_eyeballs_delay is not None and interleave is None:
            interleave = 1
        if host is None and port is None:
            if sock is None:
                raise ValueError('host and port was not specified and no sock specified')
            _check_stream_socket(sock)
        else:
            if sock is not None:
                raise ValueError('host/port and sock can not be specified at the same time')
            asked = {'family': family, 'type': _SOCK_STREAM, 'proto': proto, 'flags': flags}
            infos = await self._resolve_all((host, port), **asked)
            local_infos = None if local_addr is None else await self._resolve_all(local_addr, **asked)
            if interleave:
                infos = _interleave_addrinfos(infos, interleave)
            sock = await self._connect_first(infos, local_infos, happy_eyeballs_delay, all_errors)
        transport, protocol = await self._create_connection_transport(
            sock, protocol_factory, ssl, server_hostname, ssl_handshake_timeout=ssl_handshake_timeout,
            ssl_shutdown_timeout=ssl_shutdown_timeout)
        if self.get_debug():
            sock = transport.get_extra_info('socket')
            logger.debug('%r connected to %s:%r: (%r, %r)', sock, host, port, transport, protocol)
        return transport, protocol

    async def _connect_first(self, infos, local_infos, delay, all_errors):
        """A socket connected to one of the addresses."""
        failures = []
        sock = None
        if delay is None:
            for info in infos:
                try:
                    sock = await self._connect_sock(failures, info, local_infos)
                    break
                except OSError:
                    continue
        else:
            from . import staggered
            # Lambdas read the list of failures from this frame, which empties it: partial() would keep it.
            sock = (await staggered.staggered_race(
                (lambda info=info: self._connect_sock(failures, info, local_infos) for info in infos),
                delay, loop=self))[0]
        if sock is not None:
            return sock
        failures = [exc for of_one in failures for exc in of_one]
        try:
            if all_errors:
                raise ExceptionGroup('create_connection failed', failures)
            if not failures:
                raise TimeoutError('create_connection failed')
            texts = [str(exc) for exc in failures]
            if all(text == texts[0] for text in texts):
                raise failures[0]
            raise OSError(f"Multiple exceptions: {', '.join(texts)}")
        finally:
            failures = None

    async def _create_connection_transport(self, sock, protocol_factory, ssl, server_hostname, server_side=False,
                                           ssl_handshake_timeout=None, ssl_shutdown_timeout=None):
        try:
            sock.setblocking(False)
            protocol = protocol_factory()
            waiter = self.create_future()
            if ssl:
                transport = self._make_ssl_transport(
                    sock, protocol, None if isinstance(ssl, bool) else ssl, waiter, server_side=server_side,
                    server_hostname=server_hostname, ssl_handshake_timeout=ssl_handshake_timeout,
                    ssl_shutdown_timeout=ssl_shutdown_timeout)
            else:
                transport = self._make_socket_transport(sock, protocol, waiter)
        except:
            # Nobody else would.
            sock.close()
            raise
        try:
            await waiter
        except:
            transport.close()
            # The exception in it refers to the protocol.
            waiter = None
            raise
        return transport, protocol

    async def connect_accepted_socket(self, protocol_factory, sock, *, ssl=None, ssl_handshake_timeout=None,
                                      ssl_shutdown_timeout=None):
        """Wrap an accepted connection into a transport/protocol pair."""
        _check_stream_socket(sock)
        _check_ssl_arguments(ssl, ssl_handshake_timeout=ssl_handshake_timeout, ssl_shutdown_timeout=ssl_shutdown_timeout)
        _check_ssl_socket(sock)
        transport, protocol = await self._create_connection_transport(
            sock, protocol_factory, ssl, '', server_side=True, ssl_handshake_timeout=ssl_handshake_timeout,
            ssl_shutdown_timeout=ssl_shutdown_timeout)
        if self.get_debug():
            logger.debug('%r handled: (%r, %r)', transport.get_extra_info('socket'), transport, protocol)
        return transport, protocol

    async def start_tls(self, transport, protocol, sslcontext, *, server_side=False, server_hostname=None,
                        ssl_handshake_timeout=None, ssl_shutdown_timeout=None):
        """Upgrade a transport to TLS; return the transport that `protocol` is to use from now on."""
        try:
            import ssl
        except ImportError:
            raise RuntimeError('Python ssl module is not available') from None
        if not isinstance(sslcontext, ssl.SSLContext):
            raise TypeError(f'sslcontext is expected to be an instance of ssl.SSLContext, got {sslcontext!r}')
        if not getattr(transport, '_start_tls_compatible', False):
            raise TypeError(f'transport {transport!r} is not supported by start_tls()')
        from . import sslproto
        waiter = self.create_future()
        ssl_protocol = sslproto.SSLProtocol(
            self, protocol, sslcontext, waiter, server_side, server_hostname,
            ssl_handshake_timeout=ssl_handshake_timeout, ssl_shutdown_timeout=ssl_shutdown_timeout,
            call_connection_made=False)
        # Nothing may be received between here and connection_made().
        transport.pause_reading()
        if server_side:
            # A client that did not wait has sent its hello already.
            from .streams import StreamReaderProtocol
            reader = getattr(protocol, '_stream_reader', None) if isinstance(protocol, StreamReaderProtocol) else None
            if reader is not None and reader._buffer:
                ssl_protocol._incoming.write(reader._buffer)
                reader._buffer.clear()
        transport.set_protocol(ssl_protocol)
        made = self.call_soon(ssl_protocol.connection_made, transport)
        resumed = self.call_soon(transport.resume_reading)
        try:
            await waiter
        except BaseException:
            transport.close()
            made.cancel()
            resumed.cancel()
            waiter = None
            raise
        return ssl_protocol._app_transport

    # Servers.

    async def create_server(self, protocol_factory, host=None, port=None, *, family=0, flags=_AI_PASSIVE, sock=None,
                            backlog=100, ssl=None, reuse_address=None, reuse_port=None, keep_alive=None,
                            ssl_handshake_timeout=None, ssl_shutdown_timeout=None, start_serving=True):
        """Create a TCP server on all addresses of a host, or of several."""
        if isinstance(ssl, bool):
            raise TypeError('ssl argument must be an SSLContext or None')
        for name, value in (('ssl_handshake_timeout', ssl_handshake_timeout), ('ssl_shutdown_timeout', ssl_shutdown_timeout)):
            if value is not None and ssl is None:
                raise ValueError(f'{name} is only meaningful with ssl')
        if sock is not None:
            _check_ssl_socket(sock)
        if host is None and port is None:
            if sock is None:
                raise ValueError('Neither host/port nor sock were specified')
            _check_stream_socket(sock)
            sockets = [sock]
        else:
            if sock is not None:
                raise ValueError('host/port and sock can not be specified at the same time')
            if host == '':
                hosts = [None]
            elif isinstance(host, str) or not hasattr(type(host), '__iter__'):
                hosts = [host]
            else:
                hosts = host
            found = await gather(
                *[self._create_server_getaddrinfo(host, port, family=family, flags=flags) for host in hosts])
            # Each but once.
            infos = list(dict.fromkeys(info for of_host in found for info in of_host))
            sockets = self._bind_all(infos, reuse_address is None or reuse_address, reuse_port, keep_alive)
        for sock in sockets:
            sock.setblocking(False)
        server = Server(self, sockets, protocol_factory, ssl, backlog, ssl_handshake_timeout, ssl_shutdown_timeout)
        if start_serving:
            await server.start_serving()
        if self.get_debug():
            logger.info('%r is serving', server)
        return server

    def _bind_all(self, infos, reuse_address, reuse_port, keep_alive):
        """Sockets bound to the addresses: to all of them, but for families this system does not have."""
        sockets = []
        try:
            for family, kind, proto, _, address in infos:
                try:
                    sock = socket.socket(family, kind, proto)
                except OSError:
                    if self.get_debug():
                        logger.warning('create_server() failed to create socket.socket(%r, %r, %r)', family, kind, proto,
                                       exc_info=True)
                    continue
                sockets.append(sock)
                if reuse_address:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, True)
                if reuse_port and family in (socket.AF_INET, socket.AF_INET6):
                    _set_reuseport(sock)
                if keep_alive:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, True)
                if _HAS_IPv6 and family == socket.AF_INET6 and hasattr(socket, 'IPPROTO_IPV6'):
                    # The address of IPv4 gets a socket of its own.
                    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, True)
                try:
                    sock.bind(address)
                except OSError as exc:
                    import errno
                    message = f'error while attempting to bind on address {address!r}: {str(exc).lower()}'
                    if exc.errno != errno.EADDRNOTAVAIL:
                        raise OSError(exc.errno, message) from None
                    sockets.pop().close()
                    if self.get_debug():
                        logger.warning(message)
            if not sockets:
                raise OSError(f'could not bind on any address out of {[info[4] for info in infos]!r}')
        except:
            for sock in sockets:
                sock.close()
            raise
        return sockets

    # Datagrams.

    async def create_datagram_endpoint(self, protocol_factory, local_addr=None, remote_addr=None, *, family=0, proto=0,
                                       flags=0, reuse_port=None, allow_broadcast=None, sock=None):
        """Create a datagram connection."""
        peer = None
        if sock is not None:
            if sock.type == socket.SOCK_STREAM:
                raise ValueError(f'A datagram socket was expected, got {sock!r}')
            given = {'local_addr': local_addr, 'remote_addr': remote_addr, 'family': family, 'proto': proto,
                     'flags': flags, 'reuse_port': reuse_port, 'allow_broadcast': allow_broadcast}
            problems = ', '.join(f'{name}={value}' for name, value in given.items() if value)
            if problems:
                raise ValueError(f'socket modifier keyword arguments can not be used when sock is specified. ({problems})')
            sock.setblocking(False)
        else:
            pairs = await self._datagram_addresses(local_addr, remote_addr, family, proto, flags)
            failures = []
            for (family, proto), (local_address, remote_address) in pairs:
                sock = peer = None
                try:
                    sock = socket.socket(family=family, type=socket.SOCK_DGRAM, proto=proto)
                    if reuse_port:
                        _set_reuseport(sock)
                    if allow_broadcast:
                        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
                    sock.setblocking(False)
                    if local_addr:
                        sock.bind(local_address)
                    if remote_addr:
                        if not allow_broadcast:
                            await self.sock_connect(sock, remote_address)
                        peer = remote_address
                    break
                except BaseException as exc:
                    if sock is not None:
                        sock.close()
                    if not isinstance(exc, OSError):
                        raise
                    failures.append(exc)
            else:
                raise failures[0]
        protocol = protocol_factory()
        waiter = self.create_future()
        transport = self._make_datagram_transport(sock, protocol, peer, waiter)
        if self.get_debug():
            if local_addr:
                logger.info('Datagram endpoint local_addr=%r remote_addr=%r created: (%r, %r)', local_addr, remote_addr,
                            transport, protocol)
            else:
                logger.debug('Datagram endpoint remote_addr=%r created: (%r, %r)', remote_addr, transport, protocol)
        await self._wait_for_transport(transport, waiter)
        return transport, protocol

    async def _datagram_addresses(self, local_addr, remote_addr, family, proto, flags):
        """Pairs of family and protocol, each with a pair of a local and a remote address."""
        if not (local_addr or remote_addr):
            if family == 0:
                raise ValueError('unexpected address family')
            return [((family, proto), (None, None))]
        if family == getattr(socket, 'AF_UNIX', None):
            for address in (local_addr, remote_addr):
                if address is not None and not isinstance(address, str):
                    raise TypeError('string is expected')
            if local_addr and local_addr[0] not in (0, '\x00'):
                _remove_stale_socket(local_addr)
            return [((family, proto), (local_addr, remote_addr))]
        found = {}
        for index, address in enumerate((local_addr, remote_addr)):
            if address is None:
                continue
            if not (isinstance(address, tuple) and len(address) == 2):
                raise TypeError('2-tuple is expected')
            infos = await self._resolve_all(address, family=family, type=socket.SOCK_DGRAM, proto=proto, flags=flags)
            for info_family, _, info_proto, _, info_address in infos:
                found.setdefault((info_family, info_proto), [None, None])[index] = info_address
        # Both ends need an address of the same kind.
        pairs = [(kind, pair) for kind, pair in found.items()
                 if not (local_addr and pair[0] is None or remote_addr and pair[1] is None)]
        if not pairs:
            raise ValueError('can not get address information')
        return pairs

    # Pipes and processes.

    async def _wait_for_transport(self, transport, waiter):
        try:
            await waiter
        except:
            transport.close()
            raise

    async def connect_read_pipe(self, protocol_factory, pipe):
        """Register a read pipe in the event loop; return a read transport and the protocol."""
        protocol = protocol_factory()
        waiter = self.create_future()
        transport = self._make_read_pipe_transport(pipe, protocol, waiter)
        await self._wait_for_transport(transport, waiter)
        if self.get_debug():
            logger.debug('Read pipe %r connected: (%r, %r)', pipe.fileno(), transport, protocol)
        return transport, protocol

    async def connect_write_pipe(self, protocol_factory, pipe):
        """Register a write pipe in the event loop; return a write transport and the protocol."""
        protocol = protocol_factory()
        waiter = self.create_future()
        transport = self._make_write_pipe_transport(pipe, protocol, waiter)
        await self._wait_for_transport(transport, waiter)
        if self.get_debug():
            logger.debug('Write pipe %r connected: (%r, %r)', pipe.fileno(), transport, protocol)
        return transport, protocol

    def _log_subprocess(self, msg, stdin, stdout, stderr):
        info = [msg]
        if stdin is not None:
            info.append(f'stdin={_format_pipe(stdin)}')
        if stdout is not None and stderr == _STDOUT:
            info.append(f'stdout=stderr={_format_pipe(stdout)}')
        else:
            info += [f'{name}={_format_pipe(pipe)}' for name, pipe in (('stdout', stdout), ('stderr', stderr))
                     if pipe is not None]
        logger.debug(' '.join(info))

    async def subprocess_shell(self, protocol_factory, cmd, *, stdin=_PIPE, stdout=_PIPE, stderr=_PIPE,
                               universal_newlines=False, shell=True, bufsize=0, encoding=None, errors=None, text=None,
                               **kwargs):
        """Run a command of the shell; return a transport and the protocol."""
        if not isinstance(cmd, (bytes, str)):
            raise ValueError('cmd must be a string')
        if universal_newlines:
            raise ValueError('universal_newlines must be False')
        if not shell:
            raise ValueError('shell must be True')
        _check_subprocess_arguments(bufsize, text, encoding, errors)
        return await self._start_subprocess(protocol_factory, 'run shell command %r' % cmd, cmd, True, stdin, stdout, stderr,
                                            bufsize, kwargs)

    async def subprocess_exec(self, protocol_factory, program, *args, stdin=_PIPE, stdout=_PIPE, stderr=_PIPE,
                              universal_newlines=False, shell=False, bufsize=0, encoding=None, errors=None, text=None,
                              **kwargs):
        """Run a program; return a transport and the protocol."""
        if universal_newlines:
            raise ValueError('universal_newlines must be False')
        if shell:
            raise ValueError('shell must be False')
        _check_subprocess_arguments(bufsize, text, encoding, errors)
        return await self._start_subprocess(protocol_factory, f'execute program {program!r}', (program, *args), False, stdin,
                                            stdout, stderr, bufsize, kwargs)

    async def _start_subprocess(self, protocol_factory, what, args, shell, stdin, stdout, stderr, bufsize, kwargs):
        protocol = protocol_factory()
        # Not with its arguments: they may be secret, or long.
        debug = self.get_debug()
        if debug:
            self._log_subprocess(what, stdin, stdout, stderr)
        transport = await self._make_subprocess_transport(protocol, args, shell, stdin, stdout, stderr, bufsize, **kwargs)
        if debug:
            logger.info('%s: %r', what, transport)
        return transport, protocol

    # What a loop without I/O does not have.

    def _make_socket_transport(self, sock, protocol, waiter=None, *, extra=None, server=None):
        raise NotImplementedError

    def _make_ssl_transport(self, rawsock, protocol, sslcontext, waiter=None, *, server_side=False, server_hostname=None,
                            extra=None, server=None, ssl_handshake_timeout=None, ssl_shutdown_timeout=None,
                            call_connection_made=True):
        raise NotImplementedError

    def _make_datagram_transport(self, sock, protocol, address=None, waiter=None, extra=None):
        raise NotImplementedError

    def _make_read_pipe_transport(self, pipe, protocol, waiter=None, extra=None):
        raise NotImplementedError

    def _make_write_pipe_transport(self, pipe, protocol, waiter=None, extra=None):
        raise NotImplementedError

    async def _make_subprocess_transport(self, protocol, args, shell, stdin, stdout, stderr, bufsize, extra=None,
                                         **kwargs):
        raise NotImplementedError

    # Files.

    async def sock_sendfile(self, sock, file, offset=0, count=None, *, fallback=True):
        """Send a file through a socket; return how much of it."""
        if self.get_debug() and sock.gettimeout() != 0:
            raise ValueError('the socket must be non-blocking')
        _check_ssl_socket(sock)
        self._check_sendfile_params(sock, file, offset, count)
        try:
            return await self._sock_sendfile_native(sock, file, offset, count)
        except exceptions.SendfileNotAvailableError:
            if not fallback:
                raise
        return await self._sock_sendfile_fallback(sock, file, offset, count)

    async def _sock_sendfile_native(self, sock, file, offset, count):
        raise exceptions.SendfileNotAvailableError(
            f'syscall sendfile is not available for socket {sock!r} and file {file!r} combination')

    async def _sock_sendfile_fallback(self, sock, file, offset, count):
        async def send(view):
            await self.sock_sendall(sock, view)
        return await self._send_blocks(file, offset, count, constants.SENDFILE_FALLBACK_READBUFFER_SIZE, send)

    async def _send_blocks(self, file, offset, count, size, send):
        """Reads the file in blocks and has them sent; the file's position ends behind what was sent."""
        if hasattr(file, 'seek'):
            file.seek(offset)
        buffer = memoryview(bytearray(min(count, size) if count else size))
        sent = 0
        try:
            while not count or sent < count:
                view = buffer[:count - sent] if count else buffer
                n_read = await self._read_block(file, view)
                if not n_read:
                    break
                await send(view[:n_read])
                sent += n_read
            return sent
        finally:
            if sent > 0 and hasattr(file, 'seek'):
                file.seek(offset + sent)

    async def _read_block(self, file, view):
        try:
            reading = self.run_in_executor(None, file.readinto, view)
        except NotImplementedError:
            # There are no threads.
            return file.readinto(view)
        return await reading

    def _check_sendfile_params(self, sock, file, offset, count):
        if 'b' not in getattr(file, 'mode', 'b'):
            raise ValueError('file should be opened in binary mode')
        if sock.type != socket.SOCK_STREAM:
            raise ValueError('only SOCK_STREAM type sockets are supported')
        if count is not None:
            if not isinstance(count, int):
                raise TypeError(f'count must be a positive integer (got {count!r})')
            if count <= 0:
                raise ValueError(f'count must be a positive integer (got {count!r})')
        if not isinstance(offset, int):
            raise TypeError(f'offset must be a non-negative integer (got {offset!r})')
        if offset < 0:
            raise ValueError(f'offset must be a non-negative integer (got {offset!r})')

    async def sendfile(self, transport, file, offset=0, count=None, *, fallback=True):
        """Send a file through a transport; return how much of it."""
        if transport.is_closing():
            raise RuntimeError('Transport is closing')
        modes = constants._SendfileMode
        mode = getattr(transport, '_sendfile_compatible', modes.UNSUPPORTED)
        if mode is modes.UNSUPPORTED:
            raise RuntimeError(f'sendfile is not supported for transport {transport!r}')
        if mode is modes.TRY_NATIVE:
            try:
                return await self._sendfile_native(transport, file, offset, count)
            except exceptions.SendfileNotAvailableError:
                if not fallback:
                    raise
        if not fallback:
            raise RuntimeError(f'fallback is disabled and native sendfile is not supported for transport {transport!r}')
        return await self._sendfile_fallback(transport, file, offset, count)

    async def _sendfile_native(self, transp, file, offset, count):
        raise exceptions.SendfileNotAvailableError('sendfile syscall is not supported')

    async def _sendfile_fallback(self, transp, file, offset, count):
        from ._sendfile import _SendfileFallbackProtocol
        protocol = _SendfileFallbackProtocol(transp)

        async def send(view):
            # What the transport buffers is not to change with the next block.
            transp.write(bytes(view))
            await protocol.drain()
        try:
            return await self._send_blocks(file, offset, count, 16384, send)
        finally:
            await protocol.restore()


def _check_subprocess_arguments(bufsize, text, encoding, errors):
    if bufsize != 0:
        raise ValueError('bufsize must be 0')
    if text:
        raise ValueError('text must be False')
    if encoding is not None:
        raise ValueError('encoding must be None')
    if errors is not None:
        raise ValueError('errors must be None')


def _remove_stale_socket(path):
    """Removes the socket that a server which is gone has left behind."""
    import stat
    try:
        if stat.S_ISSOCK(os.stat(path).st_mode):
            os.remove(path)
    except FileNotFoundError:
        pass
    except OSError as exc:
        # The directory may allow no more than making a socket.
        logger.error('Unable to check or remove stale UNIX socket %r: %r', path, exc)
