//! Methods of arrays.

use ouro_runtime::class::Type;
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, Gc, NativeFn, PyResult, Value, Vm};

use super::Array;
use super::item::Kind;

pub const METHODS: &[NativeFn] = &[
    NativeFn::new("append($self, v, /)", append).doc("Append new value v to the end of the array."),
    NativeFn::new("buffer_info($self, /)", buffer_info)
        .doc("Return a tuple (address, length) giving the current memory address and the length in items of the buffer used to hold array's contents."),
    NativeFn::new("byteswap($self, /)", byteswap).doc("Byteswap all items of the array."),
    NativeFn::new("clear($self, /)", |vm, args| {
        let array = args.this::<Array>();
        if !array.storage.is_empty() {
            array.check_resizable(vm)?;
        }
        array.storage.replace(vm, Vec::new())?;
        Ok(Value::NONE)
    })
    .doc("Remove all items from the array."),
    NativeFn::new("__copy__($self, /)", copy).doc("Return a copy of the array."),
    NativeFn::new("__deepcopy__($self, unused, /)", copy).doc("Return a copy of the array."),
    NativeFn::new("count($self, v, /)", count).doc("Return number of occurrences of v in the array."),
    NativeFn::new("extend($self, bb, /)", |vm, args| {
        extend_with(vm, args.this::<Array>(), args.value(1))?;
        Ok(Value::NONE)
    })
    .doc("Append items to the end of the array."),
    NativeFn::new("fromfile($self, f, n, /)", fromfile)
        .doc("Read n objects from the file object f and append them to the end of the array."),
    NativeFn::new("fromlist($self, list, /)", fromlist).doc("Append items to array from list."),
    NativeFn::new("frombytes($self, buffer, /)", |vm, args| {
        append_raw(vm, args.this::<Array>(), args.value(1))?;
        Ok(Value::NONE)
    })
    .doc("Appends items from the string, interpreting it as an array of machine values, as if it had been read from a file using the fromfile() method."),
    NativeFn::new("fromunicode($self, ustr, /)", fromunicode)
        .doc("Extends this array with data from the unicode string ustr."),
    NativeFn::new("index($self, v, start=0, stop=sys.maxsize, /)", index)
        .doc("Return index of first occurrence of v in the array."),
    NativeFn::new("insert($self, i, v, /)", insert)
        .doc("Insert a new item v into the array before position i."),
    NativeFn::new("pop($self, i=-1, /)", pop).doc("Return the i-th element and delete it from the array."),
    NativeFn::new("__reduce_ex__($self, value, /)", reduce_ex).doc("Return state information for pickling."),
    NativeFn::new("remove($self, v, /)", remove).doc("Remove the first occurrence of v in the array."),
    NativeFn::new("reverse($self, /)", reverse).doc("Reverse the order of the items in the array."),
    NativeFn::new("tofile($self, f, /)", tofile).doc("Write all items (as machine values) to the file object f."),
    NativeFn::new("tolist($self, /)", |vm, args| Ok(List::new(args.this::<Array>().items(vm)?).into()))
        .doc("Convert array to an ordinary list with the same items."),
    NativeFn::new("tobytes($self, /)", |_, args| {
        Ok(Bytes::from_vec(args.this::<Array>().storage.to_vec()).into())
    })
    .doc("Convert the array to an array of machine values and return the bytes representation."),
    NativeFn::new("tounicode($self, /)", |vm, args| {
        let array = args.this::<Array>();
        if !array.kind.is_text() {
            return vm.raise(
                Exc::ValueError,
                "tounicode() may only be called on unicode type arrays ('u' or 'w')",
            );
        }
        to_text(vm, array)
    })
    .doc("Convert the array to a unicode string."),
    NativeFn::new("__sizeof__($self, /)", |_, args| {
        /// The object without its items, in CPython.
        const BASE: usize = 64;
        Ok((BASE + args.this::<Array>().storage.capacity()).into())
    })
    .doc("Size of the array in memory, in bytes."),
];

