"""Children that begin with nothing: what they are told, and how they become what they are to be."""

import os
import sys
import types

from . import process
from .context import _default_context, _reduction

__all__ = ['_main', 'freeze_support', 'set_executable', 'get_executable', 'get_preparation_data', 'get_command_line', 'import_main_path']

WINEXE = WINSERVICE = False

_python_exe = None


def set_executable(exe):
    """Say which interpreter children run in."""
    global _python_exe
    _python_exe = None if exe is None else os.fsencode(exe)


def get_executable():
    """The interpreter that children run in."""
    return _python_exe


set_executable(sys.executable)


def is_forking(argv):
    """Whether a command line is a child's."""
    return argv[1:2] == ['--multiprocessing-fork']


def freeze_support():
    """In a frozen program: do what a child is to do, if this is one."""
    if not is_forking(sys.argv):
        return
    given = (arg.split('=') for arg in sys.argv[2:])
    spawn_main(**{name: None if value == 'None' else int(value) for name, value in given})
    sys.exit()


def get_command_line(**kwds):
    """The command line of a child."""
    if getattr(sys, 'frozen', False):
        return [sys.executable, '--multiprocessing-fork', *(f'{name}={value!r}' for name, value in kwds.items())]
    from . import util
    arguments = ', '.join(f'{name}={value!r}' for name, value in kwds.items())
    code = f'from multiprocessing.spawn import spawn_main; spawn_main({arguments})'
    return [get_executable(), *util._args_from_interpreter_flags(), '-c', code, '--multiprocessing-fork']


def spawn_main(pipe_handle, parent_pid=None, tracker_fd=None):
    """In a child: read from the pipe what to do, and do it."""
    assert is_forking(sys.argv), 'Not forking'
    # The parent keeps its end open as long as it lives.
    sys.exit(_main(pipe_handle, os.dup(pipe_handle)))


def _main(fd, parent_sentinel):
    pickle = _reduction().pickle
    current = process.current_process()
    with os.fdopen(fd, 'rb', closefd=True) as from_parent:
        current._inheriting = True
        try:
            prepare(pickle.load(from_parent))
            child = pickle.load(from_parent)
        finally:
            del process.current_process()._inheriting
    return child._bootstrap(parent_sentinel)


_BOOTSTRAPPING = '''
        An attempt has been made to start a new process before the
        current process has finished its bootstrapping phase.

        This probably means that you are not using fork to start your
        child processes and you have forgotten to use the proper idiom
        in the main module:

            if __name__ == '__main__':
                freeze_support()
                ...

        The "freeze_support()" line can be omitted if the program
        is not going to be frozen to produce an executable.

        To fix this issue, refer to the "Safe importing of main module"
        section in https://docs.python.org/3/library/multiprocessing.html
        '''


def _check_not_importing_main():
    if getattr(process.current_process(), '_inheriting', False):
        raise RuntimeError(_BOOTSTRAPPING)


def get_preparation_data(name):
    """What a child is to know of its parent before it can unpickle what to do."""
    _check_not_importing_main()
    from . import util
    current = process.current_process()
    data = {'log_to_stderr': util._log_to_stderr, 'authkey': current.authkey, 'name': name, 'sys_argv': sys.argv}
    if util._logger is not None:
        data['log_level'] = util._logger.getEffectiveLevel()
    original = process.ORIGINAL_DIR
    path = list(sys.path)
    if '' in path:
        path[path.index('')] = original
    data |= {'sys_path': path, 'orig_dir': original, 'dir': os.getcwd(), 'start_method': _default_context.get_start_method(allow_none=True)}
    main = sys.modules['__main__']
    main_name = getattr(main.__spec__, 'name', None)
    if main_name is not None:
        data['init_main_from_name'] = main_name
        return data
    main_path = getattr(main, '__file__', None)
    if main_path is not None:
        if original is not None:
            main_path = os.path.join(original, main_path)
        data['init_main_from_path'] = os.path.normpath(main_path)
    return data


old_main_modules = []


def prepare(data):
    """Become like the parent: its name, path, directory, and its main module under another name."""
    current = process.current_process()
    for name in 'name', 'authkey':
        if name in data:
            setattr(current, name, data[name])
    if data.get('log_to_stderr'):
        from . import util
        util.log_to_stderr()
    if 'log_level' in data:
        from . import util
        util.get_logger().setLevel(data['log_level'])
    if 'sys_path' in data:
        sys.path = data['sys_path']
    if 'sys_argv' in data:
        sys.argv = data['sys_argv']
    if 'dir' in data:
        os.chdir(data['dir'])
    if 'orig_dir' in data:
        process.ORIGINAL_DIR = data['orig_dir']
    if 'start_method' in data:
        _default_context.set_start_method(data['start_method'], force=True)
    if 'init_main_from_name' in data:
        _fixup_main_from_name(data['init_main_from_name'])
    elif 'init_main_from_path' in data:
        _fixup_main_from_path(data['init_main_from_path'])


def _take_as_main(run):
    """Run the parent's main module, under a name that says it is not the main program here."""
    old_main_modules.append(sys.modules['__main__'])
    module = types.ModuleType('__mp_main__')
    module.__dict__.update(run(run_name='__mp_main__'))
    sys.modules['__main__'] = sys.modules['__mp_main__'] = module


def _fixup_main_from_name(mod_name):
    # What is only ever run is not written to be imported.
    if mod_name == '__main__' or mod_name.endswith('.__main__'):
        return
    # A fork server's child has it already.
    if getattr(sys.modules['__main__'].__spec__, 'name', None) == mod_name:
        return
    import runpy
    _take_as_main(lambda run_name: runpy.run_module(mod_name, run_name=run_name, alter_sys=True))


def _fixup_main_from_path(main_path):
    # That program guards nothing by a look at its name.
    if os.path.splitext(os.path.basename(main_path))[0] == 'ipython':
        return
    if getattr(sys.modules['__main__'], '__file__', None) == main_path:
        return
    import runpy
    _take_as_main(lambda run_name: runpy.run_path(main_path, run_name=run_name))


def import_main_path(main_path):
    """Make the file the main module of this process."""
    _fixup_main_from_path(main_path)
