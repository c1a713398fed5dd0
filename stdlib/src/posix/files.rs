//! Files and folders by their paths.

use ouro_runtime::host::{FileStatus, FileTime};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::objects::{float, int};
use ouro_runtime::{Args, Exc, NativeFn, PyResult, Value, Vm};

use super::path::{OR_FD, OR_FD_OR_NONE, PATHS, PathArg, dir_fd, os_two};
use crate::convert::{int32, int64};
use crate::errors::os;
use crate::os_path;
use crate::struct_sequence::{StructSequence, field};

pub const FUNCTIONS: &[NativeFn] = &[
    NativeFn::new("stat(path, *, dir_fd=None, follow_symlinks=True)", stat)
        .doc("Perform a stat system call on the given path."),
    NativeFn::new("lstat(path, *, dir_fd=None)", |vm, args| {
        let path = PathArg::new(vm, args.get(0), "lstat", "path", PATHS)?;
        let folder = dir_fd(vm, args.get(1))?;
        status_value(vm, path.os(vm, vm.host.status(path.bytes(), folder, false))?)
    })
    .doc("Perform a stat system call on the given path, without following symbolic links."),
    NativeFn::new("fstat(fd)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        status_value(vm, os(vm, vm.host.status_of_fd(fd))?)
    })
    .doc("Perform a stat system call on the given file descriptor."),
    NativeFn::new("statvfs(path)", |vm, args| {
        let path = PathArg::new(vm, args.get(0), "statvfs", "path", OR_FD)?;
        file_system(vm, &path)
    })
    .doc("Perform a statvfs system call on the given path."),
    NativeFn::new("fstatvfs(fd, /)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        let path = PathArg { target: super::path::Target::Fd(fd), is_bytes: false, given: Value::NONE };
        file_system(vm, &path)
    })
    .doc("Perform an fstatvfs system call on the given fd."),
    NativeFn::new("access(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)", access)
        .doc("Use the real uid/gid to test for access to a path."),
    NativeFn::new("listdir(path=None)", listdir)
        .doc("Return a list containing the names of the files in the directory."),
    NativeFn::new("mkdir(path, mode=511, *, dir_fd=None)", |vm, args| {
        let path = PathArg::new(vm, args.get(0), "mkdir", "path", PATHS)?;
        let mode = args.get(1).map_or(Ok(0o777), |mode| int32(vm, mode))?;
        let folder = dir_fd(vm, args.get(2))?;
        path.os(vm, vm.host.make_directory(path.bytes(), mode as u32, folder))?;
        Ok(Value::NONE)
    })
    .doc("Create a directory."),
    NativeFn::new("mkfifo(path, mode=438, *, dir_fd=None)", |vm, args| {
        let path = PathArg::new(vm, args.get(0), "mkfifo", "path", PATHS)?;
        let mode = args.get(1).map_or(Ok(0o666), |mode| int32(vm, mode))?;
        let folder = dir_fd(vm, args.get(2))?;
        os(vm, vm.host.make_fifo(path.bytes(), mode as u32, folder))?;
        Ok(Value::NONE)
    })
    .doc("Create a \"fifo\" (a POSIX named pipe)."),
    NativeFn::new("rmdir(path, *, dir_fd=None)", |vm, args| remove(vm, args, "rmdir", true))
        .doc("Remove a directory."),
    NativeFn::new("remove(path, *, dir_fd=None)", |vm, args| remove(vm, args, "remove", false))
        .doc("Remove a file (same as unlink())."),
    NativeFn::new("unlink(path, *, dir_fd=None)", |vm, args| remove(vm, args, "unlink", false))
        .doc("Remove a file (same as remove())."),
    NativeFn::new("rename(src, dst, *, src_dir_fd=None, dst_dir_fd=None)", |vm, args| {
        rename(vm, args, "rename")
    })
    .doc("Rename a file or directory."),
    NativeFn::new("replace(src, dst, *, src_dir_fd=None, dst_dir_fd=None)", |vm, args| {
        rename(vm, args, "replace")
    })
    .doc("Rename a file or directory, overwriting the destination."),
    NativeFn::new(
        "link(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=(os.name != 'nt'))",
        link,
    )
    .doc("Create a hard link to a file."),
    NativeFn::new("symlink(src, dst, target_is_directory=False, *, dir_fd=None)", symlink)
        .doc("Create a symbolic link pointing to src named dst."),
    NativeFn::new("readlink(path, *, dir_fd=None)", |vm, args| {
        let path = PathArg::new(vm, args.get(0), "readlink", "path", PATHS)?;
        let folder = dir_fd(vm, args.get(1))?;
        let target = path.os(vm, vm.host.read_link(path.bytes(), folder))?;
        os_path::name_value(vm, &target, path.is_bytes)
    })
    .doc("Return a string representing the path to which the symbolic link points."),
    NativeFn::new("chmod(path, mode, *, dir_fd=None, follow_symlinks=(os.name != 'nt'))", chmod)
        .doc("Change the access permissions of a file."),
    NativeFn::new("fchmod(fd, mode)", |vm, args| {
        let (fd, mode) = (int32(vm, args.value(0))?, int32(vm, args.value(1))?);
        os(vm, vm.host.set_mode(Err(fd), mode as u32, None))?;
        Ok(Value::NONE)
    })
    .doc("Change the access permissions of the file given by file descriptor fd."),
    NativeFn::new("chown(path, uid, gid, *, dir_fd=None, follow_symlinks=True)", |vm, args| {
        let path = PathArg::new(vm, args.get(0), "chown", "path", OR_FD)?;
        let (uid, gid) = (owner(vm, args.value(1), "uid")?, owner(vm, args.value(2), "gid")?);
        let folder = dir_fd(vm, args.get(3))?;
        let follow = args.get(4).map_or(Ok(true), |follow| vm.truth(follow))?;
        no_fd_with(vm, &path, "chown", folder, follow)?;
        path.os(vm, vm.host.set_owner(path.target(), uid, gid, folder, follow))?;
        Ok(Value::NONE)
    })
    .doc("Change the owner and group id of path to the numeric uid and gid."),
    NativeFn::new("lchown(path, uid, gid)", |vm, args| {
        let path = PathArg::new(vm, args.get(0), "lchown", "path", PATHS)?;
        let (uid, gid) = (owner(vm, args.value(1), "uid")?, owner(vm, args.value(2), "gid")?);
        path.os(vm, vm.host.set_owner(path.target(), uid, gid, None, false))?;
        Ok(Value::NONE)
    })
    .doc("Change the owner and group id of path to the numeric uid and gid."),
    NativeFn::new("fchown(fd, uid, gid)", |vm, args| {
        let fd = int32(vm, args.value(0))?;
        let (uid, gid) = (owner(vm, args.value(1), "uid")?, owner(vm, args.value(2), "gid")?);
        os(vm, vm.host.set_owner(Err(fd), uid, gid, None, true))?;
        Ok(Value::NONE)
    })
    .doc("Change the owner and group id of the file specified by file descriptor."),
    NativeFn::new(
        "utime(path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)",
        utime,
    )
    .doc("Set the access and modified time of path."),
    NativeFn::new("truncate(path, length)", |vm, args| {
        let path = PathArg::new(vm, args.get(0), "truncate", "path", OR_FD)?;
        let length = int64(vm, args.value(1), "long")?;
        let result = match path.target() {
            Ok(bytes) => vm.host.truncate(bytes, length),
            Err(fd) => vm.host.truncate_fd(fd, length),
        };
        path.os(vm, result)?;
        Ok(Value::NONE)
    })
    .doc("Truncate a file, specified by path, to a specific length."),
    NativeFn::new("chdir(path)", |vm, args| {
        let path = PathArg::new(vm, args.get(0), "chdir", "path", OR_FD)?;
        path.os(vm, vm.host.change_directory(path.target()))?;
        Ok(Value::NONE)
    })
    .doc("Change the current working directory to the specified path."),
    NativeFn::new("fchdir(fd)", |vm, args| {
        let fd = super::path::fileno(vm, args.value(0))?;
        os(vm, vm.host.change_directory(Err(fd)))?;
        Ok(Value::NONE)
    })
    .doc("Change to the directory of the given file descriptor."),
    NativeFn::new("getcwd()", |vm, _| {
        let path = os(vm, vm.host.current_directory())?;
        Ok(os_path::decode(vm, &path)?.into())
    })
    .doc("Return a unicode string representing the current working directory."),
    NativeFn::new("getcwdb()", |vm, _| Ok(Bytes::from_vec(os(vm, vm.host.current_directory())?).into()))
        .doc("Return a bytes string representing the current working directory."),
    NativeFn::new("umask(mask, /)", |vm, args| {
        let mask = int32(vm, args.value(0))?;
        Ok(Value::small(vm.host.set_umask(mask as u32).into()))
    })
    .doc("Set the current numeric umask and return the previous umask."),
    NativeFn::new("sync()", |vm, _| {
        vm.host.sync_all();
        Ok(Value::NONE)
    })
    .doc("Force write of everything to disk."),
    NativeFn::new("major(device, /)", |vm, args| {
        let device = device(vm, args.value(0), u64::MAX)?;
        Ok(device.map_or(Value::small(-1), |device| Value::small(libc::major(device).into())))
    })
    .doc("Extracts a device major number from a raw device number."),
    NativeFn::new("minor(device, /)", |vm, args| {
        let device = device(vm, args.value(0), u64::MAX)?;
        Ok(device.map_or(Value::small(-1), |device| Value::small(libc::minor(device).into())))
    })
    .doc("Extracts a device minor number from a raw device number."),
    NativeFn::new("makedev(major, minor, /)", |vm, args| {
        let major = device(vm, args.value(0), u32::MAX.into())?;
        let minor = device(vm, args.value(1), u32::MAX.into())?;
        if (major, minor) == (None, None) {
            return Ok(Value::small(-1));
        }
        let part = |part: Option<u64>| part.map_or(u32::MAX, |part| part as u32);
        Ok(int::new_u64(libc::makedev(part(major), part(minor))))
    })
    .doc("Composes a raw device number from the major and minor device numbers."),
    NativeFn::new("fspath(path)", |vm, args| os_path::fspath(vm, args.value(0)))
        .doc("Return the file system path representation of the object."),
    NativeFn::new("_path_normpath(path)", path_normpath)
        .doc("Normalize path, eliminating double slashes, etc."),
    NativeFn::new("_path_splitroot_ex(p, /)", path_splitroot_ex)
        .doc("Split a pathname into drive, root and tail."),
];

