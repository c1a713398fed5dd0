//! The buffer protocol: objects that lend the bytes they consist of.
//!
//! A class takes part by filling its `buffer` slot; a Python class by defining `__buffer__`. Memory that can change lies in a
//! [`ByteStorage`], whose size is fixed while views of it exist. Bytes are borrowed for moments only: never across anything that
//! can run Python code.

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::ops::{Deref, Range};

use crate::objects::bytes::Bytes;
use crate::objects::memoryview::MemoryView;
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

/// `PyBUF_SIMPLE`, `PyBUF_WRITABLE` and `PyBUF_FULL_RO`, as `__buffer__` gets them.
pub const SIMPLE: i64 = 0;
pub const WRITABLE: i64 = 1;
pub const FULL_RO: i64 = 0x11c;

/// A growable array of bytes that is cheap to shorten at the front.
#[derive(Default)]
pub struct ByteVec {
    bytes: Vec<u8>,
    /// How many at the front are gone already.
    start: usize,
}

impl Deref for ByteVec {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
}

impl ByteVec {
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..]
    }

    fn splice(&mut self, range: Range<usize>, new: &[u8]) {
        let removed = range.len();
        if range.start == 0 && new.len() <= removed {
            self.start += removed - new.len();
            self.bytes_mut()[..new.len()].copy_from_slice(new);
            // Moving a quarter of the bytes for three that went: a buffer emptied in a few steps is never moved.
            if self.start > self.bytes.len() / 4 * 3 {
                self.bytes.drain(..self.start);
                self.start = 0;
            }
            return;
        }
        let range = range.start + self.start..range.end + self.start;
        if range.end == self.bytes.len() {
            self.bytes.truncate(range.start);
            self.bytes.extend_from_slice(new);
        } else if removed == new.len() {
            self.bytes[range].copy_from_slice(new);
        } else {
            self.bytes.splice(range, new.iter().copied());
        }
    }
}

/// Bytes that can change, and how many views of them exist.
#[derive(Default)]
pub struct ByteStorage {
    bytes: RefCell<ByteVec>,
    exports: Cell<usize>,
}

impl ByteStorage {
    pub fn new(bytes: Vec<u8>) -> ByteStorage {
        ByteStorage { bytes: RefCell::new(ByteVec { bytes, start: 0 }), exports: Cell::new(0) }
    }

    pub fn len(&self) -> usize {
        self.bytes.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn capacity(&self) -> usize {
        self.bytes.borrow().bytes.capacity()
    }

    #[inline]
    pub fn get(&self, index: usize) -> Option<u8> {
        self.bytes.borrow().get(index).copied()
    }

    /// The bytes, to read.
    pub fn borrow(&self) -> Ref<'_, [u8]> {
        Ref::map(self.bytes.borrow(), |bytes| &**bytes)
    }

    /// The bytes, to change in place.
    pub fn borrow_mut(&self) -> RefMut<'_, [u8]> {
        RefMut::map(self.bytes.borrow_mut(), ByteVec::bytes_mut)
    }

    pub fn to_vec(&self) -> Vec<u8> {
        self.borrow().to_vec()
    }

    /// Views that exist.
    pub fn exports(&self) -> usize {
        self.exports.get()
    }

    /// A view begins.
    pub fn export(&self) {
        self.exports.set(self.exports.get() + 1);
    }

    /// A view ends.
    pub fn release(&self) {
        self.exports.set(self.exports.get().saturating_sub(1));
    }

    /// # Errors
    /// BufferError while views exist.
    pub fn check_resizable(&self, vm: &Vm) -> PyResult<()> {
        if self.exports.get() > 0 {
            return vm.raise(Exc::BufferError, "Existing exports of data: object cannot be re-sized");
        }
        Ok(())
    }

    /// Replaces a range by other bytes.
    ///
    /// # Errors
    /// BufferError if the size would change while views exist; MemoryError.
    pub fn splice(&self, vm: &Vm, range: Range<usize>, new: &[u8]) -> PyResult<()> {
        if range.len() != new.len() {
            self.check_resizable(vm)?;
        }
        let mut bytes = self.bytes.borrow_mut();
        if new.len() > range.len() && bytes.bytes.try_reserve(new.len() - range.len()).is_err() {
            return vm.raise_bare(Exc::MemoryError);
        }
        bytes.splice(range, new);
        Ok(())
    }

    /// Appends.
    ///
    /// # Errors
    /// As [`ByteStorage::splice`].
    pub fn extend(&self, vm: &Vm, new: &[u8]) -> PyResult<()> {
        let len = self.len();
        self.splice(vm, len..len, new)
    }

    /// Appends one byte.
    ///
    /// # Errors
    /// BufferError while views exist.
    #[inline]
    pub fn push(&self, vm: &Vm, byte: u8) -> PyResult<()> {
        self.check_resizable(vm)?;
        self.bytes.borrow_mut().bytes.push(byte);
        Ok(())
    }

    /// Cuts or fills with zeros.
    ///
    /// # Errors
    /// As [`ByteStorage::splice`].
    pub fn resize(&self, vm: &Vm, len: usize) -> PyResult<()> {
        let old = self.len();
        if len == old {
            return Ok(());
        }
        self.check_resizable(vm)?;
        let mut bytes = self.bytes.borrow_mut();
        if len > old && bytes.bytes.try_reserve(vm.check_text_size(Some(len))? - old).is_err() {
            return vm.raise_bare(Exc::MemoryError);
        }
        let end = bytes.start + len;
        bytes.bytes.resize(end, 0);
        Ok(())
    }

    /// Replaces everything.
    ///
    /// # Errors
    /// BufferError if the size would change while views exist.
    pub fn replace(&self, vm: &Vm, new: Vec<u8>) -> PyResult<()> {
        if new.len() != self.len() {
            self.check_resizable(vm)?;
        }
        *self.bytes.borrow_mut() = ByteVec { bytes: new, start: 0 };
        Ok(())
    }
}

