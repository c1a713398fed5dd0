//! Character predicates and case mappings behind `str`, and the per-character part of `unicodedata`.
//!
//! Data: Unicode 16.0 as CPython 3.14 has it (see `tables/generate.py`). Mappings of whole strings know the final
//! sigma rule and the mappings to several code points; there are no locale rules.

use super::tables::{casing, database, types};
use super::wtf8;
use types::*;

/// The type record of a code point.
#[inline]
pub fn type_record(cp: u32) -> &'static TypeRecord {
    let block = (cp >> 7) as usize;
    let block = TYPE_BLOCKS[block.min(TYPE_BLOCKS.len() - 1)] as usize;
    &TYPE_RECORDS[TYPE_CELLS[block << 7 | (cp & 0x7F) as usize] as usize]
}

#[inline]
fn has(cp: u32, flags: u16) -> bool {
    type_record(cp).flags & flags != 0
}

#[inline]
pub fn is_alpha(cp: u32) -> bool {
    has(cp, ALPHA)
}

#[inline]
pub fn is_decimal(cp: u32) -> bool {
    has(cp, DECIMAL)
}

#[inline]
pub fn is_digit(cp: u32) -> bool {
    has(cp, DIGIT)
}

#[inline]
pub fn is_numeric(cp: u32) -> bool {
    has(cp, NUMERIC)
}

#[inline]
pub fn is_alnum(cp: u32) -> bool {
    has(cp, ALPHA | DECIMAL | DIGIT | NUMERIC)
}

#[inline]
pub fn is_lower(cp: u32) -> bool {
    has(cp, LOWER)
}

#[inline]
pub fn is_upper(cp: u32) -> bool {
    has(cp, UPPER)
}

/// Title case letters such as U+01C5, not upper case ones.
#[inline]
pub fn is_title(cp: u32) -> bool {
    has(cp, TITLE)
}

#[inline]
pub fn is_cased(cp: u32) -> bool {
    has(cp, LOWER | UPPER | TITLE)
}

#[inline]
pub fn is_space(cp: u32) -> bool {
    match cp {
        0..0x80 => matches!(cp, 9..=13 | 28..=32),
        _ => has(cp, SPACE),
    }
}

#[inline]
pub fn is_printable(cp: u32) -> bool {
    has(cp, PRINTABLE)
}

#[inline]
pub fn is_id_start(cp: u32) -> bool {
    has(cp, ID_START)
}

#[inline]
pub fn is_id_continue(cp: u32) -> bool {
    has(cp, ID_CONTINUE)
}

/// Where `str.splitlines` breaks.
#[inline]
pub fn is_line_break(cp: u32) -> bool {
    matches!(cp, 10..=13 | 28..=30 | 0x85 | 0x2028 | 0x2029)
}

/// Value of a decimal digit of any script.
#[inline]
pub fn decimal_value(cp: u32) -> Option<u32> {
    if cp < 0x80 {
        return (cp as u8 as char).to_digit(10);
    }
    let record = type_record(cp);
    (record.flags & DECIMAL != 0).then_some(record.digit as u32)
}

/// Value of a digit, superscripts and the like included.
pub fn digit_value(cp: u32) -> Option<u32> {
    let digit = type_record(cp).digit;
    (digit != 255).then_some(digit as u32)
}

/// Numeric value, fractions and ideographs included.
pub fn numeric_value(cp: u32) -> Option<f64> {
    if let Some(digit) = digit_value(cp) {
        return Some(digit as f64);
    }
    find(&database::NUMERIC, cp)
}

fn find<T: Copy>(table: &[(u32, T)], cp: u32) -> Option<T> {
    table.binary_search_by_key(&cp, |entry| entry.0).ok().map(|idx| table[idx].1)
}

/// The database record of a code point.
#[inline]
pub fn database_record(cp: u32) -> &'static database::DatabaseRecord {
    let block = (cp >> 7) as usize;
    let block = database::DATABASE_BLOCKS[block.min(database::DATABASE_BLOCKS.len() - 1)] as usize;
    &database::DATABASE_RECORDS[database::DATABASE_CELLS[block << 7 | (cp & 0x7F) as usize] as usize]
}

