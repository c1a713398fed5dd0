//! What slot wrappers do: `int.__add__(1, 2)` calls the slot of `int`, whatever the class of its first argument overrides.

use super::{SlotId, Special};
use crate::class::{BinaryOp, CompareOp, SetAttrFn, Type};
use crate::heap::Gc;
use crate::native::Args;
use crate::objects::str::Str;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

/// Arguments after self, of which there must be exactly `count`.
fn operands<'a>(
    vm: &Vm,
    special: &Special,
    args: Args<'a>,
    count: usize,
) -> PyResult<(&'a Value, &'a [Value])> {
    no_keywords(vm, special, args)?;
    let (this, rest) = args.values.split_first().expect("slot wrappers check that self is there");
    if rest.len() != count {
        let plural = if count == 1 { "" } else { "s" };
        return vm.raise(Exc::TypeError, format!("expected {count} argument{plural}, got {}", rest.len()));
    }
    Ok((this, rest))
}

/// As [`operands`], with a range of counts and the method's name in the message.
fn unpack<'a>(
    vm: &Vm,
    special: &Special,
    args: Args<'a>,
    min: usize,
    max: usize,
) -> PyResult<(&'a Value, &'a [Value])> {
    no_keywords(vm, special, args)?;
    let (this, rest) = args.values.split_first().expect("slot wrappers check that self is there");
    crate::native::binding::check_positional_count(vm, special.text, rest.len(), min, max)?;
    Ok((this, rest))
}

fn no_keywords(vm: &Vm, special: &Special, args: Args<'_>) -> PyResult<()> {
    if args.has_keywords() {
        return vm.raise(Exc::TypeError, format!("wrapper {}() takes no keyword arguments", special.text));
    }
    Ok(())
}

fn filled<F>(slot: Option<F>) -> F {
    slot.expect("a class has wrappers for the slots it fills")
}

pub fn get_attr(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, rest) = operands(vm, special, args, 1)?;
    let name = attribute_name(vm, &rest[0])?;
    match class.slots().get_attr {
        Some(slot) => slot(vm, this, &name),
        None => vm.generic_get_attr(this, &name),
    }
}

fn attribute_name(vm: &Vm, name: &Value) -> PyResult<Gc<Str>> {
    match name.downcast::<Str>() {
        Some(name) => Ok(vm.intern_str(name)),
        None => vm.raise_type_of("attribute name must be string, not '{}'", name),
    }
}

pub fn set_attr(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, rest) = unpack(vm, special, args, 2, 2)?;
    let name = attribute_name(vm, &rest[0])?;
    set_attr_slot(vm, special, class, this)?(vm, this, &name, Some(&rest[1]))?;
    Ok(Value::NONE)
}

pub fn del_attr(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, rest) = operands(vm, special, args, 1)?;
    let name = attribute_name(vm, &rest[0])?;
    set_attr_slot(vm, special, class, this)?(vm, this, &name, None)?;
    Ok(Value::NONE)
}

/// The slot of `class`, unless the native class of `this` has its own, which must not be circumvented (`object.__setattr__(int, ..)`).
fn set_attr_slot(vm: &Vm, special: &Special, class: &Gc<Type>, this: &Value) -> PyResult<SetAttrFn> {
    let own = vm.type_of(this).mro.borrow().iter().find(|class| !class.is_heap_type()).cloned();
    if own.is_some_and(|own| !SlotId::SetAttr.same(own.slots(), class.slots())) {
        let (name, type_name) = (special.text, vm.type_name(this));
        return vm.raise(Exc::TypeError, format!("can't apply this {name} to {type_name} object"));
    }
    Ok(class.slots().set_attr.unwrap_or(|vm, value, name, new| vm.generic_set_attr(value, name, new)))
}

pub fn repr(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, _) = operands(vm, special, args, 0)?;
    match class.slots().repr {
        Some(slot) => slot(vm, this),
        None => Ok(vm.default_repr(this).into()),
    }
}

pub fn str(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, _) = operands(vm, special, args, 0)?;
    match class.slots().str {
        Some(slot) => slot(vm, this),
        None => vm.repr(this).map(Value::from),
    }
}

pub fn hash(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, _) = operands(vm, special, args, 0)?;
    match class.slots().hash {
        Some(slot) => slot(vm, this).map(Value::int),
        None => super::unhashable(vm, this).map(Value::int),
    }
}

pub fn call(vm: &Vm, _: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    vm.check_native_depth("")?;
    filled(class.slots().call)(vm, args.value(0), args.skip_first())
}

pub fn init(vm: &Vm, _: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    if let Some(function) = class.init_fn.get() {
        return crate::class::new_object::call_bound(vm, function, args).map(|_| Value::NONE);
    }
    let (this, rest) = (args.value(0), args.skip_first());
    match class.slots().init {
        Some(slot) => slot(vm, this, rest)?,
        None => crate::class::new_object::object_init(vm, this, rest)?,
    }
    Ok(Value::NONE)
}

fn compare(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>, op: CompareOp) -> PyResult {
    let (this, rest) = operands(vm, special, args, 1)?;
    match class.slots().compare {
        Some(slot) => slot(vm, this, &rest[0], op),
        None => crate::objects::object::compare(vm, this, &rest[0], op),
    }
}

macro_rules! comparisons {
    ($($name:ident $op:ident),*) => {$(
        pub fn $name(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
            compare(vm, special, class, args, CompareOp::$op)
        }
    )*};
}

comparisons!(lt Lt, le Le, eq Eq, ne Ne, gt Gt, ge Ge);

