"""`Client` and `AsyncClient`: defaults, authentication, redirects, cookies and hooks around a transport.

What needs no waiting is in `BaseClient`; the two clients have the same methods in the same order, one with `await`.
"""

import sys
import time

from ._config import DEFAULT_LIMITS, DEFAULT_MAX_REDIRECTS, DEFAULT_TIMEOUT, Proxy, Timeout, refuse_http2
from ._exceptions import InvalidURL, RemoteProtocolError, TooManyRedirects
from ._headers import Headers
from ._models import Request, Response, _request_context
from ._streams import AsyncByteStream, AsyncReceivedBytes, ByteStream, ReceivedBytes, SyncByteStream
from ._urls import DEFAULT_PORTS, URL, QueryParams

__version__ = "0.28.1"


class UseClientDefault:
    """Stands for "as the client has it", where None means something."""


USE_CLIENT_DEFAULT = UseClientDefault()

_UNOPENED, _OPENED, _CLOSED = range(3)


def _port_of(url):
    return url.port if url.port is not None else DEFAULT_PORTS.get(url.scheme)


def _same_origin(one, other):
    return one.scheme == other.scheme and one.host == other.host and _port_of(one) == _port_of(other)


def _is_https_upgrade(url, location):
    """The same place, now with TLS: credentials may go on."""
    return (
        url.host == location.host
        and (url.scheme, _port_of(url)) == ("http", 80)
        and (location.scheme, _port_of(location)) == ("https", 443)
    )


def _environment_proxies():
    """Patterns and proxies that the environment names, as `mounts` has them."""
    import os

    found = {}
    for scheme in ("http", "https", "all"):
        name = scheme + "_proxy"
        # A CGI program must not take a client's `Proxy:` header for a setting.
        value = os.environ.get(name) or (
            None if scheme == "http" and "REQUEST_METHOD" in os.environ else os.environ.get(name.upper())
        )
        if value:
            found[f"{scheme}://"] = value if "://" in value else f"http://{value}"
    if not found:
        return {}
    for host in (os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or "").split(","):
        host = host.strip()
        if host == "*":
            return {}
        if not host:
            continue
        if "://" in host:
            found[host] = None
        elif host == "localhost" or host[:1].isdigit() or ":" in host:
            found[f"all://[{host}]" if ":" in host and host.count(":") > 1 else f"all://{host}"] = None
        else:
            found[f"all://*{host}"] = None
    return found


class _Pattern:
    """`all://`, `https://`, `all://*.example.com`, `http://host:81`; the most specific first."""

    def __init__(self, pattern):
        if pattern and ":" not in pattern:
            raise ValueError(
                f"Proxy keys should use proper URL forms rather than plain scheme strings. "
                f'Instead of "{pattern}", use "{pattern}://"'
            )
        scheme, _, rest = pattern.partition("://")
        host, _, port = rest.rpartition(":") if rest.rpartition(":")[2].isdigit() else (rest, "", "")
        self.scheme = "" if scheme == "all" else scheme
        self.host = "" if host == "*" else host.strip("[]").lower()
        self.port = int(port) if port else None

    def matches(self, url):
        if self.scheme and self.scheme != url.scheme:
            return False
        host, wanted = url.host, self.host
        if wanted.startswith("*."):
            if not host.endswith(wanted[1:]):
                return False
        elif wanted.startswith("*"):
            if host != wanted[1:] and not host.endswith("." + wanted[1:]):
                return False
        elif wanted and host != wanted:
            return False
        return self.port is None or self.port == url.port

    def rank(self):
        return (0 if self.port is not None else 1, -len(self.host), -len(self.scheme))


def _log(request, response):
    # A program that never imported `logging` has no handler that could show this.
    logging = sys.modules.get("logging")
    if logging is not None:
        logging.getLogger("httpx").info(
            'HTTP Request: %s %s "%s %d %s"',
            request.method,
            request.url,
            response.http_version,
            response.status_code,
            response.reason_phrase,
        )


