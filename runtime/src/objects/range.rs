//! `range`: an arithmetic progression of integers of any size, and its iterators.
//!
//! Where start, stop, step and length are small ints, so are all items; those ranges take the quick ways.

use std::cell::{Cell, RefCell};

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::slice::{self, Slice, read_only};
use crate::class::{CompareOp, Slots, TypeSpec, type_flags};
use crate::heap::{self, Gc, Kind, Payload};
use crate::native::{GetSet, NativeFn};
use crate::objects::int;
use crate::objects::iterators::{same, this};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use crate::vm::Vm;
use crate::{Args, Exc, PyResult};

/// All fields are exact ints.
pub struct Range {
    pub start: Value,
    pub stop: Value,
    pub step: Value,
    pub length: Value,
}

impl Payload for Range {
    const KIND: Kind = Kind::Range;
    const ACYCLIC: bool = true;
    crate::trace_fields!(start, stop, step, length);
}

/// A range of which every number is a small int.
#[derive(Clone, Copy)]
pub struct SmallRange {
    pub start: i64,
    pub step: i64,
    pub length: i64,
}

impl SmallRange {
    fn item(self, at: i64) -> i64 {
        self.start + at * self.step
    }

    /// Index of `n`, if it is an item.
    fn position(self, n: i64) -> Option<i64> {
        let distance = n.checked_sub(self.start)?;
        let at = distance.checked_div(self.step)?;
        (distance % self.step == 0 && at >= 0 && at < self.length).then_some(at)
    }
}

fn big(value: &Value) -> BigInt {
    int::as_big(value).expect("the fields of a range are ints")
}

impl Range {
    /// The range of bounds that are exact ints, step not zero.
    pub fn new(start: Value, stop: Value, step: Value) -> Gc<Range> {
        let length = length(&start, &stop, &step);
        heap::alloc(Vm::current().types.range(), Range { start, stop, step, length })
    }

    fn from_big(start: BigInt, stop: BigInt, step: BigInt) -> Gc<Range> {
        Range::new(int::new_big(start), int::new_big(stop), int::new_big(step))
    }

    #[inline]
    pub fn small(&self) -> Option<SmallRange> {
        self.stop.as_small_int()?;
        Some(SmallRange {
            start: self.start.as_small_int()?,
            step: self.step.as_small_int()?,
            length: self.length.as_small_int()?,
        })
    }

    /// `iter(range(*args))` for one to three small ints with a step that is not zero.
    pub(crate) fn small_iter(args: &[Value]) -> Option<Gc<RangeIterator>> {
        let (start, stop, step) = match args {
            [stop] => (0, stop.as_small_int()?, 1),
            [start, stop] => (start.as_small_int()?, stop.as_small_int()?, 1),
            [start, stop, step] => {
                (start.as_small_int()?, stop.as_small_int()?, step.as_small_int().filter(|&step| step != 0)?)
            }
            _ => return None,
        };
        Some(RangeIterator::new(start, step, small_length(start, stop, step)))
    }

    /// Item `at`, counted from the start; need not be in range.
    fn big_item(&self, at: &BigInt) -> BigInt {
        big(&self.start) + at * big(&self.step)
    }

    /// `iter(range)`.
    pub fn iter(&self) -> Value {
        match self.small() {
            Some(small) => RangeIterator::new(small.start, small.step, small.length).into(),
            None => LongRangeIterator::allocate(big(&self.start), big(&self.step), big(&self.length)),
        }
    }
}

fn small_length(start: i64, stop: i64, step: i64) -> i64 {
    // Differences of 63-bit numbers fit 64 bits.
    let distance = if step > 0 { stop - start } else { start - stop };
    match distance {
        ..=0 => 0,
        distance if step == 1 => distance,
        distance => (distance - 1) / step.abs() + 1,
    }
}

