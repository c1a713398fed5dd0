"""Specs, finders and loaders, for `importlib.machinery` and `importlib.util`."""

import _imp
import posixpath
import sys
from types import ModuleType

SOURCE_SUFFIXES = ['.py']
BYTECODE_SUFFIXES = ['.pyc']
EXTENSION_SUFFIXES = []


class ModuleSpec:
    """Says how a module is found and loaded."""

    def __init__(self, name, loader, *, origin=None, loader_state=None, is_package=None):
        self.name = name
        self.loader = loader
        self.origin = origin
        self.loader_state = loader_state
        self.submodule_search_locations = [] if is_package else None
        self._uninitialized_submodules = []
        self._set_fileattr = False
        self._cached = None

    def __repr__(self):
        args = [f'name={self.name!r}', f'loader={self.loader!r}']
        if self.origin is not None:
            args.append(f'origin={self.origin!r}')
        if self.submodule_search_locations is not None:
            args.append(f'submodule_search_locations={self.submodule_search_locations}')
        return f'{self.__class__.__name__}({", ".join(args)})'

    def __eq__(self, other):
        try:
            return (self.name == other.name and self.loader == other.loader
                    and self.origin == other.origin
                    and self.submodule_search_locations == other.submodule_search_locations
                    and self.cached == other.cached
                    and self.has_location == other.has_location)
        except AttributeError:
            return NotImplemented

    @property
    def cached(self):
        return self._cached

    @cached.setter
    def cached(self, cached):
        self._cached = cached

    @property
    def parent(self):
        """The name of the package the module is in, or its own if it is one."""
        if self.submodule_search_locations is None:
            return self.name.rpartition('.')[0]
        return self.name

    @property
    def has_location(self):
        return self._set_fileattr

    @has_location.setter
    def has_location(self, value):
        self._set_fileattr = bool(value)


_POPULATE = object()


def spec_from_loader(name, loader, *, origin=None, is_package=None):
    """A spec made from what a loader says."""
    if origin is None:
        origin = getattr(loader, '_ORIGIN', None)
    if not origin and hasattr(loader, 'get_filename'):
        if is_package is None:
            return spec_from_file_location(name, loader=loader)
        return spec_from_file_location(name, loader=loader,
                                       submodule_search_locations=[] if is_package else None)
    if is_package is None:
        is_package = False
        if hasattr(loader, 'is_package'):
            try:
                is_package = loader.is_package(name)
            except ImportError:
                is_package = None
    return ModuleSpec(name, loader, origin=origin, is_package=is_package)


def spec_from_file_location(name, location=None, *, loader=None,
                            submodule_search_locations=_POPULATE):
    """A spec for a module in a file."""
    if location is None:
        location = '<unknown>'
        if hasattr(loader, 'get_filename'):
            try:
                location = loader.get_filename(name)
            except ImportError:
                pass
    else:
        import os
        location = os.fspath(location)
        try:
            location = posixpath.abspath(location)
        except OSError:
            pass
    spec = ModuleSpec(name, loader, origin=location)
    spec._set_fileattr = True
    if loader is None:
        for suffix in SOURCE_SUFFIXES:
            if location.endswith(suffix):
                spec.loader = loader = SourceFileLoader(name, location)
                break
        else:
            return None
    if submodule_search_locations is _POPULATE:
        if hasattr(loader, 'is_package'):
            try:
                if loader.is_package(name):
                    spec.submodule_search_locations = []
            except ImportError:
                pass
    else:
        spec.submodule_search_locations = submodule_search_locations
    if spec.submodule_search_locations == [] and location:
        spec.submodule_search_locations.append(posixpath.dirname(location))
    return spec


def _init_module_attrs(spec, module, *, override=False):
    if override or getattr(module, '__name__', None) is None:
        module.__name__ = spec.name
    if override or getattr(module, '__loader__', None) is None:
        module.__loader__ = spec.loader
    if override or getattr(module, '__package__', None) is None:
        module.__package__ = spec.parent
    module.__spec__ = spec
    if spec.submodule_search_locations is not None:
        if override or getattr(module, '__path__', None) is None:
            module.__path__ = spec.submodule_search_locations
    if spec.has_location:
        if override or getattr(module, '__file__', None) is None:
            module.__file__ = spec.origin
        if spec.cached is not None:
            module.__cached__ = spec.cached
    return module


