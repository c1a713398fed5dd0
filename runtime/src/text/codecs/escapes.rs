//! `unicode_escape` and `raw_unicode_escape`.

use super::super::{names, wtf8};
use super::Decoded;
use super::errors::{CodecResult, Errors};

/// The first escape that CPython warns about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidEscape {
    /// A backslash before this character, which means nothing.
    Character(u8),
    /// An octal escape above 0o377, with its digits.
    Octal(String),
}

impl InvalidEscape {
    /// The text of the DeprecationWarning.
    pub fn message(&self) -> String {
        match self {
            InvalidEscape::Character(byte) => format!(
                "\"\\{}\" is an invalid escape sequence. Such sequences will not work in the future. ",
                *byte as char
            ),
            InvalidEscape::Octal(digits) => format!(
                "\"\\{digits}\" is an invalid octal escape sequence. Such sequences will not work in the future. "
            ),
        }
    }
}

/// Decodes `unicode_escape` and also tells what to warn about.
///
/// # Errors
/// As [`super::decode`].
pub fn unicode_escape_with_warning<E>(
    input: &[u8],
    errors: &mut Errors<'_, E>,
    is_final: bool,
) -> CodecResult<(Decoded, Option<InvalidEscape>), E> {
    decode_unicode(input, errors, is_final)
}

/// Reads up to `n` hexadecimal digits at `pos`: the value and how many there were.
fn hex_digits(input: &[u8], pos: usize, n: usize) -> (u32, usize) {
    let digits = input[pos..].iter().take(n).map_while(|&byte| (byte as char).to_digit(16));
    digits.fold((0, 0), |(value, n), digit| (value << 4 | digit, n + 1))
}

pub(super) fn decode_unicode<E>(
    input: &[u8],
    errors: &mut Errors<'_, E>,
    is_final: bool,
) -> CodecResult<(Decoded, Option<InvalidEscape>), E> {
    let mut text = Vec::with_capacity(input.len());
    let mut warning = None;
    let mut pos = 0;
    while pos < input.len() {
        let start = pos;
        if input[pos] != b'\\' {
            wtf8::push(&mut text, input[pos] as u32);
            pos += 1;
            continue;
        }
        let Some(&code) = input.get(pos + 1) else {
            if !is_final {
                break;
            }
            let (replacement, next) =
                errors.decode_fault(input, "unicodeescape", start, start + 1, "\\ at end of string")?;
            text.extend_from_slice(&replacement);
            pos = next;
            continue;
        };
        pos += 2;
        let simple = match code {
            b'\n' => continue,
            b'\\' | b'\'' | b'"' => Some(code),
            b'a' => Some(7),
            b'b' => Some(8),
            b't' => Some(9),
            b'n' => Some(10),
            b'v' => Some(11),
            b'f' => Some(12),
            b'r' => Some(13),
            _ => None,
        };
        if let Some(byte) = simple {
            text.push(byte);
            continue;
        }
        let (reason, end): (&'static str, usize) = match code {
            b'0'..=b'7' => {
                let digits =
                    input[pos - 1..].iter().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
                let value =
                    input[pos - 1..pos - 1 + digits].iter().fold(0, |v, b| v << 3 | (b - b'0') as u32);
                if value > 0o377 && warning.is_none() {
                    warning = Some(InvalidEscape::Octal(format!("{value:o}")));
                }
                wtf8::push(&mut text, value);
                pos += digits - 1;
                continue;
            }
            b'x' | b'u' | b'U' => {
                let (n, reason) = match code {
                    b'x' => (2, "truncated \\xXX escape"),
                    b'u' => (4, "truncated \\uXXXX escape"),
                    _ => (8, "truncated \\UXXXXXXXX escape"),
                };
                let (value, found) = hex_digits(input, pos, n);
                if found == n && value <= 0x10FFFF {
                    wtf8::push(&mut text, value);
                    pos += n;
                    continue;
                }
                if !is_final && pos + found == input.len() && found < n {
                    pos = start;
                    break;
                }
                if found == n { ("illegal Unicode character", pos + n) } else { (reason, pos + found) }
            }
            b'N' => {
                let body = input[pos..].strip_prefix(b"{");
                let close = body.and_then(|body| body.iter().position(|&byte| byte == b'}'));
                match (body, close) {
                    (Some(body), Some(len)) if len > 0 => {
                        let name = std::str::from_utf8(&body[..len]).ok();
                        if let Some(cp) = name.and_then(names::lookup) {
                            wtf8::push(&mut text, cp);
                            pos += len + 2;
                            continue;
                        }
                        ("unknown Unicode character name", pos + len + 2)
                    }
                    (Some(_), None) | (None, _) if !is_final && (body.is_some() || pos == input.len()) => {
                        pos = start;
                        break;
                    }
                    // The name runs to the end, or is empty, or there is no brace.
                    (Some(body), None) => ("malformed \\N character escape", pos + 1 + body.len()),
                    (Some(_), Some(_)) => ("malformed \\N character escape", pos + 1),
                    (None, _) => ("malformed \\N character escape", pos),
                }
            }
            _ => {
                if warning.is_none() {
                    warning = Some(InvalidEscape::Character(code));
                }
                text.push(b'\\');
                wtf8::push(&mut text, code as u32);
                continue;
            }
        };
        let (replacement, next) = errors.decode_fault(input, "unicodeescape", start, end, reason)?;
        text.extend_from_slice(&replacement);
        pos = next;
    }
    Ok((Decoded { text, consumed: pos }, warning))
}

