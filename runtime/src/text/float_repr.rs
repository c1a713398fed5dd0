//! Floats to and from decimal text: `repr`, the format codes e, f, g and r, parsing, and correctly rounded `round`.
//!
//! Digits come from the standard library, which gives the shortest round trip and, for a given precision, exact
//! decimal digits with ties to even, as CPython's dtoa does.

use super::{TextError, TextResult, check_size, escape, unicode, wtf8};
use num_bigint::BigInt;
use num_traits::{FromPrimitive, One};

/// No double has more digits than this after the point; beyond there are only zeros.
const MAX_EXACT_DIGITS: usize = 1100;

/// Always one digit after the point at least (`repr(1.0)`).
pub const ADD_DOT_0: u8 = 1;
/// `#`: keep the point and, for `g`, trailing zeros.
pub const ALTERNATE: u8 = 2;
/// Write `+` before what is not negative.
pub const SIGN: u8 = 4;
/// `z`: no sign on what rounds to zero.
pub const NO_NEGATIVE_ZERO: u8 = 8;

/// `repr(float)`.
pub fn repr(value: f64) -> String {
    if !value.is_finite() {
        return non_finite(value, false).to_string();
    }
    if may_tie(value) {
        return to_text(value, b'r', 0, ADD_DOT_0).expect("shortest digits are few");
    }
    // Rust switches to an exponent at the same thresholds, 1e16 and 1e-4, but writes it shorter.
    let text = format!("{value:?}");
    match text.split_once('e') {
        None => text,
        Some((mantissa, exponent)) => {
            let exponent: i32 = exponent.parse().unwrap_or(0);
            format!("{mantissa}e{}", exponent_text(exponent))
        }
    }
}

/// Whether two shortest texts may lie equally near: only if the exact value has but one digit more than they, 17 or
/// 18 in all.
fn may_tie(value: f64) -> bool {
    const EXACT_INTEGERS: f64 = 9007199254740992.0;
    let magnitude = value.abs();
    if magnitude >= EXACT_INTEGERS {
        // Beyond, no integer of 53 bits is a multiple of a power of ten high enough.
        return magnitude < 1e41;
    }
    // As an odd integer over a power of two, the exact digits are those of the integer times that power of five.
    let (mantissa, exponent) =
        (value.to_bits() & ((1 << 52) - 1) | 1 << 52, (value.to_bits() >> 52 & 0x7FF) as i32);
    let zeros = mantissa.trailing_zeros();
    let n_bits = 1075 - exponent - zeros as i32;
    if !(1..=25).contains(&n_bits) {
        return false;
    }
    let digits = (mantissa >> zeros) as u128 * 5u128.pow(n_bits as u32);
    (10_000_000_000_000_000..1_000_000_000_000_000_000).contains(&digits)
}

/// Where two shortest texts lie equally near, takes the one whose last digit is even; Rust takes the upper.
fn settle_tie(value: f64, shortest: Digits) -> Digits {
    let exact = significant_digits(value, 60);
    let n = shortest.digits.len();
    let is_tie = n >= 16
        && exact.digits.get(n) == Some(&b'5')
        && exact.digits[n + 1..].iter().all(|&digit| digit == b'0');
    if !is_tie || !exact.digits[n - 1].is_multiple_of(2) {
        return shortest;
    }
    let lower = Digits { digits: exact.digits[..n].to_vec(), point: exact.point };
    let text = String::from_utf8_lossy(&lower.digits);
    // At a power of two the value below is nearer, so that the lower text may read back as that.
    let back: f64 = format!("0.{text}e{}", lower.point).parse().unwrap_or(f64::NAN);
    if back == value { lower } else { shortest }
}

fn non_finite(value: f64, upper: bool) -> &'static str {
    match (value.is_nan(), value < 0.0, upper) {
        (true, _, false) => "nan",
        (true, _, true) => "NAN",
        (_, false, false) => "inf",
        (_, false, true) => "INF",
        (_, true, false) => "-inf",
        (_, true, true) => "-INF",
    }
}

fn exponent_text(exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{sign}{:02}", exponent.unsigned_abs())
}

/// Digits of a value in scientific form and where the point is: `0.digits * 10**point`.
struct Digits {
    digits: Vec<u8>,
    point: i32,
}

fn from_scientific(text: &str) -> Digits {
    let (mantissa, exponent) = text.split_once('e').expect("`{:e}` writes an exponent");
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    Digits { digits, point: exponent.parse::<i32>().expect("`{:e}` writes an integer exponent") + 1 }
}