def module_from_spec(spec):
    """A new module for a spec, not yet executed."""
    module = None
    if hasattr(spec.loader, 'create_module'):
        module = spec.loader.create_module(spec)
    elif hasattr(spec.loader, 'exec_module'):
        raise ImportError('loaders that define exec_module() must also define create_module()')
    if module is None:
        module = ModuleType(spec.name)
    return _init_module_attrs(spec, module)


def _exec(spec, module):
    """Execute a spec in a module that exists."""
    if sys.modules.get(spec.name) is not module:
        raise ImportError(f'module {spec.name!r} not in sys.modules', name=spec.name)
    try:
        if spec.loader is None:
            if spec.submodule_search_locations is None:
                raise ImportError('missing loader', name=spec.name)
            _init_module_attrs(spec, module, override=True)
        else:
            _init_module_attrs(spec, module, override=True)
            spec.loader.exec_module(module)
    finally:
        module = sys.modules.pop(spec.name)
        sys.modules[spec.name] = module
    return module


class _LoaderBasics:
    def create_module(self, spec):
        """None: an ordinary module will do."""
        return None

    def load_module(self, fullname):
        """Deprecated: find the spec and use exec_module()."""
        spec = spec_from_loader(fullname, self)
        if fullname in sys.modules:
            module = sys.modules[fullname]
            _exec(spec, module)
            return sys.modules[fullname]
        module = module_from_spec(spec)
        sys.modules[fullname] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            sys.modules.pop(fullname, None)
            raise
        return sys.modules[fullname]


class BuiltinImporter:
    """Finder and loader of native modules."""

    _ORIGIN = "built-in"

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if _imp.is_builtin(fullname):
            return spec_from_loader(fullname, cls, origin=cls._ORIGIN)
        return None

    @staticmethod
    def create_module(spec):
        if spec.name not in sys.builtin_module_names:
            raise ImportError(f'{spec.name!r} is not a built-in module', name=spec.name)
        return _imp.create_builtin(spec)

    @staticmethod
    def exec_module(module):
        _imp.exec_builtin(module)

    @classmethod
    def get_code(cls, fullname):
        return None

    @classmethod
    def get_source(cls, fullname):
        return None

    @classmethod
    def is_package(cls, fullname):
        return False


class FrozenImporter:
    """Finder and loader of Python modules embedded in the interpreter."""

    _ORIGIN = "frozen"

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if not _imp.is_frozen(fullname):
            return None
        if _imp._gives_way(fullname) and not cls._is_first(fullname, path):
            return None
        spec = ModuleSpec(fullname, cls, origin=cls._ORIGIN,
                          is_package=_imp.is_frozen_package(fullname))
        return spec

    @staticmethod
    def _is_first(fullname, path):
        """Whether no installed package takes the place of a stand-in, and a part belongs to one."""
        if path is None:
            found = PathFinder.find_spec(fullname)
            return found is None or isinstance(found.loader, NamespaceLoader)
        return '<frozen>/' + fullname.rpartition('.')[0].replace('.', '/') in path

    @staticmethod
    def create_module(spec):
        return None

    @staticmethod
    def exec_module(module):
        exec(_imp.get_frozen_object(module.__spec__.name), module.__dict__)

    @classmethod
    def get_code(cls, fullname):
        return _imp.get_frozen_object(fullname)

    @classmethod
    def get_source(cls, fullname):
        from _ouro import embedded_source
        return embedded_source(fullname)

    @classmethod
    def is_package(cls, fullname):
        return _imp.is_frozen_package(fullname)


class FileLoader(_LoaderBasics):
    """What loaders of files have in common."""

    def __init__(self, fullname, path):
        self.name = fullname
        self.path = path

    def __eq__(self, other):
        return self.__class__ == other.__class__ and self.__dict__ == other.__dict__

    def __hash__(self):
        return hash(self.name) ^ hash(self.path)

    def _check_name(self, name):
        if name is not None and name != self.name:
            raise ImportError(f'loader for {self.name} cannot handle {name}', name=name)

    def get_filename(self, fullname=None):
        self._check_name(fullname)
        return self.path

    def get_data(self, path):
        """The bytes of a file."""
        with open(path, 'rb') as file:
            return file.read()

    def is_package(self, fullname):
        name = posixpath.basename(self.get_filename(fullname)).rsplit('.', 1)[0]
        return name == '__init__' and fullname.rpartition('.')[2] != '__init__'

    def get_resource_reader(self, name):
        self._check_name(name)
        from importlib.resources import _FileReader
        return _FileReader(self)


