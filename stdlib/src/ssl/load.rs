//! Loading certificates and keys into a context, from files and from memory.

use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use ouro_runtime::objects::bytearray::ByteArray;
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, PyResult, Value, Vm};
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;

use super::certificate::{Certificate, key_usage};
use super::context::Context;
use super::der::{self, Reader, tag};
use super::errors::{Fault, line};
use super::pem::{self, KeyError};
use super::store::LoadError;

/// A path argument, with CPython's words for what is none.
fn path(vm: &Vm, value: &Value, name: &str) -> PyResult<PathBuf> {
    match crate::os_path::Path::from_value(vm, value) {
        Ok(path) => Ok(PathBuf::from(std::ffi::OsString::from_vec(path.bytes))),
        Err(raised) => {
            if vm.raised_is(&raised, Exc::TypeError) {
                drop(vm.take_raised(raised));
                return vm.raise(Exc::TypeError, format!("{name} should be a valid filesystem path"));
            }
            Err(raised)
        }
    }
}

/// OpenSSL's errors name no file.
fn read(vm: &Vm, path: &Path) -> PyResult<Vec<u8>> {
    match vm.host.read_file(path) {
        Ok(content) => Ok(content),
        Err(error) => vm.raise_os_error(&error, None),
    }
}

/// As long as a password may be.
const MAX_PASSWORD: usize = 1024;

fn password_bytes(vm: &Vm, value: &Value, otherwise: &str) -> PyResult<Vec<u8>> {
    let bytes = if let Some(text) = value.downcast::<Str>() {
        vm.utf8(text)?.as_bytes().to_vec()
    } else if value.downcast::<Bytes>().is_some() || value.downcast::<ByteArray>().is_some() {
        vm.copy_bytes(value)?.unwrap_or_default()
    } else {
        return vm.raise(Exc::TypeError, otherwise);
    };
    if bytes.len() > MAX_PASSWORD {
        let message = format!("password cannot be longer than {MAX_PASSWORD} bytes");
        return vm.raise(Exc::ValueError, message);
    }
    Ok(bytes)
}

