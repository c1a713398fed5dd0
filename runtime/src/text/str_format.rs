//! Templates of `str.format`: literal text, replacement fields, and the names inside them.
//!
//! Values, attribute look-ups and nested templates are the caller's, who allows two levels of them: see
//! [`too_deep`].

use super::format_spec::shown_code;
use super::{ErrorKind, TextError, TextResult, unicode, wtf8};

/// A replacement field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    pub name: &'a [u8],
    pub spec: &'a [u8],
    /// The specifier holds fields of its own.
    pub spec_is_template: bool,
    /// The character after `!`; check it with [`check_conversion`] once the value is there.
    pub conversion: Option<u32>,
}

/// Literal text and the field that follows it, if any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    pub literal: &'a [u8],
    pub field: Option<Field<'a>>,
}

/// Iterates over the segments of a template; the first error ends it.
pub struct Segments<'a> {
    rest: &'a [u8],
}

/// The segments of a template.
pub fn segments(template: &[u8]) -> Segments<'_> {
    Segments { rest: template }
}

fn error(message: &str) -> TextError {
    TextError::value(message)
}

impl<'a> Iterator for Segments<'a> {
    type Item = TextResult<Segment<'a>>;

    fn next(&mut self) -> Option<TextResult<Segment<'a>>> {
        if self.rest.is_empty() {
            return None;
        }
        let segment = self.segment();
        if segment.is_err() {
            self.rest = b"";
        }
        Some(segment)
    }
}

impl<'a> Segments<'a> {
    /// What has not been looked at.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    fn segment(&mut self) -> TextResult<Segment<'a>> {
        let text = self.rest;
        let Some(at) = memchr::memchr2(b'{', b'}', text) else {
            self.rest = b"";
            return Ok(Segment { literal: text, field: None });
        };
        let brace = text[at];
        if text.get(at + 1) == Some(&brace) {
            // A doubled brace ends the literal and is its last character.
            self.rest = &text[at + 2..];
            return Ok(Segment { literal: &text[..at + 1], field: None });
        }
        if brace == b'}' {
            return Err(error("Single '}' encountered in format string"));
        }
        self.rest = &text[at + 1..];
        if self.rest.is_empty() {
            return Err(error("Single '{' encountered in format string"));
        }
        let field = self.field()?;
        Ok(Segment { literal: &text[..at], field: Some(field) })
    }

    fn field(&mut self) -> TextResult<Field<'a>> {
        let text = self.rest;
        let mut pos = 0;
        // A bracket hides everything up to its partner.
        let end = loop {
            match text.get(pos) {
                None => return Err(error("expected '}' before end of string")),
                Some(b'{') => return Err(error("unexpected '{' in field name")),
                Some(b'[') => pos += memchr::memchr(b']', &text[pos..]).unwrap_or(text.len() - pos),
                Some(b'}' | b':' | b'!') => break pos,
                Some(_) => pos += 1,
            }
        };
        let mut field = Field { name: &text[..end], spec: b"", spec_is_template: false, conversion: None };
        pos = end + 1;
        if text[end] == b'}' {
            self.rest = &text[pos..];
            return Ok(field);
        }
        if text[end] == b'!' {
            if pos >= text.len() {
                return Err(error("end of string while looking for conversion specifier"));
            }
            let (conversion, len) = wtf8::decode(text, pos);
            field.conversion = Some(conversion);
            pos += len;
            match text.get(pos) {
                Some(b'}') => {
                    self.rest = &text[pos + 1..];
                    return Ok(field);
                }
                Some(b':') => pos += 1,
                Some(_) => return Err(error("expected ':' after conversion specifier")),
                None => {}
            }
        }
        let start = pos;
        let mut depth = 1;
        while let Some(&byte) = text.get(pos) {
            pos += 1;
            match byte {
                b'{' => {
                    field.spec_is_template = true;
                    depth += 1;
                }
                b'}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                field.spec = &text[start..pos - 1];
                self.rest = &text[pos..];
                return Ok(field);
            }
        }
        Err(error("unmatched '{' in format spec"))
    }
}

