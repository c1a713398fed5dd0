//! `repr(complex)` and `complex(str)`.

use super::float_repr::{
    SIGN, parse_prefix, to_ascii_number, to_text, trim_ascii_space, without_underscores,
};
use super::{TextError, TextResult, escape};

fn part(value: f64, flags: u8) -> String {
    to_text(value, b'r', 0, flags).expect("shortest digits are few")
}

/// `repr(complex)`.
pub fn repr(real: f64, imag: f64) -> String {
    if real == 0.0 && real.is_sign_positive() {
        return format!("{}j", part(imag, 0));
    }
    format!("({}{}j)", part(real, 0), part(imag, SIGN))
}

/// `complex(str)`.
///
/// # Errors
/// ValueError if the text is no complex number.
pub fn parse_str(text: &[u8]) -> TextResult<(f64, f64)> {
    let malformed = || TextError::value("complex() arg is a malformed string");
    let ascii = to_ascii_number(text).ok_or_else(malformed)?;
    let bytes = without_underscores(&ascii).ok_or_else(|| {
        TextError::value(format!("could not convert string to complex: {}", escape::repr_str(text)))
    })?;
    let bytes = trim_ascii_space(&bytes);
    let inner = match bytes {
        [b'(', inner @ .., b')'] => trim_ascii_space(inner),
        _ => bytes,
    };
    parse_inner(inner).ok_or_else(malformed)
}

/// A float; or an optional float, then a signed or bare imaginary part.
fn parse_inner(text: &[u8]) -> Option<(f64, f64)> {
    // Where no digits stand before `j`, a sign alone counts as one.
    let imaginary = |text: &[u8]| -> Option<f64> {
        let number = match text {
            [number @ .., b'j' | b'J'] => number,
            _ => return None,
        };
        match number {
            b"" | b"+" => Some(1.0),
            b"-" => Some(-1.0),
            _ => parse_prefix(number).filter(|&(_, len)| len == number.len()).map(|(value, _)| value),
        }
    };
    if let Some((real, len)) = parse_prefix(text) {
        return match &text[len..] {
            b"" => Some((real, 0.0)),
            b"j" | b"J" => Some((0.0, real)),
            rest @ [b'+' | b'-', ..] => imaginary(rest).map(|imag| (real, imag)),
            _ => None,
        };
    }
    imaginary(text).map(|imag| (0.0, imag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reprs() {
        for (real, imag, want) in [
            (1.0, 2.0, "(1+2j)"),
            (0.0, 2.0, "2j"),
            (-0.0, 2.0, "(-0+2j)"),
            (0.0, -0.0, "-0j"),
            (1.5, f64::NAN, "(1.5+nanj)"),
            (f64::INFINITY, -1e20, "(inf-1e+20j)"),
        ] {
            assert_eq!(repr(real, imag), want);
        }
    }

    #[test]
    fn parses() {
        for (text, want) in [
            ("1", (1.0, 0.0)),
            ("1j", (0.0, 1.0)),
            ("j", (0.0, 1.0)),
            ("-J", (0.0, -1.0)),
            ("1+j", (1.0, 1.0)),
            (" ( 1.5-2e3j ) ", (1.5, -2000.0)),
            ("1_0+2_0j", (10.0, 20.0)),
            ("inf-infj", (f64::INFINITY, f64::NEG_INFINITY)),
        ] {
            assert_eq!(parse_str(text.as_bytes()).unwrap(), want, "{text}");
        }
        for text in ["", "1+", "1 + 2j", "1+2", "(1", "1)", "()", "1jj", "1+-2j", "jj", "+", "a"] {
            assert_eq!(
                parse_str(text.as_bytes()).unwrap_err().text(),
                "complex() arg is a malformed string",
                "{text}"
            );
        }
        assert_eq!(parse_str(b"1__0").unwrap_err().text(), "could not convert string to complex: '1__0'");
    }
}
