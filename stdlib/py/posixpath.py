"""`os.path`: operations on path names with slashes."""

# First, since `os`, which the modules below import, takes them from here.
curdir = '.'
pardir = '..'
extsep = '.'
sep = '/'
pathsep = ':'
defpath = '/bin:/usr/bin'
altsep = None
devnull = '/dev/null'

import errno
import genericpath
import os
import stat
import sys
from genericpath import *
from genericpath import ALLOW_MISSING

__all__ = ["normcase", "isabs", "join", "splitdrive", "splitroot", "split", "splitext",
           "basename", "dirname", "commonprefix", "getsize", "getmtime", "getatime", "getctime",
           "islink", "exists", "lexists", "isdir", "isfile", "ismount", "expanduser",
           "expandvars", "normpath", "abspath", "samefile", "sameopenfile", "samestat", "curdir",
           "pardir", "sep", "pathsep", "defpath", "altsep", "extsep", "devnull", "realpath",
           "supports_unicode_filenames", "relpath", "commonpath", "isjunction", "isdevdrive",
           "ALLOW_MISSING"]

supports_unicode_filenames = sys.platform == 'darwin'


def _get_sep(path):
    return b'/' if isinstance(path, bytes) else '/'


def normcase(s):
    """The path itself: case matters here."""
    return os.fspath(s)


def isabs(s):
    """True for an absolute path."""
    s = os.fspath(s)
    return s.startswith(_get_sep(s))


def join(a, /, *p):
    """Join path parts with slashes; an absolute part drops all before it."""
    a = os.fspath(a)
    slash = _get_sep(a)
    path = a
    try:
        for part in p:
            part = os.fspath(part)
            if part.startswith(slash) or not path:
                path = part
            elif path.endswith(slash):
                path += part
            else:
                path += slash + part
    except (TypeError, AttributeError, BytesWarning):
        genericpath._check_arg_types('join', a, *p)
        raise
    return path


def split(p, /):
    """Split into (head, tail), tail being what is behind the last slash."""
    p = os.fspath(p)
    slash = _get_sep(p)
    index = p.rfind(slash) + 1
    head, tail = p[:index], p[index:]
    if head and head != slash * len(head):
        head = head.rstrip(slash)
    return head, tail


def splitext(p, /):
    """Split into (root, extension): ('a/b', '.c')."""
    p = os.fspath(p)
    if isinstance(p, bytes):
        return genericpath._splitext(p, b'/', None, b'.')
    return genericpath._splitext(p, '/', None, '.')


def splitdrive(p, /):
    """Split into (drive, path); there are no drives here."""
    p = os.fspath(p)
    return p[:0], p


def splitroot(p, /):
    """Split into (drive, root, rest)."""
    p = os.fspath(p)
    slash = _get_sep(p)
    empty = p[:0]
    if not p.startswith(slash):
        return empty, empty, p
    if p[1:2] != slash or p[2:3] == slash:
        return empty, slash, p[1:]
    # Exactly two slashes may mean something else, so they stay.
    return empty, p[:2], p[2:]


def basename(p, /):
    """What is behind the last slash."""
    p = os.fspath(p)
    return p[p.rfind(_get_sep(p)) + 1:]


def dirname(p, /):
    """What is before the last slash."""
    return split(p)[0]


def ismount(path):
    """True if a file system is mounted on the path."""
    try:
        s1 = os.lstat(path)
    except (OSError, ValueError):
        return False
    if stat.S_ISLNK(s1.st_mode):
        return False
    path = os.fspath(path)
    parent = join(path, b'..' if isinstance(path, bytes) else '..')
    try:
        s2 = os.lstat(parent)
    except OSError:
        parent = realpath(parent)
        try:
            s2 = os.lstat(parent)
        except OSError:
            return False
    return s1.st_dev != s2.st_dev or s1.st_ino == s2.st_ino


def expanduser(path):
    """Replace ~ or ~user at the beginning by the home directory."""
    path = os.fspath(path)
    tilde, slash = (b'~', b'/') if isinstance(path, bytes) else ('~', '/')
    if not path.startswith(tilde):
        return path
    end = path.find(slash, 1)
    if end < 0:
        end = len(path)
    if end == 1:
        if 'HOME' in os.environ:
            home = os.environ['HOME']
        else:
            try:
                import pwd
                home = pwd.getpwuid(os.getuid()).pw_dir
            except (ImportError, KeyError):
                return path
    else:
        name = path[1:end]
        if isinstance(name, bytes):
            name = os.fsdecode(name)
        try:
            import pwd
            home = pwd.getpwnam(name).pw_dir
        except (ImportError, KeyError):
            return path
    if home is None:
        return path
    if isinstance(path, bytes):
        home = os.fsencode(home)
    home = home.rstrip(slash)
    return (home + path[end:]) or slash


