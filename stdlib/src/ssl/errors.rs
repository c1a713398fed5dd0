//! The exceptions of `ssl`, and what OpenSSL calls the errors of rustls.

use ouro_runtime::class::{Type, type_flags};
use ouro_runtime::heap;
use ouro_runtime::native::{NativeFunction, Role};
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::exception::Exception;
use ouro_runtime::objects::module::Module;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Exc, Gc, NativeFn, PyResult, Value, Vm};
use rustls::{AlertDescription, Error, InvalidMessage, PeerIncompatible, PeerMisbehaved};

use super::verify::Failure;

/// Places in CPython's source that messages name.
pub mod line {
    pub const HANDSHAKE: u32 = 1130;
    pub const WRITE: u32 = 2616;
    pub const READ: u32 = 2778;
    pub const SHUTDOWN: u32 = 2906;
    pub const POST_HANDSHAKE: u32 = 2984;
    pub const LOAD_CERTIFICATE: u32 = 4291;
    pub const LOAD_KEY: u32 = 4312;
    pub const CHECK_KEY: u32 = 4320;
    pub const CADATA_NONE: u32 = 4410;
    pub const CADATA: u32 = 4423;
    pub const CAFILE: u32 = 4544;
    pub const DH: u32 = 4600;
    pub const WRAP: u32 = 915;
    pub const PSK: u32 = 5349;
    /// Where OpenSSL has nothing to say of an end.
    pub const SILENT_END: u32 = 681;
}

/// `SSL_ERROR_*`.
pub mod number {
    pub const SSL: i64 = 1;
    pub const WANT_READ: i64 = 2;
    pub const WANT_WRITE: i64 = 3;
    pub const WANT_X509_LOOKUP: i64 = 4;
    pub const SYSCALL: i64 = 5;
    pub const ZERO_RETURN: i64 = 6;
    pub const WANT_CONNECT: i64 = 7;
    pub const EOF: i64 = 8;
    pub const INVALID_ERROR_CODE: i64 = 10;
}

/// What OpenSSL's `PEM_R_...` of the PEM library itself is.
pub const PEM_LIB: i64 = 524_297;

/// An error of TLS, before it is an exception.
#[derive(Clone, Debug)]
pub struct Fault {
    pub class: &'static str,
    pub code: i64,
    pub library: Option<&'static str>,
    pub reason: Option<String>,
    pub text: String,
    pub verify: Option<Box<Failure>>,
    /// The peer said so.
    pub is_alert: bool,
}

impl Fault {
    /// An SSLError with a reason such as "NO_SHARED_CIPHER", whose text it also is.
    pub fn ssl(reason: &str) -> Fault {
        Fault::new(number::SSL, "SSL", reason)
    }

    pub fn new(code: i64, library: &'static str, reason: &str) -> Fault {
        let text = reason.to_ascii_lowercase().replace('_', " ");
        Fault {
            class: "SSLError",
            code,
            library: Some(library),
            reason: Some(reason.to_string()),
            text,
            verify: None,
            is_alert: false,
        }
    }

    /// One without a reason of the library.
    pub fn plain(class: &'static str, code: i64, text: &str) -> Fault {
        Fault {
            class,
            code,
            library: None,
            reason: None,
            text: text.to_string(),
            verify: None,
            is_alert: false,
        }
    }

    pub fn want_read() -> Fault {
        let text = "The operation did not complete (read)";
        Fault::plain("SSLWantReadError", number::WANT_READ, text)
    }

    pub fn want_write() -> Fault {
        let text = "The operation did not complete (write)";
        Fault::plain("SSLWantWriteError", number::WANT_WRITE, text)
    }

    pub fn zero_return() -> Fault {
        let text = "TLS/SSL connection has been closed (EOF)";
        Fault::plain("SSLZeroReturnError", number::ZERO_RETURN, text)
    }

    /// The stream ended without the peer's saying so.
    pub fn eof() -> Fault {
        Fault {
            class: "SSLEOFError",
            code: number::EOF,
            text: "EOF occurred in violation of protocol".to_string(),
            ..Fault::ssl("UNEXPECTED_EOF_WHILE_READING")
        }
    }

    pub fn verification(failure: Failure) -> Fault {
        Fault {
            class: "SSLCertVerificationError",
            verify: Some(Box::new(failure)),
            ..Fault::ssl("CERTIFICATE_VERIFY_FAILED")
        }
    }