/// General category, "Cn" for unassigned.
pub fn category(cp: u32) -> &'static str {
    database::CATEGORIES[database_record(cp).category as usize]
}

/// Bidirectional class, empty for unassigned.
pub fn bidirectional(cp: u32) -> &'static str {
    database::BIDIRECTIONAL[database_record(cp).bidirectional as usize]
}

/// Canonical combining class.
#[inline]
pub fn combining(cp: u32) -> u8 {
    database_record(cp).combining
}

pub fn mirrored(cp: u32) -> bool {
    database_record(cp).mirrored
}

/// East Asian width: F, H, W, Na, A or N.
pub fn east_asian_width(cp: u32) -> &'static str {
    database::WIDTHS[database_record(cp).width as usize]
}

fn add(cp: u32, delta: i32) -> u32 {
    cp.wrapping_add_signed(delta)
}

fn push_mapping(
    out: &mut Vec<u8>,
    cp: u32,
    special: u16,
    table: &[(u32, &'static str)],
    delta: i32,
    flags: u16,
) {
    if flags & special != 0
        && let Some(text) = find(table, cp)
    {
        out.extend_from_slice(text.as_bytes());
    } else {
        wtf8::push(out, add(cp, delta));
    }
}

/// Appends the lower case of one code point, without context.
pub fn push_lower(out: &mut Vec<u8>, cp: u32) {
    let record = type_record(cp);
    push_mapping(out, cp, SPECIAL_LOWER, &casing::LOWER, record.lower, record.flags);
}

/// Appends the upper case of one code point.
pub fn push_upper(out: &mut Vec<u8>, cp: u32) {
    let record = type_record(cp);
    push_mapping(out, cp, SPECIAL_UPPER, &casing::UPPER, record.upper, record.flags);
}

/// Appends the title case of one code point.
pub fn push_title(out: &mut Vec<u8>, cp: u32) {
    let record = type_record(cp);
    push_mapping(out, cp, SPECIAL_TITLE, &casing::TITLE, record.title, record.flags);
}

/// Appends the case folding of one code point.
pub fn push_folded(out: &mut Vec<u8>, cp: u32) {
    let record = type_record(cp);
    if record.flags & SPECIAL_FOLD != 0 {
        push_mapping(out, cp, SPECIAL_FOLD, &casing::FOLD, 0, record.flags);
    } else {
        push_mapping(out, cp, SPECIAL_LOWER, &casing::LOWER, record.lower, record.flags);
    }
}

/// The one-to-one lower case, as `re` uses it.
#[inline]
pub fn simple_lower(cp: u32) -> u32 {
    match cp {
        0..0x80 => (cp as u8).to_ascii_lowercase() as u32,
        // The only letter whose simple mapping is hidden by one to several code points.
        0x130 => 0x69,
        _ => add(cp, type_record(cp).lower),
    }
}

/// The one-to-one upper case.
#[inline]
pub fn simple_upper(cp: u32) -> u32 {
    match cp {
        0..0x80 => (cp as u8).to_ascii_uppercase() as u32,
        // Greek with ypogegrammeni: several code points in full, the title case letter in the simple mapping.
        0x1F80..=0x1FFC if has(cp, SPECIAL_UPPER) => add(cp, type_record(cp).title),
        _ => add(cp, type_record(cp).upper),
    }
}

const CAPITAL_SIGMA: u32 = 0x3A3;

/// Lower case of the capital sigma at byte `pos`: final if a cased letter precedes and none follows, case-ignorable
/// characters between not counted.
fn lower_sigma(text: &[u8], pos: usize) -> u32 {
    let significant = |cp: &u32| !has(*cp, CASE_IGNORABLE);
    let before = wtf8::code_points(&text[..pos]).rev().find(significant);
    let after = wtf8::code_points(&text[pos + 2..]).find(significant);
    if before.is_some_and(is_cased) && !after.is_some_and(is_cased) { 0x3C2 } else { 0x3C3 }
}

fn push_lower_at(out: &mut Vec<u8>, text: &[u8], pos: usize, cp: u32) {
    if cp < 0x80 {
        out.push((cp as u8).to_ascii_lowercase());
    } else if cp == CAPITAL_SIGMA {
        wtf8::push(out, lower_sigma(text, pos));
    } else {
        push_lower(out, cp);
    }
}

/// Calls `each` with position and code point.
fn for_each(text: &[u8], mut each: impl FnMut(usize, u32)) {
    let mut pos = 0;
    while pos < text.len() {
        let (cp, len) = wtf8::decode(text, pos);
        each(pos, cp);
        pos += len;
    }
}

/// `str.lower`.
pub fn lower(text: &[u8], is_ascii: bool) -> Vec<u8> {
    if is_ascii {
        return text.to_ascii_lowercase();
    }
    let mut out = Vec::with_capacity(text.len());
    for_each(text, |pos, cp| push_lower_at(&mut out, text, pos, cp));
    out
}

/// `str.upper`.
pub fn upper(text: &[u8], is_ascii: bool) -> Vec<u8> {
    if is_ascii {
        return text.to_ascii_uppercase();
    }
    let mut out = Vec::with_capacity(text.len());
    for_each(text, |_, cp| push_upper(&mut out, cp));
    out
}

/// `str.casefold`.
pub fn casefold(text: &[u8], is_ascii: bool) -> Vec<u8> {
    if is_ascii {
        return text.to_ascii_lowercase();
    }
    let mut out = Vec::with_capacity(text.len());
    for_each(text, |_, cp| push_folded(&mut out, cp));
    out
}

/// `str.capitalize`.
pub fn capitalize(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for_each(text, |pos, cp| {
        if pos == 0 {
            push_title(&mut out, cp);
        } else {
            push_lower_at(&mut out, text, pos, cp);
        }
    });
    out
}

/// `str.title`.
pub fn title(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut previous_is_cased = false;
    for_each(text, |pos, cp| {
        if previous_is_cased {
            push_lower_at(&mut out, text, pos, cp);
        } else {
            push_title(&mut out, cp);
        }
        previous_is_cased = is_cased(cp);
    });
    out
}

/// `str.swapcase`.
pub fn swapcase(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for_each(text, |pos, cp| {
        if is_upper(cp) {
            push_lower_at(&mut out, text, pos, cp);
        } else if is_lower(cp) {
            push_upper(&mut out, cp);
        } else {
            wtf8::push(&mut out, cp);
        }
    });
    out
}

/// Whether the text is not empty and all its code points satisfy `predicate`.
pub fn all(text: &[u8], predicate: impl FnMut(u32) -> bool) -> bool {
    !text.is_empty() && wtf8::code_points(text).all(predicate)
}

/// `str.islower`: some cased character, none upper or title case.
pub fn str_is_lower(text: &[u8]) -> bool {
    let mut cased = false;
    for cp in wtf8::code_points(text) {
        if has(cp, UPPER | TITLE) {
            return false;
        }
        cased |= is_lower(cp);
    }
    cased
}

/// `str.isupper`: some cased character, none lower or title case.
pub fn str_is_upper(text: &[u8]) -> bool {
    let mut cased = false;
    for cp in wtf8::code_points(text) {
        if has(cp, LOWER | TITLE) {
            return false;
        }
        cased |= is_upper(cp);
    }
    cased
}

/// `str.istitle`: upper or title case only after uncased characters, lower case only after cased ones.
pub fn str_is_title(text: &[u8]) -> bool {
    let (mut cased, mut previous_is_cased) = (false, false);
    for cp in wtf8::code_points(text) {
        if has(cp, UPPER | TITLE) {
            if previous_is_cased {
                return false;
            }
            (previous_is_cased, cased) = (true, true);
        } else if is_lower(cp) {
            if !previous_is_cased {
                return false;
            }
            (previous_is_cased, cased) = (true, true);
        } else {
            previous_is_cased = false;
        }
    }
    cased
}

/// `str.isidentifier`.
pub fn str_is_identifier(text: &[u8]) -> bool {
    let mut code_points = wtf8::code_points(text);
    code_points.next().is_some_and(is_id_start) && code_points.all(is_id_continue)
}

/// `str.isprintable`: also true of the empty string.
pub fn str_is_printable(text: &[u8]) -> bool {
    wtf8::code_points(text).all(is_printable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(f: impl Fn(&[u8]) -> Vec<u8>, text: &str) -> String {
        String::from_utf8(f(text.as_bytes())).unwrap()
    }

    #[test]
    fn maps_whole_strings() {
        for (text, low, up, ti, cap, swap, fold) in [
            (
                "Hello wORLD",
                "hello world",
                "HELLO WORLD",
                "Hello World",
                "Hello world",
                "hELLO World",
                "hello world",
            ),
            ("straße", "straße", "STRASSE", "Straße", "Straße", "STRASSE", "strasse"),
            ("ΑΣ ΣΑΣ Σ", "ας σας σ", "ΑΣ ΣΑΣ Σ", "Ας Σας Σ", "Ας σας σ", "ας σας σ", "ασ σασ σ"),
            ("ﬁne", "ﬁne", "FINE", "Fine", "Fine", "FINE", "fine"),
            ("İI", "i̇i", "İI", "İi", "İi", "i̇i", "i̇i"),
            ("ǆ ǅ Ǆ", "ǆ ǆ ǆ", "Ǆ Ǆ Ǆ", "ǅ ǅ ǅ", "ǅ ǆ ǆ", "Ǆ ǅ ǆ", "ǆ ǆ ǆ"),
            (
                "they're bill's",
                "they're bill's",
                "THEY'RE BILL'S",
                "They'Re Bill'S",
                "They're bill's",
                "THEY'RE BILL'S",
                "they're bill's",
            ),
            ("ŉ", "ŉ", "ʼN", "ʼN", "ʼN", "ʼN", "ʼn"),
            ("𐐀𐐨", "𐐨𐐨", "𐐀𐐀", "𐐀𐐨", "𐐀𐐨", "𐐨𐐀", "𐐨𐐨"),
            ("ꭰᏰ", "ꭰᏸ", "ᎠᏰ", "Ꭰᏸ", "Ꭰᏸ", "Ꭰᏸ", "ᎠᏰ"),
        ] {
            assert_eq!(map(|t| lower(t, t.is_ascii()), text), low, "lower {text}");
            assert_eq!(map(|t| upper(t, t.is_ascii()), text), up, "upper {text}");
            assert_eq!(map(title, text), ti, "title {text}");
            assert_eq!(map(capitalize, text), cap, "capitalize {text}");
            assert_eq!(map(swapcase, text), swap, "swapcase {text}");
            assert_eq!(map(|t| casefold(t, t.is_ascii()), text), fold, "casefold {text}");
        }
    }

    #[test]
    fn predicates() {
        assert!(is_alpha('ª' as u32) && !is_alpha('1' as u32) && !is_alpha(0xD800));
        assert!(is_decimal('٣' as u32) && !is_decimal('²' as u32));
        assert!(is_digit('²' as u32) && !is_digit('½' as u32));
        assert!(is_numeric('½' as u32) && is_numeric('一' as u32));
        assert_eq!(decimal_value('٣' as u32), Some(3));
        assert_eq!(decimal_value('9' as u32), Some(9));
        assert_eq!(numeric_value('½' as u32), Some(0.5));
        assert_eq!(numeric_value('a' as u32), None);
        assert!(
            !is_printable(0xA0) && is_printable(0x20) && !is_printable(0xD800) && !is_printable(0x10FFFF)
        );
        assert!(is_space(0x1C) && is_space(0x3000) && !is_space(0x200B) && is_space(0x85) && !is_space(0x61));
        assert!(str_is_identifier("_é1".as_bytes()) && !str_is_identifier(b"1a") && !str_is_identifier(b""));
        assert!(str_is_title("A Tale Of".as_bytes()) && !str_is_title(b"A tale") && !str_is_title(b"1"));
        assert!(str_is_lower("ª".as_bytes()) && !str_is_lower("ǅ".as_bytes()));
        assert!(str_is_upper(b"A1") && !str_is_upper(b"1"));
        assert_eq!(category(0x41), "Lu");
        assert_eq!(category(0x378), "Cn");
        assert_eq!(bidirectional(0x627), "AL");
        assert_eq!(combining(0x301), 230);
        assert_eq!(east_asian_width(0x4E00), "W");
        assert!(mirrored(0x28));
        assert_eq!(simple_upper(0x1F80), 0x1F88);
        assert_eq!(simple_lower(0x130), 0x69);
        assert_eq!(category(0x10FFFF), "Cn");
        assert_eq!(category(0x10FFFD), "Co");
    }
}
