//! `tuple`: immutable sequence; items follow the object in the same allocation.

#![allow(unsafe_code)]

use std::alloc::Layout;

use crate::class::Type;
use crate::heap::{self, Gc, Kind, Payload, Visitor};
use crate::value::Value;
use crate::vm::Vm;

#[repr(C)]
pub struct Tuple {
    len: usize,
}

impl Payload for Tuple {
    const KIND: Kind = Kind::Tuple;

    fn trace(&self, visit: Visitor<'_>) {
        self.items().iter().for_each(visit);
    }

    fn trailing_layout(&self) -> Layout {
        let size = size_of::<Tuple>() + self.len * size_of::<Value>();
        Layout::from_size_align(size, align_of::<Tuple>())
            .expect("length was checked when the tuple was made")
    }
}

impl Drop for Tuple {
    fn drop(&mut self) {
        // SAFETY: the items are initialised and dropped only here.
        unsafe { std::ptr::drop_in_place(self.items() as *const [Value] as *mut [Value]) }
    }
}

impl Tuple {
    pub fn new(items: impl IntoIterator<Item = Value, IntoIter: ExactSizeIterator>) -> Gc<Tuple> {
        Tuple::for_class(Vm::current().types.tuple(), items)
    }

    /// An instance of `tuple` or of a Python class derived from it.
    pub fn for_class(
        cls: &Gc<Type>,
        items: impl IntoIterator<Item = Value, IntoIter: ExactSizeIterator>,
    ) -> Gc<Tuple> {
        let items = items.into_iter();
        let len = items.len();
        if len == 0 && !cls.is_heap_type() {
            if let Some(empty) = Vm::current().empty_tuple.get() {
                return empty.clone();
            }
        }
        // SAFETY: exactly `len` items are written, or the process stops.
        unsafe {
            heap::alloc_trailing::<Tuple, Value>(cls, Tuple { len }, |out| {
                let mut written = 0;
                for item in items.take(len) {
                    out.add(written).write(item);
                    written += 1;
                }
                assert_eq!(written, len, "an exact-size iterator yields its length");
            })
        }
    }

    pub fn from_slice(items: &[Value]) -> Gc<Tuple> {
        Tuple::new(items.iter().cloned())
    }

    #[inline(always)]
    pub fn items(&self) -> &[Value] {
        // SAFETY: `len` initialised values follow the payload.
        unsafe { std::slice::from_raw_parts((self as *const Tuple).add(1).cast::<Value>(), self.len) }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}
