//! Addresses: what Python gives and gets for the bytes that the system uses. A layout is written where its family is parsed.

use ouro_runtime::host::{Host, SocketAddress};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::int;
use ouro_runtime::objects::str::Str;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::{Exc, PyResult, Value, Vm};

use super::object::Socket;
use super::{host_name, masked_u32, masked_u64, raise_gai};
use crate::os_path;

/// Size of the family at the beginning of each address.
const FAMILY: usize = 2;
/// Room for the path of a Unix socket.
const UNIX_PATH: usize = 108;
/// `CAN_J1939`, whose addresses are not those of other CAN sockets.
const CAN_J1939: i32 = 7;
const AF_QIPCRTR: i32 = 42;
const CAN_RAW: i32 = 1;
const CAN_BCM: i32 = 2;
const CAN_ISOTP: i32 = 6;

/// Bytes of an address under construction.
struct Layout(Vec<u8>);

impl Layout {
    fn new(family: i32) -> Layout {
        Layout((family as u16).to_ne_bytes().to_vec())
    }

    fn put(mut self, bytes: &[u8]) -> Layout {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Zeros up to a size.
    fn padded(mut self, size: usize) -> Layout {
        self.0.resize(size, 0);
        self
    }

    fn done(self) -> SocketAddress {
        SocketAddress::from_bytes(&self.0).unwrap_or_else(SocketAddress::empty)
    }
}

/// The address of a socket as Python gives it; `caller` is the method named in messages.
pub fn parse(vm: &Vm, socket: &Socket, value: &Value, caller: &str) -> PyResult<SocketAddress> {
    let family = socket.family.get();
    match family {
        libc::AF_UNIX => unix(vm, value),
        libc::AF_INET => {
            let items = tuple(vm, value, caller, "AF_INET")?;
            let [host, port] = items else {
                return vm.raise(Exc::TypeError, "AF_INET address must be a pair (host, port)");
            };
            let (host, port) = (host_name(vm, host)?, int_port(vm, port, caller)?);
            let ip = resolve(vm, &host, family)?;
            Ok(inet(checked_port(vm, port, caller)?, &ip).done())
        }
        libc::AF_INET6 => {
            let items = tuple(vm, value, caller, "AF_INET6")?;
            if !(2..=4).contains(&items.len()) {
                let message = "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])";
                return vm.raise(Exc::TypeError, message);
            }
            let (host, port) = (host_name(vm, &items[0])?, int_port(vm, &items[1], caller)?);
            let flow = items.get(2).map_or(Ok(0), |flow| masked_u32(vm, flow))?;
            let scope = items.get(3).map_or(Ok(0), |scope| masked_u32(vm, scope))?;
            let ip = resolve(vm, &host, family)?;
            let port = checked_port(vm, port, caller)?;
            check_flow(vm, flow, caller)?;
            Ok(inet6(port, flow, &ip, scope).done())
        }
        libc::AF_NETLINK => {
            let items = tuple(vm, value, caller, "AF_NETLINK")?;
            let [pid, groups] = items else {
                return vm.raise(Exc::TypeError, "AF_NETLINK address must be a pair (pid, groups)");
            };
            let (pid, groups) = (masked_u32(vm, pid)?, masked_u32(vm, groups)?);
            Ok(Layout::new(family).padded(4).put(&pid.to_ne_bytes()).put(&groups.to_ne_bytes()).done())
        }
        AF_QIPCRTR => {
            let items = tuple(vm, value, caller, "AF_QIPCRTR")?;
            let [node, port] = items else {
                return vm.raise(Exc::TypeError, "AF_QIPCRTR address must be a pair (node, port)");
            };
            let (node, port) = (masked_u32(vm, node)?, masked_u32(vm, port)?);
            Ok(Layout::new(family).padded(4).put(&node.to_ne_bytes()).put(&port.to_ne_bytes()).done())
        }
        libc::AF_VSOCK => {
            let Some(items) = value.downcast::<Tuple>() else {
                let message = "getsockaddrarg: AF_VSOCK address must be tuple, not {}";
                return vm.raise_type_of(message, value);
            };
            let [cid, port] = items.items() else {
                let given = items.items().len();
                let message = format!("getsockaddrarg() takes exactly 2 arguments ({given} given)");
                return vm.raise(Exc::TypeError, message);
            };
            let (cid, port) = (masked_u32(vm, cid)?, masked_u32(vm, port)?);
            let layout = Layout::new(family).padded(4).put(&port.to_ne_bytes()).put(&cid.to_ne_bytes());
            Ok(layout.padded(16).done())
        }
        libc::AF_PACKET => packet(vm, value, caller),
        libc::AF_CAN => can(vm, socket, value, caller),
        libc::AF_ALG => algorithm(vm, value, caller),
        _ => vm.raise(Exc::OSError, format!("{caller}(): bad family")),
    }
}

fn tuple<'a>(vm: &Vm, value: &'a Value, caller: &str, family: &str) -> PyResult<&'a [Value]> {
    match value.downcast::<Tuple>() {
        Some(items) => Ok(items.items()),
        None => {
            let found = vm.type_name(value);
            vm.raise(Exc::TypeError, format!("{caller}(): {family} address must be tuple, not {found}"))
        }
    }
}