/// Where an object's bytes lie.
#[derive(Clone, Copy)]
pub enum Memory<'a> {
    Fixed(&'a [u8]),
    Storage(&'a ByteStorage),
}

/// What an object lends: memory, and how to read it.
#[derive(Clone, Copy)]
pub struct Lent<'a> {
    pub memory: Memory<'a>,
    pub read_only: bool,
    /// A `struct` format of one item.
    pub format: &'a str,
    pub item_size: usize,
}

impl<'a> Lent<'a> {
    /// Bytes that never change.
    pub fn fixed(bytes: &'a [u8]) -> Lent<'a> {
        Lent { memory: Memory::Fixed(bytes), read_only: true, format: "B", item_size: 1 }
    }

    /// Bytes that can change.
    pub fn storage(storage: &'a ByteStorage) -> Lent<'a> {
        Lent { memory: Memory::Storage(storage), read_only: false, format: "B", item_size: 1 }
    }
}

/// The `buffer` slot.
pub type BufferFn = for<'a> fn(&Vm, &'a Value) -> PyResult<Lent<'a>>;

/// Bytes borrowed from an object.
pub enum BytesRef<'a> {
    Slice(&'a [u8]),
    Ref(Ref<'a, [u8]>),
    Owned(Vec<u8>),
}

impl Deref for BytesRef<'_> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            BytesRef::Slice(bytes) => bytes,
            BytesRef::Ref(bytes) => bytes,
            BytesRef::Owned(bytes) => bytes,
        }
    }
}

