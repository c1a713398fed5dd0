"""`Cookies`: a mapping of names, a store by domain and path underneath (RFC 6265)."""

import re
from collections.abc import Mapping, MutableMapping

from ._exceptions import CookieConflict

#: What one jar keeps, and of one domain; the oldest go. A `Set-Cookie` that is longer is not kept.
MAX_COOKIES = 3000
MAX_COOKIES_OF_DOMAIN = 180
MAX_COOKIE_BYTES = 8192

_IPV4 = re.compile(r"\.\d+$", re.ASCII)


class Cookie:
    """One cookie, with the attributes of `http.cookiejar.Cookie` that matter."""

    def __init__(self, name, value, domain="", path="/", secure=False, expires=None, domain_specified=False, rest=None):
        self.name = name
        self.value = value
        self.domain = domain
        self.path = path
        self.secure = secure
        self.expires = expires
        self.domain_specified = domain_specified
        self._rest = rest or {}

    def is_expired(self, now=None):
        if self.expires is None:
            return False
        import time

        return self.expires <= (time.time() if now is None else now)

    def __repr__(self):
        return f"<Cookie {self.name}={self.value} for {self.domain} />"


class CookieJar:
    """Cookies by (domain, path, name); those of one domain together, else in the order they came."""

    def __init__(self):
        self._cookies = {}

    def __iter__(self):
        domains = {}
        for key, cookie in self._cookies.items():
            domains.setdefault(key[0], []).append(cookie)
        return iter([cookie for cookies in domains.values() for cookie in cookies])

    def __len__(self):
        return len(self._cookies)

    def set_cookie(self, cookie):
        key = (cookie.domain, cookie.path, cookie.name)
        if key not in self._cookies:
            of_domain = [k for k in self._cookies if k[0] == cookie.domain]
            if len(of_domain) >= MAX_COOKIES_OF_DOMAIN:
                del self._cookies[of_domain[0]]
            elif len(self._cookies) >= MAX_COOKIES:
                del self._cookies[next(iter(self._cookies))]
        self._cookies[key] = cookie

    def clear(self, domain=None, path=None, name=None):
        for key in list(self._cookies):
            wanted = (domain, path, name)
            if all(want is None or want == have for want, have in zip(wanted, key)):
                del self._cookies[key]

    def __repr__(self):
        return f"<CookieJar[{', '.join(repr(cookie) for cookie in self)}]>"


def _effective_host(host):
    """A name without a dot is local."""
    host = host.lower()
    return host + ".local" if "." not in host and ":" not in host else host


def _domain_matches(host, domain):
    if host == domain:
        return True
    domain = domain if domain.startswith(".") else "." + domain
    return host.endswith(domain) and _IPV4.search(host) is None or host == domain[1:]


def _parse_date(text):
    """Seconds since 1970 of a date in any of the forms that servers use, None if it is none."""
    from email.utils import parsedate_to_datetime

    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    if when.tzinfo is None:
        from datetime import timezone

        when = when.replace(tzinfo=timezone.utc)
    return when.timestamp()


def _parse_set_cookie(text, host, url_path):
    """The cookie a `Set-Cookie` of `host` sets, None if it must not."""
    if len(text) > MAX_COOKIE_BYTES:
        return None
    first, *rest = text.split(";")
    name, equals, value = first.partition("=")
    name, value = name.strip(), value.strip()
    if not equals or not name:
        return None
    cookie = Cookie(name, value, host, url_path.rpartition("/")[0] or "/")
    max_age = None
    for part in rest:
        key, _, val = part.partition("=")
        key, val = key.strip().lower(), val.strip()
        if key == "domain" and val:
            domain = val.lower() if val.startswith(".") else "." + val.lower()
            if not _domain_matches(host, domain) or "." not in domain[1:]:
                return None
            cookie.domain, cookie.domain_specified = domain, True
        elif key == "path" and val.startswith("/"):
            cookie.path = val
        elif key == "secure":
            cookie.secure = True
        elif key == "max-age":
            try:
                max_age = int(val)
            except ValueError:
                pass
        elif key == "expires" and max_age is None:
            cookie.expires = _parse_date(val)
        elif key:
            cookie._rest[part.partition("=")[0].strip()] = val or None
    if max_age is not None:
        import time

        cookie.expires = time.time() + max_age
    return cookie


