# Ctrl-C while another interpreter computes: both are interrupted.
import warnings
from concurrent import interpreters

other = interpreters.create()
try:
    other.exec('''
import os, signal
try:
    os.kill(os.getpid(), signal.SIGINT)
    while True:
        pass
except KeyboardInterrupt:
    was_interrupted = True
''')
except KeyboardInterrupt:
    print('interrupted')
while other.is_running():
    pass
other.exec('assert was_interrupted')
other.close()

# One that is left is ended with the program, which says so.
left = interpreters.create()
left.exec('import atexit, sys; atexit.register(print, "left"); print("line", flush=True)')
