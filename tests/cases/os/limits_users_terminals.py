# resource, pwd, grp, termios, and pseudo-terminals.
import grp
import os
import pwd
import resource
import termios

soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (60, hard))
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0], resource.prlimit(0, resource.RLIMIT_CORE, (0, 0)) is not None, resource.prlimit(0, resource.RLIMIT_CORE))
usage = resource.getrusage(resource.RUSAGE_SELF)
print(type(usage), usage.ru_maxrss > 0, len(usage), usage.ru_utime + usage.ru_stime > 0, resource.getpagesize(), resource.RLIM_INFINITY)
root = pwd.getpwuid(0)
print(root == pwd.getpwnam('root'), root.pw_dir, root[2], type(root), root in pwd.getpwall())
print(grp.getgrgid(0).gr_name, grp.getgrnam('root') in grp.getgrall(), grp.getgrnam('root').gr_gid)
for call in (lambda: resource.getrlimit(99), lambda: resource.getrlimit('x'), lambda: resource.setrlimit(7, 5), lambda: resource.setrlimit(7, (1,)),
             lambda: resource.setrlimit(7, (5, 3)), lambda: resource.setrlimit(7, (-5, 3)), lambda: resource.getrusage(55), lambda: resource.prlimit(99999999, 7),
             lambda: pwd.getpwnam('no-such'), lambda: pwd.getpwnam(5), lambda: pwd.getpwnam('a\0'), lambda: pwd.getpwuid(77777), lambda: pwd.getpwuid('x'),
             lambda: pwd.getpwuid(-5), lambda: grp.getgrnam('no-such'), lambda: grp.getgrgid(77777), lambda: grp.getgrgid(1.5), lambda: grp.getgrgid(-5),
             lambda: os.setuid('a'), lambda: os.setuid(-5), lambda: os.setgroups(5), lambda: os.setgroups(['a']), lambda: os.getgrouplist('root', 'a')):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)
print(os.getgrouplist('no-such', 5), os.setreuid(-1, -1), os.setresgid(-1, -1, -1))
controller, terminal = os.openpty()
print(os.isatty(terminal), os.ttyname(terminal) == os.ptsname(controller), os.get_inheritable(controller))
os.write(controller, b'line\n')
print(os.read(terminal, 99))
settings = termios.tcgetattr(terminal)
print(len(settings), settings[6][termios.VINTR], bool(settings[3] & termios.ECHO), settings[4] == termios.B38400)
settings[3] &= ~(termios.ECHO | termios.ICANON)
termios.tcsetattr(terminal, termios.TCSANOW, settings)
print(termios.tcgetattr(terminal)[6][termios.VMIN], termios.tcsetwinsize(terminal, (7, 80)), termios.tcgetwinsize(controller), os.get_terminal_size(terminal))
r, w = os.pipe()
for call in (lambda: termios.tcgetattr(r), lambda: termios.tcsetattr(terminal, 0, [1]), lambda: termios.tcsetwinsize(terminal, 5), lambda: os.tcgetpgrp(r)):
    try:
        print(call())
    except Exception as error:
        print(type(error), error)
