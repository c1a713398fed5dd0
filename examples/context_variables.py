"""Why context variables: a global is shared by all tasks, a ContextVar has a value of its own in each.

The global holds whatever the last request put there, so after waiting every handler sees the wrong user. Each task runs in
a copy of its maker's context: what it sets there is seen by all it calls, and by nobody else.
"""

import asyncio
import contextvars

current_user = "nobody"
user_var = contextvars.ContextVar("user", default="nobody")


async def handle_with_global(user):
    global current_user
    current_user = user
    await asyncio.sleep(1)
    return f"{user} is served as {current_user}"


async def handle_with_variable(user):
    user_var.set(user)
    await asyncio.sleep(1)
    return f"{user} is served as {await deep_in_the_code()}"


async def deep_in_the_code():
    """Needs no parameter that every function in between would have to pass on."""
    return user_var.get()


def log(text):
    print(f"[{user_var.get()}] {text}")


async def main():
    users = ("Ada", "Bob", "Cleo")
    print("-- a global variable")
    for line in await asyncio.gather(*map(handle_with_global, users)):
        print(line)

    print("-- a context variable")
    for line in await asyncio.gather(*map(handle_with_variable, users)):
        print(line)
    log("outside nothing has changed")

    print("-- for a while")
    with user_var.set("root"):
        log("as root")
        # What is made here takes root along, even where it runs later, and even into a thread.
        task = asyncio.create_task(asyncio.to_thread(log, "in a thread"))
    log("no longer")
    await task

    print("-- run in a copy of the context")
    context = contextvars.copy_context()
    context.run(user_var.set, "guest")
    context.run(log, "inside")
    log("outside")
    print("the copy holds", context[user_var])


if __name__ == "__main__":
    asyncio.run(main())
