"""The asyncio package: tasks, futures and event loop are the runtime's own.

What every program needs is imported at once, the rest when a name of it is first asked for.
"""

import sys

from .base_events import *
from .coroutines import *
from .events import *
from .exceptions import *
from .futures import *
from .runners import *
from .tasks import *
from .unix_events import *
from .unix_events import _DefaultEventLoopPolicy

# Submodules that wait, with the names the package has from them.
_LATER = {
    'base_subprocess': (),
    'base_tasks': (),
    'graph': ('capture_call_graph', 'format_call_graph', 'print_call_graph', 'FrameCallGraphEntry', 'FutureCallGraph'),
    'locks': ('Lock', 'Event', 'Condition', 'Semaphore', 'BoundedSemaphore', 'Barrier'),
    'mixins': (),
    'protocols': ('BaseProtocol', 'Protocol', 'DatagramProtocol', 'SubprocessProtocol', 'BufferedProtocol'),
    'queues': ('Queue', 'PriorityQueue', 'LifoQueue', 'QueueFull', 'QueueEmpty', 'QueueShutDown'),
    'sslproto': (),
    'staggered': (),
    'streams': ('StreamReader', 'StreamWriter', 'StreamReaderProtocol', 'open_connection', 'start_server',
                'open_unix_connection', 'start_unix_server'),
    'subprocess': ('create_subprocess_exec', 'create_subprocess_shell'),
    'taskgroups': ('TaskGroup',),
    'threads': ('to_thread',),
    'timeouts': ('Timeout', 'timeout', 'timeout_at'),
    'trsock': (),
    'transports': ('BaseTransport', 'ReadTransport', 'WriteTransport', 'Transport', 'DatagramTransport',
                   'SubprocessTransport'),
}

__all__ = (base_events.__all__ + coroutines.__all__ + events.__all__ + exceptions.__all__ + futures.__all__ +
           _LATER['graph'] + _LATER['locks'] + _LATER['protocols'] + runners.__all__ + _LATER['queues'] +
           _LATER['streams'] + _LATER['subprocess'] + tasks.__all__ + _LATER['taskgroups'] + _LATER['threads'] +
           _LATER['timeouts'] + _LATER['transports'] + unix_events.__all__)


def __getattr__(name):
    for module, names in _LATER.items():
        if name == module or name in names:
            break
    else:
        policy = {'AbstractEventLoopPolicy': events._AbstractEventLoopPolicy,
                  'DefaultEventLoopPolicy': _DefaultEventLoopPolicy}.get(name)
        if policy is not None:
            import warnings
            warnings._deprecated(f'asyncio.{name}', remove=(3, 16))
            return policy
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    __import__(f'{__name__}.{module}')
    namespace = globals()
    for public in names:
        # What the program has put there meanwhile stays.
        namespace.setdefault(public, getattr(namespace[module], public))
    return namespace[name]


def __dir__():
    return sorted({*globals(), *__all__, *_LATER})
