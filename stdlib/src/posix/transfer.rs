//! Descriptors beyond plain reading and writing: copying inside the system, events, timers, extended attributes.

use ouro_runtime::host::{AttributeTarget, TimerTime};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::int;
use ouro_runtime::objects::list::List;
use ouro_runtime::{Args, Exc, NativeFn, PyResult, Value, Vm};

use super::descriptors::{bytes, fill_buffers, sequence};
use super::path::{OR_FD, OR_FD_OR_NONE, PATHS, PathArg, Target, dir_fd, fileno};
use crate::convert::{int32, int64};
use crate::errors::{os, os_retried};
use crate::os_path::{self, Path};
use crate::time::convert::{Round, duration_ns};

pub const FUNCTIONS: &[NativeFn] = &[
    NativeFn::new("sendfile(out_fd, in_fd, offset, count)", |vm, args| {
        let (out, input) = (int32(vm, args.value(0))?, int32(vm, args.value(1))?);
        let offset = Some(args.value(2)).filter(|offset| !offset.is_none());
        let offset = offset.map(|offset| int64(vm, offset, "long")).transpose()?;
        let count = int64(vm, args.value(3), "ssize_t")?;
        Ok(os_retried(vm, || vm.host.send_file(out, input, offset, count as usize))?.into())
    })
    .doc("Copy count bytes from file descriptor in_fd to file descriptor out_fd."),
    NativeFn::new("splice(src, dst, count, offset_src=None, offset_dst=None, flags=0)", |vm, args| {
        let (from, to, count) = ends(vm, args)?;
        let flags = args.get(5).map_or(Ok(0), |flags| int64(vm, flags, "unsigned int"))?;
        Ok(os_retried(vm, || vm.host.splice(from, to, count, flags as u32))?.into())
    })
    .doc("Transfer count bytes from one pipe to a descriptor or vice versa."),
    NativeFn::new("copy_file_range(src, dst, count, offset_src=None, offset_dst=None)", |vm, args| {
        let (from, to, count) = ends(vm, args)?;
        Ok(os_retried(vm, || vm.host.copy_file_range(from, to, count))?.into())
    })
    .doc("Copy count bytes from one file descriptor to another."),
    NativeFn::new("preadv(fd, buffers, offset, flags=0, /)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        let offset = int64(vm, args.value(2), "long")?;
        let flags = args.get(3).map_or(Ok(0), |flags| int32(vm, flags))?;
        fill_buffers(vm, args.value(1), "preadv2() arg 2 must be a sequence", |data| {
            vm.host.read_at_with(fd, data, offset, flags)
        })
    })
    .doc("Reads from a file descriptor into a number of mutable bytes-like objects."),
    NativeFn::new("pwritev(fd, buffers, offset, flags=0, /)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        let mut data = Vec::new();
        for buffer in sequence(vm, args.value(1), "pwritev() arg 2 must be a sequence")? {
            data.extend_from_slice(&bytes(vm, &buffer)?);
        }
        let offset = int64(vm, args.value(2), "long")?;
        let flags = args.get(3).map_or(Ok(0), |flags| int32(vm, flags))?;
        Ok(os_retried(vm, || vm.host.write_at_with(fd, &data, offset, flags))?.into())
    })
    .doc("Writes the contents of bytes-like objects to a file descriptor at a given offset."),
    NativeFn::new("lockf(fd, command, length, /)", |vm, args| {
        let (fd, command) = (int32(vm, args.value(0))?, int32(vm, args.value(1))?);
        let length = int64(vm, args.value(2), "long")?;
        os_retried(vm, || vm.host.lock_from_position(fd, command, length))?;
        Ok(Value::NONE)
    })
    .doc("Apply, test or remove a POSIX lock on an open file descriptor."),
    NativeFn::new("memfd_create(name, flags=MFD_CLOEXEC)", |vm, args| {
        let name = Path::from_value(vm, args.value(0))?;
        let flags =
            args.get(1).map_or(Ok(libc::MFD_CLOEXEC.into()), |flags| int64(vm, flags, "unsigned int"))?;
        Ok(Value::small(os(vm, vm.host.make_memory_file(&name.bytes, flags as u32))?.into()))
    }),
    NativeFn::new("eventfd(initval, flags=EFD_CLOEXEC)", |vm, args| {
        let initial = unsigned(vm, args.value(0), u32::MAX.into(), "unsigned int")?;
        let flags = args.get(1).map_or(Ok(libc::EFD_CLOEXEC), |flags| int32(vm, flags))?;
        Ok(Value::small(os(vm, vm.host.make_event(initial as u32, flags))?.into()))
    })
    .doc("Creates and returns an event notification file descriptor."),
    NativeFn::new("eventfd_read(fd)", |vm, args| {
        let fd = fileno(vm, args.value(0))?;
        let mut number = [0; 8];
        os_retried(vm, || vm.host.read(fd, &mut number))?;
        Ok(number_value(u64::from_ne_bytes(number)))
    })
    .doc("Read eventfd value"),
    NativeFn::new("eventfd_write(fd, value)", |vm, args| {
        let fd = fileno(vm, args.value(0))?;
        let number = unsigned(vm, args.value(1), u64::MAX, "unsigned long long")?;
        os_retried(vm, || vm.host.write(fd, &number.to_ne_bytes()))?;
        Ok(Value::NONE)
    })
    .doc("Write eventfd value."),
    NativeFn::new("timerfd_create(clockid, /, *, flags=0)", |vm, args| {
        let clock = int32(vm, args.value(0))?;
        // Closed in child processes, as all descriptors are.
        let flags = args.get(1).map_or(Ok(0), |flags| int32(vm, flags))?;
        Ok(Value::small(os(vm, vm.host.make_timer(clock, flags | libc::TFD_CLOEXEC))?.into()))
    })
    .doc("Create and return a timer file descriptor."),
    NativeFn::new("timerfd_settime(fd, /, *, flags=0, initial=0.0, interval=0.0)", |vm, args| {
        set_timer(vm, args, true)
    })
    .doc("Alter a timer file descriptor's internal timer in seconds."),
    NativeFn::new("timerfd_settime_ns(fd, /, *, flags=0, initial=0, interval=0)", |vm, args| {
        set_timer(vm, args, false)
    })
    .doc("Alter a timer file descriptor's internal timer in nanoseconds."),
    NativeFn::new("timerfd_gettime(fd, /)", |vm, args| {
        let fd = fileno(vm, args.value(0))?;
        timer(vm, os(vm, vm.host.timer(fd))?, true)
    })
    .doc("Return a tuple of a timer file descriptor's (next expiration, interval) in float seconds."),
    NativeFn::new("timerfd_gettime_ns(fd, /)", |vm, args| {
        let fd = fileno(vm, args.value(0))?;
        timer(vm, os(vm, vm.host.timer(fd))?, false)
    })
    .doc("Return a tuple of a timer file descriptor's (next expiration, interval) in nanoseconds."),
    NativeFn::new("posix_fadvise(fd, offset, length, advice, /)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        let (offset, length) = (int64(vm, args.value(1), "long")?, int64(vm, args.value(2), "long")?);
        let advice = int32(vm, args.value(3))?;
        os_retried(vm, || vm.host.advise_use(fd, offset, length, advice))?;
        Ok(Value::NONE)
    })
    .doc("Announce an intention to access data in a specific pattern."),
    NativeFn::new("posix_fallocate(fd, offset, length, /)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        let (offset, length) = (int64(vm, args.value(1), "long")?, int64(vm, args.value(2), "long")?);
        os_retried(vm, || vm.host.allocate_space(fd, offset, length))?;
        Ok(Value::NONE)
    })
    .doc("Ensure a file has allocated at least a particular number of bytes on disk."),
    NativeFn::new("mknod(path, mode=384, device=0, *, dir_fd=None)", |vm, args| {
        let path = PathArg::new(vm, args.get(0), "mknod", "path", PATHS)?;
        let mode = args.get(1).map_or(Ok(0o600), |mode| int32(vm, mode))?;
        let device = args.get(2).map_or(Ok(0), |device| int64(vm, device, "unsigned long"))?;
        let folder = dir_fd(vm, args.get(3))?;
        path.os(vm, vm.host.make_node(path.bytes(), mode as u32, device as u64, folder))?;
        Ok(Value::NONE)
    })
    .doc("Create a node in the file system."),
    NativeFn::new("chroot(path)", |vm, args| {
        let path = PathArg::new(vm, args.get(0), "chroot", "path", PATHS)?;
        path.os(vm, vm.host.change_root(path.bytes()))?;
        Ok(Value::NONE)
    })
    .doc("Change root directory to path."),
    NativeFn::new("unshare(flags)", |vm, args| {
        let flags = int32(vm, args.value(0))?;
        os(vm, vm.host.unshare(flags))?;
        Ok(Value::NONE)
    })
    .doc("Disassociate parts of a process (or thread) execution context."),
    NativeFn::new("setns(fd, nstype=0)", |vm, args| {
        let fd = fileno(vm, args.value(0))?;
        let kind = args.get(1).map_or(Ok(0), |kind| int32(vm, kind))?;
        os(vm, vm.host.enter_namespace(fd, kind))?;
        Ok(Value::NONE)
    })
    .doc("Move the calling thread into different namespaces."),
    NativeFn::new("getxattr(path, attribute, *, follow_symlinks=True)", |vm, args| {
        let (path, follow) = attribute_path(vm, args, "getxattr", 2, true)?;
        let name = Path::from_value(vm, args.value(1))?;
        vm.audit("os.getxattr", || vec![path.given.clone(), name.given.clone()])?;
        Ok(Bytes::from_vec(path.os(vm, vm.host.attribute(target(&path, follow), &name.bytes))?).into())
    })
    .doc("Return the value of extended attribute attribute on path."),
    NativeFn::new("setxattr(path, attribute, value, flags=0, *, follow_symlinks=True)", |vm, args| {
        let (path, follow) = attribute_path(vm, args, "setxattr", 4, true)?;
        let name = Path::from_value(vm, args.value(1))?;
        let value = bytes(vm, args.value(2))?;
        let flags = args.get(3).map_or(Ok(0), |flags| int32(vm, flags))?;
        vm.audit("os.setxattr", || {
            vec![path.given.clone(), name.given.clone(), args.value(2).clone(), Value::small(flags.into())]
        })?;
        path.os(vm, vm.host.set_attribute(target(&path, follow), &name.bytes, &value, flags))?;
        Ok(Value::NONE)
    })
    .doc("Set extended attribute attribute on path to value."),
    NativeFn::new("removexattr(path, attribute, *, follow_symlinks=True)", |vm, args| {
        let (path, follow) = attribute_path(vm, args, "removexattr", 2, true)?;
        let name = Path::from_value(vm, args.value(1))?;
        vm.audit("os.removexattr", || vec![path.given.clone(), name.given.clone()])?;
        path.os(vm, vm.host.remove_attribute(target(&path, follow), &name.bytes))?;
        Ok(Value::NONE)
    })
    .doc("Remove extended attribute attribute on path."),
    NativeFn::new("listxattr(path=None, *, follow_symlinks=True)", |vm, args| {
        let (path, follow) = attribute_path(vm, args, "listxattr", 1, false)?;
        vm.audit("os.listxattr", || vec![path.given.clone()])?;
        let names = path.os(vm, vm.host.attribute_names(target(&path, follow)))?;
        let names = names.split(|&byte| byte == 0).filter(|name| !name.is_empty());
        let names = names.map(|name| Ok(os_path::decode(vm, name)?.into())).collect::<PyResult<_>>()?;
        Ok(List::new(names).into())
    })
    .doc("Return a list of extended attributes on path."),
];

