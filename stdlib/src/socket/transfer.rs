//! Sending and receiving bytes.

use ouro_runtime::host::SocketAddress;
use ouro_runtime::objects::bytes::Bytes;
use ouro_runtime::objects::memoryview::MemoryView;
use ouro_runtime::{Args, Exc, PyResult, Value, Vm};

use super::attempt::{Attempt, note_short, repeat};
use super::object::Socket;
use super::{address, check_count, size};

fn flags(vm: &Vm, args: &Args<'_>, at: usize) -> PyResult<i32> {
    args.get(at).map_or(Ok(0), |flags| vm.c_int_argument(flags))
}

/// How much to receive.
fn limit(vm: &Vm, value: &Value, name: &str) -> PyResult<usize> {
    match usize::try_from(size(vm, value)?) {
        Ok(limit) => bytes_size(vm, limit),
        Err(_) => vm.raise(Exc::ValueError, format!("negative buffersize in {name}")),
    }
}

/// A size of bytes that are yet to be made.
///
/// # Errors
/// OverflowError for what no address space holds, MemoryError for what there is no memory for.
pub fn bytes_size(vm: &Vm, size: usize) -> PyResult<usize> {
    /// What an object of this size has besides its bytes in CPython.
    const OVERHEAD: usize = 33;
    if size > isize::MAX as usize - OVERHEAD {
        return vm.raise(Exc::OverflowError, "byte string is too large");
    }
    vm.check_text_size(Some(size))
}

/// Keeps a buffer from changing its size while signal handlers run, as long as the result lives.
fn pin(vm: &Vm, buffer: &Value) -> PyResult<Option<Value>> {
    if buffer.downcast::<Bytes>().is_some() || vm.type_of(buffer).slots().buffer.is_none() {
        return Ok(None);
    }
    MemoryView::of(vm, buffer).map(Some)
}

pub fn recv(vm: &Vm, args: Args<'_>) -> PyResult {
    check_count(vm, &args, 1, "recv", 1, 2)?;
    let limit = limit(vm, args.value(1), "recv")?;
    let flags = flags(vm, &args, 2)?;
    if limit == 0 {
        // The system need not be asked for nothing.
        return Ok(Bytes::new(b"").into());
    }
    let socket = args.this::<Socket>();
    let received = repeat(vm, socket, (libc::POLLIN, flags), |fd| vm.host.receive(fd, limit, flags, None))?;
    note_short(vm, socket, libc::POLLIN, received.len(), limit, flags);
    Ok(Bytes::from_vec(received).into())
}

pub fn recvfrom(vm: &Vm, args: Args<'_>) -> PyResult {
    check_count(vm, &args, 1, "recvfrom", 1, 2)?;
    let limit = limit(vm, args.value(1), "recvfrom")?;
    let flags = flags(vm, &args, 2)?;
    let socket = args.this::<Socket>();
    let mut sender = SocketAddress::empty();
    let received =
        repeat(vm, socket, (libc::POLLIN, flags), |fd| vm.host.receive(fd, limit, flags, Some(&mut sender)))?;
    let sender = address::to_python(vm, &sender, socket.protocol.get())?;
    Ok(vm.tuple(&[Bytes::from_vec(received).into(), sender]))
}

/// Receives into the buffer that is argument 1.
fn into_buffer(
    vm: &Vm,
    args: &Args<'_>,
    name: &str,
    too_small: &str,
    mut sender: Option<&mut SocketAddress>,
) -> PyResult<usize> {
    let what = "argument 1";
    let buffer = args.value(1);
    let room = buffer_len(vm, buffer, name, what)?;
    let wanted = args.get(2).map_or(Ok(0), |wanted| size(vm, wanted))?;
    let flags = flags(vm, args, 3)?;
    let Ok(wanted) = usize::try_from(wanted) else {
        return vm.raise(Exc::ValueError, format!("negative buffersize in {name}"));
    };
    let wanted = if wanted == 0 { room } else { wanted };
    if wanted > room {
        return vm.raise(Exc::ValueError, too_small);
    }
    let socket = args.this::<Socket>();
    if wanted == 0 && sender.is_none() {
        return Ok(0);
    }
    let mut attempt = Attempt::new(socket);
    loop {
        let fd = socket.fd.get();
        let received = if vm.has_threads() && socket.timeout.get() < 0 {
            // Others may use the buffer while this waits.
            let mut room = vec![0; wanted];
            let result = attempt.make_on(vm, (fd, libc::POLLIN, flags), || {
                vm.host.receive_into(fd, &mut room, flags, sender.as_deref_mut())
            })?;
            let n = result.as_ref().map_or(0, |&n| n.min(wanted));
            vm.fill_buffer(buffer, name, |bytes| {
                let n = n.min(bytes.len());
                bytes[..n].copy_from_slice(&room[..n]);
            })?;
            result
        } else {
            // Borrowed for one call only: signal handlers may use the buffer, and even resize it.
            vm.fill_buffer(buffer, name, |bytes| {
                let end = wanted.min(bytes.len());
                vm.host.receive_into(fd, &mut bytes[..end], flags, sender.as_deref_mut())
            })?
        };
        match received {
            Ok(n) => {
                note_short(vm, socket, libc::POLLIN, n, wanted, flags);
                return Ok(n);
            }
            Err(error) => {
                let _pinned = pin(vm, buffer)?;
                attempt.again(vm, fd, libc::POLLIN, error)?;
            }
        }
    }
}

