//! The `%` operator of str and bytes: a parser that yields conversions, and functions that apply them.
//!
//! Whoever drives it fetches arguments and runs Python code (`__str__`, `__int__`, ...), so the parser goes step by
//! step and keeps an error for the moment at which CPython would meet it: first the key is looked up, then the
//! arguments for `*` are taken, then [`Conversion::code`] may turn out to be an error, then the value is fetched.

use super::float_repr::{self, ALTERNATE};
use super::int_text::{self, IntRef};
use super::small_int::Decimal;
use super::{TextError, TextResult, check_size, wtf8};

/// Which type's `%` it is: messages differ, and bytes count bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavor {
    Str,
    Bytes,
}

/// Width or precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    Given(usize),
    /// `*`: taken from the arguments; see [`star_width`] and [`star_precision`].
    Star,
}

/// The flags of a conversion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `-`
    pub left: bool,
    /// `+`
    pub sign: bool,
    /// space
    pub blank: bool,
    /// `#`
    pub alternate: bool,
    /// `0`
    pub zero: bool,
}

/// One conversion, as far as its text tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion<'a> {
    /// The mapping key in parentheses. If there is one at all, "format requires a mapping" comes before its error.
    pub key: Option<TextResult<&'a [u8]>>,
    pub flags: Flags,
    pub width: Option<Amount>,
    pub precision: Option<Amount>,
    /// The conversion type, which is not yet known to be a supported one, or what is wrong with the rest.
    pub code: TextResult<u32>,
    /// The template before the code.
    pub before: &'a [u8],
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Literal(&'a [u8]),
    Conversion(Conversion<'a>),
}

/// Iterates over the pieces of a template. Stop at the first conversion that holds an error.
pub struct Pieces<'a> {
    template: &'a [u8],
    flavor: Flavor,
    pos: usize,
}

/// The pieces of a template.
pub fn pieces(template: &[u8], flavor: Flavor) -> Pieces<'_> {
    Pieces { template, flavor, pos: 0 }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let rest = &self.template[self.pos..];
        if rest.is_empty() {
            return None;
        }
        if rest.starts_with(b"%%") {
            self.pos += 2;
            return Some(Piece::Literal(b"%"));
        }
        if rest[0] != b'%' {
            let len = memchr::memchr(b'%', rest).unwrap_or(rest.len());
            self.pos += len;
            return Some(Piece::Literal(&rest[..len]));
        }
        self.pos += 1;
        Some(Piece::Conversion(self.conversion()))
    }
}

impl<'a> Pieces<'a> {
    fn peek(&self) -> Option<u8> {
        self.template.get(self.pos).copied()
    }