pub static STAT_RESULT: StructSequence = StructSequence::new(
    "os",
    "stat_result",
    "stat_result: Result from stat, fstat, or lstat.\n\nThis object may be accessed either as a tuple of\n  (mode, ino, dev, nlink, uid, gid, size, atime, mtime, ctime)\nor via the attributes st_mode, st_ino, st_dev, st_nlink, st_uid, and so on.",
    // Three items without names, the times in whole seconds, lie before those with fractions.
    &[
        field("st_mode", 0),
        field("st_ino", 1),
        field("st_dev", 2),
        field("st_nlink", 3),
        field("st_uid", 4),
        field("st_gid", 5),
        field("st_size", 6),
        field("st_atime", 10),
        field("st_mtime", 11),
        field("st_ctime", 12),
        field("st_atime_ns", 13),
        field("st_mtime_ns", 14),
        field("st_ctime_ns", 15),
        field("st_blksize", 16),
        field("st_blocks", 17),
        field("st_rdev", 18),
    ],
    10,
    19,
);

pub static STATVFS_RESULT: StructSequence = StructSequence::new(
    "os",
    "statvfs_result",
    "statvfs_result: Result from statvfs or fstatvfs.",
    &crate::struct_sequence::fields([
        "f_bsize",
        "f_frsize",
        "f_blocks",
        "f_bfree",
        "f_bavail",
        "f_files",
        "f_ffree",
        "f_favail",
        "f_flag",
        "f_namemax",
        "f_fsid",
    ]),
    10,
    11,
);