#[cold]
fn raise_port<T>(vm: &Vm, caller: &str) -> PyResult<T> {
    vm.raise(Exc::OverflowError, format!("{caller}(): port must be 0-65535."))
}

/// A port before it is checked, which comes after the host was looked up.
fn int_port(vm: &Vm, value: &Value, caller: &str) -> PyResult<i32> {
    let port = vm.c_int_argument(value);
    match vm.catch(port, Exc::OverflowError)? {
        Some(port) => Ok(port),
        None => raise_port(vm, caller),
    }
}

fn checked_port(vm: &Vm, port: i32, caller: &str) -> PyResult<u16> {
    match u16::try_from(port) {
        Ok(port) => Ok(port),
        Err(_) => raise_port(vm, caller),
    }
}

pub fn check_flow(vm: &Vm, flow: u32, caller: &str) -> PyResult<()> {
    if flow > 0xf_ffff {
        return vm.raise(Exc::OverflowError, format!("{caller}(): flowinfo must be 0-1048575."));
    }
    Ok(())
}

fn inet(port: u16, ip: &[u8]) -> Layout {
    Layout::new(libc::AF_INET).put(&port.to_be_bytes()).put(ip).padded(16)
}

fn inet6(port: u16, flow: u32, ip: &[u8], scope: u32) -> Layout {
    let layout = Layout::new(libc::AF_INET6).put(&port.to_be_bytes()).put(&flow.to_be_bytes());
    layout.put(ip).put(&scope.to_ne_bytes())
}

/// The address with another flow and scope, if it is one of IPv6.
pub fn with_scope(address: &SocketAddress, flow: u32, scope: u32) -> SocketAddress {
    let bytes = address.padded_bytes();
    let port = u16::from_be_bytes([bytes[2], bytes[3]]);
    inet6(port, flow, &bytes[8..24], scope).done()
}

/// The address of a host, 4 or 16 bytes.
pub fn resolve(vm: &Vm, name: &[u8], family: i32) -> PyResult<Vec<u8>> {
    let any = family == libc::AF_UNSPEC;
    if name.is_empty() {
        return Ok(vec![0; if family == libc::AF_INET6 { 16 } else { 4 }]);
    }
    if name == b"<broadcast>" || name == b"255.255.255.255" {
        if !any && family != libc::AF_INET {
            return vm.raise(Exc::OSError, "address family mismatched");
        }
        return Ok(vec![255; 4]);
    }
    for tried in [libc::AF_INET, libc::AF_INET6] {
        // A scope behind an address is the resolver's business.
        let scoped = tried == libc::AF_INET6 && name.contains(&b'%');
        if (any || family == tried) && !scoped {
            if let Ok(Some(address)) = Host::address_from_text(tried, name) {
                return Ok(address);
            }
        }
    }
    let found = match vm.blocking(|_| Host::resolve(Some(name), None, family, 0, 0, 0)) {
        Ok(found) => found,
        Err(error) => return raise_gai(vm, error),
    };
    match found.first().map(|found| (found.family, found.address.padded_bytes())) {
        Some((libc::AF_INET, bytes)) => Ok(bytes[4..8].to_vec()),
        Some((libc::AF_INET6, bytes)) => Ok(bytes[8..24].to_vec()),
        _ => vm.raise(Exc::OSError, "unknown address family"),
    }
}

/// A path, or a name that begins with NUL or is empty: one of the abstract ones.
fn unix(vm: &Vm, value: &Value) -> PyResult<SocketAddress> {
    let path = match value.downcast::<Str>() {
        Some(text) => os_path::encode(vm, text)?,
        None => vm.bytes_argument(value)?.to_vec(),
    };
    let is_abstract = path.first().is_none_or(|&first| first == 0);
    if path.len() > if is_abstract { UNIX_PATH } else { UNIX_PATH - 1 } {
        return vm.raise(Exc::OSError, "AF_UNIX path too long");
    }
    let size = FAMILY + path.len() + usize::from(!is_abstract);
    Ok(Layout::new(libc::AF_UNIX).put(&path).padded(size).done())
}

