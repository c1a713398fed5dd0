//! The classes of the constants None, Ellipsis and NotImplemented.

use crate::class::{CompareOp, Slots, TypeSpec};
use crate::heap::{self, Kind, Payload};
use crate::native::NativeFn;
use crate::{Args, Exc, PyResult, Value, Vm};

/// The payload of classes without heap instances.
pub struct Constant;

impl Payload for Constant {
    const KIND: Kind = Kind::Foreign;
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

pub static NONE_TYPE: TypeSpec = TypeSpec {
    name: "NoneType",
    doc: "The type of the None singleton.",
    flags: 0,
    new: Some(NativeFn::new("NoneType", new_none)),
    slots: Slots {
        repr: Some(repr_none),
        bool: Some(|_, _| Ok(false)),
        hash: Some(hash),
        compare: Some(compare),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

pub static ELLIPSIS: TypeSpec = TypeSpec {
    name: "ellipsis",
    doc: "The type of the Ellipsis singleton.",
    flags: 0,
    new: Some(NativeFn::new("ellipsis", new_ellipsis)),
    methods: &[NativeFn::new("__reduce__($self, /)", reduce_ellipsis)],
    slots: Slots { repr: Some(repr_ellipsis), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

pub static NOT_IMPLEMENTED_TYPE: TypeSpec = TypeSpec {
    name: "NotImplementedType",
    doc: "The type of the NotImplemented singleton.",
    flags: 0,
    new: Some(NativeFn::new("NotImplementedType", new_not_implemented)),
    methods: &[NativeFn::new("__reduce__($self, /)", reduce_not_implemented)],
    slots: Slots { repr: Some(repr_not_implemented), bool: Some(not_boolean), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn constant(vm: &Vm, args: Args<'_>, class_name: &str, value: Value) -> PyResult {
    if args.len() > 1 || args.has_keywords() {
        return vm.raise(Exc::TypeError, format!("{class_name} takes no arguments"));
    }
    Ok(value)
}

fn new_none(vm: &Vm, args: Args<'_>) -> PyResult {
    constant(vm, args, "NoneType", Value::NONE)
}

fn new_ellipsis(vm: &Vm, args: Args<'_>) -> PyResult {
    constant(vm, args, "EllipsisType", Value::ELLIPSIS)
}

fn new_not_implemented(vm: &Vm, args: Args<'_>) -> PyResult {
    constant(vm, args, "NotImplementedType", Value::NOT_IMPLEMENTED)
}

fn repr_none(vm: &Vm, _: &Value) -> PyResult {
    Ok(vm.intern("None").into())
}

fn repr_ellipsis(vm: &Vm, _: &Value) -> PyResult {
    Ok(vm.intern("Ellipsis").into())
}

fn repr_not_implemented(vm: &Vm, _: &Value) -> PyResult {
    Ok(vm.intern("NotImplemented").into())
}

fn reduce_ellipsis(vm: &Vm, _: Args<'_>) -> PyResult {
    Ok(vm.intern("Ellipsis").into())
}

fn reduce_not_implemented(vm: &Vm, _: Args<'_>) -> PyResult {
    Ok(vm.intern("NotImplemented").into())
}

/// Fixed, as in CPython since 3.12.
fn hash(_: &Vm, _: &Value) -> PyResult<i64> {
    Ok(0xfca86420)
}

fn compare(_: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    match op {
        CompareOp::Eq if a.is(b) => Ok(Value::TRUE),
        CompareOp::Ne if a.is(b) => Ok(Value::FALSE),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn not_boolean(vm: &Vm, _: &Value) -> PyResult<bool> {
    vm.raise(Exc::TypeError, "NotImplemented should not be used in a boolean context")
}
