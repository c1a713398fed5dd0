"""`multipart/form-data` (RFC 7578): fields and files, read as they are sent."""

import os
import re
from collections.abc import Mapping

from ._content import _length_of
from ._streams import AsyncByteStream, SyncByteStream
from ._urls import _primitive

_TO_ESCAPE = re.compile('["\x00-\x1a\x1c-\x1f\\\\]')
_CHUNK_SIZE = 65_536


def _escape(found):
    char = found[0]
    if char == "\\":
        return "\\\\"
    return f"%{ord(char):02X}"


def _parameter(name, value):
    """`name="value"` as HTML 5 has it: a quote or a line end cannot leave the quotes."""
    return f'{name}="{_TO_ESCAPE.sub(_escape, value)}"'.encode()


def boundary_of(content_type):
    """The boundary that a `Content-Type` set by hand names, else None."""
    if not content_type or not content_type.lower().startswith("multipart/form-data"):
        return None
    for part in content_type.split(";")[1:]:
        name, _, value = part.strip().partition("=")
        if name.lower() == "boundary":
            return value.strip('"').encode("ascii")
    return None


class _Field:
    def __init__(self, name, value):
        if not isinstance(name, str):
            raise TypeError(f"Invalid type for name. Expected str, got {type(name)}: {name!r}")
        if value is not None and not isinstance(value, (str, bytes, int, float)):
            raise TypeError(f"Invalid type for value. Expected primitive type, got {type(value)}: {value!r}")
        self.head = b"Content-Disposition: form-data; " + _parameter("name", name) + b"\r\n\r\n"
        self.body = value if isinstance(value, bytes) else _primitive(value).encode("utf-8")

    def length(self):
        return len(self.head) + len(self.body)

    def pieces(self):
        yield self.head
        yield self.body


class _File:
    """`value` is the content alone, or (filename, content[, content type[, headers]])."""

    def __init__(self, name, value):
        headers = {}
        content_type = None
        if isinstance(value, tuple):
            filename, content = value[0], value[1]
            content_type = value[2] if len(value) > 2 else None
            headers = dict(value[3]) if len(value) > 3 else {}
        else:
            filename = os.path.basename(str(getattr(value, "name", "upload")))
            content = value
        if content_type is None and "content-type" not in {key.lower() for key in headers}:
            import mimetypes

            content_type = mimetypes.guess_type(filename)[0] if filename else None
            content_type = content_type or "application/octet-stream"
        if content_type is not None:
            headers.setdefault("Content-Type", content_type)
        if isinstance(content, str):
            content = content.encode("utf-8")
        elif hasattr(content, "mode") and "b" not in content.mode:
            raise TypeError("Multipart file uploads must be opened in binary mode, not text mode.")
        elif type(content).__name__ == "StringIO":
            raise TypeError("Multipart file uploads require 'io.BytesIO', not 'io.StringIO'.")
        self.content = content
        parts = [b"Content-Disposition: form-data; ", _parameter("name", name)]
        if filename:
            parts += [b"; ", _parameter("filename", filename)]
        for key, text in headers.items():
            line = f"{key}: {text}"
            if "\r" in line or "\n" in line:
                raise ValueError(f"a header of a part has a line end in it: {line!r}")
            parts.append(f"\r\n{line}".encode())
        self.head = b"".join(parts) + b"\r\n\r\n"

    def length(self):
        size = _length_of(self.content)
        return None if size is None else len(self.head) + size

    def pieces(self):
        yield self.head
        content = self.content
        if isinstance(content, bytes):
            yield content
            return
        if hasattr(content, "seek"):
            # Sent once already, before a redirect: from the start again.
            try:
                content.seek(0)
            except OSError:
                pass
        while piece := content.read(_CHUNK_SIZE):
            yield piece.encode("utf-8") if isinstance(piece, str) else piece


class MultipartStream(SyncByteStream, AsyncByteStream):
    """The whole body; its length is known unless a file's is not."""

    def __init__(self, data, files, boundary=None):
        self.boundary = boundary if boundary is not None else os.urandom(16).hex().encode("ascii")
        self.content_type = "multipart/form-data; boundary=" + self.boundary.decode("ascii")
        self._parts = []
        for name, value in data.items():
            for item in value if isinstance(value, (list, tuple)) else [value]:
                self._parts.append(_Field(name, item))
        for name, value in files.items() if isinstance(files, Mapping) else files:
            self._parts.append(_File(name, value))

    def header_fields(self):
        content_type = (b"Content-Type", b"content-type", self.content_type.encode("ascii"))
        total = len(self.boundary) + 6
        for part in self._parts:
            length = part.length()
            if length is None:
                return [(b"Transfer-Encoding", b"transfer-encoding", b"chunked"), content_type]
            total += len(self.boundary) + 6 + length
        return [(b"Content-Length", b"content-length", b"%d" % total), content_type]

    def __iter__(self):
        for part in self._parts:
            yield b"--" + self.boundary + b"\r\n"
            yield from part.pieces()
            yield b"\r\n"
        yield b"--" + self.boundary + b"--\r\n"

    async def __aiter__(self):
        for piece in self:
            yield piece
