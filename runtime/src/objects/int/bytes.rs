//! `int.to_bytes` and `int.from_bytes`.

use num_bigint::{BigInt, Sign};
use num_traits::Zero;

use super::arithmetic::big;
use super::{new_big, this};
use crate::class::Type;
use crate::objects::bytes::Bytes;
use crate::objects::str::Str;
use crate::{Args, Exc, PyResult, Value, Vm};

#[derive(Clone, Copy, PartialEq, Eq)]
enum ByteOrder {
    Little,
    Big,
}

fn byte_order(vm: &Vm, function: &str, argument: Option<&Value>) -> PyResult<ByteOrder> {
    let Some(argument) = argument else { return Ok(ByteOrder::Big) };
    let Some(text) = argument.downcast::<Str>() else {
        let kind = if argument.is_none() { "None".into() } else { vm.type_name(argument) };
        return vm
            .raise(Exc::TypeError, format!("{function}() argument 'byteorder' must be str, not {kind}"));
    };
    match text.as_bytes() {
        b"little" => Ok(ByteOrder::Little),
        b"big" => Ok(ByteOrder::Big),
        _ => vm.raise(Exc::ValueError, "byteorder must be either 'little' or 'big'"),
    }
}

fn flag(vm: &Vm, argument: Option<&Value>) -> PyResult<bool> {
    argument.map_or(Ok(false), |value| vm.truth(value))
}

pub fn to_bytes(vm: &Vm, args: Args<'_>) -> PyResult {
    let length = match args.get(1) {
        Some(length) => vm.to_i64(length)?,
        None => 1,
    };
    let order = byte_order(vm, "to_bytes", args.get(2))?;
    let signed = flag(vm, args.get(3))?;
    let Ok(length) = usize::try_from(length) else {
        return vm.raise(Exc::ValueError, "length argument must be non-negative");
    };
    let n = big(this(args.value(0)));
    if n.sign() == Sign::Minus && !signed {
        return vm.raise(Exc::OverflowError, "can't convert negative int to unsigned");
    }
    let mut bytes = match signed {
        _ if n.is_zero() => Vec::new(),
        true => n.to_signed_bytes_le(),
        false => n.to_bytes_le().1,
    };
    if bytes.len() > length {
        return vm.raise(Exc::OverflowError, "int too big to convert");
    }
    vm.check_text_size(Some(length))?;
    bytes.resize(length, if n.sign() == Sign::Minus { 0xff } else { 0 });
    if order == ByteOrder::Big {
        bytes.reverse();
    }
    Ok(Bytes::from_vec(bytes).into())
}

pub fn from_bytes(vm: &Vm, args: Args<'_>) -> PyResult {
    let order = byte_order(vm, "from_bytes", args.get(2))?;
    let signed = flag(vm, args.get(3))?;
    let bytes = octets(vm, args.value(1))?;
    let n = match (order, signed) {
        (ByteOrder::Little, true) => BigInt::from_signed_bytes_le(&bytes),
        (ByteOrder::Big, true) => BigInt::from_signed_bytes_be(&bytes),
        (ByteOrder::Little, false) => BigInt::from_bytes_le(Sign::Plus, &bytes),
        (ByteOrder::Big, false) => BigInt::from_bytes_be(Sign::Plus, &bytes),
    };
    let cls = args.this::<Type>();
    let n = new_big(n);
    if cls.is(vm.types.int()) { Ok(n) } else { vm.call(cls.as_value(), &[n]) }
}

/// What `bytes(value)` holds, for values that are no counts.
fn octets(vm: &Vm, value: &Value) -> PyResult<Vec<u8>> {
    if let Some(bytes) = value.downcast_exact::<Bytes>() {
        return Ok(bytes.as_slice().to_vec());
    }
    if let Some(method) = vm.lookup_special(value, &vm.names.__bytes__)? {
        let result = vm.call(&method, &[])?;
        return match result.downcast::<Bytes>() {
            Some(bytes) => Ok(bytes.as_slice().to_vec()),
            None => vm.raise_type_of("__bytes__ returned non-bytes (type {})", &result),
        };
    }
    if let Some(bytes) = crate::objects::bytes::bytes_like(vm, value)? {
        return Ok(bytes);
    }
    if value.downcast::<Str>().is_some() || !vm.is_iterable(value) {
        return vm.raise_type_of("cannot convert '{}' object to bytes", value);
    }
    let mut out = Vec::new();
    vm.for_each(value, |item| {
        let n = vm.index_clipped(&item)?;
        match u8::try_from(n) {
            Ok(byte) => out.push(byte),
            Err(_) => return vm.raise(Exc::ValueError, "bytes must be in range(0, 256)"),
        }
        Ok(())
    })?;
    Ok(out)
}
