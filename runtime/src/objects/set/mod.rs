//! `set` and `frozenset`. The algebra is in [`algebra`], the methods in [`methods`], the table in [`table`].

pub mod algebra;
pub mod methods;
pub mod table;

use std::cell::{Cell, RefCell};

pub use self::algebra::{
    difference, difference_update, intersection, is_subset, symmetric_difference_update, update,
};
use self::table::SetTable;
use crate::class::{BinaryFn, BinaryOp, CompareOp, N_BINARY, Slots, Type, TypeSpec, special, type_flags};
use crate::heap::{self, Gc, Kind, Payload};
use crate::native::NativeFn;
use crate::objects::generic_alias;
use crate::objects::iterators::same;
use crate::objects::list::List;
use crate::protocol::sequence;
use crate::value::Value;
use crate::{Args, Exc, PyResult, Vm};

/// Both classes share the payload; the class says which it is.
#[derive(Default)]
pub struct Set {
    pub table: SetTable,
    /// Hash of a frozenset, once computed.
    pub hash: Cell<Option<i64>>,
}

impl Payload for Set {
    const KIND: Kind = Kind::Set;
    crate::trace_fields!(table; skip hash);

    fn clear(&self) {
        self.table.clear();
    }
}

/// Hash of a value used as an item.
///
/// # Errors
/// TypeError "cannot use 'list' as a set element (unhashable type: 'list')", and what `__hash__` raises.
#[inline]
pub fn hash_item(vm: &Vm, item: &Value) -> PyResult<u64> {
    match vm.hash(item) {
        Ok(hash) => Ok(hash as u64),
        Err(raised) => Err(crate::objects::dict::update::unhashable(vm, item, "a set element", raised)),
    }
}

impl Set {
    /// An empty `set`.
    pub fn new(vm: &Vm) -> Gc<Set> {
        Set::for_class(vm.types.set())
    }

    /// An empty `set`, `frozenset` or instance of a derived class.
    pub fn for_class(cls: &Gc<Type>) -> Gc<Set> {
        heap::alloc_for(cls, Set::default())
    }

    /// A `set` of items, added one by one as a set display does.
    ///
    /// # Errors
    /// As [`Set::add`].
    pub fn from_slice(vm: &Vm, items: &[Value]) -> PyResult<Gc<Set>> {
        let set = Set::new(vm);
        for item in items {
            set.add(vm, item.clone())?;
        }
        Ok(set)
    }

    /// Adds an item; whether it was new.
    ///
    /// # Errors
    /// TypeError for an unhashable item, and what `__hash__` and `__eq__` raise.
    #[inline]
    pub fn add(&self, vm: &Vm, item: Value) -> PyResult<bool> {
        let hash = hash_item(vm, &item)?;
        self.table.add(vm, &item, hash)
    }

    /// As the `in` operator: a set stands for the frozenset of its items.
    pub fn contains(&self, vm: &Vm, item: &Value) -> PyResult<bool> {
        let hash = lookup_hash(vm, item)?;
        self.table.contains(vm, item, hash)
    }

