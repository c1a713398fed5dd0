"""What the other modules share: logging, finalizers, functions to be called in children, starting programs."""

import atexit
import itertools
import os
import sys
import threading
import weakref

from . import process

__all__ = ['sub_debug', 'debug', 'info', 'sub_warning', 'warn', 'get_logger', 'log_to_stderr', 'get_temp_dir', 'register_after_fork',
           'is_exiting', 'Finalize', 'ForkAwareThreadLock', 'ForkAwareLocal', 'close_all_fds_except', 'SUBDEBUG', 'SUBWARNING']

NOTSET = 0
SUBDEBUG = 5
DEBUG = 10
INFO = 20
SUBWARNING = 25
WARNING = 30

LOGGER_NAME = 'multiprocessing'
DEFAULT_LOGGING_FORMAT = '[%(levelname)s/%(processName)s] %(message)s'

_logger = None
_log_to_stderr = False


def _log_at(level):
    def log(msg, *args):
        if _logger:
            _logger.log(level, msg, *args, stacklevel=2)
    return log


sub_debug, debug, info, sub_warning, warn = map(_log_at, (SUBDEBUG, DEBUG, INFO, SUBWARNING, WARNING))
subwarning = sub_warning


def get_logger():
    """The logger of this package, made when first asked for."""
    global _logger
    if not _logger:
        import logging
        logger = logging.getLogger(LOGGER_NAME)
        logger.propagate = 0
        # To be the last ones at exit, so that what the others log is still written.
        atexit.unregister(_exit_function)
        atexit.register(_exit_function)
        _logger = logger
    return _logger


def log_to_stderr(level=None):
    """Have the logger of this package write to standard error."""
    global _log_to_stderr
    import logging
    logger = get_logger()
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(DEFAULT_LOGGING_FORMAT))
    logger.addHandler(handler)
    if level:
        logger.setLevel(level)
    _log_to_stderr = True
    return logger


abstract_sockets_supported = sys.platform == 'linux'


def is_abstract_socket_namespace(address):
    """Whether an address is one of Linux's that are no files."""
    if not address:
        return False
    if isinstance(address, bytes):
        return address[0] == 0
    if isinstance(address, str):
        return address[0] == '\0'
    raise TypeError(f'address type of {address!r} unrecognized')


def get_temp_dir():
    """A directory of this process and its children, removed at exit."""
    config = process.current_process()._config
    tempdir = config.get('tempdir')
    if tempdir is None:
        import shutil
        import tempfile
        tempdir = tempfile.mkdtemp(prefix='pymp-')
        info('created temp directory %s', tempdir)
        Finalize(None, _remove_temp_dir, args=(shutil.rmtree, tempdir), exitpriority=-100)
        config['tempdir'] = tempdir
    return tempdir


def _remove_temp_dir(rmtree, tempdir):
    rmtree(tempdir)
    current = process.current_process()
    if current is not None:
        current._config['tempdir'] = None


_afterfork_registry = weakref.WeakValueDictionary()
_afterfork_counter = itertools.count()


def register_after_fork(obj, func):
    """Have `func(obj)` called in children that are made by forking, if `obj` lives then."""
    _afterfork_registry[next(_afterfork_counter), id(obj), func] = obj


def _run_after_forkers():
    for (_, _, func), obj in sorted(_afterfork_registry.items(), key=lambda item: item[0][0]):
        try:
            func(obj)
        except Exception as exc:
            info('after forker raised exception %s', exc)


_finalizer_registry = {}
_finalizer_counter = itertools.count()


class Finalize:
    """Calls a function once: when an object is gone, at exit if it has a priority, or when this is called."""

    def __init__(self, obj, callback, args=(), kwargs=None, exitpriority=None):
        if exitpriority is not None and not isinstance(exitpriority, int):
            raise TypeError(f'Exitpriority ({exitpriority!r}) must be None or int, not {type(exitpriority)!s}')
        if obj is not None:
            self._weakref = weakref.ref(obj, self)
        elif exitpriority is None:
            raise ValueError('Without object, exitpriority cannot be None')
        self._callback, self._args, self._kwargs = callback, args, kwargs or {}
        self._key = exitpriority, next(_finalizer_counter)
        self._pid = os.getpid()
        _finalizer_registry[self._key] = self

    def __call__(self, wr=None, _registry=_finalizer_registry, getpid=os.getpid):
        """Call the function, unless that was done or cancelled, or is another process's business."""
        if _registry.pop(self._key, None) is None:
            sub_debug('finalizer no longer registered')
            return None
        result = None
        if self._pid != getpid():
            sub_debug('finalizer ignored because different process')
        else:
            sub_debug('finalizer calling %s with args %s and kwargs %s', self._callback, self._args, self._kwargs)
            result = self._callback(*self._args, **self._kwargs)
        self._forget()
        return result

    def _forget(self):
        self._weakref = self._callback = self._args = self._kwargs = self._key = None

    def cancel(self):
        """Never call the function."""
        if _finalizer_registry.pop(self._key, None) is not None:
            self._forget()

    def still_active(self):
        """Whether the function is yet to be called."""
        return self._key in _finalizer_registry

    def __repr__(self):
        name = type(self).__name__
        ref = getattr(self, '_weakref', None)
        if ref is None or ref() is None:
            return f'<{name} object, dead>'
        text = f"<{name} object, callback={getattr(self._callback, '__name__', self._callback)}"
        if self._args:
            text += f', args={self._args}'
        if self._kwargs:
            text += f', kwargs={self._kwargs}'
        if self._key[0] is not None:
            text += f', exitpriority={self._key[0]}'
        return text + '>'


