# Names and numbers: what needs no network.
import socket


def show(function, *arguments, **keywords):
    try:
        result = function(*arguments, **keywords)
    except (Exception, MemoryError) as error:
        result = f"{type(error).__module__}.{type(error).__name__}{error.args}"
    print(function.__name__, arguments, "->", result)


show(socket.getaddrinfo, "127.0.0.1", 80, type=socket.SOCK_STREAM)
show(socket.getaddrinfo, b"::1", b"80", 0, socket.SOCK_DGRAM)
show(socket.getaddrinfo, "127.0.0.1", 0, flags=socket.AI_CANONNAME, type=socket.SOCK_STREAM)
for host, port in (5, 80), ("127.0.0.1", []), ("127.0.0.1", -1), ("\ud800", 80), ("x" * 64, 1), ("a..b", 1), ("127.0.0.1", "\ud800"):
    show(socket.getaddrinfo, host, port)
show(socket.getaddrinfo, "127.0.0.1", 80, 999)
numeric = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
for address in ("127.0.0.1", 80), ("::1", 80, 0, 0), ("127.0.0.1", 80, 0), ("::1", 1, 1 << 20), ["127.0.0.1", 1], ("127.0.0.1",), (1, 1):
    show(socket.getnameinfo, address, numeric)
for host in "1.2.3.4", "", "<broadcast>", 5, "::1", "a\0b":
    show(socket.gethostbyname, host)
for text in "127.1", "1.2.3.4", "0x7f.1", "", "1.2.3.4.5", 5:
    show(socket.inet_aton, text)
for family, text in (2, "1.2.3.4"), (2, "1.2.3"), (10, "::ffff:1.2.3.4"), (10, "fe80::1"), (10, "x"), (99, "x"), (2, b"1.2.3.4"):
    show(socket.inet_pton, family, text)
for family, packed in (2, b"1234"), (2, b"123"), (10, bytes(15) + b"\1"), (10, bytes(10) + b"\xff\xff\1\2\3\4"), (99, b""), (2, "x"):
    show(socket.inet_ntop, family, packed)
for number in 5, -1, 1 << 16, 1 << 32, "x":
    show(socket.htons, number)
    show(socket.ntohl, number)
for length in 0, 5, -1, 0x7FFFFFFF, 1 << 70:
    show(socket.CMSG_LEN, length)
    show(socket.CMSG_SPACE, length)
show(socket.inet_ntoa, b"123")
show(socket.if_nametoindex, "no such interface")
show(socket.if_indextoname, -1)
show(socket.getservbyport, 65536)
show(socket.getservbyname, "no such service")
print(socket.if_indextoname(socket.if_nametoindex("lo")), repr(socket.AF_INET), repr(socket.MSG_PEEK | socket.MSG_OOB))
print(socket.error is OSError, socket.timeout is TimeoutError, socket.gaierror.__mro__[1:], socket.herror.__mro__[1:])
