# UUIDs in all forms and versions, and what is none.
import uuid, pickle
u = uuid.UUID('12345678-1234-5678-1234-567812345678'); print(u, repr(u), u.hex, u.int, u.bytes, u.bytes_le, u.fields, u.urn, u.variant, u.version, u.time, u.clock_seq, u.node, hash(u) == hash(u.int))
print(uuid.UUID(bytes=u.bytes) == u, uuid.UUID(bytes_le=u.bytes_le) == u, uuid.UUID(fields=u.fields) == u, uuid.UUID(int=5, version=4), uuid.UUID('{urn:uuid:' + u.hex + '}'), u < uuid.MAX, uuid.NIL, pickle.loads(pickle.dumps(u)) == u, pickle.dumps(u))
for f in (uuid.uuid1, uuid.uuid4, uuid.uuid6, uuid.uuid7, uuid.uuid8): x = f(); print(f.__name__, x.version, x.variant, f() != x)
a = [uuid.uuid7() for _ in range(1000)]; print(a == sorted(a), uuid.uuid8(1, 2, 3), uuid.uuid1(5, 6).node, uuid.uuid6(5, 6).clock_seq)
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
t(lambda: uuid.UUID()); t(lambda: uuid.UUID('x')); t(lambda: uuid.UUID(int=-1)); t(lambda: uuid.UUID(int=1, version=9)); t(lambda: uuid.UUID(bytes=b'1')); t(lambda: uuid.UUID(fields=(1,))); t(lambda: uuid.UUID(fields=(1, 2, 3, 4, 5, 1 << 50))); t(lambda: setattr(u, 'int', 1)); t(lambda: u < 1); t(lambda: u == 1)
