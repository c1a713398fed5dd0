//! `unicodedata`: the Unicode Character Database, version 16.0.
//!
//! Left out: `ucd_3_2_0`, the database of 2002, and the named sequences of several code points.

use ouro_runtime::objects::module::Module;
use ouro_runtime::objects::str::Str;
use ouro_runtime::text::normalize::{self, Form};
use ouro_runtime::text::{names, unicode};
use ouro_runtime::{Args, Exc, Gc, NativeFn, NativeModule, PyResult, Value, Vm};

pub static MODULE: NativeModule = NativeModule {
    name: "unicodedata",
    doc: "This module provides access to the Unicode Character Database which\ndefines character properties for all \
          Unicode characters. The data in\nthis database is based on the UnicodeData.txt file version\n16.0.0 which \
          is publicly available from the Unicode Consortium.\n\nThe module uses the same names and symbols as \
          defined by the\nUnicodeData File Format 16.0.0.",
    functions: &[
        NativeFn::new("bidirectional(chr, /)", bidirectional)
            .doc("Returns the bidirectional class assigned to the character chr as string."),
        NativeFn::new("category(chr, /)", category)
            .doc("Returns the general category assigned to the character chr as string."),
        NativeFn::new("combining(chr, /)", combining)
            .doc("Returns the canonical combining class assigned to the character chr as integer."),
        NativeFn::new("decimal(chr, default=<unrepresentable>, /)", decimal)
            .doc("Converts a Unicode character into its equivalent decimal value."),
        NativeFn::new("decomposition(chr, /)", decomposition)
            .doc("Returns the character decomposition mapping assigned to the character chr as string."),
        NativeFn::new("digit(chr, default=<unrepresentable>, /)", digit)
            .doc("Converts a Unicode character into its equivalent digit value."),
        NativeFn::new("east_asian_width(chr, /)", east_asian_width)
            .doc("Returns the east asian width assigned to the character chr as string."),
        NativeFn::new("is_normalized(form, unistr, /)", is_normalized)
            .doc("Return whether the Unicode string unistr is in the normal form 'form'."),
        NativeFn::new("lookup(name, /)", lookup).doc("Look up character by name."),
        NativeFn::new("mirrored(chr, /)", mirrored)
            .doc("Returns the mirrored property assigned to the character chr as integer."),
        NativeFn::new("name(chr, default=<unrepresentable>, /)", name)
            .doc("Returns the name assigned to the character chr as a string."),
        NativeFn::new("normalize(form, unistr, /)", normalize)
            .doc("Return the normal form 'form' for the Unicode string unistr."),
        NativeFn::new("numeric(chr, default=<unrepresentable>, /)", numeric)
            .doc("Converts a Unicode character into its equivalent numeric value."),
    ],
    init: Some(init),
    ..NativeModule::DEFAULT
};

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    module.set(vm, "unidata_version", "16.0.0");
    Ok(())
}

/// The one code point of the first argument. `display` is "argument" or, for functions with several, "argument 1".
fn code_point(vm: &Vm, args: Args<'_>, function: &str, display: &str) -> PyResult<u32> {
    let Some(text) = args.value(0).downcast::<Str>() else {
        return vm.raise_bad_argument(function, display, "a unicode character", args.value(0));
    };
    match text.len() {
        1 => Ok(text.code_point(0)),
        length => vm.raise(
            Exc::TypeError,
            format!("{function}(): {display} must be a unicode character, not a string of length {length}"),
        ),
    }
}

fn category(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(unicode::category(code_point(vm, args, "category", "argument")?).into())
}

fn bidirectional(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(unicode::bidirectional(code_point(vm, args, "bidirectional", "argument")?).into())
}

fn combining(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Value::small(unicode::combining(code_point(vm, args, "combining", "argument")?).into()))
}

fn mirrored(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(Value::small(unicode::mirrored(code_point(vm, args, "mirrored", "argument")?).into()))
}

fn east_asian_width(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(unicode::east_asian_width(code_point(vm, args, "east_asian_width", "argument")?).into())
}

fn decomposition(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(normalize::decomposition(code_point(vm, args, "decomposition", "argument")?).into())
}

/// A property, the default where the character has none, or a ValueError.
fn or_default(vm: &Vm, args: Args<'_>, found: Option<Value>, message: &str) -> PyResult {
    match (found, args.get(1)) {
        (Some(found), _) => Ok(found),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => vm.raise(Exc::ValueError, message),
    }
}

fn decimal(vm: &Vm, args: Args<'_>) -> PyResult {
    let found = unicode::decimal_value(code_point(vm, args, "decimal", "argument 1")?);
    or_default(vm, args, found.map(|n| Value::small(n.into())), "not a decimal")
}

fn digit(vm: &Vm, args: Args<'_>) -> PyResult {
    let found = unicode::digit_value(code_point(vm, args, "digit", "argument 1")?);
    or_default(vm, args, found.map(|n| Value::small(n.into())), "not a digit")
}

fn numeric(vm: &Vm, args: Args<'_>) -> PyResult {
    let found = unicode::numeric_value(code_point(vm, args, "numeric", "argument 1")?);
    or_default(vm, args, found.map(Value::float), "not a numeric character")
}

fn name(vm: &Vm, args: Args<'_>) -> PyResult {
    let found = names::name(code_point(vm, args, "name", "argument 1")?);
    or_default(vm, args, found.map(Value::from), "no such name")
}

fn lookup(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = match args.value(0).downcast::<Str>() {
        Some(text) => text.to_string_lossy().into_owned(),
        None => String::from_utf8_lossy(&vm.bytes_argument(args.value(0))?).into_owned(),
    };
    /// The longest name there is.
    const MAX_NAME: usize = 256;
    if name.len() > MAX_NAME {
        return vm.raise(Exc::KeyError, "name too long");
    }
    match names::lookup(&name) {
        Some(c) => Ok(Str::from_code_point(c).into()),
        None => vm.raise(Exc::KeyError, format!("undefined character name '{name}'")),
    }
}

/// The form and the text of a normalising function.
fn form_and_text<'a>(vm: &Vm, args: Args<'a>, function: &str) -> PyResult<(Form, &'a Gc<Str>)> {
    let form = vm.str_argument(args.value(0), function, "argument 1")?;
    let text = vm.str_argument(args.value(1), function, "argument 2")?;
    match Form::from_name(form.as_bytes()) {
        Some(form) => Ok((form, text)),
        None => vm.raise(Exc::ValueError, "invalid normalization form"),
    }
}

fn normalize(vm: &Vm, args: Args<'_>) -> PyResult {
    let (form, text) = form_and_text(vm, args, "normalize")?;
    if text.is_ascii() {
        return Ok(text.to_value());
    }
    Ok(Str::from_wtf8(&normalize::normalize(text.as_bytes(), form)).into())
}

fn is_normalized(vm: &Vm, args: Args<'_>) -> PyResult {
    let (form, text) = form_and_text(vm, args, "is_normalized")?;
    Ok(Value::bool(text.is_ascii() || normalize::is_normalized(text.as_bytes(), form)))
}
