"""Running modules as programs: `python -m`, and the same from Python.

The code runs in a namespace of its own; while it does, sys.modules and sys.argv[0] say that it is the
program, and afterwards they are as before.
"""

import importlib.machinery
import importlib.util
import io
import os
import sys

__all__ = ['run_module', 'run_path']


class _Error(Exception):
    """Something that is said in one line and without a traceback when it ends `-m`."""


class _TempModule:
    """A new module in sys.modules, as long as a with block runs."""

    def __init__(self, mod_name):
        self.mod_name = mod_name
        self.module = type(sys)(mod_name)
        self._saved = []

    def __enter__(self):
        if self.mod_name in sys.modules:
            self._saved.append(sys.modules[self.mod_name])
        sys.modules[self.mod_name] = self.module
        return self

    def __exit__(self, *exc_info):
        if self._saved:
            sys.modules[self.mod_name] = self._saved.pop()
        else:
            del sys.modules[self.mod_name]


class _ModifiedArgv0:
    """Another sys.argv[0], as long as a with block runs."""

    def __init__(self, value):
        self.value = value

    def __enter__(self):
        self._saved = sys.argv[0]
        sys.argv[0] = self.value

    def __exit__(self, *exc_info):
        sys.argv[0] = self._saved


def _run_code(code, run_globals, init_globals=None, mod_name=None, mod_spec=None, pkg_name=None,
              script_name=None):
    if init_globals is not None:
        run_globals.update(init_globals)
    if mod_spec is None:
        loader, file = None, script_name
    else:
        loader, file = mod_spec.loader, mod_spec.origin
        if pkg_name is None:
            pkg_name = mod_spec.parent
    run_globals.update(__name__=mod_name, __file__=file, __cached__=None, __doc__=None,
                       __loader__=loader, __package__=pkg_name, __spec__=mod_spec)
    exec(code, run_globals)
    return run_globals


def _run_module_code(code, init_globals=None, mod_name=None, mod_spec=None, pkg_name=None,
                     script_name=None):
    """Run code in a new module that exists only meanwhile; a copy of its globals."""
    file = script_name if mod_spec is None else mod_spec.origin
    with _TempModule(mod_name) as temporary, _ModifiedArgv0(file):
        namespace = temporary.module.__dict__
        _run_code(code, namespace, init_globals, mod_name, mod_spec, pkg_name, script_name)
    # The module may be emptied when it goes.
    return namespace.copy()


def _get_module_details(mod_name, error=ImportError):
    """Name, spec and code of what `-m mod_name` runs."""
    if mod_name.startswith('.'):
        raise error('Relative module names not supported')
    package, _, _ = mod_name.rpartition('.')
    if package:
        try:
            __import__(package)
        except ImportError as exc:
            # An import that fails inside of the package is the package's own error.
            if exc.name is None or (exc.name != package and not package.startswith(exc.name + '.')):
                raise
        loaded = sys.modules.get(mod_name)
        if loaded is not None and not hasattr(loaded, '__path__'):
            from warnings import warn
            warn(RuntimeWarning(f'{mod_name!r} found in sys.modules after import of package '
                                f'{package!r}, but prior to execution of {mod_name!r}; this may '
                                'result in unpredictable behaviour'))
    try:
        spec = importlib.util.find_spec(mod_name)
    except (ImportError, AttributeError, TypeError, ValueError) as exc:
        message = 'Error while finding module specification for {!r} ({}: {})'
        if mod_name.endswith('.py'):
            message += f'. Try using \'{mod_name[:-3]}\' instead of \'{mod_name}\' as the module name.'
        raise error(message.format(mod_name, type(exc).__name__, exc)) from exc
    if spec is None:
        raise error(f'No module named {mod_name}')
    if spec.submodule_search_locations is not None:
        if mod_name == '__main__' or mod_name.endswith('.__main__'):
            raise error('Cannot use package as __main__ module')
        try:
            return _get_module_details(mod_name + '.__main__', error)
        except error as exc:
            if mod_name not in sys.modules:
                raise
            raise error(f'{exc}; {mod_name!r} is a package and cannot be directly executed') from None
    loader = spec.loader
    if loader is None:
        raise error(f'{mod_name!r} is a namespace package and cannot be executed')
    try:
        code = loader.get_code(mod_name)
    except ImportError as exc:
        raise error(format(exc)) from exc
    if code is None:
        raise error(f'No code object available for {mod_name}')
    return mod_name, spec, code


def _get_main_module_details(error=ImportError):
    """The same for the __main__ of the folder that leads sys.path."""
    main_name = '__main__'
    saved = sys.modules.pop(main_name)
    try:
        return _get_module_details(main_name)
    except ImportError as exc:
        if main_name in str(exc):
            raise error(f"can't find {main_name!r} module in {sys.path[0]!r}") from exc
        raise
    finally:
        sys.modules[main_name] = saved


def _run_module_as_main(mod_name, alter_argv=True):
    """What `-m mod_name` does, and a folder on the command line (with alter_argv false)."""
    try:
        if alter_argv or mod_name != '__main__':
            mod_name, mod_spec, code = _get_module_details(mod_name, _Error)
        else:
            mod_name, mod_spec, code = _get_main_module_details(_Error)
    except _Error as exc:
        sys.exit(f'{sys.executable}: {exc}')
    main_globals = sys.modules['__main__'].__dict__
    if alter_argv:
        sys.argv[0] = mod_spec.origin
    return _run_code(code, main_globals, None, '__main__', mod_spec)


def run_module(mod_name, init_globals=None, run_name=None, alter_sys=False):
    """Run a module, or the __main__ of a package; its globals afterwards."""
    mod_name, mod_spec, code = _get_module_details(mod_name)
    if run_name is None:
        run_name = mod_name
    if alter_sys:
        return _run_module_code(code, init_globals, run_name, mod_spec)
    return _run_code(code, {}, init_globals, run_name, mod_spec)


def run_path(path_name, init_globals=None, run_name=None):
    """Run a file, or a folder with a __main__.py; its globals afterwards."""
    if run_name is None:
        run_name = '<run_path>'
    path_name = os.fsdecode(path_name)
    if not os.path.isdir(path_name):
        with io.open_code(os.path.abspath(path_name)) as file:
            code = compile(file.read(), path_name, 'exec')
        return _run_module_code(code, init_globals, run_name,
                                pkg_name=run_name.rpartition('.')[0], script_name=path_name)
    sys.path.insert(0, path_name)
    try:
        _, mod_spec, code = _get_main_module_details()
        with _TempModule(run_name) as temporary, _ModifiedArgv0(path_name):
            namespace = temporary.module.__dict__
            return _run_code(code, namespace, init_globals, run_name, mod_spec, '').copy()
    finally:
        try:
            sys.path.remove(path_name)
        except ValueError:
            pass


if __name__ == '__main__':
    if len(sys.argv) < 2:
        print('No module specified for execution', file=sys.stderr)
    else:
        del sys.argv[0]
        _run_module_as_main(sys.argv[0])
