//! `bytearray`: mutable sequence of octets. Methods it shares with `bytes` are in [`bytes`](super::bytes).

use crate::class::{BinaryFn, BinaryOp, CompareOp, N_BINARY, Slots, Type, TypeSpec, special, type_flags};
use crate::heap::{self, Gc, Kind, Payload};
use crate::objects::bytes::{self, Bytes, COMMON_METHODS, byte_argument, pick};
use crate::objects::memoryview::MemoryView;
use crate::objects::slice::Slice;
use crate::objects::str::Str;
use crate::protocol::buffer::{ByteStorage, Lent};
use crate::text::escape;
use crate::value::Value;
use crate::{Args, Exc, NativeFn, PyResult, Vm};

pub struct ByteArray {
    pub storage: ByteStorage,
}

impl Payload for ByteArray {
    const KIND: Kind = Kind::ByteArray;
    const ACYCLIC: bool = true;
    crate::trace_fields!(; skip storage);
}

impl ByteArray {
    pub fn new(data: Vec<u8>) -> Gc<ByteArray> {
        ByteArray::for_class(Vm::current().types.bytearray(), data)
    }

    /// An instance of `bytearray` or of a Python class derived from it.
    pub fn for_class(cls: &Gc<Type>, data: Vec<u8>) -> Gc<ByteArray> {
        heap::alloc_for(cls, ByteArray { storage: ByteStorage::new(data) })
    }
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "bytearray",
    doc: "A mutable array of bytes, made from an iterable of integers, a string and its encoding, any object with a buffer, or a size.",
    flags: type_flags::BASE_TYPE | type_flags::MATCH_SELF,
    new: Some(NativeFn::new("bytearray", new)),
    init: Some(NativeFn::new("bytearray($self, source=b'', encoding='utf-8', errors='strict')", init)),
    methods: METHODS,
    class_methods: &[NativeFn::new("fromhex($type, string, /)", bytes::fromhex)
        .doc("Create a bytearray object from a string of hexadecimal numbers.")],
    static_methods: &[bytes::MAKETRANS],
    slots: Slots {
        repr: Some(repr),
        str: Some(repr),
        hash: Some(special::unhashable),
        compare: Some(compare),
        iter: Some(bytes::iter),
        len: Some(len),
        get_item: Some(get_item),
        set_item: Some(set_item),
        contains: Some(bytes::contains),
        concat: Some(bytes::concat),
        inplace_concat: Some(inplace_concat),
        repeat: Some(bytes::repeat),
        inplace_repeat: Some(inplace_repeat),
        binary: BINARY,
        buffer: Some(lend),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

const BINARY: [Option<BinaryFn>; N_BINARY] = {
    let mut table: [Option<BinaryFn>; N_BINARY] = [None; N_BINARY];
    table[BinaryOp::Mod as usize] = Some(bytes::modulo);
    table
};

const METHODS: &[NativeFn] = &{
    let own = [
        NativeFn::new("__alloc__($self, /)", alloc).doc("Return the number of bytes actually allocated."),
        NativeFn::new("__reduce__($self, /)", reduce).doc("Return state information for pickling."),
        NativeFn::new("__reduce_ex__($self, proto=0, /)", reduce_ex)
            .doc("Return state information for pickling."),
        NativeFn::new("__release_buffer__($self, buffer, /)", release_buffer)
            .doc("Release the buffer object that exposes the underlying memory of the object."),
        NativeFn::new("__sizeof__($self, /)", sizeof)
            .doc("Returns the size of the object in memory, in bytes."),
        NativeFn::new("append($self, item, /)", append)
            .doc("Append a single item to the end of the bytearray."),
        NativeFn::new("clear($self, /)", clear).doc("Remove all items from the bytearray."),
        NativeFn::new("copy($self, /)", copy).doc("Return a copy of B."),
        NativeFn::new("extend($self, iterable_of_ints, /)", extend)
            .doc("Append all the items from the iterator or sequence to the end of the bytearray."),
        NativeFn::new("insert($self, index, item, /)", insert)
            .doc("Insert a single item into the bytearray before the given index."),
        NativeFn::new("pop($self, index=-1, /)", pop).doc("Remove and return a single item from B."),
        NativeFn::new("remove($self, value, /)", remove)
            .doc("Remove the first occurrence of a value in the bytearray."),
        NativeFn::new("resize($self, size, /)", resize)
            .doc("Resize the internal buffer of bytearray to len."),
        NativeFn::new("reverse($self, /)", reverse).doc("Reverse the order of the values in B in place."),
    ];
    const N_OWN: usize = 14;
    let mut all = [own[0]; N_OWN + COMMON_METHODS.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < N_OWN { own[at] } else { COMMON_METHODS[at - N_OWN] };
        at += 1;
    }
    all
};

#[inline]
fn this(value: &Value) -> &Gc<ByteArray> {
    value.downcast().expect("slots see instances of their class")
}

/// `bytearray.__new__` leaves its arguments to `__init__`.
fn new(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(ByteArray::for_class(args.this::<Type>(), Vec::new()).into())
}

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    let storage = &args.this::<ByteArray>().storage;
    if !storage.is_empty() {
        storage.resize(vm, 0)?;
    }
    let data = bytes::source_bytes(vm, "bytearray", args.get(1), args.get(2), args.get(3))?;
    storage.replace(vm, data)?;
    Ok(Value::NONE)
}

fn lend<'a>(_vm: &Vm, value: &'a Value) -> PyResult<Lent<'a>> {
    Ok(Lent::storage(&this(value).storage))
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let name = vm.type_of(value).name_text();
    let bytes = this(value).storage.borrow();
    vm.check_text_size(bytes.len().checked_mul(4))?;
    Ok(format!("{name}({})", escape::repr_bytearray(&bytes)).into())
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let other = vm.borrow_bytes(b);
    let Some(other) = vm.catch(other, Exc::Exception)?.flatten() else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok(op.holds((*this(a).storage.borrow()).cmp(&other)).into())
}

