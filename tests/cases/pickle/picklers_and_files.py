# Subclasses, tables, buffers beside the pickle, files of one pickle behind the other.
import pickle, io, copyreg, collections
class P(pickle.Pickler):
    def persistent_id(self, o):
        if isinstance(o, tuple) and o and o[0] == 'pid': return o[1]
    def reducer_override(self, o):
        if getattr(o, '__name__', '') == '<lambda>': return (eval, ('lambda: 7',))
        return NotImplemented
class U(pickle.Unpickler):
    def persistent_load(self, i): return ('loaded', i)
    def find_class(self, m, n): print('find', m, n); return super().find_class(m, n)
for p in range(6):
    f = io.BytesIO(); P(f, p).dump([('pid', 'x'), lambda: 1, len, ('pid', 3), collections.OrderedDict]); print(f.getvalue()); f.seek(0); r = U(f).load(); print(r[0], r[1](), r[2:])
f = io.BytesIO(); p = pickle.Pickler(f, 2); p.dispatch_table = {complex: lambda c: (complex, (9, 9))}; p.dump(1j); p.fast = True; p.dump([[1], [1]]); print(f.getvalue())
class P2(pickle.Pickler):
    dispatch_table = collections.ChainMap({complex: lambda c: (complex, (8, 8))}, copyreg.dispatch_table)
f = io.BytesIO(); P2(f).dump([1j, {}]); print(f.getvalue())
f = io.BytesIO(); p = pickle.Pickler(f); x = [1]; p.dump(x); p.dump(x); p.clear_memo(); p.dump(x); print(f.getvalue()); f.seek(0); u = pickle.Unpickler(f); print(u.load(), u.load(), u.load())
f = io.BytesIO(); p = pickle.Pickler(f); p.persistent_id = lambda o: 'id' if o == 5 else None; p.dump([5, 6]); f.seek(0); u = pickle.Unpickler(f); u.persistent_load = lambda i: ('p', i); print(u.load())
bufs = []; d = pickle.dumps([pickle.PickleBuffer(bytearray(b'abc')), pickle.PickleBuffer(b'xyz'), pickle.PickleBuffer(b'')], 5, buffer_callback=bufs.append); print(d, [bytes(b.raw()) for b in bufs]); print([bytes(x) for x in pickle.loads(d, buffers=bufs)])
d = pickle.dumps([pickle.PickleBuffer(bytearray(b'abc')), pickle.PickleBuffer(b'xyz')]); print(d, pickle.loads(d))
b = pickle.PickleBuffer(b'q'); print(bytes(memoryview(b)), type(b)); b.release()
try: b.raw()
except ValueError as e: print(e)
copyreg.add_extension('collections', 'OrderedDict', 200); copyreg.add_extension('collections', 'deque', 70000); copyreg.add_extension('collections', 'Counter', 300)
for p in (1, 2, 4): d = pickle.dumps([collections.OrderedDict, collections.deque, collections.Counter], p); print(d, pickle.loads(d))
class F:
    def __init__(s, d): s.d = d; s.p = 0
    def read(s, n): r = s.d[s.p:s.p+n]; s.p += n; print('read', n); return r
    def readline(s): i = s.d.index(b'\n', s.p) + 1; r = s.d[s.p:i]; s.p = i; print('line', r); return r
print(pickle.load(F(pickle.dumps([1, 'a'], 4))), pickle.load(F(pickle.dumps([1, 'a', 1.5], 0))))
f = io.BufferedReader(io.BytesIO(pickle.dumps([1]*10, 0) + pickle.dumps('x'*200000, 2) + pickle.dumps({'a': 1}, 4) + b'rest')); print(pickle.load(f), len(pickle.load(f)), pickle.load(f), f.read())

