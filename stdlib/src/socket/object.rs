//! The class `_socket.socket`: making, joining to addresses, closing.

use std::cell::Cell;
use std::io;

use ouro_runtime::class::{Slots, Type, TypeSpec, type_flags};
use ouro_runtime::exceptions::unraisable_doing;
use ouro_runtime::heap::{self, Payload};
use ouro_runtime::objects::float;
use ouro_runtime::{Args, Exc, Gc, GetSet, NativeFn, PyResult, Value, Vm};

use super::attempt::{Attempt, repeat};
use super::{State, address, check_count, message, options, transfer};
use crate::convert::int32;
use crate::errors::os;
use crate::time::convert::{self, Round};

pub struct Socket {
    /// -1 while closed.
    pub fd: Cell<i32>,
    pub family: Cell<i32>,
    pub kind: Cell<i32>,
    pub protocol: Cell<i32>,
    /// In nanoseconds; below zero blocks, 0 never waits.
    pub timeout: Cell<i64>,
}

impl Payload for Socket {
    ouro_runtime::trace_fields!(; skip fd, family, kind, protocol, timeout);
}

pub static TYPE: TypeSpec = TypeSpec {
    name: "socket",
    module: "_socket",
    doc: "socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object\nsocket(family=-1, type=-1, proto=-1, fileno=None) -> socket object\n\nOpen a socket of the given type.",
    flags: type_flags::BASE_TYPE | type_flags::WITH_EXTRA,
    new: Some(NativeFn::new("socket", |_, args| Ok(Socket::empty(args.this::<Type>()).into()))),
    init: Some(NativeFn::new("socket($self, family=-1, type=-1, proto=-1, fileno=None)", init)),
    methods: &[
        NativeFn::new("_accept($self, /)", accept).doc(
            "Wait for an incoming connection.  Return a new file descriptor and the address of the client.",
        ),
        NativeFn::new("bind($self, object, /)", bind).doc("Bind the socket to a local address."),
        NativeFn::new("close($self, /)", close).doc("Close the socket.  It cannot be used after this call."),
        NativeFn::new("connect($self, object, /)", connect).doc("Connect the socket to a remote address."),
        NativeFn::new("connect_ex($self, object, /)", connect_ex)
            .doc("This is like connect(address), but returns an error code instead of raising an exception."),
        NativeFn::new("detach($self, /)", |_, args| {
            Ok(Value::small(args.this::<Socket>().fd.replace(-1).into()))
        })
        .doc("Close the socket object without closing the underlying file descriptor."),
        NativeFn::new("fileno($self, /)", |_, args| Ok(Value::small(args.this::<Socket>().fd.get().into())))
            .doc("Return the integer file descriptor of the socket."),
        NativeFn::new("getpeername($self, /)", getpeername).doc("Return the address of the remote endpoint."),
        NativeFn::new("getsockname($self, /)", getsockname).doc("Return the address of the local endpoint."),
        NativeFn::new("getsockopt", options::getsockopt).doc("Get a socket option."),
        NativeFn::new("listen", listen).doc("Enable a server to accept connections."),
        NativeFn::new("recv", transfer::recv).doc("Receive up to buffersize bytes from the socket."),
        NativeFn::new("recv_into($self, buffer, nbytes=0, flags=0)", transfer::recv_into)
            .doc("A version of recv() that stores its data into a buffer rather than creating a new string."),
        NativeFn::new("recvfrom", transfer::recvfrom)
            .doc("Like recv(buffersize, flags) but also return the sender's address info."),
        NativeFn::new("recvfrom_into($self, buffer, nbytes=0, flags=0)", transfer::recvfrom_into)
            .doc("Like recv_into(buffer[, nbytes[, flags]]) but also return the sender's address info."),
        NativeFn::new("send", transfer::send).doc("Send a data string to the socket."),
        NativeFn::new("sendall", transfer::sendall)
            .doc("Send a data string to the socket, until all of it is sent."),
        NativeFn::new("sendto", transfer::sendto)
            .doc("Like send(data, flags) but allows specifying the destination address."),
        NativeFn::new("setblocking($self, object, /)", setblocking)
            .doc("Set the socket to blocking (flag is true) or non-blocking (false)."),
        NativeFn::new("getblocking($self, /)", |_, args| {
            Ok((args.this::<Socket>().timeout.get() != 0).into())
        })
        .doc("Returns True if socket is in blocking mode, or False if it is in non-blocking mode."),
        NativeFn::new("settimeout($self, object, /)", settimeout).doc("Set a timeout on socket operations."),
        NativeFn::new("gettimeout($self, /)", |_, args| {
            Ok(timeout_value(args.this::<Socket>().timeout.get()))
        })
        .doc("Returns the timeout in seconds (float) associated with socket operations."),
        NativeFn::new("setsockopt", options::setsockopt).doc("Set a socket option."),
        NativeFn::new("shutdown($self, object, /)", shutdown)
            .doc("Shut down the reading side of the socket, the writing side of the socket, or both ends."),
        NativeFn::new("recvmsg", message::recvmsg)
            .doc("Receive normal data (up to bufsize bytes) and ancillary data from the socket."),
        NativeFn::new("recvmsg_into", message::recvmsg_into)
            .doc("Receive normal data and ancillary data from the socket, scattering the data into buffers."),
        NativeFn::new("sendmsg", message::sendmsg)
            .doc("Send normal and ancillary data to the socket, gathering the data from buffers."),
        NativeFn::new("sendmsg_afalg", message::sendmsg_afalg)
            .doc("Set operation mode, IV and length of associated data for an AF_ALG operation socket."),
    ],
    getset: &[
        GetSet {
            doc: "the socket family",
            ..GetSet::read_only("family", |_, value| small(&this(value).family))
        },
        GetSet { doc: "the socket type", ..GetSet::read_only("type", |_, value| small(&this(value).kind)) },
        GetSet {
            doc: "the socket protocol",
            ..GetSet::read_only("proto", |_, value| small(&this(value).protocol))
        },
        GetSet {
            doc: "the socket timeout",
            ..GetSet::read_only("timeout", |_, value| Ok(timeout_value(this(value).timeout.get())))
        },
    ],
    slots: Slots { repr: Some(repr), finalize: Some(finalize), ..Slots::NONE },
    ..TypeSpec::DEFAULT
};