class SourceLoader(_LoaderBasics):
    """Base of loaders that give source."""

    def get_source(self, fullname):
        path = self.get_filename(fullname)
        try:
            data = self.get_data(path)
        except OSError as exc:
            raise ImportError('source not available through get_data()', name=fullname) from exc
        return decode_source(data)

    def source_to_code(self, data, path, *, _optimize=-1):
        return compile(data, path, 'exec', dont_inherit=True, optimize=_optimize)

    def get_code(self, fullname):
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)

    def exec_module(self, module):
        code = self.get_code(module.__name__)
        if code is None:
            raise ImportError(f'cannot load module {module.__name__!r} when '
                              'get_code() returns None')
        exec(code, module.__dict__)


class SourceFileLoader(FileLoader, SourceLoader):
    """Loader of .py files."""

    def path_stats(self, path):
        import os
        st = os.stat(path)
        return {'mtime': st.st_mtime, 'size': st.st_size}


class SourcelessFileLoader(FileLoader):
    """Loader of .pyc files, which this interpreter cannot read."""

    def get_code(self, fullname):
        raise NotImplementedError("bytecode files of CPython cannot be loaded")

    def get_source(self, fullname):
        return None

    def exec_module(self, module):
        self.get_code(module.__name__)


class ExtensionFileLoader(FileLoader):
    """Loader of extension modules, which this interpreter cannot load."""

    def create_module(self, spec):
        raise NotImplementedError("extension modules of CPython cannot be loaded")

    def exec_module(self, module):
        raise NotImplementedError("extension modules of CPython cannot be loaded")

    def get_code(self, fullname):
        return None

    def get_source(self, fullname):
        return None


class NamespaceLoader(_LoaderBasics):
    """Loader of packages without __init__.py."""

    def __init__(self, name, path, path_finder=None):
        self._name = name
        self._path = path

    def is_package(self, fullname):
        return True

    def get_source(self, fullname):
        return ''

    def get_code(self, fullname):
        return compile('', '<string>', 'exec', dont_inherit=True)

    def exec_module(self, module):
        pass


def decode_source(source_bytes):
    """Decode the bytes of a Python file as it says itself."""
    import io
    import linecache
    encoding = 'utf-8'
    if source_bytes.startswith(b'\xef\xbb\xbf'):
        encoding = 'utf-8-sig'
    else:
        encoding = linecache._source_encoding(source_bytes)
    return io.IncrementalNewlineDecoder(None, True).decode(source_bytes.decode(encoding))


class FileFinder:
    """Finder of modules in one directory."""

    def __init__(self, path, *loader_details):
        self._loaders = [(suffix, loader) for loader, suffixes in loader_details
                         for suffix in suffixes] or [('.py', SourceFileLoader)]
        self.path = path or '.'
        self.path = posixpath.abspath(self.path)

    def invalidate_caches(self):
        pass

    def find_spec(self, fullname, target=None):
        tail = fullname.rpartition('.')[2]
        base = posixpath.join(self.path, tail)
        if posixpath.isdir(base):
            for suffix, loader in self._loaders:
                full = posixpath.join(base, '__init__' + suffix)
                if posixpath.isfile(full):
                    return spec_from_file_location(fullname, full, loader=loader(fullname, full),
                                                   submodule_search_locations=[base])
        for suffix, loader in self._loaders:
            full = base + suffix
            if posixpath.isfile(full):
                return spec_from_file_location(fullname, full, loader=loader(fullname, full),
                                               submodule_search_locations=None)
        if posixpath.isdir(base):
            spec = ModuleSpec(fullname, None)
            spec.submodule_search_locations = [base]
            return spec
        return None

    @classmethod
    def path_hook(cls, *loader_details):
        def path_hook_for_FileFinder(path):
            if not posixpath.isdir(path or '.'):
                raise ImportError('only directories are supported', path=path)
            return cls(path, *loader_details)
        return path_hook_for_FileFinder

    def __repr__(self):
        return f'FileFinder({self.path!r})'


