# Connections that come and go leave nothing behind: no object, no descriptor.
import gc
import os
import socket
import ssl
import weakref
from _pair import attempt, client_context, connect, server_context

client, server = client_context(), server_context()
(a, b, *_), _ = connect(client, server)
alive = weakref.ref(a)
del a
print(alive())
gc.collect()
before = len(os.listdir('/proc/self/fd'))
for at in range(40):
    left, right = socket.socketpair()
    left.setblocking(False)
    right.setblocking(False)
    a = client.wrap_socket(left, server_hostname='localhost' if at % 2 else 'wrong.name', do_handshake_on_connect=False)
    b = server.wrap_socket(right, server_side=True, do_handshake_on_connect=False)
    for end in (a, b, a, b):
        attempt(end.do_handshake)
    a.close()
    b.close()
print(len(os.listdir('/proc/self/fd')) - before)


class Holder:
    def __init__(self):
        self.context = server_context()
        self.context.sni_callback = self.choose

    def choose(self, *arguments):
        pass


holder = weakref.ref(Holder())
gc.collect()
print(holder())
