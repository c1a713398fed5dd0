//! Iterators over lists and tuples, over anything with `__getitem__`, and over a callable until a sentinel.
//!
//! An iterator that has reached its end lets go of what it iterated over, and stays at the end.

use std::cell::{Cell, RefCell};

use crate::class::{Slots, TypeSpec};
use crate::heap::{self, Gc, Kind, Payload};
use crate::native::NativeFn;
use crate::objects::list::List;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::vm::Vm;
use crate::{Args, Exc, PyResult};

/// `iter(list)`. Sees items that are appended while it runs.
pub struct ListIterator {
    pub list: RefCell<Option<Gc<List>>>,
    /// Of the next item.
    pub index: Cell<usize>,
}

impl Payload for ListIterator {
    const KIND: Kind = Kind::ListIter;
    crate::trace_fields!(list; skip index);
}

impl ListIterator {
    pub fn new(list: Gc<List>) -> Gc<ListIterator> {
        let body = ListIterator { list: RefCell::new(Some(list)), index: Cell::new(0) };
        heap::alloc(Vm::current().types.list_iterator(), body)
    }

    #[inline]
    pub fn next(&self) -> Option<Value> {
        let at = self.index.get();
        let list = self.list.borrow();
        if let Some(item) = list.as_ref()?.get(at) {
            self.index.set(at + 1);
            return Some(item);
        }
        drop(list);
        drop(self.list.take());
        None
    }
}