/// The text of an array of characters.
pub fn to_text(vm: &Vm, array: &Array) -> PyResult {
    let encoding = if cfg!(target_endian = "little") { "utf-32-le" } else { "utf-32-be" };
    Ok(vm.decode_bytes(&array.storage.to_vec(), encoding, "strict")?.into())
}

fn append(vm: &Vm, args: Args<'_>) -> PyResult {
    let array = args.this::<Array>();
    let (raw, size) = array.kind.to_bytes(vm, args.value(1))?;
    array.append_bytes(vm, &raw[..size])?;
    Ok(Value::NONE)
}

/// Appends each item of an iterable.
pub fn append_all(vm: &Vm, array: &Array, items: &Value) -> PyResult<()> {
    vm.for_each(items, |item| {
        let (raw, size) = array.kind.to_bytes(vm, &item)?;
        array.append_bytes(vm, &raw[..size])
    })
}

/// Appends machine values.
pub fn append_raw(vm: &Vm, array: &Array, value: &Value) -> PyResult<()> {
    let bytes = vm.bytes_argument(value)?.to_vec();
    if bytes.len() % array.kind.size() != 0 {
        return vm.raise(Exc::ValueError, "bytes length not a multiple of item size");
    }
    array.append_bytes(vm, &bytes)
}

/// Appends an array of the same kind, or an iterable.
pub fn extend_with(vm: &Vm, array: &Gc<Array>, items: &Value) -> PyResult<()> {
    let Some(other) = items.downcast::<Array>() else { return append_all(vm, array, items) };
    if other.kind != array.kind {
        return vm.raise(Exc::TypeError, "can only extend with array of same kind");
    }
    array.append_bytes(vm, &other.storage.to_vec())
}

fn buffer_info(vm: &Vm, args: Args<'_>) -> PyResult {
    let array = args.this::<Array>();
    let address = array.storage.borrow().as_ptr() as u64;
    Ok(vm.tuple(&[ouro_runtime::objects::int::new_u64(address), array.len().into()]))
}

fn byteswap(_vm: &Vm, args: Args<'_>) -> PyResult {
    let array = args.this::<Array>();
    array.storage.borrow_mut().chunks_exact_mut(array.kind.size()).for_each(<[u8]>::reverse);
    Ok(Value::NONE)
}

fn copy(vm: &Vm, args: Args<'_>) -> PyResult {
    let array = args.this::<Array>();
    Ok(Array::alloc(vm, array.kind, array.storage.to_vec()).into())
}

fn count(vm: &Vm, args: Args<'_>) -> PyResult {
    let array = args.this::<Array>();
    let (mut n, mut at) = (0usize, 0);
    while at < array.len() {
        n += usize::from(vm.eq(&array.get(vm, at)?, args.value(1))?);
        at += 1;
    }
    Ok(n.into())
}

/// Position of a value; `None` if it is not there.
fn find(vm: &Vm, array: &Array, value: &Value, start: usize, stop: usize) -> PyResult<Option<usize>> {
    let mut at = start;
    while at < array.len().min(stop) {
        if vm.eq(&array.get(vm, at)?, value)? {
            return Ok(Some(at));
        }
        at += 1;
    }
    Ok(None)
}

fn index(vm: &Vm, args: Args<'_>) -> PyResult {
    let array = args.this::<Array>();
    let bound = |value: Option<&Value>, default: i64| -> PyResult<usize> {
        let at = value.map_or(Ok(default), |value| vm.index_clipped(value))?;
        Ok(if at < 0 { (at + array.len() as i64).max(0) } else { at } as usize)
    };
    let (start, stop) = (bound(args.get(2), 0)?, bound(args.get(3), i64::MAX)?);
    match find(vm, array, args.value(1), start, stop)? {
        Some(at) => Ok(at.into()),
        None => vm.raise(Exc::ValueError, "array.index(x): x not in array"),
    }
}

fn remove(vm: &Vm, args: Args<'_>) -> PyResult {
    let array = args.this::<Array>();
    match find(vm, array, args.value(1), 0, usize::MAX)? {
        Some(at) => {
            array.check_resizable(vm)?;
            let size = array.kind.size();
            array.storage.splice(vm, at * size..(at + 1) * size, &[])?;
            Ok(Value::NONE)
        }
        None => vm.raise(Exc::ValueError, "array.remove(x): x not in array"),
    }
}

