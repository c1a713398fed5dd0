//! Views of a dict (`dict_keys`, `dict_values`, `dict_items`) and the six iterators over it.

use std::cell::{Cell, RefCell};

use crate::class::{BinaryFn, BinaryOp, CompareOp, N_BINARY, Slots, TypeSpec, special};
use crate::heap::{self, Gc, Kind, Payload};
use crate::native::{GetSet, NativeFn};
use crate::objects::dict::Dict;
use crate::objects::hash_table::Entry;
use crate::objects::iterators::{same, this};
use crate::objects::list::List;
use crate::objects::set::{self, Set};
use crate::objects::tuple::{PairMaker, Tuple};
use crate::protocol::sequence;
use crate::types::BuiltinType;
use crate::value::Value;
use crate::vm::Vm;
use crate::{Args, Exc, PyResult};

/// What of its entries a view or iterator shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Keys,
    Values,
    Items,
}

macro_rules! define_views {
    ($($(#[doc = $doc:literal])* $name:ident $get:ident,)*) => { $(
        $(#[doc = $doc])*
        pub struct $name(pub Gc<Dict>);

        impl Payload for $name {
            fn trace(&self, visit: heap::Visitor<'_>) {
                visit(self.0.as_value());
            }
        }

        impl $name {
            pub fn new(dict: Gc<Dict>) -> Value {
                heap::alloc(Vm::current().types.$get(), $name(dict)).into()
            }
        }
    )* };
}

define_views! {
    /// `d.keys()`.
    DictKeys dict_keys,
    /// `d.values()`.
    DictValues dict_values,
    /// `d.items()`.
    DictItems dict_items,
}

/// The dict of a view, and what the view shows.
fn parts(value: &Value) -> Option<(&Gc<Dict>, What)> {
    if let Some(view) = value.downcast::<DictKeys>() {
        return Some((&view.0, What::Keys));
    }
    if let Some(view) = value.downcast::<DictItems>() {
        return Some((&view.0, What::Items));
    }
    value.downcast::<DictValues>().map(|view| (&view.0, What::Values))
}

pub(crate) fn view_parts(value: &Value) -> (&Gc<Dict>, What) {
    parts(value).expect("slots see instances of their class")
}

/// `dict_keys` and `dict_items`, which behave like sets.
fn is_set_view(value: &Value) -> bool {
    matches!(parts(value), Some((_, What::Keys | What::Items)))
}

const SET_OPERATORS: [Option<BinaryFn>; N_BINARY] = {
    let mut slots: [Option<BinaryFn>; N_BINARY] = [None; N_BINARY];
    slots[BinaryOp::Sub as usize] = Some(subtract);
    slots[BinaryOp::And as usize] = Some(intersect);
    slots[BinaryOp::Or as usize] = Some(unite);
    slots[BinaryOp::Xor as usize] = Some(exclusive);
    slots
};

const VIEW_SLOTS: Slots = Slots { repr: Some(repr), len: Some(len), iter: Some(iter), ..Slots::NONE };

const SET_VIEW_SLOTS: Slots = Slots {
    compare: Some(compare),
    hash: Some(special::unhashable),
    contains: Some(contains),
    binary: SET_OPERATORS,
    ..VIEW_SLOTS
};

const REVERSED: NativeFn =
    NativeFn::new("__reversed__($self, /)", reversed).doc("Return a reverse iterator over the view.");
const ISDISJOINT: NativeFn = NativeFn::new("isdisjoint($self, object, /)", isdisjoint)
    .doc("Return True if the view and the given iterable have nothing in common.");
const MAPPING: GetSet = GetSet::read_only("mapping", mapping);

pub static KEYS: TypeSpec = TypeSpec {
    name: "dict_keys",
    flags: crate::class::type_flags::NO_NEW,
    methods: &[REVERSED, ISDISJOINT],
    getset: &[MAPPING],
    slots: SET_VIEW_SLOTS,
    ..TypeSpec::DEFAULT
};

pub static ITEMS: TypeSpec = TypeSpec {
    name: "dict_items",
    flags: crate::class::type_flags::NO_NEW,
    methods: &[REVERSED, ISDISJOINT],
    getset: &[MAPPING],
    slots: SET_VIEW_SLOTS,
    ..TypeSpec::DEFAULT
};

pub static VALUES: TypeSpec = TypeSpec {
    name: "dict_values",
    flags: crate::class::type_flags::NO_NEW,
    methods: &[REVERSED],
    getset: &[MAPPING],
    slots: VIEW_SLOTS,
    ..TypeSpec::DEFAULT
};

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let Some(_guard) = vm.repr_enter(value)? else { return Ok("...".into()) };
    let (dict, what) = view_parts(value);
    let items = entries(dict, what);
    let open = format!("{}([", vm.type_name(value));
    sequence::text(vm.repr_items(&open, "])", |at| items.get(at).cloned())?)
}

/// What the view shows at this moment.
fn entries(dict: &Gc<Dict>, what: What) -> Vec<Value> {
    match what {
        What::Keys => dict.keys(),
        What::Values => dict.values(),
        What::Items => {
            dict.snapshot().into_iter().map(|(key, value)| Tuple::new([key, value]).into()).collect()
        }
    }
}

fn len(_vm: &Vm, value: &Value) -> PyResult<usize> {
    Ok(view_parts(value).0.len())
}

fn iter(_vm: &Vm, value: &Value) -> PyResult {
    let (dict, what) = view_parts(value);
    Ok(DictIterator::forward(dict.clone(), what).into())
}

fn reversed(_vm: &Vm, args: Args<'_>) -> PyResult {
    let (dict, what) = view_parts(args.value(0));
    Ok(DictIterator::backward(dict.clone(), what).into())
}

fn mapping(vm: &Vm, view: &Value) -> PyResult {
    vm.call(vm.types.mappingproxy().as_value(), &[view_parts(view).0.to_value()])
}

fn contains(vm: &Vm, view: &Value, item: &Value) -> PyResult<bool> {
    let (dict, what) = view_parts(view);
    if what == What::Keys {
        return dict.contains(vm, item);
    }
    let Some([key, value]) = item.downcast::<Tuple>().map(|pair| pair.items()) else { return Ok(false) };
    match dict.get(vm, key)? {
        Some(found) => vm.eq(&found, value),
        None => Ok(false),
    }
}

fn all_contained(vm: &Vm, items: &Value, container: &Value) -> PyResult<bool> {
    let iterator = vm.iter(items)?;
    while let Some(item) = vm.next(&iterator)? {
        if !vm.contains(container, &item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    if b.downcast::<Set>().is_none() && !is_set_view(b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    vm.check_native_depth(" in comparison")?;
    let (n_a, n_b) = (vm.len(a)?, vm.len(b)?);
    let holds = match op {
        CompareOp::Eq => n_a == n_b && all_contained(vm, a, b)?,
        CompareOp::Ne => !(n_a == n_b && all_contained(vm, a, b)?),
        CompareOp::Lt => n_a < n_b && all_contained(vm, a, b)?,
        CompareOp::Le => n_a <= n_b && all_contained(vm, a, b)?,
        CompareOp::Gt => n_a > n_b && all_contained(vm, b, a)?,
        CompareOp::Ge => n_a >= n_b && all_contained(vm, b, a)?,
    };
    Ok(holds.into())
}

/// A new set of the items of an operand. A view of an exact dict's keys is copied without hashing again.
fn to_set(vm: &Vm, operand: &Value) -> PyResult<Gc<Set>> {
    let result = Set::for_class(vm.types.set());
    match parts(operand) {
        Some((dict, What::Keys)) if dict.header().is_exact() => set::update(vm, &result, dict.as_value())?,
        _ => set::update(vm, &result, operand)?,
    }
    Ok(result)
}

fn subtract(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let result = to_set(vm, a)?;
    set::difference_update(vm, &result, b)?;
    Ok(result.into())
}

fn unite(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let result = to_set(vm, a)?;
    set::update(vm, &result, b)?;
    Ok(result.into())
}

fn exclusive(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let result = to_set(vm, a)?;
    set::symmetric_difference_update(vm, &result, b)?;
    Ok(result.into())
}

fn intersect(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let (mut view, mut other) = if is_set_view(a) { (a, b) } else { (b, a) };
    let n = vm.len(view)?;
    let plain = |set: &&Gc<Set>| n <= set.len() && vm.type_of(other).is(vm.types.set());
    if let Some(set) = other.downcast_exact::<Set>().filter(plain) {
        return Ok(set::intersection(vm, set, view)?.into());
    }
    if is_set_view(other) && vm.len(other)? > n {
        std::mem::swap(&mut view, &mut other);
    }
    let result = Set::for_class(vm.types.set());
    let iterator = vm.iter(other)?;
    while let Some(item) = vm.next(&iterator)? {
        if contains(vm, view, &item)? {
            result.add(vm, item)?;
        }
    }
    Ok(result.into())
}

fn isdisjoint(vm: &Vm, args: Args<'_>) -> PyResult {
    let (mut view, mut other) = (args.value(0), args.value(1));
    if view.is(other) {
        return Ok((vm.len(view)? == 0).into());
    }
    if (other.downcast_exact::<Set>().is_some() || is_set_view(other)) && vm.len(other)? > vm.len(view)? {
        std::mem::swap(&mut view, &mut other);
    }
    let iterator = vm.iter(other)?;
    while let Some(item) = vm.next(&iterator)? {
        if vm.contains(view, &item)? {
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}

/// An iterator over a dict, of any of the six classes.
pub struct DictIterator {
    /// Gone at the end.
    pub dict: RefCell<Option<Gc<Dict>>>,
    /// The dict's length when iteration began; `usize::MAX` once it was found changed, which stays an error.
    pub expected: Cell<usize>,
    /// Where the table is looked at next: at or after it going forward, before it going backward.
    pub position: Cell<usize>,
    /// Entries not yet seen.
    pub left: Cell<usize>,
    pub what: What,
    pub backward: bool,
    pairs: PairMaker,
}

impl Payload for DictIterator {
    const KIND: Kind = Kind::DictIter;
    crate::trace_fields!(dict, pairs; skip expected, position, left, what, backward);
}

impl DictIterator {
    pub fn forward(dict: Gc<Dict>, what: What) -> Gc<DictIterator> {
        let class = match what {
            What::Keys => BuiltinType::DictKeyIterator,
            What::Values => BuiltinType::DictValueIterator,
            What::Items => BuiltinType::DictItemIterator,
        };
        DictIterator::begin(class, dict, what, 0)
    }

    pub fn backward(dict: Gc<Dict>, what: What) -> Gc<DictIterator> {
        let class = match what {
            What::Keys => BuiltinType::DictReverseKeyIterator,
            What::Values => BuiltinType::DictReverseValueIterator,
            What::Items => BuiltinType::DictReverseItemIterator,
        };
        let end = dict.table.end();
        DictIterator::begin(class, dict, what, end)
    }

    fn begin(class: BuiltinType, dict: Gc<Dict>, what: What, position: usize) -> Gc<DictIterator> {
        let n = dict.len();
        let backward = matches!(
            class,
            BuiltinType::DictReverseKeyIterator
                | BuiltinType::DictReverseValueIterator
                | BuiltinType::DictReverseItemIterator
        );
        let body = DictIterator {
            dict: RefCell::new(Some(dict)),
            expected: Cell::new(n),
            position: Cell::new(position),
            left: Cell::new(n),
            what,
            backward,
            pairs: PairMaker::default(),
        };
        heap::alloc(Vm::current().types.get(class), body)
    }

    /// The next key and value.
    ///
    /// # Errors
    /// RuntimeError "dictionary changed size during iteration", "dictionary keys changed during iteration".
    #[inline]
    pub fn next_entry(&self, vm: &Vm) -> PyResult<Option<(Value, Value)>> {
        self.advance(vm, |entry| (entry.key.clone(), entry.value.clone()))
    }

    #[inline]
    fn advance<R>(&self, vm: &Vm, take: impl FnOnce(&Entry<Value>) -> R) -> PyResult<Option<R>> {
        let guard = self.dict.borrow();
        let Some(dict) = guard.as_ref() else { return Ok(None) };
        if self.expected.get() != dict.len() {
            drop(guard);
            self.expected.set(usize::MAX);
            return vm.raise(Exc::RuntimeError, "dictionary changed size during iteration");
        }
        let position = self.position.get();
        let found =
            if self.backward { dict.table.previous_entry(position) } else { dict.table.next_entry(position) };
        let at_end = match found {
            Some((at, entry)) if self.left.get() > 0 => {
                self.left.set(self.left.get() - 1);
                self.position.set(if self.backward { at } else { at + 1 });
                return Ok(Some(take(&entry)));
            }
            found => found.is_none(),
        };
        drop(guard);
        drop(self.dict.take());
        if at_end {
            return Ok(None);
        }
        vm.raise(Exc::RuntimeError, "dictionary keys changed during iteration")
    }
}

const ITERATOR: TypeSpec = TypeSpec {
    flags: crate::class::type_flags::NO_NEW,
    methods: &[
        NativeFn::new("__length_hint__($self, /)", length_hint),
        NativeFn::new("__reduce__($self, /)", reduce),
    ],
    slots: Slots { iter: Some(same), next: Some(next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

pub static KEY_ITERATOR: TypeSpec = TypeSpec { name: "dict_keyiterator", ..ITERATOR };
pub static VALUE_ITERATOR: TypeSpec = TypeSpec { name: "dict_valueiterator", ..ITERATOR };
pub static ITEM_ITERATOR: TypeSpec = TypeSpec { name: "dict_itemiterator", ..ITERATOR };
pub static REVERSE_KEY_ITERATOR: TypeSpec = TypeSpec { name: "dict_reversekeyiterator", ..ITERATOR };
pub static REVERSE_VALUE_ITERATOR: TypeSpec = TypeSpec { name: "dict_reversevalueiterator", ..ITERATOR };
pub static REVERSE_ITEM_ITERATOR: TypeSpec = TypeSpec { name: "dict_reverseitemiterator", ..ITERATOR };

fn next(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let it = this::<DictIterator>(value);
    it.advance(vm, |entry| match it.what {
        What::Keys => entry.key.clone(),
        What::Values => entry.value.clone(),
        What::Items => it.pairs.pair(entry.key.clone(), entry.value.clone()),
    })
}

fn length_hint(_vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<DictIterator>();
    let unchanged = it.dict.borrow().as_ref().is_some_and(|dict| dict.len() == it.expected.get());
    Ok(if unchanged { it.left.get() } else { 0 }.into())
}

/// `(iter, ([what is left],))`; the iterator itself stays where it is.
fn reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<DictIterator>();
    let copy = DictIterator {
        dict: RefCell::new(it.dict.borrow().clone()),
        expected: it.expected.clone(),
        position: it.position.clone(),
        left: it.left.clone(),
        what: it.what,
        backward: it.backward,
        pairs: PairMaker::default(),
    };
    let mut rest = Vec::new();
    while let Some((key, value)) = copy.next_entry(vm)? {
        rest.push(match it.what {
            What::Keys => key,
            What::Values => value,
            What::Items => Tuple::new([key, value]).into(),
        });
    }
    Ok(vm.tuple(&[vm.builtin("iter")?, vm.tuple(&[List::new(rest).into()])]))
}
