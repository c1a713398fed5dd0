//! Decoding and encoding in pieces, with our own codecs or those registered from Python.

use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::str::Str;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::text::codecs::{self, Codec, Endian};
use ouro_runtime::{Exc, Gc, PyResult, Value, Vm};

use super::newlines::Newlines;

/// What turns bytes into text.
#[derive(Clone)]
enum Source {
    Native {
        codec: Codec,
        errors: String,
        /// The beginning of a character that is not complete.
        pending: Vec<u8>,
    },
    /// An incremental decoder object.
    Python(Value),
}

/// An incremental decoder with newline handling.
#[derive(Clone)]
pub struct Decoder {
    source: Source,
    /// The codec decoding starts with; byte order marks change the one in use.
    start: Option<Codec>,
    pub newlines: Option<Newlines>,
}

/// A state to come back to: bytes held back, and what else must be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub pending: Vec<u8>,
    pub flags: u64,
}

/// The codec for flags, which number the byte orders.
fn codec_of_flags(start: Codec, flags: u64) -> Codec {
    match (start, flags) {
        (Codec::Utf16(_), 1) => Codec::Utf16(Endian::Little),
        (Codec::Utf16(_), 2) => Codec::Utf16(Endian::Big),
        (Codec::Utf32(_), 1) => Codec::Utf32(Endian::Little),
        (Codec::Utf32(_), 2) => Codec::Utf32(Endian::Big),
        (Codec::Utf8Sig, 1) => Codec::Utf8,
        _ => start,
    }
}

fn flags_of_codec(start: Codec, now: Codec) -> u64 {
    match (start, now) {
        (start, now) if start == now => 0,
        (_, Codec::Utf16(Endian::Big) | Codec::Utf32(Endian::Big)) => 2,
        _ => 1,
    }
}

impl Decoder {
    pub fn native(codec: Codec, errors: &str) -> Decoder {
        let source = Source::Native { codec, errors: errors.to_string(), pending: Vec::new() };
        Decoder { source, start: Some(codec), newlines: None }
    }

    pub fn python(decoder: Value) -> Decoder {
        Decoder { source: Source::Python(decoder), start: None, newlines: None }
    }

    /// The object, if a Python class decodes.
    pub fn object(&self) -> Option<&Value> {
        match &self.source {
            Source::Python(object) => Some(object),
            Source::Native { .. } => None,
        }
    }

    /// Whether each byte stands for itself below 0x80, and nothing is held back.
    pub fn is_plain_utf8(&self) -> bool {
        matches!(&self.source, Source::Native { codec: Codec::Utf8, pending, .. } if pending.is_empty())
            && self.newlines.as_ref().is_none_or(|newlines| !newlines.pending_cr)
    }

    /// The next piece of text.
    pub fn decode(&mut self, vm: &Vm, input: &[u8], is_final: bool) -> PyResult<Vec<u8>> {
        let text = match &mut self.source {
            Source::Native { codec, errors, pending } => {
                let joined;
                let data = if pending.is_empty() {
                    input
                } else {
                    joined = [&pending[..], input].concat();
                    &joined
                };
                let (text, consumed, next) = decode_some(vm, *codec, data, errors, is_final)?;
                let rest = data[consumed.min(data.len())..].to_vec();
                *pending = rest;
                *codec = next;
                text
            }
            Source::Python(decoder) => {
                let arguments = [Bytes::new(input).into(), Value::bool(is_final)];
                let text = vm.call_method(decoder, &vm.names.decode, &arguments)?;
                match text.downcast::<Str>() {
                    Some(text) => text.as_bytes().to_vec(),
                    None => {
                        return vm.raise_type_of("decoder should return a string result, not '{}'", &text);
                    }
                }
            }
        };
        Ok(match &mut self.newlines {
            Some(newlines) => newlines.feed(text, is_final),
            None => text,
        })
    }

    pub fn state(&self, vm: &Vm) -> PyResult<State> {
        let (pending, flags) = match &self.source {
            Source::Native { codec, pending, .. } => {
                (pending.clone(), self.start.map_or(0, |start| flags_of_codec(start, *codec)))
            }
            Source::Python(decoder) => {
                let state = vm.call_method_named(decoder, "getstate", &[])?;
                let Some([buffer, flags]) = state.downcast::<Tuple>().map(|tuple| tuple.items()) else {
                    return vm.raise(Exc::TypeError, "illegal decoder state");
                };
                let Some(buffer) = buffer.downcast::<Bytes>() else {
                    return vm.raise_type_of(
                        "illegal decoder state: the first item should be a bytes object, not '{}'",
                        buffer,
                    );
                };
                (buffer.as_slice().to_vec(), vm.to_i64(flags)? as u64)
            }
        };
        Ok(match &self.newlines {
            Some(newlines) => State { pending, flags: flags << 1 | newlines.pending_cr as u64 },
            None => State { pending, flags },
        })
    }

    pub fn set_state(&mut self, vm: &Vm, state: &State) -> PyResult<()> {
        let mut flags = state.flags;
        if let Some(newlines) = &mut self.newlines {
            newlines.pending_cr = flags & 1 != 0;
            flags >>= 1;
        }
        match &mut self.source {
            Source::Native { codec, pending, .. } => {
                *pending = state.pending.clone();
                if let Some(start) = self.start {
                    *codec = codec_of_flags(start, flags);
                }
            }
            Source::Python(decoder) => {
                let value = vm.tuple(&[Bytes::new(&state.pending).into(), Value::int(flags as i64)]);
                vm.call_method_named(decoder, "setstate", &[value])?;
            }
        }
        Ok(())
    }

