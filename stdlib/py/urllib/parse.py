"""URLs: their parts, joining them, quoting, and query strings.

Splitting follows RFC 3986 as far as it does not break what older rules promised; joining follows its section 5.2. Text and bytes work
alike, but not in one call.
"""

import re
import warnings
from collections import namedtuple

__all__ = ['urlparse', 'urlunparse', 'urljoin', 'urldefrag', 'urlsplit', 'urlunsplit', 'urlencode', 'parse_qs',
           'parse_qsl', 'quote', 'quote_plus', 'quote_from_bytes', 'unquote', 'unquote_plus', 'unquote_to_bytes',
           'DefragResult', 'ParseResult', 'SplitResult', 'DefragResultBytes', 'ParseResultBytes', 'SplitResultBytes']

# What is known of schemes; '' is a URL without one. Programs add to these lists.
uses_relative = ['', 'ftp', 'http', 'gopher', 'nntp', 'imap', 'wais', 'file', 'https', 'shttp', 'mms', 'prospero',
                 'rtsp', 'rtsps', 'rtspu', 'sftp', 'svn', 'svn+ssh', 'ws', 'wss']
uses_netloc = ['', 'ftp', 'http', 'gopher', 'nntp', 'telnet', 'imap', 'wais', 'file', 'mms', 'https', 'shttp', 'snews',
               'prospero', 'rtsp', 'rtsps', 'rtspu', 'rsync', 'svn', 'svn+ssh', 'sftp', 'nfs', 'git', 'git+ssh', 'ws',
               'wss', 'itms-services']
uses_params = ['', 'ftp', 'hdl', 'prospero', 'http', 'imap', 'https', 'shttp', 'rtsp', 'rtsps', 'rtspu', 'sip', 'sips',
               'mms', 'sftp', 'tel']
non_hierarchical = ['gopher', 'hdl', 'mailto', 'news', 'telnet', 'wais', 'imap', 'snews', 'sip', 'sips']
uses_query = ['', 'http', 'wais', 'imap', 'https', 'shttp', 'mms', 'gopher', 'rtsp', 'rtsps', 'rtspu', 'sip', 'sips']
uses_fragment = ['', 'ftp', 'hdl', 'http', 'gopher', 'news', 'nntp', 'wais', 'https', 'shttp', 'snews', 'file',
                 'prospero']

scheme_chars = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.'

# Removed from both ends, and anywhere, as browsers do (WHATWG).
_WHATWG_C0_CONTROL_OR_SPACE = ''.join(map(chr, range(33)))
_UNSAFE_URL_BYTES_TO_REMOVE = ['\t', '\r', '\n']

_implicit_encoding = 'ascii'
_implicit_errors = 'strict'


def clear_cache():
    """Forget the tables of quoted bytes, of which there is one for each set of safe characters."""
    _quoter_of.clear()


# Text and bytes.

def _noop(obj):
    return obj


def _encode_result(obj, encoding=_implicit_encoding, errors=_implicit_errors):
    return obj.encode(encoding, errors)


def _decode_args(args, encoding=_implicit_encoding, errors=_implicit_errors):
    return tuple(arg.decode(encoding, errors) if arg else '' for arg in args)


def _coerce_args(*args):
    """The arguments as text, and what turns a result into the type they had."""
    is_str = isinstance(args[0], str)
    for arg in args[1:]:
        # An empty argument, of whatever type, is a default.
        if arg and isinstance(arg, str) != is_str:
            raise TypeError('Cannot mix str and non-str arguments')
    if is_str:
        return args + (_noop,)
    return _decode_args(args) + (_encode_result,)


class _ResultMixinStr:
    """A result whose parts are text."""

    __slots__ = ()

    def encode(self, encoding='ascii', errors='strict'):
        return self._encoded_counterpart(*(part.encode(encoding, errors) for part in self))


class _ResultMixinBytes:
    """A result whose parts are bytes."""

    __slots__ = ()

    def decode(self, encoding='ascii', errors='strict'):
        return self._decoded_counterpart(*(part.decode(encoding, errors) for part in self))


