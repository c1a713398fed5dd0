# Waiting with a limit: nothing is lost, and communicate() goes on where it was.
import subprocess
from subprocess import PIPE, Popen, TimeoutExpired

child = Popen(['sh', '-c', 'echo first; read line; echo "got $line"; echo err >&2'], stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True)
try:
    child.wait(timeout=0.01)
except TimeoutExpired as error:
    print(error, error.output)
try:
    child.communicate(timeout=0)
except TimeoutExpired as error:
    print(error, error.timeout)
try:
    child.communicate('late', timeout=1)
except ValueError as error:
    print(error)
print(child.communicate(timeout=30), child.returncode)

try:
    subprocess.run('echo partly; echo err >&2; exec sleep 30', shell=True, capture_output=True, timeout=0.3)
except TimeoutExpired as error:
    print(error, error.stdout, error.stderr)
try:
    subprocess.check_output(['sleep', '30'], timeout=0.001)
except TimeoutExpired as error:
    print(error, error.stdout)
try:
    subprocess.call(['sleep', '30'], timeout=0)
except TimeoutExpired as error:
    print(error)

data = b'x' * 300_000
with Popen('sleep 0.05; cat', shell=True, stdin=PIPE, stdout=PIPE) as child:
    try:
        child.communicate(data, timeout=0.001)
    except TimeoutExpired:
        print('not yet')
    print(child.communicate(timeout=60)[0] == data, child.communicate())
