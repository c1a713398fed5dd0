//! `typing.Union`: `int | None`.

use crate::value::Value;
use crate::{PyResult, Vm};

/// `a | b` where one is a class.
pub fn or(_vm: &Vm, _a: &Value, _b: &Value) -> PyResult {
    Ok(Value::NOT_IMPLEMENTED)
}
