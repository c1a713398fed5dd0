//! `_string`: templates of `str.format` taken apart, for `string.Formatter`.

use std::cell::{Cell, RefCell};

use ouro_runtime::class::{Slots, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::str::Str;
use ouro_runtime::text::str_format::{self, Segment};
use ouro_runtime::{Args, Exc, Gc, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};

pub static MODULE: NativeModule = NativeModule {
    name: "_string",
    doc: "string helper module",
    functions: &[
        NativeFn::new("formatter_parser(object, /)", formatter_parser)
            .doc("parse the argument as a format string"),
        NativeFn::new("formatter_field_name_split(object, /)", formatter_field_name_split)
            .doc("split the argument as a field name"),
    ],
    classes: &[
        NativeClass::of::<TemplateIterator>(&TEMPLATE_ITERATOR),
        NativeClass::of::<NameIterator>(&NAME_ITERATOR),
    ],
    init: Some(|vm, module| {
        // The classes have no names there.
        for name in ["formatteriterator", "fieldnameiterator"] {
            drop(module.namespace().remove_str(&vm.intern(name)));
        }
        Ok(())
    }),
};

fn text<'a>(vm: &Vm, value: &'a Value) -> PyResult<&'a Gc<Str>> {
    vm.expect_str(value, "expected str, got {}")
}

fn wtf8(bytes: &[u8]) -> Value {
    Str::from_wtf8(bytes).into()
}

/// Over the segments of a template, as tuples.
struct TemplateIterator {
    template: Gc<Str>,
    /// Where the rest begins.
    position: Cell<usize>,
}

impl Payload for TemplateIterator {
    ouro_runtime::trace_fields!(template; skip position);
}

static TEMPLATE_ITERATOR: TypeSpec = TypeSpec {
    name: "formatteriterator",
    flags: type_flags::NO_NEW,
    slots: Slots { iter: Some(|_, value| Ok(value.clone())), next: Some(next_segment), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn formatter_parser(vm: &Vm, args: Args<'_>) -> PyResult {
    let template = text(vm, args.value(0))?.clone();
    let class = vm.class_of::<TemplateIterator>();
    Ok(heap::alloc(&class, TemplateIterator { template, position: Cell::new(0) }).into())
}

fn next_segment(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let Some(iterator) = value.downcast::<TemplateIterator>() else { return Ok(None) };
    let bytes = iterator.template.as_bytes();
    let mut segments = str_format::segments(&bytes[iterator.position.get()..]);
    let Some(segment) = segments.next() else { return Ok(None) };
    iterator.position.set(bytes.len() - segments.rest().len());
    let Segment { literal, field } = vm.text_result(segment)?;
    let items = match field {
        Some(field) => {
            let conversion = field.conversion.map_or(Value::NONE, |code| Str::from_code_point(code).into());
            [wtf8(literal), wtf8(field.name), wtf8(field.spec), conversion]
        }
        None => [wtf8(literal), Value::NONE, Value::NONE, Value::NONE],
    };
    Ok(Some(vm.tuple(&items)))
}

/// Over what follows the first part of a field name: (is attribute, name or index).
struct NameIterator {
    rest: RefCell<Vec<u8>>,
}

impl Payload for NameIterator {
    const ACYCLIC: bool = true;

    fn trace(&self, _: heap::Visitor<'_>) {}
}

static NAME_ITERATOR: TypeSpec = TypeSpec {
    name: "fieldnameiterator",
    flags: type_flags::NO_NEW,
    slots: Slots { iter: Some(|_, value| Ok(value.clone())), next: Some(next_part), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

/// A part of a name that is all digits is a number.
fn key(vm: &Vm, part: &[u8]) -> PyResult {
    if part.is_empty() || !part.iter().all(u8::is_ascii_digit) {
        return Ok(wtf8(part));
    }
    match std::str::from_utf8(part).ok().and_then(|digits| digits.parse::<i64>().ok()) {
        Some(n) => Ok(Value::int(n)),
        None => vm.raise(Exc::ValueError, "Too many decimal digits in format string"),
    }
}

fn formatter_field_name_split(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = text(vm, args.value(0))?;
    let bytes = name.as_bytes();
    let end = bytes.iter().position(|byte| matches!(byte, b'.' | b'[')).unwrap_or(bytes.len());
    let first = key(vm, &bytes[..end])?;
    let class = vm.class_of::<NameIterator>();
    let rest = heap::alloc(&class, NameIterator { rest: RefCell::new(bytes[end..].to_vec()) });
    Ok(vm.tuple(&[first, rest.into()]))
}

fn next_part(vm: &Vm, value: &Value) -> PyResult<Option<Value>> {
    let Some(iterator) = value.downcast::<NameIterator>() else { return Ok(None) };
    let rest = iterator.rest.take();
    let (is_attribute, part, after) = match rest.first() {
        None => return Ok(None),
        Some(b'.') => {
            let end =
                rest[1..].iter().position(|byte| matches!(byte, b'.' | b'[')).map_or(rest.len(), |at| at + 1);
            (true, &rest[1..end], &rest[end..])
        }
        Some(b'[') => match memchr::memchr(b']', &rest) {
            Some(end) => (false, &rest[1..end], &rest[end + 1..]),
            None => return vm.raise(Exc::ValueError, "Missing ']' in format string"),
        },
        Some(_) => {
            return vm.raise(Exc::ValueError, "Only '.' or '[' may follow ']' in format field specifier");
        }
    };
    if part.is_empty() {
        return vm.raise(Exc::ValueError, "Empty attribute in format string");
    }
    let part = if is_attribute { wtf8(part) } else { key(vm, part)? };
    iterator.rest.replace(after.to_vec());
    Ok(Some(vm.tuple(&[is_attribute.into(), part])))
}
