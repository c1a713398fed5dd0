//! Text encodings: names, error handlers, and `encode`/`decode` over all codecs.
//!
//! Codecs report each fault with the fields that UnicodeDecodeError and UnicodeEncodeError have. The built-in error
//! handlers live here; a handler the user registered is reached through [`Errors::callback`].

mod charmap;
mod errors;
mod escapes;
mod idna;
mod multibyte;
mod names;
mod utf16;
mod utf7;
mod utf8;

pub use errors::{
    CodecError, CodecResult, Errors, Fault, FaultKind, Replacement, decode_message, encode_message,
    translate_message,
};
pub use escapes::{InvalidEscape, unicode_escape_with_warning};
pub use names::{
    Codec, Endian, canonical_name, encoding_aliases, is_bytes_codec, lookup, normalize_name,
    not_text_encoding, unknown_encoding,
};
pub use utf16::{decode_utf16, decode_utf32};

/// What a decoder made of its input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// WTF-8.
    pub text: Vec<u8>,
    /// Bytes used; fewer than given only when more input may follow.
    pub consumed: usize,
}

/// Decodes bytes. With `is_final` false an incomplete sequence at the end is left unconsumed where the codec can.
/// Positions of faults in `utf-8-sig` do not count the signature, as there the signature is cut off first.
///
/// # Errors
/// A fault that the handler did not mend, or whatever the handler raised.
pub fn decode<E>(
    codec: Codec,
    input: &[u8],
    errors: &mut Errors<'_, E>,
    is_final: bool,
) -> CodecResult<Decoded, E> {
    match codec {
        Codec::Utf8 => utf8::decode(input, errors, is_final),
        Codec::Utf8Sig => {
            const SIGNATURE: &[u8] = b"\xEF\xBB\xBF";
            if input.len() < 3 && SIGNATURE.starts_with(input) && !is_final {
                return Ok(Decoded { text: Vec::new(), consumed: 0 });
            }
            let body = input.strip_prefix(SIGNATURE).unwrap_or(input);
            let mut decoded = utf8::decode(body, errors, is_final)?;
            decoded.consumed += input.len() - body.len();
            Ok(decoded)
        }
        Codec::Utf16(endian) => {
            utf16::decode_utf16(input, endian, errors, is_final).map(|(decoded, _)| decoded)
        }
        Codec::Utf32(endian) => {
            utf16::decode_utf32(input, endian, errors, is_final).map(|(decoded, _)| decoded)
        }
        Codec::Utf7 => utf7::decode(input, errors, is_final),
        Codec::Ascii => charmap::decode_ascii(input, errors),
        Codec::Latin1 => Ok(charmap::decode_latin1(input)),
        Codec::Charmap(idx) => charmap::decode(charmap::table(idx), input, errors),
        Codec::UnicodeEscape => escapes::decode_unicode(input, errors, is_final).map(|(decoded, _)| decoded),
        Codec::RawUnicodeEscape => escapes::decode_raw(input, errors, is_final),
        Codec::Punycode => idna::decode_punycode(input, errors),
        Codec::Idna => idna::decode(input, errors),
        Codec::Multibyte(idx) => multibyte::decode(idx, input, errors),
    }
}

/// Encodes text.
///
/// # Errors
/// A fault that the handler did not mend, or whatever the handler raised.
pub fn encode<E>(codec: Codec, text: &[u8], errors: &mut Errors<'_, E>) -> CodecResult<Vec<u8>, E> {
    match codec {
        Codec::Utf8 => utf8::encode(text, errors),
        Codec::Utf8Sig => {
            let mut out = b"\xEF\xBB\xBF".to_vec();
            out.extend(utf8::encode(text, errors)?);
            Ok(out)
        }
        Codec::Utf16(endian) => utf16::encode_utf16(text, endian, errors),
        Codec::Utf32(endian) => utf16::encode_utf32(text, endian, errors),
        Codec::Utf7 => Ok(utf7::encode(text)),
        Codec::Ascii => charmap::encode_ascii(text, errors),
        Codec::Latin1 => charmap::encode_latin1(text, errors),
        Codec::Charmap(idx) => charmap::encode(charmap::table(idx), text, errors),
        Codec::UnicodeEscape => Ok(escapes::encode_unicode(text)),
        Codec::RawUnicodeEscape => Ok(escapes::encode_raw(text)),
        Codec::Punycode => Ok(idna::encode_punycode(text)),
        Codec::Idna => idna::encode(text, errors),
        Codec::Multibyte(idx) => multibyte::encode(idx, text, errors),
    }
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod tests;
