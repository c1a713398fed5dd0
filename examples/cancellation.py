"""Cancellation: `task.cancel()` raises CancelledError where the task waits, so that it can clean up before it ends.

Three rules: clean up in `finally`, let the CancelledError go on, and shield only what must not be left half done.
"""

import asyncio


async def paint(wall):
    print(f"  {wall}: painting")
    try:
        await asyncio.sleep(60)
    finally:
        # Also runs when cancelled, and may wait itself.
        await asyncio.sleep(1)
        print(f"  {wall}: brushes cleaned")


async def transfer(amount):
    await asyncio.sleep(2)
    print(f"  {amount} booked")
    return amount


async def customer():
    """Is cancelled while paying; the payment itself goes through."""
    payment = asyncio.create_task(transfer(100))
    try:
        return await asyncio.shield(payment)
    except asyncio.CancelledError:
        print("  the customer leaves, the payment goes on")
        await payment
        raise


async def cancel_after(seconds, task, message=None):
    await asyncio.sleep(seconds)
    task.cancel(message)
    await asyncio.wait([task])


async def main():
    print("-- a task cleans up")
    task = asyncio.create_task(paint("kitchen"))
    await cancel_after(1, task)
    print("cancelled:", task.cancelled())

    print("-- who awaits a cancelled task gets the CancelledError, with its message")
    task = asyncio.create_task(paint("hall"))
    await cancel_after(1, task, "out of paint")
    try:
        await task
    except asyncio.CancelledError as error:
        print("the hall:", error)

    print("-- never begun, so nothing to clean up")
    task = asyncio.create_task(paint("attic"))
    task.cancel()
    await asyncio.wait([task])
    print("cancelled:", task.cancelled())

    print("-- what must be completed is shielded")
    task = asyncio.create_task(customer())
    await cancel_after(1, task)
    print("cancelled:", task.cancelled())

    print("-- a task that has ended cannot be cancelled")
    task = asyncio.create_task(transfer(5))
    await task
    print("cancel() says", task.cancel(), "- result", task.result())


if __name__ == "__main__":
    asyncio.run(main())