    /// "PEM lib" of one of OpenSSL's libraries.
    pub fn pem_lib(library: &'static str) -> Fault {
        Fault { library: Some(library), ..Fault::plain("SSLError", PEM_LIB, "PEM lib") }
    }

    /// What every further use of a connection says that failed for this reason; `None` where reading says that the peer closed.
    pub fn again(&self, operation: u32) -> Option<(Fault, u32)> {
        let reason = self.reason.as_deref().unwrap_or_default();
        let silent = Fault::plain("SSLEOFError", number::EOF, "EOF occurred in violation of protocol");
        let at_end = self.class == "SSLEOFError";
        match operation {
            line::READ if self.is_alert => None,
            line::HANDSHAKE if reason == "WRONG_VERSION_NUMBER" => {
                Some((Fault::ssl("RECORD_LAYER_FAILURE"), operation))
            }
            line::WRITE => Some((silent, line::SILENT_END)),
            _ if at_end => Some((silent, line::SILENT_END)),
            _ => Some((silent, operation)),
        }
    }

    pub fn raise<T>(&self, vm: &Vm, line: u32) -> PyResult<T> {
        let text = match &self.verify {
            Some(failure) => format!("{}: {}", self.text, failure.message),
            None => self.text.clone(),
        };
        let message = match (self.library, &self.reason) {
            (Some(library), Some(reason)) => format!("[{library}: {reason}] {text} (_ssl.c:{line})"),
            (Some(library), None) => format!("[{library}] {text} (_ssl.c:{line})"),
            _ => format!("{text} (_ssl.c:{line})"),
        };
        let module = vm.call(&vm.builtin("__import__")?, &["_ssl".into()])?;
        let class = vm.get_attr_named(&module, self.class)?;
        let exception = vm.call(&class, &[Value::int(self.code), message.into()])?;
        let text = |text: Option<&str>| text.map_or(Value::NONE, Value::from);
        set(vm, &exception, "reason", text(self.reason.as_deref()))?;
        set(vm, &exception, "library", text(self.library))?;
        if let Some(failure) = &self.verify {
            set(vm, &exception, "verify_code", Value::small(failure.code.into()))?;
            set(vm, &exception, "verify_message", failure.message.as_str().into())?;
        }
        match exception.into_gc::<Exception>() {
            Ok(exception) => vm.raise_value(exception),
            Err(_) => vm.raise(Exc::TypeError, "exceptions must derive from BaseException"),
        }
    }
}

fn set(vm: &Vm, object: &Value, name: &str, value: Value) -> PyResult<()> {
    vm.set_attr(object, &vm.intern(name), Some(&value))
}

/// SSLError with nothing but a message.
pub fn raise_message<T>(vm: &Vm, message: &str) -> PyResult<T> {
    crate::errors::raise(vm, "_ssl", "SSLError", message)
}

/// `str(SSLError(...))`: the text of the error alone, without the number.
static STR: NativeFn = NativeFn::new("__str__($self, /)", |vm, args| {
    let error = args.value(0);
    let text = vm.get_attr_named(error, "strerror")?;
    if text.downcast::<Str>().is_some() {
        return Ok(text);
    }
    Ok(vm.str(&vm.get_attr_named(error, "args")?)?.into())
});

/// Makes the classes.
pub fn define(vm: &Vm, module: &Gc<Module>) -> PyResult<()> {
    let os_error = vm.types.exception(Exc::OSError).clone();
    let mut method = NativeFunction::new(&STR, Role::Method);
    method.class = Some(os_error.clone());
    let method: Value = heap::alloc(vm.types.method_descriptor(), method).into();
    let ssl_error = class(
        vm,
        module,
        "SSLError",
        "An error occurred in the SSL implementation.",
        &[&os_error],
        Some(method),
    )?;
    let value_error = vm.types.exception(Exc::ValueError).clone();
    for (name, doc) in [
        ("SSLZeroReturnError", "SSL/TLS session closed cleanly."),
        (
            "SSLWantReadError",
            "Non-blocking SSL socket needs to read more data\nbefore the requested operation can be completed.",
        ),
        (
            "SSLWantWriteError",
            "Non-blocking SSL socket needs to write more data\nbefore the requested operation can be completed.",
        ),
        ("SSLSyscallError", "System error when attempting SSL operation."),
        ("SSLEOFError", "SSL/TLS connection terminated abruptly."),
    ] {
        class(vm, module, name, doc, &[&ssl_error], None)?;
    }
    let doc = "A certificate could not be verified.";
    class(vm, module, "SSLCertVerificationError", doc, &[&ssl_error, &value_error], None)?;
    Ok(())
}

