"""One end of a connection: matches answers to requests and runs what handles the other end's messages.

Clients and servers are built on it. It knows JSON-RPC and the two notifications that are about requests
(`notifications/cancelled`, `notifications/progress`), but not what methods mean.
"""

import asyncio
import logging

from mcp._model import ValidationError
from mcp.shared._streams import BrokenResourceError, ClosedResourceError
from mcp.shared.exceptions import MCPError
from mcp.shared.message import ServerMessageMetadata, SessionMessage
from mcp.types.jsonrpc import (
    CONNECTION_CLOSED, INVALID_PARAMS, REQUEST_TIMEOUT, ErrorData, JSONRPCError, JSONRPCNotification, JSONRPCRequest,
    JSONRPCResponse,
)

logger = logging.getLogger(__name__)

# How long the other end may take to accept "cancelled" and last answers before we go on without, in seconds.
FAREWELL_TIMEOUT = 0.5
# How long handlers may go on when the other end has closed.
LAST_ANSWERS_TIMEOUT = 0.1


class IncomingRequest:
    """A request of the other end while it is handled."""

    def __init__(self, peer, message):
        params = message.params or {}
        meta = params.get("_meta")
        token = meta.get("progressToken") if isinstance(meta, dict) else None
        self.peer = peer
        self.request_id = message.id
        self.progress_token = token if type(token) in (int, str) else None
        self.cancelled_by_peer = False
        self.is_open = True
        self.task = None

    async def progress(self, progress, total=None, message=None):
        """Tells how far it is, if the other end wants to know."""
        if self.progress_token is None or not self.is_open:
            return
        params = {"progressToken": self.progress_token, "progress": progress}
        if total is not None:
            params["total"] = total
        if message is not None:
            params["message"] = message
        await self.peer.notify("notifications/progress", params, related=self.request_id)


