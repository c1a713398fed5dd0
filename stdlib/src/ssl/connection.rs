//! `_SSLSocket`: one connection, over a socket or two `MemoryBIO`s.
//!
//! No part of the engine is borrowed while Python code runs: callbacks and signal handlers may use the same connection.

use std::cell::{Cell, RefCell};
use std::net::IpAddr;
use std::sync::Arc;

use ouro_runtime::class::{TypeSpec, type_flags};
use ouro_runtime::exceptions::unraisable_with;
use ouro_runtime::heap::weak::WeakRef;
use ouro_runtime::heap::{self, Payload, Trace};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::exception::Exception;
use ouro_runtime::objects::iterators::this;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::weak_reference::new_reference;
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};
use rustls::AlertDescription;
use rustls::pki_types::ServerName;

use super::bio::Bio;
use super::certificate::Certificate;
use super::config::{KeyLines, VerifyMode, options};
use super::context::{Context, context, count, given, protocol};
use super::engine::{Engine, HEADER, MAX_PLAIN};
use super::errors::{Fault, line};
use super::session::{Session, Tickets};
use super::transport::{Operation, Transport};
use super::verifier::Check;
use super::verify::Policy;
use super::{ciphers, described};
use crate::convert::int32;

pub struct Tls {
    context: RefCell<Value>,
    engine: RefCell<Engine>,
    transport: Transport,
    /// A weak reference to the object of `ssl` that this is in.
    owner: RefCell<Option<Value>>,
    server: bool,
    host: Option<String>,
    /// The session to be resumed, and then the one this connection has.
    session: RefCell<Option<Value>>,
    tickets: RefCell<Arc<Tickets>>,
    key_lines: Arc<KeyLines>,
    is_done: Cell<bool>,
    /// Plain text of a write that could not be finished, which the next one must begin with.
    n_accepted: Cell<usize>,
    /// Certificates that the peer sent.
    peer: RefCell<Vec<Arc<Certificate>>>,
}

