//! `_codecs`: the registry of encodings, and the encodings one by one. `codecs.py` and `encodings` build on it.

use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::exception::Exception;
use ouro_runtime::objects::int;
use ouro_runtime::objects::str::Str;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::protocol::codecs::{CodecRegistry, charmap_build};
use ouro_runtime::text::codecs::{self as text_codecs, Codec, Endian, Errors, Fault, FaultKind, Replacement};
use ouro_runtime::text::wtf8;
use ouro_runtime::{Args, Exc, Gc, NativeFn, NativeModule, PyResult, Value, Vm};

macro_rules! codec_pair {
    ($codec:expr, $encode:literal, $decode:literal) => {
        [
            NativeFn::new($encode, |vm, args| encode_native(vm, args, $codec, $encode)),
            NativeFn::new($decode, |vm, args| decode_native(vm, args, $codec, $decode)),
        ]
    };
}

const PAIRS: [[NativeFn; 2]; 10] = [
    codec_pair!(
        Codec::Utf8,
        "utf_8_encode(str, errors=None, /)",
        "utf_8_decode(data, errors=None, final=False, /)"
    ),
    codec_pair!(
        Codec::Utf7,
        "utf_7_encode(str, errors=None, /)",
        "utf_7_decode(data, errors=None, final=False, /)"
    ),
    codec_pair!(
        Codec::Utf16(Endian::Little),
        "utf_16_le_encode(str, errors=None, /)",
        "utf_16_le_decode(data, errors=None, final=False, /)"
    ),
    codec_pair!(
        Codec::Utf16(Endian::Big),
        "utf_16_be_encode(str, errors=None, /)",
        "utf_16_be_decode(data, errors=None, final=False, /)"
    ),
    codec_pair!(
        Codec::Utf32(Endian::Little),
        "utf_32_le_encode(str, errors=None, /)",
        "utf_32_le_decode(data, errors=None, final=False, /)"
    ),
    codec_pair!(
        Codec::Utf32(Endian::Big),
        "utf_32_be_encode(str, errors=None, /)",
        "utf_32_be_decode(data, errors=None, final=False, /)"
    ),
    codec_pair!(Codec::Latin1, "latin_1_encode(str, errors=None, /)", "latin_1_decode(data, errors=None, /)"),
    codec_pair!(Codec::Ascii, "ascii_encode(str, errors=None, /)", "ascii_decode(data, errors=None, /)"),
    codec_pair!(
        Codec::UnicodeEscape,
        "unicode_escape_encode(str, errors=None, /)",
        "unicode_escape_decode(data, errors=None, final=True, /)"
    ),
    codec_pair!(
        Codec::RawUnicodeEscape,
        "raw_unicode_escape_encode(str, errors=None, /)",
        "raw_unicode_escape_decode(data, errors=None, final=True, /)"
    ),
];

