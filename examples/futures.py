"""A future is a promise of a value: pending at first, then finished with a result or an exception, or cancelled.

Programs seldom make futures themselves, but tasks are futures and every wait ends at one. They are also how callbacks of
other libraries are turned into something to `await`.
"""

import asyncio


def state(future):
    """The one state that a future is in."""
    if not future.done():
        return "pending"
    if future.cancelled():
        return "cancelled"
    if error := future.exception():
        return f"failed with {error!r}"
    return f"finished with {future.result()!r}"


class Doorbell:
    """Something of the old style: it knows only callbacks."""

    def __init__(self):
        self._callbacks = []

    def on_ring(self, callback):
        self._callbacks.append(callback)

    def ring(self, who):
        for callback in self._callbacks:
            callback(who)


async def next_ring(doorbell):
    """Waits for a callback as if it were a coroutine."""
    future = asyncio.get_running_loop().create_future()
    # The bell may ring more often than once, a future is finished only once.
    doorbell.on_ring(lambda who: future.done() or future.set_result(who))
    return await future


async def main():
    loop = asyncio.get_running_loop()

    print("-- the states")
    result, failure, cancelled = (loop.create_future() for _ in range(3))
    print("at first:", state(result))
    result.set_result(42)
    failure.set_exception(ValueError("no such thing"))
    cancelled.cancel()
    for future in (result, failure, cancelled):
        print(state(future))

    print("-- finished is finished")
    try:
        result.set_result(43)
    except asyncio.InvalidStateError as error:
        print(f"{type(error).__name__}: {error}")

    print("-- awaiting gives the result, or raises what was set")
    print(await result)
    try:
        await failure
    except ValueError as error:
        print("raised:", error)

    print("-- a callback becomes something to await")
    doorbell = Doorbell()
    loop.call_later(1, doorbell.ring, "the postman")
    loop.call_later(2, doorbell.ring, "a neighbour")
    print(await next_ring(doorbell), "is at the door")


if __name__ == "__main__":
    asyncio.run(main())