impl Payload for Tls {
    fn trace(&self, visit: heap::Visitor<'_>) {
        let Self {
            context,
            engine: _,
            transport,
            owner,
            server: _,
            host: _,
            session,
            tickets: _,
            key_lines: _,
            is_done: _,
            n_accepted: _,
            peer: _,
        } = self;
        Trace::trace_value(context, visit);
        Trace::trace_value(owner, visit);
        Trace::trace_value(session, visit);
        let Transport { incoming, outgoing, socket, .. } = transport;
        for end in [incoming, outgoing, socket] {
            Trace::trace_value(end, visit);
        }
    }
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "_SSLSocket",
    module: "_ssl",
    flags: type_flags::NO_NEW | type_flags::IMMUTABLE | type_flags::QUALIFIED,
    methods: &[
        NativeFn::new("do_handshake($self, /)", |vm, args| {
            let tls = args.this::<Tls>();
            let mut operation = tls.transport.begin(vm, line::HANDSHAKE)?;
            tls.handshake(vm, &mut operation)?;
            Ok(Value::NONE)
        }),
        NativeFn::new("write($self, b, /)", write).doc(
            "Writes the bytes-like object b into the SSL object.\n\nReturns the number of bytes written.",
        ),
        NativeFn::new("read", read).doc("read(size, [buffer])\nRead up to size bytes from the SSL socket."),
        NativeFn::new("pending($self, /)", |_, args| {
            Ok(args.this::<Tls>().engine.borrow_mut().n_readable().into())
        })
        .doc(
            "Returns the number of already decrypted bytes available for read, pending on the connection.",
        ),
        NativeFn::new("getpeercert($self, der=False, /)", getpeercert).doc(
            "Returns the certificate for the peer.\n\nIf no certificate was provided, returns None.  If a certificate was\nprovided, but not validated, returns an empty dictionary.  Otherwise\nreturns a dict containing information about the peer certificate.\n\nIf the optional argument is True, returns a DER-encoded copy of the\npeer certificate, or None if no certificate was provided.  This will\nreturn the certificate even if it wasn't validated.",
        ),
        NativeFn::new("get_verified_chain($self, /)", |vm, args| {
            let tls = args.this::<Tls>();
            let chain = tls.engine.borrow().check.chain.clone();
            Ok(described::shown_list(vm, &chain))
        }),
        NativeFn::new("get_unverified_chain($self, /)", |vm, args| {
            let tls = args.this::<Tls>();
            let mut peer = tls.peer.borrow().clone();
            if peer.is_empty() {
                peer = tls.engine.borrow().check.peer.clone();
            }
            Ok(described::shown_list(vm, &peer))
        }),
        NativeFn::new("selected_alpn_protocol($self, /)", |vm, args| {
            let engine = args.this::<Tls>().engine.borrow();
            match engine.connection().and_then(|connection| connection.alpn_protocol()) {
                Some(name) => Ok(vm.decode_bytes(name, "utf-8", "strict")?.into()),
                None => Ok(Value::NONE),
            }
        }),
        NativeFn::new("cipher($self, /)", |vm, args| {
            Ok(args.this::<Tls>().engine.borrow().cipher().map_or(Value::NONE, |cipher| cipher_tuple(vm, cipher)))
        }),
        NativeFn::new("shared_ciphers($self, /)", shared_ciphers),
        NativeFn::new("compression($self, /)", |_, _| Ok(Value::NONE)),
        NativeFn::new("version($self, /)", |_, args| {
            let tls = args.this::<Tls>();
            let version = tls.engine.borrow().version().filter(|_| tls.is_done.get());
            Ok(version.map_or(Value::NONE, Value::from))
        }),
        NativeFn::new("get_channel_binding($self, /, cb_type='tls-unique')", |vm, args| {
            let kind = match args.get(1) {
                Some(kind) => vm.str_argument(kind, "get_channel_binding", "argument 'cb_type'")?.to_string(),
                None => "tls-unique".to_string(),
            };
            vm.raise(Exc::ValueError, format!("'{kind}' channel binding type not implemented"))
        })
        .doc(
            "Get channel binding data for current connection.\n\nRaise ValueError if the requested `cb_type` is not supported.  Return bytes\nof the data or None if the data is not available (e.g. before the handshake).",
        ),
        NativeFn::new("verify_client_post_handshake($self, /)", |vm, args| {
            if args.this::<Tls>().server {
                let message = "authentication after the handshake is not supported by rustls";
                return vm.raise(Exc::NotImplementedError, message);
            }
            Fault::new(266, "SSL", "WRONG_SSL_VERSION").raise(vm, line::POST_HANDSHAKE)
        })
        .doc("Initiate TLS 1.3 post-handshake authentication"),
        NativeFn::new("shutdown($self, /)", shutdown)
            .doc("Does the SSL shutdown handshake with the remote end."),
    ],
    getset: &[
        GetSet {
            doc: "This changes the context associated with the SSLSocket.\n\nThis is typically used from within a callback function set by the sni_callback\non the SSLContext to change the certificate information associated with the\nSSLSocket before the cryptographic exchange handshake messages.",
            ..GetSet::new("context", |_, value| Ok(this::<Tls>(value).context.borrow().clone()), set_context)
        },
        GetSet {
            doc: "Whether this is a server-side socket.",
            ..GetSet::read_only("server_side", |_, value| Ok(this::<Tls>(value).server.into()))
        },
        GetSet {
            doc: "The currently set server hostname (for SNI).",
            ..GetSet::read_only("server_hostname", |_, value| {
                Ok(this::<Tls>(value).host.as_deref().map_or(Value::NONE, Value::from))
            })
        },
        GetSet {
            doc: "The Python-level owner of this object.\n\nPassed as \"self\" in servername callback.",
            ..GetSet::new(
                "owner",
                |_, value| Ok(this::<Tls>(value).owner().unwrap_or(Value::NONE)),
                |vm, value, new| {
                    let new = given(vm, value, "owner", new)?;
                    let reference = if new.is_none() { None } else { Some(new_reference(vm, new)?.into()) };
                    let _old = this::<Tls>(value).owner.replace(reference);
                    Ok(())
                },
            )
        },
        GetSet {
            doc: "The underlying SSLSession object.",
            ..GetSet::new("session", session, set_session)
        },
        GetSet {
            doc: "Was the client session reused during handshake?",
            ..GetSet::read_only("session_reused", |_, value| {
                Ok(this::<Tls>(value).engine.borrow().is_resumed().into())
            })
        },
    ],
    ..TypeSpec::DEFAULT
};

fn cipher_tuple(vm: &Vm, cipher: &ciphers::Cipher) -> Value {
    vm.tuple(&[cipher.name.into(), cipher.protocol().into(), Value::small(cipher.bits.into())])
}

