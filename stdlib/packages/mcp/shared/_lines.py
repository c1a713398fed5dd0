"""Messages as lines of JSON, as both ends of standard streams read and write them."""

import codecs
import json

# Who writes without ever ending a line shall not fill the memory.
MAX_LINE_CHARS = 64 << 20


class LineSplitter:
    """Lines of bytes that come in pieces."""

    def __init__(self, encoding="utf-8", errors="strict"):
        self._decoder = codecs.getincrementaldecoder(encoding)(errors)
        self._parts, self._size = [], 0

    def feed(self, chunk):
        """The lines that are complete now; ValueError if one gets too long."""
        text = self._decoder.decode(chunk)
        self._parts.append(text)
        self._size += len(text)
        if "\n" not in text:
            if self._size > MAX_LINE_CHARS:
                raise ValueError(f"a line of more than {MAX_LINE_CHARS} characters")
            return []
        *lines, rest = "".join(self._parts).split("\n")
        self._parts, self._size = [rest], len(rest)
        return lines

    def rest(self):
        """What came after the last line break."""
        return "".join(self._parts)


def line_of(message, encoding="utf-8", errors="strict"):
    """A message as a line that can be encoded."""
    data = message.model_dump(mode="json", by_alias=True, exclude_unset=True)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode(encoding, errors)
    except UnicodeEncodeError:  # Half a surrogate pair, or what the encoding lacks.
        text = json.dumps(data, separators=(",", ":"))
    return text + "\n"
