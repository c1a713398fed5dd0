//! UTF-16 and UTF-32.

use super::super::wtf8;
use super::errors::{CodecResult, Encoder, Errors, Replacement};
use super::{Decoded, Endian};

/// Decodes UTF-16. A marked byte order becomes known once the mark is read; the second result is what holds from
/// there on, for incremental decoders.
///
/// # Errors
/// As [`super::decode`].
pub fn decode_utf16<E>(
    input: &[u8],
    endian: Endian,
    errors: &mut Errors<'_, E>,
    is_final: bool,
) -> CodecResult<(Decoded, Endian), E> {
    let (mut pos, mut order) = (0, endian);
    if endian == Endian::Marked && input.len() >= 2 {
        (pos, order) = match (input[0], input[1]) {
            (0xFF, 0xFE) => (2, Endian::Little),
            (0xFE, 0xFF) => (2, Endian::Big),
            _ => (0, Endian::Little),
        };
    }
    let big = order == Endian::Big;
    let encoding = if big { "utf-16-be" } else { "utf-16-le" };
    let unit = |pos: usize| {
        let bytes = [input[pos], input[pos + 1]];
        (if big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }) as u32
    };
    let mut text = Vec::with_capacity(input.len());
    while pos < input.len() {
        let (start, mut end) = (pos, pos + 2);
        let reason;
        if input.len() - pos < 2 {
            if !is_final {
                break;
            }
            (end, reason) = (input.len(), "truncated data");
        } else {
            let first = unit(pos);
            match first {
                0xD800..=0xDBFF if input.len() - pos < 4 => {
                    if !is_final {
                        break;
                    }
                    (end, reason) = (input.len(), "unexpected end of data");
                }
                0xD800..=0xDBFF => {
                    let second = unit(pos + 2);
                    if (0xDC00..=0xDFFF).contains(&second) {
                        wtf8::push(&mut text, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
                        pos += 4;
                        continue;
                    }
                    reason = "illegal UTF-16 surrogate";
                }
                0xDC00..=0xDFFF => reason = "illegal encoding",
                _ => {
                    wtf8::push(&mut text, first);
                    pos += 2;
                    continue;
                }
            }
        }
        let (replacement, next) = errors.decode_fault(input, encoding, start, end, reason)?;
        text.extend_from_slice(&replacement);
        pos = next;
    }
    Ok((Decoded { text, consumed: pos }, order))
}

/// Decodes UTF-32; see [`decode_utf16`].
///
/// # Errors
/// As [`super::decode`].
pub fn decode_utf32<E>(
    input: &[u8],
    endian: Endian,
    errors: &mut Errors<'_, E>,
    is_final: bool,
) -> CodecResult<(Decoded, Endian), E> {
    let (mut pos, mut order) = (0, endian);
    if endian == Endian::Marked && input.len() >= 4 {
        (pos, order) = match input[..4] {
            [0xFF, 0xFE, 0, 0] => (4, Endian::Little),
            [0, 0, 0xFE, 0xFF] => (4, Endian::Big),
            _ => (0, Endian::Little),
        };
    }
    let big = order == Endian::Big;
    let encoding = if big { "utf-32-be" } else { "utf-32-le" };
    let mut text = Vec::with_capacity(input.len() / 2);
    while pos < input.len() {
        let (start, mut end) = (pos, pos + 4);
        let reason;
        if let Some(&bytes) = input[pos..].first_chunk::<4>() {
            let cp = if big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
            if wtf8::is_surrogate(cp) {
                reason = "code point in surrogate code point range(0xd800, 0xe000)";
            } else if cp > 0x10FFFF {
                reason = "code point not in range(0x110000)";
            } else {
                wtf8::push(&mut text, cp);
                pos += 4;
                continue;
            }
        } else {
            if !is_final {
                break;
            }
            (end, reason) = (input.len(), "truncated data");
        }
        let (replacement, next) = errors.decode_fault(input, encoding, start, end, reason)?;
        text.extend_from_slice(&replacement);
        pos = next;
    }
    Ok((Decoded { text, consumed: pos }, order))
}

fn push_utf16(out: &mut Vec<u8>, cp: u32, big: bool) {
    let mut unit =
        |unit: u32| out.extend(if big { (unit as u16).to_be_bytes() } else { (unit as u16).to_le_bytes() });
    if cp < 0x10000 {
        unit(cp);
    } else {
        unit(0xD800 + ((cp - 0x10000) >> 10));
        unit(0xDC00 + (cp & 0x3FF));
    }
}

fn push_utf32(out: &mut Vec<u8>, cp: u32, big: bool) {
    out.extend(if big { cp.to_be_bytes() } else { cp.to_le_bytes() });
}

pub(super) fn encode_utf16<E>(
    text: &[u8],
    endian: Endian,
    errors: &mut Errors<'_, E>,
) -> CodecResult<Vec<u8>, E> {
    let names = ["utf-16", "utf-16-le", "utf-16-be"];
    encode(text, endian, errors, names, 2, push_utf16)
}

pub(super) fn encode_utf32<E>(
    text: &[u8],
    endian: Endian,
    errors: &mut Errors<'_, E>,
) -> CodecResult<Vec<u8>, E> {
    let names = ["utf-32", "utf-32-le", "utf-32-be"];
    encode(text, endian, errors, names, 4, push_utf32)
}

fn encode<E>(
    text: &[u8],
    endian: Endian,
    errors: &mut Errors<'_, E>,
    names: [&'static str; 3],
    unit_len: usize,
    push: fn(&mut Vec<u8>, u32, bool),
) -> CodecResult<Vec<u8>, E> {
    let mut out = Vec::with_capacity(unit_len * text.len() + unit_len);
    let name = match endian {
        Endian::Marked => names[0],
        Endian::Little => names[1],
        Endian::Big => names[2],
    };
    let big = endian == Endian::Big;
    if endian == Endian::Marked {
        push(&mut out, 0xFEFF, false);
    }
    let mut encoder = Encoder::new(text, name);
    loop {
        encoder.take_while(|cp| {
            let good = !wtf8::is_surrogate(cp);
            if good {
                push(&mut out, cp, big);
            }
            good
        });
        if encoder.pos == text.len() {
            return Ok(out);
        }
        encoder.mend(errors, "surrogates not allowed", true, wtf8::is_surrogate, |replacement| {
            match replacement {
                Replacement::Bytes(bytes) => {
                    let whole = bytes.len() % unit_len == 0;
                    out.extend(bytes);
                    whole
                }
                Replacement::Text(text) => {
                    text.iter().for_each(|&byte| push(&mut out, byte as u32, big));
                    text.is_ascii()
                }
            }
        })?;
    }
}
