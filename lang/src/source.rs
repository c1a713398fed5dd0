//! Source text: decoding, line ends, and from byte offsets to lines and columns.
//!
//! Decoding follows PEP 263. Line ends become `\n`; offsets refer to this text, not to the file's bytes.

use encoding_rs::Encoding;

use crate::ast::Span;
use crate::diagnostics::{Diagnostic, DiagnosticKind, Location};

/// Where the source came from; CPython words encoding errors differently for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin<'a> {
    /// A `str`: `exec`, `eval`, `compile`. An encoding declaration in it is ignored.
    Str,
    /// A `bytes` object, which is also how modules are imported.
    Bytes,
    /// The script named on the command line, with the name that messages show.
    Script(&'a str),
}

/// Decoded source with the starts of its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceText {
    text: String,
    line_starts: Vec<u32>,
}

impl SourceText {
    /// Normalises the line ends of `text`.
    pub fn new(text: &str) -> SourceText {
        let mut normal = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = memchr::memchr(b'\r', rest.as_bytes()) {
            normal.push_str(&rest[..at]);
            normal.push('\n');
            rest = rest[at + 1..].strip_prefix('\n').unwrap_or(&rest[at + 1..]);
        }
        normal.push_str(rest);
        SourceText::from_normal(normal)
    }

    /// The same text with a line end after its last line, as files of statements have it.
    pub fn end_last_line(self) -> SourceText {
        match self.text.is_empty() || self.text.ends_with('\n') {
            true => self,
            false => SourceText::from_normal(self.text + "\n"),
        }
    }

    fn from_normal(normal: String) -> SourceText {
        let mut line_starts = vec![0];
        // Offsets are 32 bits wide; `decode` has refused anything longer.
        line_starts.extend(memchr::memchr_iter(b'\n', normal.as_bytes()).map(|at| at as u32 + 1));
        SourceText { text: normal, line_starts }
    }