const OTHERS: [NativeFn; 24] = [
    NativeFn::new("register(search_function, /)", register).doc("Register a codec search function."),
    NativeFn::new("unregister(search_function, /)", unregister)
        .doc("Unregister a codec search function and clear the registry's cache."),
    NativeFn::new("lookup(encoding, /)", lookup)
        .doc("Looks up a codec tuple in the Python codec registry and returns a CodecInfo object."),
    NativeFn::new("encode(obj, encoding='utf-8', errors='strict')", |vm, args| run_codec(vm, args, 0))
        .doc("Encodes obj using the codec registered for encoding."),
    NativeFn::new("decode(obj, encoding='utf-8', errors='strict')", |vm, args| run_codec(vm, args, 1))
        .doc("Decodes obj using the codec registered for encoding."),
    NativeFn::new("register_error(errors, handler, /)", register_error)
        .doc("Register the specified error handler under the name errors."),
    NativeFn::new("_unregister_error(errors, /)", unregister_error)
        .doc("Un-register the specified error handler for the error handling `errors'."),
    NativeFn::new("_aliases()", |vm, _| {
        let aliases = Dict::new();
        for &(alias, module) in text_codecs::encoding_aliases() {
            aliases.insert(vm, alias.into(), module.into())?;
        }
        Ok(aliases.into())
    })
    .doc("Alternative names of encodings, with the name of the module that has each."),
    NativeFn::new("lookup_error(name, /)", lookup_error).doc("lookup_error(errors) -> handler"),
    NativeFn::new("escape_encode(data, errors=None, /)", escape_encode),
    NativeFn::new("escape_decode(data, errors=None, /)", escape_decode),
    NativeFn::new("utf_16_encode(str, errors=None, byteorder=0, /)", |vm, args| {
        let codec = Codec::Utf16(byte_order(vm, args.get(2))?);
        encode_native(vm, args, codec, "utf_16_encode(")
    }),
    NativeFn::new("utf_16_decode(data, errors=None, final=False, /)", |vm, args| {
        decode_native(vm, args, Codec::Utf16(Endian::Marked), "")
    }),
    NativeFn::new("utf_16_ex_decode(data, errors=None, byteorder=0, final=False, /)", |vm, args| {
        decode_with_order(vm, args, 2)
    }),
    NativeFn::new("utf_32_encode(str, errors=None, byteorder=0, /)", |vm, args| {
        let codec = Codec::Utf32(byte_order(vm, args.get(2))?);
        encode_native(vm, args, codec, "utf_32_encode(")
    }),
    NativeFn::new("utf_32_decode(data, errors=None, final=False, /)", |vm, args| {
        decode_native(vm, args, Codec::Utf32(Endian::Marked), "")
    }),
    NativeFn::new("utf_32_ex_decode(data, errors=None, byteorder=0, final=False, /)", |vm, args| {
        decode_with_order(vm, args, 4)
    }),
    NativeFn::new("charmap_encode(str, errors=None, mapping=None, /)", charmap_encode),
    NativeFn::new("charmap_decode(data, errors=None, mapping=None, /)", charmap_decode),
    NativeFn::new("charmap_build(map, /)", |vm, args| {
        charmap_build(vm, vm.str_argument(args.value(0), "charmap_build", "argument")?)
    }),
    NativeFn::new("readbuffer_encode(data, errors=None, /)", |vm, args| {
        let data = text_or_bytes(vm, args.value(0))?;
        let n = data.len();
        Ok(vm.tuple(&[Bytes::from_vec(data).into(), n.into()]))
    }),
    NativeFn::new("_text_encoding(name, /)", |vm, args| {
        let name = vm.str_argument(args.value(0), "_text_encoding", "argument")?.to_string_lossy();
        Ok(text_codecs::lookup(&name).map_or(Value::NONE, |codec| text_codecs::canonical_name(codec).into()))
    })
    .doc("The name of the text encoding that is called so, or None."),
    NativeFn::new("_text_encode(name, str, errors=None, /)", |vm, args| {
        let codec = text_codec(vm, args.value(0))?;
        encode_native(vm, args.skip_first(), codec, "encode(")
    })
    .doc("Encode with a text encoding."),
    NativeFn::new("_text_decode(name, data, errors=None, final=False, /)", |vm, args| {
        let codec = text_codec(vm, args.value(0))?;
        decode_native(vm, args.skip_first(), codec, "")
    })
    .doc("Decode with a text encoding."),
];

const N_FUNCTIONS: usize = OTHERS.len() + 2 * PAIRS.len();

static FUNCTIONS: [NativeFn; N_FUNCTIONS] = {
    let mut all = [OTHERS[0]; N_FUNCTIONS];
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < OTHERS.len() {
            OTHERS[at]
        } else {
            PAIRS[(at - OTHERS.len()) / 2][(at - OTHERS.len()) % 2]
        };
        at += 1;
    }
    all
};

pub static MODULE: NativeModule =
    NativeModule { name: "_codecs", functions: &FUNCTIONS, ..NativeModule::DEFAULT };

