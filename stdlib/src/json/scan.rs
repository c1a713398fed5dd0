//! JSON text to values.

use std::vec::Drain;

use ouro_runtime::text::wtf8;

use super::write::is_plain;

/// What the scanner hands values to.
pub trait Builder {
    type Value;
    type Error;

    fn null(&mut self) -> Self::Value;
    fn boolean(&mut self, truth: bool) -> Self::Value;
    /// A string, as WTF-8.
    fn string(&mut self, text: &[u8]) -> Result<Self::Value, Self::Error>;
    /// An integer: an optional minus and digits.
    fn integer(&mut self, digits: &str) -> Result<Self::Value, Self::Error>;
    /// A number with a fraction or an exponent.
    fn float(&mut self, text: &str) -> Result<Self::Value, Self::Error>;
    /// `NaN`, `Infinity` or `-Infinity`.
    fn constant(&mut self, name: &str) -> Result<Self::Value, Self::Error>;
    fn array(&mut self, items: Drain<'_, Self::Value>) -> Result<Self::Value, Self::Error>;
    /// An object; keys are WTF-8 and may repeat, in the order of the text.
    fn object(&mut self, items: Drain<'_, (Self::Value, Self::Value)>) -> Result<Self::Value, Self::Error>;
    /// A key, which the builder may share with earlier equal ones.
    fn key(&mut self, text: &[u8]) -> Result<Self::Value, Self::Error>;
    /// Objects and arrays are nested too deep.
    fn too_deep(&mut self) -> Self::Error;
}

/// How to scan.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Refuse control characters in strings.
    pub strict: bool,
    /// The deepest nesting allowed.
    pub max_depth: usize,
}

/// Why scanning stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScanError<E> {
    /// A JSONDecodeError with its text and byte offset.
    Decode(&'static str, usize),
    /// A JSONDecodeError of `raw_decode`: no value begins at this byte offset (StopIteration in the C scanner).
    NoValue(usize),
    /// The builder raised.
    Builder(E),
}

impl<E> From<E> for ScanError<E> {
    fn from(error: E) -> Self {
        ScanError::Builder(error)
    }
}

/// A container being filled. What it has so far are the last of all items or members, from a position on.
enum Open<V> {
    Array(usize),
    /// With the key that waits for its value.
    Object(usize, V),
}

/// Scans one value that begins exactly at `start`; the value and the offset after it.
pub fn scan<B: Builder>(
    text: &[u8],
    start: usize,
    options: Options,
    builder: &mut B,
) -> Result<(B::Value, usize), ScanError<B::Error>> {
    let mut stack: Vec<Open<B::Value>> = Vec::new();
    let mut items: Vec<B::Value> = Vec::new();
    let mut members: Vec<(B::Value, B::Value)> = Vec::new();
    let mut at = start;
    let mut buffer = Vec::new();
    loop {
        // A value begins here.
        let mut value = match text.get(at) {
            Some(b'"') => {
                let (content, end) = scan_string_into(text, at + 1, options.strict, &mut buffer)?;
                at = end;
                builder.string(content)?
            }
            Some(b'{') => {
                check_depth(&stack, options, builder)?;
                at = skip_space(text, at + 1);
                if text.get(at) == Some(&b'}') {
                    at += 1;
                    builder.object(members.drain(members.len()..))?
                } else {
                    let message = "Expecting property name enclosed in double quotes";
                    let (key, next) = scan_key(text, at, message, at, options, builder, &mut buffer)?;
                    stack.push(Open::Object(members.len(), key));
                    at = next;
                    continue;
                }
            }
            Some(b'[') => {
                check_depth(&stack, options, builder)?;
                at = skip_space(text, at + 1);
                if text.get(at) == Some(&b']') {
                    at += 1;
                    builder.array(items.drain(items.len()..))?
                } else {
                    stack.push(Open::Array(items.len()));
                    continue;
                }
            }
            Some(_) => {
                let (value, end) = scan_simple(text, at, builder)?;
                at = end;
                value
            }
            None => return Err(ScanError::NoValue(at)),
        };
        // It goes into the innermost container, which may end after it and be a value itself.
        loop {
            match stack.pop() {
                None => return Ok((value, at)),
                Some(Open::Array(first)) => {
                    items.push(value);
                    at = skip_space(text, at);
                    match text.get(at) {
                        Some(b']') => {
                            at += 1;
                            value = builder.array(items.drain(first..))?;
                        }
                        Some(b',') => {
                            let comma = at;
                            at = skip_space(text, at + 1);
                            if text.get(at) == Some(&b']') {
                                return Err(ScanError::Decode(
                                    "Illegal trailing comma before end of array",
                                    comma,
                                ));
                            }
                            stack.push(Open::Array(first));
                            break;
                        }
                        _ => return Err(ScanError::Decode("Expecting ',' delimiter", at)),
                    }
                }
                Some(Open::Object(first, key)) => {
                    members.push((key, value));
                    at = skip_space(text, at);
                    match text.get(at) {
                        Some(b'}') => {
                            at += 1;
                            value = builder.object(members.drain(first..))?;
                        }
                        Some(b',') => {
                            let comma = at;
                            at = skip_space(text, at + 1);
                            let message = match text.get(at) {
                                Some(b'}') => "Illegal trailing comma before end of object",
                                _ => "Expecting property name enclosed in double quotes",
                            };
                            let blame = if text.get(at) == Some(&b'}') { comma } else { at };
                            let (key, next) =
                                scan_key(text, at, message, blame, options, builder, &mut buffer)?;
                            at = next;
                            stack.push(Open::Object(first, key));
                            break;
                        }
                        _ => return Err(ScanError::Decode("Expecting ',' delimiter", at)),
                    }
                }
            }
        }
    }
}

fn check_depth<B: Builder>(
    stack: &[Open<B::Value>],
    options: Options,
    builder: &mut B,
) -> Result<(), ScanError<B::Error>> {
    if stack.len() < options.max_depth { Ok(()) } else { Err(ScanError::Builder(builder.too_deep())) }
}

/// A key and its colon; the offset where the value begins.
fn scan_key<B: Builder>(
    text: &[u8],
    at: usize,
    message: &'static str,
    blame: usize,
    options: Options,
    builder: &mut B,
    buffer: &mut Vec<u8>,
) -> Result<(B::Value, usize), ScanError<B::Error>> {
    if text.get(at) != Some(&b'"') {
        return Err(ScanError::Decode(message, blame));
    }
    let (content, end) = scan_string_into(text, at + 1, options.strict, buffer)?;
    let key = builder.key(content)?;
    let colon = skip_space(text, end);
    if text.get(colon) != Some(&b':') {
        return Err(ScanError::Decode("Expecting ':' delimiter", colon));
    }
    Ok((key, skip_space(text, colon + 1)))
}

/// Numbers and constants.
fn scan_simple<B: Builder>(
    text: &[u8],
    at: usize,
    builder: &mut B,
) -> Result<(B::Value, usize), ScanError<B::Error>> {
    let rest = &text[at..];
    if rest[0].is_ascii_digit() {
        return scan_number(rest, at, builder);
    }
    if rest.starts_with(b"null") {
        return Ok((builder.null(), at + 4));
    }
    if rest.starts_with(b"true") {
        return Ok((builder.boolean(true), at + 4));
    }
    if rest.starts_with(b"false") {
        return Ok((builder.boolean(false), at + 5));
    }
    for constant in ["NaN", "Infinity", "-Infinity"] {
        if rest.starts_with(constant.as_bytes()) {
            return Ok((builder.constant(constant)?, at + constant.len()));
        }
    }
    scan_number(rest, at, builder)
}

/// The number that `rest`, not empty, begins with; it lies at `at` in the text.
fn scan_number<B: Builder>(
    rest: &[u8],
    at: usize,
    builder: &mut B,
) -> Result<(B::Value, usize), ScanError<B::Error>> {
    let digits = |from: usize| rest[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let sign = usize::from(rest[0] == b'-');
    let integer_end = match rest.get(sign) {
        Some(b'0') => sign + 1,
        Some(b'1'..=b'9') => sign + digits(sign),
        _ => return Err(ScanError::NoValue(at)),
    };
    let mut end = integer_end;
    if rest.get(end) == Some(&b'.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    if matches!(rest.get(end), Some(b'e' | b'E')) {
        let signed = end + 1 + usize::from(matches!(rest.get(end + 1), Some(b'+' | b'-')));
        if signed <= rest.len() && digits(signed) > 0 {
            end = signed + digits(signed);
        }
    }
    let number = std::str::from_utf8(&rest[..end]).unwrap_or_default();
    let value = if end == integer_end { builder.integer(number)? } else { builder.float(number)? };
    Ok((value, at + end))
}

/// The offset after blanks.
fn skip_space(text: &[u8], at: usize) -> usize {
    let blanks = text.get(at..).unwrap_or_default();
    at + blanks.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count()
}

/// The content of a string whose opening quote is just before `start`, and the offset after its closing quote.
pub fn scan_string<E>(text: &[u8], start: usize, strict: bool) -> Result<(Vec<u8>, usize), ScanError<E>> {
    let mut buffer = Vec::new();
    let (content, end) = scan_string_into(text, start, strict, &mut buffer)?;
    Ok((content.to_vec(), end))
}

/// How many bytes come before a quote, a backslash or, if `strict`, a control character.
fn plain_length(text: &[u8], strict: bool) -> usize {
    let mut at = 0;
    loop {
        if let Some(word) = text[at..].first_chunk::<8>().filter(|word| is_plain(u64::from_ne_bytes(**word)))
        {
            at += word.len();
            continue;
        }
        let stops = |byte: &u8| matches!(byte, b'"' | b'\\') || strict && *byte < 0x20;
        let word = &text[at..text.len().min(at + 8)];
        match word.iter().position(stops) {
            Some(offset) => return at + offset,
            None if word.len() < 8 => return text.len(),
            None => at += 8,
        }
    }
}

/// Like [`scan_string`]; the content lies in the text if it has no escapes, else in `buffer`.
fn scan_string_into<'t, E>(
    text: &'t [u8],
    start: usize,
    strict: bool,
    buffer: &'t mut Vec<u8>,
) -> Result<(&'t [u8], usize), ScanError<E>> {
    let begin = start.saturating_sub(1);
    let unterminated = ScanError::Decode("Unterminated string starting at", begin);
    buffer.clear();
    let mut at = start;
    loop {
        let Some(rest) = text.get(at..) else { return Err(unterminated) };
        let length = plain_length(rest, strict);
        let Some(&stop) = rest.get(length) else { return Err(unterminated) };
        if stop < 0x20 {
            return Err(ScanError::Decode("Invalid control character at", at + length));
        }
        let chunk = &rest[..length];
        let mark = at + length;
        if text[mark] == b'"' {
            if buffer.is_empty() {
                return Ok((chunk, mark + 1));
            }
            buffer.extend_from_slice(chunk);
            return Ok((buffer, mark + 1));
        }
        buffer.extend_from_slice(chunk);
        let Some(&escape) = text.get(mark + 1) else { return Err(unterminated) };
        at = mark + 2;
        let literal = match escape {
            b'"' | b'\\' | b'/' => escape,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let (c, end) = scan_unicode_escape(text, mark)?;
                wtf8::push(buffer, c);
                at = end;
                continue;
            }
            _ => return Err(ScanError::Decode("Invalid \\escape", mark)),
        };
        buffer.push(literal);
    }
}

/// `\uhhhh` at `mark`, joined with the low surrogate that may follow it.
fn scan_unicode_escape<E>(text: &[u8], mark: usize) -> Result<(u32, usize), ScanError<E>> {
    let hex = |at: usize| -> Option<u32> {
        let digits = text.get(at..at + 4)?;
        digits.iter().try_fold(0, |number, &byte| Some(number << 4 | char::from(byte).to_digit(16)?))
    };
    let Some(first) = hex(mark + 2) else {
        return Err(ScanError::Decode("Invalid \\uXXXX escape", mark + 1));
    };
    let end = mark + 6;
    if (0xd800..0xdc00).contains(&first)
        && text.get(end..end + 2) == Some(b"\\u")
        && let Some(second @ 0xdc00..0xe000) = hex(end + 2)
    {
        return Ok((0x10000 + ((first - 0xd800) << 10 | (second - 0xdc00)), end + 6));
    }
    Ok((first, end))
}
