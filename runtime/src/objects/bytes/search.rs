//! Methods of `bytes` and `bytearray` that search, split, strip and replace. Their arguments are any bytes-like objects.

use super::{byte_argument, make, make_part, this};
use crate::objects::bytes::Bytes;
use crate::objects::list::List;
use crate::objects::tuple::Tuple;
use crate::protocol::buffer::BytesRef;
use crate::text::TextResult;
use crate::text::str_search::{self, Ends, Unit};
use crate::value::Value;
use crate::{Args, Exc, PyResult, Vm};

/// What is searched for: bytes, or one byte given as an integer.
fn needle<'a>(vm: &Vm, value: &'a Value) -> PyResult<BytesRef<'a>> {
    if vm.has_buffer(value) {
        return vm.bytes_argument(value);
    }
    if !vm.has_index(value) {
        return vm.raise_type_of("argument should be integer or bytes-like object, not '{}'", value);
    }
    Ok(BytesRef::Owned(vec![byte_argument(vm, value)?]))
}

type Search = fn(&[u8], &[u8], i64, i64) -> Option<usize>;

fn locate(vm: &Vm, args: Args<'_>, search: Search) -> PyResult<Option<usize>> {
    let (start, end) = vm.search_range(args.get(2), args.get(3))?;
    let needle = needle(vm, args.value(1))?;
    Ok(search(&this(args.value(0)), &needle, start, end))
}

pub fn find(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(locate(vm, args, str_search::find_bytes)?.map_or(Value::small(-1), Value::from))
}

pub fn rfind(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(locate(vm, args, str_search::rfind_bytes)?.map_or(Value::small(-1), Value::from))
}

fn found(vm: &Vm, position: Option<usize>) -> PyResult {
    match position {
        Some(position) => Ok(position.into()),
        None => vm.raise(Exc::ValueError, "subsection not found"),
    }
}

pub fn index(vm: &Vm, args: Args<'_>) -> PyResult {
    let position = locate(vm, args, str_search::find_bytes)?;
    found(vm, position)
}

pub fn rindex(vm: &Vm, args: Args<'_>) -> PyResult {
    let position = locate(vm, args, str_search::rfind_bytes)?;
    found(vm, position)
}

pub fn count(vm: &Vm, args: Args<'_>) -> PyResult {
    let (start, end) = vm.search_range(args.get(2), args.get(3))?;
    let needle = needle(vm, args.value(1))?;
    Ok(str_search::count_bytes(&this(args.value(0)), &needle, start, end).into())
}

fn has_affix(vm: &Vm, args: Args<'_>, name: &str, at_end: bool) -> PyResult {
    let (start, end) = vm.search_range(args.get(2), args.get(3))?;
    let affix = args.value(1);
    let matches = |affix: &Value| -> PyResult<bool> {
        let affix = vm.bytes_argument(affix)?;
        let bytes = this(args.value(0));
        let range = str_search::clamp_range(start, end, bytes.len());
        Ok(str_search::matches_at(&bytes, range, &affix, at_end))
    };
    if let Some(affixes) = affix.downcast::<Tuple>() {
        for affix in affixes.items() {
            if matches(affix)? {
                return Ok(Value::TRUE);
            }
        }
        return Ok(Value::FALSE);
    }
    if !vm.has_buffer(affix) {
        let message = format!("{name} first arg must be bytes or a tuple of bytes, not {{}}");
        return vm.raise_type_of(&message, affix);
    }
    Ok(matches(affix)?.into())
}

pub fn startswith(vm: &Vm, args: Args<'_>) -> PyResult {
    has_affix(vm, args, "startswith", false)
}

pub fn endswith(vm: &Vm, args: Args<'_>) -> PyResult {
    has_affix(vm, args, "endswith", true)
}

