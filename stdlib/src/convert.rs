//! Arguments of native functions as Rust numbers, with the messages of CPython's converters.

use num_bigint::BigInt;
use num_traits::ToPrimitive;
use ouro_runtime::objects::{float, int};
use ouro_runtime::{Exc, PyResult, Value, Vm};

/// A real number: a float, an int, or what `__float__` or `__index__` gives.
///
/// # Errors
/// TypeError "must be real number, not str"; OverflowError for an int beyond the doubles.
pub fn real(vm: &Vm, value: &Value) -> PyResult<f64> {
    if let Some(x) = float::as_float(value) {
        return Ok(x);
    }
    if let Some(n) = value.as_small_int() {
        return Ok(n as f64);
    }
    if int::is_int(value) {
        return int_to_real(vm, value);
    }
    let slots = vm.type_of(value).slots();
    if let Some(slot) = slots.float {
        let result = slot(vm, value)?;
        return match float::as_float(&result) {
            Some(x) => Ok(x),
            None => {
                let (class, found) = (vm.type_name(value), vm.type_name(&result));
                vm.raise(Exc::TypeError, format!("{class}.__float__() returned non-float (type {found})"))
            }
        };
    }
    if slots.index.is_some() {
        return int_to_real(vm, &vm.index(value)?);
    }
    vm.raise_type_of("must be real number, not {}", value)
}

fn int_to_real(vm: &Vm, value: &Value) -> PyResult<f64> {
    let number = int::as_big(value).and_then(|n| n.to_f64()).unwrap_or(f64::INFINITY);
    if number.is_infinite() {
        return vm.raise(Exc::OverflowError, "int too large to convert to float");
    }
    Ok(number)
}

/// An integer of any size, through `__index__`.
pub fn big(vm: &Vm, value: &Value) -> PyResult<BigInt> {
    let index = vm.index(value)?;
    Ok(int::as_big(&index).expect("index gives an int"))
}

/// An integer that fits C's `int`, in the words of converters that know only that.
pub fn int32(vm: &Vm, value: &Value) -> PyResult<i32> {
    let index = vm.index(value)?;
    match int::as_i64(&index).and_then(|n| i32::try_from(n).ok()) {
        Some(n) => Ok(n),
        None => vm.raise(Exc::OverflowError, "Python int too large to convert to C int"),
    }
}

/// An integer that fits 64 bits; `what` is the type named in the message, such as "long".
pub fn int64(vm: &Vm, value: &Value, what: &str) -> PyResult<i64> {
    let index = vm.index(value)?;
    match int::as_i64(&index) {
        Some(n) => Ok(n),
        None => vm.raise(Exc::OverflowError, format!("Python int too large to convert to C {what}")),
    }
}
