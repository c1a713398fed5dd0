//! Methods of `float` that no slot stands for.

use super::{as_double, this};
use crate::class::Type;
use crate::native::NativeFn;
use crate::objects::int;
use crate::objects::str::Str;
use crate::text::{float_hex, float_repr, format_apply};
use crate::{Args, Exc, PyResult, Value, Vm};

pub const METHODS: &[NativeFn] = &[
    NativeFn::new("conjugate($self, /)", itself).doc("Return self, the complex conjugate of any float."),
    NativeFn::new("__trunc__($self, /)", trunc).doc("Return the Integral closest to x between 0 and x."),
    NativeFn::new("__floor__($self, /)", floor).doc("Return the floor as an Integral."),
    NativeFn::new("__ceil__($self, /)", ceil).doc("Return the ceiling as an Integral."),
    NativeFn::new("__round__($self, ndigits=None, /)", round)
        .doc("Return the Integral closest to x, rounding half toward even.\n\nWhen an argument is passed, work like built-in round(x, ndigits)."),
    NativeFn::new("as_integer_ratio($self, /)", as_integer_ratio)
        .doc("Return a pair of integers, whose ratio is exactly equal to the original float."),
    NativeFn::new("hex($self, /)", hex).doc("Return a hexadecimal representation of a floating-point number."),
    NativeFn::new("is_integer($self, /)", is_integer).doc("Return True if the float is an integer."),
    NativeFn::new("__getnewargs__($self, /)", get_new_args),
    NativeFn::new("__sizeof__($self, /)", |_, _| Ok(Value::small(24))).doc("Size of object in memory, in bytes."),
    NativeFn::new("__format__($self, format_spec, /)", format)
        .doc("Formats the float according to format_spec."),
];

pub const CLASS_METHODS: &[NativeFn] = &[
    NativeFn::new("from_number($type, number, /)", from_number)
        .doc("Convert real number to a floating-point number."),
    NativeFn::new("fromhex($type, string, /)", from_hex)
        .doc("Create a floating-point number from a hexadecimal string."),
    NativeFn::new("__getformat__($type, typestr, /)", get_format)
        .doc("How C doubles or floats lie in memory: \"IEEE, little-endian\" or the like."),
];

fn own(args: &Args<'_>) -> f64 {
    this(args.value(0))
}

fn itself(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Value::float(own(&args)))
}

fn trunc(vm: &Vm, args: Args<'_>) -> PyResult {
    int::from_f64(vm, own(&args))
}

fn floor(vm: &Vm, args: Args<'_>) -> PyResult {
    int::from_f64(vm, own(&args).floor())
}

fn ceil(vm: &Vm, args: Args<'_>) -> PyResult {
    int::from_f64(vm, own(&args).ceil())
}

fn round(vm: &Vm, args: Args<'_>) -> PyResult {
    let x = own(&args);
    match args.get_not_none(1) {
        None => int::from_f64(vm, x.round_ties_even()),
        Some(n_digits) => {
            let n_digits = vm.index_clipped(n_digits)?;
            vm.text_result(float_repr::round_to_digits(x, n_digits)).map(Value::float)
        }
    }
}

fn as_integer_ratio(vm: &Vm, args: Args<'_>) -> PyResult {
    let (numerator, denominator) = vm.text_result(float_repr::as_integer_ratio(own(&args)))?;
    Ok(vm.tuple(&[int::new_big(numerator), int::new_big(denominator)]))
}

fn hex(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(float_hex::hex(own(&args)).into())
}

fn is_integer(_vm: &Vm, args: Args<'_>) -> PyResult {
    let x = own(&args);
    Ok((x.is_finite() && x == x.floor()).into())
}

fn get_new_args(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(vm.tuple(&[Value::float(own(&args))]))
}

fn format(vm: &Vm, args: Args<'_>) -> PyResult {
    let (value, spec) = (args.value(0), vm.format_spec_argument(args.value(1))?);
    if spec.is_empty() {
        return vm.str(value).map(Into::into);
    }
    let type_name = vm.type_name(value);
    let text = vm.text_result(format_apply::format_float(this(value), spec.as_bytes(), &type_name))?;
    Ok(Str::from_wtf8(&text).into())
}

/// Makes an instance of the class a class method was called on.
fn instance(vm: &Vm, args: &Args<'_>, x: f64) -> PyResult {
    let cls = args.this::<Type>();
    let x = Value::float(x);
    if cls.is(vm.types.float()) { Ok(x) } else { vm.call(cls.as_value(), &[x]) }
}

fn from_number(vm: &Vm, args: Args<'_>) -> PyResult {
    let number = args.value(1);
    if number.as_exact_float().is_some() && args.value(0).is(vm.types.float().as_value()) {
        return Ok(number.clone());
    }
    let x = as_double(vm, number)?;
    instance(vm, &args, x)
}

fn from_hex(vm: &Vm, args: Args<'_>) -> PyResult {
    let Some(text) = args.value(1).downcast::<Str>() else {
        return vm.raise(Exc::TypeError, "bad argument type for built-in operation");
    };
    let x = vm.text_result(float_hex::from_hex(text.as_bytes()))?;
    instance(vm, &args, x)
}

fn get_format(vm: &Vm, args: Args<'_>) -> PyResult {
    let kind = vm.expect_str(args.value(1), "__getformat__() argument must be str, not {}")?;
    match kind.as_bytes() {
        b"double" | b"float" if cfg!(target_endian = "little") => Ok("IEEE, little-endian".into()),
        b"double" | b"float" => Ok("IEEE, big-endian".into()),
        _ => vm.raise(Exc::ValueError, "__getformat__() argument 1 must be 'double' or 'float'"),
    }
}
