//! Strings and floats as JSON text.

use ouro_runtime::text::{float_repr, wtf8};

/// Appends text (WTF-8) in quotes; `ascii` escapes everything beyond ASCII, as surrogate pairs where needed.
pub fn push_quoted(out: &mut Vec<u8>, text: &[u8], ascii: bool) {
    out.push(b'"');
    let mut done = 0;
    let mut at = 0;
    while at < text.len() {
        if let Some(word) = text[at..].first_chunk::<8>().filter(|word| is_plain(u64::from_ne_bytes(**word)))
        {
            at += word.len();
            continue;
        }
        let byte = text[at];
        if PLAIN[usize::from(byte)] || byte >= 0x7f && !ascii {
            at += 1;
            continue;
        }
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            8 => b"\\b",
            12 => b"\\f",
            _ => b"",
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

/// The bytes that are a character of its own and need no escape; DEL counts as if it did.
const PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0x20;
    while byte < 0x7f {
        table[byte] = byte != b'"' as usize && byte != b'\\' as usize;
        byte += 1;
    }
    table
};

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGHS: u64 = ONES << 7;

/// A word whose highest bits say which of eight bytes are zero; bytes after one that is may be marked too.
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

/// Whether eight bytes go into a string as they are: ASCII that needs no escape. DEL and beyond count as if it did.
pub(super) const fn is_plain(word: u64) -> bool {
    let controls = word.wrapping_sub(ONES * 0x20) & !word;
    let beyond = word | word.wrapping_add(ONES);
    let quotes = zeros(word ^ (ONES * b'"' as u64)) | zeros(word ^ (ONES * b'\\' as u64));
    (controls | beyond | quotes) & HIGHS == 0
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
