# Pipes between children, large data both ways, readers and writers that go away.
import os
import subprocess
from subprocess import PIPE, Popen

first = Popen(['echo', 'b\na\nb'], stdout=PIPE)
second = Popen(['sort'], stdin=first.stdout, stdout=PIPE)
third = Popen(['uniq', '-c'], stdin=second.stdout, stdout=PIPE, text=True)
first.stdout.close()
second.stdout.close()
print(third.communicate()[0].split(), first.wait(), second.wait())

data = os.urandom(3_000_000)
with Popen(['sh', '-c', 'tee /dev/stderr'], stdin=PIPE, stdout=PIPE, stderr=PIPE) as child:
    out, err = child.communicate(data)
    print(out == data, err == data, child.returncode)
# One that ends without reading, and one that closes its input.
print(subprocess.run(['true'], input=data, stdout=PIPE), subprocess.run('exec <&-; sleep 0.01', shell=True, input=data).returncode)
# Writing to nobody is an error here, not the end of us.
child = Popen(['true'], stdin=PIPE, bufsize=0)
child.wait()
try:
    child.stdin.write(b'x')
except BrokenPipeError as error:
    print(error)
child.stdin.close()
# The reader goes first: SIGPIPE is restored in children.
child = Popen(['yes'], stdout=PIPE)
print(child.stdout.readline())
child.stdout.close()
print(child.wait())
with Popen(['cat'], stdin=PIPE, stdout=PIPE, text=True, bufsize=1) as child:
    for word in ('one\n', 'two\n'):
        child.stdin.write(word)
        print(child.stdout.readline(), end='')
with Popen(['cat'], stdin=PIPE, stdout=PIPE, pipesize=65536 * 2, bufsize=0) as child:
    print(child.stdin.write(b'y' * 100_000), type(child.stdin).__name__)
