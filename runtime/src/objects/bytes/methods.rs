//! Method tables of `bytes` and `bytearray`, and the methods that neither search nor change case.

use super::{Bytes, case, make, make_part, search, this};
use crate::class::Type;
use crate::objects::bytearray::ByteArray;
use crate::objects::memoryview::MemoryView;
use crate::objects::str::Str;
use crate::text::str_search::{self, Justify, Unit};
use crate::text::{bytes_text, wtf8};
use crate::value::Value;
use crate::{Args, Exc, NativeFn, PyResult, Vm};

pub const MAKETRANS: NativeFn = NativeFn::new("maketrans(frm, to, /)", search::maketrans)
    .doc("Return a translation table usable for the bytes or bytearray translate method.");

pub(super) const CLASS_METHODS: &[NativeFn] = &[NativeFn::new("fromhex($type, string, /)", fromhex)
    .doc("Create a bytes object from a string of hexadecimal numbers.")];

const N_COMMON: usize = 41;
const N_OWN: usize = 3;

pub(super) const METHODS: &[NativeFn] = &{
    let own = [
        NativeFn::new("__bytes__($self, /)", dunder_bytes).doc("Convert this value to exact type bytes."),
        NativeFn::new("__getnewargs__($self, /)", getnewargs),
        NativeFn::new("__sizeof__($self, /)", sizeof).doc("Size of object in memory, in bytes."),
    ];
    let mut all = [own[0]; N_COMMON + N_OWN];
    let mut at = 0;
    while at < N_COMMON + N_OWN {
        all[at] = if at < N_OWN { own[at] } else { COMMON_METHODS[at - N_OWN] };
        at += 1;
    }
    all
};

/// Methods that both classes have.
pub const COMMON_METHODS: [NativeFn; N_COMMON] = [
    NativeFn::new("__buffer__($self, flags, /)", dunder_buffer)
        .doc("Return a buffer object that exposes the underlying memory of the object."),
    NativeFn::new("capitalize($self, /)", case::capitalize)
        .doc("Return a copy with its first byte uppercased and the rest lowercased."),
    NativeFn::new("center($self, width, fillchar=b' ', /)", center)
        .doc("Return a centered copy of length width."),
    NativeFn::new("count($self, sub, start=None, end=None, /)", search::count)
        .doc("Return the number of non-overlapping occurrences of subsection 'sub'."),
    NativeFn::new("decode($self, /, encoding='utf-8', errors='strict')", decode)
        .doc("Decode the bytes using the codec registered for encoding."),
    NativeFn::new("endswith($self, suffix, start=None, end=None, /)", search::endswith)
        .doc("Return True if the bytes end with the specified suffix, False otherwise."),
    NativeFn::new("expandtabs($self, /, tabsize=8)", expandtabs)
        .doc("Return a copy where all tab characters are expanded using spaces."),
    NativeFn::new("find($self, sub, start=None, end=None, /)", search::find)
        .doc("Return the lowest index where subsection 'sub' is found, -1 if it is not."),
    NativeFn::new("hex", hex).doc("Create a string of hexadecimal numbers from the bytes."),
    NativeFn::new("index($self, sub, start=None, end=None, /)", search::index)
        .doc("Return the lowest index where subsection 'sub' is found."),
    NativeFn::new("isalnum($self, /)", case::isalnum)
        .doc("Return True if all bytes are ASCII letters or digits and there is at least one."),
    NativeFn::new("isalpha($self, /)", case::isalpha)
        .doc("Return True if all bytes are ASCII letters and there is at least one."),
    NativeFn::new("isascii($self, /)", case::isascii).doc("Return True if all bytes are ASCII."),
    NativeFn::new("isdigit($self, /)", case::isdigit)
        .doc("Return True if all bytes are ASCII digits and there is at least one."),
    NativeFn::new("islower($self, /)", case::islower)
        .doc("Return True if all cased bytes are lowercase and there is at least one."),
    NativeFn::new("isspace($self, /)", case::isspace)
        .doc("Return True if all bytes are ASCII white space and there is at least one."),
    NativeFn::new("istitle($self, /)", case::istitle)
        .doc("Return True if the bytes are titlecased and there is at least one letter."),
    NativeFn::new("isupper($self, /)", case::isupper)
        .doc("Return True if all cased bytes are uppercase and there is at least one."),
    NativeFn::new("join($self, iterable_of_bytes, /)", search::join)
        .doc("Concatenate any number of bytes-like objects."),
    NativeFn::new("ljust($self, width, fillchar=b' ', /)", ljust)
        .doc("Return a left-justified copy of length width."),
    NativeFn::new("lower($self, /)", case::lower)
        .doc("Return a copy with all ASCII characters converted to lowercase."),
    NativeFn::new("lstrip($self, bytes=None, /)", search::lstrip)
        .doc("Strip leading bytes contained in the argument."),
    NativeFn::new("partition($self, sep, /)", search::partition)
        .doc("Partition the bytes into three parts using the given separator."),
    NativeFn::new("removeprefix($self, prefix, /)", search::removeprefix)
        .doc("Return a copy with the given prefix removed if present."),
    NativeFn::new("removesuffix($self, suffix, /)", search::removesuffix)
        .doc("Return a copy with the given suffix removed if present."),
    NativeFn::new("replace($self, old, new, count=-1, /)", search::replace)
        .doc("Return a copy with all occurrences of substring old replaced by new."),
    NativeFn::new("rfind($self, sub, start=None, end=None, /)", search::rfind)
        .doc("Return the highest index where subsection 'sub' is found, -1 if it is not."),
    NativeFn::new("rindex($self, sub, start=None, end=None, /)", search::rindex)
        .doc("Return the highest index where subsection 'sub' is found."),
    NativeFn::new("rjust($self, width, fillchar=b' ', /)", rjust)
        .doc("Return a right-justified copy of length width."),
    NativeFn::new("rpartition($self, sep, /)", search::rpartition)
        .doc("Partition the bytes into three parts using the given separator, from the end."),
    NativeFn::new("rsplit($self, /, sep=None, maxsplit=-1)", search::rsplit)
        .doc("Return a list of the sections, using sep as the delimiter, from the end."),
    NativeFn::new("rstrip($self, bytes=None, /)", search::rstrip)
        .doc("Strip trailing bytes contained in the argument."),
    NativeFn::new("split($self, /, sep=None, maxsplit=-1)", search::split)
        .doc("Return a list of the sections, using sep as the delimiter."),
    NativeFn::new("splitlines($self, /, keepends=False)", search::splitlines)
        .doc("Return a list of the lines, breaking at line boundaries."),
    NativeFn::new("startswith($self, prefix, start=None, end=None, /)", search::startswith)
        .doc("Return True if the bytes start with the specified prefix, False otherwise."),
    NativeFn::new("strip($self, bytes=None, /)", search::strip)
        .doc("Strip leading and trailing bytes contained in the argument."),
    NativeFn::new("swapcase($self, /)", case::swapcase)
        .doc("Return a copy with uppercase ASCII characters converted to lowercase and vice versa."),
    NativeFn::new("title($self, /)", case::title)
        .doc("Return a titlecased copy: ASCII words start with uppercase characters."),
    NativeFn::new("translate($self, table, /, delete=b'')", search::translate)
        .doc("Return a copy with each character mapped by the given translation table."),
    NativeFn::new("upper($self, /)", case::upper)
        .doc("Return a copy with all ASCII characters converted to uppercase."),
    NativeFn::new("zfill($self, width, /)", zfill)
        .doc("Pad with zeros on the left, to fill a field of the given width."),
];

