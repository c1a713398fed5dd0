"""Programs run in child processes, with pipes to their streams and their exit codes.

Natives used: `_posixsubprocess` (the start of a child), `posix`, `_thread`, `_signal`, `errno`, `time`.
Modules that few programs need (`selectors`, `signal`, `fcntl`, `contextlib`, ...) are imported when
they are first needed.
"""

import builtins
import errno
import io
import os
import sys
import warnings
from _posixsubprocess import fork_exec as _fork_exec
from _signal import SIGKILL as _SIGKILL, SIGTERM as _SIGTERM
from _thread import allocate_lock as _allocate_lock
from time import monotonic as _time, sleep as _sleep
from types import GenericAlias as _GenericAlias

__all__ = ["Popen", "PIPE", "STDOUT", "call", "check_call", "getstatusoutput", "getoutput",
           "check_output", "run", "CalledProcessError", "DEVNULL", "SubprocessError",
           "TimeoutExpired", "CompletedProcess"]

PIPE = -1
STDOUT = -2
DEVNULL = -3

_mswindows = False
_can_fork_exec = True

# Documented for programs to set. There is nothing to choose here: children are always started the
# same way, which is as fast as posix_spawn().
_USE_POSIX_SPAWN = False

# As much as can be written to a pipe that is ready, without having to wait.
_PIPE_BUF = 4096

# How much of the report of a child that did not get to its program is read.
_MAX_REPORT = 50000


def __getattr__(name):
    """Modules and names that are imported when first asked for."""
    if name in ('selectors', 'select', 'signal', 'contextlib', 'fcntl', 'locale', 'threading', 'time',
                'types'):
        module = __import__(name)
        globals()[name] = module
        return module
    if name == '_PopenSelector':
        from selectors import PollSelector
        # poll() needs no descriptor of its own.
        globals()['_PopenSelector'] = PollSelector
        return PollSelector
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class _del_safe:
    """What finalisers need, which may run when modules are taken apart."""

    waitpid = os.waitpid
    waitstatus_to_exitcode = os.waitstatus_to_exitcode
    WIFSTOPPED = os.WIFSTOPPED
    WSTOPSIG = os.WSTOPSIG
    WNOHANG = os.WNOHANG
    ECHILD = errno.ECHILD


# Exceptions

class SubprocessError(Exception):
    pass


def _get_output(self):
    return self.output


def _set_output(self, value):
    self.output = value


# The older name goes on to work.
_output_alias = property(_get_output, _set_output)


class CalledProcessError(SubprocessError):
    """A program that was to succeed did not: see cmd, returncode, stdout (or output) and stderr."""

    stdout = _output_alias

    def __init__(self, returncode, cmd, output=None, stderr=None):
        self.returncode = returncode
        self.cmd = cmd
        self.output = output
        self.stderr = stderr

    def __str__(self):
        code = self.returncode
        if not isinstance(code, int) or code >= 0:
            return f"Command '{self.cmd}' returned non-zero exit status {code}."
        import signal
        try:
            name = repr(signal.Signals(-code))
        except ValueError:
            name = f"unknown signal {-code}"
        return f"Command '{self.cmd}' died with {name}."


class TimeoutExpired(SubprocessError):
    """A program took too long: see cmd, timeout, and in stdout (or output) and stderr what came."""

    stdout = _output_alias

    def __init__(self, cmd, timeout, output=None, stderr=None):
        self.cmd = cmd
        self.timeout = timeout
        self.output = output
        self.stderr = stderr

    def __str__(self):
        return f"Command '{self.cmd}' timed out after {self.timeout} seconds"


# Children whose Popen went away before they ended. They are looked at when the next one starts.
_active = []


def _cleanup():
    if _active is None:
        return
    for child in _active[:]:
        if child._internal_poll(_deadstate=sys.maxsize) is not None:
            try:
                _active.remove(child)
            except ValueError:
                # Another thread did that.
                pass


# Options of this interpreter, for children that are to be like it

def _optim_args_from_interpreter_flags():
    """Options that give a child this interpreter's level of optimisation."""
    level = sys.flags.optimize
    return ['-' + 'O' * level] if level > 0 else []


