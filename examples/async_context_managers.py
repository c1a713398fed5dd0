"""`async with`: what is opened is closed again, even when the block fails or is cancelled, and both may wait.

Shown three ways: a class with `__aenter__` and `__aexit__`, a generator under `@asynccontextmanager`, and an
AsyncExitStack for as many as turn up at run time.
"""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager


class Connection:
    """A connection to a database: opening and closing take a second each."""

    def __init__(self, name):
        self.name = name

    async def __aenter__(self):
        await asyncio.sleep(1)
        print(f"  {self.name}: open")
        return self

    async def __aexit__(self, kind, error, traceback):
        await asyncio.sleep(1)
        print(f"  {self.name}: closed" + (f" because of {error!r}" if error else ""))
        # False lets the exception go on.
        return False

    async def query(self, question):
        return f"{self.name} answers {question}"


@asynccontextmanager
async def transaction(connection):
    """All or nothing: what is before `yield` happens on entering, what is after on leaving."""
    changes = []
    try:
        yield changes
    except Exception:
        print(f"  {connection.name}: {len(changes)} changes rolled back")
        raise
    else:
        print(f"  {connection.name}: {len(changes)} changes committed")


async def copy_to_all(names):
    async with AsyncExitStack() as stack:
        copies = [await stack.enter_async_context(Connection(name)) for name in names]
        stack.callback(print, "  first of all on leaving: unlock")
        return [await connection.query("copied?") for connection in copies]


async def main():
    print("-- a class")
    async with Connection("library") as library:
        print(await library.query("how many books?"))

    print("-- a generator")
    async with Connection("library") as library:
        async with transaction(library) as changes:
            changes.append("add a book")
        try:
            async with transaction(library) as changes:
                changes += ["remove a shelf", "remove a room"]
                raise PermissionError("not the room")
        except PermissionError as error:
            print("failed:", error)

    print("-- as many as there are; closed in reverse order")
    for answer in await copy_to_all(["east", "west"]):
        print(answer)

    print("-- cancelled, and closed all the same")
    try:
        async with asyncio.timeout(3), Connection("far away"):
            await asyncio.sleep(60)
    except TimeoutError:
        print("took too long")


if __name__ == "__main__":
    asyncio.run(main())
