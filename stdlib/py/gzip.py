"""Files and bytes in the gzip format (RFC 1952), over `zlib`."""

import io
import os
import struct
import time
import zlib

__all__ = ["BadGzipFile", "GzipFile", "open", "compress", "decompress"]

FTEXT, FHCRC, FEXTRA, FNAME, FCOMMENT = 1, 2, 4, 8, 16
READ, WRITE = "rb", "wb"
READ_BUFFER_SIZE = 128 * 1024
_WRITE_BUFFER_SIZE = 4 * io.DEFAULT_BUFFER_SIZE
_COMPRESS_LEVEL_FAST = 1
_COMPRESS_LEVEL_TRADEOFF = 6
_COMPRESS_LEVEL_BEST = 9


class BadGzipFile(OSError):
    """Bytes that are no gzip."""


def open(filename, mode="rb", compresslevel=_COMPRESS_LEVEL_BEST, encoding=None, errors=None, newline=None):
    """A compressed file, by name or open already, as bytes or (with "t" in the mode) as text."""
    if "t" in mode:
        if "b" in mode:
            raise ValueError("Invalid mode: %r" % (mode,))
    else:
        for name, value in (("encoding", encoding), ("errors", errors), ("newline", newline)):
            if value is not None:
                raise ValueError(f"Argument '{name}' not supported in binary mode")
    plain = mode.replace("t", "")
    if isinstance(filename, (str, bytes, os.PathLike)):
        file = GzipFile(filename, plain, compresslevel)
    elif hasattr(filename, "read") or hasattr(filename, "write"):
        file = GzipFile(None, plain, compresslevel, filename)
    else:
        raise TypeError("filename must be a str or bytes object, or a file")
    if "t" in mode:
        return io.TextIOWrapper(file, io.text_encoding(encoding), errors, newline)
    return file


def _read_exactly(fp, n):
    data = fp.read(n)
    while len(data) < n:
        more = fp.read(n - len(data))
        if not more:
            raise EOFError("Compressed file ended before the end-of-stream marker was reached")
        data += more
    return data


def _read_header(fp):
    """The time in the header of a member; None at the end of the file."""
    magic = fp.read(2)
    if magic == b"":
        return None
    if magic != b"\x1f\x8b":
        raise BadGzipFile("Not a gzipped file (%r)" % magic)
    method, flags, mtime = struct.unpack("<BBIxx", _read_exactly(fp, 8))
    if method != 8:
        raise BadGzipFile("Unknown compression method")
    if flags & FEXTRA:
        _read_exactly(fp, *struct.unpack("<H", _read_exactly(fp, 2)))
    for flag in (FNAME, FCOMMENT):
        if flags & flag:
            while (char := fp.read(1)) and char != b"\0":
                pass
    if flags & FHCRC:
        _read_exactly(fp, 2)
    return mtime


class _Reader(io.RawIOBase):
    """The bytes of all members of a file, one after another."""

    def __init__(self, fp):
        # Bytes that were read beyond a member come first next time.
        self._fp = io.BufferedReader(_Raw(fp), READ_BUFFER_SIZE)
        self._begin()
        self._last_mtime = None
        self._pos = 0
        self._at_end = False

    def _begin(self):
        self._decompressor = None
        self._pending = b""

    def readable(self):
        return True

    def seekable(self):
        return True

    def tell(self):
        return self._pos

    def readinto(self, b):
        with memoryview(b).cast("B") as view:
            data = self.read(len(view))
            view[: len(data)] = data
        return len(data)

    def read(self, size=-1):
        if size < 0:
            return self.readall()
        if not size or self._at_end:
            return b""
        while True:
            if self._decompressor is None:
                mtime = _read_header(self._fp)
                if mtime is None:
                    self._at_end = True
                    return b""
                self._last_mtime = mtime
                self._decompressor = zlib.decompressobj(-zlib.MAX_WBITS)
                self._crc, self._n_member = 0, 0
            data = self._pending or self._fp.read1(READ_BUFFER_SIZE)
            if not data:
                raise EOFError("Compressed file ended before the end-of-stream marker was reached")
            out = self._decompressor.decompress(data, size)
            self._pending = self._decompressor.unconsumed_tail
            self._crc = zlib.crc32(out, self._crc)
            self._n_member += len(out)
            if self._decompressor.eof:
                self._end_member(self._decompressor.unused_data)
            if out:
                self._pos += len(out)
                return out

    def _end_member(self, rest):
        self._fp = io.BufferedReader(_Raw(self._fp, rest), READ_BUFFER_SIZE) if rest else self._fp
        crc, size = struct.unpack("<II", _read_exactly(self._fp, 8))
        if crc != self._crc:
            raise BadGzipFile("CRC check failed %s != %s" % (hex(crc), hex(self._crc)))
        if size != self._n_member & 0xFFFFFFFF:
            raise BadGzipFile("Incorrect length of data produced")
        # Zeros may follow, up to the end of a block or of the file.
        while (peeked := self._fp.peek(1)[:1]) == b"\0":
            self._fp.read(1)
        self._begin()

    def readall(self):
        pieces = []
        while piece := self.read(io.DEFAULT_BUFFER_SIZE * 8):
            pieces.append(piece)
        return b"".join(pieces)