def _args_from_interpreter_flags():
    """Options that give a child this interpreter's flags, warning filters and -X options."""
    flags = sys.flags
    args = _optim_args_from_interpreter_flags()
    for name, letter in (('debug', 'd'), ('dont_write_bytecode', 'B'), ('no_site', 'S'),
                         ('verbose', 'v'), ('bytes_warning', 'b'), ('quiet', 'q')):
        count = getattr(flags, name)
        if count > 0:
            args.append('-' + letter * count)
    if flags.isolated:
        args.append('-I')
    else:
        for name, letter in (('ignore_environment', 'E'), ('no_user_site', 's'), ('safe_path', 'P')):
            if getattr(flags, name):
                args.append('-' + letter)
    filters = sys.warnoptions[:]
    # Those that other options stand for.
    if flags.bytes_warning:
        filters.remove(f"{'error' if flags.bytes_warning > 1 else 'default'}::BytesWarning")
    if flags.dev_mode:
        filters.remove('default')
        args_x = ['-X', 'dev']
    else:
        args_x = []
    args.extend('-W' + one for one in filters)
    args.extend(args_x)
    options = getattr(sys, '_xoptions', {})
    for name in sorted(options):
        if name != 'dev':
            value = options[name]
            args += ['-X', name if value is True else f'{name}={value}']
    return args


def _text_encoding():
    if sys.flags.warn_default_encoding:
        level = 2
        frame = here = sys._getframe()
        while frame := frame.f_back:
            if frame.f_code.co_filename != here.f_code.co_filename:
                break
            level += 1
        warnings.warn("'encoding' argument not specified.", EncodingWarning, level)
    return "utf-8" if sys.flags.utf8_mode else "UTF-8"


# Running a program to its end

def call(*popenargs, timeout=None, **kwargs):
    """Run a program and wait for its end, or for timeout seconds; gives the exit code."""
    with Popen(*popenargs, **kwargs) as child:
        try:
            return child.wait(timeout=timeout)
        except:
            # Leaving the with statement waits for it.
            child.kill()
            raise


def check_call(*popenargs, **kwargs):
    """Like call(), but anything but exit code 0 raises CalledProcessError."""
    code = call(*popenargs, **kwargs)
    if code:
        cmd = kwargs.get("args")
        raise CalledProcessError(code, popenargs[0] if cmd is None else cmd)
    return 0


def check_output(*popenargs, timeout=None, **kwargs):
    """Run a program and give what it wrote to its standard output.

    Anything but exit code 0 raises CalledProcessError, which has the output as well.
    """
    for name in ('stdout', 'check'):
        if name in kwargs:
            raise ValueError(f'{name} argument not allowed, it will be overridden.')
    if 'input' in kwargs and kwargs['input'] is None:
        # An empty input, not the caller's.
        is_text = any(kwargs.get(name)
                      for name in ('universal_newlines', 'text', 'encoding', 'errors'))
        kwargs['input'] = '' if is_text else b''
    return run(*popenargs, stdout=PIPE, timeout=timeout, check=True, **kwargs).stdout


class CompletedProcess:
    """What run() gives: args, returncode, and stdout and stderr if they were captured."""

    def __init__(self, args, returncode, stdout=None, stderr=None):
        self.args = args
        self.returncode = returncode
        self.stdout = stdout
        self.stderr = stderr

    def __repr__(self):
        parts = [f'args={self.args!r}', f'returncode={self.returncode!r}']
        if self.stdout is not None:
            parts.append(f'stdout={self.stdout!r}')
        if self.stderr is not None:
            parts.append(f'stderr={self.stderr!r}')
        return f"{type(self).__name__}({', '.join(parts)})"

    __class_getitem__ = classmethod(_GenericAlias)

    def check_returncode(self):
        """Raise CalledProcessError unless the exit code is 0."""
        if self.returncode:
            raise CalledProcessError(self.returncode, self.args, self.stdout, self.stderr)


