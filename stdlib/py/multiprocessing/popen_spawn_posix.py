"""Starting a child as a new interpreter."""

import io
import os

from . import popen_fork, spawn, util
from . import reduction
from .context import set_spawning_popen

__all__ = ['Popen']


class _DupFd:
    """A descriptor that has the same number in the child."""

    def __init__(self, fd):
        self.fd = fd

    def detach(self):
        return self.fd


class Popen(popen_fork.Popen):
    """A child process with an interpreter of its own; what it is to do is pickled to it through a pipe."""

    method = 'spawn'
    DupFd = _DupFd

    def __init__(self, process_obj):
        self._fds = []
        super().__init__(process_obj)

    def duplicate_for_child(self, fd):
        """Have the child inherit a descriptor."""
        self._fds.append(fd)
        return fd

    def _launch(self, process_obj):
        preparation = spawn.get_preparation_data(process_obj._name)
        data = io.BytesIO()
        set_spawning_popen(self)
        try:
            reduction.dump(preparation, data)
            reduction.dump(process_obj, data)
        finally:
            set_spawning_popen(None)
        ours, theirs = [], []
        try:
            ended_r, ended_w = os.pipe()
            ours.append(ended_r)
            theirs.append(ended_w)
            data_r, data_w = os.pipe()
            ours.append(data_w)
            theirs.append(data_r)
            command = spawn.get_command_line(pipe_handle=data_r)
            self.pid = util.spawnv_passfds(spawn.get_executable(), command, [*self._fds, *theirs])
            self.sentinel = ended_r
            while theirs:
                os.close(theirs.pop())
            with open(data_w, 'wb', closefd=False) as pipe:
                pipe.write(data.getbuffer())
        finally:
            self.finalizer = util.Finalize(self, util.close_fds, ours)
            util.close_fds(*theirs)
