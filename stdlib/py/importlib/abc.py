"""Abstract base classes of finders and loaders."""

import abc
from importlib import _machinery
from importlib._machinery import SourceLoader as _SourceLoader

__all__ = ['Loader', 'MetaPathFinder', 'PathEntryFinder', 'ResourceLoader', 'InspectLoader',
           'ExecutionLoader', 'FileLoader', 'SourceLoader']


class Loader(metaclass=abc.ABCMeta):
    """Base of loaders."""

    def create_module(self, spec):
        """Return a module for a spec, or None for an ordinary one."""
        return None

    def load_module(self, fullname):
        if not hasattr(self, 'exec_module'):
            raise ImportError
        return _machinery._LoaderBasics.load_module(self, fullname)


class MetaPathFinder(metaclass=abc.ABCMeta):
    """Base of finders in sys.meta_path."""

    def invalidate_caches(self):
        """Forget what was found before."""


class PathEntryFinder(metaclass=abc.ABCMeta):
    """Base of finders for an entry of sys.path."""

    def invalidate_caches(self):
        """Forget what was found before."""


class ResourceLoader(Loader):
    """Loader that also reads files."""

    @abc.abstractmethod
    def get_data(self, path):
        raise OSError


class InspectLoader(Loader):
    """Loader that knows source and code of modules."""

    def is_package(self, fullname):
        raise ImportError

    def get_code(self, fullname):
        source = self.get_source(fullname)
        return None if source is None else self.source_to_code(source)

    @abc.abstractmethod
    def get_source(self, fullname):
        raise ImportError

    @staticmethod
    def source_to_code(data, path='<string>'):
        return compile(data, path, 'exec', dont_inherit=True)

    exec_module = _SourceLoader.exec_module


class ExecutionLoader(InspectLoader):
    """Loader of modules that have a file."""

    @abc.abstractmethod
    def get_filename(self, fullname):
        raise ImportError

    def get_code(self, fullname):
        source = self.get_source(fullname)
        if source is None:
            return None
        try:
            path = self.get_filename(fullname)
        except ImportError:
            return self.source_to_code(source)
        return self.source_to_code(source, path)


class FileLoader(_machinery.FileLoader, ResourceLoader, ExecutionLoader):
    """Loader of files."""


class SourceLoader(_SourceLoader, ResourceLoader, ExecutionLoader):
    """Loader of source."""

    def path_mtime(self, path):
        if self.path_stats.__func__ is SourceLoader.path_stats:
            raise OSError
        return int(self.path_stats(path)['mtime'])

    def path_stats(self, path):
        if self.path_mtime.__func__ is SourceLoader.path_mtime:
            raise OSError
        return {'mtime': self.path_mtime(path)}


MetaPathFinder.register(_machinery.BuiltinImporter)
MetaPathFinder.register(_machinery.FrozenImporter)
MetaPathFinder.register(_machinery.PathFinder)
PathEntryFinder.register(_machinery.FileFinder)
InspectLoader.register(_machinery.BuiltinImporter)
InspectLoader.register(_machinery.FrozenImporter)
FileLoader.register(_machinery.SourceFileLoader)
SourceLoader.register(_machinery.SourceFileLoader)