/// (interface, protocol[, packet type[, hardware type[, address]]])
fn packet(vm: &Vm, value: &Value, caller: &str) -> PyResult<SocketAddress> {
    let items = tuple(vm, value, caller, "AF_PACKET")?;
    let malformed = "AF_PACKET address must be a tuple of two to five elements";
    if !(2..=5).contains(&items.len()) {
        return vm.raise(Exc::TypeError, malformed);
    }
    let Some(name) = items[0].downcast::<Str>() else { return vm.raise(Exc::TypeError, malformed) };
    let index = interface(vm, name.as_bytes())?;
    let number = |at: usize| items.get(at).map_or(Ok(0), |value| vm.c_int_argument(value));
    let (protocol, kind, hardware) = (number(1)?, number(2)?, number(3)?);
    let address = match items.get(4) {
        Some(address) => vm.bytes_argument(address)?.to_vec(),
        None => Vec::new(),
    };
    if address.len() > 8 {
        return vm.raise(Exc::ValueError, "hardware address must be 8 bytes or less");
    }
    let Ok(protocol) = u16::try_from(protocol) else {
        return vm.raise(Exc::OverflowError, format!("{caller}(): proto must be 0-65535."));
    };
    let layout = Layout::new(libc::AF_PACKET).put(&protocol.to_be_bytes()).put(&index.to_ne_bytes());
    let layout = layout.put(&(hardware as u16).to_ne_bytes()).put(&[kind as u8, address.len() as u8]);
    Ok(layout.put(&address).padded(20).done())
}

/// The number of an interface; 0, which is all of them, for none.
fn interface(vm: &Vm, name: &[u8]) -> PyResult<i32> {
    if name.is_empty() {
        return Ok(0);
    }
    match vm.host.interface_index(name) {
        Ok(index) => Ok(index as i32),
        Err(error) => vm.raise_os_error(&error, None),
    }
}

fn can(vm: &Vm, socket: &Socket, value: &Value, caller: &str) -> PyResult<SocketAddress> {
    let items = tuple(vm, value, caller, "AF_CAN")?;
    let (count, malformed) = match socket.protocol.get() {
        CAN_RAW | CAN_BCM => (1, "AF_CAN address must be a tuple (interface, )"),
        CAN_ISOTP => (3, "AF_CAN address must be a tuple (interface, rx_addr, tx_addr)"),
        CAN_J1939 => (4, "AF_CAN address must be a tuple (interface, name, pgn, addr)"),
        _ => return vm.raise(Exc::OSError, format!("{caller}(): unsupported CAN protocol")),
    };
    if items.len() != count {
        return vm.raise(Exc::TypeError, malformed);
    }
    let name = match items[0].downcast::<Str>() {
        Some(text) => os_path::encode(vm, text)?,
        None => match items[0].downcast::<Bytes>() {
            Some(bytes) => bytes.as_slice().to_vec(),
            None => {
                let message = "expected str, bytes or os.PathLike object, not {}";
                return vm.raise_type_of(message, &items[0]);
            }
        },
    };
    if name.len() >= libc::IF_NAMESIZE {
        return vm.raise(Exc::OSError, "AF_CAN interface name too long");
    }
    let layout = Layout::new(libc::AF_CAN).padded(4).put(&interface(vm, &name)?.to_ne_bytes());
    let layout = match count {
        1 => layout,
        3 => {
            let (rx, tx) = (masked_u32(vm, &items[1])?, masked_u32(vm, &items[2])?);
            layout.put(&rx.to_ne_bytes()).put(&tx.to_ne_bytes())
        }
        _ => {
            let (name, pgn) = (masked_u64(vm, &items[1])?, masked_u32(vm, &items[2])?);
            let address = masked_u32(vm, &items[3])? as u8;
            layout.put(&name.to_ne_bytes()).put(&pgn.to_ne_bytes()).put(&[address])
        }
    };
    Ok(layout.padded(24).done())
}

