//! What a context is set to, and the configurations that rustls gets of it.

use std::sync::{Arc, Mutex};

use rustls::client::{ResolvesClientCert, Resumption, Tls12Resumption};
use rustls::crypto::{CryptoProvider, SupportedKxGroup, ring as provider};
use rustls::server::{
    ClientHello, NoServerSessionStorage, ResolvesServerCert, ServerSessionMemoryCache, StoresServerSessions,
};
use rustls::server::{NoClientAuth, ProducesTickets};
use rustls::sign::CertifiedKey;
use rustls::{
    ClientConfig, KeyLog, ServerConfig, SignatureAlgorithm, SignatureScheme, SupportedProtocolVersion,
    version,
};

use super::ciphers::Cipher;
use super::errors::Fault;
use super::session::Tickets;
use super::store::Store;
use super::verifier::Verifier;

/// Bits of `options` that mean something here.
pub mod options {
    pub const IGNORE_UNEXPECTED_EOF: u64 = 0x80;
    pub const NO_TICKET: u64 = 0x4000;
    pub const CIPHER_SERVER_PREFERENCE: u64 = 0x40_0000;
    pub const NO_TLS1_2: u64 = 0x800_0000;
    pub const NO_TLS1_3: u64 = 0x2000_0000;
    /// What contexts begin with.
    pub const DEFAULT: u64 = 0x8252_0050;
    /// All `OP_NO_SSL*` and `OP_NO_TLS*`.
    pub const NO_VERSIONS: u64 = 0x3e00_0000;
}

/// `verify_mode`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum VerifyMode {
    None,
    Optional,
    Required,
}

/// Lines for `keylog_filename`, collected while rustls works.
#[derive(Debug, Default)]
pub struct KeyLines(pub Mutex<Vec<String>>);

impl KeyLog for KeyLines {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let mut lines = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        lines.push(format!("{label} {} {}\n", hex(client_random), hex(secret)));
    }
}

/// The certificates that a context may show.
#[derive(Debug, Default)]
pub struct Keys(Vec<Arc<CertifiedKey>>);

impl Keys {
    fn choose(&self, schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.iter().find(|key| key.key.choose_scheme(schemes).is_some()).cloned()
    }
}

impl ResolvesClientCert for Keys {
    fn resolve(&self, _: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.choose(schemes)
    }

    fn has_certs(&self) -> bool {
        !self.0.is_empty()
    }
}

impl ResolvesServerCert for Keys {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.choose(hello.signature_schemes())
    }
}

/// What a context is set to. All of it is data of Rust.
pub struct Settings {
    pub check_hostname: bool,
    pub verify_mode: VerifyMode,
    pub verify_flags: u64,
    pub host_flags: u32,
    /// Numbers of the protocol; 0 without a bound.
    pub minimum_version: u16,
    pub maximum_version: u16,
    pub options: u64,
    pub n_tickets: usize,
    pub alpn: Vec<Vec<u8>>,
    pub ciphers: Vec<&'static Cipher>,
    pub groups: Vec<&'static dyn SupportedKxGroup>,
    pub store: Arc<Store>,
    pub keys: Arc<Keys>,
    made: Made,
    server_sessions: Arc<dyn StoresServerSessions>,
    ticketer: Option<Arc<dyn ProducesTickets>>,
}

/// What is made of the settings when first needed and kept until they change: sessions can only be resumed with the same objects.
#[derive(Default)]
struct Made {
    provider: Option<Arc<CryptoProvider>>,
    verifier: Option<Arc<Verifier>>,
}

impl Settings {
    pub fn new(verifies: bool) -> Settings {
        Settings {
            check_hostname: verifies,
            verify_mode: if verifies { VerifyMode::Required } else { VerifyMode::None },
            verify_flags: 0x8000,
            host_flags: 4,
            minimum_version: 0,
            maximum_version: 0,
            options: options::DEFAULT,
            n_tickets: 2,
            alpn: Vec::new(),
            ciphers: super::ciphers::CIPHERS.iter().collect(),
            groups: provider::ALL_KX_GROUPS.to_vec(),
            store: Arc::default(),
            keys: Arc::default(),
            made: Made::default(),
            server_sessions: ServerSessionMemoryCache::new(256),
            ticketer: None,
        }
    }

    /// To be called when ciphers, groups or the mode of verification have changed.
    pub fn changed(&mut self) {
        self.made = Made::default();
    }

