"""Functions on paths that are the same on all systems."""

import stat

__all__ = ['commonprefix', 'exists', 'getatime', 'getctime', 'getmtime', 'getsize', 'isdevdrive',
           'isdir', 'isfile', 'isjunction', 'islink', 'lexists', 'samefile', 'sameopenfile',
           'samestat', 'ALLOW_MISSING']


def exists(path):
    """True if the path exists; false for a broken symbolic link."""
    try:
        os.stat(path)
    except (OSError, ValueError):
        return False
    return True


def lexists(path):
    """True if the path exists, a broken symbolic link too."""
    try:
        os.lstat(path)
    except (OSError, ValueError):
        return False
    return True


def isfile(path):
    """True for a regular file, through symbolic links."""
    try:
        st = os.stat(path)
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(st.st_mode)


def isdir(s):
    """True for a directory, through symbolic links."""
    try:
        st = os.stat(s)
    except (OSError, ValueError):
        return False
    return stat.S_ISDIR(st.st_mode)


def islink(path):
    """True for a symbolic link."""
    try:
        st = os.lstat(path)
    except (OSError, ValueError, AttributeError):
        return False
    return stat.S_ISLNK(st.st_mode)


def isjunction(path):
    """True for a junction, which this system has not got."""
    os.fspath(path)
    return False


def isdevdrive(path):
    """True for a Dev Drive, which this system has not got."""
    os.fspath(path)
    return False


def getsize(filename):
    """Size of a file in bytes."""
    return os.stat(filename).st_size


def getmtime(filename):
    """Time of the last change of a file."""
    return os.stat(filename).st_mtime


def getatime(filename):
    """Time of the last access to a file."""
    return os.stat(filename).st_atime


def getctime(filename):
    """Time of the last change of a file's metadata."""
    return os.stat(filename).st_ctime


def commonprefix(m, /):
    """The longest string that all in a list begin with."""
    if not m:
        return ''
    if not isinstance(m[0], (list, tuple)):
        m = tuple(map(os.fspath, m))
    first, last = min(m), max(m)
    for index, item in enumerate(first):
        if item != last[index]:
            return first[:index]
    return first


def samestat(s1, s2):
    """True if two stat results are of the same file."""
    return s1.st_ino == s2.st_ino and s1.st_dev == s2.st_dev


def samefile(f1, f2):
    """True if two paths are of the same file."""
    return samestat(os.stat(f1), os.stat(f2))


def sameopenfile(fp1, fp2):
    """True if two descriptors are of the same file."""
    return samestat(os.fstat(fp1), os.fstat(fp2))


def _splitext(p, sep, altsep, extsep):
    """Split a path into (root, extension); dots that lead the name do not count."""
    sep_index = p.rfind(sep)
    if altsep:
        sep_index = max(sep_index, p.rfind(altsep))
    dot_index = p.rfind(extsep)
    name = p[sep_index + 1:dot_index] if dot_index > sep_index else p[:0]
    if dot_index > sep_index and name.strip(extsep):
        return p[:dot_index], p[dot_index:]
    return p, p[:0]


def _check_arg_types(funcname, *args):
    """Explain a TypeError by arguments of the wrong type or of both str and bytes."""
    has_str = has_bytes = False
    for item in args:
        if isinstance(item, str):
            has_str = True
        elif isinstance(item, bytes):
            has_bytes = True
        else:
            raise TypeError(f'{funcname}() argument must be str, bytes, or '
                            f'os.PathLike object, not {item.__class__.__name__!r}') from None
    if has_str and has_bytes:
        raise TypeError("Can't mix strings and bytes in path components") from None


class ALLOW_MISSING:
    """For realpath(strict=...): errors other than a missing file are raised."""

    def __repr__(self):
        return 'os.path.ALLOW_MISSING'

    def __reduce__(self):
        return self.__class__.__name__


ALLOW_MISSING = ALLOW_MISSING()

# Last, since `os` imports `posixpath`, which takes all names from here.
import os
