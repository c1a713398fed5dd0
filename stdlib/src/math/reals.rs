//! Functions of real numbers.

use num_traits::ToPrimitive;
use ouro_runtime::objects::int;
use ouro_runtime::text::float_repr;
use ouro_runtime::{Args, Exc, PyResult, Value, Vm};

use super::special::{self, MathError};
use crate::convert::{big, real};

/// What a function says about an input outside its domain.
#[derive(Clone, Copy)]
enum Domain {
    /// "math domain error".
    Plain,
    /// This text, then ", got X".
    Got(&'static str),
}

fn raise_domain(vm: &Vm, domain: Domain, x: f64) -> PyResult {
    match domain {
        Domain::Plain => vm.raise(Exc::ValueError, "math domain error"),
        Domain::Got(text) => vm.raise(Exc::ValueError, format!("{text}, got {}", float_repr::repr(x))),
    }
}

fn raise_range(vm: &Vm) -> PyResult {
    vm.raise(Exc::OverflowError, "math range error")
}

/// Applies a function of one argument. A NaN from a number is outside the domain; an infinity from a finite number is
/// too large or, for functions that have poles, outside.
#[inline]
fn apply(
    vm: &Vm,
    args: Args<'_>,
    domain: Domain,
    can_overflow: bool,
    function: impl Fn(f64) -> f64,
) -> PyResult {
    let x = real(vm, args.value(0))?;
    let result = function(x);
    if result.is_finite() || x.is_nan() {
        return Ok(Value::float(result));
    }
    if result.is_nan() || (x.is_finite() && !can_overflow) {
        return raise_domain(vm, domain, x);
    }
    if x.is_finite() { raise_range(vm) } else { Ok(Value::float(result)) }
}

const FINITE: Domain = Domain::Got("expected a finite input");
const UNIT: Domain = Domain::Got("expected a number in range from -1 up to 1");
const POSITIVE: Domain = Domain::Got("expected a positive input");
const NO_POLE: Domain = Domain::Got("expected a noninteger or positive integer");

pub fn acos(vm: &Vm, args: Args<'_>) -> PyResult {
    apply(vm, args, UNIT, false, f64::acos)
}

pub fn acosh(vm: &Vm, args: Args<'_>) -> PyResult {
    apply(vm, args, Domain::Got("expected argument value not less than 1"), false, libm::acosh)
}

pub fn asin(vm: &Vm, args: Args<'_>) -> PyResult {
    apply(vm, args, UNIT, false, f64::asin)
}

pub fn asinh(vm: &Vm, args: Args<'_>) -> PyResult {
    apply(vm, args, Domain::Plain, false, libm::asinh)
}

pub fn atan(vm: &Vm, args: Args<'_>) -> PyResult {
    apply(vm, args, Domain::Plain, false, f64::atan)
}

pub fn atan2(vm: &Vm, args: Args<'_>) -> PyResult {
    let (y, x) = (real(vm, args.value(0))?, real(vm, args.value(1))?);
    Ok(Value::float(y.atan2(x)))
}

pub fn atanh(vm: &Vm, args: Args<'_>) -> PyResult {
    apply(vm, args, Domain::Got("expected a number between -1 and 1"), false, libm::atanh)
}

pub fn cbrt(vm: &Vm, args: Args<'_>) -> PyResult {
    apply(vm, args, Domain::Plain, false, f64::cbrt)
}

pub fn copysign(vm: &Vm, args: Args<'_>) -> PyResult {
    let (x, y) = (real(vm, args.value(0))?, real(vm, args.value(1))?);
    Ok(Value::float(x.copysign(y)))
}

pub fn cos(vm: &Vm, args: Args<'_>) -> PyResult {
    apply(vm, args, FINITE, false, f64::cos)
}

pub fn cosh(vm: &Vm, args: Args<'_>) -> PyResult {
    apply(vm, args, Domain::Plain, true, f64::cosh)
}

pub fn degrees(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Value::float(real(vm, args.value(0))? * (180.0 / std::f64::consts::PI)))
}

pub fn erf(vm: &Vm, args: Args<'_>) -> PyResult {
    apply(vm, args, Domain::Plain, false, libm::erf)
}

pub fn erfc(vm: &Vm, args: Args<'_>) -> PyResult {
    apply(vm, args, Domain::Plain, false, libm::erfc)
}

pub fn exp(vm: &Vm, args: Args<'_>) -> PyResult {
    apply(vm, args, Domain::Plain, true, f64::exp)
}

pub fn exp2(vm: &Vm, args: Args<'_>) -> PyResult {
    apply(vm, args, Domain::Plain, true, f64::exp2)
}

pub fn expm1(vm: &Vm, args: Args<'_>) -> PyResult {
    apply(vm, args, Domain::Plain, true, f64::exp_m1)
}

pub fn fabs(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Value::float(real(vm, args.value(0))?.abs()))
}

pub fn gamma(vm: &Vm, args: Args<'_>) -> PyResult {
    checked(vm, args, special::gamma)
}

