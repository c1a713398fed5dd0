"""What the cases here share: a point of suspension, and a driver that shows each of them."""
import types


@types.coroutine
def suspend(value):
    return (yield value)


def drive(coroutine, *answers):
    """Runs a coroutine without a loop; answers that are exceptions are thrown in."""
    try:
        print("->", coroutine.send(None))
        for answer in answers:
            thrown = isinstance(answer, BaseException)
            print("->", coroutine.throw(answer) if thrown else coroutine.send(answer))
        print("unfinished")
    except StopIteration as stop:
        print("returned", stop.value)
    except BaseException as error:
        print("raised", repr(error))
