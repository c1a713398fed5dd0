"""Data files inside packages."""

import contextlib
import os

__all__ = ['Package', 'Anchor', 'as_file', 'files', 'contents', 'is_resource', 'open_binary',
           'open_text', 'path', 'read_binary', 'read_text']

Package = Anchor = 'str | types.ModuleType'


def _resolve(anchor, depth=2):
    if anchor is None:
        import sys
        anchor = sys._getframe(depth).f_globals['__name__']
    if isinstance(anchor, str):
        from importlib import import_module
        return import_module(anchor)
    return anchor


def files(anchor=None):
    """The directory of a package as a path."""
    from pathlib import Path
    module = _resolve(anchor)
    locations = getattr(module.__spec__, 'submodule_search_locations', None)
    if locations:
        return Path(list(locations)[0])
    return Path(os.path.dirname(module.__file__))


@contextlib.contextmanager
def as_file(path):
    """A file system path for a resource."""
    yield path


def _join(anchor, names):
    result = files(_resolve(anchor, 3))
    for name in names:
        result = result / name
    return result


def open_binary(anchor, *path_names):
    """Open a resource as a binary file."""
    return _join(anchor, path_names).open('rb')


def open_text(anchor, *path_names, encoding='utf-8', errors='strict'):
    """Open a resource as a text file."""
    return _join(anchor, path_names).open('r', encoding=encoding, errors=errors)


def read_binary(anchor, *path_names):
    """The bytes of a resource."""
    return _join(anchor, path_names).read_bytes()


def read_text(anchor, *path_names, encoding='utf-8', errors='strict'):
    """The text of a resource."""
    with open_text(anchor, *path_names, encoding=encoding, errors=errors) as file:
        return file.read()


def path(anchor, *path_names):
    """A context manager that gives the path of a resource."""
    return as_file(_join(anchor, path_names))


def is_resource(anchor, *path_names):
    """True if there is such a file."""
    return _join(anchor, path_names).is_file()


def contents(anchor, *path_names):
    """The names in a package's directory."""
    return (entry.name for entry in _join(anchor, path_names).iterdir())


class _FileReader:
    """What a file loader gives as its resource reader."""

    def __init__(self, loader):
        from pathlib import Path
        self.path = Path(loader.path).parent

    def files(self):
        return self.path

    def open_resource(self, resource):
        return (self.path / resource).open('rb')

    def resource_path(self, resource):
        return str(self.path / resource)

    def is_resource(self, path):
        return (self.path / path).is_file()

    def contents(self):
        return (item.name for item in self.path.iterdir())
