//! `__format__` of str, int, float and complex.
//!
//! The locale is always "C", so the code `n` groups nothing.

use super::float_repr::{self, ADD_DOT_0, ALTERNATE, NO_NEGATIVE_ZERO};
use super::format_spec::{FormatSpec, Grouping, unknown_code};
use super::int_text::{self, IntRef};
use super::{TextError, TextResult, check_size, wtf8};

/// `format(str, spec)`; an empty spec gives the text itself.
///
/// # Errors
/// ValueError for what does not fit a string.
pub fn format_str(text: &[u8], is_ascii: bool, spec: &[u8], type_name: &str) -> TextResult<Vec<u8>> {
    if spec.is_empty() {
        return Ok(text.to_vec());
    }
    let format = FormatSpec::parse(spec, type_name, b's', b'<')?;
    if format.code != b's' as u32 {
        return Err(unknown_code(format.code, type_name));
    }
    let refuse = |message: &str| Err(TextError::value(message));
    match format.sign {
        0 => {}
        b' ' => return refuse("Space not allowed in string format specifier"),
        _ => return refuse("Sign not allowed in string format specifier"),
    }
    if format.no_negative_zero {
        return refuse("Negative zero coercion (z) not allowed in string format specifier");
    }
    if format.alternate {
        return refuse("Alternate form (#) not allowed in string format specifier");
    }
    if format.align == b'=' {
        return refuse("'=' alignment not allowed in string format specifier");
    }
    let text = match format.precision {
        Some(precision) => wtf8::slice(text, is_ascii, 0, precision),
        None => text,
    };
    pad(text, wtf8::len(text, is_ascii), &format)
}

/// Puts fill characters around `text`, which is `len` code points long.
fn pad(text: &[u8], len: usize, format: &FormatSpec) -> TextResult<Vec<u8>> {
    let padding = format.width.unwrap_or(0).saturating_sub(len);
    check_size(text.len().saturating_add(padding.saturating_mul(wtf8::len_of(format.fill))))?;
    let left = match format.align {
        b'>' => padding,
        b'^' => padding / 2,
        _ => 0,
    };
    let mut out = Vec::with_capacity(text.len() + padding);
    fill(&mut out, format.fill, left);
    out.extend_from_slice(text);
    fill(&mut out, format.fill, padding - left);
    Ok(out)
}

fn fill(out: &mut Vec<u8>, cp: u32, n: usize) {
    if cp < 0x80 {
        out.resize(out.len() + n, cp as u8);
    } else {
        (0..n).for_each(|_| wtf8::push(out, cp));
    }
}

/// A number as text, in the parts that padding and grouping treat differently.
struct NumberParts<'a> {
    negative: bool,
    prefix: &'a str,
    /// Digits before the point.
    whole: &'a str,
    point: bool,
    /// Digits right after the point, grouped from the left.
    fraction: &'a str,
    /// Exponent, `%`, or the whole of `inf` and `nan`.
    rest: &'a str,
}

impl NumberParts<'_> {
    /// Lays the number out as the specifier says.
    fn write(&self, format: &FormatSpec) -> TextResult<Vec<u8>> {
        let sign = match (self.negative, format.sign) {
            (true, _) => "-",
            (false, b'+') => "+",
            (false, b' ') => " ",
            _ => "",
        };
        let fraction = group_fraction(self.fraction, format.fraction_grouping);
        let others = sign.len() + self.prefix.len() + self.point as usize + fraction.len() + self.rest.len();
        let width = format.width.unwrap_or(0);
        check_size(width.saturating_mul(wtf8::len_of(format.fill)))?;
        let zero_padded = format.fill == b'0' as u32 && format.align == b'=';
        let min_width = if zero_padded { width.saturating_sub(others) } else { 0 };
        let whole = match self.whole {
            "" => String::new(),
            whole => group_whole(whole, format.grouping, min_width),
        };
        check_size(others.saturating_add(whole.len()))?;
        let padding = width.saturating_sub(others + whole.len());
        let (left, inner) = match format.align {
            b'>' => (padding, 0),
            b'=' => (0, padding),
            b'^' => (padding / 2, 0),
            _ => (0, 0),
        };
        let mut out = Vec::with_capacity(others + whole.len() + padding);
        fill(&mut out, format.fill, left);
        out.extend_from_slice(sign.as_bytes());
        out.extend_from_slice(self.prefix.as_bytes());
        fill(&mut out, format.fill, inner);
        out.extend_from_slice(whole.as_bytes());
        if self.point {
            out.push(b'.');
        }
        out.extend_from_slice(fraction.as_bytes());
        out.extend_from_slice(self.rest.as_bytes());
        fill(&mut out, format.fill, padding - left - inner);
        Ok(out)
    }
}