/// `os.stat_result` of what the system said.
pub fn status_value(vm: &Vm, status: FileStatus) -> PyResult {
    let times = [status.accessed, status.modified, status.changed];
    let mut values = vec![
        Value::int(status.mode.into()),
        int::new_u64(status.inode),
        int::new_u64(status.device),
        int::new_u64(status.n_links),
        Value::int(status.uid.into()),
        Value::int(status.gid.into()),
        Value::int(status.size),
    ];
    values.extend(times.map(|(seconds, _)| Value::int(seconds)));
    values.extend(times.map(|(seconds, ns)| Value::float(seconds as f64 + 1e-9 * ns as f64)));
    values.extend(
        times.map(|(seconds, ns)| int::new_i128(i128::from(seconds) * 1_000_000_000 + i128::from(ns))),
    );
    values.extend([
        Value::int(status.block_size),
        Value::int(status.n_blocks),
        int::new_u64(status.special_device),
    ]);
    STAT_RESULT.make(vm, values)
}

/// Descriptors go with neither `dir_fd` nor `follow_symlinks=False`.
fn no_fd_with(vm: &Vm, path: &PathArg, function: &str, folder: Option<i32>, follow: bool) -> PyResult<()> {
    if !path.is_fd() {
        return Ok(());
    }
    if folder.is_some() {
        return vm.raise(Exc::ValueError, format!("{function}: can't specify dir_fd without matching path"));
    }
    if !follow {
        return vm.raise(Exc::ValueError, format!("{function}: cannot use fd and follow_symlinks together"));
    }
    Ok(())
}

