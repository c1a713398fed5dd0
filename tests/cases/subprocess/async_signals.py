# Signals to children, before and after their end.
import asyncio
import signal
from asyncio.subprocess import PIPE


async def main():
    for end in (lambda child: child.terminate(), lambda child: child.kill(), lambda child: child.send_signal(signal.SIGHUP)):
        child = await asyncio.create_subprocess_exec('sleep', '30')
        end(child)
        print(await child.wait(), child.returncode)
        for _ in range(5):
            await asyncio.sleep(0)
        try:
            end(child)
        except ProcessLookupError as error:
            print(repr(error))
    child = await asyncio.create_subprocess_shell('trap "echo trapped; exit 5" TERM; echo ready; while :; do sleep 0.01; done', stdout=PIPE)
    print(await child.stdout.readline())
    child.terminate()
    print(await child.communicate(), child.returncode)
    child = await asyncio.create_subprocess_shell('trap "" TERM; echo ready; while :; do sleep 0.01; done', stdout=PIPE)
    await child.stdout.readline()
    child.terminate()
    try:
        await asyncio.wait_for(child.wait(), 0.03)
    except TimeoutError:
        print('goes on', child.returncode)
    child.kill()
    print(await child.wait())
    # One that is stopped has not ended.
    child = await asyncio.create_subprocess_exec('sleep', '30')
    child.send_signal(signal.SIGSTOP)
    await asyncio.sleep(0.01)
    print(child.returncode)
    child.kill()
    print(await child.wait())


asyncio.run(main())
