# No descriptors are left: what raises what, and that everything goes on when there are some again.
import resource
import select
import socket


def show(function, *arguments):
    try:
        print(function.__name__, function(*arguments))
    except OSError as error:
        print(function.__name__, repr(error))


server = socket.create_server(("127.0.0.1", 0))
client = socket.socket()
limits = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (20, limits[1]))
sockets = []
try:
    while True:
        sockets.append(socket.socket())
except OSError as error:
    print(repr(error))
show(socket.socketpair)
show(select.epoll)
show(client.dup)
show(socket.create_server, ("127.0.0.1", 0))
client.connect(server.getsockname())
show(server.accept)
sockets.pop().close()
print(server.accept()[1] == client.getsockname())
resource.setrlimit(resource.RLIMIT_NOFILE, limits)
