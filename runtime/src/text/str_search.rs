//! Searching, replacing, splitting, stripping and padding, for str and bytes.
//!
//! Both are byte slices here. UTF-8 synchronises itself, so a search for well-formed text finds it at character
//! boundaries only; where results count code points, functions take `is_ascii` or are told [`Unit`].

use super::{TextError, TextResult, check_size, unicode, wtf8};
use memchr::memmem;

/// What a text consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Bytes,
    CodePoints,
}

/// Start and end of a search as `str.find` takes them, clamped to `0..=len`. `None` if the start is past the end
/// of the text, where even the empty string is not found.
pub fn clamp_range(start: i64, end: i64, len: usize) -> Option<(usize, usize)> {
    let len_signed = len as i64;
    let clamp = |at: i64| if at < 0 { (at + len_signed).max(0) } else { at };
    let (start, end) = (clamp(start), clamp(end).min(len_signed));
    if start > len_signed || start > end {
        return None;
    }
    Some((start as usize, end as usize))
}

/// First byte offset of `needle`.
#[inline]
pub fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [byte] => memchr::memchr(*byte, text),
        _ => memmem::find(text, needle),
    }
}

/// Last byte offset of `needle`.
#[inline]
pub fn rfind(text: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(text.len()),
        [byte] => memchr::memrchr(*byte, text),
        _ => memmem::rfind(text, needle),
    }
}

/// Number of occurrences that do not overlap.
pub fn count(text: &[u8], needle: &[u8], unit: Unit) -> usize {
    match needle {
        [] if unit == Unit::Bytes => text.len() + 1,
        [] => wtf8::count(text) + 1,
        [byte] => memchr::memchr_iter(*byte, text).count(),
        _ => memmem::find_iter(text, needle).count(),
    }
}

/// The part of a str between two code point indexes, and the byte offset where it starts.
fn window(text: &[u8], is_ascii: bool, start: usize, end: usize) -> (usize, &[u8]) {
    let from = wtf8::byte_offset(text, is_ascii, start);
    let len = wtf8::byte_offset(&text[from..], is_ascii, end - start);
    (from, &text[from..from + len])
}

/// `str.find`, in code points.
pub fn find_str(text: &[u8], is_ascii: bool, needle: &[u8], start: i64, end: i64) -> Option<usize> {
    locate_str(text, is_ascii, needle, start, end, find)
}

/// `str.rfind`, in code points.
pub fn rfind_str(text: &[u8], is_ascii: bool, needle: &[u8], start: i64, end: i64) -> Option<usize> {
    locate_str(text, is_ascii, needle, start, end, rfind)
}

fn locate_str(
    text: &[u8],
    is_ascii: bool,
    needle: &[u8],
    start: i64,
    end: i64,
    search: fn(&[u8], &[u8]) -> Option<usize>,
) -> Option<usize> {
    if start == 0 && end == i64::MAX {
        // The whole text: its length need not be counted.
        let at = search(text, needle)?;
        return Some(wtf8::index_of_offset(text, is_ascii, at));
    }
    let (start, end) = clamp_range(start, end, wtf8::len(text, is_ascii))?;
    let (_, part) = window(text, is_ascii, start, end);
    let at = search(part, needle)?;
    Some(start + wtf8::index_of_offset(part, is_ascii, at))
}

/// `str.count` between code point indexes.
pub fn count_str(text: &[u8], is_ascii: bool, needle: &[u8], start: i64, end: i64) -> usize {
    let Some((start, end)) = clamp_range(start, end, wtf8::len(text, is_ascii)) else { return 0 };
    let (_, part) = window(text, is_ascii, start, end);
    count(part, needle, if is_ascii { Unit::Bytes } else { Unit::CodePoints })
}

/// `bytes.find`.
pub fn find_bytes(text: &[u8], needle: &[u8], start: i64, end: i64) -> Option<usize> {
    let (start, end) = clamp_range(start, end, text.len())?;
    find(&text[start..end], needle).map(|at| start + at)
}

