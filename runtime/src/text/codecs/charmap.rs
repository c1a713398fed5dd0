//! ASCII, Latin-1 and the single-byte code pages.

use super::super::tables::charmaps::CHARMAPS;
use super::super::wtf8;
use super::Decoded;
use super::errors::{CodecResult, Encoder, Errors, Replacement};

const UNDEFINED: u16 = 0xFFFE;

/// A code page: 256 entries, or the upper 128 over ASCII.
pub(super) fn table(idx: u8) -> &'static [u16] {
    CHARMAPS[idx as usize].2
}

pub(super) fn decode_ascii<E>(input: &[u8], errors: &mut Errors<'_, E>) -> CodecResult<Decoded, E> {
    let mut text = Vec::with_capacity(input.len());
    let mut pos = 0;
    while pos < input.len() {
        let run = input[pos..].iter().position(|byte| !byte.is_ascii()).unwrap_or(input.len() - pos);
        text.extend_from_slice(&input[pos..pos + run]);
        pos += run;
        if pos < input.len() {
            let (replacement, next) =
                errors.decode_fault(input, "ascii", pos, pos + 1, "ordinal not in range(128)")?;
            text.extend_from_slice(&replacement);
            pos = next;
        }
    }
    Ok(Decoded { text, consumed: input.len() })
}

pub(super) fn decode_latin1(input: &[u8]) -> Decoded {
    let text = if input.is_ascii() {
        input.to_vec()
    } else {
        wtf8::from_code_points(input.iter().map(|&byte| byte as u32))
    };
    Decoded { text, consumed: input.len() }
}

pub(super) fn decode<E>(table: &[u16], input: &[u8], errors: &mut Errors<'_, E>) -> CodecResult<Decoded, E> {
    let skipped = 256 - table.len();
    let mut text = Vec::with_capacity(input.len());
    let mut pos = 0;
    while pos < input.len() {
        let byte = input[pos] as usize;
        let mapped = if byte < skipped { byte as u16 } else { table[byte - skipped] };
        if mapped != UNDEFINED {
            wtf8::push(&mut text, mapped as u32);
            pos += 1;
            continue;
        }
        let (replacement, next) =
            errors.decode_fault(input, "charmap", pos, pos + 1, "character maps to <undefined>")?;
        text.extend_from_slice(&replacement);
        pos = next;
    }
    Ok(Decoded { text, consumed: input.len() })
}

pub(super) fn encode_ascii<E>(text: &[u8], errors: &mut Errors<'_, E>) -> CodecResult<Vec<u8>, E> {
    if text.is_ascii() {
        return Ok(text.to_vec());
    }
    let byte_of = |cp: u32| (cp < 0x80).then_some(cp as u8);
    encode_with(text, "ascii", "ordinal not in range(128)", errors, byte_of)
}

pub(super) fn encode_latin1<E>(text: &[u8], errors: &mut Errors<'_, E>) -> CodecResult<Vec<u8>, E> {
    if text.is_ascii() {
        return Ok(text.to_vec());
    }
    let byte_of = |cp: u32| (cp < 0x100).then_some(cp as u8);
    encode_with(text, "latin-1", "ordinal not in range(256)", errors, byte_of)
}

pub(super) fn encode<E>(table: &[u16], text: &[u8], errors: &mut Errors<'_, E>) -> CodecResult<Vec<u8>, E> {
    let skipped = 256 - table.len();
    if skipped == 128 && text.is_ascii() {
        return Ok(text.to_vec());
    }
    // Where several bytes stand for one character, the last of them encodes it.
    let mut reverse: Vec<(u16, u8)> = table
        .iter()
        .enumerate()
        .filter(|entry| *entry.1 != UNDEFINED)
        .map(|(at, &cp)| (cp, (at + skipped) as u8))
        .collect();
    reverse.sort_unstable();
    let byte_of = |cp: u32| {
        if (cp as usize) < skipped {
            return Some(cp as u8);
        }
        let end = reverse.partition_point(|entry| entry.0 as u32 <= cp);
        let entry = reverse.get(end.checked_sub(1)?)?;
        (entry.0 as u32 == cp).then_some(entry.1)
    };
    encode_with(text, "charmap", "character maps to <undefined>", errors, byte_of)
}

fn encode_with<E>(
    text: &[u8],
    encoding: &'static str,
    reason: &'static str,
    errors: &mut Errors<'_, E>,
    byte_of: impl Fn(u32) -> Option<u8>,
) -> CodecResult<Vec<u8>, E> {
    let mut out = Vec::with_capacity(text.len());
    let mut encoder = Encoder::new(text, encoding);
    loop {
        encoder.take_while(|cp| {
            let byte = byte_of(cp);
            out.extend(byte);
            byte.is_some()
        });
        if encoder.pos == text.len() {
            return Ok(out);
        }
        encoder.mend(
            errors,
            reason,
            false,
            |cp| byte_of(cp).is_none(),
            |replacement| match replacement {
                Replacement::Bytes(bytes) => {
                    out.extend(bytes);
                    true
                }
                Replacement::Text(text) => wtf8::code_points(&text).all(|cp| {
                    let byte = byte_of(cp);
                    out.extend(byte);
                    byte.is_some()
                }),
            },
        )?;
    }
}
