# What connecting, binding and using closed sockets raises.
import os
import socket


def show(function, *arguments, **keywords):
    try:
        result = function(*arguments, **keywords)
    except (Exception, ExceptionGroup) as error:
        result = f"{type(error).__module__}.{type(error).__name__}: {error}"
    print(getattr(function, "__name__", function), "->", str(result).replace(str(port), "PORT"))


server = socket.create_server(("127.0.0.1", 0))
port = server.getsockname()[1]
show(socket.socket().bind, ("127.0.0.1", port))
show(socket.create_server, ("127.0.0.1", port))
server.close()
show(socket.create_connection, ("127.0.0.1", port))
show(socket.create_connection, ("127.0.0.1", port), all_errors=True)
show(socket.socket().connect_ex, ("127.0.0.1", port))
for method, *arguments in (
    ("accept",), ("bind", ("", 0)), ("connect", ("127.0.0.1", 1)), ("connect_ex", ("127.0.0.1", 1)), ("recv", 1), ("recv", 0),
    ("send", b""), ("listen",), ("fileno",), ("close",), ("detach",), ("getsockname",), ("getpeername",), ("settimeout", 1),
    ("setblocking", True), ("getsockopt", 1, 2), ("shutdown", 1), ("dup",), ("gettimeout",), ("recvmsg", 1), ("sendmsg", [b""]),
):
    show(getattr(server, method), *arguments)
print(server)
show(socket.socket, fileno=54321)
show(socket.socket, fileno=os.pipe()[0])
show(socket.socket, fileno=-1)
show(socket.socket, 999)
taken = socket.socket()
os.close(taken.fileno())
show(taken.recv, 1)
show(taken.close)
show(taken.close)
