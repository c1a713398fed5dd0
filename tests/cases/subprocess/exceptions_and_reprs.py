# Words of the exceptions and reprs.
import subprocess
from subprocess import CalledProcessError, CompletedProcess, Popen, TimeoutExpired

for code in (1, -9, -77, 'x', 0):
    print(CalledProcessError(code, ['a', 'b']), repr(CalledProcessError(code, 'cmd', 'out', stderr='err')))
error = CalledProcessError(1, 'cmd', output='out')
error.stdout = 'other'
print(error.output, error.stdout, error.stderr)
error = TimeoutExpired(['a'], 1.5, output=b'out')
print(error, repr(error), error.stdout, error.output, error.timeout, error.cmd, isinstance(error, subprocess.SubprocessError))
print(CompletedProcess(['a'], 0), CompletedProcess('a', -1, 'out', b'err'), CompletedProcess[str])
try:
    CompletedProcess(['a'], 7, 'out', 'err').check_returncode()
except CalledProcessError as error:
    print(error, error.stdout, error.stderr)
CompletedProcess(['a'], 0).check_returncode()
with Popen(['true']) as child:
    print(child)
print(child)
with Popen(['true', 'x' * 100]) as child:
    print(child)
for args in (['a', 'b c'], ['a"b'], ['a\\'], ['a\\ b\\'], ['a\\\\"b'], [''], ['\\"'], [b'x\ty'], ['a', '', 'b']):
    print(subprocess.list2cmdline(args))
print(sorted(subprocess.__all__))