fn len(_vm: &Vm, value: &Value) -> PyResult<usize> {
    Ok(this(value).storage.len())
}

fn position(vm: &Vm, value: &Value, index: &Value) -> PyResult<usize> {
    let storage = &this(value).storage;
    bytes::item_position(vm, index, "bytearray", || storage.len(), "bytearray index out of range")
}

fn get_item(vm: &Vm, value: &Value, index: &Value) -> PyResult {
    let storage = &this(value).storage;
    if let Some(slice) = index.downcast::<Slice>() {
        let bounds = vm.slice_bounds(slice, storage.len())?;
        return Ok(ByteArray::new(pick(&storage.borrow(), bounds)).into());
    }
    let at = position(vm, value, index)?;
    Ok(Value::small(storage.get(at).unwrap_or(0).into()))
}

fn set_item(vm: &Vm, value: &Value, index: &Value, new: Option<&Value>) -> PyResult<()> {
    let storage = &this(value).storage;
    if let Some(slice) = index.downcast::<Slice>() {
        let new = match new {
            Some(new) => slice_source(vm, new)?,
            None => Vec::new(),
        };
        return set_slice(vm, storage, slice, &new);
    }
    let at = position(vm, value, index)?;
    match new {
        None => storage.splice(vm, at..at + 1, &[]),
        Some(new) => {
            let byte = byte_argument(vm, new)?;
            // `__index__` may have changed the array.
            match storage.borrow_mut().get_mut(at) {
                Some(slot) => *slot = byte,
                None => return vm.raise(Exc::IndexError, "bytearray index out of range"),
            }
            Ok(())
        }
    }
}

/// The bytes that are assigned to a slice.
fn slice_source(vm: &Vm, new: &Value) -> PyResult<Vec<u8>> {
    if let Some(bytes) = bytes::bytes_or_bytearray(new) {
        return Ok(bytes);
    }
    let slots = vm.type_of(new).slots();
    let is_number = slots.index.is_some() || slots.int.is_some() || slots.float.is_some();
    if is_number || new.downcast::<Str>().is_some() {
        return vm
            .raise(Exc::TypeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)");
    }
    bytes::source_bytes(vm, "bytearray", Some(new), None, None)
}

