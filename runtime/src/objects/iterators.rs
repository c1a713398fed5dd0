//! Iterators over anything with `__getitem__`, and over a callable until a sentinel.

use std::cell::RefCell;

use crate::heap::{self, Payload};
use crate::value::Value;
use crate::vm::Vm;

/// `iter(sequence)` through `__getitem__`: the sequence (gone when exhausted) and the next index.
pub struct SequenceIterator {
    pub sequence: RefCell<Option<Value>>,
    pub index: std::cell::Cell<i64>,
}

impl Payload for SequenceIterator {
    crate::trace_fields!(sequence; skip index);
}

pub fn sequence_iterator(vm: &Vm, sequence: Value) -> Value {
    let body = SequenceIterator { sequence: RefCell::new(Some(sequence)), index: std::cell::Cell::new(0) };
    heap::alloc(vm.types.sequence_iterator(), body).into()
}
