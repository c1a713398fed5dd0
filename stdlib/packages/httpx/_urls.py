"""`URL`, taken apart and normalised once, and `QueryParams`.

Parts are kept as they go over the wire: ASCII, percent-encoded, the host lower case, the scheme's usual port left out.
Texts are parsed once and remembered, as programs ask the same few places again and again.
"""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode

from ._exceptions import InvalidURL

#: Longer URLs are refused, as are longer components.
MAX_URL_LENGTH = 65536

_URL = re.compile(r"(?:([a-zA-Z][a-zA-Z0-9+.\-]*)?:)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_AUTHORITY = re.compile(r"(?:(.*)@)?(\[.*\]|[^:@]*):?(.*)", re.DOTALL)
_NON_PRINTABLE = re.compile("[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*)?")
_IPV4_LIKE = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+")
DEFAULT_PORTS = {"ftp": 21, "http": 80, "https": 443, "ws": 80, "wss": 443}

# What stays as it is, besides letters, digits and "_.-~"; "%" always does, so that nothing is encoded twice.
_PATH_SAFE = "%!$&'()*+,;=:@/|\\^[]"
_QUERY_SAFE = "%!$&'()*+,;=:@/?{}|\\^[]`"
_FRAGMENT_SAFE = "%!$&'()*+,;=:@/?#{}|\\^[]"
_USERINFO_SAFE = "%!$&'()*+,"
_HOST_SAFE = "%!$&'()*+,;="
_PLAIN = re.compile(r"[A-Za-z0-9_.\-~%!$&'()*+,;=:@/]*")


def _quoted(text, safe):
    # The usual text needs nothing; the pattern holds what is safe everywhere it is used.
    if _PLAIN.fullmatch(text) is not None:
        return text
    return quote(text, safe=safe)


def _check_component(text, name):
    """Refuses control characters, CR and LF above all: they would begin a header of their own."""
    if len(text) > MAX_URL_LENGTH:
        raise InvalidURL(f"URL component '{name}' too long" if name else "URL too long")
    found = _NON_PRINTABLE.search(text)
    if found is not None:
        of = f"URL {name} component" if name else "URL"
        raise InvalidURL(f"Invalid non-printable ASCII character in {of}, {found[0]!r} at position {found.start()}.")


def _parse_host(host):
    if not host:
        return ""
    if _IPV4_LIKE.fullmatch(host):
        if not _is_address(host, 4):
            raise InvalidURL(f"Invalid IPv4 address: {host!r}")
        return host
    if host[0] == "[" and host[-1] == "]":
        if not _is_address(host[1:-1], 6):
            raise InvalidURL(f"Invalid IPv6 address: {host!r}")
        return host[1:-1].lower()
    if host.isascii():
        return _quoted(host.lower(), _HOST_SAFE) if "/" not in host else quote(host.lower(), safe=_HOST_SAFE)
    from . import _idna

    try:
        return _idna.encode(host)
    except ValueError:
        raise InvalidURL(f"Invalid IDNA hostname: {host!r}") from None


def _is_address(text, version):
    import socket

    try:
        socket.inet_pton(socket.AF_INET if version == 4 else socket.AF_INET6, text)
    except (OSError, ValueError):
        return False
    return True


def _parse_port(port, scheme):
    if port is None or port == "":
        return None
    try:
        number = int(port)
    except ValueError:
        raise InvalidURL(f"Invalid port: {port!r}") from None
    return None if number == DEFAULT_PORTS.get(scheme) else number


def _without_dots(path):
    """RFC 3986, 5.2.4: `/a/./b/../c` is `/a/c`."""
    if "/." not in path and not path.startswith("."):
        return path
    out = []
    parts = path.split("/")
    for part in parts:
        if part == "..":
            if len(out) > 1 or (out and out != [""]):
                out.pop()
        elif part != ".":
            out.append(part)
    if parts[-1] in (".", "..") and out and out[-1] != "":
        out.append("")
    return "/".join(out) if out != [""] else "/"


def _built(scheme, userinfo, host, port, path, query, fragment, has_authority):
    """The normalised parts: (scheme, userinfo, host, port, path, query or None, fragment or None)."""
    scheme = scheme.lower()
    host = _parse_host(host)
    port = _parse_port(port, scheme)
    userinfo = _quoted_userinfo(userinfo)
    has_authority = has_authority or bool(userinfo or host or port is not None)
    if has_authority:
        if path and not path.startswith("/"):
            raise InvalidURL("For absolute URLs, path must be empty or begin with '/'")
    elif not scheme:
        if path.startswith("//"):
            raise InvalidURL("Relative URLs cannot have a path starting with '//'")
        if path.startswith(":"):
            raise InvalidURL("Relative URLs cannot have a path starting with ':'")
    if scheme or host:
        path = _without_dots(path)
    return (
        scheme,
        userinfo,
        host,
        port,
        _quoted(path, _PATH_SAFE),
        None if query is None else _quoted(query, _QUERY_SAFE),
        None if fragment is None else _quoted(fragment, _FRAGMENT_SAFE),
    )


def _quoted_userinfo(userinfo):
    if not userinfo:
        return ""
    name, colon, password = userinfo.partition(":")
    return quote(name, safe=_USERINFO_SAFE) + colon + quote(password, safe=_USERINFO_SAFE)


@lru_cache(maxsize=512)
def _parse(text):
    _check_component(text, None)
    scheme, authority, path, query, fragment = _URL.fullmatch(text).groups()
    userinfo = host = port = ""
    if authority:
        userinfo, host, port = _AUTHORITY.fullmatch(authority).groups()
    return _built(scheme or "", userinfo or "", host, port, path, query, fragment, bool(authority))


#: The keyword arguments of `URL`, and their types.
_KEYWORDS = {
    "scheme": str,
    "username": str,
    "password": str,
    "userinfo": bytes,
    "host": str,
    "port": int,
    "netloc": bytes,
    "path": str,
    "query": bytes,
    "raw_path": bytes,
    "fragment": str,
    "params": object,
}


def _replaced(parts, changes):
    """`parts` with the keyword arguments of `URL` or `copy_with` in them."""
    scheme, userinfo, host, port, path, query, fragment = parts
    host = f"[{host}]" if ":" in host else host
    if "port" in changes:
        port = changes["port"]
        port = str(port) if port is not None else None
    if "netloc" in changes:
        userinfo, host, port = _AUTHORITY.fullmatch((changes["netloc"] or b"").decode("ascii")).groups()
    if "username" in changes or "password" in changes:
        old_name, _, old_password = (userinfo or "").partition(":")
        name = quote(changes.get("username", unquote(old_name)) or "", safe="")
        password = quote(changes.get("password", unquote(old_password)) or "", safe="")
        userinfo = f"{name}:{password}" if password else name
    if "userinfo" in changes:
        userinfo = (changes["userinfo"] or b"").decode("ascii")
    if "raw_path" in changes:
        path, mark, query = (changes["raw_path"] or b"").decode("ascii").partition("?")
        query = query if mark else None
    if "scheme" in changes:
        scheme = changes["scheme"] or ""
        _check_component(scheme, "scheme")
        if _SCHEME.fullmatch(scheme) is None:
            raise InvalidURL("Invalid URL component 'scheme'")
    if "host" in changes:
        host = changes["host"] or ""
        if ":" in host and not host.startswith("["):
            host = f"[{host}]"
        _check_component(host, "host")
        if any(c in host for c in "/?#@"):
            raise InvalidURL("Invalid URL component 'host'")
    if "path" in changes:
        path = changes["path"] or ""
        _check_component(path, "path")
        if "?" in path or "#" in path:
            raise InvalidURL("Invalid URL component 'path'")
    if "query" in changes:
        query = changes["query"].decode("ascii") if changes["query"] is not None else None
        if query is not None:
            _check_component(query, "query")
            if "#" in query:
                raise InvalidURL("Invalid URL component 'query'")
    if "fragment" in changes:
        fragment = changes["fragment"]
        if fragment is not None:
            _check_component(fragment, "fragment")
    return _built(scheme, userinfo, host, port, path, query, fragment, False)


class URL:
    """A URL: `URL("https://example.com/a")`, `URL("/a", params={"b": 1})`, `URL(scheme="http", host="h")`."""

    __slots__ = ("_parts", "_text")

    def __init__(self, url="", **kwargs):
        self._text = None
        if isinstance(url, str):
            self._parts = _parse(url)
        elif isinstance(url, URL):
            self._parts = url._parts
        else:
            raise TypeError(f"Invalid type for url.  Expected str or httpx.URL, got {type(url)}: {url!r}")
        if kwargs:
            for key, value in kwargs.items():
                if key not in _KEYWORDS:
                    raise TypeError(f"{key!r} is an invalid keyword argument for URL()")
                if value is not None and not isinstance(value, _KEYWORDS[key]):
                    wanted, got = _KEYWORDS[key].__name__, type(value).__name__
                    raise TypeError(f"Argument {key!r} must be {wanted} but got {got}")
                if isinstance(value, bytes):
                    value.decode("ascii")
            if "params" in kwargs:
                params = kwargs.pop("params")
                kwargs["query"] = str(QueryParams(params)).encode("ascii") if params else None
            self._parts = _replaced(self._parts, kwargs)

    @classmethod
    def _of(cls, parts):
        url = cls.__new__(cls)
        url._parts = parts
        url._text = None
        return url

    @property
    def scheme(self):
        return self._parts[0]

    @property
    def raw_scheme(self):
        return self._parts[0].encode("ascii")

    @property
    def userinfo(self):
        return self._parts[1].encode("ascii")

    @property
    def username(self):
        return unquote(self._parts[1].partition(":")[0])

    @property
    def password(self):
        return unquote(self._parts[1].partition(":")[2])

    @property
    def host(self):
        host = self._parts[2]
        if "xn--" in host:
            from . import _idna

            return _idna.decode(host)
        return host

    @property
    def raw_host(self):
        return self._parts[2].encode("ascii")

    @property
    def port(self):
        return self._parts[3]

    def _netloc(self):
        host, port = self._parts[2], self._parts[3]
        if ":" in host:
            host = f"[{host}]"
        return host if port is None else f"{host}:{port}"

    @property
    def netloc(self):
        return self._netloc().encode("ascii")

    @property
    def path(self):
        return unquote(self._parts[4] or "/")

    @property
    def query(self):
        return (self._parts[5] or "").encode("ascii")

    @property
    def params(self):
        return QueryParams(self._parts[5])

    @property
    def raw_path(self):
        path, query = self._parts[4] or "/", self._parts[5]
        return (path if query is None else f"{path}?{query}").encode("ascii")

    @property
    def fragment(self):
        return unquote(self._parts[6] or "")

    @property
    def is_absolute_url(self):
        return bool(self._parts[0] and self._parts[2])

    @property
    def is_relative_url(self):
        return not self.is_absolute_url

    def copy_with(self, **kwargs):
        return URL(self, **kwargs)

    def copy_set_param(self, key, value=None):
        return self.copy_with(params=self.params.set(key, value))

    def copy_add_param(self, key, value=None):
        return self.copy_with(params=self.params.add(key, value))

    def copy_remove_param(self, key):
        return self.copy_with(params=self.params.remove(key))

    def copy_merge_params(self, params):
        return self.copy_with(params=self.params.merge(params))

    def join(self, url):
        """What a link `url` on the page of this URL means (RFC 3986, 5.2)."""
        link = URL(url)
        base, ref = self._parts, link._parts
        if ref[0]:
            return link
        if ref[2]:
            return URL._of((base[0],) + ref[1:])
        head = base[:4]
        path, query = ref[4], ref[5]
        if not path:
            path = base[4]
            if query is None:
                query = base[5]
        elif not path.startswith("/"):
            path = base[4].rpartition("/")[0] + "/" + path
        return URL._of(head + (_without_dots(path), query, ref[6]))

    def _written(self, userinfo):
        scheme, _, host, _, path, query, fragment = self._parts
        netloc = self._netloc()
        if userinfo:
            netloc = f"{userinfo}@{netloc}"
        return "".join(
            (
                f"{scheme}:" if scheme else "",
                f"//{netloc}" if netloc else "",
                path,
                f"?{query}" if query is not None else "",
                f"#{fragment}" if fragment is not None else "",
            )
        )

    def __str__(self):
        text = self._text
        if text is None:
            text = self._text = self._written(self._parts[1])
        return text

    def __repr__(self):
        name, colon, _ = self._parts[1].partition(":")
        return f"URL({self._written(name + ':[secure]' if colon else name)!r})"

    def __hash__(self):
        return hash(str(self))

    def __eq__(self, other):
        return isinstance(other, (URL, str)) and str(self) == str(URL(other))


def _primitive(value):
    """How a value of a form or query is written: `true`, `false`, nothing for None, else `str`."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    return "" if value is None else str(value)


class QueryParams:
    """The parameters of a query, several values a name; immutable."""

    def __init__(self, *args, **kwargs):
        assert len(args) < 2, "Too many arguments."
        assert not (args and kwargs), "Cannot mix named and unnamed arguments."
        value = args[0] if args else kwargs
        if value is None or isinstance(value, (str, bytes)):
            text = value.decode("ascii") if isinstance(value, bytes) else value
            pairs = parse_qsl(text or "", keep_blank_values=True)
        elif isinstance(value, QueryParams):
            self._dict = {key: list(values) for key, values in value._dict.items()}
            return
        elif isinstance(value, (list, tuple)):
            pairs = value
        else:
            pairs = []
            for key, item in value.items():
                pairs.extend((key, one) for one in (item if isinstance(item, (list, tuple)) else [item]))
        self._dict = {}
        for key, item in pairs:
            self._dict.setdefault(str(key), []).append(_primitive(item))

    def keys(self):
        return self._dict.keys()

    def values(self):
        return {key: values[0] for key, values in self._dict.items()}.values()

    def items(self):
        return {key: values[0] for key, values in self._dict.items()}.items()

    def multi_items(self):
        return [(key, value) for key, values in self._dict.items() for value in values]

    def get(self, key, default=None):
        return self._dict[str(key)][0] if str(key) in self._dict else default

    def get_list(self, key):
        return list(self._dict.get(str(key), []))

    def set(self, key, value=None):
        new = QueryParams(self)
        new._dict[str(key)] = [_primitive(value)]
        return new

    def add(self, key, value=None):
        new = QueryParams(self)
        new._dict[str(key)] = new.get_list(key) + [_primitive(value)]
        return new

    def remove(self, key):
        new = QueryParams(self)
        new._dict.pop(str(key), None)
        return new

    def merge(self, params=None):
        new = QueryParams(params)
        new._dict = {**self._dict, **new._dict}
        return new

    def __getitem__(self, key):
        return self._dict[key][0]

    def __contains__(self, key):
        return key in self._dict

    def __iter__(self):
        return iter(self.keys())

    def __len__(self):
        return len(self._dict)

    def __bool__(self):
        return bool(self._dict)

    def __hash__(self):
        return hash(str(self))

    def __eq__(self, other):
        return isinstance(other, QueryParams) and sorted(self.multi_items()) == sorted(other.multi_items())

    def __str__(self):
        return urlencode(self.multi_items())

    def __repr__(self):
        return f"QueryParams({str(self)!r})"

    def update(self, params=None):
        raise RuntimeError("QueryParams are immutable since 0.18.0. Use `q = q.merge(...)` to create an updated copy.")

    def __setitem__(self, key, value):
        raise RuntimeError(
            "QueryParams are immutable since 0.18.0. Use `q = q.set(key, value)` to create an updated copy."
        )
