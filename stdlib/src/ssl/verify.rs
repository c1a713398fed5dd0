//! Verification of chains of certificates in the order and with the results of OpenSSL, whose numbers programs see.
//!
//! A chain is built from the peer's certificates and the store, then checked: extensions, strength of keys, host name, revocation,
//! signatures and dates. At last webpki, which has name constraints too, must agree with a chain that passed.

use std::net::IpAddr;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};

use super::certificate::{Certificate, GeneralName, key_usage};
use super::der::{Reader, tag};
use super::store::Store;

/// A result that is not "ok": OpenSSL's number, and its text or one with the name in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    pub code: i32,
    pub message: String,
}

/// What is to be verified against.
#[derive(Clone, Debug)]
pub struct Policy {
    pub store: Arc<Store>,
    /// `verify_flags`.
    pub flags: u64,
    /// The peer is a server.
    pub server: bool,
    /// Name or address the certificate must be for, if it is to be checked.
    pub host: Option<String>,
    pub host_flags: u32,
}

pub mod flags {
    pub const CRL_CHECK: u64 = 0x4;
    pub const CRL_CHECK_ALL: u64 = 0x8;
    pub const STRICT: u64 = 0x20;
    pub const ALLOW_PROXY: u64 = 0x40;
    pub const PARTIAL_CHAIN: u64 = 0x80000;
}

pub mod host_flags {
    pub const ALWAYS_CHECK_SUBJECT: u32 = 1;
    pub const NO_WILDCARDS: u32 = 2;
    pub const NEVER_CHECK_SUBJECT: u32 = 32;
}

/// The texts of OpenSSL.
const MESSAGES: &[(i32, &str)] = &[
    (1, "unspecified certificate verification error"),
    (2, "unable to get issuer certificate"),
    (3, "unable to get certificate CRL"),
    (7, "certificate signature failure"),
    (8, "CRL signature failure"),
    (9, "certificate is not yet valid or the system clock is incorrect"),
    (10, "certificate has expired"),
    (11, "CRL is not yet valid"),
    (12, "CRL has expired"),
    (18, "self-signed certificate"),
    (19, "self-signed certificate in certificate chain"),
    (20, "unable to get local issuer certificate"),
    (22, "certificate chain too long"),
    (23, "certificate revoked"),
    (25, "path length constraint exceeded"),
    (26, "unsuitable certificate purpose"),
    (28, "certificate rejected"),
    (34, "unhandled critical extension"),
    (40, "proxy certificates not allowed, please set the appropriate flag"),
    (47, "permitted subtree violation"),
    (66, "EE certificate key too weak"),
    (67, "CA certificate key too weak"),
    (68, "CA signature digest algorithm too weak"),
    (76, "Cannot find certificate signature algorithm"),
    (78, "cert info signature and signature algorithm mismatch"),
    (79, "invalid CA certificate"),
    (80, "Path length invalid for non-CA cert"),
    (81, "Path length given without key usage keyCertSign"),
    (82, "Key usage keyCertSign invalid for non-CA cert"),
    (83, "Issuer name empty"),
    (84, "Subject name empty"),
    (85, "Missing Authority Key Identifier"),
    (86, "Missing Subject Key Identifier"),
    (87, "Empty Subject Alternative Name extension"),
    (88, "Subject empty and Subject Alt Name extension not critical"),
    (89, "Basic Constraints of CA cert not marked critical"),
    (90, "Authority Key Identifier marked critical"),
    (91, "Subject Key Identifier marked critical"),
    (92, "CA cert does not include key usage extension"),
    (93, "Using cert extension requires at least X509v3"),
];

fn fail<T>(code: i32) -> Result<T, Failure> {
    let message = MESSAGES.iter().find(|(known, _)| *known == code).map_or("", |(_, text)| *text);
    Err(Failure { code, message: message.to_string() })
}

/// As many certificates as OpenSSL follows.
const MAX_DEPTH: usize = 100;