def expandvars(path):
    """Replace $NAME and ${NAME} by environment variables; unknown ones stay."""
    path = os.fspath(path)
    if isinstance(path, bytes):
        if b'$' not in path:
            return path
        return os.fsencode(expandvars(os.fsdecode(path)))
    if '$' not in path:
        return path
    result = []
    pos = 0
    while True:
        dollar = path.find('$', pos)
        if dollar < 0:
            result.append(path[pos:])
            return ''.join(result)
        result.append(path[pos:dollar])
        if path[dollar + 1:dollar + 2] == '{':
            end = path.find('}', dollar)
            name, end = (None, dollar + 1) if end < 0 else (path[dollar + 2:end], end + 1)
        else:
            end = dollar + 1
            while end < len(path) and path[end].isascii() and (
                    path[end].isalnum() or path[end] == '_'):
                end += 1
            name = path[dollar + 1:end] or None
        if name is not None and name in os.environ:
            result.append(os.environ[name])
        else:
            result.append(path[dollar:end])
        pos = end


def normpath(path):
    """Remove double slashes and dots: A//B, A/./B and A/C/../B become A/B."""
    path = os.fspath(path)
    if isinstance(path, bytes):
        slash, dot, dotdot = b'/', b'.', b'..'
    else:
        slash, dot, dotdot = '/', '.', '..'
    if not path:
        return dot
    _, root, rest = splitroot(path)
    parts = []
    for part in rest.split(slash):
        if not part or part == dot:
            continue
        if part != dotdot or (not root and not parts) or (parts and parts[-1] == dotdot):
            parts.append(part)
        elif parts:
            parts.pop()
    return root + slash.join(parts) or dot


def abspath(path):
    """The path from the root, normalised."""
    path = os.fspath(path)
    if not isabs(path):
        path = join(os.getcwdb() if isinstance(path, bytes) else os.getcwd(), path)
    return normpath(path)


def realpath(filename, /, *, strict=False):
    """The path from the root without symbolic links.

    With strict, a missing file or a loop of links is an error; with ALLOW_MISSING only the latter.
    """
    filename = os.fspath(filename)
    if isinstance(filename, bytes):
        slash, dot, dotdot = b'/', b'.', b'..'
        getcwd = os.getcwdb
    else:
        slash, dot, dotdot = '/', '.', '..'
        getcwd = os.getcwd
    if strict is ALLOW_MISSING:
        ignored = FileNotFoundError
    elif strict:
        ignored = ()
    else:
        ignored = OSError
    # Parts still to be looked at, the next one last; None says that the link below it in the
    # list is resolved now.
    rest = filename.split(slash)[::-1]
    path = slash if filename.startswith(slash) else getcwd()
    seen = {}
    while rest:
        name = rest.pop()
        if name is None:
            seen[rest.pop()] = path
            continue
        if not name or name == dot:
            continue
        if name == dotdot:
            path = path[:path.rindex(slash)] or slash
            continue
        newpath = path + name if path == slash else path + slash + name
        try:
            if not stat.S_ISLNK(os.lstat(newpath).st_mode):
                path = newpath
                continue
            if newpath in seen:
                target = seen[newpath]
                if target is not None:
                    path = target
                    continue
                # A link that leads back to itself.
                if strict:
                    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), newpath)
                path = newpath
                continue
            target = os.readlink(newpath)
        except ignored:
            path = newpath
            continue
        seen[newpath] = None
        if target.startswith(slash):
            path = slash
        rest.append(newpath)
        rest.append(None)
        rest.extend(target.split(slash)[::-1])
    return path


def relpath(path, start=None):
    """The path as seen from start, by default from the working directory."""
    path = os.fspath(path)
    if not path:
        raise ValueError("no path specified")
    if isinstance(path, bytes):
        dot, slash, dotdot = b'.', b'/', b'..'
    else:
        dot, slash, dotdot = '.', '/', '..'
    start = dot if start is None else os.fspath(start)
    try:
        start_parts = [part for part in abspath(start).split(slash) if part]
        path_parts = [part for part in abspath(path).split(slash) if part]
        common = 0
        for a, b in zip(start_parts, path_parts):
            if a != b:
                break
            common += 1
        parts = [dotdot] * (len(start_parts) - common) + path_parts[common:]
        return slash.join(parts) if parts else dot
    except (TypeError, AttributeError, BytesWarning, DeprecationWarning):
        genericpath._check_arg_types('relpath', path, start)
        raise


def commonpath(paths):
    """The longest path that all of some paths are below."""
    paths = tuple(map(os.fspath, paths))
    if not paths:
        raise ValueError('commonpath() arg is an empty sequence')
    if isinstance(paths[0], bytes):
        slash, dot = b'/', b'.'
    else:
        slash, dot = '/', '.'
    try:
        absolute = {path.startswith(slash) for path in paths}
        if len(absolute) > 1:
            raise ValueError("Can't mix absolute and relative paths")
        split_paths = [[part for part in path.split(slash) if part and part != dot]
                       for path in paths]
        first, last = min(split_paths), max(split_paths)
        common = first
        for index, part in enumerate(first):
            if part != last[index]:
                common = first[:index]
                break
        prefix = slash if absolute.pop() else slash[:0]
        return prefix + slash.join(common)
    except (TypeError, AttributeError):
        genericpath._check_arg_types('commonpath', *paths)
        raise
