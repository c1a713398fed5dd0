//! Base64, hexadecimal and uuencode.

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 with padding, without a newline.
pub fn to_base64(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len().div_ceil(3) * 4);
    for chunk in data.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for position in 0..4 {
            let digit = BASE64[(bits >> (18 - 6 * position) & 63) as usize];
            out.push(if position <= chunk.len() { digit } else { b'=' });
        }
    }
    out
}

fn base64_value(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

/// Decodes base64; unless strict, what is no base64 is skipped.
///
/// # Errors
/// The text of the `binascii.Error`.
pub fn from_base64(data: &[u8], strict: bool) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(data.len() / 4 * 3);
    let (mut quad, mut pads, mut left, mut padding_started) = (0, 0, 0_u8, false);
    if strict && data.first() == Some(&b'=') {
        return Err("Leading padding not allowed".to_owned());
    }
    for (at, &byte) in data.iter().enumerate() {
        if byte == b'=' {
            padding_started = true;
            if strict && quad == 0 {
                return Err("Excess padding not allowed".to_owned());
            }
            pads += 1;
            if quad >= 2 && quad + pads >= 4 {
                if strict && at + 1 < data.len() {
                    let next = data[at + 1];
                    let message = match base64_value(next) {
                        Some(_) => "Excess data after padding",
                        None if next == b'=' => "Excess padding not allowed",
                        None => "Only base64 data is allowed",
                    };
                    return Err(message.to_owned());
                }
                if strict {
                    return Ok(out);
                }
            }
            continue;
        }
        let Some(value) = base64_value(byte) else {
            if strict {
                return Err("Only base64 data is allowed".to_owned());
            }
            continue;
        };
        if strict && padding_started {
            return Err("Discontinuous padding not allowed".to_owned());
        }
        pads = 0;
        match quad {
            0 => left = value,
            1 => {
                out.push(left << 2 | value >> 4);
                left = value & 0x0f;
            }
            2 => {
                out.push(left << 4 | value >> 2);
                left = value & 0x03;
            }
            _ => {
                out.push(left << 6 | value);
                left = 0;
            }
        }
        quad = (quad + 1) % 4;
    }
    if quad == 1 {
        let digits = out.len() / 3 * 4 + 1;
        return Err(format!(
            "Invalid base64-encoded string: number of data characters ({digits}) cannot be 1 more than a multiple \
             of 4"
        ));
    }
    if quad != 0 && quad + pads < 4 {
        return Err("Incorrect padding".to_owned());
    }
    Ok(out)
}

/// Two lower-case digits a byte; a separator every `group` bytes, counted from the end, or from the start if negative.
pub fn to_hex(data: &[u8], separator: Option<u8>, group: i64) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let size = usize::try_from(group.unsigned_abs()).unwrap_or(usize::MAX);
    let mut out = Vec::with_capacity(data.len() * 2);
    for (at, &byte) in data.iter().enumerate() {
        if let Some(separator) = separator
            && size > 0
            && at > 0
        {
            let boundary = if group < 0 { at } else { data.len() - at };
            if boundary.is_multiple_of(size) {
                out.push(separator);
            }
        }
        out.extend_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    out
}

/// # Errors
/// The text of the `binascii.Error`.
pub fn from_hex(data: &[u8]) -> Result<Vec<u8>, &'static str> {
    if !data.len().is_multiple_of(2) {
        return Err("Odd-length string");
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    data.chunks(2)
        .map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?))
        .collect::<Option<_>>()
        .ok_or("Non-hexadecimal digit found")
}

/// The most bytes in a line of uuencode.
pub const MAX_UU_LINE: usize = 45;

/// One line of uuencode; zeros are spaces or backticks.
pub fn to_uu(data: &[u8], backtick: bool) -> Vec<u8> {
    let digit = |value: u32| if value == 0 && backtick { b'`' } else { value as u8 + b' ' };
    let mut out = vec![digit(data.len() as u32)];
    for chunk in data.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        out.extend((0..4).map(|position| digit(bits >> (18 - 6 * position) & 63)));
    }
    out.push(b'\n');
    out
}

/// # Errors
/// The text of the `binascii.Error`.
pub fn from_uu(data: &[u8]) -> Result<Vec<u8>, &'static str> {
    let length = usize::from(data.first().copied().unwrap_or(b' ').wrapping_sub(b' ') & 63);
    let mut out = Vec::with_capacity(length);
    let mut rest = data.get(1..).unwrap_or_default().iter().copied();
    let (mut bits, mut count) = (0_u32, 0);
    while out.len() < length {
        // Mailers drop trailing blanks: a line that ends early goes on with zeros.
        let value = match rest.next() {
            None | Some(b'\n' | b'\r') => 0,
            Some(byte @ b' '..=b'`') => u32::from(byte - b' ') & 63,
            Some(_) => return Err("Illegal char"),
        };
        bits = bits << 6 | value;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    if rest.any(|byte| !matches!(byte, b' ' | b'`' | b'\n' | b'\r')) {
        return Err("Trailing garbage");
    }
    Ok(out)
}
