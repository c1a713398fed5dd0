//! The `%` operator of `str`, `bytes` and `bytearray`: fetches arguments and drives the text engine.

use super::Str;
use crate::objects::bytearray::ByteArray;
use crate::objects::bytes::Bytes;
use crate::objects::tuple::Tuple;
use crate::objects::{float, int};
use crate::text::percent::{self, Amount, Conversion, Flavor, Layout, Piece};
use crate::text::{TextError, check_size};
use crate::value::Value;
use crate::{Exc, PyResult, Vm};

/// `template % args`; NotImplemented if the left operand is no str.
pub(super) fn str_modulo(vm: &Vm, template: &Value, args: &Value) -> PyResult {
    let Some(template) = template.downcast::<Str>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let text = modulo(vm, Flavor::Str, template.as_bytes(), args)?;
    Ok(Str::shared(&text).into())
}

/// The values of a `%` operation, taken one after the other.
struct Supply<'a> {
    args: &'a Value,
    /// The items, if a tuple was given.
    items: Option<&'a [Value]>,
    next: usize,
    /// Set if the operand can be looked up by key.
    is_mapping: bool,
    /// The value found by key for the current conversion; unbound once taken.
    keyed: Option<Value>,
    any_key: bool,
}

impl Supply<'_> {
    fn take(&mut self, vm: &Vm) -> PyResult {
        if let Some(value) = &mut self.keyed {
            let value = std::mem::replace(value, Value::UNBOUND);
            if !value.is_unbound() {
                return Ok(value);
            }
            return vm.raise_text(percent::not_enough_arguments());
        }
        let value = match self.items {
            Some(items) => items.get(self.next).cloned(),
            None => (self.next == 0).then(|| self.args.clone()),
        };
        self.next += 1;
        match value {
            Some(value) => Ok(value),
            None => vm.raise_text(percent::not_enough_arguments()),
        }
    }

    fn is_used_up(&self) -> bool {
        let given = self.items.map_or(1, <[Value]>::len);
        self.next >= given || self.is_mapping || self.any_key
    }
}

/// `template % args` as text or bytes.
pub fn modulo(vm: &Vm, flavor: Flavor, template: &[u8], args: &Value) -> PyResult<Vec<u8>> {
    let items = args.downcast::<Tuple>().map(|tuple| tuple.items());
    let is_own_kind = match flavor {
        Flavor::Str => args.downcast::<Str>().is_some(),
        Flavor::Bytes => args.downcast::<Bytes>().is_some() || args.downcast::<ByteArray>().is_some(),
    };
    let is_mapping = items.is_none() && !is_own_kind && vm.type_of(args).slots().get_item.is_some();
    let is_mapping = is_mapping && (flavor == Flavor::Str || args.downcast::<Str>().is_none());
    let mut supply = Supply { args, items, next: 0, is_mapping, keyed: None, any_key: false };
    let mut out = Vec::with_capacity(template.len() + 32);
    for piece in percent::pieces(template, flavor) {
        match piece {
            Piece::Literal(text) => out.extend_from_slice(text),
            Piece::Conversion(conversion) => apply(vm, flavor, conversion, &mut supply, &mut out)?,
        }
        vm.text_result(check_size(out.len()))?;
    }
    if !supply.is_used_up() {
        return vm.raise_text(percent::not_all_converted(flavor));
    }
    Ok(out)
}