class _Raw(io.RawIOBase):
    """A file with bytes put before it, as a raw one."""

    def __init__(self, fp, before=b""):
        self._fp = fp
        self._before = before

    def readable(self):
        return True

    def readinto(self, b):
        if self._before:
            data, self._before = self._before[: len(b)], self._before[len(b) :]
        else:
            data = self._fp.read1(len(b)) if hasattr(self._fp, "read1") else self._fp.read(len(b))
        b[: len(data)] = data
        return len(data)


class GzipFile(io.BufferedIOBase):
    """A compressed file, to read or to write."""

    myfileobj = None

    def __init__(self, filename=None, mode=None, compresslevel=_COMPRESS_LEVEL_BEST, fileobj=None, mtime=None):
        self.mode = None
        if mode and ("t" in mode or "U" in mode):
            raise ValueError("Invalid mode: {!r}".format(mode))
        if mode and "b" not in mode:
            mode += "b"
        if fileobj is None:
            import builtins

            fileobj = self.myfileobj = builtins.open(filename, mode or "rb")
        if filename is None:
            filename = getattr(fileobj, "name", "")
            if not isinstance(filename, (str, bytes)):
                filename = ""
        else:
            filename = os.fspath(filename)
        if mode is None:
            mode = getattr(fileobj, "mode", "rb")
        self.name = filename
        self.fileobj = fileobj
        if mode.startswith("r"):
            self.mode = READ
            self._open_reader()
        elif mode.startswith(("w", "a", "x")):
            self.mode = WRITE
            self.crc = zlib.crc32(b"")
            self.size = 0
            self._write_mtime = mtime
            self._compressor = zlib.compressobj(compresslevel, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, 0)
            self._write_header(compresslevel)
        else:
            raise ValueError("Invalid mode: {!r}".format(mode))

    def _open_reader(self):
        self._raw = _Reader(self.fileobj)
        self._buffer = io.BufferedReader(self._raw)

    def _write_header(self, level):
        name = os.path.basename(self.name)
        if not isinstance(name, bytes):
            try:
                name = name.encode("latin-1")
            except UnicodeEncodeError:
                name = b""
        name = name.removesuffix(b".gz")
        mtime = int(time.time() if self._write_mtime is None else self._write_mtime)
        effort = 2 if level == _COMPRESS_LEVEL_BEST else 4 if level == _COMPRESS_LEVEL_FAST else 0
        self.fileobj.write(struct.pack("<2sBBIBB", b"\x1f\x8b", 8, FNAME if name else 0, mtime, effort, 255))
        if name:
            self.fileobj.write(name + b"\0")

    @property
    def mtime(self):
        """The time in the last header that was read."""
        return self._raw._last_mtime

    @property
    def closed(self):
        return self.fileobj is None

    def _check_open(self):
        if self.fileobj is None:
            raise ValueError("I/O operation on closed file")

    def _check_mode(self, mode, message):
        self._check_open()
        if self.mode != mode:
            import errno

            raise OSError(errno.EBADF, message)

    def write(self, data):
        self._check_open()
        self._check_mode(WRITE, "write() on read-only GzipFile object")
        view = data if isinstance(data, (bytes, bytearray)) else memoryview(data).cast("B")
        if len(view):
            self.fileobj.write(self._compressor.compress(view))
            self.size += len(view)
            self.crc = zlib.crc32(view, self.crc)
        return len(view)

    def read(self, size=-1):
        self._check_mode(READ, "read() on write-only GzipFile object")
        return self._buffer.read(size)

    def read1(self, size=-1):
        self._check_mode(READ, "read1() on write-only GzipFile object")
        return self._buffer.read1(io.DEFAULT_BUFFER_SIZE if size < 0 else size)

    def peek(self, n):
        self._check_mode(READ, "peek() on write-only GzipFile object")
        return self._buffer.peek(n)

    def readline(self, size=-1):
        self._check_open()
        return self._buffer.readline(size)

    def readinto(self, b):
        self._check_mode(READ, "readinto() on write-only GzipFile object")
        return self._buffer.readinto(b)

    def close(self):
        fileobj, self.fileobj = self.fileobj, None
        if fileobj is None:
            return
        try:
            if self.mode == WRITE:
                fileobj.write(self._compressor.flush())
                fileobj.write(struct.pack("<II", self.crc, self.size & 0xFFFFFFFF))
            else:
                self._buffer.close()
        finally:
            mine, self.myfileobj = self.myfileobj, None
            if mine:
                mine.close()

    def flush(self, zlib_mode=zlib.Z_SYNC_FLUSH):
        self._check_open()
        if self.mode == WRITE:
            self.fileobj.write(self._compressor.flush(zlib_mode))
            self.fileobj.flush()

    def fileno(self):
        return self.fileobj.fileno()

    def rewind(self):
        """Back to the beginning, of a file that is read."""
        if self.mode != READ:
            raise OSError("Can't rewind in write mode")
        self.seek(0)

    def readable(self):
        return self.mode == READ

    def writable(self):
        return self.mode == WRITE

    def seekable(self):
        return True

    def tell(self):
        self._check_open()
        return self.size if self.mode == WRITE else self._buffer.tell()

    def seek(self, offset, whence=io.SEEK_SET):
        """To a place: forwards by writing zeros or reading on, backwards by reading again."""
        self._check_open()
        if self.mode == WRITE:
            if whence == io.SEEK_CUR:
                offset += self.size
            elif whence != io.SEEK_SET:
                raise ValueError("Seek from end not supported")
            if offset < self.size:
                raise OSError("Negative seek in write mode")
            while (left := offset - self.size) > 0:
                self.write(bytes(min(left, 1024)))
            return self.size
        if whence == io.SEEK_CUR:
            offset += self.tell()
        elif whence == io.SEEK_END:
            while self._buffer.read(READ_BUFFER_SIZE):
                pass
            offset += self.tell()
        elif whence != io.SEEK_SET:
            raise ValueError(f"invalid whence: {whence}")
        offset = max(offset, 0)
        if offset < self.tell():
            self.fileobj.seek(0)
            self._open_reader()
        while (left := offset - self.tell()) > 0 and self._buffer.read(min(left, READ_BUFFER_SIZE)):
            pass
        return self.tell()

    def __repr__(self):
        return f"<gzip {self.fileobj!r} {hex(id(self))}>"


def compress(data, compresslevel=_COMPRESS_LEVEL_BEST, *, mtime=0):
    """One member of `data`."""
    packed = bytearray(zlib.compress(data, compresslevel, 31))
    stamp = int(time.time()) if mtime is None else int(mtime)
    packed[4:8] = struct.pack("<I", stamp)
    # No claim about the system, so that the same data is the same everywhere.
    packed[9] = 255
    return bytes(packed)


def decompress(data):
    """The data of all members."""
    pieces = []
    fp = io.BytesIO(data)
    while _read_header(fp) is not None:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        piece = unpacker.decompress(fp.read())
        if not unpacker.eof or len(unpacker.unused_data) < 8:
            raise EOFError("Compressed file ended before the end-of-stream marker was reached")
        crc, size = struct.unpack("<II", unpacker.unused_data[:8])
        if crc != zlib.crc32(piece):
            raise BadGzipFile("CRC check failed")
        if size != len(piece) & 0xFFFFFFFF:
            raise BadGzipFile("Incorrect length of data produced")
        pieces.append(piece)
        fp = io.BytesIO(unpacker.unused_data[8:].lstrip(b"\0"))
    return b"".join(pieces)