/// The shortest digits that read back as `value`, which is finite and not negative.
fn shortest_digits(value: f64) -> Digits {
    let digits = from_scientific(&format!("{value:e}"));
    if may_tie(value) { settle_tie(value, digits) } else { digits }
}

/// `n` significant digits at most; zeros that follow exact digits are left out.
fn significant_digits(value: f64, n: usize) -> Digits {
    from_scientific(&format!("{value:.*e}", n.clamp(1, MAX_EXACT_DIGITS) - 1))
}

/// Digits up to `precision` places after the point.
fn fixed_digits(value: f64, precision: usize) -> Digits {
    let text = format!("{value:.*}", precision.min(MAX_EXACT_DIGITS));
    let point = text.find('.').unwrap_or(text.len());
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    Digits { digits, point: point as i32 }
}

/// CPython's `PyOS_double_to_string`: codes `e f g r` and `E F G`, with the flags above. `precision` counts for all
/// but `r`.
///
/// # Errors
/// MemoryError if the result would be enormous.
pub fn to_text(value: f64, code: u8, precision: usize, flags: u8) -> TextResult<String> {
    let upper = code.is_ascii_uppercase();
    if !value.is_finite() {
        let text = non_finite(value, upper);
        let plus = if flags & SIGN != 0 && !text.starts_with('-') { "+" } else { "" };
        return Ok(format!("{plus}{text}"));
    }
    check_size(precision)?;
    let magnitude = value.abs();
    let mut negative = value.is_sign_negative();
    let add_dot_0 = flags & ADD_DOT_0 != 0;
    let alternate = flags & ALTERNATE != 0;
    // `wanted` is how many digits to show after padding with zeros, counted as `digits` is.
    let (digits, use_exponent, wanted) = match code.to_ascii_lowercase() {
        b'e' => (significant_digits(magnitude, precision + 1), true, precision as i64 + 1),
        b'f' => {
            let digits = fixed_digits(magnitude, precision);
            let wanted = digits.point as i64 + precision as i64;
            (digits, false, wanted)
        }
        b'g' => {
            let precision = precision.max(1);
            let mut digits = significant_digits(magnitude, precision);
            let limit = precision as i64 - add_dot_0 as i64;
            let use_exponent = digits.point <= -4 || digits.point as i64 > limit;
            strip_zeros(&mut digits);
            (digits, use_exponent, if alternate { precision as i64 } else { 0 })
        }
        _ => {
            let digits = shortest_digits(magnitude);
            let use_exponent = digits.point <= -4 || digits.point > 16;
            (digits, use_exponent, 0)
        }
    };
    if flags & NO_NEGATIVE_ZERO != 0 && digits.digits.iter().all(|&d| d == b'0') {
        negative = false;
    }
    let mut out = String::with_capacity(wanted.max(0) as usize + 32);
    if negative {
        out.push('-');
    } else if flags & SIGN != 0 {
        out.push('+');
    }
    let point = if use_exponent { 1 } else { digits.point as i64 };
    let mut end = wanted.max(digits.digits.len() as i64);
    if add_dot_0 && !use_exponent {
        end = end.max(point + 1);
    }
    // Integer part, then the rest; positions outside of the digits are zeros.
    let digit =
        |at: i64| if at < 0 { '0' } else { digits.digits.get(at as usize).map_or('0', |&d| d as char) };
    if point <= 0 {
        out.push('0');
    } else {
        (0..point).for_each(|at| out.push(digit(at)));
    }
    if end > point {
        out.push('.');
        (point.min(0)..0).for_each(|_| out.push('0'));
        (point.max(0)..end).for_each(|at| out.push(digit(at)));
    } else if alternate {
        out.push('.');
    }
    if use_exponent {
        out.push(if upper { 'E' } else { 'e' });
        out.push_str(&exponent_text(digits.point - 1));
    }
    Ok(out)
}

fn strip_zeros(digits: &mut Digits) {
    while digits.digits.len() > 1 && digits.digits.last() == Some(&b'0') {
        digits.digits.pop();
    }
}

