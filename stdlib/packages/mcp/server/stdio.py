"""Serving over the standard input and output of this process.

While serving, descriptor 0 is the null device and 1 is standard error, so that a `print` in a tool, or a child
process, does not disturb the messages; both are put back at the end.
"""

import asyncio
import fcntl
import logging
import os
import stat
import sys
from contextlib import asynccontextmanager, suppress

from mcp.shared._lines import LineSplitter, line_of
from mcp.shared._streams import BrokenResourceError, ClosedResourceError, create_memory_object_stream
from mcp.shared.message import SessionMessage
from mcp.types.jsonrpc import jsonrpc_message_adapter

logger = logging.getLogger(__name__)

_claimed = set()


class _Claim:
    """A standard descriptor taken for messages: they go over a duplicate of it."""

    def __init__(self, number, diversion):
        if number in _claimed:
            raise RuntimeError(f"another stdio_server() in this process has already claimed fd {number}")
        _claimed.add(number)
        self.number = number
        # Above the standard ones, and not for child processes.
        self.private = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, 3)
        self.is_blocking = os.get_blocking(self.private)
        os.dup2(diversion, number)

    def release(self):
        os.set_blocking(self.private, self.is_blocking)
        os.dup2(self.private, self.number)
        os.close(self.private)
        _claimed.discard(self.number)


def _can_be_watched(number):
    mode = os.fstat(number).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or (stat.S_ISCHR(mode) and os.isatty(number))


@asynccontextmanager
async def stdio_server(stdin=None, stdout=None):
    """Gives the streams (read, write) for `Server.run`.

    `stdin` may be an asynchronous iterator of lines, `stdout` an object with asynchronous `write` and `flush`.
    """
    claims = []
    to_server, read_stream = create_memory_object_stream(0)
    write_stream, from_server = create_memory_object_stream(0)
    tasks = []
    try:
        if stdin is None:
            null = os.open(os.devnull, os.O_RDONLY)
            claims.append(_Claim(0, null))
            os.close(null)
            stdin = _lines(claims[-1].private)
        if stdout is None:
            sys.stdout.flush()
            claims.append(_Claim(1, 2))
            stdout = await _Output.open(claims[-1].private)
        tasks = [asyncio.create_task(_read(stdin, to_server)), asyncio.create_task(_write(stdout, from_server))]
        yield read_stream, write_stream
        # Last answers are on their way.
        write_stream.close()
        await asyncio.wait([tasks[1]], timeout=1)
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for stream in (to_server, read_stream, write_stream, from_server):
            stream.close()
        if isinstance(stdout, _Output):
            stdout.close()
        with suppress(OSError, ValueError):
            sys.stdout.flush()  # What was printed meanwhile goes to standard error.
        for claim in reversed(claims):
            claim.release()


async def _read(lines, to_server):
    with to_server:
        try:
            async for line in lines:
                try:
                    item = SessionMessage(jsonrpc_message_adapter.validate_json(line))
                except Exception as error:
                    item = error
                await to_server.send(item)
        except (ClosedResourceError, BrokenResourceError):
            pass  # The server has ended.
        except (OSError, ValueError) as error:
            # The connection ends here; whoever wants to know why finds it in the log.
            logger.error("Reading from the MCP client failed: %s", error)


async def _write(output, from_server):
    with from_server:
        try:
            async for item in from_server:
                await output.write(line_of(item.message))
                await output.flush()
        except OSError:
            pass  # The client is gone; the end of input says the same.


async def _lines(number):
    """The lines of a descriptor; a file is read at once, everything else when there is something."""
    splitter, transport = LineSplitter(errors="replace"), None
    if _can_be_watched(number):
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        file = os.fdopen(os.dup(number), "rb", buffering=0)
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), file)
        receive = reader.read
    else:
        async def receive(size):
            await asyncio.sleep(0)
            return os.read(number, size)
    try:
        while chunk := await receive(65536):
            for line in splitter.feed(chunk):
                yield line
        if line := splitter.rest():
            yield line
    finally:
        if transport is not None:
            transport.close()


class _Output:
    """Writes to a descriptor without holding up other tasks where that is possible."""

    def __init__(self, number, transport=None, writer=None):
        self.number = number
        self.transport = transport
        self.writer = writer

    @classmethod
    async def open(cls, number):
        # A pipe that is standard error as well would not block for those who write there either.
        shared = os.fstat(number) == os.fstat(2) if _is_open(2) else False
        if shared or not _can_be_watched(number):
            return cls(number)
        loop = asyncio.get_running_loop()
        file = os.fdopen(os.dup(number), "wb", buffering=0)
        transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, file)
        return cls(number, transport, asyncio.StreamWriter(transport, protocol, None, loop))

    async def write(self, text):
        data = text.encode()
        if self.writer is not None:
            self.writer.write(data)
            return
        while data:
            data = data[os.write(self.number, data):]

    async def flush(self):
        if self.writer is not None:
            await self.writer.drain()

    def close(self):
        if self.transport is not None:
            self.transport.close()


def _is_open(number):
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
