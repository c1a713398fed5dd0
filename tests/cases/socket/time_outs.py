# Timeouts and sockets that do not block.
import socket


def show(function, *arguments):
    try:
        print(function.__name__, function(*arguments))
    except OSError as error:
        print(function.__name__, repr(error))


one, other = socket.socketpair()
server = socket.create_server(("127.0.0.1", 0))
print(one.gettimeout(), one.getblocking(), one.timeout)
for timeout in 0.005, 0:
    one.settimeout(timeout)
    server.settimeout(timeout)
    print(one.gettimeout(), one.getblocking(), one.timeout)
    show(one.recv, 1)
    show(one.recv_into, bytearray(1))
    show(one.recvfrom, 1)
    show(one.recvmsg, 1)
    show(server.accept)
    show(one.sendall, bytes(1 << 22))
    show(one.send, b"one more")
print(other.recv(5), other.fileno() > 0)
other.close()
one.setblocking(True)
print(one.gettimeout(), one.timeout)
show(one.recv, 1)
show(one.send, b"x")
socket.setdefaulttimeout(1.5)
client = socket.create_connection(server.getsockname())
print(socket.getdefaulttimeout(), client.gettimeout(), socket.socket().timeout)
server.setblocking(True)
print(server.accept()[0].timeout)
socket.setdefaulttimeout(None)
client.settimeout(3)
print(client.dup().timeout)
late = client.makefile("rb")
client.settimeout(0.001)
for _ in range(2):
    show(late.read)
