//! `tuple`: immutable sequence; items follow the object in the same allocation.

#![allow(unsafe_code)]

use std::alloc::Layout;
use std::cell::OnceCell;

use crate::class::{CompareOp, Slots, Type, TypeSpec, type_flags};
use crate::heap::{self, Gc, Kind, Payload, Trace, Visitor};
use crate::native::NativeFn;
use crate::objects::generic_alias;
use crate::objects::iterators::TupleIterator;
use crate::objects::list::List;
use crate::objects::slice::Slice;
use crate::protocol::sequence;
use crate::value::Value;
use crate::vm::Vm;
use crate::{Args, Exc, PyResult};

#[repr(C)]
pub struct Tuple {
    len: usize,
}

impl Payload for Tuple {
    const KIND: Kind = Kind::Tuple;

    fn trace(&self, visit: Visitor<'_>) {
        self.items().iter().for_each(visit);
    }

    fn trailing_layout(&self) -> Layout {
        let size = size_of::<Tuple>() + self.len * size_of::<Value>();
        Layout::from_size_align(size, align_of::<Tuple>())
            .expect("length was checked when the tuple was made")
    }
}

impl Drop for Tuple {
    fn drop(&mut self) {
        for item in self.items().iter().rev() {
            // SAFETY: the items are initialised and dropped only here; last first, as CPython does.
            unsafe { std::ptr::drop_in_place(item as *const Value as *mut Value) }
        }
    }
}

impl Tuple {
    pub fn new(items: impl IntoIterator<Item = Value, IntoIter: ExactSizeIterator>) -> Gc<Tuple> {
        Tuple::for_class(Vm::current().types.tuple(), items)
    }

    /// An instance of `tuple` or of a Python class derived from it.
    pub fn for_class(
        cls: &Gc<Type>,
        items: impl IntoIterator<Item = Value, IntoIter: ExactSizeIterator>,
    ) -> Gc<Tuple> {
        let items = items.into_iter();
        let len = items.len();
        if len == 0 && !cls.is_heap_type() {
            if let Some(empty) = Vm::current().empty_tuple.get() {
                return empty.clone();
            }
        }
        // SAFETY: exactly `len` items are written, or the process stops.
        unsafe {
            heap::alloc_trailing::<Tuple, Value>(cls, Tuple { len }, |out| {
                let mut written = 0;
                for item in items.take(len) {
                    out.add(written).write(item);
                    written += 1;
                }
                assert_eq!(written, len, "an exact-size iterator yields its length");
            })
        }
    }

    pub fn from_slice(items: &[Value]) -> Gc<Tuple> {
        Tuple::new(items.iter().cloned())
    }

