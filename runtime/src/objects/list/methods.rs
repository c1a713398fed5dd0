//! The methods of `list`.

use super::{List, sort, this};
use crate::native::{Args, NativeFn};
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

pub(super) const METHODS: &[NativeFn] = &[
    NativeFn::new("__reversed__($self, /)", super::reversed).doc("Return a reverse iterator over the list."),
    NativeFn::new("__sizeof__($self, /)", sizeof).doc("Return the size of the list in memory, in bytes."),
    NativeFn::new("clear($self, /)", clear).doc("Remove all items from list."),
    NativeFn::new("copy($self, /)", copy).doc("Return a shallow copy of the list."),
    NativeFn::new("append($self, object, /)", append).doc("Append object to the end of the list."),
    NativeFn::new("insert($self, index, object, /)", insert).doc("Insert object before index."),
    NativeFn::new("extend($self, iterable, /)", extend).doc("Append the elements of the iterable."),
    NativeFn::new("pop($self, index=-1, /)", pop).doc("Remove and return item at index (default last)."),
    NativeFn::new("remove($self, value, /)", remove).doc("Remove the first item equal to value."),
    NativeFn::new("reverse($self, /)", reverse).doc("Reverse the list in place."),
    NativeFn::new("sort($self, /, *, key=None, reverse=False)", sort_method)
        .doc("Sort the list in place, stably, in ascending order (descending if reverse)."),
    NativeFn::new("index($self, value, start=0, stop=sys.maxsize, /)", index)
        .doc("Return the index of the first item equal to value."),
    NativeFn::new("count($self, value, /)", count).doc("Return the number of items equal to value."),
];

fn sizeof(_vm: &Vm, args: Args<'_>) -> PyResult {
    let list = args.this::<List>();
    let room = list.items.borrow().capacity() * size_of::<Value>();
    Ok((size_of::<crate::heap::Object<List>>() + room).into())
}

fn clear(_vm: &Vm, args: Args<'_>) -> PyResult {
    let old = std::mem::take(&mut *args.this::<List>().items.borrow_mut());
    super::drop_last_first(old);
    Ok(Value::NONE)
}

fn copy(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(List::new(args.this::<List>().snapshot()).into())
}

fn append(_vm: &Vm, args: Args<'_>) -> PyResult {
    args.this::<List>().push(args.value(1).clone());
    Ok(Value::NONE)
}

fn insert(vm: &Vm, args: Args<'_>) -> PyResult {
    let list = args.this::<List>();
    let at = vm.to_i64(args.value(1))?;
    let mut items = list.items.borrow_mut();
    let length = items.len() as i64;
    let at = if at < 0 { (at.saturating_add(length)).max(0) } else { at.min(length) };
    items.insert(at as usize, args.value(2).clone());
    Ok(Value::NONE)
}

fn extend(vm: &Vm, args: Args<'_>) -> PyResult {
    args.this::<List>().extend(vm, args.value(1))?;
    Ok(Value::NONE)
}

fn pop(vm: &Vm, args: Args<'_>) -> PyResult {
    let list = args.this::<List>();
    let at = match args.get(1) {
        Some(index) => vm.to_i64(index)?,
        None => -1,
    };
    if at == -1 {
        if let Some(item) = list.pop() {
            return Ok(item);
        }
    }
    let mut items = list.items.borrow_mut();
    match crate::protocol::clamp_index(at, items.len()) {
        Some(at) => Ok(items.remove(at)),
        None => {
            let message = if items.is_empty() { "pop from empty list" } else { "pop index out of range" };
            drop(items);
            vm.raise(Exc::IndexError, message)
        }
    }
}

/// Position of the first item equal to `value` in `start..stop`.
fn find(vm: &Vm, list: &List, value: &Value, start: usize, stop: usize) -> PyResult<Option<usize>> {
    let mut at = start;
    while at < stop {
        let Some(item) = list.get(at) else { break };
        if vm.eq(&item, value)? {
            return Ok(Some(at));
        }
        at += 1;
    }
    Ok(None)
}

fn remove(vm: &Vm, args: Args<'_>) -> PyResult {
    let list = args.this::<List>();
    let Some(at) = find(vm, list, args.value(1), 0, usize::MAX)? else {
        return vm.raise(Exc::ValueError, "list.remove(x): x not in list");
    };
    let mut items = list.items.borrow_mut();
    // The comparison may have shortened the list.
    if at < items.len() {
        drop(items.remove(at));
    }
    Ok(Value::NONE)
}

fn reverse(_vm: &Vm, args: Args<'_>) -> PyResult {
    args.this::<List>().items.borrow_mut().reverse();
    Ok(Value::NONE)
}

fn sort_method(vm: &Vm, args: Args<'_>) -> PyResult {
    let reverse = match args.get(2) {
        Some(reverse) => vm.truth(reverse)?,
        None => false,
    };
    sort::sort_list(vm, this(args.value(0)), args.get_not_none(1), reverse)?;
    Ok(Value::NONE)
}

fn index(vm: &Vm, args: Args<'_>) -> PyResult {
    let list = args.this::<List>();
    let (start, stop) = vm.index_bounds(args.get(2), args.get(3), list.len())?;
    match find(vm, list, args.value(1), start, stop)? {
        Some(at) => Ok(at.into()),
        None => vm.raise(Exc::ValueError, "list.index(x): x not in list"),
    }
}

fn count(vm: &Vm, args: Args<'_>) -> PyResult {
    let list = args.this::<List>();
    let (mut at, mut n) = (0, 0usize);
    while let Some(item) = list.get(at) {
        n += vm.eq(&item, args.value(1))? as usize;
        at += 1;
    }
    Ok(n.into())
}
