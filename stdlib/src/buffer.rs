//! Bytes-like arguments: what gives its bytes, and where bytes can be written.

use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Exc, Gc, PyResult, Value, Vm};

/// The bytes of an argument, held while they are used.
pub enum Buffer {
    Bytes(Gc<Bytes>),
    Text(Gc<Str>),
}

impl Buffer {
    /// The bytes of a bytes-like object; `None` for anything else.
    pub fn of(_vm: &Vm, value: &Value) -> PyResult<Option<Buffer>> {
        Ok(value.downcast::<Bytes>().map(|bytes| Buffer::Bytes(bytes.clone())))
    }

    /// The bytes of a bytes-like argument.
    ///
    /// # Errors
    /// TypeError "a bytes-like object is required, not 'str'".
    pub fn required(vm: &Vm, value: &Value) -> PyResult<Buffer> {
        match Buffer::of(vm, value)? {
            Some(buffer) => Ok(buffer),
            None => vm.raise_type_of("a bytes-like object is required, not '{}'", value),
        }
    }

    /// The bytes of a bytes-like object or an ASCII str.
    ///
    /// # Errors
    /// As `binascii` words them.
    pub fn or_ascii(vm: &Vm, value: &Value) -> PyResult<Buffer> {
        if let Some(text) = value.downcast::<Str>() {
            if !text.is_ascii() {
                return vm.raise(Exc::ValueError, "string argument should contain only ASCII characters");
            }
            return Ok(Buffer::Text(text.clone()));
        }
        match Buffer::of(vm, value)? {
            Some(buffer) => Ok(buffer),
            None => vm.raise_type_of("argument should be bytes, buffer or ASCII string, not '{}'", value),
        }
    }

    pub fn as_slice(&self) -> &[u8] {
        match self {
            Buffer::Bytes(bytes) => bytes.as_slice(),
            Buffer::Text(text) => text.as_bytes(),
        }
    }
}
