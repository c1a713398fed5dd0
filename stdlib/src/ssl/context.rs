//! `_SSLContext`: the settings that connections are made from.

use std::cell::{Cell, RefCell};

use ouro_runtime::class::{Type, TypeSpec, type_flags};
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::dict::Dict;
use ouro_runtime::objects::iterators::this;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::str::Str;
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

use super::config::{Settings, VerifyMode, options};
use super::errors::{Fault, line, raise_message};
use super::{ciphers, connection, described, load};
use crate::convert::int32;

/// `PROTOCOL_*`.
pub mod protocol {
    pub const TLS: i32 = 2;
    pub const TLS1: i32 = 3;
    pub const TLS1_1: i32 = 4;
    pub const TLS1_2: i32 = 5;
    pub const TLS_CLIENT: i32 = 16;
    pub const TLS_SERVER: i32 = 17;
}

/// Counters of `session_stats()`.
#[derive(Default)]
pub struct Stats {
    pub connect: Cell<usize>,
    pub connect_good: Cell<usize>,
    pub accept: Cell<usize>,
    pub accept_good: Cell<usize>,
    pub hits: Cell<usize>,
}

pub fn count(counter: &Cell<usize>) {
    counter.set(counter.get() + 1);
}

pub struct Context {
    pub protocol: i32,
    pub settings: RefCell<Settings>,
    pub sni_callback: RefCell<Option<Value>>,
    /// Name of the file, and its descriptor.
    keylog: RefCell<Option<(Value, i32)>>,
    pub stats: Stats,
}

impl Payload for Context {
    fn trace(&self, visit: heap::Visitor<'_>) {
        let Self { protocol: _, settings: _, sni_callback, keylog, stats: _ } = self;
        heap::Trace::trace_value(sni_callback, visit);
        if let Some((name, _)) = &*keylog.borrow() {
            visit(name);
        }
    }