class PathFinder:
    """Finder of modules on sys.path or the __path__ of a package."""

    @staticmethod
    def invalidate_caches():
        for finder in list(sys.path_importer_cache.values()):
            if hasattr(finder, 'invalidate_caches'):
                finder.invalidate_caches()

    @staticmethod
    def _finder(entry):
        if entry == '':
            import os
            try:
                entry = os.getcwd()
            except (FileNotFoundError, PermissionError):
                return None
        cache = sys.path_importer_cache
        if entry in cache:
            return cache[entry]
        finder = None
        for hook in sys.path_hooks:
            try:
                finder = hook(entry)
                break
            except ImportError:
                continue
        else:
            if not sys.path_hooks and posixpath.isdir(entry):
                finder = FileFinder(entry)
        cache[entry] = finder
        return finder

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if path is None:
            path = sys.path
        namespace_path = []
        for entry in path:
            if not isinstance(entry, str):
                continue
            finder = cls._finder(entry)
            if finder is None:
                continue
            spec = finder.find_spec(fullname)
            if spec is None:
                continue
            if spec.loader is not None:
                return spec
            portions = spec.submodule_search_locations
            if portions is None:
                raise ImportError('spec missing loader')
            namespace_path.extend(portions)
        if namespace_path:
            spec = ModuleSpec(fullname, None)
            spec.submodule_search_locations = namespace_path
            spec.loader = NamespaceLoader(fullname, namespace_path)
            return spec
        return None


def _find_spec(name, path, target=None):
    """Ask the finders for a spec."""
    return _ask(sys.meta_path or (BuiltinImporter, FrozenImporter, PathFinder), name, path, target)


def _ask(finders, name, path, target=None):
    is_reload = name in sys.modules
    # A finder may change the list.
    for finder in list(finders):
        try:
            find_spec = finder.find_spec
        except AttributeError:
            continue
        spec = find_spec(name, path, target)
        if spec is not None:
            if not is_reload and name in sys.modules:
                # Looking for it has imported it.
                return getattr(sys.modules[name], '__spec__', None) or spec
            return spec
    return None


def _load(spec):
    """Make and execute the module of a spec; what is in sys.modules then."""
    if spec.loader is not None and not hasattr(spec.loader, 'exec_module'):
        return _load_by_load_module(spec)
    module = module_from_spec(spec)
    spec._initializing = True
    try:
        sys.modules[spec.name] = module
        try:
            if spec.loader is not None:
                spec.loader.exec_module(module)
            elif spec.submodule_search_locations is None:
                raise ImportError('missing loader', name=spec.name)
        except:
            sys.modules.pop(spec.name, None)
            raise
        # To the end: modules are taken apart in the order in which they were finished.
        module = sys.modules.pop(spec.name)
        sys.modules[spec.name] = module
    finally:
        spec._initializing = False
    return module


def _load_by_load_module(spec):
    loader = spec.loader
    cls = loader if isinstance(loader, type) else type(loader)
    import warnings
    warnings.warn(f'{cls.__module__}.{cls.__qualname__}.exec_module() not found; '
                  'falling back to load_module()', ImportWarning, stacklevel=2)
    try:
        loader.load_module(spec.name)
    except:
        if spec.name in sys.modules:
            sys.modules[spec.name] = sys.modules.pop(spec.name)
        raise
    module = sys.modules[spec.name] = sys.modules.pop(spec.name)
    try:
        if getattr(module, '__loader__', None) is None:
            module.__loader__ = loader
        if getattr(module, '__package__', None) is None:
            is_package = hasattr(module, '__path__')
            module.__package__ = module.__name__ if is_package else spec.parent
        if getattr(module, '__spec__', None) is None:
            module.__spec__ = spec
    except AttributeError:
        pass
    return module


def _import_by_finders(name, path):
    """What the import statement does when there are finders on sys.meta_path; None if they find nothing."""
    spec = _ask(sys.meta_path, name, path)
    if spec is None:
        return None
    parent_spec = getattr(sys.modules.get(name.rpartition('.')[0]), '__spec__', None)
    if parent_spec is None:
        return _load(spec)
    parent_spec._uninitialized_submodules.append(name.rpartition('.')[2])
    try:
        return _load(spec)
    finally:
        parent_spec._uninitialized_submodules.pop()
