# TLS over sockets: both ends in one thread, so each waits only for what is there.
import socket
import ssl
from _pair import attempt, client_context, server_context

left, right = socket.socketpair()
left.setblocking(False)
right.setblocking(False)
a = client_context().wrap_socket(left, server_hostname='localhost', do_handshake_on_connect=False)
b = server_context().wrap_socket(right, server_side=True, do_handshake_on_connect=False)
print(left.fileno(), a.fileno() >= 0, a.version(), a.cipher(), a.pending())
for end in (a, b, a, b):
    print(attempt(end.do_handshake))
print(a.version(), b.version(), a.getpeercert()['subject'], b.getpeercert(), a.server_hostname)
print(attempt(a.recv, 10), a.send(b'hello world'), b.recv(5), b.pending(), b.recv(100))

# What does not fit into the socket's buffer is finished by the same call, made again.
data, received, calls = bytes(range(256)) * 8000, b'', 0
while True:
    calls += 1
    try:
        print(a.send(data), calls > 1)
        break
    except ssl.SSLWantWriteError:
        while True:
            try:
                received += b.recv(100000)
            except ssl.SSLWantReadError:
                break
b.settimeout(5)
while len(received) < len(data):
    received += b.recv(100000)
print(received == data)

b.settimeout(0.001)
print(attempt(b.recv, 1))
a.setblocking(True)
with b.makefile('wb') as file:
    file.write(b'one\ntwo\n')
with a.makefile('rb') as file:
    print(file.readline(), file.readline())
buffer = bytearray(3)
b.sendall(b'abcdef')
print(a.recv_into(buffer), buffer, a.recv_into(buffer, 2), buffer, a.read(9))
for call in (
    lambda: a.send(b'x', 1),
    lambda: a.sendto(b'x', ('', 1)),
    lambda: a.recvfrom(1),
    lambda: a.recv(-1),
):
    print(attempt(call))
for call in (a.dup, a.recvmsg, a.sendmsg):
    try:
        call()
    except NotImplementedError as exc:
        print(exc)

b.setblocking(False)
print(attempt(b.unwrap))
print(a.recv(10), a.unwrap() is a, b.unwrap() is b)
a.sendall(b'plain again')
print(b.recv(20), attempt(a.unwrap)[:30])
a.close()
print(b.recv(1))
b.close()
print(attempt(b.read, 1), attempt(b.write, b'x'))

left, right = socket.socketpair()
left.settimeout(0.01)
print(attempt(lambda: client_context().wrap_socket(left, server_hostname='localhost')))
left, third = socket.socketpair()
third.sendall(b'HTTP/1.1 400 Bad Request\r\n\r\n')
print(attempt(lambda: client_context().wrap_socket(left, server_hostname='localhost')))
left, third = socket.socketpair()
third.close()
print(attempt(lambda: client_context().wrap_socket(left, server_hostname='localhost'))[:40])
