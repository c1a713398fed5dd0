//! Methods of `str` that search: `find`, `count`, `replace`, `split`, `startswith` and their kin.

use super::Str;
use crate::objects::list::List;
use crate::objects::tuple::Tuple;
use crate::text::str_search::{self, Ends, Unit};
use crate::value::Value;
use crate::{Args, Exc, Gc, PyResult, Vm};

fn text_value(bytes: &[u8]) -> Value {
    Str::shared(bytes).into()
}

/// A part of `text`, which is `text` itself if nothing is left out.
fn part(text: &Gc<Str>, bytes: &[u8]) -> Value {
    if bytes.len() == text.as_bytes().len() { text.exact().into() } else { text_value(bytes) }
}

/// Byte offsets of a range in code points; `None` where even the empty string is not found.
#[inline]
fn byte_range(text: &Gc<Str>, start: i64, end: i64) -> Option<(usize, usize)> {
    if start == 0 && end == i64::MAX {
        return Some((0, text.as_bytes().len()));
    }
    let (start, end) = str_search::clamp_range(start, end, text.len())?;
    Some((text.byte_offset(start), text.byte_offset(end)))
}

type Search = fn(&[u8], &[u8]) -> Option<usize>;

fn locate(vm: &Vm, args: Args<'_>, name: &str, search: Search) -> PyResult<Option<usize>> {
    let text = args.this::<Str>();
    let needle = vm.str_argument(args.value(1), name, "argument 1")?;
    let (start, end) = vm.search_range(args.get(2), args.get(3))?;
    let found = byte_range(text, start, end)
        .and_then(|(from, to)| search(&text.as_bytes()[from..to], needle.as_bytes()).map(|at| from + at));
    Ok(found.map(|offset| text.char_index(offset)))
}

pub(super) fn find(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(locate(vm, args, "find", str_search::find)?.map_or(Value::small(-1), Value::from))
}

pub(super) fn rfind(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(locate(vm, args, "rfind", str_search::rfind)?.map_or(Value::small(-1), Value::from))
}

fn found(vm: &Vm, position: Option<usize>) -> PyResult {
    match position {
        Some(position) => Ok(position.into()),
        None => vm.raise(Exc::ValueError, "substring not found"),
    }
}

pub(super) fn index(vm: &Vm, args: Args<'_>) -> PyResult {
    let position = locate(vm, args, "index", str_search::find)?;
    found(vm, position)
}

pub(super) fn rindex(vm: &Vm, args: Args<'_>) -> PyResult {
    let position = locate(vm, args, "rindex", str_search::rfind)?;
    found(vm, position)
}

pub(super) fn count(vm: &Vm, args: Args<'_>) -> PyResult {
    let text = args.this::<Str>();
    let needle = vm.str_argument(args.value(1), "count", "argument 1")?;
    let (start, end) = vm.search_range(args.get(2), args.get(3))?;
    let n = byte_range(text, start, end).map_or(0, |(from, to)| {
        let unit = if text.is_ascii() { Unit::Bytes } else { Unit::CodePoints };
        str_search::count(&text.as_bytes()[from..to], needle.as_bytes(), unit)
    });
    Ok(n.into())
}

