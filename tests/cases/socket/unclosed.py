# Sockets that nobody closed: warnings at the last reference.
import gc
import re
import socket
import sys
import warnings

import _socket


def show(*texts):
    print(*(re.sub("fd=[0-9]+", "fd=N", str(text)) for text in texts))


warnings.simplefilter("always")
warnings.showwarning = lambda message, category, file, line, *rest: show(category.__name__, message, line)
sys.unraisablehook = lambda info: show(info.err_msg, repr(info.exc_value))
left = socket.socket()
del left
plain = _socket.socket(socket.AF_UNIX)
print(plain.timeout, plain.family)
plain = None


class Named(socket.socket):
    def __del__(self):
        print("__del__", self.fileno() >= 0)


named = Named()
del named
cycle = [Named()]
cycle.append(cycle)
del cycle
gc.collect()
closed = Named()
closed.close()
del closed
one, other = socket.socketpair()
stream = one.makefile("rb")
one.close()
del one
print(stream.closed)
stream.close()
print("last of the pair:", other.recv(1))
other.close()
warnings.simplefilter("error")
left = socket.socket()
del left
warnings.simplefilter("always")
unbound = socket.socket.__new__(socket.socket)
print(unbound, unbound.fileno())
