//! `BytesIO`: a stream over bytes in memory.

use std::cell::Cell;

use ouro_runtime::class::{Slots, Type, TypeSpec};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::memoryview::MemoryView;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::protocol::buffer::{ByteStorage, Lent};
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

use super::file::STREAM_FLAGS;
use super::{closed_error, size_argument};

pub struct BytesIo {
    storage: ByteStorage,
    /// May lie behind the end.
    position: Cell<usize>,
    closed: Cell<bool>,
}

impl Payload for BytesIo {
    ouro_runtime::trace_fields!(; skip storage, position, closed);
}

/// What `getbuffer()` makes its view of: lends the stream's bytes.
pub struct BytesIoBuffer {
    source: Value,
}

impl Payload for BytesIoBuffer {
    ouro_runtime::trace_fields!(source);
}

pub static BUFFER_TYPE: TypeSpec = TypeSpec {
    name: "_BytesIOBuffer",
    module: "_io",
    flags: ouro_runtime::class::type_flags::NO_NEW,
    slots: Slots { buffer: Some(lend), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

pub static TYPE: TypeSpec = TypeSpec {
    name: "BytesIO",
    module: "_io",
    doc: "Buffered I/O implementation using an in-memory bytes buffer.",
    flags: STREAM_FLAGS,
    new: Some(NativeFn::new("BytesIO", new)),
    init: Some(NativeFn::new("BytesIO($self, initial_bytes=b'')", init)),
    methods: &[
        NativeFn::new("readable($self, /)", yes).doc("Returns True if the IO object can be read."),
        NativeFn::new("writable($self, /)", yes).doc("Returns True if the IO object can be written."),
        NativeFn::new("seekable($self, /)", yes).doc("Returns True if the IO object can be seeked."),
        NativeFn::new("close($self, /)", close).doc("Disable all I/O operations."),
        NativeFn::new("flush($self, /)", |vm, args| this(vm, args).map(|_| Value::NONE)).doc("Does nothing."),
        NativeFn::new("isatty($self, /)", |vm, args| this(vm, args).map(|_| Value::FALSE))
            .doc("Always returns False."),
        NativeFn::new("tell($self, /)", |vm, args| Ok(this(vm, args)?.position.get().into()))
            .doc("Current file position, an integer."),
        NativeFn::new("write($self, b, /)", write).doc("Write bytes to file."),
        NativeFn::new("writelines($self, lines, /)", writelines).doc("Write lines to the file."),
        NativeFn::new("read1($self, size=-1, /)", read)
            .doc("Read at most size bytes, returned as a bytes object."),
        NativeFn::new("readinto($self, buffer, /)", readinto).doc("Read bytes into buffer."),
        NativeFn::new("readline($self, size=-1, /)", readline)
            .doc("Next line from the file, as a bytes object."),
        NativeFn::new("readlines($self, size=None, /)", readlines)
            .doc("List of bytes objects, each a line from the file."),
        NativeFn::new("read($self, size=-1, /)", read)
            .doc("Read at most size bytes, returned as a bytes object."),
        NativeFn::new("getbuffer($self, /)", getbuffer)
            .doc("Get a read-write view over the contents of the BytesIO object."),
        NativeFn::new("getvalue($self, /)", |vm, args| {
            Ok(Bytes::from_vec(this(vm, args)?.storage.to_vec()).into())
        })
        .doc("Retrieve the entire contents of the BytesIO object."),
        NativeFn::new("seek($self, pos, whence=0, /)", seek).doc("Change stream position."),
        NativeFn::new("truncate($self, size=None, /)", truncate)
            .doc("Truncate the file to at most size bytes."),
        NativeFn::new("__getstate__($self, /)", getstate),
        NativeFn::new("__setstate__($self, state, /)", setstate),
        NativeFn::new("__sizeof__($self, /)", |_, args| {
            Ok((size_of::<BytesIo>() + 16 + args.this::<BytesIo>().storage.capacity()).into())
        }),
    ],
    getset: &[GetSet {
        doc: "True if the file is closed.",
        ..GetSet::read_only("closed", |_, value| Ok(of(value).closed.get().into()))
    }],
    slots: Slots { iter: Some(iter), next: Some(next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn of(value: &Value) -> &Gc<BytesIo> {
    value.downcast().expect("slots see instances of their class")
}

/// `self`, open.
fn this<'a>(vm: &Vm, args: Args<'a>) -> PyResult<&'a Gc<BytesIo>> {
    let this = args.this::<BytesIo>();
    if this.closed.get() { closed_error(vm) } else { Ok(this) }
}

fn new(_vm: &Vm, args: Args<'_>) -> PyResult {
    let body = BytesIo { storage: ByteStorage::default(), position: Cell::new(0), closed: Cell::new(false) };
    Ok(heap::alloc_for(args.this::<Type>(), body).into())
}

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<BytesIo>();
    this.storage.check_resizable(vm)?;
    this.position.set(0);
    let bytes = match args.get_not_none(1) {
        Some(initial) => vm.bytes_argument(initial)?.to_vec(),
        None => Vec::new(),
    };
    this.storage.replace(vm, bytes)?;
    Ok(Value::NONE)
}

fn yes(vm: &Vm, args: Args<'_>) -> PyResult {
    this(vm, args)?;
    Ok(Value::TRUE)
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<BytesIo>();
    this.storage.check_resizable(vm)?;
    if !this.closed.replace(true) {
        this.storage.replace(vm, Vec::new())?;
    }
    Ok(Value::NONE)
}

impl BytesIo {
    /// Writes at the position and moves behind.
    pub fn write_bytes(&self, vm: &Vm, bytes: &[u8]) -> PyResult<()> {
        if self.closed.get() {
            return closed_error(vm);
        }
        self.storage.check_resizable(vm)?;
        if bytes.is_empty() {
            return Ok(());
        }
        let (position, len) = (self.position.get(), self.storage.len());
        let Some(end) = position.checked_add(bytes.len()) else {
            return vm.raise(Exc::OverflowError, "new buffer size too large");
        };
        if position > len {
            self.storage.resize(vm, position)?;
        }
        let len = self.storage.len();
        self.storage.splice(vm, position..end.min(len), bytes)?;
        self.position.set(end);
        Ok(())
    }

    /// Up to `n` bytes from the position on.
    pub fn take(&self, n: usize) -> Vec<u8> {
        let bytes = self.storage.borrow();
        let start = self.position.get().min(bytes.len());
        let end = bytes.len().min(start.saturating_add(n));
        if start < end {
            self.position.set(end);
        }
        bytes[start..end].to_vec()
    }

    fn line(&self, limit: usize) -> Vec<u8> {
        let n = {
            let bytes = self.storage.borrow();
            let rest = &bytes[self.position.get().min(bytes.len())..];
            memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1)
        };
        self.take(n.min(limit))
    }

    pub fn is_closed(&self) -> bool {
        self.closed.get()
    }
}

fn write(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(vm, args)?;
    let bytes = vm.bytes_argument(args.value(1))?.to_vec();
    this.write_bytes(vm, &bytes)?;
    Ok(bytes.len().into())
}

fn writelines(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(vm, args)?;
    let iterator = vm.iter(args.value(1))?;
    while let Some(line) = vm.next(&iterator)? {
        let bytes = vm.bytes_argument(&line)?.to_vec();
        this.write_bytes(vm, &bytes)?;
    }
    Ok(Value::NONE)
}

fn read(vm: &Vm, args: Args<'_>) -> PyResult {
    let size = size_argument(vm, args.get(1))?;
    let this = this(vm, args)?;
    Ok(Bytes::from_vec(this.take(usize::try_from(size).unwrap_or(usize::MAX))).into())
}

fn readinto(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(vm, args)?;
    let size = vm.writable_len(args.value(1), "readinto")?;
    let bytes = this.take(size);
    vm.fill_buffer(args.value(1), "readinto", |out| out[..bytes.len()].copy_from_slice(&bytes))?;
    Ok(bytes.len().into())
}

fn readline(vm: &Vm, args: Args<'_>) -> PyResult {
    let size = size_argument(vm, args.get(1))?;
    let this = this(vm, args)?;
    Ok(Bytes::from_vec(this.line(usize::try_from(size).unwrap_or(usize::MAX))).into())
}

fn readlines(vm: &Vm, args: Args<'_>) -> PyResult {
    let hint = match args.get_not_none(1) {
        Some(size) if vm.has_index(size) => vm.to_i64(size)?,
        Some(size) => return vm.raise_type_of("integer argument expected, got '{}'", size),
        None => 0,
    };
    let this = this(vm, args)?;
    let (mut lines, mut total) = (Vec::new(), 0);
    loop {
        let line = this.line(usize::MAX);
        if line.is_empty() {
            break;
        }
        total += line.len();
        lines.push(Bytes::from_vec(line).into());
        if hint > 0 && total >= hint as usize {
            break;
        }
    }
    Ok(List::new(lines).into())
}

fn iter(vm: &Vm, value: &Value) -> PyResult {
    if of(value).closed.get() {
        return closed_error(vm);
    }
    Ok(value.clone())
}

fn next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let this = of(value);
    if this.closed.get() {
        return closed_error(vm);
    }
    let line = this.line(usize::MAX);
    Ok((!line.is_empty()).then(|| Bytes::from_vec(line).into()))
}