fn class(
    vm: &Vm,
    module: &Gc<Module>,
    name: &str,
    doc: &str,
    bases: &[&Gc<Type>],
    str_method: Option<Value>,
) -> PyResult<Gc<Type>> {
    let namespace = Dict::new();
    drop(namespace.insert_str(&vm.names.__module__, "ssl".into()));
    drop(namespace.insert_str(&vm.intern("__doc__"), doc.into()));
    if let Some(method) = str_method {
        drop(namespace.insert_str(&vm.intern("__str__"), method));
    }
    let bases: Vec<Value> = bases.iter().map(|base| base.to_value()).collect();
    let class = vm.call(vm.types.type_().as_value(), &[name.into(), vm.tuple(&bases), namespace.into()])?;
    module.set(vm, name, class.clone());
    let Ok(class) = class.into_gc::<Type>() else {
        return vm.raise(Exc::TypeError, "type() made no class");
    };
    class.set_flag(type_flags::IMMUTABLE, true);
    Ok(class)
}

/// What OpenSSL calls an alert that came.
pub fn alert_reason(alert: u8) -> (&'static str, &'static str) {
    match alert {
        10 => ("SSLV3_ALERT_UNEXPECTED_MESSAGE", "ssl/tls alert unexpected message"),
        20 => ("SSLV3_ALERT_BAD_RECORD_MAC", "ssl/tls alert bad record mac"),
        21 => ("TLSV1_ALERT_DECRYPTION_FAILED", "tlsv1 alert decryption failed"),
        22 => ("TLSV1_ALERT_RECORD_OVERFLOW", "tlsv1 alert record overflow"),
        30 => ("SSLV3_ALERT_DECOMPRESSION_FAILURE", "ssl/tls alert decompression failure"),
        40 => ("SSLV3_ALERT_HANDSHAKE_FAILURE", "ssl/tls alert handshake failure"),
        41 => ("SSLV3_ALERT_NO_CERTIFICATE", "ssl/tls alert no certificate"),
        42 => ("SSLV3_ALERT_BAD_CERTIFICATE", "ssl/tls alert bad certificate"),
        43 => ("SSLV3_ALERT_UNSUPPORTED_CERTIFICATE", "ssl/tls alert unsupported certificate"),
        44 => ("SSLV3_ALERT_CERTIFICATE_REVOKED", "ssl/tls alert certificate revoked"),
        45 => ("SSLV3_ALERT_CERTIFICATE_EXPIRED", "ssl/tls alert certificate expired"),
        46 => ("SSLV3_ALERT_CERTIFICATE_UNKNOWN", "ssl/tls alert certificate unknown"),
        47 => ("SSLV3_ALERT_ILLEGAL_PARAMETER", "ssl/tls alert illegal parameter"),
        48 => ("TLSV1_ALERT_UNKNOWN_CA", "tlsv1 alert unknown ca"),
        49 => ("TLSV1_ALERT_ACCESS_DENIED", "tlsv1 alert access denied"),
        50 => ("TLSV1_ALERT_DECODE_ERROR", "tlsv1 alert decode error"),
        51 => ("TLSV1_ALERT_DECRYPT_ERROR", "tlsv1 alert decrypt error"),
        60 => ("TLSV1_ALERT_EXPORT_RESTRICTION", "tlsv1 alert export restriction"),
        70 => ("TLSV1_ALERT_PROTOCOL_VERSION", "tlsv1 alert protocol version"),
        71 => ("TLSV1_ALERT_INSUFFICIENT_SECURITY", "tlsv1 alert insufficient security"),
        80 => ("TLSV1_ALERT_INTERNAL_ERROR", "tlsv1 alert internal error"),
        86 => ("TLSV1_ALERT_INAPPROPRIATE_FALLBACK", "tlsv1 alert inappropriate fallback"),
        90 => ("TLSV1_ALERT_USER_CANCELLED", "tlsv1 alert user cancelled"),
        100 => ("TLSV1_ALERT_NO_RENEGOTIATION", "tlsv1 alert no renegotiation"),
        109 => ("TLSV13_ALERT_MISSING_EXTENSION", "tlsv13 alert missing extension"),
        110 => ("TLSV1_UNSUPPORTED_EXTENSION", "tlsv1 unsupported extension"),
        111 => ("TLSV1_CERTIFICATE_UNOBTAINABLE", "tlsv1 certificate unobtainable"),
        112 => ("TLSV1_UNRECOGNIZED_NAME", "tlsv1 unrecognized name"),
        113 => ("TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE", "tlsv1 bad certificate status response"),
        114 => ("TLSV1_BAD_CERTIFICATE_HASH_VALUE", "tlsv1 bad certificate hash value"),
        115 => ("TLSV1_ALERT_UNKNOWN_PSK_IDENTITY", "tlsv1 alert unknown psk identity"),
        116 => ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "tlsv13 alert certificate required"),
        120 => ("TLSV1_ALERT_NO_APPLICATION_PROTOCOL", "tlsv1 alert no application protocol"),
        _ => ("TLSV1_ALERT_UNKNOWN", "tlsv1 alert unknown"),
    }
}