pub fn lgamma(vm: &Vm, args: Args<'_>) -> PyResult {
    checked(vm, args, special::lgamma)
}

fn checked(vm: &Vm, args: Args<'_>, function: fn(f64) -> Result<f64, MathError>) -> PyResult {
    let x = real(vm, args.value(0))?;
    match function(x) {
        Ok(result) => Ok(Value::float(result)),
        Err(MathError::Domain) => raise_domain(vm, NO_POLE, x),
        Err(MathError::Range) => raise_range(vm),
    }
}

pub fn log1p(vm: &Vm, args: Args<'_>) -> PyResult {
    // The logarithm of the C library keeps the sign of zero.
    let function = |x: f64| if x == 0.0 { x } else { x.ln_1p() };
    apply(vm, args, Domain::Got("expected argument value > -1"), false, function)
}

pub fn radians(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Value::float(real(vm, args.value(0))? * (std::f64::consts::PI / 180.0)))
}

pub fn sin(vm: &Vm, args: Args<'_>) -> PyResult {
    apply(vm, args, FINITE, false, f64::sin)
}

pub fn sinh(vm: &Vm, args: Args<'_>) -> PyResult {
    apply(vm, args, Domain::Plain, true, f64::sinh)
}

pub fn sqrt(vm: &Vm, args: Args<'_>) -> PyResult {
    apply(vm, args, Domain::Got("expected a nonnegative input"), false, f64::sqrt)
}

pub fn tan(vm: &Vm, args: Args<'_>) -> PyResult {
    apply(vm, args, FINITE, false, f64::tan)
}

pub fn tanh(vm: &Vm, args: Args<'_>) -> PyResult {
    apply(vm, args, Domain::Plain, false, f64::tanh)
}

/// A logarithm, also of ints beyond the doubles: log(m * 2**e) = log(m) + e * log(2).
fn logarithm(vm: &Vm, value: &Value, function: fn(f64) -> f64) -> PyResult<f64> {
    if !int::is_int(value) {
        let x = real(vm, value)?;
        if x > 0.0 || x.is_nan() {
            return Ok(function(x));
        }
        return match raise_domain(vm, POSITIVE, x) {
            Err(raised) => Err(raised),
            Ok(_) => Ok(x),
        };
    }
    let n = big(vm, value)?;
    if n.sign() != num_bigint::Sign::Plus {
        return vm.raise(Exc::ValueError, "expected a positive input");
    }
    match n.to_f64() {
        Some(x) if x.is_finite() => Ok(function(x)),
        _ => {
            let shift = n.bits() - 64;
            let mantissa = (&n >> shift).to_f64().unwrap_or(1.0);
            // The same split as frexp: a mantissa in [0.5, 1).
            let (mantissa, exponent) = special::frexp(mantissa);
            Ok(function(mantissa) + function(2.0) * (shift as f64 + f64::from(exponent)))
        }
    }
}

pub fn log(vm: &Vm, args: Args<'_>) -> PyResult {
    let numerator = logarithm(vm, args.value(0), f64::ln)?;
    let Some(base) = args.get(1) else { return Ok(Value::float(numerator)) };
    let denominator = logarithm(vm, base, f64::ln)?;
    if denominator == 0.0 {
        return vm.raise(Exc::ZeroDivisionError, "division by zero");
    }
    Ok(Value::float(numerator / denominator))
}

pub fn log10(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Value::float(logarithm(vm, args.value(0), f64::log10)?))
}

pub fn log2(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Value::float(logarithm(vm, args.value(0), f64::log2)?))
}

pub fn fmod(vm: &Vm, args: Args<'_>) -> PyResult {
    let (x, y) = (real(vm, args.value(0))?, real(vm, args.value(1))?);
    let result = x % y;
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return raise_domain(vm, Domain::Plain, x);
    }
    Ok(Value::float(result))
}

pub fn remainder(vm: &Vm, args: Args<'_>) -> PyResult {
    let (x, y) = (real(vm, args.value(0))?, real(vm, args.value(1))?);
    match special::remainder(x, y) {
        Ok(result) => Ok(Value::float(result)),
        Err(_) => raise_domain(vm, Domain::Plain, x),
    }
}

pub fn pow(vm: &Vm, args: Args<'_>) -> PyResult {
    let (x, y) = (real(vm, args.value(0))?, real(vm, args.value(1))?);
    let result = x.powf(y);
    if result.is_finite() || !x.is_finite() || !y.is_finite() {
        return Ok(Value::float(result));
    }
    // Both are finite: a NaN is a root of a negative number, an infinity from zero a pole.
    if result.is_nan() || x == 0.0 { raise_domain(vm, Domain::Plain, x) } else { raise_range(vm) }
}

