top = [x for x in range(3) if x]


def f(rows, k):
    a = [x for x in rows]
    b = {x: y for x, y in rows if x if y}
    c = {x + k for row in rows for x in row}
    d = [[y for y in x] for x in rows]
    e = [lambda: x + k for x in rows]
    g = (x for x in rows if x > k)
    h = [y for x in rows for y in [x * 2]]
    i = [last := x for x in rows]
    try:
        j = [x for x in rows]
    except E:
        pass
    return x, last


async def asynchronous(rows):
    a = [x async for x in rows]
    b = {await x for x in rows}
    c = (x async for x in rows if await x)
    return [[x async for x in row] for row in rows]
