//! UTF-8.

use super::super::wtf8;
use super::Decoded;
use super::errors::{CodecResult, Encoder, Errors, Replacement};

pub(super) fn decode<E>(input: &[u8], errors: &mut Errors<'_, E>, is_final: bool) -> CodecResult<Decoded, E> {
    let mut text = Vec::with_capacity(input.len());
    let mut pos = 0;
    loop {
        let error = match std::str::from_utf8(&input[pos..]) {
            Ok(rest) => {
                text.extend_from_slice(rest.as_bytes());
                return Ok(Decoded { text, consumed: input.len() });
            }
            Err(error) => error,
        };
        let start = pos + error.valid_up_to();
        text.extend_from_slice(&input[pos..start]);
        let (end, reason) = match error.error_len() {
            None if !is_final => return Ok(Decoded { text, consumed: start }),
            None => (input.len(), "unexpected end of data"),
            // Half of an encoded surrogate, which `surrogatepass` may want to see whole.
            Some(_) if !is_final && matches!(input[start..], [0xED, 0xA0..=0xBF]) => {
                return Ok(Decoded { text, consumed: start });
            }
            Some(_) if matches!(input[start], 0x80..=0xC1 | 0xF5..) => (start + 1, "invalid start byte"),
            Some(len) => (start + len, "invalid continuation byte"),
        };
        let (replacement, next) = errors.decode_fault(input, "utf-8", start, end, reason)?;
        text.extend_from_slice(&replacement);
        pos = next;
    }
}

pub(super) fn encode<E>(text: &[u8], errors: &mut Errors<'_, E>) -> CodecResult<Vec<u8>, E> {
    if !wtf8::has_surrogates(text) {
        return Ok(text.to_vec());
    }
    let mut out = Vec::with_capacity(text.len());
    let mut encoder = Encoder::new(text, "utf-8");
    loop {
        let from = encoder.pos;
        encoder.take_while(|cp| !wtf8::is_surrogate(cp));
        out.extend_from_slice(&text[from..encoder.pos]);
        if encoder.pos == text.len() {
            return Ok(out);
        }
        encoder.mend(errors, "surrogates not allowed", false, wtf8::is_surrogate, |replacement| {
            match replacement {
                Replacement::Bytes(bytes) => {
                    out.extend(bytes);
                    true
                }
                Replacement::Text(text) => {
                    out.extend_from_slice(&text);
                    text.is_ascii()
                }
            }
        })?;
    }
}
