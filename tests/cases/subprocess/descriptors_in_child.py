# Which descriptors a child has: its streams, those passed, and nothing else.
import os
import subprocess
from subprocess import PIPE, STDOUT


def open_in_child(**options):
    # The listing's own descriptor is among them.
    script = 'for fd in 0 1 2 3 4 5 6 7 8 9; do [ -e /proc/$$/fd/$fd ] && printf "$fd "; done'
    return subprocess.run(['/bin/sh', '-c', script], stdout=PIPE, **options).stdout


r, w = os.pipe()
inheritable = os.dup(r)
os.set_inheritable(inheritable, True)
print(open_in_child() == b'0 1 2 ', open_in_child(stderr=STDOUT) == b'0 1 2 ')
print(open_in_child(close_fds=False) == b'0 1 2 %d ' % inheritable)
print(open_in_child(pass_fds=[w]) == b'0 1 2 %d ' % w, os.get_inheritable(w))
print(subprocess.run(f'echo through >&{w}', shell=True, pass_fds=(w, inheritable)).returncode, os.read(r, 99))
print(subprocess.run(['sh', '-c', 'echo out; echo err >&2'], stdout=w, stderr=w).returncode, os.read(r, 99))
with open(w, 'wb', buffering=0) as file:
    print(subprocess.run(['echo', 'to a file'], stdout=file).returncode, os.read(r, 99))
    os.write(file.fileno(), b'from a file')
print(subprocess.run(['cat'], stdin=r, stdout=PIPE).stdout)

# Streams in each other's places.
saved = [os.dup(fd) for fd in range(3)]
a, b = os.pipe()
try:
    os.dup2(b, 0)
    os.dup2(b, 2)
    code = subprocess.call(['sh', '-c', 'echo out; echo err >&2'], stdout=0, stderr=2)
finally:
    for fd, copy in enumerate(saved):
        os.dup2(copy, fd)
print(code, os.read(a, 99))
