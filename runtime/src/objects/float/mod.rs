//! `float`. Doubles with usual exponents are inline values; the others are boxed here.

mod arithmetic;
mod methods;

pub use arithmetic::{
    absolute, add, div_mod, floor_div, modulo, multiply, negative, power, raise_power, remainder, subtract,
    true_div,
};

use crate::class::{BinaryFn, BinaryOp, CompareOp, N_BINARY, Slots, Type, TypeSpec, type_flags};
use crate::heap::{self, Kind, Payload};
use crate::native::{GetSet, NativeFn};
use crate::objects::int;
use crate::objects::str::Str;
use crate::text::float_repr;
use crate::value::Value;
use crate::vm::Vm;
use crate::{Args, Exc, Gc, PyResult};

/// A double that does not fit inline, or one in an instance of a Python subclass.
pub struct BoxedFloat(f64);

impl Payload for BoxedFloat {
    const KIND: Kind = Kind::Float;
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

impl BoxedFloat {
    pub fn get(&self) -> f64 {
        self.0
    }
}

#[cold]
pub fn new_boxed(x: f64) -> Value {
    heap::alloc(Vm::current().types.float(), BoxedFloat(x)).into()
}

/// An instance of `cls`, which is `float` or a Python class derived from it.
pub fn for_class(cls: &Gc<Type>, x: f64) -> Value {
    if cls.is_heap_type() { heap::alloc_for(cls, BoxedFloat(x)).into() } else { Value::float(x) }
}

/// The double in a `float` or an instance of a subclass.
#[inline]
pub fn as_float(value: &Value) -> Option<f64> {
    value.as_exact_float().or_else(|| Some(value.downcast::<BoxedFloat>()?.get()))
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "float",
    doc: "Convert a string or number to a floating-point number, if possible.",
    flags: type_flags::BASE_TYPE | type_flags::MATCH_SELF,
    new: Some(NativeFn::new("float($type, x=0, /)", new)),
    methods: methods::METHODS,
    class_methods: methods::CLASS_METHODS,
    getset: &[
        GetSet { doc: "the real part of a complex number", ..GetSet::read_only("real", same) },
        GetSet { doc: "the imaginary part of a complex number", ..GetSet::read_only("imag", zero) },
    ],
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        bool: Some(truth),
        int: Some(truncate),
        float: Some(same),
        neg: Some(negative),
        pos: Some(same),
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
    table[BinaryOp::FloorDiv as usize] = Some(floor_div);
    table[BinaryOp::Mod as usize] = Some(modulo);
    table[BinaryOp::DivMod as usize] = Some(div_mod);
    table[BinaryOp::Pow as usize] = Some(arithmetic::power_two);
    table
};

/// Self of a slot.
fn this(value: &Value) -> f64 {
    as_float(value).expect("slots see instances of their class")
}

/// `float(x=0, /)`.
fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let cls = args.this::<Type>();
    let x = match args.get(1) {
        None => 0.0,
        Some(x) => from_object(vm, x)?,
    };
    Ok(for_class(cls, x))
}

/// `float(x)`: a number, or text.
pub fn from_object(vm: &Vm, x: &Value) -> PyResult<f64> {
    if let Some(text) = x.downcast_exact::<Str>() {
        return vm.text_result(float_repr::parse_str(text.as_bytes()));
    }
    let has_own = |slot| Some(slot) != vm.types.float().slots().float.map(|slot| slot as usize);
    let number = match vm.type_of(x).slots().float {
        // A subclass of float may say something else of itself.
        Some(slot) if as_float(x).is_some() && x.as_exact_float().is_none() && has_own(slot as usize) => {
            through_float(vm, x, slot)?
        }
        _ => as_number(vm, x)?,
    };
    if let Some(number) = number {
        return Ok(number);
    }
    if let Some(text) = x.downcast::<Str>() {
        return vm.text_result(float_repr::parse_str(text.as_bytes()));
    }
    if let Some(bytes) = crate::objects::bytes::bytes_like(vm, x)? {
        let shown = vm.repr_text(x)?;
        return vm.text_result(float_repr::parse_bytes(&bytes, &shown));
    }
    vm.raise_type_of("float() argument must be a string or a real number, not '{}'", x)
}

/// A real number argument of a native function, through `__float__` or `__index__`.
///
/// # Errors
/// TypeError "must be real number, not str".
pub fn as_double(vm: &Vm, x: &Value) -> PyResult<f64> {
    match as_number(vm, x)? {
        Some(number) => Ok(number),
        None => vm.raise_type_of("must be real number, not {}", x),
    }
}