fn register(vm: &Vm, args: Args<'_>) -> PyResult {
    if !vm.is_callable(args.value(0)) {
        return vm.raise(Exc::TypeError, "argument must be callable");
    }
    vm.state::<CodecRegistry>().search_functions.borrow_mut().push(args.value(0).clone());
    Ok(Value::NONE)
}

fn unregister(vm: &Vm, args: Args<'_>) -> PyResult {
    let registry = vm.state::<CodecRegistry>();
    let at = registry.search_functions.borrow().iter().position(|function| function.is(args.value(0)));
    if let Some(at) = at {
        let _removed = registry.search_functions.borrow_mut().remove(at);
        let _found = registry.found.take();
    }
    Ok(Value::NONE)
}

/// Codec information for a name.
fn info(vm: &Vm, name: &str) -> PyResult {
    match vm.find_codec(name)? {
        Some(info) => Ok(info),
        None => vm.raise_text(text_codecs::unknown_encoding(name)),
    }
}

fn lookup(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = vm.c_str_argument(args.value(0), "lookup", "argument")?;
    info(vm, name)
}

/// `codecs.encode` (0) and `codecs.decode` (1).
fn run_codec(vm: &Vm, args: Args<'_>, index: usize) -> PyResult {
    let (function, operation, what) =
        if index == 0 { ("encode", "encoding", "encoder") } else { ("decode", "decoding", "decoder") };
    let encoding = match args.get(1) {
        Some(encoding) => vm.c_str_argument(encoding, function, "argument 'encoding'")?,
        None => "utf-8",
    };
    let errors = match args.get(2) {
        Some(errors) => vm.c_str_argument(errors, function, "argument 'errors'")?,
        None => "strict",
    };
    let info = info(vm, encoding)?;
    match vm.call_codec(&info, index, args.value(0), errors, what) {
        Ok(result) => Ok(result),
        Err(raised) => Err(vm.add_codec_note(raised, operation, encoding)),
    }
}

fn error_name<'a>(vm: &Vm, value: &'a Value, function: &str, display: &str) -> PyResult<&'a str> {
    vm.c_str_argument(value, function, display)
}

fn register_error(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = error_name(vm, args.value(0), "register_error", "argument 1")?;
    if !vm.is_callable(args.value(1)) {
        return vm.raise(Exc::TypeError, "handler must be callable");
    }
    let registry = vm.state::<CodecRegistry>();
    let _old = registry.handlers.borrow_mut().insert(name.to_string(), args.value(1).clone());
    Ok(Value::NONE)
}

fn unregister_error(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = error_name(vm, args.value(0), "_unregister_error", "argument")?;
    if HANDLERS.iter().any(|handler| handler_name(handler) == name) {
        return vm.raise(Exc::ValueError, format!("cannot un-register built-in error handler '{name}'"));
    }
    let old = vm.state::<CodecRegistry>().handlers.borrow_mut().remove(name);
    Ok(old.is_some().into())
}

fn lookup_error(vm: &Vm, args: Args<'_>) -> PyResult {
    let name = error_name(vm, args.value(0), "lookup_error", "argument")?;
    find_handler(vm, name)
}

/// An error handler by its name.
fn find_handler(vm: &Vm, name: &str) -> PyResult {
    let registered = vm.state::<CodecRegistry>().handlers.borrow().get(name).cloned();
    if let Some(handler) = registered {
        return Ok(handler);
    }
    match HANDLERS.iter().find(|handler| handler_name(handler) == name) {
        Some(handler) => {
            let state = vm.state::<NativeHandlers>();
            let known =
                state.0.borrow().iter().find(|(known, _)| *known == name).map(|(_, made)| made.clone());
            Ok(known.unwrap_or_else(|| {
                let made = ouro_runtime::class::build::native_function(vm, handler, None).to_value();
                state.0.borrow_mut().push((handler_name(handler), made.clone()));
                made
            }))
        }
        None => vm.raise(Exc::LookupError, format!("unknown error handler name '{name}'")),
    }
}

