//! Union, intersection, differences and their in-place forms, over sets and over any iterable.
//!
//! The order in which results are filled follows CPython's `Objects/setobject.c`, as it shows when they are printed.

use super::{Set, hash_item, lookup_hash, this};
use crate::class::Type;
use crate::objects::dict::Dict;
use crate::value::Value;
use crate::{Gc, PyResult, Vm};

/// `set` or `frozenset`: the class of results, also where an operand is of a derived class.
fn base_class<'a>(vm: &'a Vm, set: &Gc<Set>) -> &'a Gc<Type> {
    if super::is_frozen(vm, set.as_value()) { vm.types.frozenset() } else { vm.types.set() }
}

fn empty_like(vm: &Vm, set: &Gc<Set>) -> Gc<Set> {
    Set::for_class(base_class(vm, set))
}

/// A copy as a plain `set` or `frozenset`.
pub fn copy(vm: &Vm, set: &Gc<Set>) -> PyResult<Gc<Set>> {
    let result = empty_like(vm, set);
    result.table.merge(vm, &set.table)?;
    Ok(result)
}

/// Adds all items of an iterable.
///
/// # Errors
/// TypeError for unhashable items, and what Python code raises; items added before stay.
pub fn update(vm: &Vm, set: &Gc<Set>, other: &Value) -> PyResult<()> {
    if let Some(other) = other.downcast::<Set>() {
        return set.table.merge(vm, &other.table);
    }
    if let Some(dict) = other.downcast_exact::<Dict>() {
        set.table.reserve(vm, dict.len())?;
        return each_key(dict, |key, hash| set.table.add(vm, &key, hash).map(drop));
    }
    vm.for_each(other, |item| set.add(vm, item).map(drop))
}

fn each_key(dict: &Gc<Dict>, mut f: impl FnMut(Value, u64) -> PyResult<()>) -> PyResult<()> {
    let mut position = 0;
    while let Some((next, key, hash)) = dict.next_hashed(position) {
        f(key, hash)?;
        position = next;
    }
    Ok(())
}

fn each_item(set: &Gc<Set>, mut f: impl FnMut(Value, u64) -> PyResult<()>) -> PyResult<()> {
    let mut position = 0;
    while let Some((next, item, hash)) = set.table.next(position) {
        f(item, hash)?;
        position = next;
    }
    Ok(())
}

/// Whether every item of `set` is in `other`.
pub fn is_subset(vm: &Vm, set: &Gc<Set>, other: &Gc<Set>) -> PyResult<bool> {
    if set.len() > other.len() {
        return Ok(false);
    }
    let mut position = 0;
    while let Some((next, item, hash)) = set.table.next(position) {
        if !other.table.contains(vm, &item, hash)? {
            return Ok(false);
        }
        position = next;
    }
    Ok(true)
}

/// The items of `set` that `other`, any iterable, has too.
pub fn intersection(vm: &Vm, set: &Gc<Set>, other: &Value) -> PyResult<Gc<Set>> {
    if set.as_value().is(other) {
        return copy(vm, set);
    }
    let result = empty_like(vm, set);
    if let Some(other) = other.downcast::<Set>() {
        let (small, large) = if other.len() > set.len() { (set, other) } else { (other, set) };
        each_item(small, |item, hash| {
            if large.table.contains(vm, &item, hash)? {
                result.table.add(vm, &item, hash)?;
            }
            Ok(())
        })?;
        return Ok(result);
    }
    vm.for_each(other, |item| {
        let hash = hash_item(vm, &item)?;
        if set.table.contains(vm, &item, hash)? {
            result.table.add(vm, &item, hash)?;
        }
        Ok(())
    })?;
    Ok(result)
}

/// The items of `set` that `other`, any iterable, does not have.
pub fn difference(vm: &Vm, set: &Gc<Set>, other: &Value) -> PyResult<Gc<Set>> {
    let as_set = other.downcast::<Set>();
    let as_dict = other.downcast_exact::<Dict>();
    let length = match (as_set, as_dict) {
        (Some(other), _) => other.len(),
        (_, Some(dict)) => dict.len(),
        _ => usize::MAX,
    };
    // Where little goes, copy and remove; where much may go, keep what stays.
    if length == usize::MAX || set.len() >> 2 > length {
        let result = copy(vm, set)?;
        difference_update(vm, &result, other)?;
        return Ok(result);
    }
    let result = empty_like(vm, set);
    each_item(set, |item, hash| {
        let gone = match (as_set, as_dict) {
            (Some(other), _) => other.table.contains(vm, &item, hash)?,
            (_, Some(dict)) => dict.get_hashed(vm, &item, hash)?.is_some(),
            _ => false,
        };
        if !gone {
            result.table.add(vm, &item, hash)?;
        }
        Ok(())
    })?;
    Ok(result)
}

