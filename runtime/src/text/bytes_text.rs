//! Methods of bytes that treat them as ASCII text, and their hexadecimal form.

use super::{TextError, TextResult, check_size};

/// `bytes.capitalize`.
pub fn capitalize(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_ascii_lowercase();
    if let Some(first) = out.first_mut() {
        first.make_ascii_uppercase();
    }
    out
}

/// `bytes.swapcase`.
pub fn swapcase(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|&byte| if byte.is_ascii_alphabetic() { byte ^ 0x20 } else { byte }).collect()
}

/// `bytes.title`.
pub fn title(bytes: &[u8]) -> Vec<u8> {
    let mut previous = false;
    let mut each = |&byte: &u8| {
        let out = if previous { byte.to_ascii_lowercase() } else { byte.to_ascii_uppercase() };
        previous = byte.is_ascii_alphabetic();
        out
    };
    bytes.iter().map(&mut each).collect()
}

/// `bytes.islower`.
pub fn is_lower(bytes: &[u8]) -> bool {
    bytes.iter().any(u8::is_ascii_lowercase) && !bytes.iter().any(u8::is_ascii_uppercase)
}

/// `bytes.isupper`.
pub fn is_upper(bytes: &[u8]) -> bool {
    bytes.iter().any(u8::is_ascii_uppercase) && !bytes.iter().any(u8::is_ascii_lowercase)
}

/// `bytes.istitle`.
pub fn is_title(bytes: &[u8]) -> bool {
    bytes.iter().any(u8::is_ascii_alphabetic) && title(bytes) == bytes
}

/// Whether the bytes are not empty and all satisfy `predicate`, as in `bytes.isdigit`.
pub fn all(bytes: &[u8], predicate: impl Fn(u8) -> bool) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&byte| predicate(byte))
}

/// `bytes.translate`: drops the bytes of `delete`, maps the others by `table`.
pub fn translate(bytes: &[u8], table: Option<&[u8; 256]>, delete: &[u8]) -> Vec<u8> {
    let mut dropped = [false; 256];
    delete.iter().for_each(|&byte| dropped[byte as usize] = true);
    let kept = bytes.iter().filter(|&&byte| !dropped[byte as usize]);
    match table {
        Some(table) => kept.map(|&byte| table[byte as usize]).collect(),
        None => kept.copied().collect(),
    }
}

/// `bytes.hex(sep, bytes_per_sep)`: a positive group size counts from the right, a negative one from the left, 0
/// separates nothing.
///
/// # Errors
/// MemoryError if the result would be enormous.
pub fn hex(bytes: &[u8], separator: Option<u8>, bytes_per_separator: i64) -> TextResult<String> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    check_size(bytes.len().saturating_mul(3))?;
    let group = bytes_per_separator.unsigned_abs() as usize;
    let separator = separator.filter(|_| group > 0);
    let mut out = String::with_capacity(bytes.len() * 3);
    for (at, &byte) in bytes.iter().enumerate() {
        if let Some(separator) = separator
            && at > 0
        {
            let counted = if bytes_per_separator > 0 { bytes.len() - at } else { at };
            if counted % group == 0 {
                out.push(separator as char);
            }
        }
        out.push(DIGITS[(byte >> 4) as usize] as char);
        out.push(DIGITS[(byte & 15) as usize] as char);
    }
    Ok(out)
}

/// `bytes.fromhex`; white space may stand between bytes. `text` may be a str, whose positions count code points.
///
/// # Errors
/// ValueError at the first character that is no digit, or for half a byte at the end.
pub fn from_hex(text: &[u8]) -> TextResult<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 2);
    let digit = |at: usize| text.get(at).and_then(|&byte| (byte as char).to_digit(16));
    let invalid = |at: usize| {
        let idx = super::wtf8::count(&text[..at]);
        Err(TextError::value(format!("non-hexadecimal number found in fromhex() arg at position {idx}")))
    };
    let mut pos = 0;
    while pos < text.len() {
        if super::str_search::is_byte_space(text[pos]) {
            pos += 1;
            continue;
        }
        let Some(high) = digit(pos) else { return invalid(pos) };
        if pos + 1 >= text.len() {
            return Err(TextError::value("fromhex() arg must contain an even number of hexadecimal digits"));
        }
        let Some(low) = digit(pos + 1) else { return invalid(pos + 1) };
        out.push((high << 4 | low) as u8);
        pos += 2;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases() {
        assert_eq!(capitalize(b"hELLO w\xc9"), b"Hello w\xc9");
        assert_eq!(swapcase(b"aB1[\xe9"), b"Ab1[\xe9");
        assert_eq!(title(b"hello wORLD's x1y"), b"Hello World'S X1Y");
        assert!(is_lower(b"a1") && !is_lower(b"1") && !is_lower(b"aB"));
        assert!(is_upper(b"A1") && !is_upper(b""));
        assert!(is_title(b"Ab Cd") && !is_title(b"AB") && !is_title(b"1"));
        assert_eq!(translate(b"abcab", None, b"b"), b"aca");
        let mut table = [0u8; 256];
        (0..=255).for_each(|byte: u8| table[byte as usize] = byte ^ 0x20);
        assert_eq!(translate(b"abc", Some(&table), b"a"), b"BC");
    }

    #[test]
    fn hexes() {
        assert_eq!(hex(b"\x01\xab\xff", None, 1).unwrap(), "01abff");
        assert_eq!(hex(b"\x01\xab\xff", Some(b':'), 1).unwrap(), "01:ab:ff");
        assert_eq!(hex(b"\x01\xab\xff", Some(b':'), 2).unwrap(), "01:abff");
        assert_eq!(hex(b"\x01\xab\xff", Some(b':'), -2).unwrap(), "01ab:ff");
        assert_eq!(hex(b"\x01\xab", Some(b':'), 0).unwrap(), "01ab");
        assert_eq!(from_hex(b" 01 aB\nff").unwrap(), b"\x01\xab\xff");
        assert_eq!(
            from_hex(b"0x").unwrap_err().text(),
            "non-hexadecimal number found in fromhex() arg at position 1"
        );
        assert_eq!(
            from_hex("é".as_bytes()).unwrap_err().text(),
            "non-hexadecimal number found in fromhex() arg at position 0"
        );
        assert_eq!(
            from_hex(b"012").unwrap_err().text(),
            "fromhex() arg must contain an even number of hexadecimal digits"
        );
    }
}