class _NetlocResultMixinBase:
    """The parts of a network location: user, password, host, port."""

    __slots__ = ()

    @property
    def username(self):
        return self._userinfo[0]

    @property
    def password(self):
        return self._userinfo[1]

    @property
    def hostname(self):
        hostname = self._hostinfo[0]
        if not hostname:
            return None
        # The zone of an IPv6 address keeps its case.
        percent = '%' if isinstance(hostname, str) else b'%'
        hostname, percent, zone = hostname.partition(percent)
        return hostname.lower() + percent + zone

    @property
    def port(self):
        port = self._hostinfo[1]
        if port is None:
            return None
        if not (port.isdigit() and port.isascii()):
            raise ValueError(f'Port could not be cast to integer value as {port!r}')
        port = int(port)
        if port > 65535:
            raise ValueError('Port out of range 0-65535')
        return port

    def _split_netloc(self, at, colon, opening, closing):
        """(user, password), (host, port); None for what is absent."""
        userinfo, have_user, hostinfo = self.netloc.rpartition(at)
        user = password = None
        if have_user:
            user, have_password, password = userinfo.partition(colon)
            if not have_password:
                password = None
        _, have_bracket, bracketed = hostinfo.partition(opening)
        if have_bracket:
            hostname, _, rest = bracketed.partition(closing)
            _, _, port = rest.partition(colon)
        else:
            hostname, _, port = hostinfo.partition(colon)
        return (user, password), (hostname, port or None)


class _NetlocResultMixinStr(_NetlocResultMixinBase, _ResultMixinStr):
    __slots__ = ()

    @property
    def _userinfo(self):
        return self._split_netloc('@', ':', '[', ']')[0]

    @property
    def _hostinfo(self):
        return self._split_netloc('@', ':', '[', ']')[1]


class _NetlocResultMixinBytes(_NetlocResultMixinBase, _ResultMixinBytes):
    __slots__ = ()

    @property
    def _userinfo(self):
        return self._split_netloc(b'@', b':', b'[', b']')[0]

    @property
    def _hostinfo(self):
        return self._split_netloc(b'@', b':', b'[', b']')[1]


_DefragResultBase = namedtuple('_DefragResultBase', 'url fragment')
_SplitResultBase = namedtuple('_SplitResultBase', 'scheme netloc path query fragment')
_ParseResultBase = namedtuple('_ParseResultBase', 'scheme netloc path params query fragment')

_DefragResultBase.__doc__ = 'DefragResult(url, fragment): a URL without its fragment, and that.'
_SplitResultBase.__doc__ = 'SplitResult(scheme, netloc, path, query, fragment): the parts of a URL.'
_ParseResultBase.__doc__ = 'ParseResult(scheme, netloc, path, params, query, fragment): the parts of a URL.'

# The old name of what urlunparse() takes.
ResultBase = _NetlocResultMixinStr


class DefragResult(_DefragResultBase, _ResultMixinStr):
    __slots__ = ()

    def geturl(self):
        return self.url + '#' + self.fragment if self.fragment else self.url


class SplitResult(_SplitResultBase, _NetlocResultMixinStr):
    __slots__ = ()

    def geturl(self):
        return urlunsplit(self)


class ParseResult(_ParseResultBase, _NetlocResultMixinStr):
    __slots__ = ()

    def geturl(self):
        return urlunparse(self)


class DefragResultBytes(_DefragResultBase, _ResultMixinBytes):
    __slots__ = ()

    def geturl(self):
        return self.url + b'#' + self.fragment if self.fragment else self.url


class SplitResultBytes(_SplitResultBase, _NetlocResultMixinBytes):
    __slots__ = ()

    def geturl(self):
        return urlunsplit(self)


class ParseResultBytes(_ParseResultBase, _NetlocResultMixinBytes):
    __slots__ = ()

    def geturl(self):
        return urlunparse(self)


for _text, _bytes in ((DefragResult, DefragResultBytes), (SplitResult, SplitResultBytes),
                      (ParseResult, ParseResultBytes)):
    _text._encoded_counterpart = _bytes
    _bytes._decoded_counterpart = _text
del _text, _bytes


# Splitting and putting together.