/// Text as ASCII: decimal digits of any script become 0 to 9 and white space beyond ASCII a space. `None` if anything else is not ASCII.
pub fn to_ascii_number(text: &[u8]) -> Option<std::borrow::Cow<'_, [u8]>> {
    if text.is_ascii() {
        return Some(text.into());
    }
    let mut out = Vec::with_capacity(text.len());
    for cp in wtf8::code_points(text) {
        out.push(match cp {
            0..0x80 => cp as u8,
            _ if unicode::is_space(cp) => b' ',
            _ => b'0' + unicode::decimal_value(cp)? as u8,
        });
    }
    Some(out.into())
}

/// Strips what C calls white space.
pub fn trim_ascii_space(bytes: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, 9..=13 | 32);
    let start = bytes.iter().take_while(|b| is_space(b)).count();
    let end = bytes.len() - bytes[start..].iter().rev().take_while(|b| is_space(b)).count();
    &bytes[start..end]
}

/// Removes underscores if each stands between digits.
pub fn without_underscores(bytes: &[u8]) -> Option<std::borrow::Cow<'_, [u8]>> {
    if !bytes.contains(&b'_') {
        return Some(bytes.into());
    }
    let is_digit = |at: Option<&u8>| at.is_some_and(u8::is_ascii_digit);
    let mut out = Vec::with_capacity(bytes.len());
    for (at, &byte) in bytes.iter().enumerate() {
        if byte != b'_' {
            out.push(byte);
        } else if at == 0 || !is_digit(bytes.get(at - 1)) || !is_digit(bytes.get(at + 1)) {
            return None;
        }
    }
    Some(out.into())
}

