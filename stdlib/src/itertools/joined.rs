//! `chain`, `compress`, `starmap` and `zip_longest`.

use std::cell::{Cell, RefCell};

use ouro_runtime::class::{Slots, TypeSpec};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::generic_alias;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::{Args, Exc, NativeFn, PyResult, Value, Vm};

use super::{class, same, this};

pub struct Chain {
    /// Iterator over the iterables; gone at the end.
    source: RefCell<Option<Value>>,
    active: RefCell<Option<Value>>,
}

impl Payload for Chain {
    ouro_runtime::trace_fields!(source, active);
}

pub static CHAIN: TypeSpec = TypeSpec {
    name: "chain",
    module: "itertools",
    doc: "Return a chain object whose .__next__() method returns elements from the\nfirst iterable until it is \
          exhausted, then elements from the next\niterable, until all of the iterables are exhausted.",
    new: Some(NativeFn::new("chain($type, *iterables)", chain_new)),
    class_methods: &[
        NativeFn::new("from_iterable($type, iterable, /)", chain_from_iterable),
        NativeFn::new("__class_getitem__($type, item, /)", generic_alias::class_getitem),
    ],
    slots: Slots { iter: Some(same), next: Some(chain_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn make_chain(cls: &Value, source: Value) -> PyResult {
    let body = Chain { source: RefCell::new(Some(source)), active: RefCell::new(None) };
    Ok(heap::alloc_for(class(cls), body).into())
}

fn chain_new(vm: &Vm, args: Args<'_>) -> PyResult {
    make_chain(args.value(0), vm.iter(&vm.tuple(args.rest()))?)
}

fn chain_from_iterable(vm: &Vm, args: Args<'_>) -> PyResult {
    make_chain(args.value(0), vm.iter(args.value(1))?)
}

fn chain_next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<Chain>(value);
    loop {
        let active = it.active.borrow().clone();
        if let Some(active) = active {
            if let Some(item) = vm.next(&active)? {
                return Ok(Some(item));
            }
            drop(it.active.take());
        }
        let source = it.source.borrow().clone();
        let Some(source) = source else { return Ok(None) };
        match vm.next(&source)? {
            Some(iterable) => {
                let iterator = vm.iter(&iterable)?;
                drop(it.active.replace(Some(iterator)));
            }
            None => {
                drop(it.source.take());
                return Ok(None);
            }
        }
    }
}

pub struct Compress {
    data: Value,
    selectors: Value,
}

impl Payload for Compress {
    ouro_runtime::trace_fields!(data, selectors);
}

pub static COMPRESS: TypeSpec = TypeSpec {
    name: "compress",
    module: "itertools",
    doc: "Return data elements corresponding to true selector elements.",
    new: Some(NativeFn::new("compress($type, data, selectors)", compress_new)),
    slots: Slots { iter: Some(same), next: Some(compress_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn compress_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let body = Compress { data: vm.iter(args.value(1))?, selectors: vm.iter(args.value(2))? };
    Ok(heap::alloc_for(class(args.value(0)), body).into())
}

fn compress_next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<Compress>(value);
    loop {
        let Some(item) = vm.next(&it.data)? else { return Ok(None) };
        let Some(selector) = vm.next(&it.selectors)? else { return Ok(None) };
        if vm.truth(&selector)? {
            return Ok(Some(item));
        }
    }
}

pub struct StarMap {
    function: Value,
    iterator: Value,
}

impl Payload for StarMap {
    ouro_runtime::trace_fields!(function, iterator);
}

pub static STAR_MAP: TypeSpec = TypeSpec {
    name: "starmap",
    module: "itertools",
    doc: "Return an iterator whose values are returned from the function evaluated with an argument tuple taken \
          from the given sequence.",
    new: Some(NativeFn::new("starmap($type, function, iterable, /)", star_map_new)),
    slots: Slots { iter: Some(same), next: Some(star_map_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn star_map_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let body = StarMap { function: args.value(1).clone(), iterator: vm.iter(args.value(2))? };
    Ok(heap::alloc_for(class(args.value(0)), body).into())
}

fn star_map_next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<StarMap>(value);
    let Some(arguments) = vm.next(&it.iterator)? else { return Ok(None) };
    match arguments.downcast_exact::<Tuple>() {
        Some(tuple) => vm.call(&it.function, tuple.items()).map(Some),
        None => vm.call(&it.function, &vm.collect(&arguments)?).map(Some),
    }
}

pub struct ZipLongest {
    /// `None` for those that have ended.
    iterators: RefCell<Vec<Option<Value>>>,
    active: Cell<usize>,
    fill: Value,
}

impl Payload for ZipLongest {
    ouro_runtime::trace_fields!(iterators, fill; skip active);
}

pub static ZIP_LONGEST: TypeSpec = TypeSpec {
    name: "zip_longest",
    module: "itertools",
    doc: "Return a zip_longest object whose .__next__() method returns a tuple where\nthe i-th element comes from \
          the i-th iterable argument.  The .__next__()\nmethod continues until the longest iterable in the argument \
          sequence\nis exhausted and then it raises StopIteration.  When the shorter iterables\nare exhausted, the \
          fillvalue is substituted in their place.  The fillvalue\ndefaults to None or can be specified by a keyword \
          argument.",
    new: Some(NativeFn::new("zip_longest", zip_longest_new)),
    slots: Slots { iter: Some(same), next: Some(zip_longest_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn zip_longest_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let mut fill = Value::NONE;
    for (name, value) in args.keywords() {
        if name.as_bytes() != b"fillvalue" {
            return vm.raise(Exc::TypeError, "zip_longest() got an unexpected keyword argument");
        }
        fill = value.clone();
    }
    let iterables = args.values[1..].iter();
    let iterators = iterables.map(|iterable| vm.iter(iterable).map(Some)).collect::<PyResult<Vec<_>>>()?;
    let body = ZipLongest { active: Cell::new(iterators.len()), iterators: RefCell::new(iterators), fill };
    Ok(heap::alloc_for(class(args.value(0)), body).into())
}

fn zip_longest_next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<ZipLongest>(value);
    if it.active.get() == 0 {
        return Ok(None);
    }
    let count = it.iterators.borrow().len();
    let mut items = Vec::with_capacity(count);
    for at in 0..count {
        let iterator = it.iterators.borrow()[at].clone();
        let Some(iterator) = iterator else {
            items.push(it.fill.clone());
            continue;
        };
        let next = match vm.next(&iterator) {
            Ok(next) => next,
            Err(raised) => {
                it.active.set(0);
                return Err(raised);
            }
        };
        match next {
            Some(item) => items.push(item),
            None => {
                it.active.set(it.active.get().saturating_sub(1));
                if it.active.get() == 0 {
                    return Ok(None);
                }
                let ended = it.iterators.borrow_mut()[at].take();
                drop(ended);
                items.push(it.fill.clone());
            }
        }
    }
    Ok(Some(Tuple::new(items).into()))
}