fn length(start: &Value, stop: &Value, step: &Value) -> Value {
    if let (Some(start), Some(stop), Some(step)) =
        (start.as_small_int(), stop.as_small_int(), step.as_small_int())
    {
        return Value::int(small_length(start, stop, step));
    }
    let (start, stop, step) = (big(start), big(stop), big(step));
    let distance = if step.is_positive() { stop - start } else { start - stop };
    if !distance.is_positive() {
        return Value::small(0);
    }
    int::new_big((distance - BigInt::one()) / step.abs() + BigInt::one())
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "range",
    doc: "range(stop), range(start, stop[, step])\n\nThe integers from start (inclusive) to stop (exclusive) by step.",
    flags: type_flags::SEQUENCE,
    new: Some(NativeFn::new("range", new)),
    methods: &[
        NativeFn::new("__reversed__($self, /)", reversed).doc("Return a reverse iterator."),
        NativeFn::new("__reduce__($self, /)", reduce),
        NativeFn::new("count($self, object, /)", count).doc("Return the number of items equal to the value."),
        NativeFn::new("index($self, object, /)", index).doc("Return the index of the value."),
    ],
    getset: &[
        GetSet::new("start", |_, range| Ok(this::<Range>(range).start.clone()), read_only),
        GetSet::new("stop", |_, range| Ok(this::<Range>(range).stop.clone()), read_only),
        GetSet::new("step", |_, range| Ok(this::<Range>(range).step.clone()), read_only),
    ],
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        iter: Some(|_, range| Ok(this::<Range>(range).iter())),
        len: Some(len),
        bool: Some(|_, range| Ok(!this::<Range>(range).length.is(&Value::small(0)))),
        get_item: Some(get_item),
        contains: Some(contains),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let (start, stop, step) = slice::three_bounds(vm, args, "range")?;
    let start = start.map_or(Ok(Value::small(0)), |start| vm.index(start))?;
    let stop = vm.index(stop)?;
    let step = step.map_or(Ok(Value::small(1)), |step| vm.index(step))?;
    if step.is(&Value::small(0)) {
        return vm.raise(Exc::ValueError, "range() arg 3 must not be zero");
    }
    Ok(Range::new(start, stop, step).into())
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let range = this::<Range>(value);
    let (start, stop) = (vm.repr_text(&range.start)?, vm.repr_text(&range.stop)?);
    if range.step.is(&Value::small(1)) {
        return Ok(format!("range({start}, {stop})").into());
    }
    Ok(format!("range({start}, {stop}, {})", vm.repr_text(&range.step)?).into())
}

/// What tells ranges of different items apart: length, start if there are items, step if there are several.
fn identity(range: &Gc<Range>) -> [Value; 3] {
    let several = !range.length.is(&Value::small(1));
    let any = !range.length.is(&Value::small(0));
    let start = if any { range.start.clone() } else { Value::NONE };
    let step = if any && several { range.step.clone() } else { Value::NONE };
    [range.length.clone(), start, step]
}

