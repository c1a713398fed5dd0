//! Weak references: a side table from target to the references to it. Objects without any pay one flag.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ptr::NonNull;

use super::{FLAG_WEAK, Gc, Header, Heap, Payload, Pending};
use crate::value::Value;

/// `weakref.ref`: the target's address, gone once the target died.
pub struct WeakRef {
    target: Cell<Option<NonNull<Header>>>,
    callback: RefCell<Option<Value>>,
    /// Hash of the target, taken while it lived.
    pub hash: Cell<Option<i64>>,
}

impl Payload for WeakRef {
    crate::trace_fields!(callback; skip target, hash);

    fn clear(&self) {
        let _callback = self.callback.take();
    }
}

impl Drop for WeakRef {
    fn drop(&mut self) {
        if let Some(target) = self.target.get() {
            Heap::current().weak.forget(target, self);
        }
    }
}

impl WeakRef {
    /// An unattached reference; [`WeakTable::attach`] completes it once it has its place on the heap.
    pub fn new(callback: Option<Value>) -> WeakRef {
        WeakRef { target: Cell::new(None), callback: RefCell::new(callback), hash: Cell::new(None) }
    }

    /// The target, if it lives.
    pub fn target(&self) -> Option<Value> {
        // SAFETY: the table clears `target` before the object's memory goes.
        let header = unsafe { self.target.get()?.as_ref() };
        (header.count() > 0).then(|| header.to_value())
    }

    pub fn is_alive(&self) -> bool {
        self.target.get().is_some()
    }

    /// Takes the callback away, so that it is not called.
    pub(super) fn forget_callback(&self) -> Option<Value> {
        self.callback.take()
    }

    pub fn callback(&self) -> Option<Value> {
        self.callback.borrow().clone()
    }
}

/// All weak references of a heap, by target, oldest first.
#[derive(Default)]
pub struct WeakTable {
    by_target: RefCell<HashMap<NonNull<Header>, Vec<NonNull<super::Object<WeakRef>>>>>,
}

impl WeakTable {
    /// Points `reference` at `target`, a heap object.
    pub fn attach(&self, reference: &Gc<WeakRef>, target: &Header) {
        let key = NonNull::from(target);
        reference.target.set(Some(key));
        target.flags.set(target.flags.get() | FLAG_WEAK);
        self.by_target.borrow_mut().entry(key).or_default().push(reference.as_raw());
    }

    /// The references to `target`, oldest first.
    pub fn references(&self, target: &Header) -> Vec<Gc<WeakRef>> {
        let table = self.by_target.borrow();
        let list = table.get(&NonNull::from(target)).map(Vec::as_slice).unwrap_or_default();
        list.iter()
            .map(|reference| {
                // SAFETY: a reference takes itself out of the table when it dies, so those in it live.
                unsafe { (*(reference as *const NonNull<_> as *const Gc<WeakRef>)).clone() }
            })
            .collect()
    }

    /// Whether the death of some object would call a callback.
    pub fn has_callbacks(&self) -> bool {
        self.by_target.borrow().values().flatten().any(|entry| {
            // SAFETY: a reference takes itself out of the table when it dies, so those in it live.
            unsafe { entry.as_ref() }.body.callback.borrow().is_some()
        })
    }

    fn forget(&self, target: NonNull<Header>, reference: &WeakRef) {
        let mut table = self.by_target.borrow_mut();
        if let Some(list) = table.get_mut(&target) {
            // SAFETY: those in the list live; only their addresses are compared.
            list.retain(|entry| !std::ptr::eq(unsafe { &raw const (*entry.as_ptr()).body }, reference));
            if list.is_empty() {
                table.remove(&target);
                // SAFETY: a target in the table lives.
                let header = unsafe { target.as_ref() };
                header.flags.set(header.flags.get() & !FLAG_WEAK);
            }
        }
    }

    /// Clears every reference to a dying object and queues their callbacks, newest reference first as CPython does.
    pub(super) fn target_died(&self, heap: &Heap, target: NonNull<Header>) {
        let Some(list) = self.by_target.borrow_mut().remove(&target) else { return };
        for entry in list.into_iter().rev() {
            // SAFETY: those in the table live.
            let reference = unsafe { &(*entry.as_ptr()).body };
            reference.target.set(None);
            if let Some(callback) = reference.callback.take() {
                // SAFETY: as above; the header is alive while its body is.
                let header = unsafe { &(*entry.as_ptr()).header };
                // One that is dying itself, which may have been what kept the target, calls nobody and must not come back to life.
                if header.count() > 0 {
                    heap.push_pending(Pending::WeakCallback { reference: header.to_value(), callback });
                }
            }
        }
    }

    /// Clears the references to an object that is garbage but not yet released, so that finalisers cannot see it through them.
    pub(super) fn clear_for_garbage(&self, heap: &Heap, target: &Header) {
        if target.flags.get() & FLAG_WEAK != 0 {
            self.target_died(heap, NonNull::from(target));
            target.flags.set(target.flags.get() & !FLAG_WEAK);
        }
    }
}
