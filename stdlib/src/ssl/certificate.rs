//! X.509 certificates (RFC 5280), as far as verification and `getpeercert()` look into them.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::der::{self, Element, Reader, tag};

/// A name of a subject, an issuer or a general name: sets of (object identifier, value).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Name {
    /// As encoded, tag and length of the sequence included.
    pub der: Vec<u8>,
    /// Object identifier, tag of the string, text.
    pub parts: Vec<Vec<(Vec<u8>, u8, String)>>,
}

/// An entry of subjectAltName and its like.
#[derive(Clone, Debug)]
pub enum GeneralName {
    Dns(Vec<u8>),
    Email(Vec<u8>),
    Uri(Vec<u8>),
    Directory(Name),
    Ip(Vec<u8>),
    RegisteredId(Vec<u8>),
    /// Kinds without a text, by the name that `openssl` has for them.
    Unsupported(&'static str),
}

/// `keyUsage`, by the bits of RFC 5280.
pub mod key_usage {
    pub const DIGITAL_SIGNATURE: u16 = 1;
    pub const KEY_ENCIPHERMENT: u16 = 1 << 2;
    pub const KEY_AGREEMENT: u16 = 1 << 4;
    pub const KEY_CERT_SIGN: u16 = 1 << 5;
    pub const CRL_SIGN: u16 = 1 << 6;
}

#[derive(Clone, Debug, Default)]
pub struct Certificate {
    pub der: Vec<u8>,
    /// What the signature is over.
    pub signed: Vec<u8>,
    /// AlgorithmIdentifier without tag and length, inside and outside of what is signed.
    pub inner_algorithm: Vec<u8>,
    pub algorithm: Vec<u8>,
    pub signature: Vec<u8>,
    /// 1 to 3.
    pub version: u32,
    /// Big-endian two's complement.
    pub serial: Vec<u8>,
    pub issuer: Name,
    pub subject: Name,
    /// Seconds since 1970.
    pub not_before: i64,
    pub not_after: i64,
    /// SubjectPublicKeyInfo without tag and length.
    pub public_key_info: Vec<u8>,
    /// AlgorithmIdentifier of the key, without tag and length, and the key itself.
    pub key_algorithm: Vec<u8>,
    pub key: Vec<u8>,
    pub n_extensions: usize,
    pub has_basic_constraints: bool,
    pub basic_constraints_critical: bool,
    pub is_ca: bool,
    pub path_length: Option<u32>,
    pub key_usage: Option<u16>,
    /// Object identifiers.
    pub extended_key_usage: Option<Vec<Vec<u8>>>,
    pub alt_names: Option<Vec<GeneralName>>,
    pub alt_names_critical: bool,
    pub subject_key_id: Option<Vec<u8>>,
    pub subject_key_id_critical: bool,
    /// `keyIdentifier` may be missing inside.
    pub authority_key_id: Option<Option<Vec<u8>>>,
    pub authority_key_id_critical: bool,
    pub has_name_constraints: bool,
    pub has_unknown_critical: bool,
    pub is_proxy: bool,
    pub ocsp: Vec<Vec<u8>>,
    pub ca_issuers: Vec<Vec<u8>>,
    pub crl_points: Vec<Vec<u8>>,
}

/// Object identifiers of extensions, and others that code asks for.
mod oid {
    pub const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1d, 14];
    pub const KEY_USAGE: &[u8] = &[0x55, 0x1d, 15];
    pub const ALT_NAME: &[u8] = &[0x55, 0x1d, 17];
    pub const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];
    pub const NAME_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 30];
    pub const CRL_POINTS: &[u8] = &[0x55, 0x1d, 31];
    pub const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1d, 35];
    pub const POLICIES: &[u8] = &[0x55, 0x1d, 32];
    pub const POLICY_MAPPINGS: &[u8] = &[0x55, 0x1d, 33];
    pub const POLICY_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 36];
    pub const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 37];
    pub const INHIBIT_ANY_POLICY: &[u8] = &[0x55, 0x1d, 54];
    pub const AUTHORITY_INFO: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 1, 1];
    pub const PROXY: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 1, 14];
    pub const OCSP: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 0x30, 1];
    pub const CA_ISSUERS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 0x30, 2];
}