/// `bytes.rfind`.
pub fn rfind_bytes(text: &[u8], needle: &[u8], start: i64, end: i64) -> Option<usize> {
    let (start, end) = clamp_range(start, end, text.len())?;
    rfind(&text[start..end], needle).map(|at| start + at)
}

/// `bytes.count`.
pub fn count_bytes(text: &[u8], needle: &[u8], start: i64, end: i64) -> usize {
    clamp_range(start, end, text.len())
        .map_or(0, |(start, end)| count(&text[start..end], needle, Unit::Bytes))
}

/// `startswith` and `endswith` between indexes; `offsets` are byte offsets from [`byte_range_str`] or
/// [`clamp_range`].
pub fn matches_at(text: &[u8], offsets: Option<(usize, usize)>, affix: &[u8], at_end: bool) -> bool {
    let Some((start, end)) = offsets else { return false };
    let part = &text[start..end];
    if at_end { part.ends_with(affix) } else { part.starts_with(affix) }
}

/// Byte offsets of a range given in code points.
pub fn byte_range_str(text: &[u8], is_ascii: bool, start: i64, end: i64) -> Option<(usize, usize)> {
    if start == 0 && end == i64::MAX {
        return Some((0, text.len()));
    }
    let (start, end) = clamp_range(start, end, wtf8::len(text, is_ascii))?;
    let (from, part) = window(text, is_ascii, start, end);
    Some((from, from + part.len()))
}

/// `replace`; a negative `max` replaces all. The empty string is found before every unit and at the end. `None` if
/// nothing is to be replaced.
///
/// # Errors
/// MemoryError if the result would be enormous.
pub fn replace(text: &[u8], old: &[u8], new: &[u8], max: i64, unit: Unit) -> TextResult<Option<Vec<u8>>> {
    let max = if max < 0 { usize::MAX } else { max as usize };
    if max == 0 || old == new || old.len() > text.len() {
        return Ok(None);
    }
    let n = count(text, old, unit).min(max);
    if n == 0 {
        return Ok(None);
    }
    let len = (text.len() - n * old.len())
        .checked_add(n.checked_mul(new.len()).ok_or_else(TextError::memory)?)
        .ok_or_else(TextError::memory)?;
    check_size(len)?;
    let mut out = Vec::with_capacity(len);
    if old.is_empty() {
        let mut pos = 0;
        for _ in 0..n {
            out.extend_from_slice(new);
            if pos < text.len() {
                let step = if unit == Unit::Bytes { 1 } else { wtf8::decode(text, pos).1 };
                out.extend_from_slice(&text[pos..pos + step]);
                pos += step;
            }
        }
        out.extend_from_slice(&text[pos..]);
        return Ok(Some(out));
    }
    if let ([old], [new]) = (old, new) {
        out.extend_from_slice(text);
        let positions: Vec<usize> = memchr::memchr_iter(*old, text).take(n).collect();
        positions.into_iter().for_each(|at| out[at] = *new);
        return Ok(Some(out));
    }
    let mut pos = 0;
    for at in memmem::find_iter(text, old).take(n) {
        out.extend_from_slice(&text[pos..at]);
        out.extend_from_slice(new);
        pos = at + old.len();
    }
    out.extend_from_slice(&text[pos..]);
    Ok(Some(out))
}

/// White space of bytes.
#[inline]
pub fn is_byte_space(byte: u8) -> bool {
    matches!(byte, 9..=13 | 32)
}

/// Number of bytes of the white space character at `pos`, 0 if there is none.
#[inline]
fn space_len(text: &[u8], pos: usize, unit: Unit) -> usize {
    let byte = text[pos];
    if unit == Unit::Bytes {
        return is_byte_space(byte) as usize;
    }
    if byte < 0x80 {
        return matches!(byte, 9..=13 | 28..=32) as usize;
    }
    let (cp, len) = wtf8::decode(text, pos);
    if unicode::is_space(cp) { len } else { 0 }
}

