//! `float`. Doubles with usual exponents are inline values; the others are boxed here.

use crate::heap::{self, Kind, Payload};
use crate::value::Value;
use crate::vm::Vm;

/// A double that does not fit inline, or one in an instance of a Python subclass.
pub struct BoxedFloat(f64);

impl Payload for BoxedFloat {
    const KIND: Kind = Kind::Float;
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

impl BoxedFloat {
    pub fn get(&self) -> f64 {
        self.0
    }
}

#[cold]
pub fn new_boxed(x: f64) -> Value {
    heap::alloc(Vm::current().types.float(), BoxedFloat(x)).into()
}

/// The double in a `float` or an instance of a subclass.
#[inline]
pub fn as_float(value: &Value) -> Option<f64> {
    value.as_exact_float().or_else(|| Some(value.downcast::<BoxedFloat>()?.get()))
}
