//! `int`. Integers of 63 bits are inline values; larger ones, and those in instances of Python subclasses (`bool` is inline), are boxed.

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use crate::heap::{self, Kind, Payload};
use crate::value::{SMALL_INT_MAX, SMALL_INT_MIN, Value};
use crate::vm::Vm;

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

    pub(crate) fn from_big(n: BigInt) -> BoxedInt {
        BoxedInt(n)
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

/// The integer in an `int` (bools and subclass instances included) if it fits.
#[inline]
pub fn as_i64(value: &Value) -> Option<i64> {
    if let Some(n) = value.as_small_int() {
        return Some(n);
    }
    match value.as_bool() {
        Some(b) => Some(b as i64),
        None => value.downcast::<BoxedInt>()?.get().to_i64(),
    }
}

/// The integer in an `int` (bools and subclass instances included) as a big integer.
pub fn as_big(value: &Value) -> Option<BigInt> {
    if let Some(n) = value.as_small_int() {
        return Some(n.into());
    }
    match value.as_bool() {
        Some(b) => Some(BigInt::from(b as i64)),
        None => Some(value.downcast::<BoxedInt>()?.get().clone()),
    }
}

/// Whether the value is an `int`, `bool` or of a subclass.
pub fn is_int(value: &Value) -> bool {
    value.is_small_int() || value.as_bool().is_some() || value.downcast::<BoxedInt>().is_some()
}

/// An int clipped to the range of i64.
pub fn clip_i64(value: &Value) -> i64 {
    match as_i64(value) {
        Some(n) => n,
        None => match value.downcast::<BoxedInt>().is_some_and(|n| n.get().sign() == num_bigint::Sign::Minus)
        {
            true => i64::MIN,
            false => i64::MAX,
        },
    }
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
