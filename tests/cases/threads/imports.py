# A thread that wants a module which another imports waits for the whole of it; those that would wait in a circle do not.
import os
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
seen = []


def want():
    import _slow
    seen.append((_slow.first, _slow.second))


threads = [threading.Thread(target=want) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(seen)

threads = [threading.Thread(target=__import__, args=(name,)) for name in ('_circle_a', '_circle_b')]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sys.modules['_circle_a'].done, sys.modules['_circle_b'].done)

old = sys.getswitchinterval()
sys.setswitchinterval(0.25)
print(old, sys.getswitchinterval())
for wrong in (0, -1, 'x'):
    try:
        sys.setswitchinterval(wrong)
    except (TypeError, ValueError) as error:
        print(error)