    fn clear(&self) {
        let _callback = self.sni_callback.take();
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        if let Some((_, fd)) = self.keylog.get_mut().take() {
            let _ = ouro_runtime::host::Host::new().close(fd);
        }
    }
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "_SSLContext",
    module: "_ssl",
    flags: type_flags::BASE_TYPE | type_flags::IMMUTABLE | type_flags::QUALIFIED,
    new: Some(NativeFn::new("_SSLContext($type, protocol, /)", new)),
    methods: &[
        NativeFn::new(
            "_wrap_socket($self, /, sock, server_side, server_hostname=None, *, owner=None, session=None)",
            connection::wrap_socket,
        ),
        NativeFn::new(
            "_wrap_bio($self, /, incoming, outgoing, server_side, server_hostname=None, *, owner=None, session=None)",
            connection::wrap_bio,
        ),
        NativeFn::new("set_ciphers($self, cipherlist, /)", set_ciphers),
        NativeFn::new("get_ciphers($self, /)", get_ciphers),
        NativeFn::new("_set_alpn_protocols($self, protos, /)", set_alpn),
        NativeFn::new("load_cert_chain($self, /, certfile, keyfile=None, password=None)", load::cert_chain),
        NativeFn::new("load_dh_params($self, path, /)", load::dh_params),
        NativeFn::new(
            "load_verify_locations($self, /, cafile=None, capath=None, cadata=None)",
            load::verify_locations,
        ),
        NativeFn::new("session_stats($self, /)", session_stats),
        NativeFn::new("set_default_verify_paths($self, /)", load::default_verify_paths),
        NativeFn::new("set_ecdh_curve($self, name, /)", set_ecdh_curve),
        NativeFn::new("cert_store_stats($self, /)", cert_store_stats).doc(
            "Returns quantities of loaded X.509 certificates.\n\nX.509 certificates with a CA extension and certificate revocation lists\ninside the context's cert store.\n\nNOTE: Certificates in a capath directory aren't loaded unless they have\nbeen used at least once.",
        ),
        NativeFn::new("get_ca_certs($self, /, binary_form=False)", get_ca_certs).doc(
            "Returns a list of dicts with information of loaded CA certs.\n\nIf the optional argument is True, returns a DER-encoded copy of the CA\ncertificate.\n\nNOTE: Certificates in a capath directory aren't loaded unless they have\nbeen used at least once.",
        ),
        NativeFn::new("set_psk_client_callback($self, /, callback)", |vm, args| {
            psk(vm, args, protocol::TLS_SERVER, "Cannot add PSK client callback to a PROTOCOL_TLS_SERVER context")
        }),
        NativeFn::new("set_psk_server_callback($self, /, callback, identity_hint=None)", |vm, args| {
            psk(vm, args, protocol::TLS_CLIENT, "Cannot add PSK server callback to a PROTOCOL_TLS_CLIENT context")
        }),
    ],
    getset: &[
        GetSet::new("check_hostname", |_, value| Ok(settings(value).check_hostname.into()), set_check_hostname),
        GetSet::new(
            "_host_flags",
            |_, value| Ok(Value::small(settings(value).host_flags.into())),
            |vm, value, new| {
                let flags = vm.to_i64(given(vm, value, "_host_flags", new)?)?;
                settings_mut(value).host_flags = flags as u32;
                Ok(())
            },
        ),
        GetSet::new(
            "minimum_version",
            |_, value| Ok(Value::small(bound(settings(value).minimum_version, -2))),
            |vm, value, new| set_version(vm, value, new, true),
        ),
        GetSet::new(
            "maximum_version",
            |_, value| Ok(Value::small(bound(settings(value).maximum_version, -1))),
            |vm, value, new| set_version(vm, value, new, false),
        ),
        GetSet {
            doc: "Set a callback that will be called when a server name is provided by the SSL/TLS client in the SNI extension.\n\nIf the argument is None then the callback is disabled. The method is called\nwith the SSLSocket, the server name as a string, and the SSLContext object.\n\nSee RFC 6066 for details of the SNI extension.",
            ..GetSet::new(
                "sni_callback",
                |_, value| Ok(context(value).sni_callback.borrow().clone().unwrap_or(Value::NONE)),
                set_sni_callback,
            )
        },
        GetSet::new(
            "keylog_filename",
            |_, value| {
                let name = context(value).keylog.borrow().as_ref().map(|(name, _)| name.clone());
                Ok(name.unwrap_or(Value::NONE))
            },
            set_keylog,
        ),
        GetSet::new("_msg_callback", |_, _| Ok(Value::NONE), |vm, value, new| {
            if given(vm, value, "_msg_callback", new)?.is_none() {
                return Ok(());
            }
            vm.raise(Exc::NotImplementedError, "callbacks for protocol messages are not supported by rustls")
        }),
        GetSet {
            doc: "Control the number of TLSv1.3 session tickets.",
            ..GetSet::new("num_tickets", |_, value| Ok(settings(value).n_tickets.into()), set_num_tickets)
        },
        GetSet::new("options", |_, value| Ok(Value::int(settings(value).options as i64)), set_options),
        GetSet::read_only("protocol", |_, value| Ok(Value::small(context(value).protocol.into()))),
        GetSet::new(
            "verify_flags",
            |_, value| Ok(Value::int(settings(value).verify_flags as i64)),
            set_verify_flags,
        ),
        GetSet::new(
            "verify_mode",
            |_, value| {
                Ok(Value::small(match settings(value).verify_mode {
                    VerifyMode::None => 0,
                    VerifyMode::Optional => 1,
                    VerifyMode::Required => 2,
                }))
            },
            set_verify_mode,
        ),
        // None says that TLS 1.3's authentication after the handshake is not there.
        GetSet::read_only("post_handshake_auth", |_, _| Ok(Value::NONE)),
        GetSet {
            doc: "The current security level.",
            ..GetSet::read_only("security_level", |_, _| Ok(Value::small(2)))
        },
    ],
    ..TypeSpec::DEFAULT
};

pub fn context(value: &Value) -> &Gc<Context> {
    this::<Context>(value)
}

fn settings(value: &Value) -> std::cell::Ref<'_, Settings> {
    context(value).settings.borrow()
}

fn settings_mut(value: &Value) -> std::cell::RefMut<'_, Settings> {
    context(value).settings.borrow_mut()
}

/// The new value of an attribute that cannot be deleted.
pub fn given<'a>(vm: &Vm, value: &Value, name: &str, new: Option<&'a Value>) -> PyResult<&'a Value> {
    match new {
        Some(new) => Ok(new),
        None => {
            let class = vm.type_name(value);
            vm.raise(
                Exc::AttributeError,
                format!("attribute '{name}' of '{class}' objects cannot be deleted"),
            )
        }
    }
}

