//! Paths as the operating system takes them: from str, bytes or objects with `__fspath__`.

use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Exc, Gc, PyResult, Value, Vm};

/// A path argument.
#[derive(Clone)]
pub struct Path {
    pub bytes: Vec<u8>,
    /// What was given, for messages.
    pub given: Value,
}

/// `os.fsencode`: UTF-8, escaped bytes restored.
pub fn encode(vm: &Vm, text: &Gc<Str>) -> PyResult<Vec<u8>> {
    if text.as_str().is_some() {
        return Ok(text.as_bytes().to_vec());
    }
    vm.encode_text(text, "utf-8", "surrogateescape")
}

/// `os.fsdecode`.
pub fn decode(vm: &Vm, bytes: &[u8]) -> PyResult<Gc<Str>> {
    vm.decode_bytes(bytes, "utf-8", "surrogateescape")
}

/// A name of the system's as str or bytes.
pub fn name_value(vm: &Vm, bytes: &[u8], as_bytes: bool) -> PyResult {
    if as_bytes { Ok(Bytes::new(bytes).into()) } else { Ok(decode(vm, bytes)?.into()) }
}

/// `os.fspath`.
pub fn fspath(vm: &Vm, value: &Value) -> PyResult {
    if value.downcast::<Str>().is_some() || value.downcast::<Bytes>().is_some() {
        return Ok(value.clone());
    }
    let Some(method) = vm.lookup_special(value, &vm.names.__fspath__)?.filter(|method| !method.is_none())
    else {
        return vm.raise_type_of("expected str, bytes or os.PathLike object, not {}", value);
    };
    let path = vm.call(&method, &[])?;
    if path.downcast::<Str>().is_some() || path.downcast::<Bytes>().is_some() {
        return Ok(path);
    }
    let (class, found) = (vm.type_name(value), vm.type_name(&path));
    vm.raise(Exc::TypeError, format!("expected {class}.__fspath__() to return str or bytes, not {found}"))
}

impl Path {
    /// A path for `open` and others that say "expected str, bytes or os.PathLike object".
    pub fn from_value(vm: &Vm, value: &Value) -> PyResult<Path> {
        let path = fspath(vm, value)?;
        Path::from_fspath(vm, &path, value)
    }

    /// The bytes of what `__fspath__` gave, NUL allowed, and whether it was bytes.
    pub fn from_fspath_raw(vm: &Vm, path: &Value) -> PyResult<(Vec<u8>, bool)> {
        match (path.downcast::<Str>(), path.downcast::<Bytes>()) {
            (Some(text), _) => Ok((encode(vm, text)?, false)),
            (_, Some(bytes)) => Ok((bytes.as_slice().to_vec(), true)),
            _ => vm.raise_type_of("expected str, bytes or os.PathLike object, not {}", path),
        }
    }

    /// A path from what `__fspath__` gave.
    pub fn from_fspath(vm: &Vm, path: &Value, given: &Value) -> PyResult<Path> {
        let bytes = match (path.downcast::<Str>(), path.downcast::<Bytes>()) {
            (Some(text), _) => encode(vm, text)?,
            (_, Some(bytes)) => bytes.as_slice().to_vec(),
            _ => return vm.raise_type_of("expected str, bytes or os.PathLike object, not {}", given),
        };
        if bytes.contains(&0) {
            return vm.raise(Exc::ValueError, "embedded null byte");
        }
        Ok(Path { bytes, given: given.clone() })
    }
}
