//! Iterators over `bytes` and `bytearray`.

use std::cell::{Cell, RefCell};

use super::content;
use crate::class::{Slots, TypeSpec};
use crate::heap::{self, Payload};
use crate::objects::bytes::Bytes;
use crate::value::Value;
use crate::{Args, Gc, NativeFn, PyResult, Vm};

/// The sequence, gone when exhausted, and the next index.
pub struct BytesIterator {
    sequence: RefCell<Option<Value>>,
    index: Cell<usize>,
}

impl Payload for BytesIterator {
    crate::trace_fields!(sequence; skip index);

    fn clear(&self) {
        drop(self.sequence.take());
    }
}

const METHODS: &[NativeFn] = &[
    NativeFn::new("__length_hint__($self, /)", length_hint)
        .doc("Private method returning an estimate of len(list(it))."),
    NativeFn::new("__reduce__($self, /)", reduce).doc("Return state information for pickling."),
    NativeFn::new("__setstate__($self, state, /)", set_state).doc("Set state information for unpickling."),
];

const SLOTS: Slots = Slots { iter: Some(same), next: Some(next), ..Slots::NONE };

pub static ITERATOR_TYPE: TypeSpec =
    TypeSpec { name: "bytes_iterator", flags: 0, methods: METHODS, slots: SLOTS, ..TypeSpec::DEFAULT };

pub static BYTEARRAY_ITERATOR_TYPE: TypeSpec =
    TypeSpec { name: "bytearray_iterator", flags: 0, methods: METHODS, slots: SLOTS, ..TypeSpec::DEFAULT };

/// `iter(value)`, for both classes.
pub fn iter(vm: &Vm, value: &Value) -> PyResult {
    let class = match value.downcast::<Bytes>() {
        Some(_) => vm.types.bytes_iterator(),
        None => vm.types.bytearray_iterator(),
    };
    let body = BytesIterator { sequence: RefCell::new(Some(value.clone())), index: Cell::new(0) };
    Ok(heap::alloc(class, body).into())
}

fn this(value: &Value) -> &Gc<BytesIterator> {
    value.downcast().expect("slots see instances of their class")
}

fn same(_vm: &Vm, value: &Value) -> PyResult {
    Ok(value.clone())
}

fn next(_vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let this = this(value);
    let index = this.index.get();
    let byte = this.sequence.borrow().as_ref().and_then(|sequence| content(sequence)?.get(index).copied());
    match byte {
        Some(byte) => {
            this.index.set(index + 1);
            Ok(Some(Value::small(byte.into())))
        }
        None => {
            drop(this.sequence.take());
            Ok(None)
        }
    }
}

fn length_hint(_vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<BytesIterator>();
    let sequence = this.sequence.borrow();
    let len = sequence.as_ref().and_then(content).map_or(0, |bytes| bytes.len());
    Ok(len.saturating_sub(this.index.get()).into())
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<BytesIterator>();
    let iter = vm.builtins.get_str(&vm.intern("iter")).unwrap_or(Value::NONE);
    let sequence = this.sequence.borrow().clone();
    Ok(match sequence {
        Some(sequence) => vm.tuple(&[iter, vm.tuple(&[sequence]), this.index.get().into()]),
        None => vm.tuple(&[iter, vm.tuple(&[vm.empty_tuple().into()])]),
    })
}

fn set_state(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<BytesIterator>();
    let index = vm.to_i64(args.value(1))?.max(0) as usize;
    let len = this.sequence.borrow().as_ref().and_then(content).map(|bytes| bytes.len());
    if let Some(len) = len {
        this.index.set(index.min(len));
    }
    Ok(Value::NONE)
}
