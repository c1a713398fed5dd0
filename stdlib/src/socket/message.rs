//! `sendmsg` and `recvmsg`: data in several pieces, with descriptors and other things beside it.

use ouro_runtime::host::{ControlMessage, Message};
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::list::List;
use ouro_runtime::objects::tuple::Tuple;
use ouro_runtime::protocol::buffer::BytesRef;
use ouro_runtime::{Args, Exc, PyResult, Value, Vm};

use super::attempt::{Attempt, repeat};
use super::object::Socket;
use super::transfer::bytes_size;
use super::{address, check_count, masked_u32, size};

/// Most that the system takes beside the data.
const MAX_CONTROL: i64 = i32::MAX as i64;
/// `AF_ALG`'s level, and kinds of what is sent beside data.
const SOL_ALG: i32 = 279;
const ALG_SET_IV: i32 = 2;
const ALG_SET_OP: i32 = 3;
const ALG_SET_AEAD_ASSOCLEN: i32 = 4;

fn control_size(vm: &Vm, value: Option<&Value>) -> PyResult<usize> {
    let size = value.map_or(Ok(0), |value| size(vm, value))?;
    if !(0..=MAX_CONTROL).contains(&size) {
        return vm.raise(Exc::ValueError, "invalid ancillary data buffer length");
    }
    vm.check_text_size(Some(size as usize))
}

fn flags(vm: &Vm, value: Option<&Value>) -> PyResult<i32> {
    value.map_or(Ok(0), |flags| vm.c_int_argument(flags))
}

/// What comes after the data in the result: control messages, flags, sender.
fn rest_of(vm: &Vm, socket: &Socket, message: Message) -> PyResult<[Value; 3]> {
    if message.cut_off {
        vm.warn(Exc::RuntimeWarning, "received malformed or improperly-truncated ancillary data", 1)?;
    }
    let control = message.control.into_iter().map(|item| {
        let (level, kind) = (Value::small(item.level.into()), Value::small(item.kind.into()));
        vm.tuple(&[level, kind, Bytes::from_vec(item.data).into()])
    });
    let control = List::new(control.collect());
    let sender = address::to_python(vm, &message.sender, socket.protocol.get())?;
    Ok([control.into(), Value::small(message.flags.into()), sender])
}

pub fn recvmsg(vm: &Vm, args: Args<'_>) -> PyResult {
    check_count(vm, &args, 1, "recvmsg", 1, 3)?;
    let limit = size(vm, args.value(1))?;
    let given_control = args.get(2).map_or(Ok(0), |value| size(vm, value))?;
    let flags = flags(vm, args.get(3))?;
    let Ok(limit) = usize::try_from(limit) else {
        return vm.raise(Exc::ValueError, "negative buffer size in recvmsg()");
    };
    let control = control_size(vm, Some(&Value::int(given_control)))?;
    let mut data = vec![0; bytes_size(vm, limit)?];
    let socket = args.this::<Socket>();
    let message = repeat(vm, socket, (libc::POLLIN, flags), |fd| {
        vm.host.receive_message(fd, &mut [&mut data], control, flags)
    })?;
    data.truncate(message.size);
    let [control, flags, sender] = rest_of(vm, socket, message)?;
    Ok(vm.tuple(&[Bytes::from_vec(data).into(), control, flags, sender]))
}

pub fn recvmsg_into(vm: &Vm, args: Args<'_>) -> PyResult {
    check_count(vm, &args, 1, "recvmsg_into", 1, 3)?;
    let given_control = args.get(2).map_or(Ok(0), |value| size(vm, value))?;
    let flags = flags(vm, args.get(3))?;
    if !vm.is_iterable(args.value(1)) {
        return vm.raise(Exc::TypeError, "recvmsg_into() argument 1 must be an iterable");
    }
    let buffers = vm.collect(args.value(1))?;
    let mut pieces: Vec<Vec<u8>> = Vec::new();
    for buffer in &buffers {
        let len = vm.writable_len(buffer, "recvmsg_into");
        let Some(len) = vm.catch(len, Exc::TypeError)? else {
            let message =
                "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers";
            return vm.raise(Exc::TypeError, message);
        };
        pieces.push(vec![0; len]);
    }
    let control = control_size(vm, Some(&Value::int(given_control)))?;
    let socket = args.this::<Socket>();
    // Several buffers can be the same memory, so it goes through memory of ours.
    let message = repeat(vm, socket, (libc::POLLIN, flags), |fd| {
        let mut slices: Vec<&mut [u8]> = pieces.iter_mut().map(Vec::as_mut_slice).collect();
        vm.host.receive_message(fd, &mut slices, control, flags)
    })?;
    let received = message.size;
    let mut left = received;
    for (buffer, piece) in buffers.iter().zip(&pieces) {
        let n = left.min(piece.len());
        vm.fill_buffer(buffer, "recvmsg_into", |bytes| {
            let n = n.min(bytes.len());
            bytes[..n].copy_from_slice(&piece[..n]);
        })?;
        left -= n;
    }
    let [control, flags, sender] = rest_of(vm, socket, message)?;
    Ok(vm.tuple(&[received.into(), control, flags, sender]))
}

/// The buffers of an iterable.
fn buffers(vm: &Vm, value: &Value, what: &str) -> PyResult<Vec<Value>> {
    if !vm.is_iterable(value) {
        return vm.raise(Exc::TypeError, format!("{what} must be an iterable"));
    }
    let buffers = vm.collect(value)?;
    for buffer in &buffers {
        drop(vm.bytes_argument(buffer)?);
    }
    Ok(buffers)
}