impl Memory<'_> {
    pub fn len(&self) -> usize {
        match self {
            Memory::Fixed(bytes) => bytes.len(),
            Memory::Storage(storage) => storage.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<'a> Memory<'a> {
    pub fn borrow(self) -> BytesRef<'a> {
        match self {
            Memory::Fixed(bytes) => BytesRef::Slice(bytes),
            Memory::Storage(storage) => BytesRef::Ref(storage.borrow()),
        }
    }
}

impl Vm {
    /// Whether the object lends its bytes.
    pub fn has_buffer(&self, value: &Value) -> bool {
        let class = self.type_of(value);
        class.slots().buffer.is_some()
            || class.is_heap_type() && class.lookup(&self.names.__buffer__).is_some()
    }

    /// The memoryview that the `__buffer__` of a Python class gives; `None` if the class has none of its own.
    pub(crate) fn python_buffer(&self, value: &Value, flags: i64) -> PyResult<Option<Value>> {
        let class = self.type_of(value);
        if !class.is_heap_type() {
            return Ok(None);
        }
        let Some(found) = class.lookup(&self.names.__buffer__) else { return Ok(None) };
        if found.downcast::<crate::native::NativeFunction>().is_some() {
            return Ok(None);
        }
        let Some(method) = self.lookup_special(value, &self.names.__buffer__)? else { return Ok(None) };
        let view = self.call(&method, &[Value::small(flags)])?;
        match view.downcast::<MemoryView>() {
            Some(inner) => {
                inner.check(self)?;
                Ok(Some(view))
            }
            None => self.raise_type_of("__buffer__ returned non-memoryview object", &view),
        }
    }

    /// Tells an object with a `__release_buffer__` of its own that a view from its `__buffer__` is done with.
    pub(crate) fn release_python_buffer(&self, owner: &Value, view: &Value) -> PyResult<()> {
        if let Some(method) = self.lookup_special(owner, &self.names.__release_buffer__)? {
            self.call(&method, std::slice::from_ref(view))?;
        }
        if let Some(view) = view.downcast::<MemoryView>() {
            view.release();
        }
        Ok(())
    }

    /// The contiguous bytes of an object; `None` if it lends none.
    ///
    /// # Errors
    /// BufferError for views with gaps; ValueError for released ones; what `__buffer__` raises.
    pub fn borrow_bytes<'a>(&self, value: &'a Value) -> PyResult<Option<BytesRef<'a>>> {
        if let Some(bytes) = value.downcast::<Bytes>() {
            return Ok(Some(BytesRef::Slice(bytes.as_slice())));
        }
        if let Some(view) = self.python_buffer(value, SIMPLE)? {
            let bytes = match view.downcast::<MemoryView>() {
                Some(inner) => inner.contiguous_bytes(self)?.to_vec(),
                None => Vec::new(),
            };
            self.release_python_buffer(value, &view)?;
            return Ok(Some(BytesRef::Owned(bytes)));
        }
        if let Some(view) = value.downcast::<MemoryView>() {
            return view.contiguous_bytes(self).map(Some);
        }
        match self.type_of(value).slots().buffer {
            Some(slot) => Ok(Some(slot(self, value)?.memory.borrow())),
            None => Ok(None),
        }
    }

    /// The contiguous bytes of an argument, for a call of the system during which other threads may run: theirs is what can change.
    ///
    /// # Errors
    /// As [`Vm::bytes_argument`].
    pub fn lent_to_system<'a>(&self, value: &'a Value) -> PyResult<BytesRef<'a>> {
        let bytes = self.bytes_argument(value)?;
        Ok(match bytes {
            BytesRef::Ref(bytes) if self.has_threads() => BytesRef::Owned(bytes.to_vec()),
            bytes => bytes,
        })
    }

    /// The contiguous bytes of an argument.
    ///
    /// # Errors
    /// Also TypeError "a bytes-like object is required, not 'str'".
    pub fn bytes_argument<'a>(&self, value: &'a Value) -> PyResult<BytesRef<'a>> {
        match self.borrow_bytes(value)? {
            Some(bytes) => Ok(bytes),
            None => self.raise_type_of("a bytes-like object is required, not '{}'", value),
        }
    }

    /// A copy of all bytes an object lends, gaps of views left out; `None` if it lends none.
    pub fn copy_bytes(&self, value: &Value) -> PyResult<Option<Vec<u8>>> {
        if let Some(view) = value.downcast::<MemoryView>() {
            view.check(self)?;
            return Ok(Some(view.to_vec(self)?));
        }
        if let Some(view) = self.python_buffer(value, FULL_RO)? {
            let bytes = self.copy_bytes(&view)?;
            self.release_python_buffer(value, &view)?;
            return Ok(bytes);
        }
        Ok(self.borrow_bytes(value)?.map(|bytes| bytes.to_vec()))
    }

    /// Writes into the memory an argument lends, from its beginning; gives the size of that memory. `fill` gets it as a slice.
    ///
    /// # Errors
    /// TypeError via `function` "readinto() argument must be read-write bytes-like object, not bytes".
    pub fn fill_buffer<R>(
        &self,
        value: &Value,
        function: &str,
        fill: impl FnOnce(&mut [u8]) -> R,
    ) -> PyResult<R> {
        if let Some(view) = value.downcast::<MemoryView>() {
            view.check(self)?;
            if !view.is_read_only() && view.is_contiguous() {
                return view.with_contiguous_mut(self, fill);
            }
        } else if let Some(view) = self.python_buffer(value, WRITABLE)? {
            let result = self.fill_buffer(&view, function, fill)?;
            self.release_python_buffer(value, &view)?;
            return Ok(result);
        } else if let Some(slot) = self.type_of(value).slots().buffer {
            let lent = slot(self, value)?;
            if let (Memory::Storage(storage), false) = (lent.memory, lent.read_only) {
                return Ok(fill(&mut storage.borrow_mut()));
            }
        }
        self.raise_bad_argument(function, "argument", "read-write bytes-like object", value)
    }

    /// The size in bytes of the writable memory an argument lends.
    ///
    /// # Errors
    /// As [`Vm::fill_buffer`].
    pub fn writable_len(&self, value: &Value, function: &str) -> PyResult<usize> {
        self.fill_buffer(value, function, |bytes| bytes.len())
    }
}
