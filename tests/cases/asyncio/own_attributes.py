# Futures and tasks take attributes, which may hide methods.
import asyncio


async def main():
    loop = asyncio.get_running_loop()
    future, task = loop.create_future(), asyncio.current_task()
    for _ in range(3):
        print(future.done(), hasattr(future, "__dict__"), task.cancelling())
        future.tag, task.tag = "f", "t"
        future.done = lambda: "hidden"
        task.cancelling = "not a method".__len__
    del future.done
    print(future.done(), future.tag)
    for name in ("done", "nothing"):
        try:
            delattr(future, name)
        except AttributeError as error:
            print(error)
    try:
        del future._cancel_message
    except AttributeError as error:
        print(error)
    gathering = asyncio.gather(asyncio.sleep(0))
    gathering.tag = 1
    print(gathering.tag, await gathering)


asyncio.run(main())
