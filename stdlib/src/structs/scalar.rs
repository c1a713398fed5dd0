//! Single numbers of `struct` (and of `array` and `memoryview` formats) to and from bytes.

use super::{Field, Kind};

/// A number as the binding hands it over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar {
    /// In the range of all integer codes; what is beyond must be refused with [`range_message`].
    Int(i128),
    Float(f64),
    Complex(f64, f64),
    Bool(bool),
    /// One byte of `c`.
    Byte(u8),
}

/// Why a number does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackError {
    /// A `struct.error`.
    Struct(String),
    /// An OverflowError (a `struct.error` "int too large to convert" if the value was an int).
    Overflow(String),
}

/// The message for an integer outside the range of its field.
pub fn range_message(field: &Field) -> String {
    if field.kind == Kind::Pointer {
        return "int too large to convert".to_owned();
    }
    let (low, high) = range(field);
    format!("'{}' format requires {low} <= number <= {high}", field.code as char)
}

fn range(field: &Field) -> (i128, i128) {
    let bits = field.size as u32 * 8;
    match field.kind {
        Kind::Signed => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
        Kind::Pointer => (-(1 << 63), (1 << 64) - 1),
        _ => (0, (1 << bits) - 1),
    }
}

/// Writes one number into `out`, which has the size of the field's unit.
///
/// # Errors
/// It does not fit.
pub fn pack_scalar(field: &Field, big_endian: bool, value: &Scalar, out: &mut [u8]) -> Result<(), PackError> {
    match *value {
        Scalar::Int(number) => {
            let (low, high) = range(field);
            if number < low || number > high {
                return Err(PackError::Struct(range_message(field)));
            }
            out.copy_from_slice(&number.to_le_bytes()[..out.len()]);
        }
        Scalar::Bool(truth) => out[0] = u8::from(truth),
        Scalar::Byte(byte) => out[0] = byte,
        Scalar::Float(number) => return pack_float(number, big_endian, out),
        Scalar::Complex(real, imag) => {
            let half = out.len() / 2;
            for (part, out) in [real, imag].into_iter().zip(out.chunks_mut(half)) {
                if half == 4 {
                    // Unlike a float, a complex number too large becomes infinite.
                    out.copy_from_slice(&(part as f32).to_le_bytes());
                } else {
                    out.copy_from_slice(&part.to_le_bytes());
                }
                if big_endian {
                    out.reverse();
                }
            }
            return Ok(());
        }
    }
    if big_endian {
        out.reverse();
    }
    Ok(())
}

/// Writes a float of 2, 4 or 8 bytes.
///
/// # Errors
/// It is finite but too large for the size.
pub fn pack_float(number: f64, big_endian: bool, out: &mut [u8]) -> Result<(), PackError> {
    let too_large = |code| PackError::Overflow(format!("float too large to pack with {code} format"));
    match out.len() {
        2 => out.copy_from_slice(&to_half(number).ok_or_else(|| too_large('e'))?.to_le_bytes()),
        4 => {
            let single = number as f32;
            if single.is_infinite() && number.is_finite() {
                return Err(too_large('f'));
            }
            out.copy_from_slice(&single.to_le_bytes());
        }
        _ => out.copy_from_slice(&number.to_le_bytes()),
    }
    if big_endian {
        out.reverse();
    }
    Ok(())
}

/// Reads one number from the bytes of the field's unit. Bytes and Pascal strings are the binding's.
pub fn unpack_scalar(field: &Field, big_endian: bool, bytes: &[u8]) -> Scalar {
    match field.kind {
        Kind::Float => Scalar::Float(unpack_float(big_endian, bytes)),
        Kind::Complex => {
            let (real, imag) = bytes.split_at(bytes.len() / 2);
            Scalar::Complex(unpack_float(big_endian, real), unpack_float(big_endian, imag))
        }
        Kind::Bool => Scalar::Bool(bytes[0] != 0),
        Kind::Char => Scalar::Byte(bytes[0]),
        _ => {
            let mut raw = [0_u8; 8];
            raw[..bytes.len()].copy_from_slice(bytes);
            if big_endian {
                raw[..bytes.len()].reverse();
            }
            let number = u64::from_le_bytes(raw);
            if field.kind == Kind::Signed {
                let unused = 64 - bytes.len() as u32 * 8;
                return Scalar::Int(((number << unused) as i64 >> unused).into());
            }
            Scalar::Int(number.into())
        }
    }
}

/// Reads a float of 2, 4 or 8 bytes.
pub fn unpack_float(big_endian: bool, bytes: &[u8]) -> f64 {
    let mut raw = [0_u8; 8];
    raw[..bytes.len()].copy_from_slice(bytes);
    if big_endian {
        raw[..bytes.len()].reverse();
    }
    match bytes.len() {
        2 => from_half(u16::from_le_bytes([raw[0], raw[1]])),
        4 => f64::from(f32::from_le_bytes([raw[0], raw[1], raw[2], raw[3]])),
        _ => f64::from_le_bytes(raw),
    }
}

/// The nearest half-precision number, ties to even; `None` if a finite number is too large.
pub fn to_half(number: f64) -> Option<u16> {
    let sign = if number.is_sign_negative() { 0x8000 } else { 0 };
    if number.is_nan() {
        // The quiet bit and the upper part of the payload.
        let payload = (number.to_bits() >> 42 & 0x1ff) as u16;
        return Some(sign | 0x7e00 | payload);
    }
    if number.is_infinite() {
        return Some(sign | 0x7c00);
    }
    let magnitude = number.abs();
    // Halves are spaced 2**-24 apart below 2**-14, and by 2**-10 of their power of two above.
    let exponent = ((magnitude.to_bits() >> 52) as i32 - 1023).max(-14);
    let units = (magnitude / 2_f64.powi(exponent - 10)).round_ties_even() as i32;
    let bits = units + (exponent + 14) * 1024;
    (bits < 0x7c00).then_some(sign | bits as u16)
}

fn from_half(bits: u16) -> f64 {
    let sign = if bits & 0x8000 != 0 { -1.0 } else { 1.0 };
    let fraction = f64::from(bits & 0x3ff);
    match i32::from(bits >> 10 & 0x1f) {
        0 => sign * fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => sign * f64::INFINITY,
        31 => f64::from_bits(
            u64::from(bits & 0x8000) << 48 | 0x7ff8_0000_0000_0000 | u64::from(bits & 0x3ff) << 42,
        ),
        exponent => sign * (1024.0 + fraction) * 2_f64.powi(exponent - 25),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_round_to_even() {
        for (number, bits) in [
            (0.0, 0x0000),
            (-0.0, 0x8000),
            (1.0, 0x3c00),
            (65504.0, 0x7bff),
            (65519.999, 0x7bff),
            (6.0e-8, 0x0001),
            (2.9e-8, 0x0000),
            (6.103515625e-5, 0x0400),
            (6.1e-5, 0x03ff),
            (0.333, 0x3554),
            (2049.0, 0x6800),
            (2051.0, 0x6802),
            (f64::INFINITY, 0x7c00),
        ] {
            assert_eq!(to_half(number), Some(bits), "{number}");
        }
        assert_eq!(to_half(65520.0), None);
        for bits in 0..0x7c00_u16 {
            assert_eq!(to_half(from_half(bits)), Some(bits));
        }
    }
}