fn hash(vm: &Vm, value: &Value) -> PyResult<i64> {
    let identity: Value = Tuple::new(identity(this(value))).into();
    vm.hash(&identity)
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let Some(other) = b.downcast::<Range>().filter(|_| matches!(op, CompareOp::Eq | CompareOp::Ne)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let mut equal = true;
    for (x, y) in identity(this(a)).iter().zip(&identity(other)) {
        equal &= vm.eq(x, y)?;
    }
    Ok((equal == (op == CompareOp::Eq)).into())
}

fn len(vm: &Vm, value: &Value) -> PyResult<usize> {
    match int::as_i64(&this::<Range>(value).length) {
        Some(n) => Ok(n as usize),
        None => vm.raise(Exc::OverflowError, "Python int too large to convert to C ssize_t"),
    }
}

fn get_item(vm: &Vm, value: &Value, key: &Value) -> PyResult {
    let range = this::<Range>(value);
    if let Some(slice) = key.downcast::<Slice>() {
        return sliced(vm, range, slice);
    }
    if !vm.has_index(key) {
        return vm.raise_bad_index("range", key);
    }
    let key = vm.index(key)?;
    if let (Some(small), Some(n)) = (range.small(), key.as_small_int()) {
        return match crate::protocol::clamp_index(n, small.length as usize) {
            Some(at) => Ok(Value::small(small.item(at as i64))),
            None => vm.raise(Exc::IndexError, "range object index out of range"),
        };
    }
    let (mut at, length) = (big(&key), big(&range.length));
    if at.is_negative() {
        at += &length;
    }
    if at.is_negative() || at >= length {
        return vm.raise(Exc::IndexError, "range object index out of range");
    }
    Ok(int::new_big(range.big_item(&at)))
}

fn sliced(vm: &Vm, range: &Gc<Range>, slice: &Gc<Slice>) -> PyResult {
    let [start, stop, step] = slice::big_indices(vm, slice, &big(&range.length))?;
    let step = step * big(&range.step);
    Ok(Range::from_big(range.big_item(&start), range.big_item(&stop), step).into())
}

/// Position of a number, `None` if it is no item.
fn position(range: &Gc<Range>, n: &Value) -> Option<Value> {
    if let (Some(small), Some(n)) = (range.small(), n.as_small_int().or(n.as_bool().map(i64::from))) {
        return small.position(n).map(Value::small);
    }
    let n = int::as_big(n)?;
    let (at, rest) = (n - big(&range.start)).div_rem(&big(&range.step));
    (rest.is_zero() && !at.is_negative() && at < big(&range.length)).then(|| int::new_big(at))
}

/// How a value is looked for.
enum Search {
    /// By arithmetic: its position, if it is there.
    Known(Option<Value>),
    /// Its class may define equality as it likes: item by item.
    Walk,
}

fn search(vm: &Vm, range: &Gc<Range>, value: &Value) -> Search {
    let exact_int = vm.type_of(value).is(vm.types.int()) || value.as_bool().is_some();
    if exact_int {
        return Search::Known(position(range, value));
    }
    if let Some(x) = value.as_exact_float() {
        let whole = x.is_finite() && x.fract() == 0.0;
        let n = whole.then(|| num_traits::FromPrimitive::from_f64(x).map(int::new_big)).flatten();
        return Search::Known(n.and_then(|n| position(range, &n)));
    }
    // These never equal an int, and walking a huge range to find that out would take forever.
    if value.is_none() || value.downcast_exact::<Str>().is_some() || value.downcast_exact::<Tuple>().is_some()
    {
        return Search::Known(None);
    }
    Search::Walk
}

/// Positions of items equal to `value`, by `==`; stops at the first if told so.
fn walk(vm: &Vm, range: &Gc<Range>, value: &Value, first_only: bool) -> PyResult<(usize, Option<usize>)> {
    let iterator = range.iter();
    let (mut at, mut n, mut found) = (0usize, 0, None);
    while let Some(item) = vm.next(&iterator)? {
        if vm.eq(&item, value)? {
            n += 1;
            found = found.or(Some(at));
            if first_only {
                break;
            }
        }
        at += 1;
    }
    Ok((n, found))
}

fn contains(vm: &Vm, range: &Value, value: &Value) -> PyResult<bool> {
    let range = this::<Range>(range);
    match search(vm, range, value) {
        Search::Known(position) => Ok(position.is_some()),
        Search::Walk => Ok(walk(vm, range, value, true)?.0 > 0),
    }
}

fn count(vm: &Vm, args: Args<'_>) -> PyResult {
    let range = args.this::<Range>();
    match search(vm, range, args.value(1)) {
        Search::Known(position) => Ok(Value::small(position.is_some() as i64)),
        Search::Walk => Ok(walk(vm, range, args.value(1), false)?.0.into()),
    }
}

fn index(vm: &Vm, args: Args<'_>) -> PyResult {
    let (range, value) = (args.this::<Range>(), args.value(1));
    let (found, what) = match search(vm, range, value) {
        Search::Known(position) => (position, "range"),
        Search::Walk => (walk(vm, range, value, true)?.1.map(Value::from), "sequence"),
    };
    match found {
        Some(at) => Ok(at),
        None => {
            let what = if vm.type_of(value).is(vm.types.int()) || value.as_bool().is_some() {
                what
            } else {
                "sequence"
            };
            vm.raise(Exc::ValueError, format!("{what}.index(x): x not in {what}"))
        }
    }
}

fn reversed(_vm: &Vm, args: Args<'_>) -> PyResult {
    let range = args.this::<Range>();
    if let Some(small) = range.small() {
        let last = if small.length > 0 { small.item(small.length - 1) } else { small.start - small.step };
        return Ok(RangeIterator::new(last, -small.step, small.length).into());
    }
    let length = big(&range.length);
    let last = range.big_item(&(&length - BigInt::one()));
    Ok(LongRangeIterator::allocate(last, -big(&range.step), length))
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let range = args.this::<Range>();
    let bounds = vm.tuple(&[range.start.clone(), range.stop.clone(), range.step.clone()]);
    Ok(vm.tuple(&[vm.types.range().to_value(), bounds]))
}

/// Iterator over a range of small ints.
pub struct RangeIterator {
    /// The next item.
    pub next: Cell<i64>,
    pub step: i64,
    pub left: Cell<i64>,
}

impl Payload for RangeIterator {
    const KIND: Kind = Kind::RangeIter;
    const ACYCLIC: bool = true;
    crate::trace_fields!(; skip next, step, left);
}

impl RangeIterator {
    /// `left` items from `next` on, all of them small ints.
    pub fn new(next: i64, step: i64, left: i64) -> Gc<RangeIterator> {
        let body = RangeIterator { next: Cell::new(next), step, left: Cell::new(left) };
        heap::alloc(Vm::current().types.range_iterator(), body)
    }

    #[inline(always)]
    pub fn advance(&self) -> Option<i64> {
        let left = self.left.get();
        if left <= 0 {
            return None;
        }
        let item = self.next.get();
        self.left.set(left - 1);
        self.next.set(item + self.step);
        Some(item)
    }
}

pub static ITERATOR: TypeSpec = TypeSpec {
    name: "range_iterator",
    flags: type_flags::NO_NEW,
    methods: &[
        NativeFn::new("__length_hint__($self, /)", |_, args| {
            Ok(Value::small(args.this::<RangeIterator>().left.get()))
        }),
        NativeFn::new("__reduce__($self, /)", iterator_reduce),
        NativeFn::new("__setstate__($self, object, /)", iterator_setstate),
    ],
    slots: Slots {
        iter: Some(same),
        next: Some(|_, it| Ok(this::<RangeIterator>(it).advance().map(Value::small))),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn iterator_reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<RangeIterator>();
    let stop = BigInt::from(it.next.get()) + BigInt::from(it.left.get()) * it.step;
    let rest = Range::new(Value::int(it.next.get()), int::new_big(stop), Value::int(it.step));
    Ok(vm.tuple(&[vm.builtin("iter")?, vm.tuple(&[rest.into()]), Value::NONE]))
}

fn iterator_setstate(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<RangeIterator>();
    let skip = vm.to_i64(args.value(1))?.clamp(0, it.left.get());
    it.next.set(it.next.get() + skip * it.step);
    it.left.set(it.left.get() - skip);
    Ok(Value::NONE)
}

/// Iterator over a range with larger numbers.
pub struct LongRangeIterator {
    next: RefCell<BigInt>,
    step: BigInt,
    left: RefCell<BigInt>,
}

impl Payload for LongRangeIterator {
    const ACYCLIC: bool = true;
    crate::trace_fields!(; skip next, step, left);
}

impl LongRangeIterator {
    fn allocate(next: BigInt, step: BigInt, left: BigInt) -> Value {
        let body = LongRangeIterator { next: RefCell::new(next), step, left: RefCell::new(left) };
        heap::alloc(Vm::current().types.longrange_iterator(), body).into()
    }
}

pub static LONG_ITERATOR: TypeSpec = TypeSpec {
    name: "longrange_iterator",
    flags: type_flags::NO_NEW,
    methods: &[
        NativeFn::new("__length_hint__($self, /)", |_, args| {
            Ok(int::new_big(args.this::<LongRangeIterator>().left.borrow().clone()))
        }),
        NativeFn::new("__reduce__($self, /)", long_reduce),
        NativeFn::new("__setstate__($self, object, /)", long_setstate),
    ],
    slots: Slots { iter: Some(same), next: Some(long_next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn long_next(_vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<LongRangeIterator>(value);
    if it.left.borrow().is_zero() {
        return Ok(None);
    }
    *it.left.borrow_mut() -= 1;
    let item = it.next.borrow().clone();
    *it.next.borrow_mut() += &it.step;
    Ok(Some(int::new_big(item)))
}

fn long_reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<LongRangeIterator>();
    let next = it.next.borrow().clone();
    let stop = &next + &*it.left.borrow() * &it.step;
    let rest = Range::from_big(next, stop, it.step.clone());
    Ok(vm.tuple(&[vm.builtin("iter")?, vm.tuple(&[rest.into()]), Value::NONE]))
}

fn long_setstate(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<LongRangeIterator>();
    let Some(skip) = int::as_big(args.value(1)) else {
        return vm.raise_type_of("state must be an int, not {}", args.value(1));
    };
    let skip = skip.max(BigInt::zero()).min(it.left.borrow().clone());
    *it.next.borrow_mut() += &skip * &it.step;
    *it.left.borrow_mut() -= skip;
    Ok(Value::NONE)
}

/// The length of a range as a machine number, for presizing.
pub fn length_hint(range: &Gc<Range>) -> Option<usize> {
    int::as_big(&range.length)?.to_usize()
}
