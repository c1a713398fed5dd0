//! Descriptors of builtin classes.
use super::Type;
use crate::native::GetSet;
use crate::{Gc, Value, Vm};
pub fn new_static_method(_vm: &Vm, _function: Value) -> Value {
    unimplemented!()
}
pub fn new_getset(_vm: &Vm, _getset: &'static GetSet, _class: &Gc<Type>) -> Value {
    unimplemented!()
}
