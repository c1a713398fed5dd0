//! `struct`: functions and the class `Struct`.

use std::cell::Cell;

use num_traits::ToPrimitive;
use ouro_runtime::class::{Slots, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::complex::Complex;
use ouro_runtime::objects::module::Module;
use ouro_runtime::objects::str::Str;
use ouro_runtime::objects::{complex, int};
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};

use super::scalar::{PackError, range_message};
use super::{Field, Format, Kind, Scalar, pack_scalar, unpack_scalar};
use crate::convert::real;
use crate::errors;

pub static MODULE: NativeModule = NativeModule {
    name: "struct",
    doc: "Functions to convert between Python values and C structs.",
    functions: &[
        NativeFn::new("calcsize(format, /)", calcsize),
        NativeFn::new("pack(format, /, *values)", pack),
        NativeFn::new("pack_into(format, /, *values)", pack_into),
        NativeFn::new("unpack(format, buffer, /)", unpack),
        NativeFn::new("unpack_from(format, /, buffer, offset=0)", unpack_from),
        NativeFn::new("iter_unpack(format, buffer, /)", iter_unpack),
        NativeFn::new("_clearcache()", |_, _| Ok(Value::NONE)),
    ],
    classes: &[NativeClass::of::<StructObject>(&TYPE), NativeClass::of::<UnpackIterator>(&ITERATOR_TYPE)],
    init: Some(init),
};

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    errors::define(vm, module, "struct", "error", vm.types.exception(Exc::Exception))?;
    module.set(vm, "Struct", vm.class_of::<StructObject>().to_value());
    let names = ["calcsize", "pack", "pack_into", "unpack", "unpack_from", "iter_unpack", "Struct", "error"];
    module.set(vm, "__all__", vm.tuple(&names.map(Value::from)));
    Ok(())
}

#[cold]
fn raise<T>(vm: &Vm, message: impl Into<String>) -> PyResult<T> {
    errors::raise(vm, "struct", "error", message.into())
}

/// `struct.Struct`.
pub struct StructObject {
    format: Format,
    text: Value,
}