fn control_message(vm: &Vm, item: &Value) -> PyResult<ControlMessage> {
    let name = "[sendmsg() ancillary data items]";
    let Some(tuple) = item.downcast::<Tuple>() else {
        return vm.raise_type_of(&format!("{name}() argument must be 3-item tuple, not {{}}"), item);
    };
    let [level, kind, data] = tuple.items() else {
        let n = tuple.items().len();
        return vm.raise(Exc::TypeError, format!("{name}() argument must be tuple of length 3, not {n}"));
    };
    let (level, kind) = (vm.c_int_argument(level)?, vm.c_int_argument(kind)?);
    Ok(ControlMessage { level, kind, data: vm.bytes_argument(data)?.to_vec() })
}

/// Sends until it is done, the buffers borrowed for one call at a time.
fn send_pieces(
    vm: &Vm,
    socket: &Socket,
    buffers: &[Value],
    control: &[ControlMessage],
    flags: i32,
    receiver: Option<&ouro_runtime::host::SocketAddress>,
) -> PyResult {
    let mut attempt = Attempt::new(socket);
    loop {
        let fd = socket.fd.get();
        let sent = {
            let borrowed = buffers.iter().map(|buffer| vm.lent_to_system(buffer));
            let borrowed = borrowed.collect::<PyResult<Vec<BytesRef<'_>>>>()?;
            let pieces: Vec<&[u8]> = borrowed.iter().map(|bytes| &**bytes).collect();
            attempt.make(vm, || vm.host.send_message(fd, &pieces, control, flags, receiver))
        };
        match sent {
            Ok(n) => return Ok(n.into()),
            Err(error) => attempt.again(vm, fd, libc::POLLOUT, error)?,
        }
    }
}

pub fn sendmsg(vm: &Vm, args: Args<'_>) -> PyResult {
    check_count(vm, &args, 1, "sendmsg", 1, 4)?;
    let flags = flags(vm, args.get(3))?;
    let socket = args.this::<Socket>();
    let receiver = match args.get_not_none(4) {
        Some(receiver) => Some(address::parse(vm, socket, receiver, "sendmsg")?),
        None => None,
    };
    vm.audit("socket.sendmsg", || vec![args.value(0).clone(), args.get(4).cloned().unwrap_or(Value::NONE)])?;
    let buffers = buffers(vm, args.value(1), "sendmsg() argument 1")?;
    let mut control = Vec::new();
    if let Some(items) = args.get(2) {
        if !vm.is_iterable(items) {
            return vm.raise(Exc::TypeError, "sendmsg() argument 2 must be an iterable");
        }
        for item in vm.collect(items)? {
            control.push(control_message(vm, &item)?);
        }
    }
    if control.iter().map(|item| item.data.len() as i64 + 16).sum::<i64>() > MAX_CONTROL {
        return vm.raise(Exc::OSError, "too much ancillary data");
    }
    send_pieces(vm, socket, &buffers, &control, flags, receiver.as_ref())
}

/// `sendmsg_afalg([msg], *, op[, iv[, assoclen[, flags=MSG_MORE]]])`
pub fn sendmsg_afalg(vm: &Vm, args: Args<'_>) -> PyResult {
    let socket = args.this::<Socket>();
    if socket.family.get() != libc::AF_ALG {
        return vm.raise(Exc::OSError, "algset is only supported for AF_ALG");
    }
    let mut buffers_given = args.get(1).cloned();
    let (mut op, mut iv, mut assoclen, mut flags) = (-1, None, None, 0);
    for (key, value) in args.keywords() {
        match key.as_bytes() {
            b"msg" => buffers_given = Some(value.clone()),
            b"op" => op = vm.c_int_argument(value)?,
            b"iv" => iv = Some(vm.bytes_argument(value)?.to_vec()),
            b"assoclen" => {
                if vm.c_int_argument(value)? < 0 {
                    return vm.raise(Exc::TypeError, "assoclen must be positive");
                }
                assoclen = Some(masked_u32(vm, value)?);
            }
            b"flags" => flags = vm.c_int_argument(value)?,
            _ => {
                let message = format!("sendmsg_afalg() got an unexpected keyword argument '{key}'");
                return vm.raise(Exc::TypeError, message);
            }
        }
    }
    if op < 0 {
        return vm.raise(Exc::TypeError, "Invalid or missing argument 'op'");
    }
    let mut control =
        vec![ControlMessage { level: SOL_ALG, kind: ALG_SET_OP, data: op.to_ne_bytes().to_vec() }];
    if let Some(iv) = iv {
        let mut data = (iv.len() as u32).to_ne_bytes().to_vec();
        data.extend_from_slice(&iv);
        control.push(ControlMessage { level: SOL_ALG, kind: ALG_SET_IV, data });
    }
    if let Some(assoclen) = assoclen {
        let data = assoclen.to_ne_bytes().to_vec();
        control.push(ControlMessage { level: SOL_ALG, kind: ALG_SET_AEAD_ASSOCLEN, data });
    }
    let buffers = match &buffers_given {
        Some(given) => buffers(vm, given, "sendmsg_afalg() argument 1")?,
        None => Vec::new(),
    };
    send_pieces(vm, socket, &buffers, &control, flags, None)
}
