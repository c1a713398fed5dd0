//! Encoding text and decoding bytes by the name of the encoding: built-in codecs, those registered from Python, and error handlers.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::heap::Gc;
use crate::objects::bytes::Bytes;
use crate::objects::dict::Dict;
use crate::objects::exception::Exception;
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::text::codecs::{self, Codec, CodecError, Errors, Fault, FaultKind, Replacement};
use crate::value::Value;
use crate::{Exc, PyResult, Raised, Vm};

/// What programs registered with the `codecs` module.
#[derive(Default)]
pub struct CodecRegistry {
    /// Functions from a name to codec information or None.
    pub search_functions: RefCell<Vec<Value>>,
    /// What they found, by normalised name.
    pub found: RefCell<HashMap<String, Value>>,
    /// Error handlers by name.
    pub handlers: RefCell<HashMap<String, Value>>,
}

/// Encodings that go round the registry, so that their failures get no note.
fn is_shortcut(encoding: &str) -> bool {
    let name = encoding.to_ascii_lowercase().replace(['_', ' '], "-");
    let unicode = name.strip_prefix("utf").map(|rest| rest.strip_prefix('-').unwrap_or(rest));
    matches!(unicode, Some("8" | "16" | "32"))
        || matches!(name.as_str(), "ascii" | "us-ascii" | "latin1" | "latin-1" | "iso-8859-1" | "iso8859-1")
}

impl Vm {
    /// The built-in codec with that name, unless a program's search function took the name over.
    fn builtin_codec(&self, encoding: &str) -> PyResult<Option<Codec>> {
        if encoding.contains('\0') {
            return self.raise(Exc::ValueError, "embedded null character");
        }
        Ok(codecs::lookup(encoding))
    }

    /// `text.encode(encoding, errors)`.
    pub fn encode_text(&self, text: &Gc<Str>, encoding: &str, errors: &str) -> PyResult<Vec<u8>> {
        if let Some(codec) = self.builtin_codec(encoding)? {
            let result = self.encode_with(codec, text, errors);
            return self.noted(result, "encoding", encoding);
        }
        let Some(info) = self.find_codec(encoding)? else {
            if codecs::is_bytes_codec(encoding) {
                return self.raise_text(codecs::not_text_encoding(encoding, "codecs.encode()"));
            }
            return self.raise_text(codecs::unknown_encoding(encoding));
        };
        self.check_text_codec(&info, encoding, "codecs.encode()")?;
        let result = self.call_codec(&info, 0, text.as_value(), errors, "encoder");
        let result = self.noted(result, "encoding", encoding)?;
        if let Some(bytes) = result.downcast::<Bytes>() {
            return Ok(bytes.as_slice().to_vec());
        }
        if let Some(bytes) = result.downcast::<crate::objects::bytearray::ByteArray>() {
            let message = format!(
                "encoder {encoding} returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types"
            );
            self.warn(Exc::RuntimeWarning, &message, 1)?;
            return Ok(bytes.storage.to_vec());
        }
        let name = self.type_name(&result);
        self.raise(
            Exc::TypeError,
            format!(
                "'{encoding}' encoder returned '{name}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types"
            ),
        )
    }

    /// `bytes(input).decode(encoding, errors)`.
    pub fn decode_bytes(&self, input: &[u8], encoding: &str, errors: &str) -> PyResult<Gc<Str>> {
        if input.is_empty() {
            return Ok(Str::shared(b""));
        }
        if encoding == "utf-8" {
            // By far the most frequent case needs no machinery while the input is proper.
            if let Ok(text) = std::str::from_utf8(input) {
                return Ok(Str::shared(text.as_bytes()));
            }
        }
        if let Some(codec) = self.builtin_codec(encoding)? {
            let result = self.decode_with(codec, input, errors);
            return self.noted(result, "decoding", encoding);
        }
        let Some(info) = self.find_codec(encoding)? else {
            if codecs::is_bytes_codec(encoding) {
                return self.raise_text(codecs::not_text_encoding(encoding, "codecs.decode()"));
            }
            return self.raise_text(codecs::unknown_encoding(encoding));
        };
        self.check_text_codec(&info, encoding, "codecs.decode()")?;
        let input: Value = Bytes::new(input).into();
        let result = self.call_codec(&info, 1, &input, errors, "decoder");
        match self.noted(result, "decoding", encoding)?.into_gc::<Str>() {
            Ok(text) => Ok(text),
            Err(other) => {
                let name = self.type_name(&other);
                self.raise(
                    Exc::TypeError,
                    format!(
                        "'{encoding}' decoder returned '{name}' instead of 'str'; use codecs.decode() to decode to arbitrary types"
                    ),
                )
            }
        }
    }