/// Number of bytes of the white space character before `end`, 0 if there is none.
#[inline]
fn space_len_before(text: &[u8], end: usize, unit: Unit) -> usize {
    let byte = text[end - 1];
    if unit == Unit::Bytes {
        return is_byte_space(byte) as usize;
    }
    if byte < 0x80 {
        return matches!(byte, 9..=13 | 28..=32) as usize;
    }
    let (cp, start) = wtf8::decode_before(text, end);
    if unicode::is_space(cp) { end - start } else { 0 }
}

fn trim_start(text: &[u8], unit: Unit) -> &[u8] {
    let mut pos = 0;
    while pos < text.len() {
        match space_len(text, pos, unit) {
            0 => break,
            len => pos += len,
        }
    }
    &text[pos..]
}

fn trim_end(text: &[u8], unit: Unit) -> &[u8] {
    let mut end = text.len();
    while end > 0 {
        match space_len_before(text, end, unit) {
            0 => break,
            len => end -= len,
        }
    }
    &text[..end]
}

fn split_limit(max: i64) -> usize {
    if max < 0 { usize::MAX } else { max as usize }
}

/// `split()` at white space; a negative `max` sets no limit.
pub fn split_space(text: &[u8], max: i64, unit: Unit) -> Vec<&[u8]> {
    let mut left = split_limit(max);
    let mut parts = Vec::new();
    let mut rest = trim_start(text, unit);
    while !rest.is_empty() {
        if left == 0 {
            // What remains keeps the white space at its far end.
            parts.push(rest);
            break;
        }
        let mut end = 0;
        let mut gap = 0;
        while end < rest.len() {
            gap = space_len(rest, end, unit);
            if gap > 0 {
                break;
            }
            end += 1;
            while unit == Unit::CodePoints && end < rest.len() && wtf8::is_continuation(rest[end]) {
                end += 1;
            }
        }
        parts.push(&rest[..end]);
        rest = trim_start(&rest[(end + gap).min(rest.len())..], unit);
        left -= 1;
    }
    parts
}

/// `rsplit()` at white space.
pub fn rsplit_space(text: &[u8], max: i64, unit: Unit) -> Vec<&[u8]> {
    let mut left = split_limit(max);
    let mut parts = Vec::new();
    let mut rest = trim_end(text, unit);
    while !rest.is_empty() {
        if left == 0 {
            parts.push(rest);
            break;
        }
        let mut start = rest.len();
        while start > 0 && space_len_before(rest, start, unit) == 0 {
            start -= 1;
            while unit == Unit::CodePoints && start > 0 && wtf8::is_continuation(rest[start]) {
                start -= 1;
            }
        }
        parts.push(&rest[start..]);
        rest = trim_end(&rest[..start], unit);
        left -= 1;
    }
    parts.reverse();
    parts
}

/// The error for an empty separator.
pub fn empty_separator() -> TextError {
    TextError::value("empty separator")
}

/// `split(sep)`.
///
/// # Errors
/// ValueError if the separator is empty.
pub fn split<'a>(text: &'a [u8], separator: &[u8], max: i64) -> TextResult<Vec<&'a [u8]>> {
    if separator.is_empty() {
        return Err(empty_separator());
    }
    let mut parts = Vec::new();
    let mut pos = 0;
    let mut cut = |at: usize| {
        parts.push(&text[pos..at]);
        pos = at + separator.len();
    };
    match separator {
        [byte] => memchr::memchr_iter(*byte, text).take(split_limit(max)).for_each(&mut cut),
        _ => memmem::find_iter(text, separator).take(split_limit(max)).for_each(&mut cut),
    }
    parts.push(&text[pos..]);
    Ok(parts)
}

