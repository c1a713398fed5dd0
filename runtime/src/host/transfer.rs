//! Descriptors beyond plain reading and writing: copying inside the system, locks, control calls, events, timers, extended attributes.

#![allow(unsafe_code)]

use std::ffi::{CString, c_void};
use std::io;

use super::{Host, check, check_number};

fn c_string(bytes: &[u8]) -> io::Result<CString> {
    CString::new(bytes).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))
}

fn pointer(offset: &mut Option<i64>) -> *mut i64 {
    offset.as_mut().map_or(std::ptr::null_mut(), std::ptr::from_mut)
}

/// How a file lock is asked for.
#[derive(Clone, Copy, Debug)]
pub struct FileLock {
    /// `F_RDLCK`, `F_WRLCK` or `F_UNLCK`.
    pub kind: i32,
    pub whence: i32,
    pub start: i64,
    pub length: i64,
    pub waits: bool,
}

/// What extended attributes are looked for at.
#[derive(Clone, Copy, Debug)]
pub enum AttributeTarget<'a> {
    Path(&'a [u8]),
    /// A link itself.
    Link(&'a [u8]),
    Fd(i32),
}

/// Seconds and nanoseconds.
pub type TimerTime = (i64, i64);

impl Host {
    /// Sends from a file to a descriptor; from its own position without an offset. Interruptions are reported.
    pub fn send_file(&self, out: i32, input: i32, offset: Option<i64>, count: usize) -> io::Result<usize> {
        let mut offset = offset;
        // SAFETY: the offset is read and written, if there is one.
        Ok(check(unsafe { libc::sendfile(out, input, pointer(&mut offset), count) })? as usize)
    }

    /// Moves bytes between a pipe and a descriptor. Interruptions are reported.
    pub fn splice(
        &self,
        from: (i32, Option<i64>),
        to: (i32, Option<i64>),
        count: usize,
        flags: u32,
    ) -> io::Result<usize> {
        let (mut from_offset, mut to_offset) = (from.1, to.1);
        // SAFETY: the offsets are read and written, if there are any.
        Ok(check(unsafe {
            libc::splice(from.0, pointer(&mut from_offset), to.0, pointer(&mut to_offset), count, flags)
        })? as usize)
    }

    /// Copies between files inside the system. Interruptions are reported.
    pub fn copy_file_range(
        &self,
        from: (i32, Option<i64>),
        to: (i32, Option<i64>),
        count: usize,
    ) -> io::Result<usize> {
        let (mut from_offset, mut to_offset) = (from.1, to.1);
        // SAFETY: the offsets are read and written, if there are any.
        Ok(check(unsafe {
            libc::copy_file_range(from.0, pointer(&mut from_offset), to.0, pointer(&mut to_offset), count, 0)
        })? as usize)
    }

    /// Reads at an offset with flags (`RWF_...`). Interruptions are reported.
    pub fn read_at_with(&self, fd: i32, buffer: &mut [u8], offset: i64, flags: i32) -> io::Result<usize> {
        let part = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
        // SAFETY: one part is read, and the buffer is writable for its length.
        Ok(check(unsafe { libc::preadv2(fd, &raw const part, 1, offset, flags) })? as usize)
    }

    /// Writes at an offset with flags (`RWF_...`). Interruptions are reported.
    pub fn write_at_with(&self, fd: i32, bytes: &[u8], offset: i64, flags: i32) -> io::Result<usize> {
        let part = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
        // SAFETY: one part is read, and so are the bytes, for their length.
        Ok(check(unsafe { libc::pwritev2(fd, &raw const part, 1, offset, flags) })? as usize)
    }

    /// Locks from a file's position on, as `lockf` does. Interruptions are reported.
    pub fn lock_from_position(&self, fd: i32, command: i32, length: i64) -> io::Result<()> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::lockf(fd, command, length) }).map(drop)
    }

    /// Locks a part of a file. Interruptions are reported.
    pub fn lock_part(&self, fd: i32, lock: FileLock) -> io::Result<()> {
        // SAFETY: a zeroed flock is valid.
        let mut raw: libc::flock = unsafe { std::mem::zeroed() };
        (raw.l_type, raw.l_whence) = (lock.kind as _, lock.whence as _);
        (raw.l_start, raw.l_len) = (lock.start, lock.length);
        let command = if lock.waits { libc::F_SETLKW } else { libc::F_SETLK };
        // SAFETY: one flock is read.
        check(unsafe { libc::fcntl(fd, command, &raw const raw) }).map(drop)
    }

    /// Locks or unlocks a whole file. Interruptions are reported.
    pub fn lock_whole(&self, fd: i32, operation: i32) -> io::Result<()> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::flock(fd, operation) }).map(drop)
    }

    /// `fcntl` with a number. The system checks it; a number that is taken for an address can at most fail or hit this program's own
    /// memory, which the caller answers for. Interruptions are reported.
    pub fn control(&self, fd: i32, command: i32, argument: i32) -> io::Result<i32> {
        // SAFETY: see above.
        check(unsafe { libc::fcntl(fd, command, argument) })
    }

    /// `fcntl` with a buffer, which has room for whatever the command writes. Interruptions are reported.
    pub fn control_with(&self, fd: i32, command: i32, buffer: &mut [u8]) -> io::Result<i32> {
        // SAFETY: the buffer is writable; that it suffices for the command is the caller's to say.
        check(unsafe { libc::fcntl(fd, command, buffer.as_mut_ptr()) })
    }

    /// `ioctl` with a number; see [`Host::control`].
    pub fn device_control(&self, fd: i32, request: u64, argument: i64) -> io::Result<i32> {
        // SAFETY: as for `control`.
        check(unsafe { libc::ioctl(fd, request as _, argument) })
    }

    /// `ioctl` with a buffer; see [`Host::control_with`].
    pub fn device_control_with(&self, fd: i32, request: u64, buffer: &mut [u8]) -> io::Result<i32> {
        // SAFETY: as for `control_with`.
        check(unsafe { libc::ioctl(fd, request as _, buffer.as_mut_ptr()) })
    }

    /// A file in memory.
    pub fn make_memory_file(&self, name: &[u8], flags: u32) -> io::Result<i32> {
        let name = c_string(name)?;
        // SAFETY: the name is a C string that lives through the call.
        check(unsafe { libc::memfd_create(name.as_ptr(), flags) })
    }

    /// A descriptor that counts.
    pub fn make_event(&self, initial: u32, flags: i32) -> io::Result<i32> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::eventfd(initial, flags) })
    }

    pub fn make_timer(&self, clock: i32, flags: i32) -> io::Result<i32> {
        // SAFETY: no memory is touched.
        check(unsafe { libc::timerfd_create(clock, flags) })
    }

    /// Sets (next expiry, interval) and gives the setting before.
    pub fn set_timer(
        &self,
        fd: i32,
        flags: i32,
        setting: (TimerTime, TimerTime),
    ) -> io::Result<(TimerTime, TimerTime)> {
        let time =
            |(seconds, nanoseconds): TimerTime| libc::timespec { tv_sec: seconds, tv_nsec: nanoseconds };
        let new = libc::itimerspec { it_value: time(setting.0), it_interval: time(setting.1) };
        let mut old = libc::itimerspec { it_value: time((0, 0)), it_interval: time((0, 0)) };
        // SAFETY: one setting is read, one written.
        check(unsafe { libc::timerfd_settime(fd, flags, &raw const new, &raw mut old) })?;
        Ok(timer_of(&old))
    }

    pub fn timer(&self, fd: i32) -> io::Result<(TimerTime, TimerTime)> {
        let zero = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        let mut setting = libc::itimerspec { it_value: zero, it_interval: zero };
        // SAFETY: one setting is written.
        check(unsafe { libc::timerfd_gettime(fd, &raw mut setting) })?;
        Ok(timer_of(&setting))
    }

    /// Says how a part of a file will be used.
    pub fn advise_use(&self, fd: i32, offset: i64, length: i64, advice: i32) -> io::Result<()> {
        // SAFETY: no memory is touched.
        check_number(unsafe { libc::posix_fadvise(fd, offset, length, advice) })
    }

    /// Makes sure that there is room for a part of a file.
    pub fn allocate_space(&self, fd: i32, offset: i64, length: i64) -> io::Result<()> {
        // SAFETY: no memory is touched.
        check_number(unsafe { libc::posix_fallocate(fd, offset, length) })
    }

    pub fn make_node(&self, path: &[u8], mode: u32, device: u64, folder: Option<i32>) -> io::Result<()> {
        let path = c_string(path)?;
        // SAFETY: the path is a C string that lives through the call.
        check(unsafe { libc::mknodat(folder.unwrap_or(libc::AT_FDCWD), path.as_ptr(), mode, device) })
            .map(drop)
    }

    /// The value of an extended attribute.
    pub fn attribute(&self, target: AttributeTarget<'_>, name: &[u8]) -> io::Result<Vec<u8>> {
        let name = c_string(name)?;
        filled(|buffer: *mut c_void, size| {
            // SAFETY: path and name are C strings that live through the call, and the buffer is writable for its size.
            Ok(unsafe {
                match target {
                    AttributeTarget::Path(path) => {
                        libc::getxattr(c_string(path)?.as_ptr(), name.as_ptr(), buffer, size)
                    }
                    AttributeTarget::Link(path) => {
                        libc::lgetxattr(c_string(path)?.as_ptr(), name.as_ptr(), buffer, size)
                    }
                    AttributeTarget::Fd(fd) => libc::fgetxattr(fd, name.as_ptr(), buffer, size),
                }
            })
        })
    }

    /// The names of extended attributes, each with a NUL behind it.
    pub fn attribute_names(&self, target: AttributeTarget<'_>) -> io::Result<Vec<u8>> {
        filled(|buffer: *mut c_void, size| {
            let buffer = buffer.cast();
            // SAFETY: the path is a C string that lives through the call, and the buffer is writable for its size.
            Ok(unsafe {
                match target {
                    AttributeTarget::Path(path) => libc::listxattr(c_string(path)?.as_ptr(), buffer, size),
                    AttributeTarget::Link(path) => libc::llistxattr(c_string(path)?.as_ptr(), buffer, size),
                    AttributeTarget::Fd(fd) => libc::flistxattr(fd, buffer, size),
                }
            })
        })
    }

    pub fn set_attribute(
        &self,
        target: AttributeTarget<'_>,
        name: &[u8],
        value: &[u8],
        flags: i32,
    ) -> io::Result<()> {
        let name = c_string(name)?;
        let (name, data, size) = (name.as_ptr(), value.as_ptr().cast(), value.len());
        // SAFETY: path and name are C strings that live through the call, and the value is readable for its length.
        check(unsafe {
            match target {
                AttributeTarget::Path(path) => {
                    libc::setxattr(c_string(path)?.as_ptr(), name, data, size, flags)
                }
                AttributeTarget::Link(path) => {
                    libc::lsetxattr(c_string(path)?.as_ptr(), name, data, size, flags)
                }
                AttributeTarget::Fd(fd) => libc::fsetxattr(fd, name, data, size, flags),
            }
        })
        .map(drop)
    }

    pub fn remove_attribute(&self, target: AttributeTarget<'_>, name: &[u8]) -> io::Result<()> {
        let name = c_string(name)?;
        // SAFETY: path and name are C strings that live through the call.
        check(unsafe {
            match target {
                AttributeTarget::Path(path) => libc::removexattr(c_string(path)?.as_ptr(), name.as_ptr()),
                AttributeTarget::Link(path) => libc::lremovexattr(c_string(path)?.as_ptr(), name.as_ptr()),
                AttributeTarget::Fd(fd) => libc::fremovexattr(fd, name.as_ptr()),
            }
        })
        .map(drop)
    }
}

/// What a call puts into a buffer whose size it tells when it is given none.
fn filled(mut call: impl FnMut(*mut c_void, usize) -> io::Result<isize>) -> io::Result<Vec<u8>> {
    loop {
        let size = check(call(std::ptr::null_mut(), 0)?)? as usize;
        let mut buffer = vec![0u8; size];
        match check(call(buffer.as_mut_ptr().cast(), size)?) {
            Ok(used) => {
                buffer.truncate(used as usize);
                return Ok(buffer);
            }
            // It grew meanwhile.
            Err(error) if error.raw_os_error() == Some(libc::ERANGE) => {}
            Err(error) => return Err(error),
        }
    }
}

fn timer_of(raw: &libc::itimerspec) -> (TimerTime, TimerTime) {
    let time = |time: &libc::timespec| (time.tv_sec, time.tv_nsec);
    (time(&raw.it_value), time(&raw.it_interval))
}