class Peer:
    """See the module. `on_request(incoming, method, params)` returns a result as a dict or raises."""

    def __init__(self, read_stream, write_stream, on_request, on_notification, on_exception):
        self._read_stream = read_stream
        self._write_stream = write_stream
        self._on_request = on_request
        self._on_notification = on_notification
        self._on_exception = on_exception
        self._last_id = 0
        self._waiting = {}  # Request id to future of the answer.
        self._progress = {}  # Request id to callback.
        self._incoming = {}  # Request id to IncomingRequest.
        self._tasks = set()
        self._reader = None
        self._closed = False
        # Requests handled before the next message is read.
        self.inline_methods = frozenset()

    # Our messages

    async def request(self, method, params=None, *, timeout=None, on_progress=None, may_cancel=True, related=None):
        """Sends a request and waits for its result."""
        if self._closed:
            raise MCPError(CONNECTION_CLOSED, "Connection closed")
        if self._reader is None:
            raise RuntimeError("JSONRPCDispatcher.send_raw_request called before run()")
        self._last_id += 1
        request_id = self._last_id
        params = dict(params or {})
        if on_progress is not None:
            params["_meta"] = {**(params.get("_meta") or {}), "progressToken": request_id}
            self._progress[request_id] = on_progress
        answer = asyncio.get_running_loop().create_future()
        self._waiting[request_id] = answer
        given = {"params": params} if params else {}
        message = JSONRPCRequest(jsonrpc="2.0", id=request_id, method=method, **given)
        try:
            try:
                await self._write(message, related)
            except (BrokenResourceError, ClosedResourceError):
                raise MCPError(CONNECTION_CLOSED, "Connection closed") from None
            if timeout is not None:
                # Not wait_for: a TimeoutError must be of this clock alone.
                await asyncio.wait([answer], timeout=timeout)
                if not answer.done():
                    if may_cancel:
                        await self._farewell(self._cancel(request_id, f"timed out after {timeout}s", related))
                    raise MCPError(REQUEST_TIMEOUT, f"Request {method!r} timed out")
            return await answer
        except asyncio.CancelledError:
            if may_cancel:
                await self._farewell(self._cancel(request_id, "caller cancelled", related))
            raise
        finally:
            self._waiting.pop(request_id, None)
            self._progress.pop(request_id, None)
            if answer.done() and not answer.cancelled():
                answer.exception()  # Counts as seen, also when we were cancelled.

    async def notify(self, method, params=None, related=None):
        """Sends a notification; after the end of the connection it is dropped."""
        if self._closed:
            logger.debug("dropped %s: connection closed", method)
            return
        given = {} if params is None else {"params": params}
        try:
            await self._write(JSONRPCNotification(jsonrpc="2.0", method=method, **given), related)
        except (BrokenResourceError, ClosedResourceError):
            logger.debug("dropped %s: write stream closed", method)

    def _cancel(self, request_id, reason, related):
        return self.notify("notifications/cancelled", {"requestId": request_id, "reason": reason}, related)

    async def _write(self, message, related=None):
        metadata = None if related is None else ServerMessageMetadata(related_request_id=related)
        await self._write_stream.send(SessionMessage(message, metadata))

    async def _farewell(self, sending):
        """Sends in a task of its own, as ours may be cancelled, and waits a little for it."""
        task = self._spawn(sending)
        await asyncio.wait([task], timeout=FAREWELL_TIMEOUT)

    def _spawn(self, coroutine):
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # Messages of the other end

    def start(self):
        """Begins to read."""
        self._reader = asyncio.create_task(self._read())

    async def run(self):
        """Reads until the other end closes, then stops what is still going on."""
        self.start()
        try:
            await asyncio.wait([self._reader])
            if self._tasks:
                # Input that ends right after a request (`printf ... | server`) still wants its answer.
                await asyncio.wait(self._tasks, timeout=LAST_ANSWERS_TIMEOUT)
        finally:
            await self.stop()
        if not self._reader.cancelled():
            self._reader.result()

    async def stop(self):
        """Ends reading and all handlers, in any task, also in one that is being cancelled."""
        cancelled = None
        self._reader.cancel()
        for task in self._tasks:
            task.cancel()
        pending = {self._reader, *self._tasks}
        deadline = asyncio.get_running_loop().time() + FAREWELL_TIMEOUT * 2
        while pending:
            left = deadline - asyncio.get_running_loop().time()
            try:
                _, pending = await asyncio.wait(pending, timeout=max(left, 0.01))
            except asyncio.CancelledError as error:
                cancelled = error
            if left <= 0:
                break
        self._end()
        await self._read_stream.aclose()
        await self._write_stream.aclose()
        if cancelled is not None:
            raise cancelled

    def _end(self):
        self._closed = True
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(MCPError(CONNECTION_CLOSED, "Connection closed"))
        self._waiting.clear()

    async def _read(self):
        try:
            async for item in self._read_stream:
                await self._dispatch(item)
        except ClosedResourceError:
            logger.debug("read stream closed by transport; treating as EOF")
        finally:
            self._end()

    async def _dispatch(self, item):
        if isinstance(item, Exception):
            self._spawn(self._on_exception(item))
            return
        message = item.message
        if isinstance(message, JSONRPCRequest):
            incoming = IncomingRequest(self, message)
            self._incoming[message.id] = incoming
            incoming.task = self._spawn(self._handle(incoming, message))
            if message.method in self.inline_methods:
                await asyncio.wait([incoming.task])
        elif isinstance(message, JSONRPCNotification):
            self._note(message)
        else:
            answer = self._waiting.get(_own_id(message.id))
            if answer is None or answer.done():
                logger.debug("dropping response for unknown/late request id %r", message.id)
            elif isinstance(message, JSONRPCResponse):
                answer.set_result(message.result)
            else:
                error = message.error
                answer.set_exception(MCPError(error.code, error.message, error.data))

    def _note(self, message):
        params = message.params or {}
        if message.method == "notifications/cancelled":
            incoming = self._incoming.get(params.get("requestId"))
            if incoming is not None:
                incoming.cancelled_by_peer = True
                incoming.task.cancel()
        elif message.method == "notifications/progress":
            callback = self._progress.get(_own_id(params.get("progressToken")))
            done, total, text = params.get("progress"), params.get("total"), params.get("message")
            if callback is not None and type(done) in (int, float):
                total = float(total) if type(total) in (int, float) else None
                text = text if isinstance(text, str) else None
                self._spawn(_contained("progress callback raised", callback(float(done), total, text)))
        self._spawn(_contained(f"notification handler for {message.method!r} raised",
                               self._on_notification(message.method, message.params)))

    async def _handle(self, incoming, message):
        try:
            result = await self._on_request(incoming, message.method, message.params)
            answer = JSONRPCResponse(jsonrpc="2.0", id=message.id, result=result)
        except asyncio.CancelledError:
            self._forget(incoming)
            if not incoming.cancelled_by_peer:
                # We are going down: whoever waits should know.
                await self._answer(message.id, ErrorData(code=CONNECTION_CLOSED, message="Connection closed"))
            raise
        except MCPError as error:
            answer = error.error
        except ValidationError:
            answer = ErrorData(code=INVALID_PARAMS, message="Invalid request parameters", data="")
        except Exception as error:
            logger.exception("handler for %r raised", message.method)
            answer = ErrorData(code=0, message=str(error))
        self._forget(incoming)
        if not incoming.cancelled_by_peer:
            await self._answer(message.id, answer)

    def _forget(self, incoming):
        incoming.is_open = False
        if self._incoming.get(incoming.request_id) is incoming:
            del self._incoming[incoming.request_id]

    async def _answer(self, request_id, answer):
        if isinstance(answer, ErrorData):
            answer = JSONRPCError(jsonrpc="2.0", id=request_id, error=answer)
        try:
            await self._write(answer)
        except (BrokenResourceError, ClosedResourceError):
            logger.debug("dropped answer for %r: write stream closed", request_id)


def seconds(timeout):
    """A timeout in seconds, also of a timedelta."""
    return timeout.total_seconds() if hasattr(timeout, "total_seconds") else timeout


def _own_id(given):
    """An id of ours, which some send back as text."""
    if isinstance(given, str) and given.isdecimal():
        return int(given)
    return given if type(given) is int else None


async def _contained(what, awaitable):
    """A callback of the program: what it raises is logged and ends nothing else."""
    try:
        await awaitable
    except Exception:
        logger.exception(what)
