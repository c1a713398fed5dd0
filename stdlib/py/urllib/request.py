"""`urlopen`: what is at a URL, as a file. Handlers for http, https, file and data, redirects, errors, proxies, passwords.

An `OpenerDirector` asks its handlers in their order: `http_request` prepares a request, `http_open` opens it,
`http_response` looks at what came, `http_error_404` deals with a status. FTP and digest authentication are not there.
"""

import base64
import bisect
import io
import os
import re
import socket
import sys
from urllib.error import ContentTooShortError, HTTPError, URLError
from urllib.parse import quote, unquote, unquote_to_bytes, unwrap, urljoin, urlparse, urlsplit, urlunparse
from urllib.response import addinfourl

__all__ = [
    "Request",
    "OpenerDirector",
    "BaseHandler",
    "HTTPDefaultErrorHandler",
    "HTTPRedirectHandler",
    "ProxyHandler",
    "HTTPPasswordMgr",
    "HTTPPasswordMgrWithDefaultRealm",
    "HTTPBasicAuthHandler",
    "ProxyBasicAuthHandler",
    "HTTPHandler",
    "HTTPSHandler",
    "FileHandler",
    "DataHandler",
    "UnknownHandler",
    "HTTPErrorProcessor",
    "urlopen",
    "install_opener",
    "build_opener",
    "pathname2url",
    "url2pathname",
    "getproxies",
    "urlretrieve",
    "urlcleanup",
]

__version__ = "%d.%d" % sys.version_info[:2]

_opener = None


def urlopen(url, data=None, timeout=socket._GLOBAL_DEFAULT_TIMEOUT, *, context=None):
    """What is at `url`, a text or a Request; with `data` it is a POST."""
    if context is not None:
        return build_opener(HTTPSHandler(context=context)).open(url, data, timeout)
    if _opener is None:
        install_opener(build_opener())
    return _opener.open(url, data, timeout)


def install_opener(opener):
    """The opener of `urlopen` from now on."""
    global _opener
    _opener = opener


_url_tempfiles = []


def urlretrieve(url, filename=None, reporthook=None, data=None):
    """Copies what is at `url` into a file: (name of the file, headers)."""
    split = urlsplit(unwrap(url))
    response = urlopen(url, data)
    with response:
        headers = response.info()
        if split.scheme == "file" and not filename:
            return os.path.normpath(url2pathname(split.path)), headers
        if filename:
            target = open(filename, "wb")
        else:
            import tempfile

            target = tempfile.NamedTemporaryFile(delete=False)
            filename = target.name
            _url_tempfiles.append(filename)
        with target:
            block_size = 8192
            size = int(headers["Content-Length"]) if "content-length" in headers else -1
            n_read = n_blocks = 0
            if reporthook:
                reporthook(n_blocks, block_size, size)
            while block := response.read(block_size):
                n_read += len(block)
                target.write(block)
                n_blocks += 1
                if reporthook:
                    reporthook(n_blocks, block_size, size)
    result = filename, headers
    if 0 <= n_read < size:
        raise ContentTooShortError(f"retrieval incomplete: got only {n_read} out of {size} bytes", result)
    return result


def urlcleanup():
    """Removes what `urlretrieve` left, and the opener of `urlopen`."""
    global _opener
    for name in _url_tempfiles:
        try:
            os.unlink(name)
        except OSError:
            pass
    _url_tempfiles.clear()
    _opener = None


_cut_port = re.compile(r":\d+$", re.ASCII).sub


def request_host(request):
    """The host of a request, lower case, without a port."""
    host = urlparse(request.full_url)[1]
    return _cut_port("", host or request.get_header("Host", ""), 1).lower()