class Cookies(MutableMapping):
    """Cookies as a mapping of names to values; `jar` has all about them."""

    def __init__(self, cookies=None):
        if cookies is None or isinstance(cookies, (Mapping, list)) and not isinstance(cookies, Cookies):
            self.jar = CookieJar()
            pairs = cookies.items() if isinstance(cookies, Mapping) else cookies or ()
            for key, value in pairs:
                self.set(key, value)
        elif isinstance(cookies, Cookies):
            self.jar = CookieJar()
            for cookie in cookies.jar:
                self.jar.set_cookie(cookie)
        else:
            self.jar = cookies

    def extract_cookies(self, response):
        """Takes in what `Set-Cookie` headers of `response` say."""
        headers = response.headers
        if not headers._has(b"set-cookie"):
            return
        url = response.request.url
        host = _effective_host(url.host)
        for text in headers.get_list("set-cookie"):
            cookie = _parse_set_cookie(text, host, url.path)
            if cookie is None:
                continue
            if cookie.is_expired():
                self.jar.clear(cookie.domain, cookie.path, cookie.name)
            else:
                self.jar.set_cookie(cookie)

    def set_cookie_header(self, request):
        """Gives `request` the `Cookie` header it should have."""
        if not len(self.jar):
            return
        url = request.url
        host, path = _effective_host(url.host), url.path
        found = []
        for cookie in self.jar:
            domain = cookie.domain
            if domain and not (
                _domain_matches(host, domain) if domain.startswith(".") else domain.lower() in (host, url.host)
            ):
                continue
            if not (path == cookie.path or path.startswith(cookie.path.rstrip("/") + "/")):
                continue
            if cookie.secure and url.scheme != "https" or cookie.is_expired():
                continue
            found.append(cookie)
        # The most specific path first.
        found.sort(key=lambda cookie: -len(cookie.path))
        if found and "cookie" not in request.headers:
            request.headers["Cookie"] = "; ".join(
                cookie.name if cookie.value is None else f"{cookie.name}={cookie.value}" for cookie in found
            )

    def set(self, name, value, domain="", path="/"):
        self.jar.set_cookie(Cookie(name, value, domain, path, domain_specified=bool(domain)))

    def get(self, name, default=None, domain=None, path=None):
        value = None
        for cookie in self.jar:
            if cookie.name != name or domain not in (None, cookie.domain) or path not in (None, cookie.path):
                continue
            if value is not None:
                raise CookieConflict(f"Multiple cookies exist with name={name}")
            value = cookie.value
        return default if value is None else value

    def delete(self, name, domain=None, path=None):
        if domain is not None and path is not None:
            self.jar.clear(domain, path, name)
            return
        for cookie in self.jar:
            if cookie.name == name and domain in (None, cookie.domain) and path in (None, cookie.path):
                self.jar.clear(cookie.domain, cookie.path, cookie.name)

    def clear(self, domain=None, path=None):
        if path is not None:
            assert domain is not None
        self.jar.clear(domain, path)

    def update(self, cookies=None):
        for cookie in Cookies(cookies).jar:
            self.jar.set_cookie(cookie)

    def __setitem__(self, name, value):
        self.set(name, value)

    def __getitem__(self, name):
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __delitem__(self, name):
        self.delete(name)

    def __len__(self):
        return len(self.jar)

    def __iter__(self):
        return iter([cookie.name for cookie in self.jar])

    def __bool__(self):
        return len(self.jar) > 0

    def __repr__(self):
        return f"<Cookies[{', '.join(repr(cookie) for cookie in self.jar)}]>"