def urlparse(url, scheme='', allow_fragments=True):
    """Parse a URL into 6 components: <scheme>://<netloc>/<path>;<params>?<query>#<fragment>.

    The parameters are those of the last segment of the path. The netloc is checked, %-escapes stay.
    """
    url, scheme, coerce_result = _coerce_args(url, scheme)
    scheme, netloc, path, params, query, fragment = _urlparse(url, scheme, allow_fragments)
    return coerce_result(ParseResult(scheme or '', netloc or '', path, params or '', query or '', fragment or ''))


def _urlparse(url, scheme=None, allow_fragments=True):
    scheme, netloc, path, query, fragment = _urlsplit(url, scheme, allow_fragments)
    params = None
    if (scheme or '') in uses_params and ';' in path:
        path, params = _splitparams(path, allow_none=True)
    return scheme, netloc, path, params, query, fragment


def _splitparams(url, allow_none=False):
    slash = url.rfind('/')
    semicolon = url.find(';', slash if slash >= 0 else 0)
    if semicolon < 0:
        return url, None if allow_none else ''
    return url[:semicolon], url[semicolon + 1:]


def _splitnetloc(url, start=0):
    ends = [at for at in (url.find(char, start) for char in '/?#') if at >= 0]
    end = min(ends, default=len(url))
    return url[start:end], url[end:]


def _checknetloc(netloc):
    """Refuses letters that become delimiters when a host name is normalised."""
    if not netloc or netloc.isascii():
        return
    import unicodedata
    bare = netloc
    for char in '@:#?':
        bare = bare.replace(char, '')
    normal = unicodedata.normalize('NFKC', bare)
    if normal == bare:
        return
    for char in '/?#@:':
        if char in normal:
            raise ValueError(f"netloc '{netloc}' contains invalid characters under NFKC normalization")


def _check_bracketed_netloc(netloc):
    """Nothing but a user may stand before brackets, and nothing but a port behind them."""
    host_and_port = netloc.rpartition('@')[2]
    before, have_bracket, bracketed = host_and_port.partition('[')
    if have_bracket:
        if before:
            raise ValueError('Invalid IPv6 URL')
        hostname, _, port = bracketed.partition(']')
        if port and not port.startswith(':'):
            raise ValueError('Invalid IPv6 URL')
    else:
        hostname = host_and_port.partition(':')[0]
    _check_bracketed_host(hostname)


def _check_bracketed_host(hostname):
    if hostname.startswith(('v', 'V')):
        if not re.match(r'\A[vV][a-fA-F0-9]+\..+\z', hostname):
            raise ValueError('IPvFuture address is invalid')
        return
    import _socket
    for family in (_socket.AF_INET, _socket.AF_INET6):
        address, percent, zone = hostname.partition('%') if family == _socket.AF_INET6 else (hostname, '', '')
        try:
            _socket.inet_pton(family, address)
        except (OSError, ValueError):
            continue
        if percent and (not zone or '%' in zone):
            continue
        if family == _socket.AF_INET:
            raise ValueError('An IPv4 address cannot be in brackets')
        return
    raise ValueError(f'{hostname!r} does not appear to be an IPv4 or IPv6 address')


def urlsplit(url, scheme='', allow_fragments=True):
    """Parse a URL into 5 components: <scheme>://<netloc>/<path>?<query>#<fragment>."""
    url, scheme, coerce_result = _coerce_args(url, scheme)
    scheme, netloc, path, query, fragment = _urlsplit(url, scheme, allow_fragments)
    return coerce_result(SplitResult(scheme or '', netloc or '', path, query or '', fragment or ''))


def _urlsplit(url, scheme=None, allow_fragments=True):
    """The parts of a URL; None for what is absent, other than empty."""
    # Only to the left: a trailing space may belong to a URL.
    url = url.lstrip(_WHATWG_C0_CONTROL_OR_SPACE)
    for char in _UNSAFE_URL_BYTES_TO_REMOVE:
        url = url.replace(char, '')
    if scheme is not None:
        scheme = scheme.strip(_WHATWG_C0_CONTROL_OR_SPACE)
        for char in _UNSAFE_URL_BYTES_TO_REMOVE:
            scheme = scheme.replace(char, '')
    netloc = query = fragment = None
    colon = url.find(':')
    if colon > 0 and url[0].isascii() and url[0].isalpha() and all(char in scheme_chars for char in url[:colon]):
        scheme, url = url[:colon].lower(), url[colon + 1:]
    if url.startswith('//'):
        netloc, url = _splitnetloc(url, 2)
        if ('[' in netloc) != (']' in netloc):
            raise ValueError('Invalid IPv6 URL')
        if '[' in netloc:
            _check_bracketed_netloc(netloc)
    if allow_fragments and '#' in url:
        url, fragment = url.split('#', 1)
    if '?' in url:
        url, query = url.split('?', 1)
    _checknetloc(netloc)
    return scheme, netloc, url, query, fragment