fn set_slice(vm: &Vm, storage: &ByteStorage, slice: &Slice, new: &[u8]) -> PyResult<()> {
    let bounds = vm.slice_bounds(slice, storage.len())?;
    if bounds.step == 1 {
        return storage.splice(vm, bounds.as_range(), new);
    }
    if new.is_empty() {
        if bounds.len == 0 {
            return Ok(());
        }
        storage.check_resizable(vm)?;
        let mut dropped: Vec<usize> = bounds.positions().collect();
        dropped.sort_unstable();
        let mut dropped = dropped.into_iter().peekable();
        let mut kept = storage.to_vec();
        let mut at = 0;
        kept.retain(|_| {
            at += 1;
            dropped.next_if_eq(&(at - 1)).is_none()
        });
        return storage.replace(vm, kept);
    }
    if new.len() != bounds.len {
        let (given, selected) = (new.len(), bounds.len);
        return vm.raise(
            Exc::ValueError,
            format!("attempt to assign bytes of size {given} to extended slice of size {selected}"),
        );
    }
    let mut bytes = storage.borrow_mut();
    bounds.positions().zip(new).for_each(|(at, &byte)| bytes[at] = byte);
    Ok(())
}

fn inplace_concat(vm: &Vm, a: &Value, b: &Value) -> PyResult {
    if append_lent(vm, &this(a).storage, b)? {
        return Ok(a.clone());
    }
    let (left, right) = (vm.type_name(a), vm.type_name(b));
    vm.raise(Exc::TypeError, format!("can't concat {right} to {left}"))
}

/// Appends the bytes an object lends; false if it lends none.
fn append_lent(vm: &Vm, storage: &ByteStorage, source: &Value) -> PyResult<bool> {
    if let Some(bytes) = source.downcast::<Bytes>() {
        storage.extend(vm, bytes.as_slice())?;
        return Ok(true);
    }
    // Copied, as it may be the array itself or a view of it.
    let Some(new) = bytes::bytes_like(vm, source)? else { return Ok(false) };
    storage.extend(vm, &new)?;
    Ok(true)
}

fn inplace_repeat(vm: &Vm, value: &Value, count: &Value) -> PyResult {
    let times = vm.index_i64(count, Exc::OverflowError)?.max(0) as usize;
    let storage = &this(value).storage;
    if times != 1 && !storage.is_empty() {
        storage.check_resizable(vm)?;
        vm.check_text_size(storage.len().checked_mul(times))?;
        let repeated = storage.borrow().repeat(times);
        storage.replace(vm, repeated)?;
    }
    Ok(value.clone())
}

/// One more than the length, as CPython allocates at first.
fn allocated(storage: &ByteStorage) -> usize {
    if storage.is_empty() { 0 } else { storage.len() + 1 }
}

fn alloc(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(allocated(&args.this::<ByteArray>().storage).into())
}

fn sizeof(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok((56 + allocated(&args.this::<ByteArray>().storage)).into())
}

fn reduce_with(vm: &Vm, value: &Value, protocol: i64) -> PyResult {
    let bytes = this(value).storage.to_vec();
    let arguments = if protocol < 3 {
        let text: String = bytes.iter().map(|&byte| byte as char).collect();
        if bytes.is_empty() { vm.tuple(&[]) } else { vm.tuple(&[text.into(), "latin-1".into()]) }
    } else if bytes.is_empty() {
        vm.tuple(&[])
    } else {
        vm.tuple(&[Bytes::from_vec(bytes).into()])
    };
    let state = match vm.instance_dict(value) {
        Some(dict) if !dict.is_empty() => dict.into(),
        _ => Value::NONE,
    };
    Ok(vm.tuple(&[vm.type_of(value).to_value(), arguments, state]))
}

