"""The objects that asend, athrow and aclose give, sent to without a coroutine."""
from _steps import suspend


async def numbers():
    try:
        await suspend("first")
        print("got", (yield 1))
        yield 2
    finally:
        await suspend("last")


def attempt(function, *args):
    try:
        print("gave", function(*args))
    except (StopIteration, StopAsyncIteration) as stop:
        print(type(stop).__name__, stop.args)
    except Exception as error:
        print(type(error).__name__, error)


generator = numbers()
step = generator.asend(None)
attempt(step.send, None)
print(generator.ag_running, generator.ag_suspended, generator.ag_await.__name__)
for other in (generator.asend(None), generator.aclose(), generator.athrow(ValueError)):
    attempt(other.send, None)
    attempt(other.send, None)
attempt(step.send, "answer")
attempt(step.send, None)
attempt(step.throw, ValueError)
print(step.close(), generator.ag_running)
attempt(generator.asend("value").send, None)
close = generator.aclose()
attempt(close.send, 3)
attempt(close.send, None)
attempt(close.send, None)
attempt(generator.athrow(KeyError).send, None)
attempt(numbers().asend(3).send, None)
attempt(numbers().athrow(KeyError("early")).send, None)

fresh = numbers().aclose()
attempt(fresh.close)
attempt(numbers().athrow().send, None)
