//! Punycode (RFC 3492) and IDNA as of 2003 (RFC 3490, 3491).
//!
//! `nameprep` uses today's Unicode tables where the RFC asks for version 3.2: characters assigned since then pass.

use super::super::normalize::{Form, normalize};
use super::super::{unicode, wtf8};
use super::Decoded;
use super::charmap;
use super::errors::{CodecError, CodecResult, Errors, Fault, FaultKind};
use std::borrow::Cow;

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;

fn threshold(position: u32, bias: u32) -> u32 {
    (BASE * (position + 1)).saturating_sub(bias).clamp(T_MIN, T_MAX)
}

fn adapt(mut delta: u64, first: bool, n_chars: u64) -> u32 {
    delta /= if first { 700 } else { 2 };
    delta += delta / n_chars;
    let mut divisions = 0;
    while delta > ((BASE - T_MIN) * T_MAX / 2) as u64 {
        delta /= (BASE - T_MIN) as u64;
        divisions += BASE;
    }
    divisions + (36 * delta / (delta + 38)) as u32
}

pub(super) fn encode_punycode(text: &[u8]) -> Vec<u8> {
    let cps: Vec<u32> = wtf8::code_points(text).collect();
    let mut out: Vec<u8> = cps.iter().filter(|&&cp| cp < 0x80).map(|&cp| cp as u8).collect();
    let n_basic = out.len();
    if n_basic > 0 {
        out.push(b'-');
    }
    let (mut next, mut delta, mut bias, mut done) = (0x80u32, 0u64, 72, n_basic);
    while done < cps.len() {
        let smallest = cps.iter().copied().filter(|&cp| cp >= next).min().unwrap_or(next);
        delta += (smallest - next) as u64 * (done as u64 + 1);
        next = smallest;
        for &cp in &cps {
            delta += (cp < next) as u64;
            if cp != next {
                continue;
            }
            let (mut rest, mut position) = (delta, 0);
            loop {
                let t = threshold(position, bias) as u64;
                let base_digit = |digit: u64| b"abcdefghijklmnopqrstuvwxyz0123456789"[digit as usize];
                if rest < t {
                    out.push(base_digit(rest));
                    break;
                }
                out.push(base_digit(t + (rest - t) % (BASE as u64 - t)));
                rest = (rest - t) / (BASE as u64 - t);
                position += 1;
            }
            bias = adapt(delta, done == n_basic, done as u64 + 1);
            delta = 0;
            done += 1;
        }
        delta += 1;
        next += 1;
    }
    out
}

fn fault(encoding: &'static str, start: usize, end: usize, reason: impl Into<Cow<'static, str>>) -> Fault {
    Fault { kind: FaultKind::Decode, encoding: encoding.into(), start, end, reason: reason.into() }
}

pub(super) fn decode_punycode<E>(input: &[u8], errors: &mut Errors<'_, E>) -> CodecResult<Decoded, E> {
    let strict = errors.name == "strict";
    if !input.is_empty() && !matches!(errors.name, "strict" | "replace" | "ignore") {
        return Err(CodecError::Unicode(format!("Unsupported error handling: {}", errors.name)));
    }
    let (basic, mut pos) = match input.iter().rposition(|&byte| byte == b'-') {
        Some(at) => (&input[..at], at + 1),
        None => (&input[..0], 0),
    };
    let basic = charmap::decode_ascii(basic, errors)?.text;
    let mut cps: Vec<u32> = wtf8::code_points(&basic).collect();
    let (mut cp, mut at, mut bias, mut first) = (0x80u64, -1i64, 72, true);
    'insertions: while pos < input.len() {
        let (mut delta, mut weight, mut position) = (0u64, 1u64, 0);
        loop {
            let Some(&byte) = input.get(pos) else {
                if strict {
                    let end = input.len();
                    return Err(CodecError::Fault(fault(
                        "punycode",
                        end,
                        end + 1,
                        "incomplete punycode string",
                    )));
                }
                break 'insertions;
            };
            let digit = match byte.to_ascii_uppercase() {
                upper @ b'A'..=b'Z' => (upper - b'A') as u64,
                digit @ b'0'..=b'9' => (digit - b'0') as u64 + 26,
                other => {
                    if strict {
                        let reason = format!("Invalid extended code point '{other}'");
                        return Err(CodecError::Fault(fault("punycode", pos, pos + 1, reason)));
                    }
                    break 'insertions;
                }
            };
            pos += 1;
            let t = threshold(position, bias) as u64;
            delta = delta.saturating_add(digit.saturating_mul(weight));
            if digit < t {
                break;
            }
            weight = weight.saturating_mul(BASE as u64 - t);
            position += 1;
        }
        // Beyond this the code point is out of range whatever the position.
        let delta = delta.min(1 << 60);
        let total = at + delta as i64 + 1;
        let len = cps.len() as i64 + 1;
        cp = cp.saturating_add((total / len) as u64);
        at = total % len;
        if cp > 0x10FFFF {
            if strict {
                let reason = format!("Invalid character U+{cp:x}");
                return Err(CodecError::Fault(fault("punycode", pos - 1, pos, reason)));
            }
            cp = b'?' as u64;
        }
        cps.insert(at as usize, cp as u32);
        bias = adapt(delta, first, cps.len() as u64);
        first = false;
    }
    Ok(Decoded { text: wtf8::from_code_points(cps), consumed: input.len() })
}

