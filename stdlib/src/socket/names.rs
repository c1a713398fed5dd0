//! Functions of the module: names of hosts, services and interfaces, numbers in network order.

use std::io;

use ouro_runtime::event_loop::EventLoop;
use ouro_runtime::host::{AddressInfo, GaiError, Host, HostEntry, HostLookup, SocketAddress};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::str::Str;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::objects::{bytes, int};
use ouro_runtime::{Args, Exc, Gc, NativeFn, PyResult, Value, Vm};

use super::object::{Socket, timeout_argument, timeout_value};
use super::{State, address, check_count, descriptor, idna, masked_u32, raise_coded, raise_gai, size};
use crate::errors::os;
use crate::os_path;

pub const FUNCTIONS: &[NativeFn] = &[
    NativeFn::new("gethostbyname", gethostbyname)
        .doc("gethostbyname(host) -> address\n\nReturn the IP address (a string of the form '255.255.255.255') for a host."),
    NativeFn::new("gethostbyname_ex", gethostbyname_ex).doc(
        "gethostbyname_ex(host) -> (name, aliaslist, addresslist)\n\nReturn the true host name, a list of aliases, and a list of IP addresses,\nfor a host.  The host argument is a string giving a host name or IP number.",
    ),
    NativeFn::new("gethostbyaddr", gethostbyaddr).doc(
        "gethostbyaddr(host) -> (name, aliaslist, addresslist)\n\nReturn the true host name, a list of aliases, and a list of IP addresses,\nfor a host.  The host argument is a string giving a host name or IP number.",
    ),
    NativeFn::new("gethostname()", |vm, _| {
        vm.audit("socket.gethostname", Vec::new)?;
        let name = os(vm, vm.host.host_name())?;
        Ok(os_path::decode(vm, &name)?.into())
    })
    .doc("gethostname() -> string\n\nReturn the current host name."),
    NativeFn::new("sethostname", sethostname)
        .doc("sethostname(name)\n\nSets the hostname to name."),
    NativeFn::new("getservbyname", getservbyname)
        .doc("getservbyname(servicename[, protocolname]) -> integer\n\nReturn a port number from a service name and protocol name.\nThe optional protocol name, if given, should be 'tcp' or 'udp',\notherwise any protocol will match."),
    NativeFn::new("getservbyport", getservbyport)
        .doc("getservbyport(port[, protocolname]) -> string\n\nReturn the service name from a port number and protocol name.\nThe optional protocol name, if given, should be 'tcp' or 'udp',\notherwise any protocol will match."),
    NativeFn::new("getprotobyname", getprotobyname)
        .doc("getprotobyname(name) -> integer\n\nReturn the protocol number for the named protocol.  (Rarely used.)"),
    NativeFn::new("close(object, /)", |vm, args| {
        let fd = descriptor(vm, args.value(0))?;
        match vm.host.close(fd) {
            Err(error) if error.raw_os_error() != Some(libc::ECONNRESET) => vm.raise_os_error(&error, None),
            _ => Ok(Value::NONE),
        }
    })
    .doc("close(integer) -> None\n\nClose an integer socket file descriptor.  This is like os.close(), but for\nsockets; on some platforms os.close() won't work for socket file descriptors."),
    NativeFn::new("dup(object, /)", |vm, args| {
        let fd = descriptor(vm, args.value(0))?;
        Ok(Value::small(os(vm, vm.host.duplicate(fd, false))?.into()))
    })
    .doc("dup(integer) -> integer\n\nDuplicate an integer socket file descriptor.  This is like os.dup(), but for\nsockets; on some platforms os.dup() won't work for socket file descriptors."),
    NativeFn::new("socketpair", socketpair)
        .doc("socketpair([family[, type [, proto]]]) -> (socket object, socket object)\n\nCreate a pair of socket objects from the sockets returned by the platform\nsocketpair() function.\nThe arguments are the same as for socket() except the default family is\nAF_UNIX if defined on the platform; otherwise, the default is AF_INET."),
    NativeFn::new("ntohs(integer, /)", swap_16).doc("Convert a 16-bit unsigned integer from network to host byte order."),
    NativeFn::new("ntohl(integer, /)", swap_32).doc("Convert a 32-bit unsigned integer from network to host byte order."),
    NativeFn::new("htons(integer, /)", swap_16).doc("Convert a 16-bit unsigned integer from host to network byte order."),
    NativeFn::new("htonl(integer, /)", swap_32).doc("Convert a 32-bit unsigned integer from host to network byte order."),
    NativeFn::new("inet_aton(ip_addr, /)", inet_aton)
        .doc("Convert an IP address in string format (123.45.67.89) to the 32-bit packed binary format used in low-level network functions."),
    NativeFn::new("inet_ntoa(packed_ip, /)", inet_ntoa)
        .doc("Convert an IP address from 32-bit packed binary format to string format."),
    NativeFn::new("inet_pton", inet_pton)
        .doc("inet_pton(af, ip) -> packed IP address string\n\nConvert an IP address from string format to a packed string suitable\nfor use with low-level network functions."),
    NativeFn::new("inet_ntop", inet_ntop)
        .doc("inet_ntop(af, packed_ip) -> string formatted IP address\n\nConvert a packed IP address of the given family to string format."),
    NativeFn::new("getaddrinfo(host, port, family=0, type=0, proto=0, flags=0)", getaddrinfo)
        .doc("getaddrinfo(host, port [, family, type, proto, flags])\n    -> list of (family, type, proto, canonname, sockaddr)\n\nResolve host and port into addrinfo struct."),
    NativeFn::new("getnameinfo", getnameinfo)
        .doc("getnameinfo(sockaddr, flags) --> (host, port)\n\nGet host and port for a sockaddr."),
    NativeFn::new("_resolve(host, port, family, type, proto, flags, loop, /)", resolve)
        .doc("getaddrinfo() without blocking: a future of the event loop."),
    NativeFn::new("_resolve_name(sockaddr, flags, loop, /)", resolve_name)
        .doc("getnameinfo() without blocking: a future of the event loop."),
    NativeFn::new("getdefaulttimeout()", |vm, _| Ok(timeout_value(vm.state::<State>().default_timeout.get())))
        .doc("getdefaulttimeout() -> timeout\n\nReturns the default timeout in seconds (float) for new socket objects.\nA value of None indicates that new socket objects have no timeout.\nWhen the socket module is first imported, the default is None."),
    NativeFn::new("setdefaulttimeout(object, /)", |vm, args| {
        let timeout = timeout_argument(vm, args.value(0))?;
        vm.state::<State>().default_timeout.set(timeout);
        Ok(Value::NONE)
    })
    .doc("setdefaulttimeout(timeout)\n\nSet the default timeout in seconds (float) for new socket objects.\nA value of None indicates that new socket objects have no timeout.\nWhen the socket module is first imported, the default is None."),
    NativeFn::new("if_nameindex()", if_nameindex)
        .doc("if_nameindex()\n\nReturns a list of network interface information (index, name) tuples."),
    NativeFn::new("if_nametoindex(oname, /)", |vm, args| {
        let name = os_path::Path::from_value(vm, args.value(0))?;
        Ok(Value::small(os(vm, vm.host.interface_index(&name.bytes))?.into()))
    })
    .doc("Returns the interface index corresponding to the interface name if_name."),
    NativeFn::new("if_indextoname(if_index, /)", |vm, args| {
        let index = unsigned(vm, args.value(0), u32::MAX.into(), "unsigned int")? as u32;
        let name = os(vm, vm.host.interface_name(index))?;
        Ok(os_path::decode(vm, &name)?.into())
    })
    .doc("Returns the interface name corresponding to the interface index if_index."),
    NativeFn::new("CMSG_LEN", |vm, args| {
        control_size(vm, args, "CMSG_LEN", |len| len.checked_add(CONTROL_HEADER))
    })
    .doc("CMSG_LEN(length) -> control message length\n\nReturn the total length, without trailing padding, of an ancillary\ndata item with associated data of the given length."),
    NativeFn::new("CMSG_SPACE", |vm, args| {
        control_size(vm, args, "CMSG_SPACE", |len| {
            // There is padding before what follows.
            (len <= MAX_CONTROL - CONTROL_HEADER - CONTROL_ALIGNMENT)
                .then(|| (len + CONTROL_ALIGNMENT - 1) / CONTROL_ALIGNMENT * CONTROL_ALIGNMENT + CONTROL_HEADER)
        })
    })
    .doc("CMSG_SPACE(length) -> buffer size\n\nReturn the buffer size needed for recvmsg() to receive an ancillary\ndata item with associated data of the given length, along with any\ntrailing padding."),
];