impl Payload for StructObject {
    ouro_runtime::trace_fields!(text; skip format);
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "Struct",
    module: "_struct",
    doc: "Compiled struct object.",
    flags: type_flags::BASE_TYPE | type_flags::HAS_WEAKREF,
    new: Some(NativeFn::new("Struct($type, format)", new)),
    methods: &[
        NativeFn::new("pack($self, /, *values)", struct_pack),
        NativeFn::new("pack_into($self, /, *values)", struct_pack_into),
        NativeFn::new("unpack($self, buffer, /)", struct_unpack),
        NativeFn::new("unpack_from($self, /, buffer, offset=0)", struct_unpack_from),
        NativeFn::new("iter_unpack($self, buffer, /)", struct_iter_unpack),
    ],
    getset: &[
        GetSet::read_only("format", |_, this| Ok(receiver(this).text.clone())),
        GetSet::read_only("size", |_, this| Ok(receiver(this).format.size.into())),
    ],
    slots: Slots { repr: Some(repr), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn receiver(this: &Value) -> &Gc<StructObject> {
    this.downcast().expect("slots see instances of their class")
}

/// Parses a format argument; its text too.
fn parse(vm: &Vm, format: &Value) -> PyResult<(Format, Value)> {
    let (parsed, text) = if let Some(text) = format.downcast::<Str>() {
        if !text.is_ascii() {
            // Raises UnicodeEncodeError.
            vm.call_method_named(format, "encode", &["ascii".into()])?;
        }
        (Format::parse(text.as_bytes()), format.clone())
    } else if let Some(bytes) = format.downcast::<Bytes>() {
        let text: String = bytes.as_slice().iter().map(|&byte| char::from(byte)).collect();
        (Format::parse(bytes.as_slice()), text.into())
    } else {
        return vm.raise_type_of("Struct() argument 1 must be a str or bytes object, not {}", format);
    };
    match parsed {
        Ok(format) => Ok((format, text)),
        Err(message) => raise(vm, message),
    }
}

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let class = args.value(0).downcast().expect("new gets a class");
    let (format, text) = parse(vm, args.value(1))?;
    Ok(heap::alloc_for(class, StructObject { format, text }).into())
}

fn repr(vm: &Vm, this: &Value) -> PyResult {
    let shown = vm.repr_text(&receiver(this).text)?;
    Ok(format!("{}({shown})", vm.type_name(this).rsplit('.').next().unwrap_or("Struct")).into())
}

fn calcsize(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(parse(vm, args.value(0))?.0.size.into())
}

/// Packs values into new bytes. `name` is the function for messages.
fn pack_values(vm: &Vm, format: &Format, name: &str, values: &[Value]) -> PyResult<Vec<u8>> {
    if values.len() != format.values {
        let message = format!("{name} expected {} items for packing (got {})", format.values, values.len());
        return raise(vm, message);
    }
    let mut out = vec![0; vm.check_text_size(Some(format.size))?];
    for ((field, offset), value) in format.slots().zip(values) {
        pack_value(vm, format, field, value, &mut out[offset..offset + field.size])?;
    }
    Ok(out)
}

fn pack_value(vm: &Vm, format: &Format, field: &Field, value: &Value, out: &mut [u8]) -> PyResult<()> {
    let scalar = match field.kind {
        Kind::Bytes | Kind::Pascal => return pack_bytes(vm, field, value, out),
        Kind::Char => match value.downcast::<Bytes>().map(|bytes| bytes.as_slice()) {
            Some(&[byte]) => Scalar::Byte(byte),
            _ => return raise(vm, "char format requires a bytes object of length 1"),
        },
        Kind::Bool => Scalar::Bool(vm.truth(value)?),
        Kind::Float => match real(vm, value) {
            Ok(number) => Scalar::Float(number),
            Err(raised) => {
                drop(vm.take_raised(raised));
                return raise(vm, "required argument is not a float");
            }
        },
        Kind::Complex => match to_complex(vm, value) {
            Ok((real, imag)) => Scalar::Complex(real, imag),
            Err(raised) => {
                drop(vm.take_raised(raised));
                return raise(vm, "required argument is not a complex");
            }
        },
        _ => {
            if !vm.has_index(value) {
                return raise(vm, "required argument is not an integer");
            }
            let index = vm.index(value)?;
            let number = int::as_i64(&index).map(i128::from);
            match number.or_else(|| int::as_big(&index)?.to_i128()) {
                Some(number) => Scalar::Int(number),
                None => return raise(vm, range_message(field)),
            }
        }
    };
    match pack_scalar(field, format.big_endian, &scalar, out) {
        Ok(()) => Ok(()),
        Err(PackError::Struct(message)) => raise(vm, message),
        Err(PackError::Overflow(_)) if int::is_int(value) => raise(vm, "int too large to convert"),
        Err(PackError::Overflow(message)) => vm.raise(Exc::OverflowError, message),
    }
}

fn to_complex(vm: &Vm, value: &Value) -> PyResult<(f64, f64)> {
    if let Some(number) = value.downcast::<Complex>() {
        return Ok((number.re, number.im));
    }
    if let Some(method) = vm.lookup_special(value, &vm.names.__complex__)? {
        let made = vm.call(&method, &[])?;
        if let Some(number) = made.downcast::<Complex>() {
            return Ok((number.re, number.im));
        }
    }
    Ok((real(vm, value)?, 0.0))
}

fn pack_bytes(vm: &Vm, field: &Field, value: &Value, out: &mut [u8]) -> PyResult<()> {
    let Some(buffer) = vm.borrow_bytes(value)? else {
        return raise(vm, format!("argument for '{}' must be a bytes object", field.code as char));
    };
    let content: &[u8] = &buffer;
    if field.kind == Kind::Bytes {
        let length = content.len().min(out.len());
        out[..length].copy_from_slice(&content[..length]);
        return Ok(());
    }
    if let Some((first, rest)) = out.split_first_mut() {
        let length = content.len().min(rest.len());
        rest[..length].copy_from_slice(&content[..length]);
        *first = length.min(255) as u8;
    }
    Ok(())
}

/// The values of a struct that lies at the start of `bytes`.
fn unpack_values(vm: &Vm, format: &Format, bytes: &[u8]) -> Value {
    let one = |(field, offset): (&Field, usize)| {
        let bytes = &bytes[offset..offset + field.size];
        match field.kind {
            Kind::Bytes => return Bytes::new(bytes).into(),
            Kind::Pascal => {
                let length = bytes.first().map_or(0, |&length| usize::from(length).min(bytes.len() - 1));
                return Bytes::new(bytes.get(1..1 + length).unwrap_or_default()).into();
            }
            _ => {}
        }
        match unpack_scalar(field, format.big_endian, bytes) {
            Scalar::Int(number) => int::new_i128(number),
            Scalar::Float(number) => Value::float(number),
            Scalar::Complex(real, imag) => complex::new(real, imag),
            Scalar::Bool(truth) => Value::bool(truth),
            Scalar::Byte(byte) => Bytes::new(&[byte]).into(),
        }
    };
    let values: Vec<Value> = format.slots().map(one).collect();
    vm.tuple(&values)
}

fn unpack_whole(vm: &Vm, format: &Format, buffer: &Value) -> PyResult {
    let buffer = vm.bytes_argument(buffer)?;
    if buffer.len() != format.size {
        return raise(vm, format!("unpack requires a buffer of {} bytes", format.size));
    }
    Ok(unpack_values(vm, format, &buffer))
}

fn unpack_part(vm: &Vm, format: &Format, buffer: &Value, offset: Option<&Value>) -> PyResult {
    let offset = offset.map_or(Ok(0), |value| vm.to_i64(value))?;
    let buffer = vm.bytes_argument(buffer)?;
    let bytes: &[u8] = &buffer;
    match super::locate("unpack", format.size, bytes.len(), offset as isize) {
        Ok(start) => Ok(unpack_values(vm, format, &bytes[start..])),
        Err(message) => raise(vm, message),
    }
}

fn pack(vm: &Vm, args: Args<'_>) -> PyResult {
    let (format, _) = parse(vm, args.value(0))?;
    Ok(Bytes::from_vec(pack_values(vm, &format, "pack", args.rest())?).into())
}

/// Packs into a writable buffer: `values` are the buffer, the offset and what to pack.
fn pack_into_buffer(vm: &Vm, format: &Format, values: &[Value]) -> PyResult {
    let (buffer, offset, values) = match values {
        [] => return raise(vm, "pack_into expected buffer argument"),
        [_] => return raise(vm, "pack_into expected offset argument"),
        [buffer, offset, values @ ..] => (buffer, offset, values),
    };
    if values.len() != format.values {
        let message =
            format!("pack_into expected {} items for packing (got {})", format.values, values.len());
        return raise(vm, message);
    }
    let length = match vm.writable_len(buffer, "pack_into") {
        Ok(length) => length,
        Err(raised) if vm.raised_is(&raised, Exc::TypeError) => {
            drop(vm.take_raised(raised));
            return vm.raise_type_of("argument must be read-write bytes-like object, not {}", buffer);
        }
        Err(raised) => return Err(raised),
    };
    let offset = vm.to_i64(offset)?;
    let start = match super::locate("pack", format.size, length, offset as isize) {
        Ok(start) => start,
        Err(message) => return raise(vm, message),
    };
    // Packed aside first: a value's methods may run Python code, which must not see the buffer lent.
    let packed = pack_values(vm, format, "pack_into", values)?;
    let fits =
        vm.fill_buffer(buffer, "pack_into", |bytes| match bytes.get_mut(start..start + packed.len()) {
            Some(place) => {
                place.copy_from_slice(&packed);
                true
            }
            None => false,
        })?;
    if fits { Ok(Value::NONE) } else { raise(vm, "buffer shrank while packing") }
}

fn pack_into(vm: &Vm, args: Args<'_>) -> PyResult {
    pack_into_buffer(vm, &parse(vm, args.value(0))?.0, args.rest())
}

fn struct_pack_into(vm: &Vm, args: Args<'_>) -> PyResult {
    pack_into_buffer(vm, &args.this::<StructObject>().format, args.rest())
}

fn unpack(vm: &Vm, args: Args<'_>) -> PyResult {
    unpack_whole(vm, &parse(vm, args.value(0))?.0, args.value(1))
}

fn unpack_from(vm: &Vm, args: Args<'_>) -> PyResult {
    unpack_part(vm, &parse(vm, args.value(0))?.0, args.value(1), args.get(2))
}

fn iter_unpack(vm: &Vm, args: Args<'_>) -> PyResult {
    UnpackIterator::make(vm, parse(vm, args.value(0))?.0, args.value(1))
}

fn struct_pack(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<StructObject>();
    Ok(Bytes::from_vec(pack_values(vm, &this.format, "pack", args.rest())?).into())
}

fn struct_unpack(vm: &Vm, args: Args<'_>) -> PyResult {
    unpack_whole(vm, &args.this::<StructObject>().format, args.value(1))
}

fn struct_unpack_from(vm: &Vm, args: Args<'_>) -> PyResult {
    unpack_part(vm, &args.this::<StructObject>().format, args.value(1), args.get(2))
}

fn struct_iter_unpack(vm: &Vm, args: Args<'_>) -> PyResult {
    UnpackIterator::make(vm, args.this::<StructObject>().format.clone(), args.value(1))
}

/// The iterator of `iter_unpack`.
pub struct UnpackIterator {
    format: Format,
    buffer: Value,
    /// Byte offset of the next struct.
    next: Cell<usize>,
}

impl Payload for UnpackIterator {
    ouro_runtime::trace_fields!(buffer; skip format, next);
}

pub static ITERATOR_TYPE: TypeSpec = TypeSpec {
    name: "unpack_iterator",
    module: "_struct",
    flags: type_flags::NO_NEW,
    methods: &[NativeFn::new("__length_hint__($self, /)", length_hint)],
    slots: Slots { iter: Some(|_, this| Ok(this.clone())), next: Some(next), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

impl UnpackIterator {
    fn make(vm: &Vm, format: Format, buffer: &Value) -> PyResult {
        let size = format.size;
        if size == 0 {
            return raise(vm, "cannot iteratively unpack with a struct of length 0");
        }
        if vm.bytes_argument(buffer)?.len() % size != 0 {
            return raise(vm, format!("iterative unpacking requires a buffer of a multiple of {size} bytes"));
        }
        let body = UnpackIterator { format, buffer: buffer.clone(), next: Cell::new(0) };
        Ok(heap::alloc(&vm.class_of::<UnpackIterator>(), body).into())
    }
}

fn next(vm: &Vm, this: &Value) -> PyResult<Option<Value>> {
    let this: &Gc<UnpackIterator> = this.downcast().expect("slots see instances of their class");
    let buffer = vm.bytes_argument(&this.buffer)?;
    let at = this.next.get();
    let Some(bytes) = buffer.get(at..at + this.format.size) else { return Ok(None) };
    this.next.set(at + this.format.size);
    Ok(Some(unpack_values(vm, &this.format, bytes)))
}

fn length_hint(vm: &Vm, args: Args<'_>) -> PyResult {
    let this = args.this::<UnpackIterator>();
    let left = vm.bytes_argument(&this.buffer)?.len().saturating_sub(this.next.get());
    Ok((left / this.format.size).into())
}