def run(*popenargs, input=None, capture_output=False, timeout=None, check=False, **kwargs):
    """Run a program to its end and give a CompletedProcess.

    input goes to its standard input; capture_output keeps what it writes. With check, any exit code
    but 0 raises CalledProcessError. A program that is not done after timeout seconds is killed, and
    TimeoutExpired raised. All else is as for Popen.
    """
    if input is not None:
        if kwargs.get('stdin') is not None:
            raise ValueError('stdin and input arguments may not both be used.')
        kwargs['stdin'] = PIPE
    if capture_output:
        if kwargs.get('stdout') is not None or kwargs.get('stderr') is not None:
            raise ValueError('stdout and stderr arguments may not be used with capture_output.')
        kwargs['stdout'] = PIPE
        kwargs['stderr'] = PIPE
    with Popen(*popenargs, **kwargs) as child:
        try:
            stdout, stderr = child.communicate(input, timeout=timeout)
        except TimeoutExpired:
            # It has what came so far.
            child.kill()
            child.wait()
            raise
        except:
            # Leaving the with statement waits for it.
            child.kill()
            raise
        code = child.poll()
        if check and code:
            raise CalledProcessError(code, child.args, output=stdout, stderr=stderr)
    return CompletedProcess(child.args, code, stdout, stderr)


def list2cmdline(seq):
    """One string of arguments, quoted as the C runtime of Windows takes them apart.

    Quotes go around arguments that are empty or have blanks. A quote inside gets a backslash, and
    backslashes are doubled where a quote follows them.
    """
    quoted = []
    for arg in map(os.fsdecode, seq):
        out = []
        n_backslashes = 0
        for char in arg:
            if char == '\\':
                n_backslashes += 1
                continue
            if char == '"':
                out.append('\\' * (2 * n_backslashes + 1))
            else:
                out.append('\\' * n_backslashes)
            out.append(char)
            n_backslashes = 0
        if not arg or ' ' in arg or '\t' in arg:
            quoted.append('"' + ''.join(out) + '\\' * (2 * n_backslashes) + '"')
        else:
            quoted.append(''.join(out) + '\\' * n_backslashes)
    return ' '.join(quoted)


def getstatusoutput(cmd, *, encoding=None, errors=None):
    """The exit code of a shell command and all its output, without the last newline."""
    try:
        output = check_output(cmd, shell=True, text=True, stderr=STDOUT, encoding=encoding,
                              errors=errors)
        code = 0
    except CalledProcessError as error:
        output = error.output
        code = error.returncode
    return code, output.removesuffix('\n')


def getoutput(cmd, *, encoding=None, errors=None):
    """All output of a shell command, without the last newline."""
    return getstatusoutput(cmd, encoding=encoding, errors=errors)[1]


def _group_id(group):
    if isinstance(group, str):
        import grp
        return grp.getgrnam(group).gr_gid
    if isinstance(group, int):
        return group
    return None


def _close_quietly(fds):
    for fd in fds:
        try:
            os.close(fd)
        except OSError:
            pass