impl Certificate {
    /// Reads a certificate; `None` if the encoding is broken.
    pub fn parse(der: &[u8]) -> Option<Certificate> {
        let mut outer = Reader(der);
        let whole = outer.tagged(tag::SEQUENCE)?;
        let mut body = whole.reader();
        let signed = body.tagged(tag::SEQUENCE)?;
        let mut certificate = Certificate {
            der: whole.whole.to_vec(),
            signed: signed.whole.to_vec(),
            algorithm: body.tagged(tag::SEQUENCE)?.content.to_vec(),
            signature: bits(&body.tagged(tag::BIT_STRING)?)?.to_vec(),
            ..Certificate::default()
        };
        let mut fields = signed.reader();
        certificate.version = match fields.enter(tag::constructed(0)) {
            Some(mut version) => u32::from(*version.tagged(tag::INTEGER)?.content.last()?) + 1,
            None => 1,
        };
        certificate.serial = fields.tagged(tag::INTEGER)?.content.to_vec();
        certificate.inner_algorithm = fields.tagged(tag::SEQUENCE)?.content.to_vec();
        certificate.issuer = Name::parse(&fields.tagged(tag::SEQUENCE)?)?;
        let mut validity = fields.enter(tag::SEQUENCE)?;
        certificate.not_before = der::time(&validity.next()?)?;
        certificate.not_after = der::time(&validity.next()?)?;
        certificate.subject = Name::parse(&fields.tagged(tag::SEQUENCE)?)?;
        let key_info = fields.tagged(tag::SEQUENCE)?;
        certificate.public_key_info = key_info.content.to_vec();
        let mut key = key_info.reader();
        certificate.key_algorithm = key.tagged(tag::SEQUENCE)?.content.to_vec();
        certificate.key = bits(&key.tagged(tag::BIT_STRING)?)?.to_vec();
        let extensions = fields.find(|field| field.tag == tag::constructed(3));
        if let Some(mut extensions) = extensions.and_then(|field| field.reader().enter(tag::SEQUENCE)) {
            while let Some(mut extension) = extensions.enter(tag::SEQUENCE) {
                certificate.n_extensions += 1;
                let oid = extension.tagged(tag::OID)?.content;
                let critical = extension.tagged(tag::BOOLEAN).is_some_and(|flag| flag.content != [0]);
                let value = extension.tagged(tag::OCTET_STRING)?.reader();
                certificate.read_extension(oid, critical, value)?;
            }
        }
        Some(certificate)
    }

    fn read_extension(&mut self, oid: &[u8], critical: bool, mut value: Reader<'_>) -> Option<()> {
        match oid {
            oid::BASIC_CONSTRAINTS => {
                let mut fields = value.enter(tag::SEQUENCE)?;
                self.has_basic_constraints = true;
                self.basic_constraints_critical = critical;
                self.is_ca = fields.tagged(tag::BOOLEAN).is_some_and(|flag| flag.content != [0]);
                self.path_length = fields.tagged(tag::INTEGER).map(|length| {
                    length.content.iter().fold(0u32, |n, byte| n.saturating_mul(256) + u32::from(*byte))
                });
            }
            oid::KEY_USAGE => {
                let bits = value.tagged(tag::BIT_STRING)?;
                let byte = |at: usize| u16::from(bits.content.get(at).copied().unwrap_or(0).reverse_bits());
                self.key_usage = Some(byte(1) | byte(2) << 8);
            }
            oid::EXTENDED_KEY_USAGE => {
                let usages = value.enter(tag::SEQUENCE)?;
                self.extended_key_usage = Some(usages.map(|usage| usage.content.to_vec()).collect());
            }
            oid::ALT_NAME => {
                self.alt_names_critical = critical;
                self.alt_names = Some(general_names(value.enter(tag::SEQUENCE)?)?);
            }
            oid::SUBJECT_KEY_ID => {
                self.subject_key_id_critical = critical;
                self.subject_key_id = Some(value.tagged(tag::OCTET_STRING)?.content.to_vec());
            }
            oid::AUTHORITY_KEY_ID => {
                let id = value.enter(tag::SEQUENCE)?.tagged(tag::context(0));
                self.authority_key_id_critical = critical;
                self.authority_key_id = Some(id.map(|id| id.content.to_vec()));
            }
            oid::AUTHORITY_INFO => {
                for mut access in value.enter(tag::SEQUENCE)?.map(|access| access.reader()) {
                    let method = access.tagged(tag::OID)?.content;
                    let Some(uri) = access.tagged(tag::context(6)) else { continue };
                    match method {
                        oid::OCSP => self.ocsp.push(uri.content.to_vec()),
                        oid::CA_ISSUERS => self.ca_issuers.push(uri.content.to_vec()),
                        _ => {}
                    }
                }
            }
            oid::CRL_POINTS => {
                for mut point in value.enter(tag::SEQUENCE)?.map(|point| point.reader()) {
                    let Some(mut name) = point.enter(tag::constructed(0)) else { continue };
                    let Some(names) = name.enter(tag::constructed(0)) else { continue };
                    let uris = names.filter(|name| name.tag == tag::context(6));
                    self.crl_points.extend(uris.map(|uri| uri.content.to_vec()));
                }
            }
            oid::NAME_CONSTRAINTS => self.has_name_constraints = true,
            oid::PROXY => self.is_proxy = true,
            oid::POLICIES | oid::POLICY_MAPPINGS | oid::POLICY_CONSTRAINTS | oid::INHIBIT_ANY_POLICY => {}
            _ => self.has_unknown_critical |= critical,
        }
        Some(())
    }

