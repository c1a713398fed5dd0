"""`Request` and `Response`, and what both do with their bodies."""

import re

from ._exceptions import HTTPStatusError, RequestNotRead, ResponseNotRead, StreamClosed, StreamConsumed
from ._content import encode_request, encode_response
from ._headers import Headers
from ._streams import AsyncByteStream, AsyncReceivedBytes, ByteStream, ReceivedBytes, SyncByteStream
from ._urls import URL

_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_NEEDS_LENGTH = ("POST", "PUT", "PATCH")


class Request:
    """A request, ready to be sent."""

    def __init__(
        self,
        method,
        url,
        *,
        params=None,
        headers=None,
        cookies=None,
        content=None,
        data=None,
        files=None,
        json=None,
        stream=None,
        extensions=None,
    ):
        self.method = method.upper()
        self.url = URL(url) if params is None else URL(url, params=params)
        self.headers = headers = Headers(headers)
        self.extensions = {} if extensions is None else dict(extensions)
        if cookies:
            from ._cookies import Cookies

            Cookies(cookies).set_cookie_header(self)
        if stream is None:
            if content is data is files is json is None:
                self._content = b""
                self.stream = _EMPTY
                self._prepare(())
            else:
                fields, self.stream = encode_request(content, data, files, json, headers.get("content-type"))
                self._prepare(fields)
                if isinstance(self.stream, ByteStream):
                    self._content = self.stream._stream
        else:
            # The headers that go with it are the caller's.
            self.stream = stream
            if isinstance(stream, ByteStream):
                self._content = stream._stream

    def _prepare(self, fields):
        """Adds the headers a request needs and has not: `Host` first, those of the body last."""
        found = self.headers._list
        names = {item[1] for item in found}
        for field in fields:
            if field[1] == b"transfer-encoding" and b"content-length" in names:
                continue
            if field[1] not in names:
                found.append(field)
                names.add(field[1])
        first = []
        if b"host" not in names:
            first.append((b"Host", b"host", self.url.netloc))
        if (
            self.method in _NEEDS_LENGTH
            and b"content-length" not in names
            and b"transfer-encoding" not in names
        ):
            first.append((b"Content-Length", b"content-length", b"0"))
        if first:
            found[0:0] = first

    @property
    def content(self):
        try:
            return self._content
        except AttributeError:
            raise RequestNotRead() from None

    def _read_done(self, content):
        self._content = content
        if not isinstance(self.stream, ByteStream):
            # What was an iterator can now be sent again after a redirect.
            self.stream = ByteStream(content)
        return content

    def read(self):
        if not hasattr(self, "_content"):
            assert hasattr(self.stream, "__iter__")
            self._read_done(b"".join(self.stream))
        return self._content

    async def aread(self):
        if not hasattr(self, "_content"):
            assert hasattr(self.stream, "__aiter__")
            self._read_done(b"".join([piece async for piece in self.stream]))
        return self._content

    def __repr__(self):
        return f"<Request({self.method!r}, {str(self.url)!r})>"


_EMPTY = ByteStream(b"")

_ERROR_KINDS = {1: "Informational response", 3: "Redirect response", 4: "Client error", 5: "Server error"}


def _phrase(status):
    from ._codes import PHRASES

    return PHRASES.get(status, "")