pub(super) fn decode_raw<E>(
    input: &[u8],
    errors: &mut Errors<'_, E>,
    is_final: bool,
) -> CodecResult<Decoded, E> {
    let mut text = Vec::with_capacity(input.len());
    let mut pos = 0;
    while pos < input.len() {
        let start = pos;
        let byte = input[pos];
        pos += 1;
        if byte != b'\\' {
            wtf8::push(&mut text, byte as u32);
            continue;
        }
        let (n, reason) = match input.get(pos) {
            Some(b'u') => (4, "truncated \\uXXXX escape"),
            Some(b'U') => (8, "truncated \\UXXXXXXXX escape"),
            None if !is_final => {
                pos = start;
                break;
            }
            other => {
                // A backslash takes the next character with it, so that `\\u` is no escape.
                text.push(b'\\');
                if let Some(&next) = other {
                    wtf8::push(&mut text, next as u32);
                    pos += 1;
                }
                continue;
            }
        };
        let (value, found) = hex_digits(input, pos + 1, n);
        let mut end = pos + 1 + found;
        if found == n && value <= 0x10FFFF {
            wtf8::push(&mut text, value);
            pos = end;
            continue;
        }
        if found < n && !is_final && end == input.len() {
            pos = start;
            break;
        }
        let reason = if found == n { "\\Uxxxxxxxx out of range" } else { reason };
        end = end.max(pos + 1);
        let (replacement, next) = errors.decode_fault(input, "rawunicodeescape", start, end, reason)?;
        text.extend_from_slice(&replacement);
        pos = next;
    }
    Ok(Decoded { text, consumed: pos })
}

pub(super) fn encode_unicode(text: &[u8]) -> Vec<u8> {
    let mut out = String::with_capacity(text.len());
    for cp in wtf8::code_points(text) {
        match cp {
            0x5C => out.push_str("\\\\"),
            0x20..0x7F => out.push(cp as u8 as char),
            0x09 => out.push_str("\\t"),
            0x0A => out.push_str("\\n"),
            0x0D => out.push_str("\\r"),
            _ => super::super::escape::push_hex_escape(&mut out, cp),
        }
    }
    out.into()
}

pub(super) fn encode_raw(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for cp in wtf8::code_points(text) {
        match cp {
            0..0x100 => out.push(cp as u8),
            0x100..0x10000 => out.extend(format!("\\u{cp:04x}").bytes()),
            _ => out.extend(format!("\\U{cp:08x}").bytes()),
        }
    }
    out
}