/// `load_cert_chain(certfile, keyfile=None, password=None)`.
pub fn cert_chain(vm: &Vm, args: Args<'_>) -> PyResult {
    let context = args.this::<Context>();
    let cert_path = path(vm, args.value(1), "certfile")?;
    let key_path = args.get_not_none(2).map(|keyfile| path(vm, keyfile, "keyfile")).transpose()?;
    let mut password = None;
    let mut callback = None;
    if let Some(given) = args.get_not_none(3) {
        if vm.is_callable(given) {
            callback = Some(given);
        } else {
            password = Some(password_bytes(vm, given, "password should be a string or callable")?);
        }
    }
    let cert_text = read(vm, &cert_path)?;
    let (blocks, broken) = pem::blocks(&cert_text);
    let ders: Vec<&[u8]> = blocks
        .iter()
        .filter(|block| block.label.ends_with("CERTIFICATE"))
        .map(|block| block.der.as_slice())
        .collect();
    let sound =
        !ders.is_empty() && broken.is_none() && ders.iter().all(|der| Certificate::parse(der).is_some());
    if !sound {
        return Fault::pem_lib("SSL").raise(vm, line::LOAD_CERTIFICATE);
    }
    let leaf = Certificate::parse(ders[0]).expect("parsed above");
    if is_short_rsa(&leaf) {
        return Fault::new(399, "SSL", "EE_KEY_TOO_SMALL").raise(vm, line::LOAD_CERTIFICATE);
    }
    let key_text = match &key_path {
        Some(path) => read(vm, path)?,
        None => cert_text.clone(),
    };
    let (blocks, _) = pem::blocks(&key_text);
    let Some(block) = blocks.iter().find(|block| pem::is_key(block)) else {
        return Fault::pem_lib("SSL").raise(vm, line::LOAD_KEY);
    };
    if let (true, Some(callback)) = (pem::is_encrypted(block), callback) {
        let given = vm.call(callback, &[])?;
        password = Some(password_bytes(vm, &given, "password callback must return a string")?);
    }
    let key = match pem::private_key(block, password.as_deref()) {
        Ok(key) => key,
        Err(KeyError::Broken) => return Fault::pem_lib("SSL").raise(vm, line::LOAD_KEY),
        Err(KeyError::Unsupported(how)) => {
            return vm.raise(Exc::NotImplementedError, format!("private keys encrypted with {how}"));
        }
    };
    let is_der = Reader(key.secret_der()).tagged(tag::SEQUENCE).is_some();
    let signer = match rustls::crypto::ring::sign::any_supported_type(&key) {
        Ok(signer) => signer,
        Err(_) if !is_der => return Fault::pem_lib("SSL").raise(vm, line::LOAD_KEY),
        Err(_) => {
            let message = "private keys other than RSA (2048 to 4096 bits), ECDSA (P-256, P-384) and Ed25519";
            return vm.raise(Exc::NotImplementedError, message);
        }
    };
    if let Some(public) = signer.public_key() {
        if public.as_ref() != der::encode(tag::SEQUENCE, &leaf.public_key_info) {
            let own = Reader(&leaf.key_algorithm).tagged(tag::OID).map(|oid| oid.content);
            let algorithm = Reader(public.as_ref())
                .enter(tag::SEQUENCE)
                .and_then(|mut info| info.enter(tag::SEQUENCE))
                .and_then(|mut algorithm| algorithm.tagged(tag::OID));
            return if algorithm.map(|oid| oid.content) == own {
                Fault::new(116, "X509", "KEY_VALUES_MISMATCH").raise(vm, line::LOAD_KEY)
            } else {
                Fault::new(177, "SSL", "NO_CERTIFICATE_ASSIGNED").raise(vm, line::CHECK_KEY)
            };
        }
    }
    let chain = ders.iter().map(|der| CertificateDer::from(der.to_vec())).collect();
    context.settings.borrow_mut().add_key(CertifiedKey::new(chain, signer));
    Ok(Value::NONE)
}

fn is_short_rsa(certificate: &Certificate) -> bool {
    let is_rsa = Reader(&certificate.key_algorithm)
        .tagged(tag::OID)
        .is_some_and(|oid| oid.content == super::verify::RSA);
    is_rsa && super::verify::rsa_bits(certificate) < 2048
}

/// `load_verify_locations(cafile=None, capath=None, cadata=None)`.
pub fn verify_locations(vm: &Vm, args: Args<'_>) -> PyResult {
    let (cafile, capath, cadata) = (args.get_not_none(1), args.get_not_none(2), args.get_not_none(3));
    if cafile.is_none() && capath.is_none() && cadata.is_none() {
        return vm.raise(Exc::TypeError, "cafile, capath and cadata cannot be all omitted");
    }
    let cafile = cafile.map(|file| path(vm, file, "cafile")).transpose()?;
    let capath = capath.map(|folder| path(vm, folder, "capath")).transpose()?;
    let store = args.this::<Context>().settings.borrow().store.clone();
    if let Some(data) = cadata {
        let text = data.downcast::<Str>();
        let bytes = match (text, vm.copy_bytes(data)) {
            (Some(text), _) if text.is_ascii() => text.as_bytes().to_vec(),
            (None, Ok(Some(bytes))) => bytes,
            _ => {
                let message = "cadata should be an ASCII string or a bytes-like object";
                return vm.raise(Exc::TypeError, message);
            }
        };
        if bytes.is_empty() {
            return vm.raise(Exc::ValueError, "Empty certificate data");
        }
        let none = |what: &str| {
            let text = format!("{what}: cadata does not contain a certificate");
            Fault::plain("SSLError", 0, &text).raise(vm, line::CADATA_NONE)
        };
        if text.is_some() {
            let before = store.certificates().len();
            match store.add_pem(&bytes) {
                Ok(_) => {}
                Err(_) if store.certificates().len() == before => return none("no start line"),
                Err(_) => return Fault::new(100, "PEM", "BAD_BASE64_DECODE").raise(vm, line::CADATA),
            }
        } else {
            match store.add_der(&bytes) {
                (0, _) => return none("not enough data"),
                (_, true) => return Fault::new(142, "ASN1", "NOT_ENOUGH_DATA").raise(vm, line::CADATA),
                _ => {}
            }
        }
    }
    if let Some(file) = cafile {
        let content = read(vm, &file)?;
        match store.add_pem(&content) {
            Ok(_) => {}
            Err(LoadError::NoCertificate) => {
                return Fault::new(136, "X509", "NO_CERTIFICATE_OR_CRL_FOUND").raise(vm, line::CAFILE);
            }
            Err(_) => return Fault::pem_lib("X509").raise(vm, line::CAFILE),
        }
    }
    if let Some(folder) = capath {
        store.add_folder(folder);
    }
    Ok(Value::NONE)
}