/// `_wrap_socket(sock, server_side, server_hostname=None, *, owner=None, session=None)`.
pub fn wrap_socket(vm: &Vm, args: Args<'_>) -> PyResult {
    let socket = args.value(1);
    if socket.downcast::<crate::socket::object::Socket>().is_none() {
        return vm.raise_bad_argument("_wrap_socket", "argument 'sock'", "_socket.socket", socket);
    }
    let reference = new_reference(vm, socket)?.into();
    make(vm, args, Transport::of_socket(Some(reference)), 2)
}

/// `_wrap_bio(incoming, outgoing, server_side, server_hostname=None, *, owner=None, session=None)`.
pub fn wrap_bio(vm: &Vm, args: Args<'_>) -> PyResult {
    for (at, name) in [(1, "argument 'incoming'"), (2, "argument 'outgoing'")] {
        if args.value(at).downcast::<Bio>().is_none() {
            return vm.raise_bad_argument("_wrap_bio", name, "_ssl.MemoryBIO", args.value(at));
        }
    }
    make(vm, args, Transport::of_bios(args.value(1).clone(), args.value(2).clone()), 3)
}

/// The rest of both; `server_side` is argument `at`.
fn make(vm: &Vm, args: Args<'_>, transport: Transport, at: usize) -> PyResult {
    let context = args.this::<Context>();
    let server = vm.truth(args.value(at))?;
    let host = args.get_not_none(at + 1).map(|host| host_text(vm, host)).transpose()?;
    let wrong = match (context.protocol, server) {
        (protocol::TLS_SERVER, false) => "Cannot create a client socket with a PROTOCOL_TLS_SERVER context",
        (protocol::TLS_CLIENT, true) => "Cannot create a server socket with a PROTOCOL_TLS_CLIENT context",
        _ => "",
    };
    if !wrong.is_empty() {
        return Fault::plain("SSLError", 0, wrong).raise(vm, line::WRAP);
    }
    if host.as_ref().is_some_and(|host| host.is_empty() || host.starts_with('.')) {
        let message = "server_hostname cannot be an empty string or start with a leading dot.";
        return vm.raise(Exc::ValueError, message);
    }
    let settings = context.settings.borrow();
    let policy = Policy {
        store: settings.store.clone(),
        flags: settings.verify_flags,
        server: !server,
        host: host.clone().filter(|_| settings.check_hostname && !server),
        host_flags: settings.host_flags,
    };
    let accept_any = settings.verify_mode == VerifyMode::None;
    drop(settings);
    let check = Check { accept_any, policy, chain: Vec::new(), failure: None, peer: Vec::new() };
    let body = Tls {
        context: RefCell::new(args.value(0).clone()),
        engine: RefCell::new(Engine::new(server, check)),
        transport,
        owner: RefCell::new(None),
        server,
        host,
        session: RefCell::new(None),
        tickets: RefCell::default(),
        key_lines: Arc::default(),
        is_done: Cell::new(false),
        n_accepted: Cell::new(0),
        peer: RefCell::default(),
    };
    let made: Value = heap::alloc(&vm.class_of::<Tls>(), body).into();
    if let Some(owner) = args.get_not_none(at + 2) {
        let reference = new_reference(vm, owner)?.into();
        let _none = this::<Tls>(&made).owner.replace(Some(reference));
    }
    if let Some(session) = args.get_not_none(at + 3) {
        set_session(vm, &made, Some(session))?;
    }
    Ok(made)
}

/// A host name, in ASCII already or as bytes.
fn host_text(vm: &Vm, value: &Value) -> PyResult<String> {
    let bytes = match value.downcast::<ouro_runtime::objects::str::Str>() {
        Some(text) => vm.utf8(text)?.as_bytes().to_vec(),
        None => match vm.copy_bytes(value)? {
            Some(bytes) => bytes,
            None => return vm.raise_bad_argument("_wrap_bio", "argument 'server_hostname'", "str", value),
        },
    };
    if bytes.contains(&0) {
        let message =
            format!("argument must be encoded string without null bytes, not {}", vm.type_name(value));
        return vm.raise(Exc::TypeError, message);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(_) => vm.raise(Exc::ValueError, "server_hostname is not UTF-8"),
    }
}

impl Tls {
    fn owner(&self) -> Option<Value> {
        self.owner.borrow().as_ref()?.downcast::<WeakRef>()?.target()
    }

