# Unix sockets: paths, abstract names, descriptors and credentials sent along.
import array
import os
import socket
import struct
import tempfile

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "s")
    for name in path, path.encode() + b"2", "\0abstract " + folder, b"\0" + folder.encode():
        with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
            server.bind(name)
            server.listen(0)
            client.connect(name)
            served, address = server.accept()
            shown = server.getsockname()
            print(type(shown).__name__, shown[:1] in (b"\0", "/"), client.getpeername() == shown, repr(address))
            served.close()
    try:
        socket.socket(socket.AF_UNIX).connect(os.path.join(folder, "nobody"))
    except OSError as error:
        print(type(error).__name__, error)
one, other = socket.socketpair()
reading, writing = os.pipe()
print(socket.send_fds(one, [b"two", b"pieces"], [writing, reading]))
data, (sent_writing, sent_reading), flags, address = socket.recv_fds(other, 100, 2)
os.write(sent_writing, b"through the other end")
print(data, flags == socket.MSG_CMSG_CLOEXEC, address, os.read(reading, 100), os.get_inheritable(sent_reading))
one.sendmsg([memoryview(b"01234"), bytearray(b"567"), array.array("B", b"89")])
buffers = [bytearray(4), bytearray(2), bytearray(100)]
size, control, flags, address = other.recvmsg_into(buffers)
print(size, buffers[0], buffers[1], buffers[2][:5], control, flags, address)
one.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
other.send(b"who")
data, [(level, kind, content)], flags, address = one.recvmsg(10, socket.CMSG_SPACE(12))
print(data, level == socket.SOL_SOCKET, kind == socket.SCM_CREDENTIALS, struct.unpack("iII", content)[0] == os.getpid())
print(struct.unpack("iII", one.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0] == os.getpid())