/// The size of a writable buffer.
pub fn buffer_len(vm: &Vm, buffer: &Value, name: &str, what: &str) -> PyResult<usize> {
    let found = vm.writable_len(buffer, name);
    match vm.catch(found, Exc::TypeError)? {
        Some(len) => Ok(len),
        None => vm.raise_bad_argument(name, what, "read-write bytes-like object", buffer),
    }
}

pub fn recv_into(vm: &Vm, args: Args<'_>) -> PyResult {
    Ok(into_buffer(vm, &args, "recv_into", "buffer too small for requested bytes", None)?.into())
}

pub fn recvfrom_into(vm: &Vm, args: Args<'_>) -> PyResult {
    let mut sender = SocketAddress::empty();
    let too_small = "nbytes is greater than the length of the buffer";
    let n = into_buffer(vm, &args, "recvfrom_into", too_small, Some(&mut sender))?;
    let sender = address::to_python(vm, &sender, args.this::<Socket>().protocol.get())?;
    Ok(vm.tuple(&[n.into(), sender]))
}

pub fn send(vm: &Vm, args: Args<'_>) -> PyResult {
    check_count(vm, &args, 1, "send", 1, 2)?;
    let data = args.value(1);
    drop(vm.bytes_argument(data)?);
    let flags = flags(vm, &args, 2)?;
    let socket = args.this::<Socket>();
    let mut attempt = Attempt::new(socket);
    loop {
        let fd = socket.fd.get();
        let (sent, len) = {
            let bytes = vm.lent_to_system(data)?;
            (attempt.make(vm, || vm.host.send(fd, &bytes, flags)), bytes.len())
        };
        match sent {
            Ok(n) => {
                note_short(vm, socket, libc::POLLOUT, n, len, flags);
                return Ok(n.into());
            }
            Err(error) => {
                let _pinned = pin(vm, data)?;
                attempt.again(vm, fd, libc::POLLOUT, error)?;
            }
        }
    }
}

pub fn sendall(vm: &Vm, args: Args<'_>) -> PyResult {
    check_count(vm, &args, 1, "sendall", 1, 2)?;
    let data = args.value(1);
    drop(vm.bytes_argument(data)?);
    let flags = flags(vm, &args, 2)?;
    let socket = args.this::<Socket>();
    let mut attempt = Attempt::new(socket);
    let mut done = 0;
    loop {
        let fd = socket.fd.get();
        let (sent, left) = {
            let bytes = vm.lent_to_system(data)?;
            let rest = bytes.get(done..).unwrap_or(&[]);
            (attempt.make(vm, || vm.host.send(fd, rest, flags)), rest.len())
        };
        match sent {
            Ok(n) if n >= left => return Ok(Value::NONE),
            Ok(n) => {
                done += n;
                let _pinned = pin(vm, data)?;
                vm.check_signals()?;
                attempt.wait(vm, fd, libc::POLLOUT)?;
            }
            Err(error) => {
                let _pinned = pin(vm, data)?;
                attempt.again(vm, fd, libc::POLLOUT, error)?;
            }
        }
    }
}

pub fn sendto(vm: &Vm, args: Args<'_>) -> PyResult {
    if args.has_keywords() {
        return vm.raise(Exc::TypeError, "sendto() takes no keyword arguments");
    }
    let (flags_at, receiver) = match args.len() - 1 {
        2 => (None, args.value(2)),
        3 => (Some(2), args.value(3)),
        n => return vm.raise(Exc::TypeError, format!("sendto() takes 2 or 3 arguments ({n} given)")),
    };
    let data = args.value(1);
    drop(vm.bytes_argument(data)?);
    let flags = flags_at.map_or(Ok(0), |at| flags(vm, &args, at))?;
    let socket = args.this::<Socket>();
    let address = address::parse(vm, socket, receiver, "sendto")?;
    vm.audit("socket.sendto", || vec![args.value(0).clone(), receiver.clone()])?;
    let mut attempt = Attempt::new(socket);
    loop {
        let fd = socket.fd.get();
        let bytes = vm.lent_to_system(data)?;
        let sent = attempt.make(vm, || vm.host.send_to(fd, &bytes, flags, &address));
        drop(bytes);
        match sent {
            Ok(n) => return Ok(n.into()),
            Err(error) => {
                let _pinned = pin(vm, data)?;
                attempt.again(vm, fd, libc::POLLOUT, error)?;
            }
        }
    }
}
