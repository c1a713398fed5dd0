//! The methods of `set` and `frozenset`.

use super::{Set, algebra};
use crate::native::{Args, NativeFn};
use crate::objects::list::List;
use crate::value::Value;
use crate::{Exc, Gc, PyResult, Vm};

const SIZEOF: NativeFn =
    NativeFn::new("__sizeof__($self, /)", sizeof).doc("Return the size of the set in memory, in bytes.");
const REDUCE: NativeFn = NativeFn::new("__reduce__($self, /)", reduce).doc("Return what pickling needs.");
const COPY: NativeFn = NativeFn::new("copy($self, /)", copy).doc("Return a shallow copy.");
const DIFFERENCE: NativeFn = NativeFn::new("difference($self, /, *others)", difference)
    .doc("Return a new set with the items that are in none of the others.");
const INTERSECTION: NativeFn = NativeFn::new("intersection($self, /, *others)", intersection)
    .doc("Return a new set with the items that are in all others too.");
const ISDISJOINT: NativeFn =
    NativeFn::new("isdisjoint($self, other, /)", isdisjoint).doc("Return True if nothing is in both.");
const ISSUBSET: NativeFn =
    NativeFn::new("issubset($self, other, /)", issubset).doc("Return True if the other contains this set.");
const ISSUPERSET: NativeFn = NativeFn::new("issuperset($self, other, /)", issuperset)
    .doc("Return True if this set contains the other.");
const SYMMETRIC_DIFFERENCE: NativeFn =
    NativeFn::new("symmetric_difference($self, other, /)", symmetric_difference)
        .doc("Return a new set with the items that are in just one of the two.");
const UNION: NativeFn =
    NativeFn::new("union($self, /, *others)", union).doc("Return a new set with the items of all.");

pub(super) const FROZENSET: &[NativeFn] = &[
    SIZEOF,
    REDUCE,
    COPY,
    DIFFERENCE,
    INTERSECTION,
    ISDISJOINT,
    ISSUBSET,
    ISSUPERSET,
    SYMMETRIC_DIFFERENCE,
    UNION,
];

pub(super) const SET: &[NativeFn] = &[
    SIZEOF,
    REDUCE,
    COPY,
    DIFFERENCE,
    INTERSECTION,
    ISDISJOINT,
    ISSUBSET,
    ISSUPERSET,
    SYMMETRIC_DIFFERENCE,
    UNION,
    NativeFn::new("add($self, object, /)", add).doc("Add an item, unless it is there already."),
    NativeFn::new("clear($self, /)", clear).doc("Remove all items."),
    NativeFn::new("discard($self, object, /)", discard).doc("Remove an item if it is there."),
    NativeFn::new("remove($self, object, /)", remove).doc("Remove an item, which must be there."),
    NativeFn::new("pop($self, /)", pop).doc("Remove and return some item."),
    NativeFn::new("update($self, /, *others)", update).doc("Add the items of all others."),
    NativeFn::new("difference_update($self, /, *others)", difference_update)
        .doc("Remove the items of all others."),
    NativeFn::new("intersection_update($self, /, *others)", intersection_update)
        .doc("Keep only items that are in all others too."),
    NativeFn::new("symmetric_difference_update($self, other, /)", symmetric_difference_update)
        .doc("Keep only items that are in just one of the two."),
];

fn sizeof(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok((size_of::<crate::heap::Object<Set>>() + args.this::<Set>().table.size_bytes()).into())
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    let items = List::new(args.this::<Set>().snapshot());
    let state = vm.call_method(value, &vm.names.__getstate__, &[])?;
    Ok(vm.tuple(&[vm.type_of(value).to_value(), vm.tuple(&[items.into()]), state]))
}

fn copy(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    if vm.type_of(value).is(vm.types.frozenset()) {
        return Ok(value.clone());
    }
    Ok(algebra::copy(vm, args.this::<Set>())?.into())
}

