//! `dict`: mapping in insertion order; also every namespace of the runtime.

use crate::PyResult;
use crate::class::Type;
use crate::heap::{self, Gc, Kind, Payload};
use crate::objects::hash_table::HashTable;
use crate::objects::str::Str;
use crate::value::Value;
use crate::vm::Vm;

#[derive(Default)]
pub struct Dict {
    pub table: HashTable<Value>,
}

impl Payload for Dict {
    const KIND: Kind = Kind::Dict;
    crate::trace_fields!(table);

    fn clear(&self) {
        Dict::clear(self);
    }
}

impl Dict {
    pub fn new() -> Gc<Dict> {
        heap::alloc(Vm::current().types.dict(), Dict::default())
    }

    /// An instance of `dict` or of a Python class derived from it.
    pub fn for_class(cls: &Gc<Type>) -> Gc<Dict> {
        heap::alloc_for(cls, Dict::default())
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// # Errors
    /// What `__hash__` and `__eq__` raise, TypeError for an unhashable key.
    pub fn get(&self, vm: &Vm, key: &Value) -> PyResult<Option<Value>> {
        let hash = vm.hash(key)? as u64;
        let position = self.table.find(vm, key, hash)?;
        Ok(position.map(|at| self.table.with_entry(at, |entry| entry.value.clone())))
    }

    /// Looks a string up; runs no Python code.
    #[inline]
    pub fn get_str(&self, key: &Gc<Str>) -> Option<Value> {
        let at = self.table.find_str(key)?;
        Some(self.table.with_entry(at, |entry| entry.value.clone()))
    }

    /// Sets `self[key]` and gives the old value.
    ///
    /// # Errors
    /// As [`Dict::get`].
    pub fn insert(&self, vm: &Vm, key: Value, value: Value) -> PyResult<Option<Value>> {
        let hash = vm.hash(&key)? as u64;
        self.insert_hashed(vm, key, hash, value)
    }

    /// As [`Dict::insert`] with the key's hash known.
    pub fn insert_hashed(&self, vm: &Vm, key: Value, hash: u64, value: Value) -> PyResult<Option<Value>> {
        match self.table.find(vm, &key, hash)? {
            Some(at) => Ok(Some(self.table.replace_at(at, value))),
            None => {
                self.table.push(hash, key, value);
                Ok(None)
            }
        }
    }

    /// Sets the entry of a string key and gives the old value; runs no Python code.
    pub fn insert_str(&self, key: &Gc<Str>, value: Value) -> Option<Value> {
        match self.table.find_str(key) {
            Some(at) => Some(self.table.replace_at(at, value)),
            None => {
                self.table.push(key.hash_value(), key.to_value(), value);
                None
            }
        }
    }

    /// Removes a key and gives the entry.
    ///
    /// # Errors
    /// As [`Dict::get`].
    pub fn remove(&self, vm: &Vm, key: &Value) -> PyResult<Option<(Value, Value)>> {
        let hash = vm.hash(key)? as u64;
        Ok(self.table.find(vm, key, hash)?.map(|at| self.table.remove_at(at)))
    }

    /// Removes a string key; runs no Python code.
    pub fn remove_str(&self, key: &Gc<Str>) -> Option<Value> {
        self.table.find_str(key).map(|at| self.table.remove_at(at).1)
    }

    pub fn clear(&self) {
        drop(self.table.take_entries());
    }

    /// Next entry at or after `position`: (position after it, key, value). Safe under mutation, which the caller detects.
    #[inline]
    pub fn next(&self, position: usize) -> Option<(usize, Value, Value)> {
        let (at, entry) = self.table.next_entry(position)?;
        Some((at + 1, entry.key.clone(), entry.value.clone()))
    }

    /// All entries at this moment.
    pub fn snapshot(&self) -> Vec<(Value, Value)> {
        let mut out = Vec::with_capacity(self.len());
        let mut position = 0;
        while let Some((next, key, value)) = self.next(position) {
            out.push((key, value));
            position = next;
        }
        out
    }

    /// A shallow copy as a plain dict.
    pub fn copy(&self) -> Gc<Dict> {
        heap::alloc(Vm::current().types.dict(), Dict { table: self.table.duplicate() })
    }
}
