# Signals while a socket waits: handlers run, and either raise or the waiting goes on.
import select
import signal
import socket


def show(what, function, *arguments):
    signal.setitimer(signal.ITIMER_REAL, 0.005)
    try:
        print(what, function(*arguments))
    except Exception as error:
        print(what, repr(error))


def fail(number, frame):
    raise ValueError("from the handler")


def answer(number, frame):
    try:
        buffer.extend(b"longer")
    except BufferError as error:
        print(error)
    other.send(b"late")


one, other = socket.socketpair()
buffer = bytearray(10)
signal.signal(signal.SIGALRM, fail)
poll = select.poll()
for timeout in None, 20:
    one.settimeout(timeout)
    show("recv", one.recv, 1)
    show("sendall", one.sendall, bytes(1 << 22))
    show("accept", socket.create_server(("127.0.0.1", 0)).accept)
    show("select", select.select, [one], [], [], timeout)
    show("poll", poll.poll, timeout and timeout * 1000)
    show("epoll", select.epoll().poll, timeout)
signal.signal(signal.SIGALRM, answer)
for timeout in None, 20:
    one.settimeout(timeout)
    show("recv_into", one.recv_into, buffer)
    show("recv", one.recv, 10)
    show("select", lambda: select.select([one], [], [], timeout)[0] == [one])
    print(one.recv(10))
