"""Contexts: one for each way to start processes. Their methods are what the package offers."""

import functools
import os
import sys
import threading

from . import process

__all__ = ()


class ProcessError(Exception):
    """Base of the errors of this package."""


class BufferTooShort(ProcessError):
    """A message does not fit the buffer it was to be read into; it is in `args[0]`."""


class TimeoutError(ProcessError):
    """The time is over."""


class AuthenticationError(ProcessError):
    """The other side of a connection has another key."""


def _made_by(module, name, doc):
    """A method that makes an object of a class that is loaded when first needed, and tells it the context."""
    def make(self, *args, **kwargs):
        made = getattr(__import__(f'{__package__}.{module}', fromlist=[name]), name)
        return made(*args, **kwargs, ctx=self.get_context())
    make.__name__ = name
    make.__qualname__ = f'BaseContext.{name}'
    make.__doc__ = doc
    return make


class BaseContext:
    """What all contexts can do."""

    ProcessError = ProcessError
    BufferTooShort = BufferTooShort
    TimeoutError = TimeoutError
    AuthenticationError = AuthenticationError

    current_process = staticmethod(process.current_process)
    parent_process = staticmethod(process.parent_process)
    active_children = staticmethod(process.active_children)

    def cpu_count(self):
        """How many processors the machine has."""
        number = os.cpu_count()
        if number is None:
            raise NotImplementedError('cannot determine number of cpus')
        return number

    def Manager(self):
        """Not supported."""
        raise NotImplementedError('multiprocessing.Manager (multiprocessing.managers)')

    def Pipe(self, duplex=True):
        """Two connections, each the other end of the other."""
        from .connection import Pipe
        return Pipe(duplex)

    def Condition(self, lock=None):
        """A condition variable that processes share."""
        from .synchronize import Condition
        return Condition(lock, ctx=self.get_context())

    def Barrier(self, parties, action=None, timeout=None):
        """A barrier that processes share."""
        from .synchronize import Barrier
        return Barrier(parties, action, timeout, ctx=self.get_context())

    Lock = _made_by('synchronize', 'Lock', 'A lock that processes share.')
    RLock = _made_by('synchronize', 'RLock', 'A lock that processes share, and that its owner may acquire again.')
    Semaphore = _made_by('synchronize', 'Semaphore', 'A semaphore that processes share.')
    BoundedSemaphore = _made_by('synchronize', 'BoundedSemaphore', 'A semaphore that processes share and that has a bound.')
    Event = _made_by('synchronize', 'Event', 'An event that processes share.')
    Queue = _made_by('queues', 'Queue', 'A queue that processes share.')
    JoinableQueue = _made_by('queues', 'JoinableQueue', 'A queue that counts what is not yet done.')
    SimpleQueue = _made_by('queues', 'SimpleQueue', 'A queue without a thread behind it.')

    def Pool(self, processes=None, initializer=None, initargs=(), maxtasksperchild=None):
        """A pool of processes that do what they are given."""
        from .pool import Pool
        return Pool(processes, initializer, initargs, maxtasksperchild, context=self.get_context())

    def RawValue(self, typecode_or_type, *args):
        """Not supported."""
        raise NotImplementedError('multiprocessing.RawValue (multiprocessing.sharedctypes)')

    def RawArray(self, typecode_or_type, size_or_initializer):
        """Not supported."""
        raise NotImplementedError('multiprocessing.RawArray (multiprocessing.sharedctypes)')

    def Value(self, typecode_or_type, *args, lock=True):
        """Not supported."""
        raise NotImplementedError('multiprocessing.Value (multiprocessing.sharedctypes)')

    def Array(self, typecode_or_type, size_or_initializer, *, lock=True):
        """Not supported."""
        raise NotImplementedError('multiprocessing.Array (multiprocessing.sharedctypes)')

    def freeze_support(self):
        """In a program that was frozen: do what a child is to do, if this is one."""
        if getattr(sys, 'frozen', False) and self.get_start_method(allow_none=True) in ('spawn', None):
            from .spawn import freeze_support
            freeze_support()

    def get_logger(self):
        """The logger of the package."""
        from .util import get_logger
        return get_logger()

    def log_to_stderr(self, level=None):
        """Have the logger of the package write to standard error."""
        from .util import log_to_stderr
        return log_to_stderr(level)

    def allow_connection_pickling(self):
        """Have connections and sockets pickled, which they are once that module is loaded."""
        from . import connection  # noqa: F401

    def set_executable(self, executable):
        """Say which interpreter children run in."""
        from .spawn import set_executable
        set_executable(executable)

    def set_forkserver_preload(self, module_names):
        """Say which modules the fork server imports for its children."""
        from .forkserver import set_forkserver_preload
        set_forkserver_preload(module_names)

    def get_context(self, method=None):
        """The context of a start method."""
        if method is None:
            return self
        if method not in _concrete_contexts:
            raise ValueError(f'cannot find context for {method!r}')
        return _concrete_contexts[method]

    def get_start_method(self, allow_none=False):
        """How processes are started."""
        return self._name

    def set_start_method(self, method, force=False):
        """Only for the default context."""
        raise ValueError('cannot set start method of concrete context')

    @property
    def reducer(self):
        """The module that pickles for other processes."""
        return _reduction()

    @reducer.setter
    def reducer(self, reduction):
        globals()['reduction'] = reduction


