"""An event loop inside an event loop: refused by asyncio, allowed once `nest_asyncio.apply()` has been called.

It is of use where a loop is already running, as in notebooks, and code that is not asynchronous wants to run a coroutine.
In new programs make the caller a coroutine instead. (CPython needs `pip install nest_asyncio`.)
"""

import asyncio

import nest_asyncio


async def fetch_price(item):
    await asyncio.sleep(1)
    return {"tea": 3, "cake": 5}[item]


def total(*items):
    """An ordinary function of an old library: it knows no `await`, yet needs a coroutine's result."""
    prices = asyncio.gather(*map(fetch_price, items))
    return sum(asyncio.get_event_loop().run_until_complete(prices))


async def tick(n_ticks):
    for number in range(n_ticks):
        print(f"  tick {number}")
        await asyncio.sleep(0.6)


async def refused():
    coroutine = fetch_price("tea")
    try:
        asyncio.run(coroutine)
    except RuntimeError as error:
        print("refused:", error)
    finally:
        coroutine.close()


async def allowed():
    # Other tasks go on while the inner loop runs.
    ticking = asyncio.create_task(tick(3))
    await asyncio.sleep(0)
    print("tea and cake:", total("tea", "cake"))
    print("cake alone:", asyncio.run(fetch_price("cake")))
    await ticking


def main():
    asyncio.run(refused())
    nest_asyncio.apply()
    asyncio.run(allowed())


if __name__ == "__main__":
    main()
