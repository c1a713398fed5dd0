//! `collections.deque` and its iterators.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use ouro_runtime::class::{CompareOp, Slots, Type, TypeSpec, special, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::iterators::{same, this};
use ouro_runtime::objects::{generic_alias, int};
use ouro_runtime::protocol::{clamp_index, sequence};
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

/// Items are borrowed for moments only, never across anything that can run Python code.
pub struct Deque {
    items: RefCell<VecDeque<Value>>,
    maxlen: Cell<Option<usize>>,
    /// Counts insertions and removals: iterators see that the deque changed under them.
    state: Cell<u64>,
}

impl Payload for Deque {
    ouro_runtime::trace_fields!(items; skip maxlen, state);

    fn clear(&self) {
        drop(std::mem::take(&mut *self.items.borrow_mut()));
    }
}

impl Deque {
    fn empty(maxlen: Option<usize>) -> Deque {
        Deque { items: RefCell::default(), maxlen: Cell::new(maxlen), state: Cell::new(0) }
    }

    fn changed(&self) {
        self.state.set(self.state.get().wrapping_add(1));
    }

    fn len(&self) -> usize {
        self.items.borrow().len()
    }

    fn get(&self, at: usize) -> Option<Value> {
        self.items.borrow().get(at).cloned()
    }

    fn append(&self, item: Value) {
        self.changed();
        let mut items = self.items.borrow_mut();
        items.push_back(item);
        let dropped = self.maxlen.get().filter(|&max| items.len() > max).and_then(|_| items.pop_front());
        drop(items);
        drop(dropped);
    }

    fn append_left(&self, item: Value) {
        self.changed();
        let mut items = self.items.borrow_mut();
        items.push_front(item);
        let dropped = self.maxlen.get().filter(|&max| items.len() > max).and_then(|_| items.pop_back());
        drop(items);
        drop(dropped);
    }

    /// Appends all items of an iterable at either end.
    fn extend(&self, vm: &Vm, own: &Value, iterable: &Value, left: bool) -> PyResult<()> {
        if own.is(iterable) {
            for item in self.snapshot() {
                if left { self.append_left(item) } else { self.append(item) }
            }
            return Ok(());
        }
        vm.for_each(iterable, |item| {
            if left {
                self.append_left(item)
            } else {
                self.append(item)
            }
            Ok(())
        })
    }

    fn snapshot(&self) -> Vec<Value> {
        self.items.borrow().iter().cloned().collect()
    }

