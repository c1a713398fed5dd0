//! The certificates and revocation lists that a context trusts.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use super::certificate::{Certificate, Name};
use super::der::{self, Reader, tag};
use super::pem;

/// A revocation list.
#[derive(Debug)]
pub struct RevocationList {
    pub signed: Vec<u8>,
    pub algorithm: Vec<u8>,
    pub signature: Vec<u8>,
    pub issuer: Vec<u8>,
    pub last_update: i64,
    pub next_update: Option<i64>,
    pub revoked: Vec<Vec<u8>>,
}

impl RevocationList {
    fn parse(der: &[u8]) -> Option<RevocationList> {
        let mut body = Reader(der).enter(tag::SEQUENCE)?;
        let signed = body.tagged(tag::SEQUENCE)?;
        let algorithm = body.tagged(tag::SEQUENCE)?.content.to_vec();
        let signature = super::certificate::bits(&body.tagged(tag::BIT_STRING)?)?.to_vec();
        let mut fields = signed.reader();
        let _version = fields.tagged(tag::INTEGER);
        fields.tagged(tag::SEQUENCE)?;
        let issuer = Name::parse(&fields.tagged(tag::SEQUENCE)?)?.canonical();
        let last_update = der::time(&fields.next()?)?;
        let mut next_update = None;
        let mut revoked = Vec::new();
        for field in fields {
            match field.tag {
                tag::UTC_TIME | tag::GENERALIZED_TIME => next_update = Some(der::time(&field)?),
                tag::SEQUENCE => {
                    for mut entry in field.reader().map(|entry| entry.reader()) {
                        revoked.push(entry.tagged(tag::INTEGER)?.content.to_vec());
                    }
                }
                _ => {}
            }
        }
        let signed = signed.whole.to_vec();
        Some(RevocationList { signed, algorithm, signature, issuer, last_update, next_update, revoked })
    }
}

/// What one source gave.
#[derive(Clone, Debug, Default)]
struct Contents {
    certificates: Vec<Arc<Certificate>>,
    /// Places in `certificates` by canonical subject.
    by_subject: HashMap<Vec<u8>, Vec<usize>>,
    lists: Vec<Arc<RevocationList>>,
}

/// Shared by a context and the connections made from it, which look for issuers while Python does not run.
#[derive(Debug, Default)]
pub struct Store {
    contents: Mutex<Contents>,
    /// Folders with files named by the hash of the subject, read when somebody asks for that subject.
    folders: Mutex<Vec<PathBuf>>,
}

/// Why loading failed.
#[derive(Debug, PartialEq)]
pub enum LoadError {
    /// Nothing of use in a PEM file.
    NoCertificate,
    BadBase64,
    BadEnd,
    /// DER that is none.
    Broken,
}

impl Store {
    fn lock(&self) -> std::sync::MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    pub fn add(&self, certificate: Certificate) {
        let mut contents = self.lock();
        let subject = certificate.subject.canonical();
        let places = contents.by_subject.get(&subject).cloned().unwrap_or_default();
        if places.iter().any(|at| contents.certificates[*at].der == certificate.der) {
            return;
        }
        let at = contents.certificates.len();
        contents.certificates.push(Arc::new(certificate));
        contents.by_subject.entry(subject).or_default().push(at);
    }

    /// Certificates and revocation lists of a PEM file; gives how many there were.
    pub fn add_pem(&self, text: &[u8]) -> Result<usize, LoadError> {
        let (blocks, error) = pem::blocks(text);
        let mut n = 0;
        for block in &blocks {
            match block.label.as_str() {
                "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
                    self.add(Certificate::parse(&block.der).ok_or(LoadError::Broken)?);
                    n += 1;
                }
                "X509 CRL" => {
                    let list = RevocationList::parse(&block.der).ok_or(LoadError::Broken)?;
                    self.lock().lists.push(Arc::new(list));
                    n += 1;
                }
                _ => {}
            }
        }
        match error {
            Some(pem::PemError::BadBase64) => Err(LoadError::BadBase64),
            Some(pem::PemError::BadEnd) => Err(LoadError::BadEnd),
            None if n == 0 => Err(LoadError::NoCertificate),
            None => Ok(n),
        }
    }

    /// Certificates in DER, one behind the other: how many there were, and whether anything followed that is none.
    pub fn add_der(&self, der: &[u8]) -> (usize, bool) {
        let (mut rest, mut n) = (Reader(der), 0);
        while !rest.is_empty() {
            let certificate =
                rest.tagged(tag::SEQUENCE).and_then(|element| Certificate::parse(element.whole));
            let Some(certificate) = certificate else { return (n, true) };
            self.add(certificate);
            n += 1;
        }
        (n, false)
    }

    pub fn add_folder(&self, folder: PathBuf) {
        let mut folders = self.folders.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }

    /// All certificates loaded so far.
    pub fn certificates(&self) -> Vec<Arc<Certificate>> {
        self.lock().certificates.clone()
    }

    pub fn n_lists(&self) -> usize {
        self.lock().lists.len()
    }

    /// Certificates with this subject, those of the folders included.
    pub fn with_subject(&self, subject: &Name) -> Vec<Arc<Certificate>> {
        let canonical = subject.canonical();
        let known = |contents: &Contents| -> Vec<Arc<Certificate>> {
            let places = contents.by_subject.get(&canonical);
            places.into_iter().flatten().map(|at| contents.certificates[*at].clone()).collect()
        };
        let found = known(&self.lock());
        if !found.is_empty() {
            return found;
        }
        self.read_folders(subject, "");
        known(&self.lock())
    }

    /// Lists of an issuer, those of the folders included.
    pub fn lists_of(&self, issuer: &Name) -> Vec<Arc<RevocationList>> {
        let canonical = issuer.canonical();
        let known = || -> Vec<Arc<RevocationList>> {
            self.lock().lists.iter().filter(|list| list.issuer == canonical).cloned().collect()
        };
        let found = known();
        if !found.is_empty() {
            return found;
        }
        self.read_folders(issuer, "r");
        known()
    }

    /// Reads `hash.0`, `hash.1`, ... of all folders; files that cannot be read or are broken are left out, as `openssl` leaves them out.
    fn read_folders(&self, name: &Name, infix: &str) {
        let folders = self.folders.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
        let host = ouro_runtime::host::Host::new();
        for folder in folders {
            for n in 0.. {
                let path = folder.join(format!("{:08x}.{infix}{n}", name.hash()));
                let Ok(text) = host.read_file(&path) else { break };
                let _ = self.add_pem(&text);
            }
        }
    }
}
