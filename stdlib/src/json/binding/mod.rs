//! `_json`: scanning and encoding for the package `json`.

mod decode;
mod encode;

use ouro_runtime::objects::exception::Exception;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, Gc, NativeFn, NativeModule, PyResult, Value, Vm};

use super::{ScanError, push_quoted, scan_string};

pub static MODULE: NativeModule = NativeModule {
    name: "_json",
    functions: &[
        NativeFn::new(
            "decode(string, strict, object_hook, object_pairs_hook, parse_float, parse_int, parse_constant, /)",
            decode::decode,
        ),
        NativeFn::new(
            "scan(string, idx, strict, object_hook, object_pairs_hook, parse_float, parse_int, parse_constant, /)",
            decode::scan_at,
        ),
        NativeFn::new(
            "encode(o, default, ensure_ascii, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan, \
             check_circular, /)",
            encode::encode,
        ),
        NativeFn::new("encode_basestring(string, /)", encode_basestring),
        NativeFn::new("encode_basestring_ascii(string, /)", encode_basestring_ascii),
        NativeFn::new("scanstring(string, end, strict=True, /)", scanstring),
    ],
    ..NativeModule::DEFAULT
};

fn quoted(vm: &Vm, args: Args<'_>, ascii: bool) -> PyResult {
    let text = vm.expect_str(args.value(0), "first argument must be a string, not {}")?;
    let mut out = Vec::with_capacity(text.as_bytes().len() + 2);
    push_quoted(&mut out, text.as_bytes(), ascii);
    Ok(Str::from_wtf8(&out).into())
}

fn encode_basestring(vm: &Vm, args: Args<'_>) -> PyResult {
    quoted(vm, args, false)
}

fn encode_basestring_ascii(vm: &Vm, args: Args<'_>) -> PyResult {
    quoted(vm, args, true)
}

fn scanstring(vm: &Vm, args: Args<'_>) -> PyResult {
    let text = vm.expect_str(args.value(0), "first argument must be a string, not {}")?;
    let strict = args.get(2).map_or(Ok(true), |value| vm.truth(value))?;
    let index = usize::try_from(vm.to_i64(args.value(1))?).ok().filter(|&index| index <= text.len());
    let Some(index) = index else { return vm.raise(Exc::ValueError, "end is out of bounds") };
    match scan_string::<()>(text.as_bytes(), text.byte_offset(index), strict) {
        Ok((content, end)) => {
            let content = Str::from_wtf8(&content).into();
            Ok(vm.tuple(&[content, text.char_index(end).into()]))
        }
        Err(ScanError::Decode(message, at)) => raise_decode(vm, message, text, at),
        Err(_) => Ok(Value::NONE),
    }
}

/// Raises `json.JSONDecodeError` at a byte offset.
#[cold]
fn raise_decode<T>(vm: &Vm, message: &str, text: &Gc<Str>, at: usize) -> PyResult<T> {
    let Some(module) = vm.modules.get_str(&vm.intern("json.decoder")) else {
        return vm.raise(Exc::ValueError, message);
    };
    let class = vm.get_attr_named(&module, "JSONDecodeError")?;
    let made = vm.call(&class, &[message.into(), text.to_value(), text.char_index(at).into()])?;
    match made.into_gc::<Exception>() {
        Ok(exception) => vm.raise_value(exception),
        Err(_) => vm.raise(Exc::TypeError, "json.JSONDecodeError is no exception class"),
    }
}
