# select, poll and epoll.
import os
import select
import socket


def show(function, *arguments):
    try:
        result = function(*arguments)
    except (Exception, MemoryError) as error:
        result = f"{type(error).__name__}: {error}"
    print(function.__name__, "->", result)


class File:
    def __init__(self, number):
        self.number = number

    def fileno(self):
        return self.number


one, other = socket.socketpair()
other.send(b"x")
files = [one, File(one.fileno()), other.fileno()]
readers, writers, others = select.select(files, [other, other], [one], 0)
print([files.index(file) for file in readers], writers == [other, other], others)
for lists in ([-1], [], []), ([5000], [], []), (["x"], [], []), (5, [], []), ([File("x")], [], []), ([File(-1)], [], []), ([1 << 80], [], []):
    show(select.select, *lists, 0)
for timeout in "x", -1, float("nan"), 1 << 70:
    show(select.select, [], [], [], timeout)
poll, epoll = select.poll(), select.epoll()
for watch in poll, epoll:
    watch.register(one, select.POLLIN)
    watch.register(other.fileno(), select.POLLIN | select.POLLOUT)
    print(sorted((fd == one.fileno(), events) for fd, events in watch.poll(0)), len(watch.poll()))
    watch.modify(other, 0)
    show(watch.modify, 54321, 1)
    show(watch.unregister, 54321)
    show(watch.register, -1)
    show(watch.register, "x")
    show(watch.poll, "x")
    show(watch.poll, 1 << 70)
    show(watch.poll, float("nan"))
show(poll.register, 54321)
print([events for fd, events in poll.poll(0) if fd == 54321], poll.unregister(54321))
for mask in "x", -1, 65536:
    show(poll.register, one, mask)
show(poll.poll, 1 << 40)
show(epoll.register, 54321)
show(epoll.register, one)
for maximum in 0, -2, 1 << 40, 1:
    show(lambda: len(epoll.poll(0, maximum)))
show(select.epoll, 0)
show(select.epoll, 1, 5)
other.close()
print([events for fd, events in poll.poll(0)], [events for fd, events in epoll.poll(0)])
with epoll:
    print(epoll.closed, epoll.fileno() > 0)
for method in epoll.poll, epoll.fileno, epoll.close, epoll.__enter__:
    show(method)
show(type(poll))
print(select.error is OSError, select.PIPE_BUF, epoll.closed)