class BaseClient:
    """Settings, and the parts of sending that wait for nothing."""

    def __init__(
        self,
        *,
        auth=None,
        params=None,
        headers=None,
        cookies=None,
        timeout=DEFAULT_TIMEOUT,
        follow_redirects=False,
        max_redirects=DEFAULT_MAX_REDIRECTS,
        event_hooks=None,
        base_url="",
        trust_env=True,
        default_encoding="utf-8",
    ):
        self._base_url = self._with_slash(URL(base_url))
        self._auth = self._build_auth(auth)
        self._params = QueryParams(params)
        self.headers = headers
        self._cookies = None
        if cookies:
            self.cookies = cookies
        self.timeout = timeout
        self.follow_redirects = follow_redirects
        self.max_redirects = max_redirects
        self.event_hooks = event_hooks or {}
        self._trust_env = trust_env
        self._default_encoding = default_encoding
        self._state = _UNOPENED

    def _init_transports(self, new_transport, verify, cert, http1, http2, proxy, mounts, limits, transport):
        refuse_http2(http2)

        def new(proxy=None):
            if proxy is not None and proxy.url.scheme in ("socks5", "socks5h"):
                raise ImportError(
                    "Using SOCKS proxy, but the 'socksio' package is not installed. "
                    "Make sure to install httpx using `pip install httpx[socks]`."
                )
            return new_transport(
                verify=verify, cert=cert, trust_env=self._trust_env, http1=http1, limits=limits, proxy=proxy
            )

        proxies = {}
        if proxy is not None:
            proxies["all://"] = proxy if isinstance(proxy, Proxy) else Proxy(proxy)
        elif self._trust_env and transport is None:
            for pattern, value in _environment_proxies().items():
                proxies[pattern] = None if value is None else Proxy(value)
        self._transport = new() if transport is None else transport
        found = [(_Pattern(key), None if value is None else new(value)) for key, value in proxies.items()]
        found += [(_Pattern(key), value) for key, value in (mounts or {}).items()]
        self._mounts = sorted(found, key=lambda item: item[0].rank())

    @staticmethod
    def _with_slash(url):
        path, mark, query = url.raw_path.partition(b"?")
        if path.endswith(b"/"):
            return url
        return url.copy_with(raw_path=path + b"/" + mark + query)

    @property
    def is_closed(self):
        return self._state == _CLOSED

    @property
    def trust_env(self):
        return self._trust_env

    @property
    def timeout(self):
        return self._timeout

    @timeout.setter
    def timeout(self, timeout):
        self._timeout = Timeout(timeout)

    @property
    def event_hooks(self):
        return self._event_hooks

    @event_hooks.setter
    def event_hooks(self, hooks):
        self._event_hooks = {
            "request": list(hooks.get("request", [])),
            "response": list(hooks.get("response", [])),
        }

    @property
    def auth(self):
        return self._auth

    @auth.setter
    def auth(self, auth):
        self._auth = self._build_auth(auth)

    @property
    def base_url(self):
        return self._base_url

    @base_url.setter
    def base_url(self, url):
        self._base_url = self._with_slash(URL(url))

    @property
    def headers(self):
        return self._headers

    @headers.setter
    def headers(self, headers):
        merged = Headers(
            {
                b"Accept": b"*/*",
                b"Accept-Encoding": b"gzip, deflate",
                b"Connection": b"keep-alive",
                b"User-Agent": f"python-httpx/{__version__}".encode("ascii"),
            }
        )
        if headers is not None:
            merged.update(headers)
        self._headers = merged

    @property
    def cookies(self):
        if self._cookies is None:
            from ._cookies import Cookies

            self._cookies = Cookies()
        return self._cookies

    @cookies.setter
    def cookies(self, cookies):
        from ._cookies import Cookies

        self._cookies = Cookies(cookies)

    @property
    def params(self):
        return self._params

    @params.setter
    def params(self, params):
        self._params = QueryParams(params)

    def build_request(
        self,
        method,
        url,
        *,
        content=None,
        data=None,
        files=None,
        json=None,
        params=None,
        headers=None,
        cookies=None,
        timeout=USE_CLIENT_DEFAULT,
        extensions=None,
    ):
        """The request that `request()` would send."""
        url = self._merge_url(url)
        if headers is None:
            merged = Headers._of(list(self._headers._list))
        else:
            merged = Headers(self._headers)
            merged.update(headers)
        if self._params or (params and self._params is not None):
            params = self._params.merge(params)
        if self._cookies or cookies:
            from ._cookies import Cookies

            merged_cookies = Cookies(self._cookies)
            merged_cookies.update(cookies)
            cookies = merged_cookies
        extensions = {} if extensions is None else extensions
        if "timeout" not in extensions:
            timeout = self._timeout if timeout is USE_CLIENT_DEFAULT else Timeout(timeout)
            extensions = {**extensions, "timeout": timeout.as_dict()}
        return Request(
            method,
            url,
            content=content,
            data=data,
            files=files,
            json=json,
            params=params,
            headers=merged,
            cookies=cookies,
            extensions=extensions,
        )

    def _merge_url(self, url):
        url = URL(url)
        if url.is_relative_url:
            base = self._base_url
            if not base._parts[0] and not base._parts[2]:
                return url
            return base.copy_with(raw_path=base.raw_path + url.raw_path.lstrip(b"/") if str(url) else base.raw_path)
        return url

    @staticmethod
    def _build_auth(auth):
        if auth is None:
            return None
        from ._auth import Auth, BasicAuth, FunctionAuth

        if isinstance(auth, tuple):
            return BasicAuth(username=auth[0], password=auth[1])
        if isinstance(auth, Auth):
            return auth
        if callable(auth):
            return FunctionAuth(func=auth)
        raise TypeError(f'Invalid "auth" argument: {auth!r}')

    def _request_auth(self, request, auth):
        """What authenticates `request`, None if nothing does."""
        if auth is USE_CLIENT_DEFAULT:
            auth = self._auth
        elif auth is not None:
            auth = self._build_auth(auth)
        else:
            return None
        if auth is not None:
            return auth
        if request.url._parts[1]:
            from ._auth import BasicAuth

            return BasicAuth(username=request.url.username, password=request.url.password)
        return None

    def _transport_for_url(self, url):
        for pattern, transport in self._mounts:
            if pattern.matches(url):
                return self._transport if transport is None else transport
        return self._transport

    def _check_sendable(self):
        if self._state == _CLOSED:
            raise RuntimeError("Cannot send a request, as the client has been closed.")
        self._state = _OPENED

    def _enter(self):
        if self._state != _UNOPENED:
            raise RuntimeError(
                "Cannot open a client instance more than once."
                if self._state == _OPENED
                else "Cannot reopen a client instance, once it has been closed."
            )
        self._state = _OPENED

    def _received(self, request, response):
        """What is done with every response a transport has made."""
        response._request = request
        response.default_encoding = self._default_encoding
        if response.headers._has(b"set-cookie"):
            self.cookies.extract_cookies(response)
        _log(request, response)

    # Redirects.

    def _redirected(self, request, response):
        """The request that a redirect asks for."""
        method = self._redirect_method(request, response)
        url = self._redirect_url(request, response)
        headers = Headers(request.headers)
        if not _same_origin(url, request.url):
            if not _is_https_upgrade(request.url, url):
                # Not for other eyes.
                headers.pop("Authorization", None)
            headers["Host"] = url.netloc.decode("ascii")
        stream = request.stream
        if method != request.method and method == "GET":
            headers.pop("Content-Length", None)
            headers.pop("Transfer-Encoding", None)
            stream = None
        headers.pop("Cookie", None)
        return Request(
            method,
            url,
            headers=headers,
            cookies=self._cookies,
            stream=stream,
            extensions=request.extensions,
        )

    @staticmethod
    def _redirect_method(request, response):
        method, status = request.method, response.status_code
        if status in (302, 303) and method != "HEAD":
            return "GET"
        if status == 301 and method == "POST":
            return "GET"
        return method

    @staticmethod
    def _redirect_url(request, response):
        location = response.headers["Location"]
        try:
            url = URL(location)
        except InvalidURL as exc:
            raise RemoteProtocolError(f"Invalid URL in location header: {exc}.", request=request) from None
        if url.scheme and not url.host:
            url = url.copy_with(host=request.url.host)
        if url.is_relative_url:
            url = request.url.join(url)
        if request.url.fragment and not url.fragment:
            url = url.copy_with(fragment=request.url.fragment)
        return url

    def _check_history(self, request, history):
        if len(history) > self.max_redirects:
            raise TooManyRedirects("Exceeded maximum allowed redirects.", request=request)


