//! Integers to and from text in any radix, with CPython's limit on decimal digits.

use super::float_repr::{to_ascii_number, trim_ascii_space};
use super::small_int::Decimal;
use super::{TextError, TextResult, escape};
use num_bigint::{BigInt, BigUint, Sign};
use num_traits::{One, ToPrimitive, Zero};

/// `sys.int_info.default_max_str_digits`.
pub const DEFAULT_MAX_STR_DIGITS: usize = 4300;
/// `sys.int_info.str_digits_check_threshold`: fewer digits are always allowed.
pub const MAX_STR_DIGITS_THRESHOLD: usize = 640;

/// An integer as the engines take it.
#[derive(Clone, Copy, Debug)]
pub enum IntRef<'a> {
    Small(i64),
    Big(&'a BigInt),
}

impl IntRef<'_> {
    pub fn is_negative(self) -> bool {
        match self {
            IntRef::Small(value) => value < 0,
            IntRef::Big(value) => value.sign() == Sign::Minus,
        }
    }

    /// The value as a float, if it is in range.
    pub fn to_f64(self) -> Option<f64> {
        match self {
            IntRef::Small(value) => Some(value as f64),
            IntRef::Big(value) => value.to_f64().filter(|value| value.is_finite()),
        }
    }

    pub fn to_i64(self) -> Option<i64> {
        match self {
            IntRef::Small(value) => Some(value),
            IntRef::Big(value) => value.to_i64(),
        }
    }
}

/// An integer as parsing gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParsedInt {
    Small(i64),
    Big(BigInt),
}

impl ParsedInt {
    fn from_big(value: BigInt) -> ParsedInt {
        match value.to_i64() {
            Some(small) => ParsedInt::Small(small),
            None => ParsedInt::Big(value),
        }
    }
}

fn limit_error(max_digits: usize) -> TextError {
    TextError::value(format!(
        "Exceeds the limit ({max_digits} digits) for integer string conversion; \
         use sys.set_int_max_str_digits() to increase the limit"
    ))
}

/// `str(int)`. `max_digits` is `sys.get_int_max_str_digits()`, 0 for no limit.
///
/// # Errors
/// ValueError beyond the limit, found before any conversion is tried.
pub fn to_decimal(value: IntRef<'_>, max_digits: usize) -> TextResult<String> {
    let big = match value {
        IntRef::Small(small) => {
            return Ok(String::from_utf8_lossy(Decimal::new(small).as_bytes()).into_owned());
        }
        IntRef::Big(big) => big,
    };
    // 28/93 is a little less than log10(2).
    let at_least = (big.bits().saturating_sub(1)) as u128 * 28 / 93;
    if max_digits > 0 && at_least > max_digits.max(MAX_STR_DIGITS_THRESHOLD) as u128 {
        return Err(limit_error(max_digits));
    }
    let text = magnitude_to_decimal(big.magnitude());
    if max_digits > 0 && text.len() > max_digits && text.len() > MAX_STR_DIGITS_THRESHOLD {
        return Err(limit_error(max_digits));
    }
    Ok(if big.sign() == Sign::Minus { format!("-{text}") } else { text })
}

/// Bits up to which the crate's own quadratic conversion is used.
const PLAIN_BITS: u64 = 1 << 14;

fn magnitude_to_decimal(value: &BigUint) -> String {
    if value.bits() <= PLAIN_BITS {
        return value.to_string();
    }
    // Split by powers of ten, each the square of the one before, so that halves are divided and not single digits.
    let mut powers = vec![(BigUint::from(10u32).pow(2048), 2048usize)];
    while powers[powers.len() - 1].0.bits() * 2 <= value.bits() + 1 {
        let (power, n) = &powers[powers.len() - 1];
        powers.push((power * power, n * 2));
    }
    let mut out = String::new();
    push_decimal(&mut out, value.clone(), &powers, 0);
    out
}

/// Appends `value`, padded with zeros to `width` digits.
fn push_decimal(out: &mut String, value: BigUint, powers: &[(BigUint, usize)], width: usize) {
    match powers.split_last() {
        Some(((power, n), rest)) => {
            if value < *power {
                // Leading zeros, if any, belong to the upper half.
                let pad = width.saturating_sub(*n);
                out.extend(std::iter::repeat_n('0', pad));
                push_decimal(out, value, rest, width.min(*n));
            } else {
                let (high, low) = num_integer::Integer::div_rem(&value, power);
                push_decimal(out, high, rest, width.saturating_sub(*n));
                push_decimal(out, low, rest, *n);
            }
        }
        None => {
            let text = value.to_string();
            out.extend(std::iter::repeat_n('0', width.saturating_sub(text.len())));
            out.push_str(&text);
        }
    }
}

