a = list(range(10))
a[2:5] = "xy"; print(a); a[::3] = [0] * len(a[::3]); print(a); del a[1::2]; print(a, a[-3:], a[::-1], a[5:1], a[99:])
print(sorted("bAc", key=str.lower, reverse=True), sorted([3, 1, 2], key=lambda x: -x), [1, 2] * 2 + [3], [1, [2]] == [1, [2]], [1, 2] < [1, 3])
a, *b, c = range(5); print(a, b, c)
try: a, b = range(3)
except ValueError as e: print(e)
try: a, b = [1]
except ValueError as e: print(e)
try: [0][::2] = [1, 2]
except Exception as e: print(type(e).__name__, e)
for f in (lambda: [1][5], lambda: [1]["a"], lambda: [].pop(), lambda: [].remove(1), lambda: [1].index(2), lambda: [1, "a"].sort(), lambda: [1] + (2,), lambda: [1][::0]):
    try: f()
    except Exception as e: print(type(e).__name__, e)
l = [3, 1, 2]
class Bad:
    def __lt__(self, o): l.append(1); return True
x = [Bad(), Bad()]
l = x
try: x.sort()
except ValueError as e: print(e)
r = []; r.append(r); print(r)
