//! `BufferedRWPair`: a reader and a writer as one stream.

use std::cell::RefCell;

use ouro_runtime::class::{Type, TypeSpec};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

use super::base::check_ability;
use super::buffered::{Ability, Buffered};
use super::file::STREAM_FLAGS;
use super::{DEFAULT_BUFFER_SIZE, call, call_bool, chain, is_closed};

pub struct Pair {
    /// Reader and writer, once `__init__` has run.
    ends: RefCell<Option<(Value, Value)>>,
}

impl Payload for Pair {
    ouro_runtime::trace_fields!(ends);

    fn clear(&self) {
        drop(self.ends.take());
    }
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "BufferedRWPair",
    module: "_io",
    doc: "A buffered reader and writer object together.",
    flags: STREAM_FLAGS,
    new: Some(NativeFn::new("BufferedRWPair", new)),
    init: Some(NativeFn::new(
        "BufferedRWPair($self, reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)",
        init,
    )),
    methods: &[
        NativeFn::new("read($self, /, *args)", |vm, args| forward(vm, args, "read", false)),
        NativeFn::new("peek($self, /, *args)", |vm, args| forward(vm, args, "peek", false)),
        NativeFn::new("read1($self, /, *args)", |vm, args| forward(vm, args, "read1", false)),
        NativeFn::new("readinto($self, /, *args)", |vm, args| forward(vm, args, "readinto", false)),
        NativeFn::new("readinto1($self, /, *args)", |vm, args| forward(vm, args, "readinto1", false)),
        NativeFn::new("write($self, /, *args)", |vm, args| forward(vm, args, "write", true)),
        NativeFn::new("flush($self, /, *args)", |vm, args| forward(vm, args, "flush", true)),
        NativeFn::new("readable($self, /, *args)", |vm, args| forward(vm, args, "readable", false)),
        NativeFn::new("writable($self, /, *args)", |vm, args| forward(vm, args, "writable", true)),
        NativeFn::new("close($self, /)", close),
        NativeFn::new("isatty($self, /)", isatty),
    ],
    getset: &[GetSet::read_only("closed", |vm, value| {
        let pair: &Gc<Pair> = value.downcast().expect("slots see instances of their class");
        vm.get_attr_named(&pair.ends(vm)?.1, "closed")
    })],
    ..TypeSpec::DEFAULT
};

fn new(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(heap::alloc_for(args.this::<Type>(), Pair { ends: RefCell::new(None) }).into())
}

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    check_ability(vm, args.value(1), "readable")?;
    check_ability(vm, args.value(2), "writable")?;
    let size = args.get(3).map_or(Ok(DEFAULT_BUFFER_SIZE as i64), |size| vm.to_i64(size))?;
    if size <= 0 {
        return vm.raise(Exc::ValueError, "buffer size must be strictly positive");
    }
    let reader = Buffered::make(vm, args.value(1), Ability::Read, size as usize)?;
    let writer = Buffered::make(vm, args.value(2), Ability::Write, size as usize)?;
    args.this::<Pair>().ends.replace(Some((reader.into(), writer.into())));
    Ok(Value::NONE)
}

impl Pair {
    fn ends(&self, vm: &Vm) -> PyResult<(Value, Value)> {
        match self.ends.borrow().clone() {
            Some(ends) => Ok(ends),
            None => vm.raise(Exc::ValueError, "I/O operation on uninitialized object"),
        }
    }
}

fn forward(vm: &Vm, args: Args<'_>, method: &str, to_writer: bool) -> PyResult {
    let (reader, writer) = args.this::<Pair>().ends(vm)?;
    vm.call_method_named(if to_writer { &writer } else { &reader }, method, args.rest())
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult {
    let (reader, writer) = args.this::<Pair>().ends(vm)?;
    let first = call(vm, &writer, "close");
    chain(vm, first, || call(vm, &reader, "close"))
}

fn isatty(vm: &Vm, args: Args<'_>) -> PyResult {
    let (reader, writer) = args.this::<Pair>().ends(vm)?;
    if is_closed(vm, &writer)? {
        return call(vm, &reader, "isatty");
    }
    Ok((call_bool(vm, &writer, "isatty")? || call_bool(vm, &reader, "isatty")?).into())
}