/// Digits of the magnitude in radix 2, 8, 10 or 16 (any from 2 to 36), without sign or prefix. No limit applies.
pub fn magnitude_to_radix(value: IntRef<'_>, radix: u32) -> String {
    match (value, radix) {
        (IntRef::Small(small), 2) => format!("{:b}", small.unsigned_abs()),
        (IntRef::Small(small), 8) => format!("{:o}", small.unsigned_abs()),
        (IntRef::Small(small), 10) => small.unsigned_abs().to_string(),
        (IntRef::Small(small), 16) => format!("{:x}", small.unsigned_abs()),
        (IntRef::Small(small), _) => BigUint::from(small.unsigned_abs()).to_str_radix(radix),
        (IntRef::Big(big), 10) => magnitude_to_decimal(big.magnitude()),
        (IntRef::Big(big), _) => big.magnitude().to_str_radix(radix),
    }
}

/// `bin`, `oct`, `hex`: sign, prefix, digits.
pub fn to_prefixed(value: IntRef<'_>, radix: u32) -> String {
    let sign = if value.is_negative() { "-" } else { "" };
    let prefix = match radix {
        2 => "0b",
        8 => "0o",
        _ => "0x",
    };
    format!("{sign}{prefix}{}", magnitude_to_radix(value, radix))
}

/// `int(str, base)`; base 10 is the default.
///
/// # Errors
/// ValueError for a bad base, bad text, or too many digits.
pub fn parse_str(text: &[u8], base: i64, max_digits: usize) -> TextResult<ParsedInt> {
    let invalid = || invalid_literal(base, escape::repr_str(text));
    check_base(base)?;
    match to_ascii_number(text) {
        Some(ascii) => parse_ascii(&ascii, base, max_digits, invalid),
        None => Err(invalid()),
    }
}

/// `int(bytes, base)`, also for bytearray, whose message shows bytes too.
///
/// # Errors
/// As [`parse_str`].
pub fn parse_bytes(bytes: &[u8], base: i64, max_digits: usize) -> TextResult<ParsedInt> {
    check_base(base)?;
    parse_ascii(bytes, base, max_digits, || invalid_literal(base, escape::repr_bytes(bytes)))
}

fn check_base(base: i64) -> TextResult<()> {
    if base != 0 && !(2..=36).contains(&base) {
        return Err(TextError::value("int() base must be >= 2 and <= 36, or 0"));
    }
    Ok(())
}

fn invalid_literal(base: i64, shown: String) -> TextError {
    let shown = escape::truncated(shown, 200);
    TextError::value(format!("invalid literal for int() with base {base}: {shown}"))
}

