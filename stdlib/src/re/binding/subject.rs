//! What patterns are applied to: text or bytes, whichever object holds them.

use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Exc, Gc, PyResult, Value, Vm};

use super::super::Text;

/// A str, or the bytes of any other object that has some.
#[derive(Clone)]
pub enum Subject {
    Text(Gc<Str>),
    Bytes(Gc<Bytes>),
}

impl Subject {
    /// The content of a value; `None` if it is neither text nor bytes-like.
    pub fn of(vm: &Vm, value: &Value) -> PyResult<Option<Subject>> {
        if let Some(text) = value.downcast::<Str>() {
            return Ok(Some(Subject::Text(text.clone())));
        }
        if let Some(bytes) = value.downcast::<Bytes>() {
            return Ok(Some(Subject::Bytes(bytes.clone())));
        }
        // What can change is copied, so that a match keeps what it saw.
        Ok(vm.borrow_bytes(value)?.map(|bytes| Subject::Bytes(Bytes::new(&bytes))))
    }

    /// The content of the string argument of a pattern.
    pub fn for_pattern(vm: &Vm, value: &Value, pattern_is_text: bool) -> PyResult<Subject> {
        let Some(subject) = Subject::of(vm, value)? else {
            let found = vm.type_name(value);
            return vm.raise(Exc::TypeError, format!("expected string or bytes-like object, got '{found}'"));
        };
        match (pattern_is_text, subject.is_text()) {
            (true, false) => vm.raise(Exc::TypeError, "cannot use a string pattern on a bytes-like object"),
            (false, true) => vm.raise(Exc::TypeError, "cannot use a bytes pattern on a string-like object"),
            _ => Ok(subject),
        }
    }

    pub fn is_text(&self) -> bool {
        matches!(self, Subject::Text(_))
    }

    pub fn bytes(&self) -> &[u8] {
        match self {
            Subject::Text(text) => text.as_bytes(),
            Subject::Bytes(bytes) => bytes.as_slice(),
        }
    }

    /// The text up to a byte offset, for the matcher.
    pub fn text(&self, end: usize) -> Text<'_> {
        let narrow = match self {
            Subject::Text(text) => text.is_ascii(),
            Subject::Bytes(_) => true,
        };
        Text { bytes: &self.bytes()[..end], narrow }
    }

    /// The length in code points or bytes.
    pub fn len(&self) -> usize {
        match self {
            Subject::Text(text) => text.len(),
            Subject::Bytes(bytes) => bytes.as_slice().len(),
        }
    }

    /// The byte offset of an index.
    pub fn offset(&self, index: usize) -> usize {
        match self {
            Subject::Text(text) => text.byte_offset(index),
            Subject::Bytes(_) => index,
        }
    }

    /// The index of a byte offset.
    pub fn index(&self, offset: usize) -> usize {
        match self {
            Subject::Text(text) => text.char_index(offset),
            Subject::Bytes(_) => offset,
        }
    }

    /// A new object of this kind.
    pub fn make(&self, content: &[u8]) -> Value {
        match self {
            Subject::Text(_) => Str::shared(content).into(),
            Subject::Bytes(_) => Bytes::new(content).into(),
        }
    }

    /// The part between two byte offsets; the whole of an exact object is that object.
    pub fn slice(&self, from: usize, to: usize) -> Value {
        let content = &self.bytes()[from..to];
        match self {
            Subject::Text(text) => {
                if content.len() == text.as_bytes().len() && text.header().is_exact() {
                    return text.to_value();
                }
                Str::shared(content).into()
            }
            Subject::Bytes(bytes) => {
                if content.len() == bytes.as_slice().len() && bytes.header().is_exact() {
                    return bytes.to_value();
                }
                Bytes::new(content).into()
            }
        }
    }
}
