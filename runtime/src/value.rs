//! `Value`: one non-zero 64-bit word. The only file that knows how its bits lie.
//!
//! ```text
//! ...............................1   small int, 63 bits
//! ..............................10   double whose exponent is near zero: rotl(bits + (1 << 60), 3)
//! .............................100   immediates: unbound, None, False, True, Ellipsis, NotImplemented, 0.0
//! .............................000   pointer to a heap object, one reference owned
//! ```
//! Doubles outside the inline range, -0.0 included, are heap objects of kind [`Kind::Float`].
//! Dropping a `Value` never runs Python code: finalisers and weak-reference callbacks are queued on the heap, and the VM runs
//! them as soon as the native code that dropped the value has returned.

#![allow(unsafe_code)]

use std::num::NonZeroU64;
use std::ptr::NonNull;

use crate::heap::{self, Gc, Header, Kind, Payload};

/// A Python value, owning one reference if it is a heap object.
#[repr(transparent)]
pub struct Value(NonZeroU64);

const fn immediate(n: u64) -> NonZeroU64 {
    match NonZeroU64::new(n << 3 | 4) {
        Some(bits) => bits,
        None => unreachable!(),
    }
}

/// Smallest and largest inline integers.
pub const SMALL_INT_MIN: i64 = -(1 << 62);
pub const SMALL_INT_MAX: i64 = (1 << 62) - 1;

impl Value {
    /// The content of a register or slot that holds nothing. Never visible to programs.
    pub const UNBOUND: Value = Value(immediate(0));
    pub const NONE: Value = Value(immediate(1));
    pub const FALSE: Value = Value(immediate(2));
    pub const TRUE: Value = Value(immediate(3));
    pub const ELLIPSIS: Value = Value(immediate(4));
    pub const NOT_IMPLEMENTED: Value = Value(immediate(5));
    const ZERO_FLOAT: Value = Value(immediate(6));
    const NONE_BITS: u64 = immediate(1).get();
    const FALSE_BITS: u64 = immediate(2).get();
    const TRUE_BITS: u64 = immediate(3).get();
    const UNBOUND_BITS: u64 = immediate(0).get();
    const NOT_IMPLEMENTED_BITS: u64 = immediate(5).get();
    const ZERO_FLOAT_BITS: u64 = immediate(6).get();

    #[inline(always)]
    pub const fn bits(&self) -> u64 {
        self.0.get()
    }

    /// # Safety
    /// `bits` came from [`Value::into_bits`], whose reference this takes over.
    #[inline(always)]
    pub const unsafe fn from_bits(bits: u64) -> Value {
        // SAFETY: words made by this file are never zero; the caller passes one on.
        Value(unsafe { NonZeroU64::new_unchecked(bits) })
    }

    /// The word, its reference no longer owned by anyone.
    #[inline(always)]
    pub const fn into_bits(self) -> u64 {
        let bits = self.0.get();
        std::mem::forget(self);
        bits
    }

    #[inline(always)]
    pub const fn bool(b: bool) -> Value {
        // Not arithmetic on bits: the compiler makes it that.
        if b { Value::TRUE } else { Value::FALSE }
    }

    /// An integer that fits 63 bits.
    #[inline(always)]
    pub const fn small_int(n: i64) -> Option<Value> {
        if n >= SMALL_INT_MIN && n <= SMALL_INT_MAX { Some(Value::small(n)) } else { None }
    }

    /// An integer known to fit 63 bits (lengths, indexes, code points).
    #[inline(always)]
    pub const fn small(n: i64) -> Value {
        debug_assert!(n >= SMALL_INT_MIN && n <= SMALL_INT_MAX);
        // SAFETY: bit 0 is set, so the word is not zero.
        Value(unsafe { NonZeroU64::new_unchecked((n as u64) << 1 | 1) })
    }

    /// Any machine integer; boxed as a big integer where 63 bits do not hold it.
    #[inline]
    pub fn int(n: i64) -> Value {
        Value::small_int(n).unwrap_or_else(|| crate::objects::int::new_big(n.into()))
    }

