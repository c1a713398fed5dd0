//! What can go wrong while a pattern or a replacement template is read.

use std::fmt;

/// The Python exception that a failure becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// `re.PatternError`, with or without a position.
    Pattern,
    /// ValueError: flags that exclude each other, a number with too many digits.
    Value,
    /// OverflowError: a repetition number beyond the engine's limit.
    Overflow,
    /// RecursionError: groups nested too deep.
    Recursion,
    /// IndexError: a template names a group that does not exist.
    Index,
}

/// A pattern or template that cannot be used, in CPython's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    pub kind: ErrorKind,
    /// The message without the position, as WTF-8: it may quote a lone surrogate of the pattern.
    pub message: Vec<u8>,
    /// Code point index into the pattern (byte index for bytes patterns).
    pub position: Option<usize>,
}

impl PatternError {
    /// A `re.PatternError` at a position.
    pub fn at(message: impl Into<Vec<u8>>, position: usize) -> Self {
        PatternError { kind: ErrorKind::Pattern, message: message.into(), position: Some(position) }
    }

    /// An error without a position.
    pub fn plain(kind: ErrorKind, message: impl Into<Vec<u8>>) -> Self {
        PatternError { kind, message: message.into(), position: None }
    }
}

/// The 1-based line and column of a position in the code points of a pattern, as `lineno` and `colno`.
pub fn line_and_column(source: &[u32], position: usize) -> (usize, usize) {
    let before = &source[..position.min(source.len())];
    let line = before.iter().filter(|&&c| c == u32::from(b'\n')).count() + 1;
    let line_start = before.iter().rposition(|&c| c == u32::from(b'\n')).map_or(0, |index| index + 1);
    (line, position - line_start + 1)
}

impl fmt::Display for PatternError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", String::from_utf8_lossy(&self.message))?;
        match self.position {
            Some(position) => write!(out, " at position {position}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for PatternError {}