const MAX_CONTROL: i64 = i32::MAX as i64;
const CONTROL_HEADER: i64 = 16;
const CONTROL_ALIGNMENT: i64 = 8;

fn control_size(vm: &Vm, args: Args<'_>, name: &str, space: impl Fn(i64) -> Option<i64>) -> PyResult {
    check_count(vm, &args, 0, name, 1, 1)?;
    let len = size(vm, args.value(0))?;
    match Some(len).filter(|&len| len >= 0).and_then(space) {
        Some(space) if space <= MAX_CONTROL => Ok(Value::small(space)),
        _ => vm.raise(Exc::OverflowError, format!("{name}() argument out of range")),
    }
}

/// An integer of so many bits without sign.
fn unsigned(vm: &Vm, value: &Value, max: i64, what: &str) -> PyResult<i64> {
    let index = vm.index(value)?;
    if int::is_negative(&index) {
        return vm.raise(Exc::ValueError, "Cannot convert negative int");
    }
    match int::as_i64(&index) {
        Some(n) if n <= max => Ok(n),
        _ => vm.raise(Exc::OverflowError, format!("Python int too large for C {what}")),
    }
}

fn swap_16(vm: &Vm, args: Args<'_>) -> PyResult {
    let n = unsigned(vm, args.value(0), u16::MAX.into(), "uint16_t")?;
    Ok(Value::small((n as u16).to_be().into()))
}

