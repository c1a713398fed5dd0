//! Text engines: numbers to and from text, formatting, Unicode, codecs, searching and escaping.
//!
//! Nothing here knows a runtime value: slices, integers and floats go in, owned text or a [`TextError`] comes out.
//! Strings are UTF-8 in which lone surrogates may occur, each code point encoded by itself ("WTF-8", see [`wtf8`]).

pub mod bytes_text;
pub mod codecs;
pub mod complex_text;
pub mod escape;
pub mod float_hex;
pub mod float_repr;
pub mod format_apply;
#[cfg(test)]
mod format_cases;
pub mod format_spec;
pub mod int_text;
pub mod names;
pub mod normalize;
pub mod percent;
pub mod small_int;
pub mod str_format;
pub mod str_search;
pub mod tables;
pub mod unicode;
#[cfg(test)]
mod unicode_sums;
pub mod wtf8;

/// Formatted results longer than this raise MemoryError before anything is allocated.
pub const MAX_RESULT_BYTES: usize = 1 << 29;

/// Which exception a [`TextError`] becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    Value,
    Type,
    Overflow,
    Memory,
    Index,
    Key,
    Lookup,
}

/// A Python exception to be: its class and its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    pub kind: ErrorKind,
    /// WTF-8, as messages may quote user text. Empty for MemoryError.
    pub message: Vec<u8>,
}

impl TextError {
    pub fn new(kind: ErrorKind, message: impl Into<Vec<u8>>) -> TextError {
        TextError { kind, message: message.into() }
    }

    pub fn value(message: impl Into<Vec<u8>>) -> TextError {
        TextError::new(ErrorKind::Value, message)
    }

    pub fn type_error(message: impl Into<Vec<u8>>) -> TextError {
        TextError::new(ErrorKind::Type, message)
    }

    pub fn overflow(message: impl Into<Vec<u8>>) -> TextError {
        TextError::new(ErrorKind::Overflow, message)
    }

    pub fn memory() -> TextError {
        TextError::new(ErrorKind::Memory, "")
    }

    /// The message for display; lone surrogates become U+FFFD.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.message)
    }
}

/// Result of a text operation.
pub type TextResult<T> = Result<T, TextError>;

/// Refuses a result of `len` bytes if it is beyond what we are willing to allocate.
pub fn check_size(len: usize) -> TextResult<()> {
    if len > MAX_RESULT_BYTES { Err(TextError::memory()) } else { Ok(()) }
}
