//! What `bytes(...)` and `bytearray(...)` make of their arguments.

use crate::class::Type;
use crate::objects::bytes::Bytes;
use crate::objects::int;
use crate::objects::str::Str;
use crate::value::Value;
use crate::{Args, Exc, PyResult, Vm};

/// A byte as an item: anything with `__index__`.
///
/// # Errors
/// ValueError "byte must be in range(0, 256)".
#[inline]
pub fn byte_argument(vm: &Vm, value: &Value) -> PyResult<u8> {
    byte_value(vm, value, "byte must be in range(0, 256)")
}

#[inline]
fn byte_value(vm: &Vm, value: &Value, message: &str) -> PyResult<u8> {
    let index = vm.index(value)?;
    match int::as_i64(&index) {
        Some(n @ 0..=255) => Ok(n as u8),
        _ => vm.raise(Exc::ValueError, message),
    }
}

/// The bytes of an iterable of integers.
pub fn byte_values(vm: &Vm, iterable: &Value, message: &str) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    vm.for_each(iterable, |item| {
        out.push(byte_value(vm, &item, message)?);
        Ok(())
    })?;
    Ok(out)
}

/// The bytes for the arguments source, encoding, errors. `name` is "bytes" or "bytearray".
pub fn source_bytes(
    vm: &Vm,
    name: &str,
    source: Option<&Value>,
    encoding: Option<&Value>,
    errors: Option<&Value>,
) -> PyResult<Vec<u8>> {
    let encoding = encoding.map(|value| vm.c_str_argument(value, name, "argument 'encoding'")).transpose()?;
    let errors = errors.map(|value| vm.c_str_argument(value, name, "argument 'errors'")).transpose()?;
    let text = source.and_then(|source| source.downcast::<Str>());
    match (source, text, encoding, errors) {
        (_, Some(text), Some(encoding), errors) => {
            return vm.encode_text(text, encoding, errors.unwrap_or("strict"));
        }
        (_, None, Some(_), _) => {
            return vm.raise(Exc::TypeError, "encoding without a string argument");
        }
        (_, None, None, Some(_)) => {
            return vm.raise(Exc::TypeError, "errors without a string argument");
        }
        (_, Some(text), None, _) => {
            // `bytes` looks for `__bytes__` first, which subclasses of str may have.
            if name == "bytes" && !text.header().is_exact() {
                if let Some(bytes) = special_bytes(vm, text.as_value())? {
                    return Ok(bytes);
                }
            }
            return vm.raise(Exc::TypeError, "string argument without an encoding");
        }
        (None, None, None, None) => return Ok(Vec::new()),
        (Some(_), None, None, None) => {}
    }
    let Some(source) = source else { return Ok(Vec::new()) };
    if name == "bytes" {
        if let Some(bytes) = special_bytes(vm, source)? {
            return Ok(bytes);
        }
    }
    if vm.has_index(source) {
        let size = vm.index_i64(source, Exc::OverflowError);
        if let Some(size) = vm.catch(size, Exc::TypeError)? {
            if size < 0 {
                return vm.raise(Exc::ValueError, "negative count");
            }
            let size = vm.check_text_size(Some(size as usize))?;
            return Ok(vec![0; size]);
        }
    }
    if let Some(bytes) = vm.copy_bytes(source)? {
        return Ok(bytes);
    }
    let message =
        if name == "bytes" { "bytes must be in range(0, 256)" } else { "byte must be in range(0, 256)" };
    let iterator = vm.iter(source);
    match vm.catch(iterator, Exc::TypeError)? {
        Some(iterator) => byte_values(vm, &iterator, message),
        None => vm.raise_type_of(&format!("cannot convert '{{}}' object to {name}"), source),
    }
}

/// What the `__bytes__` method of an object gives; `None` if its class has none.
fn special_bytes(vm: &Vm, source: &Value) -> PyResult<Option<Vec<u8>>> {
    let Some(method) = vm.lookup_special(source, &vm.names.__bytes__)? else { return Ok(None) };
    let result = vm.call(&method, &[])?;
    match result.downcast::<Bytes>() {
        Some(bytes) => Ok(Some(bytes.as_slice().to_vec())),
        None => vm.raise_type_of("__bytes__ returned non-bytes (type {})", &result),
    }
}

/// `bytes(source=b'', encoding='utf-8', errors='strict')`.
pub(super) fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let cls = args.this::<Type>();
    if let (Some(source), None, None) = (args.get(1), args.get(2), args.get(3)) {
        if !cls.is_heap_type() && source.downcast_exact::<Bytes>().is_some() {
            return Ok(source.clone());
        }
    }
    let data = source_bytes(vm, "bytes", args.get(1), args.get(2), args.get(3))?;
    Ok(Bytes::for_class(cls, data).into())
}
