//! `collections.defaultdict`: a dict that makes the values of absent keys.
//!
//! Its payload is that of `dict`, with the factory attached.

use super::dict::{self, Dict, one_slot, update};
use super::generic_alias;
use crate::class::{BinaryOp, Slots, TypeSpec, type_flags};
use crate::native::{Args, GetSet, NativeFn};
use crate::protocol::sequence;
use crate::value::Value;
use crate::{Exc, Gc, PyResult, Vm};

pub static TYPE: TypeSpec = TypeSpec {
    name: "defaultdict",
    module: "collections",
    doc: "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\nThe factory is called without arguments for the value of a key that is absent, when it is read by subscription.",
    flags: type_flags::BASE_TYPE | type_flags::DERIVED,
    init: Some(NativeFn::new("defaultdict", init)),
    methods: &[
        NativeFn::new("__missing__($self, object, /)", missing)
            .doc("Set the absent key to a new default and return it."),
        NativeFn::new("copy($self, /)", copy).doc("Return a shallow copy."),
        NativeFn::new("__copy__($self, /)", copy).doc("Return a shallow copy."),
        NativeFn::new("__reduce__($self, /)", reduce).doc("Return what pickling needs."),
    ],
    class_methods: &[
        NativeFn::new("__class_getitem__($type, object, /)", generic_alias::class_getitem).doc("See PEP 585")
    ],
    getset: &[GetSet {
        name: "default_factory",
        doc: "Called for the value of an absent key, or None.",
        get: get_factory,
        set: Some(set_factory),
    }],
    slots: Slots { repr: Some(repr), binary: one_slot(BinaryOp::Or, or), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn this(value: &Value) -> &Gc<Dict> {
    value.downcast().expect("slots see instances of their class")
}

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    let mut given = args.skip_first();
    let mut factory = Value::NONE;
    if let Some(first) = given.get(0) {
        if !first.is_none() && !vm.is_callable(first) {
            return vm.raise(Exc::TypeError, "first argument must be callable or None");
        }
        factory = first.clone();
        given = given.skip_first();
    }
    drop(this(args.value(0)).attach(factory));
    update::update_from_args(vm, args.value(0), given, "dict")?;
    Ok(Value::NONE)
}

fn get_factory(_vm: &Vm, value: &Value) -> PyResult {
    Ok(this(value).attached())
}

fn set_factory(_vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    drop(this(value).attach(new.cloned().unwrap_or(Value::NONE)));
    Ok(())
}

fn missing(vm: &Vm, args: Args<'_>) -> PyResult {
    let (dict, key) = (this(args.value(0)), args.value(1));
    let factory = dict.attached();
    if factory.is_none() {
        return vm.raise_key_error(key);
    }
    let value = vm.call(&factory, &[])?;
    // The factory may have given the key a value by itself, which stays.
    dict.get_or_insert(vm, key, &value)
}

/// `type(self)(self.default_factory, source)`.
fn like(vm: &Vm, value: &Value, source: &Value) -> PyResult {
    vm.call(vm.type_of(value).as_value(), &[this(value).attached(), source.clone()])
}

fn copy(vm: &Vm, args: Args<'_>) -> PyResult {
    like(vm, args.value(0), args.value(0))
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let dict = this(args.value(0));
    let factory = dict.attached();
    let arguments = if factory.is_none() { vm.empty_tuple().into() } else { vm.tuple(&[factory]) };
    let items = vm.call_method(args.value(0), &vm.names.items, &[])?;
    let items = vm.iter(&items)?;
    let class = vm.type_of(args.value(0)).to_value();
    Ok(vm.tuple(&[class, arguments, Value::NONE, Value::NONE, items]))
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let factory = this(value).attached();
    let plain = dict::repr(vm, value)?;
    // A bound method of the dict itself as factory would show the dict again.
    let shown = if factory.is_none() {
        None
    } else if let Some(_guard) = vm.repr_enter(&factory)? {
        Some(vm.repr(&factory)?)
    } else {
        None
    };
    let mut out = vm.type_of(value).name_text().into_bytes();
    out.push(b'(');
    match (&shown, factory.is_none()) {
        (Some(text), _) => out.extend_from_slice(text.as_bytes()),
        (None, true) => out.extend_from_slice(b"None"),
        (None, false) => out.extend_from_slice(b"..."),
    }
    out.extend_from_slice(b", ");
    out.extend_from_slice(vm.str(&plain)?.as_bytes());
    out.push(b')');
    sequence::text(out)
}

fn or(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let is_default = |value: &Value| vm.is_instance_of(value, vm.types.default_dict());
    let (own, other) = if is_default(a) { (a, b) } else { (b, a) };
    if other.downcast::<Dict>().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let new = like(vm, own, a)?;
    match new.downcast::<Dict>() {
        Some(dict) => update::update(vm, dict, b)?,
        None => drop(vm.call_method(&new, &vm.names.update, std::slice::from_ref(b))?),
    }
    Ok(new)
}
