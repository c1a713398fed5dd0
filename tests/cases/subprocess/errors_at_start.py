# A program that cannot be started: the exception of the parent, and nothing left.
import os
import subprocess


def attempt(args, **options):
    try:
        print(subprocess.run(args, **options))
    except Exception as error:
        print(type(error).__name__, error.args, getattr(error, 'filename', None))


before = os.listdir('/proc/self/fd')
attempt(['/no/such'])
attempt(['no-such-program'])
attempt(['/etc/passwd'])
attempt(['/'])
attempt(['true'], cwd='/no/such')
attempt(['/no/such'], cwd=b'/')
attempt('echo x')
attempt(['true'], executable='/no/such')
attempt(['true\0x'])
attempt(['true'], env={'A=B': 'x'})
attempt(['true'], env={'A': 'x\0'})
attempt(['true'], cwd='/\0')
attempt([])
attempt([1])
attempt(5)
attempt(['true'], stdin='file')
attempt(['true'], stdout=9999)
attempt(['true'], preexec_fn=lambda: 1 / 0)
attempt(['true'], user=2 ** 40)
attempt(['true'], process_group=99999999)
print(os.listdir('/proc/self/fd') == before)
try:
    os.waitpid(-1, 0)
except ChildProcessError as error:
    print(error)
