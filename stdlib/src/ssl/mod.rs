//! `_ssl`: TLS 1.2 and 1.3 for clients and servers, over rustls; the rest of `ssl` is `ssl.py`.
//!
//! Records are rustls' business, certificates are verified here with OpenSSL's results ([`verify`]). What rustls has not (older versions,
//! renegotiation, pre-shared keys, compression, finite-field Diffie-Hellman) raises NotImplementedError or what OpenSSL without it says.

mod bio;
mod certificate;
mod ciphers;
mod config;
mod connection;
mod context;
mod der;
mod described;
mod engine;
mod errors;
mod load;
mod objects;
mod pem;
mod session;
mod store;
mod transport;
mod verifier;
mod verify;

use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::module::Module;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, Gc, NativeClass, NativeFn, NativeModule, PyResult, Value, Vm};

use crate::convert::{self, int32};

pub static MODULE: NativeModule = NativeModule {
    name: "_ssl",
    doc: "Implementation module for SSL socket operations.  See the socket module\nfor documentation.",
    functions: &[
        NativeFn::new("RAND_add(string, entropy, /)", |vm, args| {
            // The system's source needs no seed; the arguments must be right all the same.
            if args.value(0).downcast::<Str>().is_none() {
                vm.bytes_argument(args.value(0))?;
            }
            convert::real(vm, args.value(1))?;
            Ok(Value::NONE)
        })
        .doc("Mix string into the OpenSSL PRNG state.\n\nentropy (a float) is a lower bound on the entropy contained in\nstring.  See RFC 4086."),
        NativeFn::new("RAND_bytes(n, /)", rand_bytes).doc("Generate n cryptographically strong pseudo-random bytes."),
        NativeFn::new("RAND_status()", |_, _| Ok(Value::TRUE))
            .doc("Returns True if the OpenSSL PRNG has been seeded with enough data and False if not.\n\nIt is necessary to seed the PRNG with RAND_add() on some platforms before\nusing the ssl() function."),
        NativeFn::new("get_default_verify_paths()", |vm, _| {
            let (file, folder) = load::default_paths(vm);
            Ok(vm.tuple(&["SSL_CERT_FILE".into(), file.into(), "SSL_CERT_DIR".into(), folder.into()]))
        })
        .doc("Return search paths and environment vars that are used by SSLContext's set_default_verify_paths() to load default CAs.\n\nThe values are 'cert_file_env', 'cert_file', 'cert_dir_env', 'cert_dir'."),
        NativeFn::new("txt2obj(txt, name=False)", txt2obj)
            .doc("Lookup NID, short name, long name and OID of an ASN1_OBJECT.\n\nBy default objects are looked up by OID. With name=True short and\nlong name are also matched."),
        NativeFn::new("nid2obj(nid, /)", nid2obj)
            .doc("Lookup NID, short name, long name and OID of an ASN1_OBJECT by NID."),
        NativeFn::new("_test_decode_cert(path, /)", described::test_decode),
    ],
    classes: &[
        NativeClass::of::<context::Context>(&context::TYPE),
        NativeClass::of::<connection::Tls>(&connection::TYPE),
        NativeClass::of::<bio::Bio>(&bio::TYPE),
        NativeClass::of::<session::Session>(&session::TYPE),
        NativeClass::of::<described::Shown>(&described::TYPE),
    ],
    init: Some(init),
};

