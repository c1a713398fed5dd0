//! `Gc<T>`: a counted pointer to a heap object whose payload is a `T`.

use std::ops::Deref;
use std::ptr::NonNull;

use super::{Header, Object, Payload};
use crate::value::Value;

/// An owning pointer; cloning and dropping count references. Dereferences to the payload.
#[repr(transparent)]
pub struct Gc<T: Payload>(NonNull<Object<T>>);

impl<T: Payload> Gc<T> {
    /// # Safety
    /// `object` is live and the caller gives one of its references away.
    #[inline(always)]
    pub(crate) unsafe fn from_raw(object: NonNull<Object<T>>) -> Gc<T> {
        Gc(object)
    }

    /// The pointer, with its reference still counted but owned by nobody.
    #[inline(always)]
    pub(crate) fn into_raw(self) -> NonNull<Object<T>> {
        let object = self.0;
        std::mem::forget(self);
        object
    }

    /// The pointer, its reference still owned by `self`.
    #[inline(always)]
    pub(crate) fn as_raw(&self) -> NonNull<Object<T>> {
        self.0
    }

    #[inline(always)]
    pub fn header(&self) -> &Header {
        // SAFETY: a Gc keeps its object alive.
        unsafe { &self.0.as_ref().header }
    }

    /// The same object as an untyped value, borrowed.
    #[inline(always)]
    pub fn as_value(&self) -> &Value {
        // SAFETY: both are one word, the object's address, and own one reference.
        unsafe { &*(self as *const Gc<T> as *const Value) }
    }

    /// The same object as an untyped value: one more reference.
    #[inline(always)]
    pub fn to_value(&self) -> Value {
        self.as_value().clone()
    }

    /// Drops a clone that was only lent for a call, or a reference beside which a root is known to hold the object: the collector need
    /// not look for a cycle here. See [`Header::decrement_lent`].
    #[inline(always)]
    pub fn give_back(self) {
        // SAFETY: this pointer owned one reference, which is not dropped again.
        unsafe { self.header().decrement_lent() }
        std::mem::forget(self);
    }

    /// Identity.
    #[inline(always)]
    pub fn is(&self, other: &Gc<T>) -> bool {
        self.0 == other.0
    }

    /// Address of the trailing items of a payload that has some.
    #[inline(always)]
    pub(crate) fn trailing<I>(&self) -> *mut I {
        // SAFETY: one past the payload, inside the same allocation (or its end).
        unsafe { (&raw mut (*self.0.as_ptr()).body).add(1).cast::<I>() }
    }
}

impl<T: Payload> Deref for Gc<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: a Gc keeps its object alive, and payloads are only mutated through cells.
        unsafe { &self.0.as_ref().body }
    }
}

impl<T: Payload> Clone for Gc<T> {
    #[inline(always)]
    fn clone(&self) -> Gc<T> {
        self.header().increment();
        Gc(self.0)
    }
}

impl<T: Payload> Drop for Gc<T> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: this pointer owned one reference and is gone after this.
        unsafe { self.header().decrement() }
    }
}

impl<T: Payload> std::fmt::Debug for Gc<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_value().fmt(f)
    }
}
