//! Special methods and slots.
use super::{Type, TypeSpec};
use crate::{Gc, Vm};
pub fn add_slot_wrappers(_vm: &Vm, _class: &Gc<Type>, _spec: &'static TypeSpec) {
    unimplemented!()
}
