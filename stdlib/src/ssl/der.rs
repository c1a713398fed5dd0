//! Reading DER, the encoding of certificates and keys: a cursor over tagged values.
//!
//! Lengths beyond the input end the reading with `None`; nothing here allocates by what the input claims.

/// Tags that certificates and keys have.
pub mod tag {
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const BIT_STRING: u8 = 0x03;
    pub const OCTET_STRING: u8 = 0x04;
    pub const OID: u8 = 0x06;
    pub const UTF8_STRING: u8 = 0x0c;
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const UNIVERSAL_STRING: u8 = 0x1c;
    pub const BMP_STRING: u8 = 0x1e;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
    /// `[n]` around a primitive value.
    pub const fn context(n: u8) -> u8 {
        0x80 | n
    }
    /// `[n]` around other values.
    pub const fn constructed(n: u8) -> u8 {
        0xa0 | n
    }
}

/// One tagged value.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    pub tag: u8,
    pub content: &'a [u8],
    /// Tag and length included.
    pub whole: &'a [u8],
}

impl<'a> Element<'a> {
    pub fn reader(&self) -> Reader<'a> {
        Reader(self.content)
    }
}

/// What is left to read.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next value, whatever its tag.
    pub fn next(&mut self) -> Option<Element<'a>> {
        let input = self.0;
        let (&tag, &first) = (input.first()?, input.get(1)?);
        // Tags of several bytes occur in neither certificates nor keys.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (length, header) = match first {
            0..=0x7f => (first as usize, 2),
            0x81..=0x84 => {
                let n = (first & 0x7f) as usize;
                let bytes = input.get(2..2 + n)?;
                (bytes.iter().fold(0, |length, byte| length << 8 | *byte as usize), 2 + n)
            }
            _ => return None,
        };
        let end = header.checked_add(length)?;
        let whole = input.get(..end)?;
        self.0 = &input[end..];
        Some(Element { tag, content: &whole[header..], whole })
    }

    /// The next value if it has this tag.
    pub fn tagged(&mut self, tag: u8) -> Option<Element<'a>> {
        if *self.0.first()? == tag { self.next() } else { None }
    }

    /// What the next value holds, if it has this tag.
    pub fn enter(&mut self, tag: u8) -> Option<Reader<'a>> {
        self.tagged(tag).map(|element| element.reader())
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        Reader::next(self)
    }
}

/// A value with tag and length in front.
pub fn encode(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match content.len() {
        short @ 0..=0x7f => out.push(short as u8),
        long => {
            let bytes = long.to_be_bytes();
            let skip = bytes.iter().take_while(|byte| **byte == 0).count();
            out.push(0x80 | (bytes.len() - skip) as u8);
            out.extend_from_slice(&bytes[skip..]);
        }
    }
    out.extend_from_slice(content);
    out
}

/// "1.2.840.113549"; `None` if the encoding is broken.
pub fn oid_text(content: &[u8]) -> Option<String> {
    let mut parts: Vec<u128> = Vec::new();
    let mut part: u128 = 0;
    for (at, byte) in content.iter().enumerate() {
        if part > u128::MAX >> 7 {
            return None;
        }
        part = part << 7 | (byte & 0x7f) as u128;
        if byte & 0x80 == 0 {
            if parts.is_empty() {
                let first = (part / 40).min(2);
                parts.push(first);
                parts.push(part - first * 40);
            } else {
                parts.push(part);
            }
            part = 0;
        } else if at + 1 == content.len() {
            return None;
        }
    }
    if parts.is_empty() {
        return None;
    }
    Some(parts.iter().map(u128::to_string).collect::<Vec<_>>().join("."))
}

/// The bytes of a dotted number, as [`oid_text`] reads them.
pub fn oid_bytes(text: &str) -> Option<Vec<u8>> {
    let parts: Vec<u64> = text.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (&first, &second) = (parts.first()?, parts.get(1)?);
    if first > 2 || (first < 2 && second >= 40) {
        return None;
    }
    let mut out = Vec::new();
    for part in std::iter::once((first * 40).checked_add(second)?).chain(parts[2..].iter().copied()) {
        let n = (64 - part.leading_zeros()).div_ceil(7).max(1);
        out.extend((0..n).rev().map(|at| (part >> (7 * at)) as u8 & 0x7f | if at > 0 { 0x80 } else { 0 }));
    }
    Some(out)
}

/// The text of a string of a directory name or general name.
pub fn string(element: &Element<'_>) -> String {
    let bytes = element.content;
    match element.tag {
        tag::UTF8_STRING => String::from_utf8_lossy(bytes).into_owned(),
        tag::BMP_STRING => {
            let units: Vec<u16> =
                bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        tag::UNIVERSAL_STRING => bytes
            .chunks_exact(4)
            .map(|four| u32::from_be_bytes([four[0], four[1], four[2], four[3]]))
            .map(|code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
        // The others are read as Latin-1, whose first half is what they should have.
        _ => bytes.iter().map(|byte| *byte as char).collect(),
    }
}

/// Seconds since 1970 of a UTCTime or GeneralizedTime in the form that certificates must have.
pub fn time(element: &Element<'_>) -> Option<i64> {
    let digits = element.content.strip_suffix(b"Z")?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        std::str::from_utf8(digits.get(range)?).ok()?.parse().ok()
    };
    let (year, rest) = match (element.tag, digits.len()) {
        (tag::UTC_TIME, 12) => {
            let year = number(0..2)?;
            (if year < 50 { 2000 + year } else { 1900 + year }, 2)
        }
        (tag::GENERALIZED_TIME, 14) => (number(0..4)?, 4),
        _ => return None,
    };
    let part = |at: usize| number(rest + 2 * at..rest + 2 * at + 2);
    let (month, day, hour, minute, second) = (part(0)?, part(1)?, part(2)?, part(3)?, part(4)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

/// Days since 1970 in the Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// "Jan  5 09:34:43 2018 GMT".
pub fn time_text(seconds: i64) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (days, rest) = (seconds.div_euclid(86_400) + 719_468, seconds.rem_euclid(86_400));
    let era = days.div_euclid(146_097);
    let of_era = days - era * 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    let name = MONTHS[(month - 1) as usize];
    format!("{name} {day:2} {hour:02}:{minute:02}:{second:02} {year} GMT")
}
