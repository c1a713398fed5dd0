# What is dropped without having been closed is warned of.
import asyncio
import gc
import socket
import warnings


async def main():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        left, right = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=left)
        reader = writer = None
        gc.collect()
        await asyncio.sleep(0.001)
        gc.collect()
        for warning in caught:
            print(warning.category.__name__, str(warning.message).split(' fd=')[0])
        right.close()


asyncio.run(main())