    /// Encodes with a built-in codec.
    pub fn encode_with(&self, codec: Codec, text: &Gc<Str>, errors: &str) -> PyResult<Vec<u8>> {
        if codec == Codec::Utf8 && text.as_str().is_some() {
            return Ok(text.as_bytes().to_vec());
        }
        let object = text.as_value();
        let mut callback = |fault: &Fault| self.call_error_handler(errors, fault, object);
        let mut handler = Errors { name: errors, callback: &mut callback };
        let result = codecs::encode(codec, text.as_bytes(), &mut handler);
        self.codec_result(result, || object.clone())
    }

    /// Decodes with a built-in codec.
    pub fn decode_with(&self, codec: Codec, input: &[u8], errors: &str) -> PyResult<Gc<Str>> {
        Ok(Str::shared(&self.decode_partial(codec, input, errors, true)?.text))
    }

    /// Decodes as much as is complete, or all if `is_final`.
    pub fn decode_partial(
        &self,
        codec: Codec,
        input: &[u8],
        errors: &str,
        is_final: bool,
    ) -> PyResult<codecs::Decoded> {
        self.with_decode_handler(input, errors, |handler| codecs::decode(codec, input, handler, is_final))
    }

    /// Runs a decoder of the text engine with the error handler of that name.
    pub fn with_decode_handler<T>(
        &self,
        input: &[u8],
        errors: &str,
        decode: impl FnOnce(&mut Errors<'_, Raised>) -> codecs::CodecResult<T, Raised>,
    ) -> PyResult<T> {
        let object = std::cell::OnceCell::new();
        let whole = || object.get_or_init(|| Value::from(Bytes::new(input))).clone();
        let mut callback = |fault: &Fault| self.call_error_handler(errors, fault, &whole());
        let mut handler = Errors { name: errors, callback: &mut callback };
        let result = decode(&mut handler);
        self.codec_result(result, whole)
    }

    fn codec_result<T>(
        &self,
        result: codecs::CodecResult<T, Raised>,
        object: impl FnOnce() -> Value,
    ) -> PyResult<T> {
        match result {
            Ok(value) => Ok(value),
            Err(CodecError::Raised(raised)) => Err(raised),
            Err(CodecError::Fault(fault)) => self.raise_value(self.unicode_error(&fault, &object())),
            Err(CodecError::Unicode(message)) => self.raise(Exc::UnicodeError, message),
            Err(CodecError::Error(error)) => self.raise_text(error),
        }
    }

    /// UnicodeDecodeError or UnicodeEncodeError for a fault.
    pub fn unicode_error(&self, fault: &Fault, object: &Value) -> Gc<Exception> {
        let exc = match fault.kind {
            FaultKind::Decode => Exc::UnicodeDecodeError,
            FaultKind::Encode => Exc::UnicodeEncodeError,
        };
        let fields = [
            Value::from(&*fault.encoding),
            object.clone(),
            fault.start.into(),
            fault.end.into(),
            Value::from(&*fault.reason),
        ];
        let exception = Exception::new(self, exc, &fields);
        fields.into_iter().enumerate().for_each(|(at, field)| exception.set_field(at, field));
        exception
    }

    /// Asks a registered error handler; `None` if there is none of that name.
    fn call_error_handler(
        &self,
        name: &str,
        fault: &Fault,
        object: &Value,
    ) -> PyResult<Option<(Replacement, i64)>> {
        let registry = self.state::<CodecRegistry>();
        let Some(handler) = registry.handlers.borrow().get(name).cloned() else { return Ok(None) };
        let exception = self.unicode_error(fault, object);
        let answer = self.call(&handler, &[exception.into()])?;
        let encoding = fault.kind == FaultKind::Encode;
        if let Some([replacement, position]) = answer.downcast::<Tuple>().map(|tuple| tuple.items()) {
            let replacement = match (replacement.downcast::<Str>(), replacement.downcast::<Bytes>()) {
                (Some(text), _) => Some(Replacement::Text(text.as_bytes().to_vec())),
                (_, Some(bytes)) if encoding => Some(Replacement::Bytes(bytes.as_slice().to_vec())),
                _ => None,
            };
            if let (Some(replacement), true) = (replacement, crate::objects::int::is_int(position)) {
                return Ok(Some((replacement, self.index_i64(position, Exc::IndexError)?)));
            }
        }
        let (direction, kinds) = if encoding { ("encoding", "str/bytes") } else { ("decoding", "str") };
        self.raise(Exc::TypeError, format!("{direction} error handler must return ({kinds}, int) tuple"))
    }

    /// Adds the note that codecs reached through the registry leave on exceptions.
    fn noted<T>(&self, result: PyResult<T>, operation: &str, encoding: &str) -> PyResult<T> {
        let Err(raised) = result else { return result };
        if is_shortcut(encoding) {
            return Err(raised);
        }
        Err(self.add_codec_note(raised, operation, encoding))
    }

    /// "encoding with 'hex' codec failed".
    pub fn add_codec_note(&self, raised: Raised, operation: &str, encoding: &str) -> Raised {
        if !self.raised_is(&raised, Exc::Exception) {
            return raised;
        }
        let exception = self.take_raised(raised);
        let note: Value = format!("{operation} with '{encoding}' codec failed").into();
        if let Some(dict) = self.instance_dict(exception.as_value()) {
            match dict.get_str(&self.names.__notes__) {
                Some(notes) => {
                    if let Some(notes) = notes.downcast::<List>() {
                        notes.push(note);
                    }
                }
                None => drop(dict.insert_str(&self.names.__notes__, List::new(vec![note]).into())),
            }
        }
        self.reraise(exception)
    }

    /// What the registered search functions know of an encoding, the `encodings` of the `codecs` module among them.
    pub fn find_codec(&self, encoding: &str) -> PyResult<Option<Value>> {
        let registry = self.state::<CodecRegistry>();
        let normal: String =
            encoding.chars().map(|c| if c == ' ' { '_' } else { c.to_ascii_lowercase() }).collect();
        if let Some(info) = registry.found.borrow().get(&normal) {
            return Ok(Some(info.clone()));
        }
        if registry.search_functions.borrow().is_empty() {
            // Importing it registers the standard search function.
            if let Some(import) = self.builtins.get_str(&self.names.__import__) {
                let imported = self.call(&import, &["codecs".into()]);
                self.catch(imported, Exc::ImportError)?;
            }
        }
        let functions = registry.search_functions.borrow().clone();
        for function in functions {
            let info = self.call(&function, &[normal.as_str().into()])?;
            if info.is_none() {
                continue;
            }
            if info.downcast::<Tuple>().is_none_or(|tuple| tuple.len() != 4) {
                return self.raise(Exc::TypeError, "codec search functions must return 4-tuples");
            }
            registry.found.borrow_mut().insert(normal, info.clone());
            return Ok(Some(info));
        }
        Ok(None)
    }

    fn check_text_codec(&self, info: &Value, encoding: &str, function: &str) -> PyResult<()> {
        if let Some(flag) = self.get_attr_opt(info, &self.intern("_is_text_encoding"))? {
            if !self.truth(&flag)? {
                return self.raise_text(codecs::not_text_encoding(encoding, function));
            }
        }
        Ok(())
    }

    /// Calls the encoder (0) or decoder (1) of codec information.
    pub fn call_codec(
        &self,
        info: &Value,
        index: usize,
        input: &Value,
        errors: &str,
        what: &str,
    ) -> PyResult {
        let function = match info.downcast::<Tuple>().and_then(|tuple| tuple.items().get(index)) {
            Some(function) => function.clone(),
            None => return self.raise(Exc::TypeError, "codec search functions must return 4-tuples"),
        };
        let answer = self.call(&function, &[input.clone(), errors.into()])?;
        match answer.downcast::<Tuple>().map(|tuple| tuple.items()) {
            Some([result, _]) => Ok(result.clone()),
            _ => self.raise(Exc::TypeError, format!("{what} must return a tuple (object, integer)")),
        }
    }
}

/// `{ordinal: position}` of a decoding table, as `charmap_build` gives it.
pub fn charmap_build(vm: &Vm, table: &Gc<Str>) -> PyResult {
    let map = Dict::new();
    for (position, code) in table.code_points().enumerate() {
        if code != 0xfffe {
            map.insert(vm, Value::small(code.into()), position.into())?;
        }
    }
    Ok(map.into())
}