def _run_finalizers(minpriority=None):
    """Call the finalizers that have a priority, of at least `minpriority`: the highest first, of equals the last made first."""
    keys = [key for key in list(_finalizer_registry) if key[0] is not None and (minpriority is None or key[0] >= minpriority)]
    for key in sorted(keys, reverse=True):
        finalizer = _finalizer_registry.get(key)
        # Another may have cancelled it.
        if finalizer is None:
            continue
        sub_debug('calling %s', finalizer)
        try:
            finalizer()
        except Exception:
            import traceback
            traceback.print_exc()
    if minpriority is None:
        _finalizer_registry.clear()


_exiting = False


def is_exiting():
    """Whether the process is ending."""
    return _exiting or _exiting is None


def _exit_function():
    """At exit: run finalizers, end children that are daemons, wait for the others."""
    global _exiting
    if _exiting:
        return
    _exiting = True
    info('process shutting down')
    debug('running all "atexit" finalizers with priority >= 0')
    _run_finalizers(0)
    if process.current_process() is not None:
        for child in process.active_children():
            if child.daemon:
                info('calling terminate() for daemon %s', child.name)
                child._popen.terminate()
        for child in process.active_children():
            info('calling join() for process %s', child.name)
            child.join()
    debug('running the remaining "atexit" finalizers')
    _run_finalizers()


atexit.register(_exit_function)


class ForkAwareThreadLock:
    """A lock between threads that is free in a child."""

    def __init__(self):
        self._lock = lock = threading.Lock()
        self.acquire, self.release = lock.acquire, lock.release
        register_after_fork(self, ForkAwareThreadLock._at_fork_reinit)

    def _at_fork_reinit(self):
        self._lock._at_fork_reinit()

    def __enter__(self):
        return self._lock.__enter__()

    def __exit__(self, *args):
        return self._lock.__exit__(*args)


class ForkAwareLocal(threading.local):
    """Data of threads that is gone in a child."""

    def __init__(self):
        register_after_fork(self, lambda obj: obj.__dict__.clear())

    def __reduce__(self):
        return type(self), ()


try:
    MAXFD = os.sysconf('SC_OPEN_MAX')
except Exception:
    MAXFD = 256


def close_all_fds_except(fds):
    """Close all descriptors but these."""
    kept = sorted([-1, *fds, MAXFD])
    assert kept[-1] == MAXFD, 'fd too large'
    for low, high in itertools.pairwise(kept):
        os.closerange(low + 1, high)


def _close_stdin():
    """Children read nothing: two that read the same input would share it by chance."""
    if sys.stdin is None:
        return
    try:
        sys.stdin.close()
    except (OSError, ValueError):
        pass
    try:
        fd = os.open(os.devnull, os.O_RDONLY)
        try:
            sys.stdin = open(fd, encoding='utf-8', closefd=False)
        except:
            os.close(fd)
            raise
    except (OSError, ValueError):
        pass


def _flush_std_streams():
    for stream in sys.stdout, sys.stderr:
        try:
            stream.flush()
        except (AttributeError, ValueError):
            pass


def _args_from_interpreter_flags():
    """Options that have an interpreter run with the flags of this one."""
    import subprocess
    return subprocess._args_from_interpreter_flags()


def spawnv_passfds(path, args, passfds):
    """Start a program that inherits these descriptors and the standard ones; gives the process id."""
    import _posixsubprocess
    # Where the child would say what failed: nobody listens, as its end is noticed anyway.
    report = os.pipe()
    try:
        return _posixsubprocess.fork_exec(args, [path], True, tuple(sorted({int(fd) for fd in passfds})), None, None, -1, -1, -1, -1, -1, -1,
                                          *report, False, False, -1, None, None, None, -1, None)
    finally:
        close_fds(*report)


def close_fds(*fds):
    """Close descriptors."""
    for fd in fds:
        os.close(fd)
