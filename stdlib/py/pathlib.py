"""Paths as objects."""

import fnmatch
import io
import os
import re
from _collections_abc import Sequence
from errno import EINVAL, EXDEV
from stat import S_ISBLK, S_ISCHR, S_ISDIR, S_ISFIFO, S_ISLNK, S_ISREG, S_ISSOCK

__all__ = ['UnsupportedOperation', 'PurePath', 'PurePosixPath', 'PureWindowsPath', 'Path', 'PosixPath', 'WindowsPath']


class UnsupportedOperation(NotImplementedError):
    """What this kind of path cannot do."""


class _PathParents(Sequence):
    """The parents of a path, the nearest first."""

    def __init__(self, path):
        self._path = path
        self._drive, self._root, self._tail = path.drive, path.root, path._tail

    def __len__(self):
        return len(self._tail)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return tuple(self[at] for at in range(*index.indices(len(self))))
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        return self._path._from_parts(self._drive, self._root, self._tail[:len(self._tail) - index - 1])

    def __repr__(self):
        return f'<{type(self._path).__name__}.parents>'


class PurePath:
    """A path without access to the file system."""

    __slots__ = ('_raw', '_parsed', '_text', '_hashed')
    parser = os.path

    def __new__(cls, *args, **kwargs):
        if cls is PurePath:
            cls = PurePosixPath
        return object.__new__(cls)

    def __init__(self, *args):
        raw = []
        for arg in args:
            if isinstance(arg, PurePath):
                if arg.parser is not self.parser:
                    # A path of the other kind.
                    raw += [part.replace('\\', '/') for part in arg._raw]
                else:
                    raw += arg._raw
                continue
            try:
                text = os.fspath(arg)
            except TypeError:
                text = arg
            if not isinstance(text, str):
                raise TypeError('argument should be a str or an os.PathLike object where __fspath__ returns a str, '
                                f'not {type(text).__name__!r}')
            raw.append(text)
        self._raw = raw
        self._parsed = self._text = self._hashed = None

    def with_segments(self, *pathsegments):
        """A path of the same class."""
        return type(self)(*pathsegments)

    def _from_parts(self, drive, root, tail):
        text = self._join_parts(drive, root, tail)
        path = self.with_segments(text)
        path._text = text or '.'
        path._parsed = drive, root, tail
        return path

    @classmethod
    def _join_parts(cls, drive, root, tail):
        return drive + root + '/'.join(tail)

    @classmethod
    def _split(cls, path):
        """Drive, root and the names behind."""
        if not path:
            return '', '', []
        root = ''
        if path.startswith('/'):
            # Two slashes, and only two, mean something else than one.
            root = '//' if path.startswith('//') and not path.startswith('///') else '/'
        return '', root, [part for part in path.split('/') if part and part != '.']

    @property
    def _raw_path(self):
        if len(self._raw) == 1:
            return self._raw[0]
        return self.parser.join(*self._raw) if self._raw else ''

    @property
    def _parts(self):
        if self._parsed is None:
            self._parsed = self._split(self._raw_path)
        return self._parsed

    @property
    def drive(self):
        """The letter of a drive or the share; empty here."""
        return self._parts[0]

    @property
    def root(self):
        return self._parts[1]

    @property
    def _tail(self):
        return self._parts[2]

    @property
    def anchor(self):
        """Drive and root."""
        return self.drive + self.root

    @property
    def parts(self):
        drive, root, tail = self._parts
        return (drive + root, *tail) if drive or root else tuple(tail)

    def __reduce__(self):
        return type(self), tuple(self._raw)

    def __repr__(self):
        return f'{type(self).__name__}({self.as_posix()!r})'

    def __fspath__(self):
        return str(self)

    def __bytes__(self):
        return os.fsencode(self)

    def __str__(self):
        if self._text is None:
            self._text = self._join_parts(*self._parts) or '.'
        return self._text

    def as_posix(self):
        return str(self)

    def as_uri(self):
        """A URL with "file:"."""
        if not isinstance(self, Path):
            import warnings
            warnings.warn('pathlib.PurePath.as_uri() is deprecated and scheduled for removal in Python 3.19. '
                          'Use pathlib.Path.as_uri().', DeprecationWarning, stacklevel=2)
        if not self.is_absolute():
            raise ValueError("relative paths can't be expressed as file URIs")
        from urllib.parse import quote_from_bytes
        return 'file://' + quote_from_bytes(os.fsencode(self))

    @property
    def _key(self):
        """What comparisons look at."""
        return str(self)

    def __hash__(self):
        if self._hashed is None:
            self._hashed = hash(self._key)
        return self._hashed

    def __eq__(self, other):
        if not isinstance(other, PurePath):
            return NotImplemented
        return self._key == other._key and self.parser is other.parser

    def _compare(self, other, operation):
        if not isinstance(other, PurePath) or self.parser is not other.parser:
            return NotImplemented
        return operation(self._key.split(self.parser.sep), other._key.split(self.parser.sep))

    def __lt__(self, other):
        return self._compare(other, lambda mine, theirs: mine < theirs)

    def __le__(self, other):
        return self._compare(other, lambda mine, theirs: mine <= theirs)

    def __gt__(self, other):
        return self._compare(other, lambda mine, theirs: mine > theirs)

    def __ge__(self, other):
        return self._compare(other, lambda mine, theirs: mine >= theirs)

    def joinpath(self, *pathsegments):
        return self.with_segments(self, *pathsegments)

    def __truediv__(self, key):
        try:
            return self.with_segments(self, key)
        except TypeError:
            return NotImplemented

    def __rtruediv__(self, key):
        try:
            return self.with_segments(key, self)
        except TypeError:
            return NotImplemented

    @property
    def name(self):
        """The last part."""
        return self._tail[-1] if self._tail else ''

    @property
    def stem(self):
        """The name without its last suffix."""
        return self._split_name()[0]

    @property
    def suffix(self):
        return self._split_name()[1]

    def _split_name(self):
        name = self.name
        body = name.lstrip('.')
        cut = body.rfind('.')
        if cut <= 0:
            return name, ''
        cut += len(name) - len(body)
        return name[:cut], name[cut:]

    @property
    def suffixes(self):
        return ['.' + suffix for suffix in self.name.lstrip('.').split('.')[1:]]

    @property
    def parent(self):
        drive, root, tail = self._parts
        return self._from_parts(drive, root, tail[:-1]) if tail else self

    @property
    def parents(self):
        return _PathParents(self)

    def with_name(self, name):
        drive, root, tail = self._parts
        if not name or '/' in name or name == '.' or (self.parser.altsep and self.parser.sep in name):
            raise ValueError(f'Invalid name {name!r}')
        if not tail:
            raise ValueError(f'{self!r} has an empty name')
        return self._from_parts(drive, root, [*tail[:-1], name])

    def with_stem(self, stem):
        suffix = self.suffix
        if not suffix:
            return self.with_name(stem)
        if not stem:
            raise ValueError(f'{self!r} has a non-empty suffix')
        return self.with_name(stem + suffix)

    def with_suffix(self, suffix):
        stem = self.stem
        if not stem:
            raise ValueError(f'{self!r} has an empty name')
        if suffix and not suffix.startswith('.'):
            raise ValueError(f'Invalid suffix {suffix!r}')
        return self.with_name(stem + suffix)

    def relative_to(self, other, *, walk_up=False):
        """The path from another one."""
        if not isinstance(other, PurePath) or not hasattr(other, 'with_segments'):
            other = self.with_segments(other)
        steps = 0
        for steps, path in enumerate([other, *other.parents]):
            if path == self or path in self.parents:
                break
            if not walk_up:
                raise ValueError(f'{str(self)!r} is not in the subpath of {str(other)!r}')
            if path.name == '..':
                raise ValueError(f"'..' segment in {str(other)!r} cannot be walked")
        else:
            raise ValueError(f'{str(self)!r} and {str(other)!r} have different anchors')
        return self._from_parts('', '', ['..'] * steps + self._tail[len(path._tail):])

    def is_relative_to(self, other):
        if not isinstance(other, PurePath):
            other = self.with_segments(other)
        return other == self or other in self.parents

    def is_absolute(self):
        return bool(self.root)

    def is_reserved(self):
        import warnings
        warnings.warn("pathlib.PurePath.is_reserved() is deprecated and slated for removal in Python 3.15. "
                      "Use os.path.isreserved() to detect reserved paths on Windows.", DeprecationWarning,
                      stacklevel=2)
        return False

    def full_match(self, pattern, *, case_sensitive=None):
        """Whether the whole path is like a pattern, in which ** stands for any number of folders."""
        if not isinstance(pattern, PurePath):
            pattern = self.with_segments(pattern)
        own = '' if str(self) == '.' else str(self)
        wanted = '' if str(pattern) == '.' else str(pattern)
        regex = _path_regex(wanted.split('/'), case_sensitive is not False)
        return re.match(regex, own) is not None

    def match(self, path_pattern, *, case_sensitive=None):
        """Whether the last parts are like a pattern; ** is no more than *."""
        if not isinstance(path_pattern, PurePath):
            path_pattern = self.with_segments(path_pattern)
        wanted = path_pattern.parts[::-1]
        own = self.parts[::-1]
        if not wanted:
            raise ValueError('empty pattern')
        if len(own) < len(wanted) or len(own) > len(wanted) and path_pattern.anchor:
            return False
        flags = re.IGNORECASE if case_sensitive is False else 0
        return all(re.match(_name_regex(pattern), part, flags) for part, pattern in zip(own, wanted))


