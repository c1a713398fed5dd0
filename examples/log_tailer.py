"""Follows a log file that grows, like `tail -F`: gives each line when it is complete, also after the log was rotated.

`follow` is an asynchronous generator; what a program does with the lines (here: counting, and raising an alarm) is written
as a plain loop over it.
"""

import asyncio
import os
import re
import tempfile
from collections import Counter
from contextlib import aclosing
from pathlib import Path

LINE = re.compile(r"(?P<level>INFO|WARNING|ERROR) (?P<text>.*)")


async def follow(path, interval=0.25):
    """Every line of the file, from its beginning on, without end."""
    file = None
    try:
        rest = ""
        while True:
            # Asked before reading, so that what was written until the rotation is still read from the old file.
            replaced = file is not None and was_replaced(file, path)
            if file is not None:
                *lines, rest = (rest + file.read()).split("\n")
                for line in lines:
                    yield line
            if file is None or replaced:
                try:
                    new_file = path.open()
                except FileNotFoundError:
                    pass  # Not made yet.
                else:
                    if file is not None:
                        file.close()
                    file, rest = new_file, ""
                    continue
            await asyncio.sleep(interval)
    finally:
        if file is not None:
            file.close()


def was_replaced(file, path):
    """Whether there is now another file of that name, or the file has become shorter than what was read."""
    opened = os.stat(file.fileno())
    try:
        now = path.stat()
    except FileNotFoundError:
        return False
    return not os.path.samestat(opened, now) or now.st_size < file.tell()


async def write_log(path):
    """Some program that logs; it knows nothing of who reads."""
    await asyncio.sleep(1)
    with path.open("w") as log:
        for text in ("INFO started\n", "INFO request 1\nINFO requ", "est 2\nWARNING disk nearly full\n"):
            log.write(text)
            log.flush()
            await asyncio.sleep(1)
    path.rename(path.with_suffix(".1"))
    await asyncio.sleep(1)
    path.write_text("INFO a new file\nERROR disk full\n")
    await asyncio.sleep(1)


async def watch(path):
    """Reads until the first error."""
    counts = Counter()
    async with aclosing(follow(path)) as lines:
        async for line in lines:
            entry = LINE.fullmatch(line)
            if entry is None:
                print("not understood:", line)
                continue
            counts[entry["level"]] += 1
            print(f"{entry['level']:<8} {entry['text']}")
            if entry["level"] == "ERROR":
                print("alarm!")
                break
    return counts


async def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "program.log")
        async with asyncio.TaskGroup() as group:
            group.create_task(write_log(path))
            watching = group.create_task(watch(path))
        print(", ".join(f"{count} {level}" for level, count in watching.result().most_common()))
        print("files:", sorted(file.name for file in Path(folder).iterdir()))


if __name__ == "__main__":
    asyncio.run(main())
