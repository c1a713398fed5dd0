# create_subprocess_exec and _shell: streams, exit codes, options.
import asyncio
import os
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process


async def output(*args, **options):
    child = await asyncio.create_subprocess_exec(*args, stdout=PIPE, **options)
    return (await child.communicate())[0]


async def main():
    child = await asyncio.create_subprocess_exec('cat', stdin=PIPE, stdout=PIPE)
    print(type(child) is Process, repr(child) == f'<Process {child.pid}>', child.returncode, child.stderr)
    print(await child.communicate(b'text'), child.returncode, await child.wait())
    child = await asyncio.create_subprocess_shell('echo out; echo err >&2; exit 3', stdout=PIPE, stderr=PIPE)
    print(await child.communicate(), child.returncode)
    child = await asyncio.create_subprocess_shell('echo out; echo err >&2', stdin=DEVNULL, stdout=PIPE, stderr=STDOUT)
    print(await child.stdout.read(), await child.wait())
    child = await asyncio.create_subprocess_exec('sh', '-c', 'exit 7')
    print(child.stdin, child.stdout, await child.communicate(), await asyncio.gather(child.wait(), child.wait()))
    print(await output('sh', '-c', 'echo "$A"; pwd', env={'A': 'x', 'PATH': os.environ['PATH']}, cwd='/'))
    print(await output('other', '-c', 'echo "$0"', executable='/bin/sh'))
    print(await output('sh', '-c', 'umask', umask=0o27), await output('true', start_new_session=True, process_group=None))
    r, w = os.pipe()
    print(await output('sh', '-c', f'echo passed >&{w}', pass_fds=[w]), os.read(r, 99))
    print(await output('sh', '-c', 'echo x', preexec_fn=lambda: os.write(1, b'before ')))
    with tempfile.TemporaryFile() as file:
        child = await asyncio.create_subprocess_exec('echo', 'to a file', stdout=file)
        print(await child.wait(), os.pread(file.fileno(), 99, 0))
    for args in (['/no/such'], ['no-such-program'], ['/etc/passwd'], ['true\0']):
        try:
            await asyncio.create_subprocess_exec(*args)
        except (OSError, ValueError) as error:
            print(repr(error), getattr(error, 'filename', None))


asyncio.run(main())
