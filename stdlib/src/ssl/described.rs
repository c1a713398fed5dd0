//! Certificates as Python sees them: the dict of `getpeercert()`, and the class `Certificate`.

use std::sync::Arc;

use ouro_runtime::class::{CompareOp, Slots, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::iterators::this;
use ouro_runtime::{Args, Exc, NativeFn, PyResult, Value, Vm};

use super::certificate::{Certificate, GeneralName, Name, ip_text, serial_text};
use super::{der, objects, pem};
use crate::convert::int32;

/// The dict of `getpeercert()`.
pub fn describe(vm: &Vm, certificate: &Certificate) -> PyResult {
    let dict = Dict::new();
    let put = |key: &str, value: Value| drop(dict.insert_str(&vm.intern(key), value));
    put("subject", name(vm, &certificate.subject));
    put("issuer", name(vm, &certificate.issuer));
    put("version", Value::small(certificate.version.into()));
    put("serialNumber", serial_text(&certificate.serial).into());
    put("notBefore", der::time_text(certificate.not_before).into());
    put("notAfter", der::time_text(certificate.not_after).into());
    if let Some(names) = &certificate.alt_names {
        let mut items = Vec::new();
        for entry in names {
            let (kind, value) = general_name(vm, entry)?;
            items.push(vm.tuple(&[kind.into(), value]));
        }
        put("subjectAltName", vm.tuple(&items));
    }
    for (key, uris) in [
        ("OCSP", &certificate.ocsp),
        ("caIssuers", &certificate.ca_issuers),
        ("crlDistributionPoints", &certificate.crl_points),
    ] {
        if !uris.is_empty() {
            let uris: Vec<Value> = uris.iter().map(|uri| text(vm, uri)).collect::<PyResult<_>>()?;
            put(key, vm.tuple(&uris));
        }
    }
    Ok(dict.into())
}

fn text(vm: &Vm, bytes: &[u8]) -> PyResult {
    Ok(vm.decode_bytes(bytes, "utf-8", "strict")?.into())
}

fn name(vm: &Vm, name: &Name) -> Value {
    let part = |(oid, _, text): &(Vec<u8>, u8, String)| {
        vm.tuple(&[objects::long_name(oid).into(), text.as_str().into()])
    };
    let parts: Vec<Value> =
        name.parts.iter().map(|set| vm.tuple(&set.iter().map(part).collect::<Vec<_>>())).collect();
    vm.tuple(&parts)
}

fn general_name(vm: &Vm, entry: &GeneralName) -> PyResult<(&'static str, Value)> {
    Ok(match entry {
        GeneralName::Dns(bytes) => ("DNS", text(vm, bytes)?),
        GeneralName::Email(bytes) => ("email", text(vm, bytes)?),
        GeneralName::Uri(bytes) => ("URI", text(vm, bytes)?),
        GeneralName::Directory(directory) => ("DirName", name(vm, directory)),
        GeneralName::Ip(bytes) => ("IP Address", ip_text(bytes).into()),
        GeneralName::RegisteredId(oid) => {
            ("Registered ID", der::oid_text(oid).unwrap_or_else(|| "<INVALID>".to_string()).into())
        }
        GeneralName::Unsupported(kind) => (kind, "<unsupported>".into()),
    })
}

/// `_ssl.Certificate`.
pub struct Shown {
    pub certificate: Arc<Certificate>,
}

impl Payload for Shown {
    ouro_runtime::trace_fields!(; skip certificate);
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "Certificate",
    module: "_ssl",
    flags: type_flags::NO_NEW | type_flags::IMMUTABLE | type_flags::QUALIFIED,
    methods: &[
        NativeFn::new("public_bytes($self, /, format=Encoding.PEM)", public_bytes),
        NativeFn::new("get_info($self, /)", |vm, args| describe(vm, &args.this::<Shown>().certificate)),
    ],
    slots: Slots {
        repr: Some(|_, value| {
            // As RFC 2253 has it, the last part first.
            let parts = this::<Shown>(value).certificate.subject.parts.iter().rev().map(|set| {
                let pairs = set.iter().map(|(oid, _, text)| {
                    let short = objects::find(oid).map(|object| object.short.to_string());
                    format!("{}={text}", short.or_else(|| der::oid_text(oid)).unwrap_or_default())
                });
                pairs.collect::<Vec<_>>().join("+")
            });
            let shown = parts.collect::<Vec<_>>().join(",");
            Ok(format!("<_ssl.Certificate '{shown}'>").into())
        }),
        compare: Some(|_, a, b, op| {
            let Some(other) = b.downcast::<Shown>() else { return Ok(Value::NOT_IMPLEMENTED) };
            let equal = this::<Shown>(a).certificate.der == other.certificate.der;
            Ok(match op {
                CompareOp::Eq => equal.into(),
                CompareOp::Ne => (!equal).into(),
                _ => Value::NOT_IMPLEMENTED,
            })
        }),
        hash: Some(|vm, value| vm.hash(&Bytes::new(&this::<Shown>(value).certificate.der).into())),
        ..Slots::NONE
    },
    ..TypeSpec::DEFAULT
};

pub const ENCODING_PEM: i32 = 1;
pub const ENCODING_DER: i32 = 2;

fn public_bytes(vm: &Vm, args: Args<'_>) -> PyResult {
    let format = args.get(1).map_or(Ok(ENCODING_PEM), |format| int32(vm, format))?;
    let certificate = &args.this::<Shown>().certificate;
    match format {
        ENCODING_PEM => Ok(pem::encode("CERTIFICATE", &certificate.der).into()),
        ENCODING_DER => Ok(Bytes::new(&certificate.der).into()),
        _ => vm.raise(Exc::ValueError, "Unsupported format"),
    }
}

/// A list of `Certificate` objects.
pub fn shown_list<'a>(vm: &Vm, chain: impl IntoIterator<Item = &'a Arc<Certificate>>) -> Value {
    let class = vm.class_of::<Shown>();
    let made = chain
        .into_iter()
        .map(|certificate| heap::alloc(&class, Shown { certificate: certificate.clone() }).into());
    ouro_runtime::objects::list::List::new(made.collect()).into()
}

/// `_test_decode_cert(path)`: the dict of a certificate in a file.
pub fn test_decode(vm: &Vm, args: Args<'_>) -> PyResult {
    let path = crate::os_path::Path::from_value(vm, args.value(0))?;
    let path =
        std::path::PathBuf::from(std::ffi::OsString::from(String::from_utf8_lossy(&path.bytes).as_ref()));
    let Ok(content) = vm.host.read_file(&path) else {
        return super::errors::raise_message(vm, "Can't open file");
    };
    let (blocks, _) = pem::blocks(&content);
    let found = blocks.iter().find(|block| block.label.ends_with("CERTIFICATE"));
    match found.and_then(|block| Certificate::parse(&block.der)) {
        Some(certificate) => describe(vm, &certificate),
        None => super::errors::raise_message(vm, "Error decoding PEM-encoded file"),
    }
}
