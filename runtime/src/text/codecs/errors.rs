//! Faults of codecs and the built-in error handlers.

use super::super::{ErrorKind, TextError, escape, names as unicode_names, wtf8};
use std::borrow::Cow;

/// Direction of the operation that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    Decode,
    Encode,
}

/// What UnicodeDecodeError and UnicodeEncodeError tell, without the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub kind: FaultKind,
    pub encoding: Cow<'static, str>,
    /// In bytes when decoding, in code points when encoding.
    pub start: usize,
    pub end: usize,
    pub reason: Cow<'static, str>,
}

/// Why a codec gave up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodecError<E> {
    /// UnicodeDecodeError or UnicodeEncodeError.
    Fault(Fault),
    /// Plain UnicodeError with this message.
    Unicode(String),
    Error(TextError),
    /// What the user's handler raised.
    Raised(E),
}

pub type CodecResult<T, E> = Result<T, CodecError<E>>;

/// What a handler puts in place of the fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replacement {
    /// WTF-8.
    Text(Vec<u8>),
    /// Only when encoding: copied to the output as it is.
    Bytes(Vec<u8>),
}

/// Calls a handler the user registered; `None` if there is none of that name. Returns the replacement and where to
/// go on, negative positions from the end.
pub type Callback<'a, E> = dyn FnMut(&Fault) -> Result<Option<(Replacement, i64)>, E> + 'a;

/// The error handler in force.
pub struct Errors<'a, E> {
    pub name: &'a str,
    pub callback: &'a mut Callback<'a, E>,
}

fn text(text: impl Into<Vec<u8>>) -> Replacement {
    Replacement::Text(text.into())
}

impl<E> Errors<'_, E> {
    /// Asks the handler about a fault in bytes. Returns the replacement text and the position to go on from.
    pub(super) fn decode_fault(
        &mut self,
        input: &[u8],
        encoding: &'static str,
        start: usize,
        end: usize,
        reason: &'static str,
    ) -> CodecResult<(Vec<u8>, usize), E> {
        let fault =
            Fault { kind: FaultKind::Decode, encoding: encoding.into(), start, end, reason: reason.into() };
        self.decode(input, fault)
    }

    /// As the handler mends a fault in bytes: text, and the position to go on from.
    pub fn decode(&mut self, input: &[u8], fault: Fault) -> CodecResult<(Vec<u8>, usize), E> {
        let (start, end) = (fault.start, fault.end);
        match self.name {
            "strict" => Err(CodecError::Fault(fault)),
            "ignore" => Ok((Vec::new(), end)),
            "replace" => Ok(("\u{FFFD}".into(), end)),
            "backslashreplace" => {
                let mut out = String::new();
                input[start..end].iter().for_each(|&byte| escape::push_hex_escape(&mut out, byte as u32));
                Ok((out.into(), end))
            }
            "surrogateescape" => {
                let mut out = Vec::new();
                let escaped = input[start..end].iter().take(4).take_while(|&&byte| byte >= 0x80);
                let mut n = 0;
                for &byte in escaped {
                    wtf8::push(&mut out, 0xDC00 + byte as u32);
                    n += 1;
                }
                if n == 0 { Err(CodecError::Fault(fault)) } else { Ok((out, start + n)) }
            }
            "surrogatepass" => match surrogate_at(&input[start..], &fault.encoding) {
                Some((cp, len)) => Ok((wtf8::encode(cp), start + len)),
                None => Err(CodecError::Fault(fault)),
            },
            "xmlcharrefreplace" | "namereplace" => Err(CodecError::Error(TextError::type_error(
                "don't know how to handle UnicodeDecodeError in error callback",
            ))),
            _ => match self.user(&fault, input.len())? {
                (Replacement::Text(text), position) => Ok((text, position)),
                (Replacement::Bytes(_), _) => Err(CodecError::Error(TextError::type_error(
                    "decoding error handler must return (str, int) tuple",
                ))),
            },
        }
    }

    /// Asks the handler about code points that cannot be encoded; `bad` iterates over them.
    pub fn encode(&mut self, input: &[u8], len: usize, fault: Fault) -> CodecResult<(Replacement, usize), E> {
        let end = fault.end;
        let bad = || wtf8::code_points(input).skip(fault.start).take(end - fault.start);
        let replacement = match self.name {
            "strict" => return Err(CodecError::Fault(fault)),
            "ignore" => text(""),
            "replace" => text("?".repeat(end - fault.start)),
            "backslashreplace" => {
                let mut out = String::new();
                bad().for_each(|cp| escape::push_hex_escape(&mut out, cp));
                text(out)
            }
            "xmlcharrefreplace" => text(bad().map(|cp| format!("&#{cp};")).collect::<String>()),
            "namereplace" => {
                let mut out = String::new();
                for cp in bad() {
                    match unicode_names::name(cp) {
                        Some(name) => out += &format!("\\N{{{name}}}"),
                        None => escape::push_hex_escape(&mut out, cp),
                    }
                }
                text(out)
            }
            "surrogateescape" => {
                if let Some(at) = bad().position(|cp| !(0xDC80..=0xDCFF).contains(&cp)) {
                    let mut fault = fault;
                    // These codecs write what can be escaped and complain about the rest.
                    if matches!(&*fault.encoding, "ascii" | "latin-1" | "utf-8") {
                        fault.start += at;
                    }
                    return Err(CodecError::Fault(fault));
                }
                Replacement::Bytes(bad().map(|cp| (cp - 0xDC00) as u8).collect())
            }
            "surrogatepass" => {
                let mut out = Vec::new();
                if !bad().all(|cp| wtf8::is_surrogate(cp) && push_unit(&mut out, cp, &fault.encoding)) {
                    return Err(CodecError::Fault(fault));
                }
                Replacement::Bytes(out)
            }
            _ => return self.user(&fault, len),
        };
        Ok((replacement, end))
    }

    fn user(&mut self, fault: &Fault, len: usize) -> CodecResult<(Replacement, usize), E> {
        let Some((replacement, position)) = (self.callback)(fault).map_err(CodecError::Raised)? else {
            let message = format!("unknown error handler name '{}'", self.name);
            return Err(CodecError::Error(TextError::new(ErrorKind::Lookup, message)));
        };
        let absolute = if position < 0 { position + len as i64 } else { position };
        if absolute < 0 || absolute > len as i64 {
            let message = format!("position {position} from error handler out of bounds");
            return Err(CodecError::Error(TextError::new(ErrorKind::Index, message)));
        }
        Ok((replacement, absolute as usize))
    }
}