/// Builds and checks the chain of a peer; the chain comes back in any case, the peer's certificate first.
pub fn verify(
    policy: &Policy,
    peer: Arc<Certificate>,
    others: &[Arc<Certificate>],
    now: UnixTime,
    algorithms: &'static [&'static dyn SignatureVerificationAlgorithm],
) -> (Vec<Arc<Certificate>>, Result<(), Failure>) {
    let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let mut chain = vec![peer];
    let result = build(policy, &mut chain, others, seconds).and_then(|()| {
        check_extensions(policy, &chain)?;
        check_strength(&chain)?;
        if let Some(host) = &policy.host {
            check_host(&chain[0], host, policy.host_flags)?;
        }
        check_revocation(policy, &chain, seconds, algorithms)?;
        check_signatures(&chain, seconds, algorithms)?;
        if chain.iter().any(|certificate| is_distrusted(certificate)) {
            return fail(28);
        }
        agree(policy, &chain, now, algorithms)
    });
    (chain, result)
}

/// Whether `issuer` may have issued `subject`, going by names and identifiers.
fn issued(issuer: &Certificate, subject: &Certificate) -> bool {
    let key_fits = match (&subject.authority_key_id, &issuer.subject_key_id) {
        (Some(Some(wanted)), Some(id)) => wanted == id,
        _ => true,
    };
    key_fits && issuer.subject.canonical() == subject.issuer.canonical()
}

/// Lengthens the chain until it reaches what is trusted.
fn build(
    policy: &Policy,
    chain: &mut Vec<Arc<Certificate>>,
    others: &[Arc<Certificate>],
    now: i64,
) -> Result<(), Failure> {
    let partial = policy.flags & flags::PARTIAL_CHAIN != 0;
    let current =
        |certificate: &Arc<Certificate>| certificate.not_before <= now && now <= certificate.not_after;
    let trusted = |certificate: &Certificate| {
        policy.store.with_subject(&certificate.subject).iter().any(|known| known.der == certificate.der)
    };
    let mut n_untrusted = 1;
    loop {
        let last = chain[chain.len() - 1].clone();
        let is_own = n_untrusted == chain.len();
        if is_own && trusted(&last) && (partial || last.is_self_signed()) {
            return Ok(());
        }
        if !is_own && (partial || last.is_self_signed()) {
            return Ok(());
        }
        if chain.len() > MAX_DEPTH {
            return fail(22);
        }
        if last.is_self_signed() {
            return fail(if chain.len() == 1 { 18 } else { 19 });
        }
        let in_chain = |candidate: &Arc<Certificate>| chain.iter().any(|known| known.der == candidate.der);
        // Those that are valid now go first.
        let pick = |candidates: Vec<Arc<Certificate>>| {
            let mut fitting: Vec<_> = candidates
                .into_iter()
                .filter(|candidate| issued(candidate, &last) && !in_chain(candidate))
                .collect();
            fitting.sort_by_key(|candidate| !current(candidate));
            fitting.into_iter().next()
        };
        if let Some(issuer) = pick(policy.store.with_subject(&last.issuer)) {
            chain.push(issuer);
            continue;
        }
        if !is_own {
            return fail(2);
        }
        match pick(others.to_vec()) {
            Some(issuer) => {
                chain.push(issuer);
                n_untrusted += 1;
            }
            None => return fail(20),
        }
    }
}

const SERVER_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
const CLIENT_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 2];

fn check_extensions(policy: &Policy, chain: &[Arc<Certificate>]) -> Result<(), Failure> {
    let strict = policy.flags & flags::STRICT != 0;
    let mut path_length = 0;
    for (at, certificate) in chain.iter().enumerate() {
        if certificate.has_unknown_critical {
            return fail(34);
        }
        if certificate.is_proxy {
            return fail(40);
        }
        if at > 0 && !may_sign(certificate, strict) {
            return fail(79);
        }
        if strict && chain.len() > 1 {
            check_strictly(certificate, at + 1 == chain.len())?;
        }
        if !fits_purpose(policy, certificate, at > 0) {
            return fail(26);
        }
        if at > 1 && certificate.path_length.is_some_and(|limit| path_length > limit) {
            return fail(25);
        }
        if at == 0 || !certificate.is_self_issued() {
            path_length += 1;
        }
    }
    Ok(())
}

/// Whether a certificate may stand above others.
fn may_sign(certificate: &Certificate, strict: bool) -> bool {
    if certificate.key_usage.is_some_and(|usage| usage & key_usage::KEY_CERT_SIGN == 0) {
        return false;
    }
    if certificate.has_basic_constraints {
        return certificate.is_ca;
    }
    // Roots from before there were extensions.
    !strict && (certificate.version == 1 && certificate.is_self_signed() || certificate.key_usage.is_some())
}