/// What OpenSSL would have said.
pub fn fault_of(error: &Error, failure: Option<Failure>) -> Fault {
    if let Some(failure) = failure {
        return Fault::verification(failure);
    }
    match error {
        Error::AlertReceived(alert) => {
            let (reason, text) = alert_reason(u8::from(*alert));
            Fault { text: text.to_string(), is_alert: true, ..Fault::ssl(reason) }
        }
        Error::PeerIncompatible(incompatible) => Fault::ssl(match incompatible {
            PeerIncompatible::NoCipherSuitesInCommon => "NO_SHARED_CIPHER",
            PeerIncompatible::NoKxGroupsInCommon => "NO_SUITABLE_KEY_SHARE",
            PeerIncompatible::NoSignatureSchemesInCommon
            | PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon => {
                "NO_SHARED_SIGNATURE_ALGORITHMS"
            }
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::SupportedVersionsExtensionRequired
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled => "UNSUPPORTED_PROTOCOL",
            PeerIncompatible::SignatureAlgorithmsExtensionRequired
            | PeerIncompatible::NamedGroupsExtensionRequired
            | PeerIncompatible::KeyShareExtensionRequired => "MISSING_EXTENSION",
            _ => "UNSUPPORTED_EXTENSION",
        }),
        Error::PeerMisbehaved(misbehaved) => Fault::ssl(match misbehaved {
            PeerMisbehaved::SelectedUnofferedCipherSuite => "WRONG_CIPHER_RETURNED",
            PeerMisbehaved::SelectedUnofferedApplicationProtocol => "BAD_EXTENSION",
            PeerMisbehaved::AttemptedDowngradeToTls12WhenTls13IsSupported => "INAPPROPRIATE_FALLBACK",
            PeerMisbehaved::TooManyKeyUpdateRequests => "TOO_MANY_KEY_UPDATES",
            PeerMisbehaved::TooManyWarningAlertsReceived => "TOO_MANY_WARN_ALERTS",
            _ => "UNEXPECTED_MESSAGE",
        }),
        Error::InappropriateMessage { .. } | Error::InappropriateHandshakeMessage { .. } => {
            Fault::ssl("UNEXPECTED_MESSAGE")
        }
        Error::InvalidMessage(InvalidMessage::MissingData(_) | InvalidMessage::MessageTooShort) => {
            Fault::ssl("LENGTH_TOO_SHORT")
        }
        Error::InvalidMessage(_) => Fault::ssl("LENGTH_MISMATCH"),
        Error::NoCertificatesPresented => Fault::ssl("PEER_DID_NOT_RETURN_A_CERTIFICATE"),
        Error::DecryptError => Fault::ssl("DECRYPTION_FAILED_OR_BAD_RECORD_MAC"),
        Error::PeerSentOversizedRecord => Fault::ssl("DATA_LENGTH_TOO_LONG"),
        Error::InvalidCertificate(_) => Fault::ssl("BAD_SIGNATURE"),
        Error::NoApplicationProtocol => Fault::ssl("NO_APPLICATION_PROTOCOL"),
        _ => Fault::ssl("INTERNAL_ERROR"),
    }
}

/// An alert record as it is sent before anything is encrypted.
pub fn alert_record(alert: AlertDescription) -> [u8; 7] {
    [21, 3, 3, 0, 2, 2, u8::from(alert)]
}