/// Table B.1 of stringprep: mapped to nothing.
fn is_dropped(cp: u32) -> bool {
    matches!(cp, 0xAD | 0x34F | 0x1806 | 0x180B..=0x180D | 0x200B..=0x200D | 0x2060 | 0xFE00..=0xFE0F | 0xFEFF)
}

/// Tables C.1.2, C.2.2 and C.3 to C.9 of stringprep.
fn is_prohibited(cp: u32) -> bool {
    if cp < 0x80 {
        return false;
    }
    matches!(unicode::category(cp), "Zs" | "Zl" | "Zp" | "Cc" | "Co" | "Cs")
        || matches!(cp,
            0x340 | 0x341 | 0x6DD | 0x70F | 0x180E | 0x200C..=0x200F | 0x2028..=0x202E | 0x2060..=0x2063
            | 0x206A..=0x206F | 0x2FF0..=0x2FFB | 0xFDD0..=0xFDEF | 0xFEFF | 0xFFF9..=0xFFFD
            | 0x1D173..=0x1D17A | 0xE0001 | 0xE0020..=0xE007F)
        || cp & 0xFFFE == 0xFFFE
}

/// Prepares a label; the error is position, end and reason.
fn nameprep(label: &[u32]) -> Result<Vec<u32>, (usize, usize, String)> {
    let mut mapped = Vec::new();
    label.iter().filter(|&&cp| !is_dropped(cp)).for_each(|&cp| unicode::push_folded(&mut mapped, cp));
    let mapped = normalize(&mapped, Form::Nfkc);
    let mut folded = Vec::new();
    wtf8::code_points(&mapped).for_each(|cp| unicode::push_folded(&mut folded, cp));
    let prepared: Vec<u32> = wtf8::code_points(&normalize(&folded, Form::Nfkc)).collect();
    if let Some(at) = prepared.iter().position(|&cp| is_prohibited(cp)) {
        let shown = super::super::escape::repr_str(&wtf8::encode(prepared[at]));
        return Err((at, at + 1, format!("Invalid character {shown}")));
    }
    let is_right = |cp: u32| matches!(unicode::bidirectional(cp), "R" | "AL");
    if prepared.iter().any(|&cp| is_right(cp)) {
        if let Some(at) = prepared.iter().position(|&cp| unicode::bidirectional(cp) == "L") {
            return Err((at, at + 1, "Violation of BIDI requirement 2".into()));
        }
        if !is_right(prepared[0]) {
            return Err((0, 1, "Violation of BIDI requirement 3".into()));
        }
        let last = prepared.len() - 1;
        if !is_right(prepared[last]) {
            return Err((last, last + 1, "Violation of BIDI requirement 3".into()));
        }
    }
    Ok(prepared)
}

const PREFIX: &[u8] = b"xn--";

fn to_ascii(label: &[u32]) -> Result<Vec<u8>, (usize, usize, String)> {
    let ascii = |label: &[u32]| -> Option<Vec<u8>> {
        label.iter().map(|&cp| (cp < 0x80).then_some(cp as u8)).collect()
    };
    let sized = |out: Vec<u8>| match out.len() {
        0 => Err((0, 1, "label empty".to_string())),
        1..64 => Ok(out),
        _ => Err((0, label.len(), "label too long".to_string())),
    };
    if let Some(out) = ascii(label) {
        return sized(out);
    }
    let prepared = nameprep(label)?;
    if let Some(out) = ascii(&prepared) {
        return sized(out);
    }
    let text = wtf8::from_code_points(prepared.iter().copied());
    if prepared.starts_with(&[0x78, 0x6E, 0x2D, 0x2D]) {
        return Err((0, 4, "Label starts with ACE prefix".into()));
    }
    let mut out = PREFIX.to_vec();
    out.extend(encode_punycode(&text));
    sized(out)
}

