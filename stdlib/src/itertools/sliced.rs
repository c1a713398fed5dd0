//! Iterators that pass on part of another: `accumulate`, `batched`, `dropwhile`, `filterfalse`, `islice`, `pairwise`,
//! `takewhile`.

use std::cell::{Cell, RefCell};

use ouro_runtime::class::{BinaryOp, Slots, TypeSpec};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::int;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::{Args, Exc, NativeFn, PyResult, Value, Vm};

use super::{class, same, this};

pub struct Accumulate {
    iterator: Value,
    /// None for addition.
    function: Value,
    total: RefCell<Option<Value>>,
    /// To be yielded before anything is taken.
    initial: RefCell<Option<Value>>,
}

impl Payload for Accumulate {
    ouro_runtime::trace_fields!(iterator, function, total, initial);
}

pub static ACCUMULATE: TypeSpec = TypeSpec {
    name: "accumulate",
    module: "itertools",
    doc: "Return series of accumulated sums.",
    new: Some(NativeFn::new("accumulate($type, iterable, func=None, *, initial=None)", accumulate_new)),
    slots: Slots { iter: Some(same), next: Some(accumulate_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn accumulate_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let body = Accumulate {
        iterator: vm.iter(args.value(1))?,
        function: args.get(2).cloned().unwrap_or(Value::NONE),
        total: RefCell::new(None),
        initial: RefCell::new(args.get_not_none(3).cloned()),
    };
    Ok(heap::alloc_for(class(args.value(0)), body).into())
}

fn accumulate_next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<Accumulate>(value);
    let initial = it.initial.take();
    if let Some(initial) = initial {
        drop(it.total.replace(Some(initial.clone())));
        return Ok(Some(initial));
    }
    let Some(item) = vm.next(&it.iterator)? else { return Ok(None) };
    let total = it.total.borrow().clone();
    let next = match total {
        None => item,
        Some(total) if it.function.is_none() => vm.binary(BinaryOp::Add, &total, &item)?,
        Some(total) => vm.call(&it.function, &[total, item])?,
    };
    drop(it.total.replace(Some(next.clone())));
    Ok(Some(next))
}

pub struct Batched {
    /// Gone at the end.
    iterator: RefCell<Option<Value>>,
    size: usize,
    strict: bool,
}

impl Payload for Batched {
    ouro_runtime::trace_fields!(iterator; skip size, strict);
}

pub static BATCHED: TypeSpec = TypeSpec {
    name: "batched",
    module: "itertools",
    doc: "Batch data into tuples of length n. The last batch may be shorter than n.",
    new: Some(NativeFn::new("batched($type, iterable, n, *, strict=False)", batched_new)),
    slots: Slots { iter: Some(same), next: Some(batched_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn batched_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let size = vm.to_i64(args.value(2))?;
    if size < 1 {
        return vm.raise(Exc::ValueError, "n must be at least one");
    }
    let strict = args.get(3).map_or(Ok(false), |strict| vm.truth(strict))?;
    let iterator = RefCell::new(Some(vm.iter(args.value(1))?));
    Ok(heap::alloc_for(class(args.value(0)), Batched { iterator, size: size as usize, strict }).into())
}

fn batched_next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<Batched>(value);
    let iterator = it.iterator.borrow().clone();
    let Some(iterator) = iterator else { return Ok(None) };
    let mut items = Vec::with_capacity(it.size.min(1 << 10));
    while items.len() < it.size {
        match vm.next(&iterator)? {
            Some(item) => items.push(item),
            None => {
                drop(it.iterator.take());
                if items.is_empty() {
                    return Ok(None);
                }
                if it.strict {
                    return vm.raise(Exc::ValueError, "batched(): incomplete batch");
                }
                break;
            }
        }
    }
    Ok(Some(Tuple::new(items).into()))
}

pub struct DropWhile {
    predicate: Value,
    iterator: Value,
    started: Cell<bool>,
}

impl Payload for DropWhile {
    ouro_runtime::trace_fields!(predicate, iterator; skip started);
}

pub static DROP_WHILE: TypeSpec = TypeSpec {
    name: "dropwhile",
    module: "itertools",
    doc: "Drop items from the iterable while predicate(item) is true.\n\nAfterwards, return every element until the \
          iterable is exhausted.",
    new: Some(NativeFn::new("dropwhile($type, predicate, iterable, /)", drop_while_new)),
    slots: Slots { iter: Some(same), next: Some(drop_while_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn drop_while_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let (predicate, iterator) = (args.value(1).clone(), vm.iter(args.value(2))?);
    let body = DropWhile { predicate, iterator, started: Cell::new(false) };
    Ok(heap::alloc_for(class(args.value(0)), body).into())
}

fn drop_while_next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<DropWhile>(value);
    loop {
        let Some(item) = vm.next(&it.iterator)? else { return Ok(None) };
        if it.started.get() {
            return Ok(Some(item));
        }
        let verdict = vm.call(&it.predicate, std::slice::from_ref(&item))?;
        if !vm.truth(&verdict)? {
            it.started.set(true);
            return Ok(Some(item));
        }
    }
}

pub struct TakeWhile {
    predicate: Value,
    iterator: Value,
    ended: Cell<bool>,
}

impl Payload for TakeWhile {
    ouro_runtime::trace_fields!(predicate, iterator; skip ended);
}

pub static TAKE_WHILE: TypeSpec = TypeSpec {
    name: "takewhile",
    module: "itertools",
    doc: "Return successive entries from an iterable as long as the predicate evaluates to true for each entry.",
    new: Some(NativeFn::new("takewhile($type, predicate, iterable, /)", take_while_new)),
    slots: Slots { iter: Some(same), next: Some(take_while_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn take_while_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let (predicate, iterator) = (args.value(1).clone(), vm.iter(args.value(2))?);
    let body = TakeWhile { predicate, iterator, ended: Cell::new(false) };
    Ok(heap::alloc_for(class(args.value(0)), body).into())
}

fn take_while_next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<TakeWhile>(value);
    if it.ended.get() {
        return Ok(None);
    }
    let Some(item) = vm.next(&it.iterator)? else { return Ok(None) };
    let verdict = vm.call(&it.predicate, std::slice::from_ref(&item))?;
    if vm.truth(&verdict)? {
        return Ok(Some(item));
    }
    it.ended.set(true);
    Ok(None)
}

pub struct FilterFalse {
    function: Value,
    iterator: Value,
}

impl Payload for FilterFalse {
    ouro_runtime::trace_fields!(function, iterator);
}

pub static FILTER_FALSE: TypeSpec = TypeSpec {
    name: "filterfalse",
    module: "itertools",
    doc: "Return those items of iterable for which function(item) is false.\n\nIf function is None, return the items \
          that are false.",
    new: Some(NativeFn::new("filterfalse($type, function, iterable, /)", filter_false_new)),
    slots: Slots { iter: Some(same), next: Some(filter_false_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn filter_false_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let body = FilterFalse { function: args.value(1).clone(), iterator: vm.iter(args.value(2))? };
    Ok(heap::alloc_for(class(args.value(0)), body).into())
}

fn filter_false_next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<FilterFalse>(value);
    let plain = it.function.is_none() || it.function.is(vm.types.bool().as_value());
    while let Some(item) = vm.next(&it.iterator)? {
        let verdict = if plain {
            vm.truth(&item)?
        } else {
            let verdict = vm.call(&it.function, std::slice::from_ref(&item))?;
            vm.truth(&verdict)?
        };
        if !verdict {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

pub struct Pairwise {
    /// Gone at the end.
    iterator: RefCell<Option<Value>>,
    previous: RefCell<Option<Value>>,
}

impl Payload for Pairwise {
    ouro_runtime::trace_fields!(iterator, previous);
}

pub static PAIRWISE: TypeSpec = TypeSpec {
    name: "pairwise",
    module: "itertools",
    doc: "Return an iterator of overlapping pairs taken from the input iterator.\n\n    s -> (s0,s1), (s1,s2), (s2, \
          s3), ...",
    new: Some(NativeFn::new("pairwise($type, iterable, /)", pairwise_new)),
    slots: Slots { iter: Some(same), next: Some(pairwise_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn pairwise_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let iterator = RefCell::new(Some(vm.iter(args.value(1))?));
    Ok(heap::alloc_for(class(args.value(0)), Pairwise { iterator, previous: RefCell::new(None) }).into())
}

fn pairwise_next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<Pairwise>(value);
    let iterator = it.iterator.borrow().clone();
    let Some(iterator) = iterator else { return Ok(None) };
    let previous = it.previous.borrow().clone();
    let previous = match previous {
        Some(previous) => previous,
        None => match vm.next(&iterator)? {
            Some(first) => {
                drop(it.previous.replace(Some(first.clone())));
                first
            }
            None => {
                drop(it.iterator.take());
                return Ok(None);
            }
        },
    };
    match vm.next(&iterator)? {
        Some(next) => {
            drop(it.previous.replace(Some(next.clone())));
            Ok(Some(vm.tuple(&[previous, next])))
        }
        None => {
            drop((it.iterator.take(), it.previous.take()));
            Ok(None)
        }
    }
}

pub struct Islice {
    /// Gone at the end.
    iterator: RefCell<Option<Value>>,
    /// Index of the next item to yield.
    next: Cell<usize>,
    /// `None` for no end.
    stop: Option<usize>,
    step: usize,
    /// Items taken so far.
    taken: Cell<usize>,
}

impl Payload for Islice {
    ouro_runtime::trace_fields!(iterator; skip next, stop, step, taken);
}

pub static ISLICE: TypeSpec = TypeSpec {
    name: "islice",
    module: "itertools",
    doc: "islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object\n\nReturn \
          an iterator whose next() method returns selected values from an\niterable.  If start is specified, will \
          skip all preceding elements;\notherwise, start defaults to zero.  Step defaults to one.  If\nspecified as \
          another value, step determines how many values are\nskipped between successive calls.  Works like a \
          slice() on a list\nbut returns an iterator.",
    new: Some(NativeFn::new("islice", islice_new)),
    slots: Slots { iter: Some(same), next: Some(islice_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

/// A bound: `Ok(None)` for None, `Err` for what is no index from 0 up.
fn bound(vm: &Vm, value: &Value) -> PyResult<Result<Option<usize>, ()>> {
    if value.is_none() {
        return Ok(Ok(None));
    }
    if !vm.has_index(value) {
        return Ok(Err(()));
    }
    let index = vm.index(value)?;
    Ok(int::as_i64(&index).and_then(|index| usize::try_from(index).ok()).map(Some).ok_or(()))
}

fn islice_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let given = args.skip_first();
    given.check_arity(vm, "islice", 2, 4)?;
    let stop_message = "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    let indices_message = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    let (start, stop) = if given.len() == 2 {
        match bound(vm, given.value(1))? {
            Ok(stop) => (0, stop),
            Err(()) => return vm.raise(Exc::ValueError, stop_message),
        }
    } else {
        if !given.value(2).is_none() && !vm.has_index(given.value(2)) {
            return vm.raise(Exc::ValueError, stop_message);
        }
        match (bound(vm, given.value(1))?, bound(vm, given.value(2))?) {
            (Ok(start), Ok(stop)) => (start.unwrap_or(0), stop),
            _ => return vm.raise(Exc::ValueError, indices_message),
        }
    };
    let step = match given.get(3).map_or(Ok(Ok(None)), |step| bound(vm, step))? {
        Ok(None) => 1,
        Ok(Some(step)) if step > 0 => step,
        _ => return vm.raise(Exc::ValueError, "Step for islice() must be a positive integer or None."),
    };
    let body = Islice {
        iterator: RefCell::new(Some(vm.iter(given.value(0))?)),
        next: Cell::new(start),
        stop,
        step,
        taken: Cell::new(0),
    };
    Ok(heap::alloc_for(class(args.value(0)), body).into())
}

fn islice_next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<Islice>(value);
    let iterator = it.iterator.borrow().clone();
    let Some(iterator) = iterator else { return Ok(None) };
    let end = |it: &Islice| {
        drop(it.iterator.take());
        Ok(None)
    };
    // Items before the next one are consumed even if nothing follows.
    let wanted = it.next.get();
    let limit = it.stop.map_or(wanted, |stop| wanted.min(stop));
    while it.taken.get() < limit {
        if vm.next(&iterator)?.is_none() {
            return end(it);
        }
        it.taken.set(it.taken.get() + 1);
    }
    if it.stop.is_some_and(|stop| it.taken.get() >= stop) {
        return end(it);
    }
    let Some(item) = vm.next(&iterator)? else { return end(it) };
    it.taken.set(it.taken.get() + 1);
    let next = wanted.saturating_add(it.step);
    it.next.set(it.stop.map_or(next, |stop| next.min(stop)));
    Ok(Some(item))
}
