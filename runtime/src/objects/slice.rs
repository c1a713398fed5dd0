//! `slice`: bounds of a subscription.

use crate::heap::{self, Gc, Kind, Payload};
use crate::value::Value;
use crate::vm::Vm;

/// Any values; they are checked when used.
pub struct Slice {
    pub start: Value,
    pub stop: Value,
    pub step: Value,
}

impl Payload for Slice {
    const KIND: Kind = Kind::Slice;
    crate::trace_fields!(start, stop, step);
}

impl Slice {
    pub fn new(start: Value, stop: Value, step: Value) -> Gc<Slice> {
        heap::alloc(Vm::current().types.slice(), Slice { start, stop, step })
    }
}
