//! `SyntaxError` and its subclasses: where in the source the error is.

use super::attributes::{field, this};
use super::base;
use crate::class::{Slots, TypeSpec};
use crate::native::NativeFn;
use crate::objects::int;
use crate::objects::str::Str;
use crate::{Args, Exc, PyResult, Value, Vm};

const MSG: usize = 0;
const FILENAME: usize = 1;
const LINENO: usize = 2;
const END_LINENO: usize = 5;
const END_OFFSET: usize = 6;
const METADATA: usize = 8;

pub(super) const SPEC: TypeSpec = TypeSpec {
    init: Some(NativeFn::new("__init__", init)),
    getset: &[
        field::<MSG>("msg", "exception msg"),
        field::<FILENAME>("filename", "exception filename"),
        field::<LINENO>("lineno", "exception lineno"),
        field::<3>("offset", "exception offset"),
        field::<4>("text", "exception text"),
        field::<END_LINENO>("end_lineno", "exception end lineno"),
        field::<END_OFFSET>("end_offset", "exception end offset"),
        field::<7>("print_file_and_line", "exception print_file_and_line"),
        field::<METADATA>("_metadata", "exception private metadata"),
    ],
    slots: Slots { str: Some(str), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

/// `SyntaxError(msg, (filename, lineno, offset, text[, end_lineno, end_offset[, metadata]]))`.
fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    base::init(vm, args)?;
    let exception = this(args.value(0));
    let given = &args.values[1..];
    if let Some(message) = given.first() {
        exception.set_field(MSG, message.clone());
    }
    let [_, details] = given else { return Ok(Value::NONE) };
    let details = vm.collect(details)?;
    let n = details.len();
    if n < 4 {
        return vm.raise(Exc::TypeError, format!("function takes at least 4 arguments ({n} given)"));
    }
    if n > 7 {
        return vm.raise(Exc::TypeError, format!("function takes at most 7 arguments ({n} given)"));
    }
    for at in 0..6 {
        exception.set_field(FILENAME + at, details.get(at).cloned().unwrap_or(Value::UNBOUND));
    }
    exception.set_field(METADATA, details.get(6).cloned().unwrap_or(Value::UNBOUND));
    if n == 5 {
        return vm.raise(Exc::TypeError, "end_offset must be provided when end_lineno is provided");
    }
    Ok(Value::NONE)
}

/// The message, with the base name of the file and the line where they are known.
fn str(vm: &Vm, value: &Value) -> PyResult {
    let exception = this(value);
    let message = vm.str(&exception.field(MSG).unwrap_or(Value::NONE))?;
    let filename = exception.field(FILENAME).and_then(|name| name.into_gc::<Str>().ok());
    let line = exception.field(LINENO).filter(|line| line.as_bool().is_none() && int::is_int(line));
    let line = line.map(|line| int::clip_i64(&line));
    let file = filename.as_ref().map(|name| {
        let bytes = name.as_bytes();
        let start = bytes.iter().rposition(|&b| b == b'/').map_or(0, |at| at + 1);
        &bytes[start..]
    });
    let place: Vec<u8> = match (file, line) {
        (None, None) => return Ok(message.into()),
        (Some(file), None) => [b" (", file, b")"].concat(),
        (None, Some(line)) => format!(" (line {line})").into(),
        (Some(file), Some(line)) => [b" (", file, format!(", line {line})").as_bytes()].concat(),
    };
    Ok(Str::concat_all(&[message.as_bytes(), &place]).into())
}