fn getbuffer(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(vm, args)?;
    let buffer = heap::alloc(&vm.class_of::<BytesIoBuffer>(), BytesIoBuffer { source: this.to_value() });
    MemoryView::of(vm, buffer.as_value())
}

fn lend<'a>(_vm: &Vm, value: &'a Value) -> PyResult<Lent<'a>> {
    let buffer: &Gc<BytesIoBuffer> = value.downcast().expect("slots see instances of their class");
    Ok(Lent::storage(&of(&buffer.source).storage))
}

fn seek(vm: &Vm, args: Args<'_>) -> PyResult {
    let offset = vm.to_i64(args.value(1))?;
    let whence = args.get(2).map_or(Ok(0), |whence| vm.c_int_argument(whence))?;
    let this = this(vm, args)?;
    if offset < 0 && whence == 0 {
        return vm.raise(Exc::ValueError, format!("negative seek value {offset}"));
    }
    let base = match whence {
        0 => 0,
        1 => this.position.get() as i64,
        2 => this.storage.len() as i64,
        _ => {
            let message = format!("invalid whence ({whence}, should be 0, 1 or 2)");
            return vm.raise(Exc::ValueError, message);
        }
    };
    let Some(position) = base.checked_add(offset) else {
        return vm.raise(Exc::OverflowError, "new position too large");
    };
    this.position.set(position.max(0) as usize);
    Ok(this.position.get().into())
}

