//! `enumerate`: pairs of a count and the items of an iterable.

use std::cell::RefCell;

use num_bigint::BigInt;

use crate::class::{Slots, Type, TypeSpec};
use crate::heap::{self, Payload};
use crate::native::NativeFn;
use crate::objects::iterators::{same, this};
use crate::objects::tuple::PairMaker;
use crate::objects::{generic_alias, int};
use crate::value::Value;
use crate::vm::Vm;
use crate::{Args, Exc, PyResult};

pub struct Enumerate {
    iterator: Value,
    /// The next count: an exact int of any size.
    count: RefCell<Value>,
    pairs: PairMaker,
}

impl Payload for Enumerate {
    crate::trace_fields!(iterator, count, pairs);
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "enumerate",
    doc: "Iterator of pairs: a count from start on, and an item of the iterable.",
    new: Some(NativeFn::new("enumerate!($type, iterable, start=0)", new)),
    methods: &[NativeFn::new("__reduce__($self, /)", reduce)],
    class_methods: &[
        NativeFn::new("__class_getitem__($type, object, /)", generic_alias::class_getitem).doc("See PEP 585")
    ],
    slots: Slots { iter: Some(same), next: Some(next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let class = args.value(0).downcast::<Type>().expect("__new__ checks its class");
    let given = args.skip_first();
    let total = given.len() + given.kw_names.len();
    if total > 2 {
        return vm.raise(Exc::TypeError, format!("enumerate() takes at most 2 arguments ({total} given)"));
    }
    let (mut iterable, mut start) = (given.get(0), given.get(1));
    for (name, value) in given.keywords() {
        match name.as_bytes() {
            b"iterable" if given.is_empty() => iterable = Some(value),
            b"start" if given.len() < 2 => start = Some(value),
            _ => {
                let message = format!("'{name}' is an invalid keyword argument for enumerate()");
                return vm.raise(Exc::TypeError, message);
            }
        }
    }
    let Some(iterable) = iterable else {
        return vm.raise(Exc::TypeError, "enumerate() missing required argument 'iterable'");
    };
    let count = match start {
        Some(start) => vm.index(start)?,
        None => Value::small(0),
    };
    let iterator = vm.iter(iterable)?;
    Ok(heap::alloc_for(
        class,
        Enumerate { iterator, count: RefCell::new(count), pairs: PairMaker::default() },
    )
    .into())
}

impl Enumerate {
    /// The count for the item at hand; the next one is one more.
    #[inline]
    fn take_count(&self) -> Value {
        let mut count = self.count.borrow_mut();
        let next = match count.as_small_int() {
            Some(n) => Value::int(n + 1),
            None => int::new_big(int::as_big(&count).unwrap_or_default() + BigInt::from(1)),
        };
        std::mem::replace(&mut *count, next)
    }
}

fn next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<Enumerate>(value);
    let Some(item) = vm.next(&it.iterator)? else { return Ok(None) };
    Ok(Some(it.pairs.pair(it.take_count(), item)))
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<Enumerate>();
    let state = vm.tuple(&[it.iterator.clone(), it.count.borrow().clone()]);
    Ok(vm.tuple(&[vm.type_of(args.value(0)).to_value(), state]))
}
