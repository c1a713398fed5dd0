//! Operators of `int`: machine integers first, big ones where those overflow. All are slot functions: both operands are looked at,
//! and NotImplemented answers for anything that is no int.

use std::borrow::Cow;

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::{int_ref, new_big, new_i128, this};
use crate::text::int_text::IntRef;
use crate::{Exc, PyResult, Value, Vm};

/// Results with more bits raise MemoryError before they are computed.
pub const MAX_BITS: u64 = 1 << 32;

/// As a big integer.
pub(super) fn big(n: IntRef<'_>) -> Cow<'_, BigInt> {
    match n {
        IntRef::Small(n) => Cow::Owned(n.into()),
        IntRef::Big(n) => Cow::Borrowed(n),
    }
}

pub(super) fn bits(n: IntRef<'_>) -> u64 {
    match n {
        IntRef::Small(n) => 64 - n.unsigned_abs().leading_zeros() as u64,
        IntRef::Big(n) => n.bits(),
    }
}

fn checked_bits(vm: &Vm, n_bits: u64) -> PyResult<()> {
    if n_bits > MAX_BITS { vm.raise_bare(Exc::MemoryError) } else { Ok(()) }
}

macro_rules! operands {
    ($a:expr, $b:expr) => {
        match (int_ref($a), int_ref($b)) {
            (Some(a), Some(b)) => (a, b),
            _ => return Ok(Value::NOT_IMPLEMENTED),
        }
    };
}

pub fn add(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    match operands!(a, b) {
        (IntRef::Small(a), IntRef::Small(b)) => Ok(new_i128(a as i128 + b as i128)),
        (IntRef::Big(big), IntRef::Small(n)) | (IntRef::Small(n), IntRef::Big(big)) => Ok(new_big(big + n)),
        (IntRef::Big(a), IntRef::Big(b)) => {
            checked_bits(vm, a.bits().max(b.bits()))?;
            Ok(new_big(a + b))
        }
    }
}

pub fn subtract(_vm: &Vm, a: &Value, b: &Value) -> PyResult {
    Ok(match operands!(a, b) {
        (IntRef::Small(a), IntRef::Small(b)) => new_i128(a as i128 - b as i128),
        (IntRef::Big(a), IntRef::Small(b)) => new_big(a - b),
        (IntRef::Small(a), IntRef::Big(b)) => new_big(a - b),
        (IntRef::Big(a), IntRef::Big(b)) => new_big(a - b),
    })
}

pub fn multiply(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    match operands!(a, b) {
        (IntRef::Small(a), IntRef::Small(b)) => Ok(new_i128(a as i128 * b as i128)),
        (IntRef::Big(big), IntRef::Small(n)) | (IntRef::Small(n), IntRef::Big(big)) => {
            checked_bits(vm, big.bits())?;
            Ok(new_big(big * n))
        }
        (IntRef::Big(a), IntRef::Big(b)) => {
            checked_bits(vm, a.bits() + b.bits())?;
            Ok(new_big(a * b))
        }
    }
}

#[cold]
pub fn division_by_zero<T>(vm: &Vm) -> PyResult<T> {
    vm.raise(Exc::ZeroDivisionError, "division by zero")
}

/// Quotient and remainder rounded down.
fn divide(vm: &Vm, a: IntRef<'_>, b: IntRef<'_>) -> PyResult<(Value, Value)> {
    match (a, b) {
        (_, IntRef::Small(0)) => division_by_zero(vm),
        (IntRef::Small(a), IntRef::Small(b)) => {
            let (quotient, remainder) = (a as i128).div_mod_floor(&(b as i128));
            Ok((new_i128(quotient), new_i128(remainder)))
        }
        _ => {
            let (quotient, remainder) = big(a).div_mod_floor(&big(b));
            Ok((new_big(quotient), new_big(remainder)))
        }
    }
}

pub fn floor_div(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    match operands!(a, b) {
        (IntRef::Small(a), IntRef::Small(b)) if b > 0 => Ok(Value::int(Integer::div_floor(&a, &b))),
        (a, b) => divide(vm, a, b).map(|(quotient, _)| quotient),
    }
}

pub fn modulo(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    match operands!(a, b) {
        (IntRef::Small(a), IntRef::Small(b)) if b > 0 => Ok(Value::int(a.rem_euclid(b))),
        (a, b) => divide(vm, a, b).map(|(_, remainder)| remainder),
    }
}

pub fn div_mod(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let (a, b) = operands!(a, b);
    let (quotient, remainder) = divide(vm, a, b)?;
    Ok(vm.tuple(&[quotient, remainder]))
}

pub fn true_div(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let (a, b) = operands!(a, b);
    const EXACT: std::ops::RangeInclusive<i64> = -(1 << 53)..=1 << 53;
    match (a, b) {
        (_, IntRef::Small(0)) => division_by_zero(vm),
        // Both are exact as floats, so one rounding is left.
        (IntRef::Small(a), IntRef::Small(b)) if EXACT.contains(&a) && EXACT.contains(&b) => {
            Ok(Value::float(a as f64 / b as f64))
        }
        _ => match ratio_to_f64(&big(a), &big(b)) {
            Some(x) => Ok(Value::float(x)),
            None => vm.raise(Exc::OverflowError, "integer division result too large for a float"),
        },
    }
}

/// `a / b` rounded to nearest, ties to even; `None` if beyond the range of floats. `b` is not zero.
pub fn ratio_to_f64(a: &BigInt, b: &BigInt) -> Option<f64> {
    let negative = (a.sign() == Sign::Minus) != (b.sign() == Sign::Minus);
    let (a, b) = (a.magnitude(), b.magnitude());
    let signed = |x: f64| if negative { -x } else { x };
    let difference = a.bits() as i64 - b.bits() as i64;
    if a.is_zero() || difference < -1080 {
        return Some(signed(0.0));
    }
    if difference > 1025 {
        return None;
    }
    // Scale so that the quotient has at least 55 bits, or as many as its last place in a subnormal allows.
    let shift = (difference.max(-1021) - 55) as i32;
    let (quotient, remainder) =
        if shift >= 0 { a.div_rem(&(b << shift as u32)) } else { (a << -shift as u32).div_rem(b) };
    let quotient = quotient.to_u64().expect("at most 57 bits");
    let n_bits = 64 - quotient.leading_zeros() as i32;
    // Bits below the last place of the result; two or more.
    let extra = n_bits.max(-1021 - shift) - 53;
    let half = 1u64 << (extra - 1);
    let below = quotient & (2 * half - 1);
    let mut kept = quotient - below;
    let above_half = below > half || below == half && (!remainder.is_zero() || quotient & (2 * half) != 0);
    if above_half {
        kept += 2 * half;
    }
    // `kept` has at most 53 significant bits, and the result's last place is not below that of a float: both steps are exact.
    let result = scale(kept as f64, shift);
    if result.is_infinite() { None } else { Some(signed(result)) }
}

/// `x * 2**exponent` where the result is exact or overflows.
fn scale(mut x: f64, mut exponent: i32) -> f64 {
    while exponent > 1000 {
        x *= 2f64.powi(1000);
        exponent -= 1000;
    }
    while exponent < -1000 {
        x *= 2f64.powi(-1000);
        exponent += 1000;
    }
    x * 2f64.powi(exponent)
}

/// `a ** b`.
pub fn power_two(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let (a, b) = operands!(a, b);
    match b {
        _ if b.is_negative() => {
            let (a, b) = (super::to_f64(vm, a)?, super::to_f64(vm, b)?);
            crate::objects::float::power(vm, &Value::float(a), &Value::float(b), &Value::NONE)
        }
        IntRef::Small(b) => raise_to(vm, a, b as u64),
        IntRef::Big(_) => match a {
            IntRef::Small(n @ (0 | 1)) => Ok(Value::small(n)),
            IntRef::Small(-1) => Ok(Value::small(if big(b).is_even() { 1 } else { -1 })),
            _ => vm.raise_bare(Exc::MemoryError),
        },
    }
}

fn raise_to(vm: &Vm, a: IntRef<'_>, exponent: u64) -> PyResult {
    if let IntRef::Small(base) = a {
        match base {
            0 => return Ok(Value::small((exponent == 0) as i64)),
            1 => return Ok(Value::small(1)),
            -1 => return Ok(Value::small(if exponent.is_multiple_of(2) { 1 } else { -1 })),
            _ => {}
        }
        if let Some(result) = u32::try_from(exponent).ok().and_then(|e| base.checked_pow(e)) {
            return Ok(Value::int(result));
        }
    }
    // A number of n bits is at least 2**(n-1), so the result has at least this many.
    match (bits(a) - 1).checked_mul(exponent) {
        Some(n_bits) => checked_bits(vm, n_bits)?,
        None => return vm.raise_bare(Exc::MemoryError),
    }
    let exponent = u32::try_from(exponent).expect("below the limit of bits");
    if let IntRef::Small(base) = a {
        let magnitude = base.unsigned_abs();
        if magnitude.is_power_of_two() {
            let result = BigInt::one() << (magnitude.trailing_zeros() as u64 * exponent as u64);
            return Ok(new_big(if base < 0 && exponent % 2 == 1 { -result } else { result }));
        }
    }
    Ok(new_big(big(a).pow(exponent)))
}

/// `pow(a, b, modulus)`; without modulus as [`power_two`].
pub fn power(vm: &Vm, a: &Value, b: &Value, modulus: &Value) -> PyResult {
    if modulus.is_none() {
        return power_two(vm, a, b);
    }
    let (Some(a), Some(b), Some(modulus)) = (int_ref(a), int_ref(b), int_ref(modulus)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if let IntRef::Small(0) = modulus {
        return vm.raise(Exc::ValueError, "pow() 3rd argument cannot be 0");
    }
    let size = match modulus {
        IntRef::Small(n) => BigInt::from(n.unsigned_abs()),
        IntRef::Big(n) => n.abs(),
    };
    if size.is_one() {
        return Ok(Value::small(0));
    }
    let base = if b.is_negative() {
        match big(a).modinv(&size) {
            Some(inverse) => inverse,
            None => return vm.raise(Exc::ValueError, "base is not invertible for the given modulus"),
        }
    } else {
        big(a).mod_floor(&size)
    };
    let result = match (base.to_u64(), b, size.to_u64()) {
        (Some(base), IntRef::Small(b), Some(size)) => {
            BigInt::from(small_mod_power(base, b.unsigned_abs(), size))
        }
        _ => base.modpow(&big(b).abs(), &size),
    };
    Ok(new_big(if modulus.is_negative() && !result.is_zero() { result - size } else { result }))
}

fn small_mod_power(base: u64, mut exponent: u64, modulus: u64) -> u64 {
    let times = |a: u64, b: u64| (a as u128 * b as u128 % modulus as u128) as u64;
    let (mut result, mut square) = (1 % modulus, base % modulus);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, square);
        }
        square = times(square, square);
        exponent >>= 1;
    }
    result
}