fn this(value: &Value) -> &Gc<Socket> {
    value.downcast().expect("slots see instances of their class")
}

fn small(cell: &Cell<i32>) -> PyResult {
    Ok(Value::small(cell.get().into()))
}

/// A timeout in seconds; None if there is none.
pub fn timeout_value(timeout: i64) -> Value {
    if timeout < 0 { Value::NONE } else { convert::seconds(timeout) }
}

/// A timeout argument, in nanoseconds; -1 for None.
pub fn timeout_argument(vm: &Vm, value: &Value) -> PyResult<i64> {
    if value.is_none() {
        return Ok(-1);
    }
    let timeout = convert::duration_ns(vm, value, Round::Timeout)?;
    if timeout < 0 {
        return vm.raise(Exc::ValueError, "Timeout value out of range");
    }
    Ok(timeout)
}

impl Socket {
    fn empty(class: &Gc<Type>) -> Gc<Socket> {
        let body = Socket {
            fd: Cell::new(-1),
            family: Cell::new(0),
            kind: Cell::new(0),
            protocol: Cell::new(0),
            timeout: Cell::new(-1),
        };
        heap::alloc_for(class, body)
    }

    /// A socket over a descriptor of ours, of the class `_socket.socket`.
    pub fn over(vm: &Vm, fd: i32, family: i32, kind: i32, protocol: i32) -> PyResult<Gc<Socket>> {
        let socket = Socket::empty(&vm.class_of::<Socket>());
        socket.set_up(vm, fd, family, kind, protocol)?;
        Ok(socket)
    }

    /// Takes a descriptor over.
    fn set_up(&self, vm: &Vm, fd: i32, family: i32, kind: i32, protocol: i32) -> PyResult<()> {
        self.fd.set(fd);
        self.family.set(family);
        self.kind.set(kind & !libc::SOCK_NONBLOCK & !libc::SOCK_CLOEXEC);
        self.protocol.set(protocol);
        if kind & libc::SOCK_NONBLOCK != 0 {
            self.timeout.set(0);
            return Ok(());
        }
        let timeout = vm.state::<State>().default_timeout.get();
        self.timeout.set(timeout);
        if timeout >= 0 {
            os(vm, vm.host.set_nonblocking(fd, true))?;
        }
        Ok(())
    }
}