/// `rsplit(sep)`.
///
/// # Errors
/// ValueError if the separator is empty.
pub fn rsplit<'a>(text: &'a [u8], separator: &[u8], max: i64) -> TextResult<Vec<&'a [u8]>> {
    if separator.is_empty() {
        return Err(empty_separator());
    }
    let mut parts = Vec::new();
    let mut rest = text;
    let finder = memmem::FinderRev::new(separator);
    let mut left = split_limit(max);
    while left > 0
        && let Some(at) = finder.rfind(rest)
    {
        parts.push(&rest[at + separator.len()..]);
        rest = &rest[..at];
        left -= 1;
    }
    parts.push(rest);
    parts.reverse();
    Ok(parts)
}

/// `splitlines`: bytes break at `\n`, `\r` and `\r\n`, str at all line boundaries of Unicode.
pub fn split_lines(text: &[u8], keep_ends: bool, unit: Unit) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let (mut start, mut pos) = (0, 0);
    while pos < text.len() {
        let byte = text[pos];
        let len = match byte {
            b'\r' if text.get(pos + 1) == Some(&b'\n') => 2,
            b'\n' | b'\r' => 1,
            0x0B | 0x0C | 0x1C..=0x1E if unit == Unit::CodePoints => 1,
            // U+0085, U+2028, U+2029.
            0xC2 if unit == Unit::CodePoints && text.get(pos + 1) == Some(&0x85) => 2,
            0xE2 if unit == Unit::CodePoints
                && matches!(text.get(pos + 1..pos + 3), Some([0x80, 0xA8 | 0xA9])) =>
            {
                3
            }
            _ => {
                pos += 1;
                continue;
            }
        };
        lines.push(&text[start..if keep_ends { pos + len } else { pos }]);
        pos += len;
        start = pos;
    }
    if start < text.len() {
        lines.push(&text[start..]);
    }
    lines
}

/// Which ends to strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    Left,
    Right,
    Both,
}

/// `strip()` of white space.
pub fn strip_space(text: &[u8], ends: Ends, unit: Unit) -> &[u8] {
    let text = if ends == Ends::Right { text } else { trim_start(text, unit) };
    if ends == Ends::Left { text } else { trim_end(text, unit) }
}

/// `strip(chars)`.
pub fn strip<'a>(text: &'a [u8], chars: &[u8], ends: Ends, unit: Unit) -> &'a [u8] {
    let mut small = [false; 256];
    // Beyond ASCII the set is sorted code points; bytes need the array only.
    let mut large: Vec<u32> = Vec::new();
    if unit == Unit::Bytes || chars.is_ascii() {
        chars.iter().for_each(|&byte| small[byte as usize] = true);
    } else {
        for cp in wtf8::code_points(chars) {
            if cp < 0x80 { small[cp as usize] = true } else { large.push(cp) }
        }
        large.sort_unstable();
    }
    let contains = |cp: u32| {
        if cp < 256 && (unit == Unit::Bytes || cp < 0x80) {
            small[cp as usize]
        } else {
            large.binary_search(&cp).is_ok()
        }
    };
    let (mut start, mut end) = (0, text.len());
    while ends != Ends::Right && start < end {
        let (cp, len) = if unit == Unit::Bytes { (text[start] as u32, 1) } else { wtf8::decode(text, start) };
        if !contains(cp) {
            break;
        }
        start += len;
    }
    while ends != Ends::Left && start < end {
        let (cp, before) = if unit == Unit::Bytes {
            (text[end - 1] as u32, end - 1)
        } else {
            wtf8::decode_before(text, end)
        };
        if !contains(cp) {
            break;
        }
        end = before;
    }
    &text[start..end]
}

/// `partition`: before and after the first separator.
///
/// # Errors
/// ValueError if the separator is empty.
pub fn partition<'a>(text: &'a [u8], separator: &[u8]) -> TextResult<Option<(&'a [u8], &'a [u8])>> {
    if separator.is_empty() {
        return Err(empty_separator());
    }
    Ok(find(text, separator).map(|at| (&text[..at], &text[at + separator.len()..])))
}

