"""Starting a child as a copy of this process."""

import atexit
import os

from _signal import SIGINT as _SIGINT, SIGKILL as _SIGKILL, SIGTERM as _SIGTERM

from . import util

__all__ = ['Popen']


class Popen:
    """A child process. Its end is seen at a pipe whose other end it has, and reaped when asked for."""

    method = 'fork'

    def __init__(self, process_obj):
        util._flush_std_streams()
        self.returncode = self.finalizer = None
        self._launch(process_obj)

    def duplicate_for_child(self, fd):
        """Descriptors are inherited."""
        return fd

    def poll(self, flag=os.WNOHANG):
        """How it ended, if it has."""
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, flag)
            except OSError:
                # Not started yet, or somebody else has reaped it.
                return None
            if pid == self.pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout=None):
        """Wait until it has ended; None if the time is over before."""
        if self.returncode is not None:
            return self.returncode
        if timeout is not None:
            from .connection import wait
            if not wait([self.sentinel], timeout):
                return None
        return self.poll(os.WNOHANG if timeout == 0.0 else 0)

    def _send_signal(self, number):
        if self.returncode is not None:
            return
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            pass
        except OSError:
            if self.wait(timeout=0.1) is None:
                raise

    def interrupt(self):
        """Send SIGINT."""
        self._send_signal(_SIGINT)

    def terminate(self):
        """Send SIGTERM."""
        self._send_signal(_SIGTERM)

    def kill(self):
        """Send SIGKILL."""
        self._send_signal(_SIGKILL)

    def _launch(self, process_obj):
        ended_r, ended_w = os.pipe()
        parent_r, parent_w = os.pipe()
        self.pid = os.fork()
        if self.pid:
            util.close_fds(ended_w, parent_r)
            self.finalizer = util.Finalize(self, util.close_fds, (ended_r, parent_w))
            self.sentinel = ended_r
            return
        code = 1
        try:
            atexit._clear()
            atexit.register(util._exit_function)
            util.close_fds(ended_r, parent_w)
            code = process_obj._bootstrap(parent_sentinel=parent_r)
        finally:
            atexit._run_exitfuncs()
            os._exit(code)

    def close(self):
        """Give the descriptors back."""
        if self.finalizer is not None:
            self.finalizer()