fn init(vm: &Vm, args: Args<'_>) -> PyResult {
    let socket = args.this::<Socket>();
    let number = |at: usize| args.get(at).map_or(Ok(-1), |value| int32(vm, value));
    let (mut family, mut kind, mut protocol) = (number(1)?, number(2)?, number(3)?);
    vm.audit("socket.__new__", || {
        let numbers = [family, kind, protocol].map(|n| Value::small(n.into()));
        std::iter::once(args.value(0).clone()).chain(numbers).collect()
    })?;
    let fd = match args.get_not_none(4) {
        Some(fileno) => {
            if float::as_float(fileno).is_some() {
                return vm.raise_type_of("'{}' object cannot be interpreted as an integer", fileno);
            }
            let fd = super::descriptor(vm, fileno)?;
            if fd < 0 {
                return vm.raise(Exc::ValueError, "negative file descriptor");
            }
            match vm.host.local_address(fd) {
                Ok(address) if family == -1 => family = address.family(),
                Ok(_) => {}
                Err(error) => {
                    let useless = matches!(error.raw_os_error(), Some(libc::EBADF | libc::ENOTSOCK));
                    if family == -1 || useless {
                        return vm.raise_os_error(&error, None);
                    }
                }
            }
            if kind == -1 {
                kind = os(vm, vm.host.socket_option_int(fd, libc::SOL_SOCKET, libc::SO_TYPE))?;
            }
            if protocol == -1 {
                protocol = os(vm, vm.host.socket_option_int(fd, libc::SOL_SOCKET, libc::SO_PROTOCOL))?;
            }
            fd
        }
        None => {
            let or = |n: i32, default: i32| if n == -1 { default } else { n };
            family = or(family, libc::AF_INET);
            kind = or(kind, libc::SOCK_STREAM);
            protocol = or(protocol, 0);
            os(vm, vm.host.socket(family, kind, protocol))?
        }
    };
    socket.set_up(vm, fd, family, kind, protocol)?;
    Ok(Value::NONE)
}

fn repr(_vm: &Vm, value: &Value) -> PyResult {
    let this = this(value);
    let [fd, family, kind, protocol] = [&this.fd, &this.family, &this.kind, &this.protocol].map(Cell::get);
    Ok(format!("<socket object, fd={fd}, family={family}, type={kind}, proto={protocol}>").into())
}

/// Closes what nobody closed, and says so.
fn finalize(vm: &Vm, value: &Value) -> PyResult {
    let this = this(value);
    if this.fd.get() < 0 {
        return Ok(Value::NONE);
    }
    if let Err(raised) = warn_unclosed(vm, value) {
        // When the program ends there can be other errors than that of a filter that makes errors of warnings.
        let is_warning = vm.raised_is(&raised, Exc::Warning);
        let exception = vm.take_raised(raised);
        if is_warning {
            unraisable_doing(vm, &exception, "finalizing socket", value);
        }
    }
    let fd = this.fd.replace(-1);
    if fd >= 0 {
        // There is nobody to tell of an error.
        let _ = vm.host.close(fd);
    }
    Ok(Value::NONE)
}

fn warn_unclosed(vm: &Vm, value: &Value) -> PyResult<()> {
    // Ignored by default: without `warnings` loaded or options given nobody can have changed that.
    if vm.modules.get_str(&vm.names.warnings).is_none() && !crate::sys::has_warn_options(vm) {
        return Ok(());
    }
    let shown = vm.repr_text(value)?;
    vm.warn_with_source(Exc::ResourceWarning, &format!("unclosed {shown}"), 1, value)
}

fn accept(vm: &Vm, args: Args<'_>) -> PyResult {
    let socket = args.this::<Socket>();
    let (fd, peer) = repeat(vm, socket, (libc::POLLIN, 0), |fd| vm.host.accept(fd))?;
    match address::to_python(vm, &peer, socket.protocol.get()) {
        Ok(peer) => Ok(vm.tuple(&[Value::small(fd.into()), peer])),
        Err(raised) => {
            let _ = vm.host.close(fd);
            Err(raised)
        }
    }
}

fn bind(vm: &Vm, args: Args<'_>) -> PyResult {
    let socket = args.this::<Socket>();
    let address = address::parse(vm, socket, args.value(1), "bind")?;
    vm.audit("socket.bind", || vec![args.value(0).clone(), args.value(1).clone()])?;
    os(vm, vm.host.bind(socket.fd.get(), &address))?;
    Ok(Value::NONE)
}

fn close(vm: &Vm, args: Args<'_>) -> PyResult {
    let fd = args.this::<Socket>().fd.replace(-1);
    if fd >= 0 {
        match vm.host.close(fd) {
            // The peer is gone, which is no concern of whoever leaves as well.
            Err(error) if error.raw_os_error() != Some(libc::ECONNRESET) => {
                return vm.raise_os_error(&error, None);
            }
            _ => {}
        }
    }
    Ok(Value::NONE)
}

