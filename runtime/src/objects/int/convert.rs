//! `int(...)`, and conversion between ints and floats.

use super::{as_i64, exact, for_class, int_ref, is_int, new_big, new_parsed};
use crate::class::Type;
use crate::objects::str::Str;
use crate::text::float_repr;
use crate::text::int_text::{self, IntRef};
use crate::{Args, Exc, PyResult, Value, Vm};

/// `int(x=0, /, base=10)`.
pub fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let cls = args.this::<Type>();
    let given = args.skip_first();
    crate::native::binding::check_positional_count(vm, "int", given.len(), 0, 2)?;
    let mut base = given.get(1);
    for (name, value) in args.keywords() {
        if name.as_bytes() != b"base" {
            return vm.raise(Exc::TypeError, format!("int() got an unexpected keyword argument '{name}'"));
        }
        if base.is_some() {
            return vm.raise(Exc::TypeError, "argument for int() given by name ('base') and position (2)");
        }
        base = Some(value);
    }
    let Some(x) = given.get(0) else {
        if base.is_some() {
            return vm.raise(Exc::TypeError, "int() missing string argument");
        }
        return Ok(for_class(cls, Value::small(0)));
    };
    let result = match base {
        None => from_object(vm, x)?,
        Some(base) => from_text(vm, x, base)?,
    };
    Ok(for_class(cls, result))
}

/// The number that a few digits alone stand for.
#[inline]
fn short_decimal(text: &[u8]) -> Option<i64> {
    if text.is_empty() || text.len() > 18 {
        return None;
    }
    text.iter().try_fold(0, |n, digit| digit.is_ascii_digit().then(|| n * 10 + (digit - b'0') as i64))
}

fn from_text(vm: &Vm, x: &Value, base: &Value) -> PyResult {
    let base = vm.index_clipped(base)?;
    let limit = vm.int_max_str_digits.get();
    if let Some(text) = x.downcast::<Str>() {
        return vm.text_result(int_text::parse_str(text.as_bytes(), base, limit)).map(new_parsed);
    }
    if base != 0 && !(2..=36).contains(&base) {
        return vm.raise(Exc::ValueError, "int() base must be >= 2 and <= 36, or 0");
    }
    match crate::objects::bytes::bytes_or_bytearray(x) {
        Some(bytes) => vm.text_result(int_text::parse_bytes(&bytes, base, limit)).map(new_parsed),
        None => vm.raise(Exc::TypeError, "int() can't convert non-string with explicit base"),
    }
}

/// `int(x)`: through `__int__`, `__index__`, or by reading text. The result is an exact `int`.
pub fn from_object(vm: &Vm, x: &Value) -> PyResult {
    if x.is_small_int() {
        return Ok(x.clone());
    }
    if let Some(n) = x.downcast_exact::<Str>().and_then(|text| short_decimal(text.as_bytes())) {
        return Ok(Value::small(n));
    }
    let slots = vm.type_of(x).slots();
    if let Some(slot) = slots.int {
        let result = slot(vm, x)?;
        if !is_int(&result) {
            return vm.raise_type_of("__int__ returned non-int (type {})", &result);
        }
        if !vm.type_of(&result).is(vm.types.int()) {
            let name = vm.type_name(&result);
            vm.warn(
                Exc::DeprecationWarning,
                &format!(
                    "__int__ returned non-int (type {name}).  The ability to return an instance of a strict subclass of int \
                     is deprecated, and may be removed in a future version of Python."
                ),
                1,
            )?;
        }
        return Ok(exact(&result));
    }
    if slots.index.is_some() {
        return vm.index(x).map(|n| exact(&n));
    }
    let limit = vm.int_max_str_digits.get();
    if let Some(text) = x.downcast::<Str>() {
        return vm.text_result(int_text::parse_str(text.as_bytes(), 10, limit)).map(new_parsed);
    }
    if let Some(bytes) = crate::objects::bytes::bytes_like(vm, x)? {
        return vm.text_result(int_text::parse_bytes(&bytes, 10, limit)).map(new_parsed);
    }
    vm.raise_type_of("int() argument must be a string, a bytes-like object or a real number, not '{}'", x)
}

/// `float(n)`.
///
/// # Errors
/// OverflowError if it is too large.
#[inline]
pub fn to_f64(vm: &Vm, n: IntRef<'_>) -> PyResult<f64> {
    match n.to_f64() {
        Some(x) => Ok(x),
        None => vm.raise(Exc::OverflowError, "int too large to convert to float"),
    }
}

/// `int(x)` of a float: towards zero.
///
/// # Errors
/// ValueError for NaN, OverflowError for infinities.
pub fn from_f64(vm: &Vm, x: f64) -> PyResult {
    const RANGE: f64 = (1u64 << 62) as f64;
    if x.abs() < RANGE {
        return Ok(Value::small(x as i64));
    }
    vm.text_result(float_repr::to_int(x)).map(new_big)
}

/// The rounding digits argument of `__round__`, clipped.
pub fn round_digits(vm: &Vm, ndigits: &Value) -> PyResult<i64> {
    vm.index_clipped(ndigits)
}

/// `int.__round__`.
pub fn round(vm: &Vm, args: Args<'_>) -> PyResult {
    let Some(ndigits) = args.get_not_none(1) else { return Ok(exact(args.value(0))) };
    let n_digits = round_digits(vm, ndigits)?;
    if n_digits >= 0 {
        return Ok(exact(args.value(0)));
    }
    let value = args.value(0);
    // Half of 10**20 is beyond any machine integer.
    if n_digits < -20 && as_i64(value).is_some() {
        return Ok(Value::small(0));
    }
    let n = int_ref(value).expect("self is an int");
    let n = super::arithmetic::big(n);
    Ok(new_big(int_text::round_to_power_of_ten(&n, n_digits.unsigned_abs())))
}
