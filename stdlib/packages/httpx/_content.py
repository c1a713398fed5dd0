"""Bodies of requests and responses: bytes, text, iterables, forms, JSON, HTML; each with the headers it needs."""

import warnings
from collections.abc import AsyncIterable, Iterable, Mapping

from ._streams import AsyncIteratorByteStream, ByteStream, IteratorByteStream, SyncByteStream
from ._urls import _primitive


def _length_of(stream):
    """The bytes a file still has, or None."""
    import os

    try:
        if isinstance(stream, (str, bytes)):
            return len(stream)
        return os.fstat(stream.fileno()).st_size
    except (AttributeError, OSError):
        pass
    try:
        here = stream.tell()
        length = stream.seek(0, os.SEEK_END)
        stream.seek(here)
    except (AttributeError, OSError):
        return None
    return length


def encode_content(content):
    """Headers and stream of `content`: bytes, str, or an iterable of bytes."""
    if isinstance(content, (bytes, str)):
        body = content.encode("utf-8") if isinstance(content, str) else content
        headers = [(b"Content-Length", b"content-length", b"%d" % len(body))] if body else []
        return headers, ByteStream(body)
    if isinstance(content, Iterable) and not isinstance(content, dict):
        if "__aiter__" not in dir(content) or isinstance(content, SyncByteStream):
            length = _length_of(content) if hasattr(content, "read") else None
            if length is None:
                headers = [(b"Transfer-Encoding", b"transfer-encoding", b"chunked")]
            else:
                headers = [(b"Content-Length", b"content-length", b"%d" % length)]
            return headers, IteratorByteStream(content)
    if isinstance(content, AsyncIterable):
        headers = [(b"Transfer-Encoding", b"transfer-encoding", b"chunked")]
        return headers, AsyncIteratorByteStream(content)
    raise TypeError(f"Unexpected type for 'content', {type(content)!r}")


def _with_type(body, content_type):
    headers = [
        (b"Content-Length", b"content-length", b"%d" % len(body)),
        (b"Content-Type", b"content-type", content_type),
    ]
    return headers, ByteStream(body)


def encode_json(value):
    import json

    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _with_type(text.encode("utf-8"), b"application/json")


def encode_form(data):
    from urllib.parse import urlencode

    pairs = []
    for key, value in data.items():
        if isinstance(value, (list, tuple)):
            pairs.extend((key, _primitive(item)) for item in value)
        else:
            pairs.append((key, _primitive(value)))
    return _with_type(urlencode(pairs, doseq=True).encode("utf-8"), b"application/x-www-form-urlencoded")


def encode_request(content=None, data=None, files=None, json=None, content_type=None):
    """Headers (as triples) and stream of a request's body."""
    if data is not None and not isinstance(data, Mapping):
        # Raw bodies have an argument of their own now; this one still works.
        warnings.warn(
            "Use 'content=<...>' to upload raw bytes/text content.", DeprecationWarning, stacklevel=3
        )
        return encode_content(data)
    if content is not None:
        return encode_content(content)
    if files:
        from ._multipart import MultipartStream, boundary_of

        stream = MultipartStream(data or {}, files, boundary_of(content_type))
        return stream.header_fields(), stream
    if data:
        return encode_form(data)
    if json is not None:
        return encode_json(json)
    return [], ByteStream(b"")


def encode_response(content=None, text=None, html=None, json=None):
    """Headers and stream of a response that a program makes itself."""
    if content is not None:
        return encode_content(content)
    if text is not None:
        return _with_type(text.encode("utf-8"), b"text/plain; charset=utf-8")
    if html is not None:
        return _with_type(html.encode("utf-8"), b"text/html; charset=utf-8")
    if json is not None:
        return encode_json(json)
    return [], ByteStream(b"")
