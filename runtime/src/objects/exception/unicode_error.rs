//! `UnicodeEncodeError`, `UnicodeDecodeError` and `UnicodeTranslateError`.

use super::attributes::{field, number, this};
use super::base;
use crate::class::{Slots, TypeSpec};
use crate::native::NativeFn;
use crate::objects::bytes::{self, Bytes};
use crate::objects::str::Str;
use crate::{Args, Exc, Gc, GetSet, PyResult, Value, Vm};

const ENCODING: usize = 0;
const OBJECT: usize = 1;
const START: usize = 2;
const END: usize = 3;
const REASON: usize = 4;

const FIELDS: &[GetSet] = &[
    field::<ENCODING>("encoding", "exception encoding"),
    field::<OBJECT>("object", "exception object"),
    number::<START>("start", "exception start"),
    number::<END>("end", "exception end"),
    field::<REASON>("reason", "exception reason"),
];

pub(super) const ENCODE: TypeSpec = TypeSpec {
    init: Some(NativeFn::new("__init__", init_encode)),
    getset: FIELDS,
    slots: Slots { str: Some(str_encode), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

pub(super) const DECODE: TypeSpec = TypeSpec {
    init: Some(NativeFn::new("__init__", init_decode)),
    getset: FIELDS,
    slots: Slots { str: Some(str_decode), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

pub(super) const TRANSLATE: TypeSpec = TypeSpec {
    init: Some(NativeFn::new("__init__", init_translate)),
    getset: FIELDS,
    slots: Slots { str: Some(str_translate), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn string(vm: &Vm, given: &[Value], at: usize) -> PyResult<Value> {
    let value = &given[at];
    match value.downcast::<Str>() {
        Some(_) => Ok(value.clone()),
        None => vm.raise_type_of(&format!("argument {} must be str, not {{}}", at + 1), value),
    }
}

fn position(vm: &Vm, value: &Value) -> PyResult {
    vm.to_i64(value).map(Value::int)
}

fn given<'a>(vm: &Vm, args: &Args<'a>, count: usize) -> PyResult<&'a [Value]> {
    base::init(vm, *args)?;
    let given = &args.values[1..];
    if given.len() != count {
        let n = given.len();
        return vm.raise(Exc::TypeError, format!("function takes exactly {count} arguments ({n} given)"));
    }
    Ok(given)
}

fn store(args: &Args<'_>, fields: [Value; 5]) -> PyResult {
    let exception = this(args.value(0));
    fields.into_iter().enumerate().for_each(|(at, value)| exception.set_field(at, value));
    Ok(Value::NONE)
}

fn init_encode(vm: &Vm, args: Args<'_>) -> PyResult {
    let given = given(vm, &args, 5)?;
    let (encoding, object) = (string(vm, given, 0)?, string(vm, given, 1)?);
    let (start, end) = (position(vm, &given[2])?, position(vm, &given[3])?);
    let reason = string(vm, given, 4)?;
    store(&args, [encoding, object, start, end, reason])
}

fn init_decode(vm: &Vm, args: Args<'_>) -> PyResult {
    let given = given(vm, &args, 5)?;
    let encoding = string(vm, given, 0)?;
    let (start, end) = (position(vm, &given[2])?, position(vm, &given[3])?);
    let reason = string(vm, given, 4)?;
    let object = match given[1].downcast::<Bytes>() {
        Some(_) => given[1].clone(),
        None => match bytes::bytes_like(vm, &given[1])? {
            Some(copy) => Bytes::from_vec(copy).into(),
            None => {
                return vm.raise_type_of("a bytes-like object is required, not '{}'", &given[1]);
            }
        },
    };
    store(&args, [encoding, object, start, end, reason])
}

fn init_translate(vm: &Vm, args: Args<'_>) -> PyResult {
    let given = given(vm, &args, 4)?;
    let object = string(vm, given, 0)?;
    let (start, end) = (position(vm, &given[1])?, position(vm, &given[2])?);
    let reason = string(vm, given, 3)?;
    store(&args, [Value::UNBOUND, object, start, end, reason])
}

/// What all three messages are made of.
struct Parts {
    encoding: String,
    start: i64,
    end: i64,
    reason: Gc<Str>,
    /// The one faulty code point or byte, if it is one and exists.
    single: Option<u32>,
}

/// `None` for an exception that was never initialised.
fn parts(vm: &Vm, value: &Value) -> PyResult<Option<Parts>> {
    let exception = this(value);
    let Some(object) = exception.field(OBJECT) else { return Ok(None) };
    let position = |at| exception.field(at).and_then(|n| n.as_small_int()).unwrap_or(0);
    let (start, end) = (position(START), position(END));
    let encoding = match exception.field(ENCODING) {
        Some(encoding) => vm.str_text(&encoding)?,
        None => String::new(),
    };
    let reason = match exception.field(REASON) {
        Some(reason) => vm.str(&reason)?,
        None => vm.empty_str.clone(),
    };
    let at = usize::try_from(start).ok().filter(|_| start.checked_add(1) == Some(end));
    let single = at.and_then(|at| {
        if let Some(text) = object.downcast::<Str>() {
            (at < text.len()).then(|| text.code_point(at))
        } else {
            object.downcast::<Bytes>()?.as_slice().get(at).map(|&byte| byte as u32)
        }
    });
    Ok(Some(Parts { encoding, start, end, reason, single }))
}

/// `'\xe9'` and the like, without quotes.
fn escaped(code: u32) -> String {
    match code {
        0..=0xff => format!("\\x{code:02x}"),
        0x100..=0xffff => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    }
}

fn message(parts: &Parts, before: String) -> PyResult {
    Ok(Str::concat_all(&[before.as_bytes(), b": ", parts.reason.as_bytes()]).into())
}

fn str_encode(vm: &Vm, value: &Value) -> PyResult {
    let Some(parts) = parts(vm, value)? else { return Ok("".into()) };
    let Parts { encoding, start, end, .. } = &parts;
    let before = match parts.single {
        Some(code) => {
            format!("'{encoding}' codec can't encode character '{}' in position {start}", escaped(code))
        }
        None => {
            format!(
                "'{encoding}' codec can't encode characters in position {start}-{}",
                end.saturating_sub(1)
            )
        }
    };
    message(&parts, before)
}

fn str_decode(vm: &Vm, value: &Value) -> PyResult {
    let Some(parts) = parts(vm, value)? else { return Ok("".into()) };
    let Parts { encoding, start, end, .. } = &parts;
    let before = match parts.single {
        Some(byte) => format!("'{encoding}' codec can't decode byte 0x{byte:02x} in position {start}"),
        None => {
            format!("'{encoding}' codec can't decode bytes in position {start}-{}", end.saturating_sub(1))
        }
    };
    message(&parts, before)
}

fn str_translate(vm: &Vm, value: &Value) -> PyResult {
    let Some(parts) = parts(vm, value)? else { return Ok("".into()) };
    let Parts { start, end, .. } = &parts;
    let before = match parts.single {
        Some(code) => format!("can't translate character '{}' in position {start}", escaped(code)),
        None => format!("can't translate characters in position {start}-{}", end.saturating_sub(1)),
    };
    message(&parts, before)
}