/// Function objects of the built-in handlers.
#[derive(Default)]
struct NativeHandlers(std::cell::RefCell<Vec<(&'static str, Value)>>);

static HANDLERS: [NativeFn; 8] = [
    NativeFn::new("strict_errors(exception, /)", |vm, args| handle(vm, args, "strict"))
        .doc("Implements the 'strict' error handling, which raises a UnicodeError on coding errors."),
    NativeFn::new("ignore_errors(exception, /)", |vm, args| handle(vm, args, "ignore"))
        .doc("Implements the 'ignore' error handling, which ignores malformed data and continues."),
    NativeFn::new("replace_errors(exception, /)", |vm, args| handle(vm, args, "replace")).doc(
        "Implements the 'replace' error handling, which replaces malformed data with a replacement marker.",
    ),
    NativeFn::new("xmlcharrefreplace_errors(exception, /)", |vm, args| handle(vm, args, "xmlcharrefreplace"))
        .doc("Implements the 'xmlcharrefreplace' error handling."),
    NativeFn::new("backslashreplace_errors(exception, /)", |vm, args| handle(vm, args, "backslashreplace"))
        .doc("Implements the 'backslashreplace' error handling."),
    NativeFn::new("namereplace_errors(exception, /)", |vm, args| handle(vm, args, "namereplace"))
        .doc("Implements the 'namereplace' error handling."),
    NativeFn::new("surrogatepass(exception, /)", |vm, args| handle(vm, args, "surrogatepass")),
    NativeFn::new("surrogateescape(exception, /)", |vm, args| handle(vm, args, "surrogateescape")),
];

fn handler_name(handler: &NativeFn) -> &'static str {
    handler.name().trim_end_matches("_errors")
}

/// What a built-in handler does with an exception: raises it, or gives (replacement, where to go on).
fn handle(vm: &Vm, args: Args<'_>, name: &str) -> PyResult {
    let value = args.value(0);
    let is = |exc: Exc| vm.is_instance_of(value, vm.types.exception(exc));
    let exception = match value.downcast::<Exception>() {
        Some(exception) if name == "strict" => return vm.raise_value(exception.clone()),
        Some(exception) => exception,
        None if name == "strict" => return vm.raise(Exc::TypeError, "codec must pass exception instance"),
        None => return vm.raise_type_of("don't know how to handle {} in error callback", value),
    };
    let kinds = (is(Exc::UnicodeEncodeError), is(Exc::UnicodeDecodeError), is(Exc::UnicodeTranslateError));
    let can = match name {
        "xmlcharrefreplace" | "namereplace" => kinds.0,
        "surrogatepass" | "surrogateescape" => kinds.0 || kinds.1,
        _ => kinds.0 || kinds.1 || kinds.2,
    };
    if !can {
        return vm.raise_type_of("don't know how to handle {} in error callback", value);
    }
    let object = vm.get_attr(value, &vm.names.object)?;
    let number = |name: &Gc<Str>| -> PyResult<usize> {
        let n = vm.get_attr(value, name)?;
        Ok(vm.to_i64(&n)?.max(0) as usize)
    };
    let (start, end) = (number(&vm.names.start)?, number(&vm.names.end)?);
    let encoding = if kinds.2 {
        String::new()
    } else {
        let encoding = vm.get_attr(value, &vm.names.encoding)?;
        vm.str_text(&encoding)?
    };
    let kind = if kinds.1 { FaultKind::Decode } else { FaultKind::Encode };
    let encoding = unicode_name(&encoding);
    if kinds.2 && name == "replace" {
        let text = "\u{fffd}".repeat(end.saturating_sub(start));
        return Ok(vm.tuple(&[text.as_str().into(), end.into()]));
    }
    let mut none = |_: &Fault| -> Result<Option<(Replacement, i64)>, ouro_runtime::Raised> { Ok(None) };
    let mut errors = Errors { name, callback: &mut none };
    let answer = match kind {
        FaultKind::Decode => {
            let Some(bytes) = object.downcast::<Bytes>() else {
                return vm.raise(Exc::TypeError, "object attribute must be bytes");
            };
            let bytes = bytes.as_slice();
            let (start, end) = (start.min(bytes.len()), end.min(bytes.len()));
            let fault =
                Fault { kind, encoding: encoding.into(), start, end: end.max(start), reason: "".into() };
            errors.decode(bytes, fault).map(|(text, position)| (Str::from_wtf8(&text).to_value(), position))
        }
        FaultKind::Encode => {
            let Some(text) = object.downcast::<Str>() else {
                return vm.raise(Exc::TypeError, "object attribute must be unicode");
            };
            let (start, end) = (start.min(text.len()), end.min(text.len()));
            let fault =
                Fault { kind, encoding: encoding.into(), start, end: end.max(start), reason: "".into() };
            errors.encode(text.as_bytes(), text.len(), fault).map(|(replacement, position)| {
                let replacement = match replacement {
                    Replacement::Text(text) => Str::from_wtf8(&text).to_value(),
                    Replacement::Bytes(bytes) => Bytes::from_vec(bytes).into(),
                };
                (replacement, position)
            })
        }
    };
    match answer {
        Ok((replacement, position)) => Ok(vm.tuple(&[replacement, position.into()])),
        Err(_) => vm.raise_value(exception.clone()),
    }
}

/// The name faults of the Unicode encodings carry, any spelling given.
fn unicode_name(encoding: &str) -> String {
    match text_codecs::lookup(encoding) {
        Some(codec @ (Codec::Utf8 | Codec::Utf16(_) | Codec::Utf32(_))) => {
            text_codecs::canonical_name(codec).into()
        }
        _ => encoding.into(),
    }
}

/// Asks the handler called `errors` about a fault: the replacement, and the position to go on from.
fn mend(vm: &Vm, errors: &str, fault: &Fault, object: &Value, len: usize) -> PyResult<(Value, usize)> {
    let exception = vm.unicode_error(fault, object);
    if errors == "strict" {
        return vm.raise_value(exception);
    }
    let handler = find_handler(vm, errors)?;
    let answer = vm.call(&handler, &[exception.to_value()])?;
    let is_encoding = fault.kind == FaultKind::Encode;
    let fits = |value: &Value| {
        value.downcast::<Str>().is_some() || is_encoding && value.downcast::<Bytes>().is_some()
    };
    match answer.downcast::<Tuple>().map(|tuple| tuple.items()) {
        Some([replacement, position]) if fits(replacement) && int::is_int(position) => {
            let given = vm.index_i64(position, Exc::IndexError)?;
            let position = if given < 0 { given + len as i64 } else { given };
            match usize::try_from(position) {
                Ok(position) if position <= len => Ok((replacement.clone(), position)),
                _ => vm.raise(Exc::IndexError, format!("position {given} from error handler out of bounds")),
            }
        }
        _ => {
            let (direction, kinds) =
                if is_encoding { ("encoding", "str/bytes") } else { ("decoding", "str") };
            vm.raise(Exc::TypeError, format!("{direction} error handler must return ({kinds}, int) tuple"))
        }
    }
}

fn errors_argument<'a>(vm: &Vm, value: Option<&'a Value>, function: &str) -> PyResult<&'a str> {
    match value.filter(|value| !value.is_none()) {
        None => Ok("strict"),
        Some(value) if value.downcast::<Str>().is_some() => vm.c_str_argument(value, function, "argument 2"),
        Some(value) => vm.raise_bad_argument(function, "argument 2", "str or None", value),
    }
}