fn is_dot(cp: u32) -> bool {
    matches!(cp, 0x2E | 0x3002 | 0xFF0E | 0xFF61)
}

fn check_errors<E>(errors: &Errors<'_, E>) -> CodecResult<(), E> {
    if errors.name == "strict" {
        return Ok(());
    }
    Err(CodecError::Unicode(format!("Unsupported error handling: {}", errors.name)))
}

pub(super) fn encode<E>(text: &[u8], errors: &mut Errors<'_, E>) -> CodecResult<Vec<u8>, E> {
    check_errors(errors)?;
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let fail = |start: usize, end: usize, reason: String| {
        Err(CodecError::Fault(Fault {
            kind: FaultKind::Encode,
            encoding: "idna".into(),
            start,
            end,
            reason: reason.into(),
        }))
    };
    let cps: Vec<u32> = wtf8::code_points(text).collect();
    let is_ascii = text.is_ascii();
    let labels: Vec<&[u32]> = cps.split(|&cp| if is_ascii { cp == 0x2E } else { is_dot(cp) }).collect();
    let mut out = Vec::new();
    let mut offset = 0;
    for (n, label) in labels.iter().enumerate() {
        if n > 0 {
            out.push(b'.');
        }
        // Only the last label may be empty: the root.
        if label.is_empty() && n + 1 == labels.len() && labels.len() > 1 && cps.len() > 1 {
            break;
        }
        match to_ascii(label) {
            Ok(label) => out.extend(label),
            Err((start, end, reason)) => return fail(offset + start, offset + end, reason),
        }
        offset += label.len() + 1;
    }
    Ok(out)
}

fn to_unicode<E>(label: &[u8], offset: usize, errors: &mut Errors<'_, E>) -> CodecResult<Vec<u8>, E> {
    if label.len() < 4 || !label[..4].eq_ignore_ascii_case(PREFIX) {
        return Ok(label.to_vec());
    }
    let body = &label[4..];
    let moved = |error: CodecError<E>| match error {
        CodecError::Fault(fault) => CodecError::Fault(Fault {
            encoding: "idna".into(),
            start: offset + 4 + fault.start,
            end: offset + 4 + fault.end,
            ..fault
        }),
        other => other,
    };
    let text = decode_punycode(body, errors).map_err(moved)?.text;
    let cps: Vec<u32> = wtf8::code_points(&text).collect();
    let bad =
        |(_, _, reason): (usize, usize, String)| CodecError::Fault(fault("idna", offset, offset + 1, reason));
    let back = to_ascii(&cps).map_err(bad)?;
    if !back.eq_ignore_ascii_case(label) {
        let shown = |bytes: &[u8]| super::super::escape::repr_bytes(&bytes.to_ascii_lowercase());
        let reason = format!("IDNA does not round-trip, '{}' != '{}'", shown(label), shown(&back));
        return Err(CodecError::Fault(fault("idna", offset, offset + label.len(), reason)));
    }
    Ok(text)
}

pub(super) fn decode<E>(input: &[u8], errors: &mut Errors<'_, E>) -> CodecResult<Decoded, E> {
    if input.is_empty() {
        return Ok(Decoded { text: Vec::new(), consumed: 0 });
    }
    check_errors(errors)?;
    let has_prefix = input.windows(4).any(|part| part.eq_ignore_ascii_case(PREFIX));
    if !has_prefix {
        return match input.iter().position(|byte| !byte.is_ascii()) {
            None => Ok(Decoded { text: input.to_vec(), consumed: input.len() }),
            Some(at) => Err(CodecError::Fault(fault("idna", at, at + 1, "ordinal not in range(128)"))),
        };
    }
    let mut text = Vec::new();
    let mut offset = 0;
    for (n, label) in input.split(|&byte| byte == b'.').enumerate() {
        if n > 0 {
            text.push(b'.');
        }
        text.extend(to_unicode(label, offset, errors)?);
        offset += label.len() + 1;
    }
    Ok(Decoded { text, consumed: input.len() })
}