fn dunder_buffer(vm: &Vm, args: Args<'_>) -> PyResult {
    let flags = vm.index_clipped(args.value(1))?;
    let value = args.value(0);
    if flags & crate::protocol::buffer::WRITABLE != 0 && value.downcast::<Bytes>().is_some() {
        return vm.raise(Exc::BufferError, "Object is not writable.");
    }
    MemoryView::of(vm, value)
}

fn dunder_bytes(_vm: &Vm, args: Args<'_>) -> PyResult {
    let value = args.value(0);
    if value.downcast_exact::<Bytes>().is_some() {
        return Ok(value.clone());
    }
    Ok(Bytes::new(&this(value)).into())
}

fn getnewargs(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(vm.tuple(&[Bytes::new(&this(args.value(0))).into()]))
}

/// As large as CPython says.
fn sizeof(_vm: &Vm, args: Args<'_>) -> PyResult {
    Ok((33 + this(args.value(0)).len()).into())
}

fn decode(vm: &Vm, args: Args<'_>) -> PyResult {
    let encoding = match args.get(1) {
        Some(value) => vm.c_str_argument(value, "decode", "argument 'encoding'")?,
        None => "utf-8",
    };
    let errors = match args.get(2) {
        Some(value) => vm.c_str_argument(value, "decode", "argument 'errors'")?,
        None => "strict",
    };
    match args.value(0).downcast::<Bytes>() {
        Some(bytes) => Ok(vm.decode_bytes(bytes.as_slice(), encoding, errors)?.into()),
        // Error handlers could change a bytearray.
        None => Ok(vm.decode_bytes(&this(args.value(0)), encoding, errors)?.into()),
    }
}

fn fill_byte(vm: &Vm, name: &str, value: Option<&Value>) -> PyResult<u8> {
    let Some(value) = value else { return Ok(b' ') };
    match super::content(value) {
        Some(bytes) if bytes.len() == 1 => Ok(bytes[0]),
        Some(bytes) => {
            let (class, len) = (vm.type_name(value), bytes.len());
            vm.raise(
                Exc::TypeError,
                format!("{name}(): argument 2 must be a byte string of length 1, not a {class} object of length {len}"),
            )
        }
        None => vm.raise_bad_argument(name, "argument 2", "a byte string of length 1", value),
    }
}

