//! Names of encodings: normalisation, aliases, look-up.

use super::super::tables::charmaps::{ALIASES, CHARMAPS};
use super::super::{ErrorKind, TextError};
use super::multibyte;

/// Byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endian {
    /// Told by a byte order mark, else little; written with a mark.
    Marked,
    Little,
    Big,
}

/// A text encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    Utf8,
    Utf8Sig,
    Utf16(Endian),
    Utf32(Endian),
    Utf7,
    Ascii,
    Latin1,
    /// Index into the table of code pages.
    Charmap(u8),
    UnicodeEscape,
    RawUnicodeEscape,
    Punycode,
    Idna,
    /// Index into the table of multi-byte encodings.
    Multibyte(u8),
}

/// The name as module names of codecs are written: runs of other characters become one underscore.
pub fn normalize_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.chars() {
        if c.is_alphanumeric() || c == '.' {
            if gap && !out.is_empty() {
                out.push('_');
            }
            if c.is_ascii() {
                out.push(c.to_ascii_lowercase());
            }
            gap = false;
        } else {
            gap = true;
        }
    }
    out
}

/// Alternative names, normalised, with the name of the module that CPython has for each encoding.
pub fn encoding_aliases() -> &'static [(&'static str, &'static str)] {
    &ALIASES
}

/// The codec module that a name stands for.
fn module_of(name: &str) -> String {
    let normal = normalize_name(name);
    let find =
        |wanted: &str| ALIASES.binary_search_by_key(&wanted, |entry| entry.0).ok().map(|idx| ALIASES[idx].1);
    match find(&normal).or_else(|| find(&normal.replace('.', "_"))) {
        Some(module) => module.to_string(),
        None => normal,
    }
}

/// The encoding with that name, any alias or spelling.
pub fn lookup(name: &str) -> Option<Codec> {
    match name {
        "utf-8" | "utf8" => return Some(Codec::Utf8),
        "ascii" => return Some(Codec::Ascii),
        "latin-1" => return Some(Codec::Latin1),
        _ if name.len() > 100 => return None,
        _ => {}
    }
    let module = module_of(name);
    Some(match module.as_str() {
        "utf_8" => Codec::Utf8,
        "utf_8_sig" => Codec::Utf8Sig,
        "utf_16" => Codec::Utf16(Endian::Marked),
        "utf_16_le" => Codec::Utf16(Endian::Little),
        "utf_16_be" => Codec::Utf16(Endian::Big),
        "utf_32" => Codec::Utf32(Endian::Marked),
        "utf_32_le" => Codec::Utf32(Endian::Little),
        "utf_32_be" => Codec::Utf32(Endian::Big),
        "utf_7" => Codec::Utf7,
        "ascii" => Codec::Ascii,
        "latin_1" | "iso8859_1" => Codec::Latin1,
        "unicode_escape" => Codec::UnicodeEscape,
        "raw_unicode_escape" => Codec::RawUnicodeEscape,
        "punycode" => Codec::Punycode,
        "idna" => Codec::Idna,
        module => {
            if let Some(idx) = CHARMAPS.iter().position(|entry| entry.0 == module) {
                return Some(Codec::Charmap(idx as u8));
            }
            Codec::Multibyte(multibyte::index_of(module)?)
        }
    })
}

/// `codecs.lookup(...).name`.
pub fn canonical_name(codec: Codec) -> &'static str {
    match codec {
        Codec::Utf8 => "utf-8",
        Codec::Utf8Sig => "utf-8-sig",
        Codec::Utf16(Endian::Marked) => "utf-16",
        Codec::Utf16(Endian::Little) => "utf-16-le",
        Codec::Utf16(Endian::Big) => "utf-16-be",
        Codec::Utf32(Endian::Marked) => "utf-32",
        Codec::Utf32(Endian::Little) => "utf-32-le",
        Codec::Utf32(Endian::Big) => "utf-32-be",
        Codec::Utf7 => "utf-7",
        Codec::Ascii => "ascii",
        Codec::Latin1 => "iso8859-1",
        Codec::Charmap(idx) => CHARMAPS[idx as usize].1,
        Codec::UnicodeEscape => "unicode-escape",
        Codec::RawUnicodeEscape => "raw-unicode-escape",
        Codec::Punycode => "punycode",
        Codec::Idna => "idna",
        Codec::Multibyte(idx) => multibyte::name(idx),
    }
}

/// Whether the name is that of a codec that does not turn text into bytes, such as hex or rot13.
pub fn is_bytes_codec(name: &str) -> bool {
    matches!(
        module_of(name).as_str(),
        "base64_codec" | "bz2_codec" | "hex_codec" | "quopri_codec" | "rot_13" | "uu_codec" | "zlib_codec"
    )
}

/// `unknown encoding: ...`.
pub fn unknown_encoding(name: &str) -> TextError {
    TextError::new(ErrorKind::Lookup, format!("unknown encoding: {name}"))
}

/// The error for `str.encode` and `bytes.decode` with such a codec; `function` is "codecs.encode()" or so.
pub fn not_text_encoding(name: &str, function: &str) -> TextError {
    TextError::new(
        ErrorKind::Lookup,
        format!("'{name}' is not a text encoding; use {function} to handle arbitrary codecs"),
    )
}
