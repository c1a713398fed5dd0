"""The names of streams; there are no sockets yet."""

from . import protocols

__all__ = ('StreamReader', 'StreamWriter', 'StreamReaderProtocol', 'open_connection', 'start_server',
           'open_unix_connection', 'start_unix_server')

_DEFAULT_LIMIT = 2 ** 16


def _refuse(name):
    raise NotImplementedError(f'asyncio.{name} is not supported yet: there are no sockets')


async def open_connection(host=None, port=None, *, limit=_DEFAULT_LIMIT, **kwds):
    """A wrapper for create_connection() returning a (reader, writer) pair."""
    _refuse('open_connection()')


async def start_server(client_connected_cb, host=None, port=None, *, limit=_DEFAULT_LIMIT, **kwds):
    """Start a socket server, call back for each client connected."""
    _refuse('start_server()')


async def open_unix_connection(path=None, *, limit=_DEFAULT_LIMIT, **kwds):
    """Similar to `open_connection` but works with UNIX Domain Sockets."""
    _refuse('open_unix_connection()')


async def start_unix_server(client_connected_cb, path=None, *, limit=_DEFAULT_LIMIT, **kwds):
    """Similar to `start_server` but works with UNIX Domain Sockets."""
    _refuse('start_unix_server()')


class StreamReader:
    """Reads from a stream."""

    def __init__(self, limit=_DEFAULT_LIMIT, loop=None):
        _refuse('StreamReader')


class StreamWriter:
    """Writes to a stream."""

    def __init__(self, transport, protocol, reader, loop):
        _refuse('StreamWriter')


class StreamReaderProtocol(protocols.Protocol):
    """Feeds a StreamReader from a transport."""

    def __init__(self, stream_reader, client_connected_cb=None, loop=None):
        _refuse('StreamReaderProtocol')
