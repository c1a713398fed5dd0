"""JSONEncoder."""

import _json

encode_basestring = _json.encode_basestring
encode_basestring_ascii = _json.encode_basestring_ascii

INFINITY = float("inf")


class JSONEncoder:
    """Encodes dict, list, tuple, str, int, float, True, False and None; `default` may replace others."""

    item_separator = ", "
    key_separator = ": "

    def __init__(self, *, skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=True,
                 sort_keys=False, indent=None, separators=None, default=None):
        self.skipkeys = skipkeys
        self.ensure_ascii = ensure_ascii
        self.check_circular = check_circular
        self.allow_nan = allow_nan
        self.sort_keys = sort_keys
        self.indent = indent
        if separators is not None:
            self.item_separator, self.key_separator = separators
        elif indent is not None:
            self.item_separator = ","
        if default is not None:
            self.default = default

    def default(self, o):
        """A value that can be encoded in place of o; override to support more types."""
        raise TypeError(f"Object of type {o.__class__.__name__} is not JSON serializable")

    def _encode(self, o):
        return _json.encode(
            o, self.default, self.ensure_ascii, self.indent, self.key_separator, self.item_separator,
            self.sort_keys, self.skipkeys, self.allow_nan, self.check_circular)

    def encode(self, o):
        """o as JSON text."""
        if type(self).iterencode is not JSONEncoder.iterencode:
            return "".join(self.iterencode(o, _one_shot=True))
        return self._encode(o)

    def iterencode(self, o, _one_shot=False):
        """o as JSON text in pieces, each made when asked for."""
        if _one_shot:
            return iter((self._encode(o),))
        return _pieces(self, o)


def _pieces(encoder, o):
    """A generator of the pieces of o."""
    quote = encode_basestring_ascii if encoder.ensure_ascii else encode_basestring
    open_containers = {} if encoder.check_circular else None
    indent = encoder.indent
    if indent is not None and not isinstance(indent, str):
        indent = " " * indent
    item_separator, key_separator = encoder.item_separator, encoder.key_separator

    def number(value):
        if value != value:
            text = "NaN"
        elif value == INFINITY:
            text = "Infinity"
        elif value == -INFINITY:
            text = "-Infinity"
        else:
            return float.__repr__(value)
        if not encoder.allow_nan:
            raise ValueError("Out of range float values are not JSON compliant: " + repr(value))
        return text

    def simple(value):
        """The text of what is no container, or None."""
        if isinstance(value, str):
            return quote(value)
        if value is None:
            return "null"
        if value is True:
            return "true"
        if value is False:
            return "false"
        if isinstance(value, int):
            return int.__repr__(value)
        if isinstance(value, float):
            return number(value)
        return None

    def enter(container):
        if open_containers is not None:
            if id(container) in open_containers:
                raise ValueError("Circular reference detected")
            open_containers[id(container)] = container

    def leave(container):
        if open_containers is not None:
            del open_containers[id(container)]

    def array(items, level):
        if not items:
            yield "[]"
            return
        enter(items)
        buffer = "["
        separator = item_separator
        if indent is not None:
            level += 1
            newline = "\n" + indent * level
            separator += newline
            buffer += newline
        for i, value in enumerate(items):
            if i:
                buffer = separator
            try:
                text = simple(value)
                if text is not None:
                    yield buffer + text
                else:
                    yield buffer
                    yield from container(value, level)
            except GeneratorExit:
                raise
            except BaseException as exc:
                exc.add_note(f"when serializing {type(items).__name__} item {i!r}")
                raise
        if indent is not None:
            yield "\n" + indent * (level - 1)
        yield "]"
        leave(items)

    def key_text(key):
        """The text of a key, or None to skip it."""
        if isinstance(key, str):
            return key
        if isinstance(key, float):
            return number(key)
        if key is True:
            return "true"
        if key is False:
            return "false"
        if key is None:
            return "null"
        if isinstance(key, int):
            return int.__repr__(key)
        if encoder.skipkeys:
            return None
        raise TypeError(f"keys must be str, int, float, bool or None, not {key.__class__.__name__}")

    def mapping(dct, level):
        if not dct:
            yield "{}"
            return
        enter(dct)
        yield "{"
        separator = item_separator
        newline = None
        if indent is not None:
            level += 1
            newline = "\n" + indent * level
            separator += newline
        first = True
        items = sorted(dct.items()) if encoder.sort_keys else dct.items()
        for key, value in items:
            text = key_text(key)
            if text is None:
                continue
            if first:
                first = False
                if newline is not None:
                    yield newline
            else:
                yield separator
            yield quote(text)
            yield key_separator
            try:
                text = simple(value)
                if text is not None:
                    yield text
                else:
                    yield from container(value, level)
            except GeneratorExit:
                raise
            except BaseException as exc:
                exc.add_note(f"when serializing {type(dct).__name__} item {key!r}")
                raise
        if not first and indent is not None:
            yield "\n" + indent * (level - 1)
        yield "}"
        leave(dct)

    def container(value, level):
        if isinstance(value, (list, tuple)):
            yield from array(value, level)
        elif isinstance(value, dict):
            yield from mapping(value, level)
        else:
            enter(value)
            replaced = encoder.default(value)
            try:
                text = simple(replaced)
                if text is not None:
                    yield text
                else:
                    yield from container(replaced, level)
            except GeneratorExit:
                raise
            except BaseException as exc:
                exc.add_note(f"when serializing {type(value).__name__} object")
                raise
            leave(value)

    text = simple(o)
    if text is not None:
        yield text
    else:
        yield from container(o, 0)