fn new(vm: &Vm, args: Args<'_>) -> PyResult {
    let class = args.this::<Type>();
    let version = int32(vm, args.value(1))?;
    match version {
        protocol::TLS | protocol::TLS1_2 => {
            let name = if version == protocol::TLS { "PROTOCOL_TLS" } else { "PROTOCOL_TLSv1_2" };
            vm.warn(Exc::DeprecationWarning, &format!("ssl.{name} is deprecated"), 2)?;
        }
        protocol::TLS_CLIENT | protocol::TLS_SERVER => {}
        other => {
            let message = format!("invalid or unsupported protocol version {other}");
            return vm.raise(Exc::ValueError, message);
        }
    }
    let body = Context {
        protocol: version,
        settings: RefCell::new(Settings::new(version == protocol::TLS_CLIENT)),
        sni_callback: RefCell::new(None),
        keylog: RefCell::new(None),
        stats: Stats::default(),
    };
    Ok(heap::alloc_for(class, body).into())
}

fn set_check_hostname(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let check = vm.truth(given(vm, value, "check_hostname", new)?)?;
    let mut settings = settings_mut(value);
    settings.check_hostname = check;
    if check && settings.verify_mode == VerifyMode::None {
        settings.verify_mode = VerifyMode::Required;
        settings.changed();
    }
    Ok(())
}

fn set_verify_mode(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let mode = match int32(vm, given(vm, value, "verify_mode", new)?)? {
        0 => VerifyMode::None,
        1 => VerifyMode::Optional,
        2 => VerifyMode::Required,
        _ => return vm.raise(Exc::ValueError, "invalid value for verify_mode"),
    };
    let mut settings = settings_mut(value);
    if mode == VerifyMode::None && settings.check_hostname {
        let message = "Cannot set verify_mode to CERT_NONE when check_hostname is enabled.";
        return vm.raise(Exc::ValueError, message);
    }
    settings.verify_mode = mode;
    settings.changed();
    Ok(())
}

fn set_verify_flags(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let new = given(vm, value, "verify_flags", new)?;
    if !ouro_runtime::objects::int::is_int(new) {
        return vm.raise_type_of("argument must be int, not {}", new);
    }
    let flags = vm.to_i64(new)? as u64;
    settings_mut(value).verify_flags = flags;
    Ok(())
}

fn set_options(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let new = vm.index(given(vm, value, "options", new)?)?;
    let number = ouro_runtime::objects::int::as_big(&new).expect("index gives an int");
    if number.sign() == num_bigint::Sign::Minus {
        return vm.raise(Exc::ValueError, "Cannot convert negative int");
    }
    let Ok(wanted) = u64::try_from(&number) else {
        let message = "Python int too large for C unsigned long long";
        return vm.raise(Exc::OverflowError, message);
    };
    let added = wanted & !settings(value).options;
    if added & options::NO_VERSIONS != 0 {
        let message = "ssl.OP_NO_SSL*/ssl.OP_NO_TLS* options are deprecated";
        vm.warn(Exc::DeprecationWarning, message, 2)?;
    }
    settings_mut(value).options = wanted;
    Ok(())
}

fn bound(version: u16, without: i64) -> i64 {
    if version == 0 { without } else { version.into() }
}

fn set_version(vm: &Vm, value: &Value, new: Option<&Value>, minimum: bool) -> PyResult<()> {
    let name = if minimum { "minimum_version" } else { "maximum_version" };
    let wanted = int32(vm, given(vm, value, name, new)?)?;
    if context(value).protocol == protocol::TLS1_2 {
        let message = "The context's protocol doesn't support modification of highest and lowest version.";
        return vm.raise(Exc::ValueError, message);
    }
    let old = match wanted {
        768 => Some("SSLv3"),
        769 => Some("TLSv1"),
        770 => Some("TLSv1_1"),
        _ => None,
    };
    if let Some(old) = old {
        vm.warn(Exc::DeprecationWarning, &format!("ssl.TLSVersion.{old} is deprecated"), 2)?;
    }
    let version = match (wanted, minimum) {
        (-2, true) | (-1, false) => 0,
        (-2, false) => 0x303,
        (-1, true) => 0x304,
        (768..=772, _) => wanted as u16,
        _ => {
            let message = format!("Unsupported TLS/SSL version 0x{wanted:x}");
            return vm.raise(Exc::ValueError, message);
        }
    };
    let mut settings = settings_mut(value);
    if minimum {
        settings.minimum_version = version;
    } else {
        settings.maximum_version = version;
    }
    Ok(())
}

