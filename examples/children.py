"""Child processes: a few at once, one that is talked to, one that takes too long."""

import asyncio
import sys


async def square(number):
    """Has a child of this very interpreter compute."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", f"print({number} ** 2)", stdout=asyncio.subprocess.PIPE
    )
    output, _ = await child.communicate()
    return int(output)


async def converse():
    """Writes lines to a child and reads each answer before the next."""
    child = await asyncio.create_subprocess_exec(
        "cat", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    for line in ("to be", "or not to be"):
        child.stdin.write(line.encode() + b"\n")
        await child.stdin.drain()
        print("cat says:", (await child.stdout.readline()).decode().strip())
    child.stdin.close()
    print("cat ends with", await child.wait())


async def main():
    print("squares:", await asyncio.gather(*(square(number) for number in range(5))))
    await converse()
    sleeper = await asyncio.create_subprocess_exec("sleep", "60")
    try:
        async with asyncio.timeout(0.05):
            await sleeper.wait()
    except TimeoutError:
        sleeper.terminate()
    print("the sleeper ends with", await sleeper.wait())


if __name__ == "__main__":
    asyncio.run(main())