    fn remove_at(&self, at: usize) -> Option<Value> {
        self.changed();
        self.items.borrow_mut().remove(at)
    }
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "deque",
    module: "collections",
    doc: "A list-like sequence optimized for data accesses near its endpoints.",
    flags: type_flags::BASE_TYPE | type_flags::SEQUENCE | type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("deque", |_, args| {
        let class: &Gc<Type> = args.value(0).downcast().expect("new gets a class");
        Ok(heap::alloc_for(class, Deque::empty(None)).into())
    })),
    init: Some(NativeFn::new("deque($self, iterable=<unrepresentable>, maxlen=None)", init)),
    methods: &[
        NativeFn::new("append($self, item, /)", append).doc("Add an element to the right side of the deque."),
        NativeFn::new("appendleft($self, item, /)", appendleft)
            .doc("Add an element to the left side of the deque."),
        NativeFn::new("clear($self, /)", clear).doc("Remove all elements from the deque."),
        NativeFn::new("__copy__($self, /)", copy).doc("Return a shallow copy of a deque."),
        NativeFn::new("copy($self, /)", copy).doc("Return a shallow copy of a deque."),
        NativeFn::new("count($self, value, /)", count).doc("Return number of occurrences of value."),
        NativeFn::new("extend($self, iterable, /)", extend)
            .doc("Extend the right side of the deque with elements from the iterable."),
        NativeFn::new("extendleft($self, iterable, /)", extendleft)
            .doc("Extend the left side of the deque with elements from the iterable."),
        NativeFn::new("index($self, value, start=0, stop=sys.maxsize, /)", index)
            .doc("Return first index of value."),
        NativeFn::new("insert($self, index, value, /)", insert).doc("Insert value before index."),
        NativeFn::new("pop($self, /)", pop).doc("Remove and return the rightmost element."),
        NativeFn::new("popleft($self, /)", popleft).doc("Remove and return the leftmost element."),
        NativeFn::new("__reduce__($self, /)", reduce).doc("Return state information for pickling."),
        NativeFn::new("remove($self, value, /)", remove).doc("Remove first occurrence of value."),
        NativeFn::new("__reversed__($self, /)", reversed).doc("Return a reverse iterator over the deque."),
        NativeFn::new("reverse($self, /)", reverse).doc("Reverse *IN PLACE*."),
        NativeFn::new("rotate($self, n=1, /)", rotate)
            .doc("Rotate the deque n steps to the right.  If n is negative, rotates left."),
        NativeFn::new("__sizeof__($self, /)", sizeof)
            .doc("Return the size of the deque in memory, in bytes."),
    ],
    class_methods: &[
        NativeFn::new("__class_getitem__($type, object, /)", generic_alias::class_getitem).doc("See PEP 585")
    ],
    getset: &[GetSet::read_only("maxlen", |_, value| {
        Ok(this::<Deque>(value).maxlen.get().map_or(Value::NONE, Value::from))
    })],
    slots: Slots {
        repr: Some(repr),
        hash: Some(special::unhashable),
        compare: Some(compare),
        iter: Some(|vm, value| {
            let deque = this::<Deque>(value);
            Ok(heap::alloc(&vm.class_of::<DequeIterator>(), DequeIterator(Walk::begin(deque, 0))).into())
        }),
        len: Some(|_, value| Ok(this::<Deque>(value).len())),
        get_item: Some(get_item),
        set_item: Some(set_item),
        contains: Some(contains),
        concat: Some(concat),
        inplace_concat: Some(inplace_concat),
        repeat: Some(repeat),
        inplace_repeat: Some(inplace_repeat),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    let deque = args.this::<Deque>();
    let maxlen = match args.get_not_none(2) {
        None => None,
        Some(given) if !int::is_int(given) => return vm.raise(Exc::TypeError, "an integer is required"),
        Some(given) => match usize::try_from(vm.to_i64(given)?) {
            Ok(max) => Some(max),
            Err(_) => return vm.raise(Exc::ValueError, "maxlen must be non-negative"),
        },
    };
    deque.maxlen.set(maxlen);
    empty(deque);
    if let Some(iterable) = args.get(1) {
        deque.extend(vm, args.value(0), iterable, false)?;
    }
    Ok(Value::NONE)
}

fn empty(deque: &Deque) {
    deque.changed();
    let old = std::mem::take(&mut *deque.items.borrow_mut());
    drop(old);
}

fn append(_vm: &Vm, args: Args<'_>) -> PyResult {
    args.this::<Deque>().append(args.value(1).clone());
    Ok(Value::NONE)
}

fn appendleft(_vm: &Vm, args: Args<'_>) -> PyResult {
    args.this::<Deque>().append_left(args.value(1).clone());
    Ok(Value::NONE)
}

fn clear(_vm: &Vm, args: Args<'_>) -> PyResult {
    empty(args.this::<Deque>());
    Ok(Value::NONE)
}

fn copy(vm: &Vm, args: Args<'_>) -> PyResult {
    copy_of(vm, args.value(0))
}

/// A copy of the same class, made as `type(self)(self, maxlen)` for subclasses.
fn copy_of(vm: &Vm, value: &Value) -> PyResult {
    let deque = this::<Deque>(value);
    let class = vm.type_of(value);
    if !class.is_heap_type() {
        let copy = heap::alloc(class, Deque::empty(deque.maxlen.get()));
        copy.items.replace(deque.items.borrow().clone());
        return Ok(copy.into());
    }
    let result = match deque.maxlen.get() {
        None => vm.call(class.as_value(), std::slice::from_ref(value))?,
        Some(max) => vm.call(class.as_value(), &[value.clone(), max.into()])?,
    };
    if result.downcast::<Deque>().is_none() {
        let (class, found) = (class.display_name(), vm.type_name(&result));
        return vm.raise(Exc::TypeError, format!("{class}() must return a deque, not {found}"));
    }
    Ok(result)
}

