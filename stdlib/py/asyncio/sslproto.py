"""TLS between a transport and the program's protocol: records go through two memory buffers and an SSL object."""

import enum
import ssl
from _collections import deque

from . import constants, exceptions, protocols, transports
from .log import logger

SSLAgainErrors = (ssl.SSLWantReadError, ssl.SSLSyscallError)


class SSLProtocolState(enum.Enum):
    """Where the TLS session is; each state can only follow the one before it, but for the first."""

    UNWRAPPED = 'UNWRAPPED'
    DO_HANDSHAKE = 'DO_HANDSHAKE'
    WRAPPED = 'WRAPPED'
    # close() was called, or the other end has closed: what is buffered still goes out.
    FLUSHING = 'FLUSHING'
    SHUTDOWN = 'SHUTDOWN'


class AppProtocolState(enum.Enum):
    """What the program's protocol has been told last."""

    STATE_INIT = 'STATE_INIT'
    STATE_CON_MADE = 'STATE_CON_MADE'
    STATE_EOF = 'STATE_EOF'
    STATE_CON_LOST = 'STATE_CON_LOST'


_NEXT_STATE = {
    SSLProtocolState.UNWRAPPED: SSLProtocolState.DO_HANDSHAKE,
    SSLProtocolState.DO_HANDSHAKE: SSLProtocolState.WRAPPED,
    SSLProtocolState.WRAPPED: SSLProtocolState.FLUSHING,
    SSLProtocolState.FLUSHING: SSLProtocolState.SHUTDOWN,
}
# States in which nothing more can be sent.
_ENDING = (SSLProtocolState.FLUSHING, SSLProtocolState.SHUTDOWN, SSLProtocolState.UNWRAPPED)


def _create_transport_context(server_side, server_hostname):
    """The context of who asked for TLS by `ssl=True`."""
    if server_side:
        raise ValueError('Server side SSL needs a valid SSLContext')
    context = ssl.create_default_context()
    if not server_hostname:
        context.check_hostname = False
    return context


def add_flowcontrol_defaults(high, low, kb):
    """Both limits of a buffer, where one or both were given."""
    if high is None:
        high = kb * 1024 if low is None else 4 * low
    if low is None:
        low = high // 4
    if not high >= low >= 0:
        raise ValueError(f'high ({high!r}) must be >= low ({low!r}) must be >= 0')
    return high, low


def _timeout(name, value, default):
    if value is None:
        return default
    if value <= 0:
        raise ValueError(f'{name} should be a positive number, got {value}')
    return value


class _SSLProtocolTransport(transports._FlowControlMixin, transports.Transport):
    """The transport that the program's protocol sees."""

    _start_tls_compatible = True
    _sendfile_compatible = constants._SendfileMode.FALLBACK

    def __init__(self, loop, ssl_protocol):
        self._loop = loop
        self._ssl_protocol = ssl_protocol
        self._closed = False

    def get_extra_info(self, name, default=None):
        """Get optional transport information."""
        return self._ssl_protocol._get_extra_info(name, default)

    def set_protocol(self, protocol):
        self._ssl_protocol._set_app_protocol(protocol)

    def get_protocol(self):
        return self._ssl_protocol._app_protocol

    def is_closing(self):
        return self._closed or self._ssl_protocol._is_transport_closing()

    def close(self):
        """Close the transport, after what is buffered has been sent."""
        if self._closed:
            self._ssl_protocol = None
        else:
            self._closed = True
            self._ssl_protocol._start_shutdown()

    def __del__(self):
        if not self._closed:
            self._closed = True
            import warnings
            warnings.warn('unclosed transport <asyncio._SSLProtocolTransport object>', ResourceWarning)

    def is_reading(self):
        return not self._ssl_protocol._app_reading_paused

    def pause_reading(self):
        """Pause the receiving end."""
        self._ssl_protocol._pause_reading()

    def resume_reading(self):
        """Resume the receiving end."""
        self._ssl_protocol._resume_reading()

    def set_write_buffer_limits(self, high=None, low=None):
        """Set the high- and low-water limits for write flow control."""
        self._ssl_protocol._set_write_buffer_limits(high, low)
        self._ssl_protocol._control_app_writing()

    def get_write_buffer_limits(self):
        return self._ssl_protocol._outgoing_low_water, self._ssl_protocol._outgoing_high_water

    def get_write_buffer_size(self):
        """Return the current size of the write buffers."""
        return self._ssl_protocol._get_write_buffer_size()

    def set_read_buffer_limits(self, high=None, low=None):
        """Set the high- and low-water limits for read flow control."""
        self._ssl_protocol._set_read_buffer_limits(high, low)
        self._ssl_protocol._control_ssl_reading()

    def get_read_buffer_limits(self):
        return self._ssl_protocol._incoming_low_water, self._ssl_protocol._incoming_high_water

    def get_read_buffer_size(self):
        """Return the current size of the read buffer."""
        return self._ssl_protocol._get_read_buffer_size()

    @property
    def _protocol_paused(self):
        return self._ssl_protocol._app_writing_paused

    def write(self, data):
        """Write some data bytes to the transport; this does not block."""
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f'data: expecting a bytes-like instance, got {type(data).__name__}')
        if data:
            self._ssl_protocol._write_appdata((data,))

    def writelines(self, list_of_data):
        """Write a list (or any iterable) of data bytes to the transport."""
        self._ssl_protocol._write_appdata(list_of_data)

    def write_eof(self):
        """TLS has no half-closed connections."""
        raise NotImplementedError

    def can_write_eof(self):
        return False

    def abort(self):
        """Close the transport immediately; what is buffered is lost."""
        self._force_close(None)

    def _force_close(self, exc):
        self._closed = True
        if self._ssl_protocol is not None:
            self._ssl_protocol._abort(exc)

    def _test__append_write_backlog(self, data):
        self._ssl_protocol._write_backlog.append(data)
        self._ssl_protocol._write_buffer_size += len(data)


