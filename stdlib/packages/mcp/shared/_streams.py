"""Streams of objects between tasks, with the interface and errors of anyio's.

A pair shares one `_Channel`. With a buffer of n objects, `send` waits while n are there that nobody has taken;
with none (the default), until someone takes the object.
"""

import asyncio
from collections import deque


class ClosedResourceError(Exception):
    """This end was closed before."""


class BrokenResourceError(Exception):
    """The other end is closed, so that nobody would get the object."""


class EndOfStream(Exception):
    """The other end is closed and everything has been taken."""


class WouldBlock(Exception):
    """It would have to wait."""


class _Channel:
    def __init__(self, size):
        self.size = size
        self.buffer = deque()
        self.receivers = deque()  # Futures of who waits for an object.
        self.senders = deque()  # (future, object) of who waits for room.
        self.n_send = self.n_receive = 0

    def put(self, item):
        """Hands an object over or keeps it; False if it has to wait."""
        while self.receivers:
            waiter = self.receivers.popleft()
            if not waiter.done():
                waiter.set_result(item)
                return True
        if len(self.buffer) < self.size:
            self.buffer.append(item)
            return True
        return False

    def take(self):
        """The oldest object in a list, or an empty list."""
        if self.buffer:
            item = self.buffer.popleft()
            self._admit(lambda waiting: self.buffer.append(waiting))
            return [item]
        taken = []
        self._admit(taken.append)
        return taken

    def _admit(self, accept):
        while self.senders:
            waiter, item = self.senders.popleft()
            if not waiter.done():
                waiter.set_result(None)
                accept(item)
                return


class _End:
    """What both ends have: closing, `with`, `async with`."""

    def __init__(self, channel):
        self._channel = channel
        self._closed = False
        self._count(1)

    def close(self):
        """Closes this end; the other one notices when all clones of it are closed."""
        if not self._closed:
            self._closed = True
            if self._count(-1) == 0:
                self._wake()

    async def aclose(self):
        """Like `close`."""
        self.close()

    def clone(self):
        """Another end like this one, closed on its own."""
        if self._closed:
            raise ClosedResourceError
        return type(self)(self._channel)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exception):
        self.close()


class MemoryObjectSendStream(_End):
    """The end that objects go in."""

    def _count(self, change):
        self._channel.n_send += change
        return self._channel.n_send

    def _wake(self):
        while self._channel.receivers:
            waiter = self._channel.receivers.popleft()
            if not waiter.done():
                waiter.set_exception(EndOfStream())

    def send_nowait(self, item):
        """Sends without waiting, or raises WouldBlock."""
        if self._closed:
            raise ClosedResourceError
        if not self._channel.n_receive:
            raise BrokenResourceError
        if not self._channel.put(item):
            raise WouldBlock

    async def send(self, item):
        """Sends, when there is room."""
        try:
            return self.send_nowait(item)
        except WouldBlock:
            pass
        waiter = asyncio.get_running_loop().create_future()
        self._channel.senders.append((waiter, item))
        try:
            await waiter
        except asyncio.CancelledError:
            if not waiter.done() or waiter.cancelled():
                self._channel.senders = deque(pair for pair in self._channel.senders if pair[0] is not waiter)
            raise


class MemoryObjectReceiveStream(_End):
    """The end that objects come out of; also an asynchronous iterator."""

    def _count(self, change):
        self._channel.n_receive += change
        return self._channel.n_receive

    def _wake(self):
        channel = self._channel
        for waiter in (*channel.receivers, *(waiter for waiter, _ in channel.senders)):
            if not waiter.done():
                error = ClosedResourceError if waiter in channel.receivers else BrokenResourceError
                waiter.set_exception(error())
        channel.receivers.clear()
        channel.senders.clear()

    def receive_nowait(self):
        """The next object without waiting, or WouldBlock."""
        if self._closed:
            raise ClosedResourceError
        taken = self._channel.take()
        if taken:
            return taken[0]
        raise WouldBlock if self._channel.n_send else EndOfStream

    async def receive(self):
        """The next object."""
        try:
            return self.receive_nowait()
        except WouldBlock:
            pass
        waiter = asyncio.get_running_loop().create_future()
        self._channel.receivers.append(waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                # It came while we were being cancelled: it stays the first.
                self._channel.buffer.appendleft(waiter.result())
            raise

    def __aiter__(self):
        return self

    async def __anext__(self):
        try:
            return await self.receive()
        except EndOfStream:
            raise StopAsyncIteration from None


def create_memory_object_stream(max_buffer_size=0):
    """A new stream: the end to send to, and the end to receive from."""
    channel = _Channel(max_buffer_size)
    return MemoryObjectSendStream(channel), MemoryObjectReceiveStream(channel)
