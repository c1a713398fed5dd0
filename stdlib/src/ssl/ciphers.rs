//! The cipher suites, under the names that OpenSSL has for them, and the language that selects them.

use rustls::SupportedCipherSuite;
use rustls::crypto::ring::cipher_suite as suites;

pub struct Cipher {
    pub suite: SupportedCipherSuite,
    pub name: &'static str,
    pub bits: u32,
    pub tls13: bool,
    /// Words of the language that it answers to.
    words: &'static [&'static str],
    /// As OpenSSL describes exchange, authentication and cipher.
    exchange: &'static str,
    authentication: &'static str,
    encryption: &'static str,
    pub symmetric: &'static str,
    pub kea: &'static str,
    pub auth: &'static str,
}

macro_rules! cipher {
    ($suite:ident, $name:literal, $bits:literal, $tls13:literal, [$($word:literal)*], $kx:literal $au:literal $enc:literal,
     $symmetric:literal $kea:literal $auth:literal) => {
        Cipher {
            suite: suites::$suite,
            name: $name,
            bits: $bits,
            tls13: $tls13,
            words: &[$($word),*],
            exchange: $kx,
            authentication: $au,
            encryption: $enc,
            symmetric: $symmetric,
            kea: $kea,
            auth: $auth,
        }
    };
}

/// In OpenSSL's order.
pub static CIPHERS: [Cipher; 9] = [
    cipher!(TLS13_AES_256_GCM_SHA384, "TLS_AES_256_GCM_SHA384", 256, true, [],
        "any" "any" "AESGCM(256)", "aes-256-gcm" "kx-any" "auth-any"),
    cipher!(TLS13_CHACHA20_POLY1305_SHA256, "TLS_CHACHA20_POLY1305_SHA256", 256, true, [],
        "any" "any" "CHACHA20/POLY1305(256)", "chacha20-poly1305" "kx-any" "auth-any"),
    cipher!(TLS13_AES_128_GCM_SHA256, "TLS_AES_128_GCM_SHA256", 128, true, [],
        "any" "any" "AESGCM(128)", "aes-128-gcm" "kx-any" "auth-any"),
    cipher!(TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "ECDHE-ECDSA-AES256-GCM-SHA384", 256, false,
        ["ECDSA" "aECDSA" "AES" "AES256" "AESGCM" "FIPS"],
        "ECDH" "ECDSA" "AESGCM(256)", "aes-256-gcm" "kx-ecdhe" "auth-ecdsa"),
    cipher!(TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "ECDHE-RSA-AES256-GCM-SHA384", 256, false,
        ["aRSA" "AES" "AES256" "AESGCM" "FIPS"],
        "ECDH" "RSA" "AESGCM(256)", "aes-256-gcm" "kx-ecdhe" "auth-rsa"),
    cipher!(TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-ECDSA-CHACHA20-POLY1305", 256, false,
        ["ECDSA" "aECDSA" "CHACHA20"],
        "ECDH" "ECDSA" "CHACHA20/POLY1305(256)", "chacha20-poly1305" "kx-ecdhe" "auth-ecdsa"),
    cipher!(TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-RSA-CHACHA20-POLY1305", 256, false,
        ["aRSA" "CHACHA20"],
        "ECDH" "RSA" "CHACHA20/POLY1305(256)", "chacha20-poly1305" "kx-ecdhe" "auth-rsa"),
    cipher!(TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "ECDHE-ECDSA-AES128-GCM-SHA256", 128, false,
        ["ECDSA" "aECDSA" "AES" "AES128" "AESGCM" "FIPS"],
        "ECDH" "ECDSA" "AESGCM(128)", "aes-128-gcm" "kx-ecdhe" "auth-ecdsa"),
    cipher!(TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "ECDHE-RSA-AES128-GCM-SHA256", 128, false,
        ["aRSA" "AES" "AES128" "AESGCM" "FIPS"],
        "ECDH" "RSA" "AESGCM(128)", "aes-128-gcm" "kx-ecdhe" "auth-rsa"),
];

/// Words that all suites of TLS 1.2 here answer to.
const COMMON_WORDS: &[&str] =
    &["ALL", "DEFAULT", "HIGH", "TLSv1.2", "ECDHE", "EECDH", "kECDHE", "kEECDH", "ECDH"];

impl Cipher {
    pub fn protocol(&self) -> &'static str {
        if self.tls13 { "TLSv1.3" } else { "TLSv1.2" }
    }

    /// OpenSSL's number.
    pub fn id(&self) -> i64 {
        0x0300_0000 | i64::from(u16::from(self.suite.suite()))
    }

    pub fn description(&self) -> String {
        format!(
            "{:30} {} Kx={:8} Au={:5} Enc={:22} Mac=AEAD",
            self.name,
            self.protocol(),
            self.exchange,
            self.authentication,
            self.encryption
        )
    }

    fn answers(&self, word: &str) -> bool {
        !self.tls13 && (self.name == word || COMMON_WORDS.contains(&word) || self.words.contains(&word))
    }
}

pub fn find(suite: rustls::CipherSuite) -> Option<&'static Cipher> {
    CIPHERS.iter().find(|cipher| cipher.suite.suite() == suite)
}

/// All suites, or those of TLS 1.3 and what `list` selects of the others; `None` if that is nothing.
pub fn select(list: &str) -> Option<Vec<&'static Cipher>> {
    let mut chosen: Vec<&'static Cipher> = Vec::new();
    // What may still be chosen.
    let mut known: Vec<&'static Cipher> = CIPHERS.iter().filter(|cipher| !cipher.tls13).collect();
    for item in list.split([':', ',', ';', ' ']).filter(|item| !item.is_empty()) {
        if let Some(command) = item.strip_prefix('@') {
            if command == "STRENGTH" {
                chosen.sort_by_key(|cipher| std::cmp::Reverse(cipher.bits));
            }
            continue;
        }
        let (operator, words) = match item.split_at_checked(1) {
            Some((operator @ ("!" | "-" | "+"), words)) => (operator, words),
            _ => ("", item),
        };
        // A security level may follow a word.
        let words = words.split('@').next().unwrap_or(words);
        let fits = |cipher: &&'static Cipher| words.split('+').all(|word| cipher.answers(word));
        match operator {
            "!" => {
                chosen.retain(|cipher| !fits(cipher));
                known.retain(|cipher| !fits(cipher));
            }
            "-" => chosen.retain(|cipher| !fits(cipher)),
            "+" => {
                let (moved, kept): (Vec<_>, Vec<_>) = chosen.into_iter().partition(|cipher| fits(cipher));
                chosen = kept.into_iter().chain(moved).collect();
            }
            _ => {
                for cipher in known.iter().filter(|cipher| fits(cipher)) {
                    if !chosen.iter().any(|other| other.name == cipher.name) {
                        chosen.push(cipher);
                    }
                }
            }
        }
    }
    if chosen.is_empty() {
        return None;
    }
    Some(CIPHERS.iter().filter(|cipher| cipher.tls13).chain(chosen).collect())
}