/// Numbers that programs see.
const CONSTANTS: &[(&str, i64)] = &[
    ("CERT_NONE", 0),
    ("CERT_OPTIONAL", 1),
    ("CERT_REQUIRED", 2),
    ("ENCODING_PEM", described::ENCODING_PEM as i64),
    ("ENCODING_DER", described::ENCODING_DER as i64),
    ("HOSTFLAG_ALWAYS_CHECK_SUBJECT", 1),
    ("HOSTFLAG_NO_WILDCARDS", 2),
    ("HOSTFLAG_NO_PARTIAL_WILDCARDS", 4),
    ("HOSTFLAG_MULTI_LABEL_WILDCARDS", 8),
    ("HOSTFLAG_SINGLE_LABEL_SUBDOMAINS", 16),
    ("HOSTFLAG_NEVER_CHECK_SUBJECT", 32),
    // Enough to be taken for a library of OpenSSL 3's abilities.
    ("OPENSSL_VERSION_NUMBER", 0x3000_0000),
    ("OP_ALL", 0x8000_0050),
    ("OP_CIPHER_SERVER_PREFERENCE", config::options::CIPHER_SERVER_PREFERENCE as i64),
    ("OP_ENABLE_KTLS", 8),
    ("OP_ENABLE_MIDDLEBOX_COMPAT", 0x10_0000),
    ("OP_IGNORE_UNEXPECTED_EOF", config::options::IGNORE_UNEXPECTED_EOF as i64),
    ("OP_LEGACY_SERVER_CONNECT", 4),
    ("OP_NO_COMPRESSION", 0x2_0000),
    ("OP_NO_RENEGOTIATION", 0x4000_0000),
    ("OP_NO_SSLv2", 0),
    ("OP_NO_SSLv3", 0x200_0000),
    ("OP_NO_TICKET", config::options::NO_TICKET as i64),
    ("OP_NO_TLSv1", 0x400_0000),
    ("OP_NO_TLSv1_1", 0x1000_0000),
    ("OP_NO_TLSv1_2", config::options::NO_TLS1_2 as i64),
    ("OP_NO_TLSv1_3", config::options::NO_TLS1_3 as i64),
    ("OP_SINGLE_DH_USE", 0),
    ("OP_SINGLE_ECDH_USE", 0),
    ("PROTOCOL_SSLv23", context::protocol::TLS as i64),
    ("PROTOCOL_TLS", context::protocol::TLS as i64),
    ("PROTOCOL_TLS_CLIENT", context::protocol::TLS_CLIENT as i64),
    ("PROTOCOL_TLS_SERVER", context::protocol::TLS_SERVER as i64),
    ("PROTOCOL_TLSv1", context::protocol::TLS1 as i64),
    ("PROTOCOL_TLSv1_1", context::protocol::TLS1_1 as i64),
    ("PROTOCOL_TLSv1_2", context::protocol::TLS1_2 as i64),
    ("PROTO_MINIMUM_SUPPORTED", -2),
    ("PROTO_MAXIMUM_SUPPORTED", -1),
    ("PROTO_SSLv3", 768),
    ("PROTO_TLSv1", 769),
    ("PROTO_TLSv1_1", 770),
    ("PROTO_TLSv1_2", 771),
    ("PROTO_TLSv1_3", 772),
    ("SSL_ERROR_SSL", errors::number::SSL),
    ("SSL_ERROR_WANT_READ", errors::number::WANT_READ),
    ("SSL_ERROR_WANT_WRITE", errors::number::WANT_WRITE),
    ("SSL_ERROR_WANT_X509_LOOKUP", errors::number::WANT_X509_LOOKUP),
    ("SSL_ERROR_SYSCALL", errors::number::SYSCALL),
    ("SSL_ERROR_ZERO_RETURN", errors::number::ZERO_RETURN),
    ("SSL_ERROR_WANT_CONNECT", errors::number::WANT_CONNECT),
    ("SSL_ERROR_EOF", errors::number::EOF),
    ("SSL_ERROR_INVALID_ERROR_CODE", errors::number::INVALID_ERROR_CODE),
    ("VERIFY_DEFAULT", 0),
    ("VERIFY_CRL_CHECK_LEAF", verify::flags::CRL_CHECK as i64),
    ("VERIFY_CRL_CHECK_CHAIN", (verify::flags::CRL_CHECK | verify::flags::CRL_CHECK_ALL) as i64),
    ("VERIFY_X509_STRICT", verify::flags::STRICT as i64),
    ("VERIFY_ALLOW_PROXY_CERTS", verify::flags::ALLOW_PROXY as i64),
    ("VERIFY_X509_TRUSTED_FIRST", 0x8000),
    ("VERIFY_X509_PARTIAL_CHAIN", verify::flags::PARTIAL_CHAIN as i64),
];

