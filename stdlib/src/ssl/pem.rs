//! PEM files: blocks of base 64 with a label, and private keys in them, encrypted ones too.

use aes::cipher::{BlockDecryptMut, KeyIvInit, block_padding::Pkcs7};
use md5::Digest;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer};

use super::der::{Reader, tag};

/// What stands between `-----BEGIN label-----` and its end.
#[derive(Debug)]
pub struct Block {
    pub label: String,
    /// Lines such as `DEK-Info: ...`.
    pub headers: Vec<(String, String)>,
    pub der: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PemError {
    BadBase64,
    BadEnd,
}

/// The blocks of a text up to the first broken one; `Err` carries what was broken, after `found` sound ones.
pub fn blocks(text: &[u8]) -> (Vec<Block>, Option<PemError>) {
    let mut found = Vec::new();
    let mut lines = text.split(|byte| *byte == b'\n').map(|line| line.trim_ascii_end());
    while let Some(line) = lines.next() {
        let Some(label) = line.strip_prefix(b"-----BEGIN ").and_then(|rest| rest.strip_suffix(b"-----"))
        else {
            continue;
        };
        let end = [b"-----END ", label, b"-----"].concat();
        let (mut headers, mut body, mut ended) = (Vec::new(), Vec::new(), false);
        for line in lines.by_ref() {
            if line == end {
                ended = true;
                break;
            }
            if line.starts_with(b"-----") {
                return (found, Some(PemError::BadEnd));
            }
            match line.iter().position(|byte| *byte == b':') {
                Some(at) => {
                    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes.trim_ascii()).into_owned();
                    headers.push((text(&line[..at]), text(&line[at + 1..])));
                }
                None => body.extend_from_slice(line),
            }
        }
        if !ended {
            return (found, Some(PemError::BadEnd));
        }
        let Some(der) = decode_base64(&body) else { return (found, Some(PemError::BadBase64)) };
        found.push(Block { label: String::from_utf8_lossy(label).into_owned(), headers, der });
    }
    (found, None)
}

fn decode_base64(text: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut bits, mut n_bits, mut n_padding) = (Vec::new(), 0u32, 0, 0);
    for byte in text.iter().filter(|byte| !byte.is_ascii_whitespace()) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                n_padding += 1;
                continue;
            }
            _ => return None,
        };
        if n_padding > 0 {
            return None;
        }
        bits = bits << 6 | u32::from(value);
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            out.push((bits >> n_bits) as u8);
        }
    }
    (n_padding == (4 - (text.iter().filter(|b| !b.is_ascii_whitespace() && **b != b'=').count() % 4)) % 4)
        .then_some(out)
}

/// The text of one block.
pub fn encode(label: &str, der: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut body = String::new();
    for chunk in der.chunks(48) {
        for three in chunk.chunks(3) {
            let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
            let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
            for at in 0..4 {
                let digit = ALPHABET[(bits >> (18 - 6 * at)) as usize & 63] as char;
                body.push(if at <= three.len() { digit } else { '=' });
            }
        }
        body.push('\n');
    }
    format!("-----BEGIN {label}-----\n{body}-----END {label}-----\n")
}

/// Whether a block holds a private key, encrypted or not.
pub fn is_key(block: &Block) -> bool {
    matches!(
        block.label.as_str(),
        "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" | "ENCRYPTED PRIVATE KEY"
    )
}

/// Whether a password is needed.
pub fn is_encrypted(block: &Block) -> bool {
    block.label == "ENCRYPTED PRIVATE KEY"
        || block.headers.iter().any(|(name, value)| name == "Proc-Type" && value.contains("ENCRYPTED"))
}

/// Why a key could not be had.
#[derive(Debug)]
pub enum KeyError {
    /// Wrong password, or garbage.
    Broken,
    /// Encrypted in a way that is not supported.
    Unsupported(String),
}

/// The key of a block.
pub fn private_key(block: &Block, password: Option<&[u8]>) -> Result<PrivateKeyDer<'static>, KeyError> {
    if block.label == "ENCRYPTED PRIVATE KEY" {
        let der = decrypt_pkcs8(&block.der, password.ok_or(KeyError::Broken)?)?;
        return Ok(PrivatePkcs8KeyDer::from(der).into());
    }
    let der = match block.headers.iter().find(|(name, _)| name == "DEK-Info") {
        Some((_, info)) => decrypt_traditional(&block.der, info, password.ok_or(KeyError::Broken)?)?,
        None => block.der.clone(),
    };
    Ok(match block.label.as_str() {
        "RSA PRIVATE KEY" => PrivatePkcs1KeyDer::from(der).into(),
        "EC PRIVATE KEY" => PrivateSec1KeyDer::from(der).into(),
        _ => PrivatePkcs8KeyDer::from(der).into(),
    })
}

