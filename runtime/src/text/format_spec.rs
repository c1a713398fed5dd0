//! The format mini-language: `[[fill]align][sign][z][#][0][width][grouping][.precision[grouping]][type]`.
//!
//! Parsing checks what can be checked without knowing the value; `format_apply` does the rest.

use super::{TextError, TextResult, unicode, wtf8};

/// Digit grouping asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    None,
    /// `,` every three digits.
    Comma,
    /// `_` every three digits.
    Underscore,
    /// `_` every four digits, in bases 2, 8 and 16.
    UnderscoreFour,
}

impl Grouping {
    /// The separator, if any.
    pub fn separator(self) -> Option<u8> {
        match self {
            Grouping::None => None,
            Grouping::Comma => Some(b','),
            Grouping::Underscore | Grouping::UnderscoreFour => Some(b'_'),
        }
    }

    /// Digits in one group.
    pub fn size(self) -> usize {
        if self == Grouping::UnderscoreFour { 4 } else { 3 }
    }

    fn letter(self) -> char {
        self.separator().unwrap_or(b',') as char
    }
}

/// A parsed format specifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatSpec {
    pub fill: u32,
    /// One of `<`, `>`, `=`, `^`.
    pub align: u8,
    pub alternate: bool,
    pub no_negative_zero: bool,
    /// `+`, `-`, space, or 0 where none was given.
    pub sign: u8,
    pub width: Option<usize>,
    pub grouping: Grouping,
    pub fraction_grouping: Grouping,
    pub precision: Option<usize>,
    /// The presentation type, the default one where none was given; 0 stands for "none" of floats.
    pub code: u32,
}

fn is_align(cp: u32) -> bool {
    matches!(cp, 0x3C | 0x3E | 0x3D | 0x5E)
}

/// A decimal number at `pos`, digits of any script.
///
/// # Errors
/// ValueError if it is beyond a machine integer.
fn integer(spec: &[u32], pos: &mut usize) -> TextResult<Option<usize>> {
    let start = *pos;
    let mut value = 0i64;
    while let Some(digit) = spec.get(*pos).and_then(|&cp| unicode::decimal_value(cp)) {
        value = value
            .checked_mul(10)
            .and_then(|v| v.checked_add(digit as i64))
            .ok_or_else(|| TextError::value("Too many decimal digits in format string"))?;
        *pos += 1;
    }
    Ok((*pos > start).then_some(value as usize))
}

/// A character in a message: itself, or its number where it is not printable ASCII.
pub(super) fn shown_code(cp: u32) -> String {
    if cp > 32 && cp < 128 { format!("{}", cp as u8 as char) } else { format!("\\x{cp:x}") }
}

fn cannot_specify(grouping: Grouping, code: u32) -> TextError {
    TextError::value(format!("Cannot specify '{}' with '{}'.", grouping.letter(), shown_code(code)))
}

/// The error for a presentation type that the value's type does not know.
pub fn unknown_code(code: u32, type_name: &str) -> TextError {
    TextError::value(format!("Unknown format code '{}' for object of type '{type_name}'", shown_code(code)))
}

