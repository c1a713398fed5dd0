//! Iterators over text, one class for ASCII and one for the rest, as CPython shows them.

use std::cell::{Cell, RefCell};

use super::{Str, decode_code_point};
use crate::class::{Slots, TypeSpec};
use crate::heap::{self, Payload};
use crate::value::Value;
use crate::{Args, Gc, NativeFn, PyResult, Vm};

/// The text, gone when exhausted, and how far it was read.
pub struct StrIterator {
    text: RefCell<Option<Gc<Str>>>,
    offset: Cell<usize>,
    /// Index of the code point at `offset`.
    index: Cell<usize>,
}

impl Payload for StrIterator {
    const ACYCLIC: bool = true;
    crate::trace_fields!(text; skip offset, index);
}

const METHODS: &[NativeFn] = &[
    NativeFn::new("__length_hint__($self, /)", length_hint)
        .doc("Private method returning an estimate of len(list(it))."),
    NativeFn::new("__reduce__($self, /)", reduce).doc("Return state information for pickling."),
    NativeFn::new("__setstate__($self, state, /)", set_state).doc("Set state information for unpickling."),
];

const SLOTS: Slots = Slots { iter: Some(same), next: Some(next), ..Slots::NONE };

pub static ITERATOR_TYPE: TypeSpec =
    TypeSpec { name: "str_iterator", flags: 0, methods: METHODS, slots: SLOTS, ..TypeSpec::DEFAULT };

pub static ASCII_ITERATOR_TYPE: TypeSpec =
    TypeSpec { name: "str_ascii_iterator", flags: 0, methods: METHODS, slots: SLOTS, ..TypeSpec::DEFAULT };

pub(super) fn iter(vm: &Vm, value: &Value) -> PyResult {
    let text: &Gc<Str> = value.downcast().expect("slots see instances of their class");
    let class = if text.is_ascii() { vm.types.str_ascii_iterator() } else { vm.types.str_iterator() };
    let body =
        StrIterator { text: RefCell::new(Some(text.clone())), offset: Cell::new(0), index: Cell::new(0) };
    Ok(heap::alloc(class, body).into())
}

fn this(value: &Value) -> &Gc<StrIterator> {
    value.downcast().expect("slots see instances of their class")
}

fn same(_vm: &Vm, value: &Value) -> PyResult {
    Ok(value.clone())
}

fn next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let this = this(value);
    let text = this.text.borrow();
    let Some(bytes) = text.as_ref().map(|text| text.as_bytes()) else { return Ok(None) };
    let at = this.offset.get();
    let (code, length) = match bytes.get(at) {
        Some(&byte) if byte < 0x80 => (byte.into(), 1),
        Some(_) => decode_code_point(&bytes[at..]),
        None => {
            drop(text);
            drop(this.text.take());
            return Ok(None);
        }
    };
    this.offset.set(at + length);
    this.index.set(this.index.get() + 1);
    Ok(Some(vm.character(code).into()))
}

fn length_hint(_vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<StrIterator>();
    let left = this.text.borrow().as_ref().map_or(0, |text| text.len() - this.index.get());
    Ok(left.into())
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<StrIterator>();
    let iter = vm.builtins.get_str(&vm.intern("iter")).unwrap_or(Value::NONE);
    let text = this.text.borrow().clone();
    Ok(match text {
        Some(text) => vm.tuple(&[iter, vm.tuple(&[text.into()]), this.index.get().into()]),
        None => vm.tuple(&[iter, vm.tuple(&[vm.empty_str.to_value()])]),
    })
}

fn set_state(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<StrIterator>();
    let index = vm.to_i64(args.value(1))?.max(0) as usize;
    if let Some(text) = &*this.text.borrow() {
        let index = index.min(text.len());
        this.index.set(index);
        this.offset.set(text.byte_offset(index));
    }
    Ok(Value::NONE)
}
