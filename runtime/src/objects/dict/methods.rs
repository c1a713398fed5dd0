//! The methods of `dict`.

use super::{Dict, hash_key, update};
use crate::class::Type;
use crate::native::{Args, NativeFn};
use crate::objects::dict_views::{DictItems, DictIterator, DictKeys, DictValues, What};
use crate::objects::set::Set;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

pub(super) const METHODS: &[NativeFn] = &[
    NativeFn::new("__reversed__($self, /)", reversed).doc("Return a reverse iterator over the dict keys."),
    NativeFn::new("__sizeof__($self, /)", sizeof).doc("Return the size of the dict in memory."),
    NativeFn::new("get($self, key, default=None, /)", get)
        .doc("Return the value for key if key is in the dictionary, else default."),
    NativeFn::new("setdefault($self, key, default=None, /)", setdefault)
        .doc("Insert key with default if it is absent; return its value."),
    NativeFn::new("pop($self, key, default=<unrepresentable>, /)", pop)
        .doc("Remove key and return its value, or default if it is absent."),
    NativeFn::new("popitem($self, /)", popitem).doc("Remove and return the pair added last."),
    NativeFn::new("keys($self, /)", keys).doc("Return a set-like view of the keys."),
    NativeFn::new("items($self, /)", items).doc("Return a set-like view of the pairs."),
    NativeFn::new("values($self, /)", values).doc("Return a view of the values."),
    NativeFn::new("update", update_method).doc("Add the entries of a mapping or of pairs, then keywords."),
    NativeFn::new("clear($self, /)", clear).doc("Remove all entries."),
    NativeFn::new("copy($self, /)", copy).doc("Return a shallow copy of the dict."),
];

fn reversed(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(DictIterator::backward(args.this::<Dict>().clone(), What::Keys).into())
}

fn sizeof(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok((size_of::<crate::heap::Object<Dict>>() + args.this::<Dict>().table.size_bytes()).into())
}

/// `dict.fromkeys(iterable, value)`, for subclasses too.
pub(super) fn fromkeys(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.get(2).cloned().unwrap_or(Value::NONE);
    let class = args.value(0);
    let made = match class.downcast::<Type>() {
        Some(class) if class.is(vm.types.dict()) => Dict::new().into(),
        _ => vm.call(class, &[])?,
    };
    let Some(dict) = made.downcast_exact::<Dict>() else {
        vm.for_each(args.value(1), |key| vm.set_item(&made, &key, &value))?;
        return Ok(made);
    };
    let iterable = args.value(1);
    if let Some(other) = iterable.downcast_exact::<Dict>() {
        let mut position = 0;
        while let Some((next, key, hash)) = other.next_hashed(position) {
            drop(dict.insert_hashed(vm, key, hash, value.clone())?);
            position = next;
        }
    } else if let Some(set) = iterable.downcast_exact::<Set>() {
        let mut position = 0;
        while let Some((next, key, hash)) = set.table.next(position) {
            drop(dict.insert_hashed(vm, key, hash, value.clone())?);
            position = next;
        }
    } else {
        vm.for_each(iterable, |key| dict.insert(vm, key, value.clone()).map(drop))?;
    }
    Ok(made)
}

fn get(vm: &Vm, args: Args<'_>) -> PyResult {
    match args.this::<Dict>().get(vm, args.value(1))? {
        Some(found) => Ok(found),
        None => Ok(args.get(2).cloned().unwrap_or(Value::NONE)),
    }
}

fn setdefault(vm: &Vm, args: Args<'_>) -> PyResult {
    args.this::<Dict>().get_or_insert(vm, args.value(1), args.get(2).unwrap_or(&Value::NONE))
}

fn pop(vm: &Vm, args: Args<'_>) -> PyResult {
    let dict = args.this::<Dict>();
    let key = args.value(1);
    if dict.is_empty() && args.get(2).is_none() {
        return vm.raise_key_error(key);
    }
    let hash = hash_key(vm, key)?;
    match dict.table.find(vm, key, hash)? {
        Some(at) => Ok(dict.table.remove_at(at).1),
        None => match args.get(2) {
            Some(default) => Ok(default.clone()),
            None => vm.raise_key_error(key),
        },
    }
}

fn popitem(vm: &Vm, args: Args<'_>) -> PyResult {
    match args.this::<Dict>().table.pop_last() {
        Some(entry) => Ok(vm.tuple(&[entry.key, entry.value])),
        None => vm.raise(Exc::KeyError, "popitem(): dictionary is empty"),
    }
}

fn keys(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(DictKeys::new(args.this::<Dict>().clone()))
}

fn items(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(DictItems::new(args.this::<Dict>().clone()))
}

fn values(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(DictValues::new(args.this::<Dict>().clone()))
}

fn update_method(vm: &Vm, args: Args<'_>) -> PyResult {
    update::update_from_args(vm, args.value(0), args.skip_first(), "update")?;
    Ok(Value::NONE)
}

fn clear(_vm: &Vm, args: Args<'_>) -> PyResult {
    args.this::<Dict>().clear();
    Ok(Value::NONE)
}

fn copy(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(args.this::<Dict>().copy().into())
}
