"""Producer and consumers around a queue: two cooks take orders, and join() waits until all are done."""

import asyncio

ORDERS = ["soup", "salad", "pasta", "pie", "tea"]


async def waiter(orders):
    for dish in ORDERS:
        print(f"waiter: {dish}, please")
        # A queue of two: the waiter has to wait when the cooks fall behind.
        await orders.put(dish)


async def cook(name, orders):
    while True:
        dish = await orders.get()
        print(f"{name}: making {dish}")
        await asyncio.sleep(len(dish))
        orders.task_done()


async def main():
    orders = asyncio.Queue(maxsize=2)
    cooks = [asyncio.create_task(cook(name, orders)) for name in ("Ada", "Bob")]
    await waiter(orders)
    await orders.join()
    for task in cooks:
        task.cancel()
    results = await asyncio.gather(*cooks, return_exceptions=True)
    print("closed:", [type(result).__name__ for result in results])


if __name__ == "__main__":
    asyncio.run(main())