fn stat(vm: &Vm, args: Args<'_>) -> PyResult {
    let path = PathArg::new(vm, args.get(0), "stat", "path", OR_FD)?;
    let folder = dir_fd(vm, args.get(1))?;
    let follow = args.get(2).map_or(Ok(true), |follow| vm.truth(follow))?;
    no_fd_with(vm, &path, "stat", folder, follow)?;
    let status = match path.target() {
        Ok(bytes) => vm.host.status(bytes, folder, follow),
        Err(fd) => vm.host.status_of_fd(fd),
    };
    status_value(vm, path.os(vm, status)?)
}

fn file_system(vm: &Vm, path: &PathArg) -> PyResult {
    let status = path.os(vm, vm.host.file_system_status(path.target()))?;
    let numbers = [
        status.block_size,
        status.fragment_size,
        status.blocks,
        status.free_blocks,
        status.available_blocks,
        status.files,
        status.free_files,
        status.available_files,
        status.flags,
        status.name_max,
        status.id,
    ];
    STATVFS_RESULT.make(vm, numbers.map(int::new_u64).to_vec())
}

fn access(vm: &Vm, args: Args<'_>) -> PyResult {
    let path = PathArg::new(vm, args.get(0), "access", "path", PATHS)?;
    let mode = int32(vm, args.value(1))?;
    let folder = dir_fd(vm, args.get(2))?;
    let effective = args.get(3).map_or(Ok(false), |effective| vm.truth(effective))?;
    let follow = args.get(4).map_or(Ok(true), |follow| vm.truth(follow))?;
    Ok(path.os(vm, vm.host.may_access(path.bytes(), mode, folder, effective, follow))?.into())
}

fn listdir(vm: &Vm, args: Args<'_>) -> PyResult {
    let path = PathArg::new(vm, args.get(0), "listdir", "path", OR_FD_OR_NONE)?;
    vm.audit("os.listdir", || vec![path.given.clone()])?;
    let entries = path.os(vm, vm.host.list_directory(path.target()))?;
    let names = entries.iter().map(|entry| os_path::name_value(vm, &entry.name, path.is_bytes));
    Ok(List::new(names.collect::<PyResult<_>>()?).into())
}

fn remove(vm: &Vm, args: Args<'_>, function: &str, is_directory: bool) -> PyResult {
    let path = PathArg::new(vm, args.get(0), function, "path", PATHS)?;
    let folder = dir_fd(vm, args.get(1))?;
    path.os(vm, vm.host.remove(path.bytes(), folder, is_directory))?;
    Ok(Value::NONE)
}

fn rename(vm: &Vm, args: Args<'_>, function: &str) -> PyResult {
    let from = PathArg::new(vm, args.get(0), function, "src", PATHS)?;
    let to = PathArg::new(vm, args.get(1), function, "dst", PATHS)?;
    let (from_folder, to_folder) = (dir_fd(vm, args.get(2))?, dir_fd(vm, args.get(3))?);
    let result = vm.host.rename(from.bytes(), to.bytes(), from_folder, to_folder);
    os_two(vm, result, &from, &to)?;
    Ok(Value::NONE)
}

