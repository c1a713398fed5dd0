# A loop whose class has its own call_at() and turns: call_later() goes through the one, callbacks of natives through the other.
import asyncio


class Loop(asyncio.SelectorEventLoop):
    def call_at(self, when, callback, *args, context=None):
        timers.append(callback.__name__)
        return super().call_at(when, callback, *args, context=context)

    def _run_once(self):
        super()._run_once()


def turn():
    async def once():
        pass

    loop.run_until_complete(loop.create_task(once()))


timers = []
loop = Loop()
futures = [loop.create_future() for _ in range(3)]
gathered = asyncio.gather(*futures, return_exceptions=True)
for number, future in enumerate(futures):
    future.set_result(number)
    turn()
    turn()
print(gathered)
loop.call_later(0, print, 'later', 'called')
loop.run_until_complete(asyncio.sleep(0.001))
print(timers)
loop.close()
