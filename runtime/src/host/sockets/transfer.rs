//! Moving data through sockets. All that is received passes [`Host::receive_raw`] or [`Host::receive_message`], all that is sent
//! [`Host::send_raw`] or [`Host::send_message`].

use std::cell::Cell;
use std::io;

use super::{Host, SocketAddress, check_size};

/// Most that one call of the system moves.
pub const MAX_TRANSFER: usize = 0x7fff_f000;

/// Receiving up to this size goes through the scratch memory.
const SCRATCH_SIZE: usize = 256 * 1024;

thread_local! {
    /// Memory that what is received goes to first, when nobody knows how much it will be: made once, never zeroed.
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// What came with a message besides its data.
pub struct ControlMessage {
    pub level: i32,
    pub kind: i32,
    pub data: Vec<u8>,
}

/// What [`Host::receive_message`] got.
pub struct Message {
    pub size: usize,
    pub control: Vec<ControlMessage>,
    pub flags: i32,
    pub sender: SocketAddress,
    /// The last of `control` ended beyond the memory it was given.
    pub cut_off: bool,
}

impl Host {
    /// Receives once into memory that is writable for `len` bytes; a peer of sockets without connection goes to `sender`.
    ///
    /// # Safety
    /// `buffer` is writable for `len` bytes.
    unsafe fn receive_raw(
        &self,
        fd: i32,
        buffer: *mut u8,
        len: usize,
        flags: i32,
        sender: Option<&mut SocketAddress>,
    ) -> io::Result<usize> {
        let len = len.min(MAX_TRANSFER);
        let Some(sender) = sender else {
            // SAFETY: the caller says that the buffer is writable.
            return check_size(unsafe { libc::recv(fd, buffer.cast(), len, flags) });
        };
        let mut sender_len = SocketAddress::MAX_SIZE as libc::socklen_t;
        let address = (&raw mut sender.storage).cast();
        // SAFETY: as above; the address is writable for the length that is passed with it.
        let n = check_size(unsafe {
            libc::recvfrom(fd, buffer.cast(), len, flags, address, &raw mut sender_len)
        })?;
        sender.set_len(sender_len);
        Ok(n)
    }

    /// Receives once, at most `limit` bytes.
    ///
    /// # Errors
    /// As the system says; of kind OutOfMemory if there is not enough for `limit` bytes.
    pub fn receive(
        &self,
        fd: i32,
        limit: usize,
        flags: i32,
        sender: Option<&mut SocketAddress>,
    ) -> io::Result<Vec<u8>> {
        if limit > SCRATCH_SIZE {
            let mut buffer = Vec::new();
            if buffer.try_reserve_exact(limit).is_err() {
                return Err(io::ErrorKind::OutOfMemory.into());
            }
            // SAFETY: as much was reserved; `set_len` covers what the system wrote, which with MSG_TRUNC may be less than it tells.
            unsafe {
                let n = self.receive_raw(fd, buffer.as_mut_ptr(), limit, flags, sender)?;
                buffer.set_len(n.min(limit));
            }
            buffer.shrink_to_fit();
            return Ok(buffer);
        }
        // Taken out, so that a second receiver meanwhile would have memory of its own.
        let mut scratch = SCRATCH.take();
        scratch.clear();
        scratch.reserve_exact(SCRATCH_SIZE);
        // SAFETY: the scratch has room for SCRATCH_SIZE bytes, `limit` is no more; only what the system wrote is read.
        let received = unsafe {
            self.receive_raw(fd, scratch.as_mut_ptr(), limit, flags, sender)
                .inspect(|&n| scratch.set_len(n.min(limit)))
        };
        if received.is_ok() && scratch.len() >= SCRATCH_SIZE / 2 {
            // Dearer to copy than to replace.
            return Ok(scratch);
        }
        let received = received.map(|_| scratch.as_slice().to_vec());
        SCRATCH.set(scratch);
        received
    }

    /// Receives once into `buffer`; with MSG_TRUNC the result may be larger than that.
    pub fn receive_into(
        &self,
        fd: i32,
        buffer: &mut [u8],
        flags: i32,
        sender: Option<&mut SocketAddress>,
    ) -> io::Result<usize> {
        // SAFETY: a slice is writable for its length.
        unsafe { self.receive_raw(fd, buffer.as_mut_ptr(), buffer.len(), flags, sender) }
    }

    fn send_raw(
        &self,
        fd: i32,
        data: &[u8],
        flags: i32,
        receiver: Option<&SocketAddress>,
    ) -> io::Result<usize> {
        let len = data.len().min(MAX_TRANSFER);
        match receiver {
            // SAFETY: the data is readable for its length.
            None => check_size(unsafe { libc::send(fd, data.as_ptr().cast(), len, flags) }),
            // SAFETY: as above, and the address is.
            Some(receiver) => check_size(unsafe {
                libc::sendto(fd, data.as_ptr().cast(), len, flags, receiver.as_ptr(), receiver.len())
            }),
        }
    }

    /// Sends once; how much was taken. A connection that is gone is an error, not a signal.
    pub fn send(&self, fd: i32, data: &[u8], flags: i32) -> io::Result<usize> {
        self.note_traffic();
        self.send_raw(fd, data, flags | libc::MSG_NOSIGNAL, None)
    }

    pub fn send_to(&self, fd: i32, data: &[u8], flags: i32, receiver: &SocketAddress) -> io::Result<usize> {
        self.note_traffic();
        self.send_raw(fd, data, flags | libc::MSG_NOSIGNAL, Some(receiver))
    }

    /// Sends several pieces as one, with other things such as descriptors beside it: level, kind and data each.
    ///
    /// # Errors
    /// As the system says; of kind OutOfMemory for too much data beside it.
    pub fn send_message(
        &self,
        fd: i32,
        pieces: &[&[u8]],
        control: &[ControlMessage],
        flags: i32,
        receiver: Option<&SocketAddress>,
    ) -> io::Result<usize> {
        self.note_traffic();
        let vectors: Vec<libc::iovec> = pieces
            .iter()
            .map(|piece| libc::iovec { iov_base: piece.as_ptr().cast_mut().cast(), iov_len: piece.len() })
            .collect();
        let mut memory = control_memory(control)?;
        // SAFETY: a zeroed msghdr is valid.
        let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
        header.msg_iov = vectors.as_ptr().cast_mut();
        header.msg_iovlen = vectors.len();
        if let Some(receiver) = receiver {
            header.msg_name = receiver.as_ptr().cast_mut().cast();
            header.msg_namelen = receiver.len();
        }
        if !control.is_empty() {
            header.msg_control = memory.as_mut_ptr().cast();
            header.msg_controllen = memory.len() * size_of::<u64>();
        }
        // SAFETY: all that the header points to lives here, is as long as it says, and is only read.
        check_size(unsafe { libc::sendmsg(fd, &raw const header, flags | libc::MSG_NOSIGNAL) })
    }

    /// Receives into several pieces, with at most `control_size` bytes of other things.
    pub fn receive_message(
        &self,
        fd: i32,
        pieces: &mut [&mut [u8]],
        control_size: usize,
        flags: i32,
    ) -> io::Result<Message> {
        let mut vectors: Vec<libc::iovec> = pieces
            .iter_mut()
            .map(|piece| libc::iovec { iov_base: piece.as_mut_ptr().cast(), iov_len: piece.len() })
            .collect();
        let mut memory: Vec<u64> = Vec::new();
        if memory.try_reserve_exact(control_size.div_ceil(size_of::<u64>())).is_err() {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        memory.resize(control_size.div_ceil(size_of::<u64>()), 0);
        let mut sender = SocketAddress::empty();
        // SAFETY: a zeroed msghdr is valid.
        let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
        header.msg_name = (&raw mut sender.storage).cast();
        header.msg_namelen = SocketAddress::MAX_SIZE as libc::socklen_t;
        header.msg_iov = vectors.as_mut_ptr();
        header.msg_iovlen = vectors.len();
        if control_size > 0 {
            header.msg_control = memory.as_mut_ptr().cast();
        }
        header.msg_controllen = control_size;
        // SAFETY: all that the header points to lives here and is writable for as long as it says.
        let size = check_size(unsafe { libc::recvmsg(fd, &raw mut header, flags) })?;
        sender.set_len(header.msg_namelen);
        let (control, cut_off) = control_messages(&memory, header.msg_controllen.min(control_size));
        Ok(Message { size, control, flags: header.msg_flags, sender, cut_off })
    }
}

/// Size of the header of a control message: length, level, kind.
const CONTROL_HEADER: usize = size_of::<libc::cmsghdr>();

/// Where the next control message begins.
fn control_aligned(size: usize) -> usize {
    size.next_multiple_of(size_of::<usize>())
}

/// Control messages as the system lays them out, in whole words.
fn control_memory(messages: &[ControlMessage]) -> io::Result<Vec<u64>> {
    let mut bytes = Vec::new();
    for message in messages {
        let size = CONTROL_HEADER + message.data.len();
        bytes.extend_from_slice(&size.to_ne_bytes());
        bytes.extend_from_slice(&message.level.to_ne_bytes());
        bytes.extend_from_slice(&message.kind.to_ne_bytes());
        bytes.extend_from_slice(&message.data);
        bytes.resize(control_aligned(bytes.len()), 0);
    }
    Ok(bytes.as_chunks().0.iter().map(|&word| u64::from_ne_bytes(word)).collect())
}

/// The control messages in the first `len` bytes, and whether the last one was cut off.
fn control_messages(memory: &[u64], len: usize) -> (Vec<ControlMessage>, bool) {
    let bytes: Vec<u8> = memory.iter().flat_map(|word| word.to_ne_bytes()).collect();
    let bytes = &bytes[..len];
    let mut messages = Vec::new();
    let mut at = 0;
    while let Some(header) = bytes.get(at..at + CONTROL_HEADER) {
        let (size, rest) = header.split_first_chunk().expect("a header is longer than its length");
        let size = usize::from_ne_bytes(*size);
        let (level, rest) = rest.split_first_chunk().expect("a header has a level");
        let (kind, _) = rest.split_first_chunk().expect("a header has a kind");
        let end = at.saturating_add(size);
        let data = bytes.get(at + CONTROL_HEADER..end.min(len)).unwrap_or(&[]).to_vec();
        messages.push(ControlMessage {
            level: i32::from_ne_bytes(*level),
            kind: i32::from_ne_bytes(*kind),
            data,
        });
        if end > len || size < CONTROL_HEADER {
            return (messages, true);
        }
        at = control_aligned(end);
    }
    (messages, false)
}
