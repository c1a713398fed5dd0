"""Interface to the operating system: what `posix` has, and more on top of it.

Natives used: `posix` (every system call, `environ`, scandir, fspath, DirEntry, stat_result,
terminal_size, error codes); names it has not got are left out here too.
"""

import abc
import stat as st
import sys
from _collections_abc import Mapping, MutableMapping, _check_methods
from types import GenericAlias

import posix
from posix import *

name = 'posix'
linesep = '\n'
sys.modules.setdefault('os', sys.modules[__name__])
import posixpath as path
sys.modules['os.path'] = path
from posixpath import (
    altsep, curdir, defpath, devnull, extsep, pardir, pathsep, sep,
)

error = OSError
SEEK_SET = 0
SEEK_CUR = 1
SEEK_END = 2
P_WAIT = 0
P_NOWAIT = P_NOWAITO = 1


def _have(*names):
    return [getattr(posix, one) for one in names if hasattr(posix, one)]


# Functions that take descriptors, dir_fd or follow_symlinks.
supports_dir_fd = set(_have(
    'access', 'chmod', 'chown', 'link', 'mkdir', 'mkfifo', 'mknod', 'open', 'readlink', 'rename',
    'rmdir', 'stat', 'symlink', 'unlink', 'utime'))
supports_effective_ids = set(_have('access'))
supports_fd = set(_have(
    'chdir', 'chmod', 'chown', 'execve', 'listdir', 'pathconf', 'scandir', 'stat', 'statvfs',
    'truncate', 'utime'))
supports_follow_symlinks = set(_have('access', 'chown', 'link', 'stat', 'utime'))

_exit = getattr(posix, '_exit', None)


# Directories

def makedirs(name, mode=0o777, exist_ok=False):
    """Make a directory and those above it that are missing."""
    head, tail = path.split(name)
    if not tail:
        head, tail = path.split(head)
    if head and tail and not path.exists(head):
        try:
            makedirs(head, exist_ok=exist_ok)
        except FileExistsError:
            # Somebody else was faster.
            pass
        dot = curdir if isinstance(tail, str) else b'.'
        if tail == dot:
            # a/b/. exists once a/b does.
            return
    try:
        mkdir(name, mode)
    except OSError:
        # Whatever the reason given, an existing directory is what was asked for.
        if not exist_ok or not path.isdir(name):
            raise


def removedirs(name):
    """Remove a directory and those above it as long as they are empty."""
    rmdir(name)
    head, tail = path.split(name)
    if not tail:
        head, tail = path.split(head)
    while head and tail:
        try:
            rmdir(head)
        except OSError:
            break
        head, tail = path.split(head)


def renames(old, new):
    """Rename, making directories for the new name and removing empty ones of the old."""
    head, tail = path.split(new)
    if head and tail and not path.exists(head):
        makedirs(head)
    rename(old, new)
    head, tail = path.split(old)
    if head and tail:
        try:
            removedirs(head)
        except OSError:
            pass


_walk_symlinks_as_files = object()


def walk(top, topdown=True, onerror=None, followlinks=False):
    """Yield (directory, names of directories, names of files) for a tree.

    Top-down the list of directories may be changed, to leave some out.
    """
    sys.audit("os.walk", top, topdown, onerror, followlinks)
    # Entries are paths still to be read, or results that wait for what is below them.
    stack = [fspath(top)]
    while stack:
        top = stack.pop()
        if isinstance(top, tuple):
            yield top
            continue
        dirs, nondirs, walk_dirs = [], [], []
        try:
            with scandir(top) as entries:
                failed = False
                while True:
                    try:
                        entry = next(entries, None)
                    except OSError as err:
                        if onerror is not None:
                            onerror(err)
                        failed = True
                        break
                    if entry is None:
                        break
                    try:
                        if followlinks is _walk_symlinks_as_files:
                            is_dir = entry.is_dir(follow_symlinks=False)
                        else:
                            is_dir = entry.is_dir()
                    except OSError:
                        is_dir = False
                    (dirs if is_dir else nondirs).append(entry.name)
                    if not topdown and is_dir:
                        if followlinks:
                            walk_into = True
                        else:
                            try:
                                walk_into = not entry.is_symlink()
                            except OSError:
                                walk_into = True
                        if walk_into:
                            walk_dirs.append(entry.path)
        except OSError as err:
            if onerror is not None:
                onerror(err)
            continue
        if failed:
            continue
        if topdown:
            yield top, dirs, nondirs
            for dirname in reversed(dirs):
                new_path = path.join(top, dirname)
                # Looked at again, since the caller may have put in names of links.
                if followlinks or not path.islink(new_path):
                    stack.append(new_path)
        else:
            stack.append((top, dirs, nondirs))
            for new_path in reversed(walk_dirs):
                stack.append(new_path)


