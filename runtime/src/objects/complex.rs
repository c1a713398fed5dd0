//! `complex`, with the special values of C's Annex G: infinities survive multiplication and division, and an operand that is real has no
//! imaginary part at all (not one of 0.0).

use crate::class::{BinaryFn, BinaryOp, CompareOp, N_BINARY, Slots, Type, TypeSpec, type_flags};
use crate::heap::{self, Kind, Payload};
use crate::native::{GetSet, NativeFn};
use crate::objects::str::Str;
use crate::objects::{float, int};
use crate::text::{complex_text, format_apply};
use crate::value::Value;
use crate::vm::Vm;
use crate::{Args, Exc, Gc, PyResult};

#[derive(Clone, Copy)]
pub struct Complex {
    pub re: f64,
    pub im: f64,
}

impl Payload for Complex {
    const KIND: Kind = Kind::Complex;
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

pub fn new(re: f64, im: f64) -> Value {
    heap::alloc(Vm::current().types.complex(), Complex { re, im }).into()
}

/// An instance of `cls`, which is `complex` or a Python class derived from it.
pub fn for_class(cls: &Gc<Type>, (re, im): Pair) -> Value {
    heap::alloc_for(cls, Complex { re, im }).into()
}

/// Real and imaginary part.
pub type Pair = (f64, f64);

/// The parts of a `complex`, instances of subclasses included.
pub fn as_pair(value: &Value) -> Option<Pair> {
    value.downcast::<Complex>().map(|z| (z.re, z.im))
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "complex",
    doc: "Create a complex number from a string or numbers.\n\n\
          If a string is given, parse it as a complex number.\n\
          If a single number is given, convert it to a complex number.\n\
          If the 'real' or 'imag' arguments are given, create a complex number\n\
          with the specified real and imaginary components.",
    new: Some(NativeFn::new("complex($type, real=0, imag=0)", construct)),
    flags: type_flags::BASE_TYPE,
    methods: &[
        NativeFn::new("conjugate($self, /)", conjugate)
            .doc("Return the complex conjugate of its argument. (3-4j).conjugate() == 3+4j."),
        NativeFn::new("__complex__($self, /)", to_complex).doc("Convert this value to exact type complex."),
        NativeFn::new("__getnewargs__($self, /)", get_new_args),
        NativeFn::new("__format__($self, format_spec, /)", format)
            .doc("Convert to a string according to format_spec."),
    ],
    class_methods: &[NativeFn::new("from_number($type, number, /)", from_number)
        .doc("Convert number to a complex floating-point number.")],
    getset: &[
        GetSet { doc: "the real part of a complex number", ..GetSet::read_only("real", real) },
        GetSet { doc: "the imaginary part of a complex number", ..GetSet::read_only("imag", imag) },
    ],
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        bool: Some(|_, value| Ok(this(value) != (0.0, 0.0))),
        neg: Some(|_, value| {
            let (re, im) = this(value);
            Ok(new(-re, -im))
        }),
        pos: Some(|_, value| {
            let (re, im) = this(value);
            Ok(new(re, im))
        }),
        abs: Some(absolute),
        pow: Some(power),
        binary: BINARY,
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

const BINARY: [Option<BinaryFn>; N_BINARY] = {
    let mut table: [Option<BinaryFn>; N_BINARY] = [None; N_BINARY];
    table[BinaryOp::Add as usize] = Some(add);
    table[BinaryOp::Sub as usize] = Some(subtract);
    table[BinaryOp::Mul as usize] = Some(multiply);
    table[BinaryOp::TrueDiv as usize] = Some(true_div);
    table[BinaryOp::Pow as usize] = Some(|vm, a, b| power(vm, a, b, &Value::NONE));
    table
};

fn this(value: &Value) -> Pair {
    as_pair(value).expect("slots see instances of their class")
}

/// An operand: complex, or real without imaginary part.
#[derive(Clone, Copy)]
enum Operand {
    Complex(Pair),
    Real(f64),
}

fn operand(vm: &Vm, value: &Value) -> PyResult<Option<Operand>> {
    if let Some(pair) = as_pair(value) {
        return Ok(Some(Operand::Complex(pair)));
    }
    if let Some(x) = float::as_float(value) {
        return Ok(Some(Operand::Real(x)));
    }
    match int::int_ref(value) {
        Some(n) => int::to_f64(vm, n).map(|x| Some(Operand::Real(x))),
        None => Ok(None),
    }
}

macro_rules! operands {
    ($vm:expr, $a:expr, $b:expr) => {{
        let Some(a) = operand($vm, $a)? else { return Ok(Value::NOT_IMPLEMENTED) };
        let Some(b) = operand($vm, $b)? else { return Ok(Value::NOT_IMPLEMENTED) };
        (a, b)
    }};
}

use Operand::{Complex as C, Real as R};

fn add(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    Ok(match operands!(vm, a, b) {
        (C(a), C(b)) => new(a.0 + b.0, a.1 + b.1),
        (C(a), R(b)) | (R(b), C(a)) => new(a.0 + b, a.1),
        (R(a), R(b)) => new(a + b, 0.0),
    })
}

fn subtract(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    Ok(match operands!(vm, a, b) {
        (C(a), C(b)) => new(a.0 - b.0, a.1 - b.1),
        (C(a), R(b)) => new(a.0 - b, a.1),
        (R(a), C(b)) => new(a - b.0, -b.1),
        (R(a), R(b)) => new(a - b, 0.0),
    })
}

fn multiply(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    Ok(match operands!(vm, a, b) {
        (C(a), C(b)) => {
            let (re, im) = product(a, b);
            new(re, im)
        }
        (C(a), R(b)) | (R(b), C(a)) => new(a.0 * b, a.1 * b),
        (R(a), R(b)) => new(a * b, 0.0),
    })
}

fn true_div(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let (a, b) = operands!(vm, a, b);
    let result = match (a, b) {
        (_, C((0.0, 0.0)) | R(0.0)) => None,
        (C(a), C(b)) => quotient(a, b),
        (C(a), R(b)) => Some((a.0 / b, a.1 / b)),
        (R(a), C(b)) => real_quotient(a, b),
        (R(a), R(b)) => Some((a / b, 0.0)),
    };
    match result {
        Some((re, im)) => Ok(new(re, im)),
        None => int::division_by_zero(vm),
    }
}

/// An infinite part as ±1, a finite one as ±0: the direction in which a number is infinite.
fn direction((re, im): Pair) -> Pair {
    let unit = |x: f64| (if x.is_infinite() { 1f64 } else { 0.0 }).copysign(x);
    (unit(re), unit(im))
}

fn is_infinite((re, im): Pair) -> bool {
    re.is_infinite() || im.is_infinite()
}

fn is_finite((re, im): Pair) -> bool {
    re.is_finite() && im.is_finite()
}

fn both_nan((re, im): Pair) -> bool {
    re.is_nan() && im.is_nan()
}

/// `a * b`; where the plain formula gives NaN for both parts though a factor or a partial product is infinite, the result is infinite.
pub fn product(a: Pair, b: Pair) -> Pair {
    let plain = |a: Pair, b: Pair| (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0);
    let result = plain(a, b);
    if !both_nan(result) {
        return result;
    }
    let nan_to_zero = |(re, im): Pair| {
        let zero = |x: f64| if x.is_nan() { 0f64.copysign(x) } else { x };
        (zero(re), zero(im))
    };
    let (mut x, mut y) = (a, b);
    if is_infinite(a) {
        (x, y) = (direction(x), nan_to_zero(y));
    }
    if is_infinite(b) {
        (x, y) = (nan_to_zero(x), direction(y));
    }
    let overflowed = [a.0 * b.0, a.1 * b.1, a.0 * b.1, a.1 * b.0].iter().any(|part| part.is_infinite());
    if !is_infinite(a) && !is_infinite(b) {
        if !overflowed {
            return result;
        }
        (x, y) = (nan_to_zero(x), nan_to_zero(y));
    }
    let (re, im) = plain(x, y);
    (f64::INFINITY * re, f64::INFINITY * im)
}

/// `a / b` by Smith's method, which scales by the larger part of the divisor; `None` if that is zero.
pub fn quotient(a: Pair, b: Pair) -> Option<Pair> {
    let result = if b.0.abs() >= b.1.abs() {
        if b.0 == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let scale = b.0 + b.1 * ratio;
        ((a.0 + a.1 * ratio) / scale, (a.1 - a.0 * ratio) / scale)
    } else if b.1.abs() >= b.0.abs() {
        let ratio = b.0 / b.1;
        let scale = b.0 * ratio + b.1;
        ((a.0 * ratio + a.1) / scale, (a.1 * ratio - a.0) / scale)
    } else {
        (f64::NAN, f64::NAN)
    };
    if !both_nan(result) {
        return Some(result);
    }
    let scaled =
        |factor: f64, a: Pair, b: Pair| (factor * (a.0 * b.0 + a.1 * b.1), factor * (a.1 * b.0 - a.0 * b.1));
    if is_infinite(a) && is_finite(b) {
        return Some(scaled(f64::INFINITY, direction(a), b));
    }
    if is_infinite(b) && is_finite(a) {
        return Some(scaled(0.0, a, direction(b)));
    }
    Some(result)
}

/// A real number divided by a complex one.
fn real_quotient(a: f64, b: Pair) -> Option<Pair> {
    let result = if b.0.abs() >= b.1.abs() {
        if b.0 == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let scale = b.0 + b.1 * ratio;
        (a / scale, (-a * ratio) / scale)
    } else if b.1.abs() >= b.0.abs() {
        let ratio = b.0 / b.1;
        let scale = b.0 * ratio + b.1;
        ((a * ratio) / scale, (-a) / scale)
    } else {
        (f64::NAN, f64::NAN)
    };
    if both_nan(result) && a.is_finite() && is_infinite(b) {
        let (x, y) = direction(b);
        return Some((0.0 * (a * x), 0.0 * (-a * y)));
    }
    Some(result)
}

/// `pow(a, b, modulus)`; a modulus is an error.
fn power(vm: &Vm, a: &Value, b: &Value, modulus: &Value) -> PyResult {
    let (a, b) = operands!(vm, a, b);
    if !modulus.is_none() {
        return vm.raise(Exc::ValueError, "complex modulo");
    }
    let pair = |operand| match operand {
        C(pair) => pair,
        R(x) => (x, 0.0),
    };
    power_of(vm, pair(a), pair(b))
}

/// `a ** b`. Small whole exponents multiply, which is more accurate than going through logarithms.
pub fn power_of(vm: &Vm, a: Pair, b: Pair) -> PyResult {
    let result = if b.1 == 0.0 && b.0 == b.0.floor() && b.0.abs() <= 100.0 {
        whole_power(a, b.0 as i32)
    } else {
        polar_power(a, b)
    };
    match result {
        None => vm.raise(Exc::ZeroDivisionError, "zero to a negative or complex power"),
        Some(result) if is_infinite(result) => vm.raise(Exc::OverflowError, "complex exponentiation"),
        Some((re, im)) => Ok(new(re, im)),
    }
}

fn whole_power(a: Pair, exponent: i32) -> Option<Pair> {
    let (mut result, mut square) = ((1.0, 0.0), a);
    let mut rest = exponent.unsigned_abs();
    while rest > 0 {
        if rest & 1 == 1 {
            result = product(result, square);
        }
        square = product(square, square);
        rest >>= 1;
    }
    if exponent > 0 { Some(result) } else { quotient((1.0, 0.0), result) }
}

fn polar_power(a: Pair, b: Pair) -> Option<Pair> {
    if b == (0.0, 0.0) {
        return Some((1.0, 0.0));
    }
    if a == (0.0, 0.0) {
        return if b.1 != 0.0 || b.0 < 0.0 { None } else { Some((0.0, 0.0)) };
    }
    let length = a.0.hypot(a.1);
    let angle = a.1.atan2(a.0);
    let (mut radius, mut phase) = (length.powf(b.0), angle * b.0);
    if b.1 != 0.0 {
        radius *= (-angle * b.1).exp();
        phase += b.1 * length.ln();
    }
    Some((radius * phase.cos(), radius * phase.sin()))
}

fn absolute(vm: &Vm, value: &Value) -> PyResult {
    let (re, im) = this(value);
    let result = re.hypot(im);
    if result.is_infinite() && re.is_finite() && im.is_finite() {
        return vm.raise(Exc::OverflowError, "absolute value too large");
    }
    Ok(Value::float(result))
}

fn repr(_vm: &Vm, value: &Value) -> PyResult {
    let (re, im) = this(value);
    Ok(complex_text::repr(re, im).into())
}

fn hash(_vm: &Vm, value: &Value) -> PyResult<i64> {
    let (re, im) = this(value);
    let re = float::hash_float(re, value.id());
    let im = float::hash_float(im, value.id());
    Ok(match re.wrapping_add(im.wrapping_mul(1_000_003)) {
        -1 => -2,
        hash => hash,
    })
}

fn compare(_vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (re, im) = this(a);
    let equal = if let Some(b) = as_pair(b) {
        (re, im) == b
    } else if let Some(b) = float::as_float(b) {
        im == 0.0 && re == b
    } else if let Some(b) = int::int_ref(b) {
        im == 0.0 && int::order_with_float(b, re).is_some_and(|order| order.is_eq())
    } else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok((equal == (op == CompareOp::Eq)).into())
}

fn real(_vm: &Vm, value: &Value) -> PyResult {
    Ok(Value::float(this(value).0))
}

fn imag(_vm: &Vm, value: &Value) -> PyResult {
    Ok(Value::float(this(value).1))
}

fn conjugate(_vm: &Vm, args: Args<'_>) -> PyResult {
    let (re, im) = this(args.value(0));
    Ok(new(re, -im))
}

fn to_complex(_vm: &Vm, args: Args<'_>) -> PyResult {
    if args.value(0).downcast_exact::<Complex>().is_some() {
        return Ok(args.value(0).clone());
    }
    let (re, im) = this(args.value(0));
    Ok(new(re, im))
}

fn get_new_args(vm: &Vm, args: Args<'_>) -> PyResult {
    let (re, im) = this(args.value(0));
    Ok(vm.tuple(&[Value::float(re), Value::float(im)]))
}

fn format(vm: &Vm, args: Args<'_>) -> PyResult {
    let (value, spec) = (args.value(0), vm.format_spec_argument(args.value(1))?);
    if spec.is_empty() {
        return vm.str(value).map(Into::into);
    }
    let (re, im) = this(value);
    let type_name = vm.type_name(value);
    let text = vm.text_result(format_apply::format_complex(re, im, spec.as_bytes(), &type_name))?;
    Ok(Str::from_wtf8(&text).into())
}

/// What `__complex__` gives; `None` if the class has none.
fn through_method(vm: &Vm, value: &Value) -> PyResult<Option<Pair>> {
    let Some(method) = vm.lookup_special(value, &vm.names.__complex__)? else { return Ok(None) };
    let result = vm.call(&method, &[])?;
    let Some(pair) = as_pair(&result) else {
        return vm.raise_type_of("__complex__ returned non-complex (type {})", &result);
    };
    if result.downcast_exact::<Complex>().is_none() {
        let name = vm.type_name(&result);
        vm.warn(
            Exc::DeprecationWarning,
            &format!(
                "__complex__ returned non-complex (type {name}).  The ability to return an instance of a strict subclass of \
                 complex is deprecated, and may be removed in a future version of Python."
            ),
            1,
        )?;
    }
    Ok(Some(pair))
}

/// A number as cmath takes it: through `__complex__`, `__float__` or `__index__`.
pub fn as_complex(vm: &Vm, value: &Value) -> PyResult<Pair> {
    if let Some(pair) = value.downcast_exact::<Complex>() {
        return Ok((pair.re, pair.im));
    }
    if let Some(pair) = through_method(vm, value)? {
        return Ok(pair);
    }
    Ok((float::as_double(vm, value)?, 0.0))
}

/// `complex(real=0, imag=0)`.
fn construct(vm: &Vm, args: Args<'_>) -> PyResult {
    let cls = args.this::<Type>();
    let (re, im) = (args.get(1), args.get(2));
    if let (Some(single), None) = (re, im) {
        // A keyword never reads text; binding makes no difference between the two, so the caller's order is lost only for strings.
        if cls.is(vm.types.complex()) && single.downcast_exact::<Complex>().is_some() {
            return Ok(single.clone());
        }
        if let Some(text) = single.downcast::<Str>() {
            return vm.text_result(complex_text::parse_str(text.as_bytes())).map(|pair| for_class(cls, pair));
        }
        if let Some(pair) = through_method(vm, single)? {
            return Ok(for_class(cls, pair));
        }
        return match float::as_number(vm, single)? {
            Some(x) => Ok(for_class(cls, (x, 0.0))),
            None => vm.raise_type_of("complex() argument must be a string or a number, not {}", single),
        };
    }
    let (re, re_is_complex) = part(vm, "real", re)?;
    let (im, im_is_complex) = part(vm, "imag", im)?;
    // real + imag * 1j, with the imaginary parts of both only where they have one.
    let mut result = (re.0, im.0);
    if im_is_complex {
        result.0 -= im.1;
    }
    if re_is_complex {
        result.1 += re.1;
    }
    Ok(for_class(cls, result))
}

/// One of the two arguments of `complex(real, imag)`, and whether it has an imaginary part.
fn part(vm: &Vm, name: &str, value: Option<&Value>) -> PyResult<(Pair, bool)> {
    let Some(value) = value else { return Ok(((0.0, 0.0), false)) };
    let complex = match as_pair(value) {
        Some(pair) => Some(pair),
        None if name == "real" => through_method(vm, value)?,
        None => None,
    };
    if let Some(pair) = complex {
        let type_name = vm.type_name(value);
        vm.warn(
            Exc::DeprecationWarning,
            &format!("complex() argument '{name}' must be a real number, not {type_name}"),
            1,
        )?;
        return Ok((pair, true));
    }
    match float::as_number(vm, value)? {
        Some(x) => Ok(((x, 0.0), false)),
        None => {
            let type_name = vm.type_name(value);
            vm.raise(
                Exc::TypeError,
                format!("complex() argument '{name}' must be a real number, not {type_name}"),
            )
        }
    }
}

fn from_number(vm: &Vm, args: Args<'_>) -> PyResult {
    let cls = args.this::<Type>();
    let number = args.value(1);
    if cls.is(vm.types.complex()) && number.downcast_exact::<Complex>().is_some() {
        return Ok(number.clone());
    }
    let (re, im) = as_complex(vm, number)?;
    let result = new(re, im);
    if cls.is(vm.types.complex()) { Ok(result) } else { vm.call(cls.as_value(), &[result]) }
}