/// What RFC 5280 asks for beyond what is needed.
fn check_strictly(certificate: &Certificate, is_last: bool) -> Result<(), Failure> {
    let usage = certificate.key_usage.unwrap_or(u16::MAX);
    let signs = usage & key_usage::KEY_CERT_SIGN != 0;
    let ca = certificate.is_ca;
    let nameless = certificate.subject.parts.is_empty();
    let alt_names = certificate.alt_names.as_ref();
    let signs_lists = certificate.key_usage.is_some_and(|usage| usage & key_usage::CRL_SIGN != 0);
    let old = certificate.version < 3;
    let checks = [
        (certificate.path_length.is_some() && !ca, 80),
        (certificate.path_length.is_some() && !signs, 81),
        (ca && certificate.has_basic_constraints && !certificate.basic_constraints_critical, 89),
        (ca && certificate.key_usage.is_none(), 92),
        (!ca && certificate.key_usage.is_some() && signs, 82),
        (certificate.issuer.parts.is_empty(), 83),
        (nameless && (ca || signs_lists || alt_names.is_none()), 84),
        (nameless && alt_names.is_some() && !certificate.alt_names_critical, 88),
        (alt_names.is_some_and(Vec::is_empty), 87),
        (certificate.algorithm != certificate.inner_algorithm, 78),
        (certificate.authority_key_id.is_some() && certificate.authority_key_id_critical, 90),
        (certificate.subject_key_id.is_some() && certificate.subject_key_id_critical, 91),
        (!old && !is_last && !matches!(certificate.authority_key_id, Some(Some(_))), 85),
        (!old && ca && certificate.subject_key_id.is_none(), 86),
        (old && certificate.n_extensions > 0, 93),
    ];
    match checks.iter().find(|(fails, _)| *fails) {
        Some((_, code)) => fail(*code),
        None => Ok(()),
    }
}

fn fits_purpose(policy: &Policy, certificate: &Certificate, as_ca: bool) -> bool {
    let wanted = if policy.server { SERVER_AUTH } else { CLIENT_AUTH };
    if let Some(usages) = &certificate.extended_key_usage {
        if !usages.iter().any(|usage| usage == wanted) {
            return false;
        }
    }
    if as_ca {
        return true;
    }
    let needed = if policy.server {
        key_usage::DIGITAL_SIGNATURE | key_usage::KEY_ENCIPHERMENT | key_usage::KEY_AGREEMENT
    } else {
        key_usage::DIGITAL_SIGNATURE | key_usage::KEY_AGREEMENT
    };
    certificate.key_usage.is_none_or(|usage| usage & needed != 0)
}

pub const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
/// Signatures with MD5 and SHA-1.
const WEAK_SIGNATURES: &[&[u8]] = &[
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5],
    &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1],
];

/// The length of an RSA key's modulus.
pub fn rsa_bits(certificate: &Certificate) -> usize {
    let modulus = Reader(&certificate.key).enter(tag::SEQUENCE).and_then(|mut key| key.tagged(tag::INTEGER));
    let modulus = modulus.map_or(&[][..], |modulus| modulus.content);
    let from = modulus.iter().position(|byte| *byte != 0).unwrap_or(modulus.len());
    modulus[from..].len() * 8 - modulus.get(from).map_or(0, |byte| byte.leading_zeros() as usize)
}

/// Refuses short RSA keys and signatures with broken digests, as OpenSSL's security level 2 does.
fn check_strength(chain: &[Arc<Certificate>]) -> Result<(), Failure> {
    for (at, certificate) in chain.iter().enumerate() {
        let algorithm = Reader(&certificate.key_algorithm).tagged(tag::OID).map(|oid| oid.content);
        if algorithm == Some(RSA) && rsa_bits(certificate) < 2048 {
            return fail(if at == 0 { 66 } else { 67 });
        }
        if at + 1 < chain.len() {
            let signature = Reader(&certificate.algorithm).tagged(tag::OID).map(|oid| oid.content);
            if signature.is_some_and(|oid| WEAK_SIGNATURES.contains(&oid)) {
                return fail(68);
            }
        }
    }
    Ok(())
}