fn parse_ascii(
    text: &[u8],
    base: i64,
    max_digits: usize,
    invalid: impl Fn() -> TextError,
) -> TextResult<ParsedInt> {
    let text = trim_ascii_space(text);
    let (negative, mut rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let mut radix = base as u32;
    // Base 0 allows no leading zeros, as in source text, save for zero itself.
    let mut only_zero = false;
    let prefix = match rest {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    if base == 0 {
        only_zero = prefix == 0 && rest.first() == Some(&b'0');
        radix = if prefix == 0 { 10 } else { prefix };
    }
    if prefix != 0 && radix == prefix {
        rest = &rest[2..];
        // One underscore may follow the prefix.
        if let [b'_', after @ ..] = rest {
            rest = after;
        }
    }
    if rest.first().is_none_or(|&b| b == b'_') {
        return Err(invalid());
    }
    let mut digits = Vec::new();
    let mut previous = 0;
    let mut end = 0;
    // Most numbers are short: take them without an allocation.
    let mut small: Option<i64> = Some(0);
    let mut n_digits = 0;
    for &byte in rest {
        let digit = (byte as char).to_digit(radix);
        match digit {
            Some(digit) => {
                small = small.and_then(|s| s.checked_mul(radix as i64)?.checked_add(digit as i64));
                if n_digits >= 12 || small.is_none() {
                    if digits.is_empty() {
                        digits.extend(rest[..end].iter().filter(|&&b| b != b'_').map(|&b| digit_value(b)));
                    }
                    digits.push(digit as u8);
                }
                n_digits += 1;
            }
            None if byte == b'_' && previous != b'_' => {}
            None if byte == b'_' => return Err(invalid()),
            None => break,
        }
        previous = byte;
        end += 1;
    }
    if previous == b'_' {
        return Err(invalid());
    }
    if !radix.is_power_of_two()
        && max_digits > 0
        && n_digits > max_digits
        && n_digits > MAX_STR_DIGITS_THRESHOLD
    {
        return Err(TextError::value(format!(
            "Exceeds the limit ({max_digits} digits) for integer string conversion: value has {n_digits} digits; \
             use sys.set_int_max_str_digits() to increase the limit"
        )));
    }
    if end != rest.len() || n_digits == 0 {
        return Err(invalid());
    }
    if let Some(small) = small {
        if only_zero && small != 0 {
            return Err(invalid());
        }
        return Ok(ParsedInt::Small(if negative { -small } else { small }));
    }
    if only_zero {
        return Err(invalid());
    }
    let magnitude = from_digits(&digits, radix);
    let sign = if negative { Sign::Minus } else { Sign::Plus };
    Ok(ParsedInt::from_big(BigInt::from_biguint(sign, magnitude)))
}

fn digit_value(byte: u8) -> u8 {
    (byte as char).to_digit(36).unwrap_or(0) as u8
}

/// Digits up to which the crate's own quadratic conversion is used.
const PLAIN_DIGITS: usize = 4096;

/// The number with these digit values, most significant first; splits in halves so that the crate's fast
/// multiplication does the work. Also for literals in source text.
pub fn from_digits(digits: &[u8], radix: u32) -> BigUint {
    if radix.is_power_of_two() || digits.len() <= PLAIN_DIGITS {
        return BigUint::from_radix_be(digits, radix).unwrap_or_else(BigUint::zero);
    }
    // Powers of the radix for blocks of PLAIN_DIGITS, doubled at each level.
    let mut powers = Vec::new();
    let mut blocks = digits.len().div_ceil(PLAIN_DIGITS);
    while blocks > 1 {
        let next = match powers.last() {
            None => BigUint::from(radix).pow(PLAIN_DIGITS as u32),
            Some(last) => last * last,
        };
        powers.push(next);
        blocks = blocks.div_ceil(2);
    }
    join_digits(digits, radix, &powers)
}

fn join_digits(digits: &[u8], radix: u32, powers: &[BigUint]) -> BigUint {
    match powers.split_last() {
        None => BigUint::from_radix_be(digits, radix).unwrap_or_else(BigUint::zero),
        Some((power, rest)) => {
            let low_len = PLAIN_DIGITS << rest.len();
            if digits.len() <= low_len {
                return join_digits(digits, radix, rest);
            }
            let (high, low) = digits.split_at(digits.len() - low_len);
            join_digits(high, radix, rest) * power + join_digits(low, radix, rest)
        }
    }
}

/// Rounds to a multiple of `10**n`, ties to even: `round(int, -n)`.
pub fn round_to_power_of_ten(value: &BigInt, n: u64) -> BigInt {
    // Half of such a power is beyond any value of so few bits.
    if n > value.bits() {
        return BigInt::zero();
    }
    let power = BigInt::from(10u32).pow(n as u32);
    let (quotient, remainder) = num_integer::Integer::div_mod_floor(value, &power);
    let twice: BigInt = &remainder << 1u32;
    let up = twice > power || twice == power && (&quotient & BigInt::one()).is_one();
    value - remainder + if up { power } else { BigInt::zero() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, base: i64) -> Result<String, String> {
        match parse_str(text.as_bytes(), base, DEFAULT_MAX_STR_DIGITS) {
            Ok(ParsedInt::Small(value)) => Ok(value.to_string()),
            Ok(ParsedInt::Big(value)) => Ok(value.to_string()),
            Err(error) => Err(error.text().into_owned()),
        }
    }

    #[test]
    fn parses() {
        for (text, base, want) in [
            ("0", 10, "0"),
            (" -12\n", 10, "-12"),
            ("1_000", 10, "1000"),
            ("0x_ff", 16, "255"),
            ("0xff", 0, "255"),
            ("ff", 16, "255"),
            ("0b101", 2, "5"),
            ("0b1", 16, "177"),
            ("0o17", 0, "15"),
            ("z", 36, "35"),
            ("00", 0, "0"),
            ("0_0", 0, "0"),
            ("٣٤", 10, "34"),
            ("-9223372036854775808", 10, "-9223372036854775808"),
            ("9223372036854775807", 10, "9223372036854775807"),
            ("9223372036854775808", 10, "9223372036854775808"),
            ("1_2345_6789_0123_4567_8901_2345", 10, "1234567890123456789012345"),
            ("0000000000000000000000000000001", 10, "1"),
        ] {
            assert_eq!(parse(text, base).unwrap(), want, "{text} {base}");
        }
        for (text, base) in [
            ("", 10),
            (" ", 10),
            ("-", 10),
            ("1__0", 10),
            ("_1", 10),
            ("1_", 10),
            ("0x", 16),
            ("0x__f", 16),
            ("9", 8),
            ("1.0", 10),
            ("01", 0),
            ("0b2", 0),
            ("1 2", 10),
            ("+-1", 10),
            ("0_1", 0),
            ("é", 10),
            ("a\0", 16),
            ("000000000000000000000000000001", 0),
        ] {
            let shown = escape::repr_str(text.as_bytes());
            assert_eq!(
                parse(text, base).unwrap_err(),
                format!("invalid literal for int() with base {base}: {shown}")
            );
        }
        assert_eq!(parse("1", 37).unwrap_err(), "int() base must be >= 2 and <= 36, or 0");
        assert_eq!(parse("1", 1).unwrap_err(), "int() base must be >= 2 and <= 36, or 0");
        assert_eq!(
            parse(&"9".repeat(4301), 10).unwrap_err(),
            "Exceeds the limit (4300 digits) for integer string conversion: value has 4301 digits; \
             use sys.set_int_max_str_digits() to increase the limit"
        );
        assert!(parse(&"9".repeat(4300), 10).is_ok());
        assert!(parse(&"f".repeat(9999), 16).is_ok());
    }

    #[test]
    fn limits_digits() {
        let value = BigInt::from(10u32).pow(4300);
        let error = to_decimal(IntRef::Big(&value), 4300).unwrap_err();
        assert_eq!(
            error.text(),
            "Exceeds the limit (4300 digits) for integer string conversion; \
             use sys.set_int_max_str_digits() to increase the limit"
        );
        assert_eq!(to_decimal(IntRef::Big(&(value - 1)), 4300).unwrap().len(), 4300);
    }

    /// Big values against the crate's own conversions.
    #[test]
    fn agrees_with_plain_conversion() {
        let mut state = 88172645463325252u64;
        for digits in [1usize, 9, 18, 19, 20, 100, 2047, 2048, 4097, 5000, 9000, 20001] {
            let text: Vec<u8> = (0..digits)
                .map(|i| {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    if i == 0 { 1 + (state % 9) as u8 } else { (state % 10) as u8 }
                })
                .collect();
            let want = BigUint::from_radix_be(&text, 10).unwrap();
            assert_eq!(from_digits(&text, 10), want);
            let shown: String = text.iter().map(|d| (b'0' + d) as char).collect();
            let big = BigInt::from(want);
            assert_eq!(to_decimal(IntRef::Big(&big), 0).unwrap(), shown);
            let negative = -&big;
            assert_eq!(to_decimal(IntRef::Big(&negative), 0).unwrap(), format!("-{shown}"));
            for radix in [2, 3, 7, 16, 36] {
                let text = magnitude_to_radix(IntRef::Big(&big), radix);
                let back = parse_str(text.as_bytes(), radix as i64, 0).unwrap();
                assert_eq!(back, ParsedInt::from_big(big.clone()));
            }
        }
        let round = BigInt::from(10u32).pow(20_000);
        assert_eq!(to_decimal(IntRef::Big(&round), 0).unwrap(), format!("1{}", "0".repeat(20_000)));
    }

    #[test]
    fn rounds() {
        for (value, n, want) in [
            (15, 1, 20),
            (25, 1, 20),
            (-15, 1, -20),
            (-25, 1, -20),
            (26, 1, 30),
            (7, 1, 10),
            (5, 1, 0),
            (50, 3, 0),
            (12345, 2, 12300),
        ] {
            assert_eq!(round_to_power_of_ten(&BigInt::from(value), n), BigInt::from(want), "{value} {n}");
        }
    }
}
