//! `zip`: tuples of the items of several iterables. Shares its handling of `strict` with `map`.

use std::cell::Cell;

use crate::class::{Slots, Type, TypeSpec};
use crate::heap::{self, Payload};
use crate::native::NativeFn;
use crate::objects::iterators::{same, this};
use crate::objects::tuple::{PairMaker, Tuple};
use crate::value::Value;
use crate::vm::Vm;
use crate::{Args, Exc, PyResult};

pub struct Zip {
    iterators: Vec<Value>,
    strict: Cell<bool>,
    pairs: PairMaker,
}

impl Payload for Zip {
    crate::trace_fields!(iterators, pairs; skip strict);
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "zip",
    doc: "Iterator of tuples with one item of each iterable, until the shortest is exhausted.\n\nIf strict is true and one is exhausted before the others, ValueError is raised.",
    new: Some(NativeFn::new("zip($type, *iterables, strict=False)", new)),
    methods: &[
        NativeFn::new("__reduce__($self, /)", reduce),
        NativeFn::new("__setstate__($self, object, /)", setstate),
    ],
    slots: Slots { iter: Some(same), next: Some(next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let class = args.value(0).downcast::<Type>().expect("__new__ checks its class");
    let strict = args.get(1).map_or(Ok(false), |strict| vm.truth(strict))?;
    let iterators = args.rest().iter().map(|iterable| vm.iter(iterable)).collect::<PyResult<Vec<_>>>()?;
    Ok(heap::alloc_for(class, Zip { iterators, strict: Cell::new(strict), pairs: PairMaker::default() })
        .into())
}

/// One item of each iterator, or `None` as soon as one is exhausted.
///
/// # Errors
/// If `strict`, ValueError "zip() argument 2 is shorter than argument 1" and its like, with `name` for "zip".
pub(super) fn next_items(
    vm: &Vm,
    iterators: &[Value],
    strict: bool,
    name: &str,
) -> PyResult<Option<Vec<Value>>> {
    let mut items = Vec::with_capacity(iterators.len());
    for (at, iterator) in iterators.iter().enumerate() {
        match vm.next(iterator)? {
            Some(item) => items.push(item),
            None if strict => return check_ends(vm, iterators, at, name),
            None => return Ok(None),
        }
    }
    Ok(Some(items))
}

/// Iterator `at` is exhausted, those before it are not: all of them should be.
#[cold]
fn check_ends(vm: &Vm, iterators: &[Value], at: usize, name: &str) -> PyResult<Option<Vec<Value>>> {
    let differs = |number: usize, how: &str| {
        let others =
            if number == 2 { "argument 1".to_string() } else { format!("arguments 1-{}", number - 1) };
        vm.raise(Exc::ValueError, format!("{name}() argument {number} is {how} than {others}"))
    };
    if at > 0 {
        return differs(at + 1, "shorter");
    }
    for (at, iterator) in iterators.iter().enumerate().skip(1) {
        if vm.next(iterator)?.is_some() {
            return differs(at + 1, "longer");
        }
    }
    Ok(None)
}

fn next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<Zip>(value);
    if it.iterators.is_empty() {
        return Ok(None);
    }
    if let [a, b] = it.iterators.as_slice() {
        if !it.strict.get() {
            // The usual case, without a list in between.
            let Some(first) = vm.next(a)? else { return Ok(None) };
            let Some(second) = vm.next(b)? else { return Ok(None) };
            return Ok(Some(it.pairs.pair(first, second)));
        }
    }
    let items = next_items(vm, &it.iterators, it.strict.get(), "zip")?;
    Ok(items.map(|items| Tuple::new(items).into()))
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<Zip>();
    let mut parts = vec![vm.type_of(args.value(0)).to_value(), vm.tuple(&it.iterators)];
    if it.strict.get() {
        parts.push(Value::TRUE);
    }
    Ok(Tuple::new(parts).into())
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult {
    let strict = vm.truth(args.value(1))?;
    args.this::<Zip>().strict.set(strict);
    Ok(Value::NONE)
}
