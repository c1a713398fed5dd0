"""The asyncio package: tasks, futures and event loop are the runtime's own.

What every program needs is imported at once, the rest when a name of it is first asked for.
"""

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
    'base_tasks': (),
    'graph': ('capture_call_graph', 'format_call_graph', 'print_call_graph', 'FrameCallGraphEntry', 'FutureCallGraph'),
    'locks': ('Lock', 'Event', 'Condition', 'Semaphore', 'BoundedSemaphore', 'Barrier'),
    'mixins': (),
    'queues': ('Queue', 'PriorityQueue', 'LifoQueue', 'QueueFull', 'QueueEmpty', 'QueueShutDown'),
    'taskgroups': ('TaskGroup',),
    'threads': ('to_thread',),
    'timeouts': ('Timeout', 'timeout', 'timeout_at'),
}

__all__ = (base_events.__all__ + coroutines.__all__ + events.__all__ + exceptions.__all__ + futures.__all__ +
           _LATER['graph'] + _LATER['locks'] + _LATER['queues'] + runners.__all__ + _LATER['taskgroups'] + tasks.__all__ +
           _LATER['threads'] + _LATER['timeouts'] + unix_events.__all__)


def __getattr__(name):
    for module, names in _LATER.items():
        if name == module or name in names:
            break
    else:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    __import__(f'{__name__}.{module}')
    namespace = globals()
    for public in names:
        # What the program has put there meanwhile stays.
        namespace.setdefault(public, getattr(namespace[module], public))
    return namespace[name]


def __dir__():
    return sorted({*globals(), *__all__, *_LATER})