fn has_affix(vm: &Vm, args: Args<'_>, name: &str, at_end: bool) -> PyResult {
    let text = args.this::<Str>();
    let affix = args.value(1);
    if let (2, Some(affix)) = (args.len(), affix.downcast::<Str>()) {
        let (bytes, affix) = (text.as_bytes(), affix.as_bytes());
        return Ok(if at_end { bytes.ends_with(affix) } else { bytes.starts_with(affix) }.into());
    }
    let (start, end) = vm.search_range(args.get(2), args.get(3))?;
    let range = byte_range(text, start, end);
    let matches = |affix: &Gc<Str>| str_search::matches_at(text.as_bytes(), range, affix.as_bytes(), at_end);
    if let Some(affix) = affix.downcast::<Str>() {
        return Ok(matches(affix).into());
    }
    let Some(affixes) = affix.downcast::<Tuple>() else {
        let message = format!("{name} first arg must be str or a tuple of str, not {{}}");
        return vm.raise_type_of(&message, affix);
    };
    for affix in affixes.items() {
        let message = format!("tuple for {name} must only contain str, not {{}}");
        if matches(vm.expect_str(affix, &message)?) {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

pub(super) fn startswith(vm: &Vm, args: Args<'_>) -> PyResult {
    has_affix(vm, args, "startswith", false)
}

pub(super) fn endswith(vm: &Vm, args: Args<'_>) -> PyResult {
    has_affix(vm, args, "endswith", true)
}

pub(super) fn replace(vm: &Vm, args: Args<'_>) -> PyResult {
    let text = args.this::<Str>();
    let old = vm.str_argument(args.value(1), "replace", "argument 1")?;
    let new = vm.str_argument(args.value(2), "replace", "argument 2")?;
    let max = args.get(3).map_or(Ok(-1), |max| vm.to_i64(max))?;
    if let (&[old], &[new], true, true) = (old.as_bytes(), new.as_bytes(), max < 0, text.is_ascii()) {
        if old == new || memchr::memchr(old, text.as_bytes()).is_none() {
            return Ok(text.exact().into());
        }
        if text.len() > 1 && new.is_ascii() {
            let codes = text.as_bytes().iter().map(|&code| if code == old { new } else { code });
            return Ok(Str::from_ascii(codes).into());
        }
    }
    let unit = if text.is_ascii() { Unit::Bytes } else { Unit::CodePoints };
    let replaced = str_search::replace(text.as_bytes(), old.as_bytes(), new.as_bytes(), max, unit);
    Ok(match vm.text_result(replaced)? {
        Some(bytes) => text_value(&bytes),
        None => text.exact().into(),
    })
}

fn list(text: &Gc<Str>, parts: Vec<&[u8]>) -> Value {
    List::new(parts.into_iter().map(|bytes| part(text, bytes)).collect()).into()
}

type SplitSpace = for<'a> fn(&'a [u8], i64, Unit) -> Vec<&'a [u8]>;
type SplitAt = for<'a> fn(&'a [u8], &[u8], i64) -> crate::text::TextResult<Vec<&'a [u8]>>;

fn split_with(vm: &Vm, args: Args<'_>, at_space: SplitSpace, at: SplitAt) -> PyResult {
    let text = args.this::<Str>();
    let max = args.get(2).map_or(Ok(-1), |max| vm.to_i64(max))?;
    if max < 0 && args.get_not_none(1).is_none() && text.is_ascii() {
        return Ok(List::new(ascii_words(text)).into());
    }
    let parts = match args.get_not_none(1) {
        None => at_space(text.as_bytes(), max, Unit::CodePoints),
        Some(separator) => {
            let separator = vm.expect_str(separator, "must be str or None, not {}")?;
            vm.text_result(at(text.as_bytes(), separator.as_bytes(), max))?
        }
    };
    Ok(list(text, parts))
}

/// The words between white space.
fn ascii_words(text: &Gc<Str>) -> Vec<Value> {
    let is_space = |byte: &u8| matches!(byte, 9..=13 | 28..=32);
    let mut words = Vec::with_capacity(text.len().div_ceil(2).min(FIRST_PARTS));
    let mut rest = text.as_bytes();
    while let Some(start) = rest.iter().position(|byte| !is_space(byte)) {
        let word = &rest[start..];
        let end = word.iter().position(is_space).unwrap_or(word.len());
        words.push(part(text, &word[..end]));
        rest = &word[end..];
    }
    words
}

/// Room for parts that a split begins with.
const FIRST_PARTS: usize = 12;

/// The parts between single bytes.
fn parts_between(text: &Gc<Str>, separator: u8) -> Vec<Value> {
    let bytes = text.as_bytes();
    let mut parts = Vec::with_capacity((bytes.len() + 1).min(FIRST_PARTS));
    let mut start = 0;
    for at in memchr::memchr_iter(separator, bytes) {
        parts.push(text_value(&bytes[start..at]));
        start = at + 1;
    }
    parts.push(part(text, &bytes[start..]));
    parts
}

pub(super) fn split(vm: &Vm, args: Args<'_>) -> PyResult {
    if let Some(separator) = args.get(1).and_then(|given| given.downcast::<Str>()).filter(|_| args.len() == 2)
    {
        if let &[separator] = separator.as_bytes() {
            return Ok(List::new(parts_between(args.this::<Str>(), separator)).into());
        }
    }
    split_with(vm, args, str_search::split_space, str_search::split)
}

pub(super) fn rsplit(vm: &Vm, args: Args<'_>) -> PyResult {
    split_with(vm, args, str_search::rsplit_space, str_search::rsplit)
}

pub(super) fn splitlines(vm: &Vm, args: Args<'_>) -> PyResult {
    let text = args.this::<Str>();
    let keep_ends = args.get(1).map_or(Ok(false), |keep| vm.truth(keep))?;
    Ok(list(text, str_search::split_lines(text.as_bytes(), keep_ends, Unit::CodePoints)))
}

pub(super) fn partition(vm: &Vm, args: Args<'_>) -> PyResult {
    let (text, separator) = (args.this::<Str>(), args.value(1));
    let mark = vm.expect_str(separator, "must be str, not {}")?;
    let empty = || vm.empty_str.to_value();
    Ok(match vm.text_result(str_search::partition(text.as_bytes(), mark.as_bytes()))? {
        Some((before, after)) => vm.tuple(&[text_value(before), separator.clone(), text_value(after)]),
        None => vm.tuple(&[text.exact().into(), empty(), empty()]),
    })
}

pub(super) fn rpartition(vm: &Vm, args: Args<'_>) -> PyResult {
    let (text, separator) = (args.this::<Str>(), args.value(1));
    let mark = vm.expect_str(separator, "must be str, not {}")?;
    let empty = || vm.empty_str.to_value();
    Ok(match vm.text_result(str_search::rpartition(text.as_bytes(), mark.as_bytes()))? {
        Some((before, after)) => vm.tuple(&[text_value(before), separator.clone(), text_value(after)]),
        None => vm.tuple(&[empty(), empty(), text.exact().into()]),
    })
}

fn strip_with(vm: &Vm, args: Args<'_>, name: &str, ends: Ends) -> PyResult {
    let text = args.this::<Str>();
    let left = match args.get_not_none(1) {
        None => str_search::strip_space(text.as_bytes(), ends, Unit::CodePoints),
        Some(chars) => match chars.downcast::<Str>() {
            Some(chars) => str_search::strip(text.as_bytes(), chars.as_bytes(), ends, Unit::CodePoints),
            None => return vm.raise(Exc::TypeError, format!("{name} arg must be None or str")),
        },
    };
    Ok(part(text, left))
}

pub(super) fn strip(vm: &Vm, args: Args<'_>) -> PyResult {
    strip_with(vm, args, "strip", Ends::Both)
}

pub(super) fn lstrip(vm: &Vm, args: Args<'_>) -> PyResult {
    strip_with(vm, args, "lstrip", Ends::Left)
}

pub(super) fn rstrip(vm: &Vm, args: Args<'_>) -> PyResult {
    strip_with(vm, args, "rstrip", Ends::Right)
}

pub(super) fn removeprefix(vm: &Vm, args: Args<'_>) -> PyResult {
    let text = args.this::<Str>();
    let prefix = vm.str_argument(args.value(1), "removeprefix", "argument")?;
    let bytes = text.as_bytes();
    Ok(part(text, bytes.strip_prefix(prefix.as_bytes()).unwrap_or(bytes)))
}

pub(super) fn removesuffix(vm: &Vm, args: Args<'_>) -> PyResult {
    let text = args.this::<Str>();
    let suffix = vm.str_argument(args.value(1), "removesuffix", "argument")?;
    let bytes = text.as_bytes();
    Ok(part(text, bytes.strip_suffix(suffix.as_bytes()).unwrap_or(bytes)))
}
