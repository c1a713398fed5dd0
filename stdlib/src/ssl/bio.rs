//! `MemoryBIO`: bytes on their way between TLS and a program.

use std::cell::{Cell, RefCell};

use ouro_runtime::class::{Type, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::{Args, GetSet, NativeFn, PyResult, Value, Vm};

use super::errors::raise_message;
use crate::convert::int32;

#[derive(Default)]
pub struct Bio {
    bytes: RefCell<Vec<u8>>,
    /// How many bytes at the beginning have been read.
    start: Cell<usize>,
    pub eof: Cell<bool>,
}

impl Payload for Bio {
    ouro_runtime::trace_fields!(; skip bytes, start, eof);
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "MemoryBIO",
    module: "_ssl",
    flags: type_flags::IMMUTABLE | type_flags::QUALIFIED,
    new: Some(NativeFn::new("MemoryBIO", new)),
    methods: &[
        NativeFn::new("read($self, size=-1, /)", read).doc(
            "Read up to size bytes from the memory BIO.\n\nIf size is not specified, read the entire buffer.\nIf the return value is an empty bytes instance, this means either\nEOF or that no data is available. Use the \"eof\" property to\ndistinguish between the two.",
        ),
        NativeFn::new("write($self, b, /)", write)
            .doc("Writes the bytes b into the memory BIO.\n\nReturns the number of bytes written."),
        NativeFn::new("write_eof($self, /)", |_, args| {
            args.this::<Bio>().eof.set(true);
            Ok(Value::NONE)
        })
        .doc("Write an EOF marker to the memory BIO.\n\nWhen all data has been read, the \"eof\" property will be True."),
    ],
    getset: &[
        GetSet {
            doc: "Whether the memory BIO is at EOF.",
            ..GetSet::read_only("eof", |_, value| {
                let bio = ouro_runtime::objects::iterators::this::<Bio>(value);
                Ok((bio.is_empty() && bio.eof.get()).into())
            })
        },
        GetSet {
            doc: "The number of bytes pending in the memory BIO.",
            ..GetSet::read_only("pending", |_, value| {
                Ok(ouro_runtime::objects::iterators::this::<Bio>(value).len().into())
            })
        },
    ],
    ..TypeSpec::DEFAULT
};

impl Bio {
    pub fn len(&self) -> usize {
        self.bytes.borrow().len() - self.start.get()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes up to `n` bytes from the beginning.
    pub fn take(&self, n: usize) -> Vec<u8> {
        let mut bytes = self.bytes.borrow_mut();
        let start = self.start.get();
        let end = bytes.len().min(start.saturating_add(n));
        if start == 0 && end == bytes.len() {
            return std::mem::take(&mut *bytes);
        }
        let taken = bytes[start..end].to_vec();
        self.start.set(end);
        // Moving what is left each time would make many small reads slow.
        if end == bytes.len() {
            bytes.clear();
            self.start.set(0);
        } else if end > bytes.len() / 2 {
            bytes.drain(..end);
            self.start.set(0);
        }
        taken
    }

    pub fn put(&self, bytes: &[u8]) {
        self.bytes.borrow_mut().extend_from_slice(bytes);
    }
}

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    if args.len() > 1 {
        let message = "MemoryBIO() takes no positional arguments";
        return vm.raise(ouro_runtime::Exc::TypeError, message);
    }
    args.no_keywords(vm, "MemoryBIO")?;
    Ok(heap::alloc_for(args.this::<Type>(), Bio::default()).into())
}

fn read(vm: &Vm, args: Args<'_>) -> PyResult {
    let size = args.get(1).map_or(Ok(-1), |size| int32(vm, size))?;
    let bytes = args.this::<Bio>().take(usize::try_from(size).unwrap_or(usize::MAX));
    Ok(Bytes::from_vec(bytes).into())
}

fn write(vm: &Vm, args: Args<'_>) -> PyResult {
    let bio = args.this::<Bio>();
    let bytes = vm.bytes_argument(args.value(1))?;
    if bio.eof.get() {
        return raise_message(vm, "cannot write() after write_eof()");
    }
    bio.put(&bytes);
    Ok(bytes.len().into())
}