pub fn fma(vm: &Vm, args: Args<'_>) -> PyResult {
    let [x, y, z] = [real(vm, args.value(0))?, real(vm, args.value(1))?, real(vm, args.value(2))?];
    let result = x.mul_add(y, z);
    if result.is_nan() && ![x, y, z].iter().any(|x| x.is_nan()) {
        return vm.raise(Exc::ValueError, "invalid operation in fma");
    }
    if result.is_infinite() && [x, y, z].iter().all(|x| x.is_finite()) {
        return vm.raise(Exc::OverflowError, "overflow in fma");
    }
    Ok(Value::float(result))
}

pub fn frexp(vm: &Vm, args: Args<'_>) -> PyResult {
    let (mantissa, exponent) = special::frexp(real(vm, args.value(0))?);
    Ok(vm.tuple(&[Value::float(mantissa), Value::small(exponent.into())]))
}

pub fn ldexp(vm: &Vm, args: Args<'_>) -> PyResult {
    let x = real(vm, args.value(0))?;
    if !int::is_int(args.value(1)) {
        return vm.raise(Exc::TypeError, "Expected an int as second argument to ldexp.");
    }
    match special::ldexp(x, int::clip_i64(args.value(1))) {
        Ok(result) => Ok(Value::float(result)),
        Err(_) => raise_range(vm),
    }
}

pub fn modf(vm: &Vm, args: Args<'_>) -> PyResult {
    let x = real(vm, args.value(0))?;
    let (fraction, whole) = if x.is_infinite() { (0_f64.copysign(x), x) } else { (x - x.trunc(), x.trunc()) };
    Ok(vm.tuple(&[Value::float(fraction.copysign(x)), Value::float(whole)]))
}

pub fn nextafter(vm: &Vm, args: Args<'_>) -> PyResult {
    let (x, y) = (real(vm, args.value(0))?, real(vm, args.value(1))?);
    let steps = match args.get_not_none(2) {
        None => 1,
        Some(steps) => {
            let steps = big(vm, steps)?;
            if steps.sign() == num_bigint::Sign::Minus {
                return vm.raise(Exc::ValueError, "steps must be a non-negative integer");
            }
            steps.to_u64().unwrap_or(u64::MAX)
        }
    };
    Ok(Value::float(special::next_after(x, y, steps)))
}

pub fn ulp(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Value::float(special::ulp(real(vm, args.value(0))?)))
}

pub fn isclose(vm: &Vm, args: Args<'_>) -> PyResult {
    let (a, b) = (real(vm, args.value(0))?, real(vm, args.value(1))?);
    let relative = args.get(2).map_or(Ok(1e-9), |value| real(vm, value))?;
    let absolute = args.get(3).map_or(Ok(0.0), |value| real(vm, value))?;
    if relative < 0.0 || absolute < 0.0 {
        return vm.raise(Exc::ValueError, "tolerances must be non-negative");
    }
    if a == b {
        return Ok(Value::TRUE);
    }
    if a.is_infinite() || b.is_infinite() {
        return Ok(Value::FALSE);
    }
    let difference = (b - a).abs();
    let close =
        difference <= (relative * b).abs() || difference <= (relative * a).abs() || difference <= absolute;
    Ok(Value::bool(close))
}

pub fn isfinite(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Value::bool(real(vm, args.value(0))?.is_finite()))
}

pub fn isinf(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Value::bool(real(vm, args.value(0))?.is_infinite()))
}

pub fn isnan(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Value::bool(real(vm, args.value(0))?.is_nan()))
}

/// An integral double as an int.
fn to_int(vm: &Vm, x: f64) -> PyResult {
    if x.abs() < 4e18 {
        return Ok(Value::int(x as i64));
    }
    match float_repr::to_int(x) {
        Ok(n) => Ok(int::new_big(n)),
        Err(_) if x.is_nan() => vm.raise(Exc::ValueError, "cannot convert float NaN to integer"),
        Err(_) => vm.raise(Exc::OverflowError, "cannot convert float infinity to integer"),
    }
}

/// `floor` and `ceil`: floats at once, others by their special method, the rest as real numbers.
fn round_to_int(vm: &Vm, args: Args<'_>, special: &str, function: fn(f64) -> f64) -> PyResult {
    let value = args.value(0);
    if let Some(x) = value.as_exact_float() {
        return to_int(vm, function(x));
    }
    if let Some(method) = vm.lookup_special(value, &vm.intern(special))? {
        return vm.call(&method, &[]);
    }
    to_int(vm, function(real(vm, value)?))
}

pub fn ceil(vm: &Vm, args: Args<'_>) -> PyResult {
    round_to_int(vm, args, "__ceil__", f64::ceil)
}

pub fn floor(vm: &Vm, args: Args<'_>) -> PyResult {
    round_to_int(vm, args, "__floor__", f64::floor)
}

pub fn trunc(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    if let Some(x) = value.as_exact_float() {
        return to_int(vm, x.trunc());
    }
    match vm.lookup_special(value, &vm.intern("__trunc__"))? {
        Some(method) => vm.call(&method, &[]),
        None => vm.raise_type_of("type {} doesn't define __trunc__ method", value),
    }
}
