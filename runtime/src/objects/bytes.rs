//! `bytes`: immutable sequence of octets.

use crate::PyResult;
use crate::class::Type;
use crate::heap::{self, Gc, Kind, Payload};
use crate::value::Value;
use crate::vm::Vm;
use std::cell::Cell;

pub struct Bytes {
    data: Box<[u8]>,
    /// 0 until computed.
    pub hash: Cell<u64>,
}

impl Payload for Bytes {
    const KIND: Kind = Kind::Bytes;
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
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
}

/// The bytes in a `bytes` or `bytearray`.
pub fn bytes_or_bytearray(value: &Value) -> Option<Vec<u8>> {
    Some(value.downcast::<Bytes>()?.as_slice().to_vec())
}

/// The bytes of any object with a buffer, `None` if it has none.
pub fn bytes_like(_vm: &Vm, value: &Value) -> PyResult<Option<Vec<u8>>> {
    Ok(bytes_or_bytearray(value))
}
