//! UTF-8 in which each lone surrogate is encoded by itself, as if it were a character of three bytes.
//!
//! A high surrogate followed by a low one stays two code points, as in Python. All functions take well-formed input,
//! which everything that makes strings guarantees; on other bytes they give some answer and never panic.

/// Decodes the code point that starts at `pos`; returns it and its length in bytes.
///
/// # Panics
/// If `pos` is past the end.
#[inline]
pub fn decode(bytes: &[u8], pos: usize) -> (u32, usize) {
    let first = bytes[pos];
    if first < 0x80 {
        return (first as u32, 1);
    }
    decode_multi(bytes, pos, first)
}

fn decode_multi(bytes: &[u8], pos: usize, first: u8) -> (u32, usize) {
    let next = |n: usize| bytes.get(pos + n).map_or(0, |&b| (b & 0x3F) as u32);
    match first {
        0xF0.. => {
            ((first as u32 & 7) << 18 | next(1) << 12 | next(2) << 6 | next(3), 4.min(bytes.len() - pos))
        }
        0xE0.. => ((first as u32 & 15) << 12 | next(1) << 6 | next(2), 3.min(bytes.len() - pos)),
        0xC0.. => ((first as u32 & 31) << 6 | next(1), 2.min(bytes.len() - pos)),
        _ => (0xFFFD, 1),
    }
}

/// Decodes the code point that ends at `end`; returns it and where it starts.
///
/// # Panics
/// If `end` is 0 or past the end.
#[inline]
pub fn decode_before(bytes: &[u8], end: usize) -> (u32, usize) {
    let mut start = end - 1;
    while start > 0 && is_continuation(bytes[start]) && end - start < 4 {
        start -= 1;
    }
    (decode(bytes, start).0, start)
}

/// Whether the byte continues a character.
#[inline]
pub fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

/// Whether the code point is a surrogate.
#[inline]
pub fn is_surrogate(cp: u32) -> bool {
    cp & 0xFFFF_F800 == 0xD800
}

/// Length in bytes of a code point.
#[inline]
pub fn len_of(cp: u32) -> usize {
    match cp {
        0..0x80 => 1,
        0x80..0x800 => 2,
        0x800..0x10000 => 3,
        _ => 4,
    }
}

/// Appends a code point; those above 0x10FFFF become U+FFFD.
#[inline]
pub fn push(out: &mut Vec<u8>, cp: u32) {
    if cp < 0x80 {
        out.push(cp as u8);
    } else {
        push_multi(out, cp);
    }
}

fn push_multi(out: &mut Vec<u8>, cp: u32) {
    let low = |shift: u32| 0x80 | (cp >> shift & 0x3F) as u8;
    match cp {
        0..0x800 => out.extend_from_slice(&[0xC0 | (cp >> 6) as u8, low(0)]),
        0x800..0x10000 => out.extend_from_slice(&[0xE0 | (cp >> 12) as u8, low(6), low(0)]),
        0x10000..0x110000 => out.extend_from_slice(&[0xF0 | (cp >> 18) as u8, low(12), low(6), low(0)]),
        _ => out.extend_from_slice(&[0xEF, 0xBF, 0xBD]),
    }
}

/// One code point as bytes.
pub fn encode(cp: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(4);
    push(&mut out, cp);
    out
}

/// Iterates over code points from either end.
#[derive(Clone)]
pub struct CodePoints<'a> {
    bytes: &'a [u8],
}

impl CodePoints<'_> {
    /// Bytes not yet consumed.
    pub fn remaining(&self) -> &[u8] {
        self.bytes
    }
}

impl Iterator for CodePoints<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        if self.bytes.is_empty() {
            return None;
        }
        let (cp, len) = decode(self.bytes, 0);
        self.bytes = &self.bytes[len..];
        Some(cp)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.bytes.len().div_ceil(4), Some(self.bytes.len()))
    }
}

impl DoubleEndedIterator for CodePoints<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<u32> {
        if self.bytes.is_empty() {
            return None;
        }
        let (cp, start) = decode_before(self.bytes, self.bytes.len());
        self.bytes = &self.bytes[..start];
        Some(cp)
    }
}

/// The code points of a string.
#[inline]
pub fn code_points(bytes: &[u8]) -> CodePoints<'_> {
    CodePoints { bytes }
}

/// Collects code points into a string.
pub fn from_code_points(code_points: impl IntoIterator<Item = u32>) -> Vec<u8> {
    let mut out = Vec::new();
    for cp in code_points {
        push(&mut out, cp);
    }
    out
}

