//! `FileIO`: a file descriptor as a raw stream.

use std::cell::{Cell, RefCell};

use ouro_runtime::class::{Slots, Type, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::int;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

use super::{call, chain, class, unsupported, warn_unclosed};
use crate::os_path::Path;

/// Flags of the concrete stream classes.
pub const STREAM_FLAGS: u32 =
    type_flags::BASE_TYPE | type_flags::HAS_DICT | type_flags::HAS_WEAKREF | type_flags::WITH_EXTRA;

/// Most that one system call reads or writes.
const MAX_IO: usize = 0x7fff_f000;

pub struct FileIo {
    /// -1 while closed.
    pub fd: Cell<i32>,
    mode: Cell<Mode>,
    closefd: Cell<bool>,
    seekable: Cell<Option<bool>>,
    finalizing: Cell<bool>,
    block_size: Cell<i64>,
    /// What it was opened by, if nobody set `name` as an attribute.
    name: RefCell<Option<Value>>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Mode {
    created: bool,
    readable: bool,
    writable: bool,
    appending: bool,
}

impl Mode {
    fn text(self) -> &'static str {
        match (self.created, self.appending, self.readable, self.writable) {
            (true, _, true, _) => "xb+",
            (true, ..) => "xb",
            (_, true, true, _) => "ab+",
            (_, true, ..) => "ab",
            (_, _, true, true) => "rb+",
            (_, _, true, false) => "rb",
            _ => "wb",
        }
    }
}

impl Payload for FileIo {
    ouro_runtime::trace_fields!(name; skip fd, mode, closefd, seekable, finalizing, block_size);
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "FileIO",
    module: "_io",
    doc: "Open a file.",
    flags: STREAM_FLAGS,
    new: Some(NativeFn::new("FileIO", new)),
    init: Some(NativeFn::new("FileIO($self, file, mode='r', closefd=True, opener=None)", init)),
    methods: &[
        NativeFn::new("read($self, size=-1, /)", read).doc("Read at most size bytes, returned as bytes."),
        NativeFn::new("readall($self, /)", readall).doc("Read all data from the file, returned as bytes."),
        NativeFn::new("readinto($self, buffer, /)", readinto).doc("Same as RawIOBase.readinto()."),
        NativeFn::new("write($self, b, /)", write)
            .doc("Write buffer b to file, return number of bytes written."),
        NativeFn::new("seek($self, pos, whence=0, /)", seek)
            .doc("Move to new file position and return the file position."),
        NativeFn::new("tell($self, /)", tell).doc("Current file position."),
        NativeFn::new("truncate($self, size=None, /)", truncate)
            .doc("Truncate the file to at most size bytes and return the truncated size."),
        NativeFn::new("close($self, /)", close).doc("Close the file."),
        NativeFn::new("seekable($self, /)", seekable).doc("True if file supports random-access."),
        NativeFn::new("readable($self, /)", readable).doc("True if file was opened in a read mode."),
        NativeFn::new("writable($self, /)", writable).doc("True if file was opened in a write mode."),
        NativeFn::new("fileno($self, /)", fileno).doc("Return the underlying file descriptor (an integer)."),
        NativeFn::new("isatty($self, /)", isatty).doc("True if the file is connected to a TTY device."),
        NativeFn::new("_isatty_open_only($self, /)", isatty),
        NativeFn::new("_dealloc_warn($self, source, /)", dealloc_warn),
        NativeFn::new("__getstate__($self, /)", super::open::no_pickle),
    ],
    getset: &[
        GetSet {
            doc: "True if the file is closed",
            ..GetSet::read_only("closed", |_, value| Ok((this(value).fd.get() < 0).into()))
        },
        GetSet {
            doc: "True if the file descriptor will be closed by close().",
            ..GetSet::read_only("closefd", |_, value| Ok(this(value).closefd.get().into()))
        },
        GetSet {
            doc: "String giving the file mode",
            ..GetSet::read_only("mode", |_, value| Ok(this(value).mode.get().text().into()))
        },
        GetSet::read_only("_blksize", |_, value| Ok(this(value).block_size.get().into())),
        GetSet::new(
            "_finalizing",
            |_, value| Ok(this(value).finalizing.get().into()),
            |vm, value, new| {
                this(value).finalizing.set(new.map_or(Ok(false), |new| vm.truth(new))?);
                Ok(())
            },
        ),
    ],
    slots: Slots { repr: Some(repr), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn this(value: &Value) -> &Gc<FileIo> {
    value.downcast().expect("slots see instances of their class")
}

fn new(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(FileIo::empty(args.this::<Type>()).into())
}

fn closed_error<T>(vm: &Vm) -> PyResult<T> {
    vm.raise(Exc::ValueError, "I/O operation on closed file")
}

/// The mode and the flags for `open`.
fn parse_mode(vm: &Vm, mode: &str) -> PyResult<(Mode, i32)> {
    let mut parsed = Mode::default();
    let (mut kind, mut plus) = (None, false);
    let bad = || {
        vm.raise(
            Exc::ValueError,
            "Must have exactly one of create/read/write/append mode and at most one plus",
        )
    };
    for c in mode.chars() {
        match c {
            'x' | 'r' | 'w' | 'a' if kind.is_some() => return bad(),
            'x' | 'r' | 'w' | 'a' => kind = Some(c),
            'b' => {}
            '+' if plus => return bad(),
            '+' => plus = true,
            _ => return vm.raise(Exc::ValueError, format!("invalid mode: {mode}")),
        }
    }
    let Some(kind) = kind else { return bad() };
    let mut flags = match kind {
        'x' => libc::O_EXCL | libc::O_CREAT,
        'r' => 0,
        'w' => libc::O_CREAT | libc::O_TRUNC,
        _ => libc::O_APPEND | libc::O_CREAT,
    };
    parsed.created = kind == 'x';
    parsed.appending = kind == 'a';
    parsed.readable = kind == 'r' || plus;
    parsed.writable = kind != 'r' || plus;
    flags |= match (parsed.readable, parsed.writable) {
        (true, true) => libc::O_RDWR,
        (true, false) => libc::O_RDONLY,
        _ => libc::O_WRONLY,
    };
    Ok((parsed, flags | libc::O_CLOEXEC))
}

impl FileIo {
    fn empty(class: &Gc<Type>) -> Gc<FileIo> {
        let body = FileIo {
            fd: Cell::new(-1),
            mode: Cell::default(),
            closefd: Cell::new(true),
            seekable: Cell::new(None),
            finalizing: Cell::new(false),
            block_size: Cell::new(super::DEFAULT_BUFFER_SIZE as i64),
            name: RefCell::new(None),
        };
        heap::alloc_for(class, body)
    }

    /// `FileIO(file, mode, closefd, opener)`.
    pub fn open(
        vm: &Vm,
        file: &Value,
        mode: &str,
        closefd: bool,
        opener: Option<&Value>,
    ) -> PyResult<Gc<FileIo>> {
        let object = FileIo::empty(&class(vm, "FileIO"));
        object.set_up(vm, file, mode, closefd, opener)?;
        Ok(object)
    }

    pub fn is_readable(&self) -> bool {
        self.mode.get().readable
    }

    pub fn is_writable(&self) -> bool {
        self.mode.get().writable
    }

    pub fn block_size(&self) -> i64 {
        self.block_size.get()
    }

    fn check_open(&self, vm: &Vm) -> PyResult<i32> {
        match self.fd.get() {
            fd if fd >= 0 => Ok(fd),
            _ => closed_error(vm),
        }
    }

    /// Reads once. `None` if the descriptor does not block and has nothing now.
    pub fn read_some(&self, vm: &Vm, buffer: &mut [u8]) -> PyResult<Option<usize>> {
        let fd = self.check_open(vm)?;
        if !self.is_readable() {
            return unsupported(vm, "File not open for reading");
        }
        let n = buffer.len().min(MAX_IO);
        loop {
            match vm.blocking(|host| host.read(fd, &mut buffer[..n])) {
                Ok(n) => return Ok(Some(n)),
                Err(error) => match error.raw_os_error() {
                    Some(libc::EINTR) => vm.check_signals()?,
                    Some(libc::EAGAIN) => return Ok(None),
                    _ => return vm.raise_os_error(&error, None),
                },
            }
        }
    }

    /// Writes once. `None` if the descriptor does not block and takes nothing now.
    pub fn write_some(&self, vm: &Vm, bytes: &[u8]) -> PyResult<Option<usize>> {
        let fd = self.check_open(vm)?;
        if !self.is_writable() {
            return unsupported(vm, "File not open for writing");
        }
        loop {
            match vm.blocking(|host| host.write(fd, &bytes[..bytes.len().min(MAX_IO)])) {
                Ok(n) => return Ok(Some(n)),
                Err(error) => match error.raw_os_error() {
                    Some(libc::EINTR) => vm.check_signals()?,
                    Some(libc::EAGAIN) => return Ok(None),
                    _ => return vm.raise_os_error(&error, None),
                },
            }
        }
    }

    /// Reads to the end, after `start`. `None` if there is nothing at all yet.
    pub fn read_all(&self, vm: &Vm, start: Vec<u8>) -> PyResult<Option<Vec<u8>>> {
        let fd = self.check_open(vm)?;
        let mut all = start;
        let had = all.len();
        let size = vm.host.status_of_fd(fd).map_or(0, |status| status.size);
        let position = if size > 65536 { vm.host.seek(fd, 0, libc::SEEK_CUR).unwrap_or(0) } else { 0 };
        let mut room = usize::try_from(size - position).unwrap_or(0) + 1;
        loop {
            let len = all.len();
            if all.try_reserve(room).is_err() {
                return vm.raise_bare(Exc::MemoryError);
            }
            all.resize(len + room, 0);
            let got = self.read_some(vm, &mut all[len..])?;
            all.truncate(len + got.unwrap_or(0));
            match got {
                None if all.len() == had && had == 0 => return Ok(None),
                None | Some(0) => return Ok(Some(all)),
                Some(_) => {}
            }
            room = if all.len() < len + room { 4096.max(all.len() / 4) } else { 8192.max(all.len()) };
        }
    }

    /// Moves, and gives the new position.
    pub fn seek_to(&self, vm: &Vm, offset: i64, whence: i32) -> PyResult<i64> {
        let fd = self.check_open(vm)?;
        match vm.host.seek(fd, offset, whence) {
            Ok(position) => {
                self.seekable.set(Some(true));
                Ok(position)
            }
            Err(error) => vm.raise_os_error(&error, None),
        }
    }

    pub fn is_seekable(&self, vm: &Vm) -> PyResult<bool> {
        let fd = self.check_open(vm)?;
        Ok(match self.seekable.get() {
            Some(seekable) => seekable,
            None => {
                let seekable = vm.host.seek(fd, 0, libc::SEEK_CUR).is_ok();
                self.seekable.set(Some(seekable));
                seekable
            }
        })
    }

    pub fn is_terminal(&self, vm: &Vm) -> PyResult<bool> {
        Ok(vm.host.is_terminal(self.check_open(vm)?))
    }

    fn close_descriptor(&self, vm: &Vm) -> PyResult<()> {
        let fd = self.fd.replace(-1);
        if fd < 0 {
            return Ok(());
        }
        match vm.host.close(fd) {
            Ok(()) => Ok(()),
            Err(error) => vm.raise_os_error(&error, None),
        }
    }
}

/// Setting up needs the object itself, which opened files get their name through.
trait SetUp {
    fn set_up(
        &self,
        vm: &Vm,
        file: &Value,
        mode: &str,
        closefd: bool,
        opener: Option<&Value>,
    ) -> PyResult<()>;
}

impl SetUp for Gc<FileIo> {
    fn set_up(
        &self,
        vm: &Vm,
        file: &Value,
        mode: &str,
        closefd: bool,
        opener: Option<&Value>,
    ) -> PyResult<()> {
        if self.fd.get() >= 0 {
            if self.closefd.get() {
                self.close_descriptor(vm)?;
            } else {
                self.fd.set(-1);
            }
        }
        let descriptor = file_descriptor(vm, file)?;
        let path = match descriptor {
            Some(_) => None,
            None => Some(Path::from_value(vm, file)?),
        };
        let (parsed, flags) = parse_mode(vm, mode)?;
        self.mode.set(parsed);
        self.seekable.set(None);
        crate::sys::audit(vm, "open", || vec![file.clone(), mode.into(), Value::small(flags.into())])?;
        let mut owned = true;
        match (descriptor, path) {
            (Some(fd), _) => {
                self.fd.set(fd);
                owned = closefd;
            }
            (None, Some(path)) => {
                if !closefd {
                    return vm.raise(Exc::ValueError, "Cannot use closefd=False with file name");
                }
                match opener.filter(|opener| !opener.is_none()) {
                    Some(opener) => {
                        let fd = vm.call(opener, &[file.clone(), Value::small(flags.into())])?;
                        if !int::is_int(&fd) {
                            return vm.raise(Exc::TypeError, "expected integer from opener");
                        }
                        let fd = vm.c_int_argument(&fd)?;
                        if fd < 0 {
                            return vm.raise(Exc::ValueError, format!("opener returned {fd}"));
                        }
                        self.fd.set(fd);
                        if let Err(error) = vm.host.set_inheritable(fd, false) {
                            return vm.raise_os_error(&error, None);
                        }
                    }
                    None => match vm.blocking(|host| host.open(&path.bytes, flags, 0o666, None)) {
                        Ok(fd) => self.fd.set(fd),
                        Err(error) => return vm.raise_os_error(&error, Some(file)),
                    },
                }
            }
            (None, None) => {}
        }
        self.closefd.set(owned);
        match self.check(vm, file, descriptor.is_some()) {
            Ok(()) => Ok(()),
            Err(raised) => {
                // A descriptor that was handed in is not ours to close when this fails.
                if descriptor.is_some() {
                    self.fd.set(-1);
                } else {
                    let closed = self.close_descriptor(vm);
                    vm.catch(closed, Exc::OSError)?;
                }
                Err(raised)
            }
        }
    }
}

impl FileIo {
    fn check(self: &FileIo, vm: &Vm, file: &Value, given: bool) -> PyResult<()> {
        let fd = self.fd.get();
        match vm.host.status_of_fd(fd) {
            Ok(status) => {
                if status.is_dir() {
                    let error = std::io::Error::from_raw_os_error(libc::EISDIR);
                    return vm.raise_os_error(&error, Some(file));
                }
                if status.block_size > 1 {
                    self.block_size.set(status.block_size);
                }
            }
            Err(error) if error.raw_os_error() == Some(libc::EBADF) => {
                return vm.raise_os_error(&error, if given { None } else { Some(file) });
            }
            Err(_) => {}
        }
        self.name.replace(Some(file.clone()));
        if self.mode.get().appending {
            if let Err(error) = vm.host.seek(fd, 0, libc::SEEK_END) {
                if error.raw_os_error() != Some(libc::ESPIPE) {
                    return vm.raise_os_error(&error, None);
                }
            }
        }
        Ok(())
    }
}

/// The descriptor that `file` is, if it is an integer.
fn file_descriptor(vm: &Vm, file: &Value) -> PyResult<Option<i32>> {
    if file.as_bool().is_some() {
        vm.warn(Exc::RuntimeWarning, "bool is used as a file descriptor", 1)?;
    }
    if !int::is_int(file) {
        return Ok(None);
    }
    match int::as_i64(file).map(i32::try_from) {
        Some(Ok(fd)) if fd >= 0 => Ok(Some(fd)),
        Some(_) if int::is_negative(file) => vm.raise(Exc::ValueError, "negative file descriptor"),
        _ => vm.raise(Exc::OverflowError, "Python int too large to convert to C int"),
    }
}

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    let object = args.this::<FileIo>();
    let mode = match args.get(2) {
        Some(mode) => vm.c_str_argument(mode, "FileIO", "argument 'mode'")?,
        None => "r",
    };
    let closefd = args.get(3).map_or(Ok(true), |closefd| vm.truth(closefd))?;
    object.set_up(vm, args.value(1), mode, closefd, args.get(4))?;
    // As CPython does, so that `name` can be read, set and deleted like any attribute.
    let name = object.name.take();
    if let Some(name) = name {
        vm.set_attr(object.as_value(), &vm.names.name, Some(&name))?;
    }
    Ok(Value::NONE)
}

impl FileIo {
    /// Files the name under the attribute `name`; done by `open`, which makes objects without calling `__init__`.
    pub fn publish_name(object: &Gc<FileIo>, vm: &Vm) -> PyResult<()> {
        match object.name.take() {
            Some(name) => vm.set_attr(object.as_value(), &vm.names.name, Some(&name)),
            None => Ok(()),
        }
    }
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let this = this(value);
    let fd = this.fd.get();
    if fd < 0 {
        return Ok("<_io.FileIO [closed]>".into());
    }
    let (mode, closefd) = (this.mode.get().text(), if this.closefd.get() { "True" } else { "False" });
    let shown = match vm.get_attr_opt(value, &vm.names.name)? {
        Some(name) => format!("name={}", vm.repr_text(&name)?),
        None => format!("fd={fd}"),
    };
    Ok(format!("<_io.FileIO {shown} mode='{mode}' closefd={closefd}>").into())
}

fn read(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<FileIo>();
    let size = super::size_argument(vm, args.get(1))?;
    this.check_open(vm)?;
    if !this.is_readable() {
        return unsupported(vm, "File not open for reading");
    }
    if size < 0 {
        return readall(vm, args);
    }
    let size = vm.check_text_size(Some((size as usize).min(MAX_IO)))?;
    let mut buffer = vec![0; size];
    Ok(match this.read_some(vm, &mut buffer)? {
        Some(n) => {
            buffer.truncate(n);
            Bytes::from_vec(buffer).into()
        }
        None => Value::NONE,
    })
}

fn readall(vm: &Vm, args: Args<'_>) -> PyResult {
    let all = args.this::<FileIo>().read_all(vm, Vec::new())?;
    Ok(all.map_or(Value::NONE, |all| Bytes::from_vec(all).into()))
}

fn readinto(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<FileIo>();
    this.check_open(vm)?;
    if !this.is_readable() {
        return unsupported(vm, "File not open for reading");
    }
    let size = vm.writable_len(args.value(1), "readinto")?;
    let mut buffer = vec![0; size.min(MAX_IO)];
    let Some(n) = this.read_some(vm, &mut buffer)? else { return Ok(Value::NONE) };
    vm.fill_buffer(args.value(1), "readinto", |out| out[..n].copy_from_slice(&buffer[..n]))?;
    Ok(n.into())
}

fn write(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<FileIo>();
    this.check_open(vm)?;
    if !this.is_writable() {
        return unsupported(vm, "File not open for writing");
    }
    // A signal handler that runs while this waits could change the memory.
    let bytes = vm.bytes_argument(args.value(1))?.to_vec();
    Ok(this.write_some(vm, &bytes)?.map_or(Value::NONE, Value::from))
}

fn seek(vm: &Vm, args: Args<'_>) -> PyResult {
    let whence = args.get(2).map_or(Ok(0), |whence| vm.c_int_argument(whence))?;
    let this = args.this::<FileIo>();
    this.check_open(vm)?;
    let offset = offset_argument(vm, args.value(1))?;
    Ok(this.seek_to(vm, offset, whence)?.into())
}

/// A file offset.
pub fn offset_argument(vm: &Vm, value: &Value) -> PyResult<i64> {
    let index = vm.index(value)?;
    match int::as_i64(&index) {
        Some(offset) => Ok(offset),
        None => vm.raise(Exc::OverflowError, "Python int too large to convert to C long"),
    }
}

fn tell(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(args.this::<FileIo>().seek_to(vm, 0, libc::SEEK_CUR)?.into())
}

fn truncate(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<FileIo>();
    let fd = this.check_open(vm)?;
    if !this.is_writable() {
        return unsupported(vm, "File not open for writing");
    }
    let size = match args.get_not_none(1) {
        Some(size) => offset_argument(vm, size)?,
        None => this.seek_to(vm, 0, libc::SEEK_CUR)?,
    };
    match vm.host.truncate_fd(fd, size) {
        Ok(()) => Ok(size.into()),
        Err(error) => vm.raise_os_error(&error, None),
    }
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<FileIo>();
    let flushed = super::base::close(vm, args);
    if !this.closefd.get() {
        this.fd.set(-1);
        return flushed;
    }
    chain(vm, flushed, || {
        if this.finalizing.get() && this.fd.get() >= 0 {
            let warned = warn_unclosed(vm, args.value(0));
            unraisable(vm, warned);
        }
        this.close_descriptor(vm).map(|()| Value::NONE)
    })
}

/// What a warning that became an error raises has nobody to go to here.
fn unraisable(vm: &Vm, result: PyResult<()>) {
    if let Err(raised) = result {
        drop(vm.take_raised(raised));
    }
}

fn dealloc_warn(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<FileIo>();
    if this.fd.get() >= 0 && this.closefd.get() {
        let warned = warn_unclosed(vm, args.value(1));
        unraisable(vm, warned);
    }
    Ok(Value::NONE)
}

fn seekable(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(args.this::<FileIo>().is_seekable(vm)?.into())
}

fn readable(vm: &Vm, args: Args<'_>) -> PyResult {
    args.this::<FileIo>().check_open(vm)?;
    Ok(args.this::<FileIo>().is_readable().into())
}

fn writable(vm: &Vm, args: Args<'_>) -> PyResult {
    args.this::<FileIo>().check_open(vm)?;
    Ok(args.this::<FileIo>().is_writable().into())
}

fn fileno(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Value::small(args.this::<FileIo>().check_open(vm)?.into()))
}

fn isatty(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(args.this::<FileIo>().is_terminal(vm)?.into())
}

/// The raw stream as one of ours, if none of its methods can have been overridden.
pub fn exact(value: &Value) -> Option<&Gc<FileIo>> {
    value.downcast_exact::<FileIo>()
}

/// `raw._dealloc_warn(source)`, whose errors have nobody to go to.
pub fn call_dealloc_warn(vm: &Vm, raw: &Value, source: &Value) {
    let warned = vm.call_method_named(raw, "_dealloc_warn", std::slice::from_ref(source));
    unraisable(vm, warned.map(drop));
}

/// The name a stream shows: its `name` attribute, `None` without one.
pub fn shown_name(vm: &Vm, value: &Value) -> PyResult<Option<String>> {
    let name = vm.get_attr_opt(value, &vm.names.name);
    match vm.catch(name, Exc::ValueError)?.flatten() {
        Some(name) => match vm.repr_enter(value)? {
            Some(_guard) => Ok(Some(vm.repr_text(&name)?)),
            None => {
                let class = vm.type_name(value);
                vm.raise(Exc::RuntimeError, format!("reentrant call inside {class}.__repr__"))
            }
        },
        None => Ok(None),
    }
}

/// `str`s and other values for streams that hold one.
pub fn text_of(value: &Value) -> Option<&Gc<Str>> {
    value.downcast::<Str>()
}

/// `flush()` of a raw stream.
pub fn flush_raw(vm: &Vm, raw: &Value) -> PyResult<()> {
    match exact(raw) {
        Some(file) => file.check_open(vm).map(drop).or_else(|raised| {
            drop(vm.take_raised(raised));
            super::closed_error(vm)
        }),
        None => call(vm, raw, "flush").map(drop),
    }
}
