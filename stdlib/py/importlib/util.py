"""Helpers for importers and for programs that look modules up."""

import sys
from importlib._machinery import (
    _find_spec, decode_source, module_from_spec, spec_from_file_location, spec_from_loader,
)
from types import ModuleType

__all__ = ['LazyLoader', 'cache_from_source', 'decode_source', 'find_spec', 'module_from_spec',
           'resolve_name', 'source_from_cache', 'source_hash', 'spec_from_file_location',
           'spec_from_loader', 'MAGIC_NUMBER']

MAGIC_NUMBER = b'ouro'


def resolve_name(name, package):
    """The absolute name of a module whose name may begin with dots."""
    if not name.startswith('.'):
        return name
    if not package:
        raise ImportError(f'no package specified for {name!r} '
                          '(required for relative module names)')
    level = 0
    while level < len(name) and name[level] == '.':
        level += 1
    parts = package.rsplit('.', level - 1)
    if len(parts) < level:
        raise ImportError('attempted relative import beyond top-level package')
    return f'{parts[0]}.{name[level:]}' if name[level:] else parts[0]


def find_spec(name, package=None):
    """The spec of a module, None if there is no such module; parent packages get imported."""
    fullname = resolve_name(name, package) if name.startswith('.') else name
    module = sys.modules.get(fullname, sys)
    # What the import statement imports has no spec of its own yet: it is made on demand.
    made_here = module is not None and fullname != '__main__' and getattr(module, '__spec__', 0) is None
    if fullname not in sys.modules or made_here:
        parent_name = fullname.rpartition('.')[0]
        parent_path = None
        if parent_name:
            parent = __import__(parent_name, fromlist=['__path__'])
            try:
                parent_path = parent.__path__
            except AttributeError as e:
                raise ModuleNotFoundError(
                    f"__path__ attribute not found on {parent_name!r} "
                    f"while trying to find {fullname!r}", name=fullname) from e
        return _find_spec(fullname, parent_path)
    if module is None:
        return None
    try:
        spec = module.__spec__
    except AttributeError:
        raise ValueError(f'{name}.__spec__ is not set') from None
    if spec is None:
        raise ValueError(f'{name}.__spec__ is None')
    return spec


def cache_from_source(path, debug_override=None, *, optimization=None):
    """No bytecode is kept in files."""
    raise NotImplementedError('sys.implementation.cache_tag is None')


def source_from_cache(path):
    """No bytecode is kept in files."""
    raise NotImplementedError('sys.implementation.cache_tag is None')


def source_hash(source_bytes):
    """No bytecode is kept in files."""
    raise NotImplementedError('sys.implementation.cache_tag is None')


class _LazyModule(ModuleType):
    """A module that is executed when an attribute is first asked for."""

    def __getattribute__(self, attr):
        spec = object.__getattribute__(self, '__spec__')
        state = spec.loader_state
        # Only once, although the execution itself asks for attributes.
        if not state['is_loading']:
            state['is_loading'] = True
            namespace = object.__getattribute__(self, '__dict__')
            before = state['__dict__']
            updated = {key: value for key, value in namespace.items()
                       if key not in before or before[key] is not value}
            original_name = spec.name
            object.__setattr__(self, '__class__', state['__class__'])
            spec.loader.exec_module(self)
            if original_name in sys.modules and id(self) != id(sys.modules[original_name]):
                raise ValueError(f"module object for {original_name!r} "
                                 "substituted in sys.modules during a lazy load")
            namespace.update(updated)
        return getattr(self, attr)

    def __delattr__(self, attr):
        self.__getattribute__(attr)
        delattr(self, attr)


class LazyLoader:
    """A loader that puts off executing the module until it is used."""

    def __init__(self, loader):
        if not hasattr(loader, 'exec_module'):
            raise TypeError('loader must define exec_module()')
        self.loader = loader

    @classmethod
    def factory(cls, loader):
        if not hasattr(loader, 'exec_module'):
            raise TypeError('loader must define exec_module()')
        return lambda *args, **kwargs: cls(loader(*args, **kwargs))

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        module.__spec__.loader = self.loader
        module.__loader__ = self.loader
        module.__spec__.loader_state = {
            '__dict__': module.__dict__.copy(), '__class__': module.__class__,
            'is_loading': False}
        module.__class__ = _LazyModule