/// Number of code points.
#[inline]
pub fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&b| !is_continuation(b)).count()
}

/// Number of code points, given whether the string is ASCII.
#[inline]
pub fn len(bytes: &[u8], is_ascii: bool) -> usize {
    if is_ascii { bytes.len() } else { count(bytes) }
}

/// Byte offset of the code point with index `idx`; the length if there are no more than `idx`.
pub fn byte_offset(bytes: &[u8], is_ascii: bool, idx: usize) -> usize {
    if is_ascii {
        return idx.min(bytes.len());
    }
    let (mut pos, mut left) = (0, idx);
    // Whole chunks first: counting is vectorised, walking is not.
    const CHUNK: usize = 256;
    while left >= CHUNK && pos + CHUNK <= bytes.len() {
        let n = count(&bytes[pos..pos + CHUNK]);
        if n > left {
            break;
        }
        left -= n;
        pos += CHUNK;
    }
    while pos < bytes.len() && is_continuation(bytes[pos]) {
        pos += 1;
    }
    while left > 0 && pos < bytes.len() {
        pos += 1;
        while pos < bytes.len() && is_continuation(bytes[pos]) {
            pos += 1;
        }
        left -= 1;
    }
    pos
}

/// The code points with indexes `start..end`, both clamped.
pub fn slice(bytes: &[u8], is_ascii: bool, start: usize, end: usize) -> &[u8] {
    let from = byte_offset(bytes, is_ascii, start);
    let len = byte_offset(&bytes[from..], is_ascii, end.saturating_sub(start));
    &bytes[from..from + len]
}

/// Index of the code point that starts at byte `offset`.
#[inline]
pub fn index_of_offset(bytes: &[u8], is_ascii: bool, offset: usize) -> usize {
    if is_ascii { offset } else { count(&bytes[..offset]) }
}

/// Whether any surrogate occurs, so that the string is no valid UTF-8.
pub fn has_surrogates(bytes: &[u8]) -> bool {
    memchr::memchr_iter(0xED, bytes).any(|pos| bytes.get(pos + 1).is_some_and(|&b| b >= 0xA0))
}

/// The string as `&str`, unless a surrogate occurs.
pub fn as_str(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// Whether the bytes are what this module calls well formed.
pub fn is_well_formed(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    loop {
        match std::str::from_utf8(rest) {
            Ok(_) => return true,
            Err(error) => {
                rest = &rest[error.valid_up_to()..];
                match rest {
                    [0xED, 0xA0..=0xBF, 0x80..=0xBF, ..] => rest = &rest[3..],
                    _ => return false,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: [u32; 8] = [0x41, 0x7F, 0x80, 0x7FF, 0xD800, 0xDFFF, 0xFFFF, 0x10FFFF];

    #[test]
    fn round_trips() {
        let bytes = from_code_points(SAMPLE);
        assert!(is_well_formed(&bytes));
        assert!(has_surrogates(&bytes) && as_str(&bytes).is_none());
        assert_eq!(code_points(&bytes).collect::<Vec<_>>(), SAMPLE);
        let mut back: Vec<u32> = code_points(&bytes).rev().collect();
        back.reverse();
        assert_eq!(back, SAMPLE);
        assert_eq!(count(&bytes), SAMPLE.len());
        assert_eq!(SAMPLE.iter().map(|&cp| len_of(cp)).sum::<usize>(), bytes.len());
    }

    #[test]
    fn slices_by_code_point() {
        let bytes = from_code_points(SAMPLE.iter().cycle().take(2000).copied());
        for start in [0, 1, 7, 255, 256, 1000, 1999, 2000, 3000] {
            for end in [0, 5, 256, 999, 2000, 5000] {
                let want = from_code_points(code_points(&bytes).take(end).skip(start).collect::<Vec<_>>());
                assert_eq!(slice(&bytes, false, start, end), want, "{start}..{end}");
            }
        }
        assert_eq!(slice(b"abcdef", true, 2, 4), b"cd");
    }

    #[test]
    fn malformed_does_not_panic() {
        for bytes in [&b"\x80"[..], b"\xF0", b"\xE0\x80", b"a\xFF\xFE", b"\xC3"] {
            let _ = code_points(bytes).count();
            let _ = code_points(bytes).rev().count();
            assert!(!is_well_formed(bytes));
        }
    }
}