/// AES in CBC mode by the length of the key.
fn decrypt_aes(key: &[u8], iv: &[u8], data: &[u8]) -> Result<Vec<u8>, KeyError> {
    fn run<C: KeyIvInit + BlockDecryptMut>(key: &[u8], iv: &[u8], data: &[u8]) -> Result<Vec<u8>, KeyError> {
        let cipher = C::new_from_slices(key, iv).map_err(|_| KeyError::Broken)?;
        let mut buffer = data.to_vec();
        let n = cipher.decrypt_padded_mut::<Pkcs7>(&mut buffer).map_err(|_| KeyError::Broken)?.len();
        buffer.truncate(n);
        Ok(buffer)
    }
    match key.len() {
        16 => run::<cbc::Decryptor<aes::Aes128>>(key, iv, data),
        24 => run::<cbc::Decryptor<aes::Aes192>>(key, iv, data),
        _ => run::<cbc::Decryptor<aes::Aes256>>(key, iv, data),
    }
}

/// PKCS #8 with the second scheme of PKCS #5: PBKDF2 with HMAC, then AES.
fn decrypt_pkcs8(der: &[u8], password: &[u8]) -> Result<Vec<u8>, KeyError> {
    const PBES2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13];
    const PBKDF2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 12];
    /// More rounds than any program asks for: a file must not keep the processor busy for ever.
    const MAX_ROUNDS: u32 = 100_000_000;
    let unsupported = |oid: &[u8]| KeyError::Unsupported(super::objects::long_name(oid));
    let mut outer = Reader(der).enter(tag::SEQUENCE).ok_or(KeyError::Broken)?;
    let mut scheme = outer.enter(tag::SEQUENCE).ok_or(KeyError::Broken)?;
    let data = outer.tagged(tag::OCTET_STRING).ok_or(KeyError::Broken)?.content;
    let oid = scheme.tagged(tag::OID).ok_or(KeyError::Broken)?.content;
    if oid != PBES2 {
        return Err(unsupported(oid));
    }
    let mut parameters = scheme.enter(tag::SEQUENCE).ok_or(KeyError::Broken)?;
    let mut derivation = parameters.enter(tag::SEQUENCE).ok_or(KeyError::Broken)?;
    let mut cipher = parameters.enter(tag::SEQUENCE).ok_or(KeyError::Broken)?;
    let oid = derivation.tagged(tag::OID).ok_or(KeyError::Broken)?.content;
    if oid != PBKDF2 {
        return Err(unsupported(oid));
    }
    let mut derivation = derivation.enter(tag::SEQUENCE).ok_or(KeyError::Broken)?;
    let salt = derivation.tagged(tag::OCTET_STRING).ok_or(KeyError::Broken)?.content;
    let rounds = derivation.tagged(tag::INTEGER).ok_or(KeyError::Broken)?.content;
    let rounds = rounds.iter().fold(0u32, |n, byte| n.saturating_mul(256).saturating_add(u32::from(*byte)));
    let _key_length = derivation.tagged(tag::INTEGER);
    let digest = match derivation.enter(tag::SEQUENCE).and_then(|mut prf| prf.tagged(tag::OID)) {
        None => ring::pbkdf2::PBKDF2_HMAC_SHA1,
        Some(oid) => match oid.content {
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 7] => ring::pbkdf2::PBKDF2_HMAC_SHA1,
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 9] => ring::pbkdf2::PBKDF2_HMAC_SHA256,
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 10] => ring::pbkdf2::PBKDF2_HMAC_SHA384,
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 11] => ring::pbkdf2::PBKDF2_HMAC_SHA512,
            other => return Err(unsupported(other)),
        },
    };
    let oid = cipher.tagged(tag::OID).ok_or(KeyError::Broken)?.content;
    let key_length = match oid {
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 2] => 16,
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 22] => 24,
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 42] => 32,
        other => return Err(unsupported(other)),
    };
    let iv = cipher.tagged(tag::OCTET_STRING).ok_or(KeyError::Broken)?.content;
    let rounds =
        std::num::NonZeroU32::new(rounds).filter(|n| n.get() <= MAX_ROUNDS).ok_or(KeyError::Broken)?;
    let mut key = vec![0; key_length];
    ring::pbkdf2::derive(digest, rounds, salt, password, &mut key);
    let plain = decrypt_aes(&key, iv, data)?;
    // A wrong password mostly shows in the padding, else here.
    Reader(&plain).tagged(tag::SEQUENCE).ok_or(KeyError::Broken)?;
    Ok(plain)
}

/// The way of old PEM files: "AES-256-CBC,iv", with a key that MD5 makes from the password.
fn decrypt_traditional(der: &[u8], info: &str, password: &[u8]) -> Result<Vec<u8>, KeyError> {
    let (cipher, iv) = info.split_once(',').ok_or(KeyError::Broken)?;
    let key_length = match cipher {
        "AES-128-CBC" => 16,
        "AES-192-CBC" => 24,
        "AES-256-CBC" => 32,
        other => return Err(KeyError::Unsupported(other.to_string())),
    };
    let digits = iv.trim().as_bytes();
    let iv: Option<Vec<u8>> =
        digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    let iv = iv.filter(|iv| iv.len() == 16).ok_or(KeyError::Broken)?;
    let mut key = Vec::new();
    let mut last = Vec::new();
    while key.len() < key_length {
        last = md5::Md5::digest([&last, password, &iv[..8]].concat()).to_vec();
        key.extend_from_slice(&last);
    }
    let plain = decrypt_aes(&key[..key_length], &iv, der)?;
    Reader(&plain).tagged(tag::SEQUENCE).ok_or(KeyError::Broken)?;
    Ok(plain)
}
