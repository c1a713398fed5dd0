"""JSONDecoder and JSONDecodeError."""

import _json

__all__ = ["JSONDecoder", "JSONDecodeError"]

scanstring = _json.scanstring


class JSONDecodeError(ValueError):
    """A document that is no JSON.

    Attributes:
        msg: The message without position.
        doc: The document.
        pos: The index in it where decoding failed.
        lineno: The line of pos.
        colno: The column of pos.
    """

    def __init__(self, msg, doc, pos):
        lineno = doc.count("\n", 0, pos) + 1
        colno = pos - doc.rfind("\n", 0, pos)
        ValueError.__init__(self, f"{msg}: line {lineno} column {colno} (char {pos})")
        self.msg = msg
        self.doc = doc
        self.pos = pos
        self.lineno = lineno
        self.colno = colno

    def __reduce__(self):
        return self.__class__, (self.msg, self.doc, self.pos)


class JSONDecoder:
    """Decodes JSON, with hooks for objects and numbers."""

    def __init__(self, *, object_hook=None, parse_float=None, parse_int=None, parse_constant=None,
                 strict=True, object_pairs_hook=None):
        self.object_hook = object_hook
        self.parse_float = parse_float or float
        self.parse_int = parse_int or int
        self.parse_constant = parse_constant
        self.strict = strict
        self.object_pairs_hook = object_pairs_hook

    def _hooks(self):
        # The plain classes are what the scanner makes without a hook, only faster.
        return (
            self.strict, self.object_hook, self.object_pairs_hook,
            None if self.parse_float is float else self.parse_float,
            None if self.parse_int is int else self.parse_int,
            self.parse_constant,
        )

    def scan_once(self, s, idx):
        return _json.scan(s, idx, *self._hooks())

    def decode(self, s):
        """The value of a document."""
        if type(self).raw_decode is JSONDecoder.raw_decode and "scan_once" not in self.__dict__:
            return _json.decode(s, *self._hooks())
        start = len(s) - len(s.lstrip(" \t\n\r"))
        obj, end = self.raw_decode(s, idx=start)
        rest = s[end:].lstrip(" \t\n\r")
        if rest:
            raise JSONDecodeError("Extra data", s, len(s) - len(rest))
        return obj

    def raw_decode(self, s, idx=0):
        """The value that begins at idx, and the index after it; more may follow."""
        try:
            return self.scan_once(s, idx)
        except StopIteration as err:
            raise JSONDecodeError("Expecting value", s, err.value) from None
