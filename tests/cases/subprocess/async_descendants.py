# The end of a child is its own: whoever still holds its pipes, and wherever its children go.
import asyncio
import os
from asyncio.subprocess import PIPE


async def main():
    # The sleeper inherits the pipe.
    child = await asyncio.create_subprocess_shell('sleep 30 & echo $!; exit 3', stdout=PIPE)
    sleeper = int(await child.stdout.readline())
    print(await asyncio.wait_for(child.wait(), 10), child.stdout.at_eof())
    os.kill(sleeper, 9)
    print(await child.stdout.read(), child.stdout.at_eof())
    # Output is closed, the child lives.
    child = await asyncio.create_subprocess_shell('exec >&-; read line; exit 4', stdin=PIPE, stdout=PIPE)
    print(await child.stdout.read(), child.returncode)
    child.stdin.write(b'go\n')
    print(await child.wait())
    # A grandchild that left its session: it is not ours.
    child = await asyncio.create_subprocess_shell('(setsid sh -c "echo \\$\\$; exec sleep 30" &) ; exit 5', stdout=PIPE)
    pid = int(await child.stdout.readline())
    print(await child.wait(), os.kill(pid, 0))
    os.kill(pid, 9)
    print(await child.communicate())
    # Somebody else waited for it.
    child = await asyncio.create_subprocess_exec('sleep', '30')
    child.kill()
    os.waitpid(child.pid, 0)
    print(await child.wait())


import logging
logging.getLogger('asyncio').addFilter(lambda record: print(record.msg, len(record.args)))
asyncio.run(main())
