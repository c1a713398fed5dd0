//! `groupby`: runs of items with equal keys. A group shares the underlying iterator with its `groupby`, and is at its end
//! once that has moved on.

use std::cell::{Cell, RefCell};

use ouro_runtime::class::{Slots, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::{Args, Gc, NativeFn, PyResult, Value, Vm};

use super::{class, same, this};

pub struct GroupBy {
    iterator: Value,
    /// None for the items themselves.
    key: Value,
    /// Key of the group being yielded.
    group_key: RefCell<Option<Value>>,
    current_key: RefCell<Option<Value>>,
    current: RefCell<Option<Value>>,
    /// Number of the group that may still take items.
    group: Cell<u64>,
}

impl Payload for GroupBy {
    ouro_runtime::trace_fields!(iterator, key, group_key, current_key, current; skip group);
}

pub static GROUP_BY: TypeSpec = TypeSpec {
    name: "groupby",
    module: "itertools",
    doc: "make an iterator that returns consecutive keys and groups from the iterable",
    new: Some(NativeFn::new("groupby($type, iterable, key=None)", group_by_new)),
    slots: Slots { iter: Some(same), next: Some(group_by_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn group_by_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let body = GroupBy {
        iterator: vm.iter(args.value(1))?,
        key: args.get(2).cloned().unwrap_or(Value::NONE),
        group_key: RefCell::new(None),
        current_key: RefCell::new(None),
        current: RefCell::new(None),
        group: Cell::new(0),
    };
    Ok(heap::alloc_for(class(args.value(0)), body).into())
}

impl GroupBy {
    /// Takes the next item and works out its key; false at the end.
    fn step(&self, vm: &Vm) -> PyResult<bool> {
        let Some(item) = vm.next(&self.iterator)? else { return Ok(false) };
        let key =
            if self.key.is_none() { item.clone() } else { vm.call(&self.key, std::slice::from_ref(&item))? };
        let _old = (self.current.replace(Some(item)), self.current_key.replace(Some(key)));
        Ok(true)
    }

    /// Whether the current item belongs to the group with this key.
    fn belongs(&self, vm: &Vm, key: &Value) -> PyResult<bool> {
        let current = self.current_key.borrow().clone();
        match current {
            Some(current) => vm.eq(key, &current),
            None => Ok(false),
        }
    }
}

fn group_by_next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<GroupBy>(value);
    it.group.set(it.group.get() + 1);
    // Skip what is left of the last group.
    loop {
        let (group_key, has_current) = (it.group_key.borrow().clone(), it.current_key.borrow().is_some());
        if has_current {
            match group_key {
                None => break,
                Some(key) if !it.belongs(vm, &key)? => break,
                Some(_) => {}
            }
        }
        if !it.step(vm)? {
            return Ok(None);
        }
    }
    let key = it.current_key.borrow().clone().unwrap_or(Value::NONE);
    drop(it.group_key.replace(Some(key.clone())));
    let group = Group { parent: it.clone(), key: key.clone(), number: it.group.get() };
    let group = heap::alloc(&vm.class_of::<Group>(), group).into();
    Ok(Some(vm.tuple(&[key, group])))
}

/// One group.
pub struct Group {
    parent: Gc<GroupBy>,
    key: Value,
    number: u64,
}

impl Payload for Group {
    ouro_runtime::trace_fields!(parent, key; skip number);
}

pub static GROUP: TypeSpec = TypeSpec {
    name: "_grouper",
    module: "itertools",
    flags: type_flags::NO_NEW,
    slots: Slots { iter: Some(same), next: Some(group_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn group_next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<Group>(value);
    let parent = &it.parent;
    if parent.group.get() != it.number {
        return Ok(None);
    }
    if parent.current.borrow().is_none() && !parent.step(vm)? {
        return Ok(None);
    }
    if !parent.belongs(vm, &it.key)? {
        return Ok(None);
    }
    let item = parent.current.take();
    drop(parent.current_key.take());
    Ok(item)
}
