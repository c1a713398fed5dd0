//! `bytes`: immutable sequence of octets, and what it shares with `bytearray`.

mod case;
mod construct;
mod iterator;
mod methods;
mod operators;
mod search;

use std::cell::Cell;

use crate::PyResult;
use crate::class::Type;
use crate::heap::{self, Gc, Kind, Payload};
use crate::objects::bytearray::ByteArray;
use crate::protocol::buffer::{BytesRef, Lent};
use crate::value::Value;
use crate::vm::Vm;

pub use construct::{byte_argument, byte_values, source_bytes};
pub use iterator::{BYTEARRAY_ITERATOR_TYPE, BytesIterator, ITERATOR_TYPE};
pub use operators::TYPE;

pub(super) use iterator::iter;
pub(super) use methods::{COMMON_METHODS, MAKETRANS, fromhex, hex_arguments};
pub(super) use operators::{concat, contains, item_position, modulo, pick, repeat};

pub struct Bytes {
    data: Box<[u8]>,
    /// 0 until computed.
    pub hash: Cell<u64>,
}

impl Payload for Bytes {
    const KIND: Kind = Kind::Bytes;
    const ACYCLIC: bool = true;
    crate::trace_fields!(; skip data, hash);
}

impl Bytes {
    pub fn new(data: &[u8]) -> Gc<Bytes> {
        Bytes::from_vec(data.to_vec())
    }

    pub fn from_vec(data: Vec<u8>) -> Gc<Bytes> {
        Bytes::for_class(Vm::current().types.bytes(), data)
    }

    /// An instance of `bytes` or of a Python class derived from it.
    pub fn for_class(cls: &Gc<Type>, data: Vec<u8>) -> Gc<Bytes> {
        heap::alloc_for(cls, Bytes { data: data.into(), hash: Cell::new(0) })
    }

    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        &self.data
    }

    /// `hash(bytes)`, computed once.
    pub fn hash_value(&self) -> u64 {
        if self.hash.get() == 0 {
            self.hash.set(crate::objects::str::hash_bytes(&self.data));
        }
        self.hash.get()
    }
}

/// The `buffer` slot.
fn lend<'a>(_vm: &Vm, value: &'a Value) -> PyResult<Lent<'a>> {
    let this: &Gc<Bytes> = value.downcast().expect("slots see instances of their class");
    Ok(Lent::fixed(this.as_slice()))
}

/// The content of a `bytes` or `bytearray`, for as long as no Python code runs.
pub fn content(value: &Value) -> Option<BytesRef<'_>> {
    if let Some(bytes) = value.downcast::<Bytes>() {
        return Some(BytesRef::Slice(bytes.as_slice()));
    }
    Some(BytesRef::Ref(value.downcast::<ByteArray>()?.storage.borrow()))
}

/// The content of `self` in a method that both classes have.
fn this(value: &Value) -> BytesRef<'_> {
    content(value).expect("methods see instances of their class")
}

/// A new object of the class, `bytes` or `bytearray`, that `like` is or derives from.
fn make(like: &Value, data: Vec<u8>) -> Value {
    if like.downcast::<Bytes>().is_some() {
        Bytes::from_vec(data).into()
    } else {
        ByteArray::new(data).into()
    }
}

/// A part of the content of `value`: the object itself if it is exact `bytes` and all is left.
fn make_part(value: &Value, whole: usize, part: &[u8]) -> Value {
    if part.len() == whole && value.downcast_exact::<Bytes>().is_some() {
        return value.clone();
    }
    make(value, part.to_vec())
}

/// The bytes in a `bytes` or `bytearray`.
pub fn bytes_or_bytearray(value: &Value) -> Option<Vec<u8>> {
    Some(content(value)?.to_vec())
}

/// The bytes of any object with a buffer, `None` if it has none.
pub fn bytes_like(vm: &Vm, value: &Value) -> PyResult<Option<Vec<u8>>> {
    Ok(vm.borrow_bytes(value)?.map(|bytes| bytes.to_vec()))
}