def urlunparse(components):
    """Put a parsed URL back together again; it may differ from the original in needless delimiters."""
    scheme, netloc, url, params, query, fragment, coerce_result = _coerce_args(*components)
    if params:
        url = f'{url};{params}'
    return coerce_result(_unsplit_nonempty(scheme, netloc, url, query, fragment))


def urlunsplit(components):
    """Combine the elements of a tuple as returned by urlsplit() into a complete URL as a string."""
    scheme, netloc, url, query, fragment, coerce_result = _coerce_args(*components)
    return coerce_result(_unsplit_nonempty(scheme, netloc, url, query, fragment))


def _unsplit_nonempty(scheme, netloc, url, query, fragment):
    """As _urlunsplit, of parts that are absent if they are empty."""
    if not netloc:
        # A scheme that has hosts shows that this one is empty.
        netloc = '' if scheme and scheme in uses_netloc and (not url or url.startswith('/')) else None
    return _urlunsplit(scheme or None, netloc, url, query or None, fragment or None)


def _urlunsplit(scheme, netloc, url, query, fragment):
    if netloc is not None:
        if url and not url.startswith('/'):
            url = '/' + url
        url = '//' + netloc + url
    elif url.startswith('//'):
        # Else what follows would be taken for a host.
        url = '//' + url
    if scheme:
        url = scheme + ':' + url
    if query is not None:
        url = url + '?' + query
    if fragment is not None:
        url = url + '#' + fragment
    return url


def _without_dots(segments):
    """The segments of an absolute path without `.` and `..` (RFC 3986, 5.2.4)."""
    resolved = []
    for segment in segments:
        if segment == '..':
            if resolved:
                resolved.pop()
        elif segment != '.':
            resolved.append(segment)
    if segments[-1] in ('.', '..'):
        # What they name is a folder.
        resolved.append('')
    return resolved


def urljoin(base, url, allow_fragments=True):
    """Join a base URL and a possibly relative URL to form an absolute interpretation of the latter."""
    if not base:
        return url
    if not url:
        return base
    base, url, coerce_result = _coerce_args(base, url)
    base_scheme, base_netloc, base_path, base_query, base_fragment = _urlsplit(base, None, allow_fragments)
    scheme, netloc, path, query, fragment = _urlsplit(url, None, allow_fragments)
    if scheme is None:
        scheme = base_scheme
    if scheme != base_scheme or (scheme and scheme not in uses_relative):
        return coerce_result(url)
    if not scheme or scheme in uses_netloc:
        if netloc:
            return coerce_result(_urlunsplit(scheme, netloc, path, query, fragment))
        netloc = base_netloc
    if not path:
        path = base_path
        if query is None:
            query = base_query
            if fragment is None:
                fragment = base_fragment
        return coerce_result(_urlunsplit(scheme, netloc, path, query, fragment))

    base_segments = base_path.split('/')
    if base_segments[-1] != '':
        # The last one is a file: what is joined stands beside it.
        del base_segments[-1]
    if path.startswith('/'):
        segments = path.split('/')
    else:
        segments = base_segments + path.split('/')
        # Empty ones between the ends are nothing to stand on.
        segments[1:-1] = filter(None, segments[1:-1])
    return coerce_result(_urlunsplit(scheme, netloc, '/'.join(_without_dots(segments)) or '/', query, fragment))


