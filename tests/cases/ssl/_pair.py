"""Both ends of a connection in memory, for cases of `ssl`."""
import os
import ssl

CERTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_certs") + os.sep


def server_context(cert="server.pem"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTS + cert)
    return context


def client_context(roots="root.pem"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if roots:
        context.load_verify_locations(CERTS + roots)
    return context


def wrap(client, server, host="localhost", **options):
    """A client and a server, and what each reads from."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    a = client.wrap_bio(to_client, to_server, server_hostname=host, **options)
    b = server.wrap_bio(to_server, to_client, server_side=True)
    return a, b, to_client, to_server


def attempt(function, *arguments):
    """What a call gives or raises, in few words."""
    try:
        return function(*arguments)
    except (ssl.SSLError, OSError, ValueError) as exc:
        return f"{type(exc).__name__}: {exc}"


def shake(a, b):
    """Goes on with both until each is done or failed; gives the results, None for success."""
    results = ["SSLWantReadError"] * 2
    while any("SSLWantReadError" in str(result) for result in results):
        before = results[:]
        for at, end in enumerate((a, b)):
            if "SSLWantReadError" in str(results[at]):
                results[at] = attempt(end.do_handshake)
        if results == before:
            break
    return results


def connect(client, server, host="localhost", **options):
    ends = wrap(client, server, host, **options)
    return ends, shake(*ends[:2])
