//! Calling from native code.

use crate::heap::Gc;
use crate::native::Args;
use crate::objects::str::Str;
use crate::value::Value;
use crate::{PyResult, Vm};

impl Vm {
    /// `callable(*args)`.
    #[inline]
    pub fn call(&self, callable: &Value, args: &[Value]) -> PyResult {
        self.call_args(callable, Args::positional(args))
    }

    /// Calls with positional and keyword arguments.
    pub fn call_args(&self, callable: &Value, args: Args<'_>) -> PyResult {
        let Some(slot) = self.type_of(callable).slots().call else {
            return self.raise_type_of("'{}' object is not callable", callable);
        };
        self.check_native_depth("")?;
        slot(self, callable, args)
    }

    /// `receiver.name(*args)`.
    pub fn call_method(&self, receiver: &Value, name: &Gc<Str>, args: &[Value]) -> PyResult {
        let method = self.get_attr(receiver, name)?;
        self.call(&method, args)
    }

    /// As [`Vm::call_method`] with a name that is not interned yet.
    pub fn call_method_named(&self, receiver: &Value, name: &str, args: &[Value]) -> PyResult {
        self.call_method(receiver, &self.intern(name), args)
    }

    /// `callable(value)`.
    pub fn is_callable(&self, value: &Value) -> bool {
        self.type_of(value).slots().call.is_some()
    }
}
