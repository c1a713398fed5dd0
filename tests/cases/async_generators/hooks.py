"""sys.set_asyncgen_hooks: who hears of first iterations and of generators dropped before their end."""
import sys
from _steps import drive

log = []
sys.set_asyncgen_hooks(
    lambda generator: log.append(("first", generator.__name__)),
    finalizer=lambda generator: log.append(("final", generator.__name__)),
)


async def plain():
    yield 1
    yield 2


async def guarded():
    try:
        yield 1
    finally:
        print("left")


async def main():
    async for _ in plain():
        pass
    async for _ in plain():
        break
    print(log)
    log.clear()
    kept = guarded()
    await anext(kept)
    await kept.aclose()
    del kept
    print(log)
    log.clear()
    guarded()
    plain().aclose().close()
    print(log)


drive(main())
print(type(sys.get_asyncgen_hooks()).__name__, len(sys.get_asyncgen_hooks()))
for arguments in ({"firstiter": 1}, {"finalizer": "x"}):
    try:
        sys.set_asyncgen_hooks(**arguments)
    except TypeError as error:
        print(error)
sys.set_asyncgen_hooks(None, None)
print(sys.get_asyncgen_hooks())
