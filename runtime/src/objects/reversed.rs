//! `reversed`: iterator over a sequence from its end, for classes without `__reversed__`.

use std::cell::{Cell, RefCell};

use crate::class::{Slots, Type, TypeSpec};
use crate::heap::{self, Payload};
use crate::native::NativeFn;
use crate::objects::dict::Dict;
use crate::objects::iterators::{same, this};
use crate::value::Value;
use crate::vm::Vm;
use crate::{Args, Exc, PyResult};

pub struct Reversed {
    /// Gone at the end.
    sequence: RefCell<Option<Value>>,
    /// Of the next item; -1 at the end.
    index: Cell<i64>,
}

impl Payload for Reversed {
    crate::trace_fields!(sequence; skip index);
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "reversed",
    doc: "Return a reverse iterator over the values of the given sequence.",
    new: Some(NativeFn::new("reversed!($type, sequence, /)", new)),
    methods: &[
        NativeFn::new("__length_hint__($self, /)", length_hint),
        NativeFn::new("__reduce__($self, /)", reduce),
        NativeFn::new("__setstate__($self, object, /)", setstate),
    ],
    slots: Slots { iter: Some(same), next: Some(next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let class = args.value(0).downcast::<Type>().expect("__new__ checks its class");
    args.skip_first().check_arity(vm, "reversed", 1, 1)?;
    let sequence = args.value(1);
    if let Some(method) = vm.lookup_special(sequence, &vm.names.__reversed__)? {
        if method.is_none() {
            return vm.raise_type_of("'{}' object is not reversible", sequence);
        }
        return vm.call(&method, &[]);
    }
    let is_sequence =
        vm.type_of(sequence).slots().get_item.is_some() && sequence.downcast::<Dict>().is_none();
    if !is_sequence {
        return vm.raise_type_of("'{}' object is not reversible", sequence);
    }
    let length = vm.len(sequence)? as i64;
    let body = Reversed { sequence: RefCell::new(Some(sequence.clone())), index: Cell::new(length - 1) };
    Ok(heap::alloc_for(class, body).into())
}

fn next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<Reversed>(value);
    let at = it.index.get();
    let Some(sequence) = it.sequence.borrow().clone() else { return Ok(None) };
    if at >= 0 {
        match vm.get_item(&sequence, &Value::int(at)) {
            Ok(item) => {
                it.index.set(at - 1);
                return Ok(Some(item));
            }
            Err(raised)
                if vm.raised_is(&raised, Exc::IndexError) || vm.raised_is(&raised, Exc::StopIteration) =>
            {
                drop(vm.take_raised(raised));
            }
            Err(raised) => return Err(raised),
        }
    }
    it.index.set(-1);
    drop(it.sequence.take());
    Ok(None)
}

fn length_hint(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<Reversed>();
    let Some(sequence) = it.sequence.borrow().clone() else { return Ok(Value::small(0)) };
    let (length, left) = (vm.len(&sequence)? as i64, it.index.get() + 1);
    Ok(Value::int(if length < left { 0 } else { left }))
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<Reversed>();
    let class = vm.type_of(args.value(0)).to_value();
    match it.sequence.borrow().clone() {
        Some(sequence) => Ok(vm.tuple(&[class, vm.tuple(&[sequence]), Value::int(it.index.get())])),
        None => Ok(vm.tuple(&[class, vm.tuple(&[vm.empty_tuple().into()])])),
    }
}

fn setstate(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<Reversed>();
    let index = vm.to_i64(args.value(1))?;
    let sequence = it.sequence.borrow().clone();
    if let Some(sequence) = sequence {
        let length = vm.len(&sequence)? as i64;
        it.index.set(index.clamp(-1, (length - 1).max(-1)));
    }
    Ok(Value::NONE)
}
