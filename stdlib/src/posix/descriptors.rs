//! Descriptors: opening, reading, writing, and what can be asked and set.

use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::protocol::buffer::BytesRef;
use ouro_runtime::{Args, Exc, NativeFn, PyResult, Value, Vm};

use super::path::{PATHS, PathArg, dir_fd, fileno};
use crate::convert::{int32, int64};
use crate::errors::{os, os_retried};
use crate::os_path;
use crate::struct_sequence::{StructSequence, fields};

pub const FUNCTIONS: &[NativeFn] = &[
    NativeFn::new("open(path, flags, mode=511, *, dir_fd=None)", open)
        .doc("Open a file for low level IO.  Returns a file descriptor (integer)."),
    NativeFn::new("close(fd)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        os(vm, vm.host.close(fd))?;
        Ok(Value::NONE)
    })
    .doc("Close a file descriptor."),
    NativeFn::new("closerange(fd_low, fd_high, /)", |vm, args| {
        let (low, high) = (int32(vm, args.value(0))?, int32(vm, args.value(1))?);
        vm.host.close_range(low.max(0), high);
        Ok(Value::NONE)
    })
    .doc("Closes all file descriptors in [fd_low, fd_high), ignoring errors."),
    NativeFn::new("dup(fd, /)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        Ok(Value::small(os(vm, vm.host.duplicate(fd, false))?.into()))
    })
    .doc("Return a duplicate of a file descriptor."),
    NativeFn::new("dup2(fd, fd2, inheritable=True)", |vm, args| {
        let (fd, target) = (int32(vm, args.value(0))?, int32(vm, args.value(1))?);
        let inheritable = args.get(2).map_or(Ok(true), |inheritable| vm.truth(inheritable))?;
        if fd < 0 || target < 0 {
            return vm.raise_os_error(&std::io::Error::from_raw_os_error(libc::EBADF), None);
        }
        Ok(Value::small(os(vm, vm.host.duplicate_to(fd, target, inheritable))?.into()))
    })
    .doc("Duplicate file descriptor."),
    NativeFn::new("read(fd, length, /)", |vm, args| {
        let (fd, length) = (int32(vm, args.value(0))?, length(vm, args.value(1))?);
        let mut buffer = vec![0; length];
        let n = os_retried(vm, || vm.host.read(fd, &mut buffer))?;
        buffer.truncate(n);
        Ok(Bytes::from_vec(buffer).into())
    })
    .doc("Read from a file descriptor.  Returns a bytes object."),
    NativeFn::new("readinto(fd, buffer, /)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        let size = vm.writable_len(args.value(1), "readinto")?;
        let mut data = vec![0; size];
        let n = os_retried(vm, || vm.host.read(fd, &mut data))?;
        vm.fill_buffer(args.value(1), "readinto", |buffer| buffer[..n].copy_from_slice(&data[..n]))?;
        Ok(n.into())
    })
    .doc("Read into a buffer object from a file descriptor."),
    NativeFn::new("pread(fd, length, offset, /)", |vm, args| {
        let (fd, length) = (int32(vm, args.value(0))?, length(vm, args.value(1))?);
        let offset = int64(vm, args.value(2), "long")?;
        let mut buffer = vec![0; length];
        let n = os(vm, vm.host.read_at(fd, &mut buffer, offset))?;
        buffer.truncate(n);
        Ok(Bytes::from_vec(buffer).into())
    })
    .doc("Read a number of bytes from a file descriptor starting at a particular offset."),
    NativeFn::new("readv(fd, buffers, /)", readv)
        .doc("Read from a file descriptor fd into an iterable of buffers."),
    NativeFn::new("write(fd, data, /)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        Ok(write_bytes(vm, args.value(1), |data| vm.host.write(fd, data))?.into())
    })
    .doc("Write a bytes object to a file descriptor."),
    NativeFn::new("pwrite(fd, buffer, offset, /)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        let offset = int64(vm, args.value(2), "long")?;
        Ok(write_bytes(vm, args.value(1), |data| vm.host.write_at(fd, data, offset))?.into())
    })
    .doc("Write bytes to a file descriptor starting at a particular offset."),
    NativeFn::new("writev(fd, buffers, /)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        let mut data = Vec::new();
        for buffer in sequence(vm, args.value(1), "writev() arg 2 must be a sequence")? {
            data.extend_from_slice(&bytes(vm, &buffer)?);
        }
        Ok(os_retried(vm, || vm.host.write(fd, &data))?.into())
    })
    .doc("Iterate over buffers, and write the contents of each to a file descriptor."),
    NativeFn::new("lseek(fd, position, whence, /)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        let position = int64(vm, args.value(1), "long")?;
        let whence = int32(vm, args.value(2))?;
        Ok(Value::int(os(vm, vm.host.seek(fd, position, whence))?))
    })
    .doc("Set the position of a file descriptor.  Return the new position."),
    NativeFn::new("ftruncate(fd, length, /)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        let length = int64(vm, args.value(1), "long")?;
        os(vm, vm.host.truncate_fd(fd, length))?;
        Ok(Value::NONE)
    })
    .doc("Truncate a file, specified by file descriptor, to a specific length."),
    NativeFn::new("fsync(fd)", |vm, args| {
        let fd = fileno(vm, args.value(0))?;
        os(vm, vm.blocking(|host| host.sync(fd, false)))?;
        Ok(Value::NONE)
    })
    .doc("Force write of fd to disk."),
    NativeFn::new("fdatasync(fd)", |vm, args| {
        let fd = fileno(vm, args.value(0))?;
        os(vm, vm.blocking(|host| host.sync(fd, true)))?;
        Ok(Value::NONE)
    })
    .doc("Force write of fd to disk without forcing update of metadata."),
    NativeFn::new("isatty(fd, /)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        Ok(vm.host.is_terminal(fd).into())
    })
    .doc("Return True if the fd is connected to a terminal."),
    NativeFn::new("ttyname(fd, /)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        let name = os(vm, vm.host.terminal_name(fd))?;
        Ok(os_path::decode(vm, &name)?.into())
    })
    .doc("Return the name of the terminal device connected to 'fd'."),
    NativeFn::new("device_encoding(fd)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        Ok(if vm.host.is_terminal(fd) { "UTF-8".into() } else { Value::NONE })
    })
    .doc("Return a string describing the encoding of a terminal's file descriptor."),
    NativeFn::new("get_terminal_size(fd=<unrepresentable>, /)", |vm, args| {
        let fd = args.get(0).map_or(Ok(1), |fd| int32(vm, fd))?;
        let (columns, lines) = os(vm, vm.host.terminal_size(fd))?;
        TERMINAL_SIZE.make(vm, vec![Value::small(columns.into()), Value::small(lines.into())])
    })
    .doc("Return the size of the terminal window as (columns, lines)."),
    NativeFn::new("pipe()", |vm, _| pipe(vm, libc::O_CLOEXEC)).doc("Create a pipe."),
    NativeFn::new("pipe2(flags, /)", |vm, args| {
        let flags = int32(vm, args.value(0))?;
        pipe(vm, flags)
    })
    .doc("Create a pipe with flags set atomically."),
    NativeFn::new("get_inheritable(fd, /)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        Ok(os(vm, vm.host.is_inheritable(fd))?.into())
    })
    .doc("Get the close-on-exe flag of the specified file descriptor."),
    NativeFn::new("set_inheritable(fd, inheritable, /)", |vm, args| {
        let (fd, inheritable) = (int32(vm, args.value(0))?, int32(vm, args.value(1))? != 0);
        os(vm, vm.host.set_inheritable(fd, inheritable))?;
        Ok(Value::NONE)
    })
    .doc("Set the inheritable flag of the specified file descriptor."),
    NativeFn::new("get_blocking(fd, /)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        Ok(os(vm, vm.host.is_blocking(fd))?.into())
    })
    .doc("Get the blocking mode of the file descriptor."),
    NativeFn::new("set_blocking(fd, blocking, /)", |vm, args| {
        let (fd, blocking) = (int32(vm, args.value(0))?, vm.truth(args.value(1))?);
        os(vm, vm.host.set_blocking(fd, blocking))?;
        Ok(Value::NONE)
    })
    .doc("Set the blocking mode of the specified file descriptor."),
];

