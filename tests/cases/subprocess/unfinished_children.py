# A Popen that goes away before its child: a warning, and no zombie.
import gc
import os
import subprocess
import sys
import warnings
from subprocess import PIPE, Popen

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter('always')
    child = Popen(['cat'], stdin=PIPE)
    pid, stdin = child.pid, child.stdin
    del child
    gc.collect()
    print([str(one.message) == f'subprocess {pid} is still running' for one in caught], caught[0].category.__name__)
print(len(subprocess._active))
stdin.close()
os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
print(subprocess.run(['true']).returncode, subprocess._active)
# Somebody else waits for the child.
child = Popen(['sh', '-c', 'exit 3'])
print(os.waitpid(child.pid, 0)[1], child.poll(), child.wait())
child = Popen(['sh', '-c', 'exit 3'])
os.waitpid(child.pid, 0)
print(child.wait())
# A child that is stopped has not ended.
child = Popen(['sleep', '30'])
os.kill(child.pid, __import__('signal').SIGSTOP)
os.waitpid(child.pid, os.WUNTRACED)
print(child.poll())
child.kill()
print(child.wait())
