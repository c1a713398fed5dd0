# Copying inside the system, locks, events, timers, files in memory, fcntl.
import fcntl
import os
import struct

a, b = os.memfd_create('a'), os.memfd_create('b')
os.write(a, b'0123456789')
print(os.sendfile(b, a, 2, 5), os.pread(b, 99, 0), os.copy_file_range(a, b, 3, 0, 5), os.pread(b, 99, 0))
r, w = os.pipe()
print(os.splice(a, w, 4, offset_src=1), os.read(r, 99))
buffers = [bytearray(3), bytearray(4)]
print(os.preadv(a, buffers, 1), buffers, os.pwritev(a, [b'AB', b'C'], 0), os.pread(a, 99, 0), os.posix_fallocate(a, 0, 20), os.fstat(a).st_size)
print(os.posix_fadvise(a, 0, 0, os.POSIX_FADV_DONTNEED), os.lockf(a, os.F_TLOCK, 0), os.lockf(a, os.F_ULOCK, 0))
e = os.eventfd(3)
os.eventfd_write(e, 2 ** 40)
print(os.eventfd_read(e), os.get_inheritable(e))
t = os.timerfd_create(1)
print(os.timerfd_settime(t, initial=0.001), struct.unpack('Q', os.read(t, 8)), os.timerfd_gettime_ns(t))
print(os.timerfd_settime_ns(t, initial=10 ** 18, interval=5), os.timerfd_gettime_ns(t)[1])
print(fcntl.fcntl(r, fcntl.F_GETFD), fcntl.fcntl(r, fcntl.F_SETPIPE_SZ, 4096), fcntl.fcntl(r, fcntl.F_GETPIPE_SZ))
print(fcntl.flock(a, fcntl.LOCK_EX | fcntl.LOCK_NB), fcntl.flock(a, fcntl.LOCK_UN), fcntl.lockf(a, fcntl.LOCK_EX, 5, 2), fcntl.lockf(a, fcntl.LOCK_UN))
lock = struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 0, 0)
print(struct.unpack('hhqqi4x', fcntl.fcntl(a, fcntl.F_GETLK, lock)))
os.write(w, b'12345')
count = bytearray(4)
print(fcntl.ioctl(r, 0x541b, count), count, fcntl.ioctl(r, 0x541b, bytes(4)))
for call in (lambda: fcntl.fcntl('x', 1), lambda: fcntl.fcntl(-1, 1), lambda: fcntl.fcntl(999, 1), lambda: fcntl.fcntl(r, 1, 1.5), lambda: fcntl.fcntl(r, 1, b'x' * 2000),
             lambda: fcntl.lockf(a, 99 << 8), lambda: fcntl.flock(a, 999), lambda: os.eventfd(-1), lambda: os.eventfd_write(e, -1), lambda: os.splice(r, w, -1),
             lambda: os.preadv(a, [b'x'], 0), lambda: os.preadv(a, 5, 0), lambda: os.timerfd_create(99), lambda: os.memfd_create(5), lambda: os.posix_fadvise(r, 0, 0, 0)):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)