fn set_num_tickets(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let n = vm.to_i64(given(vm, value, "num_tickets", new)?)?;
    if n < 0 {
        return vm.raise(Exc::ValueError, "value must be non-negative");
    }
    if context(value).protocol != protocol::TLS_SERVER {
        return vm.raise(Exc::ValueError, "SSLContext is not a server context.");
    }
    /// Each ticket costs a message, whatever the program asks for.
    const MAX: i64 = 256;
    if n > MAX {
        return vm.raise(Exc::ValueError, "failed to set num tickets.");
    }
    settings_mut(value).n_tickets = n as usize;
    Ok(())
}

fn set_sni_callback(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let new = given(vm, value, "sni_callback", new)?;
    let context = context(value);
    if context.protocol == protocol::TLS_CLIENT {
        return vm.raise(Exc::ValueError, "sni_callback cannot be set on TLS_CLIENT context");
    }
    if !new.is_none() && !vm.is_callable(new) {
        let _old = context.sni_callback.take();
        return vm.raise(Exc::TypeError, "not a callable object");
    }
    let _old = context.sni_callback.replace((!new.is_none()).then(|| new.clone()));
    Ok(())
}

fn set_keylog(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let new = given(vm, value, "keylog_filename", new)?;
    let context = context(value);
    let old = context.keylog.take();
    if let Some((_, fd)) = old {
        let _ = vm.host.close(fd);
    }
    if new.is_none() {
        return Ok(());
    }
    let path = crate::os_path::Path::from_value(vm, new)?;
    let flags = libc::O_WRONLY | libc::O_CREAT | libc::O_APPEND | libc::O_CLOEXEC;
    let fd = match vm.host.open(&path.bytes, flags, 0o666, None) {
        Ok(fd) => fd,
        Err(error) => return vm.raise_os_error(&error, Some(new)),
    };
    if vm.host.seek(fd, 0, libc::SEEK_END).is_ok_and(|at| at == 0) {
        let _ = vm.host.write(fd, b"# TLS secrets log file, generated by OpenSSL / Python\n");
    }
    *context.keylog.borrow_mut() = Some((new.clone(), fd));
    Ok(())
}

impl Context {
    /// Appends lines to `keylog_filename`.
    pub fn log_keys(&self, vm: &Vm, lines: &str) {
        let fd = self.keylog.borrow().as_ref().map(|(_, fd)| *fd);
        if let Some(fd) = fd {
            // As in CPython, nobody hears of a full disk.
            let _ = vm.host.write(fd, lines.as_bytes());
        }
    }

    pub fn logs_keys(&self) -> bool {
        self.keylog.borrow().is_some()
    }
}

fn set_ciphers(vm: &Vm, args: Args<'_>) -> PyResult {
    let list = vm.c_str_argument(args.value(1), "set_ciphers", "argument")?;
    match ciphers::select(list) {
        Some(chosen) => {
            let mut settings = settings_mut(args.value(0));
            settings.ciphers = chosen;
            settings.changed();
            Ok(Value::NONE)
        }
        None => {
            // Those of TLS 1.3 cannot be taken away.
            let mut settings = settings_mut(args.value(0));
            settings.ciphers.retain(|cipher| cipher.tls13);
            settings.changed();
            drop(settings);
            raise_message(vm, "No cipher can be selected.")
        }
    }
}

fn get_ciphers(vm: &Vm, args: Args<'_>) -> PyResult {
    let chosen = settings(args.value(0)).ciphers.clone();
    let described = chosen.into_iter().map(|cipher| {
        let dict = Dict::new();
        let put = |key: &str, value: Value| drop(dict.insert_str(&vm.intern(key), value));
        put("id", Value::int(cipher.id()));
        put("name", cipher.name.into());
        put("protocol", cipher.protocol().into());
        put("description", cipher.description().into());
        put("strength_bits", Value::small(cipher.bits.into()));
        put("alg_bits", Value::small(cipher.bits.into()));
        put("aead", Value::TRUE);
        put("symmetric", cipher.symmetric.into());
        put("digest", Value::NONE);
        put("kea", cipher.kea.into());
        put("auth", cipher.auth.into());
        dict.into()
    });
    Ok(List::new(described.collect()).into())
}

