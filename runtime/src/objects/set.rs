//! `set` and `frozenset`.

use std::cell::Cell;

use crate::class::Type;
use crate::heap::{self, Gc, Kind, Payload};
use crate::objects::hash_table::HashTable;
use crate::value::Value;
use crate::{PyResult, Vm};

/// Both classes share the payload; the class says which it is.
#[derive(Default)]
pub struct Set {
    pub table: HashTable<()>,
    /// Hash of a frozenset, once computed.
    pub hash: Cell<Option<i64>>,
}

impl Payload for Set {
    const KIND: Kind = Kind::Set;
    crate::trace_fields!(table; skip hash);

    fn clear(&self) {
        drop(self.table.take_entries());
    }
}

impl Set {
    /// An empty `set`, `frozenset` or instance of a derived class.
    pub fn for_class(cls: &Gc<Type>) -> Gc<Set> {
        heap::alloc_for(cls, Set::default())
    }

    /// Adds an item; whether it was new.
    pub fn add(&self, vm: &Vm, item: Value) -> PyResult<bool> {
        let hash = vm.hash(&item)? as u64;
        if self.table.find(vm, &item, hash)?.is_some() {
            return Ok(false);
        }
        self.table.push(hash, item, ());
        Ok(true)
    }

    pub fn contains(&self, vm: &Vm, item: &Value) -> PyResult<bool> {
        let hash = vm.hash(item)? as u64;
        Ok(self.table.find(vm, item, hash)?.is_some())
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }
}

/// A frozenset of constants, which are all hashable.
pub fn frozen_of_constants(vm: &Vm, items: &[Value]) -> Value {
    let set = Set::for_class(vm.types.frozenset());
    for item in items {
        if let Err(raised) = set.add(vm, item.clone()) {
            drop(vm.take_raised(raised));
        }
    }
    set.into()
}
