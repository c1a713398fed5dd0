"""An HTTP client with the interface of the public `httpx` (0.28), on asyncio protocols and on blocking sockets.

A package of that name that is installed takes precedence; this one stands in where none is. What is seldom used is
imported when it is first asked for.
"""

from ._client import USE_CLIENT_DEFAULT, AsyncClient, Client, __version__
from ._config import Limits, Proxy, Timeout, create_ssl_context
from ._exceptions import (
    CloseError,
    ConnectError,
    ConnectTimeout,
    CookieConflict,
    DecodingError,
    HTTPError,
    HTTPStatusError,
    InvalidURL,
    LocalProtocolError,
    NetworkError,
    PoolTimeout,
    ProtocolError,
    ProxyError,
    ReadError,
    ReadTimeout,
    RemoteProtocolError,
    RequestError,
    RequestNotRead,
    ResponseNotRead,
    StreamClosed,
    StreamConsumed,
    StreamError,
    TimeoutException,
    TooManyRedirects,
    TransportError,
    UnsupportedProtocol,
    WriteError,
    WriteTimeout,
)
from ._headers import Headers
from ._models import Request, Response
from ._streams import AsyncByteStream, ByteStream, SyncByteStream
from ._urls import URL, QueryParams

__title__ = "httpx"
__description__ = "A next generation HTTP client, for Python 3."

_LATER = {
    "ASGITransport": "_transports._asgi",
    "AsyncBaseTransport": "_transports._base",
    "AsyncHTTPTransport": "_transports._async",
    "BaseTransport": "_transports._base",
    "HTTPTransport": "_transports._sync",
    "MockTransport": "_transports._mock",
    "WSGITransport": "_transports._wsgi",
    "Auth": "_auth",
    "BasicAuth": "_auth",
    "DigestAuth": "_auth",
    "NetRCAuth": "_auth",
    "Cookies": "_cookies",
    "codes": "_codes",
    "delete": "_api",
    "get": "_api",
    "head": "_api",
    "options": "_api",
    "patch": "_api",
    "post": "_api",
    "put": "_api",
    "request": "_api",
    "stream": "_api",
}


def __getattr__(name):
    where = _LATER.get(name)
    if where is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(f"{__name__}.{where}"), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted(set(globals()) | set(_LATER))


__all__ = sorted([name for name in globals() if not name.startswith("_")] + list(_LATER)) + [
    "__description__",
    "__title__",
    "__version__",
]

# The public names say where they are from.
for _name, _value in list(globals().items()):
    if isinstance(_value, type) and _value.__module__.startswith("httpx."):
        _value.__module__ = "httpx"
