//! Subscription of memoryviews.

use super::item::{native_code, pack, unpack};
use super::{Layout, MemoryView, this};
use crate::heap::Gc;
use crate::objects::slice::Slice;
use crate::objects::tuple::Tuple;
use crate::protocol::buffer::Memory;
use crate::protocol::clamp_index;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

/// The native code of the items.
///
/// # Errors
/// NotImplementedError for other formats.
pub(super) fn code(vm: &Vm, view: &MemoryView) -> PyResult<u8> {
    let format = &view.layout.format;
    match native_code(format) {
        Some((code, _)) => Ok(code),
        None => vm.raise(Exc::NotImplementedError, format!("memoryview: format {format} not supported")),
    }
}

/// The item at a byte position.
fn read(vm: &Vm, view: &MemoryView, position: usize) -> PyResult {
    let code = code(vm, view)?;
    let memory = view.lent(vm)?.memory.borrow();
    Ok(unpack(code, &memory[position..position + view.layout.item_size]))
}

/// Item `index`, in range, of a one-dimensional view.
pub(super) fn item_at(vm: &Vm, view: &MemoryView, index: usize) -> PyResult {
    let position = view.layout.offset as isize + index as isize * view.layout.strides[0];
    read(vm, view, position as usize)
}

/// Byte position for one index per dimension.
fn position(vm: &Vm, layout: &Layout, indexes: &[Value]) -> PyResult<usize> {
    let mut position = layout.offset as isize;
    for (dimension, index) in indexes.iter().enumerate() {
        let index = vm.index_i64(index, Exc::IndexError)?;
        let Some(at) = clamp_index(index, layout.shape[dimension]) else {
            let dimension = dimension + 1;
            return vm.raise(Exc::IndexError, format!("index out of bounds on dimension {dimension}"));
        };
        position += at as isize * layout.strides[dimension];
    }
    Ok(position as usize)
}

/// What a subscript stands for.
enum Key<'a> {
    Index(&'a Value),
    Slice(&'a Slice),
    Indexes(&'a [Value]),
    Slices,
    Invalid,
}

fn classify<'a>(vm: &Vm, key: &'a Value) -> Key<'a> {
    if vm.has_index(key) {
        return Key::Index(key);
    }
    if let Some(slice) = key.downcast::<Slice>() {
        return Key::Slice(slice);
    }
    match key.downcast::<Tuple>().map(|tuple| tuple.items()) {
        Some(items) if items.iter().all(|item| vm.has_index(item)) => Key::Indexes(items),
        Some(items) if items.iter().all(|item| item.downcast::<Slice>().is_some()) => Key::Slices,
        _ => Key::Invalid,
    }
}

fn sliced(vm: &Vm, layout: &Layout, slice: &Slice) -> PyResult<Layout> {
    let bounds = vm.slice_bounds(slice, layout.shape[0])?;
    let mut out = layout.clone();
    out.shape[0] = bounds.len;
    if bounds.len > 0 {
        out.offset = (out.offset as isize + bounds.start as isize * out.strides[0]) as usize;
    }
    out.strides[0] = out.strides[0].saturating_mul(bounds.step as isize);
    Ok(out)
}

fn check_index_count(vm: &Vm, view: &MemoryView, n_given: usize) -> PyResult<()> {
    let n = view.layout.shape.len();
    if n_given < n {
        return vm.raise(Exc::NotImplementedError, "sub-views are not implemented");
    }
    if n_given > n {
        let message = format!("cannot index {n}-dimension view with {n_given}-element tuple");
        return vm.raise(Exc::TypeError, message);
    }
    Ok(())
}