if {open, stat} <= supports_dir_fd and {listdir, stat} <= supports_fd:
    def fwalk(top=".", topdown=True, onerror=None, *, follow_symlinks=False, dir_fd=None):
        """Like walk(), but yields (directory, directories, files, descriptor)."""
        sys.audit("os.fwalk", top, topdown, onerror, follow_symlinks, dir_fd)
        top = fspath(top)
        is_bytes = isinstance(top, bytes)
        stack = [(_fwalk_walk, (True, dir_fd, top, top, None))]
        try:
            while stack:
                yield from _fwalk(stack, is_bytes, topdown, onerror, follow_symlinks)
        finally:
            # Descriptors of directories that were not finished.
            while stack:
                action, value = stack.pop()
                if action == _fwalk_close:
                    close(value)

    _fwalk_walk, _fwalk_yield, _fwalk_close = range(3)

    def _fwalk(stack, is_bytes, topdown, onerror, follow_symlinks):
        action, value = stack.pop()
        if action == _fwalk_close:
            close(value)
            return
        if action == _fwalk_yield:
            yield value
            return
        is_root, dirfd, top_path, top_name, entry = value
        try:
            if not follow_symlinks:
                # Compared after opening, in case the directory is replaced by a link.
                if entry is None:
                    orig_st = stat(top_name, follow_symlinks=False, dir_fd=dirfd)
                else:
                    orig_st = entry.stat(follow_symlinks=False)
            topfd = open(top_name, O_RDONLY | O_NONBLOCK, dir_fd=dirfd)
        except OSError as err:
            if is_root:
                raise
            if onerror is not None:
                onerror(err)
            return
        stack.append((_fwalk_close, topfd))
        if not follow_symlinks:
            if is_root and not st.S_ISDIR(orig_st.st_mode):
                return
            if not path.samestat(orig_st, stat(topfd)):
                return
        dirs, nondirs = [], []
        entries = None if topdown or follow_symlinks else []
        for entry in scandir(topfd):
            entry_name = fsencode(entry.name) if is_bytes else entry.name
            try:
                if entry.is_dir():
                    dirs.append(entry_name)
                    if entries is not None:
                        entries.append(entry)
                else:
                    nondirs.append(entry_name)
            except OSError:
                try:
                    # A broken link counts as a file.
                    if entry.is_symlink():
                        nondirs.append(entry_name)
                except OSError:
                    pass
        if topdown:
            yield top_path, dirs, nondirs, topfd
        else:
            stack.append((_fwalk_yield, (top_path, dirs, nondirs, topfd)))
        top_path = path.join(top_path, top_path[:0])
        for index in range(len(dirs) - 1, -1, -1):
            stack.append((_fwalk_walk, (False, topfd, top_path + dirs[index], dirs[index],
                                        None if entries is None else entries[index])))


# The environment

class _Environ(MutableMapping):
    """The environment variables; changes go to the process as well."""

    def __init__(self, data, encodekey, decodekey, encodevalue, decodevalue):
        self.encodekey = encodekey
        self.decodekey = decodekey
        self.encodevalue = encodevalue
        self.decodevalue = decodevalue
        self._data = data

    def __getitem__(self, key):
        try:
            value = self._data[self.encodekey(key)]
        except KeyError:
            # With the key as it was given.
            raise KeyError(key) from None
        return self.decodevalue(value)

    def __setitem__(self, key, value):
        key = self.encodekey(key)
        value = self.encodevalue(value)
        putenv(key, value)
        self._data[key] = value

    def __delitem__(self, key):
        encoded = self.encodekey(key)
        unsetenv(encoded)
        try:
            del self._data[encoded]
        except KeyError:
            raise KeyError(key) from None

    def __iter__(self):
        # A list, since somebody may change the environment meanwhile.
        for key in list(self._data):
            yield self.decodekey(key)

    def __len__(self):
        return len(self._data)

    def __repr__(self):
        items = ", ".join([f"{self.decodekey(key)!r}: {self.decodevalue(value)!r}"
                           for key, value in self._data.items()])
        return f"environ({{{items}}})"

    def copy(self):
        return dict(self)

    def setdefault(self, key, value):
        if key not in self:
            self[key] = value
        return self[key]

    def __ior__(self, other):
        self.update(other)
        return self

    def __or__(self, other):
        if not isinstance(other, Mapping):
            return NotImplemented
        new = dict(self)
        new.update(other)
        return new

    def __ror__(self, other):
        if not isinstance(other, Mapping):
            return NotImplemented
        new = dict(other)
        new.update(self)
        return new


