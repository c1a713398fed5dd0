//! `cell`: a variable shared between a function and those defined inside it.

use std::cell::RefCell;

use crate::heap::{self, Gc, Kind, Payload};
use crate::value::Value;
use crate::vm::Vm;

/// The variable; unbound while unassigned.
pub struct CellObject {
    pub content: RefCell<Value>,
}

impl Payload for CellObject {
    const KIND: Kind = Kind::Cell;
    crate::trace_fields!(content);

    fn clear(&self) {
        drop(self.content.replace(Value::UNBOUND));
    }
}

impl CellObject {
    pub fn new(content: Value) -> Gc<CellObject> {
        heap::alloc(Vm::current().types.cell(), CellObject { content: RefCell::new(content) })
    }

    /// The variable's value, `None` while unassigned.
    #[inline]
    pub fn get(&self) -> Option<Value> {
        let content = self.content.borrow();
        (!content.is_unbound()).then(|| content.clone())
    }

    #[inline]
    pub fn set(&self, value: Value) -> Value {
        self.content.replace(value)
    }
}
