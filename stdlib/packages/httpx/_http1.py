"""HTTP/1.1 (RFC 9112) without input and output: bytes in, a response out; and the head of a request as bytes.

Strict where leniency has been abused: one framing only, names that are tokens, no control characters, and limits on
everything a server could send without end. A line may end in a bare LF, as servers of old do.
"""

import re

from ._exceptions import LocalProtocolError, RemoteProtocolError

#: Bytes of a head (all header lines together), and how many header lines.
MAX_HEAD_BYTES = 100 * 1024
MAX_HEADERS = 512
#: Bytes of the line that begins a chunk, its extensions included, and of the trailer at the end.
MAX_CHUNK_LINE_BYTES = 4096
MAX_TRAILER_BYTES = 16 * 1024
#: Responses 1xx before the real one.
MAX_INFORMATIONAL = 64

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_TOKEN = re.compile(rb"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
_BAD_IN_HEAD = re.compile(rb"[\x00\x0b\x0c]|\r(?!\n)")
_STATUS_LINE = re.compile(rb"HTTP/([0-9]\.[0-9]) ([0-9]{3})(?: ([^\x00-\x08\x0a-\x1f\x7f]*))?")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\x00-\x08\x0a-\x1f\x7f]*)?")
_TARGET = re.compile(rb"[\x21-\x7e]+")
_REQUEST_VALUE = re.compile(rb"(?:[^\x00\s]+(?:[ \t]+[^\x00\s]+)*)?")
_HEAD_LINES = re.compile(rb"(?:[-!#$%&'*+.^_`|~0-9A-Za-z]+: (?:[^\x00\s]+(?:[ \t]+[^\x00\s]+)*)?\r\n)*")

# States of a reader.
_HEAD, _LENGTH, _CHUNK_LINE, _CHUNK, _CHUNK_END, _TRAILER, _TO_EOF, _DONE = range(8)

# Lower case of names and parts of status lines seen before; both are few and come again with every response.
_names = {}
_status_lines = {}
_MAX_REMEMBERED = 256


def _shown(line):
    """What of a line an error message shows."""
    return repr(bytearray(line[:200]))


def _lower_name(name):
    if _TOKEN.fullmatch(name) is None:
        return None
    lower = name.lower()
    if len(_names) < _MAX_REMEMBERED:
        _names[name] = lower
    return lower


def _parse_status_line(line):
    found = _STATUS_LINE.fullmatch(line)
    if found is None:
        raise RemoteProtocolError(f"illegal status line: {_shown(line)}")
    version, status, reason = found.groups()
    parts = (b"HTTP/" + version, int(status), reason or b"")
    if len(_status_lines) < _MAX_REMEMBERED:
        _status_lines[line] = parts
    return parts


def _parse_fields(lines):
    """(name, lower name, value) of each header line; a line that begins with a blank continues the one before."""
    if len(lines) > MAX_HEADERS:
        raise RemoteProtocolError(f"got more than {MAX_HEADERS} headers")
    fields = []
    for line in lines:
        name, colon, value = line.partition(b":")
        lower = _names.get(name)
        if lower is None or not colon:
            if line[:1] in (b" ", b"\t"):
                if not fields:
                    raise RemoteProtocolError("continuation line at start of headers")
                name, lower, value = fields.pop()
                fields.append((name, lower, (value + b" " + line.strip(b" \t")).strip(b" ")))
                continue
            lower = _lower_name(name) if colon else None
            if lower is None:
                raise RemoteProtocolError(f"illegal header line: {_shown(line)}")
        fields.append((name, lower, value.strip(b" \t")))
    return fields