pub fn replace(vm: &Vm, args: Args<'_>) -> PyResult {
    let max = args.get(3).map_or(Ok(-1), |max| vm.to_i64(max))?;
    let (old, new) = (vm.bytes_argument(args.value(1))?, vm.bytes_argument(args.value(2))?);
    let bytes = this(args.value(0));
    let replaced = str_search::replace(&bytes, &old, &new, max, Unit::Bytes);
    Ok(match vm.text_result(replaced)? {
        Some(replaced) => make(args.value(0), replaced),
        None => make_part(args.value(0), bytes.len(), &bytes),
    })
}

type SplitSpace = for<'a> fn(&'a [u8], i64, Unit) -> Vec<&'a [u8]>;
type SplitAt = for<'a> fn(&'a [u8], &[u8], i64) -> TextResult<Vec<&'a [u8]>>;

fn split_with(vm: &Vm, args: Args<'_>, at_space: SplitSpace, at: SplitAt) -> PyResult {
    let max = args.get(2).map_or(Ok(-1), |max| vm.to_i64(max))?;
    let value = args.value(0);
    let separator = args.get_not_none(1).map(|separator| vm.bytes_argument(separator)).transpose()?;
    let bytes = this(value);
    let parts = match separator {
        None => at_space(&bytes, max, Unit::Bytes),
        Some(separator) => vm.text_result(at(&bytes, &separator, max))?,
    };
    Ok(list(value, bytes.len(), parts))
}

fn list(value: &Value, whole: usize, parts: Vec<&[u8]>) -> Value {
    List::new(parts.into_iter().map(|part| make_part(value, whole, part)).collect()).into()
}

pub fn split(vm: &Vm, args: Args<'_>) -> PyResult {
    split_with(vm, args, str_search::split_space, str_search::split)
}

pub fn rsplit(vm: &Vm, args: Args<'_>) -> PyResult {
    split_with(vm, args, str_search::rsplit_space, str_search::rsplit)
}

pub fn splitlines(vm: &Vm, args: Args<'_>) -> PyResult {
    let keep_ends = args.get(1).map_or(Ok(false), |keep| vm.truth(keep))?;
    let bytes = this(args.value(0));
    Ok(list(args.value(0), bytes.len(), str_search::split_lines(&bytes, keep_ends, Unit::Bytes)))
}

type Partition = for<'a> fn(&'a [u8], &[u8]) -> TextResult<Option<(&'a [u8], &'a [u8])>>;

fn partition_with(vm: &Vm, args: Args<'_>, cut: Partition, from_end: bool) -> PyResult {
    let value = args.value(0);
    let separator = vm.bytes_argument(args.value(1))?;
    let bytes = this(value);
    Ok(match vm.text_result(cut(&bytes, &separator))? {
        Some((before, after)) => {
            let middle = match args.value(1).downcast_exact::<Bytes>() {
                Some(exact) if value.downcast::<Bytes>().is_some() => exact.to_value(),
                _ => make(value, separator.to_vec()),
            };
            vm.tuple(&[make(value, before.to_vec()), middle, make(value, after.to_vec())])
        }
        None => {
            let whole = make_part(value, bytes.len(), &bytes);
            let empty = || make(value, Vec::new());
            if from_end { vm.tuple(&[empty(), empty(), whole]) } else { vm.tuple(&[whole, empty(), empty()]) }
        }
    })
}

pub fn partition(vm: &Vm, args: Args<'_>) -> PyResult {
    partition_with(vm, args, str_search::partition, false)
}

pub fn rpartition(vm: &Vm, args: Args<'_>) -> PyResult {
    partition_with(vm, args, str_search::rpartition, true)
}

fn strip_with(vm: &Vm, args: Args<'_>, ends: Ends) -> PyResult {
    let chars = args.get_not_none(1).map(|chars| vm.bytes_argument(chars)).transpose()?;
    let bytes = this(args.value(0));
    let left = match chars {
        None => str_search::strip_space(&bytes, ends, Unit::Bytes),
        Some(chars) => str_search::strip(&bytes, &chars, ends, Unit::Bytes),
    };
    Ok(make_part(args.value(0), bytes.len(), left))
}

pub fn strip(vm: &Vm, args: Args<'_>) -> PyResult {
    strip_with(vm, args, Ends::Both)
}

