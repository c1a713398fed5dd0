"""Other programs: one line for one command, and a pipeline of three whose data flows from child to child.

`subprocess.run` waits for a command and gives its output. The same in asyncio lets other tasks go on meanwhile, and a pipe
between two children needs nobody to carry the data.
"""

import asyncio
import os
import subprocess
from asyncio.subprocess import PIPE

WORDS = "the cat and the dog and the bird\n"


def one_liners():
    print(subprocess.run(["echo", "hello"], capture_output=True, text=True, check=True).stdout.strip())
    print(subprocess.check_output(["tr", "a-z", "A-Z"], input="loud\n", text=True).strip())
    try:
        subprocess.run(["sh", "-c", "echo 'no such dish' >&2; exit 3"], capture_output=True, text=True, check=True)
    except subprocess.CalledProcessError as error:
        print(f"status {error.returncode}: {error.stderr.strip()}")


async def feed(stream, text):
    """Writes to a child as fast as it reads; it may well end before it has read everything."""
    try:
        stream.write(text.encode())
        await stream.drain()
    except BrokenPipeError, ConnectionResetError:
        pass
    stream.close()


async def pipeline(text, *commands):
    """Runs commands as a shell does `a | b | c`, with the text as input, and gives the output of the last.

    Raises CalledProcessError for the first command that fails.
    """
    children = []
    source = PIPE
    for number, command in enumerate(commands, 1):
        if number < len(commands):
            read_end, write_end = os.pipe()
        else:
            read_end, write_end = None, PIPE
        try:
            children.append(await asyncio.create_subprocess_exec(*command, stdin=source, stdout=write_end))
        finally:
            # The children hold the ends now. Kept open here too, no reader would ever see the end of its input.
            for end in (source, write_end):
                if end != PIPE:
                    os.close(end)
        source = read_end
    first, last = children[0], children[-1]
    # Both at once: with a long text, the first would wait until somebody reads from the last.
    _, output = await asyncio.gather(feed(first.stdin, text), last.stdout.read())
    for child, command in zip(children, commands):
        if status := await child.wait():
            raise subprocess.CalledProcessError(status, command)
    return output.decode()


async def main():
    print("-- one line each")
    one_liners()

    print("-- words by frequency: tr | sort | uniq | sort")
    print(await pipeline(WORDS, ["tr", " ", "\n"], ["sort"], ["uniq", "-c"], ["sort", "-k1,1nr", "-k2"]), end="")

    print("-- a pipeline that fails")
    try:
        await pipeline(WORDS, ["cat"], ["grep", "elephant"])
    except subprocess.CalledProcessError as error:
        print(error)


if __name__ == "__main__":
    asyncio.run(main())