/// A number through `__float__` or `__index__`; `None` if the class has neither.
pub fn as_number(vm: &Vm, x: &Value) -> PyResult<Option<f64>> {
    if let Some(x) = as_float(x) {
        return Ok(Some(x));
    }
    if let Some(n) = int::int_ref(x) {
        if vm.type_of(x).is(vm.types.int()) || x.as_bool().is_some() {
            return int::to_f64(vm, n).map(Some);
        }
    }
    let slots = vm.type_of(x).slots();
    if let Some(slot) = slots.float {
        return through_float(vm, x, slot);
    }
    if slots.index.is_some() {
        let index = vm.index(x)?;
        let n = int::int_ref(&index).expect("an index is an int");
        return int::to_f64(vm, n).map(Some);
    }
    Ok(None)
}

/// What `__float__` gives, a float.
fn through_float(vm: &Vm, x: &Value, slot: crate::class::UnaryFn) -> PyResult<Option<f64>> {
    let result = slot(vm, x)?;
    let Some(number) = as_float(&result) else {
        let (owner, name) = (vm.type_name(x), vm.type_name(&result));
        return vm.raise(Exc::TypeError, format!("{owner}.__float__ returned non-float (type {name})"));
    };
    if result.as_exact_float().is_none() {
        let (owner, name) = (vm.type_name(x), vm.type_name(&result));
        vm.warn(
            Exc::DeprecationWarning,
            &format!(
                "{owner}.__float__ returned non-float (type {name}).  The ability to return an instance of a strict \
                 subclass of float is deprecated, and may be removed in a future version of Python."
            ),
            1,
        )?;
    }
    Ok(Some(number))
}

/// `hash(x)`, equal to that of an equal int; NaNs hash by identity.
pub fn hash_float(x: f64, identity: u64) -> i64 {
    if x.is_nan() {
        return identity.rotate_right(4) as i64 & !1;
    }
    if x.is_infinite() {
        return if x > 0.0 { 314159 } else { -314159 };
    }
    if x == x.trunc() && x.abs() < 2f64.powi(62) {
        return int::hash_i64(x as i64);
    }
    let bits = x.abs().to_bits();
    let (exponent, fraction) = ((bits >> 52) as i64, bits & ((1 << 52) - 1));
    let (mantissa, power) =
        if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    // 2**61 is 1 modulo 2**61 - 1, so a power of two rotates 61 bits.
    let turn = power.rem_euclid(61) as u32;
    let hash = (mantissa << turn & int::HASH_MODULUS | mantissa.checked_shr(61 - turn).unwrap_or(0))
        % int::HASH_MODULUS;
    match if x < 0.0 { -(hash as i64) } else { hash as i64 } {
        -1 => -2,
        hash => hash,
    }
}

fn repr(_vm: &Vm, value: &Value) -> PyResult {
    Ok(float_repr::repr(this(value)).into())
}

fn hash(_vm: &Vm, value: &Value) -> PyResult<i64> {
    Ok(hash_float(this(value), value.id()))
}

fn compare(_vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let a = this(a);
    let order = if let Some(b) = as_float(b) {
        a.partial_cmp(&b)
    } else if let Some(b) = int::int_ref(b) {
        int::order_with_float(b, a).map(std::cmp::Ordering::reverse)
    } else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok(match order {
        Some(order) => op.holds(order).into(),
        None => (op == CompareOp::Ne).into(),
    })
}

fn truth(_vm: &Vm, value: &Value) -> PyResult<bool> {
    Ok(this(value) != 0.0)
}

fn truncate(vm: &Vm, value: &Value) -> PyResult {
    int::from_f64(vm, this(value))
}

fn same(_vm: &Vm, value: &Value) -> PyResult {
    Ok(Value::float(this(value)))
}

fn zero(_vm: &Vm, _value: &Value) -> PyResult {
    Ok(Value::float(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_agree_with_ints_and_fractions() {
        assert_eq!(hash_float(3.0, 0), 3);
        assert_eq!(hash_float(-1.0, 0), -2);
        // As CPython: 0.5 is the inverse of 2 modulo 2**61 - 1.
        assert_eq!(hash_float(0.5, 0), 1152921504606846976);
        assert_eq!(hash_float(1.5, 0), 1152921504606846977);
        assert_eq!(hash_float(0.1, 0), 230584300921369408);
        assert_eq!(hash_float(-0.1, 0), -230584300921369408);
        assert_eq!(hash_float(1e20, 0), 848750603811160107);
        assert_eq!(hash_float(5e-324, 0), 16777216);
        assert_eq!(hash_float(2f64.powi(61), 0), 1);
    }
}
