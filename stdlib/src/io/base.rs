//! The abstract classes `_IOBase`, `_RawIOBase`, `_BufferedIOBase` and `_TextIOBase`. Their methods work on any object.

use ouro_runtime::class::instance::Instance;
use ouro_runtime::class::{Slots, TypeSpec, type_flags};
use ouro_runtime::objects::bytearray::ByteArray;
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, GetSet, NativeClass, NativeFn, PyResult, Value, Vm};

use super::{DEFAULT_BUFFER_SIZE, call, chain, class, closed_error, is_closed, size_argument, unsupported};

const FLAGS: u32 = type_flags::BASE_TYPE | type_flags::HAS_DICT | type_flags::HAS_WEAKREF;

pub const IO_BASE: NativeClass = NativeClass::of::<Instance>(&IO_BASE_TYPE);
pub const RAW_IO_BASE: NativeClass =
    NativeClass { base: Some(|vm| class(vm, "_IOBase")), ..NativeClass::of::<Instance>(&RAW_TYPE) };
pub const BUFFERED_IO_BASE: NativeClass =
    NativeClass { base: Some(|vm| class(vm, "_IOBase")), ..NativeClass::of::<Instance>(&BUFFERED_TYPE) };
pub const TEXT_IO_BASE: NativeClass =
    NativeClass { base: Some(|vm| class(vm, "_IOBase")), ..NativeClass::of::<Instance>(&TEXT_TYPE) };