class Request:
    """A URL, and what to ask there."""

    def __init__(self, url, data=None, headers={}, origin_req_host=None, unverifiable=False, method=None):
        self.full_url = url
        self.headers = {}
        self.unredirected_hdrs = {}
        self._data = None
        self.data = data
        self._tunnel_host = None
        for key, value in headers.items():
            self.add_header(key, value)
        self.origin_req_host = request_host(self) if origin_req_host is None else origin_req_host
        self.unverifiable = unverifiable
        if method:
            self.method = method

    @property
    def full_url(self):
        return f"{self._full_url}#{self.fragment}" if self.fragment else self._full_url

    @full_url.setter
    def full_url(self, url):
        self._full_url, mark, fragment = unwrap(url).partition("#")
        self.fragment = fragment if mark else None
        self._parse()

    @full_url.deleter
    def full_url(self):
        self._full_url = self.fragment = None
        self.selector = ""

    def _parse(self):
        found = re.match(r"([^/:]+):(.*)", self._full_url, re.DOTALL)
        if found is None:
            raise ValueError("unknown url type: %r" % self.full_url)
        self.type, rest = found[1].lower(), found[2]
        self.host, self.selector = None, rest
        if rest.startswith("//"):
            found = re.match(r"//([^/#?]*)(.*)", rest, re.DOTALL)
            self.host, self.selector = unquote(found[1]), found[2]
            if self.selector and self.selector[0] != "/":
                self.selector = "/" + self.selector

    @property
    def data(self):
        return self._data

    @data.setter
    def data(self, data):
        if data != self._data:
            self._data = data
            # It was the length of other data.
            if self.has_header("Content-length"):
                self.remove_header("Content-length")

    @data.deleter
    def data(self):
        self.data = None

    def get_method(self):
        return getattr(self, "method", "POST" if self.data is not None else "GET")

    def get_full_url(self):
        return self.full_url

    def set_proxy(self, host, type):
        if self.type == "https" and not self._tunnel_host:
            self._tunnel_host = self.host
        else:
            self.type = type
            self.selector = self.full_url
        self.host = host

    def has_proxy(self):
        return self.selector == self.full_url

    def add_header(self, key, val):
        self.headers[key.capitalize()] = val

    def add_unredirected_header(self, key, val):
        """A header that does not go along to where a redirect leads."""
        self.unredirected_hdrs[key.capitalize()] = val

    def has_header(self, header_name):
        return header_name in self.headers or header_name in self.unredirected_hdrs

    def get_header(self, header_name, default=None):
        return self.headers.get(header_name, self.unredirected_hdrs.get(header_name, default))

    def remove_header(self, header_name):
        self.headers.pop(header_name, None)
        self.unredirected_hdrs.pop(header_name, None)

    def header_items(self):
        return list({**self.unredirected_hdrs, **self.headers}.items())


class OpenerDirector:
    """Asks handlers, by the names of their methods, until one answers."""

    def __init__(self):
        self.addheaders = [("User-agent", f"Python-urllib/{__version__}")]
        self.handlers = []
        self.handle_open = {}
        self.handle_error = {}
        self.process_response = {}
        self.process_request = {}

    def add_handler(self, handler):
        if not hasattr(handler, "add_parent"):
            raise TypeError("expected BaseHandler instance, got %r" % type(handler))
        added = False
        for name in dir(handler):
            if name in ("redirect_request", "do_open", "proxy_open"):
                continue
            protocol, _, condition = name.partition("_")
            if not condition:
                continue
            if condition.startswith("error"):
                _, _, kind = condition.partition("_")
                kind = int(kind) if kind.isdigit() else kind
                lookup = self.handle_error.setdefault(protocol, {})
            elif condition in ("open", "response", "request"):
                kind = protocol
                lookup = {
                    "open": self.handle_open,
                    "response": self.process_response,
                    "request": self.process_request,
                }[condition]
            else:
                continue
            bisect.insort(lookup.setdefault(kind, []), handler)
            added = True
        if added:
            bisect.insort(self.handlers, handler)
            handler.add_parent(self)

    def close(self):
        """Kept for programs that call it."""

    def _call_chain(self, chain, kind, meth_name, *args):
        for handler in chain.get(kind, ()):
            result = getattr(handler, meth_name)(*args)
            if result is not None:
                return result
        return None

    def open(self, fullurl, data=None, timeout=socket._GLOBAL_DEFAULT_TIMEOUT):
        if isinstance(fullurl, str):
            request = Request(fullurl, data)
        else:
            request = fullurl
            if data is not None:
                request.data = data
        request.timeout = timeout
        protocol = request.type
        for handler in self.process_request.get(protocol, ()):
            request = getattr(handler, protocol + "_request")(request)
        sys.audit("urllib.Request", request.full_url, request.data, request.headers, request.get_method())
        response = self._open(request, data)
        for handler in self.process_response.get(protocol, ()):
            response = getattr(handler, protocol + "_response")(request, response)
        return response

    def _open(self, req, data=None):
        result = self._call_chain(self.handle_open, "default", "default_open", req)
        if result:
            return result
        result = self._call_chain(self.handle_open, req.type, req.type + "_open", req)
        if result:
            return result
        return self._call_chain(self.handle_open, "unknown", "unknown_open", req)

    def error(self, proto, *args):
        is_http = proto in ("http", "https")
        if is_http:
            lookup = self.handle_error["http"]
            kind, name = args[2], f"http_error_{args[2]}"
        else:
            lookup, kind, name = self.handle_error, proto, proto + "_error"
        result = self._call_chain(lookup, kind, name, *args)
        if result or not is_http:
            return result
        return self._call_chain(lookup, "default", "http_error_default", *args)


