"""Starting a child as a copy of the fork server."""

import io
import os

from . import forkserver, popen_fork, reduction, spawn, util
from .context import set_spawning_popen

__all__ = ['Popen']


class _DupFd:
    """A descriptor that was sent to the child as one of several."""

    def __init__(self, ind):
        self.ind = ind

    def detach(self):
        return forkserver.get_inherited_fds()[self.ind]


class Popen(popen_fork.Popen):
    """A child process of the fork server, which says its number, and later how it ended, through a pipe."""

    method = 'forkserver'
    DupFd = _DupFd

    def __init__(self, process_obj):
        self._fds = []
        super().__init__(process_obj)

    def duplicate_for_child(self, fd):
        """Have the child be sent a descriptor; gives its place among them."""
        if fd not in self._fds:
            self._fds.append(fd)
        return self._fds.index(fd)

    def _launch(self, process_obj):
        preparation = spawn.get_preparation_data(process_obj._name)
        data = io.BytesIO()
        set_spawning_popen(self)
        try:
            reduction.dump(preparation, data)
            reduction.dump(process_obj, data)
        finally:
            set_spawning_popen(None)
        self.sentinel, data_w = forkserver.connect_to_new_process(self._fds)
        # The child sees by it whether its parent lives.
        kept = os.dup(data_w)
        self.finalizer = util.Finalize(self, util.close_fds, (kept, self.sentinel))
        with open(data_w, 'wb', closefd=True) as pipe:
            pipe.write(data.getbuffer())
        self.pid = forkserver.read_signed(self.sentinel)

    def poll(self, flag=os.WNOHANG):
        """How it ended, if it has."""
        if self.returncode is None:
            from .connection import wait
            if not wait([self.sentinel], 0 if flag == os.WNOHANG else None):
                return None
            try:
                self.returncode = forkserver.read_signed(self.sentinel)
            except (OSError, EOFError):
                # The server is gone: nobody knows.
                self.returncode = 255
        return self.returncode
