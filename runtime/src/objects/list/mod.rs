//! `list`: growable sequence. Methods are in [`methods`], sorting in [`sort`], slices in [`slices`].

pub mod methods;
mod plain_sort;
pub mod slices;
pub mod sort;

use std::cell::RefCell;
use std::ops::ControlFlow;

use crate::class::{CompareOp, Slots, Type, TypeSpec, special, type_flags};
use crate::heap::{self, Gc, Kind, Payload};
use crate::native::NativeFn;
use crate::objects::generic_alias;
use crate::objects::iterators::{ListIterator, ListReverseIterator};
use crate::objects::slice::Slice;
use crate::objects::tuple::Tuple;
use crate::protocol::sequence;
use crate::value::Value;
use crate::vm::Vm;
use crate::vm::drain::Sink;
use crate::{Args, PyResult};

/// Items are borrowed for moments only, never across anything that can run Python code.
pub struct List {
    pub items: RefCell<Vec<Value>>,
}

impl Payload for List {
    const KIND: Kind = Kind::List;
    crate::trace_fields!(items);

    fn clear(&self) {
        drop_last_first(std::mem::take(&mut *self.items.borrow_mut()));
    }
}

impl Drop for List {
    fn drop(&mut self) {
        drop_last_first(std::mem::take(self.items.get_mut()));
    }
}

/// Drops items in the order in which CPython's lists let go of theirs: finalisers show it.
pub fn drop_last_first(mut items: Vec<Value>) {
    while let Some(item) = items.pop() {
        drop(item);
    }
}

/// The end of a list, where items are added.
struct End<'a>(&'a List);

impl Sink for End<'_> {
    fn take(&mut self, item: Value) -> Option<Value> {
        self.0.items.borrow_mut().take(item)
    }

    fn take_slowly(&mut self, vm: &Vm, item: Value) -> PyResult<ControlFlow<()>> {
        self.0.items.borrow_mut().take_slowly(vm, item)
    }
}

impl List {
    pub fn new(items: Vec<Value>) -> Gc<List> {
        heap::alloc(Vm::current().types.list(), List { items: RefCell::new(items) })
    }

    pub fn from_slice(items: &[Value]) -> Gc<List> {
        List::new(items.to_vec())
    }

