"""Comparing files and folders."""

import os
import stat
from functools import cached_property
from types import GenericAlias

__all__ = ['clear_cache', 'cmp', 'dircmp', 'cmpfiles', 'DEFAULT_IGNORES']

BUFSIZE = 8 * 1024
DEFAULT_IGNORES = ['RCS', 'CVS', 'tags', '.git', '.hg', '.bzr', '_darcs', '__pycache__']
_cache = {}


def clear_cache():
    """Forget which files were the same."""
    _cache.clear()


def _signature(path):
    found = os.stat(path)
    return stat.S_IFMT(found.st_mode), found.st_size, found.st_mtime


def cmp(f1, f2, shallow=True):
    """Are two files the same? With `shallow` the same type, size and time are enough."""
    one, other = _signature(f1), _signature(f2)
    if not one[0] == other[0] == stat.S_IFREG:
        return False
    if shallow and one == other:
        return True
    if one[1] != other[1]:
        return False
    key = f1, f2, one, other
    if key not in _cache:
        if len(_cache) > 100:
            clear_cache()
        _cache[key] = _same_content(f1, f2)
    return _cache[key]


def _same_content(f1, f2):
    with open(f1, 'rb') as one, open(f2, 'rb') as other:
        while True:
            part = one.read(BUFSIZE)
            if part != other.read(BUFSIZE):
                return False
            if not part:
                return True


def cmpfiles(a, b, common, shallow=True):
    """Names that are the same in two folders, that differ, and that cannot be compared."""
    same, different, unknown = [], [], []
    for name in common:
        try:
            found = same if cmp(os.path.join(a, name), os.path.join(b, name), shallow) else different
        except (OSError, ValueError):
            found = unknown
        found.append(name)
    return same, different, unknown


def _kind(path):
    """'file', 'dir', another, or None for what cannot be looked at."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return None
    return 'dir' if stat.S_ISDIR(mode) else 'file' if stat.S_ISREG(mode) else stat.S_IFMT(mode)


class dircmp:
    """What two folders have in common; found out when it is asked for."""

    def __init__(self, a, b, ignore=None, hide=None, *, shallow=True):
        self.left, self.right, self.shallow = a, b, shallow
        self.hide = [os.curdir, os.pardir] if hide is None else hide
        self.ignore = DEFAULT_IGNORES if ignore is None else ignore

    def _listed(self, folder):
        hidden = {*self.hide, *self.ignore}
        return sorted(name for name in os.listdir(folder) if name not in hidden)

    left_list = cached_property(lambda self: self._listed(self.left))
    right_list = cached_property(lambda self: self._listed(self.right))
    common = cached_property(lambda self: [name for name in self.left_list if name in set(self.right_list)])
    left_only = cached_property(lambda self: [name for name in self.left_list if name not in set(self.right_list)])
    right_only = cached_property(lambda self: [name for name in self.right_list if name not in set(self.left_list)])

    @cached_property
    def _kinds(self):
        found = {'file': [], 'dir': [], 'funny': []}
        for name in self.common:
            one, other = (_kind(os.path.join(folder, name)) for folder in (self.left, self.right))
            found[one if one == other and one in ('file', 'dir') else 'funny'].append(name)
        return found

    common_dirs = cached_property(lambda self: self._kinds['dir'])
    common_files = cached_property(lambda self: self._kinds['file'])
    common_funny = cached_property(lambda self: self._kinds['funny'])
    _compared = cached_property(lambda self: cmpfiles(self.left, self.right, self.common_files, self.shallow))
    same_files = cached_property(lambda self: self._compared[0])
    diff_files = cached_property(lambda self: self._compared[1])
    funny_files = cached_property(lambda self: self._compared[2])

    @cached_property
    def subdirs(self):
        return {name: type(self)(os.path.join(self.left, name), os.path.join(self.right, name), self.ignore, self.hide,
                                 shallow=self.shallow) for name in self.common_dirs}

    def __getattr__(self, attr):
        raise AttributeError(attr)

    def report(self):
        """Print what differs between the two folders."""
        print('diff', self.left, self.right)
        for title, names in ((f'Only in {self.left} :', self.left_only), (f'Only in {self.right} :', self.right_only),
                             ('Identical files :', self.same_files), ('Differing files :', self.diff_files),
                             ('Trouble with common files :', self.funny_files),
                             ('Common subdirectories :', self.common_dirs), ('Common funny cases :', self.common_funny)):
            if names:
                print(title, sorted(names) if title.startswith('Only') else names)

    def report_partial_closure(self):
        """The same, and for the folders right inside."""
        self.report()
        for inner in self.subdirs.values():
            print()
            inner.report()

    def report_full_closure(self):
        """The same, and for all folders inside."""
        self.report()
        for inner in self.subdirs.values():
            print()
            inner.report_full_closure()

    __class_getitem__ = classmethod(GenericAlias)
