//! `cmp_to_key`: keys that compare by a function of two arguments.

use std::cell::RefCell;

use ouro_runtime::class::{CompareOp, Slots, TypeSpec, special, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::iterators::this;
use ouro_runtime::{Args, Exc, GetSet, NativeFn, PyResult, Value, Vm};

/// The comparison function, with the object in a key and without it in what `cmp_to_key` returns.
pub struct KeyWrapper {
    compare: Value,
    object: RefCell<Option<Value>>,
}

impl Payload for KeyWrapper {
    ouro_runtime::trace_fields!(compare, object);
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "KeyWrapper",
    module: "functools",
    flags: type_flags::NO_NEW,
    getset: &[GetSet {
        name: "obj",
        doc: "Value wrapped by a key function.",
        get: |vm, value| match &*this::<KeyWrapper>(value).object.borrow() {
            Some(object) => Ok(object.clone()),
            None => vm.raise(Exc::AttributeError, "obj"),
        },
        set: Some(|_, value, new| {
            let _old = this::<KeyWrapper>(value).object.replace(new.cloned());
            Ok(())
        }),
    }],
    slots: Slots { call: Some(call), compare: Some(compare), hash: Some(special::unhashable), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn wrapper(vm: &Vm, compare: &Value, object: Option<Value>) -> Value {
    let body = KeyWrapper { compare: compare.clone(), object: RefCell::new(object) };
    heap::alloc(&vm.class_of::<KeyWrapper>(), body).into()
}

pub fn cmp_to_key(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(wrapper(vm, args.value(0), None))
}

/// `K(obj)`.
static MAKE: NativeFn = NativeFn::new("K(obj)", |_, args| Ok(args.value(0).clone()));

fn call(vm: &Vm, value: &Value, args: Args<'_>) -> PyResult {
    let object = ouro_runtime::class::new_object::call_bound(
        vm,
        ouro_runtime::class::new_object::Bindable::of(&MAKE),
        args,
    )?;
    Ok(wrapper(vm, &this::<KeyWrapper>(value).compare, Some(object)))
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let Some(other) = b.downcast::<KeyWrapper>() else {
        return vm.raise(Exc::TypeError, "other argument must be K instance");
    };
    let own = this::<KeyWrapper>(a);
    let objects = (own.object.borrow().clone(), other.object.borrow().clone());
    let (Some(x), Some(y)) = objects else { return vm.raise(Exc::AttributeError, "object") };
    let result = vm.call(&own.compare, &[x, y])?;
    vm.compare(&result, &Value::small(0), op)
}