/// SHA-256 of the public keys, as SubjectPublicKeyInfo, that CPython trusts in no chain: their private halves are known.
const DISTRUSTED: &[&str] = &[
    "43bffa19d6ef651451f6841e019931e96f6f2eaeff28ab4b6f1ce4576de2717b",
    "49dd353dc2b919a3770645117d0e60c16115e7d1bc259eefe734b00ea434fe5f",
    "5c0660a2b164910d8ff589c18e14552e9e0ec237dcefe2cb736d41a4811f81a0",
    "63ecefee431d49523bc1136c4e72d0206a477086caf606cd5cf025686c109cf8",
    "92c063d67e8f14db71d288e11266ffdaf69cbf115f7bab14f3bc2f68d25e0e30",
    "e0254c7fcdc265e2f0f8a428dabb75ab4ae039b4872d62f5ee57f0877d5a8a41",
    "ebed6475c2c2d80fcb199f3fe8dd6e6b3ce60b77eb15d4e42c3dec0c6f5b5105",
    "ec4ffa1ad0ac88081314b7aaffef6a91f97cd57291bb5ba686c5415f5eb4f6b6",
];

fn is_distrusted(certificate: &Certificate) -> bool {
    let info = super::der::encode(tag::SEQUENCE, &certificate.public_key_info);
    let digest = ring::digest::digest(&ring::digest::SHA256, &info);
    let digits: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    DISTRUSTED.contains(&digits.as_str())
}

/// Whether the certificate is for this name or address.
fn check_host(certificate: &Certificate, host: &str, host_flags: u32) -> Result<(), Failure> {
    if let Ok(ip) = host.parse::<IpAddr>() {
        let bytes = match ip {
            IpAddr::V4(ip) => ip.octets().to_vec(),
            IpAddr::V6(ip) => ip.octets().to_vec(),
        };
        let mut names = certificate.alt_names.iter().flatten();
        if names.any(|name| matches!(name, GeneralName::Ip(ip) if *ip == bytes)) {
            return Ok(());
        }
        let message = format!("IP address mismatch, certificate is not valid for '{host}'.");
        return Err(Failure { code: 64, message });
    }
    let dns_names: Vec<&[u8]> = certificate
        .alt_names
        .iter()
        .flatten()
        .filter_map(|name| match name {
            GeneralName::Dns(name) => Some(name.as_slice()),
            _ => None,
        })
        .collect();
    let matches = |pattern: &[u8]| matches_host(pattern, host.as_bytes(), host_flags);
    let by_subject = if host_flags & host_flags::NEVER_CHECK_SUBJECT != 0 {
        false
    } else {
        dns_names.is_empty() || host_flags & host_flags::ALWAYS_CHECK_SUBJECT != 0
    };
    const COMMON_NAME: &[u8] = &[0x55, 4, 3];
    if dns_names.into_iter().any(matches)
        || by_subject && certificate.subject.values(COMMON_NAME).any(|name| matches(name.as_bytes()))
    {
        return Ok(());
    }
    let message = format!("Hostname mismatch, certificate is not valid for '{host}'.");
    Err(Failure { code: 62, message })
}