    /// Decodes `bytes` as a source file.
    ///
    /// # Errors
    /// A SyntaxError if it holds NUL bytes, names an unknown encoding or is not encoded in the one it names.
    pub fn decode(bytes: &[u8], origin: Origin<'_>) -> Result<SourceText, Diagnostic> {
        if bytes.len() > (i32::MAX - 8) as usize {
            return Err(Diagnostic::new(DiagnosticKind::TooDeep, ""));
        }
        if let Some(at) = memchr::memchr(0, bytes) {
            return Err(null_byte(bytes, at, origin));
        }
        if origin == Origin::Str {
            return match std::str::from_utf8(bytes) {
                Ok(text) => Ok(SourceText::new(text)),
                Err(error) => Err(not_utf8(bytes, error.valid_up_to(), origin)),
            };
        }
        let (body, has_bom) = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
            Some(body) => (body, true),
            None => (bytes, false),
        };
        let declared = declared_encoding(body);
        let codec = match &declared {
            Some((_, name)) => normalize_encoding(name),
            None => "utf-8".to_owned(),
        };
        if codec == "utf-8" {
            return match std::str::from_utf8(body) {
                Ok(text) => Ok(SourceText::new(text)),
                Err(error) => Err(not_utf8(body, error.valid_up_to(), origin)),
            };
        }
        if has_bom {
            let line = declared.map_or(0, |(line, _)| line);
            let text = String::from_utf8_lossy(nth_line(body, line)).into_owned();
            let location = Location {
                line: line as u32 + 1,
                offset: 0,
                end_line: Some(line as u32 + 1),
                end_offset: Some(text.chars().count() as i32),
                text: Some(text),
            };
            return Err(Diagnostic::at(
                DiagnosticKind::Encoding,
                format!("encoding problem: {codec} with BOM"),
                location,
            ));
        }
        let no_place = |message: String| {
            let location = Location { line: 0, offset: -1, end_line: None, end_offset: None, text: None };
            Err(Diagnostic::at(DiagnosticKind::Encoding, message, location))
        };
        match codec.as_str() {
            "iso-8859-1" => {
                let text: String = body.iter().map(|&byte| char::from(byte)).collect();
                Ok(SourceText::new(&text))
            }
            "ascii" | "us-ascii" => match body.iter().position(|byte| !byte.is_ascii()) {
                None => Ok(SourceText::new(&String::from_utf8_lossy(body))),
                Some(at) => no_place(format!(
                    "'ascii' codec can't decode byte {:#04x} in position {at}: ordinal not in range(128)",
                    body[at]
                )),
            },
            _ => {
                let label = codec.strip_prefix("cp125").map(|digit| format!("windows-125{digit}"));
                let label = label.as_deref().unwrap_or(&codec);
                let Some(encoding) = Encoding::for_label_no_replacement(label.as_bytes()) else {
                    return no_place(format!("unknown encoding: {codec}"));
                };
                match encoding.decode_without_bom_handling_and_without_replacement(body) {
                    Some(text) => Ok(SourceText::new(&text)),
                    None => no_place(format!("'{codec}' codec can't decode the source")),
                }
            }
        }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text of a span.
    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.start as usize..span.end as usize]
    }

    /// The number of lines, counting a last one that is empty.
    pub fn n_lines(&self) -> u32 {
        self.line_starts.len() as u32
    }

    /// The 1-based line that holds `offset`.
    pub fn line(&self, offset: u32) -> u32 {
        self.line_starts.partition_point(|&start| start <= offset) as u32
    }

    /// Where a 1-based line begins; the end of the text beyond the last.
    pub fn line_start(&self, line: u32) -> u32 {
        let index = line.saturating_sub(1) as usize;
        self.line_starts.get(index).copied().unwrap_or(self.text.len() as u32)
    }

    /// A 1-based line without its line end.
    pub fn line_text(&self, line: u32) -> &str {
        self.line_text_full(line).trim_end_matches('\n')
    }

    /// A 1-based line with its line end.
    pub fn line_text_full(&self, line: u32) -> &str {
        &self.text[self.line_start(line) as usize..self.line_start(line + 1) as usize]
    }

    /// The 0-based distance from the start of the line in bytes, which is what traceback positions count.
    pub fn byte_column(&self, offset: u32) -> u32 {
        offset - self.line_start(self.line(offset))
    }

    /// The 0-based distance from the start of the line in code points. Some of CPython's positions are one byte before the end of
    /// something, so perhaps within a code point: the one before which that is.
    pub fn column(&self, offset: u32) -> u32 {
        let start = self.line_start(self.line(offset)) as usize;
        self.text[start..self.text.floor_char_boundary(offset as usize)].chars().count() as u32
    }

    /// An error found after parsing (scopes, compiler): offsets count bytes and the text is left to the runtime.
    pub fn compile_error(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(DiagnosticKind::Syntax, message, self.compile_location(span))
    }

    /// A SyntaxWarning found after parsing.
    pub fn compile_warning(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(DiagnosticKind::SyntaxWarning, message, self.compile_location(span))
    }

    fn compile_location(&self, span: Span) -> Location {
        Location {
            line: self.line(span.start),
            offset: self.byte_column(span.start) as i32 + 1,
            end_line: Some(self.line(span.end)),
            end_offset: Some(self.byte_column(span.end) as i32 + 1),
            text: None,
        }
    }

    /// An error found while parsing, with the whole span marked. `lexer_line` is the line that the lexer had come to.
    pub fn parse_error(
        &self,
        kind: DiagnosticKind,
        span: Span,
        lexer_line: u32,
        message: impl Into<String>,
    ) -> Diagnostic {
        let line = self.line(span.start);
        let text = self.error_text(line, lexer_line);
        // The line end belongs to the line that it ends.
        let over = u32::from(span.end > span.start && self.text.as_bytes()[span.end as usize - 1] == b'\n');
        let end_line = self.line(span.end - over);
        // CPython counts the code points of the end within the text of the *first* line.
        let end_offset = chars_up_to(&text, self.byte_column(span.end - over) + over + 1);
        let location = Location {
            line,
            offset: self.column(span.start) as i32 + 1,
            end_line: Some(end_line),
            end_offset: Some(end_offset),
            text: Some(text),
        };
        Diagnostic::at(kind, message, location)
    }

    /// The text attribute: with its line end while the lexer is still on that line.
    pub fn error_text(&self, line: u32, lexer_line: u32) -> String {
        let text = match lexer_line <= line {
            true => self.line_text_full(line),
            false => self.line_text(line),
        };
        text.to_owned()
    }
}

/// How many code points the first `n_bytes` of `text` have a part in; one more for any bytes beyond its end.
pub(crate) fn chars_up_to(text: &str, n_bytes: u32) -> i32 {
    let chars = text.char_indices().take_while(|&(at, _)| at < n_bytes as usize).count() as i32;
    chars + i32::from(n_bytes as usize > text.len())
}

fn null_byte(bytes: &[u8], at: usize, origin: Origin<'_>) -> Diagnostic {
    if !matches!(origin, Origin::Script(_)) {
        return Diagnostic::new(DiagnosticKind::Encoding, "source code string cannot contain null bytes");
    }
    let line = memchr::memchr_iter(b'\n', &bytes[..at]).count();
    let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |newline| newline + 1);
    let text = String::from_utf8_lossy(&bytes[start..at]).into_owned();
    let location = Location {
        line: line as u32 + 1,
        offset: 0,
        end_line: Some(line as u32 + 1),
        end_offset: Some(0),
        text: Some(text),
    };
    Diagnostic::at(DiagnosticKind::Encoding, "source code cannot contain null bytes", location)
}

