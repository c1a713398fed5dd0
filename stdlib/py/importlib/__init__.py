"""Importing by name at run time.

The import statement itself is native; this package gives programs the same machinery. Natives
used: `_imp` (`is_builtin(name)`, `create_builtin(spec)`, `exec_builtin(module)`, `is_frozen(name)`,
`is_frozen_package(name)`, `get_frozen_object(name)`, where frozen means embedded Python), and
`builtins.__import__`. `sys.meta_path` and `sys.path_hooks` are honoured by find_spec().
"""

__all__ = ['__import__', 'import_module', 'invalidate_caches', 'reload']

import sys
from builtins import __import__


def import_module(name, package=None):
    """Import a module; leading dots are relative to package."""
    level = 0
    if name.startswith('.'):
        if not package:
            raise TypeError("the 'package' argument is required to perform a "
                            f"relative import for {name!r}")
        while level < len(name) and name[level] == '.':
            level += 1
        parts = package.rsplit('.', level - 1)
        if len(parts) < level:
            raise ImportError('attempted relative import beyond top-level package')
        rest = name[level:]
        name = f'{parts[0]}.{rest}' if rest else parts[0]
    elif not name:
        raise ValueError('Empty module name')
    module = sys.modules.get(name)
    if module is None or getattr(getattr(module, '__spec__', None), '_initializing', False):
        __import__(name)
        module = sys.modules[name]
    return module


def invalidate_caches():
    """Make finders look at directories anew."""
    for finder in sys.meta_path:
        if hasattr(finder, 'invalidate_caches'):
            finder.invalidate_caches()


_RELOADING = {}


def reload(module):
    """Run a module's code again in the same module object; returns it."""
    try:
        name = module.__spec__.name
    except AttributeError:
        try:
            name = module.__name__
        except AttributeError:
            raise TypeError("reload() argument must be a module") from None
    if sys.modules.get(name) is not module:
        raise ImportError(f"module {name} not in sys.modules", name=name)
    if name in _RELOADING:
        return _RELOADING[name]
    _RELOADING[name] = module
    try:
        parent_name = name.rpartition('.')[0]
        if parent_name:
            try:
                parent = sys.modules[parent_name]
            except KeyError:
                raise ImportError(f"parent {parent_name!r} not in sys.modules",
                                  name=parent_name) from None
            pkgpath = parent.__path__
        else:
            pkgpath = None
        from importlib import _machinery
        spec = module.__spec__ = _machinery._find_spec(name, pkgpath, module)
        if spec is None:
            raise ModuleNotFoundError(f"spec not found for the module {name!r}", name=name)
        _machinery._exec(spec, module)
        return sys.modules[name]
    finally:
        _RELOADING.pop(name, None)
