//! The end of a heap: builtin classes, which the heap keeps, with all that they lead to.
//!
//! Instances of builtin classes do not count them, so the classes go last, and together: first every object that they reach gets a
//! reference of ours, so that none is released while what refers to it goes; then all bodies are dropped, those of the classes last; then
//! the memory goes.

#![allow(unsafe_code)]

use std::alloc::Layout;
use std::ptr::NonNull;

use super::{GC_BUFFERED, Gc, Header, Heap, Kind, PayloadVtable, collector, drop_content};
use crate::class::Type;

impl Heap {
    /// Keeps a builtin class until the end.
    pub(super) fn keep_standing(&self, class: &Gc<Type>) {
        class.header().increment();
        self.standing.borrow_mut().push(NonNull::from(class.header()));
    }

    /// Frees the builtin classes.
    ///
    /// # Safety
    /// The heap is current, and nothing refers to its objects any more but they themselves; none of them is used afterwards.
    pub(super) unsafe fn tear_down(&self) {
        let mut objects = self.standing.take();
        // Marked by the bit of the collector's buffer, which is at its end as well: what lay there is found through the classes, or is
        // garbage that nobody will find.
        drop(self.collector.take_candidates());
        let mark = |object: &Header| object.gc.replace(object.gc.get() | GC_BUFFERED) & GC_BUFFERED == 0;
        for object in &objects {
            // SAFETY: noted classes live.
            mark(unsafe { object.as_ref() });
        }
        let mut next = 0;
        while let Some(object) = objects.get(next).copied() {
            next += 1;
            // SAFETY: what a live object refers to lives.
            let header = unsafe { object.as_ref() };
            header.increment();
            collector::trace(header, &mut |child| {
                if let Some(child) = child.header().filter(|child| mark(child)) {
                    objects.push(NonNull::from(child));
                }
            });
        }
        // All layouts come first, as classes have one too; the bodies of classes go last, as releasing what only their instances had
        // needs them.
        let (classes, others): (Vec<Parts>, Vec<Parts>) = objects
            .into_iter()
            // SAFETY: all objects are whole.
            .map(|object| unsafe { Parts::of(object) })
            .partition(|parts| parts.is_class);
        for parts in others.iter().chain(&classes) {
            // SAFETY: once for each; nobody asks for more than their headers from here on.
            unsafe { drop_content(parts.object, parts.vtable) };
        }
        for parts in others.iter().chain(&classes) {
            // SAFETY: allocated with this layout; whatever referred to it is gone.
            unsafe { self.free_lists.free(parts.object.as_ptr().cast(), parts.whole) };
        }
    }
}

/// What is to be known of an object to drop it without its class.
struct Parts {
    object: NonNull<Header>,
    vtable: &'static PayloadVtable,
    whole: Layout,
    is_class: bool,
}

impl Parts {
    /// # Safety
    /// The object is whole, and its class is.
    unsafe fn of(object: NonNull<Header>) -> Parts {
        // SAFETY: as promised.
        let header = unsafe { object.as_ref() };
        let is_class = header.kind() == Kind::Type;
        Parts { object, vtable: header.ty().vtable(), whole: header.whole_layout(), is_class }
    }
}
