//! `int`. Integers of 63 bits are inline values; larger ones, and those in instances of Python subclasses, are boxed.
//! `bool`, the one builtin subclass, is inline too.

mod arithmetic;
mod bytes;
mod convert;
mod methods;

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};
use num_traits::{FromPrimitive, ToPrimitive};

pub use arithmetic::{
    absolute, add, bit_and, bit_or, bit_xor, div_mod, division_by_zero, floor_div, invert, left_shift,
    modulo, multiply, negative, power, right_shift, subtract, true_div,
};
pub use convert::{from_f64, from_object, to_f64};

use crate::class::{BinaryOp, CompareOp, N_BINARY, Slots, Type, TypeSpec, type_flags};
use crate::heap::{self, Kind, Payload};
use crate::native::{GetSet, NativeFn};
use crate::text::int_text::{self, IntRef, ParsedInt};
use crate::value::{SMALL_INT_MAX, SMALL_INT_MIN, Value};
use crate::vm::Vm;
use crate::{Gc, PyResult};

/// A boxed integer. Exact `int`s of this kind are outside the inline range; subclass instances hold any value.
pub struct BoxedInt(BigInt);

impl Payload for BoxedInt {
    const KIND: Kind = Kind::BigInt;
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

impl BoxedInt {
    pub fn get(&self) -> &BigInt {
        &self.0
    }
}

/// The modulus of numeric hashes, 2**61 - 1.
pub const HASH_MODULUS: u64 = (1 << 61) - 1;

/// An integer value, boxed only if it must be.
pub fn new_big(n: BigInt) -> Value {
    match n.to_i64().filter(|n| (SMALL_INT_MIN..=SMALL_INT_MAX).contains(n)) {
        Some(n) => Value::small(n),
        None => heap::alloc(Vm::current().types.int(), BoxedInt(n)).into(),
    }
}

/// An integer of 128 bits, as products of machine integers are.
#[inline]
pub fn new_i128(n: i128) -> Value {
    match i64::try_from(n) {
        Ok(n) => Value::int(n),
        Err(_) => new_big(n.into()),
    }
}

/// An unsigned machine integer.
#[inline]
pub fn new_u64(n: u64) -> Value {
    new_i128(n.into())
}

/// What parsing gave.
pub fn new_parsed(n: ParsedInt) -> Value {
    match n {
        ParsedInt::Small(n) => Value::int(n),
        ParsedInt::Big(n) => new_big(n),
    }
}

/// An instance of `cls`, which is `int` or a Python class derived from it.
pub fn for_class(cls: &Gc<Type>, n: Value) -> Value {
    if !cls.is_heap_type() {
        return n;
    }
    let n = as_big(&n).expect("an int is given");
    heap::alloc_for(cls, BoxedInt(n)).into()
}

/// The integer in an `int` (bools and subclass instances included).
#[inline]
pub fn int_ref(value: &Value) -> Option<IntRef<'_>> {
    match value.as_small_int() {
        Some(n) => Some(IntRef::Small(n)),
        None => int_ref_slow(value),
    }
}

fn int_ref_slow(value: &Value) -> Option<IntRef<'_>> {
    if let Some(b) = value.as_bool() {
        return Some(IntRef::Small(b as i64));
    }
    let boxed = value.downcast::<BoxedInt>()?;
    Some(match boxed.get().to_i64() {
        Some(n) => IntRef::Small(n),
        None => IntRef::Big(boxed.get()),
    })
}

/// The integer in an `int` (bools and subclass instances included) if it fits.
#[inline]
pub fn as_i64(value: &Value) -> Option<i64> {
    match int_ref(value)? {
        IntRef::Small(n) => Some(n),
        IntRef::Big(_) => None,
    }
}

/// The integer in an `int` (bools and subclass instances included) as a big integer.
pub fn as_big(value: &Value) -> Option<BigInt> {
    match int_ref(value)? {
        IntRef::Small(n) => Some(n.into()),
        IntRef::Big(n) => Some(n.clone()),
    }
}

/// Whether the value is an `int`, `bool` or of a subclass.
pub fn is_int(value: &Value) -> bool {
    value.is_small_int() || value.as_bool().is_some() || value.downcast::<BoxedInt>().is_some()
}

/// The same integer as an exact `int`; the value is an `int` of any kind.
pub fn exact(value: &Value) -> Value {
    if value.is_small_int() || value.downcast_exact::<BoxedInt>().is_some() {
        return value.clone();
    }
    match int_ref(value) {
        Some(IntRef::Small(n)) => Value::int(n),
        Some(IntRef::Big(n)) => new_big(n.clone()),
        None => value.clone(),
    }
}

/// An int clipped to the range of i64.
pub fn clip_i64(value: &Value) -> i64 {
    match int_ref(value) {
        Some(IntRef::Small(n)) => n,
        Some(n) if n.is_negative() => i64::MIN,
        _ => i64::MAX,
    }
}

/// Whether an int is below zero.
pub fn is_negative(value: &Value) -> bool {
    int_ref(value).is_some_and(IntRef::is_negative)
}

/// `hash(n)`: n modulo 2**61 - 1 with n's sign, -1 becoming -2.
#[inline]
pub fn hash_i64(n: i64) -> i64 {
    let magnitude = (n.unsigned_abs() % HASH_MODULUS) as i64;
    match if n < 0 { -magnitude } else { magnitude } {
        -1 => -2,
        hash => hash,
    }
}