fn short_name(signature: &str) -> &str {
    signature.split('(').next().unwrap_or(signature)
}

fn text_codec(vm: &Vm, name: &Value) -> PyResult<Codec> {
    let name = vm.str_argument(name, "_text_encode", "argument 1")?.to_string_lossy();
    match text_codecs::lookup(&name) {
        Some(codec) => Ok(codec),
        None => vm.raise_text(text_codecs::unknown_encoding(&name)),
    }
}

/// (bytes, number of characters).
fn encode_native(vm: &Vm, args: Args<'_>, codec: Codec, signature: &str) -> PyResult {
    let function = short_name(signature);
    let text = vm.str_argument(args.value(0), function, "argument 1")?;
    let errors = errors_argument(vm, args.get(1), function)?;
    let bytes = vm.encode_with(codec, text, errors)?;
    Ok(vm.tuple(&[Bytes::from_vec(bytes).into(), text.len().into()]))
}

/// Bytes of a str (as UTF-8) or a bytes-like object.
fn text_or_bytes(vm: &Vm, value: &Value) -> PyResult<Vec<u8>> {
    match value.downcast::<Str>() {
        Some(text) => Ok(vm.utf8(text)?.as_bytes().to_vec()),
        None => bytes(vm, value),
    }
}

fn bytes(vm: &Vm, value: &Value) -> PyResult<Vec<u8>> {
    match vm.copy_bytes(value)? {
        Some(bytes) => Ok(bytes),
        None => vm.raise_type_of("a bytes-like object is required, not '{}'", value),
    }
}