fn swap_32(vm: &Vm, args: Args<'_>) -> PyResult {
    let n = unsigned(vm, args.value(0), u32::MAX.into(), "uint32_t")?;
    Ok(Value::small((n as u32).to_be().into()))
}

/// A host name in `gethostbyname` and its like.
fn host_argument(vm: &Vm, args: &Args<'_>, name: &str) -> PyResult<Vec<u8>> {
    check_count(vm, args, 0, name, 1, 1)?;
    let value = args.value(0);
    let host = match value.downcast::<Str>() {
        Some(text) if text.is_ascii() => text.as_bytes().to_vec(),
        Some(text) => idna(vm, text)?,
        None => match bytes::bytes_or_bytearray(value) {
            Some(host) => host,
            None => return vm.raise_bad_argument(name, "argument 1", "str, bytes or bytearray", value),
        },
    };
    if host.contains(&0) {
        let wanted = "encoded string without null bytes";
        return vm.raise_bad_argument(name, "argument 1", wanted, value);
    }
    // The extended form is the same event.
    vm.audit(&format!("socket.{}", name.trim_end_matches("_ex")), || vec![value.clone()])?;
    Ok(host)
}

fn gethostbyname(vm: &Vm, args: Args<'_>) -> PyResult {
    let host = host_argument(vm, &args, "gethostbyname")?;
    let found = address::resolve(vm, &host, libc::AF_INET)?;
    Ok(Host::address_text(&found).into())
}

fn gethostbyname_ex(vm: &Vm, args: Args<'_>) -> PyResult {
    let host = host_argument(vm, &args, "gethostbyname_ex")?;
    address::resolve(vm, &host, libc::AF_INET)?;
    host_entry(vm, vm.blocking(|_| Host::host_by_name(&host)))
}

fn gethostbyaddr(vm: &Vm, args: Args<'_>) -> PyResult {
    let host = host_argument(vm, &args, "gethostbyaddr")?;
    let found = address::resolve(vm, &host, libc::AF_UNSPEC)?;
    let family = if found.len() == 4 { libc::AF_INET } else { libc::AF_INET6 };
    host_entry(vm, vm.blocking(|_| Host::host_by_address(family, &found)))
}

/// (name, aliases, addresses)
fn host_entry(vm: &Vm, found: Result<HostEntry, HostLookup>) -> PyResult {
    let entry = match found {
        Ok(entry) => entry,
        Err(error) => {
            let class = vm.state::<State>().herror.borrow().clone();
            return raise_coded(vm, class, error.code, &error.message);
        }
    };
    let mut aliases = Vec::new();
    for alias in &entry.aliases {
        aliases.push(os_path::decode(vm, alias)?.into());
    }
    let addresses = entry.addresses.iter().map(|address| Host::address_text(address).into());
    let name = os_path::decode(vm, &entry.name)?.into();
    Ok(vm.tuple(&[name, List::new(aliases).into(), List::new(addresses.collect()).into()]))
}