/// The first position in `start..stop` where `matches` says so; raises `changed` if the deque changes meanwhile.
fn find(
    vm: &Vm,
    deque: &Deque,
    (start, stop): (usize, usize),
    changed: Exc,
    value: &Value,
) -> PyResult<Option<usize>> {
    let state = deque.state.get();
    for at in start..stop {
        let Some(item) = deque.get(at) else { break };
        let equal = vm.eq(&item, value)?;
        if state != deque.state.get() {
            return vm.raise(changed, "deque mutated during iteration");
        }
        if equal {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn count(vm: &Vm, args: Args<'_>) -> PyResult {
    let deque = args.this::<Deque>();
    let (mut n, mut from) = (0, 0);
    while let Some(at) = find(vm, deque, (from, usize::MAX), Exc::RuntimeError, args.value(1))? {
        n += 1;
        from = at + 1;
    }
    Ok(Value::small(n))
}

fn extend(vm: &Vm, args: Args<'_>) -> PyResult {
    args.this::<Deque>().extend(vm, args.value(0), args.value(1), false)?;
    Ok(Value::NONE)
}

fn extendleft(vm: &Vm, args: Args<'_>) -> PyResult {
    args.this::<Deque>().extend(vm, args.value(0), args.value(1), true)?;
    Ok(Value::NONE)
}

fn index(vm: &Vm, args: Args<'_>) -> PyResult {
    let deque = args.this::<Deque>();
    let bounds = vm.index_bounds(args.get(2), args.get(3), deque.len())?;
    match find(vm, deque, bounds, Exc::RuntimeError, args.value(1))? {
        Some(at) => Ok(at.into()),
        None => vm.raise(Exc::ValueError, "deque.index(x): x not in deque"),
    }
}

fn insert(vm: &Vm, args: Args<'_>) -> PyResult {
    let deque = args.this::<Deque>();
    let index = vm.to_i64(args.value(1))?;
    let length = deque.len();
    if deque.maxlen.get() == Some(length) {
        return vm.raise(Exc::IndexError, "deque already at its maximum size");
    }
    let length = length as i64;
    let at = if index < 0 { index.saturating_add(length).max(0) } else { index.min(length) };
    deque.changed();
    deque.items.borrow_mut().insert(at as usize, args.value(2).clone());
    Ok(Value::NONE)
}

fn pop(vm: &Vm, args: Args<'_>) -> PyResult {
    let deque = args.this::<Deque>();
    let item = deque.items.borrow_mut().pop_back();
    taken(vm, deque, item)
}

fn popleft(vm: &Vm, args: Args<'_>) -> PyResult {
    let deque = args.this::<Deque>();
    let item = deque.items.borrow_mut().pop_front();
    taken(vm, deque, item)
}

fn taken(vm: &Vm, deque: &Deque, item: Option<Value>) -> PyResult {
    match item {
        Some(item) => {
            deque.changed();
            Ok(item)
        }
        None => vm.raise(Exc::IndexError, "pop from an empty deque"),
    }
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    let state = vm.call_method(value, &vm.names.__getstate__, &[])?;
    let arguments = match args.this::<Deque>().maxlen.get() {
        None => vm.empty_tuple().into(),
        Some(max) => vm.tuple(&[vm.empty_tuple().into(), max.into()]),
    };
    Ok(vm.tuple(&[vm.type_of(value).to_value(), arguments, state, vm.iter(value)?]))
}

fn remove(vm: &Vm, args: Args<'_>) -> PyResult {
    let deque = args.this::<Deque>();
    match find(vm, deque, (0, usize::MAX), Exc::IndexError, args.value(1))? {
        Some(at) => {
            drop(deque.remove_at(at));
            Ok(Value::NONE)
        }
        None => vm.raise(Exc::ValueError, "deque.remove(x): x not in deque"),
    }
}

fn reversed(vm: &Vm, args: Args<'_>) -> PyResult {
    let body = DequeReverseIterator(Walk::begin(args.this::<Deque>(), 0));
    Ok(heap::alloc(&vm.class_of::<DequeReverseIterator>(), body).into())
}

fn reverse(_vm: &Vm, args: Args<'_>) -> PyResult {
    args.this::<Deque>().items.borrow_mut().make_contiguous().reverse();
    Ok(Value::NONE)
}

fn rotate(vm: &Vm, args: Args<'_>) -> PyResult {
    let steps = args.get(1).map_or(Ok(1), |n| vm.to_i64(n))?;
    let mut items = args.this::<Deque>().items.borrow_mut();
    if items.len() > 1 {
        let steps = steps.rem_euclid(items.len() as i64) as usize;
        items.rotate_right(steps);
    }
    Ok(Value::NONE)
}

fn sizeof(_vm: &Vm, args: Args<'_>) -> PyResult {
    let room = args.this::<Deque>().items.borrow().capacity() * size_of::<Value>();
    Ok((size_of::<heap::Object<Deque>>() + room).into())
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let deque = this::<Deque>(value);
    let Some(_guard) = vm.repr_enter(value)? else { return Ok("[...]".into()) };
    let items = deque.snapshot();
    let open = format!("{}([", vm.type_of(value).name_text());
    let close = match deque.maxlen.get() {
        None => "])".to_string(),
        Some(max) => format!("], maxlen={max})"),
    };
    sequence::text(vm.repr_items(&open, &close, |at| items.get(at).cloned())?)
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let Some(other) = b.downcast::<Deque>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let deque = this::<Deque>(a);
    if matches!(op, CompareOp::Eq | CompareOp::Ne) {
        if a.is(b) {
            return Ok((op == CompareOp::Eq).into());
        }
        if deque.len() != other.len() {
            return Ok((op == CompareOp::Ne).into());
        }
    }
    let states = (deque.state.get(), other.state.get());
    let result = vm.compare_sequences(op, |at| deque.get(at), |at| other.get(at))?;
    if states != (deque.state.get(), other.state.get()) {
        return vm.raise(Exc::RuntimeError, "deque mutated during iteration");
    }
    Ok(result)
}

fn position(vm: &Vm, deque: &Deque, index: &Value) -> PyResult<usize> {
    if !vm.has_index(index) {
        return vm.raise_type_of("sequence index must be integer, not '{}'", index);
    }
    let at = vm.index_i64(index, Exc::IndexError)?;
    match clamp_index(at, deque.len()) {
        Some(at) => Ok(at),
        None => vm.raise(Exc::IndexError, "deque index out of range"),
    }
}

fn get_item(vm: &Vm, value: &Value, index: &Value) -> PyResult {
    let deque = this::<Deque>(value);
    let at = position(vm, deque, index)?;
    match deque.get(at) {
        Some(item) => Ok(item),
        None => vm.raise(Exc::IndexError, "deque index out of range"),
    }
}

fn set_item(vm: &Vm, value: &Value, index: &Value, item: Option<&Value>) -> PyResult<()> {
    let deque = this::<Deque>(value);
    let at = position(vm, deque, index)?;
    match item {
        Some(item) => {
            let old =
                deque.items.borrow_mut().get_mut(at).map(|place| std::mem::replace(place, item.clone()));
            drop(old);
        }
        None => drop(deque.remove_at(at)),
    }
    Ok(())
}

fn contains(vm: &Vm, value: &Value, item: &Value) -> PyResult<bool> {
    let deque = this::<Deque>(value);
    Ok(find(vm, deque, (0, usize::MAX), Exc::RuntimeError, item)?.is_some())
}

fn concat(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    if b.downcast::<Deque>().is_none() {
        return vm.raise_type_of("can only concatenate deque (not \"{}\") to deque", b);
    }
    let result = copy_of(vm, a)?;
    this::<Deque>(&result).extend(vm, &result, b, false)?;
    Ok(result)
}

fn inplace_concat(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    this::<Deque>(a).extend(vm, a, b, false)?;
    Ok(a.clone())
}

/// Repeats the items in place.
fn multiply(vm: &Vm, deque: &Deque, count: &Value) -> PyResult<()> {
    let mut times = vm.repeat_count(count)?;
    let items = deque.snapshot();
    if items.is_empty() || times == 1 {
        return Ok(());
    }
    if times == 0 {
        empty(deque);
        return Ok(());
    }
    if let Some(max) = deque.maxlen.get() {
        // What falls out at the left need not be put in.
        times = times.min(max.div_ceil(items.len()) + 1);
    }
    vm.checked_len(items.len(), times, size_of::<Value>())?;
    for _ in 1..times {
        items.iter().for_each(|item| deque.append(item.clone()));
    }
    Ok(())
}

fn repeat(vm: &Vm, value: &Value, count: &Value) -> PyResult {
    let result = copy_of(vm, value)?;
    multiply(vm, this(&result), count)?;
    Ok(result)
}

fn inplace_repeat(vm: &Vm, value: &Value, count: &Value) -> PyResult {
    multiply(vm, this(value), count)?;
    Ok(value.clone())
}

/// What both iterators keep.
struct Walk {
    deque: Gc<Deque>,
    /// The deque's state when iteration began.
    state: u64,
    left: Cell<usize>,
}

impl heap::Trace for Walk {
    fn trace_value(&self, visit: heap::Visitor<'_>) {
        visit(self.deque.as_value());
    }
}

impl Walk {
    fn begin(deque: &Gc<Deque>, skip: usize) -> Walk {
        let left = Cell::new(deque.len().saturating_sub(skip));
        Walk { deque: deque.clone(), state: deque.state.get(), left }
    }

    fn next(&self, vm: &Vm, backward: bool) -> PyResult<Option<Value>> {
        if self.deque.state.get() != self.state {
            self.left.set(0);
            return vm.raise(Exc::RuntimeError, "deque mutated during iteration");
        }
        let left = self.left.get();
        if left == 0 {
            return Ok(None);
        }
        self.left.set(left - 1);
        Ok(self.deque.get(if backward { left - 1 } else { self.deque.len() - left }))
    }

    fn reduce(&self, vm: &Vm, value: &Value) -> PyResult {
        let seen = self.deque.len().saturating_sub(self.left.get());
        let state = vm.tuple(&[self.deque.to_value(), seen.into()]);
        Ok(vm.tuple(&[vm.type_of(value).to_value(), state]))
    }

    /// Arguments of the iterators' constructors: a deque and the number of items to skip.
    fn from_args(vm: &Vm, args: Args<'_>) -> PyResult<Walk> {
        let Some(deque) = args.value(1).downcast::<Deque>() else {
            let found = vm.type_name(args.value(1));
            return vm.raise(Exc::TypeError, format!("argument 1 must be collections.deque, not {found}"));
        };
        let skip = args.get(2).map_or(Ok(0), |skip| vm.to_i64(skip))?;
        Ok(Walk::begin(deque, skip.max(0) as usize))
    }
}

/// `iter(deque)`.
pub struct DequeIterator(Walk);

impl Payload for DequeIterator {
    fn trace(&self, visit: heap::Visitor<'_>) {
        heap::Trace::trace_value(&self.0, visit);
    }
}

pub static ITERATOR: TypeSpec = TypeSpec {
    name: "_deque_iterator",
    module: "collections",
    flags: 0,
    new: Some(NativeFn::new("_deque_iterator($type, deque, index=0, /)", |vm, args| {
        let class = args.value(0).downcast().expect("new gets a class");
        Ok(heap::alloc_for(class, DequeIterator(Walk::from_args(vm, args)?)).into())
    })),
    methods: &[
        NativeFn::new("__length_hint__($self, /)", |_, args| {
            Ok(args.this::<DequeIterator>().0.left.get().into())
        }),
        NativeFn::new("__reduce__($self, /)", |vm, args| {
            args.this::<DequeIterator>().0.reduce(vm, args.value(0))
        }),
    ],
    slots: Slots {
        iter: Some(same),
        next: Some(|vm, value| this::<DequeIterator>(value).0.next(vm, false)),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

/// `reversed(deque)`.
pub struct DequeReverseIterator(Walk);

impl Payload for DequeReverseIterator {
    fn trace(&self, visit: heap::Visitor<'_>) {
        heap::Trace::trace_value(&self.0, visit);
    }
}

pub static REVERSE_ITERATOR: TypeSpec = TypeSpec {
    name: "_deque_reverse_iterator",
    module: "collections",
    flags: 0,
    new: Some(NativeFn::new("_deque_reverse_iterator($type, deque, index=0, /)", |vm, args| {
        let class = args.value(0).downcast().expect("new gets a class");
        Ok(heap::alloc_for(class, DequeReverseIterator(Walk::from_args(vm, args)?)).into())
    })),
    methods: &[
        NativeFn::new("__length_hint__($self, /)", |_, args| {
            Ok(args.this::<DequeReverseIterator>().0.left.get().into())
        }),
        NativeFn::new("__reduce__($self, /)", |vm, args| {
            args.this::<DequeReverseIterator>().0.reduce(vm, args.value(0))
        }),
    ],
    slots: Slots {
        iter: Some(same),
        next: Some(|vm, value| this::<DequeReverseIterator>(value).0.next(vm, true)),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};