/// The surrogate that begins the bytes in one of the Unicode encodings, and its length.
fn surrogate_at(bytes: &[u8], encoding: &str) -> Option<(u32, usize)> {
    let (cp, len) = match (encoding, bytes) {
        ("utf-8", [0xED, 0xA0..=0xBF, 0x80..=0xBF, ..]) => (wtf8::decode(bytes, 0).0, 3),
        ("utf-16-le", &[a, b, ..]) => (u16::from_le_bytes([a, b]) as u32, 2),
        ("utf-16-be", &[a, b, ..]) => (u16::from_be_bytes([a, b]) as u32, 2),
        ("utf-32-le", &[a, b, c, d, ..]) => (u32::from_le_bytes([a, b, c, d]), 4),
        ("utf-32-be", &[a, b, c, d, ..]) => (u32::from_be_bytes([a, b, c, d]), 4),
        _ => return None,
    };
    wtf8::is_surrogate(cp).then_some((cp, len))
}

/// Appends a surrogate in one of the Unicode encodings; false if it is another.
fn push_unit(out: &mut Vec<u8>, cp: u32, encoding: &str) -> bool {
    match encoding {
        "utf-8" => wtf8::push(out, cp),
        "utf-16" | "utf-16-le" => out.extend((cp as u16).to_le_bytes()),
        "utf-16-be" => out.extend((cp as u16).to_be_bytes()),
        "utf-32" | "utf-32-le" => out.extend(cp.to_le_bytes()),
        "utf-32-be" => out.extend(cp.to_be_bytes()),
        _ => return false,
    }
    true
}

/// Walks a text and lets a handler mend what cannot be encoded.
pub(super) struct Encoder<'t> {
    pub text: &'t [u8],
    /// Byte offset and index of the next code point.
    pub pos: usize,
    pub idx: usize,
    pub encoding: &'static str,
}

