//! `tee`: several iterators over one. Items wait in a chain of links until the last of them has passed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use ouro_runtime::class::{Slots, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::{Args, Exc, Gc, NativeFn, PyResult, Value, Vm};

use super::{class, same, this};

/// Where an item and what follows it will be, once somebody has asked.
pub struct Link {
    content: RefCell<Option<(Value, Gc<Link>)>>,
}

impl Payload for Link {
    fn trace(&self, visit: heap::Visitor<'_>) {
        if let Some((item, next)) = &*self.content.borrow() {
            visit(item);
            visit(next.as_value());
        }
    }
}

pub static LINK: TypeSpec =
    TypeSpec { name: "_tee_dataobject", module: "itertools", flags: type_flags::NO_NEW, ..TypeSpec::DEFAULT };

impl Link {
    fn new(vm: &Vm) -> Gc<Link> {
        heap::alloc(&vm.class_of::<Link>(), Link { content: RefCell::new(None) })
    }
}

pub struct Tee {
    iterator: Value,
    position: RefCell<Gc<Link>>,
    /// Set while the iterator is asked for an item, by all that share it.
    running: Rc<Cell<bool>>,
}

impl Payload for Tee {
    ouro_runtime::trace_fields!(iterator, position; skip running);
}

pub static TEE: TypeSpec = TypeSpec {
    name: "_tee",
    module: "itertools",
    doc: "Iterator wrapped to make it copyable.",
    new: Some(NativeFn::new("_tee($type, iterable, /)", tee_new)),
    methods: &[NativeFn::new("__copy__($self, /)", tee_copy)],
    slots: Slots { iter: Some(same), next: Some(tee_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

/// A tee over an iterable, or a copy of one.
fn make(vm: &Vm, iterable: &Value) -> PyResult<Tee> {
    let iterator = vm.iter(iterable)?;
    if let Some(other) = iterator.downcast::<Tee>() {
        return Ok(copy_of(other));
    }
    Ok(Tee { iterator, position: RefCell::new(Link::new(vm)), running: Rc::default() })
}

fn copy_of(other: &Gc<Tee>) -> Tee {
    Tee {
        iterator: other.iterator.clone(),
        position: RefCell::new(other.position.borrow().clone()),
        running: other.running.clone(),
    }
}

fn tee_new(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(heap::alloc_for(class(args.value(0)), make(vm, args.value(1))?).into())
}

fn tee_copy(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(heap::alloc(&vm.class_of::<Tee>(), copy_of(args.this::<Tee>())).into())
}

fn tee_next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<Tee>(value);
    let link = it.position.borrow().clone();
    let known = link.content.borrow().clone();
    let (item, next) = match known {
        Some(content) => content,
        None => {
            if it.running.replace(true) {
                return vm.raise(Exc::RuntimeError, "cannot re-enter the tee iterator");
            }
            let taken = vm.next(&it.iterator);
            it.running.set(false);
            let Some(item) = taken? else { return Ok(None) };
            let content = (item, Link::new(vm));
            drop(link.content.replace(Some(content.clone())));
            content
        }
    };
    drop(it.position.replace(next));
    Ok(Some(item))
}

/// The function `tee`.
pub fn tee(vm: &Vm, args: Args<'_>) -> PyResult {
    let count = args.get(1).map_or(Ok(2), |count| vm.to_i64(count))?;
    if count < 0 {
        return vm.raise(Exc::ValueError, "n must be >= 0");
    }
    if count > 1 << 32 {
        return vm.raise_bare(Exc::MemoryError);
    }
    let class = vm.class_of::<Tee>();
    let first = heap::alloc(&class, make(vm, args.value(0))?);
    let mut all: Vec<Value> = Vec::new();
    for _ in 1..count {
        all.push(heap::alloc(&class, copy_of(&first)).into());
    }
    if count > 0 {
        all.insert(0, first.into());
    }
    Ok(vm.tuple(&all))
}
