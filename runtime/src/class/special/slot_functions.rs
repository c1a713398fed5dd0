//! Slot functions of Python classes: each looks its special method up in the class and calls it.

use smallvec::SmallVec;

use crate::class::{BinaryOp, CompareOp, N_BINARY, Type, type_flags};
use crate::heap::Gc;
use crate::names::Names;
use crate::native::Args;
use crate::objects::str::Str;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

/// Calls special method `name` of the value's class; `None` if it has none.
#[inline]
pub fn call_special(vm: &Vm, value: &Value, name: &Gc<Str>, args: &[Value]) -> PyResult<Option<Value>> {
    match vm.type_of(value).lookup(name) {
        Some(method) => call_found(vm, &method, value, args).map(Some),
        None => Ok(None),
    }
}

/// As [`call_special`] where a missing method is an error.
fn call_required(vm: &Vm, value: &Value, name: &Gc<Str>, args: &[Value]) -> PyResult {
    match call_special(vm, value, name, args)? {
        Some(result) => Ok(result),
        None => vm.raise(Exc::AttributeError, name.to_string()),
    }
}

/// Calls a method found in the class of `value`, binding it first if it is no plain function.
fn call_found(vm: &Vm, method: &Value, value: &Value, args: &[Value]) -> PyResult {
    call_found_args(vm, method, value, Args::positional(args))
}

fn call_found_args(vm: &Vm, method: &Value, value: &Value, args: Args<'_>) -> PyResult {
    let method_class = vm.type_of(method);
    if method_class.has_flag(type_flags::METHOD_DESCRIPTOR) {
        return args.prepend(value, |args| vm.call_args(method, args));
    }
    match method_class.slots().descr_get {
        Some(get) => {
            let class = vm.type_of(value).clone();
            let bound = get(vm, method, Some(value), &class)?;
            vm.call_args(&bound, args)
        }
        None => vm.call_args(method, args),
    }
}

pub fn new(vm: &Vm, class: &Gc<Type>, args: Args<'_>) -> PyResult {
    let method = vm.get_attr(class.as_value(), &vm.names.__new__)?;
    args.prepend(class.as_value(), |args| vm.call_args(&method, args))
}

pub fn init(vm: &Vm, value: &Value, args: Args<'_>) -> PyResult<()> {
    let Some(method) = vm.type_of(value).lookup(&vm.names.__init__) else {
        return vm.raise(Exc::AttributeError, "__init__");
    };
    let result = call_found_args(vm, &method, value, args)?;
    if !result.is_none() {
        return vm.raise_type_of("__init__() should return None, not '{}'", &result);
    }
    Ok(())
}

pub fn call(vm: &Vm, value: &Value, args: Args<'_>) -> PyResult {
    let Some(method) = vm.type_of(value).lookup(&vm.names.__call__) else {
        return vm.raise_type_of("'{}' object is not callable", value);
    };
    call_found_args(vm, &method, value, args)
}

pub fn repr(vm: &Vm, value: &Value) -> PyResult {
    match call_special(vm, value, &vm.names.__repr__, &[])? {
        Some(text) => Ok(text),
        None => Ok(vm.default_repr(value).into()),
    }
}

pub fn str(vm: &Vm, value: &Value) -> PyResult {
    match call_special(vm, value, &vm.names.__str__, &[])? {
        Some(text) => Ok(text),
        None => vm.repr(value).map(Value::from),
    }
}

/// The hash slot of classes that are not hashable.
pub fn unhashable(vm: &Vm, value: &Value) -> PyResult<i64> {
    vm.raise_type_of("unhashable type: '{}'", value)
}

pub fn hash(vm: &Vm, value: &Value) -> PyResult<i64> {
    let method = vm.type_of(value).lookup(&vm.names.__hash__);
    let Some(method) = method.filter(|method| !method.is_none()) else {
        return unhashable(vm, value);
    };
    let result = call_found(vm, &method, value, &[])?;
    let hash = match crate::objects::int::as_i64(&result) {
        Some(n) => n,
        None => match crate::objects::int::as_big(&result) {
            // Longer integers are folded as their own hash folds them.
            Some(n) => vm.hash(&crate::objects::int::new_big(n))?,
            None => return vm.raise(Exc::TypeError, "__hash__ method should return an integer"),
        },
    };
    Ok(if hash == -1 { -2 } else { hash })
}

