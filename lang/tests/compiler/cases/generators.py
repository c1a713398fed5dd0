def gen(a):
    x = yield
    y = yield a, x
    yield y
    z = yield from a
    return z


async def agen(a):
    yield a
    await a


async def co(a, b):
    x = await a
    async with a as c, b:
        await c()
    async for i in b:
        if i:
            continue
        break
    else:
        x = 2
    return x


async def leave(a):
    async with a:
        return await a