fn insert(vm: &Vm, args: Args<'_>) -> PyResult {
    let array = args.this::<Array>();
    let at = vm.index_i64(args.value(1), Exc::OverflowError)?;
    let (raw, size) = array.kind.to_bytes(vm, args.value(2))?;
    let len = array.len() as i64;
    let at = if at < 0 { (at + len).max(0) } else { at.min(len) } as usize;
    array.check_resizable(vm)?;
    array.storage.splice(vm, at * size..at * size, &raw[..size])?;
    Ok(Value::NONE)
}

fn pop(vm: &Vm, args: Args<'_>) -> PyResult {
    let array = args.this::<Array>();
    let at = args.get(1).map_or(Ok(-1), |at| vm.index_i64(at, Exc::IndexError))?;
    if array.is_empty() {
        return vm.raise(Exc::IndexError, "pop from empty array");
    }
    let Some(at) = ouro_runtime::protocol::index::clamp_index(at, array.len()) else {
        return vm.raise(Exc::IndexError, "pop index out of range");
    };
    let value = array.get(vm, at)?;
    array.check_resizable(vm)?;
    let size = array.kind.size();
    array.storage.splice(vm, at * size..(at + 1) * size, &[])?;
    Ok(value)
}

fn reverse(_vm: &Vm, args: Args<'_>) -> PyResult {
    let array = args.this::<Array>();
    let size = array.kind.size();
    let mut bytes = array.storage.borrow_mut();
    // Items back to front is bytes back to front, with each item turned round again.
    bytes.reverse();
    bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    Ok(Value::NONE)
}

fn fromlist(vm: &Vm, args: Args<'_>) -> PyResult {
    let array = args.this::<Array>();
    let Some(list) = args.value(1).downcast::<List>() else {
        return vm.raise(Exc::TypeError, "arg must be list");
    };
    let n = list.len();
    if n > 0 {
        array.check_resizable(vm)?;
    }
    let mut bytes = Vec::with_capacity(n * array.kind.size());
    for item in list.snapshot() {
        let (raw, size) = array.kind.to_bytes(vm, &item)?;
        if list.len() != n {
            return vm.raise(Exc::RuntimeError, "list changed size during iteration");
        }
        bytes.extend_from_slice(&raw[..size]);
    }
    array.append_bytes(vm, &bytes)?;
    Ok(Value::NONE)
}

fn fromunicode(vm: &Vm, args: Args<'_>) -> PyResult {
    let array = args.this::<Array>();
    let text = vm.str_argument(args.value(1), "fromunicode", "argument")?;
    if !array.kind.is_text() {
        return vm
            .raise(Exc::ValueError, "fromunicode() may only be called on unicode type arrays ('u' or 'w')");
    }
    array.append_bytes(vm, &Array::text_bytes(text))?;
    Ok(Value::NONE)
}

fn fromfile(vm: &Vm, args: Args<'_>) -> PyResult {
    let array = args.this::<Array>();
    let n = vm.index_i64(args.value(2), Exc::OverflowError)?;
    let Ok(n) = usize::try_from(n) else { return vm.raise(Exc::ValueError, "negative count") };
    let wanted = vm.checked_len(n, array.kind.size(), 1)?;
    let data = vm.call_method(args.value(1), &vm.names.read, &[wanted.into()])?;
    let Some(bytes) = data.downcast::<Bytes>() else {
        return vm.raise(Exc::TypeError, "read() didn't return bytes");
    };
    append_raw(vm, array, &data)?;
    if bytes.as_slice().len() != wanted {
        return vm.raise(Exc::EOFError, "read() didn't return enough bytes");
    }
    Ok(Value::NONE)
}

fn tofile(vm: &Vm, args: Args<'_>) -> PyResult {
    /// So much goes out at once.
    const BLOCK: usize = 64 * 1024;
    let array = args.this::<Array>();
    let bytes = array.storage.to_vec();
    if bytes.is_empty() {
        return Ok(Value::NONE);
    }
    for block in bytes.chunks(BLOCK) {
        vm.call_method(args.value(1), &vm.names.write, &[Bytes::new(block).into()])?;
    }
    Ok(Value::NONE)
}