    fn conversion(&mut self) -> Conversion<'a> {
        let mut conversion = Conversion {
            key: None,
            flags: Flags::default(),
            width: None,
            precision: None,
            code: Ok(0),
            before: &[],
        };
        if self.peek() == Some(b'(') {
            let key = self.key();
            let failed = key.is_err();
            conversion.key = Some(key);
            if failed {
                return conversion;
            }
        }
        let flags = &mut conversion.flags;
        loop {
            match self.peek() {
                Some(b'-') => flags.left = true,
                Some(b'+') => flags.sign = true,
                Some(b' ') => flags.blank = true,
                Some(b'#') => flags.alternate = true,
                Some(b'0') => flags.zero = true,
                _ => break,
            }
            self.pos += 1;
        }
        match self.amount(i64::MAX as u64) {
            Ok(width) => conversion.width = width,
            Err(()) => {
                conversion.code = Err(TextError::value("width too big"));
                return conversion;
            }
        }
        if self.peek() == Some(b'.') {
            self.pos += 1;
            match self.amount(i32::MAX as u64) {
                Ok(precision) => conversion.precision = Some(precision.unwrap_or(Amount::Given(0))),
                Err(()) => {
                    let what = if self.flavor == Flavor::Str { "precision" } else { "prec" };
                    conversion.code = Err(TextError::value(format!("{what} too big")));
                    return conversion;
                }
            }
        }
        if matches!(self.peek(), Some(b'h' | b'l' | b'L')) {
            self.pos += 1;
        }
        if let Some(byte) = self.peek() {
            let (code, len) = match self.flavor {
                Flavor::Str => wtf8::decode(self.template, self.pos),
                Flavor::Bytes => (byte as u32, 1),
            };
            conversion.before = &self.template[..self.pos];
            conversion.code = Ok(code);
            self.pos += len;
        } else {
            conversion.code = Err(TextError::value("incomplete format"));
        }
        conversion
    }

    /// The text between matching parentheses.
    fn key(&mut self) -> TextResult<&'a [u8]> {
        let start = self.pos + 1;
        let mut depth = 0usize;
        while let Some(byte) = self.peek() {
            self.pos += 1;
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(&self.template[start..self.pos - 1]);
            }
        }
        Err(TextError::value("incomplete format key"))
    }

    fn amount(&mut self, max: u64) -> Result<Option<Amount>, ()> {
        if self.peek() == Some(b'*') {
            self.pos += 1;
            return Ok(Some(Amount::Star));
        }
        let mut value = None;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            let digit = (digit - b'0') as u64;
            let before = value.unwrap_or(0);
            if before > (max - digit) / 10 {
                return Err(());
            }
            value = Some(before * 10 + digit);
            self.pos += 1;
        }
        Ok(value.map(|value| Amount::Given(value as usize)))
    }
}

/// Layout of a conversion after the arguments for `*` are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    pub flags: Flags,
    pub width: usize,
    pub precision: Option<usize>,
}

impl Layout {
    /// Takes in the argument for a `*` width; negative ones align left.
    ///
    /// # Errors
    /// OverflowError if it is no machine integer.
    pub fn star_width(&mut self, value: IntRef<'_>) -> TextResult<()> {
        let value = value
            .to_i64()
            .ok_or_else(|| TextError::overflow("Python int too large to convert to C ssize_t"))?;
        self.flags.left |= value < 0;
        self.width = value.unsigned_abs() as usize;
        Ok(())
    }

    /// Takes in the argument for a `*` precision; negative ones count as 0.
    ///
    /// # Errors
    /// OverflowError if it is no C int.
    pub fn star_precision(&mut self, value: IntRef<'_>) -> TextResult<()> {
        let value = value
            .to_i64()
            .and_then(|value| i32::try_from(value).ok())
            .ok_or_else(|| TextError::overflow("Python int too large to convert to C int"))?;
        self.precision = Some(value.max(0) as usize);
        Ok(())
    }
}

/// `* wants int`.
pub fn star_wants_int() -> TextError {
    TextError::type_error("* wants int")
}

pub fn requires_mapping() -> TextError {
    TextError::type_error("format requires a mapping")
}

pub fn not_enough_arguments() -> TextError {
    TextError::type_error("not enough arguments for format string")
}

pub fn not_all_converted(flavor: Flavor) -> TextError {
    let what = if flavor == Flavor::Str { "string" } else { "bytes" };
    TextError::type_error(format!("not all arguments converted during {what} formatting"))
}

/// The error for a conversion type that does not exist; CPython finds it after fetching the value.
pub fn unsupported_code(flavor: Flavor, code: u32, before: &[u8]) -> TextError {
    let code_idx = match flavor {
        Flavor::Str => wtf8::count(before),
        Flavor::Bytes => before.len(),
    };
    let shown = match (flavor, code) {
        (Flavor::Bytes, 0x80..) => {
            // CPython passes a signed char to its own formatter here.
            return TextError::overflow("character argument not in range(0x110000)");
        }
        (Flavor::Str, 0..=30 | 127..) => '?',
        _ => code as u8 as char,
    };
    TextError::value(format!("unsupported format character '{shown}' (0x{code:x}) at index {code_idx}"))
}

