//! `repr` of str and bytes, and `ascii`.

use super::{unicode, wtf8};
use std::fmt::Write;

/// `repr(str)`: single quotes unless only those occur; what is not printable is escaped, surrogates included, so the
/// result is proper UTF-8.
pub fn repr_str(text: &[u8]) -> String {
    repr_with(text, unicode::is_printable)
}

/// `ascii(str)`: as `repr`, everything beyond ASCII escaped.
pub fn ascii_str(text: &[u8]) -> String {
    repr_with(text, |_| false)
}

/// Escapes what is not ASCII in a finished repr, as `ascii(obj)` and `%a` do.
pub fn escape_non_ascii(repr: &[u8]) -> String {
    let mut out = String::with_capacity(repr.len());
    for cp in wtf8::code_points(repr) {
        if cp < 0x80 { out.push(cp as u8 as char) } else { push_hex_escape(&mut out, cp) }
    }
    out
}

/// Appends `\xhh`, `\uhhhh` or `\Uhhhhhhhh`.
pub fn push_hex_escape(out: &mut String, cp: u32) {
    // Writing to a String cannot fail.
    let _ = match cp {
        0..0x100 => write!(out, "\\x{cp:02x}"),
        0x100..0x10000 => write!(out, "\\u{cp:04x}"),
        _ => write!(out, "\\U{cp:08x}"),
    };
}

fn repr_with(text: &[u8], is_printable: impl Fn(u32) -> bool) -> String {
    let quote = if text.contains(&b'\'') && !text.contains(&b'"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for cp in wtf8::code_points(text) {
        match cp {
            0x20..0x7F => {
                let c = cp as u8 as char;
                if c == quote || c == '\\' {
                    out.push('\\');
                }
                out.push(c);
            }
            0x09 => out.push_str("\\t"),
            0x0A => out.push_str("\\n"),
            0x0D => out.push_str("\\r"),
            0..0x80 => push_hex_escape(&mut out, cp),
            _ => match char::from_u32(cp) {
                Some(c) if is_printable(cp) => out.push(c),
                _ => push_hex_escape(&mut out, cp),
            },
        }
    }
    out.push(quote);
    out
}

/// The inside of a bytes repr, for the given quote.
fn push_bytes(out: &mut String, bytes: &[u8], quote: char) {
    for &byte in bytes {
        match byte {
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b' '..=b'~' => {
                if byte as char == quote || byte == b'\\' {
                    out.push('\\');
                }
                out.push(byte as char);
            }
            _ => push_hex_escape(out, byte as u32),
        }
    }
}

/// `repr(bytes)`, with `b` and quotes; also what stands inside `bytearray(...)`.
pub fn repr_bytes(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut out = String::with_capacity(bytes.len() + 3);
    out.push('b');
    out.push(quote);
    push_bytes(&mut out, bytes, quote);
    out.push(quote);
    out
}

/// The bytes of a bytearray as its repr shows them: an apostrophe is escaped whatever the quotes are.
pub fn repr_bytearray(bytes: &[u8]) -> String {
    let text = repr_bytes(bytes);
    if text.ends_with('"') { text.replace('\'', "\\'") } else { text }
}

/// The first `n` code points of a message part, as `%.200R` cuts it.
pub fn truncated(text: String, n: usize) -> String {
    match text.char_indices().nth(n) {
        Some((at, _)) => text[..at].to_string(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reprs() {
        for (text, repr, ascii) in [
            ("abc", "'abc'", "'abc'"),
            ("it's", "\"it's\"", "\"it's\""),
            ("'\"", "'\\'\"'", "'\\'\"'"),
            ("\"", "'\"'", "'\"'"),
            ("\t\n\r\\\0\x7f", "'\\t\\n\\r\\\\\\x00\\x7f'", "'\\t\\n\\r\\\\\\x00\\x7f'"),
            ("é€𝄞", "'é€𝄞'", "'\\xe9\\u20ac\\U0001d11e'"),
            (
                "\u{a0}\u{2028}\u{e000}\u{10ffff}",
                "'\\xa0\\u2028\\ue000\\U0010ffff'",
                "'\\xa0\\u2028\\ue000\\U0010ffff'",
            ),
        ] {
            assert_eq!(repr_str(text.as_bytes()), repr);
            assert_eq!(ascii_str(text.as_bytes()), ascii);
        }
        assert_eq!(repr_str(&wtf8::encode(0xD83D)), "'\\ud83d'");
        assert_eq!(repr_bytes(b"a'\"\\\x00\xff\n"), "b'a\\'\"\\\\\\x00\\xff\\n'");
        assert_eq!(repr_bytes(b"a'"), "b\"a'\"");
    }
}
