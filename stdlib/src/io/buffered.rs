//! `BufferedReader`, `BufferedWriter` and `BufferedRandom`: one payload, told apart by what they may do.
//!
//! Bytes read ahead lie in `ahead[position..]`, bytes to be written in `pending`; at most one of the two is not empty. No buffer is
//! borrowed while the raw stream is called, which may be Python code.

use std::cell::{Cell, RefCell};

use ouro_runtime::class::{Slots, Type, TypeSpec};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::bytearray::ByteArray;
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::memoryview::MemoryView;
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

use super::base::check_ability;
use super::file::{self, FileIo, STREAM_FLAGS, offset_argument};
use super::{DEFAULT_BUFFER_SIZE, call, class, close_over, is_closed, size_argument, unsupported};

pub struct Buffered {
    raw: RefCell<Option<Value>>,
    /// Set once `__init__` succeeded.
    ready: Cell<bool>,
    ability: Cell<Ability>,
    buffer_size: Cell<usize>,
    ahead: RefCell<Vec<u8>>,
    position: Cell<usize>,
    pending: RefCell<Vec<u8>>,
    finalizing: Cell<bool>,
}

/// What a stream may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ability {
    #[default]
    Read,
    Write,
    Both,
}

impl Payload for Buffered {
    ouro_runtime::trace_fields!(raw; skip ready, ability, buffer_size, ahead, position, pending, finalizing);

    fn clear(&self) {
        drop(self.raw.take());
    }
}

const COMMON: [NativeFn; 12] = [
    NativeFn::new("close($self, /)", close),
    NativeFn::new("detach($self, /)", detach),
    NativeFn::new("fileno($self, /)", |vm, args| call(vm, &this(args).raw_value(vm)?, "fileno")),
    NativeFn::new("isatty($self, /)", |vm, args| call(vm, &this(args).raw_value(vm)?, "isatty")),
    NativeFn::new("seekable($self, /)", |vm, args| call(vm, &this(args).raw_value(vm)?, "seekable")),
    NativeFn::new("seek($self, target, whence=0, /)", seek),
    NativeFn::new("tell($self, /)", tell),
    NativeFn::new("truncate($self, pos=None, /)", truncate),
    NativeFn::new("_dealloc_warn($self, source, /)", dealloc_warn),
    NativeFn::new("__getstate__($self, /)", super::open::no_pickle),
    NativeFn::new("__sizeof__($self, /)", |_, args| {
        Ok((size_of::<Buffered>() + 16 + this(args).buffer_size.get()).into())
    }),
    NativeFn::new("flush($self, /)", flush),
];

const READING: [NativeFn; 7] = [
    NativeFn::new("read($self, size=-1, /)", read),
    NativeFn::new("peek($self, size=0, /)", peek),
    NativeFn::new("read1($self, size=-1, /)", read1),
    NativeFn::new("readinto($self, buffer, /)", |vm, args| readinto(vm, args, "readinto", false)),
    NativeFn::new("readinto1($self, buffer, /)", |vm, args| readinto(vm, args, "readinto1", true)),
    NativeFn::new("readline($self, size=-1, /)", readline),
    NativeFn::new("readable($self, /)", |vm, args| call(vm, &this(args).raw_value(vm)?, "readable")),
];

const WRITING: [NativeFn; 2] = [
    NativeFn::new("write($self, buffer, /)", write),
    NativeFn::new("writable($self, /)", |vm, args| call(vm, &this(args).raw_value(vm)?, "writable")),
];

/// Joins method tables.
const fn join<const A: usize, const B: usize, const N: usize>(
    a: [NativeFn; A],
    b: [NativeFn; B],
) -> [NativeFn; N] {
    let mut all = [COMMON[0]; N];
    let mut at = 0;
    while at < N {
        all[at] = if at < A { a[at] } else { b[at - A] };
        at += 1;
    }
    all
}

const READER_METHODS: [NativeFn; 19] = join(COMMON, READING);
const WRITER_METHODS: [NativeFn; 14] = join(COMMON, WRITING);
const RANDOM_METHODS: [NativeFn; 21] = join(READER_METHODS, WRITING);

