//! Special methods and slots.
use super::{Type, TypeSpec};
use crate::{Gc, PyResult, Value, Vm};
pub fn add_slot_wrappers(_vm: &Vm, _class: &Gc<Type>, _spec: &'static TypeSpec) {
    unimplemented!()
}

/// The hash slot of classes that are not hashable.
pub fn unhashable(vm: &Vm, value: &Value) -> PyResult<i64> {
    vm.raise_type_of("unhashable type: '{}'", value)
}
