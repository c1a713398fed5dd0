# What a child finds of its parent's signals, and how it ends by one.
import signal
import subprocess
from subprocess import PIPE, Popen


def state(**options):
    """Signals that are blocked and ignored in a child."""
    lines = subprocess.run(['cat', '/proc/self/status'], stdout=PIPE, **options).stdout.decode().splitlines()
    fields = dict(line.split(':\t') for line in lines if line.startswith('Sig'))

    def numbers(mask):
        return [signal.Signals(n).name for n in range(1, 32) if int(mask, 16) >> (n - 1) & 1]
    return numbers(fields['SigBlk']), numbers(fields['SigIgn']), numbers(fields['SigCgt'])


print(signal.getsignal(signal.SIGPIPE), signal.getsignal(signal.SIGXFSZ))
print(state(), state(restore_signals=False))
signal.signal(signal.SIGUSR1, lambda *args: None)
signal.signal(signal.SIGUSR2, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])
print(state())
print(signal.pthread_sigmask(signal.SIG_BLOCK, []))
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGHUP])
for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGUSR1):
    child = Popen(['sleep', '30'])
    print(child.poll())
    child.send_signal(number)
    print(child.wait() == -number, child)
child.kill()
child.terminate()
print(subprocess.run('kill -SEGV $$', shell=True).returncode)