    #[inline]
    pub fn float(x: f64) -> Value {
        let word = x.to_bits().wrapping_add(1 << 60).rotate_left(3);
        if word & 3 == 2 {
            // SAFETY: bit 1 is set, so the word is not zero.
            return Value(unsafe { NonZeroU64::new_unchecked(word) });
        }
        Value::float_slow(x)
    }

    #[cold]
    #[inline(never)]
    fn float_slow(x: f64) -> Value {
        if x.to_bits() == 0 { Value::ZERO_FLOAT } else { crate::objects::float::new_boxed(x) }
    }

    #[inline(always)]
    pub const fn is_small_int(&self) -> bool {
        self.bits() & 1 != 0
    }

    #[inline(always)]
    pub const fn as_small_int(&self) -> Option<i64> {
        if self.is_small_int() { Some(self.bits() as i64 >> 1) } else { None }
    }

    /// The double, if this is exactly a `float` (not an int, not a subclass instance).
    #[inline(always)]
    pub fn as_exact_float(&self) -> Option<f64> {
        if self.bits() & 3 == 2 {
            return Some(f64::from_bits(self.bits().rotate_right(3).wrapping_sub(1 << 60)));
        }
        self.as_exact_float_slow()
    }

    #[cold]
    #[inline(never)]
    fn as_exact_float_slow(&self) -> Option<f64> {
        if self.is(&Value::ZERO_FLOAT) {
            return Some(0.0);
        }
        let boxed = self.downcast::<crate::objects::float::BoxedFloat>()?;
        boxed.header().is_exact().then(|| boxed.get())
    }

    /// An inline double, 0.0 included.
    #[inline(always)]
    pub const fn is_inline_float(&self) -> bool {
        self.bits() & 3 == 2 || self.bits() == Value::ZERO_FLOAT_BITS
    }

    #[inline(always)]
    pub const fn is_object(&self) -> bool {
        self.bits() & 7 == 0
    }

    #[inline(always)]
    pub const fn is_none(&self) -> bool {
        self.bits() == Value::NONE_BITS
    }

    #[inline(always)]
    pub const fn is_unbound(&self) -> bool {
        self.bits() == Value::UNBOUND_BITS
    }

    #[inline(always)]
    pub const fn is_not_implemented(&self) -> bool {
        self.bits() == Value::NOT_IMPLEMENTED_BITS
    }

    /// `True` or `False`.
    #[inline(always)]
    pub const fn as_bool(&self) -> Option<bool> {
        if self.bits() == Value::TRUE_BITS {
            Some(true)
        } else if self.bits() == Value::FALSE_BITS {
            Some(false)
        } else {
            None
        }
    }

    /// The `is` operator. Equal inline numbers are identical.
    #[inline(always)]
    pub const fn is(&self, other: &Value) -> bool {
        self.bits() == other.bits()
    }

    /// The header of a heap object.
    #[inline(always)]
    pub fn header(&self) -> Option<&Header> {
        if self.is_object() {
            // SAFETY: a word with low bits 000 is a pointer to a live object, which this value keeps alive.
            Some(unsafe { &*(self.bits() as *const Header) })
        } else {
            None
        }
    }

    /// The layout of a heap object; `None` for inline values.
    #[inline(always)]
    pub fn kind(&self) -> Option<Kind> {
        self.header().map(|header| header.kind())
    }

    /// A typed view, if the object's payload is a `T` (also in an instance of a Python subclass of T's class).
    #[inline(always)]
    pub fn downcast<T: Payload>(&self) -> Option<&Gc<T>> {
        let header = self.header()?;
        if header.holds::<T>() {
            // SAFETY: `holds` says that the body is a T; Gc<T> and an object Value are both one word, that pointer.
            Some(unsafe { &*(self as *const Value as *const Gc<T>) })
        } else {
            None
        }
    }

    /// As [`Value::downcast`], but only for direct instances of the class itself, not of subclasses.
    #[inline(always)]
    pub fn downcast_exact<T: Payload>(&self) -> Option<&Gc<T>> {
        self.downcast::<T>().filter(|object| object.header().is_exact())
    }

