"""`httpx.get` and its like: one request, with a client of its own."""

from contextlib import contextmanager

from ._client import Client
from ._config import DEFAULT_TIMEOUT


def _client(cookies, proxy, verify, timeout, trust_env):
    return Client(cookies=cookies, proxy=proxy, verify=verify, timeout=timeout, trust_env=trust_env)


def request(
    method,
    url,
    *,
    params=None,
    content=None,
    data=None,
    files=None,
    json=None,
    headers=None,
    cookies=None,
    auth=None,
    proxy=None,
    timeout=DEFAULT_TIMEOUT,
    follow_redirects=False,
    verify=True,
    trust_env=True,
):
    """Sends one request and returns the response, its body read."""
    with _client(cookies, proxy, verify, timeout, trust_env) as client:
        return client.request(
            method,
            url,
            content=content,
            data=data,
            files=files,
            json=json,
            params=params,
            headers=headers,
            auth=auth,
            follow_redirects=follow_redirects,
        )


@contextmanager
def stream(
    method,
    url,
    *,
    params=None,
    content=None,
    data=None,
    files=None,
    json=None,
    headers=None,
    cookies=None,
    auth=None,
    proxy=None,
    timeout=DEFAULT_TIMEOUT,
    follow_redirects=False,
    verify=True,
    trust_env=True,
):
    """A context manager: the response before its body has been read."""
    with _client(cookies, proxy, verify, timeout, trust_env) as client:
        with client.stream(
            method,
            url,
            content=content,
            data=data,
            files=files,
            json=json,
            params=params,
            headers=headers,
            auth=auth,
            follow_redirects=follow_redirects,
        ) as response:
            yield response


_NOT_WITHOUT_BODY = ("content", "data", "files", "json")


def _without_body(name, method):
    def send(url, **kwargs):
        for argument in _NOT_WITHOUT_BODY:
            if argument in kwargs:
                raise TypeError(f"{name}() got an unexpected keyword argument {argument!r}")
        return request(method, url, **kwargs)

    send.__name__ = send.__qualname__ = name
    send.__doc__ = f"Sends one {method} request."
    return send


def _with_body(name, method):
    def send(url, **kwargs):
        return request(method, url, **kwargs)

    send.__name__ = send.__qualname__ = name
    send.__doc__ = f"Sends one {method} request."
    return send


get = _without_body("get", "GET")
options = _without_body("options", "OPTIONS")
head = _without_body("head", "HEAD")
delete = _without_body("delete", "DELETE")
post = _with_body("post", "POST")
put = _with_body("put", "PUT")
patch = _with_body("patch", "PATCH")
