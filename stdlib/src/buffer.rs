//! Bytes-like arguments with the wording of `binascii`.

use ouro_runtime::objects::str::Str;
use ouro_runtime::protocol::buffer::BytesRef;
use ouro_runtime::{Exc, PyResult, Value, Vm};

/// The bytes of a bytes-like object or an ASCII str.
///
/// # Errors
/// TypeError for anything else, ValueError for text beyond ASCII.
pub fn bytes_or_ascii<'a>(vm: &Vm, value: &'a Value) -> PyResult<BytesRef<'a>> {
    if let Some(text) = value.downcast::<Str>() {
        if !text.is_ascii() {
            return vm.raise(Exc::ValueError, "string argument should contain only ASCII characters");
        }
        return Ok(BytesRef::Slice(text.as_bytes()));
    }
    match vm.borrow_bytes(value)? {
        Some(bytes) => Ok(bytes),
        None => vm.raise_type_of("argument should be bytes, buffer or ASCII string, not '{}'", value),
    }
}
