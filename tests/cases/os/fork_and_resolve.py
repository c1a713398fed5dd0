# A child has none of its parent's threads, and finds addresses all the same.
import asyncio
import os


async def resolve():
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo("localhost", 80, family=2, type=1)
    return found[0][4]


print(asyncio.run(resolve()), flush=True)
child = os.fork()
if child == 0:
    print("child", asyncio.run(resolve()), flush=True)
    os._exit(0)
print(os.waitpid(child, 0)[1])
