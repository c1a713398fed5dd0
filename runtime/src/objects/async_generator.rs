//! What drives async generators: values they yield travel wrapped, so that they are told from what their awaits yield.

use crate::heap::{self, Payload};
use crate::value::Value;
use crate::vm::Vm;

/// A value yielded by an async generator.
pub struct WrappedValue {
    pub value: Value,
}

impl Payload for WrappedValue {
    crate::trace_fields!(value);
}

pub fn wrap(vm: &Vm, value: Value) -> Value {
    heap::alloc(vm.types.async_generator_wrapped(), WrappedValue { value }).into()
}
