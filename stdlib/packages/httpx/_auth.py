"""Ways to authenticate: basic, digest (RFC 7616), netrc, any function; each a generator of requests."""

import os
import re
import time

from ._exceptions import ProtocolError


def _bytes(value):
    return value.encode("utf-8") if isinstance(value, str) else value


class Auth:
    """Base class: `auth_flow` yields requests and is sent the response of each."""

    requires_request_body = False
    requires_response_body = False

    def auth_flow(self, request):
        yield request

    def sync_auth_flow(self, request):
        if self.requires_request_body:
            request.read()
        flow = self.auth_flow(request)
        request = next(flow)
        while True:
            response = yield request
            if self.requires_response_body:
                response.read()
            try:
                request = flow.send(response)
            except StopIteration:
                break

    async def async_auth_flow(self, request):
        if self.requires_request_body:
            await request.aread()
        flow = self.auth_flow(request)
        request = next(flow)
        while True:
            response = yield request
            if self.requires_response_body:
                await response.aread()
            try:
                request = flow.send(response)
            except StopIteration:
                break


class FunctionAuth(Auth):
    """Hands the request to a function, which returns it changed."""

    def __init__(self, func):
        self._func = func

    def auth_flow(self, request):
        yield self._func(request)


def _basic_header(username, password):
    from base64 import b64encode

    return "Basic " + b64encode(_bytes(username) + b":" + _bytes(password)).decode("ascii")


class BasicAuth(Auth):
    """Name and password in every request."""

    def __init__(self, username, password):
        self._auth_header = _basic_header(username, password)

    def auth_flow(self, request):
        request.headers["Authorization"] = self._auth_header
        yield request


class NetRCAuth(Auth):
    """Name and password from a netrc file."""

    def __init__(self, file=None):
        import netrc

        self._netrc = netrc.netrc(file)

    def auth_flow(self, request):
        found = self._netrc.authenticators(request.url.host)
        if found is not None and found[2]:
            request.headers["Authorization"] = _basic_header(found[0], found[2])
        yield request


class DigestAuth(Auth):
    """Answers a challenge with a hash; later requests answer the same challenge at once."""

    _ALGORITHMS = {
        "MD5": "md5",
        "MD5-SESS": "md5",
        "SHA": "sha1",
        "SHA-SESS": "sha1",
        "SHA-256": "sha256",
        "SHA-256-SESS": "sha256",
        "SHA-512": "sha512",
        "SHA-512-SESS": "sha512",
    }
    _PART = re.compile(r'\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]*))\s*(?:,|$)')

    def __init__(self, username, password):
        self._username = _bytes(username)
        self._password = _bytes(password)
        self._challenge = None
        self._count = 1

    def auth_flow(self, request):
        if self._challenge:
            request.headers["Authorization"] = self._header(request)
        response = yield request
        if response.status_code != 401 or "www-authenticate" not in response.headers:
            return
        for text in response.headers.get_list("www-authenticate"):
            if text.lower().startswith("digest "):
                break
        else:
            return
        self._challenge = self._parse(text, request, response)
        self._count = 1
        request.headers["Authorization"] = self._header(request)
        if response.cookies:
            response.cookies.set_cookie_header(request)
        yield request

    def _parse(self, text, request, response):
        parts = {}
        for found in self._PART.finditer(text.partition(" ")[2]):
            parts[found[1].lower()] = found[2] if found[2] is not None else found[3]
        if "realm" not in parts or "nonce" not in parts:
            raise ProtocolError("Malformed Digest WWW-Authenticate header", request=request)
        parts.setdefault("algorithm", "MD5")
        if parts["algorithm"].upper() not in self._ALGORITHMS:
            raise ProtocolError(f"Unsupported digest algorithm {parts['algorithm']!r}", request=request)
        return parts

    def _header(self, request):
        import hashlib

        challenge = self._challenge
        algorithm = challenge["algorithm"]

        def digest(data):
            return hashlib.new(self._ALGORITHMS[algorithm.upper()], data).hexdigest().encode("ascii")

        realm, nonce = challenge["realm"].encode(), challenge["nonce"].encode()
        uri = request.url.raw_path
        secret = digest(b":".join((self._username, realm, self._password)))
        what = digest(b":".join((request.method.encode(), uri)))
        count = b"%08x" % self._count
        self._count += 1
        client_nonce = hashlib.sha1(nonce + count + str(time.time()).encode() + os.urandom(8)).hexdigest()[:16].encode()
        if algorithm.lower().endswith("-sess"):
            secret = digest(b":".join((secret, nonce, client_nonce)))
        qop = self._qop(request)
        if qop is None:
            answer = digest(b":".join((secret, nonce, what)))
        else:
            answer = digest(b":".join((secret, nonce, count, client_nonce, qop, what)))
        quoted = {"username": self._username, "realm": realm, "nonce": nonce, "uri": uri, "response": answer}
        fields = [f'{key}="{value.decode()}"' for key, value in quoted.items()]
        fields.append(f"algorithm={algorithm}")
        if "opaque" in challenge:
            fields.append(f'opaque="{challenge["opaque"]}"')
        if qop is not None:
            fields += ["qop=auth", f"nc={count.decode()}", f'cnonce="{client_nonce.decode()}"']
        return "Digest " + ", ".join(fields)

    def _qop(self, request):
        qop = self._challenge.get("qop")
        if not qop:
            return None
        offered = re.split(", ?", qop)
        if "auth" in offered:
            return b"auth"
        if offered == ["auth-int"]:
            raise NotImplementedError("Digest auth-int support is not yet implemented")
        raise ProtocolError(f'Unexpected qop value "{qop}" in digest auth', request=request)