fn connect(vm: &Vm, args: Args<'_>) -> PyResult {
    match connect_to(vm, args, "connect")? {
        Ok(()) => Ok(Value::NONE),
        Err(error) => vm.raise_os_error(&error, None),
    }
}

fn connect_ex(vm: &Vm, args: Args<'_>) -> PyResult {
    match connect_to(vm, args, "connect_ex") {
        Ok(result) => {
            let code = result.err().and_then(|error| error.raw_os_error()).unwrap_or(0);
            Ok(Value::small(code.into()))
        }
        Err(raised) => Err(raised),
    }
}

/// Connects; what the system says against it comes back.
fn connect_to(vm: &Vm, args: Args<'_>, caller: &str) -> PyResult<io::Result<()>> {
    let socket = args.this::<Socket>();
    let address = address::parse(vm, socket, args.value(1), caller)?;
    vm.audit("socket.connect", || vec![args.value(0).clone(), args.value(1).clone()])?;
    let fd = socket.fd.get();
    let error = match Attempt::new(socket).make(vm, || vm.host.connect(fd, &address)) {
        Ok(()) => return Ok(Ok(())),
        Err(error) => error,
    };
    // A connection that was interrupted is made all the same: it is waited for, as one that takes time.
    let waits = match error.raw_os_error() {
        Some(libc::EINTR) => {
            vm.check_signals()?;
            socket.timeout.get() != 0
        }
        Some(libc::EINPROGRESS) => socket.timeout.get() > 0,
        _ => false,
    };
    if !waits {
        return Ok(Err(error));
    }
    let waited = Attempt::new(socket).wait_any(vm, fd, libc::POLLOUT | libc::POLLERR);
    if caller == "connect" {
        waited?;
    } else if vm.catch(waited, Exc::TimeoutError)?.is_none() {
        return Ok(Err(io::Error::from_raw_os_error(libc::EAGAIN)));
    }
    match os(vm, vm.host.socket_option_int(fd, libc::SOL_SOCKET, libc::SO_ERROR))? {
        0 | libc::EISCONN => Ok(Ok(())),
        code => Ok(Err(io::Error::from_raw_os_error(code))),
    }
}

fn getsockname(vm: &Vm, args: Args<'_>) -> PyResult {
    let socket = args.this::<Socket>();
    let found = os(vm, vm.host.local_address(socket.fd.get()))?;
    address::to_python(vm, &found, socket.protocol.get())
}

fn getpeername(vm: &Vm, args: Args<'_>) -> PyResult {
    let socket = args.this::<Socket>();
    let found = os(vm, vm.host.peer_address(socket.fd.get()))?;
    address::to_python(vm, &found, socket.protocol.get())
}

fn listen(vm: &Vm, args: Args<'_>) -> PyResult {
    check_count(vm, &args, 1, "listen", 0, 1)?;
    /// How many connections wait, unless told otherwise.
    const BACKLOG: i32 = 128;
    let backlog = args.get(1).map_or(Ok(BACKLOG), |backlog| vm.c_int_argument(backlog))?;
    os(vm, vm.host.listen(args.this::<Socket>().fd.get(), backlog.max(0)))?;
    Ok(Value::NONE)
}

fn setblocking(vm: &Vm, args: Args<'_>) -> PyResult {
    let timeout = if vm.truth(args.value(1))? { -1 } else { 0 };
    set_timeout(vm, args.this::<Socket>(), timeout)
}

fn settimeout(vm: &Vm, args: Args<'_>) -> PyResult {
    let timeout = timeout_argument(vm, args.value(1))?;
    set_timeout(vm, args.this::<Socket>(), timeout)
}

/// Descriptors of sockets with a timeout do not block: what waits is a poll before.
fn set_timeout(vm: &Vm, socket: &Socket, timeout: i64) -> PyResult {
    socket.timeout.set(timeout);
    os(vm, vm.host.set_nonblocking(socket.fd.get(), timeout >= 0))?;
    Ok(Value::NONE)
}

fn shutdown(vm: &Vm, args: Args<'_>) -> PyResult {
    let how = int32(vm, args.value(1))?;
    os(vm, vm.host.shut_down(args.this::<Socket>().fd.get(), how))?;
    Ok(Value::NONE)
}
