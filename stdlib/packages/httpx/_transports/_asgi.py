"""`ASGITransport`: an ASGI application in the same loop answers."""

from .._models import Response
from .._streams import AsyncByteStream
from ._base import AsyncBaseTransport


class _Body(AsyncByteStream):
    def __init__(self, parts):
        self._body = parts

    async def __aiter__(self):
        yield b"".join(self._body)


class ASGITransport(AsyncBaseTransport):
    """Runs `app` for every request, to its end, then hands out the response."""

    def __init__(self, app, raise_app_exceptions=True, root_path="", client=("127.0.0.1", 123)):
        self.app = app
        self.raise_app_exceptions = raise_app_exceptions
        self.root_path = root_path
        self.client = client

    async def handle_async_request(self, request):
        import asyncio

        assert isinstance(request.stream, AsyncByteStream)
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(lower, value) for _, lower, value in request.headers._list],
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.split(b"?")[0],
            "query_string": request.url.query,
            "server": (request.url.host, request.url.port),
            "client": self.client,
            "root_path": self.root_path,
        }
        body = request.stream.__aiter__()
        body_sent = False
        status = headers = None
        parts = []
        complete = asyncio.Event()

        async def receive():
            nonlocal body_sent
            if body_sent:
                await complete.wait()
                return {"type": "http.disconnect"}
            try:
                piece = await body.__anext__()
            except StopAsyncIteration:
                body_sent = True
                return {"type": "http.request", "body": b"", "more_body": False}
            return {"type": "http.request", "body": piece, "more_body": True}

        async def send(message):
            nonlocal status, headers
            if message["type"] == "http.response.start":
                assert status is None
                status, headers = message["status"], message.get("headers", [])
            elif message["type"] == "http.response.body":
                assert not complete.is_set()
                if (piece := message.get("body", b"")) and request.method != "HEAD":
                    parts.append(piece)
                if not message.get("more_body", False):
                    complete.set()

        try:
            await self.app(scope, receive, send)
        except Exception:
            if self.raise_app_exceptions:
                raise
            complete.set()
            status = 500 if status is None else status
            headers = {} if headers is None else headers
        assert complete.is_set()
        assert status is not None
        assert headers is not None
        return Response(status, headers=headers, stream=_Body(parts))