pub fn left_shift(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let (a, b) = operands!(a, b);
    if b.is_negative() {
        return vm.raise(Exc::ValueError, "negative shift count");
    }
    match (a, b) {
        (IntRef::Small(0), _) => Ok(Value::small(0)),
        (_, IntRef::Big(_)) => vm.raise(Exc::OverflowError, "too many digits in integer"),
        (IntRef::Small(a), IntRef::Small(b @ 0..63)) => Ok(new_i128((a as i128) << b)),
        (_, IntRef::Small(b)) => {
            checked_bits(vm, bits(a).saturating_add(b as u64))?;
            Ok(new_big(big(a).as_ref() << b as u64))
        }
    }
}

pub fn right_shift(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let (a, b) = operands!(a, b);
    if b.is_negative() {
        return vm.raise(Exc::ValueError, "negative shift count");
    }
    Ok(match (a, b) {
        (IntRef::Small(a), IntRef::Small(b)) => Value::int(a >> b.min(63)),
        (IntRef::Big(a), IntRef::Small(b)) if (b as u64) < a.bits() => new_big(a >> b as u64),
        _ => Value::small(if a.is_negative() { -1 } else { 0 }),
    })
}

macro_rules! bitwise {
    ($name:ident, $op:tt) => {
        pub fn $name(_vm: &Vm, a: &Value, b: &Value) -> PyResult {
            Ok(match operands!(a, b) {
                (IntRef::Small(a), IntRef::Small(b)) => Value::int(a $op b),
                (a, b) => new_big(big(a).as_ref() $op big(b).as_ref()),
            })
        }
    };
}