def _name_regex(pattern):
    return fnmatch.translate(pattern.replace('**', '*'))


def _path_regex(patterns, case_sensitive):
    """A regular expression for patterns of the parts of a path."""
    pieces = []
    for at, pattern in enumerate(patterns):
        last = at == len(patterns) - 1
        if pattern == '**':
            pieces.append('.*' if last else '(?:[^/]+/)*')
            continue
        inner = fnmatch.translate(pattern)
        inner = inner.removeprefix('(?s:').removesuffix(')\\z').removesuffix(')\\Z').replace('.*', '[^/]*')
        if pattern == '*':
            inner = '[^/]+'
        pieces.append(f'(?:{inner})' + ('' if last else '/'))
    return ('(?s)' if case_sensitive else '(?si)') + ''.join(pieces) + r'\z'


class PurePosixPath(PurePath):
    """A path of POSIX systems."""

    __slots__ = ()


class PureWindowsPath(PurePath):
    """Not here."""

    __slots__ = ()

    def __init__(self, *args):
        raise NotImplementedError('pathlib.PureWindowsPath is not supported')


class _Info:
    """What `Path.info` tells, asked for once."""

    __slots__ = ('_path', '_known')

    def __init__(self, path):
        self._path, self._known = str(path), {}

    def _mode(self, follow_symlinks):
        if follow_symlinks not in self._known:
            try:
                self._known[follow_symlinks] = os.stat(self._path, follow_symlinks=follow_symlinks).st_mode
            except (OSError, ValueError):
                self._known[follow_symlinks] = None
        return self._known[follow_symlinks]

    def exists(self, *, follow_symlinks=True):
        return self._mode(follow_symlinks) is not None

    def is_dir(self, *, follow_symlinks=True):
        mode = self._mode(follow_symlinks)
        return mode is not None and S_ISDIR(mode)

    def is_file(self, *, follow_symlinks=True):
        mode = self._mode(follow_symlinks)
        return mode is not None and S_ISREG(mode)

    def is_symlink(self):
        mode = self._mode(False)
        return mode is not None and S_ISLNK(mode)

    def __repr__(self):
        return f'<{type(self).__name__}>'


