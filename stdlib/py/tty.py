"""Modes of terminals: every byte as it comes, or line editing switched off.

Natives used: `termios`.
"""

from termios import *

__all__ = ["cfmakeraw", "cfmakecbreak", "setraw", "setcbreak"]

# Places in the list of tcgetattr().
IFLAG, OFLAG, CFLAG, LFLAG, ISPEED, OSPEED, CC = range(7)


def _read_each_byte(mode):
    # A read waits for one byte, and no longer.
    mode[CC] = list(mode[CC])
    mode[CC][VMIN] = 1
    mode[CC][VTIME] = 0


def cfmakeraw(mode):
    """Change settings so that nothing is done to input and output."""
    mode[IFLAG] &= ~(IGNBRK | BRKINT | IGNPAR | PARMRK | INPCK | ISTRIP | INLCR | IGNCR | ICRNL
                     | IXON | IXANY | IXOFF)
    mode[OFLAG] &= ~OPOST
    mode[CFLAG] &= ~(PARENB | CSIZE)
    mode[CFLAG] |= CS8
    mode[LFLAG] &= ~(ECHO | ECHOE | ECHOK | ECHONL | ICANON | IEXTEN | ISIG | NOFLSH | TOSTOP)
    _read_each_byte(mode)


def cfmakecbreak(mode):
    """Change settings so that input is neither shown nor collected to lines."""
    mode[LFLAG] &= ~(ECHO | ICANON)
    _read_each_byte(mode)


def _set(fd, when, change):
    old = tcgetattr(fd)
    new = list(old)
    change(new)
    tcsetattr(fd, when, new)
    return old


def setraw(fd, when=TCSAFLUSH):
    """Put a terminal into raw mode; gives the settings it had."""
    return _set(fd, when, cfmakeraw)


def setcbreak(fd, when=TCSAFLUSH):
    """Put a terminal into cbreak mode; gives the settings it had."""
    return _set(fd, when, cfmakecbreak)