    /// Removes an item, found as [`Set::contains`] does; whether it was there.
    pub fn remove(&self, vm: &Vm, item: &Value) -> PyResult<bool> {
        let hash = lookup_hash(vm, item)?;
        Ok(self.table.remove(vm, item, hash)?.is_some())
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// The items at this moment.
    pub fn snapshot(&self) -> Vec<Value> {
        let mut out = Vec::with_capacity(self.len());
        let mut position = 0;
        while let Some((next, item, _)) = self.table.next(position) {
            out.push(item);
            position = next;
        }
        out
    }
}

/// Hash of an item to look for or to remove, where an unhashable set stands for the frozenset of its items.
#[inline]
fn lookup_hash(vm: &Vm, item: &Value) -> PyResult<u64> {
    match vm.hash(item) {
        Ok(hash) => Ok(hash as u64),
        Err(raised) => {
            if let Some(set) = item.downcast::<Set>() {
                if !is_frozen(vm, item) && vm.raised_is(&raised, Exc::TypeError) {
                    drop(vm.take_raised(raised));
                    return Ok(set.table.frozen_hash() as u64);
                }
            }
            Err(crate::objects::dict::update::unhashable(vm, item, "a set element", raised))
        }
    }
}

/// Whether a set is a `frozenset` (or of a derived class).
fn is_frozen(vm: &Vm, value: &Value) -> bool {
    vm.is_instance_of(value, vm.types.frozenset())
}

/// A frozenset of constants, which are all hashable.
pub fn frozen_of_constants(vm: &Vm, items: &[Value]) -> Value {
    let set = Set::for_class(vm.types.frozenset());
    for item in items {
        if let Err(raised) = set.add(vm, item.clone()) {
            drop(vm.take_raised(raised));
        }
    }
    set.into()
}

const OPERATORS: [Option<BinaryFn>; N_BINARY] = {
    let mut slots: [Option<BinaryFn>; N_BINARY] = [None; N_BINARY];
    slots[BinaryOp::Sub as usize] = Some(algebra::subtract);
    slots[BinaryOp::And as usize] = Some(algebra::and);
    slots[BinaryOp::Or as usize] = Some(algebra::or);
    slots[BinaryOp::Xor as usize] = Some(algebra::xor);
    slots
};

const INPLACE_OPERATORS: [Option<BinaryFn>; N_BINARY] = {
    let mut slots: [Option<BinaryFn>; N_BINARY] = [None; N_BINARY];
    slots[BinaryOp::Sub as usize] = Some(algebra::inplace_subtract);
    slots[BinaryOp::And as usize] = Some(algebra::inplace_and);
    slots[BinaryOp::Or as usize] = Some(algebra::inplace_or);
    slots[BinaryOp::Xor as usize] = Some(algebra::inplace_xor);
    slots
};

const SLOTS: Slots = Slots {
    repr: Some(repr),
    compare: Some(compare),
    iter: Some(iter),
    len: Some(len),
    contains: Some(contains),
    binary: OPERATORS,
    ..Slots::NONE
};

const CLASS_GETITEM: &[NativeFn] =
    &[NativeFn::new("__class_getitem__($type, object, /)", generic_alias::class_getitem).doc("See PEP 585")];

pub static SET: TypeSpec = TypeSpec {
    name: "set",
    doc: "Collection of distinct items in no order.",
    flags: type_flags::BASE_TYPE | type_flags::MATCH_SELF | type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("set", new_set)),
    init: Some(NativeFn::new("set($self, iterable=(), /)", init)),
    methods: methods::SET,
    class_methods: CLASS_GETITEM,
    slots: Slots { hash: Some(special::unhashable), inplace: INPLACE_OPERATORS, ..SLOTS },
    ..TypeSpec::DEFAULT
};

pub static FROZENSET: TypeSpec = TypeSpec {
    name: "frozenset",
    doc: "Immutable collection of distinct items in no order.",
    flags: type_flags::BASE_TYPE | type_flags::MATCH_SELF | type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("frozenset!($type, iterable=(), /)", new_frozenset)),
    methods: methods::FROZENSET,
    class_methods: CLASS_GETITEM,
    slots: Slots { hash: Some(hash), ..SLOTS },
    ..TypeSpec::DEFAULT
};

/// The payload of `self` in a slot.
#[inline(always)]
pub(crate) fn this(value: &Value) -> &Gc<Set> {
    value.downcast().expect("slots see instances of their class")
}

/// Arguments are `__init__`'s business.
fn new_set(_vm: &Vm, args: Args<'_>) -> PyResult {
    let class = args.value(0).downcast::<Type>().expect("__new__ checks its class");
    Ok(Set::for_class(class).into())
}

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    let set = args.this::<Set>();
    set.table.clear();
    set.hash.set(None);
    if let Some(iterable) = args.get(1) {
        update(vm, set, iterable)?;
    }
    Ok(Value::NONE)
}

fn new_frozenset(vm: &Vm, args: Args<'_>) -> PyResult {
    let class = args.value(0).downcast::<Type>().expect("__new__ checks its class");
    let given = args.skip_first();
    if !super::has_own_init(vm, class, vm.types.frozenset()) {
        given.no_keywords(vm, "frozenset")?;
    }
    crate::native::binding::check_positional_count(vm, "frozenset", given.len(), 0, 1)?;
    let Some(iterable) = given.get(0) else { return Ok(Set::for_class(class).into()) };
    if !class.is_heap_type() && vm.type_of(iterable).is(vm.types.frozenset()) {
        return Ok(iterable.clone());
    }
    let set = Set::for_class(class);
    update(vm, &set, iterable)?;
    Ok(set.into())
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let set = this(value);
    let name = vm.type_name(value);
    let Some(_guard) = vm.repr_enter(value)? else { return Ok(format!("{name}(...)").into()) };
    if set.is_empty() {
        return Ok(format!("{name}()").into());
    }
    let items = set.snapshot();
    let plain = vm.type_of(value).is(vm.types.set());
    let (open, close) = if plain { ("{".to_string(), "}") } else { (format!("{name}({{"), "})") };
    sequence::text(vm.repr_items(&open, close, |at| items.get(at).cloned())?)
}

