//! `types.GenericAlias`: `list[int]`.

use crate::heap::{self, Payload};
use crate::value::Value;
use crate::{Args, Vm};

pub struct GenericAlias {
    pub origin: Value,
    /// A tuple.
    pub args: Value,
    pub starred: bool,
}

impl Payload for GenericAlias {
    crate::trace_fields!(origin, args; skip starred);
}

/// `origin[item]`.
pub fn new(vm: &Vm, origin: Value, item: Value) -> Value {
    let args = match item.downcast_exact::<crate::objects::tuple::Tuple>() {
        Some(_) => item,
        None => vm.tuple(&[item]),
    };
    heap::alloc(vm.types.generic_alias(), GenericAlias { origin, args, starred: false }).into()
}

/// `__class_getitem__` of builtin classes: args are the class and the item.
pub fn class_getitem(vm: &Vm, args: Args<'_>) -> crate::PyResult {
    Ok(new(vm, args.value(0).clone(), args.value(1).clone()))
}