class ResponseReader:
    """Takes the bytes of a connection, one response a reader.

    `feed` and `feed_eof` raise RemoteProtocolError. When `head` is set it is (version, status, reason, fields);
    `take` gives what there is of the body; at the end `is_complete` is true and `rest` holds bytes beyond it.
    """

    __slots__ = (
        "head",
        "is_complete",
        "keeps_alive",
        "rest",
        "n_buffered",
        "_method",
        "_state",
        "_pending",
        "_searched",
        "_left",
        "_length",
        "_pieces",
        "_n_informational",
        "_n_trailer",
    )

    def __init__(self, method):
        self.head = None
        self.is_complete = False
        self.keeps_alive = False
        self.rest = b""
        self.n_buffered = 0
        self._method = method
        self._state = _HEAD
        self._pending = b""
        self._searched = 0
        self._left = 0
        self._length = 0
        self._pieces = []
        self._n_informational = 0
        self._n_trailer = 0

    def feed(self, data):
        if self._state == _HEAD:
            if self._pending:
                # A bytearray grows in place; a head that comes byte by byte must not be copied each time.
                self._pending += data
                data = self._pending
            while True:
                found = _END_OF_HEAD.search(data, self._searched)
                if found is None:
                    if len(data) > MAX_HEAD_BYTES:
                        raise RemoteProtocolError(f"got more than {MAX_HEAD_BYTES} bytes of headers")
                    self._searched = max(0, len(data) - 3)
                    if data is not self._pending:
                        self._pending = bytearray(data)
                    return
                if found.start() > MAX_HEAD_BYTES:
                    raise RemoteProtocolError(f"got more than {MAX_HEAD_BYTES} bytes of headers")
                head = bytes(data[: found.start()])
                data = bytes(data[found.end() :])
                self._pending = b""
                self._searched = 0
                if self._parse_head(head):
                    break
            if self._state == _DONE:
                self._finish(data)
                return
        state = self._state
        if state == _LENGTH:
            left = self._left
            if len(data) >= left:
                if len(data) > left:
                    self._finish(data[left:])
                    data = data[:left]
                else:
                    self._finish(b"")
                self._left = 0
            else:
                self._left = left - len(data)
            if data:
                self._pieces.append(data)
                self.n_buffered += len(data)
        elif state == _TO_EOF:
            if data:
                self._pieces.append(data)
                self.n_buffered += len(data)
        elif state == _DONE:
            self.rest += data
            self.keeps_alive = False
        else:
            self._feed_chunked(data)

    def _parse_head(self, head):
        """False for a response 1xx, which another one follows."""
        if _BAD_IN_HEAD.search(head) is not None:
            found = _BAD_IN_HEAD.search(head).start()
            start = head.rfind(b"\n", 0, found) + 1
            line = head[start:].split(b"\n", 1)[0]
            what = "header" if start else "status"
            raise RemoteProtocolError(f"illegal {what} line: {_shown(line)}")
        # A bare CR is out, so lines end in LF, and what CR there is goes.
        lines = head.replace(b"\r", b"").split(b"\n")
        line = lines[0]
        version, status, reason = _status_lines.get(line) or _parse_status_line(line)
        del lines[0]
        fields = _parse_fields(lines)
        if status < 200 and status != 101:
            if status < 100:
                raise RemoteProtocolError(f"illegal status line: {_shown(line)}")
            self._n_informational += 1
            if self._n_informational > MAX_INFORMATIONAL:
                raise RemoteProtocolError(f"got more than {MAX_INFORMATIONAL} informational responses")
            return False
        keeps_alive = version >= b"HTTP/1.1" and status != 101
        length = coding = None
        n_lengths = 0
        for _, lower, value in fields:
            if lower == b"content-length":
                n_lengths += 1
                values = {part.strip() for part in value.split(b",")}
                if length is not None:
                    values.add(length)
                if len(values) > 1:
                    raise RemoteProtocolError("conflicting Content-Length headers")
                length = values.pop()
                if len(length) > 18 or not length.isdigit():
                    raise RemoteProtocolError("bad Content-Length")
            elif lower == b"transfer-encoding":
                if coding is not None:
                    raise RemoteProtocolError("multiple Transfer-Encoding headers")
                coding = value.lower()
                if coding != b"chunked":
                    raise RemoteProtocolError("Only Transfer-Encoding: chunked is supported")
            elif lower == b"connection":
                if b"close" in [part.strip().lower() for part in value.split(b",")]:
                    keeps_alive = False
        if n_lengths > 1:
            # All the same: one is enough.
            idxs = [idx for idx, field in enumerate(fields) if field[1] == b"content-length"]
            for idx in reversed(idxs[1:]):
                del fields[idx]
        method = self._method
        if method == "HEAD" or status in (101, 204, 304) or (method == "CONNECT" and status < 300):
            self._state = _DONE
        elif coding is not None:
            self._state = _CHUNK_LINE
            # Both framings at once is how responses are smuggled: the length is ignored, the connection not used again.
            keeps_alive = keeps_alive and length is None
        elif length is not None:
            self._left = self._length = int(length)
            self._state = _LENGTH if self._left else _DONE
        else:
            self._state = _TO_EOF
            keeps_alive = False
        self.keeps_alive = keeps_alive
        self.head = (version, status, reason, fields)
        return True

    def _finish(self, rest):
        self._state = _DONE
        self.is_complete = True
        if rest:
            # Nothing was asked for that these bytes could answer.
            self.rest = bytes(rest)
            self.keeps_alive = False

    def _feed_chunked(self, data):
        if self._pending:
            data = self._pending + data
            self._pending = b""
        pos, end = 0, len(data)
        while True:
            state = self._state
            if state == _CHUNK:
                stop = min(end, pos + self._left)
                if stop > pos:
                    self._pieces.append(data[pos:stop])
                    self.n_buffered += stop - pos
                    self._left -= stop - pos
                    pos = stop
                if self._left:
                    return
                self._state = _CHUNK_END
                continue
            newline = data.find(b"\n", pos)
            if newline < 0:
                if end - pos > (MAX_TRAILER_BYTES if state == _TRAILER else MAX_CHUNK_LINE_BYTES):
                    raise RemoteProtocolError("got an endless line between chunks")
                self._pending = data[pos:]
                return
            line = data[pos:newline]
            if line[-1:] == b"\r":
                line = line[:-1]
            if state == _CHUNK_END:
                if line:
                    raise RemoteProtocolError(f"malformed chunk footer: {_shown(data[pos : pos + 2])} (expected b'\\r\\n')")
                self._state = _CHUNK_LINE
            elif state == _CHUNK_LINE:
                found = _CHUNK_SIZE.fullmatch(line) if len(line) <= MAX_CHUNK_LINE_BYTES else None
                if found is None:
                    raise RemoteProtocolError(f"illegal chunk header: {_shown(data[pos : newline + 1])}")
                self._left = int(found[1], 16)
                self._state = _CHUNK if self._left else _TRAILER
            else:
                self._n_trailer += newline + 1 - pos
                if self._n_trailer > MAX_TRAILER_BYTES:
                    raise RemoteProtocolError(f"got more than {MAX_TRAILER_BYTES} bytes of trailers")
                if not line:
                    self._finish(data[newline + 1 :])
                    return
                if _BAD_IN_HEAD.search(line) is not None:
                    raise RemoteProtocolError(f"illegal header line: {_shown(line)}")
                if line[:1] not in (b" ", b"\t"):
                    _parse_fields([line])
            pos = newline + 1

    def feed_eof(self):
        """The server closed its side."""
        state = self._state
        self.keeps_alive = False
        if state == _HEAD:
            raise RemoteProtocolError("Server disconnected without sending a response.")
        if state == _LENGTH:
            raise RemoteProtocolError(
                "peer closed connection without sending complete message body "
                f"(received {self._length - self._left} bytes, expected {self._length})"
            )
        if state == _TO_EOF:
            self._finish(b"")
        elif state != _DONE:
            raise RemoteProtocolError(
                "peer closed connection without sending complete message body (incomplete chunked read)"
            )

    def take(self):
        """What has come of the body since the last call."""
        pieces = self._pieces
        if len(pieces) == 1:
            data = pieces[0]
        else:
            data = b"".join(pieces)
        self._pieces = []
        self.n_buffered = 0
        return data


def request_head(method, target, fields):
    """The bytes of a request up to its body; LocalProtocolError for whatever would change what they mean."""
    parts = []
    for name, _, value in fields:
        parts += (name, b": ", value, b"\r\n")
    lines = b"".join(parts)
    # An LF in a value would pass as one more line, hence the count.
    if _HEAD_LINES.fullmatch(lines) is None or lines.count(b"\n") != len(fields):
        for name, _, value in fields:
            if _TOKEN.fullmatch(name) is None:
                raise LocalProtocolError(f"Illegal header name {name!r}")
            if _REQUEST_VALUE.fullmatch(value) is None:
                raise LocalProtocolError(f"Illegal header value {value!r}")
    if _TOKEN.fullmatch(method) is None:
        raise LocalProtocolError("Illegal method characters")
    if _TARGET.fullmatch(target) is None:
        raise LocalProtocolError("Illegal target characters")
    return b"".join((method, b" ", target, b" HTTP/1.1\r\n", lines, b"\r\n"))
