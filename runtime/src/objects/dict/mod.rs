//! `dict`: mapping in insertion order; also every namespace of the runtime. Methods are in [`methods`], merging in [`update`].

pub mod methods;
pub mod update;

use std::cell::Cell;

use crate::class::{BinaryFn, BinaryOp, CompareOp, N_BINARY, Slots, Type, TypeSpec, special, type_flags};
use crate::heap::{self, Gc, Kind, Payload};
use crate::native::NativeFn;
use crate::objects::dict_views::{DictIterator, What};
use crate::objects::generic_alias;
use crate::objects::hash_table::HashTable;
use crate::objects::str::Str;
use crate::protocol::sequence;
use crate::value::Value;
use crate::vm::Vm;
use crate::{Args, PyResult};

/// See the module.
#[derive(Default)]
pub struct Dict {
    pub table: HashTable<Value>,
    /// What a builtin subclass keeps with the entries (`defaultdict`: its factory); None in a plain dict.
    attached: Cell<Value>,
}

impl Payload for Dict {
    const KIND: Kind = Kind::Dict;
    crate::trace_fields!(table, attached);

    fn clear(&self) {
        Dict::clear(self);
        drop(self.attached.take());
    }
}

/// Hash of a value used as a dict key.
///
/// # Errors
/// TypeError "cannot use 'list' as a dict key (unhashable type: 'list')", and what `__hash__` raises.
#[inline]
pub fn hash_key(vm: &Vm, key: &Value) -> PyResult<u64> {
    match vm.hash(key) {
        Ok(hash) => Ok(hash as u64),
        Err(raised) => Err(update::unhashable(vm, key, "a dict key", raised)),
    }
}

impl Dict {
    pub fn new() -> Gc<Dict> {
        heap::alloc(Vm::current().types.dict(), Dict::default())
    }

    /// An empty dict with room for `n` entries.
    pub fn with_capacity(n: usize) -> Gc<Dict> {
        heap::alloc(
            Vm::current().types.dict(),
            Dict { table: HashTable::with_capacity(n), attached: Cell::default() },
        )
    }

    /// An instance of `dict` or of a Python class derived from it.
    pub fn for_class(cls: &Gc<Type>) -> Gc<Dict> {
        heap::alloc_for(cls, Dict::default())
    }

    /// A dict of keys and values that alternate, as a dict display has them.
    ///
    /// # Errors
    /// TypeError for an unhashable key.
    pub fn from_pairs(vm: &Vm, pairs: &[Value]) -> PyResult<Gc<Dict>> {
        let dict = Dict::with_capacity(pairs.len() / 2);
        for pair in pairs.chunks_exact(2) {
            dict.insert(vm, pair[0].clone(), pair[1].clone())?;
        }
        Ok(dict)
    }

    /// A dict of keyword arguments.
    pub fn from_keywords(names: &[Gc<Str>], values: &[Value]) -> Gc<Dict> {
        let dict = Dict::with_capacity(names.len());
        for (name, value) in names.iter().zip(values) {
            drop(dict.insert_str(name, value.clone()));
        }
        dict
    }

    /// What [`Dict::attach`] has put there.
    pub fn attached(&self) -> Value {
        let value = self.attached.take();
        self.attached.set(value.clone());
        value
    }

