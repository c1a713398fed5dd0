//! Methods of `int` that no slot stands for.

use super::arithmetic::bits;
use super::{bytes, convert, exact, this};
use crate::native::NativeFn;
use crate::objects::str::Str;
use crate::text::format_apply;
use crate::text::int_text::IntRef;
use crate::{Args, PyResult, Value, Vm};

pub const METHODS: &[NativeFn] = &[
    NativeFn::new("conjugate($self, /)", itself).doc("Returns self, the complex conjugate of any int."),
    NativeFn::new("bit_length($self, /)", bit_length)
        .doc("Number of bits necessary to represent self in binary."),
    NativeFn::new("bit_count($self, /)", bit_count)
        .doc("Number of ones in the binary representation of the absolute value of self."),
    NativeFn::new("to_bytes($self, /, length=1, byteorder='big', *, signed=False)", bytes::to_bytes)
        .doc("Return an array of bytes representing an integer."),
    NativeFn::new("as_integer_ratio($self, /)", as_integer_ratio)
        .doc("Return a pair of integers, whose ratio is equal to the original int."),
    NativeFn::new("__trunc__($self, /)", itself).doc("Truncating an Integral returns itself."),
    NativeFn::new("__floor__($self, /)", itself).doc("Flooring an Integral returns itself."),
    NativeFn::new("__ceil__($self, /)", itself).doc("Ceiling of an Integral returns itself."),
    NativeFn::new("__round__($self, ndigits=None, /)", convert::round)
        .doc("Rounding an Integral returns itself, or its nearest multiple of a power of ten."),
    NativeFn::new("__getnewargs__($self, /)", get_new_args),
    NativeFn::new("__format__($self, format_spec, /)", format)
        .doc("Convert to a string according to format_spec."),
    NativeFn::new("__sizeof__($self, /)", size_of).doc("Returns size in memory, in bytes."),
    NativeFn::new("is_integer($self, /)", is_integer)
        .doc("Returns True. Exists for duck type compatibility with float."),
];

fn itself(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(exact(args.value(0)))
}

fn bit_length(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Value::int(bits(this(args.value(0))) as i64))
}

fn bit_count(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Value::int(match this(args.value(0)) {
        IntRef::Small(n) => n.unsigned_abs().count_ones() as i64,
        IntRef::Big(n) => n.magnitude().count_ones() as i64,
    }))
}

fn as_integer_ratio(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(vm.tuple(&[exact(args.value(0)), Value::small(1)]))
}

fn get_new_args(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(vm.tuple(&[exact(args.value(0))]))
}

fn is_integer(_vm: &Vm, _args: Args<'_>) -> PyResult {
    Ok(Value::TRUE)
}

/// As CPython counts it: a header of 24 bytes and 4 for each 30 bits.
fn size_of(_vm: &Vm, args: Args<'_>) -> PyResult {
    let n_digits = bits(this(args.value(0))).div_ceil(30).max(1);
    Ok(Value::int(24 + 4 * n_digits as i64))
}

fn format(vm: &Vm, args: Args<'_>) -> PyResult {
    let (value, spec) = (args.value(0), vm.format_spec_argument(args.value(1))?);
    if spec.is_empty() {
        // Instances of subclasses show themselves, `True` included.
        return vm.str(value).map(Into::into);
    }
    let type_name = vm.type_name(value);
    let limit = vm.int_max_str_digits.get();
    let text = vm.text_result(format_apply::format_int(this(value), spec.as_bytes(), &type_name, limit))?;
    Ok(Str::from_wtf8(&text).into())
}