    fn context(&self) -> Value {
        self.context.borrow().clone()
    }

    /// Raises what the engine says, after sending what tells the peer.
    fn raise<T>(&self, vm: &Vm, operation: &mut Operation, fault: &Fault) -> PyResult<T> {
        let output = self.engine.borrow_mut().take_output();
        self.transport.put(output);
        self.transport.flush(vm, operation, false)?;
        self.note_keys(vm);
        fault.raise(vm, operation.line)
    }

    fn note_keys(&self, vm: &Vm) {
        let lines =
            std::mem::take(&mut *self.key_lines.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()));
        if !lines.is_empty() {
            context(&self.context()).log_keys(vm, &lines.concat());
        }
    }

    /// Sends what the engine has to send.
    fn flush(&self, vm: &Vm, operation: &mut Operation) -> PyResult<()> {
        let output = self.engine.borrow_mut().take_output();
        self.transport.put(output);
        self.transport.flush(vm, operation, true)
    }

    /// Reads one record and hands it to the engine; false at the end of the stream.
    fn pull(&self, vm: &Vm, operation: &mut Operation) -> PyResult<bool> {
        if !self.transport.fill(vm, operation, HEADER)? {
            return Ok(false);
        }
        let header = {
            let partial = self.transport.partial.borrow();
            [partial[0], partial[1], partial[2], partial[3], partial[4]]
        };
        let length = self.engine.borrow_mut().record_length(&header);
        let length = match length {
            Ok(length) => length,
            Err(fault) => return self.raise(vm, operation, &fault),
        };
        if !self.transport.fill(vm, operation, length)? {
            return Ok(false);
        }
        let record = std::mem::take(&mut *self.transport.partial.borrow_mut());
        let fed = self.engine.borrow_mut().feed(&record);
        self.note_keys(vm);
        match fed {
            Ok(()) => Ok(true),
            Err(fault) => self.raise(vm, operation, &fault),
        }
    }

    /// Goes on with the handshake until it is done.
    fn handshake(&self, vm: &Vm, operation: &mut Operation) -> PyResult<()> {
        let failure = self.engine.borrow().failure().cloned();
        if let Some((fault, line)) = failure.as_ref().and_then(|fault| fault.again(operation.line)) {
            return fault.raise(vm, line);
        }
        if self.engine.borrow().is_idle() {
            self.start(vm, operation)?;
        }
        loop {
            self.flush(vm, operation)?;
            let hello = self.engine.borrow().hello();
            if let Some(hello) = hello {
                self.answer(vm, operation, hello)?;
                continue;
            }
            if !self.engine.borrow().is_handshaking() {
                break;
            }
            if !self.pull(vm, operation)? {
                let fault = self.engine.borrow_mut().cut_off();
                return fault.raise(vm, operation.line);
            }
        }
        if !self.is_done.replace(true) {
            self.finish();
        }
        Ok(())
    }

    /// What is to be kept of a handshake that is done.
    fn finish(&self) {
        let engine = self.engine.borrow();
        let certificates = engine.connection().and_then(|connection| connection.peer_certificates());
        let parsed: Vec<_> = certificates
            .into_iter()
            .flatten()
            .filter_map(|der| Certificate::parse(der).map(Arc::new))
            .collect();
        let shared = self.context();
        let stats = &context(&shared).stats;
        count(if self.server { &stats.accept_good } else { &stats.connect_good });
        if engine.is_resumed() {
            count(&stats.hits);
        }
        *self.peer.borrow_mut() = parsed;
    }

    /// Sends a client's first message.
    fn start(&self, vm: &Vm, operation: &mut Operation) -> PyResult<()> {
        let shared = self.context();
        let context = context(&shared);
        count(&context.stats.connect);
        let given = self.session.borrow().as_ref().and_then(|session| {
            let session = session.downcast::<Session>()?;
            // Another host must be verified itself.
            (session.host == self.host).then(|| session.tickets.clone())
        });
        let tickets = Arc::new(Tickets::resuming(given));
        *self.tickets.borrow_mut() = tickets.clone();
        let key_log = context.logs_keys().then(|| self.key_lines.clone());
        let config = {
            let mut settings = context.settings.borrow_mut();
            let versions = settings.versions(context.protocol == protocol::TLS1_2);
            versions.and_then(|versions| settings.client_config(&versions, tickets, key_log))
        };
        // Addresses, and names that cannot be sent, go without a name.
        let nameless = || ServerName::IpAddress(IpAddr::from([0, 0, 0, 0]).into());
        let name = match self.host.as_deref() {
            Some(host) => ServerName::try_from(host.to_string()).unwrap_or_else(|_| nameless()),
            None => nameless(),
        };
        let started = config.and_then(|config| self.engine.borrow_mut().start_client(config, name));
        match started {
            Ok(()) => Ok(()),
            Err(fault) => self.raise(vm, operation, &fault),
        }
    }

    /// Answers a client's first message, after the callback for its server name.
    fn answer(&self, vm: &Vm, operation: &mut Operation, hello: super::engine::Hello) -> PyResult<()> {
        let before = self.context();
        count(&context(&before).stats.accept);
        let callback = context(&before).sni_callback.borrow().clone();
        if let Some(callback) = callback {
            let has_owner = self.owner.borrow().is_some();
            let object = if has_owner { self.owner() } else { self.transport.socket() };
            let Some(object) = object else {
                let fault = Fault::ssl("CALLBACK_FAILED");
                let fault = self.engine.borrow_mut().refuse(AlertDescription::InternalError, fault);
                return self.raise(vm, operation, &fault);
            };
            let name = hello.server_name.as_deref().map_or(Value::NONE, Value::from);
            let alert = match vm.call(&callback, &[object, name, before.clone()]) {
                Ok(answer) if answer.is_none() => None,
                Ok(answer) => match int32(vm, &answer) {
                    Ok(alert) => Some(AlertDescription::from(alert as u8)),
                    Err(raised) => {
                        let exception = vm.take_raised(raised);
                        let shown = vm.repr_text(&answer).unwrap_or_default();
                        report(vm, &exception, &format!("(result={shown})"));
                        Some(AlertDescription::InternalError)
                    }
                },
                Err(raised) => {
                    let exception = vm.take_raised(raised);
                    report(vm, &exception, &vm.repr_text(&callback).unwrap_or_default());
                    Some(AlertDescription::HandshakeFailure)
                }
            };
            if let Some(alert) = alert {
                let fault = self.engine.borrow_mut().refuse(alert, Fault::ssl("CALLBACK_FAILED"));
                return self.raise(vm, operation, &fault);
            }
        }
        // The callback may have put another context in its place.
        let shared = self.context();
        let context = context(&shared);
        let key_log = context.logs_keys().then(|| self.key_lines.clone());
        let config = {
            let mut settings = context.settings.borrow_mut();
            let mut engine = self.engine.borrow_mut();
            engine.check.accept_any = settings.verify_mode == VerifyMode::None;
            engine.check.policy.store = settings.store.clone();
            engine.check.policy.flags = settings.verify_flags;
            if settings.has_keys() {
                let versions = settings.versions(context.protocol == protocol::TLS1_2);
                versions
                    .and_then(|versions| settings.server_config(&versions, hello.alpn.as_deref(), key_log))
            } else {
                Err(Fault::ssl("NO_SHARED_CIPHER"))
            }
        };
        let accepted = {
            let mut engine = self.engine.borrow_mut();
            match config {
                Ok(config) => engine.accept_with(config),
                Err(fault) => Err(engine.refuse(AlertDescription::HandshakeFailure, fault)),
            }
        };
        match accepted {
            Ok(()) => Ok(()),
            Err(fault) => self.raise(vm, operation, &fault),
        }
    }

    /// Waits for plain text: how much there is, 0 once the peer closed.
    fn wait_readable(&self, vm: &Vm, operation: &mut Operation) -> PyResult<usize> {
        loop {
            let failure = self.engine.borrow().failure().cloned();
            if let Some(failure) = failure {
                return match failure.again(operation.line) {
                    Some((fault, line)) => fault.raise(vm, line),
                    None => Ok(0),
                };
            }
            if !self.is_done.get() {
                self.handshake(vm, operation)?;
            }
            let (readable, closed, sent_close) = {
                let mut engine = self.engine.borrow_mut();
                (engine.n_readable(), engine.peer_closed(), engine.sent_close)
            };
            if readable > 0 {
                return Ok(readable);
            }
            if closed && sent_close {
                return Fault::zero_return().raise(vm, operation.line);
            }
            if closed {
                return Ok(0);
            }
            let pulled = self.pull(vm, operation)?;
            // Answers to what is no plain text, such as new keys: they can wait if the peer does not read.
            let output = self.engine.borrow_mut().take_output();
            self.transport.put(output);
            self.transport.flush(vm, operation, false)?;
            if !pulled {
                let shared = self.context();
                let lenient =
                    context(&shared).settings.borrow().options & options::IGNORE_UNEXPECTED_EOF != 0;
                if lenient && self.transport.partial.borrow().is_empty() {
                    return Ok(0);
                }
                let fault = self.engine.borrow_mut().cut_off();
                return fault.raise(vm, operation.line);
            }
        }
    }
}

