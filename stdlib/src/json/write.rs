//! Strings and floats as JSON text.

use ouro_runtime::text::{float_repr, wtf8};

/// Appends text (WTF-8) in quotes; `ascii` escapes everything beyond ASCII, as surrogate pairs where needed.
pub fn push_quoted(out: &mut Vec<u8>, text: &[u8], ascii: bool) {
    out.push(b'"');
    let mut done = 0;
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            8 => b"\\b",
            12 => b"\\f",
            0..0x20 => b"",
            0x7f.. if ascii => b"",
            _ => {
                at += 1;
                continue;
            }
        };
        out.extend_from_slice(&text[done..at]);
        let (c, length) = wtf8::decode(text, at);
        if escape.is_empty() {
            push_code(out, c);
        } else {
            out.extend_from_slice(escape);
        }
        at += length;
        done = at;
    }
    out.extend_from_slice(&text[done..]);
    out.push(b'"');
}

fn push_code(out: &mut Vec<u8>, c: u32) {
    let mut unit = |code: u32| out.extend_from_slice(format!("\\u{code:04x}").as_bytes());
    if c >= 0x10000 {
        unit(0xd800 + ((c - 0x10000) >> 10));
        unit(0xdc00 + ((c - 0x10000) & 0x3ff));
    } else {
        unit(c);
    }
}

/// Appends a float; what JSON cannot say is `NaN`, `Infinity` or `-Infinity`.
pub fn push_float(out: &mut Vec<u8>, number: f64) {
    if number.is_nan() {
        out.extend_from_slice(b"NaN");
    } else if number.is_infinite() {
        out.extend_from_slice(if number > 0.0 { b"Infinity" } else { b"-Infinity" });
    } else {
        out.extend_from_slice(float_repr::repr(number).as_bytes());
    }
}
