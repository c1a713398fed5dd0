//! `array`: sequences of numbers or characters that lie packed in memory.

mod item;
mod methods;

use std::cell::Cell;

use item::{Kind, TYPECODES};
use ouro_runtime::class::special::unhashable;
use ouro_runtime::class::{CompareOp, Slots, Type, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload, Visitor};
use ouro_runtime::objects::bytearray::ByteArray;
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::slice::Slice;
use ouro_runtime::objects::str::Str;
use ouro_runtime::protocol::buffer::{ByteStorage, Lent};
use ouro_runtime::protocol::index::{SliceBounds, clamp_index};
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};

pub static MODULE: NativeModule = NativeModule {
    name: "array",
    doc: "This module defines an object type which can efficiently represent\nan array of basic values: characters, integers, floating-point numbers.",
    functions: &[NativeFn::new(
        "_array_reconstructor(arraytype, typecode, mformat_code, items, /)",
        methods::reconstruct,
    )
    .doc("Internal. Used for pickling support.")],
    classes: &[NativeClass::of::<Array>(&TYPE), NativeClass::of::<ArrayIterator>(&ITERATOR)],
    init: Some(|vm, module| {
        module.set(vm, "typecodes", TYPECODES);
        if let Some(class) = module.get(vm, "array") {
            module.set(vm, "ArrayType", class);
        }
        drop(module.namespace().remove_str(&vm.intern("arrayiterator")));
        if let Some(class) = module.get(vm, "array") {
            let abstract_classes = vm.import_module("_collections_abc")?;
            let mutable = vm.get_attr_named(&abstract_classes, "MutableSequence")?;
            vm.call_method_named(&mutable, "register", &[class])?;
        }
        Ok(())
    }),
};

/// An array. Its bytes keep their number while views of them exist.
pub struct Array {
    pub kind: Kind,
    pub storage: ByteStorage,
}

impl Payload for Array {
    const ACYCLIC: bool = true;

