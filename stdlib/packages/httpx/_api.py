"""`httpx.get` and its like: one request, with a client of its own."""

from contextlib import contextmanager

from ._client import Client, _no_body
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


def _sender(name, has_body):
    method = name.upper()

    def send(url, **kwargs):
        return request(method, url, **(kwargs if has_body else _no_body(name, kwargs)))

    send.__name__ = send.__qualname__ = name
    send.__doc__ = f"Sends one {method} request."
    return send


get = _sender("get", False)
options = _sender("options", False)
head = _sender("head", False)
delete = _sender("delete", False)
post = _sender("post", True)
put = _sender("put", True)
patch = _sender("patch", True)
