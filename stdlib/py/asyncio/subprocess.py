"""The names of subprocesses; they cannot be made yet."""

__all__ = ('create_subprocess_exec', 'create_subprocess_shell')

PIPE = -1
STDOUT = -2
DEVNULL = -3
_DEFAULT_LIMIT = 2 ** 16


def _refuse(name):
    raise NotImplementedError(f'asyncio.{name} is not supported yet: there are no subprocesses')


async def create_subprocess_shell(cmd, stdin=None, stdout=None, stderr=None, limit=_DEFAULT_LIMIT, **kwds):
    """Run a command of the shell."""
    _refuse('create_subprocess_shell()')


async def create_subprocess_exec(program, *args, stdin=None, stdout=None, stderr=None, limit=_DEFAULT_LIMIT, **kwds):
    """Run a program."""
    _refuse('create_subprocess_exec()')


class Process:
    """A subprocess."""

    def __init__(self, transport, protocol, loop):
        _refuse('subprocess.Process')
