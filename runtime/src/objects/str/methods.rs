//! The methods of `str`; those that search are in `search`, formatting is in `format`.

use super::{Str, format, search, translate};
use crate::objects::list::List;
use crate::objects::tuple::Tuple;
use crate::text::str_search::{self, Justify, Unit};
use crate::text::{unicode, wtf8};
use crate::value::Value;
use crate::{Args, Exc, Gc, NativeFn, PyResult, Vm};

pub(super) const STATIC_METHODS: &[NativeFn] =
    &[NativeFn::new("maketrans(x, y=<unrepresentable>, z=<unrepresentable>, /)", translate::maketrans)
        .doc("Return a translation table usable for str.translate().")];

pub(super) const METHODS: &[NativeFn] = &[
    NativeFn::new("encode($self, /, encoding='utf-8', errors='strict')", encode)
        .doc("Encode the string using the codec registered for encoding."),
    NativeFn::new("replace($self, old, new, /, count=-1)", search::replace)
        .doc("Return a copy with all occurrences of substring old replaced by new."),
    NativeFn::new("split($self, /, sep=None, maxsplit=-1)", search::split)
        .doc("Return a list of the substrings in the string, using sep as the separator string."),
    NativeFn::new("rsplit($self, /, sep=None, maxsplit=-1)", search::rsplit).doc(
        "Return a list of the substrings in the string, using sep as the separator string, from the end.",
    ),
    NativeFn::new("join($self, iterable, /)", join).doc("Concatenate any number of strings."),
    NativeFn::new("capitalize($self, /)", capitalize).doc("Return a capitalized version of the string."),
    NativeFn::new("casefold($self, /)", casefold)
        .doc("Return a version of the string suitable for caseless comparisons."),
    NativeFn::new("title($self, /)", title)
        .doc("Return a version of the string where each word is titlecased."),
    NativeFn::new("center($self, width, fillchar=' ', /)", center)
        .doc("Return a centered string of length width."),
    NativeFn::new("count($self, sub, start=None, end=None, /)", search::count)
        .doc("Return the number of non-overlapping occurrences of substring sub in S[start:end]."),
    NativeFn::new("expandtabs($self, /, tabsize=8)", expandtabs)
        .doc("Return a copy where all tab characters are expanded using spaces."),
    NativeFn::new("find($self, sub, start=None, end=None, /)", search::find)
        .doc("Return the lowest index in S where substring sub is found, -1 if it is not."),
    NativeFn::new("partition($self, sep, /)", search::partition)
        .doc("Partition the string into three parts using the given separator."),
    NativeFn::new("index($self, sub, start=None, end=None, /)", search::index)
        .doc("Return the lowest index in S where substring sub is found."),
    NativeFn::new("ljust($self, width, fillchar=' ', /)", ljust)
        .doc("Return a left-justified string of length width."),
    NativeFn::new("lower($self, /)", lower).doc("Return a copy of the string converted to lowercase."),
    NativeFn::new("lstrip($self, chars=None, /)", search::lstrip)
        .doc("Return a copy of the string with leading whitespace removed."),
    NativeFn::new("rfind($self, sub, start=None, end=None, /)", search::rfind)
        .doc("Return the highest index in S where substring sub is found, -1 if it is not."),
    NativeFn::new("rindex($self, sub, start=None, end=None, /)", search::rindex)
        .doc("Return the highest index in S where substring sub is found."),
    NativeFn::new("rjust($self, width, fillchar=' ', /)", rjust)
        .doc("Return a right-justified string of length width."),
    NativeFn::new("rstrip($self, chars=None, /)", search::rstrip)
        .doc("Return a copy of the string with trailing whitespace removed."),
    NativeFn::new("rpartition($self, sep, /)", search::rpartition)
        .doc("Partition the string into three parts using the given separator."),
    NativeFn::new("splitlines($self, /, keepends=False)", search::splitlines)
        .doc("Return a list of the lines in the string, breaking at line boundaries."),
    NativeFn::new("strip($self, chars=None, /)", search::strip)
        .doc("Return a copy of the string with leading and trailing whitespace removed."),
    NativeFn::new("swapcase($self, /)", swapcase)
        .doc("Convert uppercase characters to lowercase and lowercase characters to uppercase."),
    NativeFn::new("translate($self, table, /)", translate::translate)
        .doc("Replace each character in the string using the given translation table."),
    NativeFn::new("upper($self, /)", upper).doc("Return a copy of the string converted to uppercase."),
    NativeFn::new("startswith($self, prefix, start=None, end=None, /)", search::startswith)
        .doc("Return True if the string starts with the specified prefix, False otherwise."),
    NativeFn::new("endswith($self, suffix, start=None, end=None, /)", search::endswith)
        .doc("Return True if the string ends with the specified suffix, False otherwise."),
    NativeFn::new("removeprefix($self, prefix, /)", search::removeprefix)
        .doc("Return a str with the given prefix string removed if present."),
    NativeFn::new("removesuffix($self, suffix, /)", search::removesuffix)
        .doc("Return a str with the given suffix string removed if present."),
    NativeFn::new("isascii($self, /)", isascii)
        .doc("Return True if all characters in the string are ASCII, False otherwise."),
    NativeFn::new("islower($self, /)", islower)
        .doc("Return True if the string is a lowercase string, False otherwise."),
    NativeFn::new("isupper($self, /)", isupper)
        .doc("Return True if the string is an uppercase string, False otherwise."),
    NativeFn::new("istitle($self, /)", istitle)
        .doc("Return True if the string is a title-cased string, False otherwise."),
    NativeFn::new("isspace($self, /)", isspace)
        .doc("Return True if the string is a whitespace string, False otherwise."),
    NativeFn::new("isdecimal($self, /)", isdecimal)
        .doc("Return True if the string is a decimal string, False otherwise."),
    NativeFn::new("isdigit($self, /)", isdigit)
        .doc("Return True if the string is a digit string, False otherwise."),
    NativeFn::new("isnumeric($self, /)", isnumeric)
        .doc("Return True if the string is a numeric string, False otherwise."),
    NativeFn::new("isalpha($self, /)", isalpha)
        .doc("Return True if the string is an alphabetic string, False otherwise."),
    NativeFn::new("isalnum($self, /)", isalnum)
        .doc("Return True if the string is an alpha-numeric string, False otherwise."),
    NativeFn::new("isidentifier($self, /)", isidentifier)
        .doc("Return True if the string is a valid Python identifier, False otherwise."),
    NativeFn::new("isprintable($self, /)", isprintable)
        .doc("Return True if all characters in the string are printable, False otherwise."),
    NativeFn::new("zfill($self, width, /)", zfill)
        .doc("Pad a numeric string with zeros on the left, to fill a field of the given width."),
    NativeFn::new("format($self, /, *args, **kwargs)", format_method)
        .doc("Return a formatted version of the string, using substitutions from args and kwargs."),
    NativeFn::new("format_map($self, mapping, /)", format::format_map)
        .doc("Return a formatted version of the string, using substitutions from mapping."),
    NativeFn::new("__format__($self, format_spec, /)", format::dunder_format)
        .doc("Return a formatted version of the string as described by format_spec."),
    NativeFn::new("__sizeof__($self, /)", sizeof).doc("Return the size of the string in memory, in bytes."),
    NativeFn::new("__getnewargs__($self, /)", getnewargs),
];