/// (type, name[, feat[, mask]])
fn algorithm(vm: &Vm, value: &Value, caller: &str) -> PyResult<SocketAddress> {
    let items = tuple(vm, value, caller, "AF_ALG")?;
    let malformed = "AF_ALG address must be a tuple (type, name[, feat[, mask]])";
    let texts = items.iter().take(2).map_while(|item| item.downcast::<Str>()).collect::<Vec<_>>();
    let ([kind, name], 2..=4) = (texts.as_slice(), items.len()) else {
        return vm.raise(Exc::TypeError, malformed);
    };
    let (kind, name) = (kind.as_bytes(), name.as_bytes());
    let feat = items.get(2).map_or(Ok(0), |feat| masked_u32(vm, feat))?;
    let mask = items.get(3).map_or(Ok(0), |mask| masked_u32(vm, mask))?;
    if kind.len() >= 14 {
        return vm.raise(Exc::ValueError, "AF_ALG type too long.");
    }
    if name.len() >= 64 {
        return vm.raise(Exc::ValueError, "AF_ALG name too long.");
    }
    let layout = Layout::new(libc::AF_ALG).put(kind).padded(16);
    Ok(layout.put(&feat.to_ne_bytes()).put(&mask.to_ne_bytes()).put(name).padded(88).done())
}

fn u16_ne(bytes: &[u8], at: usize) -> u16 {
    u16::from_ne_bytes([bytes[at], bytes[at + 1]])
}

fn u16_be(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

fn u32_ne(bytes: &[u8], at: usize) -> u32 {
    u32::from_ne_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn number(n: impl Into<i64>) -> Value {
    Value::small(n.into())
}

/// The address as Python gets it; None for none.
pub fn to_python(vm: &Vm, address: &SocketAddress, protocol: i32) -> PyResult {
    if address.is_empty() {
        return Ok(Value::NONE);
    }
    let bytes = address.padded_bytes();
    Ok(match address.family() {
        libc::AF_INET => {
            let [a, b, c, d] = [bytes[4], bytes[5], bytes[6], bytes[7]];
            vm.tuple(&[format!("{a}.{b}.{c}.{d}").into(), number(u16_be(bytes, 2))])
        }
        libc::AF_INET6 => {
            let flow = u32::from_be(u32_ne(bytes, 4));
            let host = Host::address_text(&bytes[8..24]);
            let (port, scope) = (u16_be(bytes, 2), u32_ne(bytes, 24));
            vm.tuple(&[host.into(), number(port), number(flow), number(scope)])
        }
        libc::AF_UNIX => {
            let path = address.bytes().get(FAMILY..).unwrap_or(&[]);
            if path.first() == Some(&0) {
                return Ok(Bytes::new(path).into());
            }
            let end = path.iter().position(|&byte| byte == 0).unwrap_or(path.len());
            os_path::decode(vm, &path[..end])?.into()
        }
        libc::AF_NETLINK | AF_QIPCRTR => vm.tuple(&[number(u32_ne(bytes, 4)), number(u32_ne(bytes, 8))]),
        libc::AF_VSOCK => vm.tuple(&[number(u32_ne(bytes, 8)), number(u32_ne(bytes, 4))]),
        libc::AF_PACKET => {
            let name = interface_name(vm, u32_ne(bytes, 4))?;
            let len = usize::from(bytes[11]).min(SocketAddress::MAX_SIZE - 12);
            let hardware = Bytes::new(&bytes[12..12 + len]).into();
            let (protocol, kind) = (u16_be(bytes, 2), bytes[10]);
            vm.tuple(&[name, number(protocol), number(kind), number(u16_ne(bytes, 8)), hardware])
        }
        libc::AF_CAN => {
            let name = interface_name(vm, u32_ne(bytes, 4))?;
            match protocol {
                CAN_ISOTP => vm.tuple(&[name, number(u32_ne(bytes, 8)), number(u32_ne(bytes, 12))]),
                CAN_J1939 => {
                    let wide = u64::from(u32_ne(bytes, 8)) | u64::from(u32_ne(bytes, 12)) << 32;
                    let wide = int::new_big(wide.into());
                    vm.tuple(&[name, wide, number(u32_ne(bytes, 16)), number(bytes[20])])
                }
                _ => vm.tuple(&[name]),
            }
        }
        // As much as the oldest kind of address holds.
        family => vm.tuple(&[number(family), Bytes::new(&bytes[FAMILY..16]).into()]),
    })
}

/// The name of an interface; empty for none.
fn interface_name(vm: &Vm, index: u32) -> PyResult {
    if index == 0 {
        return Ok("".into());
    }
    match vm.host.interface_name(index) {
        Ok(name) => Ok(os_path::decode(vm, &name)?.into()),
        Err(_) => Ok("".into()),
    }
}
