//! The module `binascii`.

use num_traits::ToPrimitive;
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::module::Module;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, Gc, NativeFn, NativeModule, PyResult, Value, Vm};

use super::codecs::MAX_UU_LINE;
use crate::buffer::bytes_or_ascii;
use crate::convert::big;
use crate::errors;

pub static MODULE: NativeModule = NativeModule {
    name: "binascii",
    doc: "Conversion between binary data and ASCII",
    functions: &[
        NativeFn::new("a2b_base64(data, /, *, strict_mode=False)", a2b_base64),
        NativeFn::new("a2b_hex(hexstr, /)", a2b_hex),
        NativeFn::new("a2b_qp(data, header=False)", a2b_qp),
        NativeFn::new("a2b_uu(data, /)", a2b_uu),
        NativeFn::new("b2a_base64(data, /, *, newline=True)", b2a_base64),
        NativeFn::new("b2a_hex(data, sep=<unrepresentable>, bytes_per_sep=1)", b2a_hex),
        NativeFn::new("b2a_qp(data, quotetabs=False, istext=True, header=False)", b2a_qp),
        NativeFn::new("b2a_uu(data, /, *, backtick=False)", b2a_uu),
        NativeFn::new("crc32(data, crc=0, /)", crc32),
        NativeFn::new("crc_hqx(data, crc, /)", crc_hqx),
        NativeFn::new("hexlify(data, sep=<unrepresentable>, bytes_per_sep=1)", b2a_hex),
        NativeFn::new("unhexlify(hexstr, /)", a2b_hex),
    ],
    init: Some(init),
    ..NativeModule::DEFAULT
};

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    errors::define(vm, module, "binascii", "Error", vm.types.exception(Exc::ValueError))?;
    errors::define(vm, module, "binascii", "Incomplete", vm.types.exception(Exc::Exception))
}

fn made(vm: &Vm, result: Result<Vec<u8>, impl Into<String>>) -> PyResult {
    match result {
        Ok(content) => Ok(Bytes::from_vec(content).into()),
        Err(message) => errors::raise(vm, "binascii", "Error", message.into()),
    }
}

/// Optional argument `index` as a truth value.
fn flag(vm: &Vm, args: Args<'_>, index: usize, default: bool) -> PyResult<bool> {
    args.get(index).map_or(Ok(default), |value| vm.truth(value))
}

fn a2b_base64(vm: &Vm, args: Args<'_>) -> PyResult {
    let strict = flag(vm, args, 1, false)?;
    made(vm, super::from_base64(&bytes_or_ascii(vm, args.value(0))?, strict))
}

fn b2a_base64(vm: &Vm, args: Args<'_>) -> PyResult {
    let mut out = super::to_base64(&vm.bytes_argument(args.value(0))?);
    if flag(vm, args, 1, true)? {
        out.push(b'\n');
    }
    Ok(Bytes::from_vec(out).into())
}

fn a2b_hex(vm: &Vm, args: Args<'_>) -> PyResult {
    made(vm, super::from_hex(&bytes_or_ascii(vm, args.value(0))?))
}

fn b2a_hex(vm: &Vm, args: Args<'_>) -> PyResult {
    let separator = match args.get_not_none(1) {
        None => None,
        Some(value) => {
            let content = match value.downcast::<Str>() {
                Some(text) if !text.is_ascii() => {
                    return vm.raise(Exc::ValueError, "sep must be ASCII.");
                }
                Some(text) => text.as_bytes().to_vec(),
                None => match vm.borrow_bytes(value)? {
                    Some(buffer) => buffer.to_vec(),
                    None => return vm.raise(Exc::TypeError, "sep must be str or bytes."),
                },
            };
            match content.as_slice() {
                &[byte] => Some(byte),
                _ => return vm.raise(Exc::ValueError, "sep must be length 1."),
            }
        }
    };
    let group = args.get(2).map_or(Ok(1), |value| vm.to_i64(value))?;
    let data = vm.bytes_argument(args.value(0))?;
    Ok(Bytes::from_vec(super::to_hex(&data, separator, group)).into())
}

fn a2b_qp(vm: &Vm, args: Args<'_>) -> PyResult {
    let header = flag(vm, args, 1, false)?;
    let data = bytes_or_ascii(vm, args.value(0))?;
    Ok(Bytes::from_vec(super::from_quoted_printable(&data, header)).into())
}

fn b2a_qp(vm: &Vm, args: Args<'_>) -> PyResult {
    let (tabs, text, header) =
        (flag(vm, args, 1, false)?, flag(vm, args, 2, true)?, flag(vm, args, 3, false)?);
    let data = vm.bytes_argument(args.value(0))?;
    Ok(Bytes::from_vec(super::to_quoted_printable(&data, tabs, text, header)).into())
}

fn a2b_uu(vm: &Vm, args: Args<'_>) -> PyResult {
    made(vm, super::from_uu(&bytes_or_ascii(vm, args.value(0))?))
}

fn b2a_uu(vm: &Vm, args: Args<'_>) -> PyResult {
    let backtick = flag(vm, args, 1, false)?;
    let data = vm.bytes_argument(args.value(0))?;
    if data.len() > MAX_UU_LINE {
        return made(vm, Err("At most 45 bytes at once"));
    }
    Ok(Bytes::from_vec(super::to_uu(&data, backtick)).into())
}

/// A start value, of which only the lower 32 bits count.
fn start(vm: &Vm, value: Option<&Value>) -> PyResult<u32> {
    let Some(value) = value else { return Ok(0) };
    let low = big(vm, value)? & num_bigint::BigInt::from(u32::MAX);
    Ok(low.to_u32().unwrap_or(0))
}

fn crc32(vm: &Vm, args: Args<'_>) -> PyResult {
    let start = start(vm, args.get(1))?;
    Ok(Value::small(super::crc32(&vm.bytes_argument(args.value(0))?, start).into()))
}

fn crc_hqx(vm: &Vm, args: Args<'_>) -> PyResult {
    let start = start(vm, args.get(1))?;
    Ok(Value::small(super::crc_hqx(&vm.bytes_argument(args.value(0))?, start).into()))
}
