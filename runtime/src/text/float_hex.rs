//! `float.hex` and `float.fromhex`.

use super::float_repr::trim_ascii_space;
use super::{TextError, TextResult};

/// `float.hex`.
pub fn hex(value: f64) -> String {
    if !value.is_finite() {
        return super::float_repr::repr(value);
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let (lead, exponent) = match (bits >> 52 & 0x7FF) as i32 {
        0 => (0, -1022),
        biased => (1, biased - 1023),
    };
    format!("{sign}0x{lead}.{fraction:013x}p{exponent:+}")
}

/// `float.fromhex`.
///
/// # Errors
/// ValueError if the text is no hexadecimal float, OverflowError if it is too large for one.
pub fn from_hex(text: &[u8]) -> TextResult<f64> {
    parse(trim_ascii_space(text))?
        .ok_or_else(|| TextError::value("invalid hexadecimal floating-point string"))
}

fn parse(text: &[u8]) -> TextResult<Option<f64>> {
    let (negative, rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let signed = |value: f64| Ok(Some(if negative { -value } else { value }));
    if rest.eq_ignore_ascii_case(b"inf") || rest.eq_ignore_ascii_case(b"infinity") {
        return signed(f64::INFINITY);
    }
    if rest.eq_ignore_ascii_case(b"nan") {
        return signed(f64::NAN.abs());
    }
    let rest = match rest {
        [b'0', b'x' | b'X', rest @ ..] => rest,
        rest => rest,
    };
    // `mantissa` holds the first 64 significant bits, `sticky` whether any bit was lost.
    let (mut mantissa, mut sticky) = (0u64, false);
    let mut exponent = 0i64;
    let (mut n_digits, mut after_point, mut pos) = (0usize, false, 0);
    while pos < rest.len() {
        match (rest[pos] as char).to_digit(16) {
            Some(digit) => {
                n_digits += 1;
                if mantissa >> 60 == 0 {
                    mantissa = mantissa << 4 | digit as u64;
                    exponent -= 4 * after_point as i64;
                } else {
                    sticky |= digit != 0;
                    exponent += 4 * !after_point as i64;
                }
            }
            None if rest[pos] == b'.' && !after_point => after_point = true,
            None => break,
        }
        pos += 1;
    }
    if n_digits == 0 {
        return Ok(None);
    }
    if let Some(b'p' | b'P') = rest.get(pos) {
        pos += 1;
        let minus = rest.get(pos) == Some(&b'-');
        pos += matches!(rest.get(pos), Some(b'+' | b'-')) as usize;
        let digits = &rest[pos..];
        let n = digits.iter().take_while(|b| b.is_ascii_digit()).count();
        if n == 0 {
            return Ok(None);
        }
        // Far beyond what any mantissa that fits in memory could make up for.
        let given = digits[..n].iter().fold(0i64, |sum, b| (sum * 10 + (b - b'0') as i64).min(1 << 50));
        exponent += if minus { -given } else { given };
        pos += n;
    }
    // Too large a value is reported before what follows it.
    let value = if mantissa == 0 { 0.0 } else { round_to_double(mantissa, exponent, sticky)? };
    if pos != rest.len() {
        return Ok(None);
    }
    signed(value)
}

/// `mantissa * 2**exponent`, plus a little if `sticky`, rounded to nearest, ties to even.
fn round_to_double(mantissa: u64, exponent: i64, sticky: bool) -> TextResult<f64> {
    let too_large = || TextError::overflow("hexadecimal value too large to represent as a float");
    let top = 63 - mantissa.leading_zeros() as i64 + exponent;
    if top > 1023 {
        return Err(too_large());
    }
    // Exponent of the last bit that a double near this value has.
    let last = (top - 52).max(-1074);
    let drop = last - exponent;
    let kept = if drop <= 0 {
        // `drop` is above -64 here, as the value has at most 53 bits left of `last`.
        mantissa << -drop
    } else if drop > 64 {
        0
    } else {
        let wide = (mantissa as u128) << 1 | sticky as u128;
        let half = 1u128 << drop;
        let rest = wide & ((half << 1) - 1);
        let kept = (wide >> (drop + 1)) as u64;
        kept + (rest > half || rest == half && kept & 1 == 1) as u64
    };
    // The bits of a double count upwards through subnormal, normal and infinity, so carries need no care.
    let bits = if last == -1074 { kept } else { ((last + 1074) as u64) * (1 << 52) + kept };
    let value = f64::from_bits(bits);
    if value.is_infinite() { Err(too_large()) } else { Ok(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexes() {
        for (value, want) in [
            (1.0, "0x1.0000000000000p+0"),
            (-0.1, "-0x1.999999999999ap-4"),
            (0.0, "0x0.0p+0"),
            (-0.0, "-0x0.0p+0"),
            (5e-324, "0x0.0000000000001p-1022"),
            (1.7976931348623157e308, "0x1.fffffffffffffp+1023"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(hex(value), want);
        }
    }

    #[test]
    fn parses() {
        for (text, want) in [
            ("0x1p-1074", 5e-324),
            ("0x.8p-1074", 0.0),
            ("0x.80001p-1074", 5e-324),
            ("0x1.8p-1074", 1e-323),
            (" 0x1.8p1 ", 3.0),
            ("ff", 255.0),
            ("-.8P+1", -1.0),
            ("0x1.fffffffffffff7p+1023", f64::MAX),
            ("0x00000000000000000000000000001", 1.0),
            ("0x10000000000000000000000000", 16f64.powi(25)),
            ("0x0p99999999999999999999", 0.0),
            ("0x1p-99999999999999999999", 0.0),
            ("0x1.00000000000008p0", 1.0),
            ("0x1.000000000000080000000000000000001p0", 1.0000000000000002),
            ("0x1.00000000000018p0", 1.0000000000000004),
            ("0x0.fffffffffffffcp-1022", 2.2250738585072014e-308),
            ("infinity", f64::INFINITY),
        ] {
            assert_eq!(from_hex(text.as_bytes()).unwrap(), want, "{text}");
        }
        for text in ["0x1p1024", "0x1.fffffffffffff8p+1023", "1p99999999999999999", "1p9999x"] {
            assert_eq!(
                from_hex(text.as_bytes()).unwrap_err().text(),
                "hexadecimal value too large to represent as a float"
            );
        }
        for text in ["", "0x", "p1", "1p", "1.2.3", "0x1g", "1 1", "--1", "."] {
            assert_eq!(
                from_hex(text.as_bytes()).unwrap_err().text(),
                "invalid hexadecimal floating-point string"
            );
        }
    }
}