/// `rpartition`: before and after the last separator.
///
/// # Errors
/// ValueError if the separator is empty.
pub fn rpartition<'a>(text: &'a [u8], separator: &[u8]) -> TextResult<Option<(&'a [u8], &'a [u8])>> {
    if separator.is_empty() {
        return Err(empty_separator());
    }
    Ok(rfind(text, separator).map(|at| (&text[..at], &text[at + separator.len()..])))
}

/// `expandtabs`.
///
/// # Errors
/// MemoryError if the result would be enormous.
pub fn expand_tabs(text: &[u8], tab_size: i64, unit: Unit) -> TextResult<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut column = 0usize;
    for &byte in text {
        match byte {
            b'\t' => {
                if tab_size > 0 {
                    let fill = tab_size as usize - column % tab_size as usize;
                    check_size(out.len().saturating_add(fill))?;
                    out.resize(out.len() + fill, b' ');
                    column += fill;
                }
                continue;
            }
            b'\n' | b'\r' => column = 0,
            _ if unit == Unit::CodePoints && wtf8::is_continuation(byte) => {}
            _ => column += 1,
        }
        out.push(byte);
    }
    Ok(out)
}

/// Where padding goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Justify {
    Left,
    Right,
    Center,
}

/// `ljust`, `rjust`, `center`; `len` is the length in units, `fill` one encoded unit. `None` if no padding is needed.
///
/// # Errors
/// MemoryError if the result would be enormous.
pub fn justify(
    text: &[u8],
    len: usize,
    width: i64,
    fill: &[u8],
    how: Justify,
) -> TextResult<Option<Vec<u8>>> {
    if width <= len as i64 {
        return Ok(None);
    }
    let padding = width as usize - len;
    let total = padding.saturating_mul(fill.len()).saturating_add(text.len());
    check_size(total)?;
    let left = match how {
        Justify::Left => 0,
        Justify::Right => padding,
        Justify::Center => padding / 2 + (padding & width as usize & 1),
    };
    let mut out = Vec::with_capacity(total);
    let push = |out: &mut Vec<u8>, n: usize| match fill {
        [byte] => out.resize(out.len() + n, *byte),
        _ => (0..n).for_each(|_| out.extend_from_slice(fill)),
    };
    push(&mut out, left);
    out.extend_from_slice(text);
    push(&mut out, padding - left);
    Ok(Some(out))
}