    /// Whether the issuer has the name of the subject and, as far as the identifiers tell, the same key.
    pub fn is_self_signed(&self) -> bool {
        let same_key = match (&self.authority_key_id, &self.subject_key_id) {
            (Some(Some(authority)), Some(subject)) => authority == subject,
            _ => true,
        };
        self.issuer.canonical() == self.subject.canonical() && same_key
    }

    pub fn is_self_issued(&self) -> bool {
        self.issuer.canonical() == self.subject.canonical()
    }
}

/// The bytes of a bit string that has whole bytes only.
pub fn bits<'a>(element: &Element<'a>) -> Option<&'a [u8]> {
    let (unused, bytes) = element.content.split_first()?;
    (*unused == 0).then_some(bytes)
}

impl Name {
    /// From the element of the sequence.
    pub fn parse(element: &Element<'_>) -> Option<Name> {
        let mut parts = Vec::new();
        for set in element.reader() {
            let mut part = Vec::new();
            for mut pair in set.reader().map(|pair| pair.reader()) {
                let oid = pair.tagged(tag::OID)?.content.to_vec();
                let value = pair.next()?;
                part.push((oid, value.tag, der::string(&value)));
            }
            parts.push(part);
        }
        Some(Name { der: element.whole.to_vec(), parts })
    }

    /// What equal names have in common: the sets with texts in UTF-8, in small letters and with single spaces.
    pub fn canonical(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for part in &self.parts {
            let mut pairs: Vec<Vec<u8>> = part
                .iter()
                .map(|(oid, string_tag, text)| {
                    // Other values than strings stand as they are.
                    let is_text = matches!(string_tag, 0x0c | 0x12..=0x16 | 0x1a | 0x1c | 0x1e);
                    let value = if is_text {
                        let words: Vec<&str> = text.split_ascii_whitespace().collect();
                        der::encode(tag::UTF8_STRING, words.join(" ").to_ascii_lowercase().as_bytes())
                    } else {
                        let raw: Vec<u8> = text.chars().map(|c| c as u32 as u8).collect();
                        der::encode(*string_tag, &raw)
                    };
                    der::encode(tag::SEQUENCE, &[der::encode(tag::OID, oid), value].concat())
                })
                .collect();
            pairs.sort();
            out.extend(der::encode(tag::SET, &pairs.concat()));
        }
        out
    }

    /// The number that `openssl rehash` names files after.
    pub fn hash(&self) -> u32 {
        let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &self.canonical());
        let first = digest.as_ref();
        u32::from_le_bytes([first[0], first[1], first[2], first[3]])
    }

    /// The values of one kind of part, such as the common name's.
    pub fn values(&self, oid: &[u8]) -> impl Iterator<Item = &str> {
        self.parts.iter().flatten().filter(move |part| part.0 == oid).map(|part| part.2.as_str())
    }
}

fn general_names(names: Reader<'_>) -> Option<Vec<GeneralName>> {
    names
        .map(|name| {
            let bytes = || name.content.to_vec();
            Some(match name.tag & 0x1f {
                0 => GeneralName::Unsupported("othername"),
                1 => GeneralName::Email(bytes()),
                2 => GeneralName::Dns(bytes()),
                3 => GeneralName::Unsupported("X400Name"),
                4 => GeneralName::Directory(Name::parse(&name.reader().tagged(tag::SEQUENCE)?)?),
                5 => GeneralName::Unsupported("EdiPartyName"),
                6 => GeneralName::Uri(bytes()),
                7 => GeneralName::Ip(bytes()),
                8 => GeneralName::RegisteredId(bytes()),
                _ => return None,
            })
        })
        .collect()
}

/// An address as `openssl` prints it.
pub fn ip_text(bytes: &[u8]) -> String {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Ipv4Addr::from(four).to_string();
    }
    match <[u8; 16]>::try_from(bytes) {
        Ok(sixteen) => {
            let groups = Ipv6Addr::from(sixteen).segments();
            groups.map(|group| format!("{group:X}")).join(":")
        }
        Err(_) => "<invalid>".to_string(),
    }
}

/// The serial number in hexadecimal digits, as `openssl` prints it.
pub fn serial_text(serial: &[u8]) -> String {
    let negative = serial.first().is_some_and(|byte| byte & 0x80 != 0);
    let mut bytes = serial.to_vec();
    if negative {
        let mut carry = true;
        for byte in bytes.iter_mut().rev() {
            let (next, overflow) = (!*byte).overflowing_add(u8::from(carry));
            (*byte, carry) = (next, overflow);
        }
    }
    let from = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len().saturating_sub(1));
    let digits: String = bytes[from..].iter().map(|byte| format!("{byte:02X}")).collect();
    if negative { format!("-{digits}") } else { digits }
}