def _reduction():
    if 'reduction' not in globals():
        from . import reduction
        globals()['reduction'] = reduction
    return globals()['reduction']


def __getattr__(name):
    if name == 'reduction':
        return _reduction()
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')


class Process(process.BaseProcess):
    """A process of the default context."""

    @staticmethod
    def _Popen(process_obj):
        return _default_context.get_context().Process._Popen(process_obj)

    @staticmethod
    def _after_fork():
        return _default_context.get_context().Process._after_fork()


class DefaultContext(BaseContext):
    """Stands for one of the others, which is settled when it is first needed, or set."""

    Process = Process

    def __init__(self, context=None):
        if context is not None:
            self._default_context = context
        self._actual_context = None

    @functools.cached_property
    def _default_context(self):
        return _concrete_contexts['forkserver' if sys.platform != 'darwin' else 'spawn']

    def get_context(self, method=None):
        """The context of a start method, or the one this stands for."""
        if method is not None:
            return super().get_context(method)
        if self._actual_context is None:
            self._actual_context = self._default_context
        return self._actual_context

    def set_start_method(self, method, force=False):
        """Settle how processes are started; a second time only by `force`."""
        if not force and self._actual_context is not None:
            raise RuntimeError('context has already been set')
        self._actual_context = None if method is None and force else self.get_context(method)

    def get_start_method(self, allow_none=False):
        """How processes are started; None if that is not settled and may be."""
        if self._actual_context is None and allow_none:
            return None
        return self.get_context()._name

    def get_all_start_methods(self):
        """All ways to start processes, the default first."""
        default = self._default_context.get_start_method()
        return [default, *(name for name in _concrete_contexts if name != default)]


class ForkProcess(process.BaseProcess):
    """A process that begins as a copy of its parent."""

    _start_method = 'fork'

    @staticmethod
    def _Popen(process_obj):
        from .popen_fork import Popen
        return Popen(process_obj)


class SpawnProcess(process.BaseProcess):
    """A process in a new interpreter."""

    _start_method = 'spawn'

    @staticmethod
    def _Popen(process_obj):
        from .popen_spawn_posix import Popen
        return Popen(process_obj)

    @staticmethod
    def _after_fork():
        # Nothing was inherited.
        pass


class ForkServerProcess(process.BaseProcess):
    """A process that begins as a copy of the fork server."""

    _start_method = 'forkserver'

    @staticmethod
    def _Popen(process_obj):
        from .popen_forkserver import Popen
        return Popen(process_obj)


class ForkContext(BaseContext):
    """Children are copies of their parents."""

    _name = 'fork'
    Process = ForkProcess


class SpawnContext(BaseContext):
    """Children are new interpreters."""

    _name = 'spawn'
    Process = SpawnProcess


class ForkServerContext(BaseContext):
    """Children are copies of a server process that is started with the first of them."""

    _name = 'forkserver'
    Process = ForkServerProcess


_concrete_contexts = {'fork': ForkContext(), 'spawn': SpawnContext(), 'forkserver': ForkServerContext()}
_default_context = DefaultContext()


def _force_start_method(method):
    _default_context._actual_context = _concrete_contexts[method]


_tls = threading.local()


def get_spawning_popen():
    """What is just starting a process on this thread, and is asked to pass descriptors on."""
    return getattr(_tls, 'spawning_popen', None)


def set_spawning_popen(popen):
    """Begin, or with None end, to pickle for a new process."""
    _tls.spawning_popen = popen


def assert_spawning(obj):
    """RuntimeError unless a process is just being started."""
    if get_spawning_popen() is None:
        raise RuntimeError(f'{type(obj).__name__} objects should only be shared between processes through inheritance')