/// Groups digits from the right, with zeros in front until `min_width` is reached. A separator never comes first,
/// so the result may be one longer than `min_width`.
fn group_whole(digits: &str, grouping: Grouping, min_width: usize) -> String {
    let Some(separator) = grouping.separator() else {
        return format!("{digits:0>min_width$}", min_width = min_width.min(u16::MAX as usize))
            .into_padded(min_width);
    };
    let size = grouping.size();
    let mut reversed = Vec::with_capacity(digits.len() * 4 / 3 + min_width + 1);
    let mut digits = digits.bytes().rev();
    let mut n = 0;
    while digits.len() > 0 || reversed.len() < min_width {
        if n > 0 && n % size == 0 {
            reversed.push(separator);
        }
        reversed.push(digits.next().unwrap_or(b'0'));
        n += 1;
    }
    reversed.reverse();
    String::from_utf8(reversed).expect("digits and separators are ASCII")
}

/// Zeros in front beyond what a format argument can ask for.
trait IntoPadded {
    fn into_padded(self, width: usize) -> String;
}

impl IntoPadded for String {
    fn into_padded(self, width: usize) -> String {
        if self.len() >= width { self } else { "0".repeat(width - self.len()) + &self }
    }
}

fn group_fraction(digits: &str, grouping: Grouping) -> String {
    let Some(separator) = grouping.separator() else { return digits.to_string() };
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at % grouping.size() == 0 {
            out.push(separator as char);
        }
        out.push(digit);
    }
    out
}

/// `format(int, spec)`; the caller has handled the empty spec of subclasses. `type_name` is shown in errors.
///
/// # Errors
/// ValueError for a bad specifier or too many digits, OverflowError for values that the code cannot show.
pub fn format_int(
    value: IntRef<'_>,
    spec: &[u8],
    type_name: &str,
    max_str_digits: usize,
) -> TextResult<Vec<u8>> {
    if spec.is_empty() {
        return int_text::to_decimal(value, max_str_digits).map(String::into_bytes);
    }
    let format = FormatSpec::parse(spec, type_name, b'd', b'>')?;
    match char::from_u32(format.code).unwrap_or('\0') {
        'b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n' => {}
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%' => {
            let value =
                value.to_f64().ok_or_else(|| TextError::overflow("int too large to convert to float"))?;
            return apply_float(value, &format);
        }
        _ => return Err(unknown_code(format.code, type_name)),
    }
    if format.precision.is_some() {
        return Err(TextError::value("Precision not allowed in integer format specifier"));
    }
    if format.no_negative_zero {
        return Err(TextError::value("Negative zero coercion (z) not allowed in integer format specifier"));
    }
    if format.code == b'c' as u32 {
        return format_character(value, &format);
    }
    let (radix, prefix) = match format.code as u8 {
        b'b' => (2, "0b"),
        b'o' => (8, "0o"),
        b'x' => (16, "0x"),
        b'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut digits = match radix {
        10 => {
            let text = int_text::to_decimal(value, max_str_digits)?;
            text.strip_prefix('-').map(str::to_string).unwrap_or(text)
        }
        _ => int_text::magnitude_to_radix(value, radix),
    };
    if format.code == b'X' as u32 {
        digits.make_ascii_uppercase();
    }
    let prefix = if format.alternate { prefix } else { "" };
    let parts = NumberParts {
        negative: value.is_negative(),
        prefix,
        whole: &digits,
        point: false,
        fraction: "",
        rest: "",
    };
    parts.write(&format)
}

fn format_character(value: IntRef<'_>, format: &FormatSpec) -> TextResult<Vec<u8>> {
    if format.sign != 0 {
        return Err(TextError::value("Sign not allowed with integer format specifier 'c'"));
    }
    if format.alternate {
        return Err(TextError::value("Alternate form (#) not allowed with integer format specifier 'c'"));
    }
    let value =
        value.to_i64().ok_or_else(|| TextError::overflow("Python int too large to convert to C long"))?;
    if !(0..=0x10FFFF).contains(&value) {
        return Err(TextError::overflow("%c arg not in range(0x110000)"));
    }
    pad(&wtf8::encode(value as u32), 1, &FormatSpec { align: format.align, ..format.clone() })
        .map(|padded| if format.align == b'=' { realign(padded, value as u32) } else { padded })
}

/// With `=` the padding stands where a number's digits would begin: before the character.
fn realign(padded: Vec<u8>, cp: u32) -> Vec<u8> {
    let character = wtf8::encode(cp);
    let mut out = padded[character.len()..].to_vec();
    out.extend_from_slice(&character);
    out
}

/// `format(float, spec)`; an empty spec gives the repr.
///
/// # Errors
/// ValueError for a bad specifier.
pub fn format_float(value: f64, spec: &[u8], type_name: &str) -> TextResult<Vec<u8>> {
    if spec.is_empty() {
        return Ok(float_repr::repr(value).into_bytes());
    }
    let format = FormatSpec::parse(spec, type_name, 0, b'>')?;
    match format.code {
        0 => {}
        code if code < 128 && b"eEfFgGn%".contains(&(code as u8)) => {}
        code => return Err(unknown_code(code, type_name)),
    }
    apply_float(value, &format)
}

fn check_precision(format: &FormatSpec) -> TextResult<()> {
    if format.precision.is_some_and(|precision| precision > i32::MAX as usize) {
        return Err(TextError::value("precision too big"));
    }
    Ok(())
}