def urldefrag(url):
    """Removes any existing fragment from URL: (url without it, fragment)."""
    url, coerce_result = _coerce_args(url)
    if '#' in url:
        scheme, netloc, path, query, fragment = _urlsplit(url)
        bare = _urlunsplit(scheme, netloc, path, query, None)
    else:
        bare, fragment = url, ''
    return coerce_result(DefragResult(bare, fragment or ''))


# Quoting.

_hexdig = '0123456789ABCDEFabcdef'
_hextobyte = None


def unquote_to_bytes(string):
    """unquote_to_bytes('abc%20def') -> b'abc def'."""
    return bytes(_unquote_impl(string))


def _unquote_impl(string):
    global _hextobyte
    if not string:
        # Something without a length, or of another type, is an error all the same.
        string.split
        return b''
    if isinstance(string, str):
        string = string.encode('utf-8')
    first, *parts = string.split(b'%')
    if not parts:
        return string
    if _hextobyte is None:
        _hextobyte = {(a + b).encode(): bytes.fromhex(a + b) for a in _hexdig for b in _hexdig}
    unquoted = bytearray(first)
    for part in parts:
        byte = _hextobyte.get(bytes(part[:2]))
        if byte is None:
            unquoted += b'%'
            unquoted += part
        else:
            unquoted += byte
            unquoted += part[2:]
    return unquoted


_asciire = re.compile(r'([\x00-\x7f]+)')


def _generate_unquoted_parts(string, encoding, errors):
    end = 0
    for run in _asciire.finditer(string):
        start, run_end = run.span()
        # What is not ASCII is not quoted.
        yield string[end:start]
        yield _unquote_impl(run[1]).decode(encoding, errors)
        end = run_end
    yield string[end:]


def unquote(string, encoding='utf-8', errors='replace'):
    """Replace %xx escapes by their single-character equivalent, which is decoded with `encoding` and `errors`."""
    if isinstance(string, bytes):
        return _unquote_impl(string).decode(encoding, errors)
    if '%' not in string:
        # For its errors with other types.
        string.split
        return string
    if encoding is None:
        encoding = 'utf-8'
    if errors is None:
        errors = 'replace'
    return ''.join(_generate_unquoted_parts(string, encoding, errors))


def unquote_plus(string, encoding='utf-8', errors='replace'):
    """Like unquote(), but also replace plus signs by spaces, as in HTML forms."""
    return unquote(string.replace('+', ' '), encoding, errors)


_ALWAYS_SAFE = frozenset(b'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~')
_ALWAYS_SAFE_BYTES = bytes(_ALWAYS_SAFE)


class _Quoter(dict):
    """The quoted form of each byte, made when first asked for."""

    def __init__(self, safe):
        self.safe = _ALWAYS_SAFE.union(safe)

    def __repr__(self):
        return f'<Quoter {dict(self)!r}>'

    def __missing__(self, byte):
        quoted = self[byte] = chr(byte) if byte in self.safe else f'%{byte:02X}'
        return quoted


# Quoters by their safe bytes.
_quoter_of = {}


def _byte_quoter_factory(safe):
    quoter = _quoter_of.get(safe)
    if quoter is None:
        if len(_quoter_of) >= 64:
            _quoter_of.clear()
        quoter = _quoter_of[safe] = _Quoter(safe).__getitem__
    return quoter


def quote(string, safe='/', encoding=None, errors=None):
    """Replace special characters by %xx escapes of their bytes.

    Letters, digits, `_.-~` and what is in `safe` stay. Text is encoded first, with UTF-8 and 'strict' by default; bytes take neither.
    """
    if isinstance(string, str):
        if not string:
            return string
        string = string.encode('utf-8' if encoding is None else encoding, 'strict' if errors is None else errors)
    else:
        if encoding is not None:
            raise TypeError("quote() doesn't support 'encoding' for bytes")
        if errors is not None:
            raise TypeError("quote() doesn't support 'errors' for bytes")
    return quote_from_bytes(string, safe)


def quote_plus(string, safe='', encoding=None, errors=None):
    """Like quote(), but also replace ' ' with '+', as in HTML forms; plus signs are quoted unless they are safe."""
    space = ' ' if isinstance(string, str) else b' '
    if space not in string:
        return quote(string, safe, encoding, errors)
    safe = safe + ' ' if isinstance(safe, str) else safe + b' '
    return quote(string, safe, encoding, errors).replace(' ', '+')


