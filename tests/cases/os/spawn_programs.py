# posix_spawn, spawn*, popen, system: what they run and what they refuse.
import os
import signal
import sys

env = {'PATH': os.environ['PATH'], 'A': 'value'}
r, w = os.pipe()
actions = [(os.POSIX_SPAWN_DUP2, w, 1), (os.POSIX_SPAWN_CLOSE, w), (os.POSIX_SPAWN_OPEN, 0, '/dev/null', os.O_RDONLY, 0), (os.POSIX_SPAWN_CLOSEFROM, 3)]
pid = os.posix_spawn('/bin/sh', ['sh', '-c', 'echo $A; cat; [ -e /proc/$$/fd/3 ] || exit 3'], env, file_actions=actions)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), os.read(r, 99))
pid = os.posix_spawnp('cat', ['cat', '/proc/self/status'], os.environ, file_actions=actions[:1], setsid=True, setsigmask=[signal.SIGHUP], setsigdef=[signal.SIGPIPE])
os.waitpid(pid, 0)
masks = [line.split()[1] for line in os.read(r, 9999).decode().splitlines() if line.startswith(('SigBlk', 'SigIgn'))]
print([hex(int(mask, 16) & 0x7fff_ffff) for mask in masks])
for arguments, options in (((b'/bin/true', [], {}), {}), (('/bin/true', 'x', {}), {}), (('/bin/true', ['a'], 5), {}), (('/bin/true', [''], {}), {}),
                           (('/bin/true', ['a'], {'a=b': 'c'}), {}), (('/no/such', ['a'], {}), {}), (('/bin/true', ['a'], {}), {'file_actions': 5}),
                           (('/bin/true', ['a'], {}), {'file_actions': [1]}), (('/bin/true', ['a'], {}), {'file_actions': [(77,)]}),
                           (('/bin/true', ['a'], {}), {'file_actions': [(os.POSIX_SPAWN_OPEN,)]}), (('/bin/true', ['a'], {}), {'setsigdef': 5}),
                           (('/bin/true', ['a'], {}), {'setsigmask': [999]}), (('/bin/true', ['a'], {}), {'scheduler': 5})):
    try:
        os.posix_spawn(*arguments, **options)
    except Exception as error:
        print(type(error).__name__, error)
print(os.spawnl(os.P_WAIT, '/bin/sh', 'sh', '-c', 'exit 4'), os.spawnlp(os.P_WAIT, 'sh', 'sh', '-c', 'kill $$'))
print(os.spawnve(os.P_WAIT, '/bin/sh', ['sh', '-c', 'exit $A'], {'A': '9'}), os.spawnv(os.P_WAIT, '/no/such', ['a']))
print(os.waitpid(os.spawnvp(os.P_NOWAIT, 'true', ['true']), 0)[1])
with os.popen('echo one; echo two; exit 3') as file:
    print(list(file))
print(os.popen('exit 3').close(), os.popen('cat >/dev/null', 'w').write('x'), os.system('exit 5'))
for call in (lambda: os.execv('/bin/true', []), lambda: os.execve('/bin/true', [], {}), lambda: os.execve('/no/such', ['a'], {}), lambda: os.execv('/no/such', ['a']),
             lambda: os.execvp('no-such-program', ['a']), lambda: os.execve('/bin/true', ['a'], {'': ''}), lambda: os.spawnv(os.P_WAIT, '/bin/true', 'x')):
    try:
        call()
    except Exception as error:
        print(type(error).__name__, error)
sys.stdout.flush()
os.execlp('sh', 'sh', '-c', 'echo in its place')