static IO_BASE_TYPE: TypeSpec = TypeSpec {
    name: "_IOBase",
    module: "_io",
    doc: "The abstract base class for all I/O classes.",
    flags: FLAGS,
    methods: &[
        NativeFn::new("seek($self, offset, whence=os.SEEK_SET, /)", |vm, _| unsupported(vm, "seek"))
            .doc("Change the stream position to the given byte offset."),
        NativeFn::new("tell($self, /)", tell).doc("Return current stream position."),
        NativeFn::new("truncate($self, size=None, /)", |vm, _| unsupported(vm, "truncate"))
            .doc("Truncate file to size bytes."),
        NativeFn::new("flush($self, /)", flush).doc("Flush write buffers, if applicable."),
        NativeFn::new("close($self, /)", close).doc("Flush and close the IO object."),
        NativeFn::new("seekable($self, /)", no).doc("Return whether object supports random access."),
        NativeFn::new("readable($self, /)", no).doc("Return whether object was opened for reading."),
        NativeFn::new("writable($self, /)", no).doc("Return whether object was opened for writing."),
        NativeFn::new("_checkClosed($self, /, *args)", check_closed),
        NativeFn::new("_checkSeekable($self, /, *args)", |vm, args| {
            check_ability(vm, args.value(0), "seekable")?;
            Ok(Value::TRUE)
        }),
        NativeFn::new("_checkReadable($self, /, *args)", |vm, args| {
            check_ability(vm, args.value(0), "readable")?;
            Ok(Value::TRUE)
        }),
        NativeFn::new("_checkWritable($self, /, *args)", |vm, args| {
            check_ability(vm, args.value(0), "writable")?;
            Ok(Value::TRUE)
        }),
        NativeFn::new("fileno($self, /)", |vm, _| unsupported(vm, "fileno"))
            .doc("Return underlying file descriptor if one exists."),
        NativeFn::new("isatty($self, /)", isatty).doc("Return whether this is an 'interactive' stream."),
        NativeFn::new("__enter__($self, /)", enter),
        NativeFn::new("__exit__($self, /, *args)", exit),
        NativeFn::new("readline($self, size=-1, /)", readline).doc("Read and return a line from the stream."),
        NativeFn::new("readlines($self, hint=-1, /)", readlines)
            .doc("Return a list of lines from the stream."),
        NativeFn::new("writelines($self, lines, /)", writelines).doc("Write a list of lines to stream."),
    ],
    getset: &[GetSet::read_only("closed", get_closed)],
    slots: Slots { iter: Some(iter), next: Some(next), finalize: Some(finalize), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

static RAW_TYPE: TypeSpec = TypeSpec {
    name: "_RawIOBase",
    module: "_io",
    doc: "Base class for raw binary I/O.",
    flags: FLAGS,
    methods: &[
        NativeFn::new("read($self, size=-1, /)", raw_read),
        NativeFn::new("readall($self, /)", raw_readall).doc("Read until EOF, using multiple read() call."),
        NativeFn::new("readinto($self, buffer, /)", not_implemented),
        NativeFn::new("write($self, b, /)", not_implemented),
    ],
    ..TypeSpec::DEFAULT
};

static BUFFERED_TYPE: TypeSpec = TypeSpec {
    name: "_BufferedIOBase",
    module: "_io",
    doc: "Base class for buffered IO objects.",
    flags: FLAGS,
    methods: &[
        NativeFn::new("detach($self, /)", |vm, _| unsupported(vm, "detach"))
            .doc("Disconnect this buffer from its underlying raw stream and return it."),
        NativeFn::new("read($self, size=-1, /)", |vm, _| unsupported(vm, "read"))
            .doc("Read and return up to n bytes."),
        NativeFn::new("read1($self, size=-1, /)", |vm, _| unsupported(vm, "read1"))
            .doc("Read and return up to size bytes."),
        NativeFn::new("readinto($self, buffer, /)", |vm, args| read_into(vm, args, "readinto", "read")),
        NativeFn::new("readinto1($self, buffer, /)", |vm, args| read_into(vm, args, "readinto1", "read1")),
        NativeFn::new("write($self, b, /)", |vm, _| unsupported(vm, "write"))
            .doc("Write buffer b to the IO stream."),
    ],
    ..TypeSpec::DEFAULT
};

static TEXT_TYPE: TypeSpec = TypeSpec {
    name: "_TextIOBase",
    module: "_io",
    doc: "Base class for text I/O.",
    flags: FLAGS,
    methods: &[
        NativeFn::new("detach($self, /)", |vm, _| unsupported(vm, "detach"))
            .doc("Separate the underlying buffer from the TextIOBase and return it."),
        NativeFn::new("read($self, size=-1, /)", |vm, _| unsupported(vm, "read"))
            .doc("Read at most size characters from stream."),
        NativeFn::new("readline($self, size=-1, /)", |vm, _| unsupported(vm, "readline"))
            .doc("Read until newline or EOF."),
        NativeFn::new("write($self, s, /)", text_write).doc("Write string s to stream."),
    ],
    getset: &[
        GetSet {
            doc: "Encoding of the text stream.",
            ..GetSet::read_only("encoding", |_, _| Ok(Value::NONE))
        },
        GetSet {
            doc: "Line endings translated so far.",
            ..GetSet::read_only("newlines", |_, _| Ok(Value::NONE))
        },
        GetSet {
            doc: "The error setting of the decoder or encoder.",
            ..GetSet::read_only("errors", |_, _| Ok(Value::NONE))
        },
    ],
    ..TypeSpec::DEFAULT
};

fn no(_vm: &Vm, _args: Args<'_>) -> PyResult {
    Ok(Value::FALSE)
}

fn not_implemented(vm: &Vm, _args: Args<'_>) -> PyResult {
    vm.raise_bare(Exc::NotImplementedError)
}

fn tell(vm: &Vm, args: Args<'_>) -> PyResult {
    vm.call_method_named(args.value(0), "seek", &[Value::small(0), Value::small(1)])
}

/// ValueError if `value.closed`.
pub fn require_open(vm: &Vm, value: &Value) -> PyResult<()> {
    if is_closed(vm, value)? { closed_error(vm) } else { Ok(()) }
}

/// Where plain objects remember that they were closed.
const CLOSED: &str = "__IOBase_closed";

fn get_closed(vm: &Vm, value: &Value) -> PyResult {
    Ok(vm.get_attr_opt(value, &vm.intern(CLOSED))?.is_some().into())
}

fn flush(vm: &Vm, args: Args<'_>) -> PyResult {
    if get_closed(vm, args.value(0))?.is(&Value::TRUE) {
        return closed_error(vm);
    }
    Ok(Value::NONE)
}

/// `_IOBase.close`.
pub fn close(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    if get_closed(vm, value)?.is(&Value::TRUE) {
        return Ok(Value::NONE);
    }
    let flushed = call(vm, value, "flush");
    chain(vm, flushed, || vm.set_attr(value, &vm.intern(CLOSED), Some(&Value::TRUE)).map(|()| Value::NONE))?;
    Ok(Value::NONE)
}

/// Marks an object closed without flushing it.
fn check_closed(vm: &Vm, args: Args<'_>) -> PyResult {
    require_open(vm, args.value(0))?;
    Ok(Value::NONE)
}

/// `value.readable()` and the like must be true.
pub fn check_ability(vm: &Vm, value: &Value, ability: &str) -> PyResult<()> {
    let able = call(vm, value, ability)?;
    if able.is(&Value::TRUE) {
        return Ok(());
    }
    unsupported(vm, &format!("File or stream is not {ability}."))
}

fn isatty(vm: &Vm, args: Args<'_>) -> PyResult {
    require_open(vm, args.value(0))?;
    Ok(Value::FALSE)
}

fn enter(vm: &Vm, args: Args<'_>) -> PyResult {
    require_open(vm, args.value(0))?;
    Ok(args.value(0).clone())
}

fn exit(vm: &Vm, args: Args<'_>) -> PyResult {
    call(vm, args.value(0), "close")
}

fn iter(vm: &Vm, value: &Value) -> PyResult {
    require_open(vm, value)?;
    Ok(value.clone())
}

fn next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let line = call(vm, value, "readline")?;
    Ok(if vm.len(&line)? == 0 { None } else { Some(line) })
}

/// Closes what was dropped open. Errors of closing are lost, as in CPython outside development mode.
fn finalize(vm: &Vm, value: &Value) -> PyResult {
    let closed = is_closed(vm, value);
    let closed = match closed {
        Ok(closed) => closed,
        Err(raised) => {
            drop(vm.take_raised(raised));
            return Ok(Value::NONE);
        }
    };
    if !closed {
        let marked = vm.set_attr(value, &vm.intern("_finalizing"), Some(&Value::TRUE));
        if let Err(raised) = marked {
            drop(vm.take_raised(raised));
        }
        if let Err(raised) = call(vm, value, "close") {
            drop(vm.take_raised(raised));
        }
    }
    Ok(Value::NONE)
}

fn readline(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    let limit = size_argument(vm, args.get(1))?;
    let peek = vm.get_attr_opt(value, &vm.intern("peek"))?;
    let mut line = Vec::new();
    while limit < 0 || (line.len() as i64) < limit {
        let mut wanted = 1;
        if let Some(peek) = &peek {
            let ahead = vm.call(peek, &[Value::small(1)])?;
            let Some(ahead) = ahead.downcast::<Bytes>() else {
                let found = vm.type_name(&ahead);
                let message = format!("peek() should have returned a bytes object, not '{found}'");
                return vm.raise(Exc::OSError, message);
            };
            let ahead = ahead.as_slice();
            if !ahead.is_empty() {
                wanted = memchr::memchr(b'\n', ahead).map_or(ahead.len(), |at| at + 1);
                if limit >= 0 {
                    wanted = wanted.min(limit as usize - line.len());
                }
            }
        }
        let piece = vm.call_method(value, &vm.names.read, &[wanted.into()])?;
        let Some(piece) = piece.downcast::<Bytes>() else {
            let found = vm.type_name(&piece);
            let message = format!("read() should have returned a bytes object, not '{found}'");
            return vm.raise(Exc::OSError, message);
        };
        if piece.as_slice().is_empty() {
            break;
        }
        line.extend_from_slice(piece.as_slice());
        if line.ends_with(b"\n") {
            break;
        }
    }
    Ok(Bytes::from_vec(line).into())
}

/// `readlines(hint)` of anything that iterates over lines.
pub fn readlines(vm: &Vm, args: Args<'_>) -> PyResult {
    let hint = size_argument(vm, args.get(1))?;
    let lines = List::new(Vec::new());
    let iterator = vm.iter(args.value(0))?;
    let mut total = 0usize;
    while let Some(line) = vm.next(&iterator)? {
        total += vm.len(&line)?;
        lines.push(line);
        if hint > 0 && total >= hint as usize {
            break;
        }
    }
    Ok(lines.into())
}

fn writelines(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    require_open(vm, value)?;
    let iterator = vm.iter(args.value(1))?;
    while let Some(line) = vm.next(&iterator)? {
        vm.call_method(value, &vm.names.write, &[line])?;
    }
    Ok(Value::NONE)
}

fn raw_read(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    let size = args.get(1).map_or(Ok(-1), |size| vm.to_i64(size))?;
    if size < 0 {
        return call(vm, value, "readall");
    }
    let size = vm.check_text_size(Some(size as usize))?;
    let buffer = ByteArray::new(vec![0; size]);
    let n = vm.call_method_named(value, "readinto", &[buffer.to_value()])?;
    if n.is_none() {
        return Ok(n);
    }
    let n = vm.index_i64(&n, Exc::ValueError)?;
    let bytes = buffer.storage.to_vec();
    match usize::try_from(n) {
        Ok(n) if n <= bytes.len() => Ok(Bytes::new(&bytes[..n]).into()),
        _ => {
            let size = bytes.len();
            vm.raise(Exc::ValueError, format!("readinto returned {n} outside buffer size {size}"))
        }
    }
}

fn raw_readall(vm: &Vm, args: Args<'_>) -> PyResult {
    let mut all = Vec::new();
    loop {
        let piece = vm.call_method(args.value(0), &vm.names.read, &[DEFAULT_BUFFER_SIZE.into()])?;
        if piece.is_none() {
            if all.is_empty() {
                return Ok(piece);
            }
            break;
        }
        match piece.downcast::<Bytes>() {
            Some(piece) if piece.as_slice().is_empty() => break,
            Some(piece) => all.extend_from_slice(piece.as_slice()),
            None => return vm.raise(Exc::TypeError, "read() should return bytes"),
        }
    }
    Ok(Bytes::from_vec(all).into())
}

fn read_into(vm: &Vm, args: Args<'_>, function: &str, method: &str) -> PyResult {
    let size = vm.writable_len(args.value(1), function)?;
    let data = vm.call_method_named(args.value(0), method, &[size.into()])?;
    let Some(data) = data.downcast::<Bytes>() else {
        return vm.raise(Exc::TypeError, "read() should return bytes");
    };
    let bytes = data.as_slice();
    if bytes.len() > size {
        let n = bytes.len();
        return vm.raise(
            Exc::ValueError,
            format!("read() returned too much data: {size} bytes requested, {n} returned"),
        );
    }
    vm.fill_buffer(args.value(1), function, |buffer| buffer[..bytes.len()].copy_from_slice(bytes))?;
    Ok(bytes.len().into())
}

fn text_write(vm: &Vm, args: Args<'_>) -> PyResult {
    if args.value(1).downcast::<Str>().is_none() {
        return vm.raise_bad_argument("write", "argument 1", "str", args.value(1));
    }
    unsupported(vm, "write")
}