def quote_from_bytes(bs, safe='/'):
    """Like quote(), but accepts a bytes object rather than a str, and does not encode."""
    if not isinstance(bs, (bytes, bytearray)):
        raise TypeError('quote_from_bytes() expected bytes')
    if not bs:
        return ''
    if isinstance(safe, str):
        safe = safe.encode('ascii', 'ignore')
    else:
        safe = bytes([byte for byte in safe if byte < 128])
    if not bs.rstrip(_ALWAYS_SAFE_BYTES + safe):
        return bs.decode()
    return ''.join(map(_byte_quoter_factory(safe), bs))


# Query strings.

def urlencode(query, doseq=False, safe='', encoding=None, errors=None, quote_via=quote_plus):
    """Encode a dict or sequence of two-element tuples into a URL query string.

    With `doseq`, a value that is a sequence gives one parameter for each of its elements.
    """
    if hasattr(query, 'items'):
        query = query.items()
    else:
        try:
            # Text has a length, but its elements are no pairs; an empty sequence is as good as an empty dict.
            if len(query) and not isinstance(query[0], tuple):
                raise TypeError
        except TypeError as err:
            raise TypeError('not a valid non-string sequence or mapping object') from err

    def quoted(part):
        if isinstance(part, bytes):
            return quote_via(part, safe)
        return quote_via(part if isinstance(part, str) else str(part), safe, encoding, errors)

    pairs = []
    for name, value in query:
        name = quoted(name)
        values = [value]
        if doseq and not isinstance(value, (bytes, str)):
            try:
                len(value)
            except TypeError:
                pass
            else:
                values = value
        pairs.extend(name + '=' + quoted(one) for one in values)
    return '&'.join(pairs)


def parse_qs(qs, keep_blank_values=False, strict_parsing=False, encoding='utf-8', errors='replace', max_num_fields=None,
             separator='&'):
    """Parse a query given as a string argument into a dict of lists of values."""
    parsed = {}
    pairs = parse_qsl(qs, keep_blank_values, strict_parsing, encoding=encoding, errors=errors,
                      max_num_fields=max_num_fields, separator=separator, _stacklevel=2)
    for name, value in pairs:
        parsed.setdefault(name, []).append(value)
    return parsed


def parse_qsl(qs, keep_blank_values=False, strict_parsing=False, encoding='utf-8', errors='replace',
              max_num_fields=None, separator='&', *, _stacklevel=1):
    """Parse a query given as a string argument into a list of (name, value) pairs.

    Blank values are left out unless kept. With `strict_parsing` bad fields raise ValueError, as more than `max_num_fields` always do.
    """
    if not separator or not isinstance(separator, (str, bytes)):
        raise ValueError('Separator must be of type string or bytes.')
    if isinstance(qs, str):
        if not isinstance(separator, str):
            separator = str(separator, 'ascii')
        equals = '='

        def decoded(text):
            return unquote_plus(text, encoding=encoding, errors=errors)
    elif qs is None:
        return []
    else:
        try:
            # Bytes, or what has a buffer.
            qs = bytes(memoryview(qs))
        except TypeError:
            if not qs:
                warnings.warn(f'Accepting {type(qs).__name__} objects with false value in urllib.parse.parse_qsl() is '
                              'deprecated as of 3.14', DeprecationWarning, stacklevel=_stacklevel + 1)
                return []
            raise
        if isinstance(separator, str):
            separator = bytes(separator, 'ascii')
        equals = b'='

        def decoded(text):
            return unquote_to_bytes(text.replace(b'+', b' '))
    if not qs:
        return []
    if max_num_fields is not None and max_num_fields < 1 + qs.count(separator):
        raise ValueError('Max number of fields exceeded')
    pairs = []
    for field in qs.split(separator):
        if not field and not strict_parsing:
            continue
        name, has_equals, value = field.partition(equals)
        if not has_equals and strict_parsing:
            raise ValueError(f'bad query field: {field!r}')
        if value or keep_blank_values:
            pairs.append((decoded(name), decoded(value)))
    return pairs


# Deprecated parts: each splits at one delimiter, and gives None for what is absent.

