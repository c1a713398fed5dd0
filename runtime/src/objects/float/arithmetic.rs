//! Operators of `float`, also with one operand an int.

use super::{as_float, this};
use crate::objects::int;
use crate::objects::int::division_by_zero;
use crate::{Exc, PyResult, Value, Vm};

/// The double of an operand: float or int. `None` for anything else.
#[inline]
fn operand(vm: &Vm, value: &Value) -> PyResult<Option<f64>> {
    if let Some(x) = as_float(value) {
        return Ok(Some(x));
    }
    match int::int_ref(value) {
        Some(n) => int::to_f64(vm, n).map(Some),
        None => Ok(None),
    }
}

macro_rules! operands {
    ($vm:expr, $a:expr, $b:expr) => {{
        let Some(a) = operand($vm, $a)? else { return Ok(Value::NOT_IMPLEMENTED) };
        let Some(b) = operand($vm, $b)? else { return Ok(Value::NOT_IMPLEMENTED) };
        (a, b)
    }};
}

pub fn add(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let (a, b) = operands!(vm, a, b);
    Ok(Value::float(a + b))
}

pub fn subtract(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let (a, b) = operands!(vm, a, b);
    Ok(Value::float(a - b))
}

pub fn multiply(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let (a, b) = operands!(vm, a, b);
    Ok(Value::float(a * b))
}

pub fn true_div(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let (a, b) = operands!(vm, a, b);
    if b == 0.0 {
        return division_by_zero(vm);
    }
    Ok(Value::float(a / b))
}

/// `a % b`, with the sign of `b`, which is not zero.
pub fn remainder(a: f64, b: f64) -> f64 {
    let rest = a % b;
    if rest == 0.0 {
        0f64.copysign(b)
    } else if (b < 0.0) != (rest < 0.0) {
        rest + b
    } else {
        rest
    }
}

/// `divmod(a, b)`; `b` is not zero. The quotient is a whole number also where `a / b` is not exact.
fn divide(a: f64, b: f64) -> (f64, f64) {
    let mut rest = a % b;
    let mut quotient = (a - rest) / b;
    if rest == 0.0 {
        rest = 0f64.copysign(b);
    } else if (b < 0.0) != (rest < 0.0) {
        rest += b;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0f64.copysign(a / b), rest);
    }
    let floor = quotient.floor();
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, rest)
}

pub fn modulo(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let (a, b) = operands!(vm, a, b);
    if b == 0.0 {
        return division_by_zero(vm);
    }
    Ok(Value::float(remainder(a, b)))
}

pub fn floor_div(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let (a, b) = operands!(vm, a, b);
    if b == 0.0 {
        return division_by_zero(vm);
    }
    Ok(Value::float(divide(a, b).0))
}

pub fn div_mod(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let (a, b) = operands!(vm, a, b);
    if b == 0.0 {
        return division_by_zero(vm);
    }
    let (quotient, rest) = divide(a, b);
    Ok(vm.tuple(&[Value::float(quotient), Value::float(rest)]))
}

/// `a ** b`.
pub fn power_two(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let (a, b) = operands!(vm, a, b);
    raise_power(vm, a, b)
}

/// `a ** b`, a complex number where a negative base is raised to a fraction.
pub fn raise_power(vm: &Vm, a: f64, b: f64) -> PyResult {
    if a == 0.0 && b < 0.0 && b.is_finite() {
        return vm.raise(Exc::ZeroDivisionError, "zero to a negative power");
    }
    if a < 0.0 && a.is_finite() && b.is_finite() && b != b.floor() {
        return crate::objects::complex::power_of(vm, (a, 0.0), (b, 0.0));
    }
    let result = a.powf(b);
    if result.is_infinite() && a.is_finite() && b.is_finite() {
        let args = [Value::small(libc::ERANGE as i64), "Numerical result out of range".into()];
        return vm.raise_args(Exc::OverflowError, &args);
    }
    Ok(Value::float(result))
}

/// `pow(a, b, modulus)`.
pub fn power(vm: &Vm, a: &Value, b: &Value, modulus: &Value) -> PyResult {
    if !modulus.is_none() {
        return vm.raise(Exc::TypeError, "pow() 3rd argument not allowed unless all arguments are integers");
    }
    power_two(vm, a, b)
}

pub fn negative(_vm: &Vm, value: &Value) -> PyResult {
    Ok(Value::float(-this(value)))
}

pub fn absolute(_vm: &Vm, value: &Value) -> PyResult {
    Ok(Value::float(this(value).abs()))
}
