//! `memoryview`: a window into the memory of another object, read as an array of numbers of any shape.
//!
//! A view holds its owner and asks it for the memory at each access. Its layout (offset, shape, strides) is its own, so that
//! slices and casts of views are views of the same owner. While a view lives, its owner cannot change size.

mod access;
mod item;
mod iterator;
mod methods;

use std::cell::{Cell, Ref, RefMut};

use crate::heap::{self, Gc, Payload};
use crate::protocol::buffer::{self, BytesRef, Lent, Memory};
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

pub use iterator::{ITERATOR_TYPE, MemoryIterator};
pub use methods::TYPE;

pub struct MemoryView {
    /// The object whose `buffer` slot lends the memory.
    owner: Value,
    /// The Python object and the view its `__buffer__` gave, if it is one of those.
    python: Option<(Value, Value)>,
    released: Cell<bool>,
    layout: Layout,
    hash: Cell<Option<u64>>,
}

/// How the memory is read.
#[derive(Clone)]
struct Layout {
    read_only: bool,
    format: Box<str>,
    item_size: usize,
    /// Byte position of the first item.
    offset: usize,
    shape: Vec<usize>,
    strides: Vec<isize>,
}

impl Payload for MemoryView {
    crate::trace_fields!(owner, python; skip released, layout, hash);
}

impl Drop for MemoryView {
    fn drop(&mut self) {
        self.release();
    }
}

/// Strides of items that lie close together, the last dimension first.
fn packed_strides(shape: &[usize], item_size: usize) -> Vec<isize> {
    let mut strides = vec![0; shape.len()];
    let mut step = item_size as isize;
    for (stride, &n) in strides.iter_mut().zip(shape).rev() {
        *stride = step;
        step = step.saturating_mul(n as isize);
    }
    strides
}

impl Layout {
    fn n_items(&self) -> usize {
        self.shape.iter().product()
    }

    fn n_bytes(&self) -> usize {
        self.n_items() * self.item_size
    }

    fn is_c_contiguous(&self) -> bool {
        let mut step = self.item_size as isize;
        for (&n, &stride) in self.shape.iter().zip(&self.strides).rev() {
            if n > 1 && stride != step {
                return self.n_items() == 0;
            }
            step *= n as isize;
        }
        true
    }

    fn is_f_contiguous(&self) -> bool {
        let mut step = self.item_size as isize;
        for (&n, &stride) in self.shape.iter().zip(&self.strides) {
            if n > 1 && stride != step {
                return self.n_items() == 0;
            }
            step *= n as isize;
        }
        true
    }

    /// Byte positions of all items, the last index running fastest.
    fn positions(&self) -> Vec<usize> {
        let mut positions = vec![self.offset as isize];
        for (&n, &stride) in self.shape.iter().zip(&self.strides) {
            positions = positions
                .iter()
                .flat_map(|&base| (0..n as isize).map(move |index| base + index * stride))
                .collect();
        }
        positions.into_iter().map(|position| position as usize).collect()
    }
}

impl MemoryView {
    /// `memoryview(object)`.
    ///
    /// # Errors
    /// TypeError for objects without buffer, ValueError for released views, what `__buffer__` raises.
    pub fn of(vm: &Vm, object: &Value) -> PyResult {
        if let Some(view) = object.downcast::<MemoryView>() {
            view.check(vm)?;
            return view.derive(vm, view.layout.clone());
        }
        if let Some(inner) = vm.python_buffer(object, buffer::FULL_RO)? {
            let Some(view) = inner.downcast::<MemoryView>() else { return Ok(inner) };
            let python = Some((object.clone(), inner.clone()));
            return MemoryView::make(vm, view.owner.clone(), python, view.layout.clone());
        }
        let Some(slot) = vm.type_of(object).slots().buffer else {
            return vm.raise_type_of("memoryview: a bytes-like object is required, not '{}'", object);
        };
        let lent = slot(vm, object)?;
        let shape = vec![lent.memory.len() / lent.item_size];
        let layout = Layout {
            read_only: lent.read_only,
            format: lent.format.into(),
            item_size: lent.item_size,
            offset: 0,
            strides: packed_strides(&shape, lent.item_size),
            shape,
        };
        MemoryView::make(vm, object.clone(), None, layout)
    }

