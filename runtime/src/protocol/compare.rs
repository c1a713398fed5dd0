//! Comparison, equality, identity, hashing and membership.

use crate::class::CompareOp;
use crate::objects::str::Str;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

impl Vm {
    /// `a op b` as a value, which for odd classes is no bool.
    pub fn compare(&self, a: &Value, b: &Value, op: CompareOp) -> PyResult {
        if let (Some(a), Some(b)) = (a.as_small_int(), b.as_small_int()) {
            return Ok(op.holds(a.cmp(&b)).into());
        }
        let (class_a, class_b) = (self.type_of(a), self.type_of(b));
        let mut tried_right = false;
        if !class_a.is(class_b) && class_b.is_subclass(class_a) {
            if let Some(slot) = class_b.slots().compare {
                tried_right = true;
                let result = slot(self, b, a, op.swapped())?;
                if !result.is_not_implemented() {
                    return Ok(result);
                }
            }
        }
        if let Some(slot) = class_a.slots().compare {
            let result = slot(self, a, b, op)?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
        }
        if !tried_right {
            if let Some(slot) = class_b.slots().compare {
                let result = slot(self, b, a, op.swapped())?;
                if !result.is_not_implemented() {
                    return Ok(result);
                }
            }
        }
        match op {
            CompareOp::Eq => Ok(Value::bool(a.is(b))),
            CompareOp::Ne => Ok(Value::bool(!a.is(b))),
            _ => {
                let (symbol, left, right) = (op.symbol(), self.type_name(a), self.type_name(b));
                self.raise(
                    Exc::TypeError,
                    format!("'{symbol}' not supported between instances of '{left}' and '{right}'"),
                )
            }
        }
    }

    /// The truth of `a op b`.
    pub fn compare_bool(&self, a: &Value, b: &Value, op: CompareOp) -> PyResult<bool> {
        let result = self.compare(a, b, op)?;
        self.truth(&result)
    }

    /// Equality as containers use it: identity first, then `==`.
    #[inline]
    pub fn eq(&self, a: &Value, b: &Value) -> PyResult<bool> {
        if a.is(b) {
            return Ok(true);
        }
        if a.is_small_int() && b.is_small_int() {
            return Ok(false);
        }
        if let (Some(a), Some(b)) = (a.downcast_exact::<Str>(), b.downcast_exact::<Str>()) {
            return Ok(a == b);
        }
        self.compare_bool(a, b, CompareOp::Eq)
    }

    /// `a < b` for sorting.
    #[inline]
    pub fn less_than(&self, a: &Value, b: &Value) -> PyResult<bool> {
        if let (Some(a), Some(b)) = (a.as_small_int(), b.as_small_int()) {
            return Ok(a < b);
        }
        if let (Some(a), Some(b)) = (a.downcast_exact::<Str>(), b.downcast_exact::<Str>()) {
            // WTF-8 orders by bytes as by code points.
            return Ok(a.as_bytes() < b.as_bytes());
        }
        self.compare_bool(a, b, CompareOp::Lt)
    }

    /// # Errors
    /// TypeError "unhashable type: 'list'", and what `__hash__` raises.
    #[inline]
    pub fn hash(&self, value: &Value) -> PyResult<i64> {
        if let Some(n) = value.as_small_int() {
            return Ok(crate::objects::int::hash_i64(n));
        }
        if let Some(text) = value.downcast_exact::<Str>() {
            return Ok(text.hash_value() as i64);
        }
        match self.type_of(value).slots().hash {
            Some(slot) => slot(self, value),
            None => self.raise_type_of("unhashable type: '{}'", value),
        }
    }

    /// `item in container`.
    pub fn contains(&self, container: &Value, item: &Value) -> PyResult<bool> {
        if let Some(slot) = self.type_of(container).slots().contains {
            return slot(self, container, item);
        }
        if !self.is_iterable(container) {
            return self.raise_type_of("argument of type '{}' is not a container or iterable", container);
        }
        let iterator = self.iter(container)?;
        while let Some(found) = self.next(&iterator)? {
            if self.eq(&found, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