fn set_alpn(vm: &Vm, args: Args<'_>) -> PyResult {
    let bytes = vm.bytes_argument(args.value(1))?.to_vec();
    let mut names = Vec::new();
    let mut rest = bytes.as_slice();
    while let Some((&length, behind)) = rest.split_first() {
        let Some((name, behind)) = behind.split_at_checked(length.into()).filter(|_| length > 0) else {
            return vm.raise_bare(Exc::MemoryError);
        };
        names.push(name.to_vec());
        rest = behind;
    }
    settings_mut(args.value(0)).alpn = names;
    Ok(Value::NONE)
}

fn session_stats(vm: &Vm, args: Args<'_>) -> PyResult {
    let stats = &args.this::<Context>().stats;
    let dict = Dict::new();
    for (key, n) in [
        ("number", 0),
        ("connect", stats.connect.get()),
        ("connect_good", stats.connect_good.get()),
        ("connect_renegotiate", 0),
        ("accept", stats.accept.get()),
        ("accept_good", stats.accept_good.get()),
        ("accept_renegotiate", 0),
        ("hits", stats.hits.get()),
        ("misses", 0),
        ("timeouts", 0),
        ("cache_full", 0),
    ] {
        drop(dict.insert_str(&vm.intern(key), n.into()));
    }
    Ok(dict.into())
}

fn set_ecdh_curve(vm: &Vm, args: Args<'_>) -> PyResult {
    use rustls::crypto::ring::kx_group;
    let (name, _) = crate::os_path::Path::from_fspath_raw(vm, &crate::os_path::fspath(vm, args.value(1))?)?;
    let name = String::from_utf8_lossy(&name).into_owned();
    let group = match name.as_str() {
        "prime256v1" | "secp256r1" | "P-256" => kx_group::SECP256R1,
        "secp384r1" | "P-384" => kx_group::SECP384R1,
        "secp521r1" | "P-521" | "secp224r1" | "secp256k1" | "brainpoolP256r1" | "brainpoolP384r1" => {
            let message = format!("elliptic curve {name}");
            return vm.raise(Exc::NotImplementedError, message);
        }
        _ => {
            let shown = vm.repr_text(args.value(1))?;
            return vm.raise(Exc::ValueError, format!("unknown elliptic curve name {shown}"));
        }
    };
    let mut settings = settings_mut(args.value(0));
    settings.groups = vec![group];
    settings.changed();
    Ok(Value::NONE)
}

fn cert_store_stats(vm: &Vm, args: Args<'_>) -> PyResult {
    let store = settings(args.value(0)).store.clone();
    let certificates = store.certificates();
    let n_ca = certificates.iter().filter(|certificate| load::is_ca(certificate)).count();
    let dict = Dict::new();
    for (key, n) in [("x509", certificates.len()), ("crl", store.n_lists()), ("x509_ca", n_ca)] {
        drop(dict.insert_str(&vm.intern(key), n.into()));
    }
    Ok(dict.into())
}

fn get_ca_certs(vm: &Vm, args: Args<'_>) -> PyResult {
    let binary = args.get(1).map_or(Ok(false), |binary| vm.truth(binary))?;
    let certificates = settings(args.value(0)).store.certificates();
    let mut found = Vec::new();
    for certificate in certificates.iter().filter(|certificate| load::is_ca(certificate)) {
        found.push(if binary {
            Bytes::new(&certificate.der).into()
        } else {
            described::describe(vm, certificate)?
        });
    }
    Ok(List::new(found).into())
}

fn psk(vm: &Vm, args: Args<'_>, forbidden: i32, message: &str) -> PyResult {
    if args.this::<Context>().protocol == forbidden {
        return Fault::plain("SSLError", 0, message).raise(vm, line::PSK);
    }
    let callback = args.value(1);
    if callback.is_none() {
        return Ok(Value::NONE);
    }
    if !vm.is_callable(callback) {
        return vm.raise(Exc::TypeError, "callback must be callable");
    }
    if let Some(hint) = args.get_not_none(2).filter(|hint| hint.downcast::<Str>().is_none()) {
        return vm.raise_bad_argument(
            "set_psk_server_callback",
            "argument 'identity_hint'",
            "str or None",
            hint,
        );
    }
    vm.raise(Exc::NotImplementedError, "pre-shared keys are not supported by rustls")
}