/// `hash(n)`.
pub fn hash_ref(n: IntRef<'_>) -> i64 {
    let big = match n {
        IntRef::Small(n) => return hash_i64(n),
        IntRef::Big(big) => big,
    };
    // 2**64 is 8 modulo 2**61 - 1.
    let rest = big
        .iter_u64_digits()
        .rev()
        .fold(0u64, |hash, digit| ((hash as u128 * 8 + digit as u128) % HASH_MODULUS as u128) as u64);
    match if big.sign() == Sign::Minus { -(rest as i64) } else { rest as i64 } {
        -1 => -2,
        hash => hash,
    }
}

/// Order of two integers.
pub fn order(a: IntRef<'_>, b: IntRef<'_>) -> Ordering {
    match (a, b) {
        (IntRef::Small(a), IntRef::Small(b)) => a.cmp(&b),
        (IntRef::Small(_), IntRef::Big(b)) if b.sign() == Sign::Minus => Ordering::Greater,
        (IntRef::Small(_), IntRef::Big(_)) => Ordering::Less,
        (IntRef::Big(_), IntRef::Small(_)) => order(b, a).reverse(),
        (IntRef::Big(a), IntRef::Big(b)) => a.cmp(b),
    }
}

/// Exact order of an integer and a float; `None` for NaN.
pub fn order_with_float(n: IntRef<'_>, x: f64) -> Option<Ordering> {
    if x.is_nan() {
        return None;
    }
    if x.is_infinite() {
        return Some(if x > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    let floor = x.floor();
    let whole = match n {
        IntRef::Small(n) if (-(2f64.powi(63))..2f64.powi(63)).contains(&floor) => n.cmp(&(floor as i64)),
        IntRef::Small(_) => return Some(if x > 0.0 { Ordering::Less } else { Ordering::Greater }),
        IntRef::Big(n) => n.cmp(&BigInt::from_f64(floor).expect("a finite float")),
    };
    Some(if whole.is_eq() && x > floor { Ordering::Less } else { whole })
}

/// `str(int)` in base ten.
pub fn to_text(vm: &Vm, n: IntRef<'_>) -> PyResult<String> {
    vm.text_result(int_text::to_decimal(n, vm.int_max_str_digits.get()))
}

const DOC: &str = "int([x]) -> integer\nint(x, base=10) -> integer\n\n\
    Convert a number or string to an integer; without arguments the result is 0.\n\
    A number gives its integral part, a string is read in the given base\n\
    (0: as an integer literal, with its prefix).";

pub static TYPE: TypeSpec = TypeSpec {
    name: "int",
    doc: DOC,
    flags: type_flags::BASE_TYPE | type_flags::MATCH_SELF,
    new: Some(NativeFn::new("int", convert::new)),
    methods: methods::METHODS,
    class_methods: &[NativeFn::new(
        "from_bytes($type, /, bytes, byteorder='big', *, signed=False)",
        bytes::from_bytes,
    )
    .doc("Return the integer represented by the given array of bytes.")],
    getset: &[
        GetSet { doc: "the real part of a complex number", ..GetSet::read_only("real", same) },
        GetSet { doc: "the imaginary part of a complex number", ..GetSet::read_only("imag", zero) },
        GetSet {
            doc: "the numerator of a rational number in lowest terms",
            ..GetSet::read_only("numerator", same)
        },
        GetSet {
            doc: "the denominator of a rational number in lowest terms",
            ..GetSet::read_only("denominator", one)
        },
    ],
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        bool: Some(truth),
        int: Some(same),
        index: Some(same),
        float: Some(float),
        neg: Some(negative),
        pos: Some(same),
        abs: Some(absolute),
        invert: Some(invert),
        pow: Some(power),
        binary: BINARY,
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

const BINARY: [Option<crate::class::BinaryFn>; N_BINARY] = {
    let mut table: [Option<crate::class::BinaryFn>; N_BINARY] = [None; N_BINARY];
    table[BinaryOp::Add as usize] = Some(add);
    table[BinaryOp::Sub as usize] = Some(subtract);
    table[BinaryOp::Mul as usize] = Some(multiply);
    table[BinaryOp::TrueDiv as usize] = Some(true_div);
    table[BinaryOp::FloorDiv as usize] = Some(floor_div);
    table[BinaryOp::Mod as usize] = Some(modulo);
    table[BinaryOp::DivMod as usize] = Some(div_mod);
    table[BinaryOp::Pow as usize] = Some(arithmetic::power_two);
    table[BinaryOp::LShift as usize] = Some(left_shift);
    table[BinaryOp::RShift as usize] = Some(right_shift);
    table[BinaryOp::And as usize] = Some(bit_and);
    table[BinaryOp::Or as usize] = Some(bit_or);
    table[BinaryOp::Xor as usize] = Some(bit_xor);
    table
};

/// Self of a slot.
pub(super) fn this(value: &Value) -> IntRef<'_> {
    int_ref(value).expect("slots see instances of their class")
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    Ok(to_text(vm, this(value))?.into())
}

fn hash(_vm: &Vm, value: &Value) -> PyResult<i64> {
    Ok(hash_ref(this(value)))
}

fn compare(_vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    match int_ref(b) {
        Some(b) => Ok(op.holds(order(this(a), b)).into()),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn truth(_vm: &Vm, value: &Value) -> PyResult<bool> {
    Ok(!matches!(this(value), IntRef::Small(0)))
}

fn same(_vm: &Vm, value: &Value) -> PyResult {
    Ok(exact(value))
}

fn zero(_vm: &Vm, _value: &Value) -> PyResult {
    Ok(Value::small(0))
}

fn one(_vm: &Vm, _value: &Value) -> PyResult {
    Ok(Value::small(1))
}

fn float(vm: &Vm, value: &Value) -> PyResult {
    to_f64(vm, this(value)).map(Value::float)
}
