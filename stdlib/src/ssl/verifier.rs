//! What rustls asks about the peer's certificate, answered by [`super::verify`].
//!
//! Resumption of sessions needs one verifier for all connections of a context. What is special about a connection is therefore lent to
//! the verifier for the time in which rustls works on that connection's packets ([`with_check`]).

use std::cell::RefCell;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, ExtendedKeyPurpose, OtherError,
    SignatureScheme,
};

use super::certificate::Certificate;
use super::verify::{Failure, Policy, verify};

/// What a connection wants to have checked, and what came out.
#[derive(Clone, Debug)]
pub struct Check {
    /// The peer need not be who it says.
    pub accept_any: bool,
    pub policy: Policy,
    /// The chain that was built, the peer first.
    pub chain: Vec<Arc<Certificate>>,
    pub failure: Option<Failure>,
    /// What the peer sent.
    pub peer: Vec<Arc<Certificate>>,
}

thread_local! {
    static CHECK: RefCell<Option<Check>> = const { RefCell::new(None) };
}

/// Runs `work`, in which the verifier uses `check`.
pub fn with_check<R>(check: &mut Check, work: impl FnOnce() -> R) -> R {
    let outer = CHECK.replace(Some(check.clone()));
    let result = work();
    if let Some(used) = CHECK.replace(outer) {
        *check = used;
    }
    result
}

#[derive(Debug)]
pub struct Verifier {
    pub provider: Arc<CryptoProvider>,
    /// Of a server: whether a client must have a certificate.
    pub mandatory: bool,
}

impl Verifier {
    fn check(
        &self,
        peer: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        let broken = || Error::InvalidCertificate(CertificateError::BadEncoding);
        CHECK.with_borrow_mut(|check| {
            let check = check.as_mut().ok_or_else(broken)?;
            let peer = Certificate::parse(peer).map(Arc::new);
            // Broken ones among those that may not be needed are left out.
            let others: Vec<_> =
                others.iter().filter_map(|der| Certificate::parse(der).map(Arc::new)).collect();
            let Some(peer) = peer else { return if check.accept_any { Ok(()) } else { Err(broken()) } };
            check.peer = std::iter::once(&peer).chain(&others).cloned().collect();
            let algorithms = self.provider.signature_verification_algorithms.all;
            let (chain, result) = verify(&check.policy, peer, &others, now, algorithms);
            check.chain = chain;
            match result {
                Err(failure) if !check.accept_any => {
                    let error = alert_for(failure.code);
                    check.failure = Some(failure);
                    Err(Error::InvalidCertificate(error))
                }
                _ => Ok(()),
            }
        })
    }
}

/// Stands for results that have no alert of their own.
#[derive(Debug)]
struct Refused;

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("certificate refused")
    }
}

impl std::error::Error for Refused {}

/// An error for which rustls sends the alert that OpenSSL sends for this result.
fn alert_for(code: i32) -> CertificateError {
    match code {
        2 | 3 | 18..=22 | 25 | 79 => CertificateError::UnknownIssuer,
        10 | 12 => CertificateError::Expired,
        23 => CertificateError::Revoked,
        7 | 8 => CertificateError::BadSignature,
        26 => {
            let required = ExtendedKeyPurpose::ServerAuth;
            CertificateError::InvalidPurposeContext { required, presented: Vec::new() }
        }
        9 | 11 | 28 | 62 | 64 | 66..=68 => CertificateError::BadEncoding,
        _ => CertificateError::Other(OtherError(Arc::new(Refused))),
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        peer: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.check(peer, others, now).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl ClientCertVerifier for Verifier {
    fn client_auth_mandatory(&self) -> bool {
        self.mandatory
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        peer: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.check(peer, others, now).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        ServerCertVerifier::verify_tls12_signature(self, message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        ServerCertVerifier::verify_tls13_signature(self, message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ServerCertVerifier::supported_verify_schemes(self)
    }
}