macro_rules! numbers {
    ($($name:ident)*) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

pub static NUMBERS: &[(&str, i64)] = numbers! {
    EFD_CLOEXEC EFD_NONBLOCK EFD_SEMAPHORE MFD_ALLOW_SEALING MFD_CLOEXEC MFD_HUGETLB MFD_HUGE_16GB MFD_HUGE_16MB
    MFD_HUGE_1GB MFD_HUGE_1MB MFD_HUGE_256MB MFD_HUGE_2GB MFD_HUGE_2MB MFD_HUGE_32MB MFD_HUGE_512KB MFD_HUGE_512MB
    MFD_HUGE_64KB MFD_HUGE_8MB MFD_HUGE_MASK MFD_HUGE_SHIFT RWF_APPEND RWF_DSYNC RWF_HIPRI RWF_NOWAIT RWF_SYNC
    SPLICE_F_MORE SPLICE_F_MOVE SPLICE_F_NONBLOCK TFD_CLOEXEC TFD_NONBLOCK TFD_TIMER_ABSTIME TFD_TIMER_CANCEL_ON_SET
};

/// A descriptor, and the offset there.
type End = (i32, Option<i64>);

/// Arguments of `splice` and `copy_file_range`.
fn ends(vm: &Vm, args: Args<'_>) -> PyResult<(End, End, usize)> {
    let (from, to) = (int32(vm, args.value(0))?, int32(vm, args.value(1))?);
    let count = int64(vm, args.value(2), "ssize_t")?;
    let offset = |index: usize| {
        let given = args.get(index).filter(|offset| !offset.is_none());
        given.map(|offset| int64(vm, offset, "long")).transpose()
    };
    let (from_offset, to_offset) = (offset(3)?, offset(4)?);
    if count < 0 {
        return vm.raise(Exc::ValueError, "negative value for 'count' not allowed");
    }
    Ok(((from, from_offset), (to, to_offset), count as usize))
}

fn number_value(number: u64) -> Value {
    i64::try_from(number).map_or_else(|_| int::new_big(number.into()), Value::int)
}

fn unsigned(vm: &Vm, value: &Value, max: u64, what: &str) -> PyResult<u64> {
    let index = vm.index(value)?;
    let number = int::as_big(&index).expect("index gives an int");
    if number.sign() == num_bigint::Sign::Minus {
        return vm.raise(Exc::ValueError, "Cannot convert negative int");
    }
    match u64::try_from(&number).ok().filter(|&number| number <= max) {
        Some(number) => Ok(number),
        None => vm.raise(Exc::OverflowError, format!("Python int too large to convert to C {what}")),
    }
}

const NS_PER_SECOND: i64 = 1_000_000_000;

fn set_timer(vm: &Vm, args: Args<'_>, in_seconds: bool) -> PyResult {
    let fd = fileno(vm, args.value(0))?;
    let flags = args.get(1).map_or(Ok(0), |flags| int32(vm, flags))?;
    let time = |index: usize| -> PyResult<TimerTime> {
        let ns = match args.get(index) {
            None => 0,
            Some(time) if in_seconds => duration_ns(vm, time, Round::Timeout)?,
            Some(time) => int64(vm, time, "long long")?,
        };
        Ok((ns.div_euclid(NS_PER_SECOND), ns.rem_euclid(NS_PER_SECOND)))
    };
    let setting = (time(2)?, time(3)?);
    timer(vm, os(vm, vm.host.set_timer(fd, flags, setting))?, in_seconds)
}

fn timer(vm: &Vm, setting: (TimerTime, TimerTime), in_seconds: bool) -> PyResult {
    let value = |(seconds, ns): TimerTime| match in_seconds {
        true => Value::float(seconds as f64 + ns as f64 * 1e-9),
        false => Value::int(seconds.saturating_mul(NS_PER_SECOND).saturating_add(ns)),
    };
    Ok(vm.tuple(&[value(setting.0), value(setting.1)]))
}

/// The path of a function of extended attributes, and whether links are followed.
fn attribute_path(
    vm: &Vm,
    args: Args<'_>,
    function: &str,
    follow_index: usize,
    is_required: bool,
) -> PyResult<(PathArg, bool)> {
    let takes = if is_required { OR_FD } else { OR_FD_OR_NONE };
    let path = PathArg::new(vm, args.get(0), function, "path", takes)?;
    let follow = args.get(follow_index).map_or(Ok(true), |follow| vm.truth(follow))?;
    if path.is_fd() && !follow {
        return vm.raise(Exc::ValueError, format!("{function}: cannot use fd and follow_symlinks together"));
    }
    Ok((path, follow))
}

fn target(path: &PathArg, follow: bool) -> AttributeTarget<'_> {
    match &path.target {
        Target::Fd(fd) => AttributeTarget::Fd(*fd),
        Target::Path(path) if follow => AttributeTarget::Path(path),
        Target::Path(path) => AttributeTarget::Link(path),
    }
}
