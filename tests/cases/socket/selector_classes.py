# The selectors: registering, waiting, keys, and what they refuse.
import selectors
import socket


def show(function, *arguments):
    try:
        result = function(*arguments)
    except Exception as error:
        result = f"{type(error).__name__}: {error}"
    print(function.__name__, "->", str(result).replace(repr(one), "ONE").replace(f"FD {one.fileno()}", "FD N"))


for kind in selectors.SelectSelector, selectors.PollSelector, selectors.EpollSelector:
    print(kind.__name__, kind.__mro__[1].__name__, kind is selectors.DefaultSelector)
    one, other = socket.socketpair()
    with kind() as selector:
        print(selector.select(0), selector.select(-1), len(selector.get_map()))
        key = selector.register(one, selectors.EVENT_READ, "data")
        print(key.fileobj is one, key.fd == one.fileno(), key.events, key.data, selector.get_key(one) is key)
        selector.register(other.fileno(), selectors.EVENT_READ | selectors.EVENT_WRITE)
        other.send(b"x")
        print(sorted((key.data, events) for key, events in selector.select() if key.data), len(selector.select(0)))
        print(selector.modify(one, selectors.EVENT_WRITE, 5)[2:], selector.modify(one, selectors.EVENT_WRITE, 6)[2:])
        print(sorted(events for key, events in selector.select(0)), dict(selector.get_map()).keys() == {one.fileno(), other.fileno()})
        for events in 0, 4, 9:
            show(selector.register, one, events)
        show(selector.register, one, 1)
        show(selector.register, "x", 1)
        show(selector.register, -5, 1)
        show(selector.unregister, 54321)
        show(selector.modify, 54321, 1)
        show(selector.get_key, 54321)
        number = one.fileno()
        one.close()
        print(selector.get_map()[one].data, selector.unregister(one).fd == number, len(selector.get_map()))
        other.close()
    print(selector.get_map())
    show(selector.get_key, 1)