pub static TERMINAL_SIZE: StructSequence = StructSequence::new(
    "os",
    "terminal_size",
    "A tuple of (columns, lines) for holding terminal window size",
    &fields(["columns", "lines"]),
    2,
    2,
);

fn open(vm: &Vm, args: Args<'_>) -> PyResult {
    let path = PathArg::new(vm, args.get(0), "open", "path", PATHS)?;
    let flags = int32(vm, args.value(1))?;
    let mode = args.get(2).map_or(Ok(0o777), |mode| int32(vm, mode))?;
    let folder = dir_fd(vm, args.get(3))?;
    vm.audit("open", || vec![path.given.clone(), Value::NONE, Value::small(flags.into())])?;
    let fd = path.os(vm, vm.blocking(|host| host.open(path.bytes(), flags, mode as u32, folder)))?;
    Ok(Value::small(fd.into()))
}

/// How many bytes to read.
fn length(vm: &Vm, value: &Value) -> PyResult<usize> {
    let length = int64(vm, value, "ssize_t")?;
    if length < 0 {
        return vm.raise_os_error(&std::io::Error::from_raw_os_error(libc::EINVAL), None);
    }
    // The system reads no more at once.
    vm.check_text_size(Some((length as usize).min(0x7fff_f000)))
}

/// Writes what an argument lends, in place: there may be a lot of it behind what the system takes. It is lent anew after each interruption,
/// as handlers may change it.
fn write_bytes(vm: &Vm, value: &Value, write: impl Fn(&[u8]) -> std::io::Result<usize>) -> PyResult<usize> {
    loop {
        let data = vm.lent_to_system(value)?;
        let result = vm.blocking(|_| write(&data));
        drop(data);
        match result {
            Err(error) if error.raw_os_error() == Some(libc::EINTR) => vm.check_signals()?,
            result => return os(vm, result),
        }
    }
}

