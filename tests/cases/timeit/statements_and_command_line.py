# Statements and functions timed by a clock that counts, and the command line.
import timeit
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
n=[0]
def fake(): n[0]+=1; return n[0]
print(timeit.timeit('x=1',number=3,timer=fake), timeit.repeat(lambda: None, number=2, repeat=3, timer=fake), timeit.Timer('q+=1', 'q=5\nw=3', globals={}).timeit(2) >= 0, timeit.Timer(timer=fake).autorange(lambda *a: print(a)), timeit.__all__)
l=[]; timeit.timeit('l.append(k)', 'k=7', number=3, globals={'l': l}); print(l); t(lambda: timeit.timeit('return')); t(lambda: timeit.timeit('break')); t(lambda: timeit.timeit(5)); t(lambda: timeit.timeit(setup=5)); t(lambda: timeit.timeit('undefined_name', number=1)); t(lambda: timeit.timeit('x = """a\n  b"""', number=1) > 0); timeit.timeit(lambda: l.append(1), lambda: l.clear(), number=2); print(l)
def wrap(_):
    now = [0]
    def timer(): now[0] += 0.25; return now[0]
    return timer
for a in (['-n','5','pass'], ['x=1'], ['-v','x=1'], ['-vv','-n1','-r','2','-u','msec','x=1','y=2'], ['-u','x'], ['-q'], ['-r','0','-s','a=3','a']):
    print(timeit.main(a, _wrap_timer=wrap))
