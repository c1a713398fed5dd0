//! The class `bytes` and its slots; index and slice helpers it shares with `bytearray`.

use super::{Bytes, construct, iterator, lend, methods};
use crate::class::{BinaryFn, BinaryOp, CompareOp, N_BINARY, Slots, TypeSpec, type_flags};
use crate::objects::slice::Slice;
use crate::objects::str::percent;
use crate::protocol::{SliceBounds, clamp_index};
use crate::text::percent::Flavor;
use crate::text::{escape, str_search};
use crate::value::Value;
use crate::{Exc, Gc, NativeFn, PyResult, Vm};

pub static TYPE: TypeSpec = TypeSpec {
    name: "bytes",
    doc: "An immutable array of bytes, made from an iterable of integers, a string and its encoding, any object with a buffer, or a size.",
    flags: type_flags::BASE_TYPE | type_flags::MATCH_SELF,
    new: Some(NativeFn::new("bytes($type, source=b'', encoding='utf-8', errors='strict')", construct::new)),
    methods: methods::METHODS,
    class_methods: methods::CLASS_METHODS,
    static_methods: &[methods::MAKETRANS],
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        iter: Some(iterator::iter),
        len: Some(len),
        get_item: Some(get_item),
        contains: Some(contains),
        concat: Some(concat),
        repeat: Some(repeat),
        binary: BINARY,
        buffer: Some(lend),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

const BINARY: [Option<BinaryFn>; N_BINARY] = {
    let mut table: [Option<BinaryFn>; N_BINARY] = [None; N_BINARY];
    table[BinaryOp::Mod as usize] = Some(modulo);
    table
};

fn this(value: &Value) -> &Gc<Bytes> {
    value.downcast().expect("slots see instances of their class")
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let bytes = this(value).as_slice();
    vm.check_text_size(bytes.len().checked_mul(4))?;
    Ok(escape::repr_bytes(bytes).into())
}

fn hash(_vm: &Vm, value: &Value) -> PyResult<i64> {
    Ok(this(value).hash_value() as i64)
}

fn compare(_vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let Some(b) = b.downcast::<Bytes>() else { return Ok(Value::NOT_IMPLEMENTED) };
    Ok(op.holds(this(a).as_slice().cmp(b.as_slice())).into())
}

fn len(_vm: &Vm, value: &Value) -> PyResult<usize> {
    Ok(this(value).as_slice().len())
}

fn get_item(vm: &Vm, value: &Value, index: &Value) -> PyResult {
    let bytes = this(value).as_slice();
    if let Some(slice) = index.downcast::<Slice>() {
        let bounds = vm.slice_bounds(slice, bytes.len())?;
        if bounds.step == 1 && bounds.len == bytes.len() && value.downcast_exact::<Bytes>().is_some() {
            return Ok(value.clone());
        }
        return Ok(Bytes::from_vec(pick(bytes, bounds)).into());
    }
    let at = item_position(vm, index, "byte", || bytes.len(), "index out of range")?;
    Ok(Value::small(bytes[at].into()))
}

/// The bytes a slice selects.
pub fn pick(bytes: &[u8], bounds: SliceBounds) -> Vec<u8> {
    if bounds.step == 1 {
        bytes[bounds.as_range()].to_vec()
    } else {
        bounds.positions().map(|at| bytes[at]).collect()
    }
}

/// The position an index means. `kind` is "byte" or "bytearray".
pub fn item_position(
    vm: &Vm,
    index: &Value,
    kind: &str,
    length: impl Fn() -> usize,
    out_of_range: &str,
) -> PyResult<usize> {
    let n = match index.as_small_int() {
        Some(n) => n,
        None if vm.has_index(index) => vm.index_i64(index, Exc::IndexError)?,
        None => {
            return vm.raise_type_of(&format!("{kind} indices must be integers or slices, not {{}}"), index);
        }
    };
    match clamp_index(n, length()) {
        Some(at) => Ok(at),
        None => vm.raise(Exc::IndexError, out_of_range),
    }
}

/// `item in value`, for both classes.
pub fn contains(vm: &Vm, value: &Value, item: &Value) -> PyResult<bool> {
    if vm.has_index(item) {
        let byte = construct::byte_argument(vm, item)?;
        return Ok(memchr::memchr(byte, &super::this(value)).is_some());
    }
    let needle = vm.bytes_argument(item)?;
    Ok(str_search::find(&super::this(value), &needle).is_some())
}

/// `a + b`, for both classes; the result is of the left one's.
pub fn concat(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let right = vm.borrow_bytes(b);
    let Some(right) = vm.catch(right, Exc::BufferError)?.flatten() else {
        let (left, right) = (vm.type_name(a), vm.type_name(b));
        return vm.raise(Exc::TypeError, format!("can't concat {right} to {left}"));
    };
    let left = super::this(a);
    if left.is_empty() && a.downcast::<Bytes>().is_some() && b.downcast_exact::<Bytes>().is_some() {
        return Ok(b.clone());
    }
    if right.is_empty() && a.downcast_exact::<Bytes>().is_some() {
        return Ok(a.clone());
    }
    let total = vm.check_text_size(left.len().checked_add(right.len()))?;
    let mut out = Vec::with_capacity(total);
    out.extend_from_slice(&left);
    out.extend_from_slice(&right);
    Ok(super::make(a, out))
}

/// `value * count`, for both classes.
pub fn repeat(vm: &Vm, value: &Value, count: &Value) -> PyResult {
    let times = vm.index_i64(count, Exc::OverflowError)?.max(0) as usize;
    let bytes = super::this(value);
    if times == 1 && value.downcast_exact::<Bytes>().is_some() {
        return Ok(value.clone());
    }
    vm.check_text_size(bytes.len().checked_mul(times))?;
    Ok(super::make(value, bytes.repeat(times)))
}

/// `template % args`, for both classes.
pub fn modulo(vm: &Vm, template: &Value, args: &Value) -> PyResult {
    let Some(text) = super::content(template).map(|text| text.to_vec()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let out = percent::modulo(vm, Flavor::Bytes, &text, args)?;
    Ok(super::make(template, out))
}
