//! `count`, `cycle` and `repeat`.

use std::cell::{Cell, RefCell};

use ouro_runtime::class::{BinaryOp, Slots, TypeSpec};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::int;
use ouro_runtime::{Args, Exc, NativeFn, PyResult, Value, Vm};

use super::{class, same, this};

pub struct Count {
    next: RefCell<Value>,
    step: Value,
}

impl Payload for Count {
    ouro_runtime::trace_fields!(next, step);
}

pub static COUNT: TypeSpec = TypeSpec {
    name: "count",
    module: "itertools",
    doc: "Return a count object whose .__next__() method returns consecutive values.",
    new: Some(NativeFn::new("count($type, start=0, step=1)", count_new)),
    slots: Slots { iter: Some(same), next: Some(count_next), repr: Some(count_repr), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

/// Whether a value can be counted from: anything that looks like a number.
fn is_number(vm: &Vm, value: &Value) -> bool {
    let slots = vm.type_of(value).slots();
    slots.index.is_some() || slots.float.is_some() || slots.int.is_some() || vm.type_name(value) == "complex"
}

fn count_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let start = args.get(1).cloned().unwrap_or(Value::small(0));
    let step = args.get(2).cloned().unwrap_or(Value::small(1));
    if !is_number(vm, &start) || !is_number(vm, &step) {
        return vm.raise(Exc::TypeError, "a number is required");
    }
    Ok(heap::alloc_for(class(args.value(0)), Count { next: RefCell::new(start), step }).into())
}

fn count_next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<Count>(value);
    let current = it.next.borrow().clone();
    let next = match (current.as_small_int(), it.step.as_small_int()) {
        (Some(a), Some(b)) => Value::int(a + b),
        _ => vm.binary(BinaryOp::Add, &current, &it.step)?,
    };
    drop(it.next.replace(next));
    Ok(Some(current))
}

fn count_repr(vm: &Vm, value: &Value) -> PyResult {
    let it = this::<Count>(value);
    let next = it.next.borrow().clone();
    let shown = vm.repr_text(&next)?;
    if int::is_int(&it.step) && int::as_i64(&it.step) == Some(1) {
        return Ok(format!("count({shown})").into());
    }
    let step = vm.repr_text(&it.step)?;
    Ok(format!("count({shown}, {step})").into())
}

pub struct Cycle {
    /// Gone after the first round.
    iterator: RefCell<Option<Value>>,
    saved: RefCell<Vec<Value>>,
    index: Cell<usize>,
}

impl Payload for Cycle {
    ouro_runtime::trace_fields!(iterator, saved; skip index);
}

pub static CYCLE: TypeSpec = TypeSpec {
    name: "cycle",
    module: "itertools",
    doc: "Return elements from the iterable until it is exhausted. Then repeat the sequence indefinitely.",
    new: Some(NativeFn::new("cycle($type, iterable, /)", cycle_new)),
    slots: Slots { iter: Some(same), next: Some(cycle_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn cycle_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let iterator = RefCell::new(Some(vm.iter(args.value(1))?));
    let body = Cycle { iterator, saved: RefCell::default(), index: Cell::new(0) };
    Ok(heap::alloc_for(class(args.value(0)), body).into())
}

fn cycle_next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<Cycle>(value);
    let iterator = it.iterator.borrow().clone();
    if let Some(iterator) = iterator {
        if let Some(item) = vm.next(&iterator)? {
            it.saved.borrow_mut().push(item.clone());
            return Ok(Some(item));
        }
        drop(it.iterator.take());
    }
    let saved = it.saved.borrow();
    let at = it.index.get();
    it.index.set(if at + 1 < saved.len() { at + 1 } else { 0 });
    Ok(saved.get(at).cloned())
}

pub struct Repeat {
    object: Value,
    /// How often still; `None` for ever.
    left: Cell<Option<usize>>,
}

impl Payload for Repeat {
    ouro_runtime::trace_fields!(object; skip left);
}

pub static REPEAT: TypeSpec = TypeSpec {
    name: "repeat",
    module: "itertools",
    doc: "repeat(object [,times]) -> create an iterator which returns the object\nfor the specified number of \
          times.  If not specified, returns the object\nendlessly.",
    new: Some(NativeFn::new("repeat($type, object, times=<unrepresentable>)", repeat_new)),
    methods: &[NativeFn::new("__length_hint__($self, /)", repeat_length_hint)],
    slots: Slots { iter: Some(same), next: Some(repeat_next), repr: Some(repeat_repr), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn repeat_new(vm: &Vm, args: Args<'_>) -> PyResult {
    let left = match args.get(2) {
        None => None,
        Some(times) => Some(vm.to_i64(times)?.max(0) as usize),
    };
    let body = Repeat { object: args.value(1).clone(), left: Cell::new(left) };
    Ok(heap::alloc_for(class(args.value(0)), body).into())
}

fn repeat_next(_vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<Repeat>(value);
    match it.left.get() {
        Some(0) => return Ok(None),
        Some(left) => it.left.set(Some(left - 1)),
        None => {}
    }
    Ok(Some(it.object.clone()))
}

fn repeat_repr(vm: &Vm, value: &Value) -> PyResult {
    let it = this::<Repeat>(value);
    let object = vm.repr_text(&it.object)?;
    Ok(match it.left.get() {
        None => format!("repeat({object})").into(),
        Some(left) => format!("repeat({object}, {left})").into(),
    })
}

fn repeat_length_hint(vm: &Vm, args: Args<'_>) -> PyResult {
    match args.this::<Repeat>().left.get() {
        Some(left) => Ok(left.into()),
        None => vm.raise(Exc::TypeError, "len() of unsized object"),
    }
}
