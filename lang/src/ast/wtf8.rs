//! Text that may hold lone surrogates, as Python strings may.
//!
//! The bytes are UTF-8 with surrogates encoded like any other code point in three bytes. A high surrogate followed
//! by a low one stays two code points, as in Python, so this is a little more than WTF-8 allows.

use std::fmt;

/// A string constant.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Wtf8String(Vec<u8>);

impl Wtf8String {
    pub fn new() -> Wtf8String {
        Wtf8String::default()
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text, unless it holds a surrogate.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    pub fn push_str(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    pub fn push_wtf8(&mut self, text: &Wtf8String) {
        self.0.extend_from_slice(&text.0);
    }

    pub fn push(&mut self, c: char) {
        self.0.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// Appends a code point, surrogates included.
    ///
    /// # Panics
    /// If `code_point` is above 0x10FFFF.
    pub fn push_code_point(&mut self, code_point: u32) {
        match char::from_u32(code_point) {
            Some(c) => self.push(c),
            None => {
                assert!(code_point <= 0x10FFFF, "not a code point: {code_point:#x}");
                self.0.extend_from_slice(&[
                    0xE0 | (code_point >> 12) as u8,
                    0x80 | (code_point >> 6 & 0x3F) as u8,
                    0x80 | (code_point & 0x3F) as u8,
                ]);
            }
        }
    }

    /// The code points in order, surrogates included.
    pub fn code_points(&self) -> impl Iterator<Item = u32> {
        let mut rest = self.0.as_slice();
        std::iter::from_fn(move || {
            let (&first, tail) = rest.split_first()?;
            let (n_tail, bits) = match first {
                0..0x80 => (0, u32::from(first)),
                0x80..0xE0 => (1, u32::from(first & 0x1F)),
                0xE0..0xF0 => (2, u32::from(first & 0x0F)),
                0xF0.. => (3, u32::from(first & 0x07)),
            };
            let (tail, after) = tail.split_at(n_tail);
            rest = after;
            Some(tail.iter().fold(bits, |point, byte| point << 6 | u32::from(byte & 0x3F)))
        })
    }
}

impl From<&str> for Wtf8String {
    fn from(text: &str) -> Wtf8String {
        Wtf8String(text.as_bytes().to_vec())
    }
}

impl From<String> for Wtf8String {
    fn from(text: String) -> Wtf8String {
        Wtf8String(text.into_bytes())
    }
}

impl fmt::Debug for Wtf8String {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for point in self.code_points() {
            match char::from_u32(point) {
                Some(c) => write!(f, "{}", c.escape_debug())?,
                None => write!(f, "\\u{{{point:x}}}")?,
            }
        }
        f.write_str("\"")
    }
}