/// Longest prefix that is a float: `inf`, `nan` or a decimal number, with sign. Returns the value and its length.
pub fn parse_prefix(bytes: &[u8]) -> Option<(f64, usize)> {
    let sign_len = matches!(bytes.first(), Some(b'+' | b'-')) as usize;
    let negative = bytes.first() == Some(&b'-');
    let rest = &bytes[sign_len..];
    let starts = |word: &[u8]| rest.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    let signed = |value: f64| if negative { -value } else { value };
    for (word, value) in
        [(&b"infinity"[..], f64::INFINITY), (b"inf", f64::INFINITY), (b"nan", f64::NAN.abs())]
    {
        if starts(word) {
            return Some((signed(value), sign_len + word.len()));
        }
    }
    let digits = |from: usize| rest[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = digits(0);
    let mut len = whole;
    let mut fraction = 0;
    if rest.get(len) == Some(&b'.') {
        fraction = digits(len + 1);
        len += 1 + fraction;
    }
    if whole + fraction == 0 {
        return None;
    }
    if matches!(rest.get(len), Some(b'e' | b'E')) {
        let sign = matches!(rest.get(len + 1), Some(b'+' | b'-')) as usize;
        let exponent = rest.get(len + 1 + sign..).map_or(0, |_| digits(len + 1 + sign));
        if exponent > 0 {
            len += 1 + sign + exponent;
        }
    }
    let text = std::str::from_utf8(&rest[..len]).ok()?;
    Some((signed(text.parse().ok()?), sign_len + len))
}

fn parse_ascii(bytes: &[u8]) -> Option<f64> {
    let bytes = without_underscores(trim_ascii_space(bytes))?;
    let (value, len) = parse_prefix(&bytes)?;
    (len == bytes.len()).then_some(value)
}

/// `float(str)`.
///
/// # Errors
/// ValueError if the text is no float.
pub fn parse_str(text: &[u8]) -> TextResult<f64> {
    to_ascii_number(text).and_then(|ascii| parse_ascii(&ascii)).ok_or_else(|| {
        TextError::value(format!("could not convert string to float: {}", escape::repr_str(text)))
    })
}

/// `float(bytes)`; `shown` is the repr of the object that gave the bytes.
///
/// # Errors
/// ValueError if the text is no float.
pub fn parse_bytes(bytes: &[u8], shown: &str) -> TextResult<f64> {
    parse_ascii(bytes).ok_or_else(|| TextError::value(format!("could not convert string to float: {shown}")))
}

/// `round(x)`: nearest integer, ties to even.
///
/// # Errors
/// As for `int(x)`.
pub fn round_to_int(value: f64) -> TextResult<BigInt> {
    to_int(value.round_ties_even())
}

/// `int(x)`: towards zero.
///
/// # Errors
/// OverflowError for infinities, ValueError for NaN.
pub fn to_int(value: f64) -> TextResult<BigInt> {
    if value.is_nan() {
        return Err(TextError::value("cannot convert float NaN to integer"));
    }
    BigInt::from_f64(value).ok_or_else(|| TextError::overflow("cannot convert float infinity to integer"))
}

/// `round(x, n)`, correctly rounded from the exact value, ties to even.
///
/// # Errors
/// OverflowError if the result is too large for a float.
pub fn round_to_digits(value: f64, n_digits: i64) -> TextResult<f64> {
    // Beyond these limits every float is unchanged, or is rounded to zero.
    if !value.is_finite() || value == 0.0 || n_digits > 323 {
        return Ok(value);
    }
    if n_digits < -308 {
        return Ok(0.0 * value);
    }
    let magnitude = value.abs();
    let text = if n_digits >= 0 {
        format!("{magnitude:.*}", n_digits as usize)
    } else {
        // The last digit kept, counted from the first one.
        let exact = significant_digits(magnitude, 800);
        let kept = exact.point as i64 + n_digits;
        if kept > 0 {
            format!("{magnitude:.*e}", kept as usize - 1)
        } else {
            let exact: &[u8] = &exact.digits;
            let beyond_half =
                kept == 0 && (exact[0] > b'5' || exact[0] == b'5' && exact[1..].iter().any(|&d| d != b'0'));
            if beyond_half { format!("1e{}", -n_digits) } else { "0".to_string() }
        }
    };
    let rounded: f64 = text.parse().expect("formatted floats parse");
    if rounded.is_infinite() {
        return Err(TextError::overflow("rounded value too large to represent"));
    }
    Ok(rounded.copysign(value))
}

/// `float.as_integer_ratio`: lowest terms, positive denominator.
///
/// # Errors
/// OverflowError for infinities, ValueError for NaN.
pub fn as_integer_ratio(value: f64) -> TextResult<(BigInt, BigInt)> {
    if value.is_nan() {
        return Err(TextError::value("cannot convert NaN to integer ratio"));
    }
    if value.is_infinite() {
        return Err(TextError::overflow("cannot convert Infinity to integer ratio"));
    }
    if value == 0.0 {
        return Ok((BigInt::ZERO, BigInt::one()));
    }
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7FF) as i32;
    let fraction = bits & ((1 << 52) - 1);
    let (mut mantissa, mut power) =
        if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    let zeros = mantissa.trailing_zeros();
    mantissa >>= zeros;
    power += zeros as i32;
    let mut numerator = BigInt::from(mantissa);
    let mut denominator = BigInt::one();
    if power > 0 {
        numerator <<= power as u32;
    } else {
        denominator <<= power.unsigned_abs();
    }
    Ok((if value < 0.0 { -numerator } else { numerator }, denominator))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reprs() {
        for (value, want) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (1e16, "1e+16"),
            (9999999999999998.0, "9999999999999998.0"),
            (1e-4, "0.0001"),
            (1e-5, "1e-05"),
            (1.5e300, "1.5e+300"),
            (5e-324, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (123456789.125, "123456789.125"),
            (f64::NAN, "nan"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (814799796120457.25, "814799796120457.2"),
            (814799796120457.75, "814799796120457.8"),
            (1125899906842624.25, "1125899906842624.2"),
            (9.9897003173828125, "9.989700317382812"),
            (2e22, "2e+22"),
            (1e22, "1e+22"),
            (1e23, "1e+23"),
        ] {
            assert_eq!(repr(value), want);
            assert_eq!(to_text(value, b'r', 0, ADD_DOT_0).unwrap(), want);
        }
    }

    #[test]
    fn codes() {
        for (value, code, precision, flags, want) in [
            (2.5, b'f', 0, 0, "2"),
            (0.5, b'f', 0, 0, "0"),
            (1.5, b'f', 0, 0, "2"),
            (2.5, b'f', 0, ALTERNATE, "2."),
            (0.125, b'f', 2, 0, "0.12"),
            (0.375, b'f', 2, 0, "0.38"),
            (-0.001, b'f', 1, 0, "-0.0"),
            (-0.001, b'f', 1, NO_NEGATIVE_ZERO, "0.0"),
            (1.0, b'e', 0, 0, "1e+00"),
            (1.0, b'E', 3, SIGN, "+1.000E+00"),
            (12345.678, b'g', 6, 0, "12345.7"),
            (1234567.0, b'g', 6, 0, "1.23457e+06"),
            (0.0001, b'g', 6, 0, "0.0001"),
            (0.00001, b'g', 6, 0, "1e-05"),
            (100000.0, b'g', 6, 0, "100000"),
            (100000.0, b'g', 6, ALTERNATE, "100000."),
            (1.0, b'g', 6, ALTERNATE, "1.00000"),
            (0.0, b'g', 6, ALTERNATE, "0.00000"),
            (0.0, b'g', 0, 0, "0"),
            (0.0, b'e', 2, 0, "0.00e+00"),
            (100.0, b'g', 3, ADD_DOT_0, "1e+02"),
            (10.0, b'g', 3, ADD_DOT_0, "10.0"),
            (
                1e100,
                b'f',
                2,
                0,
                "10000000000000000159028911097599180468360808563945281389781327557747838772170381060813469985856815104.00",
            ),
            (f64::INFINITY, b'F', 2, SIGN, "+INF"),
            (9.5, b'g', 1, 0, "1e+01"),
            (0.99, b'f', 1, 0, "1.0"),
        ] {
            assert_eq!(to_text(value, code, precision, flags).unwrap(), want, "{value} {}", code as char);
        }
        assert_eq!(to_text(0.1, b'f', 2000, 0).unwrap().len(), 2002);
        assert!(to_text(0.1, b'f', 1 << 40, 0).is_err());
    }

    #[test]
    fn parses() {
        for (text, want) in [
            ("1", 1.0),
            (" 1.5\n", 1.5),
            ("1_000.2_5", 1000.25),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e1_0", 1e10),
            ("-inf", f64::NEG_INFINITY),
            ("+Infinity", f64::INFINITY),
            ("1e400", f64::INFINITY),
            ("٣.٥", 3.5),
            ("\u{3000}1\u{a0}", 1.0),
            ("2.2250738585072011e-308", 2.225073858507201e-308),
        ] {
            assert_eq!(parse_str(text.as_bytes()).unwrap(), want, "{text}");
        }
        assert!(parse_str(b"-nan").unwrap().is_sign_negative());
        for text in [
            "", " ", "_1", "1_", "1__0", "1_.0", "1._0", "e5", "1e", "1e+", "0x1", "in", "infi", "1 2", "é",
            ".", "-", "1e_5", "n_an",
        ] {
            let error = parse_str(text.as_bytes()).unwrap_err();
            assert_eq!(error.text(), format!("could not convert string to float: '{text}'"));
        }
    }

    #[test]
    fn rounds() {
        for (value, n, want) in [
            (2.675, 2, 2.67),
            (2.5, 0, 2.0),
            (0.5, 0, 0.0),
            (1.25, 1, 1.2),
            (25.0, -1, 20.0),
            (35.0, -1, 40.0),
            (50.0, -2, 0.0),
            (51.0, -2, 100.0),
            (49.0, -2, 0.0),
            (5.0, -2, 0.0),
            (1e300, 400, 1e300),
            (1e300, -400, 0.0),
            (123456.789, -3, 123000.0),
            (-1.05, 1, -1.1),
        ] {
            assert_eq!(round_to_digits(value, n).unwrap(), want, "{value} {n}");
        }
        assert!(round_to_digits(-0.4, 0).unwrap().is_sign_negative());
        assert!(round_to_digits(1.7976931348623157e308, -308).is_err());
    }

    #[test]
    fn ratios() {
        assert_eq!(as_integer_ratio(0.75).unwrap(), (3.into(), 4.into()));
        assert_eq!(as_integer_ratio(-10.0).unwrap(), ((-10).into(), 1.into()));
        assert_eq!(as_integer_ratio(5e-324).unwrap().1, BigInt::one() << 1074);
        assert!(as_integer_ratio(f64::NAN).is_err());
    }

    /// Seeded bit patterns: shortest text reads back, 17 digits too.
    #[test]
    fn round_trips() {
        let mut state = 0x9E3779B97F4A7C15u64;
        for _ in 0..20_000 {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let value = f64::from_bits(state ^ state >> 29);
            if value.is_finite() {
                assert_eq!(parse_str(repr(value).as_bytes()).unwrap().to_bits(), value.to_bits());
                let text = to_text(value, b'e', 16, 0).unwrap();
                assert_eq!(parse_str(text.as_bytes()).unwrap().to_bits(), value.to_bits());
                let text = super::super::float_hex::hex(value);
                assert_eq!(
                    super::super::float_hex::from_hex(text.as_bytes()).unwrap().to_bits(),
                    value.to_bits()
                );
            }
        }
    }
}