    fn make(vm: &Vm, owner: Value, python: Option<(Value, Value)>, layout: Layout) -> PyResult {
        let view = MemoryView { owner, python, released: Cell::new(false), layout, hash: Cell::new(None) };
        match view.lent(vm) {
            Ok(lent) => {
                if let Memory::Storage(storage) = lent.memory {
                    storage.export();
                }
            }
            Err(raised) => {
                view.released.set(true);
                return Err(raised);
            }
        }
        // Only a `__release_buffer__` needs more than dropping.
        let wants_finalizer = view.python.is_some();
        let view = heap::alloc(vm.types.memoryview(), view);
        view.header().set_wants_finalizer(wants_finalizer);
        Ok(view.into())
    }

    /// Another view of the same memory.
    fn derive(&self, vm: &Vm, layout: Layout) -> PyResult {
        MemoryView::make(vm, self.owner.clone(), None, layout)
    }

    fn lent(&self, vm: &Vm) -> PyResult<Lent<'_>> {
        match vm.type_of(&self.owner).slots().buffer {
            Some(slot) => slot(vm, &self.owner),
            None => vm.raise(Exc::BufferError, "the owner of a memoryview lends no memory any more"),
        }
    }

    /// # Errors
    /// ValueError if the view was released.
    pub fn check(&self, vm: &Vm) -> PyResult<()> {
        if self.released.get() {
            return vm.raise(Exc::ValueError, "operation forbidden on released memoryview object");
        }
        Ok(())
    }

    pub fn is_released(&self) -> bool {
        self.released.get()
    }

    /// Lets the owner change size again. Runs no Python code.
    pub fn release(&self) {
        if self.released.replace(true) {
            return;
        }
        if let Ok(Lent { memory: Memory::Storage(storage), .. }) = self.lent(Vm::current()) {
            storage.release();
        }
    }

    pub fn is_read_only(&self) -> bool {
        self.layout.read_only
    }

    pub fn is_contiguous(&self) -> bool {
        self.layout.is_c_contiguous()
    }

    pub fn n_bytes(&self) -> usize {
        self.layout.n_bytes()
    }

    pub fn item_size(&self) -> usize {
        self.layout.item_size
    }

    /// The format of one item as `struct` writes it.
    pub fn format(&self) -> &str {
        &self.layout.format
    }

    /// The memory, if its items lie close together.
    ///
    /// # Errors
    /// BufferError if they do not; ValueError if the view was released.
    pub fn contiguous_bytes(&self, vm: &Vm) -> PyResult<BytesRef<'_>> {
        self.check(vm)?;
        if !self.layout.is_c_contiguous() {
            return vm.raise(Exc::BufferError, "memoryview: underlying buffer is not C-contiguous");
        }
        let range = self.layout.offset..self.layout.offset + self.n_bytes();
        Ok(match self.lent(vm)?.memory {
            Memory::Fixed(bytes) => BytesRef::Slice(&bytes[range]),
            Memory::Storage(storage) => BytesRef::Ref(Ref::map(storage.borrow(), |bytes| &bytes[range])),
        })
    }

    /// Calls `f` with the memory of a contiguous, writable view.
    pub fn with_contiguous_mut<R>(&self, vm: &Vm, f: impl FnOnce(&mut [u8]) -> R) -> PyResult<R> {
        let range = self.layout.offset..self.layout.offset + self.n_bytes();
        match self.lent(vm)?.memory {
            Memory::Storage(storage) => {
                let mut bytes = RefMut::map(storage.borrow_mut(), |bytes| &mut bytes[range]);
                Ok(f(&mut bytes))
            }
            Memory::Fixed(_) => vm.raise(Exc::BufferError, "memoryview: underlying buffer is not writable"),
        }
    }

    /// The bytes of all items in order.
    pub fn to_vec(&self, vm: &Vm) -> PyResult<Vec<u8>> {
        if self.layout.is_c_contiguous() {
            return Ok(self.contiguous_bytes(vm)?.to_vec());
        }
        let size = self.layout.item_size;
        let memory = self.lent(vm)?.memory.borrow();
        let mut out = Vec::with_capacity(self.n_bytes());
        self.layout.positions().iter().for_each(|&at| out.extend_from_slice(&memory[at..at + size]));
        Ok(out)
    }
}

/// `self` of a slot or method.
fn this(value: &Value) -> &Gc<MemoryView> {
    value.downcast().expect("slots see instances of their class")
}
