# Events run in order of time and priority.
import sched
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__module__, type(e).__name__, e, e.args)
now=[0]
s=sched.scheduler(lambda: now[0], lambda d: now.__setitem__(0, now[0]+d))
e=s.enter(5,1,print,('five',)); s.enter(5,0,print,('first',),{'end':'!\n'}); s.enterabs(2,1,print,['two']); x=s.enter(9,1,print)
print(s.queue[0], len(s.queue), s.empty()); s.cancel(x); t(lambda: s.cancel(x)); print(s.run(False)); print(s.run()); print(now, s.empty(), s.run(False))
print(sched.Event.time.__doc__ != '', e.time, sched.__all__)
