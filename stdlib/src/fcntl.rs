//! `fcntl`: control of files, devices and locks.

use ouro_runtime::host::FileLock;
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::int;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, NativeFn, NativeModule, PyResult, Value, Vm};

use crate::convert::{int32, int64};
use crate::errors::os_retried;
use crate::posix::path::fileno;

pub static MODULE: NativeModule = NativeModule {
    name: "fcntl",
    doc: "This module performs file control and I/O control on file\ndescriptors.  It is an interface to the fcntl() and ioctl() Unix\nroutines.  File descriptors can be obtained with the fileno() method of\na file or socket object.",
    functions: &[
        NativeFn::new("fcntl(fd, cmd, arg=0, /)", fcntl)
            .doc("Perform the operation cmd on file descriptor fd."),
        NativeFn::new("ioctl(fd, request, arg=0, mutate_flag=True, /)", ioctl)
            .doc("Perform the operation request on file descriptor fd."),
        NativeFn::new("flock(fd, operation, /)", |vm, args| {
            let fd = fileno(vm, args.value(0))?;
            let operation = int32(vm, args.value(1))?;
            vm.audit("fcntl.flock", || vec![Value::small(fd.into()), Value::small(operation.into())])?;
            os_retried(vm, || vm.host.lock_whole(fd, operation))?;
            Ok(Value::NONE)
        })
        .doc("Perform the lock operation on file descriptor fd."),
        NativeFn::new("lockf(fd, cmd, len=0, start=0, whence=0, /)", lockf)
            .doc("A wrapper around the fcntl() locking calls."),
    ],
    init: Some(|vm, module| {
        for &(name, number) in NUMBERS.iter().chain(OTHER_NUMBERS) {
            module.set(vm, name, Value::int(number));
        }
        Ok(())
    }),
    ..NativeModule::DEFAULT
};