fn truncate(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(vm, args)?;
    this.storage.check_resizable(vm)?;
    let size = match args.get_not_none(1) {
        Some(size) => vm.to_i64(size)?,
        None => this.position.get() as i64,
    };
    if size < 0 {
        return vm.raise(Exc::ValueError, format!("negative size value {size}"));
    }
    if (size as usize) < this.storage.len() {
        this.storage.resize(vm, size as usize)?;
    }
    Ok(size.into())
}

fn getstate(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = this(vm, args)?;
    let dict = match vm.instance_dict(args.value(0)) {
        Some(dict) if !dict.is_empty() => dict.copy().into(),
        _ => Value::NONE,
    };
    let value = Bytes::from_vec(this.storage.to_vec()).into();
    Ok(vm.tuple(&[value, this.position.get().into(), dict]))
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<BytesIo>();
    let state = args.value(1);
    let items = state.downcast::<Tuple>().map(|tuple| tuple.items()).filter(|items| items.len() >= 3);
    let Some([initial, position, dict, ..]) = items else {
        let (class, found) = (vm.type_name(args.value(0)), vm.type_name(state));
        let message = format!("{class}.__setstate__ argument should be 3-tuple, got {found}");
        return vm.raise(Exc::TypeError, message);
    };
    let bytes = vm.bytes_argument(initial)?.to_vec();
    this.storage.replace(vm, bytes)?;
    if !vm.has_index(position) {
        let found = vm.type_name(position);
        let message = format!("second item of state must be an integer, not {found}");
        return vm.raise(Exc::TypeError, message);
    }
    let position = vm.to_i64(position)?;
    if position < 0 {
        return vm.raise(Exc::ValueError, "position value cannot be negative");
    }
    this.position.set(position as usize);
    super::string_io::restore_dict(vm, args.value(0), dict, "third")
}