fn sethostname(vm: &Vm, args: Args<'_>) -> PyResult {
    check_count(vm, &args, 0, "sethostname", 1, 1)?;
    let name = match args.value(0).downcast::<Bytes>() {
        Some(name) => name.as_slice().to_vec(),
        None => os_path::Path::from_value(vm, args.value(0))?.bytes,
    };
    vm.audit("socket.sethostname", || vec![args.value(0).clone()])?;
    os(vm, vm.host.set_host_name(&name))?;
    Ok(Value::NONE)
}

/// A text argument at a position.
fn text<'a>(vm: &Vm, args: &Args<'a>, at: usize, name: &str) -> PyResult<Option<&'a str>> {
    let Some(value) = args.get(at) else { return Ok(None) };
    vm.c_str_argument(value, name, &format!("argument {}", at + 1)).map(Some)
}

fn getservbyname(vm: &Vm, args: Args<'_>) -> PyResult {
    check_count(vm, &args, 0, "getservbyname", 1, 2)?;
    let name = text(vm, &args, 0, "getservbyname")?.unwrap_or("");
    let protocol = text(vm, &args, 1, "getservbyname")?;
    vm.audit("socket.getservbyname", || vec![name.into(), protocol.map_or(Value::NONE, Value::from)])?;
    match vm.host.service_by_name(name.as_bytes(), protocol.map(str::as_bytes)) {
        Some(port) => Ok(Value::small(port.into())),
        None => vm.raise(Exc::OSError, "service/proto not found"),
    }
}

fn getservbyport(vm: &Vm, args: Args<'_>) -> PyResult {
    check_count(vm, &args, 0, "getservbyport", 1, 2)?;
    let port = vm.c_int_argument(args.value(0))?;
    let protocol = text(vm, &args, 1, "getservbyport")?;
    let Ok(port) = u16::try_from(port) else {
        return vm.raise(Exc::OverflowError, "getservbyport: port must be 0-65535.");
    };
    vm.audit("socket.getservbyport", || {
        vec![Value::small(port.into()), protocol.map_or(Value::NONE, Value::from)]
    })?;
    match vm.host.service_by_port(port, protocol.map(str::as_bytes)) {
        Some(name) => Ok(os_path::decode(vm, &name)?.into()),
        None => vm.raise(Exc::OSError, "port/proto not found"),
    }
}

fn getprotobyname(vm: &Vm, args: Args<'_>) -> PyResult {
    check_count(vm, &args, 0, "getprotobyname", 1, 1)?;
    let name = text(vm, &args, 0, "getprotobyname")?.unwrap_or("");
    match vm.host.protocol_by_name(name.as_bytes()) {
        Some(protocol) => Ok(Value::small(protocol.into())),
        None => vm.raise(Exc::OSError, "protocol not found"),
    }
}

fn socketpair(vm: &Vm, args: Args<'_>) -> PyResult {
    check_count(vm, &args, 0, "socketpair", 0, 3)?;
    let number = |at: usize, default| args.get(at).map_or(Ok(default), |value| vm.c_int_argument(value));
    let (family, kind, protocol) = (number(0, libc::AF_UNIX)?, number(1, libc::SOCK_STREAM)?, number(2, 0)?);
    let (one, other) = os(vm, vm.host.socket_pair(family, kind, protocol))?;
    let first = match Socket::over(vm, one, family, kind, protocol) {
        Ok(first) => first,
        Err(raised) => {
            let _ = vm.host.close(other);
            return Err(raised);
        }
    };
    let second = Socket::over(vm, other, family, kind, protocol)?;
    Ok(vm.tuple(&[first.into(), second.into()]))
}

fn inet_aton(vm: &Vm, args: Args<'_>) -> PyResult {
    let text = vm.c_str_argument(args.value(0), "inet_aton", "argument")?;
    match vm.host.ipv4_loosely(text.as_bytes()) {
        Some(address) => Ok(Bytes::new(&address).into()),
        None => vm.raise(Exc::OSError, "illegal IP address string passed to inet_aton"),
    }
}

fn inet_ntoa(vm: &Vm, args: Args<'_>) -> PyResult {
    let packed = vm.bytes_argument(args.value(0))?.to_vec();
    if packed.len() != 4 {
        return vm.raise(Exc::OSError, "packed IP wrong length for inet_ntoa");
    }
    Ok(Host::address_text(&packed).into())
}