def _warn_of_cookies():
    import warnings

    warnings.warn(
        "Setting per-request cookies=<...> is being deprecated, because "
        "the expected behaviour on cookie persistence is ambiguous. Set "
        "cookies directly on the client instance instead.",
        DeprecationWarning,
        stacklevel=3,
    )


class _TimedStream(SyncByteStream):
    """Tells the response how long it took when its body ends."""

    def __init__(self, stream, response, started):
        self._stream = stream
        self._response = response
        self._started = started

    def __iter__(self):
        return iter(self._stream)

    def close(self):
        self._response._elapsed = time.perf_counter() - self._started
        self._stream.close()


class _AsyncTimedStream(AsyncByteStream):
    """Tells the response how long it took when its body ends."""

    def __init__(self, stream, response, started):
        self._stream = stream
        self._response = response
        self._started = started

    def __aiter__(self):
        return self._stream.__aiter__()

    async def aclose(self):
        self._response._elapsed = time.perf_counter() - self._started
        await self._stream.aclose()


class Client(BaseClient):
    """Sends requests and waits for the responses."""

    def __init__(
        self,
        *,
        auth=None,
        params=None,
        headers=None,
        cookies=None,
        verify=True,
        cert=None,
        trust_env=True,
        http1=True,
        http2=False,
        proxy=None,
        mounts=None,
        timeout=DEFAULT_TIMEOUT,
        follow_redirects=False,
        limits=DEFAULT_LIMITS,
        max_redirects=DEFAULT_MAX_REDIRECTS,
        event_hooks=None,
        base_url="",
        transport=None,
        default_encoding="utf-8",
    ):
        super().__init__(
            auth=auth,
            params=params,
            headers=headers,
            cookies=cookies,
            timeout=timeout,
            follow_redirects=follow_redirects,
            max_redirects=max_redirects,
            event_hooks=event_hooks,
            base_url=base_url,
            trust_env=trust_env,
            default_encoding=default_encoding,
        )

        def new_transport(**kwargs):
            from ._transports._sync import HTTPTransport

            return HTTPTransport(**kwargs)

        self._init_transports(new_transport, verify, cert, http1, http2, proxy, mounts, limits, transport)

    def request(
        self,
        method,
        url,
        *,
        content=None,
        data=None,
        files=None,
        json=None,
        params=None,
        headers=None,
        cookies=None,
        auth=USE_CLIENT_DEFAULT,
        follow_redirects=USE_CLIENT_DEFAULT,
        timeout=USE_CLIENT_DEFAULT,
        extensions=None,
    ):
        if cookies is not None:
            _warn_of_cookies()
        request = self.build_request(
            method,
            url,
            content=content,
            data=data,
            files=files,
            json=json,
            params=params,
            headers=headers,
            cookies=cookies,
            timeout=timeout,
            extensions=extensions,
        )
        return self.send(request, auth=auth, follow_redirects=follow_redirects)

    def stream(self, method, url, *, auth=USE_CLIENT_DEFAULT, follow_redirects=USE_CLIENT_DEFAULT, **kwargs):
        """A context manager: the response before its body has been read."""
        request = self.build_request(method, url, **kwargs)
        return _Streaming(self, request, auth, follow_redirects)

    def send(self, request, *, stream=False, auth=USE_CLIENT_DEFAULT, follow_redirects=USE_CLIENT_DEFAULT):
        self._check_sendable()
        follow = self.follow_redirects if follow_redirects is USE_CLIENT_DEFAULT else follow_redirects
        if "timeout" not in request.extensions:
            request.extensions = {**request.extensions, "timeout": self._timeout.as_dict()}
        auth = self._request_auth(request, auth)
        if auth is None:
            response = self._send_redirecting(request, follow, [])
        else:
            response = self._send_with_auth(request, auth, follow)
        if not stream:
            try:
                response.read()
            except BaseException:
                response.close()
                raise
        return response

    def _send_with_auth(self, request, auth, follow):
        flow = auth.sync_auth_flow(request)
        history = []
        try:
            request = next(flow)
            while True:
                response = self._send_redirecting(request, follow, history)
                try:
                    try:
                        next_request = flow.send(response)
                    except StopIteration:
                        return response
                    response.history = list(history)
                    response.read()
                    request = next_request
                    history.append(response)
                except BaseException:
                    response.close()
                    raise
        finally:
            flow.close()

    def _send_redirecting(self, request, follow, history):
        while True:
            self._check_history(request, history)
            for hook in self._event_hooks["request"]:
                hook(request)
            response = self._send_once(request)
            try:
                for hook in self._event_hooks["response"]:
                    hook(response)
                response.history = list(history)
                if not response.has_redirect_location:
                    return response
                request = self._redirected(request, response)
                history = history + [response]
                if follow:
                    response.read()
                else:
                    response.next_request = request
                    return response
            except BaseException:
                response.close()
                raise

    def _send_once(self, request):
        if not isinstance(request.stream, SyncByteStream):
            raise RuntimeError("Attempted to send an async request with a sync Client instance.")
        transport = self._transport_for_url(request.url) if self._mounts else self._transport
        started = time.perf_counter()
        with _request_context(request):
            response = transport.handle_request(request)
        if type(response.stream) in (ReceivedBytes, ByteStream):
            response._elapsed = time.perf_counter() - started
        else:
            response.stream = _TimedStream(response.stream, response, started)
        self._received(request, response)
        return response

    def get(self, url, **kwargs):
        return self.request("GET", url, **_no_body("Client.get", kwargs))

    def options(self, url, **kwargs):
        return self.request("OPTIONS", url, **_no_body("Client.options", kwargs))

    def head(self, url, **kwargs):
        return self.request("HEAD", url, **_no_body("Client.head", kwargs))

    def post(self, url, **kwargs):
        return self.request("POST", url, **kwargs)

    def put(self, url, **kwargs):
        return self.request("PUT", url, **kwargs)

    def patch(self, url, **kwargs):
        return self.request("PATCH", url, **kwargs)

    def delete(self, url, **kwargs):
        return self.request("DELETE", url, **_no_body("Client.delete", kwargs))

    def close(self):
        if self._state != _CLOSED:
            self._state = _CLOSED
            self._transport.close()
            for _, transport in self._mounts:
                if transport is not None:
                    transport.close()

    def __enter__(self):
        self._enter()
        self._transport.__enter__()
        for _, transport in self._mounts:
            if transport is not None:
                transport.__enter__()
        return self

    def __exit__(self, *exc_info):
        self._state = _CLOSED
        self._transport.__exit__(*exc_info)
        for _, transport in self._mounts:
            if transport is not None:
                transport.__exit__(*exc_info)


