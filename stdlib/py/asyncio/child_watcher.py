"""Child processes of the loop of Unix systems: how they are started, and how it learns of their end.

Each child is waited for by its own number, never "any child", so that those of other code are left alone.
"""

import os
import subprocess
from errno import ENOSYS, EPERM

from . import base_subprocess, events, tasks
from .log import logger

# How long a child that was killed may take to end.
_KILL_SECONDS = 0.1


class _UnixSubprocessTransport(base_subprocess.BaseSubprocessTransport):
    """A child process started by `subprocess`."""

    def _start(self, args, shell, stdin, stdout, stderr, bufsize, **kwargs):
        self._proc = subprocess.Popen(args, shell=shell, stdin=stdin, stdout=stdout, stderr=stderr,
                                      universal_newlines=False, bufsize=bufsize, **kwargs)


async def make_subprocess_transport(loop, protocol, args, shell, stdin, stdout, stderr, bufsize, extra=None, **kwargs):
    """Start a child; what fails or is cancelled on the way leaves neither it nor a descriptor."""
    waiter = loop.create_future()
    transport = _UnixSubprocessTransport(loop, protocol, args, shell, stdin, stdout, stderr, bufsize, waiter=waiter,
                                         extra=extra, **kwargs)
    try:
        loop._watcher.add_child_handler(transport.get_pid(), _child_ended, transport)
    except BaseException:
        # There may be no descriptor left to learn of its end.
        waiter.cancel()
        transport.close()
        _child_ended(transport.get_pid(), transport._proc.wait(), transport)
        raise
    try:
        await waiter
        # First in, first out, the protocol knows its transport by now. Where the order is drawn, this task may have come before.
        while not transport._is_announced:
            await tasks.sleep(0)
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException:
        transport.close()
        await tasks.shield(transport._wait())
        raise
    return transport


def _child_ended(pid, returncode, transport):
    transport._process_exited(returncode)


def forget_children(loop):
    """A loop is about to be closed: children that have ended, or are being killed, do not stay zombies."""
    forget = getattr(loop._watcher, '_forget', None)
    for args in forget(loop) if forget is not None else ():
        transport = args[0] if args else None
        if isinstance(transport, base_subprocess.BaseSubprocessTransport) and transport._proc is not None:
            try:
                transport._proc.wait(timeout=_KILL_SECONDS if transport._closed else 0)
            except subprocess.TimeoutExpired:
                # It runs on, or cannot be killed at once.
                pass


def _reap(pid, args):
    """The exit code of a child that has ended; its transport may know it already."""
    proc = getattr(args[0], '_proc', None) if args else None
    returncode = getattr(proc, 'returncode', None)
    if isinstance(returncode, int):
        return returncode
    try:
        _, status = os.waitpid(pid, 0)
    except ChildProcessError:
        # Somebody else waited for it.
        logger.warning('child process pid %d exit status already read:  will report returncode 255', pid)
        return 255
    return os.waitstatus_to_exitcode(status)


class _PidfdChildWatcher:
    """Learns of the end of children by descriptors of their processes."""

    def __init__(self):
        # Loops and arguments of the callbacks by descriptor.
        self._watched = {}

    def add_child_handler(self, pid, callback, *args):
        """Call `callback(pid, returncode, *args)` in the running loop when a child has ended."""
        loop = events.get_running_loop()
        pidfd = os.pidfd_open(pid)
        try:
            loop._add_reader(pidfd, self._do_wait, pid, pidfd, callback, args)
        except BaseException:
            os.close(pidfd)
            raise
        self._watched[pidfd] = loop, args

    def _do_wait(self, pid, pidfd, callback, args):
        loop = events.get_running_loop()
        loop._remove_reader(pidfd)
        self._watched.pop(pidfd, None)
        try:
            returncode = _reap(pid, args)
        finally:
            os.close(pidfd)
        callback(pid, returncode, *args)

    def _forget(self, loop):
        """A loop is about to be closed: give the arguments of its callbacks."""
        given = []
        for pidfd in [pidfd for pidfd, (of, _) in self._watched.items() if of is loop]:
            given.append(self._watched.pop(pidfd)[1])
            loop._remove_reader(pidfd)
            os.close(pidfd)
        return given


class _PollingChildWatcher:
    """Asks for the end of children again and again, where there are no descriptors of processes."""

    # Seconds between two questions: doubled as long as the child runs.
    _FIRST_DELAY = 0.001
    _LAST_DELAY = 0.05

    def __init__(self):
        self._timers = {}

    def add_child_handler(self, pid, callback, *args):
        """Call `callback(pid, returncode, *args)` in the running loop when a child has ended."""
        self._ask(events.get_running_loop(), pid, self._FIRST_DELAY, callback, args)

    def _ask(self, loop, pid, delay, callback, args):
        self._timers.pop(pid, None)
        # Left in place, so that its number stays its own until the callback is called.
        try:
            has_ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
        except ChildProcessError:
            has_ended = True
        if has_ended:
            callback(pid, _reap(pid, args), *args)
        else:
            timer = loop.call_later(delay, self._ask, loop, pid, min(delay * 2, self._LAST_DELAY), callback, args)
            self._timers[pid] = loop, timer, args

    def _forget(self, loop):
        """A loop is about to be closed: give the arguments of its callbacks."""
        given = []
        for pid in [pid for pid, (of, *_) in self._timers.items() if of is loop]:
            _, timer, args = self._timers.pop(pid)
            timer.cancel()
            given.append(args)
        return given


def can_use_pidfd():
    """Whether the system has descriptors of processes, and lets us use them."""
    try:
        os.close(os.pidfd_open(os.getpid(), 0))
    except OSError as exc:
        # No other error says so: there may just be no descriptor left.
        return exc.errno not in (ENOSYS, EPERM)
    return True


def new_watcher():
    return _PidfdChildWatcher() if can_use_pidfd() else _PollingChildWatcher()
