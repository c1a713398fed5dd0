//! What string and bytes literals stand for: their escapes.

use crate::ast::Wtf8String;

/// An escape that stands for itself, with a warning. Only the first of each literal is reported.
#[derive(Debug, PartialEq, Eq)]
pub struct InvalidEscape {
    /// Offset of the backslash in the body.
    pub offset: usize,
    pub message: String,
}

/// Why a string literal has no value; the text is that of the UnicodeDecodeError that CPython reports.
#[derive(Debug, PartialEq, Eq)]
pub struct StringError {
    pub message: String,
}

/// Why a bytes literal has no value.
#[derive(Debug, PartialEq, Eq)]
pub struct BytesError {
    pub message: String,
}

/// A string or bytes literal taken apart.
pub struct Literal<'a> {
    pub is_bytes: bool,
    pub is_raw: bool,
    pub u_prefix: bool,
    /// What is between the quotes, and where in the literal it begins.
    pub body: &'a str,
    pub body_start: usize,
}

impl<'a> Literal<'a> {
    /// Takes apart a literal that the lexer has found complete.
    pub fn new(text: &'a str) -> Literal<'a> {
        let n_prefix = text.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (prefix, quoted) = text.split_at(n_prefix);
        let has = |letter: char| prefix.chars().any(|c| c.eq_ignore_ascii_case(&letter));
        let is_triple =
            quoted.len() >= 6 && quoted.as_bytes()[1..3].iter().all(|byte| *byte == quoted.as_bytes()[0]);
        let n_quotes = if is_triple { 3 } else { 1 };
        Literal {
            is_bytes: has('b'),
            is_raw: has('r'),
            u_prefix: has('u'),
            body: &quoted[n_quotes..quoted.len() - n_quotes],
            body_start: n_prefix + n_quotes,
        }
    }
}

/// Finds out whether a literal has a value. The flag of an error: it is about the whole literal, where others are
/// about wherever the parser is.
///
/// # Errors
/// The message.
pub fn decode_literal(text: &str) -> Result<(), (String, bool)> {
    let literal = Literal::new(text);
    match literal.is_bytes {
        true => match decode_bytes(literal.body, literal.is_raw) {
            Ok(_) => Ok(()),
            Err(error) => Err((error.message, !literal.body.is_ascii())),
        },
        false => match decode_string(literal.body, literal.is_raw, false) {
            Ok(_) => Ok(()),
            Err(error) => Err((error.message, false)),
        },
    }
}

/// Decodes the text between the quotes of a string, or a piece of an f-string. In the latter the warning about a
/// backslash before a brace has been given already.
pub fn decode_string(
    body: &str,
    raw: bool,
    in_fstring: bool,
) -> Result<(Wtf8String, Option<InvalidEscape>), StringError> {
    if raw || memchr::memchr(b'\\', body.as_bytes()).is_none() {
        return Ok((Wtf8String::from(body), None));
    }
    let mut decoder = Decoder { body, at: 0, value: Wtf8String::new(), invalid: None };
    while let Some(skip) = memchr::memchr(b'\\', &body.as_bytes()[decoder.at..]) {
        decoder.value.push_str(&body[decoder.at..decoder.at + skip]);
        decoder.at += skip;
        decoder.escape()?;
    }
    decoder.value.push_str(&body[decoder.at..]);
    let invalid = decoder.invalid.filter(|invalid| {
        !in_fstring || !matches!(body.as_bytes().get(invalid.offset + 1), Some(b'{' | b'}'))
    });
    Ok((decoder.value, invalid))
}

struct Decoder<'a> {
    body: &'a str,
    at: usize,
    value: Wtf8String,
    invalid: Option<InvalidEscape>,
}

