"""What a protocol may be told by its transport: base classes whose methods do nothing."""

__all__ = ('BaseProtocol', 'Protocol', 'DatagramProtocol', 'SubprocessProtocol', 'BufferedProtocol')


class BaseProtocol:
    """What all kinds of protocols have."""

    __slots__ = ()

    def connection_made(self, transport):
        """Called when a connection is made."""

    def connection_lost(self, exc):
        """Called when the connection is lost or closed; `exc` is None for a regular end."""

    def pause_writing(self):
        """Called when the transport's buffer goes over the high-water mark."""

    def resume_writing(self):
        """Called when the transport's buffer drains below the low-water mark."""


class Protocol(BaseProtocol):
    """A protocol of a stream of bytes."""

    __slots__ = ()

    def data_received(self, data):
        """Called when some data is received."""

    def eof_received(self):
        """Called when the other end sends no more; a true result keeps the transport open."""


class BufferedProtocol(BaseProtocol):
    """A protocol of a stream that gives the buffers itself."""

    __slots__ = ()

    def get_buffer(self, sizehint):
        """Called to get a buffer for data that is to come."""

    def buffer_updated(self, nbytes):
        """Called when the buffer has got `nbytes` of data."""

    def eof_received(self):
        """Called when the other end sends no more."""


class DatagramProtocol(BaseProtocol):
    """A protocol of datagrams."""

    __slots__ = ()

    def datagram_received(self, data, addr):
        """Called when some datagram is received."""

    def error_received(self, exc):
        """Called when a send or receive operation raises an OSError."""


class SubprocessProtocol(BaseProtocol):
    """A protocol of the pipes of a subprocess."""

    __slots__ = ()

    def pipe_data_received(self, fd, data):
        """Called when the subprocess writes data into a pipe."""

    def pipe_connection_lost(self, fd, exc):
        """Called when a pipe of the subprocess is closed."""

    def process_exited(self):
        """Called when the subprocess has exited."""


def _feed_data_to_buffered_proto(proto, data):
    while data:
        buffer = proto.get_buffer(len(data))
        room = len(buffer)
        if not room:
            raise RuntimeError('get_buffer() returned an empty buffer')
        part = data[:room]
        buffer[:len(part)] = part
        proto.buffer_updated(len(part))
        data = data[len(part):]