pub fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let names: &Names = &vm.names;
    let name = match op {
        CompareOp::Lt => &names.__lt__,
        CompareOp::Le => &names.__le__,
        CompareOp::Eq => &names.__eq__,
        CompareOp::Ne => &names.__ne__,
        CompareOp::Gt => &names.__gt__,
        CompareOp::Ge => &names.__ge__,
    };
    let Some(method) = vm.type_of(a).lookup(name) else { return Ok(Value::NOT_IMPLEMENTED) };
    if method.downcast::<crate::objects::function::Function>().is_none() {
        // As in CPython, the AttributeError of a descriptor says that there is no method.
        let bound = vm.lookup_special(a, name);
        return match vm.catch(bound, crate::Exc::AttributeError)?.flatten() {
            Some(method) => vm.call(&method, std::slice::from_ref(b)),
            None => Ok(Value::NOT_IMPLEMENTED),
        };
    }
    call_found(vm, &method, a, std::slice::from_ref(b))
}

/// `__getattribute__`, then `__getattr__` after an AttributeError.
pub fn get_attr(vm: &Vm, value: &Value, name: &Gc<Str>) -> PyResult {
    let class = vm.type_of(value).clone();
    let fallback = class.lookup(&vm.names.__getattr__);
    let getter = class.lookup(&vm.names.__getattribute__);
    let native =
        getter.as_ref().and_then(|getter| getter.downcast::<super::SlotWrapper>()).filter(|wrapper| {
            wrapper.special.slot == super::SlotId::GetAttr && class.is_subclass(&wrapper.class)
        });
    let Some(fallback) = fallback else {
        return match getter {
            Some(getter) => call_found(vm, &getter, value, &[name.to_value()]),
            None => vm.generic_get_attr(value, name),
        };
    };
    let result = match (native, &getter) {
        (Some(wrapper), _) => match wrapper.class.slots().get_attr {
            Some(slot) => slot(vm, value, name),
            // The usual case needs no exception that is only dropped.
            None => match vm.generic_get_attr_opt(value, name) {
                Ok(Some(found)) => return Ok(found),
                Ok(None) => return call_found(vm, &fallback, value, &[name.to_value()]),
                Err(raised) => Err(raised),
            },
        },
        (None, Some(getter)) => call_found(vm, getter, value, &[name.to_value()]),
        (None, None) => vm.generic_get_attr(value, name),
    };
    match vm.catch(result, Exc::AttributeError)? {
        Some(found) => Ok(found),
        None => call_found(vm, &fallback, value, &[name.to_value()]),
    }
}

pub fn set_attr(vm: &Vm, value: &Value, name: &Gc<Str>, new: Option<&Value>) -> PyResult<()> {
    match new {
        Some(new) => {
            call_required(vm, value, &vm.names.__setattr__, &[name.to_value(), new.clone()])?;
        }
        None => {
            call_required(vm, value, &vm.names.__delattr__, &[name.to_value()])?;
        }
    }
    Ok(())
}

pub fn descr_get(vm: &Vm, descriptor: &Value, instance: Option<&Value>, class: &Gc<Type>) -> PyResult {
    let args = [instance.cloned().unwrap_or(Value::NONE), class.to_value()];
    let result = call_special(vm, descriptor, &vm.names.__get__, &args)?;
    Ok(result.unwrap_or_else(|| descriptor.clone()))
}

pub fn descr_set(vm: &Vm, descriptor: &Value, instance: &Value, new: Option<&Value>) -> PyResult<()> {
    match new {
        Some(new) => {
            call_required(vm, descriptor, &vm.names.__set__, &[instance.clone(), new.clone()])?;
        }
        None => {
            call_required(vm, descriptor, &vm.names.__delete__, std::slice::from_ref(instance))?;
        }
    }
    Ok(())
}

pub fn iter(vm: &Vm, value: &Value) -> PyResult {
    match vm.type_of(value).lookup(&vm.names.__iter__) {
        Some(method) if method.is_none() => vm.raise_type_of("'{}' object is not iterable", value),
        Some(method) => call_found(vm, &method, value, &[]),
        None if vm.type_of(value).slots().get_item.is_some() => {
            Ok(crate::objects::iterators::sequence_iterator(vm, value.clone()))
        }
        None => vm.raise_type_of("'{}' object is not iterable", value),
    }
}

pub fn next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let result = call_next(vm, value);
    vm.catch(result, Exc::StopIteration)
}

/// Whether a `next` slot is that of classes with a `__next__` in Python.
pub fn is_python_next(slot: fn(&Vm, &Value) -> PyResult<Option<Value>>) -> bool {
    std::ptr::fn_addr_eq(slot, next as fn(&Vm, &Value) -> PyResult<Option<Value>>)
}

/// `value.__next__()` of a Python class with its StopIteration let through, for `yield from` and `await`, which need its value.
pub fn call_next(vm: &Vm, value: &Value) -> PyResult {
    call_required(vm, value, &vm.names.__next__, &[])
}

