"""Processes as objects, with the interface of threads."""

import itertools
import os
import sys
import threading

from _weakrefset import WeakSet

__all__ = ['BaseProcess', 'current_process', 'active_children', 'parent_process']

try:
    ORIGINAL_DIR = os.path.abspath(os.getcwd())
except OSError:
    ORIGINAL_DIR = None


def current_process():
    """The object of the process that asks."""
    return _current_process


def active_children():
    """The children that are alive. Those that have ended are reaped."""
    _cleanup()
    return list(_children)


def parent_process():
    """The object of the process that started this one by this package; None in the main process."""
    return _parent_process


def _cleanup():
    """Reap children that have ended."""
    for child in list(_children):
        popen = child._popen
        if popen is not None and popen.poll() is not None:
            _children.discard(child)


def _exitcode_name(exitcode):
    """An exit code for people: ends by signals have the names of these."""
    if exitcode < 0:
        import signal
        for name, number in vars(signal).items():
            if number == -exitcode and name.startswith('SIG') and '_' not in name:
                return f'-{name}'
    return exitcode


class BaseProcess:
    """Something done in a process of its own. Contexts say in their subclasses how such a process is made."""

    def _Popen(self):
        raise NotImplementedError

    def __init__(self, group=None, target=None, name=None, args=(), kwargs=None, *, daemon=None):
        assert group is None, 'group argument must be None for now'
        creator = _current_process
        self._identity = (*creator._identity, next(_process_counter))
        self._config = dict(creator._config)
        self._parent_pid = os.getpid()
        self._parent_name = creator.name
        self._popen = None
        self._closed = False
        self._target = target
        self._args = tuple(args)
        self._kwargs = dict(kwargs) if kwargs else {}
        self._name = name or f"{type(self).__name__}-{':'.join(map(str, self._identity))}"
        if daemon is not None:
            self.daemon = daemon
        _dangling.add(self)

    def _check_closed(self):
        if self._closed:
            raise ValueError('process object is closed')

    def run(self):
        """What the process does: to be replaced, or the target that was given."""
        if self._target:
            self._target(*self._args, **self._kwargs)

    def start(self):
        """Start the process: run() is called there."""
        self._check_closed()
        assert self._popen is None, 'cannot start a process twice'
        assert self._parent_pid == os.getpid(), 'can only start a process object created by current process'
        assert not _current_process._config.get('daemon'), 'daemonic processes are not allowed to have children'
        _cleanup()
        popen = self._popen = self._Popen(self)
        self._sentinel = popen.sentinel
        # They may refer to this very object.
        del self._target, self._args, self._kwargs
        _children.add(self)

    def _signalled(self):
        self._check_closed()
        return self._popen

    def interrupt(self):
        """Send it SIGINT."""
        self._signalled().interrupt()

    def terminate(self):
        """Send it SIGTERM: nothing is cleaned up there."""
        self._signalled().terminate()

    def kill(self):
        """Send it SIGKILL."""
        self._signalled().kill()

    def join(self, timeout=None):
        """Wait until it has ended, or for `timeout` seconds."""
        self._check_closed()
        assert self._parent_pid == os.getpid(), 'can only join a child process'
        assert self._popen is not None, 'can only join a started process'
        if self._popen.wait(timeout) is not None:
            _children.discard(self)

    def is_alive(self):
        """Whether it was started and has not ended."""
        self._check_closed()
        if self is _current_process:
            return True
        assert self._parent_pid == os.getpid(), 'can only test a child process'
        if self._popen is None:
            return False
        alive = self._popen.poll() is None
        if not alive:
            _children.discard(self)
        return alive

    def close(self):
        """Give its descriptors back. ValueError if it still runs."""
        popen = self._popen
        if popen is not None:
            if popen.poll() is None:
                raise ValueError('Cannot close a process while it is still running. You should first call join() or terminate().')
            popen.close()
            self._popen = None
            del self._sentinel
            _children.discard(self)
        self._closed = True

    @property
    def name(self):
        """A name for people."""
        return self._name

    @name.setter
    def name(self, name):
        assert isinstance(name, str), 'name must be a string'
        self._name = name

    @property
    def daemon(self):
        """Whether it is terminated when its parent ends, instead of waited for."""
        return self._config.get('daemon', False)

    @daemon.setter
    def daemon(self, daemonic):
        assert self._popen is None, 'process has already started'
        self._config['daemon'] = daemonic

    @property
    def authkey(self):
        """What connections of the process prove themselves with."""
        return self._config['authkey']

    @authkey.setter
    def authkey(self, authkey):
        self._config['authkey'] = AuthenticationString(authkey)

    @property
    def exitcode(self):
        """How it ended: a status, or minus the number of a signal; None if it has not."""
        self._check_closed()
        return None if self._popen is None else self._popen.poll()

    @property
    def ident(self):
        """Its number in the system; None before it is started."""
        self._check_closed()
        if self is _current_process:
            return os.getpid()
        return self._popen and self._popen.pid

    pid = ident

    @property
    def sentinel(self):
        """A descriptor that is readable once it has ended."""
        self._check_closed()
        try:
            return self._sentinel
        except AttributeError:
            raise ValueError('process not started') from None

    def _status(self):
        """For the repr: a word, and how it ended."""
        if self is _current_process:
            return 'started', None
        if self._closed:
            return 'closed', None
        if self._parent_pid != os.getpid():
            return 'unknown', None
        if self._popen is None:
            return 'initial', None
        exitcode = self._popen.poll()
        return ('started' if exitcode is None else 'stopped'), exitcode

    def __repr__(self):
        status, exitcode = self._status()
        words = [f'{type(self).__name__} name={self._name!r}']
        if self._popen is not None:
            words.append(f'pid={self._popen.pid}')
        words += [f'parent={self._parent_pid}', status]
        if exitcode is not None:
            words.append(f'exitcode={_exitcode_name(exitcode)}')
        if self.daemon:
            words.append('daemon')
        return f"<{' '.join(words)}>"

    _start_method = None

    def _bootstrap(self, parent_sentinel=None):
        """In the new process: do all, and give the exit status."""
        global _current_process, _parent_process, _process_counter, _children
        from . import context, util
        try:
            if self._start_method is not None:
                context._force_start_method(self._start_method)
            _process_counter = itertools.count(1)
            _children = set()
            util._close_stdin()
            before = _current_process
            _current_process = self
            _parent_process = _ParentProcess(self._parent_name, self._parent_pid, parent_sentinel)
            threading.main_thread()._set_native_id()
            try:
                self._after_fork()
            finally:
                # Not before the functions that were to be called: those may need it.
                del before
            util.info('child process calling self.run()')
            self.run()
            exitcode = 0
        except SystemExit as exit:
            exitcode = exit.code
            if exitcode is None:
                exitcode = 0
            elif not isinstance(exitcode, int):
                sys.stderr.write(f'{exitcode}\n')
                exitcode = 1
        except:
            exitcode = 1
            import traceback
            sys.stderr.write(f'Process {self.name}:\n')
            traceback.print_exc()
        finally:
            threading._shutdown()
            util.info('process exiting with exitcode %d', exitcode)
            util._flush_std_streams()
        return exitcode

    @staticmethod
    def _after_fork():
        from . import util
        util._finalizer_registry.clear()
        util._run_after_forkers()