    pub fn reset(&mut self, vm: &Vm) -> PyResult<()> {
        if let Some(newlines) = &mut self.newlines {
            newlines.reset();
        }
        match &mut self.source {
            Source::Native { codec, pending, .. } => {
                pending.clear();
                if let Some(start) = self.start {
                    *codec = start;
                }
                Ok(())
            }
            Source::Python(decoder) => super::call(vm, decoder, "reset").map(drop),
        }
    }
}

/// Decodes what is complete: text, bytes used, and the codec to go on with.
fn decode_some(
    vm: &Vm,
    codec: Codec,
    data: &[u8],
    errors: &str,
    is_final: bool,
) -> PyResult<(Vec<u8>, usize, Codec)> {
    match codec {
        Codec::Utf16(endian) => {
            let (decoded, order) = vm.with_decode_handler(data, errors, |handler| {
                codecs::decode_utf16(data, endian, handler, is_final)
            })?;
            Ok((decoded.text, decoded.consumed, Codec::Utf16(order)))
        }
        Codec::Utf32(endian) => {
            let (decoded, order) = vm.with_decode_handler(data, errors, |handler| {
                codecs::decode_utf32(data, endian, handler, is_final)
            })?;
            Ok((decoded.text, decoded.consumed, Codec::Utf32(order)))
        }
        Codec::Utf8Sig => {
            let decoded = vm.decode_partial(codec, data, errors, is_final)?;
            // The signature counts at the very beginning only.
            let next = if decoded.consumed > 0 { Codec::Utf8 } else { codec };
            Ok((decoded.text, decoded.consumed, next))
        }
        Codec::Multibyte(_) if !is_final => decode_multibyte(vm, codec, data, errors),
        Codec::Punycode | Codec::Idna if !is_final => Ok((Vec::new(), 0, codec)),
        _ => {
            let decoded = vm.decode_partial(codec, data, errors, is_final)?;
            Ok((decoded.text, decoded.consumed, codec))
        }
    }
}

/// East Asian codecs know no "more may follow": a sequence cut off at the end is found and kept.
fn decode_multibyte(vm: &Vm, codec: Codec, data: &[u8], errors: &str) -> PyResult<(Vec<u8>, usize, Codec)> {
    if codecs::canonical_name(codec) == "iso2022_jp" {
        // Escape sequences hold until the next one: the whole must be seen.
        return Ok((Vec::new(), 0, codec));
    }
    let mut cut_off = None;
    {
        let mut callback = |fault: &codecs::Fault| -> Result<Option<(codecs::Replacement, i64)>, ()> {
            if fault.reason == "incomplete multibyte sequence" {
                cut_off = Some(fault.start);
            }
            Ok(Some((codecs::Replacement::Text(Vec::new()), fault.end as i64)))
        };
        let mut handler = codecs::Errors { name: "", callback: &mut callback };
        let _ = codecs::decode(codec, data, &mut handler, true);
    }
    let complete = cut_off.unwrap_or(data.len());
    let decoded = vm.decode_partial(codec, &data[..complete], errors, true)?;
    Ok((decoded.text, complete, codec))
}

/// What turns text into bytes, piece by piece.
pub enum Encoder {
    Native {
        codec: Codec,
        errors: String,
    },
    /// An incremental encoder object.
    Python(Value),
}

impl Encoder {
    pub fn encode(&mut self, vm: &Vm, text: &Gc<Str>) -> PyResult<Vec<u8>> {
        match self {
            Encoder::Native { codec, errors } => {
                let bytes = vm.encode_with(*codec, text, errors)?;
                // Marks and signatures are written once.
                *codec = match *codec {
                    Codec::Utf16(Endian::Marked) if !text.is_empty() => Codec::Utf16(Endian::Little),
                    Codec::Utf32(Endian::Marked) if !text.is_empty() => Codec::Utf32(Endian::Little),
                    Codec::Utf8Sig if !text.is_empty() => Codec::Utf8,
                    codec => codec,
                };
                Ok(bytes)
            }
            Encoder::Python(encoder) => {
                let bytes = vm.call_method(encoder, &vm.names.encode, &[text.to_value()])?;
                match bytes.downcast::<Bytes>() {
                    Some(bytes) => Ok(bytes.as_slice().to_vec()),
                    None => vm.raise_type_of("encoder should return a bytes object, not '{}'", &bytes),
                }
            }
        }
    }

    /// Whether text without surrogates encodes to itself.
    pub fn is_utf8(&self) -> bool {
        matches!(self, Encoder::Native { codec: Codec::Utf8, .. })
    }

    /// Goes on as if something had been written: no mark.
    pub fn skip_mark(&mut self, vm: &Vm) -> PyResult<()> {
        match self {
            Encoder::Native { codec, .. } => {
                *codec = match *codec {
                    Codec::Utf16(Endian::Marked) => Codec::Utf16(Endian::Little),
                    Codec::Utf32(Endian::Marked) => Codec::Utf32(Endian::Little),
                    Codec::Utf8Sig => Codec::Utf8,
                    codec => codec,
                };
                Ok(())
            }
            Encoder::Python(encoder) => {
                vm.call_method_named(encoder, "setstate", &[Value::small(0)]).map(drop)
            }
        }
    }

    /// Starts anew, with a mark.
    pub fn reset(&mut self, vm: &Vm, start: Option<Codec>) -> PyResult<()> {
        match (self, start) {
            (Encoder::Native { codec, .. }, Some(start)) => {
                *codec = start;
                Ok(())
            }
            (Encoder::Native { .. }, None) => Ok(()),
            (Encoder::Python(encoder), _) => super::call(vm, encoder, "reset").map(drop),
        }
    }
}