fn apply(
    vm: &Vm,
    flavor: Flavor,
    conversion: Conversion<'_>,
    supply: &mut Supply<'_>,
    out: &mut Vec<u8>,
) -> PyResult<()> {
    if let Some(key) = conversion.key {
        if !supply.is_mapping {
            return vm.raise_text(percent::requires_mapping());
        }
        let key = vm.text_result(key)?;
        let key: Value = match flavor {
            Flavor::Str => Str::shared(key).into(),
            Flavor::Bytes => Bytes::new(key).into(),
        };
        supply.keyed = Some(vm.get_item(supply.args, &key)?);
        supply.any_key = true;
    }
    let mut layout = Layout { flags: conversion.flags, ..Layout::default() };
    match conversion.width {
        Some(Amount::Given(width)) => layout.width = width,
        Some(Amount::Star) => {
            let value = supply.take(vm)?;
            let Some(n) = int::int_ref(&value) else { return vm.raise_text(percent::star_wants_int()) };
            vm.text_result(layout.star_width(n))?;
        }
        None => {}
    }
    match conversion.precision {
        Some(Amount::Given(precision)) => layout.precision = Some(precision),
        Some(Amount::Star) => {
            let value = supply.take(vm)?;
            let Some(n) = int::int_ref(&value) else { return vm.raise_text(percent::star_wants_int()) };
            vm.text_result(layout.star_precision(n))?;
        }
        None => {}
    }
    let code = vm.text_result(conversion.code)?;
    let value = supply.take(vm)?;
    let Some(letter) = char::from_u32(code).filter(char::is_ascii) else {
        return vm.raise_text(percent::unsupported_code(flavor, code, conversion.before));
    };
    match (flavor, letter) {
        (Flavor::Str, 's') => {
            let text = vm.str(&value)?;
            vm.text_result(percent::push_text(out, flavor, text.as_bytes(), &layout))
        }
        (Flavor::Str, 'r') => {
            let text = vm.repr(&value)?;
            vm.text_result(percent::push_text(out, flavor, text.as_bytes(), &layout))
        }
        (Flavor::Str, 'a') | (Flavor::Bytes, 'r' | 'a') => {
            let text = vm.ascii(&value)?;
            vm.text_result(percent::push_text(out, flavor, text.as_bytes(), &layout))
        }
        (Flavor::Bytes, 's' | 'b') => push_bytes(vm, &value, &layout, out),
        (_, 'c') => {
            let character = character(vm, flavor, &value)?;
            vm.text_result(percent::push_character(out, &character, &layout))
        }
        (_, 'd' | 'i' | 'u' | 'o' | 'x' | 'X') => {
            let number = integer(vm, &value, code)?;
            let n = int::int_ref(&number).expect("conversion to an integer gives one");
            vm.text_result(percent::push_int(out, n, code, &layout, vm.int_max_str_digits.get()))
        }
        (_, 'e' | 'E' | 'f' | 'F' | 'g' | 'G') => {
            let number = match (float::as_number(vm, &value), flavor) {
                (Ok(Some(number)), _) => number,
                (Ok(None), _) => {
                    return vm.raise_text(percent::float_required(flavor, &vm.type_name(&value)));
                }
                (Err(raised), Flavor::Str) => return Err(raised),
                (Err(raised), Flavor::Bytes) => {
                    if !vm.raised_is(&raised, Exc::TypeError) {
                        return Err(raised);
                    }
                    drop(vm.take_raised(raised));
                    return vm.raise_text(percent::float_required(flavor, &vm.type_name(&value)));
                }
            };
            vm.text_result(percent::push_float(out, number, code, &layout))
        }
        _ => vm.raise_text(percent::unsupported_code(flavor, code, conversion.before)),
    }
}

/// The value of an integer conversion: `__index__` for `o x X`, `__int__` too for the others.
fn integer(vm: &Vm, value: &Value, code: u32) -> PyResult {
    if int::is_int(value) {
        return Ok(value.clone());
    }
    let slots = vm.type_of(value).slots();
    let is_number = slots.index.is_some() || slots.int.is_some() || slots.float.is_some();
    let needs_index = matches!(code as u8, b'o' | b'x' | b'X');
    let number = if !is_number {
        None
    } else {
        let number = if needs_index { vm.index(value) } else { int::from_object(vm, value) };
        vm.catch(number, Exc::TypeError)?
    };
    match number {
        Some(number) => Ok(number),
        None => vm.raise_text(percent::number_required(code, &vm.type_name(value))),
    }
}

fn character(vm: &Vm, flavor: Flavor, value: &Value) -> PyResult<Vec<u8>> {
    let one = |found: TextError| -> PyResult<Vec<u8>> { vm.raise_text(found) };
    match flavor {
        Flavor::Str => {
            if let Some(text) = value.downcast::<Str>() {
                if text.len() != 1 {
                    return one(percent::character_length(flavor, "str", text.len()));
                }
                return Ok(text.as_bytes().to_vec());
            }
        }
        Flavor::Bytes => {
            let bytes = match (value.downcast::<Bytes>(), value.downcast::<ByteArray>()) {
                (Some(bytes), _) => Some(bytes.as_slice().to_vec()),
                (_, Some(bytes)) => Some(bytes.storage.to_vec()),
                _ => None,
            };
            if let Some(bytes) = bytes {
                if bytes.len() != 1 {
                    return one(percent::character_length(flavor, &vm.type_name(value), bytes.len()));
                }
                return Ok(bytes);
            }
        }
    }
    if !vm.has_index(value) {
        return one(percent::character_required(flavor, &vm.type_of(value).short_qualified_name(vm)));
    }
    let index = vm.index(value)?;
    let n = int::int_ref(&index).expect("an index is an int");
    vm.text_result(percent::character(flavor, n))
}

fn push_bytes(vm: &Vm, value: &Value, layout: &Layout, out: &mut Vec<u8>) -> PyResult<()> {
    if vm.has_buffer(value) {
        let Some(bytes) = vm.copy_bytes(value)? else { return Ok(()) };
        return vm.text_result(percent::push_text(out, Flavor::Bytes, &bytes, layout));
    }
    let Some(method) = vm.lookup_special(value, &vm.names.__bytes__)? else {
        return vm.raise_text(percent::bytes_required(&vm.type_name(value)));
    };
    let result = vm.call(&method, &[])?;
    match result.downcast::<Bytes>() {
        Some(bytes) => vm.text_result(percent::push_text(out, Flavor::Bytes, bytes.as_slice(), layout)),
        None => vm.raise_type_of("__bytes__ returned non-bytes (type {})", &result),
    }
}
