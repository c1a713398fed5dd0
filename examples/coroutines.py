"""What a coroutine is: calling an `async def` function runs nothing yet, it only gives an object that can be run.

`await` runs it, and so does an event loop, but neither is needed to see how it works: `send(None)` takes a coroutine to
where it next waits, and its result arrives inside StopIteration.
"""

import asyncio
import inspect


async def greet(name):
    print(f"  (about to greet {name})")
    await asyncio.sleep(0)
    return f"hello, {name}"


async def greet_all(*names):
    """Awaiting is like calling: the caller goes on once the other has returned."""
    return [await greet(name) for name in names]


def step_by_hand():
    coroutine = greet("Ada")
    print("the call gave a", type(coroutine).__name__, "that is", inspect.getcoroutinestate(coroutine))
    coroutine.send(None)
    print("after a step it is", inspect.getcoroutinestate(coroutine))
    try:
        coroutine.send(None)
    except StopIteration as stop:
        print("after another it has returned", repr(stop.value))
    print("and is", inspect.getcoroutinestate(coroutine))


async def await_twice():
    coroutine = greet("Cleo")
    print(await coroutine)
    try:
        await coroutine
    except RuntimeError as error:
        print("once more:", error)


def main():
    print("-- by hand")
    step_by_hand()

    print("-- by the event loop")
    print(asyncio.run(greet("Bob")))

    print("-- one coroutine awaits others")
    print(asyncio.run(greet_all("Ada", "Bob")))

    print("-- a coroutine runs once; for another run, call the function again")
    asyncio.run(await_twice())


if __name__ == "__main__":
    main()