/// How templates number their fields so far: not yet, by themselves, or by hand.
#[derive(Clone, Debug, Default)]
pub struct AutoNumber {
    state: Numbering,
    next: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Numbering {
    #[default]
    Unknown,
    Automatic,
    Manual,
}

/// What a field name begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First<'a> {
    Index(usize),
    /// Empty only where no [`AutoNumber`] was given.
    Name(&'a [u8]),
}

/// One step of a field name after its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    Attribute(&'a [u8]),
    Index(usize),
    Key(&'a [u8]),
}

/// Iterates over the steps; an error ends them.
pub struct Steps<'a> {
    rest: &'a [u8],
}

/// The decimal value of a name of digits only.
fn integer(name: &[u8]) -> TextResult<Option<usize>> {
    if name.is_empty() {
        return Ok(None);
    }
    let mut value = 0i64;
    for cp in wtf8::code_points(name) {
        let Some(digit) = unicode::decimal_value(cp) else { return Ok(None) };
        value = value
            .checked_mul(10)
            .and_then(|v| v.checked_add(digit as i64))
            .ok_or_else(|| error("Too many decimal digits in format string"))?;
    }
    Ok(Some(value as usize))
}

/// Splits a field name into its beginning and its steps. `numbers` is absent for `_string.formatter_field_name_split`.
///
/// # Errors
/// ValueError for numbers that are too large, or where automatic and manual numbering mix.
pub fn split_field_name<'a>(
    name: &'a [u8],
    numbers: Option<&mut AutoNumber>,
) -> TextResult<(First<'a>, Steps<'a>)> {
    let end = memchr::memchr2(b'.', b'[', name).unwrap_or(name.len());
    let (first, rest) = name.split_at(end);
    let index = integer(first)?;
    let steps = Steps { rest };
    let Some(numbers) = numbers else {
        return Ok((index.map_or(First::Name(first), First::Index), steps));
    };
    if !first.is_empty() && index.is_none() {
        return Ok((First::Name(first), steps));
    }
    let wanted = if first.is_empty() { Numbering::Automatic } else { Numbering::Manual };
    if numbers.state == Numbering::Unknown {
        numbers.state = wanted;
    }
    match (numbers.state, wanted) {
        (Numbering::Manual, Numbering::Automatic) => {
            Err(error("cannot switch from manual field specification to automatic field numbering"))
        }
        (Numbering::Automatic, Numbering::Manual) => {
            Err(error("cannot switch from automatic field numbering to manual field specification"))
        }
        _ => {
            let index = index.unwrap_or_else(|| {
                numbers.next += 1;
                numbers.next - 1
            });
            Ok((First::Index(index), steps))
        }
    }
}

impl<'a> Iterator for Steps<'a> {
    type Item = TextResult<Step<'a>>;

    fn next(&mut self) -> Option<TextResult<Step<'a>>> {
        let (&opener, text) = self.rest.split_first()?;
        let step = self.step(opener, text);
        if step.is_err() {
            self.rest = b"";
        }
        Some(step)
    }
}