def to_bytes(url):
    warnings.warn('urllib.parse.to_bytes() is deprecated as of 3.8', DeprecationWarning, stacklevel=2)
    return _to_bytes(url)


def _to_bytes(url):
    """Refuses URLs that are not ASCII."""
    if isinstance(url, str):
        try:
            url = url.encode('ASCII').decode()
        except UnicodeError:
            raise UnicodeError('URL ' + repr(url) + ' contains non-ASCII characters')
    return url


def unwrap(url):
    """Transform a string like '<URL:scheme://host/path>' into 'scheme://host/path'; others stay."""
    url = str(url).strip()
    if url[:1] == '<' and url[-1:] == '>':
        url = url[1:-1].strip()
    if url[:4] == 'URL:':
        url = url[4:].strip()
    return url


def _splittype(url):
    """'type:opaque' to 'type', 'opaque'."""
    match = re.match('([^/:]+):(.*)', url, re.DOTALL)
    if match:
        scheme, data = match.groups()
        return scheme.lower(), data
    return None, url


def _splithost(url):
    """'//host[:port]/path' to 'host[:port]', '/path'."""
    match = re.match('//([^/#?]*)(.*)', url, re.DOTALL)
    if match:
        host_port, path = match.groups()
        if path and path[0] != '/':
            path = '/' + path
        return host_port, path
    return None, url


def _splituser(host):
    """'user[:passwd]@host[:port]' to 'user[:passwd]', 'host[:port]'."""
    user, delimiter, host = host.rpartition('@')
    return (user if delimiter else None), host


def _splitpasswd(user):
    """'user:passwd' to 'user', 'passwd'."""
    user, delimiter, password = user.partition(':')
    return user, (password if delimiter else None)


def _splitport(host):
    """'host:port' to 'host', 'port'."""
    match = re.fullmatch('(.*):([0-9]*)', host, re.DOTALL)
    if match:
        host, port = match.groups()
        if port:
            return host, port
    return host, None


def _splitnport(host, defport=-1):
    """As _splitport, with the port as a number: `defport` if there is none, None if it is no number."""
    host, delimiter, port = host.rpartition(':')
    if not delimiter:
        host = port
    elif port:
        if port.isdigit() and port.isascii():
            return host, int(port)
        return host, None
    return host, defport


def _splitquery(url):
    """'/path?query' to '/path', 'query'."""
    path, delimiter, query = url.rpartition('?')
    return (path, query) if delimiter else (url, None)


def _splittag(url):
    """'/path#tag' to '/path', 'tag'."""
    path, delimiter, tag = url.rpartition('#')
    return (path, tag) if delimiter else (url, None)


def _splitattr(url):
    """'/path;attr1=value1;attr2=value2' to '/path', ['attr1=value1', 'attr2=value2']."""
    path, *attributes = url.split(';')
    return path, attributes


def _splitvalue(attr):
    """'attr=value' to 'attr', 'value'."""
    attr, delimiter, value = attr.partition('=')
    return attr, (value if delimiter else None)


def _deprecated(name, instead):
    inner = globals()['_' + name]

    def outer(*args, **kwargs):
        warnings.warn(f'urllib.parse.{name}() is deprecated as of 3.8, use {instead} instead', DeprecationWarning,
                      stacklevel=2)
        return inner(*args, **kwargs)

    outer.__name__ = outer.__qualname__ = name
    outer.__doc__ = inner.__doc__
    outer.__wrapped__ = inner
    return outer


for _name, _instead in (('splittype', 'urllib.parse.urlparse()'), ('splithost', 'urllib.parse.urlparse()'),
                        ('splituser', 'urllib.parse.urlparse()'), ('splitpasswd', 'urllib.parse.urlparse()'),
                        ('splitport', 'urllib.parse.urlparse()'), ('splitnport', 'urllib.parse.urlparse()'),
                        ('splitquery', 'urllib.parse.urlparse()'), ('splittag', 'urllib.parse.urlparse()'),
                        ('splitattr', 'urllib.parse.urlparse()'), ('splitvalue', 'urllib.parse.parse_qsl()')):
    globals()[_name] = _deprecated(_name, _instead)
del _name, _instead
