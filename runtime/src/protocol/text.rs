//! Values as text: `repr`, `str`, `ascii`, `format`, and names for messages.

use crate::heap::Gc;
use crate::objects::str::Str;
use crate::text::format_apply;
use crate::text::small_int::Decimal;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

impl Vm {
    /// Name of the value's class for messages: as `tp_name` in CPython, without module for Python classes.
    pub fn type_name(&self, value: &Value) -> String {
        self.type_of(value).display_name()
    }

    /// `repr(value)`. Bounded by the stack: raises RecursionError in endless structures.
    pub fn repr(&self, value: &Value) -> PyResult<Gc<Str>> {
        if let Some(n) = value.as_small_int() {
            return Ok(Str::shared(Decimal::new(n).as_bytes()));
        }
        let Some(slot) = self.type_of(value).slots().repr else {
            return Ok(Str::new(&self.default_repr(value)));
        };
        self.check_native_depth(" while getting the repr of an object")?;
        let result = slot(self, value)?;
        match result.into_gc::<Str>() {
            Ok(text) => Ok(text),
            Err(other) => self.raise_type_of("__repr__ returned non-string (type {})", &other),
        }
    }

    /// `<module.Class object at 0x...>`.
    pub fn default_repr(&self, value: &Value) -> String {
        format!("<{} object at {:#x}>", self.type_of(value).qualified_name(self), value.id())
    }

    /// `str(value)`.
    pub fn str(&self, value: &Value) -> PyResult<Gc<Str>> {
        if let Some(text) = value.downcast_exact::<Str>() {
            return Ok(text.clone());
        }
        if let Some(n) = value.as_small_int() {
            return Ok(Str::shared(Decimal::new(n).as_bytes()));
        }
        let slots = self.type_of(value).slots();
        let Some(slot) = slots.str.or(slots.repr) else { return self.repr(value) };
        self.check_native_depth(" while getting the str of an object")?;
        let result = slot(self, value)?;
        match result.into_gc::<Str>() {
            Ok(text) => Ok(text),
            Err(other) => self.raise_type_of("__str__ returned non-string (type {})", &other),
        }
    }

    /// `repr` as Rust text, for messages.
    pub fn repr_text(&self, value: &Value) -> PyResult<String> {
        Ok(self.repr(value)?.to_string_lossy().into_owned())
    }

    /// `str` as Rust text.
    pub fn str_text(&self, value: &Value) -> PyResult<String> {
        Ok(self.str(value)?.to_string_lossy().into_owned())
    }

    /// `format(value, spec)`.
    pub fn format(&self, value: &Value, spec: &Gc<Str>) -> PyResult<Gc<Str>> {
        if spec.is_empty() {
            if let Some(text) = value.downcast_exact::<Str>() {
                return Ok(text.clone());
            }
        }
        if let Some(n) = value.as_small_int() {
            if let Some(text) = Decimal::formatted(n, spec.as_bytes()) {
                return Ok(Str::shared(text.as_bytes()));
            }
        } else if let Some(x) = value.as_exact_float().filter(|_| !spec.is_empty()) {
            let text = self.text_result(format_apply::format_float(x, spec.as_bytes(), "float"))?;
            return Ok(Str::from_wtf8(&text));
        }
        let Some(method) = self.lookup_special(value, &self.names.__format__)? else {
            return self.raise_type_of("Type {} doesn't define __format__", value);
        };
        let result = self.call(&method, &[spec.to_value()])?;
        match result.into_gc::<Str>() {
            Ok(text) => Ok(text),
            Err(other) => self.raise(
                Exc::TypeError,
                format!("__format__ must return a str, not {}", self.type_name(&other)),
            ),
        }
    }

    /// The argument of a `__format__` method.
    pub fn format_spec_argument<'a>(&self, value: &'a Value) -> PyResult<&'a Gc<Str>> {
        self.expect_str(value, "__format__() argument must be str, not {}")
    }

    /// A str argument as text.
    ///
    /// # Errors
    /// TypeError `message` with "{}" replaced by the class of what was given.
    pub fn expect_str<'a>(&self, value: &'a Value, message: &str) -> PyResult<&'a Gc<Str>> {
        match value.downcast::<Str>() {
            Some(text) => Ok(text),
            // Argument Clinic's wording names None itself.
            None if value.is_none() && message.contains(" argument") && !message.starts_with("fromhex") => {
                self.raise(Exc::TypeError, message.replacen("{}", "None", 1))
            }
            None => self.raise_type_of(message, value),
        }
    }
}
