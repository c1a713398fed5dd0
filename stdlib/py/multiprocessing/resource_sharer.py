"""Passes descriptors on to processes that unpickle what holds them: a thread here gives them to whoever asks with the key."""

import os
import signal
import sys
import threading

from . import process, reduction, util

__all__ = ['stop', 'DupFd']


class DupFd:
    """A descriptor that can be pickled at any time, to be fetched once."""

    def __init__(self, fd):
        self._id = _resource_sharer.register(os.dup(fd))

    def detach(self):
        """Fetch the descriptor."""
        with _resource_sharer.get_connection(self._id) as connection:
            return reduction.recv_handle(connection)


class _ResourceSharer:
    """The descriptors waiting to be fetched, and the thread that gives them away."""

    def __init__(self):
        self._key = 0
        self._waiting = {}
        self._lock = threading.Lock()
        self._listener = self._address = self._thread = None
        util.register_after_fork(self, _ResourceSharer._after_fork)

    def register(self, fd):
        """Keep a descriptor until it is fetched; gives what it can be fetched with."""
        with self._lock:
            if self._address is None:
                self._start()
            self._key += 1
            self._waiting[self._key] = fd
            return self._address, self._key

    @staticmethod
    def get_connection(ident):
        """Ask for a descriptor: it comes over the connection."""
        from .connection import Client
        address, key = ident
        connection = Client(address, authkey=process.current_process().authkey)
        connection.send((key, os.getpid()))
        return connection

    def stop(self, timeout=None):
        """End the thread; what was not fetched is closed."""
        from .connection import Client
        with self._lock:
            if self._address is None:
                return
            with Client(self._address, authkey=process.current_process().authkey) as connection:
                connection.send(None)
            self._thread.join(timeout)
            if self._thread.is_alive():
                util.sub_warning('_ResourceSharer thread did not stop when asked')
            self._forget()

    def _forget(self):
        if self._listener is not None:
            self._listener.close()
        self._listener = self._address = self._thread = None
        util.close_fds(*self._waiting.values())
        self._waiting.clear()

    def _after_fork(self):
        self._lock._at_fork_reinit()
        self._forget()

    def _start(self):
        from .connection import Listener
        util.debug('starting listener and thread for sending handles')
        self._listener = Listener(authkey=process.current_process().authkey, backlog=128)
        self._address = self._listener.address
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        while True:
            try:
                with self._listener.accept() as connection:
                    message = connection.recv()
                    if message is None:
                        return
                    key, pid = message
                    fd = self._waiting.pop(key)
                    try:
                        reduction.send_handle(connection, fd, pid)
                    finally:
                        os.close(fd)
            except:
                if not util.is_exiting():
                    sys.excepthook(*sys.exc_info())


_resource_sharer = _ResourceSharer()
stop = _resource_sharer.stop
