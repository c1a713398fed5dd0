//! `filter`: the items of an iterable for which a function gives a true value.

use crate::class::{Slots, Type, TypeSpec};
use crate::heap::{self, Payload};
use crate::native::NativeFn;
use crate::objects::iterators::{same, this};
use crate::value::Value;
use crate::vm::Vm;
use crate::{Args, PyResult};

pub struct Filter {
    /// None for the truth of the items themselves.
    function: Value,
    iterator: Value,
}

impl Payload for Filter {
    crate::trace_fields!(function, iterator);
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "filter",
    doc: "Iterator of the items of the iterable for which function(item) is true; of the true items if function is None.",
    new: Some(NativeFn::new("filter($type, function, iterable, /)", new)),
    methods: &[NativeFn::new("__reduce__($self, /)", reduce)],
    slots: Slots { iter: Some(same), next: Some(next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let class = args.value(0).downcast::<Type>().expect("__new__ checks its class");
    let iterator = vm.iter(args.value(2))?;
    Ok(heap::alloc_for(class, Filter { function: args.value(1).clone(), iterator }).into())
}

fn next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<Filter>(value);
    let by_itself = it.function.is_none() || it.function.is(vm.types.bool().as_value());
    while let Some(item) = vm.next(&it.iterator)? {
        let passes = if by_itself {
            vm.truth(&item)?
        } else {
            let verdict = vm.call(&it.function, std::slice::from_ref(&item))?;
            vm.truth(&verdict)?
        };
        if passes {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<Filter>();
    let state = vm.tuple(&[it.function.clone(), it.iterator.clone()]);
    Ok(vm.tuple(&[vm.type_of(args.value(0)).to_value(), state]))
}