/// Tells of an error in a callback for server names.
fn report(vm: &Vm, exception: &Gc<Exception>, what: &str) {
    let message =
        format!("Exception ignored in ssl servername callback while calling set SNI callback {what}");
    unraisable_with(vm, exception, Some(message.as_bytes()), None);
}

fn read(vm: &Vm, args: Args<'_>) -> PyResult {
    let given = args.skip_first();
    given.no_keywords(vm, "read")?;
    ouro_runtime::native::binding::check_positional_count(vm, "_ssl._SSLSocket.read", given.len(), 1, 2)?;
    let size = vm.to_i64(given.value(0))?;
    let tls = args.this::<Tls>();
    let buffer = given.get(1);
    let size = match buffer {
        None if size < 0 => return vm.raise(Exc::ValueError, "size should not be negative"),
        None => size as usize,
        Some(buffer) => {
            let length = match vm.writable_len(buffer, "read") {
                Ok(length) => length,
                Err(raised) if vm.raised_is(&raised, Exc::TypeError) => {
                    drop(vm.take_raised(raised));
                    let wanted = "read-write bytes-like object";
                    return vm.raise_bad_argument("read", "argument 2", wanted, buffer);
                }
                Err(raised) => return Err(raised),
            };
            if size <= 0 || size as usize > length { length } else { size as usize }
        }
    };
    let mut operation = tls.transport.begin(vm, line::READ)?;
    let available = if size == 0 { 0 } else { tls.wait_readable(vm, &mut operation)? };
    let mut bytes = vec![0; size.min(available)];
    let n = tls.engine.borrow_mut().read_plain(&mut bytes);
    bytes.truncate(n);
    match buffer {
        None => Ok(Bytes::from_vec(bytes).into()),
        Some(buffer) => {
            vm.fill_buffer(buffer, "read", |out| {
                let n = out.len().min(bytes.len());
                out[..n].copy_from_slice(&bytes[..n]);
            })?;
            Ok(n.into())
        }
    }
}

