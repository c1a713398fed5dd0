"""`Headers`: names in any case, several values a name, bytes underneath."""

from collections.abc import Mapping, MutableMapping

_SENSITIVE = {"authorization", "proxy-authorization"}


def _name_bytes(name, encoding=None):
    return name if isinstance(name, bytes) else name.encode(encoding or "ascii")


def _value_bytes(value, encoding=None):
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise TypeError(f"Header value must be str or bytes, not {type(value)}")
    return value.encode(encoding or "ascii")


class Headers(MutableMapping):
    """Header fields: a mapping of text; `raw` has the bytes as they were written."""

    # `_list` holds (name as written, name in lower case, value), all bytes.
    __slots__ = ("_list", "_encoding")

    def __init__(self, headers=None, encoding=None):
        self._encoding = encoding
        if headers is None:
            self._list = []
        elif isinstance(headers, Headers):
            self._list = list(headers._list)
        else:
            self._list = out = []
            for name, value in headers.items() if isinstance(headers, Mapping) else headers:
                name = _name_bytes(name, encoding)
                out.append((name, name.lower(), _value_bytes(value, encoding)))

    @classmethod
    def _of(cls, triples):
        headers = cls.__new__(cls)
        headers._list = triples
        headers._encoding = None
        return headers

    @property
    def encoding(self):
        """ASCII if it does, else UTF-8 if it does, else Latin-1, unless set by hand."""
        if self._encoding is None:
            self._encoding = "iso-8859-1"
            for encoding in ("ascii", "utf-8"):
                try:
                    for name, _, value in self._list:
                        name.decode(encoding)
                        value.decode(encoding)
                except UnicodeDecodeError:
                    continue
                self._encoding = encoding
                break
        return self._encoding

    @encoding.setter
    def encoding(self, value):
        self._encoding = value

    @property
    def raw(self):
        return [(name, value) for name, _, value in self._list]

    def keys(self):
        return self._merged().keys()

    def values(self):
        return self._merged().values()

    def items(self):
        return self._merged().items()

    def _merged(self):
        encoding = self.encoding
        out = {}
        for _, lower, value in self._list:
            key, text = lower.decode(encoding), value.decode(encoding)
            out[key] = f"{out[key]}, {text}" if key in out else text
        return out

    def multi_items(self):
        encoding = self.encoding
        return [(lower.decode(encoding), value.decode(encoding)) for _, lower, value in self._list]

    def _first(self, lower):
        """The value of the one header of that name (bytes), None if there is none or several."""
        found = None
        for item in self._list:
            if item[1] == lower:
                if found is not None:
                    return None
                found = item[2]
        return found

    def _has(self, lower):
        for item in self._list:
            if item[1] == lower:
                return True
        return False

    def get(self, key, default=None):
        try:
            return self[key]
        except KeyError:
            return default

    def get_list(self, key, split_commas=False):
        lower = _name_bytes(key, self.encoding).lower()
        values = [item[2].decode(self.encoding) for item in self._list if item[1] == lower]
        if not split_commas:
            return values
        return [part.strip() for value in values for part in value.split(",")]

    def update(self, headers=None):
        headers = Headers(headers)
        new = {item[1] for item in headers._list}
        self._list = [item for item in self._list if item[1] not in new] + headers._list

    def copy(self):
        return Headers(self, encoding=self._encoding)

    def __getitem__(self, key):
        encoding = self.encoding
        lower = key.lower().encode(encoding)
        values = [item[2].decode(encoding) for item in self._list if item[1] == lower]
        if not values:
            raise KeyError(key)
        return ", ".join(values)

    def __setitem__(self, key, value):
        encoding = self._encoding or "utf-8"
        name, value = key.encode(encoding), value.encode(encoding)
        lower = name.lower()
        # The first of that name is replaced where it stands, the others go.
        places = [idx for idx, item in enumerate(self._list) if item[1] == lower]
        for idx in reversed(places[1:]):
            del self._list[idx]
        if places:
            self._list[places[0]] = (name, lower, value)
        else:
            self._list.append((name, lower, value))

    def __delitem__(self, key):
        lower = key.lower().encode(self.encoding)
        kept = [item for item in self._list if item[1] != lower]
        if len(kept) == len(self._list):
            raise KeyError(key)
        self._list = kept

    def __contains__(self, key):
        return self._has(key.lower().encode(self.encoding))

    def __iter__(self):
        return iter(self.keys())

    def __len__(self):
        return len(self._list)

    def __eq__(self, other):
        try:
            other = Headers(other)
        except (TypeError, ValueError, AttributeError):
            return False
        mine = [(lower, value) for _, lower, value in self._list]
        theirs = [(lower, value) for _, lower, value in other._list]
        return sorted(mine) == sorted(theirs)

    def __repr__(self):
        encoding = self.encoding
        note = "" if encoding == "ascii" else f", encoding={encoding!r}"
        pairs = [(key, "[secure]" if key in _SENSITIVE else value) for key, value in self.multi_items()]
        once = dict(pairs)
        return f"Headers({once!r}{note})" if len(once) == len(pairs) else f"Headers({pairs!r}{note})"