/// (text, number of bytes used).
fn decode_native(vm: &Vm, args: Args<'_>, codec: Codec, signature: &str) -> PyResult {
    let is_escape = matches!(codec, Codec::UnicodeEscape | Codec::RawUnicodeEscape);
    let data = if is_escape { text_or_bytes(vm, args.value(0))? } else { bytes(vm, args.value(0))? };
    let errors = errors_argument(vm, args.get(1), short_name(signature))?;
    let is_final = args.get(2).map_or(Ok(is_escape), |is_final| vm.truth(is_final))?;
    let decoded = vm.decode_partial(codec, &data, errors, is_final)?;
    Ok(vm.tuple(&[Str::from_wtf8(&decoded.text).into(), decoded.consumed.into()]))
}

/// -1 for little, 1 for big, 0 for told by a mark.
fn byte_order(vm: &Vm, value: Option<&Value>) -> PyResult<Endian> {
    Ok(match value.map_or(Ok(0), |value| vm.c_int_argument(value))? {
        0 => Endian::Marked,
        n if n < 0 => Endian::Little,
        _ => Endian::Big,
    })
}

/// `utf_16_ex_decode` and its like: (text, bytes used, byte order).
fn decode_with_order(vm: &Vm, args: Args<'_>, unit: usize) -> PyResult {
    let data = bytes(vm, args.value(0))?;
    let errors = errors_argument(vm, args.get(1), "utf_16_ex_decode")?;
    let endian = byte_order(vm, args.get(2))?;
    let is_final = args.get(3).map_or(Ok(false), |is_final| vm.truth(is_final))?;
    let (decoded, found) = vm.with_decode_handler(&data, errors, |handler| match unit {
        2 => text_codecs::decode_utf16(&data, endian, handler, is_final),
        _ => text_codecs::decode_utf32(&data, endian, handler, is_final),
    })?;
    let order = match found {
        Endian::Marked => 0,
        Endian::Little => -1,
        Endian::Big => 1,
    };
    Ok(vm.tuple(&[Str::from_wtf8(&decoded.text).into(), decoded.consumed.into(), Value::small(order)]))
}

fn escape_encode(vm: &Vm, args: Args<'_>) -> PyResult {
    let Some(data) = args.value(0).downcast::<Bytes>() else {
        return vm.raise_bad_argument("escape_encode", "argument 1", "bytes", args.value(0));
    };
    let data = data.as_slice();
    let mut out = Vec::with_capacity(data.len());
    for &byte in data {
        match byte {
            b'\'' | b'\\' => out.extend([b'\\', byte]),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            b'\t' => out.extend(b"\\t"),
            b' '..=b'~' => out.push(byte),
            _ => out.extend(format!("\\x{byte:02x}").bytes()),
        }
    }
    Ok(vm.tuple(&[Bytes::from_vec(out).into(), data.len().into()]))
}