fn write(vm: &Vm, args: Args<'_>) -> PyResult {
    let tls = args.this::<Tls>();
    let bytes = vm.bytes_argument(args.value(1))?.to_vec();
    let mut operation = tls.transport.begin(vm, line::WRITE)?;
    if !tls.is_done.get() {
        tls.handshake(vm, &mut operation)?;
    }
    let (failure, sent_close) = {
        let engine = tls.engine.borrow();
        (engine.failure().cloned(), engine.sent_close)
    };
    if let Some((fault, line)) = failure.as_ref().and_then(|fault| fault.again(operation.line)) {
        return fault.raise(vm, line);
    }
    if sent_close {
        return Fault::ssl("PROTOCOL_IS_SHUTDOWN").raise(vm, operation.line);
    }
    if tls.n_accepted.get() > bytes.len() {
        return Fault::ssl("BAD_WRITE_RETRY").raise(vm, operation.line);
    }
    loop {
        tls.flush(vm, &mut operation)?;
        let from = tls.n_accepted.get();
        if from >= bytes.len() {
            break;
        }
        let chunk = &bytes[from..bytes.len().min(from + MAX_PLAIN)];
        let n = tls.engine.borrow_mut().write_plain(chunk);
        if n == 0 {
            return Fault::ssl("INTERNAL_ERROR").raise(vm, operation.line);
        }
        tls.n_accepted.set(from + n);
    }
    tls.n_accepted.set(0);
    Ok(bytes.len().into())
}