/// A device number or a part of one; `None` for -1, which is none.
fn device(vm: &Vm, value: &Value, max: u64) -> PyResult<Option<u64>> {
    let index = vm.index(value)?;
    let number = int::as_big(&index).expect("index gives an int");
    if int::as_i64(&index) == Some(-1) {
        return Ok(None);
    }
    if number.sign() == num_bigint::Sign::Minus {
        return vm.raise(Exc::OverflowError, "can't convert negative int to unsigned");
    }
    match u64::try_from(&number) {
        Ok(number) if number <= max => Ok(Some(number)),
        Ok(_) => vm.raise(Exc::OverflowError, "Python int too large to convert to C unsigned int"),
        Err(_) => vm.raise(Exc::OverflowError, "int too big to convert"),
    }
}

fn link(vm: &Vm, args: Args<'_>) -> PyResult {
    let from = PathArg::new(vm, args.get(0), "link", "src", PATHS)?;
    let to = PathArg::new(vm, args.get(1), "link", "dst", PATHS)?;
    let (from_folder, to_folder) = (dir_fd(vm, args.get(2))?, dir_fd(vm, args.get(3))?);
    let follow = args.get(4).map_or(Ok(true), |follow| vm.truth(follow))?;
    let result = vm.host.link(from.bytes(), to.bytes(), from_folder, to_folder, follow);
    os_two(vm, result, &from, &to)?;
    Ok(Value::NONE)
}

fn symlink(vm: &Vm, args: Args<'_>) -> PyResult {
    let target = PathArg::new(vm, args.get(0), "symlink", "src", PATHS)?;
    let path = PathArg::new(vm, args.get(1), "symlink", "dst", PATHS)?;
    // Folders need no other links than files do here.
    args.get(2).map_or(Ok(false), |is_directory| vm.truth(is_directory))?;
    let folder = dir_fd(vm, args.get(3))?;
    os_two(vm, vm.host.make_symlink(target.bytes(), path.bytes(), folder), &target, &path)?;
    Ok(Value::NONE)
}

fn chmod(vm: &Vm, args: Args<'_>) -> PyResult {
    let path = PathArg::new(vm, args.get(0), "chmod", "path", OR_FD)?;
    let mode = int32(vm, args.value(1))?;
    let folder = dir_fd(vm, args.get(2))?;
    let follow = args.get(3).map_or(Ok(true), |follow| vm.truth(follow))?;
    if !follow {
        return vm.raise(Exc::NotImplementedError, "chmod: follow_symlinks unavailable on this platform");
    }
    no_fd_with(vm, &path, "chmod", folder, true)?;
    path.os(vm, vm.host.set_mode(path.target(), mode as u32, folder))?;
    Ok(Value::NONE)
}

/// A user or group id; -1 leaves it as it is.
fn owner(vm: &Vm, value: &Value, name: &str) -> PyResult<i64> {
    if !vm.has_index(value) {
        return vm.raise_type_of(&format!("{name} should be integer, not {{}}"), value);
    }
    let index = vm.index(value)?;
    match int::as_i64(&index) {
        Some(id) if (-1..=i64::from(u32::MAX)).contains(&id) => Ok(id),
        _ if int::is_negative(&index) => vm.raise(Exc::OverflowError, format!("{name} is less than minimum")),
        _ => vm.raise(Exc::OverflowError, format!("{name} is greater than maximum")),
    }
}

/// A time in seconds, rounded down to nanoseconds.
fn time_in_seconds(vm: &Vm, value: &Value) -> PyResult<FileTime> {
    if let Some(time) = float::as_float(value) {
        if time.is_nan() {
            return vm.raise(Exc::ValueError, "Invalid value NaN (not a number)");
        }
        let seconds = time.floor();
        if !(-9.2e18..9.2e18).contains(&seconds) {
            return vm.raise(Exc::OverflowError, "timestamp out of range for platform time_t");
        }
        let nanoseconds = ((time - seconds) * 1e9).floor() as i64;
        return Ok(FileTime::At { seconds: seconds as i64, nanoseconds });
    }
    if !vm.has_index(value) {
        return vm.raise_type_of("argument must be int or float, not {}", value);
    }
    let index = vm.index(value)?;
    match int::as_i64(&index) {
        Some(seconds) => Ok(FileTime::At { seconds, nanoseconds: 0 }),
        None => vm.raise(Exc::OverflowError, "timestamp out of range for platform time_t"),
    }
}

