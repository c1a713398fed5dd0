//! The Unicode facts the engine needs: case equivalence, fast WTF-8 steps, and names shown in messages.

use ouro_runtime::text::{escape, unicode, wtf8};

/// The simple lower-case mapping.
pub use ouro_runtime::text::unicode::simple_lower as lower;
/// The simple upper-case mapping.
pub use ouro_runtime::text::unicode::simple_upper as upper;
pub use ouro_runtime::text::unicode::{is_alnum, is_alpha, is_decimal, is_space};

/// Whether the code point has another case at all.
pub fn is_cased(c: u32) -> bool {
    if c < 128 {
        return (c as u8).is_ascii_alphabetic();
    }
    // The full upper case counts: a sharp s has no simple one, yet is no caseless letter.
    let mut full = Vec::new();
    unicode::push_upper(&mut full, c);
    lower(c) != c || full != wtf8::encode(c)
}

/// Lower-cased code points that share their upper case with other lower-cased ones; IGNORECASE treats each row's
/// members as equal to its first.
const EQUIVALENT_LOWER: &[(u32, &[u32])] = &[
    (0x69, &[0x131]),
    (0x73, &[0x17f]),
    (0xb5, &[0x3bc]),
    (0x131, &[0x69]),
    (0x17f, &[0x73]),
    (0x345, &[0x3b9, 0x1fbe]),
    (0x390, &[0x1fd3]),
    (0x3b0, &[0x1fe3]),
    (0x3b2, &[0x3d0]),
    (0x3b5, &[0x3f5]),
    (0x3b8, &[0x3d1]),
    (0x3b9, &[0x345, 0x1fbe]),
    (0x3ba, &[0x3f0]),
    (0x3bc, &[0xb5]),
    (0x3c0, &[0x3d6]),
    (0x3c1, &[0x3f1]),
    (0x3c2, &[0x3c3]),
    (0x3c3, &[0x3c2]),
    (0x3c6, &[0x3d5]),
    (0x3d0, &[0x3b2]),
    (0x3d1, &[0x3b8]),
    (0x3d5, &[0x3c6]),
    (0x3d6, &[0x3c0]),
    (0x3f0, &[0x3ba]),
    (0x3f1, &[0x3c1]),
    (0x3f5, &[0x3b5]),
    (0x432, &[0x1c80]),
    (0x434, &[0x1c81]),
    (0x43e, &[0x1c82]),
    (0x441, &[0x1c83]),
    (0x442, &[0x1c84, 0x1c85]),
    (0x44a, &[0x1c86]),
    (0x463, &[0x1c87]),
    (0x1c80, &[0x432]),
    (0x1c81, &[0x434]),
    (0x1c82, &[0x43e]),
    (0x1c83, &[0x441]),
    (0x1c84, &[0x442, 0x1c85]),
    (0x1c85, &[0x442, 0x1c84]),
    (0x1c86, &[0x44a]),
    (0x1c87, &[0x463]),
    (0x1c88, &[0xa64b]),
    (0x1e61, &[0x1e9b]),
    (0x1e9b, &[0x1e61]),
    (0x1fbe, &[0x345, 0x3b9]),
    (0x1fd3, &[0x390]),
    (0x1fe3, &[0x3b0]),
    (0xa64b, &[0x1c88]),
    (0xfb05, &[0xfb06]),
    (0xfb06, &[0xfb05]),
];

/// The code points that match `c`, a lower-cased one, besides itself.
pub fn equivalents(c: u32) -> &'static [u32] {
    EQUIVALENT_LOWER.binary_search_by_key(&c, |row| row.0).map_or(&[], |index| EQUIVALENT_LOWER[index].1)
}

/// The non-ASCII code points whose lower case is ASCII or equivalent to ASCII: İ, ı, ſ and the Kelvin sign.
pub const FOLDING_TO_ASCII: [u32; 4] = [0x130, 0x131, 0x17f, 0x212a];

/// Appends a code point as WTF-8.
pub fn push_wtf8(out: &mut Vec<u8>, c: u32) {
    wtf8::push(out, c);
}

/// Code points as WTF-8.
pub fn to_wtf8(code_points: &[u32]) -> Vec<u8> {
    wtf8::from_code_points(code_points.iter().copied())
}

/// The code points of WTF-8 text.
pub fn decode_wtf8(text: &[u8]) -> Vec<u32> {
    wtf8::code_points(text).collect()
}

/// The code point at a boundary of WTF-8 text, and the position after it.
#[inline(always)]
pub fn decode_at(text: &[u8], position: usize) -> (u32, usize) {
    let lead = u32::from(text[position]);
    let tail = |offset: usize| text.get(position + offset).map_or(0, |&byte| u32::from(byte) & 0x3f);
    if lead < 0x80 {
        (lead, position + 1)
    } else if lead < 0xe0 {
        ((lead & 0x1f) << 6 | tail(1), position + 2)
    } else if lead < 0xf0 {
        ((lead & 0x0f) << 12 | tail(1) << 6 | tail(2), position + 3)
    } else {
        ((lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), position + 4)
    }
}

/// The boundary before `position`, which must not be 0.
#[inline(always)]
pub fn previous_boundary(text: &[u8], position: usize) -> usize {
    let mut position = position - 1;
    while position > 0 && text[position] & 0xc0 == 0x80 {
        position -= 1;
    }
    position
}

/// Python's `repr` of a str (or `ascii` of it), appended as WTF-8.
pub fn push_repr(out: &mut Vec<u8>, name: &[u32], ascii_only: bool) {
    let text = to_wtf8(name);
    let shown = if ascii_only { escape::ascii_str(&text) } else { escape::repr_str(&text) };
    out.extend_from_slice(shown.as_bytes());
}

/// Appends `\xhh`, `\uhhhh` or `\Uhhhhhhhh`.
pub fn push_escaped(out: &mut Vec<u8>, c: u32) {
    let mut text = String::new();
    escape::push_hex_escape(&mut text, c);
    out.extend_from_slice(text.as_bytes());
}

/// `str.isidentifier`.
pub fn is_identifier(name: &[u32]) -> bool {
    unicode::str_is_identifier(&to_wtf8(name))
}