/// `ALERT_DESCRIPTION_*`.
const ALERTS: &[(&str, i64)] = &[
    ("CLOSE_NOTIFY", 0),
    ("UNEXPECTED_MESSAGE", 10),
    ("BAD_RECORD_MAC", 20),
    ("RECORD_OVERFLOW", 22),
    ("DECOMPRESSION_FAILURE", 30),
    ("HANDSHAKE_FAILURE", 40),
    ("BAD_CERTIFICATE", 42),
    ("UNSUPPORTED_CERTIFICATE", 43),
    ("CERTIFICATE_REVOKED", 44),
    ("CERTIFICATE_EXPIRED", 45),
    ("CERTIFICATE_UNKNOWN", 46),
    ("ILLEGAL_PARAMETER", 47),
    ("UNKNOWN_CA", 48),
    ("ACCESS_DENIED", 49),
    ("DECODE_ERROR", 50),
    ("DECRYPT_ERROR", 51),
    ("PROTOCOL_VERSION", 70),
    ("INSUFFICIENT_SECURITY", 71),
    ("INTERNAL_ERROR", 80),
    ("USER_CANCELLED", 90),
    ("NO_RENEGOTIATION", 100),
    ("UNSUPPORTED_EXTENSION", 110),
    ("CERTIFICATE_UNOBTAINABLE", 111),
    ("UNRECOGNIZED_NAME", 112),
    ("BAD_CERTIFICATE_STATUS_RESPONSE", 113),
    ("BAD_CERTIFICATE_HASH_VALUE", 114),
    ("UNKNOWN_PSK_IDENTITY", 115),
];

/// What there is and what not.
const ABILITIES: &[(&str, bool)] = &[
    ("HAS_ALPN", true),
    ("HAS_ECDH", true),
    ("HAS_NPN", false),
    ("HAS_PHA", false),
    ("HAS_PSK", false),
    ("HAS_SNI", true),
    ("HAS_SSLv2", false),
    ("HAS_SSLv3", false),
    ("HAS_TLS_UNIQUE", false),
    ("HAS_TLSv1", false),
    ("HAS_TLSv1_1", false),
    ("HAS_TLSv1_2", true),
    ("HAS_TLSv1_3", true),
];

fn init(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    // Connections over sockets look into them.
    vm.call(&vm.builtin("__import__")?, &["_socket".into()])?;
    errors::define(vm, module)?;
    for (name, value) in CONSTANTS {
        module.set(vm, name, Value::int(*value));
    }
    for (name, value) in ALERTS {
        module.set(vm, &format!("ALERT_DESCRIPTION_{name}"), Value::int(*value));
    }
    for (name, value) in ABILITIES {
        module.set(vm, name, *value);
    }
    let version: Vec<Value> = [3, 0, 0, 0, 0].map(Value::small).to_vec();
    module.set(vm, "OPENSSL_VERSION_INFO", vm.tuple(&version));
    module.set(vm, "_OPENSSL_API_VERSION", vm.tuple(&version));
    module.set(vm, "OPENSSL_VERSION", "rustls 0.23");
    module.set(vm, "_DEFAULT_CIPHERS", "DEFAULT");
    Ok(())
}

fn rand_bytes(vm: &Vm, args: Args<'_>) -> PyResult {
    let n = int32(vm, args.value(0))?;
    let Ok(n) = usize::try_from(n) else { return vm.raise(Exc::ValueError, "num must be positive") };
    let mut bytes = vec![0; vm.check_text_size(Some(n))?];
    match vm.host.random_bytes(&mut bytes) {
        Ok(()) => Ok(Bytes::from_vec(bytes).into()),
        Err(error) => vm.raise_os_error(&error, None),
    }
}

fn object_tuple(vm: &Vm, object: &objects::Object) -> Value {
    vm.tuple(&[Value::int(object.nid), object.short.into(), object.long.into(), object.oid.into()])
}

fn txt2obj(vm: &Vm, args: Args<'_>) -> PyResult {
    let text = vm.c_str_argument(args.value(0), "txt2obj", "argument 'txt'")?;
    let by_name = args.get(1).map_or(Ok(false), |name| vm.truth(name))?;
    let found = objects::OBJECTS
        .iter()
        .find(|object| object.oid == text || by_name && (object.short == text || object.long == text));
    match found {
        Some(object) => Ok(object_tuple(vm, object)),
        None if der::oid_bytes(text).is_some() => vm.raise(Exc::ValueError, "Unknown object"),
        None => {
            let shown: String = text.chars().take(100).collect();
            vm.raise(Exc::ValueError, format!("unknown object '{shown}'"))
        }
    }
}

fn nid2obj(vm: &Vm, args: Args<'_>) -> PyResult {
    let nid = i64::from(int32(vm, args.value(0))?);
    if nid < 0 {
        return vm.raise(Exc::ValueError, "NID must be positive.");
    }
    match objects::OBJECTS.iter().find(|object| object.nid == nid) {
        Some(object) => Ok(object_tuple(vm, object)),
        None if nid == 0 => vm.raise(Exc::ValueError, "Unknown object"),
        None => vm.raise(Exc::ValueError, format!("unknown NID {nid}")),
    }
}