pub fn lstrip(vm: &Vm, args: Args<'_>) -> PyResult {
    strip_with(vm, args, Ends::Left)
}

pub fn rstrip(vm: &Vm, args: Args<'_>) -> PyResult {
    strip_with(vm, args, Ends::Right)
}

pub fn removeprefix(vm: &Vm, args: Args<'_>) -> PyResult {
    let prefix = vm.bytes_argument(args.value(1))?;
    let bytes = this(args.value(0));
    let left = bytes.strip_prefix(&*prefix).unwrap_or(&bytes);
    Ok(make_part(args.value(0), bytes.len(), left))
}

pub fn removesuffix(vm: &Vm, args: Args<'_>) -> PyResult {
    let suffix = vm.bytes_argument(args.value(1))?;
    let bytes = this(args.value(0));
    let left = bytes.strip_suffix(&*suffix).unwrap_or(&bytes);
    Ok(make_part(args.value(0), bytes.len(), left))
}

/// `separator.join(iterable)`.
pub fn join(vm: &Vm, args: Args<'_>) -> PyResult {
    let (value, iterable) = (args.value(0), args.value(1));
    if !vm.is_iterable(iterable) {
        return vm.raise(Exc::TypeError, "can only join an iterable");
    }
    let items = vm.collect(iterable)?;
    if let [only] = &items[..] {
        if value.downcast::<Bytes>().is_some() && only.downcast_exact::<Bytes>().is_some() {
            return Ok(only.clone());
        }
    }
    let mut parts = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        let part = vm.borrow_bytes(item);
        let part = match vm.catch(part, Exc::BufferError)?.flatten() {
            // Buffers of Python classes run code when they are asked, so what can change is copied.
            Some(BytesRef::Ref(bytes)) => BytesRef::Owned(bytes.to_vec()),
            Some(part) => part,
            None => {
                let message = format!("sequence item {at}: expected a bytes-like object, {{}} found");
                return vm.raise_type_of(&message, item);
            }
        };
        parts.push(part);
    }
    let separator = this(value);
    let between = separator.len().checked_mul(parts.len().saturating_sub(1));
    let total = parts.iter().try_fold(between, |sum, part| Some(sum?.checked_add(part.len())));
    let mut out = Vec::with_capacity(vm.check_text_size(total.flatten())?);
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            out.extend_from_slice(&separator);
        }
        out.extend_from_slice(part);
    }
    Ok(make(value, out))
}

/// `value.translate(table, delete=b'')`.
pub fn translate(vm: &Vm, args: Args<'_>) -> PyResult {
    let table = match args.get_not_none(1) {
        Some(table) => {
            let table = vm.bytes_argument(table)?.to_vec();
            match <[u8; 256]>::try_from(table) {
                Ok(table) => Some(table),
                Err(_) => {
                    return vm.raise(Exc::ValueError, "translation table must be 256 characters long");
                }
            }
        }
        None => None,
    };
    let delete = match args.get(2) {
        Some(delete) => vm.bytes_argument(delete)?.to_vec(),
        None => Vec::new(),
    };
    let translated = crate::text::bytes_text::translate(&this(args.value(0)), table.as_ref(), &delete);
    let bytes = this(args.value(0));
    if *translated == *bytes {
        return Ok(make_part(args.value(0), bytes.len(), &bytes));
    }
    Ok(make(args.value(0), translated))
}

/// `bytes.maketrans(from, to)`.
pub fn maketrans(vm: &Vm, args: Args<'_>) -> PyResult {
    let (from, to) = (vm.bytes_argument(args.value(0))?, vm.bytes_argument(args.value(1))?);
    if from.len() != to.len() {
        return vm.raise(Exc::ValueError, "maketrans arguments must have same length");
    }
    let mut table: Vec<u8> = (0..=255).collect();
    from.iter().zip(to.iter()).for_each(|(&from, &to)| table[from as usize] = to);
    Ok(Bytes::from_vec(table).into())
}