fn text_value(bytes: &[u8]) -> Value {
    Str::shared(bytes).into()
}

fn format_method(vm: &Vm, args: Args<'_>) -> PyResult {
    let template = args.this::<Str>();
    let given = Args { values: args.rest, rest: &[], ..args };
    Ok(format::format_args(vm, template, given)?.into())
}

fn encode(vm: &Vm, args: Args<'_>) -> PyResult {
    let text = args.this::<Str>();
    let encoding = match args.get(1) {
        Some(value) => vm.c_str_argument(value, "encode", "argument 'encoding'")?,
        None => "utf-8",
    };
    let errors = match args.get(2) {
        Some(value) => vm.c_str_argument(value, "encode", "argument 'errors'")?,
        None => "strict",
    };
    Ok(crate::objects::bytes::Bytes::from_vec(vm.encode_text(text, encoding, errors)?).into())
}

/// `separator.join(iterable)`.
pub(super) fn join(vm: &Vm, args: Args<'_>) -> PyResult {
    let separator = args.this::<Str>();
    let iterable = args.value(1);
    if let Some(list) = iterable.downcast_exact::<List>() {
        // Nothing below runs Python code.
        return join_items(vm, separator, &list.items.borrow());
    }
    if let Some(tuple) = iterable.downcast_exact::<Tuple>() {
        return join_items(vm, separator, tuple.items());
    }
    if !vm.is_iterable(iterable) {
        return vm.raise(Exc::TypeError, "can only join an iterable");
    }
    let items = vm.collect(iterable)?;
    join_items(vm, separator, &items)
}

