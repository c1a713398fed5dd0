"""What `await` takes: coroutines, futures, and any object with an `__await__` method that gives an iterator.

`Recipe` waits in steps of its own, `Lazy` can be awaited by many and computes only once: two uses for an awaitable class
where a plain coroutine would not do.
"""

import asyncio
import inspect


class Recipe:
    """Awaiting it cooks the dish; `yield from` passes the waiting of each step on to the event loop."""

    def __init__(self, dish, *steps):
        self.dish = dish
        self.steps = steps

    def __await__(self):
        for step in self.steps:
            print(f"  {self.dish}: {step}")
            yield from asyncio.sleep(1).__await__()
        return f"{self.dish} is served"


class Lazy:
    """A value that is computed when it is first awaited, and remembered."""

    def __init__(self, compute):
        self._compute = compute
        self._task = None

    def __await__(self):
        if self._task is None:
            self._task = asyncio.ensure_future(self._compute())
        # Shielded, so that one who gives up waiting does not take the value from the others.
        return asyncio.shield(self._task).__await__()


async def load_settings():
    print("  (loading settings)")
    await asyncio.sleep(1)
    return {"colour": "green"}


async def read(settings, reader):
    return f"{reader} sees {(await settings)['colour']}"


async def main():
    print("-- an object that waits in steps")
    print(await Recipe("soup", "chop", "boil", "season"))

    print("-- several wait for one value, which is computed once")
    settings = Lazy(load_settings)
    print(await asyncio.gather(*(read(settings, reader) for reader in ("Ada", "Bob"))))
    print(await read(settings, "Cleo"))

    print("-- what can be awaited")
    coroutine = load_settings()
    future = asyncio.get_running_loop().create_future()
    for thing in (coroutine, future, settings, load_settings, 42):
        print(f"{type(thing).__name__:>9}: {inspect.isawaitable(thing)}")
    coroutine.close()
    try:
        await 42
    except TypeError as error:
        print(error)


if __name__ == "__main__":
    asyncio.run(main())