fn hash(_vm: &Vm, value: &Value) -> PyResult<i64> {
    let set = this(value);
    if let Some(hash) = set.hash.get() {
        return Ok(hash);
    }
    let hash = set.table.frozen_hash();
    set.hash.set(Some(hash));
    Ok(hash)
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let Some(other) = b.downcast::<Set>() else { return Ok(Value::NOT_IMPLEMENTED) };
    vm.check_native_depth(" in comparison")?;
    let set = this(a);
    let equal = || {
        let hashes_differ = matches!((set.hash.get(), other.hash.get()), (Some(x), Some(y)) if x != y);
        Ok(!hashes_differ && set.len() == other.len() && is_subset(vm, set, other)?)
    };
    let holds = match op {
        CompareOp::Eq => equal()?,
        CompareOp::Ne => !equal()?,
        CompareOp::Le => is_subset(vm, set, other)?,
        CompareOp::Ge => is_subset(vm, other, set)?,
        CompareOp::Lt => set.len() < other.len() && is_subset(vm, set, other)?,
        CompareOp::Gt => set.len() > other.len() && is_subset(vm, other, set)?,
    };
    Ok(holds.into())
}

fn iter(vm: &Vm, value: &Value) -> PyResult {
    let set = this(value).clone();
    let n = set.len();
    let body = SetIterator {
        set: RefCell::new(Some(set)),
        expected: Cell::new(n),
        position: Cell::new(0),
        left: Cell::new(n),
    };
    Ok(heap::alloc(vm.types.set_iterator(), body).into())
}

fn len(_vm: &Vm, value: &Value) -> PyResult<usize> {
    Ok(this(value).len())
}

fn contains(vm: &Vm, value: &Value, item: &Value) -> PyResult<bool> {
    this(value).contains(vm, item)
}

/// `iter(set)`.
pub struct SetIterator {
    /// Gone at the end.
    set: RefCell<Option<Gc<Set>>>,
    /// The set's length when iteration began; `usize::MAX` once it was found changed, which stays an error.
    expected: Cell<usize>,
    position: Cell<usize>,
    left: Cell<usize>,
}

impl Payload for SetIterator {
    crate::trace_fields!(set; skip expected, position, left);
}

impl SetIterator {
    #[inline]
    pub fn next(&self, vm: &Vm) -> PyResult<Option<Value>> {
        let guard = self.set.borrow();
        let Some(set) = guard.as_ref() else { return Ok(None) };
        if set.len() != self.expected.get() {
            drop(guard);
            self.expected.set(usize::MAX);
            return vm.raise(Exc::RuntimeError, "Set changed size during iteration");
        }
        if let Some((position, item, _)) = set.table.next(self.position.get()) {
            self.position.set(position);
            self.left.set(self.left.get().saturating_sub(1));
            return Ok(Some(item));
        }
        drop(guard);
        drop(self.set.take());
        Ok(None)
    }
}

pub static SET_ITERATOR: TypeSpec = TypeSpec {
    name: "set_iterator",
    flags: type_flags::NO_NEW,
    methods: &[
        NativeFn::new("__length_hint__($self, /)", length_hint),
        NativeFn::new("__reduce__($self, /)", reduce_iterator),
    ],
    slots: Slots { iter: Some(same), next: Some(next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    super::iterators::this::<SetIterator>(value).next(vm)
}

fn length_hint(_vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<SetIterator>();
    let unchanged = it.set.borrow().as_ref().is_some_and(|set| set.len() == it.expected.get());
    Ok(if unchanged { it.left.get() } else { 0 }.into())
}

fn reduce_iterator(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<SetIterator>();
    let copy = SetIterator {
        set: RefCell::new(it.set.borrow().clone()),
        expected: it.expected.clone(),
        position: it.position.clone(),
        left: it.left.clone(),
    };
    let mut rest = Vec::new();
    while let Some(item) = copy.next(vm)? {
        rest.push(item);
    }
    Ok(vm.tuple(&[vm.builtin("iter")?, vm.tuple(&[List::new(rest).into()])]))
}