bitwise!(bit_and, &);
bitwise!(bit_or, |);
bitwise!(bit_xor, ^);

pub fn negative(_vm: &Vm, value: &Value) -> PyResult {
    Ok(match this(value) {
        IntRef::Small(n) => new_i128(-(n as i128)),
        IntRef::Big(n) => new_big(-n),
    })
}

pub fn absolute(_vm: &Vm, value: &Value) -> PyResult {
    Ok(match this(value) {
        IntRef::Small(n) => new_i128((n as i128).abs()),
        IntRef::Big(n) => new_big(n.abs()),
    })
}

pub fn invert(_vm: &Vm, value: &Value) -> PyResult {
    Ok(match this(value) {
        IntRef::Small(n) => Value::int(!n),
        IntRef::Big(n) => new_big(!n),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_round_once() {
        let big = |text: &str| text.parse::<BigInt>().unwrap();
        for (a, b, want) in [
            ("9007199254740993", "1", 9007199254740992.0),
            ("9007199254740995", "1", 9007199254740996.0),
            ("-1", "3", -1.0 / 3.0),
            ("1000000000000000000000000", "7", 1e24 / 7.0),
            ("0", "-5", -0.0),
        ] {
            assert_eq!(ratio_to_f64(&big(a), &big(b)), Some(want), "{a}/{b}");
        }
        let one = BigInt::one();
        assert_eq!(ratio_to_f64(&one, &(&one << 1074u32)), Some(5e-324));
        assert_eq!(ratio_to_f64(&one, &(&one << 1075u32)), Some(0.0));
        assert_eq!(ratio_to_f64(&BigInt::from(3), &(&one << 1075u32)), Some(1e-323));
        assert_eq!(ratio_to_f64(&(&one << 1024u32), &one), None);
        assert_eq!(ratio_to_f64(&((&one << 1024u32) - 1), &one), None);
        assert_eq!(ratio_to_f64(&(&one << 1023u32), &one), Some(2f64.powi(1023)));
    }
}
