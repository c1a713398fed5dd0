# Peers that speak no TLS, stop in the middle or send garbage.
import ssl
from _pair import attempt, client_context, connect, server_context, wrap

client, server = client_context(), server_context()
for text in (b'HTTP/1.1 400 Bad\r\n\r\n', b'\x15\x03\x01\x00\x02\x02\x28', b'\x15\x03\x03\x00\x02\x02\x46', b'\x00' * 20):
    a, b, to_client, to_server = wrap(client, server)
    to_client.write(text)
    print(attempt(a.do_handshake))
for text in (b'GET / HTTP/1.0\r\n\r\n', b'CONNECT a:443 HTTP/1.1\r\n\r\n', b'hello there, who are you', b'\xff' * 20):
    a, b, to_client, to_server = wrap(client, server)
    to_server.write(text)
    print(attempt(b.do_handshake), to_client.read())

# A stream that ends: before TLS began, within the handshake, after it, within a record.
for cut in (0, 1, 5, 40, 100):
    a, b, to_client, to_server = wrap(client, server)
    attempt(a.do_handshake)
    hello = to_server.read()
    to_server.write(hello[:cut])
    to_server.write_eof()
    print(cut, attempt(b.do_handshake))
for cut in (0, 3, 20):
    (a, b, to_client, to_server), _ = connect(client, server)
    to_client.read()
    b.write(b'truncated')
    record = to_client.read()
    to_client.write(record[:cut])
    to_client.write_eof()
    print(cut, attempt(a.read, 20))
    print(attempt(a.read, 20), attempt(a.unwrap))

# A record that was changed on its way.
(a, b, to_client, to_server), _ = connect(client, server)
to_client.read()
b.write(b'secret')
record = bytearray(to_client.read())
record[-1] ^= 1
to_client.write(record)
print(attempt(a.read, 20))
print(attempt(a.read, 20))
print(attempt(b.read, 20))

# No memory is taken for what only claims to be long.
(a, b, to_client, to_server), _ = connect(client, server)
to_client.write(b'\x17\x03\x03\xff\xff')
print(attempt(a.read, 20))