/// Escapes of bytes literals.
fn escape_decode(vm: &Vm, args: Args<'_>) -> PyResult {
    let data = text_or_bytes(vm, args.value(0))?;
    let errors = errors_argument(vm, args.get(1), "escape_decode")?;
    let mut out = Vec::with_capacity(data.len());
    let mut at = 0;
    while at < data.len() {
        let byte = data[at];
        at += 1;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let Some(&escape) = data.get(at) else {
            return vm.raise(Exc::ValueError, "Trailing \\ in string");
        };
        at += 1;
        match escape {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(escape),
            b'a' => out.push(7),
            b'b' => out.push(8),
            b't' => out.push(9),
            b'n' => out.push(10),
            b'v' => out.push(11),
            b'f' => out.push(12),
            b'r' => out.push(13),
            b'0'..=b'7' => {
                let digits = data[at - 1..].iter().take(3).take_while(|byte| (b'0'..=b'7').contains(byte));
                let (n, value) =
                    digits.fold((0, 0u32), |(n, value), digit| (n + 1, value * 8 + u32::from(digit - b'0')));
                at += n - 1;
                if value > 0o377 {
                    vm.warn(Exc::DeprecationWarning, &format!("b\"\\{value:o}\" is an invalid octal escape sequence. Such sequences will not work in the future. "), 1)?;
                }
                out.push(value as u8);
            }
            b'x' => {
                let digits = data.get(at..at + 2).and_then(|two| std::str::from_utf8(two).ok());
                match digits
                    .filter(|two| two.bytes().all(|d| d.is_ascii_hexdigit()))
                    .and_then(|two| u8::from_str_radix(two, 16).ok())
                {
                    Some(value) => {
                        out.push(value);
                        at += 2;
                    }
                    None => {
                        let start = at - 2;
                        match errors {
                            "replace" => out.push(b'?'),
                            "ignore" => {}
                            "strict" => {
                                return vm.raise(
                                    Exc::ValueError,
                                    format!("invalid \\x escape at position {start}"),
                                );
                            }
                            _ => {
                                return vm.raise(
                                    Exc::ValueError,
                                    format!("decoding error; unknown error handling code: {errors}"),
                                );
                            }
                        }
                        // A lone digit belongs to the escape.
                        at += usize::from(data.get(at).is_some_and(u8::is_ascii_hexdigit));
                    }
                }
            }
            other => {
                let shown = char::from(other);
                let message = format!(
                    "b\"\\{shown}\" is an invalid escape sequence. Such sequences will not work in the future. "
                );
                vm.warn(Exc::DeprecationWarning, &message, 1)?;
                out.extend([b'\\', other]);
            }
        }
    }
    Ok(vm.tuple(&[Bytes::from_vec(out).into(), data.len().into()]))
}

/// What a mapping has for a number; `None` if nothing.
fn mapped(vm: &Vm, mapping: &Value, number: u32) -> PyResult<Option<Value>> {
    let key = Value::small(number.into());
    if let Some(dict) = mapping.downcast_exact::<Dict>() {
        return Ok(dict.get(vm, &key)?.filter(|found| !found.is_none()));
    }
    let found = vm.get_item(mapping, &key);
    Ok(vm.catch(found, Exc::LookupError)?.filter(|found| !found.is_none()))
}

/// The bytes a character encodes to.
fn encoded(vm: &Vm, mapping: &Value, code: u32) -> PyResult<Option<Vec<u8>>> {
    let Some(found) = mapped(vm, mapping, code)? else { return Ok(None) };
    if let Some(bytes) = found.downcast::<Bytes>() {
        return Ok(Some(bytes.as_slice().to_vec()));
    }
    if int::is_int(&found) {
        return match int::as_i64(&found).and_then(|n| u8::try_from(n).ok()) {
            Some(byte) => Ok(Some(vec![byte])),
            None => vm.raise(Exc::TypeError, "character mapping must be in range(256)"),
        };
    }
    vm.raise_type_of("character mapping must return integer, bytes or None, not {}", &found)
}