macro_rules! numbers {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

static NUMBERS: &[(&str, i64)] = numbers! {
    FD_CLOEXEC F_ADD_SEALS F_DUPFD F_DUPFD_CLOEXEC F_GETFD F_GETFL F_GETLEASE F_GETLK F_GETOWN F_GETPIPE_SZ F_GET_SEALS
    F_NOTIFY F_OFD_GETLK F_OFD_SETLK F_OFD_SETLKW F_RDLCK F_SEAL_FUTURE_WRITE F_SEAL_GROW F_SEAL_SEAL F_SEAL_SHRINK
    F_SEAL_WRITE F_SETFD F_SETFL F_SETLEASE F_SETLK F_SETLKW F_SETOWN F_SETPIPE_SZ F_UNLCK F_WRLCK LOCK_EX LOCK_NB
    LOCK_SH LOCK_UN
};

/// Those that the C library names otherwise, or not at all.
static OTHER_NUMBERS: &[(&str, i64)] = &[
    ("DN_ACCESS", 1),
    ("DN_ATTRIB", 32),
    ("DN_CREATE", 4),
    ("DN_DELETE", 8),
    ("DN_MODIFY", 2),
    ("DN_MULTISHOT", 0x8000_0000),
    ("DN_RENAME", 16),
    ("FASYNC", libc::O_ASYNC as i64),
    ("FICLONE", 0x4004_9409),
    ("FICLONERANGE", 0x4020_940d),
    ("F_DUPFD_QUERY", 1027),
    ("F_EXLCK", 4),
    ("F_GETLK64", libc::F_GETLK as i64),
    ("F_GETOWN_EX", 16),
    ("F_GETSIG", 11),
    ("F_GET_FILE_RW_HINT", 1037),
    ("F_GET_RW_HINT", 1035),
    ("F_OWNER_PGRP", 2),
    ("F_OWNER_PID", 1),
    ("F_OWNER_TID", 0),
    ("F_SETLK64", libc::F_SETLK as i64),
    ("F_SETLKW64", libc::F_SETLKW as i64),
    ("F_SETOWN_EX", 15),
    ("F_SETSIG", 10),
    ("F_SET_FILE_RW_HINT", 1038),
    ("F_SET_RW_HINT", 1036),
    ("F_SHLCK", 8),
    ("LOCK_MAND", 32),
    ("LOCK_READ", 64),
    ("LOCK_RW", 192),
    ("LOCK_WRITE", 128),
    ("RWH_WRITE_LIFE_EXTREME", 5),
    ("RWH_WRITE_LIFE_LONG", 4),
    ("RWH_WRITE_LIFE_MEDIUM", 3),
    ("RWH_WRITE_LIFE_NONE", 1),
    ("RWH_WRITE_LIFE_NOT_SET", 0),
    ("RWH_WRITE_LIFE_SHORT", 2),
];

/// Longest buffer; there is as much room again behind it, for commands that write more than they were given.
const MAX_BUFFER: usize = 1024;

/// Room that every command has, however short its argument.
const ROOM: usize = 2 * MAX_BUFFER;

/// A third argument.
enum Argument {
    Number(i64),
    Buffer(Vec<u8>),
}

fn argument(vm: &Vm, value: Option<&Value>, function: &str) -> PyResult<Argument> {
    let Some(value) = value else { return Ok(Argument::Number(0)) };
    if int::is_int(value) || vm.has_index(value) {
        let index = vm.index(value)?;
        // The low bits count, as programs have them signed and unsigned.
        let low = int::as_big(&index).map_or(0, |n| low_bits(n) as u32 as i32);
        return Ok(Argument::Number(low.into()));
    }
    if let Some(text) = value.downcast::<Str>() {
        return Ok(Argument::Buffer(text.as_bytes().to_vec()));
    }
    match vm.copy_bytes(value)? {
        Some(bytes) => Ok(Argument::Buffer(bytes)),
        None => {
            let class = vm.type_name(value);
            let kinds = "an integer, a bytes-like object, or a string";
            vm.raise(Exc::TypeError, format!("{function}() argument 3 must be {kinds}, not {class}"))
        }
    }
}

/// The low bits of a number, as of one in two's complement.
fn low_bits(number: num_bigint::BigInt) -> u64 {
    let low: num_bigint::BigInt = number & num_bigint::BigInt::from(u64::MAX);
    u64::try_from(low).unwrap_or_default()
}

fn with_room(vm: &Vm, buffer: &[u8], function: &str) -> PyResult<Vec<u8>> {
    if buffer.len() > MAX_BUFFER {
        return vm.raise(Exc::ValueError, format!("{function} argument 3 is too long"));
    }
    let mut room = vec![0; ROOM];
    room[..buffer.len()].copy_from_slice(buffer);
    Ok(room)
}

fn fcntl(vm: &Vm, args: Args<'_>) -> PyResult {
    let fd = fileno(vm, args.value(0))?;
    let command = int32(vm, args.value(1))?;
    vm.audit("fcntl.fcntl", || {
        let argument = args.get(2).cloned().unwrap_or(Value::small(0));
        vec![Value::small(fd.into()), Value::small(command.into()), argument]
    })?;
    match argument(vm, args.get(2), "fcntl")? {
        Argument::Number(number) => {
            Ok(Value::small(os_retried(vm, || vm.host.control(fd, command, number as i32))?.into()))
        }
        Argument::Buffer(buffer) => {
            let mut room = with_room(vm, &buffer, "fcntl")?;
            os_retried(vm, || vm.host.control_with(fd, command, &mut room))?;
            room.truncate(buffer.len());
            Ok(Bytes::from_vec(room).into())
        }
    }
}

fn ioctl(vm: &Vm, args: Args<'_>) -> PyResult {
    let fd = fileno(vm, args.value(0))?;
    let index = vm.index(args.value(1))?;
    // Requests are unsigned, but programs have them signed as well.
    let request = int::as_big(&index).map_or(0, low_bits);
    let request = if request >> 32 == 0xffff_ffff { request & 0xffff_ffff } else { request };
    vm.audit("fcntl.ioctl", || {
        let argument = args.get(2).cloned().unwrap_or(Value::small(0));
        vec![Value::small(fd.into()), args.value(1).clone(), argument]
    })?;
    let mutates = args.get(3).map_or(Ok(true), |flag| vm.truth(flag))?;
    let target = args.get(2).filter(|target| mutates && vm.has_buffer(target));
    let writable = target.and_then(|target| match vm.writable_len(target, "ioctl") {
        Ok(size) => Some((target, size)),
        Err(raised) => {
            // It is read only then.
            drop(vm.take_raised(raised));
            None
        }
    });
    if let Some((target, size)) = writable {
        let mut data = vec![0; size.max(ROOM)];
        let copy = vm.copy_bytes(target)?.unwrap_or_default();
        data[..copy.len()].copy_from_slice(&copy);
        let result = os_retried(vm, || vm.host.device_control_with(fd, request, &mut data))?;
        vm.fill_buffer(target, "ioctl", |buffer| {
            let n = buffer.len().min(data.len());
            buffer[..n].copy_from_slice(&data[..n]);
        })?;
        return Ok(Value::small(result.into()));
    }
    match argument(vm, args.get(2), "ioctl")? {
        Argument::Number(number) => {
            Ok(Value::small(os_retried(vm, || vm.host.device_control(fd, request, number))?.into()))
        }
        Argument::Buffer(buffer) => {
            let mut room = with_room(vm, &buffer, "ioctl")?;
            os_retried(vm, || vm.host.device_control_with(fd, request, &mut room))?;
            room.truncate(buffer.len());
            Ok(Bytes::from_vec(room).into())
        }
    }
}

fn lockf(vm: &Vm, args: Args<'_>) -> PyResult {
    let fd = fileno(vm, args.value(0))?;
    let command = int32(vm, args.value(1))?;
    let offset = |index: usize| args.get(index).map_or(Ok(0), |offset| int64(vm, offset, "long"));
    let (length, start) = (offset(2)?, offset(3)?);
    let whence = args.get(4).map_or(Ok(0), |whence| int32(vm, whence))?;
    vm.audit("fcntl.lockf", || {
        [i64::from(fd), command.into(), length, start, whence.into()].map(Value::int).to_vec()
    })?;
    let kind = if command == libc::LOCK_UN {
        libc::F_UNLCK
    } else if command & libc::LOCK_SH != 0 {
        libc::F_RDLCK
    } else if command & libc::LOCK_EX != 0 {
        libc::F_WRLCK
    } else {
        return vm.raise(Exc::ValueError, "unrecognized lockf argument");
    };
    let waits = command & libc::LOCK_NB == 0;
    let lock = FileLock { kind, whence, start, length, waits };
    os_retried(vm, || vm.host.lock_part(fd, lock))?;
    Ok(Value::NONE)
}