    pub fn add_key(&mut self, key: CertifiedKey) {
        let kind = key.key.algorithm();
        let mut keys: Vec<_> =
            self.keys.0.iter().filter(|known| known.key.algorithm() != kind).cloned().collect();
        keys.push(Arc::new(key));
        // ECDSA and EdDSA first, as OpenSSL has them.
        keys.sort_by_key(|key| key.key.algorithm() == SignatureAlgorithm::RSA);
        self.keys = Arc::new(Keys(keys));
    }

    pub fn has_keys(&self) -> bool {
        !self.keys.0.is_empty()
    }

    fn provider(&mut self) -> Arc<CryptoProvider> {
        let (ciphers, groups) = (&self.ciphers, &self.groups);
        let make = || {
            Arc::new(CryptoProvider {
                cipher_suites: ciphers.iter().map(|cipher| cipher.suite).collect(),
                kx_groups: groups.clone(),
                ..provider::default_provider()
            })
        };
        self.made.provider.get_or_insert_with(make).clone()
    }

    fn verifier(&mut self) -> Arc<Verifier> {
        let (provider, mandatory) = (self.provider(), self.verify_mode == VerifyMode::Required);
        self.made.verifier.get_or_insert_with(|| Arc::new(Verifier { provider, mandatory })).clone()
    }

    /// The versions that may be spoken.
    pub fn versions(&self, fixed_to_tls12: bool) -> Result<Vec<&'static SupportedProtocolVersion>, Fault> {
        let mut versions = Vec::new();
        for (number, forbidden, known) in
            [(0x304, options::NO_TLS1_3, &version::TLS13), (0x303, options::NO_TLS1_2, &version::TLS12)]
        {
            let (min, max) = (self.minimum_version, self.maximum_version);
            let bounded = (min == 0 || min <= number) && (max == 0 || number <= max);
            if bounded && self.options & forbidden == 0 && !(fixed_to_tls12 && number != 0x303) {
                versions.push(known);
            }
        }
        if versions.is_empty() { Err(Fault::ssl("NO_PROTOCOLS_AVAILABLE")) } else { Ok(versions) }
    }

    pub fn client_config(
        &mut self,
        versions: &[&'static SupportedProtocolVersion],
        tickets: Arc<Tickets>,
        key_log: Option<Arc<KeyLines>>,
    ) -> Result<Arc<ClientConfig>, Fault> {
        let (provider, verifier) = (self.provider(), self.verifier());
        let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions);
        let builder = builder.map_err(|_| Fault::ssl("NO_CIPHERS_AVAILABLE"))?;
        let mut config = builder
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_client_cert_resolver(self.keys.clone());
        let way = match self.options & options::NO_TICKET {
            0 => Tls12Resumption::SessionIdOrTickets,
            _ => Tls12Resumption::SessionIdOnly,
        };
        config.resumption = Resumption::store(tickets).tls12_resumption(way);
        config.alpn_protocols = self.alpn.clone();
        if let Some(key_log) = key_log {
            config.key_log = key_log;
        }
        Ok(Arc::new(config))
    }

    /// `offered_alpn` is what the client asked for: where nothing is common, the connection does without, as OpenSSL's does.
    pub fn server_config(
        &mut self,
        versions: &[&'static SupportedProtocolVersion],
        offered_alpn: Option<&[Vec<u8>]>,
        key_log: Option<Arc<KeyLines>>,
    ) -> Result<Arc<ServerConfig>, Fault> {
        let (provider, verifier) = (self.provider(), self.verifier());
        let builder = ServerConfig::builder_with_provider(provider).with_protocol_versions(versions);
        let builder = builder.map_err(|_| Fault::ssl("NO_SHARED_CIPHER"))?;
        let builder = match self.verify_mode {
            VerifyMode::None => builder.with_client_cert_verifier(Arc::new(NoClientAuth)),
            _ => builder.with_client_cert_verifier(verifier),
        };
        let mut config = builder.with_cert_resolver(self.keys.clone());
        config.ignore_client_order = self.options & options::CIPHER_SERVER_PREFERENCE != 0;
        config.send_tls13_tickets = self.n_tickets;
        config.session_storage = self.server_sessions.clone();
        if self.options & options::NO_TICKET == 0 {
            if self.ticketer.is_none() {
                self.ticketer = provider::Ticketer::new().ok();
            }
            if let Some(ticketer) = &self.ticketer {
                config.ticketer = ticketer.clone();
            }
        } else if self.n_tickets == 0 {
            config.session_storage = Arc::new(NoServerSessionStorage {});
        }
        if offered_alpn.is_some_and(|offered| self.alpn.iter().any(|own| offered.contains(own))) {
            config.alpn_protocols = self.alpn.clone();
        }
        if let Some(key_log) = key_log {
            config.key_log = key_log;
        }
        Ok(Arc::new(config))
    }
}