class AuthenticationString(bytes):
    """A key. It is passed to children, and refuses to be pickled for anybody else."""

    def __reduce__(self):
        from .context import get_spawning_popen
        if get_spawning_popen() is None:
            raise TypeError('Pickling an AuthenticationString object is disallowed for security reasons')
        return AuthenticationString, (bytes(self),)


class _ParentProcess(BaseProcess):
    """The process that started this one."""

    def __init__(self, name, pid, sentinel):
        self._identity = ()
        self._config = {}
        self._name, self._pid, self._sentinel = name, pid, sentinel
        self._parent_pid = self._popen = None
        self._closed = False

    def is_alive(self):
        from .connection import wait
        return not wait([self._sentinel], timeout=0)

    @property
    def ident(self):
        return self._pid

    pid = ident

    def join(self, timeout=None):
        """Wait until it has ended."""
        from .connection import wait
        wait([self._sentinel], timeout=timeout)


class _MainProcess(BaseProcess):
    """The one that nobody started by this package. Children inherit its configuration."""

    def __init__(self):
        self._identity = ()
        self._name = 'MainProcess'
        self._parent_pid = self._popen = None
        self._closed = False
        self._config = {'authkey': AuthenticationString(os.urandom(32)), 'semprefix': '/mp'}

    def close(self):
        pass


_parent_process = None
_current_process = _MainProcess()
_process_counter = itertools.count(1)
_children = set()
_dangling = WeakSet()
del _MainProcess
