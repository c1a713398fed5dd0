//! Items of a memoryview as Python values, by their native `struct` code.

use crate::objects::bytes::Bytes;
use crate::objects::{float, int};
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

/// The code of a native single-character format, `@` in front allowed, and its size.
pub fn native_code(format: &str) -> Option<(u8, usize)> {
    let code = match format.as_bytes() {
        &[code] | &[b'@', code] => code,
        _ => return None,
    };
    let size = match code {
        b'c' | b'b' | b'B' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => 8,
        _ => return None,
    };
    Some((code, size))
}

/// Whether items with this code are single bytes that may be cast to anything.
pub fn is_byte_code(code: u8) -> bool {
    matches!(code, b'b' | b'B' | b'c')
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("items have the size of their code")
}

/// The value of an item.
pub fn unpack(code: u8, bytes: &[u8]) -> Value {
    match code {
        b'c' => Bytes::new(bytes).into(),
        b'b' => Value::small((bytes[0] as i8).into()),
        b'?' => Value::bool(bytes[0] != 0),
        b'h' => Value::small(i16::from_ne_bytes(array(bytes)).into()),
        b'H' => Value::small(u16::from_ne_bytes(array(bytes)).into()),
        b'i' => Value::small(i32::from_ne_bytes(array(bytes)).into()),
        b'I' => Value::small(u32::from_ne_bytes(array(bytes)).into()),
        b'l' | b'q' | b'n' => Value::int(i64::from_ne_bytes(array(bytes))),
        b'L' | b'Q' | b'N' | b'P' => int::new_u64(u64::from_ne_bytes(array(bytes))),
        b'e' => Value::float(half_to_double(u16::from_ne_bytes(array(bytes)))),
        b'f' => Value::float(f32::from_ne_bytes(array(bytes)).into()),
        b'd' => Value::float(f64::from_ne_bytes(array(bytes))),
        _ => Value::small(bytes[0].into()),
    }
}

/// The bytes of a value.
///
/// # Errors
/// TypeError or ValueError "memoryview: invalid type for format 'B'"; what conversion methods raise.
pub fn pack(vm: &Vm, code: u8, format: &str, value: &Value) -> PyResult<Vec<u8>> {
    let invalid = |what: &str, exc: Exc| -> PyResult<Vec<u8>> {
        vm.raise(exc, format!("memoryview: invalid {what} for format '{format}'"))
    };
    match code {
        b'c' => match value.downcast::<Bytes>() {
            Some(bytes) if bytes.as_slice().len() == 1 => Ok(bytes.as_slice().to_vec()),
            Some(_) => invalid("value", Exc::ValueError),
            None => invalid("type", Exc::TypeError),
        },
        b'?' => Ok(vec![vm.truth(value)? as u8]),
        b'e' | b'f' | b'd' => {
            let number = float::as_number(vm, value);
            let Some(number) = vm.catch(number, Exc::TypeError)?.flatten() else {
                return invalid("type", Exc::TypeError);
            };
            match code {
                b'd' => Ok(number.to_ne_bytes().to_vec()),
                b'f' => Ok((number as f32).to_ne_bytes().to_vec()),
                _ => match double_to_half(number) {
                    Some(half) => Ok(half.to_ne_bytes().to_vec()),
                    None => vm.raise(Exc::OverflowError, "float too large to pack with e format"),
                },
            }
        }
        _ => {
            if !vm.has_index(value) {
                return invalid("type", Exc::TypeError);
            }
            let index = vm.index(value)?;
            let number = int::as_big(&index).and_then(|n| i128::try_from(n).ok());
            let (size, signed) = match code {
                b'b' => (1, true),
                b'h' => (2, true),
                b'H' => (2, false),
                b'i' => (4, true),
                b'I' => (4, false),
                b'l' | b'q' | b'n' => (8, true),
                b'L' | b'Q' | b'N' | b'P' => (8, false),
                _ => (1, false),
            };
            let bits = size as u32 * 8;
            let range = if signed { -(1i128 << (bits - 1))..1 << (bits - 1) } else { 0..1 << bits };
            match number {
                Some(number) if range.contains(&number) => {
                    // Two's complement, so the low bytes are the item in either signedness.
                    let bytes = (number as u64).to_ne_bytes();
                    Ok(if cfg!(target_endian = "little") {
                        bytes[..size].to_vec()
                    } else {
                        bytes[8 - size..].to_vec()
                    })
                }
                _ => invalid("value", Exc::ValueError),
            }
        }
    }
}

fn half_to_double(half: u16) -> f64 {
    let sign = if half & 0x8000 != 0 { -1.0 } else { 1.0 };
    let (exponent, fraction) = ((half >> 10 & 0x1f) as i32, (half & 0x3ff) as f64);
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        0x1f if fraction == 0.0 => f64::INFINITY,
        0x1f => f64::NAN,
        _ => (fraction + 1024.0) * 2f64.powi(exponent - 25),
    }
}

/// The nearest half-precision number, ties to even; `None` if it is too large.
fn double_to_half(x: f64) -> Option<u16> {
    let sign = if x.is_sign_negative() { 0x8000 } else { 0 };
    let magnitude = x.abs();
    if x.is_nan() {
        return Some(sign | 0x7e00);
    }
    if magnitude.is_infinite() {
        return Some(sign | 0x7c00);
    }
    if magnitude < 2f64.powi(-14) {
        // Subnormal: a multiple of 2**-24.
        return Some(sign | (magnitude * 2f64.powi(24)).round_ties_even() as u16);
    }
    let mut exponent = magnitude.log2().floor() as i32;
    // The logarithm may be off by one next to a power of two.
    if 2f64.powi(exponent) > magnitude {
        exponent -= 1;
    } else if 2f64.powi(exponent + 1) <= magnitude {
        exponent += 1;
    }
    if exponent > 15 {
        return None;
    }
    let fraction = (magnitude * 2f64.powi(10 - exponent)).round_ties_even() as u32;
    // A fraction that rounds up to 2048 carries into the exponent by itself.
    let bits = ((exponent + 15) as u32) * 1024 + fraction - 1024;
    if bits >= 0x7c00 { None } else { Some(sign | bits as u16) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_round_trip() {
        for half in (0..0x7c00u16).chain(0x8000..0xfc00) {
            assert_eq!(double_to_half(half_to_double(half)), Some(half), "{half:#x}");
        }
        assert_eq!(double_to_half(65504.0), Some(0x7bff));
        assert_eq!(double_to_half(65519.9), Some(0x7bff));
        assert_eq!(double_to_half(65520.0), None);
        assert_eq!(double_to_half(f64::INFINITY), Some(0x7c00));
        assert_eq!(double_to_half(2f64.powi(-25)), Some(0));
        assert_eq!(double_to_half(2f64.powi(-25) * 1.01), Some(1));
    }
}