    /// An instance of `list` or of a Python class derived from it.
    pub fn for_class(cls: &Gc<Type>, items: Vec<Value>) -> Gc<List> {
        heap::alloc_for(cls, List { items: RefCell::new(items) })
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.items.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Item `index`, counted from the front.
    #[inline(always)]
    #[allow(unsafe_code)]
    pub fn get(&self, index: usize) -> Option<Value> {
        // SAFETY: as in `get_signed`.
        unsafe { self.items.try_borrow_unguarded() }.ok()?.get(index).cloned()
    }

    /// Item `index`, counted from the end if negative.
    #[inline(always)]
    #[allow(unsafe_code)]
    pub fn get_signed(&self, index: i64) -> Option<Value> {
        // SAFETY: nothing that could change the list runs before the reference goes out of use.
        let Ok(items) = (unsafe { self.items.try_borrow_unguarded() }) else { return None };
        // What is still negative is past every length as an unsigned number.
        let at = if index < 0 { index.wrapping_add(items.len() as i64) } else { index };
        items.get(at as usize).cloned()
    }

    /// Replaces item `index` (counted from the end if negative) by what `item` gives, if in range, and gives the old one. `item` runs no
    /// Python code.
    #[inline(always)]
    pub(crate) fn replace_with(&self, index: i64, item: impl FnOnce() -> Value) -> Option<Value> {
        let mut items = self.items.borrow_mut();
        let at = if index < 0 { index.wrapping_add(items.len() as i64) } else { index };
        items.get_mut(at as usize).map(|slot| std::mem::replace(slot, item()))
    }

    /// Replaces item `index` (counted from the end if negative) and gives the old one; `Err` gives `item` back if out of range.
    #[inline]
    pub fn set_signed(&self, index: i64, item: Value) -> Result<Value, Value> {
        let mut items = self.items.borrow_mut();
        match crate::protocol::clamp_index(index, items.len()) {
            Some(at) => Ok(std::mem::replace(&mut items[at], item)),
            None => Err(item),
        }
    }

    #[inline]
    pub fn push(&self, item: Value) {
        self.items.borrow_mut().push(item);
    }

    /// Removes and gives the last item.
    #[inline]
    pub fn pop(&self) -> Option<Value> {
        self.items.borrow_mut().pop()
    }

    /// The items at this moment.
    pub fn snapshot(&self) -> Vec<Value> {
        self.items.borrow().clone()
    }

    /// Appends all items of an iterable, one by one as they come.
    ///
    /// # Errors
    /// What iteration raises; items got before stay.
    pub fn extend(&self, vm: &Vm, iterable: &Value) -> PyResult<()> {
        let known = if let Some(tuple) = iterable.downcast_exact::<Tuple>() {
            Some(tuple.items().to_vec())
        } else if let Some(list) = iterable.downcast_exact::<List>() {
            Some(list.snapshot())
        } else {
            iterable.downcast_exact::<crate::objects::dict::Dict>().map(|dict| dict.keys())
        };
        if let Some(mut more) = known {
            self.items.borrow_mut().append(&mut more);
            return Ok(());
        }
        let iterator = vm.iter(iterable)?;
        // All at once, so that what cannot fit fails before it has filled the memory.
        let hint = vm.length_hint(iterable, 0)?;
        if hint > 0 {
            vm.try_reserve(&mut self.items.borrow_mut(), hint)?;
        }
        vm.pour(&iterator, &mut End(self))
    }
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "list",
    doc: "Built-in mutable sequence.\n\nIf no argument is given, the constructor creates a new empty list.\nThe argument must be an iterable if specified.",
    flags: type_flags::BASE_TYPE | type_flags::SEQUENCE | type_flags::MATCH_SELF,
    new: Some(NativeFn::new("list", new)),
    init: Some(NativeFn::new("list!($self, iterable=(), /)", init)),
    methods: methods::METHODS,
    class_methods: &[
        NativeFn::new("__class_getitem__($type, object, /)", generic_alias::class_getitem).doc("See PEP 585")
    ],
    slots: Slots {
        repr: Some(repr),
        hash: Some(special::unhashable),
        compare: Some(compare),
        iter: Some(iter),
        len: Some(len),
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

/// The payload of `self` in a slot.
#[inline(always)]
pub(crate) fn this(value: &Value) -> &Gc<List> {
    value.downcast().expect("slots see instances of their class")
}

/// Arguments are `__init__`'s business.
fn new(_vm: &Vm, args: Args<'_>) -> PyResult {
    let class = args.value(0).downcast::<Type>().expect("__new__ checks its class");
    Ok(List::for_class(class, Vec::new()).into())
}

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    let list = args.this::<List>();
    if args.has_keywords() && !super::has_own_new(vm, vm.type_of(args.value(0)), vm.types.list()) {
        args.no_keywords(vm, "list")?;
    }
    crate::native::binding::check_positional_count(vm, "list", args.values.len() - 1, 0, 1)?;
    drop(std::mem::take(&mut *list.items.borrow_mut()));
    if let Some(iterable) = args.get(1) {
        list.extend(vm, iterable)?;
    }
    Ok(Value::NONE)
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let list = this(value);
    if list.is_empty() {
        return Ok("[]".into());
    }
    let Some(_guard) = vm.repr_enter(value)? else { return Ok("[...]".into()) };
    sequence::text(vm.repr_items("[", "]", |at| list.get(at))?)
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let Some(b) = b.downcast::<List>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let a = this(a);
    if a.len() != b.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok((op == CompareOp::Ne).into());
    }
    vm.compare_sequences(op, |at| a.get(at), |at| b.get(at))
}

fn iter(_vm: &Vm, value: &Value) -> PyResult {
    Ok(ListIterator::new(this(value).clone()).into())
}

/// `reversed(list)`.
pub(crate) fn reversed(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(ListReverseIterator::new(args.this::<List>().clone()).into())
}

fn len(_vm: &Vm, value: &Value) -> PyResult<usize> {
    Ok(this(value).len())
}

fn get_item(vm: &Vm, value: &Value, index: &Value) -> PyResult {
    let list = this(value);
    if let Some(slice) = index.downcast::<Slice>() {
        return slices::get(vm, list, slice);
    }
    if !vm.has_index(index) {
        return vm.raise_bad_index("list", index);
    }
    let at = vm.item_position(index, list.len(), "list")?;
    // `__index__` may have shortened the list after its length was taken.
    match list.get(at) {
        Some(item) => Ok(item),
        None => vm.raise(crate::Exc::IndexError, "list index out of range"),
    }
}

fn set_item(vm: &Vm, value: &Value, index: &Value, item: Option<&Value>) -> PyResult<()> {
    let list = this(value);
    if let Some(slice) = index.downcast::<Slice>() {
        return match item {
            Some(items) => slices::set(vm, list, slice, items),
            None => slices::delete(vm, list, slice),
        };
    }
    if !vm.has_index(index) {
        return vm.raise_bad_index("list", index);
    }
    let at = match index.as_small_int() {
        Some(n) => n,
        None => vm.index_i64(index, crate::Exc::IndexError)?,
    };
    let Some(at) = crate::protocol::clamp_index(at, list.len()) else {
        return vm.raise(crate::Exc::IndexError, "list assignment index out of range");
    };
    let old = match item {
        Some(item) => std::mem::replace(&mut list.items.borrow_mut()[at], item.clone()),
        None => list.items.borrow_mut().remove(at),
    };
    drop(old);
    Ok(())
}

fn contains(vm: &Vm, value: &Value, item: &Value) -> PyResult<bool> {
    let list = this(value);
    let mut at = 0;
    while let Some(other) = list.get(at) {
        if vm.eq(&other, item)? {
            return Ok(true);
        }
        at += 1;
    }
    Ok(false)
}

fn concat(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    let Some(right) = b.downcast::<List>() else {
        return vm.raise_type_of("can only concatenate list (not \"{}\") to list", b);
    };
    let (left, right) = (this(a).items.borrow(), right.items.borrow());
    let total = vm.checked_len(left.len() + right.len(), 1, size_of::<Value>())?;
    let mut items = Vec::with_capacity(total);
    items.extend_from_slice(&left);
    items.extend_from_slice(&right);
    Ok(List::new(items).into())
}

fn inplace_concat(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    this(a).extend(vm, b)?;
    Ok(a.clone())
}

fn repeated(vm: &Vm, items: &[Value], times: usize) -> PyResult<Vec<Value>> {
    let total = vm.checked_len(items.len(), times, size_of::<Value>())?;
    if let [item] = items {
        return Ok(vec![item.clone(); total]);
    }
    let mut out = Vec::with_capacity(total);
    for _ in 0..if items.is_empty() { 0 } else { times } {
        out.extend_from_slice(items);
    }
    Ok(out)
}

fn repeat(vm: &Vm, value: &Value, count: &Value) -> PyResult {
    let times = vm.repeat_count(count)?;
    let items = repeated(vm, &this(value).items.borrow(), times)?;
    Ok(List::new(items).into())
}

fn inplace_repeat(vm: &Vm, value: &Value, count: &Value) -> PyResult {
    let times = vm.repeat_count(count)?;
    let list = this(value);
    let items = repeated(vm, &list.items.borrow(), times)?;
    drop(list.items.replace(items));
    Ok(value.clone())
}