class _Streaming:
    """What `Client.stream` returns."""

    def __init__(self, client, request, auth, follow):
        self._arguments = (client, request, auth, follow)

    def __enter__(self):
        client, request, auth, follow = self._arguments
        self._response = client.send(request, auth=auth, follow_redirects=follow, stream=True)
        return self._response

    def __exit__(self, *exc_info):
        self._response.close()


class _AsyncStreaming:
    """What `AsyncClient.stream` returns."""

    def __init__(self, client, request, auth, follow):
        self._arguments = (client, request, auth, follow)

    async def __aenter__(self):
        client, request, auth, follow = self._arguments
        self._response = await client.send(request, auth=auth, follow_redirects=follow, stream=True)
        return self._response

    async def __aexit__(self, *exc_info):
        await self._response.aclose()


_BODY_ARGUMENTS = ("content", "data", "files", "json")


def _no_body(function, kwargs):
    """Functions that send requests without a body take no argument for one."""
    for name in _BODY_ARGUMENTS:
        if name in kwargs:
            raise TypeError(f"{function}() got an unexpected keyword argument {name!r}")
    return kwargs


class AsyncClient(BaseClient):
    """Sends requests while other tasks run."""

    def __init__(
        self,
        *,
        auth=None,
        params=None,
        headers=None,
        cookies=None,
        verify=True,
        cert=None,
        http1=True,
        http2=False,
        proxy=None,
        mounts=None,
        timeout=DEFAULT_TIMEOUT,
        follow_redirects=False,
        limits=DEFAULT_LIMITS,
        max_redirects=DEFAULT_MAX_REDIRECTS,
        event_hooks=None,
        base_url="",
        transport=None,
        trust_env=True,
        default_encoding="utf-8",
    ):
        super().__init__(
            auth=auth,
            params=params,
            headers=headers,
            cookies=cookies,
            timeout=timeout,
            follow_redirects=follow_redirects,
            max_redirects=max_redirects,
            event_hooks=event_hooks,
            base_url=base_url,
            trust_env=trust_env,
            default_encoding=default_encoding,
        )

        def new_transport(**kwargs):
            from ._transports._async import AsyncHTTPTransport

            return AsyncHTTPTransport(**kwargs)

        self._init_transports(new_transport, verify, cert, http1, http2, proxy, mounts, limits, transport)

    async def request(
        self,
        method,
        url,
        *,
        content=None,
        data=None,
        files=None,
        json=None,
        params=None,
        headers=None,
        cookies=None,
        auth=USE_CLIENT_DEFAULT,
        follow_redirects=USE_CLIENT_DEFAULT,
        timeout=USE_CLIENT_DEFAULT,
        extensions=None,
    ):
        if cookies is not None:
            _warn_of_cookies()
        request = self.build_request(
            method,
            url,
            content=content,
            data=data,
            files=files,
            json=json,
            params=params,
            headers=headers,
            cookies=cookies,
            timeout=timeout,
            extensions=extensions,
        )
        return await self.send(request, auth=auth, follow_redirects=follow_redirects)

    def stream(self, method, url, *, auth=USE_CLIENT_DEFAULT, follow_redirects=USE_CLIENT_DEFAULT, **kwargs):
        """An async context manager: the response before its body has been read."""
        request = self.build_request(method, url, **kwargs)
        return _AsyncStreaming(self, request, auth, follow_redirects)

    async def send(self, request, *, stream=False, auth=USE_CLIENT_DEFAULT, follow_redirects=USE_CLIENT_DEFAULT):
        self._check_sendable()
        follow = self.follow_redirects if follow_redirects is USE_CLIENT_DEFAULT else follow_redirects
        if "timeout" not in request.extensions:
            request.extensions = {**request.extensions, "timeout": self._timeout.as_dict()}
        auth = self._request_auth(request, auth)
        if auth is None:
            response = await self._send_redirecting(request, follow, [])
        else:
            response = await self._send_with_auth(request, auth, follow)
        if not stream:
            try:
                await response.aread()
            except BaseException:
                await response.aclose()
                raise
        return response

    async def _send_with_auth(self, request, auth, follow):
        flow = auth.async_auth_flow(request)
        history = []
        try:
            request = await flow.__anext__()
            while True:
                response = await self._send_redirecting(request, follow, history)
                try:
                    try:
                        next_request = await flow.asend(response)
                    except StopAsyncIteration:
                        return response
                    response.history = list(history)
                    await response.aread()
                    request = next_request
                    history.append(response)
                except BaseException:
                    await response.aclose()
                    raise
        finally:
            await flow.aclose()

    async def _send_redirecting(self, request, follow, history):
        while True:
            self._check_history(request, history)
            for hook in self._event_hooks["request"]:
                await hook(request)
            response = await self._send_once(request)
            try:
                for hook in self._event_hooks["response"]:
                    await hook(response)
                response.history = list(history)
                if not response.has_redirect_location:
                    return response
                request = self._redirected(request, response)
                history = history + [response]
                if follow:
                    await response.aread()
                else:
                    response.next_request = request
                    return response
            except BaseException:
                await response.aclose()
                raise

    async def _send_once(self, request):
        if not isinstance(request.stream, AsyncByteStream):
            raise RuntimeError("Attempted to send an sync request with an AsyncClient instance.")
        transport = self._transport_for_url(request.url) if self._mounts else self._transport
        started = time.perf_counter()
        with _request_context(request):
            response = await transport.handle_async_request(request)
        if type(response.stream) in (AsyncReceivedBytes, ByteStream):
            response._elapsed = time.perf_counter() - started
        else:
            response.stream = _AsyncTimedStream(response.stream, response, started)
        self._received(request, response)
        return response

    async def get(self, url, **kwargs):
        return await self.request("GET", url, **_no_body("AsyncClient.get", kwargs))

    async def options(self, url, **kwargs):
        return await self.request("OPTIONS", url, **_no_body("AsyncClient.options", kwargs))

    async def head(self, url, **kwargs):
        return await self.request("HEAD", url, **_no_body("AsyncClient.head", kwargs))

    async def post(self, url, **kwargs):
        return await self.request("POST", url, **kwargs)

    async def put(self, url, **kwargs):
        return await self.request("PUT", url, **kwargs)

    async def patch(self, url, **kwargs):
        return await self.request("PATCH", url, **kwargs)

    async def delete(self, url, **kwargs):
        return await self.request("DELETE", url, **_no_body("AsyncClient.delete", kwargs))

    async def aclose(self):
        if self._state != _CLOSED:
            self._state = _CLOSED
            await self._transport.aclose()
            for _, transport in self._mounts:
                if transport is not None:
                    await transport.aclose()

    async def __aenter__(self):
        self._enter()
        await self._transport.__aenter__()
        for _, transport in self._mounts:
            if transport is not None:
                await transport.__aenter__()
        return self

    async def __aexit__(self, *exc_info):
        self._state = _CLOSED
        await self._transport.__aexit__(*exc_info)
        for _, transport in self._mounts:
            if transport is not None:
                await transport.__aexit__(*exc_info)


__all__ = ["AsyncClient", "Client", "USE_CLIENT_DEFAULT", "Response"]