impl Decoder<'_> {
    /// Decodes the escape whose backslash is at `self.at`.
    fn escape(&mut self) -> Result<(), StringError> {
        let bytes = self.body.as_bytes();
        let backslash = self.at;
        self.at += 1;
        let Some(&kind) = bytes.get(self.at) else {
            // Before a field of an f-string.
            self.value.push('\\');
            return Ok(());
        };
        if !kind.is_ascii() {
            self.value.push('\\');
            return Ok(());
        }
        self.at += 1;
        match kind {
            b'\n' => {}
            b'x' => self.hex(backslash, 2, "truncated \\xXX escape")?,
            b'u' => self.hex(backslash, 4, "truncated \\uXXXX escape")?,
            b'U' => self.hex(backslash, 8, "truncated \\UXXXXXXXX escape")?,
            b'N' => self.named(backslash)?,
            b'0'..=b'7' => {
                let (code, n_digits) = octal(&bytes[self.at - 1..]);
                self.at += n_digits - 1;
                if code > 0o377 {
                    self.invalid.get_or_insert_with(|| invalid_octal(backslash, code));
                }
                self.value.push_code_point(code);
            }
            _ => match simple_escape(kind) {
                Some(byte) => self.value.push(char::from(byte)),
                None => {
                    self.invalid.get_or_insert_with(|| invalid_escape(backslash, kind));
                    self.value.push('\\');
                    self.value.push(char::from(kind));
                }
            },
        }
        Ok(())
    }

    fn hex(&mut self, backslash: usize, n_digits: usize, truncated: &str) -> Result<(), StringError> {
        let mut code = 0u32;
        for _ in 0..n_digits {
            let digit = self.body.as_bytes().get(self.at).and_then(|&byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else { return Err(self.error(backslash, truncated)) };
            code = code << 4 | digit;
            self.at += 1;
        }
        if code > 0x10FFFF {
            return Err(self.error(backslash, "illegal Unicode character"));
        }
        self.value.push_code_point(code);
        Ok(())
    }

    fn named(&mut self, backslash: usize) -> Result<(), StringError> {
        const MALFORMED: &str = "malformed \\N character escape";
        if self.body.as_bytes().get(self.at) != Some(&b'{') {
            return Err(self.error(backslash, MALFORMED));
        }
        self.at += 1;
        let Some(length) = memchr::memchr(b'}', &self.body.as_bytes()[self.at..]) else {
            self.at = self.body.len();
            return Err(self.error(backslash, MALFORMED));
        };
        if length == 0 {
            return Err(self.error(backslash, MALFORMED));
        }
        let name = &self.body[self.at..self.at + length];
        self.at += length + 1;
        match char_by_name(name) {
            Some(c) => self.value.push(c),
            None => return Err(self.error(backslash, "unknown Unicode character name")),
        }
        Ok(())
    }

    /// Positions count a character beyond ASCII as the ten of `\UXXXXXXXX`, the form in which CPython decodes.
    fn error(&self, backslash: usize, reason: &str) -> StringError {
        let width = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 10 }).sum::<usize>();
        let start = width(&self.body[..backslash]);
        let end = start + width(&self.body[backslash..self.at]) - 1;
        StringError {
            message: format!(
                "(unicode error) 'unicodeescape' codec can't decode bytes in position {start}-{end}: {reason}"
            ),
        }
    }
}

/// Decodes the text between the quotes of a bytes literal.
pub fn decode_bytes(body: &str, raw: bool) -> Result<(Vec<u8>, Option<InvalidEscape>), BytesError> {
    if !body.is_ascii() {
        return Err(BytesError { message: "bytes can only contain ASCII literal characters".to_owned() });
    }
    let bytes = body.as_bytes();
    if raw {
        return Ok((bytes.to_vec(), None));
    }
    let mut value = Vec::with_capacity(bytes.len());
    let mut invalid = None;
    let mut at = 0;
    while let Some(skip) = memchr::memchr(b'\\', &bytes[at..]) {
        value.extend_from_slice(&bytes[at..at + skip]);
        let backslash = at + skip;
        at = backslash + 2;
        let Some(&kind) = bytes.get(backslash + 1) else {
            value.push(b'\\');
            break;
        };
        match kind {
            b'\n' => {}
            b'x' => {
                let digit = |at: usize| bytes.get(at).and_then(|&byte| char::from(byte).to_digit(16));
                let (Some(high), Some(low)) = (digit(at), digit(at + 1)) else {
                    let message = format!("(value error) invalid \\x escape at position {backslash}");
                    return Err(BytesError { message });
                };
                value.push((high << 4 | low) as u8);
                at += 2;
            }
            b'0'..=b'7' => {
                let (code, n_digits) = octal(&bytes[backslash + 1..]);
                at += n_digits - 1;
                if code > 0o377 {
                    invalid.get_or_insert_with(|| invalid_octal(backslash, code));
                }
                value.push(code as u8);
            }
            _ => match simple_escape(kind) {
                Some(byte) => value.push(byte),
                None => {
                    invalid.get_or_insert_with(|| invalid_escape(backslash, kind));
                    value.extend_from_slice(&[b'\\', kind]);
                }
            },
        }
    }
    value.extend_from_slice(bytes.get(at..).unwrap_or_default());
    Ok((value, invalid))
}

/// The escapes of one character that strings and bytes share.
fn simple_escape(kind: u8) -> Option<u8> {
    Some(match kind {
        b'\\' | b'\'' | b'"' => kind,
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0C,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0B,
        _ => return None,
    })
}