def build_opener(*handlers):
    """An opener with the usual handlers, but for those that `handlers` replace."""
    usual = [
        ProxyHandler,
        UnknownHandler,
        HTTPHandler,
        HTTPDefaultErrorHandler,
        HTTPRedirectHandler,
        FileHandler,
        HTTPErrorProcessor,
        DataHandler,
        HTTPSHandler,
    ]
    for given in handlers:
        kind = given if isinstance(given, type) else type(given)
        usual = [one for one in usual if not issubclass(kind, one)]
    opener = OpenerDirector()
    for handler in (*usual, *handlers):
        opener.add_handler(handler() if isinstance(handler, type) else handler)
    return opener


class BaseHandler:
    """A handler; smaller orders are asked first."""

    handler_order = 500

    def add_parent(self, parent):
        self.parent = parent

    def close(self):
        """Kept for programs that call it."""

    def __lt__(self, other):
        # What has no order comes first.
        return self.handler_order < other.handler_order if hasattr(other, "handler_order") else True


class HTTPErrorProcessor(BaseHandler):
    """Hands responses that are no success to the handlers of errors."""

    handler_order = 1000

    def http_response(self, request, response):
        code, msg, hdrs = response.code, response.msg, response.info()
        if not 200 <= code < 300:
            response = self.parent.error("http", request, response, code, msg, hdrs)
        return response

    https_response = http_response


class HTTPDefaultErrorHandler(BaseHandler):
    """Raises what nobody else dealt with."""

    def http_error_default(self, req, fp, code, msg, hdrs):
        raise HTTPError(req.full_url, code, msg, hdrs, fp)


