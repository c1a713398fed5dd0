//! `collections.OrderedDict`: a dict whose entries can be moved to either end, with its views and iterator.
//!
//! Its payload is that of `dict`, which keeps order already. Methods of a Python subclass that it overrides are respected where CPython
//! does so.

use std::cell::{Cell, RefCell};

use super::dict::{self, Dict, hash_key, one_slot};
use super::dict_views::{DictItems, DictKeys, DictValues, What, view_parts};
use super::iterators::{same, this as payload};
use super::list::List;
use super::object::DICT_GETSET;
use super::tuple::Tuple;
use crate::class::{BinaryOp, CompareOp, Slots, Type, TypeSpec, special, type_flags};
use crate::heap::{self, Payload};
use crate::native::{Args, NativeFn};
use crate::protocol::sequence;
use crate::value::Value;
use crate::{Exc, Gc, PyResult, Vm};

pub static TYPE: TypeSpec = TypeSpec {
    name: "OrderedDict",
    module: "collections",
    doc: "Dictionary that remembers insertion order",
    flags: type_flags::BASE_TYPE
        | type_flags::DERIVED
        | type_flags::WITH_EXTRA
        | type_flags::HAS_DICT
        | type_flags::HAS_WEAKREF,
    init: Some(NativeFn::new("OrderedDict", init)),
    methods: &[
        NativeFn::new("setdefault($self, /, key, default=None)", setdefault)
            .doc("Insert key with a value of default if key is not in the dictionary.\n\nReturn the value for key if key is in the dictionary, else default."),
        NativeFn::new("pop($self, /, key, default=<unrepresentable>)", pop)
            .doc("Remove key and return its value; default, if given, where it is absent."),
        NativeFn::new("popitem($self, /, last=True)", popitem)
            .doc("Remove and return the pair added last, or first if last is false."),
        NativeFn::new("move_to_end($self, /, key, last=True)", move_to_end)
            .doc("Move an existing key to the end, or to the beginning if last is false."),
        NativeFn::new("keys($self, /)", keys),
        NativeFn::new("values($self, /)", values),
        NativeFn::new("items($self, /)", items),
        NativeFn::new("update", update),
        NativeFn::new("clear($self, /)", clear),
        NativeFn::new("copy($self, /)", copy).doc("A shallow copy of the dictionary."),
        NativeFn::new("__reversed__($self, /)", reversed),
        NativeFn::new("__reduce__($self, /)", reduce).doc("Return what pickling needs."),
        NativeFn::new("__sizeof__($self, /)", sizeof),
    ],
    class_methods: &[NativeFn::new("fromkeys($type, /, iterable, value=None)", fromkeys)
        .doc("Create a new ordered dictionary with keys from iterable and values set to value.")],
    getset: &[DICT_GETSET],
    slots: Slots {
        repr: Some(repr),
        hash: Some(special::unhashable),
        compare: Some(compare),
        iter: Some(|vm, value| Ok(OrderedDictIterator::begin(vm, this(value), What::Keys, false))),
        binary: one_slot(BinaryOp::Or, or),
        inplace: one_slot(BinaryOp::Or, inplace_or),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

fn this(value: &Value) -> &Gc<Dict> {
    value.downcast().expect("slots see instances of their class")
}

/// Whether no Python class can have overridden anything.
fn is_plain(vm: &Vm, value: &Value) -> bool {
    vm.type_of(value).is(vm.types.ordered_dict())
}

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    let given = args.skip_first();
    if given.len() > 1 {
        let message = format!("expected at most 1 argument, got {}", given.len());
        return vm.raise(Exc::TypeError, message);
    }
    fill(vm, args.value(0), given)
}

fn update(vm: &Vm, args: Args<'_>) -> PyResult {
    let given = args.skip_first();
    if given.len() > 1 {
        let message = format!("update() takes at most 1 positional argument ({} given)", given.len());
        return vm.raise(Exc::TypeError, message);
    }
    fill(vm, args.value(0), given)
}

fn fill(vm: &Vm, dict: &Value, given: Args<'_>) -> PyResult {
    if let Some(source) = given.get(0) {
        add_all(vm, dict, source)?;
    }
    for (name, value) in given.keywords() {
        vm.set_item(dict, name.as_value(), value)?;
    }
    Ok(Value::NONE)
}

/// Adds what a mapping or an iterable of pairs holds, through `__setitem__`.
fn add_all(vm: &Vm, dict: &Value, source: &Value) -> PyResult<()> {
    if let Some(plain) = source.downcast_exact::<Dict>() {
        for (key, value) in plain.snapshot() {
            vm.set_item(dict, &key, &value)?;
        }
        return Ok(());
    }
    if let Some(keys) = vm.get_attr_opt(source, &vm.names.keys)? {
        let keys = vm.call(&keys, &[])?;
        return vm.for_each(&keys, |key| {
            let value = vm.get_item(source, &key)?;
            vm.set_item(dict, &key, &value)
        });
    }
    let pairs = match vm.get_attr_opt(source, &vm.names.items)? {
        Some(items) => vm.call(&items, &[])?,
        None => source.clone(),
    };
    vm.for_each(&pairs, |pair| {
        let items = vm.collect(&pair)?;
        match items.as_slice() {
            [key, value] => vm.set_item(dict, key, value),
            [] | [_] => {
                let plural = if items.len() == 1 { "" } else { "s" };
                let message = format!("need more than {} value{plural} to unpack", items.len());
                vm.raise(Exc::ValueError, message)
            }
            _ => vm.raise(Exc::ValueError, "too many values to unpack (expected 2)"),
        }
    })
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let name = vm.type_of(value).name_text();
    if this(value).is_empty() {
        return Ok(format!("{name}()").into());
    }
    let Some(_guard) = vm.repr_enter(value)? else { return Ok("...".into()) };
    let plain: Value = this(value).copy().into();
    let text = vm.repr(&plain)?;
    sequence::text([name.as_bytes(), b"(", text.as_bytes(), b")"].concat())
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let Some(other) = b.downcast::<Dict>().filter(|_| matches!(op, CompareOp::Eq | CompareOp::Ne)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let dict = this(a);
    let mut equal = dict::equal(vm, dict, other)?;
    if equal && vm.is_instance_of(b, vm.types.ordered_dict()) {
        let (keys_a, keys_b) = (dict.keys(), other.keys());
        equal = keys_a.len() == keys_b.len();
        for (x, y) in keys_a.iter().zip(&keys_b) {
            equal = equal && vm.eq(x, y)?;
        }
    }
    Ok((equal == (op == CompareOp::Eq)).into())
}

fn or(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let is_ordered = |value: &Value| vm.is_instance_of(value, vm.types.ordered_dict());
    let (own, other) = if is_ordered(a) { (a, b) } else { (b, a) };
    if other.downcast::<Dict>().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let new = vm.call(vm.type_of(own).as_value(), std::slice::from_ref(a))?;
    add_all(vm, &new, b)?;
    Ok(new)
}

fn inplace_or(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    add_all(vm, a, b)?;
    Ok(a.clone())
}

fn setdefault(vm: &Vm, args: Args<'_>) -> PyResult {
    let (dict, key) = (args.value(0), args.value(1));
    let none = Value::NONE;
    let default = args.get(2).unwrap_or(&none);
    if is_plain(vm, dict) {
        return this(dict).get_or_insert(vm, key, default);
    }
    if vm.contains(dict, key)? {
        return vm.get_item(dict, key);
    }
    vm.set_item(dict, key, default)?;
    Ok(default.clone())
}

/// Removes a key and gives its value, respecting what a subclass overrides.
fn take(vm: &Vm, dict: &Value, key: &Value) -> PyResult<Option<Value>> {
    if is_plain(vm, dict) {
        return Ok(this(dict).remove(vm, key)?.map(|entry| entry.1));
    }
    if !vm.contains(dict, key)? {
        return Ok(None);
    }
    let value = vm.get_item(dict, key)?;
    vm.del_item(dict, key)?;
    Ok(Some(value))
}

fn pop(vm: &Vm, args: Args<'_>) -> PyResult {
    match (take(vm, args.value(0), args.value(1))?, args.get(2)) {
        (Some(value), _) => Ok(value),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => vm.raise_key_error(args.value(1)),
    }
}

fn popitem(vm: &Vm, args: Args<'_>) -> PyResult {
    let last = args.get(1).map_or(Ok(true), |last| vm.truth(last))?;
    let table = &this(args.value(0)).table;
    let entry = if last { table.previous_entry(usize::MAX) } else { table.next_entry(0) };
    let Some((at, key)) = entry.map(|(at, entry)| (at, entry.key.clone())) else {
        return vm.raise(Exc::KeyError, "dictionary is empty");
    };
    if is_plain(vm, args.value(0)) {
        let (key, value) = table.remove_at(at);
        return Ok(vm.tuple(&[key, value]));
    }
    match take(vm, args.value(0), &key)? {
        Some(value) => Ok(vm.tuple(&[key, value])),
        None => vm.raise_key_error(&key),
    }
}

fn move_to_end(vm: &Vm, args: Args<'_>) -> PyResult {
    let last = args.get(2).map_or(Ok(true), |last| vm.truth(last))?;
    let (dict, key) = (args.this::<Dict>(), args.value(1));
    let hash = hash_key(vm, key)?;
    match dict.table.find(vm, key, hash)? {
        Some(at) => {
            dict.table.move_to_edge(at, last);
            Ok(Value::NONE)
        }
        None => vm.raise_key_error(key),
    }
}

fn keys(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(heap::alloc(vm.types.odict_keys(), DictKeys(args.this::<Dict>().clone())).into())
}

fn values(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(heap::alloc(vm.types.odict_values(), DictValues(args.this::<Dict>().clone())).into())
}

fn items(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(heap::alloc(vm.types.odict_items(), DictItems(args.this::<Dict>().clone())).into())
}

fn clear(_vm: &Vm, args: Args<'_>) -> PyResult {
    args.this::<Dict>().clear();
    Ok(Value::NONE)
}

fn copy(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    let new = vm.call(vm.type_of(value).as_value(), &[])?;
    for key in this(value).keys() {
        let item = vm.get_item(value, &key)?;
        vm.set_item(&new, &key, &item)?;
    }
    // Attributes go along.
    let attributes = vm.instance_dict(value).filter(|dict| !dict.is_empty());
    if let (Some(attributes), Some(own)) = (attributes, vm.instance_dict(&new)) {
        dict::update::update(vm, &own, attributes.as_value())?;
    }
    Ok(new)
}

fn reversed(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(OrderedDictIterator::begin(vm, args.this::<Dict>(), What::Keys, true))
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    let state = vm.call_method(value, &vm.names.__getstate__, &[])?;
    let items = vm.call_method(value, &vm.names.items, &[])?;
    let items = vm.iter(&items)?;
    let class = vm.type_of(value).to_value();
    Ok(vm.tuple(&[class, vm.empty_tuple().into(), state, Value::NONE, items]))
}

fn sizeof(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok((size_of::<heap::Object<Dict>>() + args.this::<Dict>().table.size_bytes()).into())
}

fn fromkeys(vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.get(2).cloned().unwrap_or(Value::NONE);
    debug_assert!(args.value(0).downcast::<Type>().is_some());
    let new = vm.call(args.value(0), &[])?;
    vm.for_each(args.value(1), |key| vm.set_item(&new, &key, &value))?;
    Ok(new)
}

const VIEW: TypeSpec = TypeSpec {
    flags: type_flags::NO_NEW | type_flags::DERIVED,
    methods: &[NativeFn::new("__reversed__($self, /)", |vm, args| {
        let (dict, what) = view_parts(args.value(0));
        Ok(OrderedDictIterator::begin(vm, dict, what, true))
    })],
    slots: Slots {
        iter: Some(|vm, view| {
            let (dict, what) = view_parts(view);
            Ok(OrderedDictIterator::begin(vm, dict, what, false))
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

pub static KEYS: TypeSpec = TypeSpec { name: "odict_keys", ..VIEW };
pub static VALUES: TypeSpec = TypeSpec { name: "odict_values", ..VIEW };
pub static ITEMS: TypeSpec = TypeSpec { name: "odict_items", ..VIEW };

/// Iterator over an `OrderedDict` or one of its views.
pub struct OrderedDictIterator {
    /// Gone at the end.
    dict: RefCell<Option<Gc<Dict>>>,
    /// The table's count of changes when iteration began.
    changes: u32,
    position: Cell<usize>,
    what: What,
    backward: bool,
}

impl Payload for OrderedDictIterator {
    crate::trace_fields!(dict; skip changes, position, what, backward);
}

impl OrderedDictIterator {
    fn begin(vm: &Vm, dict: &Gc<Dict>, what: What, backward: bool) -> Value {
        let body = OrderedDictIterator {
            dict: RefCell::new(Some(dict.clone())),
            changes: dict.table.changes(),
            position: Cell::new(if backward { usize::MAX } else { 0 }),
            what,
            backward,
        };
        heap::alloc(vm.types.odict_iterator(), body).into()
    }

    fn next(&self, vm: &Vm) -> PyResult<Option<Value>> {
        let guard = self.dict.borrow();
        let Some(dict) = guard.as_ref() else { return Ok(None) };
        if dict.table.changes() != self.changes {
            drop(guard);
            drop(self.dict.take());
            return vm.raise(Exc::RuntimeError, "OrderedDict mutated during iteration");
        }
        let position = self.position.get();
        let found =
            if self.backward { dict.table.previous_entry(position) } else { dict.table.next_entry(position) };
        let item = found.map(|(at, entry)| {
            self.position.set(if self.backward { at } else { at + 1 });
            match self.what {
                What::Keys => entry.key.clone(),
                What::Values => entry.value.clone(),
                What::Items => Tuple::new([entry.key.clone(), entry.value.clone()]).into(),
            }
        });
        drop(guard);
        if item.is_none() {
            drop(self.dict.take());
        }
        Ok(item)
    }
}

pub static ITERATOR: TypeSpec = TypeSpec {
    name: "odict_iterator",
    flags: type_flags::NO_NEW,
    methods: &[NativeFn::new("__reduce__($self, /)", reduce_iterator)],
    slots: Slots {
        iter: Some(same),
        next: Some(|vm, value| payload::<OrderedDictIterator>(value).next(vm)),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

/// `(iter, ([what is left],))`; the iterator itself stays where it is.
fn reduce_iterator(vm: &Vm, args: Args<'_>) -> PyResult {
    let it = args.this::<OrderedDictIterator>();
    let copy = OrderedDictIterator {
        dict: RefCell::new(it.dict.borrow().clone()),
        changes: it.changes,
        position: it.position.clone(),
        what: it.what,
        backward: it.backward,
    };
    let mut rest = Vec::new();
    while let Some(item) = copy.next(vm)? {
        rest.push(item);
    }
    Ok(vm.tuple(&[vm.builtin("iter")?, vm.tuple(&[List::new(rest).into()])]))
}
