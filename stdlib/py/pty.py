"""Programs on pseudo-terminals.

Natives used: `posix` (pairs of terminals, fork), `termios`; `select` for what is ready.
"""

import os
import sys
import tty
from os import close, waitpid
from select import select
from tty import setraw, tcgetattr, tcsetattr

__all__ = ["openpty", "fork", "spawn"]

STDIN_FILENO = 0
STDOUT_FILENO = 1
STDERR_FILENO = 2

# The child, as fork() gives it.
CHILD = 0

# Input that may wait for a program that does not read it.
_HIGH_WATER = 4096


def openpty():
    """Both sides of a new pseudo-terminal: (master_fd, slave_fd)."""
    return os.openpty()


def fork():
    """Fork a child with a new pseudo-terminal as its own: (pid, master_fd), pid is 0 in the child."""
    try:
        pid, fd = os.forkpty()
    except (AttributeError, OSError):
        pass
    else:
        return pid, fd
    controller, terminal = openpty()
    pid = os.fork()
    if pid == CHILD:
        close(controller)
        os.login_tty(terminal)
    else:
        close(terminal)
    return pid, controller


def _read(fd):
    return os.read(fd, 1024)


def _copy(master_fd, master_read=_read, stdin_read=_read):
    """Pass on what comes from either side, until the program's side ends."""
    was_blocking = os.get_blocking(master_fd)
    if was_blocking:
        os.set_blocking(master_fd, False)
    try:
        _copy_nonblocking(master_fd, master_read, stdin_read)
    finally:
        if was_blocking:
            os.set_blocking(master_fd, True)


def _copy_nonblocking(master_fd, master_read, stdin_read):
    to_master = to_stdout = b''
    stdin_open = stdout_open = True
    while True:
        readers, writers = [], []
        if stdin_open and len(to_master) < _HIGH_WATER:
            readers.append(STDIN_FILENO)
        if len(to_stdout) < _HIGH_WATER:
            readers.append(master_fd)
        if stdout_open and to_stdout:
            writers.append(STDOUT_FILENO)
        if to_master:
            writers.append(master_fd)
        readable, writable, _ = select(readers, writers, [])
        if STDOUT_FILENO in writable:
            try:
                to_stdout = to_stdout[os.write(STDOUT_FILENO, to_stdout):]
            except OSError:
                stdout_open = False
        if master_fd in readable:
            try:
                data = master_read(master_fd)
            except OSError:
                # All of the program's side is closed.
                data = b''
            if not data:
                return
            to_stdout += data
        if master_fd in writable:
            to_master = to_master[os.write(master_fd, to_master):]
        if stdin_open and STDIN_FILENO in readable:
            data = stdin_read(STDIN_FILENO)
            if data:
                to_master += data
            else:
                stdin_open = False


def spawn(argv, master_read=_read, stdin_read=_read):
    """Run a program on a pseudo-terminal joined to our own; gives its wait status."""
    if isinstance(argv, str):
        argv = (argv,)
    sys.audit('pty.spawn', argv)
    pid, master_fd = fork()
    if pid == CHILD:
        os.execlp(argv[0], *argv)
    try:
        mode = tcgetattr(STDIN_FILENO)
        setraw(STDIN_FILENO)
        is_raw = True
    except tty.error:
        # It is no terminal.
        is_raw = False
    try:
        _copy(master_fd, master_read, stdin_read)
    finally:
        if is_raw:
            tcsetattr(STDIN_FILENO, tty.TCSAFLUSH, mode)
    close(master_fd)
    return waitpid(pid, 0)[1]