class Path(PurePath):
    """A path with what can be done with files."""

    __slots__ = ('_info',)

    def __new__(cls, *args, **kwargs):
        if cls is Path:
            cls = PosixPath
        return object.__new__(cls)

    def __init__(self, *args):
        super().__init__(*args)
        self._info = None

    @property
    def info(self):
        if self._info is None:
            self._info = _Info(self)
        return self._info

    @classmethod
    def cwd(cls):
        return cls(os.getcwd())

    @classmethod
    def home(cls):
        return cls('~').expanduser()

    @classmethod
    def from_uri(cls, uri):
        """The path of a URL with "file:"."""
        from urllib.parse import unquote_to_bytes
        if not uri.startswith('file:'):
            raise ValueError("URL is missing a 'file:' scheme")
        path = uri[5:]
        if path.startswith('///'):
            path = path[2:]
        elif path.startswith('//localhost/'):
            path = path[11:]
        path = cls(os.fsdecode(unquote_to_bytes(path)))
        if not path.is_absolute():
            raise ValueError(f'URI is not absolute: {uri!r}')
        return path

    def stat(self, *, follow_symlinks=True):
        return os.stat(self, follow_symlinks=follow_symlinks)

    def lstat(self):
        return os.lstat(self)

    def exists(self, *, follow_symlinks=True):
        return os.path.exists(self) if follow_symlinks else os.path.lexists(self)

    def _has_mode(self, test, follow_symlinks=True):
        try:
            return test(self.stat(follow_symlinks=follow_symlinks).st_mode)
        except (OSError, ValueError):
            return False

    def is_dir(self, *, follow_symlinks=True):
        return self._has_mode(S_ISDIR, follow_symlinks)

    def is_file(self, *, follow_symlinks=True):
        return self._has_mode(S_ISREG, follow_symlinks)

    def is_symlink(self):
        return self._has_mode(S_ISLNK, False)

    def is_mount(self):
        return os.path.ismount(self)

    def is_junction(self):
        return False

    def is_block_device(self):
        return self._has_mode(S_ISBLK)

    def is_char_device(self):
        return self._has_mode(S_ISCHR)

    def is_fifo(self):
        return self._has_mode(S_ISFIFO)

    def is_socket(self):
        return self._has_mode(S_ISSOCK)

    def samefile(self, other_path):
        other = other_path.stat() if hasattr(other_path, 'stat') else self.with_segments(other_path).stat()
        return os.path.samestat(self.stat(), other)

    def open(self, mode='r', buffering=-1, encoding=None, errors=None, newline=None):
        if 'b' not in mode:
            encoding = io.text_encoding(encoding)
        return io.open(self, mode, buffering, encoding, errors, newline)

    def read_bytes(self):
        with self.open('rb') as file:
            return file.read()

    def read_text(self, encoding=None, errors=None, newline=None):
        with self.open('r', encoding=encoding, errors=errors, newline=newline) as file:
            return file.read()

    def write_bytes(self, data):
        view = memoryview(data)
        with self.open('wb') as file:
            return file.write(view)

    def write_text(self, data, encoding=None, errors=None, newline=None):
        if not isinstance(data, str):
            raise TypeError(f'data must be str, not {type(data).__name__}')
        with self.open('w', encoding=encoding, errors=errors, newline=newline) as file:
            return file.write(data)

    def _below(self, name):
        text = str(self)
        return self.with_segments(name if text == '.' else self.parser.join(text, name))

    def iterdir(self):
        """What is in the folder, in no order."""
        names = os.listdir(self)
        return map(self._below, names)

    def glob(self, pattern, *, case_sensitive=None, recurse_symlinks=False):
        """What is like a pattern below this path."""
        parts = pattern if isinstance(pattern, PurePath) else self.with_segments(pattern)
        if parts.anchor:
            raise NotImplementedError('Non-relative patterns are unsupported')
        names = list(parts._tail)
        if not names:
            raise ValueError(f'Unacceptable pattern: {str(pattern)!r}')
        text = str(pattern)
        return self._select(names, text.endswith('/'), case_sensitive, recurse_symlinks)

    def rglob(self, pattern, *, case_sensitive=None, recurse_symlinks=False):
        """As glob() with **/ before the pattern."""
        parts = pattern if isinstance(pattern, PurePath) else self.with_segments(pattern)
        if parts.anchor:
            raise NotImplementedError('Non-relative patterns are unsupported')
        only_folders = not parts._tail or str(pattern).endswith('/')
        return self._select(['**', *parts._tail], only_folders, case_sensitive, recurse_symlinks)

    def _select(self, names, only_folders, case_sensitive, recurse_symlinks):
        flags = re.IGNORECASE if case_sensitive is False else 0
        start = '' if str(self) == '.' else str(self)
        seen = set() if names.count('**') > 1 else None
        for text in _walk_pattern(start, names, only_folders, flags, recurse_symlinks, case_sensitive is not None):
            if seen is not None:
                if text in seen:
                    continue
                seen.add(text)
            yield self.with_segments(text)

    def walk(self, top_down=True, on_error=None, follow_symlinks=False):
        """As os.walk(), with paths; links to folders are files unless they are followed."""
        waiting = [self]
        while waiting:
            folder = waiting.pop()
            if isinstance(folder, tuple):
                yield folder
                continue
            folders, files = [], []
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        try:
                            is_folder = entry.is_dir(follow_symlinks=follow_symlinks)
                        except OSError:
                            is_folder = False
                        (folders if is_folder else files).append(entry.name)
            except OSError as error:
                if on_error is not None:
                    on_error(error)
                continue
            if top_down:
                yield folder, folders, files
            else:
                waiting.append((folder, folders, files))
            waiting += [folder._below(name) for name in reversed(folders)]

    def absolute(self):
        if self.is_absolute():
            return self
        return self.with_segments(os.getcwd(), self) if self._tail else self.with_segments(os.getcwd())

    def resolve(self, strict=False):
        """Absolute, without symbolic links and without "..".

        A circle of links is an error only where the path must exist.
        """
        return self.with_segments(os.path.realpath(self, strict=strict))

    def readlink(self):
        return self.with_segments(os.readlink(self))

    def expanduser(self):
        drive, root, tail = self._parts
        if not (drive or root) and tail and tail[0].startswith('~'):
            home = os.path.expanduser(tail[0])
            if home.startswith('~'):
                raise RuntimeError('Could not determine home directory.')
            return self.with_segments(home, *tail[1:])
        return self

    def owner(self, *, follow_symlinks=True):
        import pwd
        return pwd.getpwuid(self.stat(follow_symlinks=follow_symlinks).st_uid).pw_name

    def group(self, *, follow_symlinks=True):
        import grp
        return grp.getgrgid(self.stat(follow_symlinks=follow_symlinks).st_gid).gr_name

    def touch(self, mode=0o666, exist_ok=True):
        if exist_ok:
            try:
                os.utime(self, None)
            except OSError:
                pass
            else:
                return
        flags = os.O_CREAT | os.O_WRONLY | (0 if exist_ok else os.O_EXCL)
        os.close(os.open(self, flags, mode))

    def mkdir(self, mode=0o777, parents=False, exist_ok=False):
        try:
            os.mkdir(self, mode)
        except FileNotFoundError:
            if not parents or self.parent == self:
                raise
            self.parent.mkdir(parents=True, exist_ok=True)
            self.mkdir(mode, parents=False, exist_ok=exist_ok)
        except OSError:
            # The system may have said something else than that it exists.
            if not exist_ok or not self.is_dir():
                raise

    def chmod(self, mode, *, follow_symlinks=True):
        os.chmod(self, mode, follow_symlinks=follow_symlinks)

    def lchmod(self, mode):
        self.chmod(mode, follow_symlinks=False)

    def unlink(self, missing_ok=False):
        try:
            os.unlink(self)
        except FileNotFoundError:
            if not missing_ok:
                raise

    def rmdir(self):
        os.rmdir(self)

    def rename(self, target):
        os.rename(self, target)
        return target if hasattr(target, 'with_segments') else self.with_segments(target)

    def replace(self, target):
        os.replace(self, target)
        return target if hasattr(target, 'with_segments') else self.with_segments(target)

    def symlink_to(self, target, target_is_directory=False):
        os.symlink(target, self, target_is_directory)

    def hardlink_to(self, target):
        os.link(target, self)

    def copy(self, target, *, follow_symlinks=True, preserve_metadata=False):
        """Copy a file or a whole folder to a path; the path of the copy."""
        import shutil
        if not hasattr(target, 'with_segments'):
            target = self.with_segments(target)
        if self.is_symlink() and not follow_symlinks:
            target.symlink_to(os.readlink(self))
        elif self.is_dir():
            if target == self or self in target.parents:
                error = OSError(EINVAL, 'Source path is a parent of target path')
                error.filename, error.filename2 = str(self), str(target)
                raise error
            target.mkdir()
            for child in list(self.iterdir()):
                child.copy(target / child.name, follow_symlinks=follow_symlinks, preserve_metadata=preserve_metadata)
        else:
            if target.exists() and self.samefile(target):
                what = 'path' if self == target else 'file'
                error = OSError(EINVAL, f'Source and target are the same {what}')
                error.filename, error.filename2 = str(self), str(target)
                raise error
            shutil.copyfile(self, target)
        if preserve_metadata:
            shutil.copystat(self, target, follow_symlinks=follow_symlinks)
        return target

    def copy_into(self, target_dir, *, follow_symlinks=True, preserve_metadata=False):
        return self.copy(self._inside(target_dir), follow_symlinks=follow_symlinks,
                         preserve_metadata=preserve_metadata)

    def _inside(self, target_dir):
        if not self.name:
            raise ValueError(f'{self!r} has an empty name')
        if not hasattr(target_dir, 'with_segments'):
            target_dir = self.with_segments(target_dir)
        return target_dir / self.name

    def move(self, target):
        """Move to a path, also to another file system."""
        if not hasattr(target, 'with_segments'):
            target = self.with_segments(target)
        try:
            os.replace(self, target)
            return target
        except OSError as error:
            if error.errno != EXDEV:
                raise
        self.copy(target, follow_symlinks=False, preserve_metadata=True)
        if self.is_dir() and not self.is_symlink():
            import shutil
            shutil.rmtree(self)
        else:
            self.unlink()
        return target

    def move_into(self, target_dir):
        return self.move(self._inside(target_dir))


