//! The end of a heap: builtin classes, which the heap keeps, with all that they lead to.
//!
//! Instances of builtin classes do not count them, so the classes go last, and together: first every object that they reach gets a
//! reference of ours, so that none is released while what refers to it goes; then all bodies are dropped, those of the classes last; then
//! the memory goes.

#![allow(unsafe_code)]

use std::alloc::Layout;
use std::ptr::NonNull;

use super::{Extra, GC_BUFFERED, Gc, Header, Heap, Kind, PayloadVtable, collector};
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
        // Marked by the bit of the collector's buffer, which is at its end as well: what lies there is found through the classes, or is
        // garbage that nobody will find.
        self.collector.forget_candidates();
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
        // SAFETY: all objects are whole.
        let (classes, others): (Vec<Parts>, Vec<Parts>) =
            objects.into_iter().map(|object| unsafe { Parts::of(object) }).partition(|parts| parts.is_class);
        for parts in others.iter().chain(&classes) {
            // SAFETY: once for each; nobody asks for more than their headers from here on.
            unsafe { parts.drop() };
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
    extra: Option<NonNull<Extra>>,
    whole: Layout,
    is_class: bool,
}

impl Parts {
    /// # Safety
    /// The object is whole, and its class is.
    unsafe fn of(object: NonNull<Header>) -> Parts {
        // SAFETY: as promised.
        unsafe {
            let header = object.as_ref();
            let vtable = header.ty().vtable();
            let mut whole = (vtable.layout)(object);
            let extra = header.extra().map(NonNull::from);
            if extra.is_some() {
                whole = Layout::from_size_align_unchecked(whole.size() + size_of::<Extra>(), whole.align());
            }
            Parts { object, vtable, extra, whole, is_class: header.kind() == Kind::Type }
        }
    }

    /// # Safety
    /// Once, while what the payload refers to has its memory.
    unsafe fn drop(&self) {
        // SAFETY: as promised.
        unsafe {
            if let Some(extra) = self.extra {
                extra.drop_in_place();
            }
            (self.vtable.drop_body)(self.object);
        }
    }
}
