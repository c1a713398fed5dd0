"""`WSGITransport`: a WSGI application in the same process answers."""

import io
import sys

from .._models import Response
from .._streams import SyncByteStream
from .._urls import DEFAULT_PORTS
from ._base import BaseTransport


class _Body(SyncByteStream):
    def __init__(self, result):
        self._close = getattr(result, "close", None)
        self._parts = self._begun(iter(result))

    @staticmethod
    def _begun(parts):
        # An application may call `start_response` only when its first piece is asked for.
        for first in parts:
            if first:
                return [first, parts]
        return []

    def __iter__(self):
        if self._parts:
            yield self._parts[0]
            yield from self._parts[1]

    def close(self):
        if self._close is not None:
            self._close()


class WSGITransport(BaseTransport):
    """Calls `app` for every request."""

    def __init__(self, app, raise_app_exceptions=True, script_name="", remote_addr="127.0.0.1", wsgi_errors=None):
        self.app = app
        self.raise_app_exceptions = raise_app_exceptions
        self.script_name = script_name
        self.remote_addr = remote_addr
        self.wsgi_errors = wsgi_errors

    def handle_request(self, request):
        request.read()
        url = request.url
        environ = {
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": url.scheme,
            "wsgi.input": io.BytesIO(request.content),
            "wsgi.errors": self.wsgi_errors or sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": self.script_name,
            "PATH_INFO": url.path,
            "QUERY_STRING": url.query.decode("ascii"),
            "SERVER_NAME": url.host,
            "SERVER_PORT": str(url.port or DEFAULT_PORTS[url.scheme]),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self.remote_addr,
        }
        for name, value in request.headers.raw:
            key = name.decode("ascii").upper().replace("-", "_")
            if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
                key = "HTTP_" + key
            environ[key] = value.decode("ascii")
        seen = None

        def start_response(status, headers, exc_info=None):
            nonlocal seen
            seen = (status, headers, exc_info)
            return lambda data: None

        stream = _Body(self.app(environ, start_response))
        assert seen is not None
        status, headers, exc_info = seen
        if exc_info and exc_info[0] and self.raise_app_exceptions:
            raise exc_info[1]
        return Response(int(status.split()[0]), headers=headers, stream=stream)