fn shutdown(vm: &Vm, args: Args<'_>) -> PyResult {
    let tls = args.this::<Tls>();
    let mut operation = tls.transport.begin(vm, line::SHUTDOWN)?;
    if !tls.is_done.get() || tls.engine.borrow().failure().is_some() {
        return Fault::ssl("SHUTDOWN_WHILE_IN_INIT").raise(vm, operation.line);
    }
    if !tls.engine.borrow().sent_close {
        tls.engine.borrow_mut().send_close();
    }
    tls.flush(vm, &mut operation)?;
    loop {
        let (readable, closed) = {
            let mut engine = tls.engine.borrow_mut();
            (engine.n_readable(), engine.peer_closed())
        };
        if readable > 0 {
            return Fault::ssl("APPLICATION_DATA_AFTER_CLOSE_NOTIFY").raise(vm, operation.line);
        }
        if closed {
            break;
        }
        if !tls.pull(vm, &mut operation)? {
            let fault = tls.engine.borrow_mut().cut_off();
            return fault.raise(vm, operation.line);
        }
    }
    Ok(tls.transport.socket().unwrap_or(Value::NONE))
}

fn getpeercert(vm: &Vm, args: Args<'_>) -> PyResult {
    let tls = args.this::<Tls>();
    let binary = args.get(1).map_or(Ok(false), |binary| vm.truth(binary))?;
    if !tls.is_done.get() {
        return vm.raise(Exc::ValueError, "handshake not done yet");
    }
    let first = tls.peer.borrow().first().cloned();
    let Some(certificate) = first else { return Ok(Value::NONE) };
    if binary {
        return Ok(Bytes::new(&certificate.der).into());
    }
    let shared = tls.context();
    if context(&shared).settings.borrow().verify_mode == VerifyMode::None {
        return Ok(ouro_runtime::objects::dict::Dict::new().into());
    }
    described::describe(vm, &certificate)
}

fn shared_ciphers(vm: &Vm, args: Args<'_>) -> PyResult {
    let tls = args.this::<Tls>();
    if !tls.server || !tls.is_done.get() {
        return Ok(Value::NONE);
    }
    let shared = tls.context();
    let chosen = context(&shared).settings.borrow().ciphers.clone();
    let offered = tls.engine.borrow().offered.clone();
    let common = chosen.into_iter().filter(|cipher| offered.contains(&cipher.suite.suite()));
    Ok(List::new(common.map(|cipher| cipher_tuple(vm, cipher)).collect()).into())
}

fn set_context(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let new = given(vm, value, "context", new)?;
    if new.downcast::<Context>().is_none() {
        return vm.raise(Exc::TypeError, "The value must be a SSLContext");
    }
    let _old = this::<Tls>(value).context.replace(new.clone());
    Ok(())
}

fn session(vm: &Vm, value: &Value) -> PyResult {
    let tls = this::<Tls>(value);
    if tls.server || tls.engine.borrow().is_idle() {
        return Ok(tls.session.borrow().clone().unwrap_or(Value::NONE));
    }
    let tickets = tls.tickets.borrow().clone();
    let known = tls.session.borrow().clone();
    if let Some(known) = known.filter(|known| {
        let session = known.downcast::<Session>();
        let resumed = tls.engine.borrow().is_resumed();
        session.is_some_and(|session| resumed || Arc::ptr_eq(&session.tickets, &tickets))
    }) {
        return Ok(known);
    }
    let mut id = [0; 32];
    if let Err(error) = vm.host.random_bytes(&mut id) {
        return vm.raise_os_error(&error, None);
    }
    let body = Session {
        tickets,
        id,
        context: tls.context(),
        host: tls.host.clone(),
        time: vm.host.real_now() / 1_000_000_000,
    };
    let session: Value = heap::alloc(&vm.class_of::<Session>(), body).into();
    let _old = tls.session.replace(Some(session.clone()));
    Ok(session)
}

fn set_session(vm: &Vm, value: &Value, new: Option<&Value>) -> PyResult<()> {
    let tls = this::<Tls>(value);
    let new = given(vm, value, "session", new)?;
    let Some(session) = new.downcast::<Session>() else {
        return vm.raise(Exc::TypeError, "Value is not a SSLSession.");
    };
    if session.context.id() != tls.context().id() {
        return vm.raise(Exc::ValueError, "Session refers to a different SSLContext.");
    }
    if tls.server {
        return vm.raise(Exc::ValueError, "Cannot set session for server-side SSLSocket.");
    }
    if !tls.engine.borrow().is_idle() {
        return vm.raise(Exc::ValueError, "Cannot set session after handshake.");
    }
    let _old = tls.session.replace(Some(new.clone()));
    Ok(())
}
