//! `list`: growable sequence.

use std::cell::RefCell;

use crate::class::Type;
use crate::heap::{self, Gc, Kind, Payload};
use crate::value::Value;
use crate::vm::Vm;

/// Items are borrowed for moments only, never across anything that can run Python code.
pub struct List {
    pub items: RefCell<Vec<Value>>,
}

impl Payload for List {
    const KIND: Kind = Kind::List;
    crate::trace_fields!(items);

    fn clear(&self) {
        drop(std::mem::take(&mut *self.items.borrow_mut()));
    }
}

impl List {
    pub fn new(items: Vec<Value>) -> Gc<List> {
        heap::alloc(Vm::current().types.list(), List { items: RefCell::new(items) })
    }

    /// An instance of `list` or of a Python class derived from it.
    pub fn for_class(cls: &Gc<Type>, items: Vec<Value>) -> Gc<List> {
        heap::alloc_for(cls, List { items: RefCell::new(items) })
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.items.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Item `index`, counted from the front.
    #[inline]
    pub fn get(&self, index: usize) -> Option<Value> {
        self.items.borrow().get(index).cloned()
    }

    pub fn push(&self, item: Value) {
        self.items.borrow_mut().push(item);
    }

    /// The items at this moment.
    pub fn snapshot(&self) -> Vec<Value> {
        self.items.borrow().clone()
    }
}
