//! Iterators over one-dimensional memoryviews.

use std::cell::{Cell, RefCell};

use super::{access, this};
use crate::class::{Slots, TypeSpec};
use crate::heap::{self, Payload};
use crate::value::Value;
use crate::{Exc, Gc, PyResult, Vm};

/// The view, gone when exhausted, and the next index.
pub struct MemoryIterator {
    view: RefCell<Option<Value>>,
    index: Cell<usize>,
}

impl Payload for MemoryIterator {
    crate::trace_fields!(view; skip index);

    fn clear(&self) {
        drop(self.view.take());
    }
}

pub static ITERATOR_TYPE: TypeSpec = TypeSpec {
    name: "memory_iterator",
    flags: 0,
    slots: Slots { iter: Some(same), next: Some(next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

pub(super) fn iter(vm: &Vm, value: &Value) -> PyResult {
    let view = this(value);
    view.check(vm)?;
    match view.layout.shape.len() {
        0 => return vm.raise(Exc::TypeError, "invalid indexing of 0-dim memory"),
        1 => {}
        _ => {
            return vm.raise(Exc::NotImplementedError, "multi-dimensional sub-views are not implemented");
        }
    }
    access::code(vm, view)?;
    let body = MemoryIterator { view: RefCell::new(Some(value.clone())), index: Cell::new(0) };
    Ok(heap::alloc(vm.types.memory_iterator(), body).into())
}

fn same(_vm: &Vm, value: &Value) -> PyResult {
    Ok(value.clone())
}

fn next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let iterator: &Gc<MemoryIterator> = value.downcast().expect("slots see instances of their class");
    let Some(view) = iterator.view.borrow().clone() else { return Ok(None) };
    let (view, index) = (this(&view), iterator.index.get());
    view.check(vm)?;
    if index >= view.layout.shape[0] {
        drop(iterator.view.take());
        return Ok(None);
    }
    iterator.index.set(index + 1);
    access::item_at(vm, view, index).map(Some)
}
