# fork, what is called around it, and the ways to wait.
import os
import sys

called = []
os.register_at_fork(before=lambda: print('before 1'), after_in_parent=lambda: print('parent 1'), after_in_child=lambda: called.append('child'))
os.register_at_fork(before=lambda: print('before 2'), after_in_parent=lambda: print('parent 2'))
for arguments in ({}, {'before': 1}):
    try:
        os.register_at_fork(**arguments)
    except TypeError as error:
        print(error)
r, w = os.pipe()


def child(code):
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os.dup2(w, 1)
        print('in the child', called, os.getppid() == parent)
        sys.stdout.flush()
        os._exit(code)
    return pid


parent = os.getpid()
pid = child(3)
print(os.waitpid(pid, 0) == (pid, 3 << 8))
print(os.read(r, 999).decode().splitlines())
pid = child(0)
status, usage = os.wait4(pid, 0)[1:]
print(status, type(usage).__name__, len(usage), usage.ru_utime >= 0)
pid = child(1)
print(os.wait3(0)[:2] == (pid, 256), os.waitstatus_to_exitcode(256))
pid = child(5)
result = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
print(result.si_pid == pid, result.si_signo, result.si_status, result.si_code == os.CLD_EXITED, type(result))
fd = os.pidfd_open(pid)
print(os.get_inheritable(fd), os.waitid(os.P_PIDFD, fd, os.WEXITED).si_status, os.wait.__doc__[:4])
for call in (lambda: os.waitpid(-1, 0), lambda: os.wait3(0), lambda: os.waitid(os.P_ALL, 0, os.WEXITED), lambda: os.waitid(os.P_ALL, 0, 0),
             lambda: os.pidfd_open(-1)):
    try:
        call()
    except OSError as error:
        print(error)
