//! `slice`: bounds of a subscription.

use num_bigint::BigInt;
use num_traits::{One, Signed, Zero};

use crate::class::{CompareOp, Slots, TypeSpec};
use crate::heap::{self, Gc, Kind, Payload};
use crate::native::{GetSet, NativeFn};
use crate::objects::int;
use crate::value::Value;
use crate::vm::Vm;
use crate::{Args, Exc, PyResult};

/// Any values; they are checked when used.
pub struct Slice {
    pub start: Value,
    pub stop: Value,
    pub step: Value,
}

impl Payload for Slice {
    const KIND: Kind = Kind::Slice;
    crate::trace_fields!(start, stop, step);
}

impl Slice {
    pub fn new(start: Value, stop: Value, step: Value) -> Gc<Slice> {
        heap::alloc(Vm::current().types.slice(), Slice { start, stop, step })
    }
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "slice",
    doc: "slice(stop), slice(start, stop[, step])\n\nBounds for extended subscription, as in a[0:10:2].",
    flags: 0,
    new: Some(NativeFn::new("slice", new)),
    methods: &[
        NativeFn::new("indices($self, object, /)", indices)
            .doc("Return start, stop and step for a sequence of the given length."),
        NativeFn::new("__reduce__($self, /)", reduce).doc("Return what pickling needs."),
    ],
    getset: &[
        GetSet::new("start", |_, slice| Ok(this(slice).start.clone()), read_only),
        GetSet::new("stop", |_, slice| Ok(this(slice).stop.clone()), read_only),
        GetSet::new("step", |_, slice| Ok(this(slice).step.clone()), read_only),
    ],
    slots: Slots { repr: Some(repr), hash: Some(hash), compare: Some(compare), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

/// Setter of attributes that CPython makes read-only members.
pub(crate) fn read_only(vm: &Vm, _value: &Value, _new: Option<&Value>) -> PyResult<()> {
    vm.raise(Exc::AttributeError, "readonly attribute")
}

#[inline(always)]
fn this(value: &Value) -> &Gc<Slice> {
    value.downcast().expect("slots see instances of their class")
}

/// Start, stop and step as `slice()` and `range()` take them, `None` where not given. One argument is the stop.
pub(crate) fn three_bounds<'a>(
    vm: &Vm,
    args: Args<'a>,
    name: &str,
) -> PyResult<(Option<&'a Value>, &'a Value, Option<&'a Value>)> {
    args.skip_first().check_arity(vm, name, 1, 3)?;
    Ok(match &args.values[1..] {
        [stop] => (None, stop, None),
        [start, stop] => (Some(start), stop, None),
        [start, stop, step, ..] => (Some(start), stop, Some(step)),
        [] => unreachable!("arity was checked"),
    })
}

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let (start, stop, step) = three_bounds(vm, args, "slice")?;
    let or_none = |value: Option<&Value>| value.cloned().unwrap_or(Value::NONE);
    Ok(Slice::new(or_none(start), stop.clone(), or_none(step)).into())
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let slice = this(value);
    let parts = [&slice.start, &slice.stop, &slice.step];
    let mut out = b"slice(".to_vec();
    for (at, part) in parts.into_iter().enumerate() {
        if at > 0 {
            out.extend_from_slice(b", ");
        }
        out.extend_from_slice(vm.repr(part)?.as_bytes());
    }
    out.push(b')');
    crate::protocol::sequence::text(out)
}

/// As CPython: the tuple hash of the three bounds, without their number.
fn hash(vm: &Vm, value: &Value) -> PyResult<i64> {
    const PRIME_1: u64 = 11_400_714_785_074_694_791;
    const PRIME_2: u64 = 14_029_467_366_897_019_727;
    const PRIME_5: u64 = 2_870_177_450_012_600_261;
    vm.check_native_depth("")?;
    let slice = this(value);
    let mut hash = PRIME_5;
    for part in [&slice.start, &slice.stop, &slice.step] {
        let lane = vm.hash(part)? as u64;
        hash = hash.wrapping_add(lane.wrapping_mul(PRIME_2)).rotate_left(31).wrapping_mul(PRIME_1);
    }
    Ok(if hash == u64::MAX { 1_546_275_796 } else { hash as i64 })
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let Some(other) = b.downcast::<Slice>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if a.is(b) {
        return Ok(op.holds(std::cmp::Ordering::Equal).into());
    }
    let parts = |slice: &Gc<Slice>| [slice.start.clone(), slice.stop.clone(), slice.step.clone()];
    let (left, right) = (parts(this(a)), parts(other));
    vm.compare_sequences(op, |at| left.get(at).cloned(), |at| right.get(at).cloned())
}

fn indices(vm: &Vm, args: Args<'_>) -> PyResult {
    let length = vm.index(args.value(1))?;
    let length = int::as_big(&length).unwrap_or_default();
    if length.is_negative() {
        return vm.raise(Exc::ValueError, "length should not be negative");
    }
    let bounds = big_indices(vm, args.this::<Slice>(), &length)?;
    Ok(vm.tuple(&bounds.map(int::new_big)))
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let slice = args.this::<Slice>();
    let bounds = vm.tuple(&[slice.start.clone(), slice.stop.clone(), slice.step.clone()]);
    Ok(vm.tuple(&[vm.types.slice().to_value(), bounds]))
}

/// Start, stop and step over a sequence of any length.
///
/// # Errors
/// ValueError "slice step cannot be zero", TypeError for bounds that are no integers.
pub fn big_indices(vm: &Vm, slice: &Gc<Slice>, length: &BigInt) -> PyResult<[BigInt; 3]> {
    let bound = |value: &Value| -> PyResult<Option<BigInt>> {
        if value.is_none() {
            return Ok(None);
        }
        if !vm.has_index(value) {
            let message = "slice indices must be integers or None or have an __index__ method";
            return vm.raise(Exc::TypeError, message);
        }
        Ok(int::as_big(&vm.index(value)?))
    };
    let step = bound(&slice.step)?.unwrap_or_else(BigInt::one);
    if step.is_zero() {
        return vm.raise(Exc::ValueError, "slice step cannot be zero");
    }
    let (lower, upper) = if step.is_negative() {
        (-BigInt::one(), length - BigInt::one())
    } else {
        (BigInt::zero(), length.clone())
    };
    let clip = |bound: Option<BigInt>, default: &BigInt| match bound {
        None => default.clone(),
        Some(n) if n.is_negative() => (n + length).max(lower.clone()),
        Some(n) => n.min(upper.clone()),
    };
    let (first, last) = if step.is_negative() { (&upper, &lower) } else { (&lower, &upper) };
    let start = clip(bound(&slice.start)?, first);
    let stop = clip(bound(&slice.stop)?, last);
    Ok([start, stop, step])
}
