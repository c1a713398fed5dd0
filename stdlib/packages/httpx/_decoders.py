"""From the bytes of a body to what they mean: content codings, text, lines; and pieces of an even size."""

from ._exceptions import DecodingError

#: What one step unpacks at most, so that a small piece cannot become gigabytes at once.
STEP_BYTES = 1 << 20
#: A body that unpacks to more than `BOMB_BYTES` must not be `BOMB_RATIO` times as long as it was packed.
BOMB_BYTES = 64 << 20
BOMB_RATIO = 200
#: Codings around each other; every one multiplies what a bomb can do.
MAX_CODINGS = 5


class _Inflater:
    """`gzip` and `deflate`; the latter is zlib's format by the book and bare deflate from some servers."""

    def __init__(self, coding):
        import zlib

        self._zlib = zlib
        self._tries_raw = coding == "deflate"
        self._object = zlib.decompressobj(zlib.MAX_WBITS | 16 if coding != "deflate" else zlib.MAX_WBITS)
        self._n_in = self._n_out = 0

    def pieces(self, data):
        """What `data` unpacks to, a step at a time."""
        self._n_in += len(data)
        while data:
            try:
                out = self._object.decompress(data, STEP_BYTES)
            except self._zlib.error as exc:
                if not self._tries_raw:
                    raise DecodingError(str(exc)) from exc
                self._tries_raw = False
                self._object = self._zlib.decompressobj(-self._zlib.MAX_WBITS)
                continue
            self._tries_raw = False
            data = self._object.unconsumed_tail
            if out:
                yield self._counted(out)
            elif not data or self._object.eof:
                break

    def flush(self):
        try:
            out = self._object.flush()
        except self._zlib.error as exc:
            raise DecodingError(str(exc)) from exc
        if out:
            yield self._counted(out)

    def _counted(self, out):
        self._n_out += len(out)
        if self._n_out > BOMB_BYTES and self._n_out > BOMB_RATIO * self._n_in:
            raise DecodingError(
                f"a body of {self._n_in} bytes unpacks to more than {BOMB_RATIO} times as much ({self._n_out} so far)"
            )
        return out


class _Chain:
    """Several codings, the outermost first."""

    def __init__(self, decoders):
        self._decoders = decoders

    def pieces(self, data):
        return self._through(data, 0)

    def _through(self, data, idx):
        if idx == len(self._decoders):
            yield data
            return
        for piece in self._decoders[idx].pieces(data):
            yield from self._through(piece, idx + 1)

    def flush(self):
        for idx, decoder in enumerate(self._decoders):
            for piece in decoder.flush():
                yield from self._through(piece, idx + 1)


def decoder_for(headers):
    """The decoder that `Content-Encoding` asks for, None if the bytes are what they mean; unknown codings stay."""
    if not headers._has(b"content-encoding"):
        return None
    decoders = []
    codings = headers.get_list("content-encoding", split_commas=True)
    if len(codings) > MAX_CODINGS:
        raise DecodingError(f"more than {MAX_CODINGS} content codings")
    for coding in codings:
        coding = coding.strip().lower()
        if coding in ("gzip", "x-gzip", "deflate"):
            decoders.append(_Inflater(coding))
    if not decoders:
        return None
    return decoders[0] if len(decoders) == 1 else _Chain(decoders[::-1])


class Chunker:
    """Pieces of exactly `size`, but for the last; None leaves them as they come. Works for bytes and text."""

    def __init__(self, size, empty):
        self._size = size
        self._empty = empty
        self._parts = []
        self._n = 0

    def pieces(self, data):
        if self._size is None:
            return [data] if data else []
        self._parts.append(data)
        self._n += len(data)
        if self._n < self._size:
            return []
        joined = self._empty.join(self._parts)
        n_whole = len(joined) // self._size * self._size
        self._parts = [joined[n_whole:]]
        self._n = len(self._parts[0])
        return [joined[pos : pos + self._size] for pos in range(0, n_whole, self._size)]

    def flush(self):
        rest = self._empty.join(self._parts)
        self._parts = []
        self._n = 0
        return [rest] if rest else []


class LineDecoder:
    """Lines as `str.splitlines` has them, of text that comes in pieces."""

    _ENDS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"

    def __init__(self):
        self._parts = []
        self._cr = False

    def lines(self, text):
        if self._cr:
            # Half of a CR LF, maybe.
            text = "\r" + text
            self._cr = False
        if text.endswith("\r"):
            self._cr = True
            text = text[:-1]
        if not text:
            return []
        ends = text[-1] in self._ENDS
        lines = text.splitlines()
        if len(lines) == 1 and not ends:
            self._parts.append(lines[0])
            return []
        if self._parts:
            lines[0] = "".join(self._parts) + lines[0]
            self._parts = []
        if not ends:
            self._parts = [lines.pop()]
        return lines

    def flush(self):
        if not self._parts and not self._cr:
            return []
        lines = ["".join(self._parts)]
        self._parts = []
        self._cr = False
        return lines