impl FormatSpec {
    /// Parses a specifier for a value of the type named `type_name`.
    ///
    /// # Errors
    /// ValueError, in CPython's words.
    pub fn parse(
        text: &[u8],
        type_name: &str,
        default_code: u8,
        default_align: u8,
    ) -> TextResult<FormatSpec> {
        let spec: smallvec::SmallVec<[u32; 16]> = wtf8::code_points(text).collect();
        let mut format = FormatSpec {
            fill: b' ' as u32,
            align: default_align,
            alternate: false,
            no_negative_zero: false,
            sign: 0,
            width: None,
            grouping: Grouping::None,
            fraction_grouping: Grouping::None,
            precision: None,
            code: default_code as u32,
        };
        let mut pos = 0;
        let at = |pos: usize, wanted: u8| spec.get(pos) == Some(&(wanted as u32));
        let (mut fill_given, mut align_given) = (false, false);
        if spec.get(1).is_some_and(|&cp| is_align(cp)) {
            format.fill = spec[0];
            format.align = spec[1] as u8;
            (fill_given, align_given) = (true, true);
            pos = 2;
        } else if spec.first().is_some_and(|&cp| is_align(cp)) {
            format.align = spec[0] as u8;
            align_given = true;
            pos = 1;
        }
        if at(pos, b'+') || at(pos, b'-') || at(pos, b' ') {
            format.sign = spec[pos] as u8;
            pos += 1;
        }
        if at(pos, b'z') {
            format.no_negative_zero = true;
            pos += 1;
        }
        if at(pos, b'#') {
            format.alternate = true;
            pos += 1;
        }
        if !fill_given && at(pos, b'0') {
            format.fill = b'0' as u32;
            if !align_given && default_align == b'>' {
                format.align = b'=';
            }
            pos += 1;
        }
        format.width = integer(&spec, &mut pos)?;
        format.grouping = grouping(&spec, &mut pos)?;
        if at(pos, b'.') {
            pos += 1;
            format.precision = integer(&spec, &mut pos)?;
            format.fraction_grouping = grouping(&spec, &mut pos)?;
            if format.precision.is_none() && format.fraction_grouping == Grouping::None {
                return Err(TextError::value("Format specifier missing precision"));
            }
        }
        if spec.len() - pos > 1 {
            let mut message = b"Invalid format specifier '".to_vec();
            message.extend_from_slice(text);
            message.extend_from_slice(format!("' for object of type '{type_name}'").as_bytes());
            return Err(TextError::value(message));
        }
        if let Some(&code) = spec.get(pos) {
            format.code = code;
        }
        format.check_grouping()?;
        Ok(format)
    }

    fn check_grouping(&mut self) -> TextResult<()> {
        if self.grouping != Grouping::None {
            match char::from_u32(self.code).unwrap_or('?') {
                'd' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F' | '\0' => {}
                'b' | 'o' | 'x' | 'X' if self.grouping == Grouping::Underscore => {
                    self.grouping = Grouping::UnderscoreFour;
                }
                _ => return Err(cannot_specify(self.grouping, self.code)),
            }
        }
        if self.code == b'n' as u32 && self.fraction_grouping != Grouping::None {
            return Err(cannot_specify(self.fraction_grouping, self.code));
        }
        Ok(())
    }
}

/// `,` or `_` at `pos`, not both.
fn grouping(spec: &[u32], pos: &mut usize) -> TextResult<Grouping> {
    let at = |pos: usize, wanted: u8| spec.get(pos) == Some(&(wanted as u32));
    let found = match spec.get(*pos) {
        Some(0x2C) => Grouping::Comma,
        Some(0x5F) => Grouping::Underscore,
        _ => return Ok(Grouping::None),
    };
    *pos += 1;
    let other = if found == Grouping::Comma { b'_' } else { b',' };
    if at(*pos, other) {
        return Err(TextError::value("Cannot specify both ',' and '_'."));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses() {
        let spec = FormatSpec::parse("é^+z#012,.3_f".as_bytes(), "float", 0, b'>').unwrap();
        assert_eq!((spec.fill, spec.align, spec.sign), (0xE9, b'^', b'+'));
        assert!(spec.no_negative_zero && spec.alternate);
        assert_eq!((spec.width, spec.precision), (Some(12), Some(3)));
        assert_eq!((spec.grouping, spec.fraction_grouping), (Grouping::Comma, Grouping::Underscore));
        assert_eq!(spec.code, b'f' as u32);
        let spec = FormatSpec::parse(b"010", "int", b'd', b'>').unwrap();
        assert_eq!((spec.fill, spec.align, spec.width), (b'0' as u32, b'=', Some(10)));
    }

    #[test]
    fn errors() {
        for (text, want) in [
            ("10.", "Format specifier missing precision"),
            (",_", "Cannot specify both ',' and '_'."),
            ("_,", "Cannot specify both ',' and '_'."),
            (",x", "Cannot specify ',' with 'x'."),
            (",s", "Cannot specify ',' with 's'."),
            (",é", "Cannot specify ',' with '\\xe9'."),
            ("abc", "Invalid format specifier 'abc' for object of type 'int'"),
            (",,", "Cannot specify ',' with ','."),
            ("99999999999999999999", "Too many decimal digits in format string"),
            (".99999999999999999999", "Too many decimal digits in format string"),
        ] {
            let error = FormatSpec::parse(text.as_bytes(), "int", b'd', b'>').unwrap_err();
            assert_eq!(error.text(), want, "{text}");
        }
    }
}
