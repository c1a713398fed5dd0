"""Closing goes on where flushing fails; both exceptions are kept."""

import io


class Raw(io.RawIOBase):
    def __init__(self, fails):
        self.fails = fails

    def writable(self):
        return True

    def readable(self):
        return True

    def write(self, data):
        try:
            {}["something else fails and is caught"]
        except KeyError:
            raise OSError("write") from None

    def close(self):
        if not self.closed:
            super().close()
            if self.fails:
                raise OSError("close")


for make in (io.BufferedWriter, lambda raw: io.BufferedRWPair(raw, raw), lambda raw: io.TextIOWrapper(io.BufferedWriter(raw))):
    for fails in (False, True):
        raw = Raw(fails)
        stream = make(raw)
        stream.write("x" if isinstance(stream, io.TextIOBase) else b"x")
        try:
            stream.close()
        except OSError as error:
            print(error, "|", repr(error.__context__), raw.closed)
