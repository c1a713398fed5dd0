# tty and pty: a program on a terminal of its own.
import os
import pty
import sys
import tty

controller, terminal = pty.openpty()
old = tty.setcbreak(terminal)
print(bool(old[3] & tty.ICANON), bool(tty.tcgetattr(terminal)[3] & (tty.ICANON | tty.ECHO)))
tty.setraw(terminal)
mode = tty.tcgetattr(terminal)
print(bool(mode[1] & tty.OPOST), bool(mode[3] & tty.ISIG), mode[2] & tty.CSIZE == tty.CS8, mode[6][tty.VMIN], mode[6][tty.VTIME])
sys.stdout.flush()
pid, fd = pty.fork()
if pid == pty.CHILD:
    print(os.isatty(0), os.tcgetpgrp(0) == os.getpid() == os.getsid(0))
    sys.stdout.flush()
    os._exit(3)
print(os.read(fd, 999), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
sys.stdout.flush()
got = []


def read(fd):
    data = os.read(fd, 1024)
    got.append(data)
    return data


print(os.waitstatus_to_exitcode(pty.spawn(['sh', '-c', 'test -t 0 && echo on a terminal; exit 4'], read)), b''.join(got))
