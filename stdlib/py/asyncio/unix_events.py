"""The event loop of Unix systems: signals, sockets with a path, pipes."""

import sys

from . import base_events, coroutines, events, exceptions, selector_events
from .base_events import _Later
from .log import logger

__all__ = ('SelectorEventLoop', 'EventLoop')

# What only programs with pipes and child processes need: they come when first asked for.
_ELSEWHERE = {'_UnixReadPipeTransport': '_pipe_transports', '_UnixWritePipeTransport': '_pipe_transports',
              '_UnixSubprocessTransport': 'child_watcher', '_PidfdChildWatcher': 'child_watcher',
              '_PollingChildWatcher': 'child_watcher', 'can_use_pidfd': 'child_watcher'}

os = _Later('os', globals())
signal = _Later('signal', globals())
socket = _Later('socket', globals())


def __getattr__(name):
    module = _ELSEWHERE.get(name)
    if module is None:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    return globals().setdefault(name, getattr(__import__(f'asyncio.{module}', fromlist=('*',)), name))


def _class(name):
    return globals().get(name) or __getattr__(name)


def _sighandler_noop(signum, frame):
    """What is set as a signal's handler: all that happens is that its number is written to the loop."""


class _UnixSelectorEventLoop(selector_events.BaseSelectorEventLoop):
    """The event loop, with signals and what has a path."""

    def __init__(self, selector=None):
        super().__init__(selector)
        self._signal_handlers = {}
        # Files of listening sockets, by socket: those to be removed with it.
        self._unix_server_sockets = {}
        # Made with the first child process.
        self._child_watcher = None

    def close(self):
        if self._child_watcher is not None and not self.is_running():
            from . import child_watcher
            child_watcher.forget_children(self)
        super().close()
        if not self._signal_handlers:
            return
        if sys.is_finalizing():
            import warnings
            warnings.warn(f'Closing the loop {self!r} on interpreter shutdown stage, skipping signal handlers removal',
                          ResourceWarning, source=self)
            self._signal_handlers.clear()
        for sig in list(self._signal_handlers):
            self.remove_signal_handler(sig)

    # Signals.

    def _process_self_data(self, data):
        for signum in data:
            # Zeros only wake the loop up.
            if signum:
                self._handle_signal(signum)

    def add_signal_handler(self, sig, callback, *args):
        """Call `callback(*args)` in the loop whenever the signal comes."""
        if coroutines.iscoroutine(callback) or coroutines._iscoroutinefunction(callback):
            raise TypeError('coroutines cannot be used with add_signal_handler()')
        self._check_signal(sig)
        self._check_closed()
        try:
            # Refused in any other than the main thread: then nothing has been changed yet.
            signal.set_wakeup_fd(self._csock.fileno())
        except (ValueError, OSError) as exc:
            raise RuntimeError(str(exc))
        self._signal_handlers[sig] = events.Handle(callback, args, self, None)
        try:
            signal.signal(sig, _sighandler_noop)
            signal.siginterrupt(sig, False)
        except OSError as exc:
            del self._signal_handlers[sig]
            self._close_wakeup_if_unused()
            _raise_unless_uncatchable(exc, sig)

    def _close_wakeup_if_unused(self):
        if not self._signal_handlers:
            try:
                signal.set_wakeup_fd(-1)
            except (ValueError, OSError) as exc:
                logger.info('set_wakeup_fd(-1) failed: %s', exc)

    def _handle_signal(self, sig):
        handle = self._signal_handlers.get(sig)
        if handle is None:
            # Removed meanwhile.
            return
        if handle._cancelled:
            self.remove_signal_handler(sig)
        else:
            self._add_callback_signalsafe(handle)

    def remove_signal_handler(self, sig):
        """Remove a signal's handler; return whether there was one."""
        self._check_signal(sig)
        if self._signal_handlers.pop(sig, None) is None:
            return False
        try:
            signal.signal(sig, signal.default_int_handler if sig == signal.SIGINT else signal.SIG_DFL)
        except OSError as exc:
            _raise_unless_uncatchable(exc, sig)
        self._close_wakeup_if_unused()
        return True

    def _check_signal(self, sig):
        if not isinstance(sig, int):
            raise TypeError(f'sig must be an int, not {sig!r}')
        if sig not in signal.valid_signals():
            raise ValueError(f'invalid signal number {sig}')

    # Pipes.

    def _make_read_pipe_transport(self, pipe, protocol, waiter=None, extra=None):
        return _class('_UnixReadPipeTransport')(self, pipe, protocol, waiter, extra)

    def _make_write_pipe_transport(self, pipe, protocol, waiter=None, extra=None):
        return _class('_UnixWritePipeTransport')(self, pipe, protocol, waiter, extra)

    # Child processes.

    @property
    def _watcher(self):
        if self._child_watcher is None:
            from . import child_watcher
            self._child_watcher = child_watcher.new_watcher()
        return self._child_watcher

    @_watcher.setter
    def _watcher(self, watcher):
        self._child_watcher = watcher

    async def _make_subprocess_transport(self, protocol, args, shell, stdin, stdout, stderr, bufsize, extra=None,
                                         **kwargs):
        from . import child_watcher
        return await child_watcher.make_subprocess_transport(self, protocol, args, shell, stdin, stdout, stderr, bufsize,
                                                             extra, **kwargs)

    # Sockets with a path.

    async def create_unix_connection(self, protocol_factory, path=None, *, ssl=None, sock=None, server_hostname=None,
                                     ssl_handshake_timeout=None, ssl_shutdown_timeout=None):
        """Connect to a server's socket by its path; return the transport and the protocol."""
        assert server_hostname is None or isinstance(server_hostname, str)
        if ssl and server_hostname is None:
            raise ValueError('you have to pass server_hostname when using ssl')
        base_events._check_ssl_arguments(
            ssl, server_hostname=server_hostname, ssl_handshake_timeout=ssl_handshake_timeout,
            ssl_shutdown_timeout=ssl_shutdown_timeout)
        if path is not None:
            if sock is not None:
                raise ValueError('path and sock can not be specified at the same time')
            path = os.fspath(path)
            sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0)
            try:
                sock.setblocking(False)
                await self.sock_connect(sock, path)
            except:
                sock.close()
                raise
        else:
            if sock is None:
                raise ValueError('no path and sock were specified')
            _check_unix_stream_socket(sock)
            sock.setblocking(False)
        return await self._create_connection_transport(
            sock, protocol_factory, ssl, server_hostname, ssl_handshake_timeout=ssl_handshake_timeout,
            ssl_shutdown_timeout=ssl_shutdown_timeout)

    async def create_unix_server(self, protocol_factory, path=None, *, sock=None, backlog=100, ssl=None,
                                 ssl_handshake_timeout=None, ssl_shutdown_timeout=None, start_serving=True,
                                 cleanup_socket=True):
        """Create a server whose socket has a path."""
        if isinstance(ssl, bool):
            raise TypeError('ssl argument must be an SSLContext or None')
        base_events._check_ssl_arguments(ssl, ssl_handshake_timeout=ssl_handshake_timeout,
                                         ssl_shutdown_timeout=ssl_shutdown_timeout)
        if path is not None:
            if sock is not None:
                raise ValueError('path and sock can not be specified at the same time')
            sock = _bound_to_path(os.fspath(path))
        else:
            if sock is None:
                raise ValueError('path was not specified, and no sock specified')
            _check_unix_stream_socket(sock)
        if cleanup_socket:
            path = sock.getsockname()
            if path[0] not in (0, '\x00'):
                try:
                    self._unix_server_sockets[sock] = os.stat(path).st_ino
                except FileNotFoundError:
                    pass
        sock.setblocking(False)
        server = base_events.Server(self, [sock], protocol_factory, ssl, backlog, ssl_handshake_timeout,
                                    ssl_shutdown_timeout)
        if start_serving:
            await server.start_serving()
        return server

    def _stop_serving(self, sock):
        inode = self._unix_server_sockets.pop(sock, None)
        path = sock.getsockname() if inode is not None else None
        super()._stop_serving(sock)
        if path is None:
            return
        try:
            # Another server may have taken the path.
            if os.stat(path).st_ino == inode:
                os.unlink(path)
        except FileNotFoundError:
            pass
        except OSError as exc:
            logger.error('Unable to clean up listening UNIX socket %r: %r', path, exc)

    # Files.

    async def _sock_sendfile_native(self, sock, file, offset, count):
        import io
        if not hasattr(os, 'sendfile'):
            raise exceptions.SendfileNotAvailableError('os.sendfile() is not available')
        try:
            fileno = file.fileno()
            size = os.fstat(fileno).st_size
        except (AttributeError, io.UnsupportedOperation, OSError):
            raise exceptions.SendfileNotAvailableError('not a regular file')
        block_size = count if count else size
        if not block_size:
            return 0
        fut = self.create_future()
        self._sock_sendfile_native_impl(fut, None, sock, fileno, offset, count, block_size, 0)
        return await fut

    def _sock_sendfile_native_impl(self, fut, registered_fd, sock, fileno, offset, count, blocksize, total_sent):
        """Sends one block, and has the next one sent when the socket takes more."""
        fd = sock.fileno()
        if registered_fd is not None:
            self.remove_writer(registered_fd)
        if fut.cancelled():
            self._sock_sendfile_update_filepos(fileno, offset)
            return
        if count:
            blocksize = count - total_sent
            if blocksize <= 0:
                self._sock_sendfile_update_filepos(fileno, offset)
                fut.set_result(total_sent)
                return
        blocksize = min(blocksize, sys.maxsize // 2 + 1)
        try:
            sent = os.sendfile(fd, fileno, offset, blocksize)
        except (BlockingIOError, InterruptedError):
            pass
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            self._sock_sendfile_update_filepos(fileno, offset)
            fut.set_exception(_sendfile_error(exc, registered_fd is None, total_sent))
            return
        else:
            if sent == 0:
                self._sock_sendfile_update_filepos(fileno, offset)
                fut.set_result(total_sent)
                return
            offset += sent
            total_sent += sent
        if registered_fd is None:
            self._sock_add_cancellation_callback(fut, sock)
        self.add_writer(fd, self._sock_sendfile_native_impl, fut, fd, sock, fileno, offset, count, blocksize, total_sent)

    def _sock_sendfile_update_filepos(self, fileno, offset):
        # sendfile() does not move it.
        os.lseek(fileno, offset, os.SEEK_SET)

    def _sock_add_cancellation_callback(self, fut, sock):
        def on_done(fut):
            if fut.cancelled():
                fd = sock.fileno()
                if fd != -1:
                    self.remove_writer(fd)
        fut.add_done_callback(on_done)


def _raise_unless_uncatchable(exc, sig):
    from errno import EINVAL
    if exc.errno == EINVAL:
        raise RuntimeError(f'sig {sig} cannot be caught')
    raise exc


def _check_unix_stream_socket(sock):
    if sock.family != socket.AF_UNIX or sock.type != socket.SOCK_STREAM:
        raise ValueError(f'A UNIX Domain Stream Socket was expected, got {sock!r}')


def _bound_to_path(path):
    from errno import EADDRINUSE
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path[0] not in (0, '\x00'):
            base_events._remove_stale_socket(path)
        sock.bind(path)
    except BaseException as exc:
        sock.close()
        if isinstance(exc, OSError) and exc.errno == EADDRINUSE:
            raise OSError(EADDRINUSE, f'Address {path!r} is already in use') from None
        raise
    return sock


def _sendfile_error(exc, is_first_call, total_sent):
    """What a failed sendfile() says to who waits."""
    if not isinstance(exc, OSError):
        return exc
    if total_sent == 0:
        # The file may be of a kind that sendfile() does not take.
        return exceptions.SendfileNotAvailableError('os.sendfile call failed')
    from errno import ENOTCONN
    if not is_first_call and exc.errno == ENOTCONN and type(exc) is not ConnectionError:
        error = ConnectionError('socket is not connected', ENOTCONN)
        error.__cause__ = exc
        return error
    return exc


class _UnixDefaultEventLoopPolicy(events._BaseDefaultEventLoopPolicy):
    """The policy of Unix systems."""

    _loop_factory = _UnixSelectorEventLoop


SelectorEventLoop = _UnixSelectorEventLoop
_DefaultEventLoopPolicy = _UnixDefaultEventLoopPolicy
EventLoop = SelectorEventLoop