    /// Replaces what is attached; gives the old value.
    pub fn attach(&self, value: Value) -> Value {
        self.attached.replace(value)
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
    #[inline]
    pub fn get(&self, vm: &Vm, key: &Value) -> PyResult<Option<Value>> {
        let hash = hash_key(vm, key)?;
        self.get_hashed(vm, key, hash)
    }

    /// As [`Dict::get`] with the key's hash known.
    #[inline]
    pub fn get_hashed(&self, vm: &Vm, key: &Value, hash: u64) -> PyResult<Option<Value>> {
        Ok(self.table.find(vm, key, hash)?.map(|at| self.table.value_at(at)))
    }

    /// Whether the key is there.
    ///
    /// # Errors
    /// As [`Dict::get`].
    pub fn contains(&self, vm: &Vm, key: &Value) -> PyResult<bool> {
        let hash = hash_key(vm, key)?;
        Ok(self.table.find(vm, key, hash)?.is_some())
    }

    /// Looks a string up; runs no Python code.
    #[inline]
    pub fn get_str(&self, key: &Gc<Str>) -> Option<Value> {
        self.table.find_str(key).map(|at| self.table.value_at(at))
    }

    /// As [`Dict::get_str`] with a name that may not be interned.
    pub fn get_named(&self, key: &str) -> Option<Value> {
        self.get_str(&Str::new(key))
    }

    /// Sets `self[key]` and gives the old value.
    ///
    /// # Errors
    /// As [`Dict::get`].
    #[inline]
    pub fn insert(&self, vm: &Vm, key: Value, value: Value) -> PyResult<Option<Value>> {
        let hash = hash_key(vm, &key)?;
        self.table.insert(vm, key, hash, value)
    }

    /// As [`Dict::insert`] with the key's hash known.
    #[inline]
    pub fn insert_hashed(&self, vm: &Vm, key: Value, hash: u64, value: Value) -> PyResult<Option<Value>> {
        self.table.insert(vm, key, hash, value)
    }

    /// Sets the entry of a string key and gives the old value; runs no Python code.
    #[inline]
    pub fn insert_str(&self, key: &Gc<Str>, value: Value) -> Option<Value> {
        self.table.insert_str(key, value)
    }

    /// `self.setdefault(key, default)`.
    ///
    /// # Errors
    /// As [`Dict::get`].
    pub fn get_or_insert(&self, vm: &Vm, key: &Value, default: &Value) -> PyResult {
        let hash = hash_key(vm, key)?;
        let (at, _) = self.table.find_or_insert(vm, key, hash, || default.clone())?;
        Ok(self.table.value_at(at))
    }

    /// Removes a key and gives the entry.
    ///
    /// # Errors
    /// As [`Dict::get`].
    pub fn remove(&self, vm: &Vm, key: &Value) -> PyResult<Option<(Value, Value)>> {
        let hash = hash_key(vm, key)?;
        Ok(self.table.find(vm, key, hash)?.map(|at| self.table.remove_at(at)))
    }

    /// Removes a string key; runs no Python code.
    pub fn remove_str(&self, key: &Gc<Str>) -> Option<Value> {
        self.table.find_str(key).map(|at| self.table.remove_at(at).1)
    }

    pub fn clear(&self) {
        self.table.clear();
    }

    /// Next entry at or after `position`: (position after it, key, value). Safe under mutation, which the caller detects.
    #[inline]
    pub fn next(&self, position: usize) -> Option<(usize, Value, Value)> {
        let (at, entry) = self.table.next_entry(position)?;
        Some((at + 1, entry.key.clone(), entry.value.clone()))
    }

    /// As [`Dict::next`], with the key's hash in place of the value.
    #[inline]
    pub fn next_hashed(&self, position: usize) -> Option<(usize, Value, u64)> {
        let (at, entry) = self.table.next_entry(position)?;
        Some((at + 1, entry.key.clone(), entry.hash))
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

    /// The keys at this moment.
    pub fn keys(&self) -> Vec<Value> {
        let mut out = Vec::with_capacity(self.len());
        let mut position = 0;
        while let Some((at, entry)) = self.table.next_entry(position) {
            out.push(entry.key.clone());
            position = at + 1;
        }
        out
    }

    /// The values at this moment.
    pub fn values(&self) -> Vec<Value> {
        let mut out = Vec::with_capacity(self.len());
        let mut position = 0;
        while let Some((at, entry)) = self.table.next_entry(position) {
            out.push(entry.value.clone());
            position = at + 1;
        }
        out
    }

    /// A shallow copy as a plain dict.
    pub fn copy(&self) -> Gc<Dict> {
        heap::alloc(
            Vm::current().types.dict(),
            Dict { table: self.table.duplicate(), attached: Cell::default() },
        )
    }
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "dict",
    doc: "Mapping from keys to values, in the order the keys were added.",
    flags: type_flags::BASE_TYPE | type_flags::MAPPING | type_flags::MATCH_SELF,
    new: Some(NativeFn::new("dict", new)),
    init: Some(NativeFn::new("dict", init)),
    methods: methods::METHODS,
    class_methods: &[
        NativeFn::new("fromkeys($type, iterable, value=None, /)", methods::fromkeys)
            .doc("Create a new dictionary with keys from iterable and values set to value."),
        NativeFn::new("__class_getitem__($type, object, /)", generic_alias::class_getitem).doc("See PEP 585"),
    ],
    slots: Slots {
        repr: Some(repr),
        hash: Some(special::unhashable),
        compare: Some(compare),
        iter: Some(iter),
        len: Some(len),
        get_item: Some(get_item),
        set_item: Some(set_item),
        contains: Some(contains),
        binary: one_slot(BinaryOp::Or, or),
        inplace: one_slot(BinaryOp::Or, inplace_or),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

/// A slot array with one operator.
pub(crate) const fn one_slot(op: BinaryOp, function: BinaryFn) -> [Option<BinaryFn>; N_BINARY] {
    let mut slots: [Option<BinaryFn>; N_BINARY] = [None; N_BINARY];
    slots[op as usize] = Some(function);
    slots
}

/// The payload of `self` in a slot.
#[inline(always)]
pub(crate) fn this(value: &Value) -> &Gc<Dict> {
    value.downcast().expect("slots see instances of their class")
}

/// Arguments are `__init__`'s business.
fn new(_vm: &Vm, args: Args<'_>) -> PyResult {
    let class = args.value(0).downcast::<Type>().expect("__new__ checks its class");
    Ok(Dict::for_class(class).into())
}

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    update::update_from_args(vm, args.value(0), args.skip_first(), "dict")?;
    Ok(Value::NONE)
}

/// `dict.__repr__`.
pub(crate) fn repr(vm: &Vm, value: &Value) -> PyResult {
    let dict = this(value);
    if dict.is_empty() {
        return Ok("{}".into());
    }
    let Some(_guard) = vm.repr_enter(value)? else { return Ok("{...}".into()) };
    let mut out = b"{".to_vec();
    let mut position = 0;
    while let Some((next, key, value)) = dict.next(position) {
        if position > 0 && out.len() > 1 {
            out.extend_from_slice(b", ");
        }
        out.extend_from_slice(vm.repr(&key)?.as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(vm.repr(&value)?.as_bytes());
        position = next;
    }
    out.push(b'}');
    sequence::text(out)
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let Some(b) = b.downcast::<Dict>().filter(|_| matches!(op, CompareOp::Eq | CompareOp::Ne)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok((equal(vm, this(a), b)? == (op == CompareOp::Eq)).into())
}

/// Same keys with equal values.
pub fn equal(vm: &Vm, a: &Gc<Dict>, b: &Gc<Dict>) -> PyResult<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    vm.check_native_depth(" in comparison")?;
    let mut position = 0;
    loop {
        let Some((at, key, hash, value)) = a
            .table
            .next_entry(position)
            .map(|(at, entry)| (at, entry.key.clone(), entry.hash, entry.value.clone()))
        else {
            return Ok(true);
        };
        match b.get_hashed(vm, &key, hash)? {
            Some(other) if vm.eq(&other, &value)? => position = at + 1,
            _ => return Ok(false),
        }
    }
}

fn iter(_vm: &Vm, value: &Value) -> PyResult {
    Ok(DictIterator::forward(this(value).clone(), What::Keys).into())
}

fn len(_vm: &Vm, value: &Value) -> PyResult<usize> {
    Ok(this(value).len())
}

fn get_item(vm: &Vm, value: &Value, key: &Value) -> PyResult {
    let dict = this(value);
    match dict.get(vm, key)? {
        Some(found) => Ok(found),
        None => missing(vm, dict, key),
    }
}

/// `__missing__` of a subclass, or KeyError.
#[cold]
pub fn missing(vm: &Vm, dict: &Gc<Dict>, key: &Value) -> PyResult {
    if !dict.header().is_exact() {
        if let Some(method) = vm.lookup_special(dict.as_value(), &vm.names.__missing__)? {
            return vm.call(&method, std::slice::from_ref(key));
        }
    }
    vm.raise_key_error(key)
}

fn set_item(vm: &Vm, value: &Value, key: &Value, item: Option<&Value>) -> PyResult<()> {
    let dict = this(value);
    match item {
        Some(item) => drop(dict.insert(vm, key.clone(), item.clone())?),
        None => {
            if dict.remove(vm, key)?.is_none() {
                return vm.raise_key_error(key);
            }
        }
    }
    Ok(())
}

fn contains(vm: &Vm, value: &Value, key: &Value) -> PyResult<bool> {
    this(value).contains(vm, key)
}

fn or(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let (Some(left), Some(_)) = (a.downcast::<Dict>(), b.downcast::<Dict>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let merged = left.copy();
    update::merge(vm, &merged, b)?;
    Ok(merged.into())
}

fn inplace_or(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    update::update(vm, this(a), b)?;
    Ok(a.clone())
}