fn charmap_encode(vm: &Vm, args: Args<'_>) -> PyResult {
    let Some(mapping) = args.get_not_none(2) else {
        return encode_native(vm, args, Codec::Latin1, "charmap_encode(");
    };
    let text = vm.str_argument(args.value(0), "charmap_encode", "argument 1")?;
    let errors = errors_argument(vm, args.get(1), "charmap_encode")?;
    let codes: Vec<u32> = text.code_points().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < codes.len() {
        if let Some(bytes) = encoded(vm, mapping, codes[at])? {
            out.extend(bytes);
            at += 1;
            continue;
        }
        let start = at;
        while at < codes.len() && encoded(vm, mapping, codes[at])?.is_none() {
            at += 1;
        }
        let fault = Fault {
            kind: FaultKind::Encode,
            encoding: "charmap".into(),
            start,
            end: at,
            reason: "character maps to <undefined>".into(),
        };
        let (replacement, position) = mend(vm, errors, &fault, text.as_value(), codes.len())?;
        match (replacement.downcast::<Bytes>(), replacement.downcast::<Str>()) {
            (Some(bytes), _) => out.extend_from_slice(bytes.as_slice()),
            (_, Some(replacement)) => {
                for code in replacement.code_points() {
                    match encoded(vm, mapping, code)? {
                        Some(bytes) => out.extend(bytes),
                        None => return vm.raise_value(vm.unicode_error(&fault, text.as_value())),
                    }
                }
            }
            _ => {}
        }
        at = position;
    }
    Ok(vm.tuple(&[Bytes::from_vec(out).into(), codes.len().into()]))
}

fn charmap_decode(vm: &Vm, args: Args<'_>) -> PyResult {
    let Some(mapping) = args.get_not_none(2) else {
        return decode_native(vm, args, Codec::Latin1, "charmap_decode(");
    };
    let data = bytes(vm, args.value(0))?;
    let errors = errors_argument(vm, args.get(1), "charmap_decode")?;
    let table: Option<Vec<u32>> = mapping.downcast_exact::<Str>().map(|table| table.code_points().collect());
    let mut out = Vec::new();
    let mut at = 0;
    while at < data.len() {
        let code = match &table {
            Some(table) => {
                let code = table.get(data[at] as usize).filter(|&&code| code != 0xfffe);
                code.map(|&code| wtf8::encode(code))
            }
            None => match mapped(vm, mapping, data[at].into())? {
                None => None,
                Some(found) => {
                    match (found.downcast::<Str>(), int::as_i64(&found).filter(|_| int::is_int(&found))) {
                        (Some(text), _) if *text == *"\u{fffe}" => None,
                        (Some(text), _) => Some(text.as_bytes().to_vec()),
                        (_, Some(0xfffe)) => None,
                        (_, Some(code)) if (0..0x11_0000).contains(&code) => Some(wtf8::encode(code as u32)),
                        (_, Some(_)) => {
                            return vm.raise(Exc::TypeError, "character mapping must be in range(0x110000)");
                        }
                        _ => {
                            return vm.raise_type_of(
                                "character mapping must return integer, None or str, not {}",
                                &found,
                            );
                        }
                    }
                }
            },
        };
        match code {
            Some(text) => {
                out.extend(text);
                at += 1;
            }
            None => {
                let fault = Fault {
                    kind: FaultKind::Decode,
                    encoding: "charmap".into(),
                    start: at,
                    end: at + 1,
                    reason: "character maps to <undefined>".into(),
                };
                let object: Value = Bytes::new(&data).into();
                let (replacement, position) = mend(vm, errors, &fault, &object, data.len())?;
                if let Some(text) = replacement.downcast::<Str>() {
                    out.extend_from_slice(text.as_bytes());
                }
                at = position;
            }
        }
    }
    Ok(vm.tuple(&[Str::from_wtf8(&out).into(), data.len().into()]))
}