pub fn len(vm: &Vm, value: &Value) -> PyResult<usize> {
    let result = call_required(vm, value, &vm.names.__len__, &[])?;
    let length = vm.index(&result)?;
    if crate::objects::int::clip_i64(&length) < 0 {
        return vm.raise(Exc::ValueError, "__len__() should return >= 0");
    }
    match crate::objects::int::as_i64(&length) {
        Some(n) => Ok(n as usize),
        None => {
            let name = vm.type_name(&result);
            vm.raise(Exc::OverflowError, format!("cannot fit '{name}' into an index-sized integer"))
        }
    }
}

pub fn get_item(vm: &Vm, value: &Value, key: &Value) -> PyResult {
    call_required(vm, value, &vm.names.__getitem__, std::slice::from_ref(key))
}

pub fn set_item(vm: &Vm, value: &Value, key: &Value, new: Option<&Value>) -> PyResult<()> {
    match new {
        Some(new) => {
            call_required(vm, value, &vm.names.__setitem__, &[key.clone(), new.clone()])?;
        }
        None => {
            call_required(vm, value, &vm.names.__delitem__, std::slice::from_ref(key))?;
        }
    }
    Ok(())
}

pub fn contains(vm: &Vm, value: &Value, item: &Value) -> PyResult<bool> {
    match vm.type_of(value).lookup(&vm.names.__contains__) {
        Some(method) if method.is_none() => vm.raise_type_of("'{}' object is not a container", value),
        Some(method) => {
            let result = call_found(vm, &method, value, std::slice::from_ref(item))?;
            vm.truth(&result)
        }
        None => {
            let iterator = vm.iter(value)?;
            while let Some(found) = vm.next(&iterator)? {
                if vm.eq(&found, item)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
    }
}

pub fn bool(vm: &Vm, value: &Value) -> PyResult<bool> {
    let Some(result) = call_special(vm, value, &vm.names.__bool__, &[])? else {
        return match vm.type_of(value).slots().len {
            Some(len) => Ok(len(vm, value)? != 0),
            None => Ok(true),
        };
    };
    match result.as_bool() {
        Some(b) => Ok(b),
        None => vm.raise_type_of("__bool__ should return bool, returned {}", &result),
    }
}

macro_rules! unary {
    ($($function:ident $name:ident,)*) => {$(
        pub fn $function(vm: &Vm, value: &Value) -> PyResult {
            call_required(vm, value, &vm.names.$name, &[])
        }
    )*};
}

unary! {
    neg __neg__, pos __pos__, abs __abs__, invert __invert__, await_ __await__, aiter __aiter__, anext __anext__,
    finalize __del__,
}

pub fn int(vm: &Vm, value: &Value) -> PyResult {
    let result = call_required(vm, value, &vm.names.__int__, &[])?;
    if !crate::objects::int::is_int(&result) {
        return vm.raise_type_of("__int__ returned non-int (type {})", &result);
    }
    exact_int(vm, result, "__int__")
}

pub fn index(vm: &Vm, value: &Value) -> PyResult {
    let result = call_required(vm, value, &vm.names.__index__, &[])?;
    if !crate::objects::int::is_int(&result) {
        return vm.raise_type_of("__index__ returned non-int (type {})", &result);
    }
    exact_int(vm, result, "__index__")
}

/// An `int` without subclass, what callers of the slots build on, from what `method` returned.
fn exact_int(vm: &Vm, value: Value, method: &str) -> PyResult {
    if value.is_small_int() || value.header().is_some_and(|header| header.is_exact()) {
        return Ok(value);
    }
    let name = vm.type_name(&value);
    vm.warn(
        crate::Exc::DeprecationWarning,
        &format!(
            "{method} returned non-int (type {name}).  The ability to return an instance of a strict subclass of int is \
             deprecated, and may be removed in a future version of Python."
        ),
        1,
    )?;
    Ok(crate::objects::int::as_big(&value).map_or(value, crate::objects::int::new_big))
}

pub fn float(vm: &Vm, value: &Value) -> PyResult {
    let result = call_required(vm, value, &vm.names.__float__, &[])?;
    if vm.is_instance_of(&result, vm.types.float()) {
        return Ok(result);
    }
    let (class, got) = (vm.type_name(value), vm.type_name(&result));
    vm.raise(Exc::TypeError, format!("{class}.__float__ returned non-float (type {got})"))
}

/// Names of the method, its reflected form and its augmented form.
fn operator_names(names: &Names, op: usize) -> (&Gc<Str>, &Gc<Str>, &Gc<Str>) {
    match BinaryOp::ALL[op] {
        BinaryOp::Add => (&names.__add__, &names.__radd__, &names.__iadd__),
        BinaryOp::Sub => (&names.__sub__, &names.__rsub__, &names.__isub__),
        BinaryOp::Mul => (&names.__mul__, &names.__rmul__, &names.__imul__),
        BinaryOp::TrueDiv => (&names.__truediv__, &names.__rtruediv__, &names.__itruediv__),
        BinaryOp::FloorDiv => (&names.__floordiv__, &names.__rfloordiv__, &names.__ifloordiv__),
        BinaryOp::Mod => (&names.__mod__, &names.__rmod__, &names.__imod__),
        BinaryOp::DivMod => (&names.__divmod__, &names.__rdivmod__, &names.__divmod__),
        BinaryOp::Pow => (&names.__pow__, &names.__rpow__, &names.__ipow__),
        BinaryOp::MatMul => (&names.__matmul__, &names.__rmatmul__, &names.__imatmul__),
        BinaryOp::LShift => (&names.__lshift__, &names.__rlshift__, &names.__ilshift__),
        BinaryOp::RShift => (&names.__rshift__, &names.__rrshift__, &names.__irshift__),
        BinaryOp::And => (&names.__and__, &names.__rand__, &names.__iand__),
        BinaryOp::Or => (&names.__or__, &names.__ror__, &names.__ior__),
        BinaryOp::Xor => (&names.__xor__, &names.__rxor__, &names.__ixor__),
    }
}

fn call_operator(vm: &Vm, value: &Value, name: &Gc<Str>, args: &[Value]) -> PyResult {
    Ok(call_special(vm, value, name, args)?.unwrap_or(Value::NOT_IMPLEMENTED))
}

/// Whether the class of `b`, a subclass of that of `a`, has another method `name` than `a`'s class.
fn is_overloaded(vm: &Vm, a: &Value, b: &Value, name: &Gc<Str>) -> bool {
    match (vm.type_of(a).lookup(name), vm.type_of(b).lookup(name)) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(on_a), Some(on_b)) => !on_a.is(&on_b),
    }
}