/// The error where `%d` and the like get no number.
pub fn number_required(code: u32, type_name: &str) -> TextError {
    let code = code as u8 as char;
    let what = if matches!(code, 'x' | 'X' | 'o') { "an integer" } else { "a real number" };
    TextError::type_error(format!("%{code} format: {what} is required, not {type_name}"))
}

/// The error where `%f` and the like get no number.
pub fn float_required(flavor: Flavor, type_name: &str) -> TextError {
    TextError::type_error(match flavor {
        Flavor::Str => format!("must be real number, not {type_name}"),
        Flavor::Bytes => format!("float argument required, not {type_name}"),
    })
}

/// The error where `%c` gets neither an integer nor a character.
pub fn character_required(flavor: Flavor, type_name: &str) -> TextError {
    TextError::type_error(match flavor {
        Flavor::Str => format!("%c requires an int or a unicode character, not {type_name}"),
        Flavor::Bytes => {
            format!("%c requires an integer in range(256) or a single byte, not {type_name}")
        }
    })
}

/// The error where `%c` gets a str, bytes or bytearray of the wrong length.
pub fn character_length(flavor: Flavor, type_name: &str, len: usize) -> TextError {
    TextError::type_error(match flavor {
        Flavor::Str => {
            format!("%c requires an int or a unicode character, not a string of length {len}")
        }
        Flavor::Bytes => format!(
            "%c requires an integer in range(256) or a single byte, not a {type_name} object of length {len}"
        ),
    })
}

/// The error where `%b` and `%s` of bytes get something else.
pub fn bytes_required(type_name: &str) -> TextError {
    TextError::type_error(format!(
        "%b requires a bytes-like object, or an object that implements __bytes__, not '{type_name}'"
    ))
}

/// Appends the character that `%c` makes of an integer.
///
/// # Errors
/// OverflowError if there is no such character or byte.
pub fn character(flavor: Flavor, value: IntRef<'_>) -> TextResult<Vec<u8>> {
    let limit = if flavor == Flavor::Str { 0x110000 } else { 256 };
    match value.to_i64() {
        Some(value) if (0..limit).contains(&value) => Ok(match flavor {
            Flavor::Str => wtf8::encode(value as u32),
            Flavor::Bytes => vec![value as u8],
        }),
        _ => {
            let limit = if flavor == Flavor::Str { "0x110000" } else { "256" };
            Err(TextError::overflow(format!("%c arg not in range({limit})")))
        }
    }
}

/// Appends a value of `%s`, `%r`, `%a`, `%b`: cut to the precision, padded to the width.
///
/// # Errors
/// MemoryError for an enormous width.
pub fn push_text(out: &mut Vec<u8>, flavor: Flavor, text: &[u8], layout: &Layout) -> TextResult<()> {
    let counts_bytes = flavor == Flavor::Bytes || text.is_ascii();
    let text = match layout.precision {
        Some(precision) => wtf8::slice(text, counts_bytes, 0, precision),
        None => text,
    };
    push_padded(out, text, wtf8::len(text, counts_bytes), layout)
}

/// Appends a value of `%c`: padded, but never cut.
///
/// # Errors
/// MemoryError for an enormous width.
pub fn push_character(out: &mut Vec<u8>, text: &[u8], layout: &Layout) -> TextResult<()> {
    push_padded(out, text, 1, layout)
}

fn push_padded(out: &mut Vec<u8>, text: &[u8], len: usize, layout: &Layout) -> TextResult<()> {
    let padding = layout.width.saturating_sub(len);
    check_size(padding)?;
    if !layout.flags.left {
        out.resize(out.len() + padding, b' ');
    }
    out.extend_from_slice(text);
    if layout.flags.left {
        out.resize(out.len() + padding, b' ');
    }
    Ok(())
}

