# Both versions, from the handshake to the close.
import ssl
from _pair import attempt, client_context, connect, server_context

for cert, version in (('server.pem', 'TLSv1_3'), ('server.pem', 'TLSv1_2'), ('rsa.pem', 'TLSv1_3'), ('rsa.pem', 'TLSv1_2')):
    client, server = client_context(), server_context(cert)
    client.maximum_version = ssl.TLSVersion[version]
    client.set_alpn_protocols(['h2', 'http/1.1'])
    server.set_alpn_protocols(['http/1.1', 'x'])
    (a, b, to_client, to_server), results = connect(client, server)
    print(results, a.version(), b.version(), a.cipher() == b.cipher(), a.cipher()[1:])
    print(a.selected_alpn_protocol(), b.selected_alpn_protocol(), a.compression(), a.shared_ciphers(), len(b.shared_ciphers()) > 2)
    print(a.server_side, b.server_side, a.server_hostname, b.server_hostname, a.session_reused)
    print(b.getpeercert(), b.getpeercert(True), len(a.get_verified_chain()), len(a.get_unverified_chain()))
    print(attempt(a.read, 5), a.write(b'hello'), b.pending(), b.read(2), b.pending(), b.read(10))
    print(b.write(bytes(100000)), len(a.read(100000)), a.pending())
    total = 16384
    while total < 100000:
        total += len(a.read(100000))
    buffer = bytearray(4)
    b.write(b'abcdef')
    print(a.read(3, buffer), buffer, a.read(0, buffer), buffer, attempt(a.read, 10))
    print(attempt(a.unwrap), b.read(10), b.write(b'late'), b.unwrap(), a.read(10), a.unwrap(), attempt(a.read, 1))
    print(attempt(a.write, b'x'))