/// One to three octal digits: their value and number.
fn octal(digits: &[u8]) -> (u32, usize) {
    let n_digits = digits.iter().take(3).take_while(|digit| matches!(digit, b'0'..=b'7')).count();
    (digits[..n_digits].iter().fold(0, |code, digit| code << 3 | u32::from(digit - b'0')), n_digits)
}

fn invalid_escape(offset: usize, kind: u8) -> InvalidEscape {
    let c = char::from(kind);
    let message = format!(
        "\"\\{c}\" is an invalid escape sequence. Such sequences will not work in the future. Did you mean \
         \"\\\\{c}\"? A raw string is also an option."
    );
    InvalidEscape { offset, message }
}

fn invalid_octal(offset: usize, code: u32) -> InvalidEscape {
    let message = format!(
        "\"\\{code:o}\" is an invalid octal escape sequence. Such sequences will not work in the future. Did you \
         mean \"\\\\{code:o}\"? A raw string is also an option."
    );
    InvalidEscape { offset, message }
}

/// Looks a character up as `unicodedata.lookup` does, save for named sequences: any case, nothing else forgiven.
fn char_by_name(name: &str) -> Option<char> {
    if !name.is_ascii() {
        return None;
    }
    // The crate's look-up forgives blanks and hyphens in other places, and trips over names of nothing else.
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b' ' || byte == b'-';
    let ends = [name.bytes().next(), name.bytes().next_back()];
    if !name.bytes().all(is_part) || !ends.iter().flatten().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    let c = unicode_names2::character(name)?;
    let proper = unicode_names2::name(c).map(|proper| proper.to_string());
    // The crate's look-up forgives blanks and hyphens that differ, in names and in aliases.
    let blanks = |text: &str| text.bytes().filter(|byte| matches!(byte, b' ' | b'-' | b'_')).count();
    match proper {
        Some(proper) if squash(&proper) == squash(name) => proper.eq_ignore_ascii_case(name).then_some(c),
        // An alias; their proper spelling is not to be had, but it has no doubled or underscored blanks.
        _ => (!name.contains("  ") && !name.contains('_') && blanks(name) <= 8).then_some(c),
    }
}

/// A name without case, blanks and hyphens.
fn squash(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_have_their_value() {
        for (body, want) in [
            (r"a\n\t\\\'\x41", "a\n\t\\'A"),
            (r"\101\08\0", "A\u{0}8\u{0}"),
            (r"\u00e9\U0001F600", "é😀"),
            (r"\N{digit one}\N{HANGUL SYLLABLE GA}\N{LINE FEED}\N{NBSP}", "1가\n\u{a0}"),
            (r"\é", r"\é"),
            ("a\\\nb", "ab"),
            (r"\777", "ǿ"),
        ] {
            assert_eq!(decode_string(body, false, false).unwrap().0.as_str(), Some(want), "{body:?}");
        }
        let (value, _) = decode_string(r"\ud800", false, false).unwrap();
        assert_eq!(value.code_points().collect::<Vec<_>>(), [0xD800]);
        assert_eq!(decode_bytes(r"\x00\377\n", false).unwrap().0, [0, 0xFF, b'\n']);
    }

    #[test]
    fn wrong_escapes_are_explained() {
        for (body, want) in [
            (r"é\x", r"position 10-11: truncated \xXX escape"),
            (r"\u123", r"position 0-4: truncated \uXXXX escape"),
            (r"\U00110000", "position 0-9: illegal Unicode character"),
            (r"\N{foo}", "position 0-6: unknown Unicode character name"),
            (r"\N{é}", "position 0-13: unknown Unicode character name"),
            (r"\N{DIGIT-ONE}", "position 0-12: unknown Unicode character name"),
            (r"\N{KEYCAP DIGIT ONE}", "position 0-19: unknown Unicode character name"),
            (r"\N", r"position 0-1: malformed \N character escape"),
            (r"\N{}", r"position 0-2: malformed \N character escape"),
            (r"\N{foo", r"position 0-5: malformed \N character escape"),
        ] {
            let message = decode_string(body, false, false).unwrap_err().message;
            assert!(message.ends_with(want), "{body:?}: {message}");
        }
        let message = decode_bytes(r"\d\x", false).unwrap_err().message;
        assert_eq!(message, r"(value error) invalid \x escape at position 2");
    }

    #[test]
    fn unknown_escapes_stay_with_a_warning() {
        let (value, invalid) = decode_string(r"ab\d\e", false, false).unwrap();
        assert_eq!(value.as_str(), Some(r"ab\d\e"));
        assert_eq!(invalid.map(|invalid| invalid.offset), Some(2));
    }
}