fn time_in_nanoseconds(vm: &Vm, value: &Value) -> PyResult<FileTime> {
    let ns = crate::convert::big(vm, value)?;
    let billion = num_bigint::BigInt::from(1_000_000_000);
    let (seconds, rest) = num_integer::Integer::div_mod_floor(&ns, &billion);
    match (i64::try_from(seconds), i64::try_from(rest)) {
        (Ok(seconds), Ok(nanoseconds)) => Ok(FileTime::At { seconds, nanoseconds }),
        _ => vm.raise(Exc::OverflowError, "timestamp out of range for platform time_t"),
    }
}

fn utime(vm: &Vm, args: Args<'_>) -> PyResult {
    let path = PathArg::new(vm, args.get(0), "utime", "path", OR_FD)?;
    let (times, ns) = (args.get_not_none(1), args.get(2));
    let folder = dir_fd(vm, args.get(3))?;
    let follow = args.get(4).map_or(Ok(true), |follow| vm.truth(follow))?;
    if times.is_some() && ns.is_some() {
        return vm.raise(Exc::ValueError, "utime: you may specify either 'times' or 'ns' but not both");
    }
    let pair = |value: &Value, message: &str| -> PyResult<[Value; 2]> {
        match value.downcast::<Tuple>().map(|tuple| tuple.items()) {
            Some([first, second]) => Ok([first.clone(), second.clone()]),
            _ => vm.raise(Exc::TypeError, message),
        }
    };
    let pair = match (times, ns) {
        (Some(times), _) => {
            let [accessed, modified] =
                pair(times, "utime: 'times' must be either a tuple of two ints or None")?;
            [time_in_seconds(vm, &accessed)?, time_in_seconds(vm, &modified)?]
        }
        (_, Some(ns)) => {
            let [accessed, modified] = pair(ns, "utime: 'ns' must be a tuple of two ints")?;
            [time_in_nanoseconds(vm, &accessed)?, time_in_nanoseconds(vm, &modified)?]
        }
        _ => [FileTime::Now; 2],
    };
    no_fd_with(vm, &path, "utime", folder, follow)?;
    path.os(vm, vm.host.set_times(path.target(), pair, folder, follow))?;
    Ok(Value::NONE)
}

/// Collapses `//`, `.` and `..` without looking at the file system.
fn path_normpath(vm: &Vm, args: Args<'_>) -> PyResult {
    let given = os_path::fspath(vm, args.value(0))?;
    let path = os_path::Path::from_fspath_raw(vm, &given)?;
    let bytes = path.0.as_slice();
    if bytes.is_empty() {
        return os_path::name_value(vm, b".", path.1);
    }
    // Exactly two slashes in front mean something of their own.
    let n_slashes = bytes.iter().take_while(|&&byte| byte == b'/').count();
    let root: &[u8] = match n_slashes {
        0 => b"",
        2 => b"//",
        _ => b"/",
    };
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in bytes.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." if root.is_empty() && parts.last().is_none_or(|last| *last == b"..") => parts.push(part),
            b".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    let joined = [root, parts.join(&b'/').as_slice()].concat();
    os_path::name_value(vm, if joined.is_empty() { b"." } else { &joined }, path.1)
}

fn path_splitroot_ex(vm: &Vm, args: Args<'_>) -> PyResult {
    let given = os_path::fspath(vm, args.value(0))?;
    let (bytes, is_bytes) = os_path::Path::from_fspath_raw(vm, &given)?;
    let n_slashes = bytes.iter().take_while(|&&byte| byte == b'/').count();
    let n_root = match n_slashes {
        0 => 0,
        2 => 2,
        _ => 1,
    };
    let piece = |bytes: &[u8]| os_path::name_value(vm, bytes, is_bytes);
    Ok(vm.tuple(&[piece(b"")?, piece(&bytes[..n_root])?, piece(&bytes[n_root..])?]))
}
