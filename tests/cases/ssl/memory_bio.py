# Bytes in memory: what is read, and when the end is seen.
import ssl

bio = ssl.MemoryBIO()
print(bio.pending, bio.eof, bio.read())
print(bio.write(b'hello'), bio.write(bytearray(b' wor')), bio.write(memoryview(b'ld')), bio.write(b''))
print(bio.pending, bio.read(3), bio.read(0), bio.read(-1), bio.read(), bio.eof)
bio.write(b'rest')
bio.write_eof()
print(bio.eof, bio.read(2), bio.eof, bio.read(), bio.eof, bio.read())
for call in (
    lambda: bio.write(b'more'),
    lambda: ssl.MemoryBIO().write('text'),
    lambda: ssl.MemoryBIO().write(None),
    lambda: ssl.MemoryBIO().read('x'),
    lambda: ssl.MemoryBIO(1),
):
    try:
        print(call())
    except (TypeError, ssl.SSLError) as exc:
        print(type(exc).__name__, exc)

# Many small pieces go through without the whole being moved each time.
bio = ssl.MemoryBIO()
for _ in range(20000):
    bio.write(b'0123456789' * 10)
total = 0
while chunk := bio.read(7):
    total += len(chunk)
print(total, bio.pending)
