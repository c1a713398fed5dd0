//! `map`: results of a function called with the items of one or more iterables.

use std::cell::Cell;

use super::zip::next_items;
use crate::class::{Slots, Type, TypeSpec};
use crate::heap::{self, Payload};
use crate::native::NativeFn;
use crate::objects::iterators::{same, this};
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::vm::Vm;
use crate::{Args, Exc, PyResult};

pub struct Map {
    function: Value,
    /// At least one.
    iterators: Vec<Value>,
    strict: Cell<bool>,
}

impl Payload for Map {
    crate::trace_fields!(function, iterators; skip strict);
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "map",
    doc: "Iterator of the function's results for the items of the iterables, until the shortest is exhausted.\n\nIf strict is true and one is exhausted before the others, ValueError is raised.",
    new: Some(NativeFn::new("map!($type, function, iterable, /, *iterables, strict=False)", new)),
    methods: &[
        NativeFn::new("__reduce__($self, /)", reduce),
        NativeFn::new("__setstate__($self, object, /)", setstate),
    ],
    slots: Slots { iter: Some(same), next: Some(next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let class = args.value(0).downcast::<Type>().expect("__new__ checks its class");
    let given = args.skip_first();
    let mut strict = false;
    for (name, value) in given.keywords() {
        if name.as_bytes() != b"strict" {
            let message = format!("map() got an unexpected keyword argument '{name}'");
            return vm.raise(Exc::TypeError, message);
        }
        strict = vm.truth(value)?;
    }
    let [function, iterables @ ..] = given.values else {
        return vm.raise(Exc::TypeError, "map() must have at least two arguments.");
    };
    if iterables.is_empty() {
        return vm.raise(Exc::TypeError, "map() must have at least two arguments.");
    }
    let iterators = iterables.iter().map(|iterable| vm.iter(iterable)).collect::<PyResult<Vec<_>>>()?;
    Ok(heap::alloc_for(class, Map { function: function.clone(), iterators, strict: Cell::new(strict) })
        .into())
}

fn next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<Map>(value);
    if let [iterator] = it.iterators.as_slice() {
        let Some(item) = vm.next(iterator)? else { return Ok(None) };
        return vm.call(&it.function, std::slice::from_ref(&item)).map(Some);
    }
    match next_items(vm, &it.iterators, it.strict.get(), "map")? {
        Some(items) => vm.call(&it.function, &items).map(Some),
        None => Ok(None),
    }
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<Map>();
    let mut state = vec![it.function.clone()];
    state.extend(it.iterators.iter().cloned());
    let mut parts = vec![vm.type_of(args.value(0)).to_value(), Tuple::new(state).into()];
    if it.strict.get() {
        parts.push(Value::TRUE);
    }
    Ok(Tuple::new(parts).into())
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult {
    let strict = vm.truth(args.value(1))?;
    args.this::<Map>().strict.set(strict);
    Ok(Value::NONE)
}