fn inet_pton(vm: &Vm, args: Args<'_>) -> PyResult {
    check_count(vm, &args, 0, "inet_pton", 2, 2)?;
    let family = vm.c_int_argument(args.value(0))?;
    let ip = text(vm, &args, 1, "inet_pton")?.unwrap_or("");
    match os(vm, Host::address_from_text(family, ip.as_bytes()))? {
        Some(address) => Ok(Bytes::from_vec(address).into()),
        None => vm.raise(Exc::OSError, "illegal IP address string passed to inet_pton"),
    }
}

fn inet_ntop(vm: &Vm, args: Args<'_>) -> PyResult {
    check_count(vm, &args, 0, "inet_ntop", 2, 2)?;
    let family = vm.c_int_argument(args.value(0))?;
    let packed = vm.bytes_argument(args.value(1))?.to_vec();
    let len = match family {
        libc::AF_INET => 4,
        libc::AF_INET6 => 16,
        _ => return vm.raise(Exc::ValueError, format!("unknown address family {family}")),
    };
    if packed.len() != len {
        return vm.raise(Exc::ValueError, "invalid length of packed IP address string");
    }
    Ok(Host::address_text(&packed).into())
}

/// What `getaddrinfo()` is asked: host, service, family, kind, protocol and flags.
struct AddressQuery(Option<Vec<u8>>, Option<Vec<u8>>, [i32; 4]);

impl AddressQuery {
    /// Blocks.
    fn answer(&self) -> Result<Vec<AddressInfo>, GaiError> {
        let [family, kind, protocol, flags] = self.2;
        Host::resolve(self.0.as_deref(), self.1.as_deref(), family, kind, protocol, flags)
    }
}

fn getaddrinfo(vm: &Vm, args: Args<'_>) -> PyResult {
    let query = address_query(vm, args)?;
    let found = vm.blocking(|_| query.answer());
    addresses(vm, found)
}

/// `_resolve(host, port, family, type, proto, flags, loop)`: a future of the loop for what `getaddrinfo()` gives.
fn resolve(vm: &Vm, args: Args<'_>) -> PyResult {
    let query = address_query(vm, args)?;
    let call = move || {
        let found = query.answer();
        move |vm: &Vm| addresses(vm, found)
    };
    Ok(EventLoop::offload(loop_argument(vm, args.value(6))?, vm, call)?.into())
}

/// `_resolve_name(sockaddr, flags, loop)`: a future of the loop for what `getnameinfo()` gives.
fn resolve_name(vm: &Vm, args: Args<'_>) -> PyResult {
    let (asked, flags) = name_query(vm, args)?;
    let call = move || {
        let found = Host::resolve_name(&asked, flags);
        move |vm: &Vm| name_and_service(vm, found)
    };
    Ok(EventLoop::offload(loop_argument(vm, args.value(2))?, vm, call)?.into())
}

fn loop_argument<'a>(vm: &Vm, value: &'a Value) -> PyResult<&'a Gc<EventLoop>> {
    match value.downcast::<EventLoop>() {
        Some(event_loop) => Ok(event_loop),
        None => vm.raise_type_of("an event loop was expected, got {}", value),
    }
}

fn address_query(vm: &Vm, args: Args<'_>) -> PyResult<AddressQuery> {
    let (host, port) = (args.value(0), args.value(1));
    let number = |at: usize| args.get(at).map_or(Ok(0), |value| vm.c_int_argument(value));
    let (family, kind, protocol, flags) = (number(2)?, number(3)?, number(4)?, number(5)?);
    let host_bytes = match host.downcast::<Str>() {
        _ if host.is_none() => None,
        Some(text) => Some(idna(vm, text)?),
        None => match host.downcast::<Bytes>() {
            Some(bytes) => Some(bytes.as_slice().to_vec()),
            None => return vm.raise(Exc::TypeError, "getaddrinfo() argument 1 must be string or None"),
        },
    };
    let service = if port.is_none() {
        None
    } else if int::is_int(port) {
        Some(vm.str(port)?.as_bytes().to_vec())
    } else if let Some(text) = port.downcast::<Str>() {
        Some(vm.utf8(text)?.as_bytes().to_vec())
    } else if let Some(bytes) = port.downcast::<Bytes>() {
        Some(bytes.as_slice().to_vec())
    } else {
        return vm.raise(Exc::OSError, "Int or String expected");
    };
    vm.audit("socket.getaddrinfo", || {
        let numbers = [family, kind, protocol].map(|n| Value::small(n.into()));
        [host.clone(), port.clone()].into_iter().chain(numbers).collect()
    })?;
    Ok(AddressQuery(host_bytes, service, [family, kind, protocol, flags]))
}