class SSLProtocol(protocols.BufferedProtocol):
    """The protocol of the connection that TLS runs over."""

    # The most that is read at once.
    max_size = 256 * 1024

    _handshake_start_time = None
    _handshake_timeout_handle = None
    _shutdown_timeout_handle = None

    def __init__(self, loop, app_protocol, sslcontext, waiter, server_side=False, server_hostname=None,
                 call_connection_made=True, ssl_handshake_timeout=None, ssl_shutdown_timeout=None):
        self._ssl_buffer = bytearray(self.max_size)
        self._ssl_buffer_view = memoryview(self._ssl_buffer)
        self._ssl_handshake_timeout = _timeout(
            'ssl_handshake_timeout', ssl_handshake_timeout, constants.SSL_HANDSHAKE_TIMEOUT)
        self._ssl_shutdown_timeout = _timeout(
            'ssl_shutdown_timeout', ssl_shutdown_timeout, constants.SSL_SHUTDOWN_TIMEOUT)
        if not sslcontext:
            sslcontext = _create_transport_context(server_side, server_hostname)
        self._server_side = server_side
        self._server_hostname = server_hostname if server_hostname and not server_side else None
        self._sslcontext = sslcontext
        # The handshake adds to it.
        self._extra = {'sslcontext': sslcontext}
        # What the program has written and TLS has not taken yet.
        self._write_backlog = deque()
        self._write_buffer_size = 0
        self._waiter = waiter
        self._loop = loop
        self._set_app_protocol(app_protocol)
        self._app_transport = None
        self._app_transport_created = False
        # That of the connection.
        self._transport = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._state = SSLProtocolState.UNWRAPPED
        # Counts the end of the connection, and the writes after it.
        self._conn_lost = 0
        self._app_state = AppProtocolState.STATE_INIT if call_connection_made else AppProtocolState.STATE_CON_MADE
        self._sslobj = sslcontext.wrap_bio(self._incoming, self._outgoing, server_side=server_side,
                                           server_hostname=self._server_hostname)
        # Who has asked whom for a pause.
        self._ssl_writing_paused = False
        self._app_reading_paused = False
        self._ssl_reading_paused = False
        self._app_writing_paused = False
        self._eof_received = False
        self._set_read_buffer_limits()
        self._set_write_buffer_limits()
        self._get_app_transport()

    def _set_app_protocol(self, app_protocol):
        self._app_protocol = app_protocol
        self._app_protocol_is_buffer = (hasattr(app_protocol, 'get_buffer')
                                        and isinstance(app_protocol, protocols.BufferedProtocol))
        if self._app_protocol_is_buffer:
            self._app_protocol_get_buffer = app_protocol.get_buffer
            self._app_protocol_buffer_updated = app_protocol.buffer_updated

    def _wakeup_waiter(self, exc=None):
        waiter, self._waiter = self._waiter, None
        if waiter is None or waiter.cancelled():
            return
        if exc is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(exc)

    def _get_app_transport(self):
        if self._app_transport is None:
            if self._app_transport_created:
                raise RuntimeError('Creating _SSLProtocolTransport twice')
            self._app_transport = _SSLProtocolTransport(self._loop, self)
            self._app_transport_created = True
        return self._app_transport

    def _is_transport_closing(self):
        return self._transport is not None and self._transport.is_closing()

    def _get_extra_info(self, name, default=None):
        if name in self._extra:
            return self._extra[name]
        return default if self._transport is None else self._transport.get_extra_info(name, default)

    # What the connection's transport calls.

    def connection_made(self, transport):
        self._transport = transport
        self._start_handshake()

    def connection_lost(self, exc):
        self._write_backlog.clear()
        self._outgoing.read()
        self._conn_lost += 1
        if self._app_transport is not None:
            # It is not to complain of not having been closed.
            self._app_transport._closed = True
        if self._state != SSLProtocolState.DO_HANDSHAKE:
            if self._app_state in (AppProtocolState.STATE_CON_MADE, AppProtocolState.STATE_EOF):
                self._app_state = AppProtocolState.STATE_CON_LOST
                self._loop.call_soon(self._app_protocol.connection_lost, exc)
        self._set_state(SSLProtocolState.UNWRAPPED)
        self._transport = self._app_transport = self._app_protocol = None
        self._wakeup_waiter(exc)
        self._cancel_timeout('_shutdown_timeout_handle')
        self._cancel_timeout('_handshake_timeout_handle')

    def _cancel_timeout(self, name):
        handle = getattr(self, name)
        if handle is not None:
            handle.cancel()
            setattr(self, name, None)

    def get_buffer(self, n):
        want = n if 0 < n <= self.max_size else self.max_size
        if len(self._ssl_buffer) < want:
            self._ssl_buffer = bytearray(want)
            self._ssl_buffer_view = memoryview(self._ssl_buffer)
        return self._ssl_buffer_view

    def buffer_updated(self, nbytes):
        self._incoming.write(self._ssl_buffer_view[:nbytes])
        self._go_on()

    def _go_on(self):
        """Does what the state asks for with what has come."""
        state = self._state
        if state == SSLProtocolState.WRAPPED:
            self._do_read()
        elif state == SSLProtocolState.DO_HANDSHAKE:
            self._do_handshake()
        elif state == SSLProtocolState.FLUSHING:
            self._do_flush()
        elif state == SSLProtocolState.SHUTDOWN:
            self._do_shutdown()

    def eof_received(self):
        self._eof_received = True
        try:
            if self._loop.get_debug():
                logger.debug('%r received EOF', self)
            if self._state == SSLProtocolState.DO_HANDSHAKE:
                self._on_handshake_complete(ConnectionResetError)
            elif self._state == SSLProtocolState.WRAPPED:
                self._set_state(SSLProtocolState.FLUSHING)
                if self._app_reading_paused:
                    # There may be data that the program has not read yet.
                    return True
                self._do_flush()
            elif self._state == SSLProtocolState.FLUSHING:
                self._do_write()
                self._set_state(SSLProtocolState.SHUTDOWN)
                self._do_shutdown()
            elif self._state == SSLProtocolState.SHUTDOWN:
                self._do_shutdown()
        except Exception:
            self._transport.close()
            raise

    def pause_writing(self):
        assert not self._ssl_writing_paused
        self._ssl_writing_paused = True

    def resume_writing(self):
        assert self._ssl_writing_paused
        self._ssl_writing_paused = False
        self._process_outgoing()

    def _set_state(self, new_state):
        if new_state != SSLProtocolState.UNWRAPPED and _NEXT_STATE.get(self._state) != new_state:
            raise RuntimeError(f'cannot switch state from {self._state} to {new_state}')
        self._state = new_state

    # The handshake.

    def _start_handshake(self):
        if self._loop.get_debug():
            logger.debug('%r starts SSL handshake', self)
            self._handshake_start_time = self._loop.time()
        else:
            self._handshake_start_time = None
        self._set_state(SSLProtocolState.DO_HANDSHAKE)
        self._handshake_timeout_handle = self._loop.call_later(self._ssl_handshake_timeout, self._check_handshake_timeout)
        self._do_handshake()

    def _check_handshake_timeout(self):
        if self._state == SSLProtocolState.DO_HANDSHAKE:
            self._fatal_error(ConnectionAbortedError(
                f'SSL handshake is taking longer than {self._ssl_handshake_timeout} seconds: aborting the connection'))

    def _do_handshake(self):
        try:
            self._sslobj.do_handshake()
        except SSLAgainErrors:
            self._process_outgoing()
        except ssl.SSLError as exc:
            self._on_handshake_complete(exc)
        else:
            self._on_handshake_complete(None)

    def _on_handshake_complete(self, handshake_exc):
        self._cancel_timeout('_handshake_timeout_handle')
        sslobj = self._sslobj
        try:
            if handshake_exc is not None:
                raise handshake_exc
            self._set_state(SSLProtocolState.WRAPPED)
            peercert = sslobj.getpeercert()
        except Exception as exc:
            handshake_exc = None
            self._set_state(SSLProtocolState.UNWRAPPED)
            of_certificate = ' on verifying the certificate' if isinstance(exc, ssl.CertificateError) else ''
            self._fatal_error(exc, f'SSL handshake failed{of_certificate}')
            self._wakeup_waiter(exc)
            return
        if self._loop.get_debug():
            took = self._loop.time() - self._handshake_start_time
            logger.debug('%r: SSL handshake took %.1f ms', self, took * 1e3)
        self._extra.update(peercert=peercert, cipher=sslobj.cipher(), compression=sslobj.compression(), ssl_object=sslobj)
        if self._app_state == AppProtocolState.STATE_INIT:
            self._app_state = AppProtocolState.STATE_CON_MADE
            self._app_protocol.connection_made(self._get_app_transport())
        self._wakeup_waiter()
        # Data may have come with the last of the handshake.
        self._do_read()

    # The end.

    def _start_shutdown(self):
        if self._state in _ENDING:
            return
        if self._app_transport is not None:
            self._app_transport._closed = True
        if self._state == SSLProtocolState.DO_HANDSHAKE:
            self._abort(None)
        else:
            self._set_state(SSLProtocolState.FLUSHING)
            self._start_shutdown_timeout()
            self._do_flush()

    def _start_shutdown_timeout(self):
        self._shutdown_timeout_handle = self._loop.call_later(self._ssl_shutdown_timeout, self._check_shutdown_timeout)

    def _check_shutdown_timeout(self):
        if self._state in (SSLProtocolState.FLUSHING, SSLProtocolState.SHUTDOWN):
            self._transport._force_close(exceptions.TimeoutError('SSL shutdown timed out'))

    def _do_flush(self):
        self._do_read()
        self._set_state(SSLProtocolState.SHUTDOWN)
        self._do_shutdown()

    def _do_shutdown(self):
        try:
            if not self._eof_received:
                self._sslobj.unwrap()
        except SSLAgainErrors:
            self._process_outgoing()
        except ssl.SSLError as exc:
            self._on_shutdown_complete(exc)
        else:
            self._process_outgoing()
            self._call_eof_received()
            self._on_shutdown_complete(None)

    def _on_shutdown_complete(self, shutdown_exc):
        if shutdown_exc:
            self._cancel_timeout('_shutdown_timeout_handle')
            self._fatal_error(shutdown_exc)
            return
        # The transport still flushes its own buffer, for which a peer that does not read could have it wait for ever.
        if self._shutdown_timeout_handle is None:
            self._start_shutdown_timeout()
        self._loop.call_soon(self._transport.close)

    def _abort(self, exc):
        self._set_state(SSLProtocolState.UNWRAPPED)
        if self._transport is not None:
            self._transport._force_close(exc)

    # What goes out.

    def _write_appdata(self, list_of_data):
        if self._state in _ENDING:
            if self._conn_lost >= constants.LOG_THRESHOLD_FOR_CONNLOST_WRITES:
                logger.warning('SSL connection is closed')
            self._conn_lost += 1
            return
        for data in list_of_data:
            self._write_backlog.append(data)
            self._write_buffer_size += len(data)
        try:
            if self._state == SSLProtocolState.WRAPPED:
                self._do_write()
        except Exception as exc:
            self._fatal_error(exc, 'Fatal error on SSL protocol')

    def _do_write(self):
        backlog = self._write_backlog
        try:
            while backlog:
                data = backlog[0]
                n = self._sslobj.write(data)
                self._write_buffer_size -= n
                if n < len(data):
                    backlog[0] = data[n:]
                else:
                    del backlog[0]
        except SSLAgainErrors:
            pass
        self._process_outgoing()

    def _process_outgoing(self):
        if not self._ssl_writing_paused:
            data = self._outgoing.read()
            if data:
                self._transport.write(data)
        self._control_app_writing()

    # What comes in.

    def _do_read(self):
        if self._state not in (SSLProtocolState.WRAPPED, SSLProtocolState.FLUSHING):
            return
        try:
            if not self._app_reading_paused:
                if self._app_protocol_is_buffer:
                    self._do_read__buffered()
                else:
                    self._do_read__copied()
                if self._write_backlog:
                    self._do_write()
                else:
                    self._process_outgoing()
            self._control_ssl_reading()
        except Exception as exc:
            self._fatal_error(exc, 'Fatal error on SSL protocol')

    def _do_read__buffered(self):
        buffer = self._app_protocol_get_buffer(self._get_read_buffer_size())
        wanted = len(buffer)
        filled = 0
        n = 1
        try:
            n = self._sslobj.read(wanted, buffer)
            while n > 0:
                filled += n
                if filled >= wanted:
                    # There may be more: the protocol is to get another turn.
                    self._loop.call_soon(self._do_read)
                    break
                n = self._sslobj.read(wanted - filled, buffer[filled:])
        except SSLAgainErrors:
            pass
        if filled > 0:
            self._app_protocol_buffer_updated(filled)
        if not n:
            self._on_close_notify()

    def _do_read__copied(self):
        chunks = []
        ended = False
        try:
            while chunk := self._sslobj.read(self.max_size):
                chunks.append(chunk)
            ended = True
        except SSLAgainErrors:
            pass
        if chunks:
            self._app_protocol.data_received(chunks[0] if len(chunks) == 1 else b''.join(chunks))
        if ended:
            self._on_close_notify()

    def _on_close_notify(self):
        self._call_eof_received()
        self._start_shutdown()

    def _call_eof_received(self):
        try:
            if self._app_state == AppProtocolState.STATE_CON_MADE:
                self._app_state = AppProtocolState.STATE_EOF
                if self._app_protocol.eof_received():
                    logger.warning('returning true from eof_received() has no effect when using ssl')
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as exc:
            self._fatal_error(exc, 'Error calling eof_received()')

    # Flow control.

    def _control_app_writing(self):
        size = self._get_write_buffer_size()
        if size >= self._outgoing_high_water and not self._app_writing_paused:
            self._app_writing_paused = True
            self._tell_app('pause_writing')
        elif size <= self._outgoing_low_water and self._app_writing_paused:
            self._app_writing_paused = False
            self._tell_app('resume_writing')

    def _tell_app(self, method):
        try:
            getattr(self._app_protocol, method)()
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as exc:
            self._loop.call_exception_handler({
                'message': f'protocol.{method}() failed',
                'exception': exc,
                'transport': self._app_transport,
                'protocol': self,
            })

    def _get_write_buffer_size(self):
        return self._outgoing.pending + self._write_buffer_size

    def _set_write_buffer_limits(self, high=None, low=None):
        self._outgoing_high_water, self._outgoing_low_water = add_flowcontrol_defaults(
            high, low, constants.FLOW_CONTROL_HIGH_WATER_SSL_WRITE)

    def _pause_reading(self):
        self._app_reading_paused = True

    def _resume_reading(self):
        if self._app_reading_paused:
            self._app_reading_paused = False
            self._loop.call_soon(self._resume)

    def _resume(self):
        # A handshake is not for the program to hold up.
        if self._state != SSLProtocolState.DO_HANDSHAKE:
            self._go_on()

    def _control_ssl_reading(self):
        size = self._get_read_buffer_size()
        if size >= self._incoming_high_water and not self._ssl_reading_paused:
            self._ssl_reading_paused = True
            self._transport.pause_reading()
        elif size <= self._incoming_low_water and self._ssl_reading_paused:
            self._ssl_reading_paused = False
            self._transport.resume_reading()

    def _set_read_buffer_limits(self, high=None, low=None):
        self._incoming_high_water, self._incoming_low_water = add_flowcontrol_defaults(
            high, low, constants.FLOW_CONTROL_HIGH_WATER_SSL_READ)

    def _get_read_buffer_size(self):
        return self._incoming.pending

    def _fatal_error(self, exc, message='Fatal error on transport'):
        if self._transport:
            self._transport._force_close(exc)
        if isinstance(exc, OSError):
            if self._loop.get_debug():
                logger.debug('%r: %s', self, message, exc_info=True)
        elif not isinstance(exc, exceptions.CancelledError):
            self._loop.call_exception_handler({
                'message': message,
                'exception': exc,
                'transport': self._transport,
                'protocol': self,
            })
