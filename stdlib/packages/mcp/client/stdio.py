"""A server as a child process: messages are lines of JSON on its standard input and output."""

import asyncio
import logging
import os
import signal
import sys
from contextlib import asynccontextmanager, suppress
from typing import Literal

from mcp._model import BaseModel, Field
from mcp.shared._lines import LineSplitter, line_of
from mcp.shared._streams import BrokenResourceError, ClosedResourceError, create_memory_object_stream
from mcp.shared.message import SessionMessage
from mcp.types.jsonrpc import jsonrpc_message_adapter

logger = logging.getLogger(__name__)

DEFAULT_INHERITED_ENV_VARS = ["HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"]
# How long a server may take to end by itself when its input is closed, and then after SIGTERM, in seconds. Together
# with what follows SIGKILL this stays under a second.
PROCESS_TERMINATION_TIMEOUT = 0.5
FORCE_KILL_TIMEOUT = 0.25
# How long the last messages may take to be written.
_FLUSH_TIMEOUT = 0.1


def get_default_environment():
    """The environment variables that every server gets; others may hold secrets."""
    values = {name: os.environ[name] for name in DEFAULT_INHERITED_ENV_VARS if name in os.environ}
    # Functions of a shell begin like this.
    return {name: value for name, value in values.items() if not value.startswith("()")}


class StdioServerParameters(BaseModel):
    """How to start a server. `env` is added to `get_default_environment()`."""

    command: str
    args: list[str] = Field(default_factory=list)
    env: dict[str, str] | None = None
    cwd: str | os.PathLike | None = None
    encoding: str = "utf-8"
    encoding_error_handler: Literal["strict", "ignore", "replace"] = "strict"


@asynccontextmanager
async def stdio_client(server, errlog=None):
    """Starts a server; gives the streams (read, write) for a ClientSession, and ends the server.

    OSError if it cannot be started. `errlog` (by default `sys.stderr`) gets its standard error.
    """
    process = await asyncio.create_subprocess_exec(
        server.command, *server.args, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=sys.stderr if errlog is None else errlog, cwd=server.cwd,
        env=get_default_environment() | (server.env or {}), start_new_session=True)
    transport = _Transport(process, server)
    try:
        yield transport.read_stream, transport.write_stream
    finally:
        # In a task of its own: when this one is cancelled (once more), the server must end all the same.
        ending = asyncio.create_task(transport.end())
        cancelled = None
        while not ending.done():
            try:
                await asyncio.wait([ending])
            except asyncio.CancelledError as error:
                cancelled = error
        ending.result()
        if cancelled is not None:
            raise cancelled


class _Transport:
    """The two tasks between the pipes of a process and the streams of a session."""

    def __init__(self, process, server):
        self.process = process
        self.server = server
        self.is_ending = False
        self._to_session, self.read_stream = create_memory_object_stream(0)
        self.write_stream, self._from_session = create_memory_object_stream(0)
        self._reader = asyncio.create_task(self._read())
        self._writer = asyncio.create_task(self._write())

    async def _read(self):
        splitter = LineSplitter(self.server.encoding, self.server.encoding_error_handler)
        with self._to_session:
            try:
                while chunk := await self.process.stdout.read(65536):
                    for line in splitter.feed(chunk):
                        await self._to_session.send(_parse(line))
            except (ClosedResourceError, BrokenResourceError):
                pass  # The session is gone.
            except (OSError, ValueError) as error:
                if not self.is_ending:
                    logger.exception("Reading from the MCP server's stdout failed mid-session")
                    with suppress(ClosedResourceError, BrokenResourceError):
                        await self._to_session.send(error)
        # A server that still writes would not see that its input is closed if nobody read.
        with suppress(OSError):
            while await self.process.stdout.read(65536):
                pass

    async def _write(self):
        encoding = self.server.encoding, self.server.encoding_error_handler
        try:
            with self._from_session:
                async for item in self._from_session:
                    self.process.stdin.write(line_of(item.message, *encoding).encode(*encoding))
                    await self.process.stdin.drain()
        except (ClosedResourceError, BrokenResourceError, OSError):
            # Whoever waits for an answer must not wait for ever.
            self._to_session.close()

    async def end(self):
        """Closes the input of the server, waits, then uses force."""
        self.is_ending = True
        self.read_stream.close()
        self.write_stream.close()
        await asyncio.wait([self._writer], timeout=_FLUSH_TIMEOUT)
        with suppress(OSError):
            self.process.stdin.close()
        if not await self._has_ended(PROCESS_TERMINATION_TIMEOUT):
            self._signal(signal.SIGTERM)
            if not await self._has_ended(FORCE_KILL_TIMEOUT):
                self._signal(signal.SIGKILL)
                if not await self._has_ended(FORCE_KILL_TIMEOUT):
                    logger.warning("MCP server process %d is still alive after the kill escalation; abandoning it",
                                   self.process.pid)
        for task in (self._reader, self._writer):
            task.cancel()
        await asyncio.wait([self._reader, self._writer])
        # What a grandchild may still hold open is closed on our side.
        self.process._transport.close()
        await asyncio.sleep(0)

    async def _has_ended(self, timeout):
        """Not `process.wait()`, which also waits until nobody holds the pipes, grandchildren included."""
        loop = asyncio.get_running_loop()
        deadline, delay = loop.time() + timeout, 0.0005
        while self.process.returncode is None:
            if loop.time() >= deadline:
                return False
            await asyncio.sleep(delay)
            delay = min(delay * 2, 0.01)
        return True

    def _signal(self, number):
        """To the server and all that it has started: it leads a process group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)


def _parse(line):
    """A line as a message, or the error in it, which the session tells its message handler."""
    try:
        return SessionMessage(jsonrpc_message_adapter.validate_json(line))
    except ValueError as error:
        logger.exception("Failed to parse JSONRPC message from server")
        return error