/// `zfill`: zeros after the sign. `None` if none are needed.
///
/// # Errors
/// MemoryError if the result would be enormous.
pub fn zfill(text: &[u8], len: usize, width: i64) -> TextResult<Option<Vec<u8>>> {
    let Some(mut out) = justify(text, len, width, b"0", Justify::Right)? else { return Ok(None) };
    if let Some(sign @ (b'+' | b'-')) = text.first() {
        let at = width as usize - len;
        out[at] = b'0';
        out[0] = *sign;
    }
    Ok(Some(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(parts: Vec<&[u8]>) -> Vec<String> {
        parts.into_iter().map(|part| String::from_utf8(part.to_vec()).unwrap()).collect()
    }

    #[test]
    fn splits_at_space() {
        for (text, max, want, right) in [
            ("  a b  c ", -1, &["a", "b", "c"][..], &["a", "b", "c"][..]),
            ("  a b  c ", 1, &["a", "b  c "], &["  a b", "c"]),
            ("  a b  c ", 0, &["a b  c "], &["  a b  c"]),
            ("", -1, &[], &[]),
            (" ", 3, &[], &[]),
            ("é\u{3000}ü\u{a0}", -1, &["é", "ü"], &["é", "ü"]),
            ("a\x1cb", -1, &["a", "b"], &["a", "b"]),
        ] {
            assert_eq!(show(split_space(text.as_bytes(), max, Unit::CodePoints)), want, "{text:?}");
            assert_eq!(show(rsplit_space(text.as_bytes(), max, Unit::CodePoints)), right, "{text:?}");
        }
        assert_eq!(show(split_space(b"a\x1cb", -1, Unit::Bytes)), ["a\x1cb"]);
    }

    #[test]
    fn splits_at_separator() {
        for (text, separator, max, want, right) in [
            ("a,b,c", ",", -1, &["a", "b", "c"][..], &["a", "b", "c"][..]),
            ("a,b,c", ",", 1, &["a", "b,c"], &["a,b", "c"]),
            (",", ",", -1, &["", ""], &["", ""]),
            ("", ",", -1, &[""], &[""]),
            ("aaa", "aa", -1, &["", "a"], &["a", ""]),
            ("x--y--z", "--", 0, &["x--y--z"], &["x--y--z"]),
        ] {
            assert_eq!(show(split(text.as_bytes(), separator.as_bytes(), max).unwrap()), want, "{text:?}");
            assert_eq!(show(rsplit(text.as_bytes(), separator.as_bytes(), max).unwrap()), right, "{text:?}");
        }
        assert_eq!(split(b"a", b"", -1).unwrap_err().text(), "empty separator");
    }

    #[test]
    fn splits_lines() {
        let text = "a\nb\r\nc\rd\u{b}e\x1cf\u{85}g\u{2028}h\n\n";
        assert_eq!(
            show(split_lines(text.as_bytes(), false, Unit::CodePoints)),
            ["a", "b", "c", "d", "e", "f", "g", "h", ""]
        );
        let kept = show(split_lines(text.as_bytes(), true, Unit::CodePoints));
        assert_eq!(kept.concat(), text);
        assert_eq!(kept[1], "b\r\n");
        assert_eq!(split_lines(text.as_bytes(), false, Unit::Bytes).len(), 5);
        assert!(split_lines(b"", true, Unit::Bytes).is_empty());
    }

    #[test]
    fn replaces() {
        for (text, old, new, max, want) in [
            ("abcabc", "b", "xx", -1, "axxcaxxc"),
            ("abcabc", "b", "x", 1, "axcabc"),
            ("abc", "", "-", -1, "-a-b-c-"),
            ("abc", "", "-", 2, "-a-bc"),
            ("éü", "", "-", -1, "-é-ü-"),
            ("", "", "x", -1, "x"),
            ("aaa", "aa", "b", -1, "ba"),
            ("abc", "z", "y", -1, "abc"),
            ("abc", "b", "", -1, "ac"),
            ("abc", "b", "é", 0, "abc"),
        ] {
            let got =
                replace(text.as_bytes(), old.as_bytes(), new.as_bytes(), max, Unit::CodePoints).unwrap();
            assert_eq!(got.unwrap_or(text.into()), want.as_bytes(), "{text} {old} {new}");
        }
        let long = vec![b'a'; 1 << 20];
        assert!(replace(&long, b"a", &long, -1, Unit::Bytes).is_err());
    }

    #[test]
    fn strips_pads_and_expands() {
        assert_eq!(strip_space(" \u{2003}a ".as_bytes(), Ends::Both, Unit::CodePoints), b"a");
        assert_eq!(strip_space(b" a ", Ends::Left, Unit::Bytes), b"a ");
        assert_eq!(strip("éxaéx".as_bytes(), "xé".as_bytes(), Ends::Both, Unit::CodePoints), b"a");
        assert_eq!(
            strip("éxaéx".as_bytes(), "xé".as_bytes(), Ends::Right, Unit::CodePoints),
            "éxa".as_bytes()
        );
        assert_eq!(strip(b"\xff\xfea\xff", b"\xff", Ends::Both, Unit::Bytes), b"\xfea");
        for (text, width, want) in
            [("ab", 5, "  ab "), ("abc", 6, " abc  "), ("a", 4, " a  "), ("", 3, "   "), ("ab", 4, " ab ")]
        {
            assert_eq!(
                justify(text.as_bytes(), text.len(), width, b" ", Justify::Center).unwrap().unwrap(),
                want.as_bytes()
            );
        }
        assert_eq!(justify(b"a", 1, 3, "é".as_bytes(), Justify::Right).unwrap().unwrap(), "ééa".as_bytes());
        assert!(justify(b"a", 1, 1 << 40, b" ", Justify::Left).is_err());
        for (text, width, want) in [("-1", 5, "-0001"), ("+", 3, "+00"), ("1", 3, "001"), ("a-", 4, "00a-")] {
            assert_eq!(zfill(text.as_bytes(), text.len(), width).unwrap().unwrap(), want.as_bytes());
        }
        assert_eq!(expand_tabs(b"a\tb\n\tc", 4, Unit::Bytes).unwrap(), b"a   b\n    c");
        assert_eq!(expand_tabs("é\tb".as_bytes(), 8, Unit::CodePoints).unwrap(), "é       b".as_bytes());
        assert_eq!(expand_tabs(b"a\tb", 0, Unit::Bytes).unwrap(), b"ab");
        assert!(expand_tabs(b"\t", 1 << 50, Unit::Bytes).is_err());
    }

    /// Seeded texts over a tiny alphabet against naive models on code points.
    #[test]
    fn agrees_with_models() {
        let alphabet = ['a', 'b', 'é', '𝄞'];
        let mut state = 0x2545F4914F6CDD1Du64;
        let mut next = |n: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % n as u64) as usize
        };
        for _ in 0..5000 {
            let text: Vec<char> = (0..next(12)).map(|_| alphabet[next(4)]).collect();
            let needle: Vec<char> = (0..next(3)).map(|_| alphabet[next(4)]).collect();
            let (start, end) = (next(16) as i64 - 8, next(16) as i64 - 8);
            let (text_utf8, needle_utf8) = (String::from_iter(&text), String::from_iter(&needle));
            let (t, n) = (text_utf8.as_bytes(), needle_utf8.as_bytes());
            let is_ascii = t.is_ascii();
            let range = clamp_range(start, end, text.len());
            let starts: Vec<usize> = match range {
                None => Vec::new(),
                Some((from, to)) => (from..=to)
                    .filter(|&at| at + needle.len() <= to && text[at..at + needle.len()] == needle[..])
                    .collect(),
            };
            assert_eq!(
                find_str(t, is_ascii, n, start, end),
                starts.first().copied(),
                "{text_utf8} {needle_utf8} {start} {end}"
            );
            assert_eq!(
                rfind_str(t, is_ascii, n, start, end),
                starts.last().copied(),
                "{text_utf8} {needle_utf8} {start} {end}"
            );
            let mut n_found = 0;
            let mut free_from = 0;
            for &at in &starts {
                if at >= free_from {
                    n_found += 1;
                    free_from = at + needle.len().max(1);
                }
            }
            assert_eq!(
                count_str(t, is_ascii, n, start, end),
                n_found,
                "{text_utf8} {needle_utf8} {start} {end}"
            );
            if !needle.is_empty() {
                assert_eq!(show(split(t, n, -1).unwrap()), text_utf8.split(&needle_utf8).collect::<Vec<_>>());
                let mut right: Vec<&str> = text_utf8.rsplitn(3, &needle_utf8).collect();
                right.reverse();
                assert_eq!(show(rsplit(t, n, 2).unwrap()), right);
                let want = text_utf8.replacen(&needle_utf8, "xyz", 2);
                let got = replace(t, n, b"xyz", 2, Unit::CodePoints).unwrap().unwrap_or(t.to_vec());
                assert_eq!(got, want.as_bytes());
            }
        }
    }
}