fn reduce_ex(vm: &Vm, args: Args<'_>) -> PyResult {
    let array = args.this::<Array>();
    let protocol = vm.to_i64(args.value(1))?;
    let class = vm.type_of(args.value(0)).to_value();
    let dict = vm.get_attr_opt(args.value(0), &vm.names.__dict__)?.unwrap_or(Value::NONE);
    let code: Value = array.kind.name().into();
    if protocol < 3 {
        let items: Value = List::new(array.items(vm)?).into();
        return Ok(vm.tuple(&[class, vm.tuple(&[code, items]), dict]));
    }
    let module = vm.import_module("array")?;
    let function = vm.get_attr_named(&module, "_array_reconstructor")?;
    let bytes: Value = Bytes::from_vec(array.storage.to_vec()).into();
    let arguments = vm.tuple(&[class, code, Value::small(array.kind.machine_format()), bytes]);
    Ok(vm.tuple(&[function, arguments, dict]))
}

/// `_array_reconstructor(arraytype, typecode, mformat_code, items)`.
pub fn reconstruct(vm: &Vm, args: Args<'_>) -> PyResult {
    let base = vm.class_of::<Array>();
    let class = match args.value(0).downcast::<Type>() {
        Some(class) if class.is_subclass(&base) => class,
        Some(class) => {
            let name = class.display_name();
            return vm.raise(Exc::TypeError, format!("{name} is not a subtype of array.array"));
        }
        None => {
            return vm.raise_type_of("first argument must be a type object, not {}", args.value(0));
        }
    };
    let code = match args.value(1).downcast::<Str>() {
        Some(text) if text.len() == 1 => text.code_point(0),
        _ => {
            return vm.raise_bad_argument(
                "_array_reconstructor",
                "argument 2",
                "a unicode character",
                args.value(1),
            );
        }
    };
    let Some(kind) = Kind::of(code) else {
        return vm.raise(Exc::ValueError, "second argument must be a valid type code");
    };
    let format = vm.c_int_argument(args.value(2))?;
    if !(0..=21).contains(&format) {
        return vm.raise(Exc::ValueError, "third argument must be a valid machine format code.");
    }
    let Some(bytes) = args.value(3).downcast::<Bytes>() else {
        return vm.raise_type_of("fourth argument should be bytes, not {}", args.value(3));
    };
    let made = vm.call(class.as_value(), &[kind.name().into()])?;
    let Some(array) = made.downcast::<Array>() else {
        return vm.raise(Exc::TypeError, "arraytype made no array");
    };
    let bytes = bytes.as_slice();
    if i64::from(format) == kind.machine_format() {
        append_raw(vm, array, args.value(3))?;
        return Ok(made);
    }
    let size = [1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8, 8, 8, 4, 4, 8, 8, 2, 2, 4, 4][format as usize];
    if bytes.len() % size != 0 {
        return vm.raise(Exc::ValueError, "string length not a multiple of item size");
    }
    let is_big = format >= 2 && format % 2 == 1;
    if format >= 18 {
        let encoding = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"][format as usize - 18];
        let text = vm.decode_bytes(bytes, encoding, "strict")?;
        array.append_bytes(vm, &Array::text_bytes(&text))?;
        return Ok(made);
    }
    for raw in bytes.chunks_exact(size) {
        let mut wide = [0u8; 8];
        wide[..size].copy_from_slice(raw);
        if is_big {
            wide[..size].reverse();
        }
        let bits = u64::from_le_bytes(wide);
        let shift = 64 - 8 * size as u32;
        let value = match format {
            14 | 15 => Value::float(f32::from_bits(bits as u32).into()),
            16 | 17 => Value::float(f64::from_bits(bits)),
            1 | 4 | 5 | 8 | 9 | 12 | 13 => Value::int(((bits << shift) as i64) >> shift),
            _ => ouro_runtime::objects::int::new_u64(bits),
        };
        let (raw, size) = kind.to_bytes(vm, &value)?;
        array.append_bytes(vm, &raw[..size])?;
    }
    Ok(made)
}