impl<'a> Steps<'a> {
    fn step(&mut self, opener: u8, text: &'a [u8]) -> TextResult<Step<'a>> {
        let name;
        match opener {
            b'.' => {
                let end = memchr::memchr2(b'.', b'[', text).unwrap_or(text.len());
                (name, self.rest) = text.split_at(end);
            }
            b'[' => {
                let end = memchr::memchr(b']', text).ok_or_else(|| error("Missing ']' in format string"))?;
                name = &text[..end];
                self.rest = &text[end + 1..];
            }
            _ => return Err(error("Only '.' or '[' may follow ']' in format field specifier")),
        }
        let index = if opener == b'[' { integer(name)? } else { None };
        if name.is_empty() {
            return Err(error("Empty attribute in format string"));
        }
        Ok(match (opener, index) {
            (b'.', _) => Step::Attribute(name),
            (_, Some(index)) => Step::Index(index),
            (_, None) => Step::Key(name),
        })
    }
}

/// Checks the character after `!`: `r`, `s` or `a`.
///
/// # Errors
/// ValueError for any other.
pub fn check_conversion(conversion: u32) -> TextResult<u8> {
    match conversion {
        0x61 | 0x72 | 0x73 => Ok(conversion as u8),
        _ => {
            let shown = if conversion == 127 { "\\x7f".to_string() } else { shown_code(conversion) };
            Err(TextError::value(format!("Unknown conversion specifier {shown}")))
        }
    }
}

/// A template in a specifier in a specifier.
pub fn too_deep() -> TextError {
    error("Max string recursion exceeded")
}

/// An index beyond the positional arguments.
pub fn index_out_of_range(index: usize) -> TextError {
    TextError::new(
        ErrorKind::Index,
        format!("Replacement index {index} out of range for positional args tuple"),
    )
}

/// A number in a template of `format_map`.
pub fn no_positional() -> TextError {
    error("Format string contains positional fields")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(template: &str) -> String {
        let mut out = String::new();
        let mut numbers = AutoNumber::default();
        let show = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        for segment in segments(template.as_bytes()) {
            let segment = match segment {
                Ok(segment) => segment,
                Err(error) => return error.text().into_owned(),
            };
            out += &show(segment.literal);
            let Some(field) = segment.field else { continue };
            let (first, steps) = match split_field_name(field.name, Some(&mut numbers)) {
                Ok(split) => split,
                Err(error) => return error.text().into_owned(),
            };
            out += "<";
            match first {
                First::Index(index) => out += &index.to_string(),
                First::Name(name) => out += &show(name),
            }
            for step in steps {
                match step {
                    Ok(Step::Attribute(name)) => out += &format!(" .{}", show(name)),
                    Ok(Step::Index(index)) => out += &format!(" #{index}"),
                    Ok(Step::Key(key)) => out += &format!(" @{}", show(key)),
                    Err(error) => return error.text().into_owned(),
                }
            }
            if let Some(conversion) = field.conversion {
                match check_conversion(conversion) {
                    Ok(conversion) => out += &format!(" !{}", conversion as char),
                    Err(error) => return error.text().into_owned(),
                }
            }
            if !field.spec.is_empty() {
                out += &format!(" {}{}", if field.spec_is_template { "::" } else { ":" }, show(field.spec));
            }
            out += ">";
        }
        out
    }

    #[test]
    fn parses() {
        for (template, want) in [
            ("", ""),
            ("a{{b}}c", "a{b}c"),
            ("a{b!r:c}d{{e", "a<b !r :c>d{e"),
            ("{}{}", "<0><1>"),
            ("{1.x[y][2].z}", "<1 .x @y #2 .z>"),
            ("{:{}}", "<0 ::{}>"),
            ("{0[}]}", "<0 @}>"),
            ("{0[{]}", "<0 @{>"),
            ("{0[-1]}", "<0 @-1>"),
            ("{٠[٠]}", "<0 #0>"),
            ("{ 0}", "< 0>"),
            ("{.x}{[a]}", "<0 .x><1 @a>"),
            ("{0:!r}", "<0 :!r>"),
            ("{!r:}", "<0 !r>"),
        ] {
            assert_eq!(parse(template), want, "{template}");
        }
    }

    #[test]
    fn fails() {
        for (template, want) in [
            ("}", "Single '}' encountered in format string"),
            ("a{", "Single '{' encountered in format string"),
            ("{{}", "Single '}' encountered in format string"),
            ("{0", "expected '}' before end of string"),
            ("{0[a", "expected '}' before end of string"),
            ("{[", "expected '}' before end of string"),
            ("{0!", "end of string while looking for conversion specifier"),
            ("{0!r", "unmatched '{' in format spec"),
            ("{0!}", "unmatched '{' in format spec"),
            ("{0!rx}", "expected ':' after conversion specifier"),
            ("{0!z}", "Unknown conversion specifier z"),
            ("{0!é}", "Unknown conversion specifier \\xe9"),
            ("{0!\u{1}}", "Unknown conversion specifier \\x1"),
            ("{0:", "unmatched '{' in format spec"),
            ("{0:{{}", "unmatched '{' in format spec"),
            ("{a{b}}", "unexpected '{' in field name"),
            ("{0.}", "Empty attribute in format string"),
            ("{0[]}", "Empty attribute in format string"),
            ("{0[a]b}", "Only '.' or '[' may follow ']' in format field specifier"),
            ("{99999999999999999999}", "Too many decimal digits in format string"),
            ("{0[99999999999999999999]}", "Too many decimal digits in format string"),
            ("{}{0}", "cannot switch from automatic field numbering to manual field specification"),
            ("{0}{}", "cannot switch from manual field specification to automatic field numbering"),
        ] {
            assert_eq!(parse(template), want, "{template}");
        }
        let (_, mut steps) = split_field_name(b"a[", None).unwrap();
        assert_eq!(steps.next().unwrap().unwrap_err().text(), "Missing ']' in format string");
    }
}
