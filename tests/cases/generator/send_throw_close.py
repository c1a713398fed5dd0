def g():
    try:
        while True:
            try:
                x = yield "ready"
                print("got", x)
            except ValueError as e:
                print("thrown", e); yield "recovered"
    finally:
        print("closing")
it = g()
print(next(it), it.send(1), it.throw(ValueError("v")), next(it))
it.close(); it.close()
try: next(it)
except StopIteration as e: print("stop", e.value)
try: g().send(1)
except TypeError as e: print(e)
def r(): return 7; yield
def d():
    v = yield from r(); print("v", v)
    yield from [1, 2]
print(list(d()))
def bad(): yield; raise StopIteration("inside")
try: list(bad())
except RuntimeError as e: print(e, repr(e.__cause__))