    /// Takes the value over as a typed pointer, or gives it back.
    #[inline]
    pub fn into_gc<T: Payload>(self) -> Result<Gc<T>, Value> {
        if self.downcast::<T>().is_some() {
            // SAFETY: as in `downcast`; the reference moves from one owner to the other.
            Ok(unsafe { Gc::from_raw(NonNull::new_unchecked(self.into_bits() as *mut heap::Object<T>)) })
        } else {
            Err(self)
        }
    }

    /// One more reference to a value that somebody else keeps: what caches hold are the bits of values they do not own.
    ///
    /// # Safety
    /// `bits` are those of a value that is alive now.
    #[inline(always)]
    pub(crate) unsafe fn shared(bits: u64) -> Value {
        // SAFETY: as promised; the copy made here is cloned and not dropped, so the owner's count stays right.
        let kept = std::mem::ManuallyDrop::new(unsafe { Value::from_bits(bits) });
        Value::clone(&kept)
    }

    /// See [`Gc::give_back`].
    #[inline(always)]
    pub fn give_back(self) {
        if let Some(header) = self.header() {
            // SAFETY: this value owned one reference, which is not dropped again.
            unsafe { header.decrement_lent() }
        }
        std::mem::forget(self);
    }

    /// Identity as `id()` shows it.
    pub fn id(&self) -> u64 {
        self.bits()
    }
}

impl<T: Payload> From<Gc<T>> for Value {
    #[inline(always)]
    fn from(object: Gc<T>) -> Value {
        // SAFETY: object pointers are at least 8-aligned and not null; the reference moves over.
        unsafe { Value::from_bits(object.into_raw().as_ptr() as u64) }
    }
}

impl<T: Payload> From<&Gc<T>> for Value {
    #[inline(always)]
    fn from(object: &Gc<T>) -> Value {
        object.clone().into()
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Value {
        Value::bool(b)
    }
}

impl From<i64> for Value {
    fn from(n: i64) -> Value {
        Value::int(n)
    }
}

impl From<usize> for Value {
    fn from(n: usize) -> Value {
        Value::int(n as i64)
    }
}

impl From<f64> for Value {
    fn from(x: f64) -> Value {
        Value::float(x)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        crate::objects::str::Str::new(text).into()
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        crate::objects::str::Str::new(&text).into()
    }
}

impl Clone for Value {
    #[inline(always)]
    fn clone(&self) -> Value {
        if let Some(header) = self.header() {
            header.increment();
        }
        Value(self.0)
    }
}

impl Drop for Value {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(header) = self.header() {
            // SAFETY: this value owned one reference, and is gone after this.
            unsafe { header.decrement() }
        }
    }
}

impl Default for Value {
    fn default() -> Value {
        Value::NONE
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.as_small_int(), self.kind()) {
            (Some(n), _) => write!(f, "{n}"),
            (None, Some(kind)) => write!(f, "<{kind:?} at {:#x}>", self.bits()),
            _ if self.bits() & 3 == 2 => write!(f, "{:?}", self.as_exact_float()),
            _ => write!(f, "<immediate {}>", self.bits() >> 3),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word() {
        assert_eq!(size_of::<Value>(), 8);
        assert_eq!(size_of::<Option<Value>>(), 8);
        assert_eq!(size_of::<Result<Value, crate::Raised>>(), 8);
    }

    #[test]
    fn small_ints_round_trip() {
        for n in [0, 1, -1, 12345, SMALL_INT_MIN, SMALL_INT_MAX] {
            assert_eq!(Value::small(n).as_small_int(), Some(n));
        }
        assert!(Value::small_int(SMALL_INT_MAX + 1).is_none());
        assert!(Value::small_int(SMALL_INT_MIN - 1).is_none());
    }

    #[test]
    fn usual_doubles_are_inline() {
        for x in [0.0, 1.0, -1.0, 0.1, 1e-70, -1e70, 123456.789, 2f64.powi(255), 2f64.powi(-255)] {
            let value = Value::float(x);
            assert!(value.is_inline_float(), "{x}");
            assert_eq!(value.as_exact_float().unwrap().to_bits(), x.to_bits());
        }
    }
}
