# Wrong types and values, in the words of each method.
import socket
import sys

plain, six, unix = socket.socket(), socket.socket(socket.AF_INET6), socket.socket(socket.AF_UNIX)
local = ("127.0.0.1", 1)
for function, *calls in (
    (plain.recv, (), (1, 2, 3), (-1,), ("x",), (1.5,), (1 << 100,), (sys.maxsize,), (1 << 60,)),
    (plain.recv_into, (), (b"x",), ("x",), (bytearray(1), 2), (bytearray(1), -1)),
    (plain.recvfrom_into, (bytearray(1), 2), (bytearray(1), -1)),
    (plain.recvmsg, (-1,), (1, -1), (1, 1 << 40), (sys.maxsize,)),
    (plain.recvmsg_into, (5,), ([5],), ([b"x"],)),
    (plain.send, (), ("x",), (memoryview(b"12345678")[::2],)),
    (plain.sendto, (b"x",), (b"x", 5), (b"x", ("127.0.0.1", 70000)), (b"x", "a", local), (1, 2, 3, 4)),
    (plain.sendmsg, (), (5,), (["x"],), ([], 5), ([], [5]), ([], [(1, 2)]), ([], [(1, "x", b"")]), ([], [], 0, 5)),
    (plain.setsockopt, (), (1, 2), (1, 2, "x"), (1, 2, 1 << 40), ("x", 2, 1), (1, 2, None, "x"), (1, 2, 3, 4)),
    (plain.getsockopt, (), (1, 2, -1), (1, 2, 1025), ("x", 2)),
    (plain.bind, (), (5,), ((1,),), ((1, 2),), (("127.0.0.1", "x"),), (("127.0.0.1", -1),), (("127.0.0.1", 65536),)),
    (plain.bind, (("127.0.0.1", 1 << 80),), (("a\0b", 1),), ((None, 1),), (["", 0],), (("::1", 1),), (("\ud800", 1),)),
    (six.bind, (5,), (("::1",),), (("::1", -1),), (("::1", 0, 1 << 20),), (("127.0.0.1", 0),), (("<broadcast>", 0),)),
    (unix.bind, (5,), ("x" * 108,), (b"\0" + b"x" * 108,), (("x",),), ("/nowhere/at/all",)),
    (plain.listen, ("x",), (1, 2), (1 << 40,)),
    (plain.settimeout, ("x",), (-1,), (1e300,), (float("nan"),), (1 << 80,)),
    (plain.shutdown, ("x",), (9,)),
    (socket.socket, ("x",), (1, 2, 3, 4, 5), (2, 999), (1 << 40,), (2, 1, 0, 1.5)),
    (plain.makefile, ("x",), ("r", 0)),
):
    for arguments in calls:
        try:
            result = function(*arguments)
        except (Exception, MemoryError) as error:
            result = f"{type(error).__name__}: {error}"
        shown = repr(arguments) if len(repr(arguments)) < 60 and "memory" not in repr(arguments) else "..."
        print(function.__name__, shown, "->", result)