fn not_utf8(bytes: &[u8], at: usize, origin: Origin<'_>) -> Diagnostic {
    let before = normal_line_ends(&bytes[..at]);
    let bytes = &[&before, &bytes[at..]].concat()[..];
    let at = before.len();
    let line = memchr::memchr_iter(b'\n', &bytes[..at]).count();
    let text = nth_line(bytes, line);
    let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |newline| newline + 1);
    let column = String::from_utf8_lossy(&bytes[start..at]).chars().count() as i32 + 1;
    let file = match origin {
        Origin::Script(name) => format!(" in file {name}"),
        Origin::Str | Origin::Bytes => String::new(),
    };
    let message = format!(
        "Non-UTF-8 code starting with '\\x{:02x}'{file} on line {}, but no encoding declared; see \
         https://peps.python.org/pep-0263/ for details",
        bytes[at],
        line + 1
    );
    let location = Location {
        line: line as u32 + 1,
        offset: column,
        end_line: Some(line as u32 + 1),
        end_offset: Some(column),
        text: Some(String::from_utf8_lossy(text).into_owned()),
    };
    Diagnostic::at(DiagnosticKind::Encoding, message, location)
}

fn normal_line_ends(bytes: &[u8]) -> Vec<u8> {
    let mut normal = Vec::with_capacity(bytes.len());
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'\r' => normal.push(b'\n'),
            b'\n' if at > 0 && bytes[at - 1] == b'\r' => {}
            other => normal.push(other),
        }
    }
    normal
}

/// A 0-based line without its line end.
fn nth_line(bytes: &[u8], line: usize) -> &[u8] {
    let text = bytes.split(|&byte| byte == b'\n').nth(line).unwrap_or_default();
    text.split(|&byte| byte == b'\r').next().unwrap_or_default()
}

/// The encoding that one of the first two lines declares, and which of them (0 or 1).
fn declared_encoding(bytes: &[u8]) -> Option<(usize, String)> {
    for (index, line) in bytes.split(|&byte| byte == b'\n' || byte == b'\r').take(2).enumerate() {
        let blank = line.iter().position(|byte| !matches!(byte, b' ' | b'\t' | 0x0C)).unwrap_or(line.len());
        let line = &line[blank..];
        if line.first() == Some(&b'#') {
            if let Some(name) = encoding_in_comment(line) {
                return Some((index, name));
            }
        } else if !line.is_empty() {
            return None;
        }
    }
    None
}

/// Finds `coding[:=]\s*([-\w.]+)`.
fn encoding_in_comment(line: &[u8]) -> Option<String> {
    memchr::memmem::find_iter(line, b"coding").find_map(|at| {
        let rest = &line[at + b"coding".len()..];
        let rest = rest.strip_prefix(b":").or_else(|| rest.strip_prefix(b"="))?;
        let blank = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(rest.len());
        let name = &rest[blank..];
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let end = name.iter().position(|byte| !is_part(byte)).unwrap_or(name.len());
        (end > 0).then(|| String::from_utf8_lossy(&name[..end]).into_owned())
    })
}

/// The usual spellings of UTF-8 and Latin-1 under one name each, as PEP 263 asks.
fn normalize_encoding(name: &str) -> String {
    let lower: String = name.chars().take(12).collect::<String>().to_ascii_lowercase().replace('_', "-");
    let is = |known: &str| lower == known || lower.starts_with(&format!("{known}-"));
    if is("utf-8") || lower == "utf8" {
        return "utf-8".to_owned();
    }
    if ["latin-1", "iso-8859-1", "iso-latin-1"].into_iter().any(is)
        || matches!(lower.trim_end_matches('-'), "latin" | "latin1")
    {
        return "iso-8859-1".to_owned();
    }
    name.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_become_one_kind() {
        for (input, want) in
            [("a\r\nb\rc", "a\nb\nc"), ("\r\r\n\n", "\n\n\n"), ("", ""), ("x\n", "x\n"), ("é\r", "é\n")]
        {
            assert_eq!(SourceText::new(input).as_str(), want, "{input:?}");
        }
    }

    #[test]
    fn declarations_are_found_in_the_first_two_lines() {
        for (input, want) in [
            ("# coding: latin-1\n", Some("latin-1")),
            ("#!x\n# -*- coding: cp1252 -*-\n", Some("cp1252")),
            ("\n# vim: set fileencoding=UTF_8 :", Some("UTF_8")),
            ("x = 1\n# coding: latin-1\n", None),
            ("\n\n# coding: latin-1\n", None),
            ("# encoding latin-1\n", None),
        ] {
            assert_eq!(
                declared_encoding(input.as_bytes()).map(|found| found.1).as_deref(),
                want,
                "{input:?}"
            );
        }
    }

    #[test]
    fn columns_count_bytes_or_code_points() {
        let source = SourceText::new("a\n'é' x\n");
        let x = source.as_str().find('x').unwrap() as u32;
        assert_eq!((source.line(x), source.byte_column(x), source.column(x)), (2, 5, 4));
    }
}
