//! Arguments of native functions as Rust values, with the messages of CPython's converters.

use crate::heap::Gc;
use crate::objects::str::Str;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

impl Vm {
    /// TypeError "find() argument 1 must be str, not int"; `display` is "argument 1", "argument 'encoding'" or "argument".
    #[cold]
    #[inline(never)]
    pub fn raise_bad_argument<T>(
        &self,
        function: &str,
        display: &str,
        expected: &str,
        given: &Value,
    ) -> PyResult<T> {
        let name = if given.is_none() { "None".to_string() } else { self.type_name(given) };
        self.raise(Exc::TypeError, format!("{function}() {display} must be {expected}, not {name}"))
    }

    /// A str argument.
    ///
    /// # Errors
    /// As [`Vm::raise_bad_argument`] tells.
    #[inline]
    pub fn str_argument<'a>(&self, value: &'a Value, function: &str, display: &str) -> PyResult<&'a Gc<Str>> {
        match value.downcast::<Str>() {
            Some(text) => Ok(text),
            None => self.raise_bad_argument(function, display, "str", value),
        }
    }

    /// A str argument that becomes a C string: proper UTF-8 without NUL.
    ///
    /// # Errors
    /// Also ValueError "embedded null character" and UnicodeEncodeError for surrogates.
    pub fn c_str_argument<'a>(&self, value: &'a Value, function: &str, display: &str) -> PyResult<&'a str> {
        let text = self.str_argument(value, function, display)?;
        let utf8 = self.utf8(text)?;
        if utf8.contains('\0') {
            return self.raise(Exc::ValueError, "embedded null character");
        }
        Ok(utf8)
    }

    /// The text as UTF-8.
    ///
    /// # Errors
    /// UnicodeEncodeError if it contains surrogates.
    pub fn utf8<'a>(&self, text: &'a Gc<Str>) -> PyResult<&'a str> {
        match text.as_str() {
            Some(utf8) => Ok(utf8),
            None => self.raise_surrogates(text),
        }
    }

    #[cold]
    fn raise_surrogates<T>(&self, text: &Gc<Str>) -> PyResult<T> {
        match self.encode_text(text, "utf-8", "strict") {
            Err(raised) => Err(raised),
            Ok(_) => self.raise(Exc::SystemError, "text with surrogates was encoded"),
        }
    }

    /// An integer that fits C's `int`.
    pub fn c_int_argument(&self, value: &Value) -> PyResult<i32> {
        let index = self.index(value)?;
        match crate::objects::int::as_i64(&index) {
            Some(n) => match i32::try_from(n) {
                Ok(n) => Ok(n),
                Err(_) if n > 0 => self.raise(Exc::OverflowError, "signed integer is greater than maximum"),
                Err(_) => self.raise(Exc::OverflowError, "signed integer is less than minimum"),
            },
            None => self.raise(Exc::OverflowError, "Python int too large to convert to C long"),
        }
    }

    /// Start and end arguments of `find`, `count`, `startswith` and the like, negative ones not yet counted from the end.
    #[inline]
    pub fn search_range(&self, start: Option<&Value>, end: Option<&Value>) -> PyResult<(i64, i64)> {
        match (start, end) {
            (None, None) => Ok((0, i64::MAX)),
            _ => self.given_range(start, end),
        }
    }

    fn given_range(&self, start: Option<&Value>, end: Option<&Value>) -> PyResult<(i64, i64)> {
        let bound = |value: Option<&Value>, default: i64| -> PyResult<i64> {
            let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(default) };
            if !self.has_index(value) {
                let message = "slice indices must be integers or None or have an __index__ method";
                return self.raise(Exc::TypeError, message);
            }
            self.index_clipped(value)
        };
        Ok((bound(start, 0)?, bound(end, i64::MAX)?))
    }

    /// MemoryError for results of more than `len` bytes that cannot be had.
    pub fn check_text_size(&self, len: Option<usize>) -> PyResult<usize> {
        match len {
            Some(len) if len <= SMALL_RESULT => Ok(len),
            Some(len) if len <= MAX_RESULT && Vec::<u8>::new().try_reserve_exact(len).is_ok() => Ok(len),
            _ => self.raise_bare(Exc::MemoryError),
        }
    }
}

/// Results up to this size are not asked for first.
const SMALL_RESULT: usize = 1 << 24;
/// Longest str or bytes that an operator or `join` makes.
const MAX_RESULT: usize = 1 << 32;
