//! UTF-7 (RFC 2152): ASCII text with UTF-16 in base64 between `+` and `-`.

use super::super::wtf8;
use super::Decoded;
use super::errors::{CodecResult, Errors};

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn digit(byte: u8) -> Option<u32> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    } as u32)
}

/// What the encoder writes as it is.
fn is_direct(cp: u32) -> bool {
    matches!(cp, 9 | 10 | 13 | 32..127) && !matches!(cp, 0x2B | 0x5C | 0x7E)
}

pub(super) fn encode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let (mut buffer, mut bits, mut shifted) = (0u64, 0u32, false);
    for cp in wtf8::code_points(text) {
        if shifted && is_direct(cp) {
            if bits > 0 {
                out.push(DIGITS[(buffer << (6 - bits) & 63) as usize]);
                (buffer, bits) = (0, 0);
            }
            shifted = false;
            // The end is marked only where the next character could be taken for a digit.
            if cp < 0x80 && (digit(cp as u8).is_some() || cp == b'-' as u32) {
                out.push(b'-');
            }
        }
        if !shifted {
            if cp == b'+' as u32 {
                out.extend(b"+-");
                continue;
            }
            if is_direct(cp) {
                out.push(cp as u8);
                continue;
            }
            out.push(b'+');
            shifted = true;
        }
        let units = if cp >= 0x10000 {
            [Some(0xD800 + ((cp - 0x10000) >> 10)), Some(0xDC00 + (cp & 0x3FF))]
        } else {
            [Some(cp), None]
        };
        for unit in units.into_iter().flatten() {
            buffer = buffer << 16 | unit as u64;
            bits += 16;
            while bits >= 6 {
                bits -= 6;
                out.push(DIGITS[(buffer >> bits & 63) as usize]);
            }
            buffer &= (1 << bits) - 1;
        }
    }
    if bits > 0 {
        out.push(DIGITS[(buffer << (6 - bits) & 63) as usize]);
    }
    if shifted {
        out.push(b'-');
    }
    out
}

pub(super) fn decode<E>(input: &[u8], errors: &mut Errors<'_, E>, is_final: bool) -> CodecResult<Decoded, E> {
    let mut text = Vec::with_capacity(input.len());
    let mut pos = 0;
    let mut shifted = false;
    // Where the section began, in input and output; its bits so far; a high surrogate that waits for its partner.
    let (mut start, mut text_start) = (0, 0);
    let (mut buffer, mut bits, mut high) = (0u32, 0u32, 0u32);
    loop {
        let mut fault = None;
        if pos >= input.len() {
            if !shifted {
                return Ok(Decoded { text, consumed: pos });
            }
            if !is_final {
                text.truncate(text_start);
                return Ok(Decoded { text, consumed: start });
            }
            shifted = false;
            if high != 0 || bits >= 6 || buffer != 0 {
                fault = Some("unterminated shift sequence");
            } else {
                continue;
            }
        } else if shifted {
            let byte = input[pos];
            if let Some(digit) = digit(byte) {
                pos += 1;
                buffer = buffer << 6 | digit;
                bits += 6;
                if bits < 16 {
                    continue;
                }
                bits -= 16;
                let unit = buffer >> bits;
                buffer &= (1 << bits) - 1;
                if high != 0 {
                    if (0xDC00..=0xDFFF).contains(&unit) {
                        wtf8::push(&mut text, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
                        high = 0;
                        continue;
                    }
                    wtf8::push(&mut text, high);
                    high = 0;
                }
                if (0xD800..=0xDBFF).contains(&unit) {
                    high = unit;
                } else {
                    wtf8::push(&mut text, unit);
                }
                continue;
            }
            shifted = false;
            if bits >= 6 {
                pos += 1;
                fault = Some("partial character in shift sequence");
            } else if buffer != 0 {
                pos += 1;
                fault = Some("non-zero padding bits in shift sequence");
            } else {
                if high != 0 && byte < 0x80 && byte != b'+' {
                    wtf8::push(&mut text, high);
                }
                high = 0;
                pos += (byte == b'-') as usize;
            }
        } else {
            let byte = input[pos];
            pos += 1;
            if byte == b'+' {
                start = pos - 1;
                match input.get(pos) {
                    Some(b'-') => {
                        pos += 1;
                        text.push(b'+');
                    }
                    Some(&next) if digit(next).is_none() => {
                        pos += 1;
                        fault = Some("ill-formed sequence");
                    }
                    _ => {
                        shifted = true;
                        text_start = text.len();
                        (buffer, bits, high) = (0, 0, 0);
                    }
                }
            } else if byte < 0x80 {
                text.push(byte);
            } else {
                start = pos - 1;
                fault = Some("unexpected special character");
            }
        }
        if let Some(reason) = fault {
            (buffer, bits, high) = (0, 0, 0);
            let (replacement, next) = errors.decode_fault(input, "utf7", start, pos, reason)?;
            text.extend_from_slice(&replacement);
            pos = next;
        }
    }
}