impl<'t> Encoder<'t> {
    pub fn new(text: &'t [u8], encoding: &'static str) -> Encoder<'t> {
        Encoder { text, pos: 0, idx: 0, encoding }
    }

    /// Takes code points up to the first that `is_good` refuses.
    pub fn take_while(&mut self, mut is_good: impl FnMut(u32) -> bool) {
        while self.pos < self.text.len() {
            let (cp, len) = wtf8::decode(self.text, self.pos);
            if !is_good(cp) {
                break;
            }
            self.pos += len;
            self.idx += 1;
        }
    }

    /// Reports the run of code points from here that `is_bad` accepts, one if `single`; moves to where the handler
    /// says and passes its replacement to `put`, which returns false if it cannot be encoded either.
    pub fn mend<E>(
        &mut self,
        errors: &mut Errors<'_, E>,
        reason: &'static str,
        single: bool,
        mut is_bad: impl FnMut(u32) -> bool,
        mut put: impl FnMut(Replacement) -> bool,
    ) -> CodecResult<(), E> {
        let limit = if single { 1 } else { usize::MAX };
        let run = wtf8::code_points(&self.text[self.pos..]).take(limit).take_while(|&cp| is_bad(cp)).count();
        let fault = Fault {
            kind: FaultKind::Encode,
            encoding: self.encoding.into(),
            start: self.idx,
            end: self.idx + run,
            reason: reason.into(),
        };
        // Handlers see the text from the fault on, with positions of the whole.
        let len = self.idx + wtf8::count(&self.text[self.pos..]);
        let (replacement, next) = errors.encode_at(self.text, self.pos, len, fault.clone())?;
        if !put(replacement) {
            return Err(CodecError::Fault(fault));
        }
        if next >= self.idx {
            self.pos += wtf8::byte_offset(&self.text[self.pos..], false, next - self.idx);
        } else {
            self.pos = wtf8::byte_offset(self.text, false, next);
        }
        self.idx = next;
        Ok(())
    }
}

impl<E> Errors<'_, E> {
    /// As [`Errors::encode`], with the fault at byte `pos`, so that nothing before it is walked again.
    fn encode_at(
        &mut self,
        input: &[u8],
        pos: usize,
        len: usize,
        fault: Fault,
    ) -> CodecResult<(Replacement, usize), E> {
        let start = fault.start;
        let mut local = fault.clone();
        (local.start, local.end) = (0, fault.end - start);
        match self.name {
            "strict" => Err(CodecError::Fault(fault)),
            "ignore" | "replace" | "backslashreplace" | "xmlcharrefreplace" | "namereplace"
            | "surrogateescape" | "surrogatepass" => match self.encode(&input[pos..], len - start, local) {
                Ok((replacement, end)) => Ok((replacement, end + start)),
                Err(CodecError::Fault(local)) => {
                    Err(CodecError::Fault(Fault { start: start + local.start, ..fault }))
                }
                Err(other) => Err(other),
            },
            _ => self.encode(input, len, fault),
        }
    }
}

/// `str(UnicodeDecodeError)`; `byte` is the one at the start, if the object is that long.
pub fn decode_message(encoding: &str, byte: Option<u8>, start: usize, end: usize, reason: &str) -> String {
    match byte {
        Some(byte) if end == start + 1 => {
            format!("'{encoding}' codec can't decode byte 0x{byte:02x} in position {start}: {reason}")
        }
        _ => {
            format!("'{encoding}' codec can't decode bytes in position {start}-{}: {reason}", end as i64 - 1)
        }
    }
}

fn shown(cp: u32) -> String {
    let mut out = String::new();
    escape::push_hex_escape(&mut out, cp);
    out
}

/// `str(UnicodeEncodeError)`; `cp` is the code point at the start, if the object is that long.
pub fn encode_message(encoding: &str, cp: Option<u32>, start: usize, end: usize, reason: &str) -> String {
    match cp {
        Some(cp) if end == start + 1 => {
            format!("'{encoding}' codec can't encode character '{}' in position {start}: {reason}", shown(cp))
        }
        _ => format!(
            "'{encoding}' codec can't encode characters in position {start}-{}: {reason}",
            end as i64 - 1
        ),
    }
}

/// `str(UnicodeTranslateError)`.
pub fn translate_message(cp: Option<u32>, start: usize, end: usize, reason: &str) -> String {
    match cp {
        Some(cp) if end == start + 1 => {
            format!("can't translate character '{}' in position {start}: {reason}", shown(cp))
        }
        _ => format!("can't translate characters in position {start}-{}: {reason}", end as i64 - 1),
    }
}
