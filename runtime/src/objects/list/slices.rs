//! Slices of a list: taking, replacing and deleting them.

use super::List;
use crate::objects::slice::Slice;
use crate::protocol::SliceBounds;
use crate::value::Value;
use crate::{Exc, Gc, PyResult, Vm};

/// `list[slice]`.
pub fn get(vm: &Vm, list: &Gc<List>, slice: &Gc<Slice>) -> PyResult {
    let bounds = bounds(vm, list, slice)?;
    let items = list.items.borrow();
    let taken = if bounds.step == 1 {
        items[bounds.as_range()].to_vec()
    } else {
        bounds.positions().map(|at| items[at].clone()).collect()
    };
    Ok(List::new(taken).into())
}

/// Bounds over the length as it is after the slice's own `__index__` methods have run.
fn bounds(vm: &Vm, list: &Gc<List>, slice: &Gc<Slice>) -> PyResult<SliceBounds> {
    let (start, stop, step) = vm.slice_raw_bounds(slice)?;
    Ok(SliceBounds::clip(start, stop, step, list.len()))
}

/// `list[slice] = items`.
///
/// # Errors
/// TypeError "must assign iterable to extended slice", ValueError where an extended slice has another size.
pub fn set(vm: &Vm, list: &Gc<List>, slice: &Gc<Slice>, items: &Value) -> PyResult<()> {
    let (start, stop, step) = vm.slice_raw_bounds(slice)?;
    if !vm.is_iterable(items) {
        return vm.raise(Exc::TypeError, "must assign iterable to extended slice");
    }
    let new = vm.collect(items)?;
    let bounds = SliceBounds::clip(start, stop, step, list.len());
    if bounds.step == 1 {
        vm.try_reserve(&mut list.items.borrow_mut(), new.len())?;
        let old: Vec<Value> = list.items.borrow_mut().splice(bounds.as_range(), new).collect();
        super::drop_last_first(old);
        return Ok(());
    }
    if new.len() != bounds.len {
        let (given, size) = (new.len(), bounds.len);
        return vm.raise(
            Exc::ValueError,
            format!("attempt to assign sequence of size {given} to extended slice of size {size}"),
        );
    }
    let mut items = list.items.borrow_mut();
    for (at, item) in bounds.positions().zip(new) {
        items[at] = item;
    }
    Ok(())
}

/// `del list[slice]`.
pub fn delete(vm: &Vm, list: &Gc<List>, slice: &Gc<Slice>) -> PyResult<()> {
    let bounds = bounds(vm, list, slice)?;
    let mut items = list.items.borrow_mut();
    if bounds.step == 1 {
        let old: Vec<Value> = items.drain(bounds.as_range()).collect();
        drop(items);
        super::drop_last_first(old);
        return Ok(());
    }
    if bounds.len == 0 {
        return Ok(());
    }
    // Positions from the lowest up, and the distance between them.
    let last = bounds.start + (bounds.len as i64 - 1) * bounds.step;
    let lowest = bounds.start.min(last) as usize;
    let distance = bounds.step.unsigned_abs() as usize;
    let mut at = 0;
    let mut left = bounds.len;
    items.retain(|_| {
        let goes = left > 0 && at >= lowest && (at - lowest).is_multiple_of(distance);
        left -= goes as usize;
        at += 1;
        !goes
    });
    Ok(())
}