/// A copy of the bytes, as signal handlers may run while they are written.
pub fn bytes(vm: &Vm, value: &Value) -> PyResult<Vec<u8>> {
    match vm.borrow_bytes(value)? {
        Some(BytesRef::Slice(bytes)) => Ok(bytes.to_vec()),
        Some(_) => Ok(vm.copy_bytes(value)?.unwrap_or_default()),
        None => vm.raise_type_of("a bytes-like object is required, not '{}'", value),
    }
}

pub fn sequence(vm: &Vm, value: &Value, message: &str) -> PyResult<Vec<Value>> {
    if !vm.is_iterable(value) {
        return vm.raise(Exc::TypeError, message);
    }
    vm.collect(value)
}

fn readv(vm: &Vm, args: Args<'_>) -> PyResult {
    let fd = int32(vm, args.value(0))?;
    fill_buffers(vm, args.value(1), "readv() arg 2 must be a sequence", |data| vm.host.read(fd, data))
}

/// Fills writable buffers, one after the other, with what one read gives.
pub fn fill_buffers(
    vm: &Vm,
    buffers: &Value,
    message: &str,
    mut read: impl FnMut(&mut [u8]) -> std::io::Result<usize>,
) -> PyResult {
    let buffers = sequence(vm, buffers, message)?;
    let mut sizes = Vec::new();
    for buffer in &buffers {
        if !vm.has_buffer(buffer) {
            return vm.raise_type_of("a bytes-like object is required, not '{}'", buffer);
        }
        match vm.writable_len(buffer, "readv") {
            Ok(size) => sizes.push(size),
            Err(raised) => {
                drop(vm.take_raised(raised));
                return vm.raise(Exc::BufferError, "Object is not writable.");
            }
        }
    }
    let mut data = vec![0; sizes.iter().sum()];
    let n = os_retried(vm, || read(&mut data))?;
    let mut rest = &data[..n];
    for buffer in &buffers {
        let size = vm.writable_len(buffer, "readv")?.min(rest.len());
        vm.fill_buffer(buffer, "readv", |target| target[..size].copy_from_slice(&rest[..size]))?;
        rest = &rest[size..];
    }
    Ok(n.into())
}

fn pipe(vm: &Vm, flags: i32) -> PyResult {
    let (reader, writer) = os(vm, vm.host.pipe(flags))?;
    Ok(vm.tuple(&[Value::small(reader.into()), Value::small(writer.into())]))
}