fn reduce(vm: &Vm, args: Args<'_>) -> PyResult {
    reduce_with(vm, args.value(0), 2)
}

fn reduce_ex(vm: &Vm, args: Args<'_>) -> PyResult {
    let protocol = args.get(1).map_or(Ok(0), |protocol| vm.to_i64(protocol))?;
    reduce_with(vm, args.value(0), protocol)
}

fn release_buffer(vm: &Vm, args: Args<'_>) -> PyResult {
    match args.value(1).downcast::<MemoryView>() {
        Some(view) => {
            view.release();
            Ok(Value::NONE)
        }
        None => vm.raise_type_of("expected a memoryview object", args.value(1)),
    }
}

fn append(vm: &Vm, args: Args<'_>) -> PyResult {
    let byte = byte_argument(vm, args.value(1))?;
    args.this::<ByteArray>().storage.push(vm, byte)?;
    Ok(Value::NONE)
}

fn clear(vm: &Vm, args: Args<'_>) -> PyResult {
    args.this::<ByteArray>().storage.resize(vm, 0)?;
    Ok(Value::NONE)
}

fn copy(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(ByteArray::new(args.this::<ByteArray>().storage.to_vec()).into())
}

fn extend(vm: &Vm, args: Args<'_>) -> PyResult {
    let (storage, source) = (&args.this::<ByteArray>().storage, args.value(1));
    if append_lent(vm, storage, source)? {
        return Ok(Value::NONE);
    }
    if !vm.is_iterable(source) {
        return vm.raise_type_of("can't extend bytearray with {}", source);
    }
    if source.downcast::<Str>().is_some_and(|text| !text.is_empty()) {
        return vm.raise_type_of("expected iterable of integers; got: '{}'", source);
    }
    let new = bytes::byte_values(vm, source, "byte must be in range(0, 256)")?;
    storage.extend(vm, &new)?;
    Ok(Value::NONE)
}

fn insert(vm: &Vm, args: Args<'_>) -> PyResult {
    let index = vm.to_i64(args.value(1))?;
    let byte = byte_argument(vm, args.value(2))?;
    let storage = &args.this::<ByteArray>().storage;
    let len = storage.len() as i64;
    let at = if index < 0 { index.saturating_add(len).max(0) } else { index.min(len) } as usize;
    storage.splice(vm, at..at, &[byte])?;
    Ok(Value::NONE)
}

fn pop(vm: &Vm, args: Args<'_>) -> PyResult {
    let index = args.get(1).map_or(Ok(-1), |index| vm.to_i64(index))?;
    let storage = &args.this::<ByteArray>().storage;
    if storage.is_empty() {
        return vm.raise(Exc::IndexError, "pop from empty bytearray");
    }
    let Some(at) = crate::protocol::clamp_index(index, storage.len()) else {
        return vm.raise(Exc::IndexError, "pop index out of range");
    };
    let byte = storage.get(at).unwrap_or(0);
    storage.splice(vm, at..at + 1, &[])?;
    Ok(Value::small(byte.into()))
}

fn remove(vm: &Vm, args: Args<'_>) -> PyResult {
    let byte = byte_argument(vm, args.value(1))?;
    let storage = &args.this::<ByteArray>().storage;
    let found = memchr::memchr(byte, &storage.borrow());
    match found {
        Some(at) => storage.splice(vm, at..at + 1, &[])?,
        None => return vm.raise(Exc::ValueError, "value not found in bytearray"),
    }
    Ok(Value::NONE)
}

fn resize(vm: &Vm, args: Args<'_>) -> PyResult {
    let size = vm.to_i64(args.value(1))?;
    if size < 0 {
        return vm.raise(Exc::ValueError, format!("Can only resize to positive sizes, got {size}"));
    }
    args.this::<ByteArray>().storage.resize(vm, size as usize)?;
    Ok(Value::NONE)
}

fn reverse(_vm: &Vm, args: Args<'_>) -> PyResult {
    args.this::<ByteArray>().storage.borrow_mut().reverse();
    Ok(Value::NONE)
}
