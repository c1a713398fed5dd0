"""The asyncio package: tasks, futures and event loop are the runtime's own."""

from .base_events import *
from .coroutines import *
from .events import *
from .exceptions import *
from .futures import *
from .graph import *
from .locks import *
from .queues import *
from .runners import *
from .taskgroups import *
from .tasks import *
from .threads import *
from .timeouts import *
from .unix_events import *
from .unix_events import _DefaultEventLoopPolicy

__all__ = (base_events.__all__ + coroutines.__all__ + events.__all__ + exceptions.__all__ + futures.__all__ +
           graph.__all__ + locks.__all__ + queues.__all__ + runners.__all__ + taskgroups.__all__ + tasks.__all__ + threads.__all__ +
           timeouts.__all__ + unix_events.__all__)