    #[inline(always)]
    pub fn items(&self) -> &[Value] {
        // SAFETY: `len` initialised values follow the payload.
        unsafe { std::slice::from_raw_parts((self as *const Tuple).add(1).cast::<Value>(), self.len) }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Gc<Tuple> {
    /// Items `start..end` as a tuple; this one if that is all of it and no subclass is involved.
    pub fn slice(&self, start: usize, end: usize) -> Gc<Tuple> {
        if start == 0 && end == self.len() && self.header().is_exact() {
            return self.clone();
        }
        Tuple::from_slice(&self.items()[start..end])
    }
}

/// Makes pairs one after the other, as `zip` does: in the same tuple again if nobody has kept it.
#[derive(Default)]
pub struct PairMaker(OnceCell<Gc<Tuple>>);

impl Trace for PairMaker {
    fn trace_value(&self, visit: Visitor<'_>) {
        if let Some(pair) = self.0.get() {
            visit(pair.as_value());
        }
    }
}

impl PairMaker {
    #[inline]
    pub fn pair(&self, first: Value, second: Value) -> Value {
        let Some(pair) = self.0.get() else {
            return self.0.get_or_init(|| Tuple::new([first, second])).to_value();
        };
        if pair.header().count() > 1 {
            return Tuple::new([first, second]).into();
        }
        let items = pair.trailing::<Value>();
        // SAFETY: the pair has two items, and nobody but this maker holds it, so nobody looks at them. Dropping the old ones runs no
        // Python code.
        unsafe {
            drop(std::ptr::replace(items, first));
            drop(std::ptr::replace(items.add(1), second));
        }
        pair.to_value()
    }
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "tuple",
    doc: "Built-in immutable sequence of the items of the iterable; without one, the empty tuple.",
    flags: type_flags::BASE_TYPE | type_flags::SEQUENCE | type_flags::MATCH_SELF,
    new: Some(NativeFn::new("tuple!($type, iterable=(), /)", new)),
    methods: &[
        NativeFn::new("__getnewargs__($self, /)", getnewargs),
        NativeFn::new("index($self, value, start=0, stop=sys.maxsize, /)", index)
            .doc("Return the index of the first item equal to value."),
        NativeFn::new("count($self, value, /)", count).doc("Return the number of items equal to value."),
    ],
    class_methods: &[
        NativeFn::new("__class_getitem__($type, object, /)", generic_alias::class_getitem).doc("See PEP 585")
    ],
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        iter: Some(iter),
        len: Some(len),
        get_item: Some(get_item),
        contains: Some(contains),
        concat: Some(concat),
        repeat: Some(repeat),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

#[inline(always)]
fn this(value: &Value) -> &Gc<Tuple> {
    value.downcast().expect("slots see instances of their class")
}

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let class = args.value(0).downcast::<Type>().expect("__new__ checks its class");
    let given = args.skip_first();
    if !super::has_own_init(vm, class, vm.types.tuple()) {
        given.no_keywords(vm, "tuple")?;
    }
    crate::native::binding::check_positional_count(vm, "tuple", given.len(), 0, 1)?;
    let Some(iterable) = given.get(0) else { return Ok(Tuple::for_class(class, std::iter::empty()).into()) };
    if !class.is_heap_type() && iterable.downcast_exact::<Tuple>().is_some() {
        return Ok(iterable.clone());
    }
    if let Some(list) = iterable.downcast_exact::<List>() {
        return Ok(Tuple::for_class(class, list.items.borrow().iter().cloned()).into());
    }
    Ok(Tuple::for_class(class, vm.collect(iterable)?).into())
}

fn getnewargs(_vm: &Vm, args: Args<'_>) -> PyResult {
    let copy: Value = Tuple::from_slice(args.this::<Tuple>().items()).into();
    Ok(Tuple::new([copy]).into())
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let items = this(value).items();
    if items.is_empty() {
        return Ok("()".into());
    }
    let Some(_guard) = vm.repr_enter(value)? else { return Ok("(...)".into()) };
    let close = if items.len() == 1 { ",)" } else { ")" };
    sequence::text(vm.repr_items("(", close, |at| items.get(at).cloned())?)
}

/// As CPython's tuple hash (the xxHash scheme on the items' hashes), so that sets of tuples iterate in the same order.
fn hash(vm: &Vm, value: &Value) -> PyResult<i64> {
    const PRIME_1: u64 = 11_400_714_785_074_694_791;
    const PRIME_2: u64 = 14_029_467_366_897_019_727;
    const PRIME_5: u64 = 2_870_177_450_012_600_261;
    let items = this(value).items();
    vm.check_native_depth("")?;
    let mut hash = PRIME_5;
    for item in items {
        let lane = vm.hash(item)? as u64;
        hash = hash.wrapping_add(lane.wrapping_mul(PRIME_2)).rotate_left(31).wrapping_mul(PRIME_1);
    }
    hash = hash.wrapping_add(items.len() as u64 ^ (PRIME_5 ^ 3_527_539));
    Ok(if hash == u64::MAX { 1_546_275_796 } else { hash as i64 })
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let Some(b) = b.downcast::<Tuple>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let (a, b) = (this(a).items(), b.items());
    vm.check_native_depth(" in comparison")?;
    for (x, y) in a.iter().zip(b) {
        if !vm.eq(x, y)? {
            return match op {
                CompareOp::Eq => Ok(Value::FALSE),
                CompareOp::Ne => Ok(Value::TRUE),
                _ => vm.compare(x, y, op),
            };
        }
    }
    Ok(op.holds(a.len().cmp(&b.len())).into())
}

fn iter(_vm: &Vm, value: &Value) -> PyResult {
    Ok(TupleIterator::new(this(value).clone()).into())
}

fn len(_vm: &Vm, value: &Value) -> PyResult<usize> {
    Ok(this(value).len())
}

fn get_item(vm: &Vm, value: &Value, index: &Value) -> PyResult {
    let tuple = this(value);
    let items = tuple.items();
    if let Some(slice) = index.downcast::<Slice>() {
        let bounds = vm.slice_bounds(slice, items.len())?;
        if bounds.step == 1 {
            let range = bounds.as_range();
            return Ok(tuple.slice(range.start, range.end).into());
        }
        let taken: Vec<Value> = bounds.positions().map(|at| items[at].clone()).collect();
        return Ok(Tuple::new(taken).into());
    }
    if !vm.has_index(index) {
        return vm.raise_bad_index("tuple", index);
    }
    Ok(items[vm.item_position(index, items.len(), "tuple")?].clone())
}

fn contains(vm: &Vm, value: &Value, item: &Value) -> PyResult<bool> {
    for other in this(value).items() {
        if vm.eq(other, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn concat(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let Some(right) = b.downcast::<Tuple>() else {
        return vm.raise_type_of("can only concatenate tuple (not \"{}\") to tuple", b);
    };
    let left = this(a);
    if right.is_empty() && left.header().is_exact() {
        return Ok(a.clone());
    }
    if left.is_empty() && right.header().is_exact() {
        return Ok(b.clone());
    }
    vm.checked_len(left.len() + right.len(), 1, size_of::<Value>())?;
    let items: Vec<Value> = left.items().iter().chain(right.items()).cloned().collect();
    Ok(Tuple::new(items).into())
}

fn repeat(vm: &Vm, value: &Value, count: &Value) -> PyResult {
    let tuple = this(value);
    let times = vm.repeat_count(count)?;
    if times == 1 && tuple.header().is_exact() || tuple.is_empty() {
        return Ok(tuple.slice(0, tuple.len()).into());
    }
    let total = vm.checked_len(tuple.len(), times, size_of::<Value>())?;
    let items = tuple.items();
    Ok(Tuple::new((0..total).map(|at| items[at % items.len()].clone())).into())
}

fn index(vm: &Vm, args: Args<'_>) -> PyResult {
    let items = args.this::<Tuple>().items();
    let (start, stop) = vm.index_bounds(args.get(2), args.get(3), items.len())?;
    for (at, item) in items.iter().enumerate().take(stop).skip(start) {
        if vm.eq(item, args.value(1))? {
            return Ok(at.into());
        }
    }
    vm.raise(Exc::ValueError, "tuple.index(x): x not in tuple")
}

fn count(vm: &Vm, args: Args<'_>) -> PyResult {
    let mut n = 0usize;
    for item in args.this::<Tuple>().items() {
        n += vm.eq(item, args.value(1))? as usize;
    }
    Ok(n.into())
}