class Response:
    """A response; its body is there, or comes while one reads."""

    def __init__(
        self,
        status_code,
        *,
        headers=None,
        content=None,
        text=None,
        html=None,
        json=None,
        stream=None,
        request=None,
        extensions=None,
        history=None,
        default_encoding="utf-8",
    ):
        self.status_code = status_code
        self.headers = headers if type(headers) is Headers else Headers(headers)
        self._request = request
        self.next_request = None
        self.extensions = {} if extensions is None else extensions
        self.history = [] if history is None else list(history)
        self.is_closed = False
        self.is_stream_consumed = False
        self.default_encoding = default_encoding
        self._n_downloaded = 0
        if stream is None:
            fields, stream = encode_response(content, text, html, json)
            for field in fields:
                if field[1] == b"transfer-encoding" and self.headers._has(b"content-length"):
                    continue
                if not self.headers._has(field[1]):
                    self.headers._list.append(field)
            self.stream = stream
            if isinstance(stream, ByteStream):
                self.read()
        else:
            self.stream = stream

    @property
    def elapsed(self):
        """From sending the request to the end of reading, a timedelta."""
        if not hasattr(self, "_elapsed"):
            raise RuntimeError("'.elapsed' may only be accessed after the response has been read or closed.")
        elapsed = self._elapsed
        if isinstance(elapsed, float):
            from datetime import timedelta

            elapsed = self._elapsed = timedelta(seconds=elapsed)
        return elapsed

    @elapsed.setter
    def elapsed(self, elapsed):
        self._elapsed = elapsed

    @property
    def request(self):
        if self._request is None:
            raise RuntimeError("The request instance has not been set on this response.")
        return self._request

    @request.setter
    def request(self, request):
        self._request = request

    @property
    def http_version(self):
        return self.extensions.get("http_version", b"HTTP/1.1").decode("ascii", errors="ignore")

    @property
    def reason_phrase(self):
        phrase = self.extensions.get("reason_phrase")
        if phrase is None:
            return _phrase(self.status_code)
        return phrase.decode("ascii", errors="ignore")

    @property
    def url(self):
        return self.request.url

    @property
    def content(self):
        try:
            return self._content
        except AttributeError:
            raise ResponseNotRead() from None

    @property
    def text(self):
        if not hasattr(self, "_text"):
            content = self.content
            self._text = content.decode(self.encoding or "utf-8", errors="replace") if content else ""
        return self._text

    @property
    def encoding(self):
        """What was set, else the charset of the headers if there is such a codec, else the default."""
        if not hasattr(self, "_encoding"):
            encoding = self.charset_encoding
            if encoding is not None:
                import codecs

                try:
                    codecs.lookup(encoding)
                except LookupError:
                    encoding = None
            if encoding is None:
                default = self.default_encoding
                if isinstance(default, str):
                    encoding = default
                elif hasattr(self, "_content"):
                    encoding = default(self._content)
            self._encoding = encoding or "utf-8"
        return self._encoding

    @encoding.setter
    def encoding(self, value):
        if hasattr(self, "_text"):
            raise ValueError("Setting encoding after `text` has been accessed is not allowed.")
        self._encoding = value

    @property
    def charset_encoding(self):
        content_type = self.headers.get("Content-Type")
        if content_type is None:
            return None
        found = _CHARSET.search(content_type)
        return found[1] if found else None

    @property
    def is_informational(self):
        return 100 <= self.status_code <= 199

    @property
    def is_success(self):
        return 200 <= self.status_code <= 299

    @property
    def is_redirect(self):
        return 300 <= self.status_code <= 399

    @property
    def is_client_error(self):
        return 400 <= self.status_code <= 499

    @property
    def is_server_error(self):
        return 500 <= self.status_code <= 599

    @property
    def is_error(self):
        return 400 <= self.status_code <= 599

    @property
    def has_redirect_location(self):
        return self.status_code in (301, 302, 303, 307, 308) and self.headers._has(b"location")

    def raise_for_status(self):
        """HTTPStatusError unless the status is 2xx; returns the response."""
        request = self._request
        if request is None:
            raise RuntimeError(
                "Cannot call `raise_for_status` as the request instance has not been set on this response."
            )
        if self.is_success:
            return self
        status = self.status_code
        kind = _ERROR_KINDS.get(status // 100, "Invalid status code")
        redirect = f"Redirect location: '{self.headers['location']}'\n" if self.has_redirect_location else ""
        message = (
            f"{kind} '{status} {self.reason_phrase}' for url '{self.url}'\n{redirect}"
            f"For more information check: https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/{status}"
        )
        raise HTTPStatusError(message, request=request, response=self)

    def json(self, **kwargs):
        import json

        return json.loads(self.content, **kwargs)

    @property
    def cookies(self):
        if not hasattr(self, "_cookies"):
            from ._cookies import Cookies

            self._cookies = Cookies()
            self._cookies.extract_cookies(self)
        return self._cookies

    @property
    def links(self):
        """The `Link` header, by relation or URL."""
        header = self.headers.get("link")
        if header is None:
            return {}
        out = {}
        for value in re.split(", *<", header):
            url, _, params = value.partition(";")
            link = {"url": url.strip("<> '\"")}
            for param in params.split(";"):
                key, equals, val = param.partition("=")
                if not equals:
                    break
                link[key.strip(" '\"")] = val.strip(" '\"")
            out[link.get("rel") or link["url"]] = link
        return out

    @property
    def num_bytes_downloaded(self):
        return self._n_downloaded

    def __repr__(self):
        return f"<Response [{self.status_code} {self.reason_phrase}]>"

    # Reading, in pairs of a sync and an async method.

    def _decoder(self):
        if not hasattr(self, "_decoding"):
            from ._decoders import decoder_for

            self._decoding = decoder_for(self.headers) if self.headers._has(b"content-encoding") else None
        return self._decoding

    def _set_content(self, raw):
        """All of the body at once, as it came over the wire."""
        self.is_stream_consumed = True
        self._n_downloaded = len(raw)
        decoder = self._decoder()
        if decoder is not None:
            with _request_context(self._request):
                raw = b"".join([*decoder.pieces(raw), *decoder.flush()])
        self._content = raw

    def read(self):
        if not hasattr(self, "_content"):
            if type(self.stream) in (ByteStream, ReceivedBytes) and not self.is_stream_consumed and not self.is_closed:
                self._set_content(self.stream._stream)
                self.is_closed = True
            else:
                self._content = b"".join(self.iter_bytes())
        return self._content

    async def aread(self):
        if not hasattr(self, "_content"):
            if type(self.stream) in (AsyncReceivedBytes, ByteStream) and not self.is_stream_consumed and not self.is_closed:
                self._set_content(self.stream._stream)
                self.is_closed = True
            else:
                self._content = b"".join([piece async for piece in self.aiter_bytes()])
        return self._content

    def iter_bytes(self, chunk_size=None):
        if hasattr(self, "_content"):
            yield from _sliced(self._content, chunk_size)
            return
        from ._decoders import Chunker

        decoder, chunker = self._decoder(), Chunker(chunk_size, b"")
        with _request_context(self._request):
            for raw in self.iter_raw():
                for data in (raw,) if decoder is None else decoder.pieces(raw):
                    yield from chunker.pieces(data)
            for data in () if decoder is None else decoder.flush():
                yield from chunker.pieces(data)
            yield from chunker.flush()

    async def aiter_bytes(self, chunk_size=None):
        if hasattr(self, "_content"):
            for piece in _sliced(self._content, chunk_size):
                yield piece
            return
        from ._decoders import Chunker

        decoder, chunker = self._decoder(), Chunker(chunk_size, b"")
        with _request_context(self._request):
            async for raw in self.aiter_raw():
                for data in (raw,) if decoder is None else decoder.pieces(raw):
                    for piece in chunker.pieces(data):
                        yield piece
            for data in () if decoder is None else decoder.flush():
                for piece in chunker.pieces(data):
                    yield piece
            for piece in chunker.flush():
                yield piece

    def _text_decoder(self):
        import codecs

        return codecs.getincrementaldecoder(self.encoding or "utf-8")(errors="replace")

    def iter_text(self, chunk_size=None):
        from ._decoders import Chunker

        decoder, chunker = self._text_decoder(), Chunker(chunk_size, "")
        for data in self.iter_bytes():
            yield from chunker.pieces(decoder.decode(data))
        yield from chunker.pieces(decoder.decode(b"", True))
        yield from chunker.flush()

    async def aiter_text(self, chunk_size=None):
        from ._decoders import Chunker

        decoder, chunker = self._text_decoder(), Chunker(chunk_size, "")
        async for data in self.aiter_bytes():
            for piece in chunker.pieces(decoder.decode(data)):
                yield piece
        for piece in chunker.pieces(decoder.decode(b"", True)):
            yield piece
        for piece in chunker.flush():
            yield piece

    def iter_lines(self):
        from ._decoders import LineDecoder

        decoder = LineDecoder()
        for text in self.iter_text():
            yield from decoder.lines(text)
        yield from decoder.flush()

    async def aiter_lines(self):
        from ._decoders import LineDecoder

        decoder = LineDecoder()
        async for text in self.aiter_text():
            for line in decoder.lines(text):
                yield line
        for line in decoder.flush():
            yield line

    def _begin_stream(self):
        if self.is_stream_consumed:
            raise StreamConsumed()
        if self.is_closed:
            raise StreamClosed()
        self.is_stream_consumed = True
        self._n_downloaded = 0

    def iter_raw(self, chunk_size=None):
        if not isinstance(self.stream, SyncByteStream):
            raise RuntimeError("Attempted to call a sync iterator on an async stream.")
        self._begin_stream()
        from ._decoders import Chunker

        chunker = Chunker(chunk_size, b"")
        with _request_context(self._request):
            for raw in self.stream:
                self._n_downloaded += len(raw)
                yield from chunker.pieces(raw)
            yield from chunker.flush()
        self.close()

    async def aiter_raw(self, chunk_size=None):
        if not isinstance(self.stream, AsyncByteStream):
            raise RuntimeError("Attempted to call an async iterator on a sync stream.")
        self._begin_stream()
        from ._decoders import Chunker

        chunker = Chunker(chunk_size, b"")
        with _request_context(self._request):
            async for raw in self.stream:
                self._n_downloaded += len(raw)
                for piece in chunker.pieces(raw):
                    yield piece
            for piece in chunker.flush():
                yield piece
        await self.aclose()

    def close(self):
        if not isinstance(self.stream, SyncByteStream):
            raise RuntimeError("Attempted to call a sync close on an async stream.")
        if not self.is_closed:
            self.is_closed = True
            with _request_context(self._request):
                self.stream.close()

    async def aclose(self):
        if not isinstance(self.stream, AsyncByteStream):
            raise RuntimeError("Attempted to call an async close on a sync stream.")
        if not self.is_closed:
            self.is_closed = True
            with _request_context(self._request):
                await self.stream.aclose()


def _sliced(content, size):
    size = len(content) if size is None else size
    for pos in range(0, len(content), max(size, 1)):
        yield content[pos : pos + size]


class _request_context:
    """Tells exceptions that pass which request they are about."""

    __slots__ = ("_request",)

    def __init__(self, request):
        self._request = request

    def __enter__(self):
        return self

    def __exit__(self, kind, exc, traceback):
        if exc is not None and self._request is not None and hasattr(exc, "_request") and exc._request is None:
            exc._request = self._request
        return False