/// Where systems keep the certificates they trust: the first that is there.
const FOLDERS: &[&str] = &["/usr/lib/ssl", "/etc/pki/tls", "/etc/ssl", "/usr/local/ssl"];

/// The file and the folder of the system's certificates.
pub fn default_paths(vm: &Vm) -> (String, String) {
    let there = |folder: &&&str| vm.host.is_dir(&Path::new(*folder).join("certs"));
    let folder = FOLDERS.iter().find(there).unwrap_or(&FOLDERS[0]);
    (format!("{folder}/cert.pem"), format!("{folder}/certs"))
}

/// `set_default_verify_paths()`.
pub fn default_verify_paths(vm: &Vm, args: Args<'_>) -> PyResult {
    let (file, folders) = default_paths(vm);
    let from_environment = |name: &str, default: String| match vm.host.variable(name) {
        Some(value) => std::ffi::OsString::from_vec(value),
        None => default.into(),
    };
    let file = from_environment("SSL_CERT_FILE", file);
    let folders = from_environment("SSL_CERT_DIR", folders);
    let store = args.this::<Context>().settings.borrow().store.clone();
    // What is not there, or is broken, is left out.
    if let Ok(content) = vm.host.read_file(Path::new(&file)) {
        let _ = store.add_pem(&content);
    }
    for folder in std::env::split_paths(&folders).filter(|folder| !folder.as_os_str().is_empty()) {
        store.add_folder(folder);
    }
    Ok(Value::NONE)
}

/// Whether OpenSSL counts a certificate among those of authorities.
pub fn is_ca(certificate: &Certificate) -> bool {
    if certificate.key_usage.is_some_and(|usage| usage & key_usage::KEY_CERT_SIGN == 0) {
        return false;
    }
    if certificate.has_basic_constraints {
        return certificate.is_ca;
    }
    certificate.version == 1 && certificate.is_self_signed() || certificate.key_usage.is_some()
}

/// `load_dh_params(path)`: rustls has no key exchange of that kind.
pub fn dh_params(vm: &Vm, args: Args<'_>) -> PyResult {
    let given = args.value(1);
    let path = crate::os_path::Path::from_value(vm, given)?;
    let content = match vm.host.read_file(Path::new(&std::ffi::OsString::from_vec(path.bytes))) {
        Ok(content) => content,
        Err(error) => return vm.raise_os_error(&error, Some(given)),
    };
    if !pem::blocks(&content).0.iter().any(|block| block.label.ends_with("DH PARAMETERS")) {
        return Fault::new(108, "PEM", "NO_START_LINE").raise(vm, line::DH);
    }
    vm.raise(Exc::NotImplementedError, "Diffie-Hellman parameters are not supported by rustls")
}
