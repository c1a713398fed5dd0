import asyncio
class Custom:
    def __await__(self):
        yield
        return "custom"
class Bad:
    def __await__(self): return 5
async def main():
    print(await Custom())
    for thing in (1, Bad(), [], (i for i in ())):
        try: await thing
        except TypeError as e: print(e)
    coro = main()
    try: await asyncio.gather(5)
    except TypeError as e: print(e)
    coro.close()
    try: await coro
    except RuntimeError as e: print(e)
asyncio.run(main())