class _Exit:
    """Pauses of a wait with a timeout: until the child's end where the system can tell it, which is real time even if clocks are virtual."""

    def __init__(self, pid):
        self._delay = 0.0005
        self._has_ended = False
        try:
            self._fd = os.pidfd_open(pid)
        except OSError:
            # No child of ours any more.
            self._fd = None

    def wait(self, remaining):
        if self._fd is not None and not self._has_ended:
            import select
            poller = select.poll()
            poller.register(self._fd, select.POLLIN)
            self._has_ended = bool(poller.poll(-int(-min(remaining, 86400) * 1000 // 1)))
            return
        # If it has ended, another thread is about to say how.
        self._delay = min(self._delay * 2, remaining, 0.05)
        _sleep(self._delay)

    def close(self):
        if self._fd is not None:
            os.close(self._fd)


class Popen:
    """A program in a child process.

    args is a sequence of arguments, or a string with the program or, with shell, the command.
    executable is what is run if it is not the first argument. stdin, stdout and stderr are PIPE,
    DEVNULL, a descriptor, a file, None for this process's own, and for stderr STDOUT; PIPE makes
    pipes, whose ends here are the attributes of these names, buffered as bufsize says and text if
    text, encoding, errors or universal_newlines ask for it. In the child, before the program:
    descriptors are closed (close_fds) but for pass_fds, the working folder (cwd), environment (env),
    umask, group, extra_groups and user set, signals that Python ignores restored, a session or
    process group begun, and preexec_fn called.
    """

    # For __del__ of what could not be made.
    _child_created = False

    def __init__(self, args, bufsize=-1, executable=None,
                 stdin=None, stdout=None, stderr=None,
                 preexec_fn=None, close_fds=True,
                 shell=False, cwd=None, env=None, universal_newlines=None,
                 startupinfo=None, creationflags=0,
                 restore_signals=True, start_new_session=False,
                 pass_fds=(), *, user=None, group=None, extra_groups=None,
                 encoding=None, errors=None, text=None, umask=-1, pipesize=-1,
                 process_group=None):
        if not _can_fork_exec:
            raise OSError(errno.ENOTSUP, f"{sys.platform} does not support processes.")
        _cleanup()
        # Held around waitpid() until returncode is set, so that threads do not take each other's
        # result. Who gets it looks at returncode first.
        self._waitpid_lock = _allocate_lock()
        self._input = None
        self._communication_started = False
        if bufsize is None:
            bufsize = -1
        if not isinstance(bufsize, int):
            raise TypeError("bufsize must be an integer")
        if stdout is STDOUT:
            raise ValueError("STDOUT can only be used for stderr")
        if pipesize is None:
            pipesize = -1
        if not isinstance(pipesize, int):
            raise TypeError("pipesize must be an integer")
        if pass_fds and not close_fds:
            warnings.warn("pass_fds overriding close_fds.", RuntimeWarning)
            close_fds = True
        if startupinfo is not None:
            raise ValueError("startupinfo is only supported on Windows platforms")
        if creationflags != 0:
            raise ValueError("creationflags is only supported on Windows platforms")
        self.args = args
        self.stdin = None
        self.stdout = None
        self.stderr = None
        self.pid = None
        self.returncode = None
        self.encoding = encoding
        self.errors = errors
        self.pipesize = pipesize
        if (text is not None and universal_newlines is not None
                and bool(universal_newlines) != bool(text)):
            raise SubprocessError('Cannot disambiguate when both text and universal_newlines are '
                                  'supplied but different. Pass one or the other.')
        self.text_mode = encoding or errors or text or universal_newlines
        if self.text_mode and encoding is None:
            self.encoding = encoding = _text_encoding()
        # How long a first Ctrl-C still waits for the child, which got one as well.
        self._sigint_wait_secs = 0.25
        self._closed_child_pipe_fds = False
        line_buffering = False
        if self.text_mode and bufsize == 1:
            # That is for the text layer alone.
            line_buffering = True
            bufsize = -1
        if process_group is None:
            process_group = -1
        gid = self._checked_group(group)
        gids = self._checked_extra_groups(extra_groups)
        uid = self._checked_user(user)

        handles = p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite = \
            self._get_handles(stdin, stdout, stderr)
        try:
            # The files are made before the child is started: one that ends at once is no trouble.
            if p2cwrite != -1:
                self.stdin = io.open(p2cwrite, 'wb', bufsize)
                if self.text_mode:
                    self.stdin = io.TextIOWrapper(self.stdin, write_through=True,
                                                  line_buffering=line_buffering,
                                                  encoding=encoding, errors=errors)
            if c2pread != -1:
                self.stdout = io.open(c2pread, 'rb', bufsize)
                if self.text_mode:
                    self.stdout = io.TextIOWrapper(self.stdout, encoding=encoding, errors=errors)
            if errread != -1:
                self.stderr = io.open(errread, 'rb', bufsize)
                if self.text_mode:
                    self.stderr = io.TextIOWrapper(self.stderr, encoding=encoding, errors=errors)
            self._execute_child(args, executable, preexec_fn, close_fds, pass_fds, cwd, env,
                                startupinfo, creationflags, shell, *handles, restore_signals,
                                gid, gids, uid, umask, start_new_session, process_group)
        except:
            for file in (self.stdin, self.stdout, self.stderr):
                if file is not None:
                    try:
                        file.close()
                    except OSError:
                        pass
            # Ends for which there was no file yet.
            _close_quietly(fd for fd, file in ((p2cwrite, self.stdin), (c2pread, self.stdout),
                                               (errread, self.stderr))
                           if fd != -1 and file is None)
            if not self._closed_child_pipe_fds:
                ends = [fd for fd, given in ((p2cread, stdin), (c2pwrite, stdout),
                                             (errwrite, stderr)) if given == PIPE]
                if hasattr(self, '_devnull'):
                    ends.append(self._devnull)
                _close_quietly(ends)
            raise

    @staticmethod
    def _checked_group(group):
        if group is None:
            return None
        gid = _group_id(group)
        if gid is None:
            raise TypeError(f"Group must be a string or an integer, not {type(group)}")
        if gid < 0:
            raise ValueError(f"Group ID cannot be negative, got {gid}")
        return gid

    @staticmethod
    def _checked_extra_groups(extra_groups):
        if extra_groups is None:
            return None
        if isinstance(extra_groups, str):
            raise ValueError("Groups must be a list, not a string")
        gids = []
        for group in extra_groups:
            gid = _group_id(group)
            if gid is None:
                raise TypeError("Items in extra_groups must be a string or integer, not "
                                f"{type(group)}")
            gids.append(gid)
        for gid in gids:
            if gid < 0:
                raise ValueError(f"Group ID cannot be negative, got {gid}")
        return gids

    @staticmethod
    def _checked_user(user):
        if user is None:
            return None
        if isinstance(user, str):
            import pwd
            uid = pwd.getpwnam(user).pw_uid
        elif isinstance(user, int):
            uid = user
        else:
            raise TypeError("User must be a string or an integer")
        if uid < 0:
            raise ValueError(f"User ID cannot be negative, got {uid}")
        return uid

    def __repr__(self):
        text = f"<{type(self).__name__}: returncode: {self.returncode} args: {self.args!r}>"
        return text if len(text) <= 80 else text[:76] + "...>"

    __class_getitem__ = classmethod(_GenericAlias)

    @property
    def universal_newlines(self):
        return self.text_mode

    @universal_newlines.setter
    def universal_newlines(self, universal_newlines):
        self.text_mode = bool(universal_newlines)

    def _translate_newlines(self, data, encoding, errors):
        return data.decode(encoding, errors).replace("\r\n", "\n").replace("\r", "\n")

    def __enter__(self):
        return self

    def __exit__(self, exc_type, value, traceback):
        if self.stdout:
            self.stdout.close()
        if self.stderr:
            self.stderr.close()
        try:
            # What is flushed may have no reader any more.
            if self.stdin:
                self.stdin.close()
        finally:
            if exc_type == KeyboardInterrupt:
                # The child got the same Ctrl-C. Wait a little, but not for ever.
                if self._sigint_wait_secs > 0:
                    try:
                        self._wait(timeout=self._sigint_wait_secs)
                    except TimeoutExpired:
                        pass
                self._sigint_wait_secs = 0
            else:
                self.wait()

    def __del__(self, _maxsize=sys.maxsize, _warn=warnings.warn):
        if not self._child_created:
            return
        if self.returncode is None:
            # It would stay a zombie if nobody asked for its exit code.
            _warn("subprocess %s is still running" % self.pid, ResourceWarning, source=self)
        self._internal_poll(_deadstate=_maxsize)
        if self.returncode is None and _active is not None:
            _active.append(self)

    def _get_devnull(self):
        if not hasattr(self, '_devnull'):
            self._devnull = os.open(os.devnull, os.O_RDWR)
        return self._devnull

    def _stdin_write(self, input):
        if input:
            try:
                self.stdin.write(input)
            except BrokenPipeError:
                # A child need not read all it is given.
                pass
        try:
            self.stdin.close()
        except BrokenPipeError:
            pass

    def communicate(self, input=None, timeout=None):
        """Write input, read all output until its end, wait for the child: (stdout, stderr).

        After a TimeoutExpired it may be called again, and nothing is lost.
        """
        if self._communication_started and input:
            raise ValueError("Cannot send input after starting communication")
        n_pipes = sum(file is not None for file in (self.stdin, self.stdout, self.stderr))
        if timeout is None and not self._communication_started and n_pipes <= 1:
            # One pipe can be served without looking at others.
            stdout = stderr = None
            if self.stdin:
                self._stdin_write(input)
            elif self.stdout:
                stdout = self.stdout.read()
                self.stdout.close()
            elif self.stderr:
                stderr = self.stderr.read()
                self.stderr.close()
            self.wait()
            return stdout, stderr
        endtime = None if timeout is None else _time() + timeout
        try:
            stdout, stderr = self._communicate(input, endtime, timeout)
        except KeyboardInterrupt:
            self._wait_after_interrupt(endtime)
            raise
        finally:
            self._communication_started = True
        try:
            self.wait(timeout=self._remaining_time(endtime))
        except TimeoutExpired as error:
            error.timeout = timeout
            raise
        return stdout, stderr

    def poll(self):
        """The exit code, or None while the child runs."""
        return self._internal_poll()

    def _remaining_time(self, endtime):
        return None if endtime is None else endtime - _time()

    def _check_timeout(self, endtime, orig_timeout, stdout_seq, stderr_seq,
                       skip_check_and_raise=False):
        if endtime is None:
            return
        if skip_check_and_raise or _time() > endtime:
            raise TimeoutExpired(self.args, orig_timeout,
                                 output=b''.join(stdout_seq) if stdout_seq else None,
                                 stderr=b''.join(stderr_seq) if stderr_seq else None)

    def wait(self, timeout=None):
        """Wait for the child's end, or for timeout seconds; gives the exit code."""
        endtime = None if timeout is None else _time() + timeout
        try:
            return self._wait(timeout=timeout)
        except KeyboardInterrupt:
            self._wait_after_interrupt(endtime)
            raise

    def _wait_after_interrupt(self, endtime):
        """Give a child that most likely got the same Ctrl-C a moment to end; once only."""
        seconds = self._sigint_wait_secs
        if endtime is not None:
            seconds = min(seconds, self._remaining_time(endtime))
        self._sigint_wait_secs = 0
        try:
            self._wait(timeout=seconds)
        except TimeoutExpired:
            pass

    def _close_pipe_fds(self, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite):
        """Close the child's ends here, all of them even if one fails."""
        devnull = getattr(self, '_devnull', None)
        ends = []
        for fd, other in ((p2cread, p2cwrite), (c2pwrite, c2pread), (errwrite, errread)):
            if fd != -1 and other != -1 and fd != devnull:
                ends.append(fd)
        if devnull is not None:
            ends.append(devnull)
        failure = None
        for fd in reversed(ends):
            try:
                os.close(fd)
            except OSError as error:
                failure = error
        # Nobody is to close them again.
        self._closed_child_pipe_fds = True
        if failure is not None:
            raise failure

    def _get_handles(self, stdin, stdout, stderr):
        """The ends of the child and of this process: p2cread, p2cwrite, c2pread, c2pwrite, ..."""
        opened = []

        def pipe():
            ends = os.pipe()
            opened.extend(ends)
            if self.pipesize > 0:
                from fcntl import F_SETPIPE_SZ, fcntl
                fcntl(ends[1], F_SETPIPE_SZ, self.pipesize)
            return ends

        def given(stream):
            if stream == DEVNULL:
                return self._get_devnull()
            if isinstance(stream, int):
                return stream
            return stream.fileno()

        p2cread = p2cwrite = c2pread = c2pwrite = errread = errwrite = -1
        try:
            if stdin is None:
                pass
            elif stdin == PIPE:
                p2cread, p2cwrite = pipe()
            else:
                p2cread = given(stdin)
            if stdout is None:
                pass
            elif stdout == PIPE:
                c2pread, c2pwrite = pipe()
            else:
                c2pwrite = given(stdout)
            if stderr is None:
                pass
            elif stderr == PIPE:
                errread, errwrite = pipe()
            elif stderr == STDOUT:
                errwrite = c2pwrite if c2pwrite != -1 else sys.__stdout__.fileno()
            else:
                errwrite = given(stderr)
        except:
            if hasattr(self, '_devnull'):
                opened.append(self._devnull)
                del self._devnull
            _close_quietly(opened)
            raise
        return p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite

    def _execute_child(self, args, executable, preexec_fn, close_fds, pass_fds, cwd, env,
                       startupinfo, creationflags, shell, p2cread, p2cwrite, c2pread, c2pwrite,
                       errread, errwrite, restore_signals, gid, gids, uid, umask,
                       start_new_session, process_group):
        if isinstance(args, (str, bytes)):
            args = [args]
        elif isinstance(args, os.PathLike):
            if shell:
                raise TypeError('path-like args is not allowed when shell is true')
            args = [args]
        else:
            args = list(args)
        if shell:
            args = ['/bin/sh', '-c'] + args
            if executable:
                args[0] = executable
        if executable is None:
            executable = args[0]
        sys.audit("subprocess.Popen", executable, args, cwd, env)

        # What fails in the child comes through this pipe, which the program's start closes.
        report_read, report_write = os.pipe()
        try:
            try:
                # The child's standard streams would take the place of a low one.
                low = []
                try:
                    while report_write < 3:
                        low.append(report_write)
                        report_write = os.dup(report_write)
                finally:
                    for fd in low:
                        if fd != report_write:
                            os.close(fd)
                if env is not None:
                    env_list = []
                    for name, value in env.items():
                        name = os.fsencode(name)
                        if b'=' in name:
                            raise ValueError("illegal environment variable name")
                        env_list.append(name + b'=' + os.fsencode(value))
                else:
                    env_list = None
                path = os.fsencode(executable)
                if os.path.dirname(path):
                    executables = (path,)
                else:
                    executables = tuple(os.path.join(os.fsencode(folder), path)
                                        for folder in os.get_exec_path(env))
                if pass_fds:
                    kept = tuple(sorted({report_write, *map(int, pass_fds)}))
                else:
                    kept = (report_write,)
                self.pid = _fork_exec(
                    args, executables, close_fds, kept, cwd, env_list,
                    p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite,
                    report_read, report_write, restore_signals, start_new_session,
                    process_group, gid, gids, uid, umask, preexec_fn)
                self._child_created = True
            finally:
                os.close(report_write)
            self._close_pipe_fds(p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite)
            report = os.read(report_read, _MAX_REPORT)
            while report and len(report) <= _MAX_REPORT:
                part = os.read(report_read, _MAX_REPORT)
                if not part:
                    break
                report += part
        finally:
            os.close(report_read)
        if report:
            # Starts that change nothing but streams name the program, whatever fails.
            is_plain = (os.path.dirname(path) and preexec_fn is None and not pass_fds and cwd is None
                        and all(fd == -1 or fd > 2 for fd in (p2cread, c2pwrite, errwrite))
                        and not start_new_session and process_group == -1 and umask < 0
                        and gid is None and gids is None and uid is None)
            self._raise_report(report, executable, cwd, is_plain)

    def _raise_report(self, report, executable, cwd, is_plain):
        """Raise what kept the child from its program."""
        try:
            pid, status = os.waitpid(self.pid, 0)
            if pid == self.pid:
                self._handle_exitstatus(status)
            else:
                self.returncode = sys.maxsize
        except ChildProcessError:
            pass
        try:
            name, number, message = report.split(b':', 2)
            message = message.decode()
        except ValueError:
            name, number = b'SubprocessError', b'0'
            message = f'Bad exception data from child: {bytes(report)!r}'
        exception = getattr(builtins, name.decode('ascii'), SubprocessError)
        if not (issubclass(exception, OSError) and number):
            raise exception(message)
        number = int(number, 16)
        # At what it failed: "noexec" is anything before the program, ":chdir" the working folder.
        place = message
        if place in ("noexec", "noexec:chdir"):
            message = ""
        if number != 0:
            message = os.strerror(number)
        if place == "noexec:chdir":
            filename = cwd
        else:
            filename = None if place == "noexec" and not is_plain else executable
        if filename is None:
            raise exception(number, message)
        raise exception(number, message, filename)

    def _handle_exitstatus(self, sts, _del_safe=_del_safe):
        """Only with the lock held. Part of __del__: names nothing outside."""
        if _del_safe.WIFSTOPPED(sts):
            self.returncode = -_del_safe.WSTOPSIG(sts)
        else:
            self.returncode = _del_safe.waitstatus_to_exitcode(sts)

    def _internal_poll(self, _deadstate=None, _del_safe=_del_safe):
        """poll(). Part of __del__: names nothing outside."""
        if self.returncode is not None:
            return self.returncode
        if not self._waitpid_lock.acquire(False):
            # Somebody waits for it just now.
            return None
        try:
            if self.returncode is None:
                pid, status = _del_safe.waitpid(self.pid, _del_safe.WNOHANG)
                if pid == self.pid:
                    self._handle_exitstatus(status)
        except OSError as error:
            if _deadstate is not None:
                self.returncode = _deadstate
            elif error.errno == _del_safe.ECHILD:
                # Somebody else took the status, or SIGCHLD is ignored: all we know is that it ended.
                self.returncode = 0
        finally:
            self._waitpid_lock.release()
        return self.returncode

    def _try_wait(self, wait_flags):
        """Only with the lock held."""
        try:
            return os.waitpid(self.pid, wait_flags)
        except ChildProcessError:
            # As in _internal_poll().
            return self.pid, 0

    def _wait(self, timeout):
        if self.returncode is not None:
            return self.returncode
        if timeout is None:
            while self.returncode is None:
                with self._waitpid_lock:
                    if self.returncode is not None:
                        break
                    pid, status = self._try_wait(0)
                    if pid == self.pid:
                        self._handle_exitstatus(status)
            return self.returncode
        endtime = _time() + timeout
        exits = _Exit(self.pid)
        try:
            return self._wait_until(endtime, timeout, exits)
        finally:
            exits.close()

    def _wait_until(self, endtime, timeout, exits):
        while True:
            if self._waitpid_lock.acquire(False):
                try:
                    if self.returncode is not None:
                        break
                    pid, status = self._try_wait(os.WNOHANG)
                    if pid == self.pid:
                        self._handle_exitstatus(status)
                        break
                finally:
                    self._waitpid_lock.release()
            remaining = self._remaining_time(endtime)
            if remaining <= 0:
                raise TimeoutExpired(self.args, timeout)
            exits.wait(remaining)
        return self.returncode

    def _communicate(self, input, endtime, orig_timeout):
        if self.stdin and not self._communication_started:
            try:
                self.stdin.flush()
            except BrokenPipeError:
                pass
            except ValueError:
                # The caller closed it, which is as good as no input.
                if not self.stdin.closed:
                    raise
            if not input:
                try:
                    self.stdin.close()
                except BrokenPipeError:
                    pass
        if not self._communication_started:
            self._fileobj2output = {file: [] for file in (self.stdout, self.stderr) if file}
        stdout = self._fileobj2output[self.stdout] if self.stdout else None
        stderr = self._fileobj2output[self.stderr] if self.stderr else None
        self._save_input(input)
        if self._input:
            # Counted in bytes, whatever the items are.
            view = memoryview(self._input).cast("b")
        selectors = sys.modules.get('selectors') or __import__('selectors')
        Selector = globals().get('_PopenSelector') or __getattr__('_PopenSelector')
        with Selector() as selector:
            if self.stdin and not self.stdin.closed and self._input:
                selector.register(self.stdin, selectors.EVENT_WRITE)
            if self.stdout and not self.stdout.closed:
                selector.register(self.stdout, selectors.EVENT_READ)
            if self.stderr and not self.stderr.closed:
                selector.register(self.stderr, selectors.EVENT_READ)
            while selector.get_map():
                timeout = self._remaining_time(endtime)
                if timeout is not None and timeout <= 0:
                    self._check_timeout(endtime, orig_timeout, stdout, stderr,
                                        skip_check_and_raise=True)
                ready = selector.select(timeout)
                self._check_timeout(endtime, orig_timeout, stdout, stderr)
                for key, events in ready:
                    file = key.fileobj
                    if file is self.stdin:
                        chunk = view[self._input_offset:self._input_offset + _PIPE_BUF]
                        try:
                            self._input_offset += os.write(key.fd, chunk)
                        except BrokenPipeError:
                            selector.unregister(file)
                            file.close()
                        else:
                            if self._input_offset >= len(view):
                                selector.unregister(file)
                                file.close()
                    else:
                        data = os.read(key.fd, 32768)
                        if not data:
                            selector.unregister(file)
                            file.close()
                        self._fileobj2output[file].append(data)
        try:
            self.wait(timeout=self._remaining_time(endtime))
        except TimeoutExpired as error:
            error.timeout = orig_timeout
            raise
        stdout = None if stdout is None else b''.join(stdout)
        stderr = None if stderr is None else b''.join(stderr)
        if self.text_mode:
            if stdout is not None:
                stdout = self._translate_newlines(stdout, self.stdout.encoding, self.stdout.errors)
            if stderr is not None:
                stderr = self._translate_newlines(stderr, self.stderr.encoding, self.stderr.errors)
        return stdout, stderr

    def _save_input(self, input):
        # Kept, so that a later call goes on where a timeout ended this one.
        if self.stdin and self._input is None:
            self._input_offset = 0
            self._input = input
            if input is not None and self.text_mode:
                self._input = input.encode(self.stdin.encoding, self.stdin.errors)

    def send_signal(self, sig):
        """Send a signal to the child, unless it has ended."""
        # Looking first keeps the signal from another process that got the number meanwhile.
        self.poll()
        if self.returncode is not None:
            return
        try:
            os.kill(self.pid, sig)
        except ProcessLookupError:
            # It ended just now.
            pass

    def terminate(self):
        """End the child with SIGTERM."""
        self.send_signal(_SIGTERM)

    def kill(self):
        """End the child with SIGKILL."""
        self.send_signal(_SIGKILL)