def _encode_env(value):
    if not isinstance(value, str):
        raise TypeError("str expected, not %s" % type(value).__name__)
    return value.encode(sys.getfilesystemencoding(), 'surrogateescape')


def _decode_env(value):
    return value.decode(sys.getfilesystemencoding(), 'surrogateescape')


def _check_bytes(value):
    if not isinstance(value, bytes):
        raise TypeError("bytes expected, not %s" % type(value).__name__)
    return value


environ = _Environ(posix.environ, _encode_env, _decode_env, _encode_env, _decode_env)
environb = _Environ(environ._data, _check_bytes, bytes, _check_bytes, bytes)
supports_bytes_environ = True


def reload_environ():
    """Read the environment anew, in case it was changed behind our back."""
    fresh = dict(posix._create_environ())
    environ._data.clear()
    environ._data.update(fresh)


def getenv(key, default=None):
    """An environment variable, or default."""
    return environ.get(key, default)


def getenvb(key, default=None):
    """An environment variable as bytes, or default."""
    return environb.get(key, default)


def fsencode(filename):
    """A file name as bytes."""
    filename = fspath(filename)
    if isinstance(filename, str):
        return filename.encode(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())
    return filename


def fsdecode(filename):
    """A file name as str."""
    filename = fspath(filename)
    if isinstance(filename, bytes):
        return filename.decode(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())
    return filename


def get_exec_path(env=None):
    """The directories in which programs are looked for."""
    if env is None:
        env = environ
    try:
        path_list = env.get('PATH')
    except TypeError:
        path_list = None
    try:
        path_listb = env[b'PATH']
    except (KeyError, TypeError):
        pass
    else:
        if path_list is not None:
            raise ValueError("env cannot contain 'PATH' and b'PATH' keys")
        path_list = path_listb
    if path_list is not None and isinstance(path_list, bytes):
        path_list = fsdecode(path_list)
    if path_list is None:
        path_list = defpath
    return path_list.split(pathsep)


# Processes

def execl(file, *args):
    """Replace this process by a program, given its arguments."""
    execv(file, args)


def execle(file, *args):
    """Like execl(); the last argument is the environment."""
    env = args[-1]
    execve(file, args[:-1], env)


def execlp(file, *args):
    """Like execl(), looking for the program in PATH."""
    execvp(file, args)


def execlpe(file, *args):
    """Like execlp(); the last argument is the environment."""
    env = args[-1]
    execvpe(file, args[:-1], env)


def execvp(file, args):
    """Like execv(), looking for the program in PATH."""
    _execvpe(file, args)


def execvpe(file, args, env):
    """Like execve(), looking for the program in PATH."""
    _execvpe(file, args, env)


def _execvpe(file, args, env=None):
    if env is None:
        run, rest = execv, (args,)
        env = environ
    else:
        run, rest = execve, (args, env)
    if path.dirname(file):
        run(file, *rest)
        return
    saved = None
    path_list = get_exec_path(env)
    file = fsencode(file)
    for directory in map(fsencode, path_list):
        try:
            run(path.join(directory, file), *rest)
        except (FileNotFoundError, NotADirectoryError) as e:
            last = e
        except OSError as e:
            last = e
            if saved is None:
                saved = e
    raise saved if saved is not None else last