/// A binary operator where at least one operand's class has this very function in its slot. The slot is called once for both operands
/// (the protocol skips a right operand with the same function), so it tries both sides itself.
pub fn binary<const OP: usize>(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    const { assert!(OP < N_BINARY) };
    let own: crate::class::BinaryFn = binary::<OP>;
    let has_own = |value: &Value| {
        vm.type_of(value).slots().binary[OP].is_some_and(|slot| std::ptr::fn_addr_eq(slot, own))
    };
    both_sides(vm, OP, a, b, &[], has_own)
}

/// Three-argument pow, by the same rules.
pub fn pow(vm: &Vm, a: &Value, b: &Value, modulus: &Value) -> PyResult {
    let own: crate::class::TernaryFn = pow;
    let has_own =
        |value: &Value| vm.type_of(value).slots().pow.is_some_and(|slot| std::ptr::fn_addr_eq(slot, own));
    both_sides(vm, BinaryOp::Pow as usize, a, b, std::slice::from_ref(modulus), has_own)
}

fn both_sides(
    vm: &Vm,
    op: usize,
    a: &Value,
    b: &Value,
    extra: &[Value],
    has_own: impl Fn(&Value) -> bool,
) -> PyResult {
    let (name, reflected, _) = operator_names(&vm.names, op);
    let with_extra = |first: &Value| -> SmallVec<[Value; 2]> {
        std::iter::once(first.clone()).chain(extra.iter().cloned()).collect()
    };
    let same_class = vm.type_of(a).is(vm.type_of(b));
    let mut try_right = !same_class && has_own(b);
    if has_own(a) {
        if try_right && vm.type_of(b).is_subclass(vm.type_of(a)) && is_overloaded(vm, a, b, reflected) {
            let result = call_operator(vm, b, reflected, &with_extra(a))?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
            try_right = false;
        }
        let result = call_operator(vm, a, name, &with_extra(b))?;
        if !result.is_not_implemented() || same_class {
            return Ok(result);
        }
    }
    if try_right {
        return call_operator(vm, b, reflected, &with_extra(a));
    }
    Ok(Value::NOT_IMPLEMENTED)
}

pub fn inplace<const OP: usize>(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let (_, _, name) = operator_names(&vm.names, OP);
    call_operator(vm, a, name, std::slice::from_ref(b))
}

/// Hash of a pair of objects by identity.
pub fn mix_identities(a: u64, b: u64) -> i64 {
    let mixed = (a.rotate_right(4) ^ b.rotate_right(20)).wrapping_mul(0x9e37_79b9_7f4a_7c15) as i64;
    if mixed == -1 { -2 } else { mixed }
}