/// Whether a name of a certificate, perhaps with `*` for its first label, covers a host.
fn matches_host(pattern: &[u8], host: &[u8], host_flags: u32) -> bool {
    if pattern.eq_ignore_ascii_case(host) {
        return true;
    }
    if host_flags & host_flags::NO_WILDCARDS != 0 {
        return false;
    }
    let Some(suffix) = pattern.strip_prefix(b"*").filter(|suffix| suffix.starts_with(b".")) else {
        return false;
    };
    // At least two labels must follow, all of letters, digits and inner hyphens.
    let labels: Vec<&[u8]> = suffix[1..].split(|byte| *byte == b'.').collect();
    let sound = |label: &&[u8]| {
        !label.is_empty()
            && !label.starts_with(b"-")
            && !label.ends_with(b"-")
            && label.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if labels.len() < 2 || !labels.iter().all(sound) || host.len() <= suffix.len() {
        return false;
    }
    let (first, rest) = host.split_at(host.len() - suffix.len());
    rest.eq_ignore_ascii_case(suffix)
        && first.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

/// Whether `signature` over `message` was made with the key of `issuer`.
fn is_signed_by(
    issuer: &Certificate,
    algorithm: &[u8],
    message: &[u8],
    signature: &[u8],
    algorithms: &[&'static dyn SignatureVerificationAlgorithm],
) -> Result<bool, Failure> {
    let mut known = algorithms
        .iter()
        .filter(|known| {
            known.signature_alg_id().as_ref() == algorithm
                && known.public_key_alg_id().as_ref() == issuer.key_algorithm.as_slice()
        })
        .peekable();
    if known.peek().is_none() {
        return fail(76);
    }
    Ok(known.any(|known| known.verify_signature(&issuer.key, message, signature).is_ok()))
}

fn check_revocation(
    policy: &Policy,
    chain: &[Arc<Certificate>],
    now: i64,
    algorithms: &[&'static dyn SignatureVerificationAlgorithm],
) -> Result<(), Failure> {
    if policy.flags & flags::CRL_CHECK == 0 {
        return Ok(());
    }
    let n_checked = if policy.flags & flags::CRL_CHECK_ALL != 0 { chain.len() } else { 1 };
    for at in 0..n_checked {
        let (certificate, issuer) = (&chain[at], chain.get(at + 1).unwrap_or(&chain[at]));
        // Roots are trusted as they are.
        if at + 1 == chain.len() && certificate.is_self_signed() {
            continue;
        }
        let lists = policy.store.lists_of(&certificate.issuer);
        let usable =
            |list: &&Arc<super::store::RevocationList>| list.next_update.is_none_or(|until| now <= until);
        let Some(list) = lists.iter().find(usable).or(lists.first()) else { return fail(3) };
        if now < list.last_update {
            return fail(11);
        }
        if !usable(&list) {
            return fail(12);
        }
        if !is_signed_by(issuer, &list.algorithm, &list.signed, &list.signature, algorithms)? {
            return fail(8);
        }
        if list.revoked.contains(&certificate.serial) {
            return fail(23);
        }
    }
    Ok(())
}

/// Signatures and dates, from the end of the chain to the peer.
fn check_signatures(
    chain: &[Arc<Certificate>],
    now: i64,
    algorithms: &[&'static dyn SignatureVerificationAlgorithm],
) -> Result<(), Failure> {
    for (at, certificate) in chain.iter().enumerate().rev() {
        if let Some(issuer) = chain.get(at + 1) {
            let (algorithm, signature) = (&certificate.algorithm, &certificate.signature);
            if !is_signed_by(issuer, algorithm, &certificate.signed, signature, algorithms)? {
                return fail(7);
            }
        }
        if now < certificate.not_before {
            return fail(9);
        }
        if now > certificate.not_after {
            return fail(10);
        }
    }
    Ok(())
}

/// Has webpki look at the chain too: for name constraints, and so that no slip above lets a wrong chain pass.
fn agree(
    policy: &Policy,
    chain: &[Arc<Certificate>],
    now: UnixTime,
    algorithms: &'static [&'static dyn SignatureVerificationAlgorithm],
) -> Result<(), Failure> {
    // A certificate that is itself trusted needs no chain.
    let [peer, middle @ .., last] = chain else { return Ok(()) };
    let ders: Vec<CertificateDer<'_>> =
        chain.iter().map(|certificate| CertificateDer::from(certificate.der.as_slice())).collect();
    let unsupported =
        |_| Failure { code: 1, message: "unspecified certificate verification error".to_string() };
    let anchor = webpki::anchor_from_trusted_cert(&ders[chain.len() - 1]).map_err(unsupported)?;
    let end_entity = webpki::EndEntityCert::try_from(&ders[0]).map_err(unsupported)?;
    let usage = if policy.server { webpki::KeyUsage::server_auth() } else { webpki::KeyUsage::client_auth() };
    let between = &ders[1..chain.len() - 1];
    let error = match end_entity.verify_for_usage(algorithms, &[anchor], between, now, usage, None, None) {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    use webpki::Error;
    match error {
        // A CA's own certificate on a server is unusual, but OpenSSL takes it. All but the constraints was checked above.
        Error::CaUsedAsEndEntity
            if !middle.iter().chain([last, peer]).any(|certificate| certificate.has_name_constraints) =>
        {
            Ok(())
        }
        // Its list of lost keys may be longer than ours.
        Error::CertDistrusted => fail(28),
        Error::CertExpired { .. } => fail(10),
        Error::CertNotValidYet { .. } => fail(9),
        Error::NameConstraintViolation => fail(47),
        Error::PathLenConstraintViolated => fail(25),
        Error::RequiredEkuNotFoundContext(_) => fail(26),
        Error::InvalidSignatureForPublicKey => fail(7),
        Error::UnsupportedCriticalExtension => fail(34),
        Error::UnknownIssuer => fail(20),
        _ => fail(1),
    }
}
