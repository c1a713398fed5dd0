def inner():
    try:
        a = yield 1
        print("inner got", a)
        b = yield 2
    except KeyError as e:
        print("inner caught", e); return "from except"
    return "plain"
def outer():
    r = yield from inner()
    print("result", r)
    r = yield from inner()
    print("result", r)
o = outer()
print(next(o), o.send("A"))
print(o.throw(KeyError("k")))
print(o.gi_yieldfrom is not None, o.gi_running, o.gi_frame.f_lineno)
try: o.send("B"); o.send("C")
except StopIteration: print("end")