fn join_items(vm: &Vm, separator: &Gc<Str>, items: &[Value]) -> PyResult {
    if let [only] = items {
        if only.downcast_exact::<Str>().is_some() {
            return Ok(only.clone());
        }
    }
    let mut total = separator.as_bytes().len().checked_mul(items.len().saturating_sub(1));
    for (at, item) in items.iter().enumerate() {
        let Some(text) = item.downcast::<Str>() else {
            let message = format!("sequence item {at}: expected str instance, {{}} found");
            return vm.raise_type_of(&message, item);
        };
        total = total.and_then(|total| total.checked_add(text.as_bytes().len()));
    }
    if items.is_empty() {
        return Ok(vm.empty_str.to_value());
    }
    vm.check_text_size(total)?;
    Ok(Str::join(separator.as_bytes(), items).into())
}

fn capitalize(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(text_value(&unicode::capitalize(args.this::<Str>().as_bytes())))
}

fn casefold(_vm: &Vm, args: Args<'_>) -> PyResult {
    let text = args.this::<Str>();
    Ok(text_value(&unicode::casefold(text.as_bytes(), text.is_ascii())))
}

fn title(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(text_value(&unicode::title(args.this::<Str>().as_bytes())))
}

fn lower(_vm: &Vm, args: Args<'_>) -> PyResult {
    let text = args.this::<Str>();
    if text.is_ascii() && text.as_bytes().len() > 1 {
        return Ok(Str::from_ascii(text.as_bytes().iter().map(u8::to_ascii_lowercase)).into());
    }
    Ok(text_value(&unicode::lower(text.as_bytes(), text.is_ascii())))
}

fn upper(_vm: &Vm, args: Args<'_>) -> PyResult {
    let text = args.this::<Str>();
    if text.is_ascii() && text.as_bytes().len() > 1 {
        return Ok(Str::from_ascii(text.as_bytes().iter().map(u8::to_ascii_uppercase)).into());
    }
    Ok(text_value(&unicode::upper(text.as_bytes(), text.is_ascii())))
}

fn swapcase(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(text_value(&unicode::swapcase(args.this::<Str>().as_bytes())))
}

fn justify(vm: &Vm, args: Args<'_>, how: Justify) -> PyResult {
    let text = args.this::<Str>();
    let width = vm.to_i64(args.value(1))?;
    let fill = match args.get(2) {
        None => " ".as_bytes(),
        Some(fill) => match fill.downcast::<Str>() {
            Some(fill) if fill.len() == 1 => fill.as_bytes(),
            Some(_) => {
                return vm.raise(Exc::TypeError, "The fill character must be exactly one character long");
            }
            None => {
                return vm.raise_type_of("The fill character must be a unicode character, not {}", fill);
            }
        },
    };
    let padded = str_search::justify(text.as_bytes(), text.len(), width, fill, how);
    Ok(match vm.text_result(padded)? {
        Some(padded) => text_value(&padded),
        None => text.exact().into(),
    })
}