    fn trace(&self, _: Visitor<'_>) {}
}

static TYPE: TypeSpec = TypeSpec {
    name: "array",
    module: "array",
    doc: "array(typecode [, initializer]) -> array\n\nReturn a new array whose items are restricted by typecode, and\ninitialized from the optional initializer value, which must be a list,\nstring or iterable over elements of the appropriate type.",
    flags: type_flags::BASE_TYPE | type_flags::SEQUENCE | type_flags::HAS_WEAKREF | type_flags::QUALIFIED,
    new: Some(NativeFn::new("array", new)),
    methods: methods::METHODS,
    class_methods: &[NativeFn::new(
        "__class_getitem__($type, object, /)",
        ouro_runtime::objects::generic_alias::class_getitem,
    )
    .doc("See PEP 585")],
    getset: &[
        GetSet {
            doc: "the typecode character used to create the array",
            ..GetSet::read_only("typecode", |_, value| Ok(this(value).kind.name().into()))
        },
        GetSet {
            doc: "the size, in bytes, of one array item",
            ..GetSet::read_only("itemsize", |_, value| Ok(this(value).kind.size().into()))
        },
    ],
    slots: Slots {
        init: Some(|_, _, _| Ok(())),
        repr: Some(repr),
        hash: Some(unhashable),
        compare: Some(compare),
        iter: Some(|vm, value| {
            let body = ArrayIterator { array: Cell::new(value.clone()), position: Cell::new(0) };
            Ok(heap::alloc(&vm.class_of::<ArrayIterator>(), body).into())
        }),
        len: Some(|_, value| Ok(this(value).len())),
        get_item: Some(get_item),
        set_item: Some(set_item),
        contains: Some(|vm, value, item| {
            let array = this(value);
            let mut at = 0;
            while at < array.len() {
                if vm.eq(&array.get(vm, at)?, item)? {
                    return Ok(true);
                }
                at += 1;
            }
            Ok(false)
        }),
        concat: Some(concat),
        inplace_concat: Some(|vm, value, other| {
            if other.downcast::<Array>().is_none() {
                return vm.raise_type_of("can only extend array with array (not \"{}\")", other);
            }
            methods::extend_with(vm, this(value), other)?;
            Ok(value.clone())
        }),
        repeat: Some(|vm, value, count| {
            let array = this(value);
            let count = vm.repeat_count(count)?;
            let n = vm.checked_len(array.storage.len(), count, 1)?;
            vm.check_text_size(Some(n))?;
            Ok(Array::alloc(vm, array.kind, array.storage.borrow().repeat(count)).into())
        }),
        inplace_repeat: Some(|vm, value, count| {
            let array = this(value);
            let count = vm.repeat_count(count)?;
            let n = vm.checked_len(array.storage.len(), count, 1)?;
            vm.check_text_size(Some(n))?;
            if n != array.storage.len() {
                array.check_resizable(vm)?;
                let repeated = array.storage.borrow().repeat(count);
                array.storage.replace(vm, repeated)?;
            }
            Ok(value.clone())
        }),
        buffer: Some(|_, value| {
            let array = this(value);
            let (format, item_size) = (array.kind.format(), array.kind.size());
            Ok(Lent { format, item_size, ..Lent::storage(&array.storage) })
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

/// The array that a method or slot was called with.
fn this(value: &Value) -> &Gc<Array> {
    value.downcast::<Array>().expect("slots of array see arrays")
}

impl Array {
    pub fn alloc(vm: &Vm, kind: Kind, bytes: Vec<u8>) -> Gc<Array> {
        heap::alloc(&vm.class_of::<Array>(), Array { kind, storage: ByteStorage::new(bytes) })
    }

    pub fn len(&self) -> usize {
        self.storage.len() / self.kind.size()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Item `at`.
    pub fn get(&self, vm: &Vm, at: usize) -> PyResult {
        let size = self.kind.size();
        let mut raw = [0; 8];
        raw[..size].copy_from_slice(&self.storage.borrow()[at * size..(at + 1) * size]);
        self.kind.from_bytes(vm, &raw[..size])
    }

    /// All items, as they are now.
    pub fn items(&self, vm: &Vm) -> PyResult<Vec<Value>> {
        let bytes = self.storage.to_vec();
        bytes.chunks_exact(self.kind.size()).map(|raw| self.kind.from_bytes(vm, raw)).collect()
    }

    /// BufferError while views exist.
    pub fn check_resizable(&self, vm: &Vm) -> PyResult<()> {
        if self.storage.exports() > 0 {
            return vm.raise(Exc::BufferError, "cannot resize an array that is exporting buffers");
        }
        Ok(())
    }

    /// Appends whole items.
    pub fn append_bytes(&self, vm: &Vm, bytes: &[u8]) -> PyResult<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.check_resizable(vm)?;
        self.storage.extend(vm, bytes)
    }

    /// Text as characters.
    pub fn text_bytes(text: &Gc<Str>) -> Vec<u8> {
        text.code_points().flat_map(u32::to_ne_bytes).collect()
    }
}

/// A typecode argument.
fn typecode(vm: &Vm, value: &Value) -> PyResult<u32> {
    match value.downcast::<Str>() {
        Some(text) if text.len() == 1 => Ok(text.code_point(0)),
        Some(text) => {
            let n = text.len();
            vm.raise(
                Exc::TypeError,
                format!("array() argument 1 must be a unicode character, not a string of length {n}"),
            )
        }
        None => vm.raise_type_of("array() argument 1 must be a unicode character, not {}", value),
    }
}

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let class = args.this::<Type>();
    let given = args.skip_first();
    if class.is(&vm.class_of::<Array>()) {
        given.no_keywords(vm, "array.array")?;
    }
    let n = given.len();
    if n == 0 || n > 2 {
        let bound = if n == 0 { "at least 1 argument" } else { "at most 2 arguments" };
        return vm.raise(Exc::TypeError, format!("array() takes {bound} ({n} given)"));
    }
    let code = typecode(vm, given.value(0))?;
    let kind = Kind::of(code);
    let initial = given.get_not_none(1);
    if let (Some(initial), Some(kind)) = (initial, kind) {
        if !kind.is_text() {
            let code = kind.name();
            if initial.downcast::<Str>().is_some() {
                return vm.raise(
                    Exc::TypeError,
                    format!("cannot use a str to initialize an array with typecode '{code}'"),
                );
            }
            if initial.downcast::<Array>().is_some_and(|array| array.kind.is_text()) {
                return vm.raise(
                    Exc::TypeError,
                    format!("cannot use a unicode array to initialize an array with typecode '{code}'"),
                );
            }
        }
    }
    let Some(kind) = kind else {
        return vm
            .raise(Exc::ValueError, "bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)");
    };
    if kind.code == b'u' {
        vm.warn(
            Exc::DeprecationWarning,
            "The 'u' type code is deprecated and will be removed in Python 3.16",
            1,
        )?;
    }
    let array = heap::alloc_for(class, Array { kind, storage: ByteStorage::new(Vec::new()) });
    let Some(initial) = initial else { return Ok(array.into()) };
    if let Some(other) = initial.downcast::<Array>().filter(|other| other.kind == kind) {
        array.append_bytes(vm, &other.storage.to_vec())?;
    } else if let Some(text) = initial.downcast::<Str>() {
        array.append_bytes(vm, &Array::text_bytes(text))?;
    } else if initial.downcast::<Bytes>().is_some() || initial.downcast::<ByteArray>().is_some() {
        methods::append_raw(vm, &array, initial)?;
    } else {
        methods::append_all(vm, &array, initial)?;
    }
    Ok(array.into())
}

fn repr(vm: &Vm, value: &Value) -> PyResult {
    let array = this(value);
    let class = vm.type_of(value).name_text();
    let code = array.kind.name();
    if array.storage.is_empty() {
        return Ok(format!("{class}('{code}')").into());
    }
    let items = if array.kind.is_text() {
        methods::to_text(vm, array)?
    } else {
        ouro_runtime::objects::list::List::new(array.items(vm)?).into()
    };
    let items = vm.repr(&items)?;
    Ok(Str::concat_all(&[format!("{class}('{code}', ").as_bytes(), items.as_bytes(), b")"]).into())
}

fn compare(vm: &Vm, a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let (Some(left), Some(right)) = (a.downcast::<Array>(), b.downcast::<Array>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let is_equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    if is_equality && left.len() != right.len() {
        return Ok((op == CompareOp::Ne).into());
    }
    if is_equality && left.kind == right.kind && !left.kind.is_float() {
        let same = left.is(right) || *left.storage.borrow() == *right.storage.borrow();
        return Ok((same == (op == CompareOp::Eq)).into());
    }
    let mut at = 0;
    while at < left.len().min(right.len()) {
        let (x, y) = (left.get(vm, at)?, right.get(vm, at)?);
        if !vm.compare_bool(&x, &y, CompareOp::Eq)? {
            return match op {
                CompareOp::Eq => Ok(Value::FALSE),
                CompareOp::Ne => Ok(Value::TRUE),
                _ => vm.compare(&x, &y, op),
            };
        }
        at += 1;
    }
    Ok(op.holds(left.len().cmp(&right.len())).into())
}

fn concat(vm: &Vm, value: &Value, other: &Value) -> PyResult {
    let array = this(value);
    let Some(other) = other.downcast::<Array>() else {
        return vm.raise_type_of("can only append array (not \"{}\") to array", other);
    };
    if array.kind != other.kind {
        return vm.raise(Exc::TypeError, "bad argument type for built-in operation");
    }
    let bytes = [array.storage.to_vec(), other.storage.to_vec()].concat();
    Ok(Array::alloc(vm, array.kind, bytes).into())
}

/// Position of an index.
fn position(vm: &Vm, array: &Array, index: &Value, message: &str) -> PyResult<usize> {
    let at = vm.index_i64(index, Exc::IndexError)?;
    match clamp_index(at, array.len()) {
        Some(at) => Ok(at),
        None => vm.raise(Exc::IndexError, message),
    }
}

fn bounds(vm: &Vm, array: &Array, slice: &Gc<Slice>) -> PyResult<SliceBounds> {
    let (start, stop, step) = vm.slice_raw_bounds(slice)?;
    Ok(SliceBounds::clip(start, stop, step, array.len()))
}

fn get_item(vm: &Vm, value: &Value, index: &Value) -> PyResult {
    let array = this(value);
    if let Some(slice) = index.downcast::<Slice>() {
        let bounds = bounds(vm, array, slice)?;
        let size = array.kind.size();
        let bytes = array.storage.borrow();
        let mut out = Vec::with_capacity(bounds.len * size);
        for at in bounds.positions() {
            out.extend_from_slice(&bytes[at * size..(at + 1) * size]);
        }
        drop(bytes);
        return Ok(Array::alloc(vm, array.kind, out).into());
    }
    if !vm.has_index(index) {
        return vm.raise(Exc::TypeError, "array indices must be integers");
    }
    let at = position(vm, array, index, "array index out of range")?;
    array.get(vm, at)
}

fn set_item(vm: &Vm, value: &Value, index: &Value, new: Option<&Value>) -> PyResult<()> {
    let array = this(value);
    let size = array.kind.size();
    if let Some(slice) = index.downcast::<Slice>() {
        return set_slice(vm, array, slice, new);
    }
    if !vm.has_index(index) {
        return vm.raise(Exc::TypeError, "array indices must be integers");
    }
    let at = position(vm, array, index, "array assignment index out of range")?;
    match new {
        Some(new) => {
            let (raw, size) = array.kind.to_bytes(vm, new)?;
            // Converting may have run code that made the array shorter.
            let mut bytes = array.storage.borrow_mut();
            match bytes.get_mut(at * size..(at + 1) * size) {
                Some(place) => place.copy_from_slice(&raw[..size]),
                None => {
                    drop(bytes);
                    return vm.raise(Exc::IndexError, "array assignment index out of range");
                }
            }
            Ok(())
        }
        None => {
            array.check_resizable(vm)?;
            array.storage.splice(vm, at * size..(at + 1) * size, &[])
        }
    }
}

fn set_slice(vm: &Vm, array: &Gc<Array>, slice: &Gc<Slice>, new: Option<&Value>) -> PyResult<()> {
    let size = array.kind.size();
    let bounds = bounds(vm, array, slice)?;
    let bytes = match new {
        None => Vec::new(),
        Some(new) => match new.downcast::<Array>() {
            Some(other) if other.kind == array.kind => other.storage.to_vec(),
            Some(_) => return vm.raise(Exc::TypeError, "bad argument type for built-in operation"),
            None => {
                return vm.raise_type_of("can only assign array (not \"{}\") to array slice", new);
            }
        },
    };
    if bounds.step == 1 {
        if bytes.len() != bounds.len * size {
            array.check_resizable(vm)?;
        }
        let range = bounds.as_range();
        return array.storage.splice(vm, range.start * size..range.end * size, &bytes);
    }
    if new.is_none() {
        if bounds.len == 0 {
            return Ok(());
        }
        array.check_resizable(vm)?;
        let mut gone: Vec<bool> = vec![false; array.len()];
        bounds.positions().for_each(|at| gone[at] = true);
        let kept: Vec<u8> = {
            let bytes = array.storage.borrow();
            let items = bytes.chunks_exact(size).zip(&gone).filter(|(_, gone)| !**gone);
            items.flat_map(|(item, _)| item.iter().copied()).collect()
        };
        return array.storage.replace(vm, kept);
    }
    if bytes.len() != bounds.len * size {
        let (given, wanted) = (bytes.len() / size, bounds.len);
        return vm.raise(
            Exc::ValueError,
            format!("attempt to assign array of size {given} to extended slice of size {wanted}"),
        );
    }
    let mut target = array.storage.borrow_mut();
    for (at, item) in bounds.positions().zip(bytes.chunks_exact(size)) {
        target[at * size..(at + 1) * size].copy_from_slice(item);
    }
    Ok(())
}

/// Over an array's items.
struct ArrayIterator {
    /// None once it has ended.
    array: Cell<Value>,
    position: Cell<usize>,
}

impl ArrayIterator {
    fn array(&self) -> Value {
        let array = self.array.replace(Value::NONE);
        self.array.set(array.clone());
        array
    }
}

impl Payload for ArrayIterator {
    fn trace(&self, visit: Visitor<'_>) {
        visit(&self.array());
    }
}

static ITERATOR: TypeSpec = TypeSpec {
    name: "arrayiterator",
    module: "array",
    flags: type_flags::NO_NEW,
    methods: &[
        NativeFn::new("__reduce__($self, /)", |vm, args| {
            let iterator = args.this::<ArrayIterator>();
            let array = iterator.array();
            let function = vm.builtin("iter")?;
            if array.is_none() {
                return Ok(vm.tuple(&[function, vm.tuple(&[vm.tuple(&[])])]));
            }
            Ok(vm.tuple(&[function, vm.tuple(&[array]), iterator.position.get().into()]))
        }),
        NativeFn::new("__setstate__($self, state, /)", |vm, args| {
            let iterator = args.this::<ArrayIterator>();
            let position = vm.to_i64(args.value(1))?.max(0) as usize;
            if let Some(array) = iterator.array().downcast::<Array>() {
                iterator.position.set(position.min(array.len()));
            }
            Ok(Value::NONE)
        }),
    ],
    slots: Slots {
        iter: Some(|_, value| Ok(value.clone())),
        next: Some(|vm, value| {
            let Some(iterator) = value.downcast::<ArrayIterator>() else { return Ok(None) };
            let owner = iterator.array();
            let Some(array) = owner.downcast::<Array>() else { return Ok(None) };
            let at = iterator.position.get();
            if at >= array.len() {
                let _ended = iterator.array.replace(Value::NONE);
                return Ok(None);
            }
            iterator.position.set(at + 1);
            array.get(vm, at).map(Some)
        }),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};