pub fn unary(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, _) = operands(vm, special, args, 0)?;
    let slots = class.slots();
    let slot = match special.slot {
        SlotId::Iter => slots.iter,
        SlotId::Neg => slots.neg,
        SlotId::Pos => slots.pos,
        SlotId::Abs => slots.abs,
        SlotId::Invert => slots.invert,
        SlotId::Int => slots.int,
        SlotId::Float => slots.float,
        SlotId::Index => slots.index,
        SlotId::Await => slots.await_,
        SlotId::AIter => slots.aiter,
        SlotId::ANext => slots.anext,
        _ => None,
    };
    filled(slot)(vm, this)
}

pub fn finalize(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, _) = operands(vm, special, args, 0)?;
    filled(class.slots().finalize)(vm, this)?;
    Ok(Value::NONE)
}

pub fn bool(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, _) = operands(vm, special, args, 0)?;
    filled(class.slots().bool)(vm, this).map(Value::bool)
}

pub fn len(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, _) = operands(vm, special, args, 0)?;
    filled(class.slots().len)(vm, this).map(Value::from)
}

pub fn next(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, _) = operands(vm, special, args, 0)?;
    drop(vm.take_stop_value());
    match filled(class.slots().next)(vm, this)? {
        Some(item) => Ok(item),
        None => vm.raise_stop_iteration(vm.take_stop_value()),
    }
}

pub fn descr_get(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, rest) = unpack(vm, special, args, 1, 2)?;
    let instance = Some(&rest[0]).filter(|instance| !instance.is_none());
    let owner = rest.get(1).filter(|owner| !owner.is_none());
    let owner = match (instance, owner) {
        (None, None) => return vm.raise(Exc::TypeError, "__get__(None, None) is invalid"),
        (_, Some(owner)) => match owner.downcast::<Type>() {
            Some(owner) => owner.clone(),
            None => vm.type_of(owner).clone(),
        },
        (Some(instance), None) => vm.type_of(instance).clone(),
    };
    filled(class.slots().descr_get)(vm, this, instance, &owner)
}

pub fn descr_set(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, rest) = unpack(vm, special, args, 2, 2)?;
    filled(class.slots().descr_set)(vm, this, &rest[0], Some(&rest[1]))?;
    Ok(Value::NONE)
}

pub fn descr_delete(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, rest) = operands(vm, special, args, 1)?;
    filled(class.slots().descr_set)(vm, this, &rest[0], None)?;
    Ok(Value::NONE)
}

/// The function behind a binary, augmented or sequence operator.
fn binary_slot(special: &Special, class: &Gc<Type>) -> crate::class::BinaryFn {
    let slots = class.slots();
    filled(match special.slot {
        SlotId::Binary(op) => slots.binary[op as usize],
        SlotId::Inplace(op) => slots.inplace[op as usize],
        SlotId::Concat => slots.concat,
        SlotId::InplaceConcat => slots.inplace_concat,
        SlotId::Repeat => slots.repeat,
        SlotId::InplaceRepeat => slots.inplace_repeat,
        _ => None,
    })
}

pub fn binary(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, rest) = operands(vm, special, args, 1)?;
    binary_slot(special, class)(vm, this, &rest[0])
}

pub fn reflected(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, rest) = operands(vm, special, args, 1)?;
    binary_slot(special, class)(vm, &rest[0], this)
}

pub fn repeat(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, rest) = operands(vm, special, args, 1)?;
    if !vm.has_index(&rest[0]) {
        return vm.raise_type_of("'{}' object cannot be interpreted as an integer", &rest[0]);
    }
    binary_slot(special, class)(vm, this, &rest[0])
}

/// Base, exponent and modulus of `__pow__`; the last may be left out.
fn power_operands<'a>(
    vm: &Vm,
    special: &Special,
    args: Args<'a>,
) -> PyResult<(&'a Value, &'a Value, Option<&'a Value>)> {
    no_keywords(vm, special, args)?;
    match args.values {
        [this, exponent] => Ok((this, exponent, None)),
        [this, exponent, modulus] => Ok((this, exponent, Some(modulus).filter(|modulus| !modulus.is_none()))),
        _ => {
            let given = args.len() - 1;
            vm.raise(Exc::TypeError, format!("expected 1 or 2 arguments, got {given}"))
        }
    }
}

pub fn power(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, exponent, modulus) = power_operands(vm, special, args)?;
    power_slot(vm, class, this, exponent, modulus)
}

pub fn reflected_power(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, base, modulus) = power_operands(vm, special, args)?;
    power_slot(vm, class, base, this, modulus)
}

fn power_slot(vm: &Vm, class: &Gc<Type>, a: &Value, b: &Value, modulus: Option<&Value>) -> PyResult {
    let slots = class.slots();
    match (modulus, slots.pow) {
        (None, _) => filled(slots.binary[BinaryOp::Pow as usize])(vm, a, b),
        (Some(modulus), Some(slot)) => slot(vm, a, b, modulus),
        (Some(_), None) => Ok(Value::NOT_IMPLEMENTED),
    }
}

pub fn get_item(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, rest) = operands(vm, special, args, 1)?;
    filled(class.slots().get_item)(vm, this, &rest[0])
}

pub fn set_item(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, rest) = unpack(vm, special, args, 2, 2)?;
    filled(class.slots().set_item)(vm, this, &rest[0], Some(&rest[1]))?;
    Ok(Value::NONE)
}

pub fn del_item(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, rest) = operands(vm, special, args, 1)?;
    filled(class.slots().set_item)(vm, this, &rest[0], None)?;
    Ok(Value::NONE)
}

pub fn contains(vm: &Vm, special: &'static Special, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let (this, rest) = operands(vm, special, args, 1)?;
    filled(class.slots().contains)(vm, this, &rest[0]).map(Value::bool)
}
