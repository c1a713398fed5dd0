"""A process that is copied to make children: small, without threads, and with the main module imported once."""

import atexit
import errno
import os
import selectors
import signal
import socket
import struct
import sys
import threading

from . import process, reduction, spawn, util

__all__ = ['ensure_running', 'get_inherited_fds', 'connect_to_new_process', 'set_forkserver_preload']

MAXFDS_TO_SEND = 250
_NUMBER = struct.Struct('q')
_CREDENTIALS = struct.Struct('3i')


class ForkServer:
    """This process's view of its server. Children use the one of their parent."""

    def __init__(self):
        self._address = None
        # The server ends when nobody has this any more.
        self._alive_fd = None
        self._pid = None
        self._inherited_fds = None
        self._lock = threading.Lock()
        self._preload_modules = ['__main__']

    def _stop(self):
        with self._lock:
            if self._pid is None:
                return
            os.close(self._alive_fd)
            os.waitpid(self._pid, 0)
            self._alive_fd = self._pid = self._address = None

    def set_forkserver_preload(self, modules_names):
        """Say which modules the server imports for its children."""
        if not all(type(name) is str for name in modules_names):
            raise TypeError('module_names must be a list of strings')
        self._preload_modules = modules_names

    def get_inherited_fds(self):
        """The descriptors this process was sent when it began; None if it is no child of a server."""
        return self._inherited_fds

    def connect_to_new_process(self, fds):
        """Have the server make a child that gets these descriptors.

        Gives a descriptor where its number and then its exit status can be read, and one where it reads what it is to do.
        """
        self.ensure_running()
        if len(fds) + 3 > MAXFDS_TO_SEND:
            raise ValueError('too many fds')
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(self._address)
            status_r, status_w = os.pipe()
            data_r, data_w = os.pipe()
            try:
                reduction.sendfds(client, [data_r, status_w, self._alive_fd, *fds])
            except:
                util.close_fds(status_r, data_w)
                raise
            finally:
                util.close_fds(status_w, data_r)
        return status_r, data_w

    def ensure_running(self):
        """Start the server, if it does not run."""
        with self._lock:
            if self._address is not None and not self._is_dead():
                return
            settings = {}
            arguments = []
            if self._preload_modules:
                data = spawn.get_preparation_data('ignore')
                settings = {'sys_path': data['sys_path'], 'main_path': data.get('init_main_from_path')}
                arguments = data['sys_argv']
            # Such an address is no file, and gone with the listener.
            address = b'\0ouro-forkserver-' + os.urandom(16).hex().encode()
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(address)
                listener.listen(128)
                alive_r, alive_w = os.pipe()
                try:
                    code = (f'import sys; from multiprocessing.forkserver import main; '
                            f'main({listener.fileno()}, {alive_r}, {self._preload_modules!r}, sys_argv=sys.argv[1:], **{settings!r})')
                    program = spawn.get_executable()
                    command = [program, *util._args_from_interpreter_flags(), '-c', code, *arguments]
                    self._pid = util.spawnv_passfds(program, command, [listener.fileno(), alive_r])
                except:
                    os.close(alive_w)
                    raise
                finally:
                    os.close(alive_r)
            self._address, self._alive_fd = address, alive_w

    def _is_dead(self):
        """Whether the server that this process started has ended; it is forgotten then."""
        if self._pid is None:
            return False
        pid, _ = os.waitpid(self._pid, os.WNOHANG)
        if pid:
            os.close(self._alive_fd)
            self._alive_fd = self._pid = self._address = None
        return bool(pid)


def main(listener_fd, alive_r, preload, main_path=None, sys_path=None, *, sys_argv=None):
    """What the server does."""
    if preload:
        _preload(preload, main_path, sys_path, sys_argv)
    util._close_stdin()
    wake_r, wake_w = os.pipe()
    os.set_blocking(wake_r, False)
    os.set_blocking(wake_w, False)
    # A handler, so that the end of a child wakes this; interrupts are for the others of the terminal.
    handlers = {signal.SIGCHLD: lambda *_: None, signal.SIGINT: signal.SIG_IGN}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    signal.set_wakeup_fd(wake_w)
    # Where the exit status of a child is to be told.
    status_fds = {}
    with socket.socket(socket.AF_UNIX, fileno=listener_fd) as listener, selectors.DefaultSelector() as selector:
        _forkserver._address = listener.getsockname()
        for source in listener, alive_r, wake_r:
            selector.register(source, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if alive_r in ready:
                sys.exit()
            if wake_r in ready:
                os.read(wake_r, 65536)
                _tell_ends(status_fds)
            if listener in ready:
                unused = [alive_r, wake_r, wake_w, *status_fds.values()]
                _serve_request(listener, selector, unused, before, status_fds)


def _preload(preload, main_path, sys_path, sys_argv):
    if sys_argv is not None:
        sys.argv[:] = sys_argv
    if sys_path is not None:
        sys.path[:] = sys_path
    if '__main__' in preload and main_path is not None:
        current = process.current_process()
        current._inheriting = True
        try:
            spawn.import_main_path(main_path)
        finally:
            del current._inheriting
    for name in preload:
        try:
            __import__(name)
        except ImportError:
            pass
    # What was written would be written by each child again.
    util._flush_std_streams()


def _tell_ends(status_fds):
    """Reap children, and tell their parents how they ended."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        fd = status_fds.pop(pid, None)
        if fd is None:
            continue
        _write_if_read(fd, os.waitstatus_to_exitcode(status))
        os.close(fd)


def _write_if_read(fd, number):
    try:
        write_signed(fd, number)
    except BrokenPipeError:
        # Who would read it is gone.
        pass


def _serve_request(listener, selector, unused, handlers, status_fds):
    """Make a child."""
    try:
        connection, _ = listener.accept()
    except OSError as exc:
        if exc.errno == errno.ECONNABORTED:
            return
        raise
    with connection:
        # The address is no file with permissions.
        _, user, _ = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
        if user != os.geteuid():
            return
        try:
            data_r, status_w, *fds = reduction.recvfds(connection, MAXFDS_TO_SEND)
        except (EOFError, OSError):
            return
    pid = os.fork()
    if pid:
        _write_if_read(status_w, pid)
        status_fds[pid] = status_w
        util.close_fds(data_r, *fds)
        return
    code = 1
    try:
        listener.close()
        selector.close()
        atexit._clear()
        atexit.register(util._exit_function)
        code = _be_child(data_r, fds, [status_w, *unused], handlers)
    except Exception:
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
    finally:
        atexit._run_exitfuncs()
        os._exit(code)


def _be_child(data_r, fds, unused, handlers):
    signal.set_wakeup_fd(-1)
    for number, handler in handlers.items():
        signal.signal(number, handler)
    util.close_fds(*unused)
    _forkserver._alive_fd, *_forkserver._inherited_fds = fds
    return spawn._main(data_r, os.dup(data_r))


def read_signed(fd):
    """Read a number that write_signed() wrote."""
    data = b''
    while len(data) < _NUMBER.size:
        chunk = os.read(fd, _NUMBER.size - len(data))
        if not chunk:
            raise EOFError('unexpected EOF')
        data += chunk
    return _NUMBER.unpack(data)[0]


def write_signed(fd, n):
    """Write a number. It is less than what pipes take whole."""
    os.write(fd, _NUMBER.pack(n))


_forkserver = ForkServer()
ensure_running = _forkserver.ensure_running
get_inherited_fds = _forkserver.get_inherited_fds
connect_to_new_process = _forkserver.connect_to_new_process
set_forkserver_preload = _forkserver.set_forkserver_preload
