//! `str.maketrans` and `str.translate`.

use super::Str;
use crate::objects::dict::Dict;
use crate::objects::int;
use crate::text::wtf8;
use crate::value::Value;
use crate::{Args, Exc, Gc, PyResult, Vm};

/// `str.maketrans(x, y, z)`.
pub(super) fn maketrans(vm: &Vm, args: Args<'_>) -> PyResult {
    let (x, map) = (args.value(0), Dict::new());
    let Some(y) = args.get(1) else {
        let Some(given) = x.downcast_exact::<Dict>() else {
            return vm.raise(Exc::TypeError, "if you give only one argument to maketrans it must be a dict");
        };
        for (key, value) in given.snapshot() {
            let key = if let Some(text) = key.downcast::<Str>() {
                if text.len() != 1 {
                    return vm.raise(Exc::ValueError, "string keys in translatetable must be of length 1");
                }
                Value::small(text.code_point(0).into())
            } else if int::is_int(&key) {
                key
            } else {
                return vm.raise(Exc::TypeError, "keys in translate table mustbe strings or integers");
            };
            map.insert(vm, key, value)?;
        }
        return Ok(map.into());
    };
    let y = vm.str_argument(y, "maketrans", "argument 2")?;
    let z = args.get(2).map(|z| vm.str_argument(z, "maketrans", "argument 3")).transpose()?;
    let message = "first maketrans argument must be a string if there is a second argument";
    let x = vm.expect_str(x, message)?;
    if x.len() != y.len() {
        return vm.raise(Exc::ValueError, "the first two maketrans arguments must have equal length");
    }
    for (from, to) in x.code_points().zip(y.code_points()) {
        map.insert(vm, Value::small(from.into()), Value::small(to.into()))?;
    }
    for deleted in z.into_iter().flat_map(|z| z.code_points()) {
        map.insert(vm, Value::small(deleted.into()), Value::NONE)?;
    }
    Ok(map.into())
}

/// What a table makes of a code point.
enum Mapped {
    Same,
    Text(Gc<Str>),
    Code(u32),
    Nothing,
}

fn look_up(vm: &Vm, table: &Value, code: u32) -> PyResult<Mapped> {
    let key = Value::small(code.into());
    let found = match table.downcast_exact::<Dict>() {
        Some(dict) => dict.get(vm, &key)?,
        None => {
            let found = vm.get_item(table, &key);
            vm.catch(found, Exc::LookupError)?
        }
    };
    let Some(found) = found else { return Ok(Mapped::Same) };
    if found.is_none() {
        return Ok(Mapped::Nothing);
    }
    if let Some(text) = found.downcast::<Str>() {
        return Ok(Mapped::Text(text.clone()));
    }
    if !int::is_int(&found) {
        return vm.raise(Exc::TypeError, "character mapping must return integer, None or str");
    }
    match int::as_i64(&found) {
        Some(code @ 0..=0x10ffff) => Ok(Mapped::Code(code as u32)),
        _ => vm.raise(Exc::ValueError, "character mapping must be in range(0x110000)"),
    }
}

/// `str.translate(table)`.
pub(super) fn translate(vm: &Vm, args: Args<'_>) -> PyResult {
    let (text, table) = (args.this::<Str>(), args.value(1));
    if text.is_empty() {
        return Ok(vm.empty_str.to_value());
    }
    // Answers for ASCII are kept; CPython does so too, and asks other tables for each character anew.
    let mut known: [Option<Option<u8>>; 128] = [None; 128];
    let mut out = Vec::with_capacity(text.as_bytes().len());
    let mut changed = false;
    let ascii_only = text.is_ascii();
    for code in text.code_points() {
        if let (true, Some(Some(answer))) = (ascii_only && code < 128, known.get(code as usize)) {
            changed |= answer.is_none_or(|byte| byte as u32 != code);
            out.extend(answer);
            continue;
        }
        match look_up(vm, table, code)? {
            Mapped::Same => {
                wtf8::push(&mut out, code);
                if code < 128 {
                    known[code as usize] = Some(Some(code as u8));
                }
                continue;
            }
            Mapped::Nothing => {
                if code < 128 {
                    known[code as usize] = Some(None);
                }
            }
            Mapped::Code(new) => {
                wtf8::push(&mut out, new);
                if code < 128 && new < 128 {
                    known[code as usize] = Some(Some(new as u8));
                }
            }
            Mapped::Text(new) => {
                vm.check_text_size(out.len().checked_add(new.as_bytes().len()))?;
                out.extend_from_slice(new.as_bytes());
            }
        }
        changed = true;
    }
    Ok(if changed { Str::shared(&out).into() } else { text.exact().into() })
}