pub(super) fn get_item(vm: &Vm, value: &Value, key: &Value) -> PyResult {
    let view = this(value);
    view.check(vm)?;
    let layout = &view.layout;
    if layout.shape.is_empty() {
        if key.downcast::<Tuple>().is_some_and(|tuple| tuple.is_empty()) {
            return read(vm, view, layout.offset);
        }
        if key.is(&Value::ELLIPSIS) {
            return Ok(value.clone());
        }
        return vm.raise(Exc::TypeError, "invalid indexing of 0-dim memory");
    }
    match classify(vm, key) {
        Key::Index(index) => {
            code(vm, view)?;
            if layout.shape.len() > 1 {
                return vm.raise(Exc::NotImplementedError, "multi-dimensional sub-views are not implemented");
            }
            let at = position(vm, layout, std::slice::from_ref(index))?;
            view.check(vm)?;
            read(vm, view, at)
        }
        Key::Slice(slice) => {
            let layout = sliced(vm, layout, slice)?;
            view.check(vm)?;
            view.derive(vm, layout)
        }
        Key::Indexes(indexes) => {
            code(vm, view)?;
            check_index_count(vm, view, indexes.len())?;
            let at = position(vm, layout, indexes)?;
            view.check(vm)?;
            read(vm, view, at)
        }
        Key::Slices => vm.raise(Exc::NotImplementedError, "multi-dimensional slicing is not implemented"),
        Key::Invalid => vm.raise(Exc::TypeError, "memoryview: invalid slice key"),
    }
}

fn write(vm: &Vm, view: &MemoryView, position: usize, new: &Value) -> PyResult<()> {
    let bytes = pack(vm, code(vm, view)?, &view.layout.format, new)?;
    view.check(vm)?;
    if let Memory::Storage(storage) = view.lent(vm)?.memory {
        storage.borrow_mut()[position..position + bytes.len()].copy_from_slice(&bytes);
    }
    Ok(())
}

pub(super) fn set_item(vm: &Vm, value: &Value, key: &Value, new: Option<&Value>) -> PyResult<()> {
    let view = this(value);
    view.check(vm)?;
    code(vm, view)?;
    if view.layout.read_only {
        return vm.raise(Exc::TypeError, "cannot modify read-only memory");
    }
    let Some(new) = new else { return vm.raise(Exc::TypeError, "cannot delete memory") };
    let layout = &view.layout;
    if layout.shape.is_empty() {
        if key.is(&Value::ELLIPSIS) || key.downcast::<Tuple>().is_some_and(|tuple| tuple.is_empty()) {
            return write(vm, view, layout.offset, new);
        }
        return vm.raise(Exc::TypeError, "invalid indexing of 0-dim memory");
    }
    match classify(vm, key) {
        Key::Index(index) => {
            if layout.shape.len() > 1 {
                return vm.raise(Exc::NotImplementedError, "sub-views are not implemented");
            }
            let at = position(vm, layout, std::slice::from_ref(index))?;
            write(vm, view, at, new)
        }
        Key::Slice(slice) if layout.shape.len() == 1 => set_slice(vm, view, slice, new),
        Key::Indexes(indexes) => {
            check_index_count(vm, view, indexes.len())?;
            let at = position(vm, layout, indexes)?;
            write(vm, view, at, new)
        }
        Key::Slice(_) | Key::Slices => vm.raise(
            Exc::NotImplementedError,
            "memoryview slice assignments are currently restricted to ndim = 1",
        ),
        Key::Invalid => vm.raise(Exc::TypeError, "memoryview: invalid slice key"),
    }
}

fn set_slice(vm: &Vm, view: &Gc<MemoryView>, slice: &Slice, new: &Value) -> PyResult<()> {
    if !vm.has_buffer(new) {
        return vm.raise_type_of("a bytes-like object is required, not '{}'", new);
    }
    let source = MemoryView::of(vm, new)?;
    let source = this(&source);
    let target = sliced(vm, &view.layout, slice)?;
    view.check(vm)?;
    let same_format = native_code(&source.layout.format) == native_code(&target.format)
        && (source.layout.format == target.format || native_code(&target.format).is_some());
    if !same_format || source.layout.shape != target.shape {
        return vm
            .raise(Exc::ValueError, "memoryview assignment: lvalue and rvalue have different structures");
    }
    // A copy first: both may lie in the same memory.
    let bytes = source.to_vec(vm)?;
    if let Memory::Storage(storage) = view.lent(vm)?.memory {
        let mut memory = storage.borrow_mut();
        let size = target.item_size;
        for (item, at) in bytes.chunks_exact(size).zip(target.positions()) {
            memory[at..at + size].copy_from_slice(item);
        }
    }
    Ok(())
}
