import base64, gzip, hashlib, hmac, zlib

for name in sorted(hashlib.algorithms_guaranteed):
    length = (8,) if name.startswith("shake") else ()
    print(name, hashlib.new(name, b"abc").hexdigest(*length)[:32])
print(hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 1000).hex())
print(hmac.new(b"key", b"message", "sha256").hexdigest())
print(hashlib.blake2b(b"x", digest_size=8, key=b"k", salt=b"s", person=b"p").hexdigest())
data = b"".join(b"line %d\n" % n for n in range(1000))
for wbits in (15, 31, -15, 9):
    packed = zlib.compress(data, wbits=wbits)
    unpacker = zlib.decompressobj(wbits)
    first = unpacker.decompress(packed + b"tail", 100)
    rest = unpacker.decompress(unpacker.unconsumed_tail)
    print(len(packed) < 4000, len(first), first + rest == data, unpacker.eof, unpacker.unused_data)
print(gzip.decompress(gzip.compress(data) * 2) == data * 2, zlib.crc32(data), zlib.adler32(data))
for bad in (b"", b"abc", zlib.compress(data)[:-1], zlib.compress(data)[:-4] + b"1234"):
    try:
        zlib.decompress(bad)
    except zlib.error as exc:
        print(exc)
print(base64.b64encode(data[:9]), base64.b85encode(data[:9]), base64.b32encode(data[:6]), base64.a85encode(data[:9]))