fn addresses(vm: &Vm, found: Result<Vec<AddressInfo>, GaiError>) -> PyResult {
    let found = match found {
        Ok(found) => found,
        Err(error) => return raise_gai(vm, error),
    };
    let mut answers = Vec::new();
    for info in &found {
        let numbers = [info.family, info.kind, info.protocol].map(|n| Value::small(n.into()));
        let [family, kind, number] = numbers;
        let name = os_path::decode(vm, &info.canonical_name)?.into();
        let address = address::to_python(vm, &info.address, info.protocol)?;
        answers.push(vm.tuple(&[family, kind, number, name, address]));
    }
    Ok(List::new(answers).into())
}

fn getnameinfo(vm: &Vm, args: Args<'_>) -> PyResult {
    check_count(vm, &args, 0, "getnameinfo", 2, 2)?;
    let (asked, flags) = name_query(vm, args)?;
    let found = vm.blocking(|_| Host::resolve_name(&asked, flags));
    name_and_service(vm, found)
}

/// What `getnameinfo()` is asked: an address and flags.
fn name_query(vm: &Vm, args: Args<'_>) -> PyResult<(SocketAddress, i32)> {
    let flags = vm.c_int_argument(args.value(1))?;
    let Some(tuple) = args.value(0).downcast::<Tuple>() else {
        return vm.raise(Exc::TypeError, "getnameinfo() argument 1 must be a tuple");
    };
    let items = tuple.items();
    let illegal = "getnameinfo(): illegal sockaddr argument";
    if !(2..=4).contains(&items.len()) {
        return vm.raise(Exc::TypeError, illegal);
    }
    let Some(host) = items[0].downcast::<Str>() else { return vm.raise(Exc::TypeError, illegal) };
    let host = vm.utf8(host)?.as_bytes().to_vec();
    if host.contains(&0) {
        return vm.raise(Exc::ValueError, "embedded null character");
    }
    let port = vm.c_int_argument(&items[1])?;
    let flow = items.get(2).map_or(Ok(0), |flow| masked_u32(vm, flow))?;
    let scope = items.get(3).map_or(Ok(0), |scope| masked_u32(vm, scope))?;
    address::check_flow(vm, flow, "getnameinfo")?;
    vm.audit("socket.getnameinfo", || vec![args.value(0).clone()])?;
    let port = port.to_string();
    let numeric = libc::AI_NUMERICHOST;
    let found =
        Host::resolve(Some(&host), Some(port.as_bytes()), libc::AF_UNSPEC, libc::SOCK_DGRAM, 0, numeric);
    let found = match found {
        Ok(found) => found,
        Err(error) => return raise_gai(vm, error),
    };
    let [only] = found.as_slice() else {
        return vm.raise(Exc::OSError, "sockaddr resolved to multiple addresses");
    };
    let mut asked = only.address;
    match only.family {
        libc::AF_INET if items.len() != 2 => {
            return vm.raise(Exc::OSError, "IPv4 sockaddr must be 2 tuple");
        }
        libc::AF_INET6 => asked = address::with_scope(&asked, flow, scope),
        _ => {}
    }
    Ok((asked, flags))
}

fn name_and_service(vm: &Vm, found: Result<(Vec<u8>, Vec<u8>), GaiError>) -> PyResult {
    match found {
        Ok((host, service)) => {
            let (host, service) = (os_path::decode(vm, &host)?, os_path::decode(vm, &service)?);
            Ok(vm.tuple(&[host.into(), service.into()]))
        }
        Err(error) => raise_gai(vm, error),
    }
}

fn if_nameindex(vm: &Vm, _args: Args<'_>) -> PyResult {
    let found: io::Result<_> = vm.host.interfaces();
    let mut interfaces = Vec::new();
    for (index, name) in os(vm, found)? {
        let name = os_path::decode(vm, &name)?.into();
        interfaces.push(vm.tuple(&[Value::small(index.into()), name]));
    }
    Ok(List::new(interfaces).into())
}
