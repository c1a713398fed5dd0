import asyncio
async def count(n):
    try:
        for i in range(n):
            await asyncio.sleep(0)
            got = yield i
            if got: print("got", got)
    finally:
        print("closed")
async def main():
    print([i async for i in count(3) if i != 1])
    g = count(5)
    print(await anext(g), await g.asend("hello"))
    await g.aclose()
    print(await anext(g, "default"))
    print({i: j async for i in count(2) for j in [i * i]})
    async for i in count(9):
        if i == 1: break
asyncio.run(main())
