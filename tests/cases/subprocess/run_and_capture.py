# run() and the older functions: exit codes, output, input, text.
import subprocess
from subprocess import PIPE, STDOUT, DEVNULL

print(subprocess.run(['echo', 'one', 'two'], capture_output=True))
print(subprocess.run('echo out; echo err >&2; exit 3', shell=True, stdout=PIPE, stderr=PIPE, text=True))
print(subprocess.run('echo out; echo err >&2', shell=True, stdout=PIPE, stderr=STDOUT).stdout)
print(subprocess.run(['cat'], input=b'a\r\nb', stdout=PIPE).stdout)
print(subprocess.run(['cat'], input='a\r\nb\rc', stdout=PIPE, text=True).stdout.encode())
print(subprocess.run(['cat'], input='é', stdout=PIPE, encoding='latin-1').stdout)
print(subprocess.run(['cat'], stdin=DEVNULL, stdout=PIPE).stdout, subprocess.run(['echo', 'x'], stdout=DEVNULL).stdout)
print(subprocess.call(['sh', '-c', 'exit 5']), subprocess.check_call(['true']))
print(subprocess.check_output(['echo', 'x'], text=True), subprocess.check_output(['cat'], input=None))
print(subprocess.getoutput('echo both; echo err >&2'), subprocess.getstatusoutput('echo x; exit 2'))
print(subprocess.getstatusoutput('kill $$'))
print(subprocess.run(['sh', '-c', 'printf "%s|" "$0" "$@"', 'a b', '', "it's", '*'], capture_output=True).stdout)
print(subprocess.run('echo $0 $1', shell=True, executable='/bin/sh', capture_output=True).stdout)
print(subprocess.run(['other', '-c', 'echo $0'], executable='/bin/sh', capture_output=True).stdout)
print(subprocess.run(['sh', '-c', 'echo "$A-$B"; pwd'], env={'A': 'x', 'PATH': '/bin:/usr/bin'}, cwd='/', capture_output=True).stdout)
for call in (lambda: subprocess.run(['cat'], input=b'', stdin=PIPE), lambda: subprocess.run(['cat'], stdout=PIPE, capture_output=True),
             lambda: subprocess.check_output(['cat'], stdout=PIPE), lambda: subprocess.check_output(['cat'], check=True)):
    try:
        call()
    except ValueError as error:
        print(error)
try:
    subprocess.run('echo out; echo err >&2; exit 9', shell=True, check=True, capture_output=True)
except subprocess.CalledProcessError as error:
    print(error, error.cmd, error.returncode, error.stdout, error.output, error.stderr)
