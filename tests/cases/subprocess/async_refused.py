# What asyncio's subprocesses refuse, and in which words.
import asyncio
import subprocess


async def main():
    loop = asyncio.get_running_loop()
    for start in (asyncio.create_subprocess_exec, asyncio.create_subprocess_shell):
        for options in (dict(universal_newlines=True), dict(text=True), dict(encoding='utf-8'), dict(errors='strict'),
                        dict(bufsize=4096), dict(shell=start is asyncio.create_subprocess_exec), dict(no_such=1), dict(stdin=9999)):
            try:
                await start('true', **options)
            except Exception as error:
                print(options, type(error).__name__, error)
    for call in (lambda: asyncio.create_subprocess_exec(5), lambda: asyncio.create_subprocess_shell(['true']),
                 lambda: asyncio.create_subprocess_exec('true', stdout=subprocess.STDOUT), asyncio.create_subprocess_exec,
                 lambda: asyncio.create_subprocess_exec('true', 5), lambda: asyncio.create_subprocess_exec('true', user=-1),
                 lambda: loop.subprocess_exec(asyncio.SubprocessProtocol)):
        try:
            await call()
        except Exception as error:
            print(type(error).__name__, error)


asyncio.run(main())
try:
    coroutine = asyncio.create_subprocess_exec('true')
    coroutine.send(None)
except RuntimeError as error:
    print(error)