/// Removes the items of any iterable.
pub fn difference_update(vm: &Vm, set: &Gc<Set>, other: &Value) -> PyResult<()> {
    if set.as_value().is(other) {
        set.table.clear();
        return Ok(());
    }
    if let Some(other) = other.downcast::<Set>() {
        // Of a much larger set only the common items matter.
        let common = if other.len() >> 3 > set.len() {
            intersection(vm, set, other.as_value())?
        } else {
            other.clone()
        };
        each_item(&common, |item, hash| set.table.remove(vm, &item, hash).map(drop))?;
    } else {
        vm.for_each(other, |item| {
            let hash = hash_item(vm, &item)?;
            set.table.remove(vm, &item, hash).map(drop)
        })?;
    }
    set.table.drop_dummies();
    Ok(())
}

/// Keeps what is in one of the two only.
pub fn symmetric_difference_update(vm: &Vm, set: &Gc<Set>, other: &Value) -> PyResult<()> {
    if set.as_value().is(other) {
        set.table.clear();
        return Ok(());
    }
    let toggle = |item: Value, hash: u64| -> PyResult<()> {
        if set.table.remove(vm, &item, hash)?.is_none() {
            set.table.add(vm, &item, hash)?;
        }
        Ok(())
    };
    if let Some(dict) = other.downcast_exact::<Dict>() {
        return each_key(dict, toggle);
    }
    if let Some(other) = other.downcast::<Set>() {
        return each_item(other, toggle);
    }
    // An item that the iterable has twice is toggled once.
    let distinct = empty_like(vm, set);
    update(vm, &distinct, other)?;
    each_item(&distinct, toggle)
}

pub fn symmetric_difference(vm: &Vm, set: &Gc<Set>, other: &Value) -> PyResult<Gc<Set>> {
    let result = empty_like(vm, set);
    update(vm, &result, other)?;
    symmetric_difference_update(vm, &result, set.as_value())?;
    Ok(result)
}

pub fn is_disjoint(vm: &Vm, set: &Gc<Set>, other: &Value) -> PyResult<bool> {
    if set.as_value().is(other) {
        return Ok(set.is_empty());
    }
    if let Some(other) = other.downcast_exact::<Set>() {
        let (small, large) = if other.len() > set.len() { (set, other) } else { (other, set) };
        let mut position = 0;
        while let Some((next, item, hash)) = small.table.next(position) {
            if large.table.contains(vm, &item, hash)? {
                return Ok(false);
            }
            position = next;
        }
        return Ok(true);
    }
    let iterator = vm.iter(other)?;
    while let Some(item) = vm.next(&iterator)? {
        let hash = hash_item(vm, &item)?;
        if set.table.contains(vm, &item, hash)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether every item of any iterable is in `set`.
pub fn is_superset(vm: &Vm, set: &Gc<Set>, other: &Value) -> PyResult<bool> {
    if let Some(other) = other.downcast::<Set>() {
        return is_subset(vm, other, set);
    }
    let iterator = vm.iter(other)?;
    while let Some(item) = vm.next(&iterator)? {
        let hash = lookup_hash(vm, &item)?;
        if !set.table.contains(vm, &item, hash)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Both operands of an operator, if both are sets.
fn operands<'a>(a: &'a Value, b: &'a Value) -> Option<(&'a Gc<Set>, &'a Gc<Set>)> {
    Some((a.downcast::<Set>()?, b.downcast::<Set>()?))
}

pub(super) fn subtract(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    match operands(a, b) {
        Some((set, _)) => Ok(difference(vm, set, b)?.into()),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

pub(super) fn and(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    match operands(a, b) {
        Some((set, _)) => Ok(intersection(vm, set, b)?.into()),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

pub(super) fn or(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let Some((set, _)) = operands(a, b) else { return Ok(Value::NOT_IMPLEMENTED) };
    let result = copy(vm, set)?;
    if !a.is(b) {
        update(vm, &result, b)?;
    }
    Ok(result.into())
}

pub(super) fn xor(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    match operands(a, b) {
        Some((set, _)) => Ok(symmetric_difference(vm, set, b)?.into()),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

pub(super) fn inplace_subtract(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    if b.downcast::<Set>().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    difference_update(vm, this(a), b)?;
    Ok(a.clone())
}

pub(super) fn inplace_and(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    if b.downcast::<Set>().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let common = intersection(vm, this(a), b)?;
    this(a).table.swap(&common.table);
    Ok(a.clone())
}

pub(super) fn inplace_or(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    if b.downcast::<Set>().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    update(vm, this(a), b)?;
    Ok(a.clone())
}

pub(super) fn inplace_xor(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    if b.downcast::<Set>().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    symmetric_difference_update(vm, this(a), b)?;
    Ok(a.clone())
}
