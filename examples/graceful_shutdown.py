"""Ending well: on SIGTERM or Ctrl-C a server takes no new work, completes what it has begun, and then closes.

The signal only sets an event; the coroutines decide where it suits them to stop. For the sake of the example the program
sends the signal to itself.
"""

import asyncio
import os
import signal


class Server:
    def __init__(self):
        self._stopping = asyncio.Event()
        self._orders = asyncio.Queue()
        self.n_served = 0

    def stop(self, received):
        print(f"{received.name}: closing, please no more orders")
        self._stopping.set()
        # Those who wait for an order get what is left, then QueueShutDown.
        self._orders.shutdown()

    async def accept(self):
        """Takes an order each second until told to stop."""
        number = 0
        while not self._stopping.is_set():
            number += 1
            print(f"order {number}")
            self._orders.put_nowait(number)
            try:
                await asyncio.wait_for(self._stopping.wait(), timeout=1)
            except TimeoutError:
                pass  # A second has passed and nobody wants us to stop.

    async def serve(self, name):
        while True:
            try:
                number = await self._orders.get()
            except asyncio.QueueShutDown:
                print(f"{name} goes home")
                return
            await asyncio.sleep(2.5)
            print(f"{name}: served order {number}")
            self.n_served += 1

    async def run(self):
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop, number)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.accept())
                for name in ("Ada", "Bob"):
                    group.create_task(self.serve(name))
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)


async def main():
    server = Server()
    asyncio.get_running_loop().call_later(3.2, os.kill, os.getpid(), signal.SIGTERM)
    await server.run()
    print(server.n_served, "orders served, none left")


if __name__ == "__main__":
    asyncio.run(main())
