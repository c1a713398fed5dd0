"""`async for`, asend, athrow and aclose, awaited by a coroutine."""
from _steps import drive, suspend


async def numbers(n=3):
    try:
        for i in range(n):
            answer = await suspend(("wait", i))
            print("sent", (yield i), "answer", answer)
    except ValueError as error:
        print("caught", error)
        yield "after the error"
    finally:
        await suspend("clean-up")
        print("clean")


async def loop():
    async for number in numbers(2):
        print("number", number)
    else:
        print("else")


async def by_methods():
    generator = numbers()
    print(await generator.asend(None))
    print(await generator.asend("hello"))
    print(await generator.athrow(ValueError("oh")))
    for _ in range(2):
        try:
            await generator.asend(None)
        except StopAsyncIteration:
            print("ended")
    await generator.aclose()
    print(generator.ag_frame, generator.ag_running, generator.ag_suspended)


drive(loop(), *range(5))
drive(by_methods(), *range(5))
drive(loop(), ValueError("from outside"), 1, 2, 3)
drive(loop(), KeyError("from outside"), 1)
