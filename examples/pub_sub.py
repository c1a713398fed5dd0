"""A publish/subscribe broker: publishers name a topic, subscribers a pattern, and neither knows the other.

Every subscriber has a queue of its own. A slow one does not hold up the rest: when its queue is full, the oldest message
makes room and is counted as lost.
"""

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class Message:
    topic: str
    body: object


class Subscription:
    """An asynchronous iterator over messages; it ends when the broker closes."""

    def __init__(self, pattern, max_waiting):
        self.pattern = pattern
        self.n_lost = 0
        self._queue = asyncio.Queue(max_waiting)

    def deliver(self, message):
        if self._queue.full():
            self._queue.get_nowait()
            self.n_lost += 1
        self._queue.put_nowait(message)

    def close(self):
        self._queue.shutdown()

    def __aiter__(self):
        return self

    async def __anext__(self):
        try:
            return await self._queue.get()
        except asyncio.QueueShutDown:
            raise StopAsyncIteration from None


class Broker:
    def __init__(self):
        self._subscriptions = []

    @contextmanager
    def subscribe(self, pattern, max_waiting=100):
        subscription = Subscription(pattern, max_waiting)
        self._subscriptions.append(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.remove(subscription)

    def publish(self, topic, body):
        """Gives the number of subscribers reached."""
        reached = [each for each in self._subscriptions if fnmatchcase(topic, each.pattern)]
        for subscription in reached:
            subscription.deliver(Message(topic, body))
        return len(reached)

    def close(self):
        """Subscribers still get what is in their queues."""
        for subscription in self._subscriptions:
            subscription.close()


async def listen(broker, name, pattern, seconds_each=0, max_waiting=100):
    with broker.subscribe(pattern, max_waiting) as messages:
        async for message in messages:
            print(f"{name:>8} <- {message.topic}: {message.body}")
            await asyncio.sleep(seconds_each)
    if messages.n_lost:
        print(f"{name:>8} lost {messages.n_lost}")


async def first(broker, pattern):
    """Waits for one message and unsubscribes."""
    with broker.subscribe(pattern) as messages:
        return (await anext(messages)).body


async def main():
    broker = Broker()
    async with asyncio.TaskGroup() as group:
        group.create_task(listen(broker, "sports", "sport.*"))
        group.create_task(listen(broker, "archive", "*"))
        group.create_task(listen(broker, "slow", "*", seconds_each=3.5, max_waiting=2))
        goal = group.create_task(first(broker, "sport.football"))
        await asyncio.sleep(0)
        for topic, body in (
            ("weather", "rain"),
            ("sport.football", "1:0"),
            ("sport.tennis", "15:30"),
            ("weather", "sun"),
            ("politics", "elections"),
        ):
            n_reached = broker.publish(topic, body)
            print(f"{topic} reached {n_reached}")
            await asyncio.sleep(1)
        broker.close()
    print("first goal:", goal.result())


if __name__ == "__main__":
    asyncio.run(main())