class HTTPRedirectHandler(BaseHandler):
    """Goes where a response points to."""

    max_repeats = 4
    max_redirections = 10
    inf_msg = (
        "The HTTP server returned a redirect error that would lead to an infinite loop.\n"
        "The last 30x error message was:\n"
    )

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        """The request to go on with; HTTPError if it must not be repeated."""
        method = req.get_method()
        is_read = code in (301, 302, 303, 307, 308) and method in ("GET", "HEAD")
        is_post = code in (301, 302, 303) and method == "POST"
        if not (is_read or is_post):
            raise HTTPError(req.full_url, code, msg, headers, fp)
        kept = {key: value for key, value in req.headers.items() if key.lower() not in ("content-length", "content-type")}
        return Request(
            newurl.replace(" ", "%20"),
            method="HEAD" if method == "HEAD" else "GET",
            headers=kept,
            origin_req_host=req.origin_req_host,
            unverifiable=True,
        )

    def http_error_302(self, req, fp, code, msg, headers):
        target = headers.get("location") or headers.get("uri")
        if target is None:
            return None
        parts = urlparse(target)
        if parts.scheme not in ("http", "https", "ftp", ""):
            # A file of this machine is not for a server to choose.
            raise HTTPError(target, code, f"{msg} - Redirection to url '{target}' is not allowed", headers, fp)
        if not parts.path and parts.netloc:
            target = urlunparse((parts[0], parts[1], "/", *parts[3:]))
        target = quote(target, encoding="iso-8859-1", safe="!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
        target = urljoin(req.full_url, target)
        new = self.redirect_request(req, fp, code, msg, headers, target)
        if new is None:
            return None
        visited = new.redirect_dict = getattr(req, "redirect_dict", {})
        req.redirect_dict = visited
        if visited.get(target, 0) >= self.max_repeats or len(visited) >= self.max_redirections:
            raise HTTPError(req.full_url, code, self.inf_msg + msg, headers, fp)
        visited[target] = visited.get(target, 0) + 1
        # The connection ends with the body.
        fp.read()
        fp.close()
        return self.parent.open(new, timeout=req.timeout)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


class UnknownHandler(BaseHandler):
    """Says that nobody knows the scheme."""

    def unknown_open(self, req):
        raise URLError("unknown url type: %s" % req.type)


class AbstractHTTPHandler(BaseHandler):
    """What http and https share."""

    def __init__(self, debuglevel=None):
        import http.client

        self._debuglevel = http.client.HTTPConnection.debuglevel if debuglevel is None else debuglevel

    def set_http_debuglevel(self, level):
        self._debuglevel = level

    def do_request_(self, request):
        """Gives a request the headers it needs."""
        host = request.host
        if not host:
            raise URLError("no host given")
        data = request.data
        if data is not None:
            if isinstance(data, str):
                raise TypeError(
                    "POST data should be bytes, an iterable of bytes, or a file object. It cannot be of type str."
                )
            if not request.has_header("Content-type"):
                request.add_unredirected_header("Content-type", "application/x-www-form-urlencoded")
            if not request.has_header("Content-length") and not request.has_header("Transfer-encoding"):
                import http.client

                length = http.client.HTTPConnection._get_content_length(data, request.get_method())
                if length is not None:
                    request.add_unredirected_header("Content-length", str(length))
                else:
                    request.add_unredirected_header("Transfer-encoding", "chunked")
        where = urlsplit(request.selector).netloc if request.has_proxy() else host
        if not request.has_header("Host"):
            request.add_unredirected_header("Host", where or host)
        for name, value in self.parent.addheaders:
            name = name.capitalize()
            if not request.has_header(name):
                request.add_unredirected_header(name, value)
        return request

    def do_open(self, http_class, req, **http_conn_args):
        """Sends a request over a connection of its own, which ends with the response."""
        if not req.host:
            raise URLError("no host given")
        connection = http_class(req.host, timeout=req.timeout, **http_conn_args)
        connection.set_debuglevel(self._debuglevel)
        headers = {**req.unredirected_hdrs, **{k: v for k, v in req.headers.items() if k not in req.unredirected_hdrs}}
        headers["Connection"] = "close"
        headers = {name.title(): value for name, value in headers.items()}
        if req._tunnel_host:
            tunnel = {}
            if "Proxy-Authorization" in headers:
                # Not for the server at the other end.
                tunnel["Proxy-Authorization"] = headers.pop("Proxy-Authorization")
            connection.set_tunnel(req._tunnel_host, headers=tunnel)
        try:
            try:
                chunked = req.has_header("Transfer-encoding")
                connection.request(req.get_method(), req.selector, req.data, headers, encode_chunked=chunked)
            except OSError as exc:
                raise URLError(exc) from exc
            response = connection.getresponse()
        except:
            connection.close()
            raise
        if connection.sock:
            # The response has the socket as a file; when that is closed, so is the connection.
            connection.sock.close()
            connection.sock = None
        response.url = req.get_full_url()
        # What errors are told is the phrase, not the headers.
        response.msg = response.reason
        return response


class HTTPHandler(AbstractHTTPHandler):
    """http:"""

    def http_open(self, req):
        import http.client

        return self.do_open(http.client.HTTPConnection, req)

    http_request = AbstractHTTPHandler.do_request_


class HTTPSHandler(AbstractHTTPHandler):
    """https:"""

    def __init__(self, debuglevel=None, context=None, check_hostname=None):
        super().__init__(debuglevel)
        self._context = context
        self._check_hostname = check_hostname

    def https_open(self, req):
        import http.client

        context = self._context
        if context is None:
            context = http.client._create_https_context(http.client.HTTPSConnection._http_vsn)
        if self._check_hostname is not None:
            context.check_hostname = self._check_hostname
        return self.do_open(http.client.HTTPSConnection, req, context=context)

    https_request = AbstractHTTPHandler.do_request_


class ProxyHandler(BaseHandler):
    """Sends requests through proxies: {scheme: URL}, those of the environment by default."""

    handler_order = 100

    def __init__(self, proxies=None):
        proxies = getproxies() if proxies is None else proxies
        assert hasattr(proxies, "keys"), "proxies must be a mapping"
        self.proxies = proxies
        for scheme, url in proxies.items():
            scheme = scheme.lower()

            def open_it(request, url=url, scheme=scheme):
                return self.proxy_open(request, url, scheme)

            setattr(self, scheme + "_open", open_it)

    def proxy_open(self, req, proxy, type):
        original = req.type
        parts = urlsplit(proxy if "://" in proxy else f"//{proxy}")
        scheme = parts.scheme or original
        if req.host and proxy_bypass(req.host):
            return None
        userinfo, at, host = parts.netloc.rpartition("@")
        if at and ":" in userinfo:
            user, _, password = userinfo.partition(":")
            pair = f"{unquote(user)}:{unquote(password)}"
            req.add_header("Proxy-authorization", "Basic " + base64.b64encode(pair.encode()).decode("ascii"))
        req.set_proxy(unquote(host), scheme)
        if original == scheme or original == "https":
            # The same handlers can go on with it.
            return None
        return self.parent.open(req, timeout=req.timeout)


class HTTPPasswordMgr:
    """Names and passwords by realm and URL."""

    def __init__(self):
        self.passwd = {}

    def add_password(self, realm, uri, user, passwd):
        uris = [uri] if isinstance(uri, str) else uri
        table = self.passwd.setdefault(realm, {})
        for with_port in (True, False):
            table[tuple(self.reduce_uri(one, with_port) for one in uris)] = (user, passwd)

    def find_user_password(self, realm, authuri):
        for with_port in (True, False):
            wanted = self.reduce_uri(authuri, with_port)
            for uris, found in self.passwd.get(realm, {}).items():
                if any(self.is_suburi(uri, wanted) for uri in uris):
                    return found
        return None, None

    def reduce_uri(self, uri, default_port=True):
        """(host and port, path) of a URL or of a host."""
        parts = urlsplit(uri)
        if parts[1]:
            scheme, authority, path = parts.scheme, parts.netloc, parts.path or "/"
        else:
            scheme, authority, path = None, uri, "/"
        if default_port and scheme in ("http", "https") and not re.search(r":\d+$", authority):
            authority = f"{authority}:{80 if scheme == 'http' else 443}"
        return authority, path

    def is_suburi(self, base, test):
        """Whether `test` is `base` or below it."""
        if base == test:
            return True
        return base[0] == test[0] and test[1].startswith(base[1] if base[1].endswith("/") else base[1] + "/")


class HTTPPasswordMgrWithDefaultRealm(HTTPPasswordMgr):
    """The realm None stands for all others."""

    def find_user_password(self, realm, authuri):
        user, password = super().find_user_password(realm, authuri)
        return (user, password) if user is not None else super().find_user_password(None, authuri)


class AbstractBasicAuthHandler:
    """Answers a challenge with name and password, once."""

    rx = re.compile("(?:^|,)[ \t]*([^ \t,]+)[ \t]+realm=([\"']?)([^\"']*)\\2", re.I)

    def __init__(self, password_mgr=None):
        self.passwd = HTTPPasswordMgr() if password_mgr is None else password_mgr
        self.add_password = self.passwd.add_password

    def http_error_auth_reqed(self, authreq, host, req, headers):
        values = headers.get_all(authreq)
        if not values:
            return None
        unknown = None
        for value in values:
            for scheme, _, realm in self.rx.findall(value):
                if scheme.lower() == "basic":
                    return self.retry_http_basic_auth(host, req, realm)
                unknown = scheme
        if unknown is not None:
            raise ValueError(f"AbstractBasicAuthHandler does not support the following scheme: {unknown!r}")
        return None

    def retry_http_basic_auth(self, host, req, realm):
        user, password = self.passwd.find_user_password(realm, host)
        if password is None:
            return None
        auth = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
        if req.get_header(self.auth_header.capitalize(), None) == auth:
            # That has been refused already.
            return None
        req.add_unredirected_header(self.auth_header, auth)
        return self.parent.open(req, timeout=req.timeout)


class HTTPBasicAuthHandler(AbstractBasicAuthHandler, BaseHandler):
    """For servers."""

    auth_header = "Authorization"

    def http_error_401(self, req, fp, code, msg, headers):
        return self.http_error_auth_reqed("www-authenticate", req.full_url, req, headers)


class ProxyBasicAuthHandler(AbstractBasicAuthHandler, BaseHandler):
    """For proxies."""

    auth_header = "Proxy-authorization"

    def http_error_407(self, req, fp, code, msg, headers):
        return self.http_error_auth_reqed("proxy-authenticate", req.host, req, headers)


class FileHandler(BaseHandler):
    """file:"""

    def file_open(self, req):
        host = req.host
        if host and host.lower() != "localhost" and not _is_local(host):
            raise URLError("file:// scheme is supported only on localhost")
        return self.open_local_file(req)

    def open_local_file(self, req):
        import email.message
        import email.utils
        import mimetypes

        path = url2pathname(req.selector)
        try:
            stat = os.stat(path)
            file = open(path, "rb")
        except OSError as exc:
            raise URLError(exc, exc.filename) from exc
        headers = email.message.Message()
        headers["Content-type"] = mimetypes.guess_file_type(path)[0] or "text/plain"
        headers["Content-length"] = str(stat.st_size)
        headers["Last-modified"] = email.utils.formatdate(stat.st_mtime, usegmt=True)
        return addinfourl(file, headers, pathname2url(path, add_scheme=True))


def _is_local(host):
    try:
        address = socket.gethostbyname(host)
        return address in socket.gethostbyname_ex(socket.gethostname())[2] or address.startswith("127.")
    except OSError:
        return False


class DataHandler(BaseHandler):
    """data:"""

    def data_open(self, req):
        import email.message

        _, _, rest = req.full_url.partition(":")
        kind, _, data = rest.partition(",")
        data = unquote_to_bytes(data)
        if kind.endswith(";base64"):
            data = base64.decodebytes(data)
            kind = kind[:-7]
        headers = email.message.Message()
        headers["Content-type"] = kind or "text/plain;charset=US-ASCII"
        headers["Content-length"] = str(len(data))
        return addinfourl(io.BytesIO(data), headers, req.full_url)


def pathname2url(pathname, *, add_scheme=False):
    """A path as the path of a file URL."""
    encoding, errors = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()
    scheme = "file:" if add_scheme else ""
    if pathname.startswith("/"):
        scheme += "//"
    return scheme + quote(pathname, encoding=encoding, errors=errors)


def url2pathname(url, *, require_scheme=False, resolve_host=False):
    """The path that the path of a file URL means."""
    if require_scheme:
        if not url.lower().startswith("file:"):
            raise URLError("URL is missing a 'file:' scheme")
        url = url[5:]
    if url.startswith("//"):
        host, slash, path = url[2:].partition("/")
        if host and host.lower() != "localhost" and not (resolve_host and _is_local(host)):
            raise URLError("file:// scheme is supported only on localhost")
        url = slash + path
    return unquote(url, encoding=sys.getfilesystemencoding(), errors=sys.getfilesystemencodeerrors())


def getproxies_environment():
    """{scheme: URL} of `http_proxy` and its like; lower case wins."""
    proxies = {}
    for name, value in os.environ.items():
        if name.lower().endswith("_proxy") and value:
            proxies[name.lower()[:-6]] = value
    if "REQUEST_METHOD" in os.environ:
        # In a CGI program that variable is a header of the client.
        proxies.pop("http", None)
    for name, value in os.environ.items():
        if name.endswith("_proxy") and name == name.lower():
            if value:
                proxies[name[:-6]] = value
            else:
                proxies.pop(name[:-6], None)
    return proxies


getproxies = getproxies_environment


def proxy_bypass_environment(host, proxies=None):
    """Whether `no_proxy` names this host, or one above it."""
    listed = (getproxies_environment() if proxies is None else proxies).get("no")
    if not listed:
        return False
    if listed == "*":
        return True
    host = host.lower()
    bare = re.sub(r":\d*$", "", host)
    for name in listed.split(","):
        name = name.strip().lstrip(".").lower()
        if name and (name in (bare, host) or bare.endswith("." + name) or host.endswith("." + name)):
            return True
    return False


proxy_bypass = proxy_bypass_environment


def parse_keqv_list(l):
    """`a=b` texts as a dict, without quotes."""
    pairs = (one.split("=", 1) for one in l)
    return {key: value[1:-1] if value[:1] == value[-1:] == '"' else value for key, value in pairs}


def parse_http_list(s):
    """The parts of a header with commas, but for those in quotes."""
    return [part.strip() for part in re.findall(r'(?:[^,"]|"(?:\\.|[^"\\])*"?)+', s)]
