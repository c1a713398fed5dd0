"""Bodies as streams of bytes, read once or more often, from a sync or an async source."""

from ._exceptions import StreamConsumed


class SyncByteStream:
    """A body that sync clients read; subclasses have `__iter__`."""

    def __iter__(self):
        raise NotImplementedError("The '__iter__' method must be implemented.")

    def close(self):
        """Lets go of what the stream holds."""


class AsyncByteStream:
    """A body that async clients read; subclasses have `__aiter__`."""

    async def __aiter__(self):
        raise NotImplementedError("The '__aiter__' method must be implemented.")
        yield b""

    async def aclose(self):
        """Lets go of what the stream holds."""


class ByteStream(AsyncByteStream, SyncByteStream):
    """A body that is there already."""

    def __init__(self, stream):
        self._stream = stream

    def __iter__(self):
        yield self._stream

    async def __aiter__(self):
        yield self._stream


class ReceivedBytes(SyncByteStream):
    """The whole body of a response that came at once."""

    def __init__(self, content):
        self._stream = content

    def __iter__(self):
        yield self._stream


class AsyncReceivedBytes(AsyncByteStream):
    """The whole body of a response that came at once."""

    def __init__(self, content):
        self._stream = content

    async def __aiter__(self):
        yield self._stream


class IteratorByteStream(SyncByteStream):
    """A body from an iterable of bytes, or from a file; what is a generator can be read once."""

    CHUNK_SIZE = 65_536

    def __init__(self, stream):
        self._stream = stream
        self._consumed = False
        self._once = hasattr(stream, "send") and hasattr(stream, "throw")

    def __iter__(self):
        if self._consumed and self._once:
            raise StreamConsumed()
        self._consumed = True
        if hasattr(self._stream, "read"):
            while piece := self._stream.read(self.CHUNK_SIZE):
                yield piece
        else:
            yield from self._stream


class AsyncIteratorByteStream(AsyncByteStream):
    """A body from an async iterable of bytes, or from something with an async `read`."""

    CHUNK_SIZE = 65_536

    def __init__(self, stream):
        self._stream = stream
        self._consumed = False
        self._once = hasattr(stream, "asend")

    async def __aiter__(self):
        if self._consumed and self._once:
            raise StreamConsumed()
        self._consumed = True
        if hasattr(self._stream, "aread"):
            while piece := await self._stream.aread(self.CHUNK_SIZE):
                yield piece
        else:
            async for piece in self._stream:
                yield piece
