"""What the async and the sync transport share: where to connect for a request, and what goes over the wire."""

from .._exceptions import LocalProtocolError, UnsupportedProtocol
from .._headers import Headers
from .._http1 import request_head
from .._models import Response
from .._streams import ByteStream
from .._urls import DEFAULT_PORTS


def origin_of(url):
    """(scheme, host, port) of the server, or UnsupportedProtocol."""
    scheme, _, host, port = url._parts[:4]
    if scheme not in ("http", "https"):
        if not scheme:
            raise UnsupportedProtocol("Request URL is missing an 'http://' or 'https://' protocol.")
        raise UnsupportedProtocol(f"Request URL has an unsupported protocol '{scheme}://'.")
    if not host:
        raise UnsupportedProtocol("Request URL is missing an 'http://' or 'https://' protocol.")
    return scheme, host, DEFAULT_PORTS[scheme] if port is None else port


def head_of(request, forward=None):
    """The head of `request` in bytes; `forward` is the proxy that carries it on, if one does."""
    target = request.extensions.get("target")
    fields = request.headers._list
    if forward is not None:
        target = f"{request.url.scheme}://{request.url._netloc()}".encode("ascii") + request.url.raw_path
        fields = forward.headers._list + fields
        if forward.raw_auth is not None:
            fields = [proxy_authorization(forward)] + fields
    elif target is None:
        target = request.url.raw_path
    if fields and fields[0][1] != b"host":
        # Servers decide by it what else they allow.
        fields = sorted(fields, key=lambda field: field[1] != b"host")
    method = request.method
    return request_head(method if isinstance(method, bytes) else method.encode("ascii"), target, fields)


def proxy_authorization(proxy):
    from base64 import b64encode

    value = b"Basic " + b64encode(b":".join(proxy.raw_auth))
    return (b"Proxy-Authorization", b"proxy-authorization", value)


def connect_head(host, port, proxy):
    """The head that asks a proxy for a tunnel."""
    if ":" in host:
        host = f"[{host}]"
    where = f"{host}:{port}".encode("ascii")
    fields = [(b"Host", b"host", where), (b"Accept", b"accept", b"*/*")]
    if proxy.raw_auth is not None:
        fields.append(proxy_authorization(proxy))
    return request_head(b"CONNECT", where, fields + proxy.headers._list)


def framing_of(request):
    """True if the body goes in chunks, else its declared length, 0 for none."""
    length = 0
    for _, lower, value in request.headers._list:
        if lower == b"transfer-encoding" and value.lower() == b"chunked":
            return True
        if lower == b"content-length":
            length = value
    if length:
        # What is no number is sent as it stands; only a stream is measured against it.
        return int(length) if length.isdigit() else 0
    return 0


def body_of(request):
    """The body if it is there already, None if it is a stream."""
    stream = request.stream
    return stream._stream if type(stream) is ByteStream else None


def check_whole_body(body, framing):
    """A body that is there must be as long as declared."""
    if framing is True or len(body) == framing:
        return
    if len(body) > framing:
        raise LocalProtocolError("Too much data for declared Content-Length")
    raise LocalProtocolError("Too little data for declared Content-Length")


def chunk(piece):
    return b"%x\r\n%b\r\n" % (len(piece), piece)


def response_of(reader, stream, request):
    version, status, reason, fields = reader.head
    extensions = {"http_version": version, "reason_phrase": reason}
    return Response(status, headers=Headers._of(fields), stream=stream, request=request, extensions=extensions)