const GETSET: &[GetSet] = &[
    GetSet::read_only("raw", |vm, value| of(value).raw_value(vm)),
    GetSet::read_only("closed", |vm, value| vm.get_attr_named(&of(value).raw_value(vm)?, "closed")),
    GetSet::read_only("name", |vm, value| vm.get_attr(&of(value).raw_value(vm)?, &vm.names.name)),
    GetSet::read_only("mode", |vm, value| vm.get_attr_named(&of(value).raw_value(vm)?, "mode")),
    GetSet::new(
        "_finalizing",
        |_, value| Ok(of(value).finalizing.get().into()),
        |vm, value, new| {
            of(value).finalizing.set(new.map_or(Ok(false), |new| vm.truth(new))?);
            Ok(())
        },
    ),
];

pub static READER: TypeSpec = TypeSpec {
    name: "BufferedReader",
    module: "_io",
    doc: "Create a new buffered reader using the given readable raw IO object.",
    flags: STREAM_FLAGS,
    new: Some(NativeFn::new("BufferedReader", new)),
    init: Some(NativeFn::new("BufferedReader($self, raw, buffer_size=DEFAULT_BUFFER_SIZE)", |vm, args| {
        init(vm, args, Ability::Read)
    })),
    methods: &READER_METHODS,
    getset: GETSET,
    slots: Slots { repr: Some(repr), next: Some(next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

pub static WRITER: TypeSpec = TypeSpec {
    name: "BufferedWriter",
    module: "_io",
    doc: "A buffer for a writeable sequential RawIO object.",
    flags: STREAM_FLAGS,
    new: Some(NativeFn::new("BufferedWriter", new)),
    init: Some(NativeFn::new("BufferedWriter($self, raw, buffer_size=DEFAULT_BUFFER_SIZE)", |vm, args| {
        init(vm, args, Ability::Write)
    })),
    methods: &WRITER_METHODS,
    getset: GETSET,
    slots: Slots { repr: Some(repr), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

pub static RANDOM: TypeSpec = TypeSpec {
    name: "BufferedRandom",
    module: "_io",
    doc: "A buffered interface to random access streams.",
    flags: STREAM_FLAGS,
    new: Some(NativeFn::new("BufferedRandom", new)),
    init: Some(NativeFn::new("BufferedRandom($self, raw, buffer_size=DEFAULT_BUFFER_SIZE)", |vm, args| {
        init(vm, args, Ability::Both)
    })),
    methods: &RANDOM_METHODS,
    getset: GETSET,
    slots: Slots { repr: Some(repr), next: Some(next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn of(value: &Value) -> &Gc<Buffered> {
    value.downcast().expect("slots see instances of their class")
}

fn this<'a>(args: Args<'a>) -> &'a Gc<Buffered> {
    args.this::<Buffered>()
}

fn new(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Buffered::empty(args.this::<Type>()).into())
}

fn init(vm: &Vm, args: Args<'_>, ability: Ability) -> PyResult {
    let size = args.get(2).map_or(Ok(DEFAULT_BUFFER_SIZE as i64), |size| vm.to_i64(size))?;
    this(args).set_up(vm, args.value(1), ability, size)?;
    Ok(Value::NONE)
}

impl Buffered {
    fn empty(class: &Gc<Type>) -> Gc<Buffered> {
        let body = Buffered {
            raw: RefCell::new(None),
            ready: Cell::new(false),
            ability: Cell::default(),
            buffer_size: Cell::new(DEFAULT_BUFFER_SIZE),
            ahead: RefCell::default(),
            position: Cell::new(0),
            pending: RefCell::default(),
            finalizing: Cell::new(false),
        };
        heap::alloc_for(class, body)
    }

    /// A buffer over `raw`.
    pub fn make(vm: &Vm, raw: &Value, ability: Ability, size: usize) -> PyResult<Gc<Buffered>> {
        let name = match ability {
            Ability::Read => "BufferedReader",
            Ability::Write => "BufferedWriter",
            Ability::Both => "BufferedRandom",
        };
        let object = Buffered::empty(&class(vm, name));
        object.set_up(vm, raw, ability, size as i64)?;
        Ok(object)
    }

    fn set_up(&self, vm: &Vm, raw: &Value, ability: Ability, size: i64) -> PyResult<()> {
        self.ready.set(false);
        if ability == Ability::Both {
            check_ability(vm, raw, "seekable")?;
        }
        if ability != Ability::Write {
            check_ability(vm, raw, "readable")?;
        }
        if ability != Ability::Read {
            check_ability(vm, raw, "writable")?;
        }
        if size <= 0 {
            return vm.raise(Exc::ValueError, "buffer size must be strictly positive");
        }
        self.buffer_size.set(vm.check_text_size(Some(size as usize))?);
        self.ability.set(ability);
        drop(self.raw.replace(Some(raw.clone())));
        self.ahead.borrow_mut().clear();
        self.pending.borrow_mut().clear();
        self.position.set(0);
        self.ready.set(true);
        Ok(())
    }

    /// The raw stream.
    pub fn raw_value(&self, vm: &Vm) -> PyResult {
        if let Some(raw) = self.raw.borrow().clone() {
            if self.ready.get() {
                return Ok(raw);
            }
        }
        let message = if self.ready.get() {
            "raw stream has been detached"
        } else {
            "I/O operation on uninitialized object"
        };
        vm.raise(Exc::ValueError, message)
    }

    /// The raw stream, open; `operation` begins the message if it is closed.
    fn open_raw(&self, vm: &Vm, operation: &str) -> PyResult {
        let raw = self.raw_value(vm)?;
        let closed = match file::exact(&raw) {
            Some(file) => file.fd.get() < 0,
            None => is_closed(vm, &raw)?,
        };
        if closed {
            return vm.raise(Exc::ValueError, format!("{operation} of closed file"));
        }
        Ok(raw)
    }

    /// Bytes read ahead and not yet taken.
    fn n_ahead(&self) -> usize {
        self.ahead.borrow().len() - self.position.get()
    }

    /// Takes up to `n` bytes that were read ahead.
    fn take_ahead(&self, n: usize, out: &mut Vec<u8>) {
        let ahead = self.ahead.borrow();
        let position = self.position.get();
        let end = ahead.len().min(position.saturating_add(n));
        out.extend_from_slice(&ahead[position..end]);
        self.position.set(end);
    }

    fn forget_ahead(&self) {
        self.ahead.borrow_mut().clear();
        self.position.set(0);
    }

    /// Reads ahead once more, behind what is there. Gives how many bytes came, `None` if reading would block.
    fn fill(&self, vm: &Vm, raw: &Value) -> PyResult<Option<usize>> {
        // The buffer is out of reach while the raw stream runs; what it does to this object starts from an empty one.
        let mut ahead = std::mem::take(&mut *self.ahead.borrow_mut());
        ahead.drain(..self.position.replace(0));
        let had = ahead.len();
        let room = self.buffer_size.get().saturating_sub(had).max(1);
        ahead.resize(had + room, 0);
        let result = raw_read_into(vm, raw, &mut ahead[had..]);
        let n = match &result {
            Ok(Some(n)) => *n,
            _ => 0,
        };
        ahead.truncate(had + n);
        *self.ahead.borrow_mut() = ahead;
        result
    }

    /// Before reading: writes what is pending.
    fn before_reading(&self, vm: &Vm) -> PyResult<()> {
        if self.ability.get() == Ability::Both && !self.pending.borrow().is_empty() {
            self.flush_pending(vm)?;
        }
        Ok(())
    }

    /// Before writing: moves back to where reading stopped.
    fn before_writing(&self, vm: &Vm, raw: &Value) -> PyResult<()> {
        let ahead = self.n_ahead();
        if ahead > 0 {
            raw_seek(vm, raw, -(ahead as i64), libc::SEEK_CUR)?;
        }
        self.forget_ahead();
        Ok(())
    }

    /// Writes all that is pending.
    pub fn flush_pending(&self, vm: &Vm) -> PyResult<()> {
        if self.pending.borrow().is_empty() {
            return Ok(());
        }
        let raw = self.raw_value(vm)?;
        let bytes = std::mem::take(&mut *self.pending.borrow_mut());
        let mut written = 0;
        let result = loop {
            if written == bytes.len() {
                break Ok(());
            }
            match raw_write(vm, &raw, &bytes[written..]) {
                Ok(Some(n)) => written += n,
                Ok(None) => break raise_would_block(vm, 0),
                Err(raised) => break Err(raised),
            }
        };
        let mut pending = self.pending.borrow_mut();
        let newer = std::mem::replace(&mut *pending, bytes);
        pending.drain(..written);
        pending.extend_from_slice(&newer);
        if pending.is_empty() && pending.capacity() > 4 * self.buffer_size.get() {
            *pending = Vec::new();
        }
        result
    }

    /// `write(bytes)`: all of it is taken, or it raises.
    pub fn write_bytes(&self, vm: &Vm, bytes: &[u8]) -> PyResult<()> {
        let raw = match self.open_raw(vm, "") {
            Ok(raw) => raw,
            Err(raised) if self.ready.get() && self.raw.borrow().is_some() => {
                if !vm.raised_is(&raised, Exc::ValueError) {
                    return Err(raised);
                }
                drop(vm.take_raised(raised));
                return vm.raise(Exc::ValueError, "write to closed file");
            }
            Err(raised) => return Err(raised),
        };
        if self.ability.get() == Ability::Both {
            self.before_writing(vm, &raw)?;
        }
        let size = self.buffer_size.get();
        if self.pending.borrow().len() + bytes.len() <= size {
            self.pending.borrow_mut().extend_from_slice(bytes);
            return Ok(());
        }
        // As CPython: the buffer is filled up and written first, then what is longer than the buffer goes straight through.
        let mut bytes = bytes;
        if !self.pending.borrow().is_empty() {
            let flushed = self.flush_pending(vm);
            if let Err(raised) = flushed {
                if !vm.raised_is(&raised, Exc::BlockingIOError) {
                    return Err(raised);
                }
                let room = size.saturating_sub(self.pending.borrow().len());
                if bytes.len() <= room {
                    drop(vm.take_raised(raised));
                    self.pending.borrow_mut().extend_from_slice(bytes);
                    return Ok(());
                }
                self.pending.borrow_mut().extend_from_slice(&bytes[..room]);
                drop(vm.take_raised(raised));
                return raise_would_block(vm, room);
            }
        }
        let total = bytes.len();
        while bytes.len() > size {
            match raw_write(vm, &raw, bytes)? {
                Some(n) => bytes = &bytes[n..],
                None => {
                    self.pending.borrow_mut().extend_from_slice(&bytes[..size]);
                    return raise_would_block(vm, total - bytes.len() + size);
                }
            }
        }
        self.pending.borrow_mut().extend_from_slice(bytes);
        Ok(())
    }

    /// What one look at the raw stream gives: bytes that are there, or those of one read. `None` if it would block.
    pub fn read_chunk(&self, vm: &Vm, n: usize) -> PyResult<Option<Vec<u8>>> {
        let raw = self.open_raw(vm, "read")?;
        self.before_reading(vm)?;
        let mut out = Vec::new();
        if self.n_ahead() > 0 {
            self.take_ahead(n, &mut out);
            return Ok(Some(out));
        }
        self.forget_ahead();
        out.resize(n, 0);
        let got = raw_read_into(vm, &raw, &mut out)?;
        out.truncate(got.unwrap_or(0));
        Ok(got.map(|_| out))
    }

    /// Everything up to the end.
    pub fn read_rest(&self, vm: &Vm) -> PyResult<Option<Vec<u8>>> {
        let raw = self.open_raw(vm, "read")?;
        self.before_reading(vm)?;
        let mut out = Vec::new();
        self.take_ahead(usize::MAX, &mut out);
        self.forget_ahead();
        if let Some(file) = file::exact(&raw) {
            return file.read_all(vm, out);
        }
        if vm.get_attr_opt(&raw, &vm.intern("readall"))?.is_some() {
            let rest = call(vm, &raw, "readall")?;
            if rest.is_none() {
                return Ok((!out.is_empty()).then_some(out));
            }
            return match rest.downcast::<Bytes>() {
                Some(rest) => {
                    out.extend_from_slice(rest.as_slice());
                    Ok(Some(out))
                }
                None => vm.raise(Exc::TypeError, "readall() should return bytes"),
            };
        }
        loop {
            let piece = vm.call_method(&raw, &vm.names.read, &[])?;
            if piece.is_none() {
                return Ok((!out.is_empty()).then_some(out));
            }
            match piece.downcast::<Bytes>() {
                Some(piece) if piece.as_slice().is_empty() => return Ok(Some(out)),
                Some(piece) => out.extend_from_slice(piece.as_slice()),
                None => return vm.raise(Exc::TypeError, "read() should return bytes"),
            }
        }
    }

    /// Up to `n` bytes, fewer only at the end or if reading would block.
    fn read_exactly(&self, vm: &Vm, raw: &Value, n: usize) -> PyResult<Option<Vec<u8>>> {
        let mut out = Vec::new();
        self.take_ahead(n, &mut out);
        while out.len() < n {
            let missing = n - out.len();
            let size = self.buffer_size.get();
            if missing >= size {
                // Whole buffers go straight to where they are wanted.
                let len = out.len();
                let direct = (missing - missing % size).min(1 << 26);
                out.resize(len + direct, 0);
                let got = raw_read_into(vm, raw, &mut out[len..]);
                out.truncate(len + got.as_ref().map_or(0, |got| got.unwrap_or(0)));
                match got? {
                    None if out.is_empty() => return Ok(None),
                    None | Some(0) => break,
                    Some(_) => continue,
                }
            }
            match self.fill(vm, raw)? {
                None if out.is_empty() => return Ok(None),
                None | Some(0) => break,
                Some(_) => self.take_ahead(missing, &mut out),
            }
        }
        Ok(Some(out))
    }

    /// The next line, ended or not; `limit` cuts it.
    pub fn read_line(&self, vm: &Vm, limit: Option<usize>) -> PyResult<Vec<u8>> {
        let raw = self.open_raw(vm, "readline")?;
        self.before_reading(vm)?;
        let mut line = Vec::new();
        loop {
            let wanted = limit.map_or(usize::MAX, |limit| limit - line.len());
            let (n, ended) = {
                let ahead = self.ahead.borrow();
                let rest = &ahead[self.position.get()..];
                let rest = &rest[..rest.len().min(wanted)];
                match memchr::memchr(b'\n', rest) {
                    Some(at) => (at + 1, true),
                    None => (rest.len(), rest.len() == wanted),
                }
            };
            self.take_ahead(n, &mut line);
            if ended || self.fill(vm, &raw)?.unwrap_or(0) == 0 {
                return Ok(line);
            }
        }
    }

    /// Where the next read or write happens.
    pub fn tell(&self, vm: &Vm) -> PyResult<i64> {
        let raw = self.raw_value(vm)?;
        let position = raw_tell(vm, &raw)?;
        Ok(position - self.n_ahead() as i64 + self.pending.borrow().len() as i64)
    }

    pub fn seek(&self, vm: &Vm, target: i64, whence: i32) -> PyResult<i64> {
        if !matches!(whence, 0..=4) {
            return vm.raise(Exc::ValueError, format!("whence value {whence} unsupported"));
        }
        let raw = self.open_raw(vm, "seek")?;
        match file::exact(&raw) {
            Some(file) if file.is_seekable(vm)? => {}
            Some(_) => return unsupported(vm, "File or stream is not seekable."),
            None => check_ability(vm, &raw, "seekable")?,
        }
        let mut target = target;
        if whence < 2 && self.n_ahead() > 0 {
            // Within what was read ahead nothing has to be asked.
            let current = self.tell(vm)?;
            let wanted = if whence == 0 { target } else { current + target };
            let position = self.position.get() as i64 + (wanted - current);
            if wanted >= 0 && position >= 0 && position <= self.ahead.borrow().len() as i64 {
                self.position.set(position as usize);
                return Ok(wanted);
            }
        }
        self.flush_pending(vm)?;
        if whence == 1 {
            target -= self.n_ahead() as i64;
        }
        let position = raw_seek(vm, &raw, target, whence)?;
        self.forget_ahead();
        Ok(position)
    }

    pub fn can_read(&self) -> bool {
        self.ability.get() != Ability::Write
    }

    pub fn can_write(&self) -> bool {
        self.ability.get() != Ability::Read
    }
}

#[cold]
fn raise_would_block<T>(vm: &Vm, written: usize) -> PyResult<T> {
    let args = [
        Value::small(libc::EAGAIN.into()),
        "write could not complete without blocking".into(),
        written.into(),
    ];
    let class = vm.types.exception(Exc::BlockingIOError).to_value();
    match vm.call(&class, &args)?.into_gc() {
        Ok(exception) => vm.raise_value(exception),
        Err(_) => vm.raise(Exc::BlockingIOError, "write could not complete without blocking"),
    }
}

/// `raw.readinto(buffer)`. `None` if it would block.
pub fn raw_read_into(vm: &Vm, raw: &Value, buffer: &mut [u8]) -> PyResult<Option<usize>> {
    if let Some(file) = file::exact(raw) {
        return file.read_some(vm, buffer);
    }
    let room = ByteArray::new(vec![0; buffer.len()]);
    let view = MemoryView::of(vm, room.as_value())?;
    let answer = vm.call_method_named(raw, "readinto", &[view])?;
    if answer.is_none() {
        return Ok(None);
    }
    let n = vm.index_i64(&answer, Exc::ValueError)?;
    let size = buffer.len();
    let bytes = room.storage.borrow();
    match usize::try_from(n) {
        Ok(n) if n <= size && n <= bytes.len() => {
            buffer[..n].copy_from_slice(&bytes[..n]);
            Ok(Some(n))
        }
        _ => vm.raise(
            Exc::OSError,
            format!("raw readinto() returned invalid length {n} (should have been between 0 and {size})"),
        ),
    }
}

/// `raw.write(bytes)`. `None` if it would block.
pub fn raw_write(vm: &Vm, raw: &Value, bytes: &[u8]) -> PyResult<Option<usize>> {
    if let Some(file) = file::exact(raw) {
        return file.write_some(vm, bytes);
    }
    let copy: Value = Bytes::new(bytes).into();
    let view = MemoryView::of(vm, &copy)?;
    let answer = vm.call_method(raw, &vm.names.write, &[view])?;
    if answer.is_none() {
        return Ok(None);
    }
    let n = vm.index_i64(&answer, Exc::ValueError)?;
    match usize::try_from(n) {
        Ok(n) if n <= bytes.len() => Ok(Some(n)),
        _ => {
            let size = bytes.len();
            vm.raise(
                Exc::OSError,
                format!("raw write() returned invalid length {n} (should have been between 0 and {size})"),
            )
        }
    }
}

fn raw_tell(vm: &Vm, raw: &Value) -> PyResult<i64> {
    if let Some(file) = file::exact(raw) {
        return file.seek_to(vm, 0, libc::SEEK_CUR);
    }
    let position = call(vm, raw, "tell")?;
    check_position(vm, &position)
}

fn raw_seek(vm: &Vm, raw: &Value, target: i64, whence: i32) -> PyResult<i64> {
    if let Some(file) = file::exact(raw) {
        return file.seek_to(vm, target, whence);
    }
    let position = vm.call_method_named(raw, "seek", &[target.into(), Value::small(whence.into())])?;
    check_position(vm, &position)
}

fn check_position(vm: &Vm, position: &Value) -> PyResult<i64> {
    let n = offset_argument(vm, position)?;
    if n < 0 {
        return vm.raise(Exc::OSError, format!("Raw stream returned invalid position {n}"));
    }
    Ok(n)
}

fn optional_bytes(bytes: Option<Vec<u8>>) -> Value {
    bytes.map_or(Value::NONE, |bytes| Bytes::from_vec(bytes).into())
}

fn read(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(args);
    let size = size_argument(vm, args.get(1))?;
    if size < -1 {
        return vm.raise(Exc::ValueError, "read length must be non-negative or -1");
    }
    let raw = this.open_raw(vm, "read")?;
    if size < 0 {
        return Ok(optional_bytes(this.read_rest(vm)?));
    }
    this.before_reading(vm)?;
    Ok(optional_bytes(this.read_exactly(vm, &raw, size as usize)?))
}

fn read1(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(args);
    let size = args.get(1).map_or(Ok(-1), |size| vm.to_i64(size))?;
    let size = if size < 0 { this.buffer_size.get() } else { size as usize };
    this.open_raw(vm, "read")?;
    if size == 0 {
        return Ok(Bytes::new(b"").into());
    }
    let chunk = this.read_chunk(vm, vm.check_text_size(Some(size))?)?;
    Ok(Bytes::from_vec(chunk.unwrap_or_default()).into())
}

fn peek(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(args);
    args.get(1).map_or(Ok(0), |size| vm.to_i64(size))?;
    let raw = this.open_raw(vm, "peek")?;
    this.before_reading(vm)?;
    if this.n_ahead() == 0 {
        this.fill(vm, &raw)?;
    }
    Ok(Bytes::new(&this.ahead.borrow()[this.position.get()..]).into())
}

fn readinto(vm: &Vm, args: Args<'_>, function: &str, once: bool) -> PyResult {
    let this = this(args);
    let size = vm.writable_len(args.value(1), function)?;
    let raw = this.open_raw(vm, "readinto")?;
    this.before_reading(vm)?;
    let bytes = if once {
        if size == 0 { Some(Vec::new()) } else { this.read_chunk(vm, size)? }
    } else {
        this.read_exactly(vm, &raw, size)?
    };
    let Some(bytes) = bytes else { return Ok(Value::NONE) };
    vm.fill_buffer(args.value(1), function, |out| out[..bytes.len()].copy_from_slice(&bytes))?;
    Ok(bytes.len().into())
}

fn readline(vm: &Vm, args: Args<'_>) -> PyResult {
    let limit = size_argument(vm, args.get(1))?;
    let limit = usize::try_from(limit).ok();
    Ok(Bytes::from_vec(this(args).read_line(vm, limit)?).into())
}

fn next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let line = if value.downcast_exact::<Buffered>().is_some() {
        Bytes::from_vec(of(value).read_line(vm, None)?).into()
    } else {
        let line = call(vm, value, "readline")?;
        if line.downcast::<Bytes>().is_none() {
            let found = vm.type_name(&line);
            let message = format!("readline() should have returned a bytes object, not '{found}'");
            return vm.raise(Exc::OSError, message);
        }
        line
    };
    Ok(if vm.len(&line)? == 0 { None } else { Some(line) })
}

fn write(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(args);
    this.raw_value(vm)?;
    let bytes = match args.value(1).downcast::<Bytes>() {
        Some(bytes) => {
            this.write_bytes(vm, bytes.as_slice())?;
            return Ok(bytes.as_slice().len().into());
        }
        None => vm.bytes_argument(args.value(1))?.to_vec(),
    };
    this.write_bytes(vm, &bytes)?;
    Ok(bytes.len().into())
}

fn flush(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(args);
    if this.can_write() {
        this.open_raw(vm, "flush")?;
        this.flush_pending(vm)?;
        if this.can_read() && this.n_ahead() > 0 {
            let raw = this.raw_value(vm)?;
            this.before_writing(vm, &raw)?;
        }
    }
    file::flush_raw(vm, &this.raw_value(vm)?)?;
    Ok(Value::NONE)
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(args);
    let raw = this.raw_value(vm)?;
    let flush = || flush(vm, args).map(drop);
    let closed = close_over::<Buffered>(vm, args.value(0), &raw, this.finalizing.get(), flush);
    if !matches!(closed, Ok(None)) {
        this.forget_ahead();
        this.pending.borrow_mut().clear();
    }
    Ok(closed?.unwrap_or(Value::NONE))
}

fn detach(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(args);
    let raw = this.raw_value(vm)?;
    call(vm, args.value(0), "flush")?;
    drop(this.raw.take());
    Ok(raw)
}

fn dealloc_warn(vm: &Vm, args: Args<'_>) -> PyResult {
    let raw = this(args).raw.borrow().clone();
    if let Some(raw) = raw {
        file::call_dealloc_warn(vm, &raw, args.value(1));
    }
    Ok(Value::NONE)
}

fn tell(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(this(args).tell(vm)?.into())
}

fn seek(vm: &Vm, args: Args<'_>) -> PyResult {
    let whence = args.get(2).map_or(Ok(0), |whence| vm.c_int_argument(whence))?;
    let this = this(args);
    this.raw_value(vm)?;
    if !matches!(whence, 0..=4) {
        return vm.raise(Exc::ValueError, format!("whence value {whence} unsupported"));
    }
    this.open_raw(vm, "seek")?;
    let target = offset_argument(vm, args.value(1))?;
    Ok(this.seek(vm, target, whence)?.into())
}

fn truncate(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(args);
    let raw = this.open_raw(vm, "truncate")?;
    if !this.can_write() {
        return unsupported(vm, "truncate");
    }
    this.flush_pending(vm)?;
    let position = match args.get_not_none(1) {
        Some(position) => position.clone(),
        None => this.tell(vm)?.into(),
    };
    vm.call_method_named(&raw, "truncate", &[position])
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let class = vm.type_of(value).display_name();
    Ok(match file::shown_name(vm, value)? {
        Some(name) => format!("<{class} name={name}>").into(),
        None => format!("<{class}>").into(),
    })
}

/// A buffered stream of our own that no Python class changed.
pub fn exact(value: &Value) -> Option<&Gc<Buffered>> {
    value.downcast_exact::<Buffered>()
}

impl Buffered {
    /// The raw stream, if it is a file of our own.
    pub fn raw_file(&self) -> Option<Gc<FileIo>> {
        let raw = self.raw.borrow();
        raw.as_ref().and_then(|raw| file::exact(raw)).cloned()
    }
}
