//! East Asian multi-byte encodings, over the tables of `encoding_rs`.
//!
//! Those are the web's: supersets of the standards in places, so `gb2312`, `shift_jis`, `euc_kr` and `big5` take
//! characters here that CPython has only in `gbk`, `cp932`, `cp949` and `big5hkscs`.

use super::super::wtf8;
use super::Decoded;
use super::errors::{CodecResult, Encoder, Errors, Replacement};
use encoding_rs::{CoderResult, DecoderResult, EncoderResult, Encoding};

/// Codec module, which is also the name shown, and encoding.
static ENCODINGS: [(&str, &Encoding); 12] = [
    ("big5", encoding_rs::BIG5),
    ("big5hkscs", encoding_rs::BIG5),
    ("cp932", encoding_rs::SHIFT_JIS),
    ("cp949", encoding_rs::EUC_KR),
    ("cp950", encoding_rs::BIG5),
    ("euc_jp", encoding_rs::EUC_JP),
    ("euc_kr", encoding_rs::EUC_KR),
    ("gb18030", encoding_rs::GB18030),
    ("gb2312", encoding_rs::GBK),
    ("gbk", encoding_rs::GBK),
    ("iso2022_jp", encoding_rs::ISO_2022_JP),
    ("shift_jis", encoding_rs::SHIFT_JIS),
];

pub(super) fn index_of(module: &str) -> Option<u8> {
    ENCODINGS.iter().position(|entry| entry.0 == module).map(|idx| idx as u8)
}

pub(super) fn name(idx: u8) -> &'static str {
    ENCODINGS[idx as usize].0
}

pub(super) fn decode<E>(idx: u8, input: &[u8], errors: &mut Errors<'_, E>) -> CodecResult<Decoded, E> {
    let (name, encoding) = ENCODINGS[idx as usize];
    let mut text = Vec::with_capacity(input.len() * 2);
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut buffer = vec![0u8; 4096];
    let (mut pos, mut at_end) = (0, false);
    loop {
        // The end of the input is announced only once all is read, which tells cut-off sequences from wrong ones.
        let (result, read, written) =
            decoder.decode_to_utf8_without_replacement(&input[pos..], &mut buffer, at_end);
        pos += read;
        text.extend_from_slice(&buffer[..written]);
        let (start, end, reason) = match result {
            DecoderResult::OutputFull => continue,
            DecoderResult::InputEmpty if at_end => return Ok(Decoded { text, consumed: pos }),
            DecoderResult::InputEmpty => {
                at_end = true;
                continue;
            }
            DecoderResult::Malformed(len, after) => {
                let end = pos - after as usize;
                let reason =
                    if at_end { "incomplete multibyte sequence" } else { "illegal multibyte sequence" };
                (end.saturating_sub(len as usize), end, reason)
            }
        };
        let (replacement, next) = errors.decode_fault(input, name, start, end, reason)?;
        text.extend_from_slice(&replacement);
        if next != pos || at_end {
            decoder = encoding.new_decoder_without_bom_handling();
            (pos, at_end) = (next, false);
        }
    }
}

/// Feeds `text` to the encoder; returns how much of it was taken before a character that it cannot encode.
fn feed(encoder: &mut encoding_rs::Encoder, text: &str, out: &mut Vec<u8>) -> Result<(), usize> {
    let mut buffer = [0u8; 1024];
    let mut pos = 0;
    loop {
        let (result, read, written) =
            encoder.encode_from_utf8_without_replacement(&text[pos..], &mut buffer, false);
        pos += read;
        out.extend_from_slice(&buffer[..written]);
        match result {
            EncoderResult::InputEmpty => return Ok(()),
            EncoderResult::OutputFull => {}
            EncoderResult::Unmappable(c) => return Err(pos - c.len_utf8()),
        }
    }
}

pub(super) fn encode<E>(idx: u8, text: &[u8], errors: &mut Errors<'_, E>) -> CodecResult<Vec<u8>, E> {
    let (name, encoding) = ENCODINGS[idx as usize];
    let mut out = Vec::with_capacity(text.len());
    let mut state = encoding.new_encoder();
    let mut cursor = Encoder::new(text, name);
    while cursor.pos < text.len() {
        let rest = &text[cursor.pos..];
        let valid = match std::str::from_utf8(rest) {
            Ok(valid) => valid,
            Err(error) => std::str::from_utf8(&rest[..error.valid_up_to()]).unwrap_or_default(),
        };
        let taken = feed(&mut state, valid, &mut out).map_or_else(|taken| taken, |()| valid.len());
        cursor.idx += wtf8::count(&rest[..taken]);
        cursor.pos += taken;
        if cursor.pos == text.len() {
            break;
        }
        cursor.mend(
            errors,
            "illegal multibyte sequence",
            true,
            |_| true,
            |replacement| match replacement {
                Replacement::Bytes(bytes) => {
                    out.extend(bytes);
                    true
                }
                Replacement::Text(text) => {
                    wtf8::as_str(&text).is_some_and(|text| feed(&mut state, text, &mut out).is_ok())
                }
            },
        )?;
    }
    // Back to ASCII, for the encoding that has a state.
    let mut buffer = [0u8; 16];
    let (result, _, written, _) = state.encode_from_utf8("", &mut buffer, true);
    debug_assert_eq!(result, CoderResult::InputEmpty);
    out.extend_from_slice(&buffer[..written]);
    Ok(out)
}