if hasattr(posix, 'fork'):
    def _spawnvef(mode, file, args, env, func):
        if not isinstance(args, (tuple, list)):
            raise TypeError('argv must be a tuple or a list')
        if not args or not args[0]:
            raise ValueError('argv first element cannot be empty')
        pid = fork()
        if not pid:
            try:
                if env is None:
                    func(file, args)
                else:
                    func(file, args, env)
            except BaseException:
                _exit(127)
        if mode == P_NOWAIT:
            return pid
        while True:
            _, sts = waitpid(pid, 0)
            if not WIFSTOPPED(sts):
                return waitstatus_to_exitcode(sts)

    def spawnv(mode, file, args):
        """Run a program; P_WAIT gives its exit code, P_NOWAIT its process id."""
        return _spawnvef(mode, file, args, None, execv)

    def spawnve(mode, file, args, env):
        """Like spawnv(), with an environment."""
        return _spawnvef(mode, file, args, env, execve)

    def spawnvp(mode, file, args):
        """Like spawnv(), looking for the program in PATH."""
        return _spawnvef(mode, file, args, None, execvp)

    def spawnvpe(mode, file, args, env):
        """Like spawnve(), looking for the program in PATH."""
        return _spawnvef(mode, file, args, env, execvpe)

    def spawnl(mode, file, *args):
        """Like spawnv(), with the arguments apart."""
        return spawnv(mode, file, args)

    def spawnle(mode, file, *args):
        """Like spawnl(); the last argument is the environment."""
        return spawnve(mode, file, args[:-1], args[-1])

    def spawnlp(mode, file, *args):
        """Like spawnl(), looking for the program in PATH."""
        return spawnvp(mode, file, args)

    def spawnlpe(mode, file, *args):
        """Like spawnlp(); the last argument is the environment."""
        return spawnvpe(mode, file, args[:-1], args[-1])


def popen(cmd, mode="r", buffering=-1):
    """Run a shell command; the result is a file to read from it or to write to it."""
    if not isinstance(cmd, str):
        raise TypeError("invalid cmd type (%s, expected string)" % type(cmd))
    if mode not in ("r", "w"):
        raise ValueError("invalid mode %r" % mode)
    if buffering == 0 or buffering is None:
        raise ValueError("popen() does not support unbuffered streams")
    import io
    import subprocess
    if mode == "r":
        proc = subprocess.Popen(cmd, shell=True, text=True, stdout=subprocess.PIPE,
                                bufsize=buffering)
        return _wrap_close(proc.stdout, proc)
    proc = subprocess.Popen(cmd, shell=True, text=True, stdin=subprocess.PIPE, bufsize=buffering)
    return _wrap_close(proc.stdin, proc)


class _wrap_close:
    """The stream of popen(): close() gives the exit status, None for 0."""

    def __init__(self, stream, proc):
        self._stream = stream
        self._proc = proc

    def close(self):
        self._stream.close()
        returncode = self._proc.wait()
        return None if returncode == 0 else returncode << 8

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()

    def __getattr__(self, name):
        return getattr(self._stream, name)

    def __iter__(self):
        return iter(self._stream)


def fdopen(fd, mode="r", buffering=-1, encoding=None, *args, **kwargs):
    """A file object for a descriptor."""
    if not isinstance(fd, int):
        raise TypeError("invalid fd type (%s, expected integer)" % type(fd))
    import io
    if "b" not in mode:
        encoding = io.text_encoding(encoding)
    return io.open(fd, mode, buffering, encoding, *args, **kwargs)


if not hasattr(posix, 'fspath'):
    def fspath(path):
        """The str or bytes of a path object."""
        if isinstance(path, (str, bytes)):
            return path
        path_type = type(path)
        try:
            path_repr = path_type.__fspath__(path)
        except AttributeError:
            if hasattr(path_type, '__fspath__'):
                raise
            raise TypeError("expected str, bytes or os.PathLike object, "
                            "not " + path_type.__name__)
        if isinstance(path_repr, (str, bytes)):
            return path_repr
        raise TypeError("expected {}.__fspath__() to return str or bytes, "
                        "not {}".format(path_type.__name__, type(path_repr).__name__))


class PathLike(abc.ABC):
    """Base of objects that have a file system path."""

    __slots__ = ()

    @abc.abstractmethod
    def __fspath__(self):
        """Return the path as str or bytes."""
        raise NotImplementedError

    @classmethod
    def __subclasshook__(cls, subclass):
        if cls is PathLike:
            return _check_methods(subclass, '__fspath__')
        return NotImplemented

    __class_getitem__ = classmethod(GenericAlias)


if hasattr(posix, 'sched_getaffinity'):
    def process_cpu_count():
        """How many cores this process may use."""
        num_cpus = _cpu_count_option()
        return len(sched_getaffinity(0)) if num_cpus is None else num_cpus


def _cpu_count_option():
    value = getattr(sys.flags, 'cpu_count', -1)
    return value if value and value > 0 else None


__all__ = [_name for _name in globals() if _name[0] != '_' and _name not in (
    'abc', 'st', 'sys', 'posix', 'Mapping', 'MutableMapping', 'GenericAlias')]
if _exit is not None:
    __all__.append('_exit')
else:
    del _exit