fn justify(vm: &Vm, args: Args<'_>, name: &str, how: Justify) -> PyResult {
    let width = vm.to_i64(args.value(1))?;
    let fill = fill_byte(vm, name, args.get(2))?;
    let bytes = this(args.value(0));
    let padded = str_search::justify(&bytes, bytes.len(), width, &[fill], how);
    Ok(match vm.text_result(padded)? {
        Some(padded) => make(args.value(0), padded),
        None => make_part(args.value(0), bytes.len(), &bytes),
    })
}

fn center(vm: &Vm, args: Args<'_>) -> PyResult {
    justify(vm, args, "center", Justify::Center)
}

fn ljust(vm: &Vm, args: Args<'_>) -> PyResult {
    justify(vm, args, "ljust", Justify::Left)
}

fn rjust(vm: &Vm, args: Args<'_>) -> PyResult {
    justify(vm, args, "rjust", Justify::Right)
}

fn zfill(vm: &Vm, args: Args<'_>) -> PyResult {
    let width = vm.to_i64(args.value(1))?;
    let bytes = this(args.value(0));
    Ok(match vm.text_result(str_search::zfill(&bytes, bytes.len(), width))? {
        Some(padded) => make(args.value(0), padded),
        None => make_part(args.value(0), bytes.len(), &bytes),
    })
}

fn expandtabs(vm: &Vm, args: Args<'_>) -> PyResult {
    let tab_size = crate::objects::str::tab_size(vm, args.get(1))?;
    let expanded = str_search::expand_tabs(&this(args.value(0)), tab_size, Unit::Bytes);
    Ok(make(args.value(0), vm.text_result(expanded)?))
}

/// `hex(sep=<none>, bytes_per_sep=1)` of anything with bytes; `bytes` is asked for when the arguments have been read.
pub fn hex_arguments(vm: &Vm, args: Args<'_>) -> PyResult<(Option<u8>, i64)> {
    let given = args.skip_first();
    let n_given = given.len() + given.kw_names.len();
    if n_given > 2 {
        return vm.raise(Exc::TypeError, format!("hex() takes at most 2 arguments ({n_given} given)"));
    }
    let (mut separator, mut group) = (given.get(0), given.get(1));
    for (name, value) in given.keywords() {
        let (slot, position) = match name.as_bytes() {
            b"sep" => (&mut separator, 1),
            b"bytes_per_sep" => (&mut group, 2),
            _ => {
                return vm
                    .raise(Exc::TypeError, format!("hex() got an unexpected keyword argument '{name}'"));
            }
        };
        if slot.is_some() {
            return vm.raise(
                Exc::TypeError,
                format!("argument for hex() given by name ('{name}') and position ({position})"),
            );
        }
        *slot = Some(value);
    }
    let group = group.map_or(Ok(1), |group| vm.c_int_argument(group))?;
    let Some(separator) = separator else { return Ok((None, group.into())) };
    if vm.len(separator)? != 1 {
        return vm.raise(Exc::ValueError, "sep must be length 1.");
    }
    let byte = if let Some(text) = separator.downcast::<Str>() {
        text.code_point(0)
    } else if let Some(bytes) = separator.downcast::<Bytes>() {
        bytes.as_slice()[0].into()
    } else {
        return vm.raise(Exc::TypeError, "sep must be str or bytes.");
    };
    match u8::try_from(byte) {
        Ok(byte) if byte < 128 => Ok((Some(byte), group.into())),
        _ => vm.raise(Exc::ValueError, "sep must be ASCII."),
    }
}

fn hex(vm: &Vm, args: Args<'_>) -> PyResult {
    let (separator, group) = hex_arguments(vm, args)?;
    Ok(vm.text_result(bytes_text::hex(&this(args.value(0)), separator, group))?.into())
}

/// `fromhex(string)`, for both classes.
pub fn fromhex(vm: &Vm, args: Args<'_>) -> PyResult {
    let (cls, source) = (args.this::<Type>(), args.value(1));
    let parsed = if let Some(text) = source.downcast::<Str>() {
        debug_assert!(wtf8::is_well_formed(text.as_bytes()));
        bytes_text::from_hex(text.as_bytes())
    } else if let Some(bytes) = vm.borrow_bytes(source)? {
        bytes_text::from_hex(&bytes)
    } else {
        return vm.raise_bad_argument("fromhex", "argument", "str or bytes-like", source);
    };
    let data = vm.text_result(parsed)?;
    if cls.is(vm.types.bytes()) {
        return Ok(Bytes::from_vec(data).into());
    }
    if cls.is(vm.types.bytearray()) {
        return Ok(ByteArray::new(data).into());
    }
    vm.call(cls.as_value(), &[Bytes::from_vec(data).into()])
}