fn number_flags(format: &FormatSpec) -> u8 {
    (if format.alternate { ALTERNATE } else { 0 })
        | (if format.no_negative_zero { NO_NEGATIVE_ZERO } else { 0 })
}

/// Resolves the default codes: code, precision.
fn float_code(format: &FormatSpec) -> (u8, usize) {
    match (format.code as u8, format.precision) {
        (0, None) => (b'r', 0),
        (0, Some(precision)) => (b'g', precision),
        (b'n', precision) => (b'g', precision.unwrap_or(6)),
        (b'%', precision) => (b'f', precision.unwrap_or(6)),
        (code, precision) => (code, precision.unwrap_or(6)),
    }
}

fn apply_float(value: f64, format: &FormatSpec) -> TextResult<Vec<u8>> {
    check_precision(format)?;
    let mut flags = number_flags(format);
    if format.code == 0 {
        flags |= ADD_DOT_0;
    }
    let percent = format.code == b'%' as u32;
    let (code, precision) = float_code(format);
    let value = if percent { value * 100.0 } else { value };
    let mut text = float_repr::to_text(value, code, precision, flags)?;
    if percent {
        text.push('%');
    }
    split_float(&text).write(format)
}

/// Splits what `to_text` gave into its parts.
fn split_float(text: &str) -> NumberParts<'_> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let n_digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, rest) = text.split_at(n_digits(text));
    let (point, fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => {
            let (fraction, rest) = rest.split_at(n_digits(rest));
            (true, fraction, rest)
        }
        None => (false, "", rest),
    };
    NumberParts { negative, prefix: "", whole, point, fraction, rest }
}

/// `format(complex, spec)`; an empty spec gives the repr.
///
/// # Errors
/// ValueError for a bad specifier.
pub fn format_complex(real: f64, imag: f64, spec: &[u8], type_name: &str) -> TextResult<Vec<u8>> {
    if spec.is_empty() {
        return Ok(super::complex_text::repr(real, imag).into_bytes());
    }
    let format = FormatSpec::parse(spec, type_name, 0, b'>')?;
    match format.code {
        0 => {}
        code if code < 128 && b"eEfFgGn".contains(&(code as u8)) => {}
        code => return Err(unknown_code(code, type_name)),
    }
    check_precision(&format)?;
    if format.fill == b'0' as u32 {
        return Err(TextError::value("Zero padding is not allowed in complex format specifier"));
    }
    if format.align == b'=' {
        return Err(TextError::value("'=' alignment flag is not allowed in complex format specifier"));
    }
    let flags = number_flags(&format);
    let (code, precision) = float_code(&format);
    let skip_real = format.code == 0 && real == 0.0 && real.is_sign_positive();
    let parentheses = format.code == 0 && !skip_real;
    // The width belongs to the whole, not to its parts.
    let mut part = FormatSpec { width: None, align: b'<', fill: b' ' as u32, ..format.clone() };
    let mut text = Vec::new();
    if parentheses {
        text.push(b'(');
    }
    if !skip_real {
        text.extend(split_float(&float_repr::to_text(real, code, precision, flags)?).write(&part)?);
        part.sign = b'+';
    }
    text.extend(split_float(&float_repr::to_text(imag, code, precision, flags)?).write(&part)?);
    text.push(b'j');
    if parentheses {
        text.push(b')');
    }
    let len = text.len();
    pad(&text, len, &format)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(result: TextResult<Vec<u8>>) -> String {
        match result {
            Ok(text) => String::from_utf8(text).unwrap(),
            Err(error) => format!("{:?}: {}", error.kind, error.text()),
        }
    }

    use super::super::format_cases::*;

    #[test]
    fn ints() {
        for &(value, spec, want) in INT_CASES {
            assert_eq!(
                show(format_int(IntRef::Small(value), spec.as_bytes(), "int", 4300)),
                want,
                "{value} {spec:?}"
            );
        }
    }

    #[test]
    fn floats() {
        for &(value, spec, want) in FLOAT_CASES {
            assert_eq!(show(format_float(value, spec.as_bytes(), "float")), want, "{value} {spec:?}");
        }
    }

    #[test]
    fn strings() {
        for &(value, spec, want) in STR_CASES {
            assert_eq!(
                show(format_str(value.as_bytes(), value.is_ascii(), spec.as_bytes(), "str")),
                want,
                "{value} {spec:?}"
            );
        }
    }

    #[test]
    fn complexes() {
        for &(real, imag, spec, want) in COMPLEX_CASES {
            assert_eq!(
                show(format_complex(real, imag, spec.as_bytes(), "complex")),
                want,
                "{real} {imag} {spec:?}"
            );
        }
    }

    #[test]
    fn refuses_huge_results() {
        for spec in ["10000000000", "010000000000", ".2147483647f", "é>1000000000"] {
            assert_eq!(show(format_float(1.0, spec.as_bytes(), "float")), "Memory: ", "{spec}");
        }
        assert_eq!(show(format_float(1.0, b".2147483648f", "float")), "Value: precision too big");
        assert_eq!(show(format_str(b"a", true, b"1000000000", "str")), "Memory: ");
    }
}