pub static LIST_ITERATOR: TypeSpec = TypeSpec {
    name: "list_iterator",
    flags: crate::class::type_flags::NO_NEW,
    methods: &[
        NativeFn::new("__length_hint__($self, /)", list_length_hint),
        NativeFn::new("__reduce__($self, /)", list_reduce),
        NativeFn::new("__setstate__($self, object, /)", list_setstate),
    ],
    slots: Slots { iter: Some(same), next: Some(list_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

/// `__iter__` of iterators.
pub fn same(_vm: &Vm, value: &Value) -> PyResult {
    Ok(value.clone())
}

/// The payload of `self` in a slot.
#[inline(always)]
pub fn this<T: Payload>(value: &Value) -> &Gc<T> {
    value.downcast().expect("slots see instances of their class")
}

fn list_next(_vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    Ok(this::<ListIterator>(value).next())
}

fn list_length_hint(_vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<ListIterator>();
    let left = it.list.borrow().as_ref().map_or(0, |list| list.len().saturating_sub(it.index.get()));
    Ok(left.into())
}

/// `(function, (sequence,), index)`; `(function, (empty,))` at the end.
fn reduced(vm: &Vm, function: &str, sequence: Option<Value>, index: i64, empty: Value) -> PyResult {
    match sequence {
        Some(sequence) => Ok(vm.tuple(&[vm.builtin(function)?, vm.tuple(&[sequence]), Value::int(index)])),
        None => Ok(vm.tuple(&[vm.builtin(function)?, vm.tuple(&[empty])])),
    }
}

fn list_reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<ListIterator>();
    let list = it.list.borrow().as_ref().map(Gc::to_value);
    reduced(vm, "iter", list, it.index.get() as i64, List::new(Vec::new()).into())
}

fn list_setstate(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<ListIterator>();
    let index = vm.to_i64(args.value(1))?;
    if let Some(list) = it.list.borrow().as_ref() {
        it.index.set((index.max(0) as usize).min(list.len()));
    }
    Ok(Value::NONE)
}

/// `reversed(list)`.
pub struct ListReverseIterator {
    pub list: RefCell<Option<Gc<List>>>,
    /// Of the next item; negative when there is none.
    pub index: Cell<i64>,
}

impl Payload for ListReverseIterator {
    crate::trace_fields!(list; skip index);
}

impl ListReverseIterator {
    pub fn new(list: Gc<List>) -> Gc<ListReverseIterator> {
        let last = list.len() as i64 - 1;
        let body = ListReverseIterator { list: RefCell::new(Some(list)), index: Cell::new(last) };
        heap::alloc(Vm::current().types.list_reverseiterator(), body)
    }
}

pub static LIST_REVERSE_ITERATOR: TypeSpec = TypeSpec {
    name: "list_reverseiterator",
    flags: crate::class::type_flags::NO_NEW,
    methods: &[
        NativeFn::new("__length_hint__($self, /)", reverse_length_hint),
        NativeFn::new("__reduce__($self, /)", reverse_reduce),
        NativeFn::new("__setstate__($self, object, /)", reverse_setstate),
    ],
    slots: Slots { iter: Some(same), next: Some(reverse_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn reverse_next(_vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<ListReverseIterator>(value);
    let at = it.index.get();
    let item = it.list.borrow().as_ref().and_then(|list| list.get(usize::try_from(at).ok()?));
    match item {
        Some(item) => {
            it.index.set(at - 1);
            Ok(Some(item))
        }
        None => {
            it.index.set(-1);
            drop(it.list.take());
            Ok(None)
        }
    }
}

fn reverse_length_hint(_vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<ListReverseIterator>();
    let left = (it.index.get() + 1) as usize;
    let possible = it.list.borrow().as_ref().is_some_and(|list| list.len() >= left);
    Ok(if possible { left } else { 0 }.into())
}

fn reverse_reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<ListReverseIterator>();
    let list = it.list.borrow().as_ref().map(Gc::to_value);
    reduced(vm, "reversed", list, it.index.get(), List::new(Vec::new()).into())
}

fn reverse_setstate(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<ListReverseIterator>();
    let index = vm.to_i64(args.value(1))?;
    if let Some(list) = it.list.borrow().as_ref() {
        it.index.set(index.clamp(-1, list.len() as i64 - 1));
    }
    Ok(Value::NONE)
}

/// `iter(tuple)`.
pub struct TupleIterator {
    pub tuple: RefCell<Option<Gc<Tuple>>>,
    pub index: Cell<usize>,
}

impl Payload for TupleIterator {
    const KIND: Kind = Kind::TupleIter;
    crate::trace_fields!(tuple; skip index);
}

impl TupleIterator {
    pub fn new(tuple: Gc<Tuple>) -> Gc<TupleIterator> {
        let body = TupleIterator { tuple: RefCell::new(Some(tuple)), index: Cell::new(0) };
        heap::alloc(Vm::current().types.tuple_iterator(), body)
    }

    #[inline]
    pub fn next(&self) -> Option<Value> {
        let at = self.index.get();
        let tuple = self.tuple.borrow();
        if let Some(item) = tuple.as_ref()?.items().get(at) {
            self.index.set(at + 1);
            return Some(item.clone());
        }
        drop(tuple);
        drop(self.tuple.take());
        None
    }
}

pub static TUPLE_ITERATOR: TypeSpec = TypeSpec {
    name: "tuple_iterator",
    flags: crate::class::type_flags::NO_NEW,
    methods: &[
        NativeFn::new("__length_hint__($self, /)", tuple_length_hint),
        NativeFn::new("__reduce__($self, /)", tuple_reduce),
        NativeFn::new("__setstate__($self, object, /)", tuple_setstate),
    ],
    slots: Slots { iter: Some(same), next: Some(tuple_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn tuple_next(_vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    Ok(this::<TupleIterator>(value).next())
}

fn tuple_length_hint(_vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<TupleIterator>();
    let left = it.tuple.borrow().as_ref().map_or(0, |tuple| tuple.len().saturating_sub(it.index.get()));
    Ok(left.into())
}

fn tuple_reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<TupleIterator>();
    let tuple = it.tuple.borrow().as_ref().map(Gc::to_value);
    reduced(vm, "iter", tuple, it.index.get() as i64, vm.empty_tuple().into())
}

fn tuple_setstate(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<TupleIterator>();
    let index = vm.to_i64(args.value(1))?;
    if let Some(tuple) = it.tuple.borrow().as_ref() {
        it.index.set((index.max(0) as usize).min(tuple.len()));
    }
    Ok(Value::NONE)
}

/// `iter(sequence)` through `__getitem__`: the sequence (gone when exhausted) and the next index.
pub struct SequenceIterator {
    pub sequence: RefCell<Option<Value>>,
    pub index: Cell<i64>,
}

impl Payload for SequenceIterator {
    crate::trace_fields!(sequence; skip index);
}

pub fn sequence_iterator(vm: &Vm, sequence: Value) -> Value {
    let body = SequenceIterator { sequence: RefCell::new(Some(sequence)), index: Cell::new(0) };
    heap::alloc(vm.types.sequence_iterator(), body).into()
}

pub static SEQUENCE_ITERATOR: TypeSpec = TypeSpec {
    name: "iterator",
    flags: crate::class::type_flags::NO_NEW,
    methods: &[
        NativeFn::new("__length_hint__($self, /)", sequence_length_hint),
        NativeFn::new("__reduce__($self, /)", sequence_reduce),
        NativeFn::new("__setstate__($self, object, /)", sequence_setstate),
    ],
    slots: Slots { iter: Some(same), next: Some(sequence_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn sequence_next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<SequenceIterator>(value);
    let Some(sequence) = it.sequence.borrow().clone() else { return Ok(None) };
    let at = it.index.get();
    if at == i64::MAX {
        return vm.raise(Exc::OverflowError, "iter index too large");
    }
    let result = vm.get_item(&sequence, &Value::int(at));
    if let Err(raised) = &result {
        if !vm.raised_is(raised, Exc::IndexError) && !vm.raised_is(raised, Exc::StopIteration) {
            return result.map(Some);
        }
    }
    match result {
        Ok(item) => {
            it.index.set(at + 1);
            Ok(Some(item))
        }
        Err(raised) => {
            drop(vm.take_raised(raised));
            drop(it.sequence.take());
            Ok(None)
        }
    }
}

fn sequence_length_hint(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<SequenceIterator>();
    let Some(sequence) = it.sequence.borrow().clone() else { return Ok(Value::small(0)) };
    if vm.type_of(&sequence).slots().len.is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let left = vm.len(&sequence)? as i64 - it.index.get();
    Ok(Value::int(left.max(0)))
}

fn sequence_reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<SequenceIterator>();
    let sequence = it.sequence.borrow().clone();
    reduced(vm, "iter", sequence, it.index.get(), vm.empty_tuple().into())
}

fn sequence_setstate(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<SequenceIterator>();
    let index = vm.to_i64(args.value(1))?;
    if it.sequence.borrow().is_some() {
        it.index.set(index.max(0));
    }
    Ok(Value::NONE)
}

/// `iter(callable, sentinel)`.
pub struct CallableIterator {
    /// Callable and sentinel; gone when exhausted.
    pub source: RefCell<Option<(Value, Value)>>,
}

impl Payload for CallableIterator {
    crate::trace_fields!(source);
}

pub fn callable_iterator(vm: &Vm, callable: Value, sentinel: Value) -> Value {
    let body = CallableIterator { source: RefCell::new(Some((callable, sentinel))) };
    heap::alloc(vm.types.callable_iterator(), body).into()
}

pub static CALLABLE_ITERATOR: TypeSpec = TypeSpec {
    name: "callable_iterator",
    flags: crate::class::type_flags::NO_NEW,
    methods: &[NativeFn::new("__reduce__($self, /)", callable_reduce)],
    slots: Slots { iter: Some(same), next: Some(callable_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn callable_next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<CallableIterator>(value);
    let Some((callable, sentinel)) = it.source.borrow().clone() else { return Ok(None) };
    let result = vm.call(&callable, &[]);
    let Some(item) = vm.catch(result, Exc::StopIteration)? else {
        drop(it.source.take());
        return Ok(None);
    };
    // The call itself may have exhausted the iterator.
    if it.source.borrow().is_none() {
        return Ok(None);
    }
    if vm.eq(&sentinel, &item)? {
        drop(it.source.take());
        return Ok(None);
    }
    Ok(Some(item))
}

fn callable_reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<CallableIterator>();
    let inner = match &*it.source.borrow() {
        Some((callable, sentinel)) => vm.tuple(&[callable.clone(), sentinel.clone()]),
        None => vm.tuple(&[vm.empty_tuple().into()]),
    };
    Ok(vm.tuple(&[vm.builtin("iter")?, inner]))
}
