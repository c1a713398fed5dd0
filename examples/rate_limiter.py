"""A rate limiter, the token bucket: short bursts at once, in the long run no more than so many per second.

The bucket fills at a steady rate up to its capacity and each request takes tokens out. Nothing runs in the background: what
has flowed in is computed from the clock when somebody asks, and who overdraws sleeps until the debt is paid.
"""

import asyncio


class TokenBucket:
    def __init__(self, rate, capacity):
        """`rate` tokens per second flow in, at most `capacity` are kept."""
        self._rate = rate
        self._capacity = capacity
        self._tokens = capacity
        self._filled_at = asyncio.get_running_loop().time()

    def _fill(self):
        now = asyncio.get_running_loop().time()
        self._tokens = min(self._capacity, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now

    async def take(self, n_tokens=1):
        if n_tokens > self._capacity:
            raise ValueError(f"{n_tokens} tokens never fit in a bucket of {self._capacity}")
        self._fill()
        self._tokens -= n_tokens
        # Those who come later find a larger debt and sleep longer: nobody overtakes.
        if self._tokens < 0:
            await asyncio.sleep(-self._tokens / self._rate)

    def take_nowait(self, n_tokens=1):
        """Whether there were enough; for those who would rather turn a request away than let it wait."""
        self._fill()
        if self._tokens < n_tokens:
            return False
        self._tokens -= n_tokens
        return True


async def main():
    loop = asyncio.get_running_loop()
    start = loop.time()
    bucket = TokenBucket(rate=2, capacity=3)

    async def request(name, n_tokens=1):
        await bucket.take(n_tokens)
        print(f"{loop.time() - start:3.1f} s  {name}")

    print("-- eight at once: a burst of three, then two each second")
    await asyncio.gather(*(request(f"request {number}") for number in range(1, 9)))

    print("-- after a rest there is a burst again")
    await asyncio.sleep(2)
    await asyncio.gather(*(request(f"request {number}") for number in range(9, 13)))

    print("-- a large one takes more")
    await request("upload", n_tokens=3)

    print("-- turned away instead of waiting")
    await asyncio.sleep(0.75)
    print([bucket.take_nowait() for _ in range(3)])
    try:
        await bucket.take(4)
    except ValueError as error:
        print(error)


if __name__ == "__main__":
    asyncio.run(main())
