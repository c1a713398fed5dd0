"""Passwords without echo, and who the user is."""

import os
import sys
import warnings

__all__ = ['getpass', 'getuser', 'GetPassWarning']


class GetPassWarning(UserWarning):
    """The password may be seen."""


def getpass(prompt='Password: ', stream=None, *, echo_char=None):
    """Ask for a password at the terminal, on standard input if there is none."""
    import termios
    if echo_char is not None:
        if not (len(echo_char) == 1 and echo_char.isprintable() and echo_char.isascii()):
            raise ValueError(f"'echo_char' must be a single printable ASCII character, got: {echo_char!r}")
        raise NotImplementedError('getpass() with echo_char is not supported')
    opened = None
    try:
        descriptor = os.open('/dev/tty', os.O_RDWR | os.O_NOCTTY)
        source = opened = open(descriptor)
        stream = stream or open(descriptor, 'w', closefd=False)
    except OSError:
        try:
            descriptor = sys.stdin.fileno()
        except (AttributeError, ValueError):
            return fallback_getpass(prompt, stream)
        source, stream = sys.stdin, stream or sys.stderr
    try:
        try:
            before = termios.tcgetattr(descriptor)
        except termios.error:
            return fallback_getpass(prompt, stream)
        silent = before[:]
        silent[3] &= ~termios.ECHO
        try:
            termios.tcsetattr(descriptor, termios.TCSAFLUSH, silent)
            return _ask(prompt, stream, source)
        finally:
            termios.tcsetattr(descriptor, termios.TCSAFLUSH, before)
            stream.write('\n')
            stream.flush()
    finally:
        if opened is not None:
            opened.close()


def _ask(prompt, stream, source):
    if prompt:
        try:
            stream.write(prompt)
        except UnicodeEncodeError:
            stream.write(prompt.encode(stream.encoding, 'replace').decode(stream.encoding))
        stream.flush()
    line = source.readline()
    if not line:
        raise EOFError
    return line.removesuffix('\n')


def fallback_getpass(prompt='Password: ', stream=None, *, echo_char=None):
    """Ask where the echo cannot be switched off."""
    warnings.warn('Can not control echo on the terminal.', GetPassWarning, stacklevel=2)
    stream = stream or sys.stderr
    print('Warning: Password input may be echoed.', file=stream)
    return _ask(prompt, stream, sys.stdin)


unix_getpass = getpass


def getuser():
    """The login name, from the environment or the password database."""
    for name in ('LOGNAME', 'USER', 'LNAME', 'USERNAME'):
        user = os.environ.get(name)
        if user:
            return user
    try:
        import pwd
        return pwd.getpwuid(os.getuid())[0]
    except (ImportError, KeyError) as error:
        raise OSError('No username set in the environment') from error
