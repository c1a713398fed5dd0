def f():
    for i in range(3):
        try:
            if i == 1: continue
            if i == 2: return "try"
        finally:
            print("finally", i)
print(f())
def g():
    try:
        raise ValueError("lost")
    except ValueError as e:
        try: raise TypeError("new")
        except TypeError: pass
        raise
    finally:
        print("done")
try: g()
except ValueError as e: print("caught", e, e.__context__)
try:
    e
except NameError as err: print(err)