fn center(vm: &Vm, args: Args<'_>) -> PyResult {
    justify(vm, args, Justify::Center)
}

fn ljust(vm: &Vm, args: Args<'_>) -> PyResult {
    justify(vm, args, Justify::Left)
}

fn rjust(vm: &Vm, args: Args<'_>) -> PyResult {
    justify(vm, args, Justify::Right)
}

fn zfill(vm: &Vm, args: Args<'_>) -> PyResult {
    let text = args.this::<Str>();
    let width = vm.to_i64(args.value(1))?;
    Ok(match vm.text_result(str_search::zfill(text.as_bytes(), text.len(), width))? {
        Some(padded) => text_value(&padded),
        None => text.exact().into(),
    })
}

/// The `tabsize` argument, a C int.
pub(crate) fn tab_size(vm: &Vm, value: Option<&Value>) -> PyResult<i64> {
    let Some(value) = value else { return Ok(8) };
    let index = vm.index(value)?;
    match crate::objects::int::as_i64(&index) {
        Some(n) if i32::try_from(n).is_ok() => Ok(n),
        _ => vm.raise(Exc::OverflowError, "Python int too large to convert to C int"),
    }
}

fn expandtabs(vm: &Vm, args: Args<'_>) -> PyResult {
    let text = args.this::<Str>();
    let tab_size = tab_size(vm, args.get(1))?;
    let expanded = str_search::expand_tabs(text.as_bytes(), tab_size, Unit::CodePoints);
    Ok(text_value(&vm.text_result(expanded)?))
}

/// Whether the text is not empty and all its code points satisfy `predicate`.
fn all(args: Args<'_>, predicate: fn(u32) -> bool) -> PyResult {
    Ok(unicode::all(args.this::<Str>().as_bytes(), predicate).into())
}

fn isascii(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(args.this::<Str>().is_ascii().into())
}

fn islower(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(unicode::str_is_lower(args.this::<Str>().as_bytes()).into())
}

fn isupper(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(unicode::str_is_upper(args.this::<Str>().as_bytes()).into())
}

fn istitle(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(unicode::str_is_title(args.this::<Str>().as_bytes()).into())
}

fn isspace(_vm: &Vm, args: Args<'_>) -> PyResult {
    all(args, unicode::is_space)
}

fn isdecimal(_vm: &Vm, args: Args<'_>) -> PyResult {
    all(args, unicode::is_decimal)
}

fn isdigit(_vm: &Vm, args: Args<'_>) -> PyResult {
    all(args, unicode::is_digit)
}

fn isnumeric(_vm: &Vm, args: Args<'_>) -> PyResult {
    all(args, unicode::is_numeric)
}

fn isalpha(_vm: &Vm, args: Args<'_>) -> PyResult {
    all(args, unicode::is_alpha)
}

fn isalnum(_vm: &Vm, args: Args<'_>) -> PyResult {
    all(args, unicode::is_alnum)
}

fn isidentifier(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(unicode::str_is_identifier(args.this::<Str>().as_bytes()).into())
}

fn isprintable(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(unicode::str_is_printable(args.this::<Str>().as_bytes()).into())
}

/// As large as CPython says, since programs print it.
fn sizeof(_vm: &Vm, args: Args<'_>) -> PyResult {
    let text = args.this::<Str>();
    let widest = wtf8::code_points(text.as_bytes()).max().unwrap_or(0);
    let (head, width) = match widest {
        0..0x80 => (40, 1),
        0x80..0x100 => (56, 1),
        0x100..0x10000 => (56, 2),
        _ => (56, 4),
    };
    Ok((head + (text.len() + 1) * width).into())
}

fn getnewargs(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(vm.tuple(&[args.this::<Str>().exact().into()]))
}
