# Stream sockets: connecting, sending, the ways to receive, streams over them, half closing.
import socket
import tempfile

with socket.create_server(("127.0.0.1", 0)) as server:
    client = socket.create_connection(server.getsockname())
    served, address = server.accept()
print(address == client.getsockname(), served.getpeername() == address, served.family, served.type)
client.sendall(b"x" * 300_000)
received = bytearray()
while len(received) < 300_000:
    received += served.recv(1 << 18)
print(len(received), set(received) == {ord("x")})
client.send(b"0123456789")
print(served.recv(3, socket.MSG_PEEK), served.recv(0), served.recv(2))
buffer = bytearray(6)
print(served.recv_into(buffer, 3), buffer, served.recv_into(memoryview(buffer)[4:]), buffer, served.recvfrom(9))
with served.makefile("rw", encoding="utf-8", newline="\n") as lines:
    client.send("eins\nzwei ü\nrest".encode())
    print(repr(lines.readline()), repr(lines.readline()), lines.mode, lines.line_buffering)
    lines.write("answer\n")
    lines.flush()
    print(client.recv(100))
    client.shutdown(socket.SHUT_WR)
    print(repr(lines.read()), served.fileno() >= 0)
print(served.recv(1), served.send(b"to the end"))
served.close()
print(client.recv(100), client.recv(100), served, client.detach() >= 0, client)
with tempfile.TemporaryFile() as file:
    file.write(b"content of a file")
    file.flush()
    one, other = socket.socketpair()
    with one, other:
        print(one.sendfile(file, 8), file.tell(), other.recv(100), one.sendfile(file, 0, 7), other.recv(100))