def _is_folder(path, follow_symlinks=True):
    try:
        return S_ISDIR(os.stat(path or '.', follow_symlinks=follow_symlinks).st_mode)
    except (OSError, ValueError):
        return False


def _entries(folder):
    try:
        with os.scandir(folder or '.') as found:
            return list(found)
    except OSError:
        return []


def _join(folder, name):
    return folder + name if not folder or folder.endswith('/') else f'{folder}/{name}'


def _walk_pattern(folder, names, only_folders, flags, follow, always_list):
    """Paths below a folder that are like the patterns of their parts."""
    if not names:
        yield folder
        return
    name, *rest = names
    if name == '**':
        while rest and rest[0] == '**':
            rest = rest[1:]
        if not rest and not _is_folder(folder):
            return
        for below in _below(folder, follow, files=not rest and not only_folders):
            yield from _walk_pattern(below, rest, only_folders, flags, follow, always_list)
        return
    if name == '..' or not (always_list or re.search(r'[*?[]', name)):
        path = _join(folder, name)
        if rest:
            if _is_folder(path):
                yield from _walk_pattern(path, rest, only_folders, flags, follow, always_list)
        elif (_is_folder(path) if only_folders else os.path.lexists(path)):
            yield path
        return
    matches = re.compile(fnmatch.translate(name.replace('**', '*')), flags).match
    for entry in _entries(folder):
        if matches(entry.name):
            path = _join(folder, entry.name)
            if rest or only_folders:
                try:
                    if not entry.is_dir():
                        continue
                except OSError:
                    continue
            yield from _walk_pattern(path, rest, only_folders, flags, follow, always_list)


def _below(folder, follow, files):
    """The folder and all that is below, folders (and files) in the order they are found."""
    yield folder
    waiting = [folder]
    while waiting:
        at = waiting.pop()
        for entry in _entries(at):
            path = _join(at, entry.name)
            try:
                is_folder = entry.is_dir(follow_symlinks=follow)
            except OSError:
                is_folder = False
            if is_folder:
                waiting.append(path)
                yield path
            elif files:
                yield path


class PosixPath(Path, PurePosixPath):
    """A path of this system."""

    __slots__ = ()


class WindowsPath(Path, PureWindowsPath):
    """Not on this system."""

    __slots__ = ()

    def __new__(cls, *args, **kwargs):
        raise UnsupportedOperation(f"cannot instantiate {cls.__name__!r} on your system")


os.PathLike.register(PurePath)
