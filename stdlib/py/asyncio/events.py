"""Event loop interface, handles, and which loop is current."""

from _asyncio import Handle, TimerHandle, _get_running_loop, _set_running_loop, get_event_loop, get_running_loop

from . import format_helpers

__all__ = ('AbstractEventLoop', 'AbstractServer', 'Handle', 'TimerHandle', 'get_event_loop_policy',
           'set_event_loop_policy', 'get_event_loop', 'set_event_loop', 'new_event_loop', '_set_running_loop',
           'get_running_loop', '_get_running_loop')


def _handle_repr(handle):
    info = [type(handle).__name__]
    if handle._cancelled:
        info.append('cancelled')
    if isinstance(handle, TimerHandle):
        info.append(f'when={handle._when}')
    if handle._callback is not None:
        debug = handle._loop.get_debug() if hasattr(handle._loop, 'get_debug') else False
        info.append(format_helpers._format_callback_source(handle._callback, handle._args, debug=debug))
    if handle._source_traceback:
        frame = handle._source_traceback[-1]
        info.append(f'created at {frame[0]}:{frame[1]}')
    return f"<{' '.join(info)}>"


def _report_callback_error(handle, exc):
    loop = handle._loop
    shown = format_helpers._format_callback_source(handle._callback, handle._args, debug=loop.get_debug())
    context = {'message': f'Exception in callback {shown}', 'exception': exc, 'handle': handle}
    if handle._source_traceback:
        context['source_traceback'] = handle._source_traceback
    loop.call_exception_handler(context)


class AbstractServer:
    """Abstract server returned by create_server()."""

    def close(self):
        """Stop serving.  This leaves existing connections open."""
        raise NotImplementedError

    def close_clients(self):
        """Close all active connections."""
        raise NotImplementedError

    def abort_clients(self):
        """Close all active connections immediately."""
        raise NotImplementedError

    def get_loop(self):
        """Get the event loop the Server object is attached to."""
        raise NotImplementedError

    def is_serving(self):
        """Return True if the server is accepting connections."""
        raise NotImplementedError

    async def start_serving(self):
        """Start accepting connections."""
        raise NotImplementedError

    async def serve_forever(self):
        """Start accepting connections until the coroutine is cancelled."""
        raise NotImplementedError

    async def wait_closed(self):
        """Coroutine to wait until service is closed."""
        raise NotImplementedError

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        self.close()
        await self.wait_closed()


def _abstract(name):
    def method(self, *args, **kwargs):
        raise NotImplementedError
    method.__name__ = name
    method.__qualname__ = f'AbstractEventLoop.{name}'
    return method


def _abstract_coroutine(name):
    async def method(self, *args, **kwargs):
        raise NotImplementedError
    method.__name__ = name
    method.__qualname__ = f'AbstractEventLoop.{name}'
    return method


class AbstractEventLoop:
    """Abstract event loop: what every loop has."""

    for _name in ('run_forever run_until_complete stop is_running is_closed close call_soon call_later call_at time'
                  ' create_future create_task call_soon_threadsafe run_in_executor set_default_executor add_reader'
                  ' remove_reader add_writer remove_writer add_signal_handler remove_signal_handler set_task_factory'
                  ' get_task_factory get_exception_handler set_exception_handler default_exception_handler'
                  ' call_exception_handler get_debug set_debug _timer_handle_cancelled').split():
        locals()[_name] = _abstract(_name)
    for _name in ('shutdown_asyncgens shutdown_default_executor getaddrinfo getnameinfo create_connection create_server'
                  ' sendfile start_tls create_unix_connection create_unix_server connect_accepted_socket'
                  ' create_datagram_endpoint connect_read_pipe connect_write_pipe subprocess_shell subprocess_exec'
                  ' sock_recv sock_recv_into sock_recvfrom sock_recvfrom_into sock_sendall sock_sendto sock_connect'
                  ' sock_accept sock_sendfile').split():
        locals()[_name] = _abstract_coroutine(_name)
    del _name


class _AbstractEventLoopPolicy:
    """Abstract policy for accessing the event loop."""

    def get_event_loop(self):
        raise NotImplementedError

    def set_event_loop(self, loop):
        raise NotImplementedError

    def new_event_loop(self):
        raise NotImplementedError


def _thread_key():
    try:
        import _thread
        return _thread.get_ident()
    except ImportError:
        return 0


def _thread_name():
    import sys
    threading = sys.modules.get('threading')
    return threading.current_thread().name if threading is not None else 'MainThread'


class _BaseDefaultEventLoopPolicy(_AbstractEventLoopPolicy):
    """Default policy: each thread has the loop that was set for it."""

    _loop_factory = None
    # After `nest_asyncio.apply()` a loop is made where none was set.
    _makes_loops = False

    def __init__(self):
        self._loops = {}

    def get_event_loop(self):
        loop = self._loops.get(_thread_key())
        if loop is None and self._makes_loops:
            loop = self.new_event_loop()
            self.set_event_loop(loop)
        if loop is None:
            raise RuntimeError(f'There is no current event loop in thread {_thread_name()!r}.')
        return loop

    def set_event_loop(self, loop):
        if loop is not None and not isinstance(loop, AbstractEventLoop):
            raise TypeError("loop must be an instance of AbstractEventLoop or None, not "
                            f"'{type(loop).__name__}'")
        if loop is None:
            self._loops.pop(_thread_key(), None)
        else:
            self._loops[_thread_key()] = loop

    def new_event_loop(self):
        return self._loop_factory()


_event_loop_policy = None


def _get_event_loop_policy():
    global _event_loop_policy
    if _event_loop_policy is None:
        from . import _DefaultEventLoopPolicy
        _event_loop_policy = _DefaultEventLoopPolicy()
    return _event_loop_policy


def _set_event_loop_policy(policy):
    global _event_loop_policy
    if policy is not None and not isinstance(policy, _AbstractEventLoopPolicy):
        raise TypeError("policy must be an instance of AbstractEventLoopPolicy or None, not "
                        f"'{type(policy).__name__}'")
    _event_loop_policy = policy


def _warn_policy(name):
    import warnings
    warnings._deprecated(f'asyncio.{name}', remove=(3, 16))


def get_event_loop_policy():
    """Get the current event loop policy."""
    _warn_policy('get_event_loop_policy')
    return _get_event_loop_policy()


def set_event_loop_policy(policy):
    """Set the current event loop policy. If policy is None, the default policy is restored."""
    _warn_policy('set_event_loop_policy')
    _set_event_loop_policy(policy)


def _get_event_loop_of_policy():
    return _get_event_loop_policy().get_event_loop()


def set_event_loop(loop):
    """Equivalent to calling get_event_loop_policy().set_event_loop(loop)."""
    _get_event_loop_policy().set_event_loop(loop)


def new_event_loop():
    """Equivalent to calling get_event_loop_policy().new_event_loop()."""
    return _get_event_loop_policy().new_event_loop()