/// Appends an integer for `d i u o x X`.
///
/// # Errors
/// ValueError beyond the digit limit, MemoryError for an enormous width or precision.
pub fn push_int(
    out: &mut Vec<u8>,
    value: IntRef<'_>,
    code: u32,
    layout: &Layout,
    max_str_digits: usize,
) -> TextResult<()> {
    if let (IntRef::Small(n), b'd' | b'i' | b'u', None) = (value, code as u8, layout.precision) {
        let digits = Decimal::new(n);
        let digits = digits.as_bytes();
        return push_number(out, n < 0, "", digits.strip_prefix(b"-").unwrap_or(digits), layout);
    }
    let (radix, prefix) = match code as u8 {
        b'o' => (8, "0o"),
        b'x' => (16, "0x"),
        b'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut digits = match radix {
        10 => int_text::to_decimal(value, max_str_digits)?.trim_start_matches('-').to_string(),
        _ => int_text::magnitude_to_radix(value, radix),
    };
    if code == b'X' as u32 {
        digits.make_ascii_uppercase();
    }
    let precision = layout.precision.unwrap_or(0);
    check_size(precision)?;
    if digits.len() < precision {
        digits.insert_str(0, &"0".repeat(precision - digits.len()));
    }
    let prefix = if layout.flags.alternate { prefix } else { "" };
    push_number(out, value.is_negative(), prefix, digits.as_bytes(), layout)
}

/// Appends a float for `e E f F g G`.
///
/// # Errors
/// MemoryError for an enormous width or precision.
pub fn push_float(out: &mut Vec<u8>, value: f64, code: u32, layout: &Layout) -> TextResult<()> {
    let flags = if layout.flags.alternate { ALTERNATE } else { 0 };
    let text = float_repr::to_text(value, code as u8, layout.precision.unwrap_or(6), flags)?;
    let digits = text.strip_prefix('-').unwrap_or(&text);
    push_number(out, text.starts_with('-'), "", digits.as_bytes(), layout)
}