fn difference(vm: &Vm, args: Args<'_>) -> PyResult {
    let set = args.this::<Set>();
    let Some((first, others)) = args.rest().split_first() else { return copy(vm, args) };
    let result = algebra::difference(vm, set, first)?;
    for other in others {
        algebra::difference_update(vm, &result, other)?;
    }
    Ok(result.into())
}

fn intersection_of(vm: &Vm, set: &Gc<Set>, others: &[Value]) -> PyResult<Gc<Set>> {
    let mut result = None;
    for other in others {
        result = Some(algebra::intersection(vm, result.as_ref().unwrap_or(set), other)?);
    }
    match result {
        Some(result) => Ok(result),
        None => algebra::copy(vm, set),
    }
}

fn intersection(vm: &Vm, args: Args<'_>) -> PyResult {
    if args.rest().is_empty() {
        return copy(vm, args);
    }
    Ok(intersection_of(vm, args.this::<Set>(), args.rest())?.into())
}

fn isdisjoint(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(algebra::is_disjoint(vm, args.this::<Set>(), args.value(1))?.into())
}

fn issubset(vm: &Vm, args: Args<'_>) -> PyResult {
    let (set, other) = (args.this::<Set>(), args.value(1));
    if let Some(other) = other.downcast::<Set>() {
        return Ok(algebra::is_subset(vm, set, other)?.into());
    }
    let common = algebra::intersection(vm, set, other)?;
    Ok((common.len() == set.len()).into())
}

fn issuperset(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(algebra::is_superset(vm, args.this::<Set>(), args.value(1))?.into())
}

fn symmetric_difference(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(algebra::symmetric_difference(vm, args.this::<Set>(), args.value(1))?.into())
}

fn union(vm: &Vm, args: Args<'_>) -> PyResult {
    let result = algebra::copy(vm, args.this::<Set>())?;
    for other in args.rest() {
        if !other.is(args.value(0)) {
            algebra::update(vm, &result, other)?;
        }
    }
    Ok(result.into())
}

fn add(vm: &Vm, args: Args<'_>) -> PyResult {
    args.this::<Set>().add(vm, args.value(1).clone())?;
    Ok(Value::NONE)
}

fn clear(_vm: &Vm, args: Args<'_>) -> PyResult {
    args.this::<Set>().table.clear();
    Ok(Value::NONE)
}

fn discard(vm: &Vm, args: Args<'_>) -> PyResult {
    args.this::<Set>().remove(vm, args.value(1))?;
    Ok(Value::NONE)
}

fn remove(vm: &Vm, args: Args<'_>) -> PyResult {
    if !args.this::<Set>().remove(vm, args.value(1))? {
        return vm.raise_key_error(args.value(1));
    }
    Ok(Value::NONE)
}

fn pop(vm: &Vm, args: Args<'_>) -> PyResult {
    match args.this::<Set>().table.pop() {
        Some(item) => Ok(item),
        None => vm.raise(Exc::KeyError, "pop from an empty set"),
    }
}

fn update(vm: &Vm, args: Args<'_>) -> PyResult {
    for other in args.rest() {
        algebra::update(vm, args.this::<Set>(), other)?;
    }
    Ok(Value::NONE)
}

fn difference_update(vm: &Vm, args: Args<'_>) -> PyResult {
    for other in args.rest() {
        algebra::difference_update(vm, args.this::<Set>(), other)?;
    }
    Ok(Value::NONE)
}

fn intersection_update(vm: &Vm, args: Args<'_>) -> PyResult {
    let set = args.this::<Set>();
    let result = intersection_of(vm, set, args.rest())?;
    set.table.swap(&result.table);
    Ok(Value::NONE)
}

fn symmetric_difference_update(vm: &Vm, args: Args<'_>) -> PyResult {
    algebra::symmetric_difference_update(vm, args.this::<Set>(), args.value(1))?;
    Ok(Value::NONE)
}
