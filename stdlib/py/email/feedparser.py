"""`FeedParser`: a message that comes in pieces.

What is amiss never raises; it is noted down in `defects` of the message it is in.
"""

import re
from email import errors

__all__ = ["FeedParser", "BytesFeedParser"]

_HEADER = re.compile(r"[^:\s][^:\r\n]*:")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
#: Messages in messages; deeper ones stay text.
_MAX_DEPTH = 100


class FeedParser:
    """Takes text in pieces; `close` returns the message."""

    def __init__(self, _factory=None, *, policy=None):
        if _factory is None:
            from email.message import Message as _factory
        self._factory = _factory
        self._policy = policy
        self._pieces = []
        self._headersonly = False

    def _set_headersonly(self):
        self._headersonly = True

    def feed(self, data):
        """More text."""
        self._pieces.append(data)

    def close(self):
        """The end: the message of all that came."""
        text = "".join(self._pieces)
        self._pieces = []
        return self._parse(_LINE.findall(text), 0)

    def _new(self):
        try:
            return self._factory(policy=self._policy) if self._policy is not None else self._factory()
        except TypeError:
            return self._factory()

    def _parse(self, lines, depth, default_type=None):
        message = self._new()
        if default_type is not None:
            message.set_default_type(default_type)
        start = self._parse_headers(message, lines)
        if self._headersonly:
            message.set_payload("".join(lines[start:]))
            return message
        kind = message.get_content_type()
        if depth < _MAX_DEPTH:
            if message.get_content_maintype() == "multipart":
                self._parse_parts(message, lines[start:], depth)
                return message
            if message.get_content_maintype() == "message" and kind != "message/delivery-status":
                message.attach(self._parse(lines[start:], depth + 1))
                return message
        message._payload = "".join(lines[start:])
        return message

    def _parse_headers(self, message, lines):
        """Where the body begins."""
        name, parts = None, []

        def end():
            nonlocal name, parts
            if name is not None:
                first, *rest = parts
                message.set_raw(name, "".join([first.lstrip(" \t"), *rest]).rstrip("\r\n"))
            name, parts = None, []

        for idx, line in enumerate(lines):
            if line[0] in " \t":
                if name is None:
                    message.defects.append(errors.FirstHeaderLineIsContinuationDefect(line))
                    continue
                parts.append(line)
                continue
            end()
            if line in ("\n", "\r\n", "\r"):
                return idx + 1
            if line.startswith("From ") and ":" not in line[:5]:
                if idx == 0:
                    message.set_unixfrom(line.rstrip("\r\n"))
                else:
                    message.defects.append(errors.MisplacedEnvelopeHeaderDefect(line))
                continue
            found = _HEADER.match(line)
            if found is None:
                message.defects.append(
                    errors.InvalidHeaderDefect("Missing header name.")
                    if line[0] == ":"
                    else errors.MissingHeaderBodySeparatorDefect()
                )
                if line[0] == ":":
                    continue
                return idx
            name = line[: found.end() - 1]
            parts = [line[found.end() :]]
        end()
        return len(lines)

    def _parse_parts(self, message, lines, depth):
        boundary = message.get_boundary()
        if boundary is None:
            message.defects.append(errors.NoBoundaryInMultipartDefect())
            message._payload = "".join(lines)
            return
        default = "message/rfc822" if message.get_content_type() == "multipart/digest" else None
        mark = re.compile(f"--{re.escape(boundary)}(--)?[ \t]*(?:\r\n|\r|\n)?")
        before, current, parts, closed, after = [], None, [], False, []
        for line in lines:
            if closed:
                after.append(line)
                continue
            found = mark.fullmatch(line) if line.startswith("--") else None
            if found is None:
                (before if current is None else current).append(line)
                continue
            if current is not None:
                parts.append(current)
            current = []
            closed = found[1] is not None
        if current is None:
            message.defects.append(errors.StartBoundaryNotFoundDefect())
            message.defects.append(errors.MultipartInvariantViolationDefect())
            message._payload = "".join(lines)
            return
        if not closed:
            message.defects.append(errors.CloseBoundaryNotFoundDefect())
            if current:
                parts.append(current)
        message.preamble = _without_line_end("".join(before)) if before else None
        if closed:
            message.epilogue = "".join(after)
        message._payload = []
        for part in parts:
            if part:
                part[-1] = _without_line_end(part[-1])
                if not part[-1]:
                    part.pop()
            message.attach(self._parse(part, depth + 1, default))


def _without_line_end(text):
    """The line end before a boundary belongs to the boundary."""
    if text.endswith("\r\n"):
        return text[:-2]
    return text[:-1] if text.endswith(("\n", "\r")) else text


class BytesFeedParser(FeedParser):
    """Takes bytes in pieces."""

    def feed(self, data):
        super().feed(data.decode("ascii", "surrogateescape"))