fn push_number(
    out: &mut Vec<u8>,
    negative: bool,
    prefix: &str,
    digits: &[u8],
    layout: &Layout,
) -> TextResult<()> {
    let flags = layout.flags;
    let sign = match negative {
        true => "-",
        false if flags.sign => "+",
        false if flags.blank => " ",
        false => "",
    };
    let padding = layout.width.saturating_sub(sign.len() + prefix.len() + digits.len());
    check_size(padding)?;
    let zeros = if flags.zero && !flags.left { padding } else { 0 };
    let spaces = padding - zeros;
    if !flags.left {
        out.resize(out.len() + spaces, b' ');
    }
    out.extend_from_slice(sign.as_bytes());
    out.extend_from_slice(prefix.as_bytes());
    out.resize(out.len() + zeros, b'0');
    out.extend_from_slice(digits);
    if flags.left {
        out.resize(out.len() + spaces, b' ');
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    enum Arg {
        Int(i64),
        Float(f64),
        Text(&'static str),
    }
    use Arg::*;

    /// Drives the engine with one argument, as the binder does.
    fn apply(template: &str, arg: &Arg) -> TextResult<String> {
        let mut out = Vec::new();
        for piece in pieces(template.as_bytes(), Flavor::Str) {
            let conversion = match piece {
                Piece::Literal(text) => {
                    out.extend_from_slice(text);
                    continue;
                }
                Piece::Conversion(conversion) => conversion,
            };
            if let Some(key) = conversion.key {
                key?;
            }
            let mut layout = Layout { flags: conversion.flags, ..Layout::default() };
            match conversion.width {
                Some(Amount::Given(width)) => layout.width = width,
                Some(Amount::Star) => layout.star_width(IntRef::Small(-5))?,
                None => {}
            }
            match conversion.precision {
                Some(Amount::Given(precision)) => layout.precision = Some(precision),
                Some(Amount::Star) => layout.star_precision(IntRef::Small(2))?,
                None => {}
            }
            let code = conversion.code?;
            match (char::from_u32(code).unwrap(), arg) {
                ('d' | 'i' | 'u' | 'x' | 'X' | 'o', Int(value)) => {
                    push_int(&mut out, IntRef::Small(*value), code, &layout, 4300)?
                }
                ('e' | 'f' | 'g' | 'E' | 'F' | 'G', Float(value)) => {
                    push_float(&mut out, *value, code, &layout)?
                }
                ('s', Text(text)) => push_text(&mut out, Flavor::Str, text.as_bytes(), &layout)?,
                ('c', Int(value)) => {
                    push_character(&mut out, &character(Flavor::Str, IntRef::Small(*value))?, &layout)?
                }
                ('d', Text(_)) => return Err(number_required(code, "str")),
                _ => return Err(unsupported_code(Flavor::Str, code, conversion.before)),
            }
        }
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn applies() {
        for (template, arg, want) in [
            ("%#5.3o", Int(8), "0o010"),
            ("%#X", Int(255), "0XFF"),
            ("%+05d", Int(3), "+0003"),
            ("%-05d|", Int(3), "3    |"),
            ("% 05d", Int(-3), "-0003"),
            ("%8.5d", Int(-3), "  -00003"),
            ("%08.5d", Int(-3), "-0000003"),
            ("%#08.5x", Int(255), "0x0000ff"),
            ("%+#x", Int(255), "+0xff"),
            ("%G", Float(1e-10), "1E-10"),
            ("%#.0f", Float(1.0), "1."),
            ("%05f", Float(f64::INFINITY), "00inf"),
            ("%+f", Float(f64::NAN), "+nan"),
            ("%010.3f", Float(-1.5), "-00001.500"),
            ("%*d|", Int(1), "1    |"),
            ("%.*f", Float(1.5), "1.50"),
            ("100%% %5s|%-5s|%.1s", Text("é"), "100%     é|é    |é"),
            ("%05s", Text("a"), "    a"),
            ("%5c|%-5c|", Int(65), "    A|A    |"),
            ("%hd %ld %Ld", Int(1), "1 1 1"),
            ("%.d", Int(0), "0"),
            ("%((a))s", Text("x"), "x"),
        ] {
            assert_eq!(apply(template, &arg).unwrap(), want, "{template}");
        }
    }

    #[test]
    fn fails() {
        for (template, arg, want) in [
            ("%", Int(1), "incomplete format"),
            ("%5", Int(1), "incomplete format"),
            ("%l", Int(1), "incomplete format"),
            ("%(x)", Int(1), "incomplete format"),
            ("%(x", Int(1), "incomplete format key"),
            ("%z", Int(1), "unsupported format character 'z' (0x7a) at index 1"),
            ("é%é", Int(1), "unsupported format character '?' (0xe9) at index 2"),
            ("%(a)%", Int(1), "unsupported format character '%' (0x25) at index 4"),
            ("%lld", Int(1), "unsupported format character 'l' (0x6c) at index 2"),
            ("%99999999999999999999d", Int(1), "width too big"),
            ("%.99999999999d", Int(1), "precision too big"),
            ("%d", Text("x"), "%d format: a real number is required, not str"),
            ("%c", Int(-1), "%c arg not in range(0x110000)"),
            ("%10000000000d", Int(1), ""),
            ("%.2000000000d", Int(1), ""),
            ("%.2000000000f", Float(1.0), ""),
        ] {
            assert_eq!(apply(template, &arg).unwrap_err().text(), want, "{template}");
        }
        assert_eq!(
            unsupported_code(Flavor::Bytes, 1, b"%").text(),
            "unsupported format character '\u{1}' (0x1) at index 1"
        );
        assert_eq!(
            character(Flavor::Bytes, IntRef::Small(256)).unwrap_err().text(),
            "%c arg not in range(256)"
        );
    }
}
